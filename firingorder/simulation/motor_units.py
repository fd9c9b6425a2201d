"""Surface EMG as the sum of motor-unit potentials, for signals outside the Gaussian model.

A pool of the kind of Fuglevand, Winter and Patla (1993, J. Neurophysiol. 70:2470,
10.1152/jn.1993.70.6.2470): units are recruited in order of size as the drive grows, and fire the
faster the further the drive lies above their threshold. The true onset is the first discharge of
the first unit; the drive begins earlier.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from firingorder.simulation.bursts import rise, time_share

if TYPE_CHECKING:
    from firingorder.samples import FloatArray
    from firingorder.simulation.bursts import Shape


@dataclass(frozen=True, slots=True)
class PoolParams:
    """Numbers of a pool (Fuglevand type; drive in units of the lowest threshold).

    The potentials' form and the number of pools are design choices: they give spectra within those
    of the Gaussian model (method.md section 3).
    """

    units: int = 120
    threshold_range: float = 30.0
    drive_max: float = 39.0
    peak_drive_share: tuple[float, float] = (0.35, 0.60)
    rate_min_hz: float = 8.0
    rate_max_hz: float = 35.0
    rate_max_fall_hz: float = 10.0
    """The last unit recruited has a peak rate lower by this."""
    rate_at_peak_hz: float = 20.0
    interval_cv: float = 0.2
    interval_clip: tuple[float, float] = (0.4, 2.0)
    first_interval_share: float = 0.25
    amplitude_range: float = 40.0
    distance: tuple[float, float] = (0.35, 1.0)
    distance_power: float = 1.5
    potential_ms: tuple[float, float] = (1.8, 3.6)
    potential_mix: float = 0.5
    pools: int = 3
    """Synergistic pools under one electrode."""


@dataclass(frozen=True, slots=True)
class Discharges:
    """All discharges of one burst.

    Attributes
    ----------
    times_s
        ``(n,)`` instants, seconds after the drive begins to rise.
    amplitude, scale_s, mix
        ``(n,)`` size, duration and form of each one's potential.
    """

    times_s: FloatArray
    amplitude: FloatArray
    scale_s: FloatArray
    mix: FloatArray

    @property
    def first_s(self) -> float:
        """First discharge: the true onset, seconds after the drive begins."""
        return float(np.min(self.times_s))

    @property
    def last_s(self) -> float:
        """Last discharge: the true offset."""
        return float(np.max(self.times_s))


def discharges(
    rng: np.random.Generator,
    rise_s: float,
    hold_s: float,
    fall_s: float,
    params: PoolParams | None = None,
    shape: Shape = "linear",
) -> Discharges:
    """Return the discharges under a drive that rises by ``shape`` and falls linearly."""
    p = params or PoolParams()
    parts = [_pool(rng, (rise_s, hold_s, fall_s), p, shape) for _ in range(p.pools)]
    columns = [np.concatenate(column) for column in zip(*parts, strict=True)]
    return Discharges(*columns)


def potentials(burst: Discharges, drive_at_s: float, n: int, rate_hz: float) -> FloatArray:
    """Return ``(n,)`` samples of the summed potentials; the drive begins at ``drive_at_s``.

    Every potential is centred on its discharge, which need not lie on a sample, and has unit
    energy per second times its amplitude squared.
    """
    half = round(4.0 * float(np.max(burst.scale_s)) * rate_hz)
    centre = (drive_at_s + burst.times_s) * rate_hz
    first = np.floor(centre).astype(np.int64) - half
    columns = first[:, None] + np.arange(2 * half + 2)
    u = (columns - centre[:, None]) / (rate_hz * burst.scale_s[:, None])
    bell = np.exp(-(u**2))
    form = u * bell + burst.mix[:, None] * (2.0 * u**2 - 1.0) * bell
    # Integrals over u of the squares; the mixed term is odd and vanishes.
    energy = np.sqrt(np.pi / 2.0) * (0.25 + 0.75 * burst.mix**2) * burst.scale_s
    form *= (burst.amplitude / np.sqrt(energy))[:, None]
    inside = (columns >= 0) & (columns < n)
    summed = np.bincount(columns[inside], weights=form[inside], minlength=n)[:n]
    return np.asarray(summed, dtype=np.float64)


def _pool(
    rng: np.random.Generator, times_s: tuple[float, float, float], p: PoolParams, shape: Shape
) -> tuple[FloatArray, FloatArray, FloatArray, FloatArray]:
    rise_s, hold_s, fall_s = times_s
    peak = p.drive_max * rng.uniform(*p.peak_drive_share)
    size = np.arange(1, p.units + 1) / p.units
    threshold = p.threshold_range**size
    amplitude = p.amplitude_range**size * rng.uniform(*p.distance, p.units) ** p.distance_power
    scale_s = rng.uniform(*p.potential_ms, p.units) / 1e3
    mix = rng.uniform(-p.potential_mix, p.potential_mix, p.units)
    gain = 0.9 * (peak - p.rate_min_hz) / p.rate_at_peak_hz
    end_s = rise_s + hold_s + fall_s
    out_s: list[float] = []
    unit: list[int] = []
    for k in np.flatnonzero(threshold < peak):
        share = threshold[k] / peak
        t_s, stop_s = rise_s * time_share(float(share), shape), end_s - fall_s * share
        top_hz = p.rate_max_hz - p.rate_max_fall_hz * threshold[k] / p.threshold_range
        interval_share = rng.uniform(0.0, p.first_interval_share)
        while True:
            grown = float(rise(np.asarray(t_s / rise_s), shape))
            drive = peak * min(grown, (end_s - t_s) / fall_s)
            above = max(0.0, drive - threshold[k])
            rate_hz = min(p.rate_min_hz + max(gain, 0.0) * above, top_hz)
            t_s += interval_share / rate_hz
            if t_s >= stop_s:
                break
            out_s.append(t_s)
            unit.append(int(k))
            jitter = 1.0 + p.interval_cv * rng.standard_normal()
            interval_share = float(np.clip(jitter, *p.interval_clip))
    index = np.array(unit, dtype=np.int64)
    return np.array(out_s), amplitude[index], scale_s[index], mix[index]
