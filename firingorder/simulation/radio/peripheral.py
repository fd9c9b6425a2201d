"""A virtual device as a Bluetooth LE peripheral: a GATT server on any bumble controller."""

from __future__ import annotations

import asyncio
import logging
from typing import TYPE_CHECKING, Any

from bumble import att, core, gatt, hci
from bumble.core import AdvertisingData
from bumble.device import Connection, Device, DeviceConfiguration
from bumble.keys import MemoryKeyStore
from bumble.pairing import PairingConfig, PairingDelegate

from firingorder.simulation.settings import RadioState

if TYPE_CHECKING:
    from collections.abc import Coroutine

    from bumble.transport.common import TransportSink, TransportSource

    from firingorder.simulation.radio.table import Characteristic, GattTable, Twin, Weather

_log = logging.getLogger(__name__)

#: Between advertisements: short, so that a device that is back is found at once.
ADVERTISING_MS = 30.0
#: Supervision timeout that the device asks for.
SUPERVISION_MS = 2000
#: A controller that is alive answers its commands within this.
LAST_COMMANDS_S = 1.0
_PROPERTIES = {
    "read": gatt.Characteristic.Properties.READ,
    "write": gatt.Characteristic.Properties.WRITE,
    "write_without_response": gatt.Characteristic.Properties.WRITE_WITHOUT_RESPONSE,
    "notify": gatt.Characteristic.Properties.NOTIFY,
    "indicate": gatt.Characteristic.Properties.INDICATE,
}


