"""A muscle that rises much the same each time: which way, and how much the same.

Beside the free weights of prior.py a family of simple suppositions is held: the rise time lies
about some value with some spread, the plateau is as measured or somewhat off it, and so many of the
rises are smooth. What the earlier repetitions say to each supposition is a product over
repetitions, so twenty that say little each still say much together; free weights cannot learn that,
because each of them is shrunk by itself. The weights of the next repetition are those of all
suppositions, each by its posterior.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

import numpy as np

from firingorder.signal.rises import rises

if TYPE_CHECKING:
    from collections.abc import Sequence

    from firingorder.samples import FloatArray
    from firingorder.signal.rises import RiseParams


@dataclass(frozen=True, slots=True)
class SteadyParams:
    """The suppositions; chosen on tuning seeds of planted muscles."""

    spread: tuple[float, ...] = (0.0, 0.2, 0.45)
    """SD of the log rise time from repetition to repetition. Grid points of the rise time lie 0.2
    to 0.4 apart; 0 shares a value between two of them out."""
    between: int = 2
    """Centres per step of the grid of rise times."""
    smooth_share: tuple[float, ...] = (0.1, 0.23, 0.5, 0.8)
    """Shares of smooth ramps, equally likely. At 12 dB a straight rise and a half cosine of 1.4
    times its length explain the samples within 0.1 nats (simulated), so less freedom would be a
    claim to know the shape, and intervals too narrow for muscles that rise smoothly."""
    plateau_sure: float = 0.8
    """Weight of one plateau scale where it is supposed to be always the same."""
    others_share: float = 0.3
    """Share of the prior of the suppositions that the other muscles of the set give."""


def steady_weights(
    evidences: Sequence[Sequence[FloatArray]], rise: RiseParams, params: SteadyParams
) -> list[FloatArray]:
    """Return the weights of the rises of each muscle, ``(n_hypotheses,)``, sum 1.

    Parameters
    ----------
    evidences
        For each muscle of the set ``log_evidence`` of its earlier repetitions.
    rise
        The grid of the hypotheses.
    """
    family, prior = _suppositions(rise, params)
    logs = [_log_likelihood(one, family) for one in evidences]
    alone = [_normalised(prior, log) for log in logs]
    found: list[FloatArray] = []
    for k, log in enumerate(logs):
        others = [p for j, p in enumerate(alone) if j != k and len(evidences[j]) > 0]
        start = prior
        if others:
            share = params.others_share
            start = (1.0 - share) * prior + share * np.mean(others, axis=0)
        found.append(_normalised(start, log) @ family)
    return found


def _log_likelihood(evidences: Sequence[FloatArray], family: FloatArray) -> FloatArray:
    if not evidences:
        return np.zeros(len(family))
    logs = np.stack(evidences)
    likelihood = np.exp(logs - np.max(logs, axis=1, keepdims=True))
    floor = np.finfo(np.float64).tiny
    return np.sum(np.log(np.maximum(family @ likelihood.T, floor)), axis=1)


def _normalised(prior: FloatArray, log: FloatArray) -> FloatArray:
    weight = prior * np.exp(log - np.max(log))
    return weight / np.sum(weight)


@lru_cache(maxsize=4)
def _suppositions(rise: RiseParams, params: SteadyParams) -> tuple[FloatArray, FloatArray]:
    """Weights of the rises under each supposition, ``(n, n_hypotheses)``, and their prior."""
    hypotheses = rises(rise)
    rise_at = np.searchsorted(np.array(rise.rise_s), hypotheses.rise_s - 1e-9)
    scale_at = np.searchsorted(np.array(rise.plateau_scale), hypotheses.scale - 1e-9)
    times, time_prior = _time_weights(rise, params)
    plateaus = _plateau_weights(rise, params)
    weights: list[FloatArray] = []
    prior: list[float] = []
    for time, weight in zip(times, time_prior, strict=True):
        for smooth in params.smooth_share:
            ramp = np.where(hypotheses.smooth, smooth, 1.0 - smooth)
            for plateau in plateaus:
                weights.append(time[rise_at] * ramp * plateau[scale_at])
                prior.append(weight)
    family = np.array(weights)
    family /= np.sum(family, axis=1, keepdims=True)
    shares = np.array(prior) / np.sum(prior)
    family.setflags(write=False)
    shares.setflags(write=False)
    return family, shares


def _time_weights(rise: RiseParams, params: SteadyParams) -> tuple[list[FloatArray], list[float]]:
    """Weights of the rise times for each centre and spread, and of any rise; their prior."""
    log_s = np.log(np.array(rise.rise_s))
    cold = np.array(rise.rise_weight) / np.sum(rise.rise_weight)
    last = len(log_s) - 1
    places = np.arange(last * params.between + 1) / params.between
    found: list[FloatArray] = []
    prior: list[float] = []
    for place in places.tolist():
        shared = np.maximum(0.0, 1.0 - np.abs(np.arange(last + 1) - place))
        centre = float(shared @ log_s)
        for spread in params.spread:
            weight = shared
            if spread > 0.0:
                bell = np.exp(-0.5 * ((log_s - centre) / spread) ** 2)
                weight = bell / np.sum(bell)
            found.append(weight)
            prior.append(float(shared @ cold))
    # Rises of any length, as of somebody unknown, count like half of the centres together.
    found.append(cold)
    prior.append(0.5 * sum(prior) / len(params.spread))
    return found, prior


def _plateau_weights(rise: RiseParams, params: SteadyParams) -> list[FloatArray]:
    """Weights of the plateau scales: the cold ones, then each scale as good as always."""
    cold = np.array(rise.plateau_weight) / np.sum(rise.plateau_weight)
    found = [cold]
    for k in range(len(cold)):
        near = np.zeros(len(cold))
        beside = [j for j in (k - 1, k + 1) if 0 <= j < len(cold)]
        near[beside] = (1.0 - params.plateau_sure) / max(len(beside), 1)
        near[k] = params.plateau_sure
        found.append(near / np.sum(near))
    return found
