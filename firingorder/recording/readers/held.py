"""Finds where every voltage of a file stands still: that is a gap, not a muscle at rest."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from firingorder.recording.readers.filedata import FileStream
    from firingorder.samples import BoolArray, FloatArray

#: Identical samples for longer than this across all voltages are a gap, not a muscle at rest.
HELD_S = 0.050


def mark_held(streams: list[FileStream], warnings: list[str]) -> None:
    """Put NaN where every voltage of the file holds its value for longer than ``HELD_S``."""
    voltages = [
        (s, [k for k, unit in enumerate(s.units) if unit == "uV"])
        for s in streams
        if "uV" in s.units
    ]
    if not voltages:
        return
    voltages.sort(key=lambda pair: -pair[0].rate_hz)
    fastest, columns = voltages[0]
    same = _same_as_before([fastest.samples[:, k] for k in columns])
    runs = _held_runs(same, fastest.rate_hz)
    held_s = 0.0
    for first, last in runs:
        start_s, end_s = first / fastest.rate_hz, last / fastest.rate_hz
        parts = [(s, _rows(s, start_s, end_s), c) for s, c in voltages]
        if all(_is_held(s.samples[rows][:, c]) for s, rows, c in parts):
            held_s += end_s - start_s
            for stream, rows, _ in parts:
                stream.samples[rows] = np.nan
    if held_s:
        warnings.append(
            f"All signals hold one value for {held_s:.3g} s in all: taken as gaps, not as rest."
        )


def _same_as_before(columns: list[FloatArray]) -> BoolArray:
    same = np.ones(columns[0].size, dtype=np.bool_)  # views only: an hour is not copied
    same[:1] = False
    for column in columns:
        same[1:] &= column[1:] == column[:-1]
    return same


def _held_runs(same: BoolArray, rate_hz: float) -> list[tuple[int, int]]:
    edges = np.flatnonzero(np.diff(np.concatenate([[0], same.view(np.int8), [0]])))
    runs = ((int(a) - 1, int(b)) for a, b in zip(edges[::2], edges[1::2], strict=True))
    return [(a, b) for a, b in runs if (b - a) / rate_hz > HELD_S]


def _rows(stream: FileStream, start_s: float, end_s: float) -> slice:
    return slice(
        int(np.ceil(start_s * stream.rate_hz - 1e-6)), int(np.ceil(end_s * stream.rate_hz - 1e-6))
    )


def _is_held(samples: FloatArray) -> bool:
    return bool(np.all(samples == samples[:1])) if samples.size else True
