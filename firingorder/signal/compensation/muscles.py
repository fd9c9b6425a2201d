"""Faults that are seen in the muscles: who is loud, who helps, who lets go, and when."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from firingorder.measures import Compensation
from firingorder.signal.compensation.pelvis import NOT_MEASURED, Answer

if TYPE_CHECKING:
    from firingorder.measures import PhaseTimes
    from firingorder.signal.compensation.data import FaultData, FaultParams
    from firingorder.signal.reference import OwnBaseline

_OTHER_SIDE = {"left": "right", "right": "left"}
#: Signal behind the end of a repetition that is kept for its measures (measuring.py).
_RESTED_S = 0.5


def ham_lead(data: FaultData, params: FaultParams) -> Answer:
    """Tell whether the hamstrings do a larger share than usual, beyond the measuring error."""
    return _above_own(data, params, "ham_lead", "hamstring_share")


def tfl_takes_over(data: FaultData, params: FaultParams) -> Answer:
    """Tell whether the front of the hip does a larger share than it usually does."""
    return _above_own(data, params, "tfl_takes_over", "tfl_share")


def es_early(data: FaultData, params: FaultParams) -> Answer:
    """Tell whether the glutes lead the back by less than usual; a note, never an error."""
    own = data.reference.baselines.get("lead_ms")
    if own is None or data.lead_ms is None:
        return NOT_MEASURED
    limit = own.median - _beyond(own, params)
    if data.lead_ms >= limit:
        return None
    return Compensation("es_early", data.lead_ms, limit, "ms", data.phases.away_s, note=True)


def es_loud(data: FaultData, params: FaultParams) -> Answer:
    """Tell whether the back is on in a hold in which it should keep quiet."""
    names = [name for name in data.channels if name.startswith("erector_spinae")]
    return _share_of_reference(data, "es_loud", names, params.loud_share)


def cross(data: FaultData, params: FaultParams) -> Answer:
    """Tell whether the other side joins in a task of one side."""
    other = _OTHER_SIDE.get(data.task.working_side)
    if other is None:
        return None
    muscles = {muscle.removesuffix("_w") for muscle in data.task.prime}
    names = [name for name in data.channels if name in {f"{one}_{other}" for one in muscles}]
    return _share_of_reference(data, "cross", names, params.cross_share)


def missed(data: FaultData, params: FaultParams) -> Answer:
    """Tell whether nothing started after the cue."""
    del params
    cue_s = data.phases.cue_s
    if cue_s is None:
        return NOT_MEASURED
    return Compensation("missed", 0.0, 1.0, "1", cue_s) if data.missed else None


def hold(data: FaultData, params: FaultParams) -> Answer:
    """Tell whether the hold was shorter, or less even, than asked for."""
    share = data.metric("hold_in_band")
    if share is not None and share.value is not None:
        limit = 100.0 * params.hold_share
        short = share.value < limit
        return Compensation("hold", share.value, limit, "%", data.phases.away_s) if short else None
    asked_s, phases = data.task.asked_hold_s, data.phases
    if asked_s is None:
        return NOT_MEASURED
    if phases.cue_s is not None:
        window = _told_hold(phases, phases.cue_s, asked_s)
    elif phases.far_from_s is None or phases.far_to_s is None:
        window = None
    else:
        window = phases.far_from_s, phases.far_to_s, asked_s
    if window is None:
        return NOT_MEASURED
    from_s, to_s, possible_s = window
    held_s, limit_s = to_s - from_s, params.hold_share * possible_s
    return Compensation("hold", held_s, limit_s, "s", to_s) if held_s < limit_s else None


def _told_hold(
    phases: PhaseTimes, cue_s: float, asked_s: float
) -> tuple[float, float, float] | None:
    """Return from when to when it was held, and how long it could be from its beginning on.

    A hold that is begun and ended by words is asked for from word to word. Who reacts to the first
    one holds that much less, and does as asked; being too slow for a cue is the fault ``missed``.
    It begins with the muscle: the window of the levels begins later, to leave out the rise.
    """
    from_s, release_s = phases.away_s, phases.release_s
    ends = [one for one in (phases.back_s, release_s) if one is not None]
    if not ends:
        return None
    possible_s = (cue_s + asked_s if release_s is None else release_s) - from_s
    return from_s, min(ends), possible_s


def track(data: FaultData, params: FaultParams) -> Answer:
    """Tell whether the level did not follow the line."""
    error = data.metric("tracking_error")
    if error is None or error.value is None:
        return NOT_MEASURED
    if error.value <= params.track_percent:
        return None
    return Compensation("track", error.value, params.track_percent, "%", data.phases.away_s)


def tempo(data: FaultData, params: FaultParams) -> Answer:
    """Tell whether a phase took much longer or shorter than asked for.

    The phases of a still limb are those of its muscles, which are loud long before the limb is up:
    there only the whole movement is held against the sum of what was asked.
    """
    asked, phases = data.task.asked_tempo_s, data.phases
    times = (phases.away_s, phases.far_from_s, phases.back_s, phases.end_s)
    if asked is not None and data.task.template == "STILL_LIMB":
        asked, times = (sum(asked),), (phases.away_s, phases.end_s)
    if asked is None or any(one is None for one in times):
        return NOT_MEASURED
    known = [one for one in times if one is not None]
    worst: Compensation | None = None
    for first_s, last_s, wanted_s in zip(known, known[1:], asked, strict=False):
        if wanted_s <= 0.0:
            continue
        off = abs(last_s - first_s - wanted_s) / wanted_s
        if off > params.tempo_share and (worst is None or off > worst.value):
            worst = Compensation("tempo", off, params.tempo_share, "1", first_s)
    return worst


def rest_high(data: FaultData, params: FaultParams) -> Answer:
    """Tell whether a muscle stays on after letting go, against its own rest."""
    known = [
        (name, own.rest_uv, own.rest_sd_uv)
        for name in data.channels
        if (own := data.reference.channels.get(name)) is not None
        and own.rest_uv
        and own.rest_sd_uv is not None
    ]
    if not known or data.phases.release_s is None:
        return NOT_MEASURED
    first_s, last_s = _at_rest(data.phases, params)
    worst: Compensation | None = None
    seen = False
    for name, rest_uv, sd_uv in known:
        above = data.level_uv(name, first_s, last_s)
        if above is None:
            continue
        seen = True
        level = math.hypot(above, rest_uv)  # levels have the rest taken out
        # The spread is that of whole seconds, and no smaller than that of noise.
        sd = max(sd_uv, params.noise_spread * rest_uv) / math.sqrt(min(1.0, last_s - first_s))
        limit = rest_uv + params.rest_sd * sd
        if level > limit and (worst is None or level / limit > worst.value / worst.limit):
            worst = Compensation("rest_high", level, limit, "uV", data.phases.end_s)
    return worst if seen else NOT_MEASURED


def _at_rest(phases: PhaseTimes, params: FaultParams) -> tuple[float, float]:
    """Return where a muscle should be at rest after it was let go.

    Behind the end; up to there it is letting go. Where that takes longer than it may, before it.
    """
    assert phases.release_s is not None
    if phases.end_s - phases.release_s > params.quiet_s:
        return phases.end_s - 1.0, phases.end_s
    return phases.end_s, phases.end_s + _RESTED_S


def no_quiet(data: FaultData, params: FaultParams) -> Answer:
    """Tell whether it took long to become quiet."""
    phases = data.phases
    if phases.release_s is None:
        return NOT_MEASURED
    took_s = phases.end_s - phases.release_s
    if took_s <= params.quiet_s:
        return None
    return Compensation("no_quiet", took_s, params.quiet_s, "s", phases.release_s)


def late_absorb(data: FaultData, params: FaultParams) -> Answer:
    """Tell whether the glutes are louder before the landing than while it is absorbed."""
    del params
    seen = False
    for after in data.named("absorb_after"):
        before = data.metric("absorb_before", after.subject)
        if before is None or before.value is None or after.value is None:
            continue
        seen = True
        if after.value < before.value:
            return Compensation("late_absorb", after.value, before.value, "%", data.phases.away_s)
    return None if seen else NOT_MEASURED


def _beyond(own: OwnBaseline, params: FaultParams) -> float:
    """Return how far one repetition must lie off the own median.

    The smallest detectable change is that of a whole set; one repetition scatters by more.
    """
    return max(own.mdc, params.baseline_sd * own.sd)


def _above_own(data: FaultData, params: FaultParams, code: str, name: str) -> Answer:
    """Judge a metric, each subject by itself, against the person's own median and MDC."""
    baselines = data.reference.baselines
    seen = False
    for now in data.named(name):
        own = baselines.get(f"{name}:{now.subject}") or baselines.get(name)
        if own is None or now.value is None:
            continue
        seen = True
        limit = own.median + _beyond(own, params)
        if now.value > limit:
            return Compensation(code, now.value, limit, "1", data.phases.away_s)
    return None if seen else NOT_MEASURED


def _share_of_reference(data: FaultData, code: str, names: list[str], limit: float) -> Answer:
    """Judge the mean level in the far window against the reference contraction."""
    phases = data.phases
    first_s, last_s = phases.far_from_s, phases.far_to_s
    shares: list[float] = []
    for name in names:
        reference_uv = data.reference.reference_uv(name)
        if reference_uv is None or first_s is None or last_s is None:
            continue
        level = data.level_uv(name, first_s, last_s)
        if level is not None:
            shares.append(level / reference_uv)
    if not shares or first_s is None:
        return NOT_MEASURED
    worst = max(shares)
    if worst <= limit:
        return None
    return Compensation(code, 100.0 * worst, 100.0 * limit, "%", first_s)
