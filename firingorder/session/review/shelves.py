"""Where corrections are kept: the library, or a file of lines that is only ever added to.

``firingorder.corrections/1``: one JSON object on each line. It lies beside the recording, under its
name with ``.corrections.jsonl`` behind it; where that folder refuses, in the user's data folder.
"""

from __future__ import annotations

import errno
import json
import os
from dataclasses import asdict, fields
from types import NoneType
from typing import TYPE_CHECKING, Any, Protocol, cast, get_args

from firingorder.corrections import Correction, CorrectionKind
from firingorder.errors import FiringOrderError
from firingorder.session.paths import data_folder, private_folder

if TYPE_CHECKING:
    from collections.abc import Container, Sequence
    from pathlib import Path

    from firingorder.library.library import Library

SCHEMA = "firingorder.corrections/1"
ENDING = ".corrections.jsonl"
_KINDS = get_args(CorrectionKind)
_FIELDS = {one.name for one in fields(Correction)}
_TIME, _MAYBE = (int, float), (int, float, NoneType)
_KIND_OF: dict[str, tuple[type, ...]] = {
    **dict.fromkeys(_FIELDS, (str,)),
    "repetition": (int,),
    "start_s": _TIME,
    "onset_s": _MAYBE,
    "automatic_s": _MAYBE,
}


class Shelf(Protocol):
    """Something that keeps entries; both methods raise FiringOrderError with a sentence."""

    def read(self) -> tuple[Correction, ...]:
        """Return all entries, the oldest first."""
        ...

    def add(self, entries: Sequence[Correction]) -> None:
        """Add entries; those that are there already stay one."""
        ...


class LibraryShelf:
    """The corrections of a recording in the library."""

    def __init__(self, library: Library, recording_id: str) -> None:
        self._library, self._recording = library, recording_id

    def read(self) -> tuple[Correction, ...]:
        """Return all entries."""
        return self._library.corrections(self._recording)

    def add(self, entries: Sequence[Correction]) -> None:
        """Add entries, with their audit."""
        self._library.add_corrections(self._recording, entries)


class FileShelf:
    """A file of lines. Several programs may add at once: each entry is one write at its end.

    Attributes
    ----------
    path
        The file in use.
    broken
        Lines that could not be read when it was last read: torn, or of a newer version.
    """

    def __init__(
        self,
        path: Path,
        recording_id: str,
        elsewhere: Path | None = None,
        *,
        of: Path | None = None,
    ) -> None:
        """``elsewhere``: the file that is used where the first one cannot be written.

        ``of``: the recording; once it is gone, erased with its person, nothing is written.
        """
        self.path, self.broken, self._of = path, 0, of
        self._recording, self._elsewhere = recording_id, elsewhere

    @property
    def paths(self) -> tuple[Path, ...]:
        """Both files."""
        return (self.path,) if self._elsewhere is None else (self.path, self._elsewhere)

    def read(self) -> tuple[Correction, ...]:
        """Return all entries of both files; no file is none.

        Raises
        ------
        FiringOrderError
            A file is there and cannot be read.
        """
        found: dict[str, Correction] = {}
        self.broken = 0
        for path in self.paths:
            try:
                data = path.read_bytes()
            except FileNotFoundError:
                continue
            except OSError as error:
                raise FiringOrderError(
                    f"The corrections in {path} cannot be read: {error.strerror}. Make the file "
                    "readable; until then the recording is shown as it was found."
                ) from error
            for line in data.splitlines():
                entry = self._entry(line)
                if entry is not None:
                    found.setdefault(entry.id, entry)
        return tuple(sorted(found.values(), key=lambda one: one.at))

    def add(self, entries: Sequence[Correction]) -> None:
        """Write entries at the end, and return once they are on the disk.

        Raises
        ------
        FiringOrderError
            No disk takes them, or the recording is gone.
        """
        if self._of is not None and not self._of.exists():
            raise FiringOrderError(
                f"The recording {self._of} is no longer there: it was erased or moved since it was "
                "opened. What you just changed is not kept."
            )
        lines = b"".join(self._line(one) for one in entries)
        why: OSError | None = None
        for path in self.paths:
            try:
                _append(path, lines)
            except OSError as error:
                why = error
            else:
                return
        assert why is not None
        raise FiringOrderError(
            f"The correction cannot be kept in {self.path}: {why.strerror}. It holds until this "
            "recording is closed; make room or the folder writable, and change anything again."
        ) from why

    def remove(self, kept: Container[str]) -> None:
        """Take the files away, once everything in them is kept elsewhere.

        They stay where an entry stands in them whose id is not in ``kept``, just written by
        somebody, or a line that cannot be read.
        """
        if any(one.id not in kept for one in self.read()) or self.broken:
            return
        for path in self.paths:
            path.unlink(missing_ok=True)

    def _line(self, entry: Correction) -> bytes:
        told = {"schema": SCHEMA, "recording": self._recording, **asdict(entry)}
        return json.dumps(told, ensure_ascii=False).encode("utf-8") + b"\n"

    def _entry(self, line: bytes) -> Correction | None:
        if not line.strip():
            return None
        try:
            value = json.loads(line)
            told = cast("dict[str, Any]", value)
            if told["recording"] != self._recording:
                return None
            if told["schema"] != SCHEMA or told["kind"] not in _KINDS:
                raise ValueError("of a newer version")
            return _checked(told)
        except (ValueError, TypeError, KeyError, RecursionError):
            self.broken += 1
            return None


def beside(path: Path, recording_id: str) -> FileShelf:
    """Return the shelf of a recording that no library knows."""
    safe = "".join(c if c.isalnum() or c in "-_" else "_" for c in recording_id)[:80]
    return FileShelf(
        path.with_name(path.name + ENDING),
        recording_id,
        data_folder() / "corrections" / f"{safe}.jsonl",
        of=path,
    )


def _checked(told: dict[str, Any]) -> Correction:
    kept = {name: told[name] for name in _FIELDS if name in told}
    for name, value in kept.items():
        if not isinstance(value, _KIND_OF[name]):
            raise TypeError(f"{name} is of the wrong kind")
    entry = Correction(**kept)
    if entry.kind == "onset" and entry.onset_s is None:
        raise ValueError("an onset without its time")
    return entry


def _append(path: Path, lines: bytes) -> None:
    if not path.parent.is_dir():
        private_folder(path.parent)
    file = os.open(path, os.O_RDWR | os.O_CREAT | os.O_APPEND, 0o600)
    try:
        size = os.fstat(file).st_size
        if size and os.pread(file, 1, size - 1) != b"\n":  # torn by a crash
            lines = b"\n" + lines
        if os.write(file, lines) < len(lines):
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        os.fsync(file)
    finally:
        os.close(file)
