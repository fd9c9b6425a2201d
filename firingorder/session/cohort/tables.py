"""Tables of a run: CSV, or Parquet, one row for each recording, set and repetition."""

from __future__ import annotations

import contextlib
import csv
import io
from typing import TYPE_CHECKING, Any

from firingorder.errors import FiringOrderError, UsageError
from firingorder.session.cohort.rows import RECORDINGS, REPETITIONS, SETS
from firingorder.session.own_files import whole_file, write_whole

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from firingorder.session.cohort.cohort import Cohort
    from firingorder.session.cohort.rows import Kind, Row

SUFFIXES = (".csv", ".parquet")


def check_table(path: Path) -> None:
    """Refuse a table that could not be written later, before the work begins.

    Raises
    ------
    UsageError
        The suffix is none of :data:`SUFFIXES`, or there is no such folder.
    FiringOrderError
        Parquet needs a package that is missing.
    """
    if path.suffix.lower() not in SUFFIXES:
        raise UsageError(f"--table {path}: a table ends in {' or '.join(SUFFIXES)}.")
    if not path.parent.is_dir():
        raise UsageError(f"--table {path}: there is no folder {path.parent}.")
    if path.suffix.lower() == ".parquet":
        _pyarrow()


def tables_of(path: Path) -> tuple[Path, Path, Path]:
    """Return the files of the three tables: of recordings, sets and repetitions."""
    return (
        path,
        path.with_name(f"{path.stem}_sets{path.suffix}"),
        path.with_name(f"{path.stem}_repetitions{path.suffix}"),
    )


def is_table(path: Path) -> bool:
    """Return whether a file is a table that some run wrote: it stands beside data, and is none."""
    if path.suffix.lower() != ".csv":
        return False
    begin = f"{','.join(list(RECORDINGS)[:2])},"
    with contextlib.suppress(OSError), path.open("rb") as file:
        return file.read(64).decode("utf-8", "replace").removeprefix("file,").startswith(begin)
    return False


def write_tables(path: Path, cohort: Cohort, *, file_names: bool = False) -> tuple[Path, ...]:
    """Write the three tables and return their paths.

    Raises
    ------
    FiringOrderError
        The disk refuses.
    """
    names: dict[str, Kind] = {"file": str} if file_names else {}
    lines = cohort.lines
    sets = [row for line in lines for row in line.block.get("sets", ())]
    repetitions = [row for line in lines for row in line.block.get("repetitions", ())]
    whole: tuple[tuple[Mapping[str, Kind], Sequence[Row]], ...] = (
        (names | RECORDINGS, [line.row(file_names=file_names) for line in lines]),
        (SETS, sets),
        (REPETITIONS, repetitions),
    )
    paths = tables_of(path)
    for one, (columns, rows) in zip(paths, whole, strict=True):
        try:
            if one.suffix.lower() == ".csv":
                write_whole(one, _csv(columns, rows))
            else:
                _write_parquet(one, columns, rows)
        except OSError as error:
            raise FiringOrderError(
                f"The table {one} could not be written: {error.strerror}."
            ) from error
    return paths


def _csv(columns: Mapping[str, Kind], rows: Sequence[Row]) -> str:
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(columns)
    for row in rows:
        writer.writerow([_cell(row.get(name)) for name in columns])
    return out.getvalue()


def _cell(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    text = repr(value) if isinstance(value, float) else str(value)
    # A spreadsheet would take a text that begins so for a formula.
    return f"'{text}" if isinstance(value, str) and text[:1] in ("=", "+", "-", "@") else text


def _write_parquet(path: Path, columns: Mapping[str, Kind], rows: Sequence[Row]) -> None:
    pa, parquet = _pyarrow()
    kinds = {str: pa.string(), int: pa.int64(), float: pa.float64(), bool: pa.bool_()}
    schema = pa.schema([(name, kinds[kind]) for name, kind in columns.items()])
    table = pa.Table.from_pylist(
        [{name: row.get(name) for name in columns} for row in rows], schema=schema
    )
    with whole_file(path) as file:
        parquet.write_table(table, file, compression="zstd")


def _pyarrow() -> tuple[Any, Any]:
    try:
        import pyarrow  # pyright: ignore[reportMissingTypeStubs]
        from pyarrow import parquet  # pyright: ignore[reportMissingTypeStubs]
    except ImportError as error:
        raise FiringOrderError(
            "A table in Parquet needs the package pyarrow: pip install 'firingorder[parquet]'. "
            "Or name a .csv."
        ) from error
    return pyarrow, parquet
