"""Where a session goes while it runs, beside the recording: each way is asked for by itself."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Sequence

    from firingorder.findings import Event
    from firingorder.firmware_bridge.items import Item
    from firingorder.session.engine import Engine


class Way(Protocol):
    """One way out. It delays nothing, and its faults are its own."""

    @property
    def active(self) -> bool:
        """Whether something goes out now."""
        ...

    @property
    def notice(self) -> str:
        """What a person must know before it begins."""
        ...

    def take(
        self, engine: Engine, items: Sequence[Item], events: list[Event], arrived_ns: int
    ) -> None:
        """Send what an input gave."""
        ...

    def close(self) -> None:
        """End the sending."""
        ...


class Outgoing:
    """The ways out of one session.

    Parameters
    ----------
    network
        To other computers (LSL), None if nobody asked for it.
    here
        To programs on this computer (WebSocket), None likewise.
    """

    def __init__(self, network: Way | None = None, here: Way | None = None) -> None:
        self._network, self._here = network, here
        self._ways = [way for way in (network, here) if way is not None]

    @property
    def to_network(self) -> bool:
        """Whether other computers can read now."""
        return self._network is not None and self._network.active

    @property
    def to_programs_here(self) -> bool:
        """Whether programs on this computer can read now."""
        return self._here is not None and self._here.active

    @property
    def notices(self) -> list[str]:
        """What a person must know before it begins, by way."""
        return [way.notice for way in self._ways]

    def take(
        self, engine: Engine, items: Sequence[Item], events: list[Event], arrived_ns: int
    ) -> None:
        """Send what an input gave."""
        for way in self._ways:
            way.take(engine, items, events, arrived_ns)

    def close(self) -> None:
        """End the sending, on all ways."""
        for way in self._ways:
            way.close()
