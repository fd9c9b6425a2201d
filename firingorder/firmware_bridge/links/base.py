"""What a link to a device is: bytes out, stamped reads in. Nothing is decoded here."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, Protocol, runtime_checkable

#: ``cobs``: a byte stream, packets end with 0x00. ``packet``: the link keeps frames apart (BLE).
Framing = Literal["cobs", "packet"]


@dataclass(frozen=True, slots=True)
class Read:
    """Bytes exactly as they arrived; ``t_ns`` was taken from the monotonic clock on arrival."""

    data: bytes
    t_ns: int


class Link(Protocol):
    """A connection to one device that can be opened again after it was lost.

    Attributes
    ----------
    framing
        How frames are told apart on this link.
    description
        The address in words, for messages.
    """

    framing: Framing
    description: str

    def now_ns(self) -> int:
        """Return the clock that stamps the reads; a simulated link may run its own."""
        ...

    async def sleep(self, duration_s: float) -> None:
        """Wait on the clock of the link."""
        ...

    async def open(self) -> None:
        """Open the link; :class:`firingorder.errors.LinkError` says why that failed."""
        ...

    async def read(self, timeout_s: float) -> Read | None:
        """Return the next read, or None when nothing came within ``timeout_s``.

        Raises :class:`firingorder.errors.LinkLostError` once the link is gone and everything that
        arrived before has been handed out.
        """
        ...

    async def write(self, data: bytes) -> None:
        """Send bytes; :class:`firingorder.errors.LinkLostError` when the link is gone."""
        ...

    async def close(self) -> None:
        """Close the link. Closing twice is legal."""
        ...


@runtime_checkable
class InfoLink(Protocol):
    """A link over which the device can also be read, without a command: BLE."""

    @property
    def about(self) -> str:
        """What is known of the open connection: name, address, signal level, MTU."""
        ...

    async def read_info(self) -> None:
        """Read the description of the device; it comes as a read of the link.

        Raises :class:`firingorder.errors.LinkLostError` when the link is gone.
        """
        ...


@runtime_checkable
class NoticingLink(Protocol):
    """A link that may notice on opening that something is not as it should be."""

    @property
    def notices(self) -> tuple[str, ...]:
        """Sentences for a person, each with what to do."""
        ...


@runtime_checkable
class EndingLink(Protocol):
    """A link that brought its device along, and takes it away at the end of the session."""

    async def stop(self) -> None:
        """Close the link and end the device."""
        ...


@runtime_checkable
class ChoosingLink(Protocol):
    """A link that tries several ways to a device until one of them proves to be right."""

    def keep(self) -> None:
        """Take what is open for what was looked for."""
        ...


@runtime_checkable
class ManyWayLink(Protocol):
    """A link that can be opened in several ways: a serial port whose device has one of some rates.

    The host tries the next one when a device does not understand.
    """

    def choose(self, way: int) -> None:
        """Open it in this way from now on."""
        ...
