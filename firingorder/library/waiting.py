"""What a library could not take waits in a small file, and is brought in later.

JSON lines, for the owner only, each on the disk before anybody is told. Only what a person said
waits here: corrections, notes, changes of a session, audit. Recordings and results need not: the
file is there, and adopted or analysed again.
"""

from __future__ import annotations

import hashlib
import json
import os
import threading
import uuid
from contextlib import suppress
from typing import TYPE_CHECKING, Any, cast

from firingorder.errors import LibraryError
from firingorder.library.connecting import private_folder

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    Line = dict[str, Any]

#: What a person decided of a result comes first.
_ORDER = ("corrections", "note", "change", "export", "audit")


class Waiting:
    """The file of one library; several programs may add to it at once."""

    def __init__(self, folder: Path, name: str) -> None:
        own = hashlib.sha256(name.encode()).hexdigest()[:8]
        self._folder, self._stem = folder, f"waiting-{own}"
        self.path = folder / f"{self._stem}.jsonl"
        self._lock = threading.Lock()

    def add(self, kind: str, about: str, **values: Any) -> None:
        """Write one thing down; ``about`` is the person, as far as it is known.

        Raises
        ------
        LibraryError
            The disk refuses this, too.
        """
        line = json.dumps({"kind": kind, "about": about, **values}, allow_nan=False)
        try:
            private_folder(self._folder)
            flags = os.O_WRONLY | os.O_APPEND | os.O_CREAT | getattr(os, "O_BINARY", 0)
            file = os.open(self.path, flags, 0o600)
            try:
                os.write(file, f"\n{line}\n".encode())
                os.fsync(file)
            finally:
                os.close(file)
        except OSError as error:
            raise LibraryError(
                f"Neither the library nor {self.path} could be written: {error.strerror}. What "
                "you just did is not kept: allow writing there or make room, and do it again."
            ) from error

    def __bool__(self) -> bool:
        """Whether anything waits."""
        return any(True for _ in self._files())

    def lines(self) -> list[Line]:
        """Return everything that waits, what comes first first."""
        return _ordered([line for path in self._files() for line in _read(path)])

    def bring_in(self, take: Callable[[list[Line]], list[Line]]) -> int:
        """Hand everything over; what ``take`` gives back goes on waiting. Return how much is in.

        The file is moved aside first, so that what comes meanwhile is not lost with it. One that
        was moved by a program that ended since is taken as well: taking twice does no harm.
        """
        done = 0
        with self._lock:
            if self.path.exists():
                with suppress(OSError):  # another program was first
                    self.path.replace(self._folder / f"{self._stem}-{uuid.uuid4().hex}.jsonl")
            for path in [path for path in self._files() if path != self.path]:
                lines = _ordered(_read(path))
                left = take(lines)
                for line in left:
                    self.add(line.pop("kind"), line.pop("about"), **line)
                path.unlink(missing_ok=True)
                done += len(lines) - len(left)
        return done

    def forget(self, code: str, recordings: set[str]) -> None:
        """Remove what waits about a person and their recordings."""
        self.bring_in(
            lambda lines: [
                line
                for line in lines
                if line["about"] != code and line.get("recording") not in recordings
            ]
        )

    def _files(self) -> list[Path]:
        return sorted(self._folder.glob(f"{self._stem}*.jsonl"))


def _read(path: Path) -> list[Line]:
    """Return the whole lines; one that was cut by a crash was never told as kept."""
    try:
        text = path.read_text(encoding="utf-8")
    except OSError:
        return []
    found: list[Line] = []
    for raw in text.splitlines():
        try:
            line = json.loads(raw)
        except ValueError:
            continue
        if isinstance(line, dict) and cast("Line", line).get("kind") in _ORDER:
            found.append(cast("Line", line))
    return found


def _ordered(lines: list[Line]) -> list[Line]:
    return sorted(lines, key=lambda line: _ORDER.index(str(line["kind"])))
