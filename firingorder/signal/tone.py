"""How much of the rest is muscle: read from the shape of its spectrum.

Tone has the spectrum of the burst, noise is white with a 1/f part below some tens of hertz, both
behind the same high-pass. The share matters because a drive adds to the tone in amplitude: the
more tone, the more linear is the first rise of the power (rises.py).
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from firingorder.samples import FloatArray


@dataclass(frozen=True, slots=True)
class ToneParams:
    """The noise that the rest is compared with, and where."""

    highpass_hz: float = 30.0
    highpass_order: int = 4
    """Corner and order of the onset path (conditioning.py)."""
    pink_corner_hz: float = 15.0
    """Where the 1/f part of skin and amplifier noise equals the white one (simulation/synth.py)."""
    band_hz: tuple[float, float] = (40.0, 240.0)
    """Compared here only: front ends that end at 300 Hz and above make no noise look like tone."""
    points: int = 41


def tone_share(
    r_rest: FloatArray, r_signal: FloatArray, rate_hz: float, params: ToneParams
) -> float:
    """Return the share of the rest power that has the burst's spectrum, 0 to 1.

    ``r_rest`` and ``r_signal`` are autocovariances, ``(order + 1,)``. Least squares over the
    spectra (Hann lag window) within the band; more of a muscle than of noise lies there, so the
    share of the band is none of the whole.
    """
    if r_rest[0] <= 0.0 or r_signal[0] <= 0.0:
        return 0.5
    transform, noise = _spectra(params, rate_hz, len(r_rest))
    rest, muscle = transform @ r_rest, transform @ r_signal
    rest_there, muscle_there = float(np.sum(rest)), float(np.sum(muscle))
    if rest_there <= 0.0 or muscle_there <= 0.0:
        return 0.5
    mixed = rest / rest_there - noise
    muscle = muscle / muscle_there - noise
    power = float(np.sum(muscle**2))
    if power < _LEAST_DIFFERENCE:  # a burst as white as the noise tells nothing
        return 0.5
    share = min(max(float(np.sum(mixed * muscle)) / power, 0.0), 1.0)
    whole = (rest_there / float(r_rest[0])) / (muscle_there / float(r_signal[0]))
    return min(share * whole, 1.0)


#: Of spectra that sum to one over some forty points: a tenth of the usual difference.
_LEAST_DIFFERENCE = 1e-5


@lru_cache(maxsize=8)
def _spectra(params: ToneParams, rate_hz: float, lags: int) -> tuple[FloatArray, FloatArray]:
    """Lags to the spectrum of the band, ``(points, lags)``, and that of noise, ``(points,)``."""
    f = np.linspace(0.5, 0.5 * rate_hz, 2048)
    gain = 1.0 / (1.0 + (params.highpass_hz / f) ** (2 * params.highpass_order))
    power = gain * (1.0 + params.pink_corner_hz / f)
    k = np.arange(lags)
    noise = np.sum(power[:, None] * np.cos(2.0 * np.pi * f[:, None] * k / rate_hz), axis=0)
    low, high = params.band_hz
    band = np.linspace(low, min(high, 0.48 * rate_hz), params.points)
    window = np.where(k == 0, 1.0, 2.0) * 0.5 * (1.0 + np.cos(np.pi * k / lags))
    transform = np.cos(2.0 * np.pi * band[:, None] * k / rate_hz) * window
    spectrum = transform @ noise
    spectrum = spectrum / np.sum(spectrum)
    transform.setflags(write=False)
    spectrum.setflags(write=False)
    return transform, spectrum
