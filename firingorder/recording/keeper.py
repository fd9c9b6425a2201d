"""Keeps a recording on the disk: when to flush and sync, and what to do when the disk refuses.

Single-threaded, and time comes in as data; the thread around it is ``recorder.py``.
"""

from __future__ import annotations

import json
import logging
import uuid
from collections import deque
from dataclasses import dataclass
from typing import TYPE_CHECKING

from firingorder.errors import RecordingError
from firingorder.recording.storage import (
    SCARCE_ROOM_S,
    TYPICAL_BYTES_PER_S,
    DiskFile,
    Opener,
    explain,
    free_space,
)
from firingorder.recording.topics import PREAMBLE, ClockAnchor
from firingorder.recording.writer import Json, RecordingWriter

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from pathlib import Path

_log = logging.getLogger(__name__)

#: Bounds what a killed program loses, and what one flipped bit costs: one chunk.
FLUSH_NS = 500_000_000
#: Bounds what a power cut loses.
SYNC_NS = 1_000_000_000
#: Accepted once and not repeatable: these reach the file at once.
FLUSH_AT_ONCE = frozenset({"calibration"})
#: A source that runs faster than time is synced by size as well, so that what is kept for the case
#: of a failing disk stays bounded.
UNSYNCED_BYTES = 8_000_000
RETRY_NS = 1_000_000_000
SPACE_CHECK_NS = 10_000_000_000
#: A new file is tried only with room for a minute: else it would be refused again at once.
RETRY_ROOM_BYTES = 60 * TYPICAL_BYTES_PER_S
#: What a waiting message costs beside its bytes: object, numbers, deque slot (CPython, 64 bit).
MESSAGE_BYTES = 200


@dataclass(frozen=True, slots=True)
class Message:
    """One message on its way to the disk; ``t_ns`` is monotonic, ``sequence`` counts its topic."""

    topic: str
    data: bytes
    t_ns: int
    sequence: int

    @property
    def cost_bytes(self) -> int:
        """Memory it takes while it waits."""
        return len(self.data) + MESSAGE_BYTES


