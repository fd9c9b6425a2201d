"""How sharp the posterior of a start is told, and what must not be sharpened with it.

The likelihood is tempered, because covariances are estimates; marginalising over many rises then
leaves a posterior that is too wide by a factor which planted onsets tell (method.md section 2,
step 14). Raising it to a power draws it towards its mode and so moves its median; drawing it
together about the median does not. Both are used, each as far as planted onsets of straight and of
smooth rises ask for it (decision 0038).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from firingorder.signal.whitening import running_sum

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from firingorder.samples import FloatArray


@dataclass(frozen=True, slots=True)
class Sharpness:
    """Powers and a scale that pay for a likelihood tempered too much.

    Attributes
    ----------
    blur_s
        ``(n_hypotheses,)`` SD by which the start is uncertain within each rise.
    ramp
        ``(n_hypotheses,)`` number of the ramp of each rise.
    single
        Power on the posterior of a single rise.
    odds
        Power on the odds between the ramps, each of which is sharpened by itself; 0 sharpens them
        together.
    scale
        Width of the posterior of a single rise, about its median, over what the powers leave.
    event
        Power on the posteriors of first events, and on which of them holds.
    """

    blur_s: FloatArray
    ramp: NDArray[np.int64]
    single: float
    odds: float
    event: float
    scale: float = 1.0


def sharpened(
    level: FloatArray,
    table: FloatArray,
    low: int,
    kept: NDArray[np.int64],
    step_s: float,
    sharpness: Sharpness,
) -> FloatArray:
    """Return the sharpened posterior of a single rise, ``(count,)``, sum 1.

    Parameters
    ----------
    level
        ``(count,)`` log posterior of each start, over its largest.
    table
        ``(n_kept, width)`` posterior of each kept rise at the starts from ``low`` on.
    kept
        ``(n_kept,)`` numbers of these rises.
    """
    sd = sharpness.blur_s[kept] / step_s
    ramp = sharpness.ramp[kept]
    if sharpness.odds > 0.0 and np.ptp(ramp) > 0:
        sharp = _by_ramp(table, low, len(level), sd, ramp, sharpness)
    else:
        sharp = np.exp(np.maximum(sharpness.single * level, -700.0))
        _spread(sharp, table, low, sd)
    sharp /= np.sum(sharp)
    return sharp if sharpness.scale == 1.0 else narrowed(sharp, sharpness.scale)


def narrowed(p: FloatArray, scale: float) -> FloatArray:
    """Return probabilities of regular cells, ``(n,)``, drawn together about their median.

    Every quantile lies ``scale`` times as far from the median as before; each probability is
    spread evenly over its cell, before and after.
    """
    edges = running_sum(p)
    half = 0.5 * float(edges[-1])
    k = min(int(np.searchsorted(edges[1:], half)), len(p) - 1)
    inside = (half - float(edges[k])) / float(p[k])
    middle = k + min(max(inside, 0.0), 1.0)
    places = np.arange(len(p) + 1, dtype=np.float64)
    wide = middle + (places - middle) / scale
    found: FloatArray = np.interp(wide, places, edges)
    return (found[1:] - found[:-1]) / (2.0 * half)


def _by_ramp(
    table: FloatArray,
    low: int,
    count: int,
    sd: FloatArray,
    ramp: NDArray[np.int64],
    sharpness: Sharpness,
) -> FloatArray:
    """Return the sharpened posterior, ``(count,)``, in which each ramp keeps its own odds.

    Sharpened together, the ramp that explains the samples a little less well would be left with
    nothing, and the start it asks for lies elsewhere.
    """
    total = float(np.sum(table))
    sharp = np.zeros(count)
    for members in (ramp == k for k in np.unique(ramp)):
        own = table[members]
        course = np.sum(own, axis=0)
        if np.max(course) <= 0.0:
            continue  # out of question
        part = np.zeros(count)
        part[low : low + len(course)] = (course / np.max(course)) ** sharpness.single
        odds = (float(np.sum(course)) / total) ** sharpness.odds
        area = float(np.sum(part))
        _spread(part, own, low, sd[members])
        sharp += (odds / area) * part
    return sharp


def _spread(sharp: FloatArray, table: FloatArray, low: int, sd: FloatArray) -> None:
    """Widen the sharpened posterior by what is not known of the foot of each rise.

    Powers pay for a likelihood that is tempered too much; they must not shrink the foot. Each
    start is shared out among the rises that explain it, and each rise is widened by its own
    Gaussian (SD in steps).
    """
    n, width = len(sharp), table.shape[1]
    total = np.maximum(np.sum(table, axis=0), np.finfo(np.float64).tiny)
    near = sharp[low : low + width].copy() / total
    sharp[low : low + width] = 0.0
    for one in np.unique(sd):
        part = near * np.sum(table[sd == one], axis=0)
        half = int(np.ceil(4.0 * one))
        if half == 0:
            sharp[low : low + width] += part
            continue
        kernel = np.exp(-0.5 * (np.arange(-half, half + 1) / one) ** 2)
        wide = np.convolve(part, kernel / np.sum(kernel))
        first = max(0, low - half)
        last = min(n, low + width + half)
        sharp[first:last] += wide[first - (low - half) : last - (low - half)]
