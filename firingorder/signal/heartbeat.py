"""Whether the heart is seen in a channel: its rest repeats itself at the interval of beats.

The autocorrelation of the rest's loudness between 45 and 135 beats a minute. Peak counting was
tried and rejected: bursts of muscle hold peaks at any spacing one asks for.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, cast

import numpy as np
from scipy import signal as sps

if TYPE_CHECKING:
    from firingorder.samples import BoolArray, FloatArray


@dataclass(frozen=True, slots=True)
class HeartbeatParams:
    """Bands and limits: design choices. Beats lie mostly below 30 Hz, 45 to 135 a minute."""

    band_hz: tuple[float, float] = (8.0, 30.0)
    muscle_hz: float = 60.0
    """Above this there is muscle and hardly any heart: tells rest from activity."""
    cell_s: float = 0.010
    interval_s: tuple[float, float] = (0.45, 1.35)
    rest_quantile: float = 0.15
    rest_ratio: float = 1.6
    """Rest lies within 4 dB of the quietest part."""
    rest_smooth_s: float = 0.25
    guard_s: float = 0.15
    clip: float = 6.0
    """One loud knock must not outweigh all beats."""
    least_rest_s: float = 10.0
    least_repetition: float = 0.5
    """Autocorrelation at the interval. Simulated: beats of 8 SD 0.66 to 0.77, of 2 SD at most
    0.45, none at most 0.31 (with motion)."""


class Heartbeat:
    """Collects evidence of beats from stretches of raw signal, ``(n_samples, n_channels)``."""

    def __init__(self, params: HeartbeatParams, rate_hz: float, n_channels: int) -> None:
        self._params = params
        self._cell = max(1, round(params.cell_s * rate_hz))
        self._cell_s = self._cell / rate_hz
        self._lags = np.arange(1 + round(params.interval_s[1] / self._cell_s))
        self._match = np.zeros((len(self._lags), n_channels))
        self._count = np.zeros((len(self._lags), n_channels))
        self._band = cast(
            "FloatArray", sps.butter(2, params.band_hz, "bandpass", fs=rate_hz, output="sos")
        )
        self._high = cast(
            "FloatArray", sps.butter(4, params.muscle_hz, "high", fs=rate_hz, output="sos")
        )

    def add(self, raw_uv: FloatArray) -> None:
        """Take a stretch; one with missing samples says nothing."""
        cells = len(raw_uv) // self._cell
        if cells == 0 or bool(np.any(np.isnan(raw_uv))):
            return
        centred = raw_uv[: cells * self._cell] - raw_uv[0]
        shape = (cells, self._cell, raw_uv.shape[1])
        band = np.abs(cast("FloatArray", sps.sosfilt(self._band, centred, axis=0)))
        high = cast("FloatArray", sps.sosfilt(self._high, centred, axis=0))
        loudness = np.max(band.reshape(shape), axis=1)
        muscle = np.sqrt(np.mean(high.reshape(shape) ** 2, axis=1))
        for k in range(raw_uv.shape[1]):
            self._add_channel(k, loudness[:, k], muscle[:, k])

    def present(self) -> BoolArray:
        """Return in which channels beats are seen, ``(n_channels,)``."""
        p = self._params
        low, high = (round(t / self._cell_s) for t in p.interval_s)
        inside = (self._lags >= low) & (self._lags < high)
        enough = self._count * self._cell_s >= p.least_rest_s
        repetition = np.where(enough, self._match / np.maximum(self._count, 1.0), 0.0)
        return np.max(repetition[inside], axis=0) >= p.least_repetition

    def _add_channel(self, k: int, loudness: FloatArray, muscle: FloatArray) -> None:
        rest = self._rest(muscle)
        if not np.any(rest):
            return
        clipped = np.minimum(loudness, self._params.clip * float(np.median(loudness[rest])))
        centred = np.where(rest, clipped - np.mean(clipped[rest]), 0.0)
        power = float(np.sum(centred**2)) / int(np.count_nonzero(rest))
        if power > 0.0:
            self._match[:, k] += _autocorrelation(centred, len(self._lags)) / power
            self._count[:, k] += _autocorrelation(rest.astype(np.float64), len(self._lags))

    def _rest(self, muscle: FloatArray) -> BoolArray:
        p = self._params
        width = max(1, round(p.rest_smooth_s / self._cell_s))
        smooth = np.convolve(muscle, np.ones(width) / width, mode="same")
        active = smooth >= p.rest_ratio * np.quantile(smooth, p.rest_quantile)
        guard = 2 * round(p.guard_s / self._cell_s) + 1
        return np.convolve(active, np.ones(guard), mode="same") < 0.5


def _autocorrelation(values: FloatArray, n_lags: int) -> FloatArray:
    spectrum = np.fft.rfft(values, 2 * len(values))
    full = np.fft.irfft(np.abs(spectrum) ** 2, 2 * len(values))
    lags = np.zeros(n_lags)
    known = min(n_lags, len(values))
    lags[:known] = full[:known]
    return lags
