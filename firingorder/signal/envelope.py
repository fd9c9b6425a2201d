"""The moving RMS that is drawn beside the signal."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from firingorder.samples import FloatArray
    from firingorder.signal.conditioning import ConditionedBlock, ConditioningParams


class Envelope:
    """Causal moving RMS for the display; NaN where the sample is missing. Never used for timing."""

    def __init__(self, params: ConditioningParams, rate_hz: float, n_channels: int) -> None:
        self._window = max(1, round(params.envelope_s * rate_hz))
        self._n_channels = n_channels
        self.reset()

    def reset(self) -> None:
        """Start anew with the next sample."""
        self._tail = np.zeros((self._window - 1, self._n_channels))
        self._known = np.zeros((self._window - 1, self._n_channels))

    def step(self, block: ConditionedBlock) -> FloatArray:
        """Return the RMS, ``(n_samples, n_channels)`` microvolts."""
        power = np.concatenate([self._tail, block.emg_uv**2])
        known = np.concatenate([self._known, (~block.missing).astype(np.float64)])
        self._tail = power[len(power) - self._window + 1 :]
        self._known = known[len(known) - self._window + 1 :]
        count = np.maximum(_moving_sum(known, self._window), 1.0)
        # A sum of squares that rounding made negative is zero.
        envelope = np.sqrt(np.maximum(_moving_sum(power, self._window), 0.0) / count)
        return np.where(block.missing, np.nan, envelope)


def _moving_sum(values: FloatArray, window: int) -> FloatArray:
    sums = np.zeros((len(values) + 1, values.shape[1]))
    np.cumsum(values, axis=0, out=sums[1:])
    return sums[window:] - sums[:-window]
