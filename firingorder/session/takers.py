"""Who takes what a session gives, beside the screen."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Sequence

    from firingorder.findings import Event
    from firingorder.firmware_bridge.items import Item
    from firingorder.session.engine import Engine


class RecorderLike(Protocol):
    """What acquisition needs of a recorder."""

    def put(self, topic: str, data: bytes, t_ns: int) -> bool:
        """Take a message without blocking."""
        ...


class SinkLike(Protocol):
    """Somebody beside the recorder who is given everything and delays nothing."""

    def take(
        self, engine: Engine, items: Sequence[Item], events: list[Event], arrived_ns: int
    ) -> None:
        """Take what an input gave, and when it arrived."""
        ...


class SpeakerLike(Protocol):
    """Somebody who lets be heard what an input gave, at once."""

    def react(self, engine: Engine, events: Sequence[Event], t_ns: int) -> None:
        """Take what an input gave; ``t_ns`` is its time."""
        ...
