"""Reference contractions: what 100 % of a channel means, from a few tries in several positions.

A try counts with the RMS of its loudest second, the power of the rest taken out. A comfortable
reference is the mean of tries that are alike; a maximal one the best try. Of several positions the
highest is kept for each channel, because people differ in which one that is (Contreras 2015, PeerJ
3:e1261, 10.7717/peerj.1261, for the gluteus maximus).
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

import numpy as np

from firingorder.calibration.reasons import Reason, refused_columns, refuses_step
from firingorder.calibration.rest import LAGS
from firingorder.calibration.take import FaultParams, channel_faults, loudest_uv2, turn_deg
from firingorder.signal.orientation import angle_between_deg
from firingorder.signal.whitening import autocovariance

if TYPE_CHECKING:
    from firingorder.calibration.rest import RestResult
    from firingorder.calibration.take import Take
    from firingorder.measures import Normalisation
    from firingorder.samples import FloatArray

Effort = Literal["submaximal", "maximal"]


@dataclass(frozen=True, slots=True)
class Position:
    """One way to make muscles work. ``still``: the pelvis stays where it is."""

    key: str
    muscles: tuple[str, ...]
    posture: str
    still: bool = True


#: In the order of the wizard; all lying on the back, so nobody has to turn over in between.
POSITIONS = (
    Position("squeeze_glutes", ("gluteus_maximus",), "supine_knees_bent"),
    Position("bend_knee", ("hamstring",), "supine_knees_bent"),
    Position("lift_back", ("erector_spinae",), "supine_knees_bent", still=False),
    Position("push_knees_out", ("gluteus_medius", "tensor_fasciae_latae"), "supine_knees_bent"),
)


@dataclass(frozen=True, slots=True)
class ReferenceParams:
    """How a reference is made, and when it is believed; proposals unless a source is named.

    Attributes
    ----------
    best_s
        The part of a try that counts.
    least_db
        Over the rest; below, an onset has no time either (the gate of metric B1).
    tries, least_tries, most_tries
        Asked for at first, needed, and asked for at most.
    most_cv
        SD over mean of the tries that make a comfortable reference. Trunk muscles in submaximal
        holds differ by 1 to 12 % within a day (Dankaerts 2004, J Electromyogr Kinesiol 14(3):333,
        standard error of measurement), hip muscles in maximal ones by 9 to 36 % (Norcross 2010,
        J Electromyogr Kinesiol 20(3):420, 10.1016/j.jelekin.2009.08.003); the limit lies between.
    most_turn_deg, most_away_deg
        Turn of the pelvis within a try, and of its mean pose from lying still. A squeeze tilts it
        a little; a lift of the hips by 15 degrees and more (exercise_bridge.md section 2).
    dead_db
        A channel that changes by less than this while its other side passes ``least_db`` did not
        take part: the loudest of three seconds of noise lies up to 0.7 dB above its rest.
    """

    best_s: float = 1.0
    least_db: float = 10.0
    tries: int = 3
    least_tries: int = 2
    most_tries: int = 5
    most_cv: float = 0.25
    most_turn_deg: float = 10.0
    most_away_deg: float = 15.0
    dead_db: float = 1.5
    faults: FaultParams = field(default_factory=FaultParams)


@dataclass(frozen=True, slots=True)
class Attempt:
    """One try: values by column, None where it says nothing, and why."""

    values_uv: tuple[float | None, ...]
    autocovariance: FloatArray
    reasons: tuple[Reason, ...]

    @property
    def good(self) -> bool:
        """Whether anything was measured."""
        return not refuses_step(self.reasons)


@dataclass(frozen=True, slots=True)
class ReferenceResult:
    """What the tries of one position came to, by column.

    Attributes
    ----------
    values_uv
        The reference in this position, None without one.
    kept
        For each column which of the tries made it.
    cv
        SD over mean of the kept tries, None with fewer than two.
    needs_another
        Another try could still make it a reference.
    reasons
        Why not, or reservations.
    """

    values_uv: tuple[float | None, ...]
    kept: tuple[tuple[int, ...], ...]
    cv: tuple[float | None, ...]
    needs_another: bool
    reasons: tuple[Reason, ...]


def normalisation(effort: Effort) -> Normalisation:
    """Return what CEDE calls such a reference."""
    return "standard_isometric_mvc" if effort == "maximal" else "submaximal_reference"


def targets(position: Position, channels: tuple[str, ...]) -> tuple[int, ...]:
    """Return the columns that a position is for."""
    return tuple(k for k, one in enumerate(channels) if one.rpartition("_")[0] in position.muscles)


def measure_try(
    take: Take,
    rest: RestResult,
    position: Position,
    columns: tuple[int, ...],
    params: ReferenceParams | None = None,
) -> Attempt:
    """Return what one try says. ``columns`` are those the position is for."""
    p = params or ReferenceParams()
    reasons = list(channel_faults(take, p.faults))
    nothing: list[float | None] = [None] * take.n_channels
    empty = np.zeros_like(rest.autocovariance)
    if refuses_step(tuple(reasons)):
        return Attempt(tuple(nothing), empty, tuple(reasons))
    turned = _turned(take, rest, p, position)
    if turned is not None:
        return Attempt(tuple(nothing), empty, (*reasons, turned))
    power = take.power_uv2()
    best = loudest_uv2(power, max(1, round(p.best_s / take.block_s)))
    refused = refused_columns(tuple(reasons))
    ratios_db: dict[int, float] = {}
    values = nothing
    for k in range(take.n_channels):
        rest_uv = rest.rest_uv[k]
        if k in refused or np.isnan(best[k]):
            if k not in refused and k in columns:
                reasons.append(Reason("gap", "channel", k))
            continue
        if rest_uv is None:
            if k in columns:
                reasons.append(Reason("no_rest", "channel", k))
            continue
        ratios_db[k] = _db(float(best[k]), rest_uv**2)
        if ratios_db[k] >= p.least_db:
            values[k] = math.sqrt(float(best[k]) - rest_uv**2)
    passed = any(ratios_db.get(k, -math.inf) >= p.least_db for k in columns)
    for k in columns:
        if k in ratios_db and values[k] is None:
            dead = passed and ratios_db[k] < p.dead_db
            reasons.append(Reason("unchanged" if dead else "too_gentle", "channel", k))
    if not passed and not any(one.cause != "too_gentle" for one in reasons):
        reasons = [Reason("too_gentle", "step", k) for k in columns]
    elif not passed:
        reasons.append(Reason(reasons[0].cause, "step", reasons[0].column))
    return Attempt(tuple(values), _autocovariances(take), tuple(reasons))


def combine(
    tries: tuple[Attempt, ...],
    columns: tuple[int, ...],
    effort: Effort,
    params: ReferenceParams | None = None,
) -> ReferenceResult:
    """Return the reference of one position, or why there is none.

    Without ``columns`` that got a value the step is refused.
    """
    p = params or ReferenceParams()
    n = len(tries[0].values_uv)
    values: list[float | None] = [None] * n
    kept: list[tuple[int, ...]] = [()] * n
    cvs: list[float | None] = [None] * n
    reasons: list[Reason] = []
    open_columns = False
    for k in range(n):
        known = [(i, v) for i, one in enumerate(tries) if (v := one.values_uv[k]) is not None]
        if len(known) >= p.least_tries:
            kept[k], cvs[k] = _alike(known, p.tries) if effort == "submaximal" else _all(known)
            chosen = [v for i, v in known if i in kept[k]]
            steady = effort == "maximal" or (cvs[k] or 0.0) <= p.most_cv
            if steady:
                values[k] = max(chosen) if effort == "maximal" else float(np.mean(chosen))
            elif k in columns:
                reasons.append(Reason("unsteady", "channel", k, 100.0 * (cvs[k] or 0.0)))
                open_columns = True
        elif k in columns:
            reasons += _why(tries, k)
            open_columns |= not _hopeless(tries, k)
    if not any(values[k] is not None for k in columns):
        first = reasons[0] if reasons else Reason("too_gentle", "step", columns[0])
        reasons.append(Reason(first.cause, "step", first.column, first.value))
    notes = {
        (one.cause, one.column): one
        for attempt in tries
        for one in attempt.reasons
        if one.gravity == "note"
    }
    another = len(tries) < p.most_tries and (open_columns or len(tries) < p.tries)
    return ReferenceResult(
        tuple(values), tuple(kept), tuple(cvs), another, (*reasons, *notes.values())
    )


def _db(power: float, rest: float) -> float:
    if rest <= 0.0 or power <= 0.0:
        return -math.inf if power <= 0.0 else math.inf
    return 10.0 * math.log10(power / rest)


def _turned(take: Take, rest: RestResult, p: ReferenceParams, position: Position) -> Reason | None:
    """Return that the pelvis left its place during the try, or was not lying there at all."""
    if not position.still or take.imu is None or len(take.imu.t_s) == 0:
        return None
    within_deg = float(turn_deg(take.imu).max())
    if within_deg > p.most_turn_deg:
        return Reason("lifted", "step", None, within_deg)
    if rest.vertical is None:
        return None
    x, y, z = take.imu.acc_m_s2.mean(axis=0).tolist()
    away_deg = angle_between_deg(rest.vertical, (x, y, z))
    return Reason("lifted", "step", None, away_deg) if away_deg > p.most_away_deg else None


def _alike(known: list[tuple[int, float]], wanted: int) -> tuple[tuple[int, ...], float | None]:
    """Return the tries that are most alike, and their spread: one that strays is left out."""
    rows = sorted(known, key=lambda one: one[1])
    size = min(wanted, len(rows))
    groups = [rows[i : i + size] for i in range(len(rows) - size + 1)]
    best = min(groups, key=lambda group: _cv([v for _, v in group]))
    return tuple(sorted(i for i, _ in best)), _cv([v for _, v in best])


def _all(known: list[tuple[int, float]]) -> tuple[tuple[int, ...], float | None]:
    best = max(known, key=lambda one: one[1])
    return (best[0],), _cv([v for _, v in known])


def _cv(values: list[float]) -> float:
    return float(np.std(values, ddof=1) / np.mean(values)) if len(values) > 1 else 0.0


def _why(tries: tuple[Attempt, ...], column: int) -> list[Reason]:
    """Return why a column has too few values: its own last reason, else that of the last try."""
    for attempt in reversed(tries):
        for one in attempt.reasons:
            if one.column == column and one.gravity != "note":
                return [Reason(one.cause, "channel", column, one.value)]
    for attempt in reversed(tries):
        for one in attempt.reasons:
            if one.gravity == "step":
                return [Reason(one.cause, "channel", column, one.value)]
    return [Reason("too_gentle", "channel", column)]


def _hopeless(tries: tuple[Attempt, ...], column: int) -> bool:
    """Return whether every try was refused for what more tries do not mend."""
    lasting = {"dead", "unchanged", "no_rest", "saturated", "loose_pad"}
    found = [
        {one.cause for one in attempt.reasons if one.column == column} & lasting
        for attempt in tries
    ]
    return all(found)


def _autocovariances(take: Take) -> FloatArray:
    out = np.zeros((take.n_channels, LAGS + 1))
    for k in range(take.n_channels):
        out[k] = autocovariance(take.emg_uv[:, k], take.valid[:, k], LAGS)
    return out
