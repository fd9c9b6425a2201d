"""Whether the start of a burst is another channel's burst, seen through the tissue.

A copy is the other channel through a short filter (volume conduction: some milliseconds, any
sign, any gain). So the weaker channel is predicted from the stronger one by the best short FIR
filter over the start of its burst, and asked how much of its power above rest that explains.
Muscles that start together share the course of their loudness, never the waveform.

Null distribution: the weaker channel is whitened and divided by its own loudness, and the same is
done to the stronger one. Residuals of independent carriers are then white, and R squared of p
taps over n samples is Beta(p/2, (n - p)/2), whatever the stronger channel is.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, cast

import numpy as np
from scipy import special

from firingorder.signal.beats import smooth
from firingorder.signal.whitening import ar_order, autocovariance, lagged, levinson, usable_after

if TYPE_CHECKING:
    from firingorder.samples import FloatArray


@dataclass(frozen=True, slots=True)
class CrosstalkParams:
    """When a burst is a copy."""

    lag_s: float = 0.005
    """Conduction between neighbouring sites: 2.5 ms per 10 mm at 4 m/s, and the tissue's filter."""
    before_s: float = 0.500
    """The filter is learnt from the start of the stronger burst on, at most this long before."""
    spans_s: tuple[float, ...] = (0.050, 0.100, 0.300)
    """Starts of the burst that are looked at: a copy that only leads an own burst fills the first,
    one that rises slowly needs the last."""
    p_value: float = 1e-3
    """Of R squared for independent carriers. Few of those that pass explain half of a burst: of
    600 simulated pairs of own muscles none was taken for a copy (3 in 100 000 pass 1e-5 and then
    miss four in ten weak copies before an own burst)."""
    least_share: float = 0.6
    """Of the power above rest that the other channel explains: the larger part is a copy."""
    loudness_s: float = 0.050
    least_samples: int = 60


def copied_share(
    weak_uv: FloatArray,
    strong_uv: FloatArray,
    onset: float,
    other_onset: float,
    rest_uv: float,
    rate_hz: float,
    params: CrosstalkParams,
) -> float:
    """Return the share of the burst's power above rest that the other channel explains.

    0 where chance explains as much. The largest of the spans counts. Works on sums and products
    of one pair, so neither gain nor polarity matters.

    Parameters
    ----------
    weak_uv, strong_uv
        Conditioned signals of one grid, ``(n_samples,)``; NaN where nothing is known.
    onset, other_onset
        Of the weaker and of the stronger channel, in samples of the grid.
    rest_uv
        RMS of the weaker channel at rest.
    """
    order = ar_order(rate_hz)
    lag = round(params.lag_s * rate_hz)
    since = max(min(onset, other_onset), onset - params.before_s * rate_hz)
    begin = max(0, round(since) - order - 2 * lag)
    stop = min(len(weak_uv), round(onset + max(params.spans_s) * rate_hz) + lag)
    if stop - begin < params.least_samples:
        return 0.0
    part = slice(begin, stop)
    known = np.isfinite(weak_uv[part]) & np.isfinite(strong_uv[part])
    weak = np.where(known, weak_uv[part], 0.0)
    strong = np.where(known, strong_uv[part], 0.0)
    r = autocovariance(weak, known, order)
    if r[0] <= 0.0:
        return 0.0
    r[0] *= 1.001
    filters, innovation = levinson(r[:, None])
    width = round(params.loudness_s * rate_hz) | 1
    loud = np.sqrt(smooth(weak**2, width) / r[0] + 1e-3)
    whitener = filters[:, 0] / np.sqrt(innovation[0])
    n = len(weak)
    y = np.convolve(weak, whitener)[:n] / loud
    z = np.convolve(strong, whitener)[:n] / loud
    good = usable_after(known, order + lag)
    good[len(good) - lag :] = False
    good[: round(since) - begin] = False
    rows = np.flatnonzero(good)
    taps = _significant_taps(y[rows], _both_ways(z, lag)[rows], params)
    if taps is None:
        return 0.0
    plain = _both_ways(strong, lag)
    share = 0.0
    for span_s in params.spans_s:
        after = rows - (round(onset) - begin)
        inside = rows[(after >= 0) & (after < round(span_s * rate_hz))]
        if len(inside):
            left = weak[inside] - plain[inside] @ taps
            share = max(share, _explained(weak[inside], left, rest_uv))
    return share


def _both_ways(x: FloatArray, lag: int) -> FloatArray:
    """Return ``(n_samples, 2 lag + 1)``: column k is the signal ``lag - k`` samples later."""
    return np.concatenate([lagged(x, 2 * lag)[lag:], np.zeros((lag, 2 * lag + 1))])


def _significant_taps(y: FloatArray, x: FloatArray, params: CrosstalkParams) -> FloatArray | None:
    """Return the best filter from ``x`` to the white ``y``, None if chance does as well."""
    n, taps = x.shape
    gram = x.T @ x
    scale = float(np.trace(gram)) / taps
    if scale <= 0.0 or n < params.least_samples:
        return None
    ridge = gram + 1e-6 * scale * np.eye(taps)
    weights = cast("FloatArray", np.linalg.solve(ridge, x.T @ y))
    missed = float(np.sum((y - x @ weights) ** 2)) / float(np.sum(y**2))
    r_squared = min(max(1.0 - missed, 0.0), 1.0)
    below = cast("float", special.betainc(0.5 * taps, 0.5 * (n - taps), r_squared))
    return weights if 1.0 - below < params.p_value else None


def _explained(weak: FloatArray, left: FloatArray, rest_uv: float) -> float:
    """Return the share of the power above rest that is gone in what is left."""
    power = float(np.mean(weak**2))
    above = max(power - rest_uv**2, 1e-3 * power)
    gone = power - float(np.mean(left**2))
    return min(max(gone / above, 0.0), 1.0)