class GattPeripheral:
    """Serves one virtual device to one central at a time.

    Parameters
    ----------
    twin
        The virtual device.
    source, sink
        Where the controller's packets come from and go to.
    address
        Static random address.
    weather
        The simulated air around it; None on a real radio.

    Attributes
    ----------
    device
        bumble's device, with its host and its keys.
    connection
        The connection with the central, if there is one.

    Notes
    -----
    It advertises whenever nobody is connected. Keys of a bond live as long as the object.
    """

    def __init__(
        self,
        twin: Twin,
        source: TransportSource,
        sink: TransportSink,
        *,
        address: str,
        weather: Weather | None = None,
    ) -> None:
        self._twin = twin
        self._table = twin.table
        config = DeviceConfiguration(
            name=self._table.name,
            address=hci.Address(address),
            irk=bytes.fromhex(address.replace(":", "")).ljust(16, b"\x01"),
            advertising_interval_min=ADVERTISING_MS,
            advertising_interval_max=ADVERTISING_MS,
            advertising_data=advertisement(self._table),
            scan_response_data=scan_response(self._table),
        )
        self.device = Device.from_config_with_hci(config, source, sink)
        self.device.keystore = MemoryKeyStore()
        self.device.pairing_config_factory = just_works
        self.device.gatt_server.max_mtu = self._table.max_mtu
        self.connection: Connection | None = None
        self._values: dict[str, gatt.Characteristic[Any]] = {}
        self._listening: dict[str, Characteristic] = {}
        self._tasks: set[asyncio.Task[None]] = set()
        self._closed = False
        self._weather = weather
        self._hidden = False
        self._stalled = False
        for service in self._table.services:
            values = [self._value(each) for each in service.characteristics]
            self.device.add_service(gatt.Service(service.uuid, values))
        self.device.on(Device.EVENT_CONNECTION, self._on_connection)

    async def start(self) -> None:
        """Switch the radio on and advertise."""
        await self.device.power_on()
        queue = self.device.host.le_acl_packet_queue
        assert queue is not None
        self._queue = queue
        queue.on("flow", self._on_flow)
        self._twin.attach(self)
        await self._advertise()

    async def stop(self) -> None:
        """Disconnect and switch the radio off."""
        self._closed = True
        self._twin.close()
        if self._tasks:  # commands to a controller are not cut short
            await asyncio.wait(self._tasks, timeout=LAST_COMMANDS_S)
        await self.disconnect()
        await self.device.power_off()

    @property
    def room(self) -> int:
        """How many notifications the controller takes at once now."""
        if self.connection is None or self._stalled:
            return 0
        return max(0, self._queue.max_in_flight - self._queue.pending)

    def notify(self, uuid: str, data: bytes) -> bool:
        """Send a notification; False when the buffers are full or nobody listens."""
        if self.connection is None or uuid not in self._listening or self.room == 0:
            return False
        pdu = att.ATT_Handle_Value_Notification(
            attribute_handle=self._values[uuid].handle, attribute_value=data
        )
        self.device.gatt_server.send_gatt_pdu(self.connection, bytes(pdu))
        return True

    def forget_bonds(self) -> None:
        """Lose all keys, as by a factory reset."""
        self.device.keystore = MemoryKeyStore()

    def drop_link(self) -> None:
        """Drop the connection as a device does that is switched off."""
        if self._weather is not None:
            self._weather.vanish()
        elif self.connection is not None:
            reason = hci.HCI_ErrorCode.REMOTE_DEVICE_TERMINATED_CONNECTION_DUE_TO_POWER_OFF_ERROR
            self._spawn(self._disconnect(self.connection, reason))

    def cut(self) -> None:
        """Go out of range; on a real radio, which cannot, disconnect and advertise no more."""
        if self._weather is not None:
            self._weather.cut()
            return
        self._hidden = True
        self._spawn(self._hide())

    def restore(self) -> None:
        """Come back."""
        if self._weather is not None:
            self._weather.restore()
            return
        self._hidden = False
        if self.connection is None:
            self._spawn(self._advertise())

    def stall(self) -> None:
        """Let nothing pass; on a real radio, let nothing out."""
        if self._weather is not None:
            self._weather.stall()
        else:
            self._stalled = True

    def flow(self) -> None:
        """Let what waits pass."""
        if self._weather is not None:
            self._weather.flow()
        else:
            self._stalled = False
            self._on_flow()

    async def disconnect(self) -> None:
        """End the connection from the side of the device."""
        if self.connection is not None:
            await self._disconnect(
                self.connection, hci.HCI_ErrorCode.REMOTE_USER_TERMINATED_CONNECTION_ERROR
            )

    async def _disconnect(self, connection: Connection, reason: int) -> None:
        try:
            await connection.disconnect(reason)
        except core.BaseBumbleError as error:
            _log.debug("the connection had gone already: %s", error)

    def _value(self, spec: Characteristic) -> gatt.Characteristic[Any]:
        properties = gatt.Characteristic.Properties(0)
        for name in spec.properties:
            properties |= _PROPERTIES[name]
        permissions = att.Attribute.Permissions(0)
        if "read" in spec.properties:
            permissions |= att.Attribute.READABLE
            if spec.encrypted:
                permissions |= att.Attribute.READ_REQUIRES_ENCRYPTION
        if {"write", "write_without_response"} & set(spec.properties):
            permissions |= att.Attribute.WRITEABLE
            if spec.encrypted:
                permissions |= att.Attribute.WRITE_REQUIRES_ENCRYPTION

        # The server of bumble looks at encryption only, not at what may be done at all.
        def read(_: Connection) -> bytes:
            if "read" not in spec.properties:
                raise att.ATT_Error(att.ErrorCode.READ_NOT_PERMITTED)
            return spec.value if isinstance(spec.value, bytes) else spec.value()

        def write(_: Connection, data: bytes) -> None:
            if not {"write", "write_without_response"} & set(spec.properties):
                raise att.ATT_Error(att.ErrorCode.WRITE_NOT_PERMITTED)
            if spec.on_write is not None:
                spec.on_write(bytes(data))

        value = gatt.Characteristic[Any](
            spec.uuid,
            properties,
            permissions,
            gatt.CharacteristicValue(read=read, write=write),
            [gatt.Descriptor(u, att.Attribute.READABLE, v) for u, v in spec.descriptors.items()],
        )

        def on_subscription(_: object, notify: bool, indicate: bool) -> None:
            self._on_subscription(spec, listening=notify or indicate)

        value.on(value.EVENT_SUBSCRIPTION, on_subscription)
        self._values[spec.uuid] = value
        return value

    def _on_subscription(self, spec: Characteristic, *, listening: bool) -> None:
        if listening == (spec.uuid in self._listening):
            return
        if listening:
            self._listening[spec.uuid] = spec
        else:
            del self._listening[spec.uuid]
        if spec.on_subscribe is not None:
            spec.on_subscribe(listening)

    def _on_connection(self, connection: Connection) -> None:
        self.connection = connection
        for event in (
            connection.EVENT_CONNECTION_ATT_MTU_UPDATE,
            connection.EVENT_CONNECTION_PARAMETERS_UPDATE,
        ):
            connection.on(event, lambda: self._tell(connection))
        connection.on(connection.EVENT_DISCONNECTION, self._on_disconnection)
        self._tell(connection)
        if self._table.interval_ms is not None:
            self._spawn(self._ask_for_interval(connection, self._table.interval_ms))

    def _tell(self, connection: Connection) -> None:
        interval = round(connection.parameters.connection_interval / 1.25)
        self._twin.connected(RadioState(connection.att_mtu, interval))

    def _on_disconnection(self, _: int) -> None:
        self.connection = None
        for spec in list(self._listening.values()):
            self._on_subscription(spec, listening=False)
        self._twin.disconnected()
        self._spawn(self._advertise())

    def _on_flow(self) -> None:
        if self.connection is not None:
            self._twin.room_made()

    async def _hide(self) -> None:
        await self.device.stop_advertising()
        await self.disconnect()

    async def _advertise(self) -> None:
        if not (self._closed or self._hidden or self.connection is not None):
            await self.device.start_advertising(auto_restart=False)

    async def _ask_for_interval(self, connection: Connection, ms: tuple[float, float]) -> None:
        low, high = ms
        try:
            await connection.update_parameters(low, high, 0, SUPERVISION_MS)
        except (core.BaseBumbleError, hci.HCI_Error) as error:
            _log.debug("the central keeps its interval: %s", error)

    def _spawn(self, coroutine: Coroutine[Any, Any, None]) -> None:
        task = asyncio.get_running_loop().create_task(coroutine)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)


