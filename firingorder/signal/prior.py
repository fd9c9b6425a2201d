"""A person's usual rise, learnt from earlier repetitions, as weights of the rise hypotheses.

Step 11 of method.md section 2: a few EM steps with pseudo-repetitions, shrunk to the muscles of
the set, averaged with what holds if the muscle rises much the same each time (steady_rise.py). The
prior is an explicit input, so replay stays identical; the default is none (cold).
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

from firingorder.signal.rises import rises
from firingorder.signal.steady_rise import SteadyParams, steady_weights

if TYPE_CHECKING:
    from collections.abc import Sequence

    from firingorder.samples import FloatArray
    from firingorder.signal.rises import RiseParams


@dataclass(frozen=True, slots=True)
class PriorParams:
    """Numbers of method.md section 2, step 11."""

    steps: int = 3
    pseudo_repetitions: float = 5.0
    pooled_share: float = 0.8
    min_repetitions: int = 8
    steady_share: float = 0.5
    """Share of the weights of a muscle that rises much the same each time; the others hold for any
    muscle. Steady ones alone order muscles of planted, unchanging rises by 0.3 % better and cover
    those that change from repetition to repetition by 5 to 10 % less."""
    steady: SteadyParams = field(default_factory=SteadyParams)


@dataclass(frozen=True, slots=True)
class PriorWeights:
    """Weights of the rises, ``(n_hypotheses,)``, sum 1, and how many repetitions taught them.

    ``event_shares`` are the learnt priors of first events, ``(n_kinds,)``, None where they are the
    usual ones.
    """

    weights: FloatArray
    repetitions: int
    event_shares: FloatArray | None = None


def learn_prior(
    evidences: Sequence[FloatArray],
    pooled: PriorWeights | None = None,
    params: PriorParams | None = None,
    cold: FloatArray | None = None,
) -> PriorWeights | None:
    """Return the prior of one muscle and task, or None below eight repetitions.

    Parameters
    ----------
    evidences
        ``log_evidence`` of earlier posteriors of this muscle and task.
    pooled
        Prior over all muscles of the set (:func:`pool_prior`); None shrinks to ``cold``.
    cold
        ``(n_hypotheses,)`` weights without any repetition, sum 1; None is even. Even weights give
        the slowest rises too much: a weak muscle of 200 ms then comes out 15 ms early (simulated).
    """
    p = params or PriorParams()
    if len(evidences) < p.min_repetitions:
        return None
    n_rises = len(evidences[0])
    base = np.full(n_rises, 1.0 / n_rises) if cold is None else cold
    if pooled is not None:
        base = p.pooled_share * pooled.weights + (1.0 - p.pooled_share) * base
    return PriorWeights(_expectation_steps(evidences, base, p), len(evidences))


def pool_prior(
    evidences: Sequence[FloatArray],
    params: PriorParams | None = None,
    cold: FloatArray | None = None,
) -> PriorWeights | None:
    """Return the prior over the repetitions of all muscles of a set, or None below eight."""
    return learn_prior(evidences, None, params, cold)


def learn_priors(
    evidences: Sequence[Sequence[FloatArray]], params: PriorParams, rise: RiseParams
) -> list[PriorWeights | None]:
    """Return the prior of each muscle of a set, None below eight repetitions of its own.

    ``evidences`` are, for each muscle, ``log_evidence`` of its earlier repetitions in this task.
    """
    cold = rises(rise).weight
    pooled = pool_prior([one for known in evidences for one in known], params, cold)
    free = [learn_prior(known, pooled, params, cold) for known in evidences]
    if all(one is None for one in free) or params.steady_share <= 0.0:
        return free
    steady = steady_weights(evidences, rise, params.steady)
    share = params.steady_share
    return [
        None
        if one is None
        else PriorWeights(share * alike + (1.0 - share) * one.weights, one.repetitions)
        for one, alike in zip(free, steady, strict=True)
    ]


def _expectation_steps(
    evidences: Sequence[FloatArray], base: FloatArray, params: PriorParams
) -> FloatArray:
    weights = base
    alpha = params.pseudo_repetitions
    logs = np.stack(evidences)
    likelihood = np.exp(logs - np.max(logs, axis=1, keepdims=True))
    for _ in range(params.steps):
        explained = 1.0 / (likelihood @ weights)
        total = weights * (explained @ likelihood)
        weights = (total + alpha * base) / (len(evidences) + alpha)
    return weights
