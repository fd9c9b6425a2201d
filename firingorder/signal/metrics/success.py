"""Success at the smallest range (B17): limits and ranges are the therapist's."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from firingorder.signal.metrics.amount import Amount, first_gate, metric, refused, wilson

if TYPE_CHECKING:
    from collections.abc import Sequence

    from firingorder.measures import Metric

#: Faults of the way in which a small range is lost.
_SPOILING = frozenset({"arch", "arch_late", "open"})


@dataclass(frozen=True, slots=True)
class SuccessLimits:
    """Set by the therapist, percent of the reference."""

    glute_percent: float
    erector_percent: float
    hamstring_percent: float


@dataclass(frozen=True, slots=True)
class Attempt:
    """One repetition: its range (degrees of a limb sensor, or 0, 1, 2 for tiny, small, medium)."""

    range_of: float
    passed: Amount


def passed(
    glutes: Sequence[Amount],
    erectors: Sequence[Amount],
    hamstrings: Sequence[Amount],
    limits: SuccessLimits | None,
    *,
    faults: Sequence[str] = (),
    pain_rise: float | None,
) -> Amount:
    """Return 1 if a repetition passes, 0 if not; from 0 to 1 where the levels cannot tell (B17).

    Every glute reaches its target, no erector and hamstring passes its limit, no arching or
    opening, pain no higher than before. A neighbour at the noise floor is within its limit if its
    upper bound is.

    Parameters
    ----------
    pain_rise
        Change of the person's own pain score; None: not asked, and then nothing passes.
    """
    if limits is None or pain_rise is None:
        return refused("no_target" if limits is None else "not_measured")
    gate = first_gate(glutes) or first_gate([*erectors, *hamstrings], floor_ok=True)
    if gate is not None or not glutes:
        return refused(gate or "not_measured")
    capped = [(one, limits.erector_percent) for one in erectors]
    capped += [(one, limits.hamstring_percent) for one in hamstrings]
    clean = pain_rise <= 0.0 and not _SPOILING.intersection(faults)
    target = limits.glute_percent
    by_value = all(one.value >= target for one in glutes)
    by_value = by_value and all(one.value <= limit for one, limit in capped)
    surely = all(one.low >= target for one in glutes)
    surely = surely and all(one.high <= limit for one, limit in capped)
    possibly = all(one.high >= target for one in glutes)
    possibly = possibly and all(one.low <= limit for one, limit in capped)
    return Amount(float(clean and by_value), float(clean and surely), float(clean and possibly))


def smallest_range_success(attempts: Sequence[Attempt]) -> Amount:
    """Return the share of passes at the smallest range that was tried, with Wilson's interval.

    Repetitions that cannot be told are left out, and ``n`` says how many are in.
    """
    told = [one for one in attempts if one.passed.gate is None]
    if not told:
        return refused("too_few")
    smallest = min(one.range_of for one in told)
    there = [one for one in told if one.range_of == smallest]
    return wilson(sum(one.passed.value == 1.0 for one in there), len(there))


def success_metrics(attempts: Sequence[Attempt]) -> tuple[Metric, ...]:
    """Return B17 of a set: each repetition in order, and the share at the smallest range."""
    each = [metric("B17", "passed", str(k + 1), "1", one.passed) for k, one in enumerate(attempts)]
    share = smallest_range_success(attempts)
    return (*each, metric("B17", "smallest_range_success", "", "1", share))
