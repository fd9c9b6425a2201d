"""Rows of a backup into a library: a new file, or the tables of a server."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import MetaData, inspect, select

from firingorder.errors import LibraryError
from firingorder.library import models as m
from firingorder.library.connecting import FILE_NAME, connect, place_of
from firingorder.library.erasing import checkpoint
from firingorder.library.faults import told
from firingorder.library.rows import read_rows, write_rows

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from sqlalchemy import Engine


def is_on_server(url: str | None, folder: Path) -> bool:
    """Whether the library of a URL is on a server, not a file."""
    return place_of(url, folder).file is None


def file_of(url: str | None, folder: Path) -> Path:
    """Return the file of a library that is one."""
    return place_of(url, folder).file or folder / FILE_NAME


def new_file(path: Path, rows: Path, renamed: Callable[[str, dict[str, Any]], None]) -> None:
    """Make a library file out of rows.

    Raises
    ------
    FileFormatError
        The rows are damaged, or of a newer version.
    LibraryError
        The disk refuses.
    """
    place = place_of(f"sqlite:///{path}", path.parent)
    engine = connect(place)
    try:
        with told(place.name):
            read_rows(engine, rows, renamed)
            with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
                connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
    finally:
        engine.dispose()


def close_file(path: Path) -> None:
    """Bring what is in the journal of a library file into the file, so that it can be moved.

    Raises
    ------
    LibraryError
        Another program is working with it.
    """
    place = place_of(f"sqlite:///{path}", path.parent)
    engine = connect(place)
    try:
        with told(place.name), engine.connect() as connection:
            raw = connection.connection.cursor()
            busy = checkpoint(raw)
            raw.close()
    except LibraryError:
        return  # it is none, or damaged: it is moved as it is
    finally:
        engine.dispose()
    if busy:
        raise LibraryError(
            f"The library {path} is in use by another program. Close other windows of firingorder "
            "and restore again; nothing was changed."
        )


def server_has_rows(url: str | None, folder: Path) -> bool:
    """Whether anybody or any recording is in the library of a server."""
    place = place_of(url, folder)
    engine = connect(place)
    try:
        with told(place.name), engine.connect() as connection:
            if "person" not in inspect(connection).get_table_names():
                return False
            return any(
                connection.execute(select(table.id).limit(1)).first() is not None
                for table in (m.Person, m.Recording, m.Audit)
            )
    finally:
        engine.dispose()


def fill_server(
    url: str | None,
    folder: Path,
    rows: Path,
    renamed: Callable[[str, dict[str, Any]], None],
    *,
    old: Path | None,
) -> None:
    """Fill the tables of a server with rows; what is there goes into the file ``old`` before.

    Raises
    ------
    FiringOrderError
        The rows are damaged, or the server refuses; what was there is there again then.
    """
    place = place_of(url, folder)
    engine = connect(place)
    try:
        with told(place.name):
            if old is not None:
                write_rows(engine, old)
            try:
                _empty(engine)
                read_rows(engine, rows, renamed)
            except BaseException:
                _empty(engine)
                if old is not None:
                    read_rows(engine, old)
                raise
    finally:
        engine.dispose()


def _empty(engine: Engine) -> None:
    """Remove our tables; those of others stay."""
    ours = {*m.Base.metadata.tables, "alembic_version"}
    with engine.execution_options(writes=True).connect() as connection, connection.begin():
        found = MetaData()
        found.reflect(connection, only=lambda name, _: name in ours)
        found.drop_all(connection)
