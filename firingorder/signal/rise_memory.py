"""How each muscle of this person rises, learnt from the repetitions of the session so far."""

from __future__ import annotations

from collections import deque
from typing import TYPE_CHECKING

from firingorder.signal.prior import learn_prior, pool_prior

if TYPE_CHECKING:
    from firingorder.samples import FloatArray
    from firingorder.signal.prior import PriorParams, PriorWeights
    from firingorder.signal.refine import OnsetResult


class RiseMemory:
    """Prior of every channel: its own repetitions, shrunk to those of all (method.md, step 11).

    One task, one montage, one session: nothing is carried over to other electrodes. A function of
    the repetitions in their order, so replay is the same. There is no test whether the prior still
    fits: its five pseudo-repetitions keep every rise within 3 nats of the cold weights ``cold``.
    """

    def __init__(
        self, channels: tuple[str, ...], repetitions: int, params: PriorParams, cold: FloatArray
    ) -> None:
        self._params = params
        self._cold = cold
        self._evidences: dict[str, deque[FloatArray]] = {
            name: deque(maxlen=repetitions) for name in channels
        }
        self._priors: dict[str, PriorWeights] = {}

    def prior(self, channel: str) -> PriorWeights | None:
        """Return the prior of a channel, None while too few repetitions are known."""
        return self._priors.get(channel)

    def learn(self, results: dict[str, OnsetResult]) -> None:
        """Take the channels of a complete repetition; those with a failed gate teach nothing."""
        for name, one in results.items():
            if one.posterior is not None and not one.gates:
                self._evidences[name].append(one.posterior.log_evidence)
        everything = [one for known in self._evidences.values() for one in known]
        pooled = pool_prior(everything, self._params, self._cold)
        self._priors = {}
        for name, known in self._evidences.items():
            prior = learn_prior(list(known), pooled, self._params, self._cold)
            if prior is not None:
                self._priors[name] = prior
