"""Reads tables with a time column in front of every signal: EMGworks and Trigno Discover.

Signals of one sensor have rates of their own, so each value column has its own times. EMGworks
names its columns ``X[s]`` and ``GLd: EMG 1 [V]``; Trigno Discover writes ``EMG 1 Time Series (s)``
and ``EMG 1 (mV)`` under a row with the names of the sensors. Numbers of sensors are dropped.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from firingorder.errors import FileFormatError
from firingorder.recording.reader import file_sha256
from firingorder.recording.readers.clock import ClockError, grid_of_times, snap_rate
from firingorder.recording.readers.filedata import (
    FileData,
    FileStream,
    column_units,
    too_large_warning,
    unique_labels,
)
from firingorder.recording.readers.texttable import TextTable, open_table, table_values

if TYPE_CHECKING:
    from pathlib import Path

    from firingorder.samples import FloatArray

_TIME = re.compile(r"(^x\s*\[s\]$)|(time series\s*\(s\)$)", re.IGNORECASE)
_LABEL = re.compile(r"^(?P<label>.*?)\s*[\[(](?P<unit>[^\[\]()]*)[\])]\s*$")
_SERIAL = re.compile(r"\s*\(\d+\)\s*$")
_RATE = re.compile(r"^([\d.]+)\s*Hz$", re.IGNORECASE)
_STATED = re.compile(r"Sampling frequency:\s*([\d.]+)", re.IGNORECASE)
#: Stated and measured rates differ by rounding up to here.
_AGREES = 0.005


@dataclass(frozen=True, slots=True)
class _Signal:
    label: str
    unit: str
    rate_hz: float
    t0_s: float
    samples: FloatArray


def is_time_label(cell: str) -> bool:
    """Tell whether a column of such a table holds times."""
    return _TIME.search(cell.strip()) is not None


def read_delsys(path: Path) -> FileData:
    """Read one file; signals of equal rate and length make one stream.

    Raises
    ------
    FileFormatError
        The columns are not pairs of time and value, or a clock is uneven.
    """
    table = open_table(path)
    at = next((k for k, row in enumerate(table.head) if any(map(is_time_label, row))), None)
    if at is None:
        raise FileFormatError(f"{path} has no time columns of EMGworks or Trigno Discover.")
    warnings: list[str] = []
    signals = _signals(table, at, warnings)
    if not signals:
        raise FileFormatError(f"{path} has time columns and no signals.")
    groups: dict[tuple[float, int, float], list[_Signal]] = {}
    for one in signals:
        groups.setdefault((one.rate_hz, len(one.samples), one.t0_s), []).append(one)
    first_s = min(one.t0_s for one in signals)
    names, repeated = unique_labels([one.label for one in signals])
    named = dict(zip(map(id, signals), names, strict=True))
    streams: list[FileStream] = []
    for (rate_hz, _, t0_s), group in groups.items():
        units, scales = column_units([one.unit for one in group])
        samples = np.stack([one.samples for one in group], axis=1) * scales
        labels = tuple(named[id(one)] for one in group)
        volts = [k for k, unit in enumerate(units) if unit == "uV"]
        large = too_large_warning([labels[k] for k in volts], samples[:, volts])
        warnings += [large] if large else []
        streams.append(FileStream(labels, units, rate_hz, samples, t0_s - first_s))
    return FileData(
        path,
        "Delsys CSV",
        file_sha256(path),
        tuple(streams),
        (),
        (*repeated, *table.warnings, *warnings),
        "stamps",
    )


def _signals(table: TextTable, at: int, warnings: list[str]) -> list[_Signal]:
    header = table.head[at][: table.width]
    rates = _rates(table.head[at + 1 :], table.head[:at], header)
    sensors = _sensors(table.head[:at], header)
    width = min(table.width, len(header))
    values = table_values(table, list(range(width)))
    out: list[_Signal] = []
    time_at = -1
    for k in range(width):
        if is_time_label(header[k]):
            time_at = k
        elif header[k] and time_at >= 0:
            found = _signal(table.path, values[:, time_at], values[:, k], rates.get(k))
            label, unit = _parted(header[k])
            label = f"{sensors[k]}: {label}" if sensors.get(k) else label
            if found is None:
                warnings.append(f"{label} has no samples: left out.")
                continue
            rate_hz, t0_s, samples, told = found
            warnings += [one for one in told if one not in warnings]
            out.append(_Signal(label, unit, rate_hz, t0_s, samples))
    return out


def _signal(
    path: Path, times_s: FloatArray, values: FloatArray, stated_hz: float | None
) -> tuple[float, float, FloatArray, list[str]] | None:
    """Return rate, first instant and samples of a pair of columns; None where it is empty."""
    rows = np.flatnonzero(np.isfinite(times_s))
    if rows.size < 2:
        return None
    times_s, values = times_s[rows], values[rows]
    told: list[str] = []
    try:
        grid = grid_of_times(times_s)
    except ClockError as fault:
        if stated_hz is None or (fault.row is not None and np.any(np.diff(times_s) < 0)):
            raise FileFormatError(f"{path}: {fault}.") from fault
        told.append(f"{fault.reason.capitalize()}: the stated {stated_hz:g} Hz are used.")
        return stated_hz, float(times_s[0]), values, told
    told += grid.warnings
    if stated_hz is not None and abs(grid.rate_hz / stated_hz - 1.0) > _AGREES:
        told.append(
            f"The header says {stated_hz:g} Hz, the times {grid.rate_hz:g} Hz: the times count."
        )
    samples = np.full(grid.n_samples, np.nan)
    samples[grid.index] = values
    return grid.rate_hz, float(times_s[0]), samples, told


def _rates(
    below: tuple[tuple[str, ...], ...],
    above: tuple[tuple[str, ...], ...],
    header: tuple[str, ...],
) -> dict[int, float]:
    """Return the stated rates by column: a row of ``2148 Hz`` below, or a line for each signal."""
    out: dict[int, float] = {}
    for row in below:
        for k, cell in enumerate(row):
            found = _RATE.match(cell)
            if found is not None:
                out[k] = snap_rate(float(found[1]))
    stated = [_STATED.search(" ".join(row)) for row in above]
    each = [float(one[1]) for one in stated if one is not None]
    signals = [k for k, cell in enumerate(header) if cell and not is_time_label(cell)]
    if len(each) == len(signals):
        out |= dict(zip(signals, each, strict=True))
    return {k: rate for k, rate in out.items() if 0 < rate < 1e6}


def _sensors(above: tuple[tuple[str, ...], ...], header: tuple[str, ...]) -> dict[int, str]:
    """Return the name of the sensor of each column, where a row above groups the columns."""
    row = next((one for one in above if sum(_SERIAL.search(c) is not None for c in one) >= 1), None)
    if row is None:
        return {}
    out: dict[int, str] = {}
    name = ""
    for k in range(len(header)):
        if k < len(row) and row[k]:
            name = _SERIAL.sub("", row[k])
        out[k] = name
    return out


def _parted(cell: str) -> tuple[str, str]:
    match = _LABEL.match(cell)
    return (cell, "") if match is None else (match["label"], match["unit"].strip())
