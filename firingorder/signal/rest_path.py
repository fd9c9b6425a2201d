"""Rest that is not one level: tone that waxes and wanes before a burst.

The rest's power is a slow random walk among a few levels (a hidden Markov chain in blocks). What it
explains better than one level must not count as the beginning of a burst. How restless the rest is
is not known, so calm and two paces of change are weighed by what the rest itself says
(forward algorithm: Rabiner 1989, Proc. IEEE 77:257).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from firingorder.samples import BoolArray, FloatArray


@dataclass(frozen=True, slots=True)
class RestPathParams:
    """Levels and paces of the rest; chosen on tuning seeds with tone that fluctuates by 30 %."""

    factor: tuple[float, ...] = (0.35, 0.5, 0.7, 1.0, 1.4, 2.0, 2.8)
    """Powers relative to the mean rest, steps of 1.5 dB: tone of 30 % SD stays within them."""
    pace_per_s: tuple[float, ...] = (0.05, 0.5)
    """Variance of the log power that a second adds. 30 % of slow (< 1 Hz) fluctuation of the
    amplitude gives about 0.5."""
    pace_weight: tuple[float, ...] = (0.15, 0.15)
    """Prior of the paces; the remainder is one level throughout."""
    block_s: float = 0.025


#: Fewer blocks of rest say nothing about how it changes.
_LEAST_BLOCKS = 8


def rest_advantage(
    power: FloatArray,
    usable: BoolArray,
    count: int,
    *,
    beta: float,
    rate_hz: float,
    params: RestPathParams,
) -> FloatArray:
    """Return by how much a changing rest explains the samples before each start better than one.

    Parameters
    ----------
    power
        ``(n,)`` squared innovations over their variance under the mean rest: from the beginning of
        the rest to the last start.
    usable
        ``(n,)``; the others say nothing.
    count
        The starts considered are the last ``count`` samples.
    beta
        Power on the likelihood.

    Returns
    -------
    FloatArray
        ``(count,)`` tempered log-likelihood of the samples before each start, relative to one
        constant level; zeros where the rest is too short to tell.
    """
    width = max(1, round(params.block_s * rate_hz))
    n = len(power)
    if n - count < _LEAST_BLOCKS * width:
        return np.zeros(count)
    factor = np.array(params.factor)
    gain = -0.5 * (np.log(factor)[:, None] + power[None, :] * (1.0 / factor - 1.0)[:, None])
    gain[:, ~usable] = 0.0
    paces = [_transitions(factor, pace * width / rate_hz) for pace in params.pace_per_s]
    weight = np.array(params.pace_weight)[:, None]
    changing = beta * _forward(gain, width, np.array(paces)) + np.log(weight)
    calm = np.full((1, n), np.log(max(1.0 - float(np.sum(weight)), 1e-12)))
    total = np.logaddexp.reduce(np.concatenate([calm, changing]), axis=0)
    return np.asarray(total, dtype=np.float64)[n - count :]


def _transitions(factor: FloatArray, variance: float) -> FloatArray:
    """Return the transition matrix of a random walk of the log power, reflected at the ends."""
    k = len(factor)
    step = float(np.log(factor[-1] / factor[0])) / (k - 1)
    move = min(0.8, variance / step**2)
    matrix = np.eye(k) * (1.0 - move)
    for i in range(k):
        matrix[i, max(i - 1, 0)] += 0.5 * move
        matrix[i, min(i + 1, k - 1)] += 0.5 * move
    return matrix


def _forward(gain: FloatArray, width: int, transitions: FloatArray) -> FloatArray:
    """Return the log-likelihood of everything before each sample, ``(n_paces, n)``.

    ``transitions`` is ``(n_paces, n_levels, n_levels)``; levels change between blocks only.
    """
    k, n = gain.shape
    blocks = -(-n // width)
    padded = np.zeros((k, blocks * width))
    padded[:, :n] = gain
    sums = np.zeros((k, blocks, width + 1))
    np.cumsum(padded.reshape(k, blocks, width), axis=2, out=sums[:, :, 1:])
    peak = np.max(sums, axis=0)
    likelihood = np.exp(sums - peak)
    weights = np.empty((len(transitions), blocks, k))
    base = np.zeros((len(transitions), blocks))
    weight = np.full((len(transitions), 1, k), 1.0 / k)
    total = np.zeros(len(transitions))
    for b in range(blocks):
        weights[:, b], base[:, b] = weight[:, 0], total
        joint = weight * likelihood[:, b, -1]
        norm = np.sum(joint, axis=2, keepdims=True)
        total = total + np.log(norm[:, 0, 0]) + peak[b, -1]
        weight = joint / norm @ transitions
    inside = np.log(np.einsum("pbk,kbt->pbt", weights, likelihood[:, :, :-1]))
    before = base[:, :, None] + inside + peak[None, :, :-1]
    return before.reshape(len(transitions), blocks * width)[:, :n]
