"""How a report writes numbers: signs, intervals, shares, times. One place, so that all agree."""

from __future__ import annotations

from math import isfinite
from statistics import median, stdev
from typing import TYPE_CHECKING

from firingorder.report.wording import NOTHING, half_width, signed_number

if TYPE_CHECKING:
    from collections.abc import Sequence

PLUS_MINUS = "\N{PLUS-MINUS SIGN}"


def lead_text(lead_ms: float | None, low_ms: float | None, high_ms: float | None) -> str:
    """Return a lead with half its interval, ms: ``+108 ±27``."""
    if lead_ms is None:
        return NOTHING
    return f"{signed_number(lead_ms)} {half_width(low_ms, high_ms)}".strip()


def interval_text(low: float | None, high: float | None, unit: str = "") -> str:
    """Return a signed interval: ``+80 to +128 ms``; an open end is said."""
    if low is None and high is None:
        return "not known"
    if low is None or not isfinite(low):
        words = f"up to {signed_number(high or 0.0)}"
    elif high is None or not isfinite(high):
        words = f"from {signed_number(low)}"
    else:
        words = f"{signed_number(low)} to {signed_number(high)}"
    return f"{words} {unit}".strip()


def percent(share: float) -> str:
    """Return a share as whole percent: ``67 %``."""
    return f"{round(100.0 * share)} %"


def seconds_text(value_s: float | None) -> str:
    """Return device time to the millisecond: ``6.255``."""
    return NOTHING if value_s is None else f"{value_s:.3f}"


def duration_words(value_s: float) -> str:
    """Return a length in minutes and seconds: ``18 min 24 s``."""
    minutes, seconds = divmod(round(value_s), 60)
    hours, minutes = divmod(minutes, 60)
    if hours:
        return f"{hours} h {minutes} min"
    return f"{minutes} min {seconds} s" if minutes else f"{seconds} s"


def plural(count: int, noun: str) -> str:
    """Return a count with its noun: ``1 rep``, ``9 reps``."""
    return f"{count} {noun}" if count == 1 else f"{count} {noun}s"


def quantity(value: float | None, digits: int = 3) -> str:
    """Return a measured value to so many significant digits; a dash where there is none."""
    if value is None or not isfinite(value):
        return NOTHING
    if value == 0.0:
        return "0"
    text = f"{abs(value):.{digits}g}"
    if "e" in text:
        text = f"{abs(value):.0f}"
    return f"\N{MINUS SIGN}{text}" if value < 0.0 else text


def middle_and_spread(values: Sequence[float], unit: str) -> str:
    """Return median and SD: ``31° ±2``; a single value has no spread."""
    if not values:
        return NOTHING
    whole = f"{round(median(values))}{unit}"
    return whole if len(values) < 2 else f"{whole} {PLUS_MINUS}{round(stdev(values))}"
