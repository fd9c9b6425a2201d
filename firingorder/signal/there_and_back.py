"""Refined phases of a movement out of the start pose and back into it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from firingorder.signal.phase_fit import Edge, PhaseFitParams, arrival, departure

if TYPE_CHECKING:
    from firingorder.samples import BoolArray
    from firingorder.signal.driven import Trace
    from firingorder.signal.phase_fit import FloatArray

#: Share of the way after which it is sure that this is no wobble but the movement; a proposal.
SURE_SHARE = 0.1
#: Who turns back a little at once and stays there has arrived where they stay (a late arch, a
#: pelvis that rolls under). Staying: at least this long, above this share of the way (below it is
#: near the start), slower than this share of the fastest way back; proposals.
STAY_S = 0.3
STAY_ABOVE_SHARE = 0.6
STAY_RATE_SHARE = 0.2


@dataclass(frozen=True, slots=True)
class ThereAndBack:
    """Leaving the start pose, arriving far away, leaving again, arriving back."""

    away: Edge
    far_from: Edge
    far_to: Edge
    end: Edge


def there_and_back(
    trace: Trace,
    passed_s: float,
    end_s: float,
    threshold: float,
    params: PhaseFitParams,
    *,
    turn_from_s: float | None = None,
) -> ThereAndBack:
    """Return the four instants of one movement.

    ``passed_s`` is where the way out was under way, ``end_s`` where the movement was called over,
    ``threshold`` the rate above which it is movement; what is far away is not looked for before
    ``turn_from_s``. Where there was no pause far away, both instants there are the turning point.
    """
    t, rate, progress, sd = trace.t_s, trace.rate, trace.progress, trace.rest_sd
    inside = np.flatnonzero((t >= passed_s) & (t <= end_s))
    if len(inside) < 3:
        edge = Edge(passed_s, params.error_least_s)
        end = Edge(end_s, params.error_least_s)
        return ThereAndBack(edge, edge, end, end)
    late = inside if turn_from_s is None else inside[t[inside] >= turn_from_s]
    peak = int(late[np.argmax(progress[late])]) if len(late) else int(inside[-1])
    first, last = int(inside[0]), int(inside[-1])
    little = SURE_SHARE * float(progress[peak])
    turn = Edge(float(t[peak]), params.error_least_s)

    out = _run_start(rate, first, _first(progress[first : peak + 1] >= little) + first, threshold)
    away = departure(t[: peak + 1], rate[: peak + 1], float(t[out]), sd, params)
    near = _last(progress[first : peak + 1] <= progress[peak] - little) + first
    far_from = turn
    if progress[near] <= progress[peak] - little:
        near = _run_end(rate, near, peak, threshold)
        far_from = arrival(t[: peak + 1], rate[: peak + 1], float(t[near]), sd, params)
    back = _first(progress[peak : last + 1] <= progress[peak] - little) + peak
    far_to = turn
    if progress[back] <= progress[peak] - little:
        back = _run_start(-rate, peak, back, threshold)
        far_to = departure(t, -rate, float(t[back]), sd, params)
    if far_to.at_s - far_from.at_s < STAY_S:
        stay = _stay(t, rate, progress, peak, last)
        if stay is not None:
            middle = sum(stay) // 2
            far_from = arrival(t[:middle], -rate[:middle], float(t[stay[0]]), sd, params)
            far_to = departure(t[middle:], -rate[middle:], float(t[stay[1]]), sd, params)
    if far_from.at_s > far_to.at_s:
        far_from = far_to = Edge(turn.at_s, max(far_from.error_s, far_to.error_s))
    final = float(progress[last])
    home = _last(progress[peak : last + 1] >= final + SURE_SHARE * (progress[peak] - final)) + peak
    home = _run_end(-rate, home, last, threshold)
    end = arrival(t, -rate, float(t[home]), sd, params)
    return ThereAndBack(away, far_from, far_to, Edge(max(end.at_s, far_to.at_s), end.error_s))


def _stay(
    t: FloatArray, rate: FloatArray, progress: FloatArray, peak: int, last: int
) -> tuple[int, int] | None:
    """Return where the last stay behind the peak is entered and left, None without one."""
    way = progress[peak : last + 1]
    fastest = float(np.max(-rate[peak : last + 1]))
    slow = np.abs(rate[peak : last + 1]) < STAY_RATE_SHARE * fastest
    slow &= (way > STAY_ABOVE_SHARE * way[0]) & (way <= (1.0 - SURE_SHARE) * way[0])
    edges = np.diff(np.concatenate([[0], slow.astype(np.int8), [0]]))
    starts, stops = np.flatnonzero(edges > 0), np.flatnonzero(edges < 0)
    for first, stop in zip(starts[::-1].tolist(), stops[::-1].tolist(), strict=True):
        left = min(stop, len(way) - 1)
        if t[peak + left] - t[peak + first] >= STAY_S:
            return max(peak, peak + first - 1), peak + left
    return None


def _first(holds: BoolArray) -> int:
    return int(np.argmax(holds))


def _last(holds: BoolArray) -> int:
    return len(holds) - 1 - int(np.argmax(holds[::-1]))


def _run_start(rate: FloatArray, first: int, at: int, threshold: float) -> int:
    """Return where the stretch above the threshold that holds ``at`` began."""
    slow = np.flatnonzero(rate[first : at + 1] <= threshold)
    return min(at, first + int(slow[-1]) + 1) if len(slow) else first


def _run_end(rate: FloatArray, at: int, last: int, threshold: float) -> int:
    """Return where it ended."""
    slow = np.flatnonzero(rate[at : last + 1] <= threshold)
    return max(at, at + int(slow[0]) - 1) if len(slow) else last
