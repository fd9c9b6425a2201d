"""When the heart beats, from the band below the onsets of all channels together.

A beat is a waveform that all channels share, that repeats itself in shape and height, and that
comes at regular intervals. Muscle repeats no waveform, cables swing differently each time, and a
knock comes once; so none of them is taken for a heart.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from firingorder.samples import BoolArray, FloatArray

    IntArray = NDArray[np.intp]


@dataclass(frozen=True, slots=True)
class BeatParams:
    """Limits of what is a beat. Design choices, tried on simulated beats of 1 to 12 rest RMS."""

    cell_s: float = 0.008
    """The band of the search ends at 25 Hz."""
    template_s: tuple[float, float] = (-0.064, 0.096)
    """About the steepest part of a QRS complex: 60 to 100 ms long, and the filter's delay."""
    interval_s: tuple[float, float] = (0.44, 1.36)
    """45 to 135 beats a minute, as in heartbeat.py, and their jitter."""
    local_s: float = 0.8
    """Loudness of the surroundings: the median over about one interval."""
    least_height: float = 5.0
    """Of the first beat over its surroundings' SD: the low band of noise reaches 4."""
    seeds: int = 6
    """Loudest moments tried as the first beat: knocks and bursts may be louder."""
    least_match: float = 0.85
    """Correlation with the mean beat, each channel weighted by its part in it."""
    height_range: tuple[float, float] = (0.5, 1.8)
    """Of a beat over the mean one; heights of real beats vary by some 10 %."""
    least_beats: int = 3
    least_share: float = 0.6
    """Beats found of those that the interval promises, where no burst hides them."""
    visible: float = 1.7
    """A burst hides beats where it is this much louder than the quiet parts, in the low band."""
    irregularity: float = 0.12
    """Largest median deviation from the median interval. Sinus rhythm at rest has 3 to 8 %."""
    align_s: float = 0.008
    """Waveforms are laid on each other within one cell."""


def find_beats(
    low_uv: FloatArray, valid: BoolArray, rate_hz: float, params: BeatParams
) -> IntArray:
    """Return the samples of the beats, ascending; empty when no train of beats is there."""
    cell = max(1, round(params.cell_s * rate_hz))
    cells = len(low_uv) // cell
    cell_s = cell / rate_hz
    nothing = np.zeros(0, dtype=np.intp)
    if cells * cell_s < params.least_beats * params.interval_s[0]:
        return nothing
    shape = (cells, cell, low_uv.shape[1])
    low = np.mean(np.where(valid, low_uv, 0.0)[: cells * cell].reshape(shape), axis=1)
    quietest = np.quantile(np.abs(low), 0.25, axis=0) * _QUARTER
    # What a channel that went dead keeps is the decay of its filter, beside which all is loud.
    seen = np.flatnonzero(quietest > _SILENT * np.max(np.abs(low), axis=0))
    if len(seen) == 0:
        return nothing
    z = low[:, seen] / quietest[seen]
    local = np.maximum(_local_median(np.abs(z), round(params.local_s / cell_s)) * _NORMAL, 1.0)
    before, after = (round(t / cell_s) for t in params.template_s)
    loud = smooth(np.max(np.abs(z) / local, axis=1), 3)
    known = np.any(valid[: cells * cell].reshape(shape).all(axis=1), axis=1)
    loud[~known] = 0.0
    loud[:-before] = 0.0
    loud[len(loud) - after :] = 0.0
    search: _Search | None = None
    for seed in _loudest(loud, round(params.interval_s[0] / cell_s), params):
        search = search or _search(z, local, (before, after))
        train = _train(search, int(seed), cell_s, params)
        if train is not None:
            return train * cell + cell // 2
    return nothing


_TINY = float(np.finfo(np.float64).tiny)
_SILENT = 1e-9  # of the largest: below the last digit of any converter
_QUARTER = 3.138  # lower quartile of the absolute value to SD: bursts may fill half of the time
_NORMAL = 1.4826  # median of the absolute value to SD of a normal variable


