"""A recording that goes on in further files after a fault of the disk, read as one."""

from __future__ import annotations

import glob
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

from firingorder.errors import FileFormatError, FiringOrderError, UsageError
from firingorder.recording.reader import open_recording

if TYPE_CHECKING:
    from collections.abc import Iterator

    from firingorder.recording.reader import Entry, Recording


def parts(recording: Recording) -> tuple[Recording, ...]:
    """Return a recording and the files beside it that continue it, in their order."""
    path = recording.path
    following: dict[object, Recording] = {}
    for beside in sorted(path.parent.glob(f"{glob.escape(path.stem)}-*{path.suffix}")):
        try:
            one = open_recording(beside)
        except FiringOrderError:
            continue  # not ours, or damaged beyond reading: what is before it stays
        before = continued(one)
        if before is not None:
            following[before.get("recording_id")] = one
    found = [recording]
    while (following_one := following.pop(_identity(found[-1]), None)) is not None:
        found.append(following_one)
    return tuple(found)


def open_first(path: Path) -> Recording:
    """Open a recording at its beginning; a file that only continues another one is refused.

    The device is asked to start in the first file: without it no sample of a later one can be read.

    Raises
    ------
    UsageError
        It continues a file that is there, or there is no such file.
    FiringOrderError
        It continues a file that is not there, or cannot be read.
    """
    recording = open_recording(path)
    before = continued(recording)
    if before is None:
        return recording
    first, whole = _beginning(recording)
    if whole:
        raise UsageError(f"{path} goes on from {first}: take that one, it brings this one along.")
    raise FileFormatError(
        f"{path} goes on from {first}, which is not beside it; nothing can be read without it. "
        f"Put {first} into the same folder and take that one."
    )


def _beginning(recording: Recording) -> tuple[str, bool]:
    """Return the name of the first file of a recording as far as it is there, and whether it is."""
    seen: set[object] = set()
    while (before := continued(recording)) is not None and _identity(recording) not in seen:
        seen.add(_identity(recording))
        name = Path(str(before.get("file") or "")).name or "an unknown file"
        found = _before(recording.path, name, before.get("recording_id"))
        if found is None:
            return name, False
        recording = found
    return recording.path.name, True


def _before(path: Path, name: str, identity: object) -> Recording | None:
    """Return the file with that identity: under its name, or named anew together with ``path``."""
    stem = path.stem.rpartition("-")[0]
    beside = path.parent.glob(f"{glob.escape(stem)}*{path.suffix}") if stem else ()
    for one in (path.with_name(name), *sorted(beside)):
        try:
            found = open_recording(one)
        except FiringOrderError:
            continue
        if _identity(found) == identity:
            return found
    return None


def entries(recording: Recording) -> Iterator[Entry]:
    """Yield the messages of a recording and of what continues it, each of them once.

    A file that continues another begins with what that one may not hold, under the same numbers.
    """
    due: dict[str, int] = {}
    for part in parts(recording):
        for entry in part.entries():
            if entry.sequence >= due.get(entry.topic, 0):
                due[entry.topic] = entry.sequence + 1
                yield entry


def damage_words(recording: Recording) -> str:
    """Return that a recording is not whole and what it lacks; empty where nothing is missing.

    Reads all of its files.
    """
    files = parts(recording)
    if not any(one.recovered for one in files):
        return ""
    lost_s = sum(gap.seconds for one in files for gap in one.lost)
    lost = f"{lost_s:.1f} s missing" if lost_s else "nothing within it is missing"
    open_end = "" if files[-1].finished else " What may have followed its end is not known."
    return f"The recording was not closed or is damaged; it was recovered, {lost}.{open_end}"


def continued(recording: Recording) -> dict[str, Any] | None:
    """Return which recording this one continues (``recording_id``, ``file``), None if none."""
    before = recording.session.get("continues")
    return cast("dict[str, Any]", before) if isinstance(before, dict) else None


def _identity(recording: Recording) -> object:
    return recording.session.get("recording_id")
