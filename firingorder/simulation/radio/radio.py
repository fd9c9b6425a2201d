"""The whole simulated radio in one process: virtual devices, the air, one host's adapter."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bumble.transport.common import AsyncPipeSink

from firingorder.simulation.radio.air import Air
from firingorder.simulation.radio.backend import client_backend, scanner_backend
from firingorder.simulation.radio.central import Central
from firingorder.simulation.radio.controller import RadioController
from firingorder.simulation.radio.peripheral import GattPeripheral
from firingorder.simulation.radio.settings import AirSettings

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bleak.backends.client import BaseBleakClient
    from bleak.backends.scanner import BaseBleakScanner

    from firingorder.simulation.radio.table import Twin

#: The host's controller holds enough that its own writes never wait for a buffer.
HOST_BUFFERS = 64
HOST_ADDRESS = "F0:00:00:00:00:01"


class Radio:
    """Peripherals, the air and one adapter, all on the running event loop.

    Parameters
    ----------
    twins
        The virtual devices.
    seed
        Packet errors and addresses.
    settings
        How the air behaves.

    Attributes
    ----------
    air
        For faults of all at once by hand: :meth:`Air.cut`, ``restore``, ``stall``, ``flow``.
    peripherals
        In the order of ``twins``, with the same faults for one, and ``disconnect``,
        ``forget_bonds``.
    """

    def __init__(
        self, twins: Sequence[Twin], *, seed: int, settings: AirSettings | None = None
    ) -> None:
        self.settings = AirSettings() if settings is None else settings
        self.air = Air(self.settings, seed)
        self._host = RadioController("host", self.air, buffers=HOST_BUFFERS)
        self._central = Central(
            self._host, AsyncPipeSink(self._host), address=HOST_ADDRESS, settings=self.settings
        )
        self.peripherals: list[GattPeripheral] = []
        for number, twin in enumerate(twins):
            controller = RadioController(
                f"device {number}", self.air, buffers=self.settings.buffers
            )
            peripheral = GattPeripheral(
                twin,
                controller,
                AsyncPipeSink(controller),
                address=device_address(seed, number),
                weather=_WeatherOf(controller, self.air),
            )
            self.peripherals.append(peripheral)

    async def start(self) -> None:
        """Switch every device on."""
        for peripheral in self.peripherals:
            await peripheral.start()

    async def stop(self) -> None:
        """Switch everything off."""
        await self._central.stop()
        for peripheral in self.peripherals:
            await peripheral.stop()
        for lane in list(self.air.lanes):
            lane.end()

    @property
    def client_backend(self) -> type[BaseBleakClient]:
        """For ``BleakClient(..., backend=...)``."""
        return client_backend(self._central)

    @property
    def scanner_backend(self) -> type[BaseBleakScanner]:
        """For ``BleakScanner(..., backend=...)``."""
        return scanner_backend(self._central)

    def pull_adapter(self) -> None:
        """Pull the host's adapter out of its port."""
        self._host.deaf = True
        self._central.pull()
        self.air.vanish(self._host)

    def plug_adapter(self) -> None:
        """Put it back; what was connected or scanning before is not any more."""
        self._host.deaf = False
        self._host.le_scan_enable = False
        self._central.plug()


class _WeatherOf:
    """The air, for one radio."""

    def __init__(self, radio: RadioController, air: Air) -> None:
        self._radio = radio
        self._air = air

    def vanish(self) -> None:
        self._air.vanish(self._radio)

    def cut(self) -> None:
        self._air.cut(self._radio)

    def restore(self) -> None:
        self._air.restore(self._radio)

    def stall(self) -> None:
        self._air.stall(self._radio)

    def flow(self) -> None:
        self._air.flow(self._radio)


def device_address(seed: int, number: int) -> str:
    """Return a static random address: its two highest bits are set."""
    tail = (seed * 257 + number) & 0xFFFFFF
    return "C2:F0:01:" + ":".join(f"{tail >> shift & 0xFF:02X}" for shift in (16, 8, 0))
