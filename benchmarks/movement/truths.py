"""What was planted, in the words of the product: attempts with phases as each template means them.

The simulation tells when a body moved; a template may mean something else by the same word. Where
they differ the planted muscles decide (far from of a still limb is the plateau of its muscles), so
that an error is one of finding and not one of naming.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from collections.abc import Sequence

    from firingorder.signal.task import TaskSpec
    from firingorder.simulation.exercises.truth import TrueRepetition

Kind = Literal["good", "half", "false_start", "slip"]
#: A cue is missed when nothing starts within this of it (docs/reference/metrics.md, B11).
MISSED_S = 2.0
PHASES = ("away", "onset", "far_from", "far_to", "back", "end")
#: Faults whose size is read from the true phases or angles, not from what was asked to be planted.
NATURAL = ("tempo",)
#: A duration is meant to be as asked within this share, and is clearly off beyond 1.5 times the
#: rule's limit (docs/reference/exercises.md: 30 %).
TEMPO_GOOD, TEMPO_OFF = 0.20, 0.45


@dataclass(frozen=True, slots=True)
class Attempt:
    """One attempt as planted, seconds of body time.

    Attributes
    ----------
    kind
        A good repetition, half of one, a start that was given up, or a cue missed or misheard.
    phases
        By name of :data:`PHASES`; None where the template has none, or names no truth.
    planted
        By code: whether it stands above the limit people are told about.
    """

    kind: Kind
    away_s: float
    end_s: float
    side: str = "both"
    set_index: int = 1
    phases: dict[str, float | None] = field(default_factory=dict[str, "float | None"])
    planted: dict[str, bool] = field(default_factory=dict[str, bool])
    hesitates: bool = False
    loose: bool = False
    """Its end is no good sign of it: a hold that breaks on the way, a landing whose instant is the
    impact. Then a finding need only share a little of it."""

    @property
    def clean(self) -> bool:
        """Whether it is good and nothing at all was planted in it."""
        return self.kind == "good" and not self.planted


def attempts(
    truths: Sequence[TrueRepetition], task: TaskSpec, until_s: float, from_s: float = 0.0
) -> list[Attempt]:
    """Return the attempts that lie between two times as the task's template sees them."""
    inside = [one for one in truths if one.away_s >= from_s and one.over_s <= until_s]
    if task.id == "gait":
        return _steps(inside)
    return [_attempt(one, task) for one in inside]


def _attempt(one: TrueRepetition, task: TaskSpec) -> Attempt:
    phases: dict[str, float | None] = {
        "away": one.away_s,
        "onset": one.movement_onset_s,
        "far_from": one.far_from_s,
        "far_to": one.far_to_s,
        "back": one.back_s,
        "end": one.end_s,
    }
    if task.template == "STILL_LIMB":
        # No sensor sees the limb: the plateau of its muscles stands for it, and lasts till they
        # let go. When the pelvis gives way is no start of the movement.
        phases |= {"onset": None, "far_from": _plateau_s(one, task), "far_to": one.back_s}
        phases["end"] = _sunk_s(one, task)
    elif task.template == "CUED_HOLD":
        phases |= {"onset": None, "back": None, "end": _sunk_s(one, task)}
        if one.cue_s is None:
            phases |= {"far_from": None, "far_to": None}
    elif task.template == "IMPACT":
        # Upright again; the sway that follows is that of standing.
        phases |= {"far_from": None, "far_to": None, "back": None, "end": one.back_s}
    planted = {found.code: found.above for found in one.compensations}
    planted |= _tempo(one, task)
    end_s = one.end_s
    if one.missed and one.cue_s is not None:
        end_s = min(end_s, one.cue_s + MISSED_S)
    broken = task.template == "CUED_HOLD" and "hold" in planted
    if broken:
        phases |= {"far_to": None, "end": None}
    return Attempt(
        kind=_kind(one),
        away_s=one.away_s,
        end_s=end_s,
        side=one.side,
        set_index=one.set_index,
        phases=phases if _kind(one) == "good" else {},
        planted=planted,
        hesitates=one.hesitates,
        loose=broken or task.template == "IMPACT",
    )


def _kind(one: TrueRepetition) -> Kind:
    if one.good:
        return "good"
    if one.kind == "full":
        return "slip"
    return one.kind


def _plateau_s(one: TrueRepetition, task: TaskSpec) -> float | None:
    """Return when the planted prime muscles have risen, on average."""
    primes = set(task.prime_channels(tuple(burst.channel for burst in one.bursts)))
    risen = [burst.onset_s + burst.rise_s for burst in one.bursts if burst.channel in primes]
    return sum(risen) / len(risen) if risen else None


def _sunk_s(one: TrueRepetition, task: TaskSpec) -> float | None:
    """Return when the last prime muscle has sunk to the level of its rest.

    The planted fall is half a cosine; its last part is below the noise, where nobody can see it.
    """
    primes = set(task.prime_channels(tuple(burst.channel for burst in one.bursts)))
    sunk_s: list[float] = []
    for burst in one.bursts:
        if burst.channel in primes:
            rest = min(1.0, 10.0 ** (-burst.snr_db / 20.0))
            left = 1.0 - math.acos(2.0 * rest - 1.0) / math.pi
            sunk_s.append(burst.offset_s - left * burst.fall_s)
    return max(sunk_s, default=None)


def _tempo(one: TrueRepetition, task: TaskSpec) -> dict[str, bool]:
    """Return whether the tempo was clearly off, or might be taken for it, by the true durations."""
    asked = task.asked_tempo_s
    if "tempo" not in task.faults or asked is None:
        return {}
    times = (one.away_s, one.far_from_s, one.back_s, one.end_s)
    if task.template == "STILL_LIMB":
        # Muscles do not tell when the limb is up.
        asked, times = (sum(asked),), (one.away_s, one.end_s)
    known = [at_s for at_s in times if at_s is not None]
    if len(known) < len(times):
        return {}
    off = max(
        (
            abs(last_s - first_s - wanted_s) / wanted_s
            for first_s, last_s, wanted_s in zip(known, known[1:], asked, strict=False)
            if wanted_s > 0.0
        ),
        default=0.0,
    )
    return {} if off < TEMPO_GOOD else {"tempo": off > TEMPO_OFF}


def _steps(strides: Sequence[TrueRepetition]) -> list[Attempt]:
    """Return steps: both feet are asked for, so each contact begins one."""
    out: list[Attempt] = []
    for k, one in enumerate(strides):
        if one.far_to_s is None:
            continue
        spans = [(one.away_s, one.far_to_s)]
        last_of_walk = k + 1 == len(strides) or strides[k + 1].away_s > one.end_s
        if last_of_walk:
            spans.append((one.far_to_s, one.end_s))
        planted = {found.code: found.above for found in one.compensations}
        for first_s, last_s in spans:
            out.append(
                Attempt(
                    kind="good",
                    away_s=first_s,
                    end_s=last_s,
                    side=one.side,
                    set_index=one.set_index,
                    phases={"away": first_s, "end": last_s},
                    planted=planted,
                )
            )
    return out
