"""Min/max columns of the strips, computed once per sample as it arrives.

A bin is a fixed number of samples counted from the absolute sample index, so a bin never changes
after it was made and the trace does not shimmer while it scrolls. The result does not depend on
how the stream was cut. The ring is kept twice in a row, so any window is one contiguous view.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import ceil
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Sequence

    from firingorder.samples import BoolArray, DisplayBlock, FloatArray

#: Share of the columns that the full scale holds, and how far a spike may go beyond it.
HELD_SHARE, SPIKE_RATIO = 0.97, 2.0


@dataclass(frozen=True, slots=True)
class StripWindow:
    """The newest columns, ``(n_channels, n_columns)``; NaN where no sample came.

    ``end_bin`` is the absolute number of the bin after the newest one, ``first_bin`` that of the
    first bin ever: empty columns after it are a gap, before it nothing was measured.
    ``origin_s`` is the time of sample 0 on the grid.
    """

    low_uv: FloatArray
    high_uv: FloatArray
    envelope_uv: FloatArray
    saturated: BoolArray
    end_bin: int
    first_bin: int
    bin_s: float
    origin_s: float

    def column_of(self, at_s: float) -> float:
        """Return the column, a fraction, at which an instant lies; negative left of the window."""
        start = self.end_bin - self.low_uv.shape[1]
        return (at_s - self.origin_s) / self.bin_s - start


class StripRing:
    """The last ``columns`` bins of every channel.

    Parameters
    ----------
    columns
        Width of the window in px: one bin is one px.
    window_s
        Time the window shows at least.
    """

    def __init__(self, n_channels: int, rate_hz: float, columns: int, window_s: float) -> None:
        if n_channels < 1 or columns < 2 or rate_hz <= 0.0:
            raise ValueError(f"no strips of {n_channels} channels x {columns} px at {rate_hz} Hz")
        self.rate_hz = rate_hz
        self.columns = columns
        self.bin_samples = max(1, ceil(window_s * rate_hz / columns))
        shape = (n_channels, 2 * columns)
        self._low = np.full(shape, np.nan)
        self._high = np.full(shape, np.nan)
        self._envelope = np.full(shape, np.nan)
        self._saturated = np.zeros(shape, np.bool_)
        self._end_bin: int | None = None
        self._first_bin = 0
        self._origin_s = 0.0
        self._open = _empty_block(n_channels)
        self._next_index = 0

    @property
    def bin_s(self) -> float:
        """Duration of one column."""
        return self.bin_samples / self.rate_hz

    @property
    def nbytes(self) -> int:
        """Memory of the ring. It does not grow."""
        arrays = (self._low, self._high, self._envelope, self._saturated)
        return sum(array.nbytes for array in arrays)

    def append(self, block: DisplayBlock) -> None:
        """Take the block in. A jump of the index leaves empty bins; an overlap is ignored."""
        n = block.emg_uv.shape[0]
        if n == 0:
            return
        self._origin_s = block.t0_s - block.index0 / self.rate_hz
        if self._end_bin is None:
            self._begin(block.index0)
            self._first_bin = block.index0 // self.bin_samples
        elif block.index0 > self._next_index:
            self._skip_to(block.index0)
        first = self._next_index - block.index0
        if first >= n:
            return
        parts = (block.emg_uv[first:], block.envelope_uv[first:], block.saturated[first:])
        self._open = tuple(np.concatenate((a, b)) for a, b in zip(self._open, parts, strict=True))
        self._next_index = block.index0 + n
        self._close_full_bins()

    def window(self) -> StripWindow:
        """Return the newest columns, oldest first, without a copy."""
        end = self._end_bin or 0
        start = end % self.columns
        view = slice(start, start + self.columns)
        return StripWindow(
            self._low[:, view],
            self._high[:, view],
            self._envelope[:, view],
            self._saturated[:, view],
            end,
            self._first_bin,
            self.bin_s,
            self._origin_s,
        )

    def _begin(self, index0: int) -> None:
        self._end_bin = index0 // self.bin_samples
        lead = index0 - self._end_bin * self.bin_samples
        self._open = _empty_block(self._low.shape[0], lead)
        self._next_index = index0

    def _skip_to(self, index0: int) -> None:
        missing = index0 - self._next_index
        most = (self.columns + 1) * self.bin_samples  # a longer gap leaves nothing on the screen
        if missing > most:
            self._low[:] = self._high[:] = self._envelope[:] = np.nan
            self._saturated[:] = False
            self._begin(index0)
            return
        blank = _empty_block(self._low.shape[0], missing)
        self._open = tuple(np.concatenate((a, b)) for a, b in zip(self._open, blank, strict=True))
        self._next_index = index0
        self._close_full_bins()

    def _close_full_bins(self) -> None:
        assert self._end_bin is not None
        size = self.bin_samples
        bins = self._open[0].shape[0] // size
        if bins == 0:
            return
        emg, envelope, saturated = (part[: bins * size] for part in self._open)
        self._open = tuple(part[bins * size :].copy() for part in self._open)
        cut = (bins, size, emg.shape[1])
        self._store(
            np.fmin.reduce(emg.reshape(cut), axis=1),  # fmin and fmax pass over NaN
            np.fmax.reduce(emg.reshape(cut), axis=1),
            np.fmax.reduce(envelope.reshape(cut), axis=1),
            np.logical_or.reduce(saturated.reshape(cut), axis=1),
        )

    def _store(
        self, low: FloatArray, high: FloatArray, envelope: FloatArray, saturated: BoolArray
    ) -> None:
        assert self._end_bin is not None
        kept = min(low.shape[0], self.columns)
        self._end_bin += low.shape[0]
        numbers = np.arange(self._end_bin - kept, self._end_bin, dtype=np.int64)
        spots = np.mod(numbers, self.columns)
        pairs: Sequence[tuple[np.ndarray, np.ndarray]] = (
            (self._low, low),
            (self._high, high),
            (self._envelope, envelope),
            (self._saturated, saturated),
        )
        for ring, values in pairs:
            newest = values[-kept:].T
            ring[:, spots] = newest
            ring[:, spots + self.columns] = newest


def empty_runs(window: StripWindow) -> list[tuple[int, int]]:
    """Return the column ranges in which no channel has a sample though measuring had begun."""
    columns = window.low_uv.shape[1]
    empty: BoolArray = np.logical_and.reduce(np.isnan(window.low_uv), axis=0)
    begun = window.first_bin - (window.end_bin - columns)
    if begun > 0:
        empty[:begun] = False
    return _runs(empty)


def saturated_runs(window: StripWindow, channel: int) -> list[tuple[int, int]]:
    """Return the column ranges in which a channel was at the limit of the converter."""
    return _runs(window.saturated[channel])


def _runs(flags: BoolArray) -> list[tuple[int, int]]:
    if not flags.any():
        return []
    edges = np.flatnonzero(np.diff(np.concatenate(([False], flags, [False])).astype(np.int8)))
    return [(int(a), int(b)) for a, b in zip(edges[::2], edges[1::2], strict=True)]


def full_scale_uv(
    window: StripWindow, channels: Sequence[int], present_uv: float, *, least_uv: float = 10.0
) -> float:
    """Return the full scale, in uV, of strips that share one.

    It holds nearly all columns, and a rare spike may reach its end: spikes of surface EMG are
    several times its level, and the level is what is read. It grows at once and shrinks only when
    two thirds of it are empty, so that it seldom moves. Below ``least_uv`` it never goes; values in
    arbitrary units have no such least.
    """
    chosen = list(channels)
    tops = np.maximum(np.abs(window.low_uv[chosen]), np.abs(window.high_uv[chosen]))
    tops = tops[~np.isnan(tops)]
    if tops.size == 0:
        return present_uv
    peak = max(float(np.quantile(tops, HELD_SHARE)), float(tops.max()) / SPIKE_RATIO)
    wanted = nice_scale(peak, least_uv)
    return wanted if wanted > present_uv or peak < present_uv / 3.0 else present_uv


def nice_scale(peak_uv: float, least_uv: float = 10.0) -> float:
    """Return the smallest round scale that holds the peak, a power of ten at least."""
    decade = least_uv
    while True:
        for step in (1.0, 1.5, 2.0, 3.0, 5.0, 7.0):
            if peak_uv <= decade * step:
                return decade * step
        decade *= 10.0
        if decade > 1e9:
            return decade


def _empty_block(n_channels: int, n: int = 0) -> tuple[np.ndarray, ...]:
    nothing = np.full((n, n_channels), np.nan)
    return nothing, nothing, np.zeros((n, n_channels), np.bool_)
