"""A value against the person's own: baseline sets, and earlier repetitions of the same set.

More or less than usual is told only beyond the measuring error. One repetition scatters by more
than the median of a set, so it has to lie off by the larger of the smallest detectable change and
2 SD, as the faults have it (signal/compensation/muscles.py).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from firingorder.signal.metrics.amount import median_of
from firingorder.training.goals import words

if TYPE_CHECKING:
    from collections.abc import Sequence

    from firingorder.signal.reference import OwnBaseline
    from firingorder.training.goals.aim import Aim
    from firingorder.training.goals.reading import Reading

_SD = 2.0
#: Fewer earlier repetitions have no typical value.
_LEAST = 3


def baseline_of(aim: Aim, who: str = "") -> OwnBaseline | None:
    """Return the baseline of the measure, None where there is none."""
    names = {
        "lead_ms": ("lead_ms",),
        "hamstring_share": (f"hamstring_share:{who}", "hamstring_share"),
    }
    for name in names.get(aim.measure, ()):
        if name in aim.reference.baselines:
            return aim.reference.baselines[name]
    return None


def against_own(reading: Reading, aim: Aim) -> str:
    """Return a sentence on one repetition against the own baseline; empty without one."""
    own = baseline_of(aim, reading.who)
    if own is None or reading.value is None:
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
