"""The rest of each channel and the strength of its bursts, learnt causally from blocks.

Blocks lie on the sample index, so how the stream was cut makes no difference.
"""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from firingorder.signal.whitening import ar_order

if TYPE_CHECKING:
    from firingorder.samples import BoolArray, FloatArray


@dataclass(frozen=True, slots=True)
class LiveRestParams:
    """Numbers of method.md section 2, step 12, and section 6, unless another source is given."""

    block_s: float = 0.025
    block_limit: float = 4.0
    least_s: float = 4.0
    memory_s: float = 8.0
    """Rest remembered: twice the least, so that one loud second does not void the model."""
    quiet_below: float = 9.0
    """Rest is learnt while S stays below this, three quarters of the alarm threshold. Lower limits
    leave out the louder part of pure rest and raise false alarms: 6 gave 0.3 a minute, 9 gave 0.2
    in 60 min (simulated)."""
    stuck_s: float = 10.0
    """An alarm that has lasted longer than any burst (6 s) at less than four times the rest power
    is a changed rest: it is learnt anew. Proposal."""
    bursts: int = 5
    """Earlier bursts that tell the plateau. Proposal."""
    min_burst_s: float = 0.150
    """Least data for a burst's covariance (step 4)."""
    plateau_share: float = 0.5
    """Blocks of a burst above this share of its median power are its plateau. Proposal."""


class LiveRest:
    """Rest and burst autocovariances per channel."""

    def __init__(self, params: LiveRestParams, rate_hz: float, n_channels: int) -> None:
        self._p = params
        self._order = ar_order(rate_hz)
        self._width = round(params.block_s * rate_hz)
        # Where a block lies, and where it lay 1, 2, ... samples earlier: the earliest first.
        self._windows = np.arange(self._order + 1)[:, None] + np.arange(self._width)
        self._least = round(params.least_s / params.block_s)
        self._most = round(params.memory_s / params.block_s)
        self._stuck = round(params.stuck_s / params.block_s)
        self._rest = _memories(n_channels, self._most)
        self._active = _memories(n_channels, self._stuck)
        self._bursts = _memories(n_channels, params.bursts)
        self._autocov: list[FloatArray | None] = [None] * n_channels
        self._peak = np.zeros(n_channels)

    def autocov(self, c: int) -> FloatArray | None:
        """Return the rest autocovariance in use, ``(order + 1,)``, None before 4 s of rest."""
        return self._autocov[c]

    def burst_autocov(self, c: int, least_power: float) -> FloatArray | None:
        """Return the mean autocovariance of the latest bursts, None before the first.

        Bursts below ``least_power`` are forgotten: they are none of this muscle's repetitions.
        """
        kept = [burst for burst in self._bursts[c] if burst[0] >= least_power]
        self._bursts[c] = deque(kept, self._p.bursts)
        if not self._bursts[c]:
            return None
        return np.mean(np.array(self._bursts[c]), axis=0)

    def step(
        self,
        x: FloatArray,
        valid: BoolArray,
        first: int,
        peaks: FloatArray,
        armed: BoolArray,
    ) -> None:
        """Take the blocks that end within the newest samples of the history ``x``.

        ``peaks`` and ``armed`` are ``(n, n_channels)`` of the n newest samples: their largest S and
        whether the channel was armed. ``first`` is the index of the first of them.
        """
        n = len(peaks)
        done = 0
        while done < n:
            room = self._width - (first + done) % self._width
            stop = min(n, done + room)
            np.maximum(self._peak, np.max(peaks[done:stop], axis=0), out=self._peak)
            if stop - done == room:
                end = len(x) - n + stop
                self._block(x[:end], valid[:end], armed[stop - 1])
                self._peak[:] = 0.0
            done = stop

    def renew(self, c: int) -> None:
        """Take the rest gathered so far as the model, if there is enough of it."""
        blocks = np.array(self._rest[c])
        if len(blocks) < self._least:
            return
        # A quarter of the blocks at least is rest, also when the channel starts with a burst.
        calm = blocks[blocks[:, 0] <= self._p.block_limit * np.quantile(blocks[:, 0], 0.25)]
        if len(calm) >= self._least:
            mean = np.mean(calm, axis=0)
            if mean[0] > 0.0:
                self._autocov[c] = mean

    def _block(self, x: FloatArray, valid: BoolArray, armed: BoolArray) -> None:
        width, order = self._width, self._order
        reach = slice(len(x) - width - order, len(x))
        usable = np.all(valid[reach], axis=0)
        part = np.ascontiguousarray(x[reach].T)
        earlier = part.take(self._windows, axis=1)
        lags = np.matmul(earlier, part[:, order:, None])[:, ::-1, 0] / width
        for c in np.nonzero(usable)[0].tolist():
            self._sort(c, lags[c], bool(armed[c]))

    def _sort(self, c: int, block: FloatArray, armed: bool) -> None:
        """File a block under rest or burst."""
        learning = self._autocov[c] is None
        if learning or (armed and self._peak[c] < self._p.quiet_below):
            self._rest[c].append(block)
        if armed or learning:
            self._close_burst(c)
            return
        self._active[c].append(block)
        rest = self._autocov[c]
        if len(self._active[c]) >= self._stuck and rest is not None:
            recent = np.array(self._active[c])[-self._least :]
            if float(np.median(recent[:, 0])) < self._p.block_limit * rest[0]:
                self._rest[c] = deque(recent, self._most)
                self._active[c].clear()

    def _close_burst(self, c: int) -> None:
        """Keep the plateau of a burst that has ended."""
        if not self._active[c]:
            return
        blocks = np.array(self._active[c])
        self._active[c].clear()
        rest = self._autocov[c]
        if rest is None:
            return
        loud = blocks[blocks[:, 0] > self._p.block_limit * rest[0]]
        if len(loud) * self._width < self._p.min_burst_s / self._p.block_s * self._width:
            return
        plateau = loud[loud[:, 0] >= self._p.plateau_share * np.median(loud[:, 0])]
        self._bursts[c].append(np.mean(plateau, axis=0))


def _memories(n: int, size: int) -> list[deque[FloatArray]]:
    """Return one bounded memory of blocks per channel."""
    return [deque(maxlen=size) for _ in range(n)]
