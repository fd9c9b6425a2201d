"""The typical lead of a set in words, where there is one."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from firingorder.report.wording import NOTHING, signed_number
from firingorder.signal.sets import median_interval

MIXED = "mixed"
#: Repetitions from which a middle one says something about a set.
LEAST_FOR_MEDIAN = 3
#: Leads within this count as together (interfaces, verdicts).
TOGETHER_MARGIN_MS = 30.0


@dataclass(frozen=True, slots=True)
class TimedLead:
    """A lead with its 95 % interval, ms, and what it was judged to show."""

    lead_ms: float
    low_ms: float
    high_ms: float
    outcome: str


def typical_lead(timed: list[TimedLead]) -> tuple[str, str]:
    """Return the median lead and a note on it, where a middle means something.

    The interval is that of the set summary. Where outcomes differ and it holds zero and more than
    the margin of "together", the set has no typical lead: its median may lie where no repetition
    was. It is called mixed, with the range.
    """
    leads = np.array([t.lead_ms for t in timed])
    if len(leads) < LEAST_FOR_MEDIAN:
        return NOTHING, f"from {LEAST_FOR_MEDIAN} reps on"
    interval = median_interval(leads, np.array([(t.high_ms - t.low_ms) / 2 for t in timed]))
    low, high = interval or (float("-inf"), float("inf"))
    wide = low < -TOGETHER_MARGIN_MS or high > TOGETHER_MARGIN_MS
    if len({t.outcome for t in timed}) > 1 and low <= 0.0 <= high and wide:
        return MIXED, f"{signed_number(min(leads))} to {signed_number(max(leads))} ms"
    note = f"95 %: {signed_number(low)} to {signed_number(high)}"
    return signed_number(float(np.median(leads))), note
