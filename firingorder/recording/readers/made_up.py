"""Finds samples that no electrode gave: what a radio filled in, and what a flipped bit made.

A lost packet is often filled with zeros or with the last value, in one channel or in some. A muscle
that starts meanwhile seems to start at the end of it, and nothing shows that it did not. A single
sample far beyond all others outweighs a whole burst. Both are missing samples, and are told.
"""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from firingorder.recording.readers.filedata import FileData, FileStream
    from firingorder.samples import FloatArray

#: Units of electrodes, none among them; those of motion sensors and forces stand still rightly.
_ELECTRODES = frozenset({"uv", "", "counts", "count", "bit", "bits", "a.u.", "au"})
_NO_ELECTRODE = re.compile(r"^(acc|gyr|mag|quat|imu)", re.IGNORECASE)
#: Shorter fills move an onset by less than its interval is wide.
HELD_S = 0.025
#: A run of one value is no chance when the signal on either side of it changes so often that as
#: many equal steps come once in 3e7 samples, and at half of the steps at least. The rest of a
#: coarse converter changes less often, and stands still by itself.
_CHANCE = 3e-8
_LEAST_LIVELY = 0.5
_SIDE_S = 0.100
#: Longer ones are a channel that is off, or whose converter is too coarse for its rest.
LONGEST_S = 2.0
#: A single sample so many times beyond what the channel reaches for a tenth of a second in all, or
#: for this share of the recording: the bursts of one repetition are longer. One simulated burst of
#: 0.3 s stays below 6; short bursts of gait reach 13, and their samples do not stand alone.
_BEYOND = 12.0
_REACHED_S = 0.100
_REACHED_SHARE = 2e-4
#: A recording shorter than so many times that shows too little of what is usual.
_LEAST_TIMES = 20
#: The samples beside it are where those around are, by this share of it. A potential of a motor
#: unit lasts 2 ms at least, which are more samples than one at the rates for which this is asked.
_BESIDE = 0.1
_AROUND = 4
_LEAST_RATE_HZ = 500.0


def without_made_up(data: FileData) -> FileData:
    """Return the content with NaN for what no electrode gave, and one sentence for each kind."""
    told: list[str] = []
    streams: list[FileStream] = []
    for stream in data.streams:
        named = enumerate(zip(stream.labels, stream.units, strict=True))
        columns = [k for k, (label, unit) in named if _is_electrode(label, unit)]
        names = [stream.labels[k] for k in columns]
        samples, said = mark_made_up(stream.samples, stream.rate_hz, columns, names, in_place=True)
        streams.append(stream if samples is stream.samples else replace(stream, samples=samples))
        told += said
    if not told:
        return data
    return replace(data, streams=tuple(streams), warnings=(*data.warnings, *told))


def mark_made_up(
    samples: FloatArray,
    rate_hz: float,
    columns: Sequence[int],
    names: Sequence[str],
    *,
    in_place: bool = False,
) -> tuple[FloatArray, list[str]]:
    """Return ``(n_samples, n_columns)`` with NaN for what no electrode gave, and what to say of it.

    Only ``columns``, called ``names``, are looked at. Without anything to mark the array itself
    comes back; else a copy, unless it may be changed ``in_place`` and can be.
    """
    if rate_hz < _LEAST_RATE_HZ:
        return samples, []
    held: list[str] = []
    single: list[str] = []
    marked = samples
    for k, name in zip(columns, names, strict=True):
        x = samples[:, k]
        alone, runs = single_samples(x, rate_hz), held_runs(x, rate_hz)
        if not runs and not alone.size:
            continue
        if marked is samples and not (in_place and samples.flags.writeable):
            marked = samples.copy()
        marked[alone, k] = np.nan
        for first, end in runs:
            marked[first:end, k] = np.nan
        if alone.size:
            single.append(f"{name} ({alone.size})")
        if runs:
            held.append(f"{name} ({sum(end - first for first, end in runs) / rate_hz:.3g} s)")
    told: list[str] = []
    if held:
        told.append(
            f"One value is held, as lost packets are filled, in {', '.join(held)}: "
            "taken as missing."
        )
    if single:
        told.append(
            f"Single samples far beyond all others, as flipped bits make them, in "
            f"{', '.join(single)}: taken as missing."
        )
    return marked, told


def held_runs(x: FloatArray, rate_hz: float) -> list[tuple[int, int]]:
    """Return start and end of each run of one value amid a signal that changes at every sample.

    Runs at the largest or smallest value are left to those who look for a converter at its limit.
    """
    same = np.zeros(x.size + 1, dtype=np.int8)
    same[1:-1] = x[1:] == x[:-1]  # between sample n and n + 1, at n + 1; NaN is never the same
    edges = np.flatnonzero(np.diff(same))
    runs = [(int(a), int(b) + 1) for a, b in zip(edges[::2], edges[1::2], strict=True)]
    runs = [(a, b) for a, b in runs if HELD_S <= (b - a) / rate_hz <= LONGEST_S]
    if not runs:
        return []
    limits = (np.nanmin(x), np.nanmax(x))
    side = round(_SIDE_S * rate_hz)
    return [
        (a, b)
        for a, b in runs
        if x[a] not in limits
        and _changes(x[max(0, a - side) : a + 1]) > _least_changes(b - a)
        and _changes(x[b - 1 : b + side]) > _least_changes(b - a)
    ]


def single_samples(x: FloatArray, rate_hz: float) -> NDArray[np.intp]:
    """Return the indices of samples that stand alone, far beyond whatever else the channel does."""
    none = np.zeros(0, dtype=np.intp)
    reached = round(max(_REACHED_S * rate_hz, _REACHED_SHARE * x.size))
    if x.size < _LEAST_TIMES * reached:
        return none
    with np.errstate(over="ignore", invalid="ignore"):  # numbers that are none are told elsewhere
        height = np.abs(x[1:-1] - 0.5 * (x[2:] + x[:-2]))
        height[np.isnan(height)] = 0.0
    usual = float(np.partition(height, -reached)[-reached])
    if usual <= 0.0:
        return none  # a channel that hardly ever changes
    far = np.flatnonzero(height > _BEYOND * usual) + 1
    return far[[_is_lone(x, int(k), float(height[k - 1])) for k in far]] if far.size else none


def _is_lone(x: FloatArray, k: int, height: float) -> bool:
    around = np.delete(x[max(0, k - _AROUND) : k + _AROUND + 1], min(k, _AROUND))
    base = float(np.nanmedian(around))
    return max(abs(float(x[n]) - base) for n in (k - 1, k + 1)) < _BESIDE * height


def _is_electrode(label: str, unit: str) -> bool:
    return unit.lower() in _ELECTRODES and not (unit == "" and _NO_ELECTRODE.match(label))


def _changes(x: FloatArray) -> float:
    """Return the share of steps that lead to another value."""
    steps = np.diff(x)
    steps = steps[~np.isnan(steps)]
    return np.count_nonzero(steps) / steps.size if steps.size else 0.0


def _least_changes(n: int) -> float:
    return max(_LEAST_LIVELY, 1.0 - _CHANCE ** (1.0 / (n - 1)))
