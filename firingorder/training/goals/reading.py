"""One measured value of a repetition, and how it is held against a band.

Two rules (docs/reference/goals.md section 2). A lead is claimed: it is inside or outside only with
its whole 95 % interval. Everything else describes what was done: it is inside if its value is, and
outside only if its whole interval is.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from firingorder.signal.metrics.amount import Amount

if TYPE_CHECKING:
    from collections.abc import Sequence

    from firingorder.measures import Metric, MetricGate
    from firingorder.training.programmes.records import Measure, Target

Held = Literal["inside", "below", "above", "open", "unknown"]


@dataclass(frozen=True, slots=True)
class Reading:
    """A value with its 95 % interval, or the reason it has none (one sentence).

    A bound without a value is itself measured: ``high``: no more than; ``low``: more than.
    ``relative``: in percent of the set's own first repetitions, for want of a reference.
    """

    measure: Measure
    unit: str
    value: float | None = None
    low: float | None = None
    high: float | None = None
    n: int = 1
    gate: MetricGate | None = None
    why: str = ""
    who: str = ""
    relative: bool = False

    @property
    def empty(self) -> bool:
        """Whether nothing at all is known."""
        return self.value is None and self.low is None and self.high is None


def held_against(reading: Reading, target: Target) -> Held:
    """Return where a reading lies; ``open``: too close to call; ``unknown``: nothing is known."""
    if reading.empty:
        return "unknown"
    least = -math.inf if target.low is None else target.low
    most = math.inf if target.high is None else target.high
    point = reading.value is not None and reading.low is None and reading.high is None
    low, high = reading.low, reading.high
    if point and reading.measure != "lead_ms":
        low = high = reading.value
    low = -math.inf if low is None else low
    high = math.inf if high is None else high
    if high < least:
        return "below"
    if low > most:
        return "above"
    if low >= least and high <= most:
        return "inside"
    if reading.measure == "lead_ms" or reading.value is None:
        return "open"
    return "inside" if least <= reading.value <= most else "open"


def amount_of(metric: Metric | None) -> Amount:
    """Return a metric as an amount; what is at the noise floor lies between zero and its bound."""
    if metric is None:
        return Amount(math.nan, math.nan, math.nan, 0, "not_measured")
    if metric.value is None or metric.gate is not None:
        gate = metric.gate or "not_measured"
        if gate == "at_noise_floor" and metric.high is not None:
            return Amount(0.5 * metric.high, 0.0, metric.high, metric.n, gate)
        if gate == "beyond_cap" and metric.low is not None:
            return Amount(math.nan, metric.low, math.inf, metric.n, gate)
        bound = gate in ("at_noise_floor", "beyond_cap")  # one that came without its bound
        return Amount(math.nan, math.nan, math.nan, 0, "not_measured" if bound else gate)
    low = -math.inf if metric.low is None else metric.low
    high = math.inf if metric.high is None else metric.high
    return Amount(metric.value, low, high, metric.n)


def reading_of(measure: Measure, unit: str, amount: Amount, who: str = "") -> Reading:
    """Return an amount as a reading of one repetition."""
    if amount.gate == "at_noise_floor":
        return Reading(measure, unit, None, None, amount.high, 1, amount.gate, who=who)
    if amount.gate == "beyond_cap":
        return Reading(measure, unit, None, amount.low, None, 1, amount.gate, who=who)
    if amount.gate is not None or not math.isfinite(amount.value):
        return Reading(measure, unit, gate=amount.gate or "not_measured", who=who)
    low = amount.low if math.isfinite(amount.low) else None
    high = amount.high if math.isfinite(amount.high) else None
    return Reading(measure, unit, amount.value, low, high, 1, who=who)


def find(metrics: Sequence[Metric], name: str, subject: str) -> Metric | None:
    """Return the metric of this name and subject."""
    for one in metrics:
        if one.name == name and one.subject == subject:
            return one
    return None


def usable(amounts: Sequence[tuple[str, Amount]]) -> list[tuple[str, Amount]]:
    """Return those that have a value, or a bound that is measured."""
    return [one for one in amounts if one[1].gate in (None, "at_noise_floor", "beyond_cap")]


def largest(amounts: Sequence[tuple[str, Amount]]) -> tuple[str, Amount]:
    """Return the largest of several amounts, and whose it is: for quiet the loudest counts.

    Its interval ends at the largest of the bounds: the largest of several is no less than each.
    """
    who, top = max(amounts, key=lambda one: _rank(one[1]))
    low = max(one.low for _, one in amounts)
    high = max(one.high for _, one in amounts)
    return who, Amount(top.value, min(low, _rank(top)), high, top.n, top.gate)


def _rank(amount: Amount) -> float:
    return amount.low if amount.gate == "beyond_cap" else amount.value
