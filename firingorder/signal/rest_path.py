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
    restless: float = 1.4
    """The chain is run where block powers scatter by more than this over the scatter of white
    noise; pure rest of 1.2 s exceeds it once in fifty (chi-square)."""


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
        constant level; zeros where the rest is calm.
    """
    width = max(1, round(params.block_s * rate_hz))
    n = len(power)
    if not _is_restless(power[: n - count], usable[: n - count], width, params):
        return np.zeros(count)
    factor = np.array(params.factor)
    gain = -0.5 * (np.log(factor)[:, None] + power[None, :] * (1.0 / factor - 1.0)[:, None])
    gain[:, ~usable] = 0.0
    parts: list[FloatArray] = [np.full(n, np.log(max(1.0 - sum(params.pace_weight), 1e-12)))]
    for pace, weight in zip(params.pace_per_s, params.pace_weight, strict=True):
        parts.append(beta * _forward(gain, width, _transitions(factor, pace * width / rate_hz)))
        parts[-1] += np.log(weight)
    return np.asarray(np.logaddexp.reduce(parts), dtype=np.float64)[n - count :]


def _is_restless(power: FloatArray, usable: BoolArray, width: int, params: RestPathParams) -> bool:
    blocks = len(power) // width
    if blocks < 8:
        return False
    shape = (blocks, width)
    counts = np.sum(usable[: blocks * width].reshape(shape), axis=1)
    sums = np.sum(np.where(usable, power, 0.0)[: blocks * width].reshape(shape), axis=1)
    means = sums[counts > 0] / counts[counts > 0]
    if len(means) < 8:
        return False
    scatter = float(np.var(means)) / float(np.mean(means)) ** 2
    return scatter > params.restless * 2.0 / width


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
    """Return the log-likelihood of everything before each sample, ``(n,)``."""
    k, n = gain.shape
    weight = np.full(k, 1.0 / k)
    before = np.empty(n)
    total = 0.0
    for start in range(0, n, width):
        stop = min(n, start + width)
        sums = np.zeros((k, stop - start + 1))
        np.cumsum(gain[:, start:stop], axis=1, out=sums[:, 1:])
        peak = np.max(sums, axis=0)
        joint = weight[:, None] * np.exp(sums - peak)
        level = np.log(np.sum(joint, axis=0)) + peak
        before[start:stop] = total + level[:-1]
        total += float(level[-1])
        weight = (joint[:, -1] / np.sum(joint[:, -1])) @ transitions
    return before
