"""Whether activity lies where the spectrum of surface EMG does: else it is no muscle.

A wrong sampling rate moves the whole spectrum, and what crackles or swings has one of its own.
One number tells: the middle frequency, at which a sine would change as much from sample to
sample.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from firingorder.samples import FloatArray


@dataclass(frozen=True, slots=True)
class SpectrumParams:
    """Middle frequencies (conditioned, activity minus rest) that muscle has.

    70 real channels at their right rates, legs, arms, trunk and hip, have 51 to 195 Hz, simulated
    muscles 81 to 151. Said to be ten times faster than they are: 276 to 360; ten times slower: 26
    to 44. White noise has 243 and passes: it is no muscle, but nor is its rate wrong, and a plain
    noise generator is what people first try a device with.
    """

    lowest_hz: float = 40.0
    highest_hz: float = 265.0
    piece_s: float = 0.100
    """A channel as a whole is judged in pieces of this length."""
    loud: float = 10.0
    """Pieces with this multiple of the rest's power are activity: 10 dB, as in the gates."""
    rest_quantile: float = 0.2
    least_pieces: int = 5

    def is_muscle(self, middle_hz: float) -> bool:
        """Tell whether activity of this middle frequency can be muscle."""
        return self.lowest_hz <= middle_hz <= self.highest_hz


def middle_hz(power: FloatArray, neighbours: FloatArray, rate_hz: float) -> FloatArray:
    """Return the frequency whose sine has the same correlation of neighbouring samples.

    ``power`` and ``neighbours`` are the autocovariances at lags 0 and 1; ``power`` is positive.
    The rate of zero crossings of Gaussian noise (Rice 1944, 10.1002/j.1538-7305.1944.tb00874.x).
    """
    correlation = np.clip(neighbours / power, -1.0, 1.0)
    return np.arccos(correlation) * (rate_hz / (2.0 * np.pi))


def covariances(x: FloatArray, rate_hz: float, params: SpectrumParams) -> FloatArray:
    """Return power and neighbours' product of each whole piece, ``(2, n_pieces, n_channels)``."""
    n = max(2, round(params.piece_s * rate_hz))
    pieces = x[: len(x) // n * n].reshape(-1, n, x.shape[1])
    power = np.einsum("pnc,pnc->pc", pieces, pieces) / n
    neighbours = np.einsum("pnc,pnc->pc", pieces[:, 1:], pieces[:, :-1]) / (n - 1)
    return np.stack([power, neighbours])


def activity_hz(pieces: FloatArray, rate_hz: float, params: SpectrumParams) -> float | None:
    """Return the middle frequency of a channel's activity above its rest, None without activity.

    ``pieces`` is ``(2, n_pieces)`` of :func:`covariances`.
    """
    power, neighbours = pieces[:, np.isfinite(pieces[0])]
    if len(power) < params.least_pieces:
        return None
    rest = float(np.quantile(power, params.rest_quantile))
    loud = (power > params.loud * rest) & (power > 0.0)
    if np.count_nonzero(loud) < params.least_pieces:
        return None
    rest_neighbours = float(np.median(neighbours[power <= rest]))
    found = middle_hz(power[loud] - rest, neighbours[loud] - rest_neighbours, rate_hz)
    return float(np.median(found))
