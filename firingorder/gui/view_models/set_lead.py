"""The typical lead of a set in words, where there is one."""

from __future__ import annotations

from dataclasses import dataclass

from firingorder.report.wording import NOTHING, signed_number
from firingorder.signal.set_params import SetParams
from firingorder.signal.sets import leads_of, typical_interval

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
    if len(timed) < LEAST_FOR_MEDIAN:
        return NOTHING, f"from {LEAST_FOR_MEDIAN} reps on"
    leads = leads_of([(t.lead_ms, t.low_ms, t.high_ms) for t in timed])
    low, high = typical_interval(leads, SetParams()) or (float("-inf"), float("inf"))
    wide = low < -TOGETHER_MARGIN_MS or high > TOGETHER_MARGIN_MS
    if len({t.outcome for t in timed}) > 1 and low <= 0.0 <= high and wide:
        ends = min(leads.leads_ms), max(leads.leads_ms)
        return MIXED, f"{signed_number(ends[0])} to {signed_number(ends[1])} ms"
    note = f"95 %: {signed_number(low)} to {signed_number(high)}"
    return signed_number(leads.median_ms or 0.0), note
