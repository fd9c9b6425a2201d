"""The typical lead of a set in words, where there is one, and what the set may come to claim."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from firingorder.report.wording import (
    NOTHING,
    VERDICT_WORDS,
    forecast_range,
    signed_number,
)
from firingorder.signal.set_params import SetParams
from firingorder.signal.sets import leads_of, typical_interval

if TYPE_CHECKING:
    from firingorder.findings import SetForecast

MIXED = "mixed"
#: Repetitions from which a middle one says something about a set.
LEAST_FOR_MEDIAN = 3
#: Leads within this count as together (interfaces, verdicts).
TOGETHER_MARGIN_MS = 30.0

#: What is expected of a claim about the whole set, as short as its note.
CLAIM_MAY_COME, NO_CLAIM_LIKELY = "more good reps may tell", "no claim likely today"


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


def whole_set(forecast: SetForecast) -> tuple[str, str]:
    """Return what the set as a whole claims, or how many more good repetitions it needs.

    The value and a note on it. The claim is that of the set, not of a repetition, and holds
    however often one looks.
    """
    if forecast.state == "too_early":
        return NOTHING, f"from {LEAST_FOR_MEDIAN} reps on"
    if forecast.state == "claimed" and forecast.claim is not None:
        return VERDICT_WORDS[forecast.claim], "holds at 95 %"
    if forecast.more is None:
        return "Can't tell", CLAIM_MAY_COME if forecast.state == "open" else NO_CLAIM_LIKELY
    span = forecast_range(forecast)
    return f"about {forecast.more} more", f"good reps, {span}" if span else "good reps"
