"""Backup and restore: everything of an archive in one zip, each file with its SHA-256.

Rows are kept as JSON lines, so that a backup of one database can be restored into another. A
backup is written under another name and renamed when it is whole; a restore is unpacked and
checked beside the library before anything of it is moved.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import tempfile
import zipfile
from datetime import UTC, datetime
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, Any, BinaryIO, cast

from firingorder import __version__
from firingorder.errors import FileFormatError, FiringOrderError, UsageError
from firingorder.library.rows import check_rows
from firingorder.session.archive.filling import fill
from firingorder.session.paths import private_folder
from firingorder.session.preferences import settings_path

if TYPE_CHECKING:
    from collections.abc import Generator, Iterator

    from firingorder.session.archive.adopting import Progress
    from firingorder.session.archive.archive import Archive

SCHEMA = "firingorder.backup/1"
MANIFEST, ROWS, SETTINGS = "manifest.json", "rows.zip", "settings.json"
#: Folders of an archive whose files go along. The cache can be computed again.
FOLDERS = (
    "recordings", "people", "calibrations", "programmes", "exercises", "practise", "inbox",
    "corrections", "exports",
)  # fmt: skip
#: Files of people that lie elsewhere come under this folder, and into ``recordings`` on restore.
ELSEWHERE = "elsewhere"
_BLOCK = 1 << 20
_FIRST_DAY = (1980, 1, 1, 0, 0, 0)  # a zip knows none before; times stand in the manifest


def backup(archive: Archive, path: Path, progress: Progress | None = None) -> Path:
    """Write one file with all rows, recordings, logs, calibrations, programmes and settings.

    Raises
    ------
    UsageError
        There is such a file already.
    FiringOrderError
        The disk or the library refuses; no half backup stays.
    """
    if path.exists():
        raise UsageError(f"{path} exists already. A backup is never overwritten: name another one.")
    part = path.with_name(f".{path.name}.{os.getpid()}.part")
    read_only = bool(archive.library.read_only)
    try:
        private_folder(path.parent)
        beside = path.parent if read_only else archive.folder
        with tempfile.TemporaryDirectory(prefix=".backup-", dir=beside) as scratch:
            rows = Path(scratch) / ROWS
            archive.library.backup_to(rows)
            _write(archive, part, rows, progress)
        part.replace(path)
    except OSError as error:
        raise FiringOrderError(
            f"The backup {path} cannot be written: {error.strerror or error}. Make room or name "
            "another disk; nothing of the library was changed."
        ) from error
    finally:
        with contextlib.suppress(OSError):
            part.unlink(missing_ok=True)
    if not read_only:
        archive.library.add_audit(archive.who, "backed up", "", str(path.resolve()))
    return path


def _write(archive: Archive, part: Path, rows: Path, progress: Progress | None) -> None:
    listed = [(ROWS, rows), *_files(archive)]
    entries: list[dict[str, Any]] = []
    file = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0), 0o600)
    with os.fdopen(file, "wb") as out:
        # Recordings are compressed already; the small rest is not worth a second look.
        with zipfile.ZipFile(out, "w", zipfile.ZIP_STORED, allowZip64=True) as zipped:
            for k, (name, source) in enumerate(listed):
                if progress is not None:
                    progress(k, len(listed), name)
                entry = _add(zipped, name, source)
                if entry is not None:
                    entries.append(entry)
            made = datetime.now(UTC).isoformat(timespec="seconds")
            about = {
                "schema": SCHEMA,
                "software": __version__,
                "made_utc": made,
                "folder": str(archive.folder),
                "files": entries,
            }
            zipped.writestr(zipfile.ZipInfo(MANIFEST, _FIRST_DAY), json.dumps(about, indent=1))
        out.flush()
        os.fsync(out.fileno())
    if progress is not None:
        progress(len(listed), len(listed), "")


def _files(archive: Archive) -> Iterator[tuple[str, Path]]:
    """Yield names within the backup and the files behind them."""
    for folder in FOLDERS:
        base = archive.folder / folder
        for path in sorted(base.rglob("*")):
            if path.is_file() and not path.name.startswith("."):
                yield path.relative_to(archive.folder).as_posix(), path
    for one in archive.library.recordings():
        for k, name in enumerate((one.path, *one.further)):
            path = Path(name)
            if path.is_file() and not path.is_relative_to(archive.folder):
                again = f"-{k + 1}" if k else ""
                own = hashlib.sha256(one.id.encode()).hexdigest()[:12]
                yield f"{ELSEWHERE}/{own}{again}/{path.name}", path
    if settings_path().is_file():
        yield SETTINGS, settings_path()


def _add(zipped: zipfile.ZipFile, name: str, source: Path) -> dict[str, Any] | None:
    """Copy a file into the zip and return its entry; None: it is gone meanwhile."""
    try:
        file = source.open("rb")
    except FileNotFoundError:
        return None
    digest, size = hashlib.sha256(), 0
    with file, zipped.open(zipfile.ZipInfo(name, _FIRST_DAY), "w", force_zip64=True) as out:
        while block := file.read(_BLOCK):
            digest.update(block)
            size += len(block)
            out.write(block)
    return {"name": name, "bytes": size, "sha256": digest.hexdigest(), "from": str(source)}


def restore(
    path: Path,
    folder: Path,
    *,
    url: str | None = None,
    replace: bool = False,
    progress: Progress | None = None,
) -> None:
    """Unpack a backup into a folder, and its rows into a library.

    Everything is read and checked first. With ``replace`` what is there before is moved into
    ``before-restore-N`` within the folder, else a library that is there is never touched.

    Raises
    ------
    UsageError
        There is no such file, or a library is there already.
    FileFormatError
        It is no backup, damaged, or of a newer version.
    FiringOrderError
        The disk or the library refuses; what was there is whole.
    """
    if not path.is_file():
        raise UsageError(f"There is no file {path}.")
    try:
        private_folder(folder)
        with tempfile.TemporaryDirectory(prefix=".restore-", dir=folder) as scratch:
            about = _unpack(path, Path(scratch), progress)
            check_rows(Path(scratch) / ROWS)
            fill(Path(scratch), about, folder, FOLDERS, url=url, replace=replace)
    except OSError as error:
        raise FiringOrderError(
            f"{path} cannot be restored into {folder}: {error.strerror or error}. Make room or "
            "name another folder; what was there is whole."
        ) from error


def _unpack(path: Path, into: Path, progress: Progress | None) -> dict[str, Any]:
    """Write every file of a backup into a folder, checked by its hash; return the manifest."""
    try:
        with zipfile.ZipFile(path) as zipped:
            about = _manifest(path, zipped)
            entries = cast("list[dict[str, Any]]", about["files"])
            for k, entry in enumerate(entries):
                name = str(entry["name"])
                if progress is not None:
                    progress(k, len(entries), name)
                target = into / _safe(path, name)
                private_folder(target.parent)
                with zipped.open(name) as source, _private(target) as out:
                    digest = _copy(source, out)
                if digest != entry["sha256"]:
                    raise FileFormatError(
                        f"{path} is damaged: {name} is not as it was written. Nothing was "
                        "restored; take another backup."
                    )
    except (zipfile.BadZipFile, KeyError, TypeError, EOFError, NotImplementedError) as error:
        raise FileFormatError(
            f"{path} is no backup of firingorder, or is damaged. Nothing was restored."
        ) from error
    if progress is not None:
        progress(len(entries), len(entries), "")
    return about


def _manifest(path: Path, zipped: zipfile.ZipFile) -> dict[str, Any]:
    try:
        about = json.loads(zipped.read(MANIFEST))
    except ValueError as error:
        raise KeyError(MANIFEST) from error
    schema = str(about["schema"])
    if schema.rpartition("/")[0] != SCHEMA.rpartition("/")[0]:
        raise KeyError("schema")
    if schema != SCHEMA:
        raise FileFormatError(
            f"{path} was written by a newer firingorder ({schema}). Update firingorder; nothing "
            "was changed."
        )
    return cast("dict[str, Any]", about)


def _safe(path: Path, name: str) -> str:
    """Return a name that leads nowhere but into the folder it is unpacked in."""
    pure = PurePosixPath(name)
    first = pure.parts[0] if pure.parts else ""
    known = name in (ROWS, SETTINGS) or first in (*FOLDERS, ELSEWHERE)
    if not known or pure.is_absolute() or ".." in pure.parts or "\\" in name or ":" in name:
        raise FileFormatError(f"{path} holds a file {name!r} that no backup has: it is refused.")
    return name


@contextlib.contextmanager
def _private(path: Path) -> Generator[BinaryIO]:
    file = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0), 0o600)
    with os.fdopen(file, "wb") as out:
        yield out


def _copy(source: Any, out: BinaryIO) -> str:
    digest = hashlib.sha256()
    while block := source.read(_BLOCK):
        digest.update(block)
        out.write(block)
    return digest.hexdigest()
