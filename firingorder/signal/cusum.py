"""Parallel CUSUM: for every channel and level the evidence that activity has begun.

``S_l(t) = max(0, S_l(t - 1) + l_l(t) - l_0(t))`` over the levels of the ladder is the generalised
likelihood test of a step to any of them (Lorden 1971, Ann. Math. Stat. 42:1897;
method.md section 2, step 12). Plain elementwise arithmetic, sample by sample, so that the result
does not depend on how the stream was cut.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from firingorder.signal.whitening import usable_after

if TYPE_CHECKING:
    from firingorder.samples import BoolArray, FloatArray
    from firingorder.signal.ladder import Ladder


class CusumBank:
    """State of all channels and levels.

    Parameters
    ----------
    n_channels, n_levels
        Levels above rest; the ladder given to :meth:`set_models` has one more, the rest itself.
    order
        AR order of the whiteners.
    ceiling
        S is held there.
    gap_samples
        S is kept over invalid runs up to this long and set to zero in longer ones.
    """

    def __init__(
        self, n_channels: int, n_levels: int, order: int, ceiling: float, gap_samples: int
    ) -> None:
        self._order = order
        self._ceiling = ceiling
        self._gap_samples = gap_samples
        self._s = np.zeros((n_channels, n_levels))
        # Filters of zero give no evidence: a channel without models stays at zero.
        self._filters = np.zeros((order + 1, n_channels, n_levels + 1))
        self._innovation = np.ones((n_channels, n_levels + 1))
        self._gap_run = np.zeros(n_channels, dtype=np.int64)

    def set_models(self, c: int, ladder: Ladder) -> None:
        """Use the whiteners of a ladder for one channel from the next sample on."""
        self._filters[:, c] = ladder.filters
        self._innovation[c] = ladder.innovation

    def step(self, x: FloatArray, valid: BoolArray, n: int) -> FloatArray:
        """Take the newest ``n`` samples of a history; return the largest S of each sample.

        ``x`` and ``valid`` are ``(n_history, n_channels)`` with at least the AR order of samples
        before the newest n. Returns ``(n, n_channels)``.
        """
        gain = self._gain(x, valid, n)
        newest = valid[len(valid) - n :]
        whole = bool(np.all(newest))
        if whole:
            self._gap_run[:] = 0
        history = np.zeros(gain.shape)
        s, ceiling = self._s, self._ceiling
        for t in range(n):
            if not whole:
                self._gap_run = np.where(newest[t], 0, self._gap_run + 1)
                s[self._gap_run > self._gap_samples] = 0.0
            s += gain[t]
            np.maximum(s, 0.0, out=s)
            np.minimum(s, ceiling, out=s)
            history[t] = s
        return np.max(history, axis=2)

    def _gain(self, x: FloatArray, valid: BoolArray, n: int) -> FloatArray:
        """Log-likelihood of every level over rest, ``(n, n_channels, n_levels)``; 0 if masked."""
        total, order = len(x), self._order
        errors = np.zeros((n, *self._innovation.shape))
        for k in range(order + 1):
            errors += self._filters[k][None] * x[total - n - k : total - k, :, None]
        cost = np.log(self._innovation)[None] + errors**2 / self._innovation[None]
        gain = 0.5 * (cost[:, :, :1] - cost[:, :, 1:])
        recent = valid[total - n - order :]
        for c in np.nonzero(~np.all(recent, axis=0))[0]:
            gain[~usable_after(recent[:, c], order)[order:], c] = 0.0
        return gain
