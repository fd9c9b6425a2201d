"""A causal filter of second-order sections with the state of every channel."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

import numpy as np
from scipy import signal as sps

try:  # the loop within sosfilt: what is around it takes ten times as long as a block of 20 ms
    from scipy.signal._sosfilt import _sosfilt  # pyright: ignore[reportPrivateUsage]
except ImportError:  # a SciPy that keeps it elsewhere
    _sosfilt = None

if TYPE_CHECKING:
    from firingorder.samples import FloatArray


#: What a filter keeps of a signal that ended decays for ever, to numbers whose squares and
#: quotients are none. No converter gives what is below this, in any unit.
_NOTHING = 1e-60


class SectionFilter:
    """Filters blocks of ``(n_samples, n_channels)``; every channel can begin anew by itself.

    ``sos`` are second-order sections, ``(n_sections, 6)``.
    """

    def __init__(self, sos: FloatArray, n_channels: int) -> None:
        self._sos = np.ascontiguousarray(sos, dtype=np.float64)
        self._zi_unit = cast("FloatArray", sps.sosfilt_zi(sos))
        self._n_channels = n_channels
        self.reset()

    def reset(self) -> None:
        """Start from zero."""
        self._zi = np.zeros((len(self._sos), 2, self._n_channels))

    def step(self, x: FloatArray) -> FloatArray:
        """Return a block of all channels filtered."""
        y, zi = self._filtered(x.T, self._zi.transpose(2, 0, 1))
        self._zi = zi.transpose(1, 2, 0)
        return y.T

    def run(self, channel: int, x: FloatArray, *, fresh: bool) -> FloatArray:
        """Filter a run of one channel; a fresh one begins settled at its first sample."""
        zi = self._zi_unit * x[0] if fresh else self._zi[:, :, channel]
        y, zi = self._filtered(x[None], zi[None])
        self._zi[:, :, channel] = zi[0]
        return y[0]

    def _filtered(self, x: FloatArray, zi: FloatArray) -> tuple[FloatArray, FloatArray]:
        """Filter ``(n_channels, n_samples)`` from states ``(n_channels, n_sections, 2)``."""
        if _sosfilt is None:
            y, after = sps.sosfilt(self._sos, x, zi=zi.transpose(1, 0, 2))
            return _without_decay(y), after.transpose(1, 0, 2)
        # Copies: the loop writes the result over the samples, and the new state over the old.
        y, zi = np.array(x, dtype=np.float64, order="C"), np.array(zi, order="C")
        _sosfilt(self._sos, y, zi)
        return _without_decay(y), zi


def _without_decay(y: FloatArray) -> FloatArray:
    y[np.abs(y) < _NOTHING] = 0.0
    return y
