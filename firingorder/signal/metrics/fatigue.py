"""Fatigue in an isometric hold: the slope of the median frequency, and of the RMS (B21)."""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

import numpy as np

from firingorder.signal.metrics.amount import Amount, refused, t95

if TYPE_CHECKING:
    from firingorder.measures import MetricGate
    from firingorder.samples import FloatArray


#: Variance of a sum of half overlapping windows over that of independent ones: 1 + 2 / 2.
_ALIKE = 2.0


@dataclass(frozen=True, slots=True)
class FatigueParams:
    """Windows of B21."""

    window_s: float = 1.0
    overlap: float = 0.5
    least_s: float = 8.0
    least_snr_db: float = 10.0
    """Below it the noise, which does not tire, holds the median; a proposal."""
    pieces: int = 4
    """Each window's spectrum is the mean of this many, half overlapping (Welch 1967): the median
    of a single periodogram scatters twice as much."""
    lowest_hz: float = 20.0


@dataclass(frozen=True, slots=True)
class Fatigue:
    """Slopes in percent of the intercept per second, and the median frequency at the start, Hz."""

    frequency_slope: Amount
    rms_slope: Amount
    start_hz: Amount


def fatigue(
    x_uv: FloatArray,
    noise_uv: float | None,
    rate_hz: float,
    *,
    isometric: bool,
    params: FatigueParams | None = None,
) -> Fatigue:
    """Return the slopes of median frequency and RMS over a hold.

    Straight lines by least squares through windows of 1 s every 0.5 s; errors by Student's t of
    the windows that share no sample. A falling
    frequency with a rising RMS is fatigue; with both rising the force grew.

    Parameters
    ----------
    x_uv
        ``(n,)`` conditioned signal of the hold, NaN where missing.
    noise_uv
        RMS at rest; None: unknown.
    """
    p = params or FatigueParams()
    if not isometric:
        return _refused("not_isometric")
    if len(x_uv) < p.least_s * rate_hz:
        return _refused("too_short")
    if np.isnan(x_uv).any():
        return _refused("gap")
    if noise_uv is None:
        return _refused("no_baseline")
    power = float(np.mean(x_uv**2))
    if power <= 10.0 ** (p.least_snr_db / 10.0) * noise_uv**2 or power <= 0.0:
        return _refused("low_snr")
    size = round(p.window_s * rate_hz)
    hop = round(size * (1.0 - p.overlap))
    starts = np.arange(0, len(x_uv) - size + 1, hop)
    windows = np.stack([x_uv[k : k + size] for k in starts.tolist()])
    at_s = np.asarray((starts + 0.5 * size) / rate_hz, dtype=np.float64)
    frequency = median_frequency_hz(windows, rate_hz, p)
    rms = np.sqrt(np.maximum(np.mean(windows**2, axis=1) - noise_uv**2, 0.0))
    independent = len(x_uv) / size
    slope, start = _line(at_s, frequency, independent)
    rms_slope, _ = _line(at_s, rms, independent)
    return Fatigue(slope, rms_slope, start)


def median_frequency_hz(windows: FloatArray, rate_hz: float, params: FatigueParams) -> FloatArray:
    """Return the frequency that halves the power of each window, ``(n_windows,)``.

    ``windows`` is ``(n_windows, n)``. Hann tapers, half overlapping pieces, straight lines between
    the sums over frequency bins.
    """
    n = windows.shape[1]
    length = 2 * n // (params.pieces + 1)
    hop = length // 2
    taper = _hann(length)
    pieces = np.stack(
        [windows[:, k * hop : k * hop + length] * taper for k in range(params.pieces)]
    )
    spectrum = np.sum(np.abs(np.fft.rfft(pieces, axis=2)) ** 2, axis=0)
    spectrum[:, : math.ceil(params.lowest_hz * length / rate_hz)] = 0.0
    sums = np.cumsum(spectrum, axis=1)
    half = 0.5 * sums[:, -1]
    above = np.argmax(sums >= half[:, None], axis=1)
    row = np.arange(len(windows))
    before = np.where(above > 0, sums[row, above - 1], 0.0)
    inside = (half - before) / np.maximum(spectrum[row, above], 1e-300)
    # A bin holds what lies half a bin about its frequency.
    return (above - 0.5 + inside) * rate_hz / length


def _line(at_s: FloatArray, y: FloatArray, independent: float) -> tuple[Amount, Amount]:
    """Return slope in percent of the intercept per second, and the intercept."""
    n = len(y)
    centred = at_s - at_s.mean()
    spread = float(centred @ centred)
    slope = float(centred @ y) / spread
    start = float(y.mean()) - slope * float(at_s.mean())
    if start <= 0.0:
        return refused("low_snr"), refused("low_snr")
    rest = y - start - slope * at_s
    # Half overlapping windows are alike by one half: a straight line through them varies twice as
    # much as through independent ones, and takes twice as much of the residuals with it.
    variance = _ALIKE * float(rest @ rest) / max(1.0, n - 2.0 * _ALIKE)
    mean_s, relative = float(at_s.mean()), slope / start
    slope_error = math.sqrt(variance * ((1.0 + relative * mean_s) ** 2 / spread + relative**2 / n))
    start_error = math.sqrt(variance * (1.0 / n + mean_s**2 / spread))
    t = t95(max(2.0, independent - 2.0))
    half, half_start = 100.0 / start * t * slope_error, t * start_error
    percent = 100.0 * slope / start
    return (
        Amount(percent, percent - half, percent + half, n),
        Amount(start, start - half_start, start + half_start, n),
    )


@lru_cache(maxsize=8)
def _hann(length: int) -> FloatArray:
    taper = 0.5 * (1.0 - np.cos(2.0 * np.pi * np.arange(length) / length))
    taper.setflags(write=False)
    return taper


def _refused(gate: MetricGate) -> Fatigue:
    return Fatigue(refused(gate), refused(gate), refused(gate))
