"""Refined phases of a movement out of the start pose and back into it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from firingorder.signal.phase_fit import Edge, PhaseFitParams, arrival, departure

if TYPE_CHECKING:
    from firingorder.signal.driven import Trace
    from firingorder.signal.phase_fit import FloatArray


@dataclass(frozen=True, slots=True)
class ThereAndBack:
    """Leaving the start pose, arriving far away, leaving again, arriving back."""

    away: Edge
    far_from: Edge
    far_to: Edge
    end: Edge


def there_and_back(
    trace: Trace, passed_s: float, end_s: float, threshold: float, params: PhaseFitParams
) -> ThereAndBack:
    """Return the four instants of one movement.

    ``passed_s`` is where the way out was under way, ``end_s`` where the movement was called over,
    ``threshold`` the rate above which it is movement. Where there was no pause far away, both
    instants there are the turning point.
    """
    t, rate, sd = trace.t_s, trace.rate, trace.rest_sd
    inside = np.flatnonzero((t >= passed_s) & (t <= end_s))
    if len(inside) < 3:
        edge = Edge(passed_s, params.error_least_s)
        end = Edge(end_s, params.error_least_s)
        return ThereAndBack(edge, edge, end, end)
    peak = int(inside[np.argmax(trace.progress[inside])])
    away = departure(t[: peak + 1], rate[: peak + 1], passed_s, sd, params)
    out = _last(rate[: peak + 1], threshold)
    back = _first(-rate[peak : inside[-1] + 1], threshold)
    turn = Edge(float(t[peak]), params.error_least_s)
    far_from = far_to = turn
    if out is not None and t[out] >= passed_s:
        far_from = arrival(t[: peak + 1], rate[: peak + 1], float(t[out]), sd, params)
    if back is not None:
        far_to = departure(t, -rate, float(t[peak + back]), sd, params)
    if far_from.at_s > far_to.at_s:
        far_from = far_to = Edge(turn.at_s, max(far_from.error_s, far_to.error_s))
    end = Edge(end_s, params.error_least_s)
    home = _last(-rate[peak : inside[-1] + 1], threshold)
    if home is not None:
        end = arrival(t, -rate, float(t[peak + home]), sd, params)
    return ThereAndBack(away, far_from, far_to, Edge(max(end.at_s, far_to.at_s), end.error_s))


def _last(rate: FloatArray, threshold: float) -> int | None:
    over = np.flatnonzero(rate > threshold)
    return int(over[-1]) if len(over) else None


def _first(rate: FloatArray, threshold: float) -> int | None:
    over = np.flatnonzero(rate > threshold)
    return int(over[0]) if len(over) else None
