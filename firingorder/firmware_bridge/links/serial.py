"""A serial port as a link: USB CDC, USB-UART, Bluetooth RFCOMM, pseudo-terminal."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import threading
import time
from typing import TYPE_CHECKING

from firingorder.errors import LinkError, LinkLostError
from firingorder.firmware_bridge.links import latency
from firingorder.firmware_bridge.links.port_query import PortQuery
from firingorder.firmware_bridge.links.port_search import find_again, find_first, twins_of
from firingorder.firmware_bridge.links.ports import PortInfo, list_ports, port_named
from firingorder.firmware_bridge.links.serial_faults import PORT_ERRORS, why_not_open
from firingorder.firmware_bridge.links.serial_port import Lines, byte_port, open_port
from firingorder.firmware_bridge.links.serial_reader import Reader

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    import serial

    from firingorder.firmware_bridge.links.base import Framing, Read

#: wire_protocol.md section 3.
DEFAULT_BAUD = 921600

_LOG = logging.getLogger(__name__)


class SerialLink:
    """One device on a serial port; it is found again when it comes back under another name.

    Parameters
    ----------
    port
        What stands after ``serial:`` in an address (:meth:`PortQuery.parse`): a name, ``auto``,
        or the USB numbers of the hardware.
    baud
        Bits per second.
    other_bauds
        Further rates that the device may run at; :meth:`choose` takes one.
    framing
        How messages are told apart in the stream; see :data:`Framing`.
    lines
        What is done with DTR and RTS; see :data:`Lines`.
    list_ports
        Tells what is plugged in.
    sysfs
        Where Linux describes its devices.

    Attributes
    ----------
    hardware
        What was opened last, None before the first time.
    notices
        What is not as it should be on the open port, in sentences that say what to do.

    Raises
    ------
    UsageError
        ``port`` is none.
    """

    framing: Framing

    def __init__(
        self,
        port: str,
        baud: int = DEFAULT_BAUD,
        *,
        other_bauds: Sequence[int] = (),
        framing: Framing = "cobs",
        lines: Lines = "hold",
        list_ports: Callable[[], Sequence[PortInfo]] = list_ports,
        sysfs: Path = latency.SYSFS,
    ) -> None:
        self.framing = framing
        self.baud = baud
        self._bauds = (baud, *other_bauds)
        self.hardware: PortInfo | None = None
        self.notices: tuple[str, ...] = ()
        self._query = PortQuery.parse(port)
        self.description = str(self._query)
        self._lines: Lines = lines
        self._list_ports = list_ports
        self._sysfs = sysfs
        self._twins: frozenset[str] = frozenset()
        self._reader: Reader | None = None

    def now_ns(self) -> int:
        """Return the clock that stamps the reads."""
        return time.perf_counter_ns()

    async def sleep(self, duration_s: float) -> None:
        """Wait in real time."""
        await asyncio.sleep(duration_s)

    def choose(self, way: int) -> None:
        """Open the port at the rate of this number from now on."""
        self.baud = self._bauds[way % len(self._bauds)]

    async def open(self) -> None:
        """Open the port for this program alone.

        The first time the port is looked for as it was asked for; after that only the same
        hardware is taken, under whatever name it is found.

        Raises
        ------
        LinkError
            Not there, not permitted, in use, or another device; the message says what to do.
        """
        await self.close()
        given_up = threading.Event()
        opening = asyncio.ensure_future(asyncio.to_thread(self._open_unless, given_up))
        try:
            port = await asyncio.shield(opening)
        except asyncio.CancelledError:
            # Opening cannot be interrupted. A port that opens later must not stay open.
            given_up.set()
            opening.add_done_callback(_close_late)
            raise
        if port is None:
            raise LinkError(f"{self.description} was given up.")
        self._reader = Reader(byte_port(port), self.description, asyncio.get_running_loop())
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

    def _open_unless(self, given_up: threading.Event) -> serial.Serial | None:
        port = self._open_port()
        if given_up.is_set():
            port.close()
            return None
        return port

    def _open_port(self) -> serial.Serial:
        before = self._list_ports()
        if self.hardware is None:
            name = find_first(self._query, before)
        else:
            name = find_again(self.hardware, self._twins, before)
        try:
            port = open_port(name, self.baud, self._lines)
        except ValueError as error:
            raise LinkError(f"{name} cannot run at {self.baud} baud: {error}") from error
        except PORT_ERRORS as error:
            raise LinkError(why_not_open(name, error)) from error
        try:
            self._remember(name)
        except LinkError:
            port.close()
            raise
        return port

    def _remember(self, name: str) -> None:
        """Note what was opened; names change hands while ports come and go."""
        ports = self._list_ports()
        found = port_named(name, ports) or PortInfo(name)
        if self.hardware is not None and self.hardware.vid is not None:
            if not found.is_same_hardware(self.hardware):
                raise LinkError(f"{name} went away while it was opened. Plug it in again.")
        else:
            self._twins = twins_of(found, ports)
        self.hardware = found
        self.description = name
        notice = latency.latency_notice(name, found, self._sysfs)
        self.notices = () if notice is None else (notice,)
        for text in self.notices:
            _LOG.warning("%s", text)


def _close_late(opening: asyncio.Future[serial.Serial | None]) -> None:
    with contextlib.suppress(LinkError, asyncio.CancelledError, *PORT_ERRORS):
        port = opening.result()
        if port is not None:
            port.close()
