"""Erasing a person everywhere: recordings, log, calibrations, caches, programmes, packages, rows.

Files first, then rows: a program that ends on the way has lost no trace of what is still to be
done, and the same may be asked again at any time.
"""

from __future__ import annotations

import shutil
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

from firingorder.errors import FiringOrderError, UsageError
from firingorder.library.records import Erased
from firingorder.recording.reader import open_recording
from firingorder.session.archive.adopting import being_recorded
from firingorder.session.archive.calibration_files import profiles_of
from firingorder.session.archive.facts import said_id, said_person
from firingorder.session.exchange.exporting_privacy import Pseudonyms
from firingorder.session.parts import parts
from firingorder.session.person_log import PersonLog
from firingorder.session.review.shelves import beside

if TYPE_CHECKING:
    from collections.abc import Iterable

    from firingorder.session.archive.adopting import Progress
    from firingorder.session.archive.archive import Archive

_MOST_AUDIT = 1_000_000


def erase(archive: Archive, code: str, progress: Progress | None = None) -> Erased:
    """Erase a person and say what went, what could not be removed, and which copies were made.

    What could not be removed is remembered, and goes when the same is asked again.

    Raises
    ------
    UsageError
        No code was given.
    FiringOrderError
        A session of the person is being recorded.
    LibraryError
        The library refuses; files may be gone by then, the rows are whole.
    """
    if not code.strip():
        raise UsageError("Name the code of the person to be erased.")
    archive.library.check_writable()  # before any file goes
    for path in being_recorded(archive):
        if said_person(path) == code:
            raise FiringOrderError(
                f"A session of {code} is being recorded into {path}. End it first, then erase; "
                "nothing was erased."
            )
    library = archive.library
    files = _files(archive, code)
    copies = _copies(archive, code)
    removed: list[str] = []
    failed: list[str] = []
    for k, path in enumerate(files):
        if progress is not None:
            progress(k, len(files), path.name)
        if not _there(path):
            continue
        (removed if _remove(path) else failed).append(str(path))
    failed += _forget_number(archive, code)
    sessions = library.erase_person(code, archive.who)
    library.set_leftovers(code, failed)
    # Copies that were made before an upgrade hold the person, too, and nothing that is not here.
    if removed or failed or sessions or copies:
        for path in _upgrade_copies(archive):
            (removed if _remove(path) else failed).append(str(path))
    if not library.compact():
        failed.append(f"{library.name}-wal")
    if progress is not None:
        progress(len(files), len(files), "")
    return Erased(code, sessions, tuple(removed), tuple(failed), copies)


def _files(archive: Archive, code: str) -> list[Path]:
    """Return every file and folder that is a person's, each once."""
    library, folder = archive.library, archive.folder
    found: list[Path] = [Path(path) for path in library.leftovers(code)]
    rows = library.sessions(code, limit=_MOST_AUDIT)
    for row in rows:
        found += [Path(row.recording.path), *map(Path, row.recording.further)]
        found += _beside(Path(row.recording.path))
        for copy in map(Path, row.recording.copies):
            if said_id(copy) == row.recording.id:  # it may have become something else
                found += [copy, *_beside(copy)]
        found += beside(Path(row.recording.path), row.recording.id).paths
        found.append(archive.cache_path(row.recording.id))
    for path in archive.unknown():  # a crash may have come between file and row
        if said_person(path) == code:
            found += [path, *_beside(path)]
    found.append(PersonLog(code, folder / "people").path)
    found += profiles_of(folder / "calibrations", code)
    found += [Path(one.path) for one in library.calibrations(code) if one.path]
    found += [Path(one.path) for one in library.programmes(code) if one.path]
    found += [Path(one.path) for one in library.inbox() if one.person == code and one.path]
    return list(dict.fromkeys(found))


def _beside(path: Path) -> list[Path]:
    """Return the files that continue a recording."""
    try:
        return [one.path for one in parts(open_recording(path))[1:]]
    except FiringOrderError:
        return []


def _forget_number(archive: Archive, code: str) -> list[str]:
    """Forget who the person is in exports; the file that could not be changed."""
    numbers = Pseudonyms(archive.folder)
    try:
        numbers.forget(code)
    except FiringOrderError:
        return [str(numbers.path)]
    return []


def _copies(archive: Archive, code: str) -> tuple[str, ...]:
    """Return what was made of the person's data and is beyond our reach: exports and backups."""
    library = archive.library
    if library.person(code) is None:
        return ()
    made = [f"{row.kind}: {row.path}" for row in library.exports(code)]
    made += [
        f"backup: {row.detail}"
        for row in reversed(library.audit(_MOST_AUDIT))
        if row.act == "backed up"
    ]
    made += [f"library before a restore: {path}" for path in kept_beside(archive.folder)]
    return tuple(made)


def kept_beside(folder: Path) -> list[Path]:
    """Return the folders in which a restore put what was there before."""
    return sorted(folder.glob("before-restore-*"))


def _upgrade_copies(archive: Archive) -> Iterable[Path]:
    file = archive.library.place.file
    return [] if file is None else sorted(file.parent.glob(f"{file.stem}.before-*.sqlite"))


def _there(path: Path) -> bool:
    return path.exists() or path.is_symlink()


def _remove(path: Path) -> bool:
    """Remove a file or folder; whether it is gone."""
    with suppress(OSError):
        if path.is_dir() and not path.is_symlink():
            shutil.rmtree(path)
        else:
            path.unlink(missing_ok=True)
    return not _there(path)
