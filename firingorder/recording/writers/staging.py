"""Files that appear whole or not at all: written beside, then moved to their names.

Folders are for their owner only and files too, whatever the umask: they hold what a body did.
"""

from __future__ import annotations

import contextlib
import errno
import json
import os
import shutil
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

from firingorder.errors import FiringOrderError, UsageError

if TYPE_CHECKING:
    from collections.abc import Generator

_PREFIX = ".firingorder-"
_FILE_MODE, _FOLDER_MODE = 0o600, 0o700
#: 2000-01-01: an export is often made on the day of the recording, which is not to be told.
_NO_DAY_S = 946_684_800


@contextlib.contextmanager
def staging(out: Path) -> Generator[Path]:
    """Give a fresh folder inside ``out``; it is gone afterwards, with whatever is still in it.

    ``out`` is made if it is not there, and taken away again when nothing came of it.

    Raises
    ------
    UsageError
        ``out`` is a file.
    FiringOrderError
        The disk refuses, now or while the caller writes; one sentence says why.
    """
    if out.exists() and not out.is_dir():
        raise UsageError(f"{out} is a file; name a folder for the export.")
    made: list[Path] = []
    try:
        try:
            made = _make_folders(out)
            beside = Path(tempfile.mkdtemp(prefix=_PREFIX, dir=out))
        except OSError as error:
            raise FiringOrderError(explain(error, out)) from error
        try:
            yield beside
        except OSError as error:
            raise FiringOrderError(explain(error, out)) from error
        finally:
            shutil.rmtree(beside, ignore_errors=True)
    finally:
        for folder in reversed(made):
            with contextlib.suppress(OSError):  # it is not empty: the export is in it
                folder.rmdir()


def publish(moves: list[tuple[Path, Path]], *, replaces: frozenset[Path] = frozenset()) -> None:
    """Move files or folders to their names, all of them or none.

    Those in ``replaces`` may be there already: they are put back if a later move fails.

    Raises
    ------
    FiringOrderError
        A name is taken, or the disk refuses; what was there before is unchanged.
    """
    done: list[tuple[Path, Path | None]] = []
    made: list[Path] = []
    try:
        for source, target in moves:
            if target.exists() and target not in replaces:
                raise FileExistsError(errno.EEXIST, os.strerror(errno.EEXIST), str(target))
            made += _make_folders(target.parent)
            _make_plain(source)
            before = None
            if target.exists():
                before = source.with_name(f"{source.name}.before")
                target.replace(before)
            done.append((target, before))
            source.replace(target)
    except OSError as error:
        for target, before in reversed(done):
            with contextlib.suppress(OSError):
                _remove(target)
            if before is not None:
                before.replace(target)
        for folder in reversed(made):
            with contextlib.suppress(OSError):
                folder.rmdir()
        raise FiringOrderError(explain(error, moves[0][1].parent)) from error


def write_json(path: Path, fields: dict[str, Any]) -> None:
    """Write a JSON object, indented, in UTF-8."""
    path.write_text(json.dumps(fields, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")


def explain(error: OSError, out: Path) -> str:
    """Return one sentence on why an export could not be written, and what to do."""
    if error.errno in (errno.EACCES, errno.EPERM, errno.EROFS):
        return f"{out} cannot be written to: {error.strerror}. Choose another folder."
    if error.errno in (errno.ENOSPC, getattr(errno, "EDQUOT", errno.ENOSPC)):
        return f"The disk of {out} is full; nothing was exported. Free some space."
    if error.errno == errno.EEXIST:
        return f"{error.filename} exists already; nothing was exported. Choose another folder."
    if error.errno is None:  # NumPy names no cause where a disk took only a part
        return f"Not everything could be written to {out}; nothing was exported. Free some space."
    return f"The export to {out} failed: {error.strerror or error}. Nothing was exported."


def _make_folders(folder: Path) -> list[Path]:
    """Make what is missing of a folder's path, and return it, the outermost first."""
    missing: list[Path] = []
    while not folder.exists():
        missing.append(folder)
        folder = folder.parent
    for one in reversed(missing):
        one.mkdir(mode=_FOLDER_MODE)
        one.chmod(_FOLDER_MODE)
    return list(reversed(missing))


def _make_plain(path: Path) -> None:
    """Let only the owner in, and let the date of the file tell nothing."""
    for one in (path, *(path.rglob("*") if path.is_dir() else ())):
        os.utime(one, (_NO_DAY_S, _NO_DAY_S))
        if sys.platform != "win32":  # the user's profile folder keeps others out there
            one.chmod(_FOLDER_MODE if one.is_dir() else _FILE_MODE)


def _remove(path: Path) -> None:
    if path.is_dir():
        shutil.rmtree(path)
    else:
        path.unlink(missing_ok=True)
