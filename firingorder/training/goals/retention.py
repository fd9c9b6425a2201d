"""What stays without feedback (B24), and what was carried over from the last session."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from firingorder.signal.metrics.amount import difference, median_of
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
    return _kept(measure, pre_test, no_feedback, baseline, "before the session")


def carried_over(
    measure: Measure,
    last_session: Sequence[float],
    now: Sequence[float],
    baseline: OwnBaseline | None,
) -> Kept:
    """Return the first block of this session against the last one of the session before.

    ``baseline`` is the one across days: the electrodes were put on again in between.
    """
    return _kept(measure, last_session, now, baseline, "at the end of the last session")


def _kept(
    measure: Measure,
    then: Sequence[float],
    now: Sequence[float],
    baseline: OwnBaseline | None,
    when: str,
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
        f"{words.measured(second.value, second.low, second.high, unit, second.n)}, {when} "
        f"{words.measured(first.value, first.low, first.high, unit, first.n)}; difference "
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
