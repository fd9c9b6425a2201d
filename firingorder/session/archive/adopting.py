"""Recordings that lie about and are not in the library: found, read, and taken in."""

from __future__ import annotations

import os
import shutil
import time
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from firingorder.errors import FiringOrderError, LibraryError, UsageError
from firingorder.recording.reader import open_recording
from firingorder.session.archive.facts import facts_of
from firingorder.session.parts import continued
from firingorder.session.paths import private_folder

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from firingorder.library.records import SessionRow
    from firingorder.session.archive.archive import Archive

    Progress = Callable[[int, int, str], None]

_ENDING = ".mcap"
#: A file that was written so lately belongs to a session that goes on (it is flushed twice a
#: second, recording/keeper.py).
_STILL_S = 3.0


@dataclass(frozen=True, slots=True)
class Adopted:
    """What came of an adoption.

    ``damaged`` holds files with the reason why they were not taken; ``known`` counts those that
    were in the library already, ``copies`` are those among them whose recording lies elsewhere.
    """

    sessions: tuple[SessionRow, ...]
    known: int
    damaged: tuple[tuple[Path, str], ...]
    copies: tuple[Path, ...] = ()


def unknown(archive: Archive) -> tuple[Path, ...]:
    """Return recordings in the archive's own folder that the library does not know by their path.

    Files that wait for being erased are no longer anybody's, and those that are being written not
    yet.
    """
    known = {os.path.realpath(path) for path in _known_paths(archive)}
    known |= {os.path.realpath(path) for path in archive.library.leftovers()}
    now_s = time.time()
    return tuple(
        path
        for path in _recordings((archive.folder / "recordings",))
        if os.path.realpath(path) not in known and not _written_now(path, now_s)
    )


def being_recorded(archive: Archive) -> tuple[Path, ...]:
    """Return recordings in the archive's own folder that somebody writes into just now."""
    now_s = time.time()
    found: list[Path] = []
    for path in _recordings((archive.folder / "recordings",)):
        if _written_now(path, now_s):
            with suppress(FiringOrderError, OSError):
                if not open_recording(path).finished:
                    found.append(path)
    return tuple(found)


def adopt(
    archive: Archive,
    paths: Path | Sequence[Path],
    progress: Progress | None = None,
    *,
    move: bool = False,
) -> Adopted:
    """Take recordings in: files, or everything in folders. Damaged ones stay where they are.

    ``move`` brings them into the archive's own folder; without it nothing is moved.

    Raises
    ------
    UsageError
        There is no such file or folder.
    LibraryError
        The library refuses; what was taken before stays taken.
    """
    archive.library.check_writable()  # before any file is moved
    files = _recordings([paths] if isinstance(paths, Path) else paths)
    taken: list[SessionRow] = []
    damaged: list[tuple[Path, str]] = []
    copies: list[Path] = []
    known = 0
    for k, path in enumerate(files):
        if progress is not None:
            progress(k, len(files), path.name)
        try:
            if _continues_another(path):
                continue
            new = archive.library.session_of(facts_of(path).new.id) is None
            moved = _moved(path, archive.folder / "recordings") if move and new else path
            row = archive.keep(moved)
        except LibraryError:
            raise
        except (FiringOrderError, OSError) as error:
            damaged.append((path, _why(error, path)))
            continue
        if new:
            taken.append(row)
        else:
            known += 1
            if os.path.realpath(row.recording.path) != os.path.realpath(moved):
                copies.append(moved)
    if progress is not None:
        progress(len(files), len(files), "")
    return Adopted(tuple(taken), known, tuple(damaged), tuple(copies))


def _why(error: Exception, path: Path) -> str:
    if isinstance(error, OSError):
        return f"{path} cannot be read or moved: {error.strerror or error}."
    return str(error)


def _recordings(paths: Iterable[Path]) -> list[Path]:
    found: dict[Path, None] = {}
    for path in paths:
        if path.is_dir():
            found |= dict.fromkeys(sorted(path.rglob(f"*{_ENDING}")))
        elif path.is_file():
            found[path] = None
        elif path.name != "recordings":
            raise UsageError(f"There is no file or folder {path}.")
    return list(found)


def _known_paths(archive: Archive) -> Iterable[str]:
    for one in archive.library.recordings():
        yield one.path
        yield from (*one.further, *one.copies)


def _written_now(path: Path, now_s: float) -> bool:
    try:
        return abs(now_s - path.stat().st_mtime) < _STILL_S
    except OSError:
        return True


def _continues_another(path: Path) -> bool:
    """Whether a file goes on where another begins that is there: that one takes it along."""
    before = continued(open_recording(path))
    name = "" if before is None else str(before.get("file") or "")
    return bool(name) and path.with_name(Path(name).name).exists()


def _moved(path: Path, folder: Path) -> Path:
    """Move a recording, and what continues it, into a folder; return where it is."""
    private_folder(folder)
    files = [path, *(Path(one) for one in facts_of(path).new.further)]
    if path.resolve().is_relative_to(folder.resolve()):
        return path
    taken = [folder / one.name for one in files if (folder / one.name).exists()]
    if taken:
        raise UsageError(f"{path} was not moved: {taken[0]} is there already. Rename one of them.")
    for one in files:
        target = folder / one.name
        shutil.move(one, target)
        target.chmod(0o600)
    return folder / path.name
