"""What heart beats leave in the band of the onsets: taken out, and where that fails, masked.

The mean waveform about the beats is subtracted; it is as causal as the high-pass that made it, so
no onset moves. A mask instead was tried and costs more than it saves: it hides one onset in ten,
and those of strong bursts needlessly. It is the second resort, where beats change their shape.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

from firingorder.signal.beats import BeatParams, aligned, find_beats, smooth

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from firingorder.samples import BoolArray, FloatArray


@dataclass(frozen=True, slots=True)
class BeatLeakParams:
    """Removal of beats. Design choices, tried on simulated beats of 1 to 12 times the rest RMS."""

    remove: bool = True
    beats: BeatParams = field(default_factory=BeatParams)
    look_back_s: float = 8.0
    """Samples before those of a judgement that help to find the beats: six more at 45 a minute."""
    span_s: tuple[float, float] = (-0.075, 0.045)
    """Of the leakage about the steepest part in the low band: a QRS of 12 times the rest adds a
    tenth to its power from -60 to 28 ms (arithmetic), and some more for wider complexes."""
    taper_s: float = 0.012
    core_s: tuple[float, float] = (-0.045, 0.010)
    """Where a QRS of 6 times the rest adds a tenth."""
    flank_s: tuple[float, float] = (-0.150, 0.120)
    """What lies within these, outside the span, is the surroundings of a beat."""
    near_s: tuple[float, float] = (-0.110, 0.110)
    """Of a QRS complex in the low band."""
    smooth_s: float = 0.021
    """Of the waveform's power, when it is weighed against the noise of the mean."""
    spoilt: float = 0.5
    """A core this much louder than its flanks after subtraction is masked: below, beats of 6 times
    the rest moved no onset even untouched."""
    spoilt_sd: float = 4.0


@dataclass(frozen=True, slots=True)
class WithoutBeats:
    """The band of the onsets after removal.

    ``emg_uv`` is ``(n_samples, n_channels)``. ``spoilt``, ``(n_samples,)``, still says nothing;
    ``near`` lies about a beat, where the band below holds it. ``beats`` is their number.
    """

    emg_uv: FloatArray
    spoilt: BoolArray
    near: BoolArray
    beats: int


def without_beats(
    low_uv: FloatArray,
    emg_uv: FloatArray,
    valid: BoolArray,
    rate_hz: float,
    params: BeatLeakParams,
) -> WithoutBeats:
    """Return the band of the onsets without heart beats, all channels treated alike.

    Parameters
    ----------
    low_uv, emg_uv
        ``(n_samples, n_channels)`` the band below the onsets, and that of the onsets.
    valid
        ``(n_samples, n_channels)``; what is not valid says nothing about beats either.
    """
    spoilt = np.zeros(len(emg_uv), dtype=np.bool_)
    beats = np.zeros(0, dtype=np.intp)
    if params.remove:
        beats = find_beats(low_uv, valid, rate_hz, params.beats)
    if len(beats) == 0:
        return WithoutBeats(emg_uv, spoilt, spoilt, 0)
    which, at = aligned(beats, np.where(valid, low_uv, 0.0), rate_hz, params.beats)
    beats[which] = at
    before, after = (round(t * rate_hz) for t in params.span_s)
    offsets = np.arange(before, after + 1)
    wave = _mean_wave(at, offsets, emg_uv, valid, rate_hz, params)
    clean_uv = emg_uv.copy()
    for beat in beats.tolist():
        first, stop = max(0, beat + before), min(len(emg_uv), beat + after + 1)
        clean_uv[first:stop] -= wave[first - beat - before : stop - beat - before]
    if _still_spoilt(at, clean_uv, valid, rate_hz, params):
        spoilt = _about(beats, params.span_s, rate_hz, len(spoilt))
    near = _about(beats, params.near_s, rate_hz, len(spoilt))
    return WithoutBeats(clean_uv, spoilt, near, len(beats))


def _about(
    beats: NDArray[np.intp], span_s: tuple[float, float], rate_hz: float, n: int
) -> BoolArray:
    mask = np.zeros(n, dtype=np.bool_)
    for beat in beats.tolist():
        first, last = (beat + round(t * rate_hz) for t in span_s)
        mask[max(0, first) : max(0, last + 1)] = True
    return mask


def _mean_wave(
    at: NDArray[np.intp],
    offsets: NDArray[np.intp],
    emg_uv: FloatArray,
    valid: BoolArray,
    rate_hz: float,
    params: BeatLeakParams,
) -> FloatArray:
    """Return the mean leakage, quiet beats counting most, without what is only noise in it."""
    rows = at[:, None] + offsets
    inside = (rows[:, 0] >= 0) & (rows[:, -1] < len(emg_uv))
    rows = rows[inside]
    if len(rows) < params.beats.least_beats:
        return np.zeros((len(offsets), emg_uv.shape[1]))
    pieces = np.where(valid[rows], emg_uv[rows], 0.0)  # (beats, samples, channels)
    power = np.mean(pieces**2, axis=1)
    lowest = np.maximum(np.quantile(power, 0.2, axis=0), np.finfo(np.float64).tiny)
    weight = 1.0 / np.maximum(power, lowest)
    weight = weight / np.sum(weight, axis=0)
    mean = np.einsum("bsc,bc->sc", pieces, weight)
    noise = np.sum(weight**2 * power, axis=0)
    loud = smooth(mean**2, round(params.smooth_s * rate_hz) | 1)
    shrink = np.clip(1.0 - noise / np.maximum(loud, np.finfo(np.float64).tiny), 0.0, 1.0)
    steps = np.arange(1, len(offsets) + 1) / max(1, round(params.taper_s * rate_hz))
    taper = np.minimum(1.0, np.minimum(steps, steps[::-1]))
    return mean * shrink * taper[:, None]


def _still_spoilt(
    at: NDArray[np.intp],
    clean_uv: FloatArray,
    valid: BoolArray,
    rate_hz: float,
    params: BeatLeakParams,
) -> bool:
    """Tell whether beats still stand out on any channel, between quiet surroundings."""
    low, high = (round(t * rate_hz) for t in params.flank_s)
    offsets = np.arange(low, high + 1)
    rows = at[:, None] + offsets
    rows = rows[(rows[:, 0] >= 0) & (rows[:, -1] < len(clean_uv))]
    if len(rows) < params.beats.least_beats:
        return False
    power = np.where(valid[rows], clean_uv[rows], 0.0) ** 2
    t = offsets / rate_hz
    core = (t >= params.core_s[0]) & (t <= params.core_s[1])
    flank = (t < params.span_s[0]) | (t > params.span_s[1])
    around = np.mean(power[:, flank], axis=1)
    least = np.maximum(np.median(around, axis=0), np.finfo(np.float64).tiny)
    quiet = around < 2.0 * np.quantile(around, 0.25, axis=0) + np.finfo(np.float64).tiny
    count = np.maximum(np.count_nonzero(quiet, axis=0), 1)
    inner = np.sum(np.where(quiet, np.mean(power[:, core], axis=1), 0.0), axis=0) / count
    outer = np.sum(np.where(quiet, around, 0.0), axis=0) / count
    # EMG has some 100 Hz of independent bandwidth: two degrees of freedom in 10 ms.
    spread = np.sqrt(2.0 / (0.2e3 * np.count_nonzero(core) / rate_hz * count))
    excess = inner / np.maximum(outer, 1e-3 * least) - 1.0
    return bool(np.any(excess > np.maximum(params.spoilt, params.spoilt_sd * spread)))
