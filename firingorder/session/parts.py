"""A recording that goes on in further files after a fault of the disk, read as one."""

from __future__ import annotations

import glob
from typing import TYPE_CHECKING, Any, cast

from firingorder.errors import FiringOrderError
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


def continued(recording: Recording) -> dict[str, Any] | None:
    """Return which recording this one continues (``recording_id``, ``file``), None if none."""
    before = recording.session.get("continues")
    return cast("dict[str, Any]", before) if isinstance(before, dict) else None


def _identity(recording: Recording) -> object:
    return recording.session.get("recording_id")
