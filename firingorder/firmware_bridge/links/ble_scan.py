"""Looking for devices that advertise over Bluetooth LE."""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

from bleak import BleakScanner

from firingorder.errors import LinkError
from firingorder.firmware_bridge.links.ble_calls import BLE_ERRORS, Calls
from firingorder.firmware_bridge.links.ble_errors import explain
from firingorder.firmware_bridge.links.gatt import KNOWN_PROFILES

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Callable, Sequence

    from bleak.backends.device import BLEDevice
    from bleak.backends.scanner import AdvertisementData, BaseBleakScanner

    from firingorder.firmware_bridge.links.gatt import GattProfile

#: Starting or ending a scan is a call to the local stack, answered in milliseconds; a stack that
#: takes this long hangs.
_SWITCH_LIMIT_S = 5.0
#: What BlueZ reports when it has no figure.
NO_RSSI_DBM = -127


@dataclass(frozen=True, slots=True)
class BleDevice:
    """A device in radio range; ``profile`` names what it was recognised as, or is empty.

    On macOS ``address`` is a number of this computer, not the device's.
    """

    name: str
    address: str
    rssi_dbm: int
    profile: str = ""

    def __str__(self) -> str:
        """Return the device in words."""
        level = "" if self.rssi_dbm <= NO_RSSI_DBM else f", {self.rssi_dbm} dBm"
        return f"{self.name or 'without a name'} ({self.address}{level})"


@dataclass(frozen=True, slots=True)
class Sighting:
    """What advertised, and the handle by which the stack connects to it."""

    device: BleDevice
    handle: BLEDevice
    services: tuple[str, ...] = ()
    manufacturers: tuple[int, ...] = ()

    def is_a(self, profile: GattProfile) -> bool:
        """Return whether it advertises as a device of this kind."""
        return profile.recognises(self.device.name, self.services, self.manufacturers)


async def scan(
    duration_s: float = 5.0,
    *,
    profiles: Sequence[GattProfile] = KNOWN_PROFILES,
    scanner_backend: type[BaseBleakScanner] | None = None,
) -> list[BleDevice]:
    """Return what advertises within ``duration_s``, recognised devices first, then the strongest.

    Raises
    ------
    LinkError
        Bluetooth cannot be used; the message says why and what to do.
    """
    found: dict[str, Sighting] = {}

    def seen(sighting: Sighting) -> None:
        found[sighting.device.address] = sighting

    async with scanning(seen, profiles, scanner_backend, Calls()):
        await asyncio.sleep(duration_s)
    return strongest([each.device for each in found.values()])


def strongest(devices: Sequence[BleDevice]) -> list[BleDevice]:
    """Return devices in the order in which people look for them."""
    return sorted(devices, key=lambda one: (not one.profile, -one.rssi_dbm, one.name, one.address))


@asynccontextmanager
async def scanning(
    seen: Callable[[Sighting], None],
    profiles: Sequence[GattProfile],
    scanner_backend: type[BaseBleakScanner] | None,
    calls: Calls,
) -> AsyncGenerator[None]:
    """Scan as long as the context is open; ``seen`` is called for each advertisement.

    Raises
    ------
    LinkError
        Bluetooth cannot be used.
    """
    names: dict[str, str] = {}

    def detected(handle: BLEDevice, advert: AdvertisementData) -> None:
        # The name comes with the scan response, and not every stack keeps it for the next packet.
        name = advert.local_name or names.get(handle.address) or handle.name or ""
        names[handle.address] = name
        seen(_sighting(handle, advert, name, profiles))

    try:
        scanner = BleakScanner(detected, backend=scanner_backend)
    except BLE_ERRORS as error:
        raise LinkError(explain(error, "Bluetooth", "scan")) from error
    try:
        try:
            await calls.run(scanner.start(), _SWITCH_LIMIT_S)
        except BLE_ERRORS as error:
            raise LinkError(explain(error, "Bluetooth", "scan")) from error
        yield
    finally:
        # In a task of its own: a second cancellation must not leave the radio scanning.
        calls.begin(scanner.stop(), _SWITCH_LIMIT_S, "ending the scan")
    await calls.settled(_SWITCH_LIMIT_S)


def _sighting(
    handle: BLEDevice, advert: AdvertisementData, name: str, profiles: Sequence[GattProfile]
) -> Sighting:
    services = tuple(uuid.lower() for uuid in advert.service_uuids)
    manufacturers = tuple(advert.manufacturer_data)
    profile = next((p.name for p in profiles if p.recognises(name, services, manufacturers)), "")
    device = BleDevice(name, handle.address, advert.rssi, profile)
    return Sighting(device, handle, services, manufacturers)
