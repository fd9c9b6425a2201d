"""What links have in common behind which a library speaks to the device by itself."""

from __future__ import annotations

import asyncio
import threading
from abc import ABC, abstractmethod
from typing import TYPE_CHECKING

from firingorder.errors import LinkLostError
from firingorder.firmware_bridge.links.serial_reader import Reader
from firingorder.firmware_bridge.links.slow_opening import open_slowly

if TYPE_CHECKING:
    from collections.abc import Callable

    from firingorder.firmware_bridge.links.base import Framing, Read
    from firingorder.firmware_bridge.links.serial_port import BytePort


class LibraryLink(ABC):
    """Opened, polled and closed in threads of its own; nothing is ever written.

    ``description`` is the address in words. The reads are records of arrays
    (:mod:`firingorder.firmware_bridge.adapters.array_record`).
    """

    framing: Framing = "packet"

    def __init__(self, description: str, clock_ns: Callable[[], int]) -> None:
        self.description = description
        self._clock_ns = clock_ns
        self._reader: Reader | None = None

    @property
    def about(self) -> str:
        """What is known of the open connection."""
        return self.description

    def now_ns(self) -> int:
        """Return the clock that stamps the reads."""
        return self._clock_ns()

    async def sleep(self, duration_s: float) -> None:
        """Wait in real time."""
        await asyncio.sleep(duration_s)

    async def open(self) -> None:
        """Have the library open its device and begin to read.

        Raises
        ------
        FiringOrderError
            It could not; the message says what to do.
        """
        await self.close()
        # What the library waits for nothing can end, so nobody else must wait for it.
        port = await open_slowly(self._start, _close)
        self._reader = Reader(port, self.description, asyncio.get_running_loop())
        self._reader.start()

    async def read_info(self) -> None:
        """Do nothing: the description comes with every opening."""

    async def read(self, timeout_s: float) -> Read | None:
        """Return the next read, or None when nothing came within ``timeout_s``.

        Raises
        ------
        LinkLostError
            The device is gone.
        """
        if self._reader is None:
            raise LinkLostError(f"{self.description} is not open.")
        return await self._reader.next(timeout_s)

    async def write(self, data: bytes) -> None:
        """Send nothing: the library speaks to the device."""

    async def close(self) -> None:
        """End the reading and release the device. Closing twice is legal."""
        reader, self._reader = self._reader, None
        if reader is not None:
            await asyncio.to_thread(reader.stop)

    @abstractmethod
    def _start(self) -> BytePort:
        """Open the device; called in a thread of its own."""


class LibraryPort(ABC):
    """What the reader's thread calls; all calls but ``interrupt`` come from one thread.

    Parameters
    ----------
    description
        Given out first, as a read of its own.
    clock_ns
        The clock that stamps the reads.
    poll_s
        How long samples gather before they are looked for.
    """

    def __init__(self, description: bytes, clock_ns: Callable[[], int], poll_s: float) -> None:
        self._description = description
        self._clock_ns = clock_ns
        self._poll_s = poll_s
        self._closing = threading.Event()

    def read(self) -> tuple[bytes, int]:
        """Return the description, then what has gathered; ``b""`` when nothing has."""
        if self._description:
            said, self._description = self._description, b""
            return said, self._clock_ns()
        if self._closing.wait(self._poll_s):
            return b"", 0
        return self._gathered()

    def write(self, data: bytes) -> None:
        """Send nothing: the library speaks to the device."""

    def interrupt(self) -> None:
        """End a wait."""
        self._closing.set()

    @abstractmethod
    def close(self) -> None:
        """Release the device."""

    @abstractmethod
    def _gathered(self) -> tuple[bytes, int]:
        """Return a record and when it was taken, ``b""`` for none; OSError when it is gone."""


def _close(port: BytePort) -> None:
    port.close()