def _loudest(loud: FloatArray, apart: int, params: BeatParams) -> list[int]:
    loud = loud.copy()
    out: list[int] = []
    while len(out) < params.seeds:
        best = int(np.argmax(loud))
        if loud[best] < params.least_height:
            break
        out.append(best)
        loud[max(0, best - apart // 2) : best + apart // 2] = 0.0
    return out


@dataclass(frozen=True, slots=True)
class _Search:
    """What all trials share: ``windows`` ``(starts, channels, n)`` that begin ``before`` a beat.

    ``quiet`` and ``power``, ``(starts, channels)``: one over the loudness of the surroundings, and
    the energy of each window.
    """

    windows: FloatArray
    quiet: FloatArray
    power: FloatArray
    before: int


def _search(z: FloatArray, local: FloatArray, reach: tuple[int, int]) -> _Search:
    before, after = reach
    n = after - before
    windows = np.lib.stride_tricks.sliding_window_view(z, n, axis=0)
    quiet = 1.0 / np.mean(np.lib.stride_tricks.sliding_window_view(local, n, axis=0) ** 2, axis=2)
    return _Search(windows, quiet, np.einsum("scn,scn->sc", windows, windows), before)


def _train(search: _Search, seed: int, cell_s: float, params: BeatParams) -> IntArray | None:
    """Return the beats that repeat the waveform at ``seed``, None if they are no train."""
    windows, quiet, power, before = search.windows, search.quiet, search.power, search.before
    template = windows[seed + before]
    starts = np.array([seed + before])
    apart = round(params.interval_s[0] / cell_s)
    height = np.zeros(len(windows))
    weight = quiet
    for _ in range(2):
        weight = np.sum(template**2, axis=1) * quiet
        product = np.einsum("scn,cn->sc", windows, template)
        own = np.sum(weight * np.sum(template**2, axis=1), axis=1)
        height = np.sum(weight * product, axis=1) / own
        match = np.sum(weight * product, axis=1) / np.sqrt(
            np.maximum(own * np.sum(weight * power, axis=1), _TINY)
        )
        low, high = params.height_range
        good = (match >= params.least_match) & (height > low) & (height < high)
        starts = _peaks(np.where(good, match, 0.0), apart)
        if len(starts) < params.least_beats:
            return None
        share = quiet[starts] / np.sum(quiet[starts], axis=0)
        template = np.einsum("bcn,bc->cn", windows[starts], share)
    visible = np.sqrt(1.0 / np.maximum(np.sum(weight, axis=1), _TINY))
    visible = visible < params.visible * np.quantile(visible, 0.2)
    return _regular(starts, height, visible, cell_s, params, before)


def _regular(
    starts: IntArray,
    height: FloatArray,
    visible: BoolArray,
    cell_s: float,
    params: BeatParams,
    before: int,
) -> IntArray | None:
    """Return the train with its missed beats filled in, None when it is not regular."""
    gaps = np.diff(starts)
    interval = float(np.median(gaps))
    whole = np.maximum(np.round(gaps / interval), 1.0)
    interval = float(np.median(gaps / whole))
    low, high = params.interval_s
    if not low <= interval * cell_s <= high:
        return None
    if float(np.median(np.abs(gaps / whole / interval - 1.0))) > params.irregularity:
        return None
    odd = np.abs(gaps / whole / interval - 1.0) > 2.0 * params.irregularity
    promised = np.count_nonzero(visible) / interval
    seen = np.count_nonzero(visible[starts])
    if seen < params.least_share * promised or float(np.mean(odd)) > 0.25:
        return None
    stop = len(visible)
    slack = max(1, round(params.irregularity * interval))
    filled: list[int] = []
    for k, start in enumerate(starts.tolist()):
        filled.append(start)
        until = starts[k + 1] if k + 1 < len(starts) else stop
        filled += _missed(start, int(until), interval, slack, height)
    first = int(starts[0])
    filled += _missed(first, 0, -interval, slack, height)
    return np.unique(np.array(filled, dtype=np.intp)) - before


def _missed(start: int, until: int, step: float, slack: int, height: FloatArray) -> list[int]:
    """Return the beats between two known ones, each at the best match about its turn."""
    out: list[int] = []
    at = start + step
    while (at - until) * step < -abs(step) * 0.5 * abs(step) and 0 <= at < len(height):
        begin = max(0, round(at) - slack)
        part = height[begin : round(at) + slack + 1]
        out.append(begin + int(np.argmax(part)))
        at = out[-1] + step
    return out


def _peaks(values: FloatArray, apart: int) -> IntArray:
    """Return the places of positive peaks, the highest first chosen, at least ``apart``."""
    values = values.copy()
    out: list[int] = []
    while True:
        best = int(np.argmax(values))
        if values[best] <= 0.0:
            return np.array(sorted(out), dtype=np.intp)
        out.append(best)
        values[max(0, best - apart + 1) : best + apart] = 0.0


def _local_median(values: FloatArray, width: int) -> FloatArray:
    """Return the running median of every column over about ``width`` cells, in quarter steps."""
    step = max(1, width // 4)
    half = width // 2
    centres = np.arange(0, len(values) + step, step)
    centres = np.minimum(centres, len(values) - 1)
    whole = (centres >= half) & (centres + half < len(values))
    found = np.empty((len(centres), values.shape[1]))
    if whole.any():
        windows = np.lib.stride_tricks.sliding_window_view(values, 2 * half + 1, axis=0)
        found[whole] = np.median(windows[centres[whole] - half], axis=2)
    for k in np.flatnonzero(~whole).tolist():
        c = int(centres[k])
        found[k] = np.median(values[max(0, c - half) : c + half + 1], axis=0)
    return found[np.minimum((np.arange(len(values)) + step // 2) // step, len(found) - 1)]


def aligned(
    beats: IntArray, low_uv: FloatArray, rate_hz: float, params: BeatParams
) -> tuple[IntArray, IntArray]:
    """Return which of the beats lie wholly inside, and the sample each is best aligned at.

    ``low_uv`` is ``(n_samples, n_channels)``; beats are moved by some samples at most, so that
    their waveforms lie on each other.
    """
    slack = round(params.align_s * rate_hz)
    before, after = (round(t * rate_hz) for t in params.template_s)
    n = after - before + 1
    inside = np.flatnonzero((beats + before - slack >= 0) & (beats + after + slack < len(low_uv)))
    if len(inside) == 0:
        return inside, beats[inside]
    rows = beats[inside, None] + np.arange(before - slack, after + slack + 1)
    scale = np.median(np.abs(low_uv), axis=0) * _NORMAL
    pieces = low_uv[rows] / np.where(scale > 0.0, scale, np.inf)  # (beats, samples, channels)
    mean = np.median(pieces, axis=0)[slack : slack + n]
    moved = np.zeros(len(inside), dtype=np.intp)
    for _ in range(2):
        weight = np.sum(mean**2, axis=0)
        views = np.lib.stride_tricks.sliding_window_view(pieces, n, axis=1)
        power = np.einsum("bscn,bscn,c->bs", views, views, weight)
        match = np.einsum("bscn,nc,c->bs", views, mean, weight)
        moved = np.argmax(match - 0.5 * power, axis=1)
        mean = np.median(views[np.arange(len(inside)), moved], axis=0).T
    return inside, beats[inside] + moved - slack


def smooth(values: FloatArray, width: int) -> FloatArray:
    """Return the centred mean over an odd ``width`` along the first axis, shorter at the ends."""
    n, half = len(values), width // 2
    sums = np.zeros((n + 1, *values.shape[1:]))
    np.cumsum(values, axis=0, out=sums[1:])
    if n < 2 * half + 1:
        return _between(sums, np.arange(n), half)
    out = np.empty(values.shape)
    out[half : n - half] = (sums[2 * half + 1 :] - sums[: n - 2 * half]) / (2 * half + 1)
    out[:half] = _between(sums, np.arange(half), half)
    out[n - half :] = _between(sums, np.arange(n - half, n), half)
    return out


def _between(sums: FloatArray, at: IntArray, half: int) -> FloatArray:
    """Return the means about some samples, of what lies within, from the running sums."""
    first = np.maximum(at - half, 0)
    stop = np.minimum(at + half + 1, len(sums) - 1)
    return (sums[stop] - sums[first]) / (stop - first).reshape(-1, *([1] * (sums.ndim - 1)))
