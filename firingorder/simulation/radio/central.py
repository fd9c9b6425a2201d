"""The host's Bluetooth adapter: scans, connects and pairs for the bleak backends."""

from __future__ import annotations

import asyncio
import contextlib
from typing import TYPE_CHECKING, Any, TypeVar

from bleak.exc import BleakBluetoothNotAvailableError, BleakBluetoothNotAvailableReason
from bumble import core, hci
from bumble.device import (
    Advertisement,
    Connection,
    ConnectionParametersPreferences,
    Device,
    DeviceConfiguration,
)
from bumble.keys import MemoryKeyStore

from firingorder.simulation.radio.peripheral import just_works

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine

    from bumble.transport.common import TransportSink, TransportSource

    from firingorder.simulation.radio.settings import AirSettings

#: Scan without a pause, ms.
SCAN_MS = 60.0

T = TypeVar("T")


class Central:
    """One adapter; any number of scanners and clients share it.

    Parameters
    ----------
    source, sink
        Where the controller's packets come from and go to.
    address
        Static random address of the adapter.
    settings
        Interval, supervision timeout and MTU that the adapter asks for.

    Attributes
    ----------
    known
        Addresses that were heard, by their text.
    held
        Called when the adapter is pulled: every connection ends.
    """

    def __init__(
        self,
        source: TransportSource,
        sink: TransportSink,
        *,
        address: str,
        settings: AirSettings,
    ) -> None:
        config = DeviceConfiguration(
            name="host",
            address=hci.Address(address),
            irk=bytes.fromhex(address.replace(":", "")).ljust(16, b"\x02"),
        )
        self.device = Device.from_config_with_hci(config, source, sink)
        self.device.keystore = MemoryKeyStore()
        self.device.pairing_config_factory = just_works
        self.device.on(Device.EVENT_ADVERTISEMENT, self._on_advertisement)
        self.mtu = settings.mtu
        self._preferences = {
            hci.Phy.LE_1M: ConnectionParametersPreferences(
                connection_interval_min=settings.interval_ms,
                connection_interval_max=settings.interval_ms,
                supervision_timeout=round(1e3 * settings.supervision_s),
            )
        }
        self._powered = False
        self.known: dict[str, hci.Address] = {}
        self._listeners: list[Callable[[Advertisement], None]] = []
        self._pulling = asyncio.Event()
        self._scanning = False
        self._tasks: set[asyncio.Task[Any]] = set()
        self._given_up: set[asyncio.Task[None]] = set()
        self._lock = asyncio.Lock()
        self._connecting = asyncio.Lock()
        self.held: list[Callable[[], None]] = []

    @property
    def pulled(self) -> bool:
        """Whether the adapter is out of its port."""
        return self._pulling.is_set()

    async def ready(self) -> None:
        """Switch the adapter on at first use.

        Raises
        ------
        BleakBluetoothNotAvailableError
            It is out of its port.
        """
        if self.pulled:
            raise BleakBluetoothNotAvailableError(
                "No Bluetooth adapters found.", BleakBluetoothNotAvailableReason.NO_BLUETOOTH
            )
        await asyncio.shield(self._begin(self._power_on()))

    async def _power_on(self) -> None:
        async with self._lock:
            if not self._powered:
                await self.device.power_on()
                self._powered = True

    async def scan(self, heard: Callable[[Advertisement], None]) -> None:
        """Report every advertisement to ``heard`` until :meth:`scan_no_more`."""
        await self.ready()
        self._listeners.append(heard)
        try:
            await self._adjust_scan()
        except BaseException:
            self._listeners.remove(heard)
            raise

    async def scan_no_more(self, heard: Callable[[Advertisement], None]) -> None:
        """Stop reporting."""
        if heard in self._listeners:
            self._listeners.remove(heard)
            await self._adjust_scan()

    async def _adjust_scan(self) -> None:
        """Scan if anybody listens; is finished even if the one who asked is cancelled."""
        await asyncio.shield(self._begin(self._scan_as_wanted()))

    async def _scan_as_wanted(self) -> None:
        async with self._lock:
            wanted = bool(self._listeners) and not self.pulled
            if wanted and not self._scanning:
                await self.device.start_scanning(
                    active=True, scan_interval=SCAN_MS, scan_window=SCAN_MS
                )
            elif self._scanning and not wanted and not self.pulled:
                await self.device.stop_scanning()
            self._scanning = wanted

    async def connect(self, address: hci.Address, timeout_s: float) -> Connection:
        """Connect to an address; bumble's errors say why not.

        Raises
        ------
        TimeoutError
            Nothing answered there.
        BleakBluetoothNotAvailableError
            The adapter was pulled.
        """
        await self.ready()
        async with self._connecting:
            if self._given_up:
                await asyncio.wait(self._given_up)
            return await self._connect(address, timeout_s)

    async def _connect(self, address: hci.Address, timeout_s: float) -> Connection:
        # The commands to the controller are never cut short: its answers would meet nobody.
        connecting = self._begin(
            self.device.connect(
                address,
                timeout=timeout_s,
                connection_parameters_preferences=self._preferences,
            )
        )
        pulled = asyncio.ensure_future(self._pulling.wait())
        try:
            await asyncio.wait({connecting, pulled}, return_when=asyncio.FIRST_COMPLETED)
            await self.ready()
            return connecting.result()
        except BaseException:
            giving_up = self._begin(self._give_up(connecting))
            self._given_up.add(giving_up)
            giving_up.add_done_callback(self._given_up.discard)
            raise
        finally:
            pulled.cancel()

    async def _give_up(self, connecting: asyncio.Task[Connection]) -> None:
        """Wait for a connection no more; one that came in this moment ends."""
        if not connecting.done():
            untyped: Any = hci
            command = untyped.HCI_LE_Create_Connection_Cancel_Command()
            with contextlib.suppress(hci.HCI_Error):
                await self.device.send_sync_command(command)
        with contextlib.suppress(core.BaseBumbleError, hci.HCI_Error, TimeoutError):
            connection = await connecting
            await connection.disconnect()

    def _begin(self, work: Coroutine[Any, Any, T]) -> asyncio.Task[T]:
        """Start work that goes on when the one who asked for it is cancelled."""
        task = asyncio.get_running_loop().create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._done)
        return task

    def _done(self, task: asyncio.Task[Any]) -> None:
        self._tasks.discard(task)
        take_note(task)

    async def stop(self) -> None:
        """Disconnect from everything and switch off."""
        for connection in list(self.device.connections.values()):
            await connection.disconnect()
        if self._powered and not self.pulled:
            await self.device.power_off()

    def pull(self) -> None:
        """Take the adapter away: scans fall silent, connections end, nothing new begins."""
        self._pulling.set()
        self._listeners.clear()
        self._scanning = False
        for lose in list(self.held):
            lose()

    def plug(self) -> None:
        """Put it back."""
        self._pulling.clear()

    def _on_advertisement(self, advertisement: Advertisement) -> None:
        self.known[plain(advertisement.address)] = advertisement.address
        for heard in list(self._listeners):
            heard(advertisement)


def plain(address: hci.Address) -> str:
    """Return an address as bleak writes it."""
    return address.to_string(with_type_qualifier=False)


def take_note(task: asyncio.Task[Any]) -> None:
    """Look at the error of work that nobody waits for any more."""
    if not task.cancelled():
        task.exception()
