"""Signals kept to be looked at: samples on a disk, read as columns of pixels, an hour or a moment.

A track is one file of float32 rows, and two of the least and the greatest of every 16 and every
256 rows. All are mapped into memory: opening costs nothing, and a window reads no more than its
pixels need.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from io import BufferedWriter
    from pathlib import Path

    from numpy.typing import NDArray

    from firingorder.samples import FloatArray

#: Rows in a block of the coarse files; together they have an eighth of the bytes.
BLOCKS = (16, 256)
#: A column that has at least this many blocks is read from them: its edges are then off by less
#: than an eighth of a column.
_COARSE_FROM = 8
#: Missing samples up to here are written as such; longer ones only part two segments.
_MOST_FILLED_S = 5.0
#: A time that differs from the grid by more begins another segment: half a sample at 10 kHz.
_MOST_OFF_S = 50e-6
_CHUNK_ROWS = 1 << 18


@dataclass(frozen=True, slots=True)
class Columns:
    """What is drawn of a window.

    Attributes
    ----------
    channels
        Names, ``(n_channels,)``.
    t_s
        ``(n_columns,)`` device time: of the samples if ``exact``, else the middle of each column.
    low, high
        ``(n_columns, n_channels)`` least and greatest sample of each column, NaN where none is
        known; the samples themselves, twice, if ``exact``.
    exact
        Whether every sample is there by itself.
    unit
        "uV" or "deg".
    """

    channels: tuple[str, ...]
    t_s: FloatArray
    low: FloatArray
    high: FloatArray
    exact: bool
    unit: str = "uV"


@dataclass(frozen=True, slots=True)
class TrackInfo:
    """What a track is.

    ``segments`` are stretches without a jump of the clock: the first row in the file, how many, and
    the device time of the first.
    """

    name: str
    channels: tuple[str, ...]
    rate_hz: float
    rows: int
    segments: tuple[tuple[int, int, float], ...]
    unit: str = "uV"

    def to_json(self) -> dict[str, Any]:
        """Return it as JSON."""
        return {
            "name": self.name,
            "channels": list(self.channels),
            "rate_hz": self.rate_hz,
            "rows": self.rows,
            "segments": [list(one) for one in self.segments],
            "unit": self.unit,
        }

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> TrackInfo:
        """Read it from JSON. Raises KeyError, TypeError or ValueError where it is none."""
        return cls(
            str(data["name"]),
            tuple(str(one) for one in data["channels"]),
            float(data["rate_hz"]),
            int(data["rows"]),
            tuple((int(row), int(n), float(t)) for row, n, t in data["segments"]),
            str(data["unit"]),
        )


class TrackWriter:
    """Writes one track as its samples come. Close it, then :attr:`info` says what it holds."""

    def __init__(
        self, folder: Path, name: str, channels: tuple[str, ...], rate_hz: float, unit: str = "uV"
    ) -> None:
        self._folder, self._name, self._unit = folder, name, unit
        self._channels, self._rate_hz = channels, rate_hz
        self._file: BufferedWriter = _rows_file(folder, name).open("wb")
        self._rows = 0
        self._segments: list[tuple[int, int, float]] = []
        self._next = 0

    def add(self, index0: int, t0_s: float, values: FloatArray) -> None:
        """Add rows ``(n, n_channels)`` of which the first has this index and device time."""
        if self._segments and index0 < self._next:
            known = min(self._next - index0, len(values))
            index0, t0_s = index0 + known, t0_s + known / self._rate_hz
            values = values[known:]
        if len(values) == 0:
            return
        if not self._segments or not self._fits(index0, t0_s):
            self._pad()
            self._segments.append((self._rows, 0, t0_s))
        elif index0 > self._next:
            self._write(np.full((index0 - self._next, len(self._channels)), np.nan))
        self._write(values)
        self._next = index0 + len(values)

    def close(self) -> TrackInfo:
        """Write the coarse file and return what the track is."""
        self._pad()
        self._file.close()
        for size in BLOCKS if self._rows else ():
            self._coarse(size)
        return TrackInfo(
            self._name,
            self._channels,
            self._rate_hz,
            self._rows,
            tuple(self._segments),
            self._unit,
        )

    def abandon(self) -> None:
        """Close the file as it is."""
        self._file.close()

    def _fits(self, index0: int, t0_s: float) -> bool:
        """Whether these rows go on where the last segment ended, by index and by time."""
        missing = index0 - self._next
        if missing > _MOST_FILLED_S * self._rate_hz:
            return False
        _, rows, begins_s = self._segments[-1]
        due_s = begins_s + (rows + missing) / self._rate_hz
        return abs(due_s - t0_s) <= _MOST_OFF_S

    def _write(self, values: FloatArray) -> None:
        self._file.write(np.ascontiguousarray(values, dtype="<f4").tobytes())
        row, rows, t_s = self._segments[-1]
        self._segments[-1] = (row, rows + len(values), t_s)
        self._rows += len(values)

    def _pad(self) -> None:
        """Fill the last block, so that none holds rows of two segments."""
        over = self._rows % BLOCKS[-1]
        if over:
            rows = np.full((BLOCKS[-1] - over, len(self._channels)), np.nan, dtype="<f4")
            self._file.write(rows.tobytes())
            self._rows += BLOCKS[-1] - over

    def _coarse(self, size: int) -> None:
        shape = (self._rows, len(self._channels))
        data = np.memmap(_rows_file(self._folder, self._name), "<f4", "r", shape=shape)
        with _blocks_file(self._folder, self._name, size).open("wb") as file:
            for first in range(0, self._rows, _CHUNK_ROWS):
                part = np.asarray(data[first : first + _CHUNK_ROWS])
                blocks = part.reshape(-1, size, shape[1])
                both = [np.fmin.reduce(blocks, 1), np.fmax.reduce(blocks, 1)]
                file.write(np.concatenate(both, axis=1, dtype="<f4").tobytes())


class Track:
    """A track that was written."""

    def __init__(self, folder: Path, info: TrackInfo) -> None:
        """Map the files.

        Raises
        ------
        OSError, ValueError
            They are not there, or not as long as they should be.
        """
        self.info = info
        n = len(info.channels)
        self._rows: NDArray[np.float32] = np.zeros((0, n), dtype=np.float32)
        self._blocks: dict[int, NDArray[np.float32]] = {}
        if info.rows and n:
            self._rows = np.memmap(_rows_file(folder, info.name), "<f4", "r", shape=(info.rows, n))
            for size in BLOCKS:
                path, shape = _blocks_file(folder, info.name, size), (info.rows // size, 2 * n)
                self._blocks[size] = np.memmap(path, "<f4", "r", shape=shape)

    @property
    def span_s(self) -> tuple[float, float]:
        """From the first sample to one past the last, device time."""
        if not self.info.segments:
            return 0.0, 0.0
        _, rows, t_s = self.info.segments[-1]
        return self.info.segments[0][2], t_s + rows / self.info.rate_hz

    def columns(self, first_s: float, last_s: float, points: int) -> Columns:
        """Return at most ``points`` columns of a window, or its samples if they are not more."""
        points = max(points, 1)
        spans = self._spans(first_s, last_s)
        count = sum(stop - first for _, first, stop in spans)
        if count <= points:
            return self._exact(spans)
        edges = np.linspace(first_s, last_s, points + 1)
        shape = (points, len(self.info.channels))
        low, high = np.full(shape, np.nan), np.full(shape, np.nan)
        for k, _, _ in spans:
            self._reduce(k, edges, low, high)
        middle = 0.5 * (edges[:-1] + edges[1:])
        return Columns(self.info.channels, middle, low, high, exact=False, unit=self.info.unit)

    def samples(self, first_s: float, last_s: float) -> tuple[FloatArray, FloatArray]:
        """Return the samples of a window: times ``(n,)`` and values ``(n, n_channels)``.

        Between two segments stands one row of NaN.
        """
        found = self._exact(self._spans(first_s, last_s))
        return found.t_s, found.low

    def _spans(self, first_s: float, last_s: float) -> list[tuple[int, int, int]]:
        """Return (segment, first row, one past the last) for each segment of a window."""
        found: list[tuple[int, int, int]] = []
        for k, (_, rows, t_s) in enumerate(self.info.segments):
            first = max(0, int(np.ceil((first_s - t_s) * self.info.rate_hz - 1e-6)))
            stop = min(rows, int(np.ceil((last_s - t_s) * self.info.rate_hz - 1e-6)))
            if stop > first:
                found.append((k, first, stop))
        return found

    def _exact(self, spans: list[tuple[int, int, int]]) -> Columns:
        times: list[FloatArray] = []
        values: list[FloatArray] = []
        for k, first, stop in spans:
            row, _, t_s = self.info.segments[k]
            if times:
                times.append(times[-1][-1:] + 1.0 / self.info.rate_hz)
                values.append(np.full((1, len(self.info.channels)), np.nan))
            times.append(t_s + np.arange(first, stop) / self.info.rate_hz)
            values.append(self._rows[row + first : row + stop].astype(np.float64))
        nothing = np.zeros((0, len(self.info.channels)))
        t = np.concatenate(times) if times else np.zeros(0)
        x = np.concatenate(values) if values else nothing
        return Columns(self.info.channels, t, x, x, exact=True, unit=self.info.unit)

    def _reduce(self, k: int, edges: FloatArray, low: FloatArray, high: FloatArray) -> None:
        row, rows, t_s = self.info.segments[k]
        place = np.ceil((edges - t_s) * self.info.rate_hz - 1e-6)
        at = np.clip(place, 0, rows).astype(np.int64)
        per_column = (edges[1] - edges[0]) * self.info.rate_hz
        size = max((one for one in BLOCKS if per_column >= _COARSE_FROM * one), default=1)
        if size > 1:
            at = -(-at // size)
            at[place <= 0] = 0
        filled = np.flatnonzero(np.diff(at) > 0)
        span = slice(row // size + at[filled[0]], row // size + at[filled[-1] + 1])
        starts = at[filled] - at[filled[0]]
        n = len(self.info.channels)
        values = np.asarray((self._rows if size == 1 else self._blocks[size])[span])
        least, most = (values, values) if size == 1 else (values[:, :n], values[:, n:])
        low[filled] = np.fmin(low[filled], np.fmin.reduceat(least, starts, axis=0))
        high[filled] = np.fmax(high[filled], np.fmax.reduceat(most, starts, axis=0))


def _rows_file(folder: Path, name: str) -> Path:
    return folder / f"{name}.f4"


def _blocks_file(folder: Path, name: str, size: int) -> Path:
    return folder / f"{name}.{size}.f4"
