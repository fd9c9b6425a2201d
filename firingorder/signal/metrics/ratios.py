"""Muscles against each other: hamstring share, glute to erector, symmetry (B11, B12, B13).

All three are functions of one number, the logarithm of a ratio of levels, so its interval gives
theirs without an approximation. Levels must be in percent of a reference.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from firingorder.signal.metrics.amount import (
    Amount,
    difference,
    exponential,
    log_of,
    log_ratio,
    mean_of,
    metric,
    refused,
    share_of,
)
from firingorder.signal.metrics.level import reference_gate

if TYPE_CHECKING:
    from firingorder.findings import PairFinding
    from firingorder.measures import Metric, MetricGate
    from firingorder.signal.metrics.level import Levels
    from firingorder.signal.metrics.record import MetricsParams, RepetitionData
    from firingorder.signal.metrics.windows import Window


def hamstring_share(hamstring: Amount, glute: Amount) -> Amount:
    """Return hamstring / (hamstring + gluteus maximus) of normalised levels, 0 to 1 (B11)."""
    return share_of(log_ratio(hamstring, glute))


def isolation(target: Amount, other: Amount) -> Amount:
    """Return target / (target + other) of normalised levels, 0 to 1 (B19)."""
    return share_of(log_ratio(target, other))


def glute_erector(glute: Amount, erectors: tuple[Amount, ...]) -> Amount:
    """Return ln of gluteus maximus over the mean of the erectors, normalised levels (B12)."""
    return difference(log_of(glute), log_of(mean_of(erectors)))


def symmetry_index(right: Amount, left: Amount) -> Amount:
    """Return 100 (R - L) / (0.5 (R + L)) in percent, -200 to 200, positive: more right (B13).

    As 200 tanh(ln(R / L) / 2), the same number (formula: 10.1186/s13102-021-00355-4).
    """
    log = log_ratio(right, left)
    if log.gate is not None:
        return log
    value, low, high = (200.0 * math.tanh(0.5 * x) for x in (log.value, log.low, log.high))
    return Amount(value, low, high, log.n)


def ratio_metrics(
    data: RepetitionData, levels: Levels, window: Window | None, params: MetricsParams
) -> list[Metric]:
    """Return B11 and B12 of each working side and B13 of each muscle of a two-sided task."""

    def percent(name: str) -> Amount:
        gate = reference_gate(data.reference, name, params, between=True)
        if levels.gate(name) == "not_measured":
            return refused("not_measured")
        return levels.percent(name, window) if gate is None else refused(gate)

    erectors = percent("erector_spinae_left"), percent("erector_spinae_right")
    found: list[Metric] = []
    for side in data.sides:
        glute = percent(f"gluteus_maximus_{side}")
        share = hamstring_share(percent(f"hamstring_{side}"), glute)
        found.append(metric("B11", "hamstring_share", side, "1", share))
        log = glute_erector(glute, erectors)
        found.append(metric("B12", "glute_erector_ln", side, "1", log))
        found.append(metric("B12", "glute_erector_ratio", side, "1", exponential(log)))
    if len(data.sides) == 2:
        for name in data.channels:
            if name.endswith("_left"):
                muscle = name.removesuffix("_left")
                index = symmetry_index(percent(f"{muscle}_right"), percent(name))
                found.append(metric("B13", "symmetry_index", muscle, "%", index))
        found += [lead_symmetry(one) for one in data.pairs if _both_sides(one)]
    elif len(data.sides) == 1:
        other = "right" if data.sides[0] == "left" else "left"
        target = percent(f"gluteus_maximus_{data.sides[0]}")
        alone = isolation(target, percent(f"gluteus_maximus_{other}"))
        found.append(metric("B19", "isolation", data.sides[0], "1", alone))
    return found


#: What a lead is missing for, in the words of metrics.
_LEAD_GATES: dict[str, MetricGate] = {
    "low_snr": "low_snr",
    "gap": "gap",
    "saturated": "saturated",
    "poor_contact": "poor_contact",
    "crosstalk": "crosstalk",
    "no_rest": "no_baseline",
    "channel_missing": "not_measured",
    "not_asked": "not_measured",
}


def lead_symmetry(pair: PairFinding) -> Metric:
    """Return the lead of left over right of one muscle, ms (B13)."""
    muscle = pair.a.removesuffix("_left")
    return metric("B13", "lead_left_right", muscle, "ms", lead_amount(pair))


def lead_amount(pair: PairFinding) -> Amount:
    """Return the lead of a pair; its reason becomes a gate."""
    if pair.lead_ms is None or pair.low_ms is None or pair.high_ms is None:
        return refused(_LEAD_GATES.get(pair.reason or "", "no_onset"))
    return Amount(pair.lead_ms, pair.low_ms, pair.high_ms)


def _both_sides(pair: PairFinding) -> bool:
    return pair.a.endswith("_left") and pair.b == f"{pair.a.removesuffix('_left')}_right"
