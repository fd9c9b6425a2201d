"""Parquet: one file per stream and table, whole counts where the converter's are known.

Counts are kept as differences (delta encoding) and packed with zstd: a value is its count times
``step`` of the column's metadata, to the last bit. A stream without known counts has values.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import numpy as np

from firingorder.recording.writers.data import facts_to_dict
from firingorder.recording.writers.lacking import needed
from firingorder.recording.writers.staging import write_json
from firingorder.recording.writers.tables import Table, tables

if TYPE_CHECKING:
    from pathlib import Path

    from firingorder.recording.writers.data import ExportData, ExportStream
    from firingorder.samples import FloatArray


def write_parquet(data: ExportData, folder: Path) -> None:
    """Write ``emg.parquet``, ``imu.parquet``, the tables, and the facts into a folder.

    Raises
    ------
    UsageError
        pyarrow is not installed.
    """
    facts = facts_to_dict(data.facts)
    about = {"firingorder": json.dumps(facts, ensure_ascii=False)}
    for stream in data.streams:
        _write_stream(stream, folder / f"{stream.kind}.parquet", about)
    for table in tables(data):
        _write_table(table, folder / f"{table.name}.parquet", about)
    write_json(folder / "facts.json", facts)


def _write_stream(stream: ExportStream, path: Path, about: dict[str, str]) -> None:
    arrow: Any = needed("pyarrow", "parquet", "Export to Parquet")
    there = ~np.isnan(stream.samples).all(axis=1)
    columns: list[Any] = [arrow.array(stream.time_s[there])]
    fields: list[Any] = [arrow.field("time_s", arrow.float64(), metadata={"unit": "s"})]
    encodings = {"time_s": "BYTE_STREAM_SPLIT"}
    for k, (name, unit) in enumerate(zip(stream.names, stream.units, strict=True)):
        values, step = stream.samples[there, k], stream.steps[k]
        counts = None if step is None else whole_counts(values, step)
        if counts is None:
            shown, kept, kind = f"{name} [{unit}]", values, arrow.float64()
            encodings[shown], said = "BYTE_STREAM_SPLIT", {"unit": unit}
        else:
            shown, kept, kind = f"{name} [counts]", counts, arrow.int32()
            encodings[shown], said = "DELTA_BINARY_PACKED", {"unit": unit, "step": repr(step)}
        columns.append(arrow.array(kept, kind, mask=np.isnan(values)))
        fields.append(arrow.field(shown, kind, metadata=said))
    rate = {"kind": stream.kind, "rate_hz": repr(stream.rate_hz)}
    table = arrow.Table.from_arrays(columns, schema=arrow.schema(fields, {**about, **rate}))
    _write(table, path, encodings)


def whole_counts(values: FloatArray, step: float) -> np.ndarray[Any, np.dtype[np.int32]] | None:
    """Return the counts that values are, 0 for NaN; None where they are no whole counts."""
    present = np.nan_to_num(values)
    if np.max(np.abs(present), initial=0.0) > step * (2**31 - 1):
        return None
    counts = np.rint(present / step)
    if np.max(np.abs(counts * step - present), initial=0.0) > 1e-6 * step:
        return None
    return counts.astype(np.int32)


def _write_table(table: Table, path: Path, about: dict[str, str]) -> None:
    arrow: Any = needed("pyarrow", "parquet", "Export to Parquet")
    columns: list[Any] = []
    fields: list[Any] = []
    for column in table.columns:
        cells = [None if one == "" else one for one in table.column(column.name)]
        numbers = all(one is None or isinstance(one, int | float) for one in cells)
        whole = numbers and all(one is None or isinstance(one, int) for one in cells)
        kind = arrow.int64() if whole else arrow.float64() if numbers else arrow.string()
        if all(one is None for one in cells):
            kind = arrow.string() if not column.name.endswith(("_s", "_ms")) else arrow.float64()
        columns.append(arrow.array(cells, kind))
        fields.append(arrow.field(column.name, kind, metadata={"description": column.description}))
    _write(arrow.Table.from_arrays(columns, schema=arrow.schema(fields, about)), path, {})


def _write(table: Any, path: Path, encodings: dict[str, str]) -> None:
    parquet: Any = needed("pyarrow.parquet", "parquet", "Export to Parquet")
    told = {"use_dictionary": False, "column_encoding": encodings} if encodings else {}
    parquet.write_table(table, path, compression="zstd", **told)
