"""By how much the energy of a muscle comes out of the filters later than it went in.

A causal high-pass delays, most of all near its corner, and the whitener of each level adds its own
share. Energy at a frequency comes later by the group delay there, so activity of a power spectrum
comes later by the mean group delay weighed with that spectrum behind the filters (the centroid of
the energy: Cohen 1989, Proc. IEEE 77:941, doi:10.1109/5.30749). It is 3 to 4 ms where the rest
decides and 2 ms where the burst does, so a weak muscle would be told up to 2 ms later than a strong
one, and both too late.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

import numpy as np
from scipy import signal as sps

from firingorder.signal.whitening import levinson

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from firingorder.samples import FloatArray


@dataclass(frozen=True, slots=True)
class EnergyDelayParams:
    """The filter of the onset path, and the direction of time."""

    highpass_hz: float = 30.0
    highpass_order: int = 4
    """Corner and order of the onset path (conditioning.py)."""
    backwards: bool = False
    """Time runs backwards behind the high-pass, as for offsets: its delay is an advance then."""
    muscle_hz: tuple[float, float] = (55.0, 110.0)
    """Corners of the spectrum of a muscle (Shwedyk 1977 form, method.md section 3), where nothing
    was measured of its own."""
    excess_s: float = 0.00045
    """By how much ten coefficients, which cannot show the gap of the high-pass, make its delay too
    long: 0.1 to 0.8 ms against planted envelopes of muscles from 30 to 140 Hz."""
    points: int = 128
    """Frequencies at which the spectrum is looked at; twice as many change nothing by 0.02 ms."""


def energy_delays(
    filters: FloatArray,
    r_rest: FloatArray,
    r_burst: FloatArray | None,
    rate_hz: float,
    params: EnergyDelayParams,
) -> FloatArray:
    """Return by how much activity reaches the innovations of each level late, ``(n_levels,)``.

    Parameters
    ----------
    filters
        ``(order + 1, n_levels)`` causal whiteners of the levels.
    r_rest, r_burst
        ``(order + 1,)`` autocovariances behind the high-pass. The spectrum of the activity is the
        difference of their autoregressive models: for muscle spectra of 30 to 140 Hz the delay is
        then within 0.4 ms (simulated). Without a measured burst it is that of a textbook muscle.

    Returns
    -------
    FloatArray
        Samples.
    """
    phases, highpass, muscle = _filters(params, rate_hz, filters.shape[0])
    spectrum = muscle
    if r_burst is not None:
        more = _spectrum(r_burst, phases) - _spectrum(r_rest, phases)
        if float(np.max(more)) > 0.0:
            spectrum = np.maximum(more, 0.0)
    response = phases @ filters
    # |A|^2 times the group delay of A, without a division by |A|^2.
    own = np.real((phases @ (filters * np.arange(len(filters))[:, None])) * np.conj(response))
    power = np.abs(response) ** 2
    late = spectrum @ (own + highpass[:, None] * power)
    return np.asarray(late / (spectrum @ power), dtype=np.float64)


def _spectrum(autocov: FloatArray, phases: NDArray[np.complex128]) -> FloatArray:
    if autocov[0] <= 0.0:
        return np.zeros(len(phases))
    loaded = autocov[:, None].copy()
    loaded[0] *= _DIAGONAL
    model, innovation = levinson(loaded)
    return float(innovation[0]) / np.abs(phases @ model[:, 0]) ** 2


#: Keeps Levinson stable (method.md section 2, step 5).
_DIAGONAL = 1.001


@lru_cache(maxsize=16)
def _filters(
    params: EnergyDelayParams, rate_hz: float, taps: int
) -> tuple[NDArray[np.complex128], FloatArray, FloatArray]:
    """Phases of the taps ``(points, taps)``, delay of the high-pass and a muscle behind it."""
    f = (np.arange(params.points) + 0.5) * (0.5 * rate_hz / params.points)
    phases = np.exp(-2j * np.pi * f[:, None] * np.arange(taps) / rate_hz)
    b, a = sps.butter(params.highpass_order, params.highpass_hz, "highpass", fs=rate_hz)
    _, late = sps.group_delay((b, a), w=f, fs=rate_hz)
    late = np.asarray(late - params.excess_s * rate_hz, dtype=np.float64)
    late = -late if params.backwards else late
    low, high = params.muscle_hz
    muscle = high**4 * f**2 / ((f**2 + low**2) * (f**2 + high**2) ** 2)
    muscle /= 1.0 + (params.highpass_hz / f) ** (2 * params.highpass_order)
    for one in (phases, late, muscle):
        one.setflags(write=False)
    return phases, late, muscle
