"""Engines: SQLite in a private file by default, PostgreSQL by URL, each as it has to be set up."""

from __future__ import annotations

import os
import sqlite3
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sqlalchemy import Engine, NullPool, create_engine, event
from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError

from firingorder.errors import LibraryError, UsageError

if TYPE_CHECKING:
    from sqlalchemy import URL, Connection

FILE_NAME = "library.sqlite"
#: How long a writer waits for another one before it says so.
BUSY_S = 5.0
_CONNECT_S = 5


@dataclass(frozen=True, slots=True)
class Place:
    """Where a library is. ``file`` is None for a server; ``name`` is without a password."""

    url: URL
    file: Path | None
    name: str


def place_of(url: str | None, folder: Path) -> Place:
    """Return where the library of a URL is; None: a file in the folder.

    Raises
    ------
    UsageError
        The URL is none, or of a database that is not supported.
    """
    if not url:
        file = folder / FILE_NAME
        return Place(make_url("sqlite://").set(database=str(file)), file, str(file))
    try:
        parsed = make_url(url)
    except ArgumentError as error:
        raise UsageError(
            f"{url!r} is no address of a library: write postgresql://USER@HOST/DATABASE."
        ) from error
    match parsed.drivername:
        case "sqlite" if parsed.database and parsed.database != ":memory:":
            file = Path(parsed.database)
            return Place(make_url("sqlite://").set(database=str(file)), file, str(file))
        case "postgresql" | "postgres" | "postgresql+psycopg":
            shown = parsed.set(drivername="postgresql")
            name = shown.render_as_string(hide_password=True)
            return Place(parsed.set(drivername="postgresql+psycopg"), None, name)
        case _:
            raise UsageError(
                f"A library is a SQLite file or a PostgreSQL database, not {parsed.drivername!r}: "
                "write postgresql://USER@HOST/DATABASE, or leave --url out."
            )


def connect(place: Place, *, busy_s: float = BUSY_S) -> Engine:
    """Return an engine; nothing is opened yet but an empty private file.

    Raises
    ------
    LibraryError
        The file cannot be made, or the driver of PostgreSQL is not installed.
    """
    if place.file is not None:
        _private_file(place.file)
        engine = create_engine(place.url, connect_args={"timeout": busy_s})
        event.listen(engine, "connect", _set_up_sqlite)
        event.listen(engine, "begin", _begin)
        return engine
    try:
        return create_engine(
            place.url,
            pool_pre_ping=True,  # a server that was started again is found again
            connect_args={
                "connect_timeout": _CONNECT_S,
                "application_name": "firingorder",
                "options": f"-c lock_timeout={round(busy_s * 1000)}",
                "tcp_user_timeout": _CONNECT_S * 2000,
            },
        )
    except ImportError as error:
        raise LibraryError(
            "A library on PostgreSQL needs psycopg: pip install 'firingorder[postgres]'."
        ) from error


def connect_to_read(file: Path, *, busy_s: float = BUSY_S) -> Engine:
    """Return an engine that only reads a SQLite file, also where nothing can be written.

    A journal that is there is read with the index beside it. Without one SQLite could not make the
    index it insists on (sqlite.org/wal.html, "Read-Only Databases"), so that the file is told to be
    immutable; every transaction opens it anew then, and what was kept of it in memory is forgotten.
    """
    frozen = "" if journal(file) else "&immutable=1"
    address = f"{file.resolve().as_uri()}?mode=ro{frozen}"

    def open_file() -> sqlite3.Connection:
        found = sqlite3.connect(address, uri=True, timeout=busy_s, check_same_thread=False)
        found.isolation_level = None
        return found

    engine = create_engine("sqlite://", creator=open_file, poolclass=NullPool)
    event.listen(engine, "begin", _begin)
    return engine


def journal(file: Path) -> Path | None:
    """Return the journal that holds what is not in a SQLite file yet; None: it is all there."""
    found = file.with_name(file.name + "-wal")
    try:
        return found if found.stat().st_size else None
    except OSError:
        return None


def _set_up_sqlite(dbapi_connection: Any, _record: Any) -> None:
    dbapi_connection.isolation_level = None  # transactions begin where we say, see _begin
    cursor = dbapi_connection.cursor()
    try:
        # The first that touches the file: a read-only one refuses the change of mode with an error.
        cursor.execute("PRAGMA journal_mode=WAL")
        cursor.execute("PRAGMA synchronous=FULL")
        cursor.execute("PRAGMA foreign_keys=ON")
        cursor.execute("PRAGMA secure_delete=ON")
    finally:
        cursor.close()


def _begin(connection: Connection) -> None:
    # A writer asks for its lock at once: one that reads first and then writes can be refused
    # without waiting (sqlite.org/isolation.html).
    writes = connection.get_execution_options().get("writes", False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")


def _private_file(path: Path) -> None:
    """Make the file for its owner only; SQLite gives its journal files the same mode."""
    try:
        private_folder(path.parent)
        if not path.exists():
            os.close(os.open(path, os.O_RDWR | os.O_CREAT, 0o600))
            if sys.platform != "win32":
                path.chmod(0o600)
    except OSError as error:
        raise LibraryError(
            f"The library {path} cannot be made: {error.strerror}. Choose a folder that can be "
            "written to, or make room."
        ) from error


def private_folder(path: Path) -> None:
    """Make a folder that only its owner may enter, whatever the umask."""
    if not path.is_dir():
        path.mkdir(parents=True, mode=0o700, exist_ok=True)
        path.chmod(0o700)
