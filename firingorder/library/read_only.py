"""A library that can only be read: on a read-only disk, in somebody else's folder, without room."""

from __future__ import annotations

import errno
import os
import shutil
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

from firingorder.errors import LibraryAwayError, LibraryError
from firingorder.library.connecting import connect, connect_to_read, journal
from firingorder.library.faults import INDEX_BYTES, told
from firingorder.library.schema import HEAD, bring_up, revision

if TYPE_CHECKING:
    from collections.abc import Generator
    from pathlib import Path

    from sqlalchemy import Engine

    from firingorder.library.connecting import Place

_READ_ONLY = (
    "The library {name} is read-only here: everything can be looked at, nothing can be kept. To "
    "change something, allow writing to the file and its folder, or copy the folder to where you "
    "may write and open it there."
)
_FULL = (
    "The disk of the library {name} is full: everything can be looked at, nothing can be kept. "
    "Make room on it, then do it again."
)
_OLD = (
    "The library {name} has revision {found} and has to be upgraded to {head} before this version "
    "of firingorder can show it, but it cannot be written where it is. Copy the folder {folder} to "
    "where you may write, or allow writing here, and open it again; nothing was changed."
)
_JOURNAL = (
    "The library {name} was not closed, and what it has not taken over from {journal} yet can be "
    "read only where the folder can be written. Copy both files to where you may write, or allow "
    "writing here, and open it again; nothing was changed."
)
_REFUSED = (errno.EROFS, errno.EACCES, errno.EPERM)


@dataclass(frozen=True, slots=True)
class Opened:
    """An engine, what a person should know of it, and why it only reads; empty: it writes."""

    engine: Engine
    remark: str
    read_only: str


def open_engine(place: Place, *, busy_s: float) -> Opened:
    """Open a library to read and write; where that is refused, to read it.

    Raises
    ------
    LibraryError
        It cannot be read either, or has to be upgraded first.
    """
    refused: LibraryError | None = None
    if not (why := _why(place)):
        try:
            return _open_to_write(place, busy_s)
        except LibraryError as error:
            refused, why = error, _why(place, error)
            if not why:
                raise
    try:
        return _open_to_read(place, why, busy_s)
    except LibraryAwayError as error:
        raise (refused or error) from error


def still_only_read(place: Place) -> bool:
    """Whether a file that could only be read still can: a look at it, nothing is opened."""
    return bool(_why(place))


def _open_to_write(place: Place, busy_s: float) -> Opened:
    engine = connect(place, busy_s=busy_s)
    try:
        return Opened(engine, bring_up(engine, place), "")
    except BaseException:
        engine.dispose()
        raise


def _open_to_read(place: Place, why: str, busy_s: float) -> Opened:
    assert place.file is not None
    if (waits := journal(place.file)) and not _index(place.file).exists():
        raise LibraryError(_JOURNAL.format(name=place.name, journal=waits))
    engine = connect_to_read(place.file, busy_s=busy_s)
    with told(place.name), engine.connect() as connection:
        found = revision(connection, place)
    if found != HEAD:
        folder = place.file.parent
        name = place.name
        raise LibraryError(_OLD.format(name=name, found=found or "none", head=HEAD, folder=folder))
    return Opened(engine, why, why)


def _why(place: Place, refused: LibraryError | None = None) -> str:
    """Return why a library can only be read, in a sentence; empty: it is not known that it is so.

    ``refused`` is what came of opening it to write.
    """
    file = place.file
    if file is None or not _has_content(file):
        return ""
    try:
        with file.open("r+b"):
            pass
    except OSError as error:
        return _READ_ONLY.format(name=place.name) if error.errno in _REFUSED else ""
    effective = os.access in os.supports_effective_ids
    if not os.access(file.parent, os.W_OK, effective_ids=effective):
        return _READ_ONLY.format(name=place.name)
    full = "disk is full" in str(refused or "") or (
        not _index(file).exists() and shutil.disk_usage(file.parent).free < INDEX_BYTES
    )
    return _FULL.format(name=place.name) if full else ""


def _has_content(file: Path) -> bool:
    try:
        return file.stat().st_size > 0
    except OSError:
        return False


def _index(file: Path) -> Path:
    return file.with_name(file.name + "-shm")


def state(file: Path) -> tuple[int, int, bool]:
    """Return what changes when somebody writes to a library file."""
    found = file.stat()
    return found.st_mtime_ns, found.st_size, journal(file) is not None


@contextmanager
def unchanged(file: Path | None, name: str) -> Generator[None]:
    """Read a file that SQLite was told to be immutable, and be sure that it was; None: no matter.

    Raises
    ------
    LibraryAwayError
        Another computer wrote to it meanwhile.
    """
    before = None if file is None else state(file)
    yield
    if file is not None and state(file) != before:
        raise LibraryAwayError(
            f"The library {name} was changed by somebody else while it was read. Try again."
        )
