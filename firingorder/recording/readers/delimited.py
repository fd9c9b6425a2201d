"""Reads text tables: a header row of labels, numbers below, commas, semicolons or tabs between.

The values are parsed block by block into one array that was sized beforehand, so that an hour of
eight channels needs the memory of its result and little more.
"""

from __future__ import annotations

import csv
import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, TextIO

import numpy as np

from firingorder.errors import FileFormatError, UsageError
from firingorder.recording.reader import file_sha256
from firingorder.recording.readers.clock import ClockError, Grid, grid_of_times
from firingorder.recording.readers.filedata import (
    FileData,
    FileStream,
    assumed_microvolts_warning,
    implausible_warning,
    microvolts_per,
    unique_labels,
)
from firingorder.recording.readers.texttable import encoding_of

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from firingorder.samples import FloatArray

_DELIMITERS = (",", ";", "\t")
_TIME_NAMES = frozenset({"time_s", "time", "t"})
_TIME_UNITS = {"": 1.0, "s": 1.0, "sec": 1.0, "seconds": 1.0, "ms": 1e-3, "us": 1e-6}
#: Units that stand in labels beside voltages; other words in brackets belong to the label.
_OTHER_UNITS = frozenset(
    {"g", "m/s2", "m/s^2", "m/s²", "rad/s", "deg/s", "dps", "°/s", "deg", "rad", "°", "ut", "µt"}
    | {"a.u.", "au", "%", "n", "kg", "bit", "bits", "counts", "s", "ms"}
)
#: Labels of signals that are no voltages though they carry no unit.
_NOT_EMG = re.compile(r"^(acc|gyr|mag|quat|imu|trig|status|event|marker|sync|count)", re.IGNORECASE)
#: Columns that only count rows; they are no clock, since nobody says of what.
_COUNTERS = frozenset({"samples", "sample", "index", "frame", "row"})
_UNIT_IN_LABEL = re.compile(r"^(?P<label>.*?)\s*[\[(](?P<unit>[^\[\]()]*)[\])]\s*$")
#: Rows in which a column shows what it is.
_PROBE_ROWS = 200
_BLOCK_ROWS = 50_000
_DECIMAL_COMMA = re.compile(r"^\s*[-+]?\d+,\d+([eE][-+]?\d+)?\s*$")
_DECIMAL_POINT = re.compile(r"^\s*[-+]?[\d,]*\.\d*([eE][-+]?\d+)?\s*$")


@dataclass(frozen=True, slots=True)
class _Table:
    path: Path
    encoding: str
    delimiter: str
    header_line: int
    labels: tuple[str, ...]
    comma: bool = False


def read_csv(path: Path, *, rate_hz: float | None = None) -> FileData:
    """Read one table.

    Raises
    ------
    UsageError
        There is no time column and no ``rate_hz``.
    FileFormatError
        The text is no such table; names the file and the line.
    """
    table = _open_table(path)
    table = replace(table, comma=_has_decimal_commas(table))
    warnings: list[str] = ["The numbers have decimal commas."] if table.comma else []
    values, columns = _read_values(table, warnings)
    time_column = _time_column(table, columns, warnings)
    if time_column is None and rate_hz is None:
        raise UsageError(
            f"{path} has no time column (time_s, time or t): give the rate with --rate HZ."
        )
    counters = [name for name in columns if name is not None and name.lower() in _COUNTERS]
    if counters:
        warnings.append(f"Column {', '.join(counters)} counts rows: left out.")
    keep = [
        k
        for k, name in enumerate(columns)
        if k != time_column and name is not None and name not in counters
    ]
    if not keep:
        raise FileFormatError(f"{path} has no column of numbers beside the time.")
    labels, units, scales = _units([columns[k] or "" for k in keep], warnings)
    samples = values if len(keep) == values.shape[1] else values[:, keep]
    samples *= np.asarray(scales)
    if time_column is not None:
        scale = _time_scale(columns[time_column] or "")
        grid = _grid(table, values[:, time_column] * scale, rate_hz, warnings)
        rate_hz = grid.rate_hz
        if grid.n_samples != samples.shape[0]:
            spread = np.full((grid.n_samples, samples.shape[1]), np.nan)
            spread[grid.index] = samples
            samples = spread
    assert rate_hz is not None, "one of the two is there"
    _tell_missing(labels, samples, warnings)
    assumed = [n for n, k in enumerate(keep) if _is_assumed(columns[k] or "")]
    small = implausible_warning([labels[n] for n in assumed], samples[:, assumed])
    warnings.extend([small] if small else [])
    names, repeated = unique_labels(labels)
    stream = FileStream(names, units, float(rate_hz), samples)
    clock = "given" if time_column is None else "stamps"
    told = (*repeated, *warnings)
    return FileData(path, "CSV", file_sha256(path), (stream,), (), told, clock)


