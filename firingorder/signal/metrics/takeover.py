"""Neighbours taking over while the glutes do no more (B16)."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from firingorder.signal.metrics.amount import (
    Amount,
    exponential,
    log_ratio,
    metric,
    refused,
    t95,
    total,
)
from firingorder.signal.metrics.level import reference_gate

if TYPE_CHECKING:
    from collections.abc import Sequence

    from firingorder.measures import Metric
    from firingorder.signal.metrics.level import Levels
    from firingorder.signal.metrics.record import MetricsParams, RepetitionData
    from firingorder.signal.metrics.windows import Window


#: Variance of the median of three standard normal values: 1 - sqrt(3) / pi, by integration.
_MEDIAN_OF_THREE = 1.0 - math.sqrt(3.0) / math.pi


@dataclass(frozen=True, slots=True)
class TakeoverParams:
    """Limits of B16; proposals."""

    first: int = 3
    last: int = 2
    share: float = 0.20
    spread_sd: float = 2.0


@dataclass(frozen=True, slots=True)
class Takeover:
    """The rise of the ratio, as a share of the first repetitions', and whether it trips."""

    rise: Amount
    limit: float
    tripped: bool


def takeover_ratio(erector: Amount, hamstring: Amount, glute: Amount) -> Amount:
    """Return (erector + hamstring) / gluteus maximus of normalised levels, one repetition.

    A silent neighbour counts with what it may have at most; a silent glute is refused.
    """
    return exponential(log_ratio(total((erector, hamstring), floor_ok=True), glute))


def takeover(
    ratios: Sequence[float], glutes: Sequence[float], params: TakeoverParams | None = None
) -> Takeover | None:
    """Compare the last two repetitions of a set with the first three; None below five.

    It trips when their mean ratio lies above the first median by more than 20 % or twice the SD of
    the first, and the glutes (levels, percent) are not higher than in the first.
    """
    p = params or TakeoverParams()
    if len(ratios) != len(glutes) or len(ratios) < p.first + p.last:
        return None
    first, last = np.asarray(ratios[: p.first]), np.asarray(ratios[-p.last :])
    if not (np.isfinite(first).all() and np.isfinite(last).all() and np.min(first) > 0.0):
        return None
    usual, now = float(np.median(first)), float(np.mean(last))
    limit = max(p.share, p.spread_sd * float(np.std(first, ddof=1)) / usual)
    # The scatter of the five about their own middles; its t has 3 degrees of freedom.
    scatter = float(np.sum((first - np.mean(first)) ** 2) + np.sum((last - now) ** 2))
    degrees = p.first + p.last - 2
    sd = math.sqrt(scatter / degrees)
    error = t95(degrees) * sd * math.sqrt(_MEDIAN_OF_THREE + 1.0 / p.last) / usual
    rise = now / usual - 1.0
    higher = float(np.mean(glutes[-p.last :])) > float(np.median(glutes[: p.first]))
    amount = Amount(rise, rise - error, rise + error, len(ratios))
    return Takeover(amount, limit, rise > limit and not higher)


def takeover_metrics(
    data: RepetitionData, levels: Levels, window: Window | None, params: MetricsParams
) -> list[Metric]:
    """Return the ratio of one repetition, and the glute in it, on each working side."""
    found: list[Metric] = []
    for side in data.sides:
        names = [f"{m}_{side}" for m in ("erector_spinae", "hamstring", "gluteus_maximus")]
        amounts: list[Amount] = []
        for name in names:
            gate = levels.gate(name) or reference_gate(data.reference, name, params, between=True)
            amounts.append(levels.percent(name, window) if gate is None else refused(gate))
        ratio = takeover_ratio(amounts[0], amounts[1], amounts[2])
        found.append(metric("B16", "glute_level", side, "%", amounts[2]))
        found.append(metric("B16", "neighbour_ratio", side, "1", ratio))
    return found


def takeover_metric(
    side: str, ratios: Sequence[float], glutes: Sequence[float]
) -> tuple[Metric, Metric]:
    """Return the rise over the set, percent, and whether it trips (1 or 0)."""
    found = takeover(ratios, glutes)
    if found is None:
        none = refused("too_few")
        return (
            metric("B16", "takeover_rise", side, "%", none),
            metric("B16", "takeover", side, "1", none),
        )
    tripped = float(found.tripped)
    return (
        metric("B16", "takeover_rise", side, "%", found.rise.scaled(100.0)),
        metric("B16", "takeover", side, "1", Amount(tripped, tripped, tripped, found.rise.n)),
    )
