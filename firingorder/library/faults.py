"""What a database says when it refuses, as one sentence with the way out."""

from __future__ import annotations

import shutil
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy.exc import DBAPIError, IntegrityError, SQLAlchemyError

from firingorder.errors import LibraryAwayError, LibraryError

if TYPE_CHECKING:
    from collections.abc import Generator

#: Least size of the index that SQLite keeps of its journal (sqlite.org/walformat.html).
INDEX_BYTES = 32_768
#: Parts of SQLite's own messages (sqlite.org/rescode.html), what they mean, and whether it passes.
_SQLITE = (
    (
        ("database is locked", "database table is locked"),
        "is in use by another program that does not let go of it. Close other windows of "
        "firingorder, or try again",
        True,
    ),
    (
        ("database or disk is full",),
        "cannot be written: the disk is full. Make room and try again; what was in it is whole",
        True,
    ),
    (
        ("readonly database", "read-only"),
        "cannot be written: the file or its folder is read-only. Allow writing there, or name "
        "another folder",
        True,
    ),
    (
        ("disk i/o error",),
        "cannot be read or written: the disk reports a fault. Copy the file to another disk, and "
        "look at this one",
        True,
    ),
    (
        ("unable to open database file",),
        "cannot be opened. Check who may read and write the file and its folder",
        False,
    ),
    (
        ("file is not a database", "file is encrypted"),
        "is no library of firingorder: something else has this name. Move the file away, or "
        "restore a backup",
        False,
    ),
    (
        ("malformed",),
        "is damaged. Restore a backup (`firingorder library restore FILE --replace`); the damaged "
        "one is kept beside it, and recordings can be adopted again",
        False,
    ),
)


@contextmanager
def told(where: str) -> Generator[None]:
    """Turn errors of a database into sentences. ``where`` names the library, without a password.

    Raises
    ------
    LibraryAwayError
        It cannot be reached or written for now.
    LibraryError
        It refused for another reason.
    """
    try:
        yield
    except DBAPIError as error:
        raise _told(error, where) from error
    except UnicodeEncodeError as error:
        raise LibraryError(
            f"The library {where} takes only letters that can be written: {error.object!r} holds "
            "others. Nothing was changed."
        ) from error
    except SQLAlchemyError as error:
        raise LibraryError(f"The library {where} cannot be used: {error}.") from error


def _told(error: DBAPIError, where: str) -> LibraryError:
    original = error.orig
    words = str(original).strip()
    low = words.lower()
    if type(original).__module__.startswith("sqlite3"):
        if "disk i/o error" in low and _no_room(where):
            low = "database or disk is full"  # SQLite could not even make its journal's index
        for parts, meaning, passes in _SQLITE:
            if any(part in low for part in parts):
                kind = LibraryAwayError if passes else LibraryError
                return kind(f"The library {where} {meaning}.")
    elif lost(error):
        return LibraryAwayError(
            f"The library {where} cannot be reached: {_first_line(words)}. Check that its server "
            "runs and that the network is there; recordings go on without it."
        )
    elif "lock timeout" in low:
        return LibraryAwayError(
            f"The library {where} is busy: another program holds what has to be written. Try again."
        )
    return LibraryError(f"The library {where} refused: {_first_line(words)}.")


def _no_room(file: str) -> bool:
    """Whether the disk of a file has less room than the index of its journal needs."""
    try:
        return shutil.disk_usage(Path(file).parent).free < INDEX_BYTES
    except OSError:
        return False


def lost(error: DBAPIError) -> bool:
    """Whether the connection to a server could not be made, or is gone."""
    if isinstance(error, IntegrityError):
        return False
    state = str(getattr(error.orig, "sqlstate", None) or "")
    # Class 08: connection exceptions; 57P: the server goes down (PostgreSQL 15, appendix A).
    # Without a code there was no server that could have given one.
    gone = type(error.orig).__name__ in ("OperationalError", "InterfaceError") and not state
    return error.connection_invalidated or gone or state.startswith(("08", "57P"))


def _first_line(words: str) -> str:
    return words.splitlines()[0].rstrip(". ") if words else "no reason was given"
