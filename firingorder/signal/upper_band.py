"""A band without any noise makes onsets late: such a band is found and filled.

A source that was low-passed far below half its rate, or interpolated up, has an empty upper band.
The whitener of the rest amplifies it until it decides, and the first weak activity is lost in it.
White noise far below the rest, added to the samples, takes that weight away; lifting the model
alone makes onsets later still (method.md section 2, "Rates").
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, cast

import numpy as np

from firingorder.signal.dither import dither

if TYPE_CHECKING:
    from firingorder.samples import BoolArray, FloatArray


@dataclass(frozen=True, slots=True)
class UpperBandParams:
    """When a band counts as empty, and what is added."""

    fill: bool = True
    segment_s: float = 0.128
    """Segments of the spectrum: 8 Hz of resolution."""
    quietest: float = 0.25
    """Share of the segments that is rest."""
    body_hz: tuple[float, float] = (40.0, 150.0)
    """Where every electrode has noise of skin and amplifier."""
    empty_db: float = -25.0
    """Density below that of the body that no front end has: tone with a tenth of white noise falls
    by 10 to 15 dB up to 400 Hz."""
    least_share: float = 0.2
    """Of the band up to half the rate. The resampler's own edge at 450 Hz is a tenth."""
    noise_share: float = 0.07
    """RMS of the noise over the rest's. Bias (ms, simulated, 100 ms and 12 dB) at 0, 0.03, 0.07
    and 0.15, for a source low-passed at 150 Hz: 14, 7, -8, -14; at 250 Hz: 7, 4, -3, -6;
    interpolated up from 500 Hz: 12, 9, -1, -5. The same at 500 Hz has -3, at 1000 Hz -1."""


def empty_bands(
    emg_uv: FloatArray, valid: BoolArray, rate_hz: float, params: UpperBandParams
) -> BoolArray:
    """Return whether the rest of each channel has an empty band, ``(n_channels,)``."""
    n = max(16, round(params.segment_s * rate_hz))
    count = len(emg_uv) // n
    empty = np.zeros(emg_uv.shape[1], dtype=np.bool_)
    if count < 4:
        return empty
    shape = (count, n, emg_uv.shape[1])
    pieces = emg_uv[: count * n].reshape(shape)
    whole = valid[: count * n].reshape(shape).all(axis=1)
    power = np.where(whole, np.mean(pieces**2, axis=1), np.inf)
    window = np.sin(np.pi * (np.arange(n) + 0.5) / n) ** 2
    f = np.fft.rfftfreq(n, 1.0 / rate_hz)
    body = (f >= params.body_hz[0]) & (f <= params.body_hz[1])
    for k in range(emg_uv.shape[1]):
        known = np.flatnonzero(np.isfinite(power[:, k]) & (power[:, k] > 0.0))
        quiet = known[np.argsort(power[known, k])[: max(4, round(params.quietest * len(known)))]]
        if len(quiet) < 4:
            continue
        spectrum = np.fft.rfft(pieces[quiet, :, k] * window, axis=1)
        density = cast("FloatArray", np.mean(np.abs(spectrum) ** 2, axis=0))
        floor = float(np.mean(density[body])) * 10.0 ** (params.empty_db / 10.0)
        low: BoolArray = (density < floor) & (f > params.body_hz[1])
        empty[k] = np.count_nonzero(low) > params.least_share * len(f)
    return empty


def filled(
    emg_uv: FloatArray, rest_uv: FloatArray, index0: int, params: UpperBandParams
) -> FloatArray:
    """Return the signal with white noise far below its rest, see :func:`dither`.

    ``rest_uv`` is the RMS of the rest, ``(n_channels,)``.
    """
    columns = [
        emg_uv[:, k] + params.noise_share * rest_uv[k] * dither(emg_uv[:, k], index0)
        for k in range(emg_uv.shape[1])
    ]
    return cast("FloatArray", np.stack(columns, axis=1))
