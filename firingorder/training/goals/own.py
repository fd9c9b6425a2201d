"""A value against the person's own: baseline sets, and earlier repetitions of the same set.

More or less than usual is told only beyond the measuring error. One repetition scatters by more
than the median of a set, so it has to lie off by the larger of the smallest detectable change and
2 SD, as the faults have it (signal/compensation/muscles.py).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from firingorder.calibration.own_variability import own_key
from firingorder.signal.metrics.amount import median_of
from firingorder.training.goals import words

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from firingorder.signal.reference import OwnBaseline
    from firingorder.training.goals.aim import Aim
    from firingorder.training.goals.reading import Reading
    from firingorder.training.programmes.records import Target

_SD = 2.0
#: Fewer earlier repetitions have no typical value.
_LEAST = 3
#: Of these more is no better than less: the band has two sides.
_NEITHER = ("symmetry_percent",)


def baseline_of(aim: Aim, who: str = "") -> OwnBaseline | None:
    """Return the baseline of the measure in this exercise, None where there is none.

    ``who``: side or channel, where the value is of one alone. A profile that does not know which
    exercise its baselines are of (of an earlier version) has lead and hamstring share alone.
    """
    return _found(aim, aim.reference.baselines, who)


def across_days(aim: Aim, who: str = "") -> OwnBaseline | None:
    """Return the same with the electrodes put on again in between."""
    return _found(aim, aim.reference.across_days, who)


def own_of(aim: Aim, measure: str, subject: str) -> OwnBaseline | None:
    """Return the baseline of another measure in this exercise, for the bars."""
    known = aim.reference.baselines
    old = None if any(key.startswith(measure) and "@" in key for key in known) else known
    found = known.get(own_key(measure, subject, aim.task.id))
    return found if found is not None or old is None else old.get(f"{measure}:{subject}")


def _found(aim: Aim, known: Mapping[str, OwnBaseline], who: str) -> OwnBaseline | None:
    if aim.measure == "level_percent" and aim.refused(aim.trained(aim.planned.side), between=False):
        return None  # what is measured then is in percent of something else
    for measure, subject in _names(aim, who):
        own = known.get(own_key(measure, subject, aim.task.id))
        if own is not None:
            return own
    old = {"lead_ms": ("lead_ms",), "hamstring_share": (f"hamstring_share:{who}",
           "hamstring_share")}.get(aim.measure, ())  # fmt: skip
    if any(key.startswith(aim.measure) and "@" in key for key in known):
        return None  # there are some, of other exercises
    return next((known[name] for name in old if name in known), None)


def _names(aim: Aim, who: str) -> list[tuple[str, str]]:
    """Return under which measure and subject the baseline of a goal stands."""
    side = aim.planned.side
    match aim.measure:
        case "level_percent":
            glute = aim.muscle if side == "both" else f"{aim.muscle}_{side}"
            subject = who or ("" if aim.less else glute)
            return [(f"level_{window}", subject) for window in aim.windows if subject]
        case "symmetry_percent":
            return [("symmetry_index", aim.muscle)]
        case "isolation_share":
            return [("isolation", who or side)]
        case "lead_ms":
            return [("lead_ms", "" if side == "both" else side)]
        case "hamstring_share" | "flexion_relaxation":
            return [(aim.measure, side)]
        case _:
            return []


def inside_of(aim: Aim, target: Target | None, values: Sequence[float]) -> bool | None:
    """Tell whether a set's median is inside a band, or on its better side.

    The own median and the smallest detectable change about it, else the therapist's target; None
    without either, and below five repetitions.
    """
    typical = median_of(values)
    if typical.gate is not None:
        return None
    value, own = typical.value, baseline_of(aim)
    if own is not None and aim.measure in _NEITHER:
        return abs(value - own.median) <= own.mdc
    if own is not None:
        off = value - own.median
        return (off <= own.mdc) if aim.less else (off >= -own.mdc)
    if target is not None and target.set_by == "therapist":
        asked = target if aim.planned.adaptive is not None else aim.target or target
        # Of a smallest range the upper bound is what the neighbours are to stay below.
        high = None if aim.planned.kind == "smallest_range" else asked.high
        return (asked.low is None or value >= asked.low) and (high is None or value <= high)
    return None


def against_own(reading: Reading, aim: Aim) -> str:
    """Return a sentence on one repetition against the own baseline; empty without one."""
    own = baseline_of(aim, reading.who)
    if own is None or reading.value is None or reading.relative:
        return ""
    off, beyond = reading.value - own.median, max(own.mdc, _SD * own.sd)
    usual = f"Your own usual: {words.number(own.median, reading.unit)} (n = {own.n})."
    if abs(off) <= beyond:
        return f"{usual} This is within what you vary by anyway."
    return (
        f"{usual} This is {_than(reading.measure, off)} your own usual, beyond the measuring error."
    )


def change_words(values: Sequence[float], aim: Aim, who: str = "") -> str:
    """Return a sentence on a set's median against the own baseline, told beyond the MDC only."""
    own, typical = baseline_of(aim, who), median_of(values)
    if own is None or typical.gate is not None:
        return ""
    off = typical.value - own.median
    usual = f"Your own usual: {words.number(own.median, aim.unit)} (n = {own.n})"
    provisional = ", provisional" if own.provisional else ""
    error = f"smallest change that can be told: {words.number(own.mdc, aim.unit)}{provisional}"
    if abs(off) <= own.mdc:
        return f"{usual}; {error}. The set is within it."
    return f"{usual}; {error}. The set is {_than(aim.measure, off)} it, beyond the measuring error."


def earlier_words(earlier: Sequence[float], unit: str) -> str:
    """Return a sentence on what the set had before this repetition."""
    if len(earlier) < _LEAST:
        return ""
    ordered = sorted(earlier)
    n = len(ordered)
    middle = 0.5 * (ordered[(n - 1) // 2] + ordered[n // 2])
    span = f"{words.number(ordered[0], unit)} to {words.number(ordered[-1], unit)}"
    return f"Before in this set: median {words.number(middle, unit)}, from {span} (n = {n})."


def _than(measure: str, off: float) -> str:
    if measure == "lead_ms":
        return "earlier than" if off > 0.0 else "later than"
    return "more than" if off > 0.0 else "less than"
