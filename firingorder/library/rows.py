"""All rows as JSON lines, one file in a zip for each table: what every database can take.

The rows are read in one transaction, so that they belong together also while others write. They
are written into tables of the revision they come from, which are then upgraded.
"""

from __future__ import annotations

import base64
import json
import os
import zipfile
from typing import TYPE_CHECKING, Any, cast

from sqlalchemy import LargeBinary, MetaData, Table, insert, select, text

from firingorder.errors import FileFormatError, LibraryError
from firingorder.library.schema import HEAD, REVISIONS, upgrade

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from sqlalchemy import Connection, Engine

SCHEMA = "firingorder.rows/1"
_ABOUT = "rows.json"
_VERSIONS = "alembic_version"
_BATCH = 500


def write_rows(engine: Engine, path: Path) -> None:
    """Write all rows into a new zip, for its owner only.

    Raises
    ------
    LibraryError
        There is such a file already, or the disk refuses.
    """
    try:
        file = os.open(
            path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0), 0o600
        )
        with (
            os.fdopen(file, "wb") as out,
            zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as zipped,
        ):
            _write(engine, zipped)
            zipped.close()
            out.flush()
            os.fsync(out.fileno())
    except FileExistsError as error:
        raise LibraryError(f"{path} exists already: choose another name.") from error
    except OSError as error:
        path.unlink(missing_ok=True)
        raise LibraryError(f"{path} cannot be written: {error.strerror or error}.") from error


def _write(engine: Engine, zipped: zipfile.ZipFile) -> None:
    # One picture of everything: a reader of SQLite has it anyhow, a server is asked for it.
    options: dict[str, Any] = {}
    if engine.dialect.name != "sqlite":
        options["isolation_level"] = "REPEATABLE READ"
    with engine.connect().execution_options(**options) as connection, connection.begin():
        tables = _tables(connection)
        revision = connection.execute(text(f"SELECT version_num FROM {_VERSIONS}")).scalar()
        counts: dict[str, int] = {}
        for table in tables:
            with zipped.open(f"{table.name}.jsonl", "w", force_zip64=True) as out:
                count = 0
                for row in _rows(connection, table):
                    out.write(json.dumps(row, allow_nan=False).encode() + b"\n")
                    count += 1
                counts[table.name] = count
        about = {"schema": SCHEMA, "revision": revision, "rows": counts}
        zipped.writestr(_ABOUT, json.dumps(about, indent=1))


def _tables(connection: Connection) -> list[Table]:
    """Return the tables as they are, those first that others point to."""
    found = MetaData()
    found.reflect(connection)
    return [table for table in found.sorted_tables if table.name != _VERSIONS]


def _rows(connection: Connection, table: Table) -> Iterator[dict[str, Any]]:
    asked = select(table).order_by(*table.primary_key.columns)
    found = connection.execution_options(yield_per=_BATCH).execute(asked)
    for row in found.mappings():
        yield {
            name: {"base64": base64.b64encode(value).decode()}
            if isinstance(value, bytes)
            else value
            for name, value in row.items()
        }


def check_rows(path: Path) -> str:
    """Return the revision of a file of rows.

    Raises
    ------
    FileFormatError
        It is none, or of a newer version.
    """
    try:
        with zipfile.ZipFile(path) as zipped:
            about = json.loads(zipped.read(_ABOUT))
            revision = str(about["revision"])
            schema = str(about["schema"])
    except (OSError, ValueError, KeyError, TypeError, zipfile.BadZipFile) as error:
        raise FileFormatError(f"{path} holds no rows of a library, or is damaged.") from error
    if schema != SCHEMA or revision not in REVISIONS:
        raise FileFormatError(
            f"{path} was written by a newer firingorder (revision {revision}, this one knows "
            f"{HEAD}). Update firingorder; nothing was changed."
        )
    return revision


def read_rows(
    engine: Engine, path: Path, renamed: Callable[[str, dict[str, Any]], None] | None = None
) -> None:
    """Fill an empty database with rows, and bring it to the revision of this version.

    Parameters
    ----------
    renamed
        Called with the name of the table and each row before it is written; it may change paths.

    Raises
    ------
    FileFormatError
        The file holds no rows, or not all it says.
    """
    revision = check_rows(path)
    upgrade(engine, to=revision)
    with engine.execution_options(writes=True).connect() as connection, connection.begin():
        with zipfile.ZipFile(path) as zipped:
            about = json.loads(zipped.read(_ABOUT))
            for table in _tables(connection):
                count = _fill(connection, table, zipped, renamed)
                if count != about["rows"].get(table.name):
                    raise FileFormatError(f"{path} is damaged: rows of {table.name} are missing.")
        if engine.dialect.name != "sqlite":
            _renew_counters(connection)
    if revision != HEAD:
        upgrade(engine)


def _fill(
    connection: Connection,
    table: Table,
    zipped: zipfile.ZipFile,
    renamed: Callable[[str, dict[str, Any]], None] | None,
) -> int:
    binary = {one.name for one in table.columns if isinstance(one.type, LargeBinary)}
    count = 0
    waiting: list[dict[str, Any]] = []
    with zipped.open(f"{table.name}.jsonl") as lines:
        for line in lines:
            row = cast("dict[str, Any]", json.loads(line))
            for name in binary & row.keys():
                row[name] = base64.b64decode(row[name]["base64"])
            if renamed is not None:
                renamed(table.name, row)
            waiting.append(row)
            count += 1
            if len(waiting) == _BATCH:
                connection.execute(insert(table), waiting)
                waiting = []
    if waiting:
        connection.execute(insert(table), waiting)
    return count


def _renew_counters(connection: Connection) -> None:
    """Let a server count on from the numbers that were written."""
    for table in _tables(connection):
        key = next(iter(table.primary_key.columns))
        sequence = connection.execute(
            text("SELECT pg_get_serial_sequence(:table, :key)"),
            {"table": table.name, "key": key.name},
        ).scalar()
        if sequence is not None:
            top = f"(SELECT coalesce(max({key.name}), 0) + 1 FROM {table.name})"
            connection.execute(text(f"SELECT setval('{sequence}', {top}, false)"))
