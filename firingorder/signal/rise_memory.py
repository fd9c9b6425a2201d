"""How each muscle of this person begins, learnt from the repetitions of the session so far."""

from __future__ import annotations

from collections import deque
from dataclasses import replace
from typing import TYPE_CHECKING

from firingorder.signal.event_habit import held_shares, learn_event_shares
from firingorder.signal.prior import learn_priors

if TYPE_CHECKING:
    from collections.abc import Sequence

    from firingorder.samples import FloatArray
    from firingorder.signal.edge import EdgeParams
    from firingorder.signal.prior import PriorParams, PriorWeights
    from firingorder.signal.refine import OnsetResult


class RiseMemory:
    """Prior of every channel: its own repetitions, shrunk to those of all (method.md, step 11).

    One task, one montage, one session: nothing is carried over to other electrodes. A function of
    the repetitions in their order, so replay is the same. There is no test whether the prior still
    fits: its five pseudo-repetitions and the half that supposes nothing keep every rise within 4
    nats of the cold weights of ``edge``.
    """

    def __init__(
        self, channels: tuple[str, ...], repetitions: int, params: PriorParams, edge: EdgeParams
    ) -> None:
        self._params = params
        self._edge = edge
        # What each repetition says of the rise, and of whether it was one.
        self._known: dict[str, deque[tuple[FloatArray, FloatArray]]] = {
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
                self._known[name].append((one.posterior.log_evidence, one.posterior.log_events))
        shares = {
            name: self._event_shares([log for _, log in known])
            for name, known in self._known.items()
        }
        found = learn_priors(
            [self._of_single_rises(known, shares[name]) for name, known in self._known.items()],
            self._params,
            self._edge.rise,
        )
        self._priors = {
            name: replace(prior, event_shares=shares[name])
            for name, prior in zip(self._known, found, strict=True)
            if prior is not None
        }

    def _event_shares(self, logs: Sequence[FloatArray]) -> FloatArray:
        return learn_event_shares(
            logs,
            self._edge.events.shares,
            self._edge.rise.gamma_event,
            self._params.pseudo_repetitions,
        )

    def _of_single_rises(
        self, known: Sequence[tuple[FloatArray, FloatArray]], shares: FloatArray
    ) -> list[FloatArray]:
        """Return what the repetitions say of a rise: the less, the surer one had two steps."""
        power = self._edge.rise.gamma_event
        return [held_shares(events, shares, power)[0] * rise for rise, events in known]
