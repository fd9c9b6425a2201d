"""One connection to one Bluetooth device, from connect to disconnect. It is never used again."""

from __future__ import annotations

import asyncio
import logging
from typing import TYPE_CHECKING, Any, TypeVar

from bleak import BleakClient

from firingorder.errors import LinkError, LinkLostError
from firingorder.firmware_bridge.links.base import Read
from firingorder.firmware_bridge.links.ble_calls import BLE_ERRORS, Calls
from firingorder.firmware_bridge.links.ble_errors import AFTER_HANGING_UP, explain, wants_pairing
from firingorder.firmware_bridge.links.ble_inbox import Inbox
from firingorder.firmware_bridge.links.gatt import ATT_HEADER_BYTES

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine

    from bleak.backends.characteristic import BleakGATTCharacteristic
    from bleak.backends.client import BaseBleakClient

    from firingorder.firmware_bridge.links.ble_scan import Sighting
    from firingorder.firmware_bridge.links.gatt import GattProfile

_T = TypeVar("_T")

#: A device that advertises every 100 ms is connected to within a second; discovery of its services
#: takes tens of connection intervals more. wire_protocol.md section 11 allows 20 s for scanning and
#: connecting together.
CONNECT_LIMIT_S = 10.0
#: One exchange takes two connection intervals (15 to 100 ms). After a silence of 5 s the host gives
#: a stalled device up (wire_protocol.md section 11), so an exchange need not wait for longer.
GATT_LIMIT_S = 5.0
#: Disconnecting is an exchange with the local stack, and one with the device that may be gone.
DISCONNECT_LIMIT_S = 5.0

_LOG = logging.getLogger(__name__)


