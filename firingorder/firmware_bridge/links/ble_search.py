"""Which of the devices that advertise is the one that was asked for."""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

from firingorder.errors import LinkError
from firingorder.firmware_bridge.links.ble_scan import scanning, strongest

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator

    from bleak.backends.scanner import BaseBleakScanner

    from firingorder.firmware_bridge.links.ble_calls import Calls
    from firingorder.firmware_bridge.links.ble_scan import BleDevice, Sighting
    from firingorder.firmware_bridge.links.gatt import GattProfile

#: Any device of the kind, if there is one only.
AUTO = "auto"
#: After the first that fits the scan goes on for this long, in case there is another. The longest
#: advertising interval that Apple recommends is 1285 ms (Technical Q&A QA1931).
SETTLE_S = 1.3
#: More would not help anybody who looks for a name.
_MOST_LISTED = 8


class Search:
    """Finds one device, again and again.

    Once it was connected to, a device is known by its address, and is taken at first sight: what
    comes back after an outage need not be alone. A device that changes its address is known by its
    name, if such names differ; else it must be the only one that has it.
    """

    def __init__(
        self,
        target: str,
        profile: GattProfile,
        scanner_backend: type[BaseBleakScanner] | None,
        limit_s: float,
    ) -> None:
        self._target = target
        self._profile = profile
        self._scanner_backend = scanner_backend
        self._limit_s = limit_s
        self._known: BleDevice | None = None
        self._seen: dict[str, Sighting] = {}
        self._fitting: dict[str, Sighting] = {}

    def remember(self, device: BleDevice) -> None:
        """Note that this is the device that is meant."""
        self._known = device

    async def find(self, calls: Calls) -> Sighting:
        """Scan until the device is there.

        Raises
        ------
        LinkError
            It is not there, several fit, or Bluetooth cannot be used.
        """
        self._seen.clear()
        self._fitting.clear()
        loop = asyncio.get_running_loop()
        sure: asyncio.Future[Sighting] = loop.create_future()
        fits = asyncio.Event()

        def seen(sighting: Sighting) -> None:
            self._seen[sighting.device.address] = sighting
            if self._is_sure(sighting):
                if not sure.done():
                    sure.set_result(sighting)
                fits.set()
            elif self._may_be(sighting):
                self._fitting[sighting.device.address] = sighting
                fits.set()

        async with scanning(seen, (self._profile,), self._scanner_backend, calls):
            try:
                async with asyncio.timeout(self._limit_s):
                    await fits.wait()
                    await asyncio.wait({sure}, timeout=SETTLE_S)
            except TimeoutError:
                pass
        return sure.result() if sure.done() else self._only_one()

    @asynccontextmanager
    async def listening(self, calls: Calls) -> AsyncGenerator[asyncio.Future[None]]:
        """Scan for the device that is remembered; the future is done once it advertises.

        Raises
        ------
        LinkError
            Bluetooth cannot be used.
        """
        heard: asyncio.Future[None] = asyncio.get_running_loop().create_future()

        def seen(sighting: Sighting) -> None:
            if self._is_sure(sighting) and not heard.done():
                heard.set_result(None)

        async with scanning(seen, (self._profile,), self._scanner_backend, calls):
            yield heard

    def _is_sure(self, sighting: Sighting) -> bool:
        """Return whether this is the device and no other can be meant."""
        if self._is_at(sighting.device.address):
            return True
        return self._profile.names_differ and self._is_named(sighting.device.name)

    def _may_be(self, sighting: Sighting) -> bool:
        """Return whether this could be the device, unless there is another like it."""
        if self._is_named(sighting.device.name):
            return True
        if self._known is not None:
            return False
        if self._target == AUTO:
            return sighting.is_a(self._profile)
        return sighting.device.name.lower().endswith(self._target.lower())

    def _is_at(self, address: str) -> bool:
        wanted = self._target if self._known is None else self._known.address
        return address.lower() == wanted.lower()

    def _is_named(self, name: str) -> bool:
        wanted = self._target if self._known is None else self._known.name
        return name != "" and name.lower() == wanted.lower()

    def _only_one(self) -> Sighting:
        fitting = list(self._fitting.values())
        if len(fitting) == 1:
            return fitting[0]
        if not fitting:
            raise LinkError(self._not_found())
        devices = strongest([each.device for each in fitting])
        names = ", ".join(str(device) for device in devices[:_MOST_LISTED])
        alike = sum(device.name == devices[0].name for device in devices) > 1
        example = devices[0].address if alike else devices[0].name or devices[0].address
        raise LinkError(
            f"Several Bluetooth devices could be meant: {names}. Name one, for example {example},"
            " or switch the others off."
        )

    def _not_found(self) -> str:
        wanted = (
            f"No {self._profile.name} was"
            if self._target == AUTO and self._known is None
            else f"No Bluetooth device called {self._wanted} was"
        )
        return (
            f"{wanted} seen within {self._limit_s:g} s. {self._nearby()} Switch the device on and"
            " bring it closer; while another computer or phone is connected to it, it is hidden:"
            " disconnect it there."
        )

    @property
    def _wanted(self) -> str:
        if self._known is not None:
            return self._known.name or self._known.address
        return self._target

    def _nearby(self) -> str:
        devices = strongest([each.device for each in self._seen.values()])
        if not devices:
            return "Nothing else advertises here either."
        named = [device for device in devices if device.name]
        parts = [str(device) for device in named[:_MOST_LISTED]]
        others = len(devices) - len(parts)
        if others:
            parts.append(f"{others} more")
        return f"Nearby: {', '.join(parts)}."
