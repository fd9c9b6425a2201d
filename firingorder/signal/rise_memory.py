"""How each muscle of this person rises, learnt from the repetitions of the session so far."""

from __future__ import annotations

from collections import deque
from typing import TYPE_CHECKING

from firingorder.signal.prior import learn_priors

if TYPE_CHECKING:
    from firingorder.samples import FloatArray
    from firingorder.signal.prior import PriorParams, PriorWeights
    from firingorder.signal.refine import OnsetResult
    from firingorder.signal.rises import RiseParams


class RiseMemory:
    """Prior of every channel: its own repetitions, shrunk to those of all (method.md, step 11).

    One task, one montage, one session: nothing is carried over to other electrodes. A function of
    the repetitions in their order, so replay is the same. There is no test whether the prior still
    fits: its five pseudo-repetitions and the half that supposes nothing keep every rise within 4
    nats of the cold weights of ``rise``.
    """

    def __init__(
        self, channels: tuple[str, ...], repetitions: int, params: PriorParams, rise: RiseParams
    ) -> None:
        self._params = params
        self._rise = rise
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
        found = learn_priors(
            [list(known) for known in self._evidences.values()], self._params, self._rise
        )
        self._priors = {
            name: prior
            for name, prior in zip(self._evidences, found, strict=True)
            if prior is not None
        }
