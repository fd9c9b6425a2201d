"""Which protocol a link speaks, and the two halves that every protocol has.

A session only knows these: a receiver that makes items of bytes, and a host that decides what is
written and when. Frame v1 is one protocol, every other maker's device another.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol, cast

if TYPE_CHECKING:
    from collections.abc import Iterable

    from firingorder.errors import FiringOrderError
    from firingorder.firmware_bridge.actions import Action, HostState
    from firingorder.firmware_bridge.items import Item, ReceiverStats
    from firingorder.firmware_bridge.links.base import Framing

FRAME_V1 = "frame_v1"
#: Samples of a file of another program (:mod:`.adapters.imported`).
IMPORTED = "imported"


@dataclass(frozen=True, slots=True)
class SourceSpec:
    """How the bytes of one link are to be read; recordings keep it for replay."""

    protocol: str = FRAME_V1
    framing: Framing = "cobs"
    options: tuple[tuple[str, str], ...] = ()

    def to_dict(self) -> dict[str, Any]:
        """Return the object that a recording keeps."""
        return {
            "protocol": self.protocol,
            "framing": self.framing,
            "options": dict(self.options),
        }

    @classmethod
    def from_dict(cls, data: dict[str, Any]) -> SourceSpec:
        """Read what :meth:`to_dict` wrote; what is missing has its default."""
        options = data.get("options")
        pairs = cast("dict[str, Any]", options) if isinstance(options, dict) else {}
        return cls(
            protocol=str(data.get("protocol", FRAME_V1)),
            framing="packet" if data.get("framing") == "packet" else "cobs",
            options=tuple(sorted((str(key), str(value)) for key, value in pairs.items())),
        )


class SourceReceiver(Protocol):
    """Everything that arrives over one link, as samples on the session's grid and as news."""

    def opened(self, t_ns: int) -> None:
        """Note that the link was opened at ``t_ns``."""
        ...

    def lost(self, t_ns: int) -> None:
        """Note that the link seems lost at ``t_ns``."""
        ...

    def suspended(self, t_ns: int, slept_ns: int) -> None:
        """Note that the host slept: its clock stood still for ``slept_ns``, the device went on."""
        ...

    def sent(self, data: bytes, t_ns: int) -> None:
        """Note bytes that the host wrote."""
        ...

    def feed(self, data: bytes, t_ns: int) -> list[Item]:
        """Return what a read means; a ``TrafficItem`` ends it."""
        ...

    def now_s(self, t_ns: float) -> float | None:
        """Return session device time at a host instant; None before data."""
        ...

    def host_ns(self, at_s: float) -> float | None:
        """Return the host instant of session device time; None before data."""
        ...

    @property
    def stats(self) -> ReceiverStats:
        """The accounting so far."""
        ...


class SourceHost(Protocol):
    """The host's side of a connection: events and the time in, actions out."""

    state: HostState

    @property
    def next_deadline_ns(self) -> int | None:
        """When :meth:`tick` has something to do."""
        ...

    def start(self, t_ns: int) -> list[Action]:
        """Begin to connect."""
        ...

    def opened(self, t_ns: int, framing: Framing | None = None) -> list[Action]:
        """Note that the link is open, and how it keeps frames apart if that may change."""
        ...

    def open_failed(self, t_ns: int, error: FiringOrderError) -> list[Action]:
        """Note that the link could not be opened."""
        ...

    def link_lost(self, t_ns: int) -> list[Action]:
        """Note that the link is gone."""
        ...

    def stop(self, t_ns: int) -> list[Action]:
        """End the session."""
        ...

    def items(self, items: Iterable[Item], t_ns: int) -> list[Action]:
        """Take what the receiver made of a read."""
        ...

    def tick(self, t_ns: int) -> list[Action]:
        """Do what is due."""
        ...
