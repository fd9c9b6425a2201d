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

from firingorder.signal.whitening import lagged, levinson, usable_after

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
#: Keeps Levinson stable (method.md section 2, step 5).
_DIAGONAL = 1.001


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
    before = _forward(gain, width, np.array(paces))[:, n - count :]
    total = np.full(count, np.log(max(1.0 - float(np.sum(weight)), 1e-12)))
    for changing in beta * before + np.log(weight):
        total = np.logaddexp(total, changing)
    return total


def rest_power(x: FloatArray, valid: BoolArray, r_rest: FloatArray) -> tuple[FloatArray, BoolArray]:
    """Return squared innovations under a rest over their variance, and where they mean something.

    ``(n_samples - order,)`` each; ``r_rest`` is ``(order + 1,)``.
    """
    order = len(r_rest) - 1
    autocov = r_rest[:, None].copy()
    autocov[0] *= _DIAGONAL
    filters, innovation = levinson(autocov)
    errors = lagged(np.where(valid, x, 0.0), order) @ filters[:, 0]
    return (errors**2 / innovation[0])[order:], usable_after(valid, order)[order:]


def local_level(
    power: FloatArray, usable: BoolArray, *, rate_hz: float, params: RestPathParams
) -> float:
    """Return the power of the rest at its end over its mean, 1 where it does not change.

    ``power`` and ``usable`` as in :func:`rest_advantage`, for the rest alone. The mean over calm
    and changing rest, weighed by what explains the samples: a rise begins from where the rest is,
    not from where it was on average.
    """
    width = max(1, round(params.block_s * rate_hz))
    if len(power) < _LEAST_BLOCKS * width:
        return 1.0
    factor = np.array(params.factor)
    gain = -0.5 * (np.log(factor)[:, None] + power[None, :] * (1.0 / factor - 1.0)[:, None])
    gain[:, ~usable] = 0.0
    paces = [_transitions(factor, pace * width / rate_hz) for pace in params.pace_per_s]
    evidence, weights = _filtered(gain, width, np.array(paces))
    logs = np.log([max(1.0 - sum(params.pace_weight), 1e-12), *params.pace_weight])
    logs[1:] += evidence
    share = np.exp(logs - np.logaddexp.reduce(logs))
    return float(np.exp(np.sum(share[1:] * (weights @ np.log(factor)))))


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
    n = gain.shape[1]
    likelihood, peak = _blocks(gain, width)
    weights, base = _run(likelihood[:, :, -1], peak[:, -1], transitions)
    mixed = np.matmul(weights[:, :-1].swapaxes(0, 1), likelihood[:, :, :-1].swapaxes(0, 1))
    inside = np.log(mixed).swapaxes(0, 1)
    before = base[:, :-1, None] + inside + peak[None, :, :-1]
    return before.reshape(len(transitions), -1)[:, :n]


def _filtered(
    gain: FloatArray, width: int, transitions: FloatArray
) -> tuple[FloatArray, FloatArray]:
    """Return the evidence of each pace, ``(n_paces,)``, and its levels after the last block."""
    likelihood, peak = _blocks(gain, width)
    weights, base = _run(likelihood[:, :, -1], peak[:, -1], transitions)
    return base[:, -1], weights[:, -1]


def _blocks(gain: FloatArray, width: int) -> tuple[FloatArray, FloatArray]:
    """Likelihood of each level from the start of its block, ``(n_levels, n_blocks, width + 1)``.

    Scaled by the exponential of the peak over the levels, ``(n_blocks, width + 1)``.
    """
    k, n = gain.shape
    blocks = -(-n // width)
    padded = np.zeros((k, blocks * width))
    padded[:, :n] = gain
    sums = np.zeros((k, blocks, width + 1))
    np.cumsum(padded.reshape(k, blocks, width), axis=2, out=sums[:, :, 1:])
    peak = np.max(sums, axis=0)
    return np.exp(sums - peak), peak


def _run(
    likelihood: FloatArray, peak: FloatArray, transitions: FloatArray
) -> tuple[FloatArray, FloatArray]:
    """Weights of the levels and log-likelihood before each block and after the last.

    ``(n_paces, n_blocks + 1, n_levels)`` and ``(n_paces, n_blocks + 1)``.
    """
    k, blocks = likelihood.shape
    paces = len(transitions)
    n = paces * k
    # All paces step as one vector; one product gives the next weights and, k times each, their sum.
    matrix = np.zeros((n, 2 * n))
    for one in range(paces):
        own = slice(one * k, (one + 1) * k)
        matrix[own, own] = transitions[one]
        matrix[own, n + one * k : n + (one + 1) * k] = 1.0
    seen = np.tile(likelihood.T, (1, paces))
    weights = np.empty((blocks + 1, n))
    norms = np.empty((blocks, n))
    weights[0] = 1.0 / k
    for b in range(blocks):
        both = (weights[b] * seen[b]).dot(matrix)
        norms[b] = both[n:]
        np.divide(both[:n], both[n:], out=weights[b + 1])
    base = np.zeros((paces, blocks + 1))
    np.cumsum(np.log(norms[:, ::k]).T + peak, axis=1, out=base[:, 1:])
    return np.moveaxis(weights.reshape(blocks + 1, paces, k), 1, 0), base
