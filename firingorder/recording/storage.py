"""Files that survive: created once, private, written whole, synced to the disk.

Everything the recording asks of an operating system stands here, behind one small protocol, so
that tests can put a failing or a power-cut disk in its place.
"""

from __future__ import annotations

import errno
import os
import shutil
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Protocol

from firingorder.errors import RecordingError

FILE_MODE = 0o600
FOLDER_MODE = 0o700

#: Bytes per second of a session at 1 kHz, 8 EMG channels and an IMU, compressed: 2 h are 210 MB.
TYPICAL_BYTES_PER_S = 29_000
#: A session without a stated length must have room for this long.
FULL_ROOM_S = 7200.0
#: Room above the asked length: rates and compression differ from the typical ones.
ROOM_FACTOR = 1.2
#: Less room than this is told.
SCARCE_ROOM_S = 1800.0


class StorageFile(Protocol):
    """What the writer needs of a file. Every call may raise ``OSError``."""

    def write(self, data: bytes, /) -> int:
        """Append all of ``data``."""
        ...

    def tell(self) -> int:
        """Return the count of bytes written."""
        ...

    def flush(self) -> None:
        """Hand what is buffered to the operating system."""
        ...

    def sync(self) -> None:
        """Return when everything written lies on the disk."""
        ...

    def close(self) -> None:
        """Close the file."""
        ...

    def discard(self) -> None:
        """Close and remove a file that never held anything."""
        ...


Opener = Callable[[Path], StorageFile]


class DiskFile:
    """A new file on a disk: exclusive, mode 0600, unbuffered."""

    def __init__(self, path: Path) -> None:
        _create_folder(path.parent)
        flags = os.O_RDWR | os.O_CREAT | os.O_EXCL
        flags |= getattr(os, "O_CLOEXEC", 0) | getattr(os, "O_BINARY", 0)
        self._path = path
        self._size_bytes = 0
        self._fd = os.open(path, flags, FILE_MODE)
        if sys.platform != "win32":
            os.fchmod(self._fd, FILE_MODE)  # a umask may have taken bits the owner needs
        self._in_folder = False

    def write(self, data: bytes, /) -> int:
        """Append all of ``data``; a short write is continued until the disk refuses."""
        view = memoryview(data)
        while view:
            done = os.write(self._fd, view)
            self._size_bytes += done
            view = view[done:]
        return len(data)

    def tell(self) -> int:
        """Return the count of bytes written."""
        return self._size_bytes

    def flush(self) -> None:
        """Do nothing: no byte is held back here."""

    def sync(self) -> None:
        """Sync the data, and once the folder's entry too."""
        sync_descriptor(self._fd)
        if not self._in_folder:
            sync_folder(self._path.parent)
            self._in_folder = True

    def close(self) -> None:
        """Close the file; closing twice is allowed."""
        if self._fd >= 0:
            fd, self._fd = self._fd, -1
            os.close(fd)

    def discard(self) -> None:
        """Close and remove the file."""
        self.close()
        self._path.unlink(missing_ok=True)


def sync_descriptor(fd: int) -> None:
    """Return when the data of an open file lies on the disk, as far as the system can tell.

    ``fdatasync`` where it exists. On macOS ``fsync`` stops at the drive's cache; ``F_FULLFSYNC``
    asks the drive to empty it (Apple, fsync(2)).
    """
    if sys.platform == "darwin":
        import fcntl

        try:
            fcntl.fcntl(fd, fcntl.F_FULLFSYNC)
        except OSError:  # not every file system has it; fsync is then the most there is
            os.fsync(fd)
    elif hasattr(os, "fdatasync"):
        os.fdatasync(fd)
    else:
        os.fsync(fd)


def sync_folder(folder: Path) -> None:
    """Make the entries of a folder durable. Windows has no such call and needs none."""
    if sys.platform == "win32":
        return
    fd = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(fd)
    except OSError as error:
        if error.errno not in (errno.EINVAL, errno.ENOTSUP):  # network shares refuse it
            raise
    finally:
        os.close(fd)


def check_space(
    folder: Path,
    *,
    duration_s: float | None = None,
    bytes_per_s: float = TYPICAL_BYTES_PER_S,
    free_bytes: int | None = None,
) -> str | None:
    """Return a warning when the disk has room for less than 30 minutes, else None.

    Raises
    ------
    RecordingError
        The room is below two hours, or below 1.2 times the asked duration where that is less.
    """
    free = free_space(folder) if free_bytes is None else free_bytes
    asked_s = FULL_ROOM_S if duration_s is None else min(FULL_ROOM_S, ROOM_FACTOR * duration_s)
    room_s = free / bytes_per_s
    if room_s < asked_s:
        raise RecordingError(
            f"The disk of {folder} has room for {room_s / 60:.0f} min of recording, and "
            f"{asked_s / 60:.0f} min are needed. Free some space, or record to another disk."
        )
    if room_s < SCARCE_ROOM_S:
        return f"The disk has room for {room_s / 60:.0f} more minutes of recording."
    return None


def free_space(folder: Path) -> int:
    """Return the free bytes of the disk that holds ``folder``, or would hold it."""
    existing = folder
    while not existing.exists() and existing != existing.parent:
        existing = existing.parent
    return shutil.disk_usage(existing).free


def explain(error: OSError, path: Path) -> str:
    """Return one sentence on why a file could not be written, and what to do."""
    if error.errno == errno.EEXIST:
        return f"{path} exists already. A recording is never overwritten: choose another name."
    if error.errno in (errno.EACCES, errno.EPERM, errno.EROFS):
        return f"{path.parent} cannot be written to: {error.strerror}. Choose another folder."
    if error.errno in (errno.ENOSPC, getattr(errno, "EDQUOT", errno.ENOSPC)):
        return f"The disk of {path} is full. Free some space."
    return f"{path} cannot be written: {error.strerror or error}."


def _create_folder(folder: Path) -> None:
    """Make missing folders, each 0700 whatever the umask, and their entries durable."""
    if folder.exists():
        return
    _create_folder(folder.parent)
    folder.mkdir(mode=FOLDER_MODE, exist_ok=True)
    folder.chmod(FOLDER_MODE)
    sync_folder(folder.parent)
