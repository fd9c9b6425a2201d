"""Which revision a library has, and how it comes to the one of this version.

A new or an older library is upgraded by the migrations, after a copy of it was made; one of a
newer version is refused. alembic is loaded only where there is something to do.
"""

from __future__ import annotations

import sqlite3
import sys
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy import inspect, text

from firingorder.errors import LibraryError
from firingorder.library.faults import told

if TYPE_CHECKING:
    from sqlalchemy import Connection, Engine

    from firingorder.library.connecting import Place

#: Released revisions, the oldest first. A new one is added at the end, none is ever changed.
REVISIONS = ("0001", "0002", "0003")
HEAD = REVISIONS[-1]
_MIGRATIONS = Path(__file__).parent / "migrations"
#: One upgrade at a time on a server: any number that nobody else uses.
_LOCK = 7_305_661


def bring_up(engine: Engine, place: Place) -> str:
    """Make the tables, or upgrade them; return what a person should know of it, mostly nothing.

    Raises
    ------
    LibraryError
        The library is of a newer version, is none, or cannot be written.
    """
    with told(place.name):
        with engine.connect() as connection:
            found = revision(connection, place)
        if found == HEAD:
            return ""
        copy = _copy_before(place, found) if found else None
        upgrade(engine, found_before=found)
    if not found:
        return ""
    kept = f"; it was copied to {copy} before" if copy else ""
    return f"The library {place.name} was upgraded from revision {found} to {HEAD}{kept}."


def revision(connection: Connection, place: Place) -> str:
    """Return the revision of a library, empty for an empty database.

    Raises
    ------
    LibraryError
        It is newer than this version, or the tables are those of something else.
    """
    tables = set(inspect(connection).get_table_names())
    if not tables:
        return ""
    if "alembic_version" not in tables:
        raise LibraryError(
            f"{place.name} is a database of another program: nothing in it was touched. Name "
            "another one."
        )
    found = str(connection.execute(text("SELECT version_num FROM alembic_version")).scalar() or "")
    if found and found not in REVISIONS:
        raise LibraryError(
            f"The library {place.name} has revision {found}, written by a newer firingorder; this "
            f"one knows revisions up to {HEAD}. Update firingorder; nothing was changed."
        )
    if found and "person" not in tables:
        raise LibraryError(
            f"{place.name} is a database of another program: nothing in it was touched. Name "
            "another one."
        )
    return found


def upgrade(engine: Engine, *, to: str = HEAD, found_before: str | None = None) -> None:
    """Run the migrations up to a revision, whole or not at all."""
    from alembic import command
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(_MIGRATIONS).replace("%", "%%"))
    sqlite = engine.dialect.name == "sqlite"
    with engine.execution_options(writes=True).connect() as connection:
        if sqlite:
            # Tables are made anew to be altered; with foreign keys on, dropping the old one would
            # take the rows that point to it along. The switch works outside a transaction only.
            _switch_keys(connection, on=False)
        try:
            with connection.begin():
                if not sqlite:
                    connection.execute(text("SELECT pg_advisory_xact_lock(:n)"), {"n": _LOCK})
                config.attributes["connection"] = connection
                command.upgrade(config, to)
                if sqlite:
                    _check_keys(connection)
        finally:
            if sqlite:
                _switch_keys(connection, on=True)


def _switch_keys(connection: Connection, *, on: bool) -> None:
    cursor = connection.connection.cursor()
    try:
        cursor.execute(f"PRAGMA foreign_keys={'ON' if on else 'OFF'}")
    finally:
        cursor.close()


def _check_keys(connection: Connection) -> None:
    broken = connection.exec_driver_sql("PRAGMA foreign_key_check").fetchone()
    if broken is not None:
        raise LibraryError(
            f"The library holds a row of {broken[0]} that belongs to nothing, so it was not "
            "upgraded; nothing was changed. Restore a backup."
        )


def _copy_before(place: Place, found: str) -> Path | None:
    """Copy a file by SQLite's own backup, whole also while others write. Servers have theirs."""
    if place.file is None:
        return None
    for k in range(1, 1000):
        again = "" if k == 1 else f"-{k}"
        copy = place.file.with_name(f"{place.file.stem}.before-{HEAD}-from-{found}{again}.sqlite")
        if not copy.exists():
            copy_sqlite(place.file, copy)
            return copy
    raise LibraryError(f"{place.file.parent} is full of copies of the library: remove some.")


def copy_sqlite(source: Path, target: Path) -> None:
    """Copy a database file with everything that is committed, for its owner only.

    Raises
    ------
    LibraryError
        The disk refuses; no half copy stays.
    """
    try:
        target.touch(mode=0o600, exist_ok=False)
        if sys.platform != "win32":
            target.chmod(0o600)
        with closing(sqlite3.connect(source)) as old, closing(sqlite3.connect(target)) as new:
            old.backup(new)
    except (OSError, sqlite3.Error) as error:
        target.unlink(missing_ok=True)
        raise LibraryError(
            f"The library {source} was not upgraded, because it could not be copied to {target} "
            f"before: {error}. Make room and try again; nothing was changed."
        ) from error