class Keeper:
    """The file of a recording, and the files that continue it after faults of the disk.

    Nothing is forgotten that is not synced: when a write, flush or sync fails, the file is left as
    it is (sound up to its last whole chunk), and what it may not hold is written again into the
    next one, under the same sequence numbers.
    """

    def __init__(
        self,
        path: Path,
        *,
        anchor: ClockAnchor,
        preamble: Mapping[str, Json],
        opener: Opener = DiskFile,
        free_bytes: Callable[[Path], int] = free_space,
    ) -> None:
        self._path = path
        self._anchor = anchor
        self._preamble: dict[str, Json] = dict(preamble)
        self._opener = opener
        self._free_bytes = free_bytes
        self._writer: RecordingWriter | None = None
        self._unsynced: deque[Message] = deque()
        self._unsynced_bytes = 0
        self._next_sequence: dict[str, int] = {}
        self._chunk_start_ns: int | None = None  # in the time of the data
        self._unflushed_since_ns: int | None = None  # in the time of the keeper, as all below
        self._unsynced_since_ns: int | None = None
        self._retry_at_ns = 0
        self._space_check_at_ns = 0
        self.files: tuple[Path, ...] = ()
        self.fault: str | None = None
        self.notice: str | None = None

    @property
    def is_open(self) -> bool:
        """Whether messages can be accepted now."""
        return self._writer is not None

    def open(self) -> None:
        """Make the first file. Raises :class:`RecordingError` when that is not possible."""
        self._writer = RecordingWriter(
            self._path, anchor=self._anchor, preamble=self._preamble, opener=self._opener
        )
        self._preamble["session"] = self._writer.session
        self.files = (self._path,)

    def accept(self, batch: Sequence[Message], now_ns: int) -> None:
        """Write messages. When the disk refuses they are kept, and ``fault`` says why.

        While the file is not open they are only kept: the owner holds them back, but at the end.
        """
        # Everything counts as unsynced before the first byte is written: whatever fails, nothing
        # of the batch is forgotten.
        for item in batch:
            self._unsynced.append(item)
            self._unsynced_bytes += item.cost_bytes
            self._next_sequence[item.topic] = item.sequence + 1
        if self._writer is not None:
            self._guard(lambda: self._write_all(batch, now_ns), now_ns)

    def keep_up(self, now_ns: int) -> None:
        """Flush and sync what is due, look at the room left, or try the next file."""
        if self._writer is None:
            if now_ns >= self._retry_at_ns:
                self._retry_at_ns = now_ns + RETRY_NS
                self._try_next_file(now_ns)
            return
        if _due(self._unsynced_since_ns, SYNC_NS, now_ns) or self._unsynced_bytes > UNSYNCED_BYTES:
            self._guard(self._flush_and_sync, now_ns)
        elif _due(self._unflushed_since_ns, FLUSH_NS, now_ns):
            self._guard(self._flush, now_ns)
        if now_ns >= self._space_check_at_ns:
            self._space_check_at_ns = now_ns + SPACE_CHECK_NS
            self._check_space()

    def deadline_ns(self) -> int:
        """Return the instant at which :meth:`keep_up` has something to do."""
        if self._writer is None:
            return self._retry_at_ns
        deadlines = [self._space_check_at_ns]
        if self._unflushed_since_ns is not None:
            deadlines.append(self._unflushed_since_ns + FLUSH_NS)
        if self._unsynced_since_ns is not None:
            deadlines.append(self._unsynced_since_ns + SYNC_NS)
        return min(deadlines)

    def abandon(self) -> None:
        """Close the file as it is. What was flushed can be recovered."""
        if self._writer is not None:
            self._writer.abandon()
            self._writer = None

    def finish(self, now_ns: int) -> int:
        """Finish the file, trying the next one if need be; return the messages lost by it."""
        if self._writer is None or not self._guard(self._finish, now_ns):
            self._try_next_file(now_ns)
            if self._writer is not None:
                self._guard(self._finish, now_ns)
        return len(self._unsynced)

    def _write_all(self, batch: Sequence[Message], now_ns: int) -> None:
        for item in batch:
            self._write(item)
        if batch:
            self._unflushed_since_ns = _first(self._unflushed_since_ns, now_ns)
            self._unsynced_since_ns = _first(self._unsynced_since_ns, now_ns)

    def _write(self, item: Message) -> None:
        assert self._writer is not None
        self._writer.write(item.topic, item.data, item.t_ns, sequence=item.sequence)
        if item.topic in PREAMBLE:
            self._preamble[item.topic] = json.loads(item.data)
        if self._chunk_start_ns is None:
            self._chunk_start_ns = item.t_ns
        # Also by the time of the data: a source that runs faster than time still gets chunks of
        # half a second, so that a flipped bit costs no more there.
        if item.t_ns - self._chunk_start_ns >= FLUSH_NS or item.topic in FLUSH_AT_ONCE:
            self._flush()

    def _flush(self) -> None:
        assert self._writer is not None
        self._writer.flush()
        self._chunk_start_ns = None
        self._unflushed_since_ns = None

    def _flush_and_sync(self) -> None:
        assert self._writer is not None
        self._flush()
        self._writer.sync()
        self._all_synced()

    def _all_synced(self) -> None:
        self._unsynced.clear()
        self._unsynced_bytes = 0
        self._unsynced_since_ns = None

    def _finish(self) -> None:
        assert self._writer is not None
        self._writer.finish()
        self._all_synced()

    def _check_space(self) -> None:
        room_s = self._free_bytes(self._path.parent) / TYPICAL_BYTES_PER_S
        if room_s < SCARCE_ROOM_S:
            self.notice = f"The disk has room for {room_s / 60:.0f} more minutes of recording."
            _log.warning("%s", self.notice)

    def _guard(self, work: Callable[[], None], now_ns: int) -> bool:
        """Do work on the file; an error of the disk becomes the fault. True if it was done."""
        try:
            work()
        except OSError as error:
            self._give_up_file(explain(error, self.files[-1]), now_ns)
        except RecordingError as error:
            self._give_up_file(str(error), now_ns)
        else:
            return True
        return False

    def _give_up_file(self, reason: str, now_ns: int) -> None:
        if reason != self.fault:
            _log.error("recording interrupted: %s", reason)
        self.fault = reason
        self.abandon()
        self._chunk_start_ns = None
        self._unflushed_since_ns = None
        self._unsynced_since_ns = None
        self._retry_at_ns = now_ns + RETRY_NS

    def _try_next_file(self, now_ns: int) -> None:
        if self._guard(self._continue, now_ns):
            self.fault = None
            self.notice = f"The disk failed; the recording goes on in {self.files[-1].name}."
            _log.warning("%s", self.notice)

    def _continue(self) -> None:
        """Make the next file and write into it what the one before may not hold."""
        if self._free_bytes(self._path.parent) < RETRY_ROOM_BYTES:
            raise RecordingError(f"The disk of {self._path} is full. Free some space.")
        path = self._next_path()
        session = dict(self._preamble["session"])
        session["continues"] = {
            "recording_id": session["recording_id"],
            "file": self.files[-1].name,
        }
        session["recording_id"] = uuid.uuid4().hex
        first = {item.topic: item.sequence for item in reversed(self._unsynced)}
        self._writer = RecordingWriter(
            path,
            anchor=self._anchor,
            preamble={**self._preamble, "session": session},
            opener=self._opener,
            first_sequence={**self._next_sequence, **first},
        )
        self._preamble["session"] = self._writer.session
        self.files = (*self.files, path)
        for item in self._unsynced:
            self._write(item)
        self._flush_and_sync()

    def _next_path(self) -> Path:
        number = len(self.files) + 1
        while True:
            path = self._path.with_name(f"{self._path.stem}-{number}{self._path.suffix}")
            if not path.exists():
                return path
            number += 1


def _first(since_ns: int | None, now_ns: int) -> int:
    return now_ns if since_ns is None else since_ns


def _due(since_ns: int | None, interval_ns: int, now_ns: int) -> bool:
    return since_ns is not None and now_ns - since_ns >= interval_ns
