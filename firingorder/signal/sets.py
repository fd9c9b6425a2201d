"""Summary of a set: counts of verdicts, and the typical lead with an interval.

The interval must hold the spread between repetitions, which for people is larger than the
uncertainty of one repetition. No random resampling: the same set always gives the same numbers.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from scipy import stats

from firingorder.findings import PairVerdict, SetFinding

if TYPE_CHECKING:
    from collections.abc import Sequence

    from firingorder.findings import RepetitionFinding
    from firingorder.samples import FloatArray

#: Repetitions from which the order statistics alone reach 95 % (1 - 2 * 0.5^6 = 96.9 %).
_ORDER_STATISTICS_FROM = 6
_LEVEL = 0.95
#: Smallest lead of a set that is called an order, and repetitions needed (design choices,
#: exercise_bridge.md section 3).
_MIN_LEAD_MS = 20.0
_MIN_REPETITIONS = 10


def summarise_set(index: int, repetitions: Sequence[RepetitionFinding]) -> SetFinding:
    """Return counts over the scored repetitions and the median lead with its 95 % interval.

    The lead uses scored repetitions that have one, also where the verdict was too wide to claim
    an order: leaving those out would select the large leads.
    """
    scored = [r for r in repetitions if r.scored]
    leads = np.array([r.lead_ms for r in scored if r.lead_ms is not None])
    halves = np.array(
        [
            0.5 * (r.high_ms - r.low_ms)
            for r in scored
            if r.lead_ms is not None and r.low_ms is not None and r.high_ms is not None
        ]
    )
    interval = median_interval(leads, halves)
    centre = None if interval is None else float(np.median(leads))
    return SetFinding(
        index=index,
        scored=len(scored),
        glutes_first=sum(r.verdict == "glutes_first" for r in scored),
        together=sum(r.verdict == "together" for r in scored),
        back_first=sum(r.verdict == "back_first" for r in scored),
        unclear=sum(r.verdict == "unclear" for r in scored),
        lead_ms=centre,
        low_ms=None if interval is None else interval[0],
        high_ms=None if interval is None else interval[1],
    )


def median_interval(values: FloatArray, half_widths: FloatArray) -> tuple[float, float] | None:
    """Return a 95 % interval of the median of ``values``, or None when there are none.

    From six values on: order statistics, interpolated to 95 % (Hettmansperger and Sheather 1986,
    Stat. Probab. Lett. 4:75). Below: Student's t about the mean, stretched to hold the median.
    Never narrower than what the values' own 95 % half widths leave after averaging, so that a few
    repetitions that agree by chance do not look exact.
    """
    n = len(values)
    if n == 0:
        return None
    centre = float(np.median(values))
    own = float(np.sqrt(np.sum(half_widths**2)) / n)
    low = high = centre
    if n >= _ORDER_STATISTICS_FROM:
        low, high = _order_statistics_interval(np.sort(values))
    elif n > 1:
        mean = float(np.mean(values))
        error = float(np.std(values, ddof=1) / np.sqrt(n))
        half = float(stats.t.ppf(0.5 * (1.0 + _LEVEL), n - 1)) * error
        low, high = min(mean - half, centre), max(mean + half, centre)
    return min(low, centre - own), max(high, centre + own)


def set_verdict(finding: SetFinding, margin_ms: float) -> PairVerdict:
    """Return what a set claims about the order (a = glutes), ``unclear`` if nothing.

    Rules of exercise_bridge.md section 3.
    """
    if finding.lead_ms is None or finding.low_ms is None or finding.high_ms is None:
        return "unclear"
    if finding.scored < _MIN_REPETITIONS:
        return "unclear"
    if -margin_ms <= finding.low_ms and finding.high_ms <= margin_ms:
        return "together"
    if abs(finding.lead_ms) >= _MIN_LEAD_MS and finding.low_ms > 0.0:
        return "a_first"
    if abs(finding.lead_ms) >= _MIN_LEAD_MS and finding.high_ms < 0.0:
        return "b_first"
    return "unclear"


def _order_statistics_interval(ordered: FloatArray) -> tuple[float, float]:
    n = len(ordered)
    depth = max(1, int(stats.binom.ppf(0.5 * (1.0 - _LEVEL), n, 0.5)))
    outer = 1.0 - 2.0 * float(stats.binom.cdf(depth - 1, n, 0.5))
    inner = 1.0 - 2.0 * float(stats.binom.cdf(depth, n, 0.5))
    low, high = float(ordered[depth - 1]), float(ordered[n - depth])
    if outer <= _LEVEL or inner >= _LEVEL:
        return low, high
    gap = (outer - _LEVEL) / (outer - inner)
    share = (n - depth) * gap / (depth + (n - 2 * depth) * gap)
    low_in, high_in = float(ordered[depth]), float(ordered[n - depth - 1])
    return (1.0 - share) * low + share * low_in, (1.0 - share) * high + share * high_in
