"""A serial port as a link: USB CDC, USB-UART, pseudo-terminal.

A thread of its own reads, because the arrival time must not wait for the event loop. It stamps
first and hands over then.
"""

from __future__ import annotations

import asyncio
import contextlib
import errno
import logging
import sys
import threading
import time
from typing import TYPE_CHECKING

import serial

from firingorder.errors import LinkError, LinkLostError
from firingorder.firmware_bridge.links import ports
from firingorder.firmware_bridge.links.base import Framing, Read

if TYPE_CHECKING:
    from firingorder.firmware_bridge.links.ports import PortInfo

if sys.platform == "win32":
    PORT_ERRORS: tuple[type[Exception], ...] = (serial.SerialException, OSError)
else:
    import termios

    #: Pulling the plug shows as any of these, depending on which call notices it.
    PORT_ERRORS = (serial.SerialException, OSError, termios.error)

#: wire_protocol.md section 3.
DEFAULT_BAUD = 921600
#: Any belt: the only USB serial device.
AUTO = "auto"

#: The reader looks this often whether it should end; data wake it at once.
_POLL_S = 0.2
#: A command has at most 66 bytes: less than 1 ms at 921600 baud. A port that does not take it
#: within this time is dead.
_WRITE_TIMEOUT_S = 1.0
#: 30 s at two hundred reads a second. Beyond it the thread stops reading, the device notices that
#: its ring is full and counts what it drops: nothing is lost in silence.
_MAX_WAITING_READS = 6000
_JOIN_LIMIT_S = 2.0

_LOG = logging.getLogger(__name__)

_Arrival = Read | LinkLostError


class SerialLink:
    """One serial port by name; it is found again when it comes back under another name.

    ``auto`` is the only USB port, looked for at each attempt to open it.
    """

    framing: Framing

    def __init__(self, port: str, baud: int = DEFAULT_BAUD) -> None:
        self.framing = "cobs"
        self.description = "the belt on USB" if port == AUTO else port
        self.baud = baud
        self._port_name = port
        self._hardware: PortInfo | None = None
        self._reader: _Reader | None = None

    def now_ns(self) -> int:
        """Return the clock that stamps the reads."""
        return time.perf_counter_ns()

    async def sleep(self, duration_s: float) -> None:
        """Wait in real time."""
        await asyncio.sleep(duration_s)

    async def open(self) -> None:
        """Open the port for this program alone.

        Raises
        ------
        LinkError
            Not there, not permitted, or in use; the message says what to do.
        """
        await self.close()
        port = await asyncio.to_thread(self._open_port)
        self._reader = _Reader(port, self.description, asyncio.get_running_loop())
        self._reader.start()

    async def read(self, timeout_s: float) -> Read | None:
        """Return the next read, or None when nothing came within ``timeout_s``.

        Raises
        ------
        LinkLostError
            The port is gone.
        """
        if self._reader is None:
            raise LinkLostError(f"{self.description} is not open.")
        return await self._reader.next(timeout_s)

    async def write(self, data: bytes) -> None:
        """Send bytes.

        Raises
        ------
        LinkLostError
            The port is gone, or takes nothing.
        """
        if self._reader is None:
            raise LinkLostError(f"{self.description} is not open.")
        try:
            await asyncio.to_thread(self._reader.port.write, data)
        except PORT_ERRORS as error:
            raise LinkLostError(f"{self.description} takes no bytes any more: {error}") from error

    async def close(self) -> None:
        """Close the port and end its thread."""
        reader, self._reader = self._reader, None
        if reader is not None:
            await asyncio.to_thread(reader.stop)

    def _open_port(self) -> serial.Serial:
        if self._port_name == AUTO:
            self._port_name = self.description = ports.choose_port()
        name = ports.find_again(self._port_name, self._hardware, ports.list_ports())
        try:
            port = serial.Serial(
                name,
                self.baud,
                timeout=_POLL_S,
                write_timeout=_WRITE_TIMEOUT_S,
                exclusive=True,
            )
        except PORT_ERRORS as error:
            raise LinkError(_why_not(name, error)) from error
        except ValueError as error:
            raise LinkError(f"{name} cannot run at {self.baud} baud: {error}") from error
        # Without it an FTDI chip holds bytes back for up to 16 ms (wire_protocol.md section 13).
        with contextlib.suppress(AttributeError, NotImplementedError, ValueError, *PORT_ERRORS):
            port.set_low_latency_mode(True)
        self._hardware = ports.identity(name) or self._hardware
        self.description = name
        return port


class _Reader:
    """The thread that reads one open port, and what it has read."""

    def __init__(
        self, port: serial.Serial, description: str, loop: asyncio.AbstractEventLoop
    ) -> None:
        self.port = port
        self._description = description
        self._loop = loop
        self._arrivals: asyncio.Queue[_Arrival] = asyncio.Queue()
        self._room = threading.BoundedSemaphore(_MAX_WAITING_READS)
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, name="serial reader", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        """End the thread, then close the port: never under a call that uses it."""
        self._stop.set()
        with contextlib.suppress(AttributeError, *PORT_ERRORS):
            self.port.cancel_read()
        self._thread.join(_JOIN_LIMIT_S)
        if self._thread.is_alive():
            _LOG.error("the reader of %s does not end; its port stays open", self._description)
            return
        with contextlib.suppress(*PORT_ERRORS):
            self.port.close()

    async def next(self, timeout_s: float) -> Read | None:
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
        try:
            while not self._stop.is_set():
                if not self._room.acquire(timeout=_POLL_S):
                    continue
                read = self._read()
                if read is None:
                    self._room.release()
                else:
                    self._hand_over(read)
        except PORT_ERRORS as error:
            self._hand_over(LinkLostError(f"{self._description} is gone: {error}"))

    def _read(self) -> Read | None:
        first = self.port.read(1)
        t_ns = time.perf_counter_ns()
        if not first:
            return None
        waiting = self.port.in_waiting
        return Read(first + self.port.read(waiting) if waiting else first, t_ns)

    def _hand_over(self, arrival: _Arrival) -> None:
        # The loop is closed when the program ends without closing the link; nobody listens then.
        with contextlib.suppress(RuntimeError):
            self._loop.call_soon_threadsafe(self._arrivals.put_nowait, arrival)


def _why_not(name: str, error: Exception) -> str:
    """Return in words why a port could not be opened, and what to do."""
    number = getattr(error, "errno", None)
    if number in (errno.EACCES, errno.EPERM):
        remedy = (
            " Add yourself to its group (sudo usermod -aG dialout $USER), log out and in again."
            if sys.platform == "linux"
            else " Close other programs that use it, and check your rights."
        )
        return f"{name} may not be opened by this user.{remedy}"
    if number in (errno.EAGAIN, errno.EWOULDBLOCK, errno.EBUSY):
        return f"{name} is in use by another program. Close that program."
    if number in (errno.ENOENT, errno.ENODEV, errno.ENXIO):
        return (
            f"{name} is not there. Plug the device in; `firingorder devices` lists the ports that"
            " are."
        )
    return f"{name} cannot be opened: {error}. `firingorder devices` lists the ports."
