"""A virtual device behind the product's own Bluetooth link, as for the address ``sim-ble:``."""

from __future__ import annotations

import asyncio
import time
from typing import TYPE_CHECKING

from firingorder.firmware_bridge.links.ble import BleLink
from firingorder.firmware_bridge.links.gatt import FRAME_V1
from firingorder.simulation.radio.belt import BeltTwin
from firingorder.simulation.radio.radio import Radio

if TYPE_CHECKING:
    from collections.abc import Callable

    from firingorder.firmware_bridge.links.base import Framing, Read
    from firingorder.firmware_bridge.links.ble_scan import BleDevice
    from firingorder.firmware_bridge.links.gatt import GattProfile
    from firingorder.simulation.device import VirtualDevice
    from firingorder.simulation.radio.settings import AirSettings
    from firingorder.simulation.radio.table import Twin


class SimBleLink:
    """A link that brings its radio and its device along.

    Both begin to live on the event loop of the first :meth:`open`, and go on while the link is
    closed, as a belt on a body does.

    Parameters
    ----------
    twin
        The virtual device.
    profile
        What the link takes it for.
    seed
        Packet errors of the air.
    settings
        How the air behaves.
    clock_ns
        The clock that stamps reads.

    Attributes
    ----------
    radio
        The radio, once the link was opened.
    """

    framing: Framing

    def __init__(
        self,
        twin: Twin,
        *,
        profile: GattProfile = FRAME_V1,
        seed: int,
        settings: AirSettings | None = None,
        clock_ns: Callable[[], int] = time.perf_counter_ns,
    ) -> None:
        self.framing = "packet"
        self.description = f"simulated {profile.name} on Bluetooth"
        self.radio: Radio | None = None
        self._twin = twin
        self._profile = profile
        self._seed = seed
        self._settings = settings
        self._clock_ns = clock_ns
        self._link: BleLink | None = None

    def now_ns(self) -> int:
        """Return the clock that stamps the reads."""
        return self._clock_ns()

    async def sleep(self, duration_s: float) -> None:
        """Wait on the clock of the event loop."""
        await asyncio.sleep(duration_s)

    async def open(self) -> None:
        """Switch the radio on, if this is the first time, and open the link.

        Raises
        ------
        LinkError
            The device is out of range.
        """
        if self._link is None:
            radio = Radio([self._twin], seed=self._seed, settings=self._settings)
            await radio.start()
            self.radio = radio
            self._link = BleLink(
                self._twin.table.name,
                profile=self._profile,
                client_backend=radio.client_backend,
                scanner_backend=radio.scanner_backend,
                clock_ns=self._clock_ns,
            )
        await self._link.open()

    async def read(self, timeout_s: float) -> Read | None:
        """Return the next notification, or None when none came within ``timeout_s``.

        Raises
        ------
        LinkLostError
            The connection is gone.
        """
        return await self._opened().read(timeout_s)

    async def write(self, data: bytes) -> None:
        """Write one frame.

        Raises
        ------
        LinkLostError
            The connection is gone.
        """
        await self._opened().write(data)

    @property
    def about(self) -> str:
        """What is known of the connection."""
        return "" if self._link is None else self._link.about

    @property
    def mtu_bytes(self) -> int:
        """ATT_MTU of the newest connection; 0 before the first."""
        return 0 if self._link is None else self._link.mtu_bytes

    @property
    def device(self) -> BleDevice | None:
        """What was connected to last."""
        return None if self._link is None else self._link.device

    @property
    def notices(self) -> tuple[str, ...]:
        """What the open connection has to say."""
        return () if self._link is None else self._link.notices

    async def read_info(self) -> None:
        """Read INFO again; it comes as a read of the link.

        Raises
        ------
        LinkLostError
            The connection is gone.
        """
        await self._opened().read_info()

    async def close(self) -> None:
        """Close the link; the belt goes on."""
        if self._link is not None:
            await self._link.close()

    async def stop(self) -> None:
        """Close the link and switch everything off."""
        await self.close()
        if self.radio is not None:
            await self.radio.stop()
            self.radio = None
            self._link = None

    def _opened(self) -> BleLink:
        assert self._link is not None, "open() comes first"
        return self._link


def sim_ble_link(
    device: VirtualDevice,
    *,
    seed: int,
    settings: AirSettings | None = None,
    clock_ns: Callable[[], int] = time.perf_counter_ns,
) -> SimBleLink:
    """Return the link of the address ``sim-ble:``; nothing is started yet.

    Parameters
    ----------
    device
        A device that nobody has looked at yet.
    seed
        Packet errors of the air.
    settings
        How the air behaves.
    clock_ns
        The clock that stamps reads.
    """
    return SimBleLink(BeltTwin(device), seed=seed, settings=settings, clock_ns=clock_ns)
