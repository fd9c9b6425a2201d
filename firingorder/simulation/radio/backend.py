"""Backends for bleak's public client and scanner over a bumble adapter.

bleak instantiates classes, so :func:`client_backend` and :func:`scanner_backend` return classes
that are bound to one adapter. Errors are bleak's own, and no request outlives its connection.
"""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any, ClassVar, TypeVar

from bleak.backends.characteristic import BleakGATTCharacteristic
from bleak.backends.client import BaseBleakClient
from bleak.backends.descriptor import BleakGATTDescriptor
from bleak.backends.device import BLEDevice
from bleak.backends.service import BleakGATTService, BleakGATTServiceCollection
from bleak.exc import BleakDeviceNotFoundError, BleakError, BleakGATTProtocolError
from bleak.uuids import normalize_uuid_str
from bumble import att, core, hci

from firingorder.simulation.radio.att_calls import att_calls
from firingorder.simulation.radio.central import Central, plain, take_note
from firingorder.simulation.radio.scanner import RadioScanner

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine

    from bleak.args import SizedBuffer
    from bleak.assigned_numbers import CharacteristicPropertyName
    from bumble.device import Advertisement, Connection
    from bumble.gatt_client import CharacteristicProxy

    from firingorder.simulation.radio.att_calls import AttCalls

T = TypeVar("T")

#: A notification or write command carries three bytes less than the MTU.
ATT_HEADER_BYTES = 3
_PROPERTY_NAMES: dict[int, CharacteristicPropertyName] = {
    0x02: "read",
    0x04: "write-without-response",
    0x08: "write",
    0x10: "notify",
    0x20: "indicate",
}


