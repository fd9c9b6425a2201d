"""What a peripheral offers, as data: services, characteristics, advertisement."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal, Protocol

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from firingorder.simulation.settings import RadioState

Property = Literal["read", "write", "write_without_response", "notify", "indicate"]


@dataclass(frozen=True, slots=True)
class Characteristic:
    """One characteristic and what happens on it.

    Attributes
    ----------
    uuid
        128 bits, or four hexadecimal digits of a number assigned by the Bluetooth SIG.
    properties
        What a central may do with it.
    value
        What is read: bytes, or a function that returns them at that moment.
    on_write
        Called with the bytes of each write.
    on_subscribe
        Called with whether the central listens now; also when it leaves.
    encrypted
        Reading and writing need an encrypted link.
    descriptors
        Further descriptors, value by UUID; the one that switches notifications comes by itself.
    """

    uuid: str
    properties: tuple[Property, ...]
    value: bytes | Callable[[], bytes] = b""
    on_write: Callable[[bytes], None] | None = None
    on_subscribe: Callable[[bool], None] | None = None
    encrypted: bool = False
    descriptors: Mapping[str, bytes] = field(default_factory=dict[str, bytes])


@dataclass(frozen=True, slots=True)
class Service:
    """One primary service."""

    uuid: str
    characteristics: tuple[Characteristic, ...]


@dataclass(frozen=True, slots=True)
class GattTable:
    """A whole peripheral as seen over the air.

    Attributes
    ----------
    name
        Advertised in the scan response, and the device name of the Generic Access service.
    services
        Primary services in the order of their handles.
    advertised
        128-bit or 16-bit UUIDs of the advertisement.
    manufacturer
        Manufacturer data of the advertisement, bytes by company identifier.
    max_mtu
        The largest ATT MTU that the device takes.
    interval_ms
        Connection interval that the device asks for: at least, at most.
    """

    name: str
    services: tuple[Service, ...]
    advertised: tuple[str, ...] = ()
    manufacturer: Mapping[int, bytes] = field(default_factory=dict[int, bytes])
    max_mtu: int = 247
    interval_ms: tuple[float, float] | None = None


class Notifier(Protocol):
    """The way from a virtual device to whoever listens."""

    @property
    def room(self) -> int:
        """How many notifications the controller takes at once now."""
        ...

    def notify(self, uuid: str, data: bytes) -> bool:
        """Send a notification; False when the buffers are full or nobody listens."""
        ...

    def drop_link(self) -> None:
        """Take the radio away without a word, as a reset of the device does."""
        ...

    def cut(self) -> None:
        """Go out of range: not heard any more, and the link times out."""
        ...

    def restore(self) -> None:
        """Come back."""
        ...

    def stall(self) -> None:
        """Let nothing pass on a link that lives on."""
        ...

    def flow(self) -> None:
        """Let what waits pass."""
        ...


class Weather(Protocol):
    """The simulated air around one radio."""

    def vanish(self) -> None:
        """Drop every link without a word."""
        ...

    def cut(self) -> None:
        """Go out of range: not heard any more, and the link times out."""
        ...

    def restore(self) -> None:
        """Come back."""
        ...

    def stall(self) -> None:
        """Let nothing pass on a link that lives on."""
        ...

    def flow(self) -> None:
        """Let what waits pass."""
        ...


class Twin(Protocol):
    """A virtual device that can be served over a radio.

    Each method is called on the event loop of the radio and returns at once.
    """

    @property
    def table(self) -> GattTable:
        """What it offers. Asked for once."""
        ...

    def attach(self, notifier: Notifier) -> None:
        """Take the way out. The radio is on from here."""
        ...

    def connected(self, state: RadioState) -> None:
        """Take a new central, or new values of the connection."""
        ...

    def disconnected(self) -> None:
        """Notice that the central is gone."""
        ...

    def room_made(self) -> None:
        """Buffers have become free: send what waits."""
        ...

    def close(self) -> None:
        """Stop every timer."""
        ...
