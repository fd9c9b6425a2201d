"""Where the acquisition thread leaves what the window pulls."""

from __future__ import annotations

import threading
from collections import deque
from typing import TYPE_CHECKING

from firingorder.session.feed import FeedUpdate, LiveStatus

if TYPE_CHECKING:
    from firingorder.findings import Event
    from firingorder.samples import DisplayBlock, PelvisBlock

#: A window that does not pull for this long (a dialog, a busy computer) loses the oldest samples
#: of the picture, never of the recording: at 20 ms a block this is 20 s, twice the strips' width.
MAX_BLOCKS = 1000
#: Events are few (a handful a repetition); this many are hours.
MAX_EVENTS = 10_000


class Feed:
    """A bounded mailbox between two threads. The lock is held for the copy only."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._blocks: deque[DisplayBlock] = deque(maxlen=MAX_BLOCKS)
        self._pelvis: deque[PelvisBlock] = deque(maxlen=MAX_BLOCKS)
        self._events: deque[Event] = deque(maxlen=MAX_EVENTS)
        self._status = LiveStatus()

    def put(
        self,
        blocks: list[DisplayBlock],
        pelvis: list[PelvisBlock],
        events: list[Event],
        status: LiveStatus,
    ) -> None:
        """Leave what is new."""
        with self._lock:
            self._blocks.extend(blocks)
            self._pelvis.extend(pelvis)
            self._events.extend(events)
            self._status = status

    def poll(self) -> FeedUpdate:
        """Take what is new."""
        with self._lock:
            update = FeedUpdate(
                tuple(self._blocks), tuple(self._pelvis), tuple(self._events), self._status
            )
            self._blocks.clear()
            self._pelvis.clear()
            self._events.clear()
        return update
