"""Glutes before and after an impact, and the time until the pelvis is still (B23)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from firingorder.signal.metrics.amount import Amount, metric, refused

if TYPE_CHECKING:
    from firingorder.measures import Metric, PhaseTimes
    from firingorder.signal.metrics.level import Levels
    from firingorder.signal.metrics.record import MetricsParams, RepetitionData


def settle_time(phases: PhaseTimes) -> Amount:
    """Return the time from impact until still, seconds.

    Its error is that of the impact; the instant of stillness is a rule, not an estimate.
    """
    if phases.error_s is None:
        return refused("low_trust")
    took = phases.end_s - phases.away_s
    return Amount(took, max(0.0, took - phases.error_s), took + phases.error_s)


def absorb_metrics(data: RepetitionData, levels: Levels, params: MetricsParams) -> list[Metric]:
    """Return the level 150 ms before and 250 ms after the impact on each working side."""
    impact_s = data.phases.away_s
    found: list[Metric] = []
    for side in data.sides:
        name = f"gluteus_maximus_{side}"
        before = levels.percent(name, (impact_s - params.impact_before_s, impact_s))
        after = levels.percent(name, (impact_s, impact_s + params.impact_after_s))
        found.append(metric("B23", "absorb_before", side, "%", before))
        found.append(metric("B23", "absorb_after", side, "%", after))
    return [*found, metric("B23", "settle_time", "", "s", settle_time(data.phases))]
