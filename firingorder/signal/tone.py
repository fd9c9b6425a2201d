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
    """The noise that the rest is compared with."""

    highpass_hz: float = 30.0
    highpass_order: int = 4
    """Corner and order of the onset path (conditioning.py)."""
    pink_corner_hz: float = 15.0
    """Where the 1/f part of skin and amplifier noise equals the white one (simulation/synth.py)."""


def tone_share(
    r_rest: FloatArray, r_signal: FloatArray, rate_hz: float, params: ToneParams
) -> float:
    """Return the share of the rest power that has the burst's spectrum, 0 to 1.

    ``r_rest`` and ``r_signal`` are autocovariances, ``(order + 1,)``. Least squares over the lags.
    """
    if r_rest[0] <= 0.0 or r_signal[0] <= 0.0:
        return 0.5
    noise = _noise_autocorrelation(params, rate_hz, len(r_rest))
    mixed = r_rest[1:] / r_rest[0] - noise[1:]
    muscle = r_signal[1:] / r_signal[0] - noise[1:]
    power = float(np.sum(muscle**2))
    if power < 1e-6:  # a burst as white as the noise tells nothing
        return 0.5
    return min(max(float(np.sum(mixed * muscle)) / power, 0.0), 1.0)


@lru_cache(maxsize=8)
def _noise_autocorrelation(params: ToneParams, rate_hz: float, lags: int) -> FloatArray:
    f = np.linspace(0.5, 0.5 * rate_hz, 2048)
    gain = 1.0 / (1.0 + (params.highpass_hz / f) ** (2 * params.highpass_order))
    power = gain * (1.0 + params.pink_corner_hz / f)
    phase = 2.0 * np.pi * f[:, None] * np.arange(lags) / rate_hz
    r = np.sum(power[:, None] * np.cos(phase), axis=0)
    r = r / r[0]
    r.setflags(write=False)
    return r
