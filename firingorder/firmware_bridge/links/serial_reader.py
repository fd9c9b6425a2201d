"""The thread that reads one open port: it stamps first, and hands over then.

A thread of its own, because the arrival time must not wait for the event loop.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import threading
from typing import TYPE_CHECKING

from firingorder.errors import LinkLostError
from firingorder.firmware_bridge.links.base import Read
from firingorder.firmware_bridge.links.serial_faults import PORT_ERRORS
from firingorder.firmware_bridge.links.serial_port import POLL_S

if TYPE_CHECKING:
    from firingorder.firmware_bridge.links.serial_port import BytePort

#: 30 s at two hundred reads a second; 24 MB if each is as large as it can be. Beyond it the thread
#: stops reading, the device notices that its ring is full and counts what it drops: nothing is
#: lost in silence.
MAX_WAITING_READS = 6000
_JOIN_LIMIT_S = 2.0

_LOG = logging.getLogger(__name__)

_Arrival = Read | LinkLostError


class Reader:
    """Reads one open port until it is stopped or the port is gone."""

    def __init__(self, port: BytePort, description: str, loop: asyncio.AbstractEventLoop) -> None:
        self.port = port
        self._description = description
        self._loop = loop
        self._arrivals: asyncio.Queue[_Arrival] = asyncio.Queue()
        self._room = threading.BoundedSemaphore(MAX_WAITING_READS)
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, name="serial reader", daemon=True)

    def start(self) -> None:
        """Begin to read."""
        self._thread.start()

    def stop(self) -> None:
        """End the thread, then close the port: never under a call that uses it."""
        self._stop.set()
        self.port.interrupt()
        self._thread.join(_JOIN_LIMIT_S)
        if self._thread.is_alive():
            _LOG.error("the reader of %s does not end; its port stays open", self._description)
            return
        self.port.close()

    async def next(self, timeout_s: float) -> Read | None:
        """Return the next read, or None when nothing came within ``timeout_s``.

        Raises
        ------
        LinkLostError
            The port is gone, and everything that arrived before was handed out.
        """
        try:
            arrival = self._arrivals.get_nowait()
        except asyncio.QueueEmpty:
            try:
                async with asyncio.timeout(timeout_s):
                    arrival = await self._arrivals.get()
            except TimeoutError:
                return None
        if isinstance(arrival, LinkLostError):
            self._arrivals.put_nowait(arrival)  # whoever asks again gets the same answer
            raise arrival
        self._room.release()
        return arrival

    def _run(self) -> None:
        reason = "it was closed"
        try:
            while not self._stop.is_set():
                if self._room.acquire(timeout=POLL_S) and not self._read():
                    self._room.release()
        except PORT_ERRORS as error:
            # Its number ("[Errno 19]") tells a person nothing.
            reason = (error.strerror if isinstance(error, OSError) else None) or str(error)
        except Exception as error:  # noqa: BLE001 - a dead reader must not look like silence
            _LOG.exception("the reader of %s failed", self._description)
            reason = f"{type(error).__name__}: {error}"
        finally:
            self._hand_over(LinkLostError(f"{self._description} is gone: {reason}"))

    def _read(self) -> bool:
        data, t_ns = self.port.read()
        if data:
            self._hand_over(Read(data, t_ns))
        return bool(data)

    def _hand_over(self, arrival: _Arrival) -> None:
        # The loop is closed when the program ends without closing the link; nobody listens then.
        with contextlib.suppress(RuntimeError):
            self._loop.call_soon_threadsafe(self._arrivals.put_nowait, arrival)
