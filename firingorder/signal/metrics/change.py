"""A person's own minimal detectable change, and when a change is told (B26); retention (B24)."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from statistics import median
from typing import TYPE_CHECKING, Literal

import numpy as np

from firingorder.signal.metrics.amount import (
    Z95,
    Amount,
    difference,
    median_of,
    median_se,
    metric,
    refused,
    t95,
)
from firingorder.signal.reference import OwnBaseline

if TYPE_CHECKING:
    from collections.abc import Sequence

    from firingorder.measures import Metric

Scope = Literal["within_day", "across_days"]
#: Sets from which the scatter of sets speaks for itself.
_FIRM = 4
_LEAST_REPETITIONS = 5


@dataclass(frozen=True, slots=True)
class BaselineSet:
    """One baseline set of a metric; ``day`` tells sets of one application of electrodes apart."""

    values: tuple[float, ...]
    day: str


def own_baseline(sets: Sequence[BaselineSet], scope: Scope) -> OwnBaseline | None:
    """Return the person's own minimal detectable change; None while it cannot be known.

    Within a day the sets of the newest day count; across days each day is one value, because the
    electrodes were put on again in between. Two or three sets: max(1.96 sqrt(SE1^2 + SE2^2),
    abs(m1 - m2)) of the two sets that differ most, provisional, with SE the bootstrap's of the set
    median. From four sets on: t(0.975, k - 1) sqrt(2) SD of the set medians. A proposal for one
    person after the group formula 1.96 sqrt(2) SEM (Weir 2005, 10.1519/15184.1).
    """
    groups = _groups(sets, scope)
    groups = [one for one in groups if len(one) >= _LEAST_REPETITIONS]
    k = len(groups)
    if k < 2:
        return None
    medians = [median(one) for one in groups]
    values = [x for one in groups for x in one]
    if k >= _FIRM:
        mdc = t95(k - 1) * math.sqrt(2.0) * float(np.std(medians, ddof=1))
    else:
        errors = [median_se(one) for one in groups]
        mdc = max(
            max(Z95 * math.hypot(errors[i], errors[j]), abs(medians[i] - medians[j]))
            for i in range(k)
            for j in range(i)
        )
    within = [float(np.var(one, ddof=1)) for one in groups]
    sd = math.sqrt(sum(within) / k)
    return OwnBaseline(median(medians), sd, mdc, len(values), k, provisional=k < _FIRM)


def change(now: Amount, baseline: OwnBaseline | None) -> Amount:
    """Return now - the person's own median, with the MDC as its error; only beyond the MDC.

    Within it the gate is ``within_mdc``: nothing is told, in either direction.
    """
    if baseline is None or not (math.isfinite(baseline.mdc) and baseline.mdc > 0.0):
        return refused("no_baseline")
    if now.gate is not None:
        return now
    by = now.value - baseline.median
    found = Amount(by, by - baseline.mdc, by + baseline.mdc, now.n)
    return found if abs(by) > baseline.mdc else replace(found, gate="within_mdc")


def change_metric(
    name: str, unit: str, values: Sequence[float], baseline: OwnBaseline | None, scope: Scope
) -> Metric:
    """Return the change of a set against its baseline; the scope is told as the subject."""
    return metric("B26", f"change_{name}", scope, unit, change(median_of(values), baseline))


def retention(
    pre_test: Sequence[float], no_feedback: Sequence[float], baseline: OwnBaseline | None
) -> Amount:
    """Return (block without feedback - pre-test) in units of the own MDC (B24).

    Medians with their exact bootstrap intervals; beyond 1 it is more than the measuring error.
    """
    if baseline is None or not (math.isfinite(baseline.mdc) and baseline.mdc > 0.0):
        return refused("no_baseline")
    return difference(median_of(no_feedback), median_of(pre_test)).scaled(1.0 / baseline.mdc)


def _groups(sets: Sequence[BaselineSet], scope: Scope) -> list[tuple[float, ...]]:
    if not sets:
        return []
    if scope == "within_day":
        return [one.values for one in sets if one.day == sets[-1].day]
    days: dict[str, tuple[float, ...]] = {}
    for one in sets:
        days[one.day] = days.get(one.day, ()) + one.values
    return list(days.values())
