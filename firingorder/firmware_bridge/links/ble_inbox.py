"""What has arrived over Bluetooth and waits to be read: bounded, stamped, never lost in silence."""

from __future__ import annotations

import asyncio
import logging
from collections import deque
from typing import TYPE_CHECKING

from firingorder.firmware_bridge.links.base import Read

if TYPE_CHECKING:
    from collections.abc import Callable

    from firingorder.errors import LinkLostError

#: 30 s of the busiest stream: 250 notifications a second (2 kHz in frames of 9 samples, and IMU,
#: wire_protocol.md section 13). Whoever does not read for that long has lost the session anyway.
MAX_WAITING_READS = 7500

_LOG = logging.getLogger(__name__)


class Inbox:
    """The queue between the callbacks of one connection and the one who reads.

    Attributes
    ----------
    arrived
        Reads that came, whether there was room for them or not.
    dropped
        Notifications that came while the queue was full. They are missing in the numbering of the
        device, too, so they are counted as lost samples where samples are counted.
    """

    def __init__(
        self, clock_ns: Callable[[], int], *, limit_reads: int = MAX_WAITING_READS
    ) -> None:
        self.arrived = 0
        self.dropped = 0
        self._clock_ns = clock_ns
        self._limit_reads = limit_reads
        self._reads: deque[Read] = deque()
        self._waiting: asyncio.Future[None] | None = None
        self._end: LinkLostError | None = None

    def __len__(self) -> int:
        """Return how many reads wait."""
        return len(self._reads)

    def callback(self, tag: bytes) -> Callable[[object, bytearray], None]:
        """Return the callback of a characteristic: it stamps and queues, nothing else."""

        def notified(_sender: object, data: bytearray) -> None:
            t_ns = self._clock_ns()
            self.put(Read(tag + data, t_ns))

        return notified

    def put(self, read: Read) -> None:
        """Queue a read, or count that there was no room for it."""
        self.arrived += 1
        if len(self._reads) >= self._limit_reads:
            if self.dropped == 0:
                _LOG.error("nobody reads: %d notifications wait, more are lost", len(self._reads))
            self.dropped += 1
            return
        self._reads.append(read)
        self._wake()

    def end(self, error: LinkLostError) -> None:
        """Note that nothing more comes; ``error`` is raised once everything has been read."""
        if self._end is None:
            self._end = error
        self._wake()

    async def next(self, timeout_s: float) -> Read | None:
        """Return the oldest read, or None when nothing came within ``timeout_s``.

        Raises
        ------
        LinkLostError
            The connection ended, and everything that had arrived was handed out.
        """
        if not self._reads and self._end is None:
            self._waiting = asyncio.get_running_loop().create_future()
            try:
                async with asyncio.timeout(timeout_s):
                    await self._waiting
            except TimeoutError:
                return None
            finally:
                self._waiting = None
        if self._reads:
            return self._reads.popleft()
        assert self._end is not None
        raise self._end

    def _wake(self) -> None:
        if self._waiting is not None and not self._waiting.done():
            self._waiting.set_result(None)
