"""Whether the start of a burst is mains hum that grew, not muscle.

What is known of the hum is predicted and taken away (hum.py); hum that grows because a cable or an
electrode moved is not in the prediction, and comes and goes with the movement as a muscle does. It
differs in one thing: its power lies on single frequencies. Over whole periods of the mains these
are single bins of the discrete Fourier transform, and their neighbours tell what muscle and noise
have there.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from itertools import product
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from firingorder.samples import BoolArray, FloatArray

    IndexArray = NDArray[np.intp]


@dataclass(frozen=True, slots=True)
class LineParams:
    """When the start of a burst is hum. Design choices, tried on simulated muscles and hum."""

    mains_hz: tuple[float, ...] = (50.0, 60.0)
    highest_hz: float = 360.0
    """Six harmonics of 60 Hz."""
    spans_s: tuple[float, ...] = (0.100, 0.200, 0.400)
    """Spans that are looked at, whole periods of 50 and 60 Hz: hum that only leads a muscle fills
    the first, small hum stands out in the last."""
    early_s: float = 0.050
    """Spans begin at the onset, and by this much before: hum that grows slowly, and then a muscle,
    are taken for one burst that begins between them."""
    least_over_rest: float = 0.25
    """Power above rest is taken to be this multiple of the rest's power at the least (1 dB): what
    is weaker moves no onset."""
    neighbours: int = 4
    """Bins on either side of a line that tell what else is there."""
    lowest_hz: float = 20.0
    """Bins below it are emptied by the high-pass, and tell nothing."""
    least_over_neighbours: float = 12.0
    """Power of a line over the mean of its neighbours, in spans from the onset on. Of Gaussian
    noise it follows F(2, 16): one bin in 1500 reaches it by chance."""
    early_over_neighbours: float = 20.0
    """The same in spans that begin before the onset, where little power is above rest: at 12 one
    own onset in a hundred is refused, and with it one of those that rises are learnt from."""
    least_share: float = 0.5
    """Of the power above rest that lies on such lines: the larger part is hum."""


def line_share(
    x: FloatArray,
    valid: BoolArray,
    onset: float,
    rest_power: float,
    rate_hz: float,
    params: LineParams,
) -> float:
    """Return the share of the power above rest, about an onset, that lies on mains lines.

    The largest of the spans and mains frequencies counts; spans with a sample that says nothing
    are left out. At most 1.

    Parameters
    ----------
    x
        ``(n_samples,)`` conditioned signal, microvolts.
    valid
        ``(n_samples,)`` samples that say something.
    onset
        In samples of ``x``.
    rest_power
        Mean square of the rest before.
    """
    share = 0.0
    starts = (
        (params.early_s, params.early_over_neighbours),
        (0.0, params.least_over_neighbours),
    )
    for (early_s, over), span_s in product(starts, params.spans_s):
        first = max(0, round(onset - early_s * rate_hz))
        stop = first + round(span_s * rate_hz)
        if stop > len(x) or not valid[first:stop].all():
            continue
        part = x[first:stop]
        above = max(float(np.mean(part**2)) - rest_power, params.least_over_rest * rest_power)
        if above > 0.0:
            share = max(share, _on_lines(part, over, rate_hz, params) / above)
    return min(share, 1.0)


def _on_lines(part: FloatArray, over: float, rate_hz: float, params: LineParams) -> float:
    """Return the power on lines that stand out by ``over``, of the mains that has more of it."""
    n = len(part)
    plan = _places(n, rate_hz, params)
    bins = np.abs(np.fft.rfft(part)) ** 2 * (2.0 / n**2)
    beside = np.sum(bins[plan.beside] * plan.told, axis=1)
    lines = bins[plan.line]
    out = np.where(lines * plan.count > over * beside, lines, 0.0)
    return float(np.max(plan.of_mains @ out))


@dataclass(frozen=True, slots=True)
class _Places:
    """Where lines and what is beside them lie.

    ``line`` are the bins of all lines ``(n_lines,)``, ``beside`` those about each
    ``(n_lines, n_beside)``, of which ``told`` says something and ``count`` do; ``of_mains`` is 1
    where a line belongs to a mains ``(n_mains, n_lines)``.
    """

    line: IndexArray
    beside: IndexArray
    told: FloatArray
    count: FloatArray
    of_mains: FloatArray


@lru_cache(maxsize=64)
def _places(n: int, rate_hz: float, params: LineParams) -> _Places:
    step_hz = rate_hz / n
    top_hz = min(params.highest_hz, 0.45 * rate_hz)
    harmonics = [np.arange(mains_hz, top_hz, mains_hz) for mains_hz in params.mains_hz]
    line = np.rint(np.concatenate(harmonics) / step_hz).astype(np.intp)
    owner = np.repeat(np.arange(len(harmonics)), [len(one) for one in harmonics])
    bins = n // 2 + 1
    tells = np.arange(bins) * step_hz >= params.lowest_hz
    tells[line] = False
    beside = line[:, None] + np.arange(-params.neighbours, params.neighbours + 1)
    inside = (beside >= 0) & (beside < bins)
    beside = np.clip(beside, 0, bins - 1)
    told = (tells[beside] & inside).astype(np.float64)
    of_mains = (owner == np.arange(len(harmonics))[:, None]).astype(np.float64)
    return _Places(line, beside, told, np.sum(told, axis=1), of_mains)
