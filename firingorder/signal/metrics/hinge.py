"""The back letting go at the bottom of a bend: the flexion-relaxation ratio (B22)."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from firingorder.signal.metrics.amount import Amount, exponential, log_ratio, metric

if TYPE_CHECKING:
    from firingorder.measures import Metric
    from firingorder.signal.metrics.level import Levels
    from firingorder.signal.metrics.record import MetricsParams, RepetitionData


def flexion_relaxation(down: Amount, bottom: Amount) -> Amount:
    """Return the level on the way down over that in the bottom pause; more: lets go more.

    Silence at the bottom is the best answer there is, not a missing one: then only a lower bound
    is known, from the most the bottom may have had (gate ``beyond_cap``).
    """
    if down.gate is None and bottom.gate == "at_noise_floor" and bottom.high > 0.0:
        return Amount(math.nan, down.low / bottom.high, math.inf, down.n, "beyond_cap")
    return exponential(log_ratio(down, bottom))


def hinge_metrics(data: RepetitionData, levels: Levels, params: MetricsParams) -> list[Metric]:
    """Return B22 of both erectors: same channel, so no normalisation is needed.

    The bottom pause is the last 2 s of the bottom window, or all of a shorter one.
    """
    phases = data.phases
    down, bottom = None, None
    if phases.far_from_s is not None:
        down = (phases.away_s, phases.far_from_s)
        if phases.far_to_s is not None:
            bottom = (max(phases.far_from_s, phases.far_to_s - params.bottom_s), phases.far_to_s)
    return [
        metric(
            "B22",
            "flexion_relaxation",
            side,
            "1",
            flexion_relaxation(
                levels.uv(f"erector_spinae_{side}", down),
                levels.uv(f"erector_spinae_{side}", bottom),
            ),
        )
        for side in ("left", "right")
    ]
