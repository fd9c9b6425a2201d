"""The samples of one judgement without what is no muscle: heart beats, motion, pops.

All channels are treated alike, and nothing here moves an onset: what is subtracted is as causal
as the high-pass that made it, and the high-pass is the same for every channel.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

import numpy as np

from firingorder.signal.artefacts import (
    ArtefactParams,
    corner_for,
    find_pops,
    motion_level,
    rest_power,
    with_corner,
)
from firingorder.signal.beat_leak import BeatLeakParams, without_beats
from firingorder.signal.upper_band import UpperBandParams, empty_bands, filled

if TYPE_CHECKING:
    from firingorder.samples import BoolArray, FloatArray
    from firingorder.signal.conditioning import ConditioningParams
    from firingorder.signal.history import Excerpt
    from firingorder.signal.refine import OnsetResult


@dataclass(frozen=True, slots=True)
class CleaningParams:
    """Removal of beats, motion and pops from the samples that are judged."""

    beats: BeatLeakParams = field(default_factory=BeatLeakParams)
    upper: UpperBandParams = field(default_factory=UpperBandParams)
    motion: bool = True
    artefacts: ArtefactParams = field(default_factory=ArtefactParams)
    pop_reach_s: float = 0.020
    """A pop this near to the 95 % interval of an onset may have made it, or hidden it."""


@dataclass(frozen=True, slots=True)
class CleanExcerpt:
    """Samples ready to be judged.

    Attributes
    ----------
    emg_uv
        ``(n_samples, n_channels)`` microvolts.
    ignored
        Samples that are there and say nothing, ``(n_samples, n_channels)``.
    pops
        Those of them that belong to electrode pops.
    beats
        How many heart beats were found, those before the samples included.
    motion
        ``(n_channels,)`` low-frequency disturbance about the window, in units of the rest RMS.
    corner_hz
        Corner of the high-pass that was used.
    filled
        Whether an empty upper band was filled with noise.
    """

    emg_uv: FloatArray
    ignored: BoolArray
    pops: BoolArray
    beats: int
    motion: FloatArray
    corner_hz: float
    filled: bool


def clean(
    wide: Excerpt,
    skip: int,
    window: tuple[int, int],
    rate_hz: float,
    params: CleaningParams,
    conditioning: ConditioningParams,
) -> CleanExcerpt:
    """Return the samples of ``wide`` after the first ``skip``, cleaned.

    Parameters
    ----------
    wide
        The samples to be judged and some seconds before them, in which beats are learnt.
    skip
        How many of its samples come before those to be judged.
    window
        Samples about which motion counts, of the judged ones.
    """
    valid = wide.valid & ~wide.lead_off
    emg_uv = np.where(valid, wide.emg_uv, 0.0)
    low_uv = np.where(valid, wide.low_uv, 0.0)
    found = without_beats(low_uv, emg_uv, valid, rate_hz, params.beats)
    emg_uv = found.emg_uv[skip:]
    pops = np.zeros(emg_uv.shape, dtype=np.bool_)
    motion = np.zeros(emg_uv.shape[1])
    corner_hz = conditioning.highpass_hz
    if params.motion and len(emg_uv):
        a = params.artefacts
        low_uv = low_uv[skip:]
        pops = find_pops(emg_uv, low_uv, rate_hz, a, found.near[skip:]) & valid[skip:]
        known = valid[skip:] & ~found.near[skip:, None]
        known &= ~_later(pops, round(a.pop_tail_s * rate_hz))
        level = motion_level(np.where(pops, 0.0, emg_uv), low_uv, known, rate_hz, a)
        first, stop = max(0, window[0]), min(len(level), window[1])
        if stop > first:
            motion = np.max(level[first:stop], axis=0)
            corner = corner_for(float(np.max(motion)), a)
            if corner is not None:
                order = conditioning.highpass_order
                emg_uv = with_corner(emg_uv, rate_hz, order, corner_hz, corner)
                corner_hz = corner
    # The front end is the same for all channels, and so is what is done about it.
    empty = params.upper.fill and empty_bands(wide.emg_uv, valid, rate_hz, params.upper).any()
    if empty and len(emg_uv):
        rest_uv = np.sqrt(rest_power(emg_uv, rate_hz, params.artefacts))
        emg_uv = filled(emg_uv, rest_uv, wide.index0 + skip, params.upper)
    ignored = pops | found.spoilt[skip:, None]
    return CleanExcerpt(emg_uv, ignored, pops, found.beats, motion, corner_hz, bool(empty))


def with_pops(
    result: OnsetResult, pops: BoolArray, t0_s: float, rate_hz: float, *, cleaning: CleaningParams
) -> OnsetResult:
    """Return the result gated by ``poor_contact`` when a pop touches the interval of its onset.

    ``pops`` is ``(n_samples,)`` on the grid of the judged samples, which begins at ``t0_s``.
    """
    if result.posterior is None or "poor_contact" in result.gates or not pops.any():
        return result
    found = result.posterior.estimate
    low = round((found.low_s - cleaning.pop_reach_s - t0_s) * rate_hz)
    high = round((found.high_s + cleaning.pop_reach_s - t0_s) * rate_hz)
    if not pops[max(0, low) : max(0, high + 1)].any():
        return result
    return replace(result, gates=(*result.gates, "poor_contact"))


def _later(mask: BoolArray, samples: int) -> BoolArray:
    """Return the mask with every true sample held for some more."""
    sums = np.cumsum(np.concatenate([np.zeros((1, mask.shape[1]), dtype=np.int64), mask]), axis=0)
    first = np.maximum(np.arange(len(mask)) - samples, 0)
    return sums[1:] > sums[first]
