"""A person's usual rise, learnt from earlier repetitions, as weights of the rise hypotheses.

Step 11 of method.md section 2: a few EM steps with pseudo-repetitions, shrunk to the muscles of
the set, averaged with what holds if the muscle rises much the same each time (steady_rise.py). A
repetition that begins in two steps teaches as much less of rises as that is probable, and how often
this muscle does so. The prior is an explicit input, so replay stays identical; the default is none
(cold).
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

import numpy as np

from firingorder.signal.rises import rises
from firingorder.signal.steady_rise import SteadyParams, likelihoods, steady_weights

if TYPE_CHECKING:
    from collections.abc import Sequence

    from firingorder.samples import FloatArray
    from firingorder.signal.posterior import Evidence
    from firingorder.signal.rises import RiseParams


@dataclass(frozen=True, slots=True)
class PriorParams:
    """Numbers of method.md section 2, step 11."""

    steps: int = 5
    pseudo_repetitions: float = 4.0
    pooled_share: float = 0.8
    min_repetitions: int = 8
    steady_share: float = 0.6
    """Share of the weights of a muscle that rises much the same each time; the others hold for any
    muscle. Steady ones alone order muscles of planted, unchanging rises from 8 repetitions by 0.2 %
    better, and differ in bias by 2 ms more (simulated)."""
    steady: SteadyParams = field(default_factory=SteadyParams)


@dataclass(frozen=True, slots=True)
class PriorWeights:
    """What was learnt of one muscle: weights of the rises, ``(n_hypotheses,)``, sum 1.

    ``repetitions`` is how many taught them, ``event_share`` how often the burst begins in two
    steps; 0 where that was not asked.
    """

    weights: FloatArray
    repetitions: int
    event_share: float = 0.0


def learn_prior(
    evidences: Sequence[Evidence],
    pooled: PriorWeights | None = None,
    params: PriorParams | None = None,
    cold: FloatArray | None = None,
    event_share: float = 0.0,
) -> PriorWeights | None:
    """Return the prior of one muscle and task, or None below eight repetitions.

    Parameters
    ----------
    evidences
        ``evidence`` of earlier posteriors of this muscle and task.
    pooled
        Prior over all muscles of the set (:func:`pool_prior`); None shrinks to ``cold``.
    cold
        ``(n_hypotheses,)`` weights without any repetition, sum 1; None is even. Even weights give
        the slowest rises too much: a weak muscle of 200 ms then comes out 15 ms early (simulated).
    event_share
        Prior of first events without any repetition.
    """
    p = params or PriorParams()
    if len(evidences) < p.min_repetitions:
        return None
    n_rises = len(evidences[0].rises)
    unlearnt = np.full(n_rises, 1.0 / n_rises) if cold is None else cold
    base = unlearnt
    if pooled is not None:
        base = p.pooled_share * pooled.weights + (1.0 - p.pooled_share) * unlearnt
    weights, share = _expectation_steps(evidences, base, unlearnt, event_share, p)
    return PriorWeights(weights, len(evidences), share)


def pool_prior(
    evidences: Sequence[Evidence],
    params: PriorParams | None = None,
    cold: FloatArray | None = None,
    event_share: float = 0.0,
) -> PriorWeights | None:
    """Return the prior over the repetitions of all muscles of a set, or None below eight."""
    return learn_prior(evidences, None, params, cold, event_share)


def learn_priors(
    evidences: Sequence[Sequence[Evidence]],
    params: PriorParams,
    rise: RiseParams,
    event_share: float = 0.0,
) -> list[PriorWeights | None]:
    """Return the prior of each muscle of a set, None below eight repetitions of its own.

    ``evidences`` are, for each muscle, those of its earlier repetitions in this task.
    """
    cold = rises(rise).weight
    pooled = pool_prior([one for known in evidences for one in known], params, cold, event_share)
    free = [learn_prior(known, pooled, params, cold, event_share) for known in evidences]
    if all(one is None for one in free) or params.steady_share <= 0.0:
        return free
    event_shares = [event_share if one is None else one.event_share for one in free]
    steady = steady_weights(evidences, rise, params.steady, event_shares)
    share = params.steady_share
    return [
        None if one is None else replace(one, weights=share * alike + (1.0 - share) * one.weights)
        for one, alike in zip(free, steady, strict=True)
    ]


def _expectation_steps(
    evidences: Sequence[Evidence],
    base: FloatArray,
    unlearnt: FloatArray,
    base_share: float,
    params: PriorParams,
) -> tuple[FloatArray, float]:
    """Return the weights of the rises, and the share of repetitions that begin in two steps.

    Whether a repetition began in one step is judged by the weights without any repetition: with
    what is being learnt, slow rises that explain a pre-activation nearly as well would take it over
    step by step. The share never falls below its base: that eight repetitions began in one step is
    no reason to tell the ninth more narrowly.
    """
    weights, share, alpha = base, base_share, params.pseudo_repetitions
    rise, events = likelihoods(evidences)
    single = rise @ unlearnt
    for _ in range(params.steps):
        # How probably each repetition began in one step; only then it teaches a rise.
        once = (1.0 - share) * single / ((1.0 - share) * single + share * events)
        total = weights * ((once / (rise @ weights)) @ rise)
        weights = (total + alpha * base) / (np.sum(once) + alpha)
        twice = float(np.sum(1.0 - once))
        share = max(base_share, (twice + alpha * base_share) / (len(evidences) + alpha))
    return weights, share
