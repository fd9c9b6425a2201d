"""Cables that swing and pads that jump: how loud they are, and what is done about it.

A swinging cable is slow (4 to 18 Hz) and leaks through the high-pass at the start of a movement,
just where the onsets are. Its level is read in the band below the onsets, and where it matters
the corner of the high-pass is raised for this judgement, for all channels alike: one channel with
another corner would be shifted against the rest. A pad that jumps is an edge: its samples say
nothing.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, cast

import numpy as np
from scipy import ndimage
from scipy import signal as sps

from firingorder.signal.beats import smooth

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from firingorder.samples import BoolArray, FloatArray


@dataclass(frozen=True, slots=True)
class ArtefactParams:
    """Limits of motion and pops. Design choices, tried on simulated motion of 2 to 16 rest RMS."""

    window_s: float = 0.100
    """A period of the slow swings."""
    slow_share: float = 0.5
    """Low band over onset band, in power, from which it is no muscle: bursts have at most 0.25,
    those of the lowest spectrum with fast rises a little more."""
    rest_quantile: float = 0.2
    corners_hz: tuple[float, ...] = (40.0, 50.0)
    from_level: tuple[float, ...] = (3.5, 8.0)
    """Low band RMS over the rest of the onset band from which each corner is taken. MAE (ms) of
    simulated onsets (100 ms, 12 dB) at 30, 40, 50 Hz under motion of 4 times the rest (level 3):
    11.9, 13.4, 14.7; of 8 times (level 6): 16.0, 12.9, 14.6; of 16 (level 11): 29.6, 15.3, 14.4."""
    spike_s: float = 0.020
    spike_level: float = 5.0
    """RMS of an edge over the rest: the leakage of any heart beat is less."""
    spike_ratio: float = 8.0
    """Power of an edge over that on either side, 30 to 120 ms away: bursts last longer."""
    spike_around_s: tuple[float, float] = (0.050, 0.140)
    spike_slow_share: float = 0.5
    """RMS of the low band after an edge over the edge's own: a step leaves 0.7 of its height."""
    step_level: float = 3.0
    """RMS of the edge of a step over the rest, where the burst beside it hides it."""
    step_slow_ratio: float = 2.0
    """Power of the low band within 50 ms after such an edge over the edge's own: a step leaves 4,
    bursts at most 0.6, the first large unit of some less than 2 (simulated)."""
    step_slow_rise: float = 40.0
    """The same over the largest 50 to 140 ms before the edge. A cable that begins to swing, with as
    much in the low band as its burst, rises by up to 25, a step of three times the burst by
    thousands (simulated)."""
    spike_end_ratio: float = 3.0
    spike_longest_s: float = 0.120
    """The high-pass falls to a thousandth of a step within this time (arithmetic)."""
    pop_tail_s: float = 0.300
    """The slow rest of a pop is no motion."""


#: Rest over the loudest, in power, below the last digit of any converter: only a filter decays so.
_SILENT = 1e-18


