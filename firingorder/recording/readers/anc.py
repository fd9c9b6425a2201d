"""Reads ANC files of Motion Analysis: tab-separated counts with a range for each channel."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np

from firingorder.errors import FileFormatError
from firingorder.recording.reader import file_sha256
from firingorder.recording.readers.clock import ClockError, grid_of_times
from firingorder.recording.readers.filedata import (
    FileData,
    FileStream,
    too_large_warning,
    unique_labels,
)
from firingorder.recording.readers.texttable import TextTable, cells_of, open_table, table_values

if TYPE_CHECKING:
    from pathlib import Path

    from firingorder.samples import FloatArray

MARK = "File_Type:\tAnalog R/C ASCII"
_MOST_BITS = 32
#: Of a file that holds less than this of what it says, the rest must be somewhere else.
_LEAST_SHARE = 0.5


def read_anc(path: Path) -> FileData:
    """Read one file. The range is that of the converter in millivolts, over both signs.

    Raises
    ------
    FileFormatError
        The header is incomplete, or there are no rows.
    """
    with path.open(encoding="latin-1") as file:
        if not file.readline().startswith("File_Type:"):
            raise FileFormatError(f"{path} does not begin as an ANC file does.")
    table = open_table(path, "\t")
    rows = {row[0]: row[1:] for row in table.head if row}
    labels, ranges_mv = _columns(path, table, rows)
    bits = _fact(path, table, "BitDepth")
    if bits != round(bits) or not 0 < bits <= _MOST_BITS:
        raise FileFormatError(f"{path}: a bit depth of {bits:g} is not possible.")
    values = table_values(table, list(range(len(labels) + 1)))
    try:
        grid = grid_of_times(values[:, 0])
    except ClockError as fault:
        raise FileFormatError(f"{path}: {fault}.") from fault
    samples = np.full((grid.n_samples, len(labels)), np.nan)
    samples[grid.index] = values[:, 1:] * (2.0 * ranges_mv / (2.0**bits - 1.0) * 1e3)
    names, repeated = unique_labels(labels)
    warnings = [*table.warnings, *repeated, *grid.warnings]
    warnings += _length(path, table, grid.n_samples, grid.rate_hz)
    large = too_large_warning(names, samples)
    warnings += [large] if large else []
    stream = FileStream(names, ("uV",) * len(names), grid.rate_hz, samples)
    return FileData(path, "ANC", file_sha256(path), (stream,), (), tuple(warnings), "stamps")


def _columns(
    path: Path, table: TextTable, rows: dict[str, tuple[str, ...]]
) -> tuple[list[str], FloatArray]:
    labels = [cell for cell in rows.get("Name", ()) if cell]
    try:
        ranges = np.array([float(cell) for cell in rows.get("Range", ()) if cell])
    except ValueError as error:
        raise FileFormatError(f"{path}: the line Range holds something else.") from error
    if not labels or len(ranges) != len(labels) or table.width != len(labels) + 1:
        raise FileFormatError(
            f"{path}: {len(labels)} names, {len(ranges)} ranges and {table.width - 1} columns of "
            "numbers do not fit; the file was cut or changed."
        )
    return labels, ranges


def _length(path: Path, table: TextTable, n_samples: int, rate_hz: float) -> list[str]:
    said_s, there_s = _fact(path, table, "Duration(Sec.)"), n_samples / rate_hz
    if there_s < _LEAST_SHARE * said_s:
        raise FileFormatError(
            f"{path} was cut: its header says {said_s:g} s, {there_s:g} s are there."
        )
    if abs(there_s - said_s) > 2.0 / rate_hz:
        return [f"The header says {said_s:g} s, the file holds {there_s:g} s."]
    return []


def _fact(path: Path, table: TextTable, name: str) -> float:
    for row in table.head:
        cells = cells_of("\t".join(row), "\t")
        for cell, following in pairwise(cells):
            if cell == f"{name}:":
                try:
                    return float(following)
                except ValueError:
                    break
    raise FileFormatError(f"{path}: the header does not give {name}.")