class RadioClient(BaseBleakClient):
    """One connection through the adapter of the bound class."""

    central: ClassVar[Central]

    def __init__(
        self,
        address_or_ble_device: BLEDevice | str,
        *,
        services: set[str] | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(address_or_ble_device, **kwargs)
        self._wanted = services
        self._device = address_or_ble_device
        self._connection: Connection | None = None
        self._gone: asyncio.Future[None] | None = None
        self._subscribers: dict[int, Callable[[bytes], None]] = {}

    @property
    def name(self) -> str:
        """Name of the advertisement, or the address."""
        known = self._device.name if isinstance(self._device, BLEDevice) else None
        return known or self.address.replace(":", "-")

    @property
    def mtu_size(self) -> int:
        """ATT MTU of the connection."""
        return self._live().att_mtu

    @property
    def is_connected(self) -> bool:
        """Whether the adapter still holds the connection; silence does not end one."""
        return self._connection is not None

    async def connect(self, pair: bool, **_: Any) -> None:
        """Connect, encrypt if there is a bond, agree on the MTU and discover everything."""
        if self._connection is not None:
            raise BleakError("Client is already connected")
        address = await self._find()
        try:
            connection = await self.central.connect(address, self._timeout)
        except core.TimeoutError as error:
            raise TimeoutError from error
        except core.BaseBumbleError as error:
            raise BleakError(f"failed to connect: {error}") from error
        self._take(connection)
        try:
            await self._prepare(connection, pair=pair)
        except BaseException:
            await self.disconnect()
            raise

    async def disconnect(self) -> None:
        """Disconnect; without a connection nothing happens."""
        connection = self._connection
        if connection is None or self._gone is None:
            return
        gone = self._gone
        leaving = asyncio.ensure_future(connection.disconnect())
        leaving.add_done_callback(take_note)
        await asyncio.wait({leaving, gone}, return_when=asyncio.FIRST_COMPLETED)
        self._lose()

    async def pair(self, *_: Any, **__: Any) -> None:
        """Pair and bond by LE Secure Connections, nobody asked."""
        connection = self._live()
        if not connection.is_encrypted:
            await self._ask(lambda _: connection.pair(), on_air=False)

    async def unpair(self) -> None:
        """Forget the bond and disconnect."""
        keys = self.central.device.keystore
        address = await self._find()
        if keys is not None and await keys.get(str(address)) is not None:
            await keys.delete(str(address))
        await self.disconnect()

    async def read_gatt_char(
        self, characteristic: BleakGATTCharacteristic, *, use_cached: bool = False, **_: Any
    ) -> bytearray:
        """Read a value from the device."""
        return bytearray(await self._ask(lambda att: att.read_value(characteristic.handle)))

    async def read_gatt_descriptor(
        self, descriptor: BleakGATTDescriptor, *, use_cached: bool = False, **_: Any
    ) -> bytearray:
        """Read a descriptor from the device."""
        return bytearray(await self._ask(lambda att: att.read_value(descriptor.handle)))

    async def write_gatt_char(
        self,
        characteristic: BleakGATTCharacteristic,
        data: SizedBuffer,
        response: bool,
    ) -> None:
        """Write a value; without response it is only handed to the adapter."""
        handle = characteristic.handle
        await self._ask(lambda att: att.write_value(handle, bytes(data), response))

    async def write_gatt_descriptor(
        self, descriptor: BleakGATTDescriptor, data: SizedBuffer
    ) -> None:
        """Write a descriptor."""
        handle = descriptor.handle
        await self._ask(lambda att: att.write_value(handle, bytes(data), with_response=True))

    async def start_notify(
        self,
        characteristic: BleakGATTCharacteristic,
        callback: Callable[[bytearray], None],
        **_: Any,
    ) -> None:
        """Subscribe; the callback runs on the event loop for each notification."""
        proxy: CharacteristicProxy[bytes] = characteristic.obj
        if proxy.handle in self._subscribers:
            raise BleakError("Characteristic notifications already started")

        def hand_over(value: bytes) -> None:
            callback(bytearray(value))

        self._subscribers[proxy.handle] = hand_over
        try:
            await self._ask(lambda att: att.subscribe(proxy, hand_over))
        except BaseException:
            self._subscribers.pop(proxy.handle, None)
            raise

    async def stop_notify(self, characteristic: BleakGATTCharacteristic) -> None:
        """Unsubscribe."""
        proxy: CharacteristicProxy[bytes] = characteristic.obj
        subscriber = self._subscribers.pop(proxy.handle, None)
        if subscriber is not None:
            await self._ask(lambda att: att.unsubscribe(proxy, subscriber))

    async def _find(self) -> hci.Address:
        """Return the address of the device; without a BLEDevice it must be heard first."""
        await self.central.ready()
        if isinstance(self._device, BLEDevice) and isinstance(self._device.details, hci.Address):
            return self._device.details
        known = self.central.known.get(self.address)
        return known if known is not None else await self._listen_for_it()

    async def _listen_for_it(self) -> hci.Address:
        found: asyncio.Future[hci.Address] = asyncio.get_running_loop().create_future()

        def heard(advertisement: Advertisement) -> None:
            if plain(advertisement.address) == self.address and not found.done():
                found.set_result(advertisement.address)

        await self.central.scan(heard)
        try:
            return await asyncio.wait_for(found, self._timeout)
        except TimeoutError:
            text = f"Device with address {self.address} was not found."
            raise BleakDeviceNotFoundError(self.address, text) from None
        finally:
            await self.central.scan_no_more(heard)

    def _take(self, connection: Connection) -> None:
        self._connection = connection
        self._gone = asyncio.get_running_loop().create_future()

        def on_disconnection(_: int) -> None:
            self._lose()

        connection.on(connection.EVENT_DISCONNECTION, on_disconnection)
        self.central.held.append(self._lose)

    def _lose(self) -> None:
        """Let every request that waits end, and tell the user of the client once."""
        if self._connection is None or self._gone is None:
            return
        self._connection = None
        self.services = None
        self._subscribers.clear()
        if self._lose in self.central.held:
            self.central.held.remove(self._lose)
        self._gone.set_result(None)
        if self._disconnected_callback is not None:
            self._disconnected_callback()

    async def _prepare(self, connection: Connection, *, pair: bool) -> None:
        keys = self.central.device.keystore
        if keys is not None and await keys.get(str(connection.peer_address)) is not None:
            await self._ask(lambda _: connection.encrypt(), on_air=False)
        elif pair:
            await self.pair()
        if self.central.mtu > att.ATT_DEFAULT_MTU:
            await self._ask(lambda att: att.request_mtu(self.central.mtu))
        self.services = await self._ask(lambda att: self._discover(connection, att))

    async def _discover(
        self, connection: Connection, client: AttCalls
    ) -> BleakGATTServiceCollection:
        out = BleakGATTServiceCollection()
        for found in await client.discover_services():
            uuid = normalize_uuid_str(found.uuid.to_hex_str("-"))
            if self._wanted is not None and uuid not in self._wanted:
                continue
            service = BleakGATTService(found, found.handle, uuid)
            out.add_service(service)
            for proxy in await client.discover_characteristics((), found):
                characteristic = BleakGATTCharacteristic(
                    proxy,
                    proxy.handle,
                    normalize_uuid_str(proxy.uuid.to_hex_str("-")),
                    [name for bit, name in _PROPERTY_NAMES.items() if proxy.properties & bit],
                    lambda: connection.att_mtu - ATT_HEADER_BYTES,
                    service,
                )
                out.add_characteristic(characteristic)
                for each in await client.discover_descriptors(proxy):
                    text = normalize_uuid_str(each.type.to_hex_str("-"))
                    out.add_descriptor(BleakGATTDescriptor(each, each.handle, text, characteristic))
        return out

    def _live(self) -> Connection:
        if self._connection is None:
            raise BleakError("Not connected")
        return self._connection

    async def _ask(
        self, request: Callable[[AttCalls], Coroutine[Any, Any, T]], *, on_air: bool = True
    ) -> T:
        """Return what a request gives, or raise bleak's error; never outlives the connection.

        A transaction on the air cannot be taken back: where the caller gives up it goes on, and
        what is asked next waits behind it. With ``on_air`` false it is the adapter that is asked,
        which ends what it does by itself.
        """
        connection, gone = self._connection, self._gone
        if connection is None or gone is None:
            raise BleakError("Not connected")
        work = self._transaction(request(att_calls(connection)), gone, on_air=on_air)
        task = asyncio.ensure_future(work)
        task.add_done_callback(take_note)
        return await asyncio.shield(task)

    async def _transaction(
        self, request: Coroutine[Any, Any, T], gone: asyncio.Future[None], *, on_air: bool
    ) -> T:
        task = asyncio.ensure_future(request)
        task.add_done_callback(take_note)
        await asyncio.wait({task, gone}, return_when=asyncio.FIRST_COMPLETED)
        if gone.done():
            if on_air:
                task.cancel()
            raise BleakError("disconnected while a request was under way")
        try:
            return task.result()
        except att.ATT_Error as error:
            raise BleakGATTProtocolError(error.error_code) from error
        except core.TimeoutError as error:
            # The bearer is dead after a transaction timed out (Core, Vol 3 Part F, 3.3.3).
            await self.disconnect()
            raise BleakError("the device did not answer a request") from error
        except (core.BaseBumbleError, hci.HCI_Error) as error:
            raise BleakError(str(error)) from error


def client_backend(adapter: Central) -> type[RadioClient]:
    """Return a client class for ``BleakClient(..., backend=...)``, bound to an adapter."""

    class BoundClient(RadioClient):
        central = adapter

    return BoundClient


def scanner_backend(adapter: Central) -> type[RadioScanner]:
    """Return a scanner class for ``BleakScanner(..., backend=...)``, bound to an adapter."""

    class BoundScanner(RadioScanner):
        central = adapter

    return BoundScanner
