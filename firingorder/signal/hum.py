"""Mains hum, predicted from quiet seconds and subtracted: nothing rings, no burst is eaten.

A notch rings for 200 ms into every onset. Here the hum of the next tenth of a second is predicted
from cells of signal in which the muscle was quiet, and only the prediction is subtracted, so what
comes next can change neither the prediction nor the samples before it. While a muscle is active
nothing is learnt and the hum known from before runs on. A channel without a line that stands out
passes bit by bit.

Model: ``g(t) sum_k Re[c_k exp(i k phi(t))]``; the shape c_k of the harmonics and the frequency
change slowly (seconds), gain and phase faster, and the same for all harmonics.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from firingorder.signal.hum_combs import HumCombs, HumParams

if TYPE_CHECKING:
    from firingorder.samples import BoolArray, FloatArray


class Hum:
    """Predicts and subtracts the hum of every channel, on blocks of the absolute index."""

    def __init__(self, params: HumParams, rate_hz: float, block_n: int, n_channels: int) -> None:
        self._hop_blocks = max(1, round(params.hop_s * rate_hz / block_n))
        self._block_n = block_n
        self._hop_n = self._hop_blocks * block_n
        self._n_channels = n_channels
        self._combs: HumCombs | None = None
        if params.remove and params.mains_hz:
            self._combs = HumCombs(params, rate_hz, self._hop_n, n_channels)
        self.reset()

    def reset(self) -> None:
        """Forget everything; the next block may have any index."""
        self._recent: list[FloatArray] = []
        self._prediction: FloatArray | None = None
        self.removing = np.zeros(self._n_channels, dtype=np.bool_)
        if self._combs is not None:
            self._combs.reset()

    def step(self, index0: int, raw_uv: FloatArray, saturated: BoolArray) -> FloatArray:
        """Return a block without its predicted hum; the very block where there is none."""
        if self._combs is None:
            return raw_uv
        place = index0 // self._block_n % self._hop_blocks
        if place == 0:
            self._prediction = self._predict(self._combs, index0)
        clean_uv = raw_uv
        if self._prediction is not None:
            begin = place * self._block_n
            hum_uv = self._prediction[begin : begin + len(raw_uv)]
            clean_uv = np.where(self.removing, raw_uv - hum_uv, raw_uv)
        self._recent.append(np.where(saturated, np.nan, raw_uv) if saturated.any() else raw_uv)
        del self._recent[: -2 * self._hop_blocks]
        return clean_uv

    def _predict(self, combs: HumCombs, index0: int) -> FloatArray | None:
        """Learn from the cell that ends at ``index0``; return the hum of the hop that begins."""
        if len(self._recent) < 2 * self._hop_blocks:
            return None
        cell = np.concatenate(self._recent)
        cell -= np.add.reduce(cell, axis=0) / len(cell)
        known = np.isfinite(cell[0])
        hop = index0 // self._hop_n
        combs.learn(hop, cell if known.all() else np.where(known, cell, 0.0), known)
        if not combs.strength.any():
            self.removing = np.zeros(self._n_channels, dtype=np.bool_)
            return None
        strength = combs.strength.reshape(-1, self._n_channels)
        best = np.argmax(strength, axis=0)
        self.removing = np.max(strength, axis=0) > 0.0
        channels = np.flatnonzero(self.removing)
        hum_uv = np.zeros((self._hop_n, self._n_channels))
        hum_uv[:, channels] = combs.predict(hop, best[channels] * self._n_channels + channels)
        return hum_uv
