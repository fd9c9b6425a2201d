"""Reads tables that are nothing but numbers, and those with a few lines of facts in front.

Myo armbands, scripts, and the "Simple Text Format" of BITalino. What the numbers are is not in such
a file: the columns are called CH1, CH2 and so on, they have no unit, and the rate is asked for.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import numpy as np

from firingorder.errors import FileFormatError, UsageError
from firingorder.recording.reader import file_sha256
from firingorder.recording.readers.clock import ClockError, grid_of_times
from firingorder.recording.readers.filedata import (
    ClockKind,
    FileData,
    FileStream,
    column_units,
    counts_warning,
)
from firingorder.recording.readers.texttable import (
    encoding_of,
    head_lines,
    open_table,
    table_values,
    text_columns,
)

if TYPE_CHECKING:
    from pathlib import Path

    from firingorder.samples import FloatArray

SIMPLE_MARK = "# Simple Text Format"
#: So few lines, and so many numbers in each, are samples side by side.
_MOST_LYING_ROWS = 300
_LEAST_LYING_COLUMNS = 500
_MOST_CHANNELS = 512


def read_headerless(
    path: Path,
    *,
    rate_hz: float | None = None,
    labels: tuple[str, ...] = (),
    units: tuple[str, ...] = (),
) -> FileData:
    """Read a table of numbers; ``labels`` and ``units`` where another file gives them.

    Raises
    ------
    UsageError
        There is no clock among the numbers and no ``rate_hz``.
    FileFormatError
        It is no such table.
    """
    lying = _lying(path)
    values = lying if lying is not None else _standing(path)
    warnings: list[str] = []
    if lying is not None:
        warnings.append("Samples stand side by side in this file: each line was taken as a signal.")
    clock: ClockKind = "nominal" if labels else "given"
    if lying is not None and rate_hz is None:
        values, rate_hz = _timed(values, warnings)
        clock = "stamps"
    if rate_hz is None:
        raise UsageError(
            f"{path} holds numbers without names or a clock: give the rate with --rate HZ."
        )
    names = labels or tuple(f"CH{k + 1}" for k in range(values.shape[1]))
    if len(names) != values.shape[1]:
        raise FileFormatError(f"{path} has {values.shape[1]} columns, {len(names)} are named.")
    if not units:
        warnings.append(
            f"No names and no units are given for {values.shape[1]} column(s): no microvolts."
        )
    said, scales = column_units(units or ("",) * len(names))
    stream = FileStream(names, said, float(rate_hz), values * scales)
    return FileData(
        path, "table of numbers", file_sha256(path), (stream,), (), tuple(warnings), clock
    )


def read_simple_text(path: Path, *, rate_hz: float | None = None) -> FileData:
    """Read a "Simple Text Format" file: rate, resolution and labels, then counts.

    Raises
    ------
    UsageError
        It states no rate and none was given.
    FileFormatError
        Labels and columns differ in number.
    """
    facts: dict[str, str] = {}
    for line in head_lines(path, 20):
        found = re.match(r"^#\s*(.+?)\s*:=\s*(.*)$", line)
        if found is not None:
            facts[found[1].lower()] = found[2].strip()
    rate = _number(facts.get("sampling rate (hz)", "")) or rate_hz
    if rate is None or not 0 < rate < 1e6:
        raise UsageError(f"{path} does not say its rate: give it with --rate HZ.")
    table = open_table(path)
    values = table_values(table, list(range(table.width)))
    named = [one.strip() for one in re.split(r"[,\t;]", facts.get("labels", "")) if one.strip()]
    labels = tuple(named or [f"CH{k + 1}" for k in range(table.width)])
    if len(labels) != table.width:
        raise FileFormatError(f"{path} has {table.width} columns and names {len(labels)}.")
    why = f"{facts.get('resolution', '?')} bits of an unnamed device"
    told = (*table.warnings, counts_warning(labels, why))
    stream = FileStream(labels, ("counts",) * len(labels), float(rate), values)
    return FileData(path, "Simple Text Format", file_sha256(path), (stream,), (), told, "nominal")


def _lying(path: Path) -> FloatArray | None:
    """Return ``(n_samples, n_signals)`` of a file with one signal a line; None for any other."""
    rows: list[FloatArray] = []
    with path.open(encoding=encoding_of(path), errors="replace") as file:
        for line in file:
            if not line.strip():
                continue
            if len(rows) >= _MOST_LYING_ROWS or len(line) < _LEAST_LYING_COLUMNS:
                return None
            try:
                rows.append(np.array(re.split(r"[\s,;]+", line.strip()), dtype=np.float64))
            except ValueError:
                return None
    if not rows or rows[0].size < _LEAST_LYING_COLUMNS or len({row.size for row in rows}) != 1:
        return None
    return np.stack(rows, axis=1)


def _timed(values: FloatArray, warnings: list[str]) -> tuple[FloatArray, float | None]:
    """Return the signals and the rate where the first one is a clock, else all and None."""
    if values.shape[1] < 2:
        return values, None
    try:
        grid = grid_of_times(values[:, 0])
    except ClockError:
        return values, None
    if grid.n_samples != len(values):
        return values, None
    warnings += [*grid.warnings, "The first line rises evenly: it was taken for the time in s."]
    return values[:, 1:], grid.rate_hz


def _standing(path: Path) -> FloatArray:
    table = open_table(path)
    if table.width > _MOST_CHANNELS:
        raise FileFormatError(f"{path} has {table.width} columns, which are no channels.")
    text = text_columns(table)
    if text:
        raise FileFormatError(f"{path}: column {text[0] + 1} holds text and no line names it.")
    values = table_values(table, list(range(table.width)))
    if not len(values):
        raise FileFormatError(f"{path} holds no numbers.")
    count = np.arange(table.width)
    if table.width > 1 and any(np.array_equal(values[0], count + first) for first in (0, 1)):
        raise FileFormatError(
            f"{path} begins with the numbers of its columns, which look like a sample: a header "
            "row with the labels of the columns is needed."
        )
    return values


def _number(text: str) -> float | None:
    try:
        return float(text)
    except ValueError:
        return None