def _open_table(path: Path) -> _Table:
    encoding = encoding_of(path)
    with path.open(encoding=encoding, newline="") as file:
        lines = enumerate(file)
        said = ((n, line) for n, line in lines if line.strip() and not line.startswith("#"))
        number, line = next(said, (0, ""))
    if not line:
        raise FileFormatError(f"{path} has no header row.")
    if "\x00" in line:
        raise FileFormatError(f"{path} is not a text file.")
    delimiter = max(_DELIMITERS, key=line.count)
    labels = tuple(cell.strip() for cell in next(csv.reader([line], delimiter=delimiter)))
    if all(_is_number(cell) for cell in labels if cell):
        raise FileFormatError(
            f"{path} begins with numbers: a header row with the labels of the columns is needed."
        )
    return _Table(path, encoding, delimiter, number, labels)


def _rows_file(table: _Table) -> TextIO:
    file = table.path.open(encoding=table.encoding, newline="")
    for _ in range(table.header_line + 1):
        file.readline()
    return file


def _blocks(table: _Table) -> Iterator[tuple[int, list[str]]]:
    """Yield the number of the first line (from 1) and the lines of each block."""
    first = table.header_line + 2
    with _rows_file(table) as file:
        while True:
            lines = [line for _, line in zip(range(_BLOCK_ROWS), file, strict=False)]
            if not lines:
                return
            yield first, [line.replace(",", ".") for line in lines] if table.comma else lines
            first += len(lines)


def _read_values(table: _Table, warnings: list[str]) -> tuple[FloatArray, list[str | None]]:
    """Return ``(n_rows, n_columns)`` and the labels, None for a column that is left out."""
    columns = _probe(table, warnings)
    if not any(columns):
        raise FileFormatError(f"{table.path} has no column of numbers.")
    n_rows = sum(len(lines) for _, lines in _blocks(table))
    values = np.full((n_rows, len(columns)), np.nan)
    row = 0
    for first_line, lines in _blocks(table):
        kept = _parse_block(table, columns, first_line, lines, values[row:], warnings)
        row += kept
    if row == 0:
        raise FileFormatError(f"{table.path} has a header row and nothing below it.")
    values = values[:row]
    infinite = np.isinf(values)
    if infinite.any():
        values[infinite] = np.nan
        warnings.append(f"{int(infinite.sum())} infinite values are taken as missing.")
    return values, columns


def _probe(table: _Table, warnings: list[str]) -> list[str | None]:
    """Find the columns that hold numbers, and what is wrong with the whole table."""
    columns: list[str | None] = list(table.labels)
    with _rows_file(table) as file:
        lines = [line for _, line in zip(range(_PROBE_ROWS), file, strict=False) if line.strip()]
    if table.comma:
        lines = [line.replace(",", ".") for line in lines]
    rows = list(csv.reader(lines, delimiter=table.delimiter))
    for k, label in enumerate(table.labels):
        cells = [row[k].strip() for row in rows if k < len(row)]
        if not label and not any(cells):
            columns[k] = None  # a delimiter at the end of every line
        elif any(cell and not _is_number(cell) for cell in cells):
            columns[k] = None
            warnings.append(f"Column {label or k + 1} does not hold numbers: left out.")
    return columns


def _has_decimal_commas(table: _Table) -> bool:
    """Tell whether the numbers are written with decimal commas, by the first rows.

    Raises
    ------
    FileFormatError
        They are, and commas stand between them, too; or points as well, so that nobody knows which
        of the two is the decimal one.
    """
    with _rows_file(table) as file:
        lines = [line for _, line in zip(range(_PROBE_ROWS), file, strict=False) if line.strip()]
    rows = list(csv.reader(lines, delimiter=table.delimiter))
    if table.delimiter == ",":
        # With commas between and within the numbers most rows have more cells than the header.
        suspect = [len(row) > len(table.labels) for row in rows]
    else:
        suspect = [any(_DECIMAL_COMMA.match(cell) for cell in row) for row in rows]
    if 2 * sum(suspect) <= len(rows):
        return False
    if table.delimiter == "," or any(_DECIMAL_POINT.match(c) for row in rows for c in row):
        raise FileFormatError(
            f"{table.path} is written with decimal commas, and they cannot be told from other "
            "commas or points: save it again with decimal points."
        )
    return True


def _parse_block(
    table: _Table,
    columns: list[str | None],
    first_line: int,
    lines: list[str],
    out: FloatArray,
    warnings: list[str],
) -> int:
    """Parse lines into the first rows of ``out``; return how many rows there were."""
    wanted = [k for k, name in enumerate(columns) if name is not None]
    try:
        block = np.loadtxt(lines, delimiter=table.delimiter, usecols=wanted, ndmin=2, comments=None)
        widths = {line.count(table.delimiter) for line in lines}
        if block.shape[0] == len(lines) and widths == {len(columns) - 1}:
            out[: len(lines), wanted] = block
            return len(lines)
    except ValueError:
        pass  # an empty cell, a quoted one or a fault: the careful way tells them apart
    return _parse_carefully(table, columns, first_line, lines, out, warnings)


