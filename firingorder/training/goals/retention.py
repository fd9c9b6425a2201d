"""What stays without feedback (B24), and what was carried over from the last session."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from firingorder.signal.metrics.amount import Amount, difference, median_of
from firingorder.signal.metrics.retention import retention_metric
from firingorder.training.goals import words
from firingorder.training.goals.aim import UNITS

if TYPE_CHECKING:
    from collections.abc import Sequence

    from firingorder.measures import Metric
    from firingorder.signal.reference import OwnBaseline
    from firingorder.training.programmes.records import Measure


@dataclass(frozen=True, slots=True)
class Kept:
    """A block without feedback against an earlier one.

    Attributes
    ----------
    metric
        B24: the difference in units of the own smallest detectable change; gated without one.
    difference, low, high
        The same in the unit of the measure, with its 95 % interval; None below five repetitions.
    sentence
        What is told.
    """

    metric: Metric
    difference: float | None
    low: float | None
    high: float | None
    unit: str
    sentence: str


def retained(
    measure: Measure,
    pre_test: Sequence[float],
    no_feedback: Sequence[float],
    baseline: OwnBaseline | None,
) -> Kept:
    """Return the last block without feedback against the first of the same session.

    ``baseline`` is the one within a day: the electrodes have not moved in between.
    """
    return _kept(measure, pre_test, no_feedback, baseline)


@dataclass(frozen=True, slots=True)
class Block:
    """The median of a block without feedback, with its 95 % interval and count, from the log."""

    value: float | None
    low: float | None
    high: float | None
    n: int
    day: str = ""


def carried_over(
    measure: Measure,
    last: Block,
    now: Sequence[float],
    across_days: OwnBaseline | None,
    within_day: OwnBaseline | None = None,
) -> Carried | None:
    """Return the first block of this session against the last one of the session before.

    A change is told beyond the MDC across days alone: the electrodes were put on again in between.
    The one within a day is smaller, so what lies within it is within the other, too. None where
    there is nothing to be compared.
    """
    if last.value is None or last.low is None or last.high is None:
        return None
    unit = UNITS[measure]
    then, today = Amount(last.value, last.low, last.high, last.n), median_of(now)
    if today.gate is not None:
        return Carried(None, f"{last_words(measure, last)} {_FEW} this block has {len(now)}.")
    by = difference(today, then)
    told = (
        f"{last_words(measure, last)} Now "
        f"{words.measured(today.value, today.low, today.high, unit, today.n)}; difference "
        f"{words.measured(by.value, by.low, by.high, unit, min(today.n, last.n))}."
    )
    own = across_days or within_day
    if own is not None and abs(by.value) <= own.mdc:
        mdc = words.number(own.mdc, unit)
        return Carried("kept.same", f"{told} This is within your own spread ({mdc}).")
    if across_days is None:
        return Carried(None, f"{told} {_ACROSS}")
    way = "more" if by.value > 0.0 else "less"
    mdc = words.number(across_days.mdc, unit)
    provisional = ", provisional" if across_days.provisional else ""
    sentence = f"{told} This is {way}, beyond your own spread ({mdc}{provisional})."
    return Carried(_WAYS.get(measure, _WAY)[by.value > 0.0], sentence)


def last_words(measure: Measure, last: Block) -> str:
    """Return what the last session ended with, one sentence; empty where there is nothing."""
    if last.value is None:
        return ""
    value = words.measured(last.value, last.low, last.high, UNITS[measure], last.n)
    day = f" on {last.day}" if last.day else ""
    what = f"{words.MEASURE_WORDS[measure]} without feedback"
    return f"{what} at the end of the last session{day}: {value}."


@dataclass(frozen=True, slots=True)
class Carried:
    """What was carried over: the key of what is spoken (None: nothing can be told), a sentence."""

    spoken: str | None
    sentence: str


_FEW = "To compare, five good repetitions are needed;"
_ACROSS = (
    "Whether this is a change cannot be told yet: the pads were put on again in between, so it "
    "takes baseline sets of two days."
)
#: What is spoken where it is less, and where it is more; a lead is a time.
_WAY = ("kept.less", "kept.more")
_WAYS: dict[Measure, tuple[str, str]] = {
    "lead_ms": ("kept.later", "kept.earlier"),
    "time_to_quiet_s": ("kept.earlier", "kept.later"),
    "reaction_ms": ("kept.earlier", "kept.later"),
}


def _kept(
    measure: Measure,
    then: Sequence[float],
    now: Sequence[float],
    baseline: OwnBaseline | None,
) -> Kept:
    unit = UNITS[measure]
    metric = retention_metric(measure, then, now, baseline)
    first, second = median_of(then), median_of(now)
    if first.gate is not None or second.gate is not None:
        few = min(len(then), len(now))
        sentence = (
            f"What stays without feedback needs five good repetitions in both blocks; the smaller "
            f"one has {few}."
        )
        return Kept(metric, None, None, None, unit, sentence)
    by = difference(second, first)
    told = (
        f"{words.MEASURE_WORDS[measure]} without feedback: median "
        f"{words.measured(second.value, second.low, second.high, unit, second.n)}, before the "
        f"session {words.measured(first.value, first.low, first.high, unit, first.n)}; difference "
        f"{words.measured(by.value, by.low, by.high, unit, by.n)}."
    )
    return Kept(
        metric,
        by.value,
        by.low,
        by.high,
        unit,
        f"{told} {_judged(metric, by.value, unit, baseline)}",
    )


def _judged(metric: Metric, by: float, unit: str, baseline: OwnBaseline | None) -> str:
    if metric.value is None or baseline is None:
        return (
            "Your own measuring error is not known, so whether this is a change cannot be told: do "
            "two baseline sets."
        )
    mdc = f"{words.number(baseline.mdc, unit)}{', provisional' if baseline.provisional else ''}"
    if abs(by) <= baseline.mdc:
        return f"This is within the smallest change that can be told ({mdc})."
    way = "more" if by > 0.0 else "less"
    return f"This is {way}, beyond the measuring error ({mdc})."
