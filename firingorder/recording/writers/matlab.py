"""MATLAB files of version 5: a struct per stream and table. Names have at most 31 characters."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import numpy as np
from scipy.io import savemat

from firingorder.recording.writers.data import facts_to_dict
from firingorder.recording.writers.tables import tables

if TYPE_CHECKING:
    from pathlib import Path

    from firingorder.recording.writers.data import ExportData, ExportStream
    from firingorder.recording.writers.tables import Cell, Table

#: The text a file begins with; what scipy writes there says the day.
_BEGIN = b"MATLAB 5.0 MAT-file, written by firingorder".ljust(116)
#: Of names of fields in files of version 5 (MAT-File Format, The MathWorks).
LONGEST_NAME = 31


def write_mat(data: ExportData, path: Path) -> tuple[str, ...]:
    """Write everything into one file; return what must be known of it."""
    content: dict[str, Any] = {stream.kind: _stream(stream) for stream in data.streams}
    content |= {table.name: _table(table) for table in tables(data)}
    facts = facts_to_dict(data.facts)
    content["facts"] = json.dumps(facts, ensure_ascii=True)
    content["left_out"] = _cells(list(data.facts.left_out))
    savemat(str(path), content, do_compression=False, oned_as="column", long_field_names=False)
    with path.open("r+b") as file:
        file.write(_BEGIN)
    return ("NaN is a missing sample. Rows of `samples` are samples, columns are `names`.",)


def _stream(stream: ExportStream) -> dict[str, Any]:
    steps = [np.nan if one is None else one for one in stream.steps]
    return {
        "samples": stream.samples,
        "time_s": stream.time_s,
        "names": _cells(list(stream.names)),
        "units": _cells(list(stream.units)),
        "rate_hz": stream.rate_hz,
        "step": np.array(steps),
        "gaps_s": np.array([[gap.start_s, gap.end_s] for gap in stream.gaps]).reshape(-1, 2),
    }


def _table(table: Table) -> dict[str, Any]:
    return {column.name[:LONGEST_NAME]: _column(table.column(column.name))
            for column in table.columns}  # fmt: skip


def _column(cells: list[Cell]) -> Any:
    if any(isinstance(one, str) and one for one in cells):
        return _cells(["" if one is None else str(one) for one in cells])
    return np.array([one if isinstance(one, int | float) else np.nan for one in cells], np.float64)


def _cells(texts: list[str]) -> np.ndarray[Any, Any]:
    out = np.empty((len(texts), 1), dtype=object)
    out[:, 0] = texts
    return out