def find_pops(
    emg_uv: FloatArray,
    low_uv: FloatArray,
    rate_hz: float,
    params: ArtefactParams,
    beats: BoolArray | None = None,
) -> BoolArray:
    """Return the samples of electrode pops, ``(n_samples, n_channels)``.

    ``beats``, ``(n_samples,)``, is where the heart beats, whose edges are no steps of a pad.
    """
    p = params
    width = round(p.spike_s * rate_hz) | 1
    power = smooth(emg_uv**2, width)
    slow = smooth(low_uv**2, width)
    rest = np.maximum(rest_power(emg_uv, rate_hz, p), np.finfo(np.float64).tiny)
    pops = np.zeros(emg_uv.shape, dtype=np.bool_)
    near = round(p.spike_around_s[0] * rate_hz)
    longest = round(p.spike_longest_s * rate_hz)
    alone = _peaks(power, near) & (power > p.spike_level**2 * rest)
    hidden = _peaks(power, width - 1) & (power > p.step_level**2 * rest)
    if beats is not None:
        hidden &= ~beats[:, None]
    for k in range(emg_uv.shape[1]):
        course = power[:, k]
        edges = _lone_edges(np.flatnonzero(alone[:, k]), course, slow[:, k], rate_hz, p)
        edges += _steps(np.flatnonzero(hidden[:, k]), course, slow[:, k], rate_hz, p)
        for at, around in edges:
            if pops[at, k]:
                continue
            low = p.spike_end_ratio * max(around, float(rest[k]))
            first, last = at, at
            while first > 0 and at - first < longest and course[first - 1] > low:
                first -= 1
            while last < len(course) - 1 and last - at < longest and course[last + 1] > low:
                last += 1
            pops[max(0, first - width // 2) : last + width // 2 + 1, k] = True
    return pops


def _peaks(power: FloatArray, reach: int) -> BoolArray:
    return power == ndimage.maximum_filter1d(power, 2 * reach + 1, axis=0)


def _lone_edges(
    peaks: NDArray[np.intp], power: FloatArray, slow: FloatArray, rate_hz: float, p: ArtefactParams
) -> list[tuple[int, float]]:
    """Return the peaks that stand alone and are slow, with the power about each."""
    n = len(power)
    near, far = (round(t * rate_hz) for t in p.spike_around_s)
    # The band below first: it spares most peaks, those of muscle, the rest.
    stepped = slow[np.minimum(peaks[:, None] + np.arange(near), n - 1)].max(axis=1)
    found: list[tuple[int, float]] = []
    for at in peaks[stepped >= p.spike_slow_share**2 * power[peaks]].tolist():
        sides = [power[max(0, at - far) : max(0, at - near)], power[at + near : min(n, at + far)]]
        # The median: a pad that jumps back 50 to 100 ms later is no burst that goes on, and by
        # the mean each of the two edges hid behind the other.
        around = max((float(np.median(side)) for side in sides if len(side)), default=0.0)
        if float(power[at]) >= p.spike_ratio * around:
            found.append((at, around))
    return found


def _steps(
    peaks: NDArray[np.intp], power: FloatArray, slow: FloatArray, rate_hz: float, p: ArtefactParams
) -> list[tuple[int, float]]:
    """Return the peaks that a step of the pad makes beside a burst, with the power before each.

    The burst hides the edge, but what a step leaves in the low band comes at once, and is more than
    the edge itself: muscle has less there, and a cable swings up.
    """
    near, far = (round(t * rate_hz) for t in p.spike_around_s)
    found: list[tuple[int, float]] = []
    for at in peaks[(peaks >= far) & (peaks + near <= len(power))].tolist():
        after = float(np.max(slow[at : at + near]))
        if after < p.step_slow_ratio * float(power[at]):
            continue
        before = slice(at - far, at - near)
        around = float(np.median(power[before]))
        if float(power[at]) >= p.spike_ratio * around and after >= p.step_slow_rise * float(
            np.max(slow[before])
        ):
            found.append((at, around))
    return found


def motion_level(
    emg_uv: FloatArray, low_uv: FloatArray, known: BoolArray, rate_hz: float, params: ArtefactParams
) -> FloatArray:
    """Return the low-frequency disturbance over time, in units of the rest of the onset band.

    ``(n_samples, n_channels)``: RMS over a tenth of a second, 0 where muscle explains it.
    ``known`` is false where something else than motion is in the low band.
    """
    width = round(params.window_s * rate_hz) | 1
    weight = np.maximum(smooth(known.astype(np.float64), width), 0.25)
    low = smooth(np.where(known, low_uv, 0.0) ** 2, width) / weight
    high = smooth(np.where(known, emg_uv, 0.0) ** 2, width) / weight
    rest = rest_power(emg_uv, rate_hz, params)
    # A dead channel has no rest to compare with, and nothing to protect.
    alive = rest > _SILENT * np.max(high, axis=0, initial=0.0)
    share = np.divide(low, rest, out=np.zeros_like(low), where=alive)
    return np.sqrt(np.where(low > params.slow_share * high, share, 0.0))


def corner_for(level: float, params: ArtefactParams) -> float | None:
    """Return the corner of the high-pass that this level of motion asks for, None if the usual."""
    found = None
    for corner_hz, least in zip(params.corners_hz, params.from_level, strict=True):
        if level >= least:
            found = corner_hz
    return found


def with_corner(
    emg_uv: FloatArray, rate_hz: float, order: int, from_hz: float, to_hz: float
) -> FloatArray:
    """Return what a Butterworth high-pass at ``to_hz`` would have made, from one at ``from_hz``.

    The zeros are the same, so only the poles are exchanged: causal and exact.
    """
    old = cast("FloatArray", sps.butter(order, from_hz, "high", fs=rate_hz, output="sos"))
    new = cast("FloatArray", sps.butter(order, to_hz, "high", fs=rate_hz, output="sos"))
    exchanged = new.copy()
    exchanged[:, :3] = old[:, 3:]
    exchanged[0, :3] *= np.prod(new[:, 0]) / np.prod(old[:, 0])
    return sps.sosfilt(exchanged, emg_uv, axis=0)


def rest_power(emg_uv: FloatArray, rate_hz: float, params: ArtefactParams) -> FloatArray:
    """Return the power of the quietest blocks of 50 ms, ``(n_channels,)``."""
    n = max(1, round(0.05 * rate_hz))
    if len(emg_uv) < n:
        return np.mean(emg_uv**2, axis=0)
    blocks = (emg_uv**2)[: len(emg_uv) // n * n].reshape(-1, n, emg_uv.shape[1])
    power = np.quantile(np.mean(blocks, axis=1), params.rest_quantile, axis=0)
    return cast("FloatArray", power)
