"""How much somebody moves while resting: people who stand sway more than people who lie."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class RestLevelParams:
    """Limits of stillness; proposals."""

    block_s: float = 0.5
    memory_s: float = 10.0
    """The quietest block of this long is taken for rest; repetitions leave one in 10 s."""
    times_sd: float = 3.0
    """Still: below this many times the RMS of the quietest block (the rule of the templates)."""


class RestLevel:
    """The limit of stillness from the quietest half second of the last ten."""

    def __init__(
        self, params: RestLevelParams, rate_hz: float, floor: float, ceiling: float
    ) -> None:
        self._params = params
        self._floor, self._ceiling = floor, ceiling
        self._block_n = max(1, round(params.block_s * rate_hz))
        self._blocks: deque[float] = deque(maxlen=max(1, round(params.memory_s / params.block_s)))
        self._sum, self._n = 0.0, 0
        self.limit = floor

    def observe(self, value: float) -> None:
        """Take the size of the movement at a sample."""
        self._sum += value * value
        self._n += 1
        if self._n < self._block_n:
            return
        self._blocks.append(self._sum / self._n)
        self._sum, self._n = 0.0, 0
        quiet = self._params.times_sd * min(self._blocks) ** 0.5
        self.limit = min(max(quiet, self._floor), self._ceiling)