class BleConnection:
    """A client of bleak for one connection, and what arrived over it.

    Attributes
    ----------
    inbox
        What arrived and was not read.
    ended
        Done once the connection is over, for whatever reason.
    mtu_bytes
        ATT_MTU as the stack reports it; 23 on Linux before BlueZ 5.62, which does not tell.
    """

    def __init__(
        self,
        sighting: Sighting,
        profile: GattProfile,
        *,
        clock_ns: Callable[[], int],
        client_backend: type[BaseBleakClient] | None = None,
    ) -> None:
        self.name = f"The {profile.name} {sighting.device.name or sighting.device.address}"
        self.inbox = Inbox(clock_ns)
        self.mtu_bytes = 0
        self._infos = 0
        self._profile = profile
        self._clock_ns = clock_ns
        self._calls = Calls()
        self.ended: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._writable: list[BleakGATTCharacteristic] = []
        self._readable: list[BleakGATTCharacteristic] = []
        self._sized: tuple[BleakGATTCharacteristic, ...] = ()
        self._client = BleakClient(
            sighting.handle,
            self._disconnected,
            services=_wanted_services(profile),
            timeout=CONNECT_LIMIT_S,
            # Home-made firmware changes its table between two connections; Windows would go on
            # using the one that it remembers.
            winrt={"use_cached_services": False},
            backend=client_backend,
        )

    async def open(self) -> None:
        """Connect, measure the MTU, read what identifies the device, subscribe: in this order.

        Raises
        ------
        LinkError
            Any of it failed. :meth:`close` must be called all the same.
        """
        await self._opening("connect to it", self._client.connect(), CONNECT_LIMIT_S)
        notifying = self._find_characteristics()
        self._measure_mtu()
        await self.read_info(lost=LinkError)
        for index, characteristic in enumerate(notifying):
            await self._opening(
                "subscribe to its data",
                self._client.start_notify(
                    characteristic,
                    self.inbox.callback(self._profile.tag(index)),
                    bluez={"use_start_notify": not self._profile.acquire_notify},
                ),
                GATT_LIMIT_S,
            )
        self._measure_mtu()
        if self.is_narrow:
            _LOG.warning("%s", self.narrowness)

    @property
    def is_narrow(self) -> bool:
        """Whether the packets are smaller than the device needs, as far as the stack tells."""
        return self.mtu_bytes < self._profile.least_mtu_bytes

    @property
    def narrowness(self) -> str:
        """What is to be said about too small packets."""
        return (
            f"{self.name}: this computer reports packets of {self.mtu_bytes} bytes only, it needs"
            f" {self._profile.least_mtu_bytes} and may refuse to start. Use another Bluetooth"
            " adapter or driver (Linux: BlueZ 5.62 or newer), or connect it by USB."
        )

    @property
    def is_mute(self) -> bool:
        """Whether packets are too small and no notification ever came: its answers do not fit."""
        return self.is_narrow and self.inbox.arrived <= self._infos

    async def read_info(self, *, lost: type[LinkError | LinkLostError] = LinkLostError) -> None:
        """Read what the device offers for reading, and give it out as reads.

        Raises
        ------
        LinkLostError
            The device does not answer; while opening it is a ``LinkError``.
        """
        first = len(self._profile.notify)
        for index, characteristic in enumerate(self._readable, first):
            data = await self._exchange(
                "read its description", self._client.read_gatt_char(characteristic), lost
            )
            self._infos += 1
            self.inbox.put(Read(self._profile.tag(index) + bytes(data), self._clock_ns()))

    async def write(self, data: bytes) -> None:
        """Write one message.

        Raises
        ------
        LinkLostError
            The connection is gone, or the device does not take it.
        """
        point, message = self._profile.split_write(data)
        characteristic = self._writable[self._profile.write.index(point)]
        # Without response a message must fit into one packet; with it the stack cuts it up.
        fits = len(message) <= self.mtu_bytes - ATT_HEADER_BYTES
        plain = fits and "write-without-response" in characteristic.properties
        response = point.with_response(message) or not plain
        await self._exchange(
            "write to it",
            self._client.write_gatt_char(characteristic, message, response=response),
            LinkLostError,
        )

    def lose(self, reason: str) -> None:
        """Note that the connection is over: calls under way fail, reads end."""
        self.inbox.end(LinkLostError(reason))
        if not self.ended.done():
            self.ended.set_result(None)

    async def close(self) -> None:
        """Disconnect; a stack that does not manage to is left alone after a while."""
        self.lose(f"{self.name} was closed.")
        await self._calls.settled(DISCONNECT_LIMIT_S)
        try:
            await self._calls.run(self._client.disconnect(), DISCONNECT_LIMIT_S)
        except TimeoutError:
            _LOG.warning("%s cannot be disconnected and is abandoned", self.name)
        except BLE_ERRORS as error:
            _LOG.debug("%s: %r while disconnecting", self.name, error)

    def _disconnected(self, _client: BleakClient) -> None:
        self.lose(f"{self.name} closed the connection, was switched off or is out of range.")

    def _find_characteristics(self) -> list[BleakGATTCharacteristic]:
        """Resolve every characteristic of the profile; return those that notify."""
        fallback = self._profile.fallback
        if fallback is not None and not self._has(self._profile) and self._has(fallback):
            self._profile = fallback
        profile = self._profile
        notifying = [self._characteristic(uuid) for uuid in profile.notify]
        self._writable = [self._characteristic(point.uuid) for point in profile.write]
        self._readable = [self._characteristic(uuid) for uuid in profile.info]
        self._sized = (*self._writable, *notifying)
        return notifying

    def _has(self, profile: GattProfile) -> bool:
        try:
            return self._client.services.get_service(profile.services[0]) is not None
        except BLE_ERRORS as error:
            raise LinkError(explain(error, self.name, "list its services")) from error

    def _characteristic(self, uuid: str) -> BleakGATTCharacteristic:
        try:
            found = self._client.services.get_characteristic(uuid)
        except BLE_ERRORS as error:
            raise LinkError(explain(error, self.name, "list its services")) from error
        if found is None:
            raise LinkError(
                f"{self.name} is not what it should be: it has no characteristic {uuid}."
                " Check the name or address; `firingorder devices` lists what is there."
            )
        return found

    def _measure_mtu(self) -> None:
        # bleak's own mtu_size warns and says 23 on Linux; this figure is public and right there
        # from BlueZ 5.62 on, and the same on the other systems.
        sizes = [each.max_write_without_response_size for each in self._sized]
        self.mtu_bytes = max(sizes) + ATT_HEADER_BYTES

    async def _opening(self, doing: str, call: Coroutine[Any, Any, None], limit_s: float) -> None:
        await self._exchange(doing, call, LinkError, limit_s)

    async def _exchange(
        self,
        doing: str,
        call: Coroutine[Any, Any, _T],
        lost: type[LinkError | LinkLostError],
        limit_s: float = GATT_LIMIT_S,
    ) -> _T:
        """Return the result of a call; one that fails or takes too long ends the connection."""
        if self.ended.done():
            call.close()
            raise lost(f"{self.name} is not connected any more.")
        try:
            return await self._calls.run(call, limit_s, unless=self.ended)
        except BLE_ERRORS as error:
            if not self.ended.done() or wants_pairing(error):
                text = explain(error, self.name, doing, address=self._client.address)
            else:
                text = f"{self.name} went away while this computer tried to {doing}."
                if lost is LinkError:
                    text += f" {AFTER_HANGING_UP}"
            self.lose(text)
            raise lost(text) from error


def _wanted_services(profile: GattProfile) -> tuple[str, ...] | None:
    """Return the services to ask for; None, which is all, where their numbers are hearsay."""
    if not profile.advertises_service:
        return None
    return profile.services + (() if profile.fallback is None else profile.fallback.services)
