"""A device over Bluetooth LE as a link, on bleak. One notification is one read.

The order is that of wire_protocol.md section 8: scan, connect, MTU, read INFO, subscribe to DATA;
then the host asks for HELLO and starts. Every attempt scans again and uses a client of its own.
"""

from __future__ import annotations

import asyncio
import logging
import time
from typing import TYPE_CHECKING

from firingorder.errors import LinkError, LinkLostError
from firingorder.firmware_bridge.links.ble_calls import Calls
from firingorder.firmware_bridge.links.ble_connection import DISCONNECT_LIMIT_S, BleConnection
from firingorder.firmware_bridge.links.ble_search import AUTO, Search
from firingorder.firmware_bridge.links.ble_watch import watch
from firingorder.firmware_bridge.links.gatt import FRAME_V1

if TYPE_CHECKING:
    from collections.abc import Callable

    from bleak.backends.client import BaseBleakClient
    from bleak.backends.scanner import BaseBleakScanner

    from firingorder.firmware_bridge.links.base import Framing, Read
    from firingorder.firmware_bridge.links.ble_scan import BleDevice
    from firingorder.firmware_bridge.links.gatt import GattProfile

#: wire_protocol.md section 11, OPENING: scan and connect within 20 s. The scan may use all of it:
#: a device that is found in the last second is connected to all the same.
FIND_LIMIT_S = 20.0
#: Ending what is left of a connection: calls that were left behind, then the disconnect itself.
_TIDY_LIMIT_S = 2 * DISCONNECT_LIMIT_S + 1.0

_LOG = logging.getLogger(__name__)


class BleLink:
    """One device by name, by the end of its name, or by address; ``auto`` is the only one there.

    Parameters
    ----------
    target
        Name, end of a name, address (on macOS the number that the system gives it), or ``auto``.
    profile
        What kind of device it is.
    client_backend, scanner_backend
        Another Bluetooth stack in place of the operating system's.
    clock_ns
        The monotonic clock that stamps reads.
    find_limit_s
        How long one attempt scans.

    Attributes
    ----------
    device
        What was connected to last.
    mtu_bytes
        Of the newest connection; 0 before the first.
    dropped_reads
        Notifications for which there was no room because nobody read.
    """

    framing: Framing

    def __init__(
        self,
        target: str,
        *,
        profile: GattProfile = FRAME_V1,
        client_backend: type[BaseBleakClient] | None = None,
        scanner_backend: type[BaseBleakScanner] | None = None,
        clock_ns: Callable[[], int] = time.perf_counter_ns,
        find_limit_s: float = FIND_LIMIT_S,
    ) -> None:
        self.framing = "packet"
        self.profile = profile
        self.description = (
            f"the {profile.name} on Bluetooth" if target == AUTO else f"{target} on Bluetooth"
        )
        self.device: BleDevice | None = None
        self._search = Search(target, profile, scanner_backend, find_limit_s)
        self._client_backend = client_backend
        self._clock_ns = clock_ns
        self._calls = Calls()
        self._connection: BleConnection | None = None
        self._watch: asyncio.Task[None] | None = None
        self._dropped_before = 0
        self._was_mute = False
        self._mtu_bytes = 0

    @property
    def mtu_bytes(self) -> int:
        """ATT_MTU of the newest connection."""
        return self._mtu_bytes

    @property
    def dropped_reads(self) -> int:
        """Notifications that found the queue full, over all connections."""
        now = 0 if self._connection is None else self._connection.inbox.dropped
        return self._dropped_before + now

    @property
    def waiting_reads(self) -> int:
        """Notifications that arrived and were not read yet."""
        return 0 if self._connection is None else len(self._connection.inbox)

    @property
    def notices(self) -> tuple[str, ...]:
        """What is not as it should be on the open connection, each with what to do."""
        connection = self._connection
        return (connection.narrowness,) if connection is not None and connection.is_narrow else ()

    @property
    def about(self) -> str:
        """What is known of the connection, for the recording: name, address, level, MTU."""
        return "" if self.device is None else f"{self.device}, MTU {self._mtu_bytes}"

    def now_ns(self) -> int:
        """Return the clock that stamps the reads."""
        return self._clock_ns()

    async def sleep(self, duration_s: float) -> None:
        """Wait on the clock of the event loop."""
        await asyncio.sleep(duration_s)

    async def open(self) -> None:
        """Scan until the device is found, connect, read INFO, subscribe.

        Raises
        ------
        LinkError
            Bluetooth cannot be used, or the device is not there, is not alone, is another one,
            wants to be paired, or does not answer; the message says what to do.
        """
        await self.close()
        sighting = await self._search.find(self._calls)
        connection = BleConnection(
            sighting,
            self.profile,
            clock_ns=self._clock_ns,
            client_backend=self._client_backend,
        )
        try:
            await connection.open()
            if self._was_mute and connection.is_narrow:
                raise LinkError(
                    f"{connection.name} sends nothing over packets of {connection.mtu_bytes} bytes;"
                    f" it needs {self.profile.least_mtu_bytes}. Use another Bluetooth adapter or"
                    " driver (Linux: BlueZ 5.62 or newer), or connect it by USB."
                )
        except BaseException:  # also when cancelled: nothing may be left behind
            self._retire(connection)
            raise
        self._connection = connection
        self._mtu_bytes = connection.mtu_bytes
        self.device = sighting.device
        self._search.remember(sighting.device)
        self._watch = asyncio.ensure_future(watch(connection, self._search, self._calls))
        self.description = f"{sighting.device.name or sighting.device.address} on Bluetooth"
        _LOG.info("connected to %s", self.about)

    async def read(self, timeout_s: float) -> Read | None:
        """Return the next notification, or None when none came within ``timeout_s``.

        Raises
        ------
        LinkLostError
            The connection is gone, and everything that arrived before has been handed out.
        """
        return await self._open_connection().inbox.next(timeout_s)

    async def write(self, data: bytes) -> None:
        """Write one message.

        Raises
        ------
        LinkLostError
            The connection is gone, or the device does not take it.
        """
        await self._open_connection().write(data)

    async def read_info(self) -> None:
        """Read INFO again; it comes as a read of the link.

        Raises
        ------
        LinkLostError
            The connection is gone, or the device does not answer.
        """
        await self._open_connection().read_info()

    async def close(self) -> None:
        """Disconnect, and wait for whatever earlier connections left, but not for ever."""
        connection, self._connection = self._connection, None
        if connection is not None:
            self._retire(connection)
        await self._calls.settled(_TIDY_LIMIT_S)

    def _open_connection(self) -> BleConnection:
        if self._connection is None:
            raise LinkLostError(f"{self.description} is not connected.")
        return self._connection

    def _retire(self, connection: BleConnection) -> None:
        """End a connection in a task of its own: whoever is cancelled here cannot cut it short."""
        if self._watch is not None:
            self._watch.cancel()
            self._watch = None
        connection.lose(f"{connection.name} was closed.")
        self._was_mute = connection.is_mute
        self._dropped_before += connection.inbox.dropped
        self._calls.begin(connection.close(), _TIDY_LIMIT_S, f"closing {connection.name}")