def just_works(_: Connection | None = None) -> PairingConfig:
    """Return how both sides pair: LE Secure Connections, bonding, nobody asked."""
    capability = PairingDelegate.IoCapability.NO_OUTPUT_NO_INPUT
    return PairingConfig(
        sc=True, mitm=False, bonding=True, delegate=PairingDelegate(io_capability=capability)
    )


def advertisement(table: GattTable) -> bytes:
    """Return the advertising data of a table."""
    parts: list[tuple[AdvertisingData.Type, bytes]] = [
        (AdvertisingData.Type.FLAGS, b"\x06")  # general discoverable, no BR/EDR
    ]
    uuids = [core.UUID(text) for text in table.advertised]
    for size, kind in (
        (2, AdvertisingData.Type.COMPLETE_LIST_OF_16_BIT_SERVICE_CLASS_UUIDS),
        (16, AdvertisingData.Type.COMPLETE_LIST_OF_128_BIT_SERVICE_CLASS_UUIDS),
    ):
        listed = b"".join(uuid.uuid_bytes for uuid in uuids if len(uuid.uuid_bytes) == size)
        if listed:
            parts.append((kind, listed))
    parts += [
        (AdvertisingData.Type.MANUFACTURER_SPECIFIC_DATA, company.to_bytes(2, "little") + data)
        for company, data in table.manufacturer.items()
    ]
    return bytes(AdvertisingData([(int(kind), data) for kind, data in parts]))


def scan_response(table: GattTable) -> bytes:
    """Return the scan response of a table: its name."""
    kind = int(AdvertisingData.Type.COMPLETE_LOCAL_NAME)
    return bytes(AdvertisingData([(kind, table.name.encode())]))
