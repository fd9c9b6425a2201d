"""bumble's GATT client as this package uses it, with the types that bumble leaves open."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Protocol, cast

if TYPE_CHECKING:
    from collections.abc import Callable

    from bumble.device import Connection
    from bumble.gatt_client import CharacteristicProxy, DescriptorProxy, ServiceProxy


class AttCalls(Protocol):
    """Requests to a GATT server."""

    async def request_mtu(self, mtu: int) -> int:
        """Agree on an MTU."""
        ...

    async def discover_services(self) -> list[ServiceProxy]:
        """Return the primary services."""
        ...

    async def discover_characteristics(
        self, uuids: tuple[str, ...], service: ServiceProxy
    ) -> list[CharacteristicProxy[bytes]]:
        """Return the characteristics of a service."""
        ...

    async def discover_descriptors(
        self, characteristic: CharacteristicProxy[bytes]
    ) -> list[DescriptorProxy]:
        """Return the descriptors of a characteristic."""
        ...

    async def read_value(self, attribute: int) -> bytes:
        """Read an attribute by its handle, however long."""
        ...

    async def write_value(self, attribute: int, value: bytes, with_response: bool) -> None:
        """Write an attribute by its handle."""
        ...

    async def subscribe(
        self, characteristic: CharacteristicProxy[bytes], subscriber: Callable[[bytes], None]
    ) -> None:
        """Let notifications come."""
        ...

    async def unsubscribe(
        self, characteristic: CharacteristicProxy[bytes], subscriber: Callable[[bytes], None]
    ) -> None:
        """Let them come no more."""
        ...


def att_calls(connection: Connection) -> AttCalls:
    """Return the requests of a connection."""
    return cast("AttCalls", cast("Any", connection).gatt_client)
