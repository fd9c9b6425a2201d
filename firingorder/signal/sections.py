"""A causal filter of second-order sections with the state of every channel."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

import numpy as np
from scipy import signal as sps

if TYPE_CHECKING:
    from firingorder.samples import FloatArray


class SectionFilter:
    """Filters blocks of ``(n_samples, n_channels)``; every channel can begin anew by itself.

    ``sos`` are second-order sections, ``(n_sections, 6)``.
    """

    def __init__(self, sos: FloatArray, n_channels: int) -> None:
        self._sos = sos
        self._zi_unit = cast("FloatArray", sps.sosfilt_zi(sos))
        self._n_channels = n_channels
        self.reset()

    def reset(self) -> None:
        """Start from zero."""
        self._zi = np.zeros((len(self._sos), 2, self._n_channels))

    def step(self, x: FloatArray) -> FloatArray:
        """Return a block of all channels filtered."""
        y, self._zi = sps.sosfilt(self._sos, x, axis=0, zi=self._zi)
        return y

    def run(self, channel: int, x: FloatArray, *, fresh: bool) -> FloatArray:
        """Filter a run of one channel; a fresh one begins settled at its first sample."""
        if fresh:
            self._zi[:, :, channel] = self._zi_unit * x[0]
        y, self._zi[:, :, channel] = sps.sosfilt(self._sos, x, zi=self._zi[:, :, channel])
        return y
