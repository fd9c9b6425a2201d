"""What the repetitions of one task have taught of this person's muscles."""

from __future__ import annotations

from collections import deque
from statistics import median
from typing import TYPE_CHECKING

import numpy as np

from firingorder.signal.rise_memory import RiseMemory

if TYPE_CHECKING:
    from firingorder.signal.edge import EdgeParams
    from firingorder.signal.prior import PriorParams, PriorWeights
    from firingorder.signal.refine import OnsetResult


class Learnt:
    """Plateaus and rises of each channel in one task on one side.

    A muscle rises otherwise, and to another plateau, in a squeeze than in a lift: what one task
    taught is no prior for another one, and is there again when the same task comes back.
    """

    def __init__(
        self,
        channels: tuple[str, ...],
        *,
        own_repetitions: int,
        known_levels: int,
        prior: PriorParams,
        edge: EdgeParams,
    ) -> None:
        self._known_levels = known_levels
        self._levels: dict[str, deque[float]] = {
            name: deque(maxlen=own_repetitions) for name in channels
        }
        self._rises = RiseMemory(channels, own_repetitions, prior, edge)

    def level_uv(self, channel: str) -> float | None:
        """Return the usual plateau of a channel, None while too few repetitions are known."""
        known = self._levels[channel]
        return median(known) if len(known) >= self._known_levels else None

    def prior(self, channel: str) -> PriorWeights | None:
        """Return what is learnt of a channel's onsets, None while too few repetitions are known."""
        return self._rises.prior(channel)

    def learn(self, results: dict[str, OnsetResult]) -> None:
        """Take the channels of a complete repetition."""
        self._rises.learn(results)
        for name, one in results.items():
            if one.level_uv is not None and not one.gates and np.isfinite(one.level_uv):
                self._levels[name].append(one.level_uv)
