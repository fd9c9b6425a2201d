"""The scanner behind bleak's ``BleakScanner``: advertisements of a bumble adapter."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

from bleak.backends.scanner import AdvertisementData, BaseBleakScanner
from bleak.uuids import normalize_uuid_str
from bumble import core
from bumble.core import AdvertisingData

from firingorder.simulation.radio.central import Central, plain

if TYPE_CHECKING:
    from bumble.device import Advertisement


class RadioScanner(BaseBleakScanner):
    """Scans on the adapter of the bound class."""

    central: ClassVar[Central]

    def __init__(
        self,
        detection_callback: Any,
        service_uuids: list[str] | None,
        scanning_mode: str = "active",
        **_: Any,
    ) -> None:
        super().__init__(detection_callback, service_uuids)
        self.scanning_mode = scanning_mode

    async def start(self) -> None:
        """Start scanning."""
        self.seen_devices = {}
        await self.central.scan(self._heard)

    async def stop(self) -> None:
        """Stop scanning."""
        await self.central.scan_no_more(self._heard)

    def _heard(self, advertisement: Advertisement) -> None:
        data = _advertisement_data(advertisement)
        if not self.is_allowed_uuid(data.service_uuids):
            return
        address = plain(advertisement.address)
        device = self.create_or_update_device(
            address, address, data.local_name, advertisement.address, data
        )
        self.call_detection_callbacks(device, data)


def _advertisement_data(advertisement: Advertisement) -> AdvertisementData:
    name: str | None = None
    uuids: list[str] = []
    manufacturer: dict[int, bytes] = {}
    for kind, data in advertisement.data.ad_structures:
        match kind:
            case (
                AdvertisingData.Type.COMPLETE_LOCAL_NAME | AdvertisingData.Type.SHORTENED_LOCAL_NAME
            ):
                name = data.decode(errors="replace")
            case AdvertisingData.Type.MANUFACTURER_SPECIFIC_DATA:
                manufacturer[int.from_bytes(data[:2], "little")] = bytes(data[2:])
            case (
                AdvertisingData.Type.COMPLETE_LIST_OF_16_BIT_SERVICE_CLASS_UUIDS
                | AdvertisingData.Type.INCOMPLETE_LIST_OF_16_BIT_SERVICE_CLASS_UUIDS
            ):
                uuids += _uuids(data, 2)
            case (
                AdvertisingData.Type.COMPLETE_LIST_OF_128_BIT_SERVICE_CLASS_UUIDS
                | AdvertisingData.Type.INCOMPLETE_LIST_OF_128_BIT_SERVICE_CLASS_UUIDS
            ):
                uuids += _uuids(data, 16)
            case _:
                pass
    return AdvertisementData(
        local_name=name,
        manufacturer_data=manufacturer,
        service_data={},
        service_uuids=uuids,
        tx_power=None,
        rssi=advertisement.rssi,
        platform_data=(),
    )


def _uuids(data: bytes, size: int) -> list[str]:
    cut = [data[k : k + size] for k in range(0, len(data) - size + 1, size)]
    return [normalize_uuid_str(core.UUID.from_bytes(each).to_hex_str("-")) for each in cut]
