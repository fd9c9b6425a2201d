"""The recorder thread: takes reads without ever blocking, and hands them to the disk's keeper.

A sync may stall for seconds; the acquisition loop must not. So one bounded queue lies between
them. What does not fit the queue is counted, said in the file, and its numbers are missing there.
"""

from __future__ import annotations

import logging
import threading
import time
from collections import deque
from typing import TYPE_CHECKING

from firingorder.recording.keeper import Keeper, Message
from firingorder.recording.storage import DiskFile, Opener, free_space
from firingorder.recording.topics import CHANNEL_IDS, ClockAnchor
from firingorder.recording.writer import Json, encode_json

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

_log = logging.getLogger(__name__)

#: The queue holds 30 s of the densest traffic: eight links of 32 kB/s, which is one belt at 1 kHz
#: on the wire.
QUEUE_BYTES = 30 * 8 * 32_000
#: A disk that is busy for longer than this is told.
STALL_NS = 1_000_000_000


class Recorder:
    """A recording in progress.

    Parameters
    ----------
    path
        The file to make. After a fault of the disk the recording goes on in ``NAME-2.mcap`` and so
        on; the session of each names the file before it in ``continues``.
    anchor, preamble, opener
        As for :class:`~firingorder.recording.writer.RecordingWriter`.
    clock_ns
        Monotonic clock of the flush and sync rule.
    free_bytes
        Returns the free bytes of the disk of a folder.
    """

    def __init__(
        self,
        path: Path,
        *,
        anchor: ClockAnchor,
        preamble: Mapping[str, Json],
        opener: Opener = DiskFile,
        clock_ns: Callable[[], int] = time.monotonic_ns,
        free_bytes: Callable[[Path], int] = free_space,
    ) -> None:
        self._keeper = Keeper(
            path, anchor=anchor, preamble=preamble, opener=opener, free_bytes=free_bytes
        )
        self._clock_ns = clock_ns
        self._thread: threading.Thread | None = None
        # All below is shared and guarded by the condition's lock.
        self._wake = threading.Condition()
        self._queue: deque[Message] = deque()
        self._queue_bytes = 0
        self._sequence: dict[str, int] = {}
        self._lost = 0
        self._lost_told = 0
        self._stopping = False
        self._busy_since_ns: int | None = None
        self._fault: str | None = None
        self._notice: str | None = None
        self._files: tuple[Path, ...] = ()

    def start(self) -> None:
        """Make the file, sync it and its folder, and start the thread.

        Raises
        ------
        RecordingError
            The file exists already, or cannot be created.
        """
        assert self._thread is None, "a recorder is started once"
        self._keeper.open()
        self._files = self._keeper.files
        self._thread = threading.Thread(target=self._run, name="recorder", daemon=True)
        self._thread.start()

    def put(self, topic: str, data: bytes, t_ns: int) -> bool:
        """Queue one message; return False when it had to be dropped. Never blocks on the disk.

        Order in the file is the order of the calls. Reads are dropped when the queue is full;
        everything else is small and has twice the room, because a replay needs it.
        """
        if topic not in CHANNEL_IDS:
            raise ValueError(f"unknown topic {topic!r}")
        limit_bytes = QUEUE_BYTES if topic.startswith("link/") else 2 * QUEUE_BYTES
        with self._wake:
            message = self._count(topic, data, t_ns)
            full = self._queue_bytes + message.cost_bytes > limit_bytes
            if self._thread is None or self._stopping or full:
                self._lost += 1
                return False
            if self._lost > self._lost_told:
                note = encode_json(
                    {"state": "messages_lost", "count": self._lost - self._lost_told}
                )
                self._append(self._count("state", note, t_ns))
                self._lost_told = self._lost
            self._append(message)
            self._wake.notify()
        return True

    @property
    def alarm(self) -> str | None:
        """What keeps the recording from the disk right now, in one sentence; None if nothing."""
        with self._wake:
            fault, lost, busy_since_ns = self._fault, self._lost, self._busy_since_ns
        missing = f" {lost} reads are lost so far." if lost else ""
        if fault is not None:
            return f"Not recording: {fault}{missing}"
        if busy_since_ns is not None:
            waited_ns = self._clock_ns() - busy_since_ns
            if waited_ns > STALL_NS:
                return f"The disk has not answered for {waited_ns / 1e9:.0f} s.{missing}"
        return None

    @property
    def refused(self) -> bool:
        """Whether the disk refuses what is to be written, which may last."""
        with self._wake:
            return self._fault is not None

    @property
    def notice(self) -> str | None:
        """What a person should know without haste: scarce room, a file that was continued."""
        with self._wake:
            return self._notice

    @property
    def lost_reads(self) -> int:
        """Messages that did not fit the queue or could not be written before the end."""
        with self._wake:
            return self._lost

    @property
    def backlog_bytes(self) -> int:
        """Size of what waits in the queue; a source without a true clock paces itself by it."""
        with self._wake:
            return self._queue_bytes

    @property
    def files(self) -> tuple[Path, ...]:
        """The files of this recording so far, in order."""
        with self._wake:
            return self._files

    def stop(self, timeout_s: float) -> bool:
        """Write what waits, finish the file, end the thread; True if all of it is on the disk."""
        with self._wake:
            self._stopping = True
            self._wake.notify()
        if self._thread is None:
            return True
        self._thread.join(timeout_s)
        with self._wake:
            if self._thread.is_alive():
                self._fault = f"the disk did not take the end of the recording in {timeout_s:g} s."
            return self._fault is None and self._lost == 0

    def _count(self, topic: str, data: bytes, t_ns: int) -> Message:
        # Counted before it is known whether there is room: a dropped message leaves a hole.
        sequence = self._sequence.get(topic, 0)
        self._sequence[topic] = sequence + 1
        return Message(topic, data, t_ns, sequence)

    def _append(self, message: Message) -> None:
        self._queue.append(message)
        self._queue_bytes += message.cost_bytes

    def _run(self) -> None:
        try:
            stopping = False
            while not stopping:
                batch, stopping = self._take()
                if batch:
                    self._keeper.accept(batch, self._clock_ns())
                self._keeper.keep_up(self._clock_ns())
                self._publish(lost=0)
            self._publish(lost=self._keeper.finish(self._clock_ns()))
        except Exception as error:  # noqa: BLE001 - a dead thread must show in the window
            _log.exception("the recorder stopped by a fault of its own")
            self._keeper.abandon()
            with self._wake:
                self._fault = f"the recorder stopped by a fault ({error!r}). Report this."
        finally:
            with self._wake:
                self._stopping = True
                self._busy_since_ns = None
                self._lost += len(self._queue)
                self._queue.clear()
                self._queue_bytes = 0

    def _take(self) -> tuple[list[Message], bool]:
        """Wait for messages, the next deadline or the end; empty the queue while the disk works."""
        is_open = self._keeper.is_open
        with self._wake:
            self._busy_since_ns = None
            timeout_s = max(0, self._keeper.deadline_ns() - self._clock_ns()) / 1e9
            self._wake.wait_for(
                lambda: self._stopping or (is_open and bool(self._queue)), timeout_s
            )
            self._busy_since_ns = self._clock_ns()
            batch: list[Message] = []
            if is_open or self._stopping:
                batch.extend(self._queue)
                self._queue.clear()
                self._queue_bytes = 0
            return batch, self._stopping  # once stopping nothing is put: this batch is the last

    def _publish(self, *, lost: int) -> None:
        with self._wake:
            self._fault = self._keeper.fault
            self._notice = self._keeper.notice
            self._files = self._keeper.files
            self._lost += lost
