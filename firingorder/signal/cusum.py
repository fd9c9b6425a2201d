"""Parallel CUSUM: for every channel and level the evidence that activity has begun.

``S_l(t) = max(0, S_l(t - 1) + l_l(t) - l_0(t))`` over the levels of the ladder is the generalised
likelihood test of a step to any of them (Lorden 1971, Ann. Math. Stat. 42:1897;
method.md section 2, step 12). ``l_0`` is the predictive log-likelihood of the nuisance model: all
that the channel does at rest. Everything runs in frames that lie on the sample index, so that the
result does not depend on how the stream was cut.
"""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

import numpy as np

from firingorder.signal.whitening import usable_after

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from firingorder.samples import BoolArray, FloatArray
    from firingorder.signal.ladder import Ladder
    from firingorder.signal.nuisance import Nuisance

_TINY = float(np.finfo(np.float64).tiny)


class CusumBank:
    """State of all channels and levels.

    Parameters
    ----------
    n_channels, n_levels
        Levels above rest; the ladder given to :meth:`set_models` has one more, the rest itself.
    order
        AR order of the whiteners.
    ceiling
        S is held there at the end of a frame.
    gap_samples
        S is kept over invalid runs up to this long and set to zero in longer ones.
    parts
        Steps of the nuisance model in a frame.
    """

    def __init__(
        self,
        n_channels: int,
        n_levels: int,
        *,
        order: int,
        ceiling: float,
        gap_samples: int,
        parts: int,
        nuisance: Nuisance,
    ) -> None:
        self._order = order
        self._ceiling = ceiling
        self._gap_samples = gap_samples
        self._parts = parts
        self._nuisance = nuisance
        self._states = nuisance.n_states
        models = self._states + n_levels
        self._s = np.zeros((n_channels, n_levels))
        # Filters of zero give no evidence: a channel without models stays at zero.
        self._filters = np.zeros((n_channels, order + 1, models))
        self._constant = np.zeros((n_channels, 1, models))
        self._gap_run = np.zeros(n_channels, dtype=np.int64)

    def set_models(self, c: int, ladder: Ladder, filters: FloatArray, variance: FloatArray) -> None:
        """Use the whiteners of a ladder and of the nuisance states from the next frame on."""
        taps = np.concatenate([filters, ladder.filters[:, 1:]], axis=1)
        innovation = np.concatenate([variance, ladder.innovation[1:]])
        self._filters[c] = taps / np.sqrt(2.0 * innovation)
        self._constant[c, 0] = 0.5 * np.log(innovation)

    def clear(self, c: int) -> None:
        """Drop the evidence of one channel."""
        self._s[c] = 0.0

    def step(self, x: FloatArray, valid: BoolArray, n: int) -> tuple[FloatArray, FloatArray]:
        """Take the newest ``n`` samples of a history, one frame.

        ``x`` and ``valid`` are ``(n_history, n_channels)`` with at least the AR order of samples
        before the newest n. Returns the largest S of each sample, ``(n, n_channels)``, and the
        evidence of each level summed from the frame's start, ``(n_channels, n, n_levels)``.
        """
        recent = valid[len(valid) - n - self._order :]
        whole = bool(recent.all())
        total = self._log_likelihoods(x, n, None if whole else recent).cumsum(axis=1)
        gain = total[:, :, self._states :]
        gain -= self._rest(total[:, :, : self._states], None if whole else recent[-n:])[:, :, None]
        low = np.minimum(np.minimum.accumulate(gain, axis=1), -self._s[:, None, :])
        s = gain - low
        self._s = np.minimum(s[:, -1], self._ceiling)
        if whole:
            self._gap_run[:] = 0
        else:
            self._bridge(recent[-n:])
        return s.max(axis=2).T, gain

    def _log_likelihoods(self, x: FloatArray, n: int, recent: BoolArray | None) -> FloatArray:
        """Return the rates of all models, ``(n_channels, n, n_models)``; 0 where masked."""
        order = self._order
        part = np.ascontiguousarray(x[len(x) - n - order :].T)
        # One product of the same shape per channel and frame: the bits depend on nothing else.
        rates = np.matmul(part.take(_backwards(n, order), axis=1), self._filters)
        np.square(rates, out=rates)
        rates += self._constant
        np.negative(rates, out=rates)
        if recent is not None:
            for c in np.nonzero(~np.all(recent, axis=0))[0]:
                rates[c, ~usable_after(recent[:, c], order)[order:]] = 0.0
        return rates

    def _rest(self, total: FloatArray, valid: BoolArray | None) -> FloatArray:
        """Return the summed predictive log-likelihood of the nuisance model, ``(C, n)``."""
        channels, n, states = total.shape
        steps = total.reshape(channels, self._parts, n // self._parts, states).copy()
        steps[:, 1:] -= steps[:, :-1, -1:].copy()
        top = steps.max(axis=3)
        steps -= top[..., None]
        likelihood = np.exp(steps)
        told = np.empty(top.shape)
        for k in range(self._parts):
            seen = None
            if valid is not None:
                width = n // self._parts
                seen = np.any(valid[k * width : (k + 1) * width], axis=0)
            self._nuisance.step(likelihood[:, k], told[:, k], seen)
        summed = np.log(np.maximum(told, _TINY)) + top
        summed[:, 1:] += np.cumsum(summed[:, :-1, -1], axis=1)[:, :, None]
        return summed.reshape(channels, n)

    def _bridge(self, valid: BoolArray) -> None:
        """Count invalid samples and forget the evidence after too many in a row."""
        for row in valid:
            self._gap_run = np.where(row, 0, self._gap_run + 1)
            self._s[self._gap_run > self._gap_samples] = 0.0


@cache
def _backwards(n: int, order: int) -> NDArray[np.intp]:
    """Return where each of n samples and those before it lie, ``(n, order + 1)``, newest first."""
    return np.arange(order, order + n)[:, None] - np.arange(order + 1)