def _parse_carefully(
    table: _Table,
    columns: list[str | None],
    first_line: int,
    lines: list[str],
    out: FloatArray,
    warnings: list[str],
) -> int:
    row = 0
    for number, cells in enumerate(csv.reader(lines, delimiter=table.delimiter), first_line):
        if not any(cell.strip() for cell in cells):
            continue
        if len(cells) < len(columns) and number == first_line + len(lines) - 1:
            if len(lines) < _BLOCK_ROWS and not lines[-1].endswith("\n"):
                warnings.append(f"The last line ({number}) is incomplete and was left out.")
                return row
        if len(cells) != len(columns):
            raise FileFormatError(
                f"{table.path}, line {number}: {len(cells)} cells where the header has "
                f"{len(columns)}."
            )
        for k, cell in enumerate(cells):
            if columns[k] is not None:
                out[row, k] = _value(columns, k, cell, number, warnings)
        row += 1
    return row


def _value(columns: list[str | None], k: int, cell: str, line: int, warnings: list[str]) -> float:
    text = cell.strip()
    if not text:
        return np.nan
    try:
        return float(text)
    except ValueError:
        warnings.append(f"Column {columns[k]} holds {text[:20]!r} in line {line}: left out.")
        columns[k] = None
        return np.nan


def _time_column(table: _Table, columns: list[str | None], warnings: list[str]) -> int | None:
    name, unit = _time_parts(table.labels[0])
    if name.lower() not in _TIME_NAMES:
        return None
    if columns[0] is None:
        raise FileFormatError(f"{table.path}: {warnings[-1].rstrip('.')}, and it is the clock.")
    if unit.lower() not in _TIME_UNITS:
        raise FileFormatError(f"{table.path}: the unit of the time column is {unit!r}; use s.")
    return 0


def _time_scale(label: str) -> float:
    return _TIME_UNITS[_time_parts(label)[1].lower()]


def _time_parts(label: str) -> tuple[str, str]:
    match = _UNIT_IN_LABEL.match(label)
    return (label, "") if match is None else (match["label"], match["unit"].strip())


def _grid(table: _Table, times_s: FloatArray, rate_hz: float | None, warnings: list[str]) -> Grid:
    try:
        grid = grid_of_times(times_s)
    except ClockError as fault:
        where = "" if fault.row is None else f", line {fault.row + table.header_line + 2}"
        raise FileFormatError(f"{table.path}{where}: {fault}.") from fault
    warnings.extend(grid.warnings)
    if rate_hz is not None and abs(rate_hz - grid.rate_hz) > 1e-3 * grid.rate_hz:
        warnings.append(
            f"The time column says {grid.rate_hz:g} Hz; the given {rate_hz:g} Hz are ignored."
        )
    if times_s[0] != 0.0:
        warnings.append(f"Times count from the first sample, called {times_s[0]:g} s in the file.")
    return grid


def _units(
    labels: list[str], warnings: list[str]
) -> tuple[tuple[str, ...], tuple[str, ...], list[float]]:
    """Return labels without units, units, and the factor that makes microvolts of a voltage."""
    names: list[str] = []
    units: list[str] = []
    scales: list[float] = []
    assumed: list[str] = []
    for label in labels:
        name, unit = _split_unit(label)
        scale = microvolts_per(unit) if unit else None
        if _is_assumed(label):
            assumed.append(name)
            scale = 1.0
        names.append(name)
        units.append(unit if scale is None else "uV")
        scales.append(1.0 if scale is None else scale)
    if assumed:
        warnings.append(assumed_microvolts_warning(assumed))
    return tuple(names), tuple(units), scales


def _is_assumed(label: str) -> bool:
    name, unit = _split_unit(label)
    return not unit and not _NOT_EMG.match(name)


def _split_unit(label: str) -> tuple[str, str]:
    """Return label and unit of ``EMG1 [uV]``; brackets around anything else belong to the label."""
    match = _UNIT_IN_LABEL.match(label)
    if match is None:
        return label, ""
    unit = match["unit"].strip()
    known = microvolts_per(unit) is not None or unit.lower() in _OTHER_UNITS
    return (match["label"], unit) if known and match["label"] else (label, "")


def _tell_missing(labels: tuple[str, ...], samples: FloatArray, warnings: list[str]) -> None:
    missing = np.isnan(samples).sum(axis=0)
    for label, count in zip(labels, missing, strict=True):
        if count:
            warnings.append(f"{label}: {int(count)} of {samples.shape[0]} samples are missing.")


def _is_number(text: str) -> bool:
    try:
        float(text)
    except ValueError:
        return False
    return True
