"""The event lines of a session for programs on this computer."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from firingorder import __version__
from firingorder.outlets.websocket import WebSocketOutlet
from firingorder.session.events import seconds
from firingorder.session.lines import EventLines

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable, Sequence

    from firingorder.findings import Event
    from firingorder.firmware_bridge.items import Item
    from firingorder.session.engine import Engine

SCHEMA = "firingorder.websocket/1"
_FORMAT = {
    "event": "session",
    "schema": SCHEMA,
    "lines": "firingorder.events/1",
    "software": __version__,
}
#: Lines that tell how things stand, not that something happened once.
_STATES = ("connection", "verdict", "repetition", "calibration", "check")


class Serving:
    """Hands every event line to who reads on this computer, as ``--events`` writes it.

    A fault ends the serving, not the session.

    Parameters
    ----------
    port
        Of the loopback address; 0 takes any that is free.
    now_ns
        The clock of the link.
    tell
        Told once if serving came to an end.

    Raises
    ------
    UsageError
        The port cannot be used.
    """

    def __init__(
        self, port: int, now_ns: Callable[[], int], *, tell: Callable[[str], None]
    ) -> None:
        self.outlet = WebSocketOutlet(port)
        self.outlet.introduce(_FORMAT)
        self.outlet.open()
        self._tell = tell
        self._failed = False
        self._lines = EventLines(_Text(self.outlet), now_ns)
        self._engine: Engine | None = None
        self._facts: dict[str, Any] = {}

    @property
    def active(self) -> bool:
        """Whether programs on this computer can read now."""
        return not self._failed

    @property
    def notice(self) -> str:
        """What a person must know before it begins."""
        return (
            f"The findings of this session can be read at {self.outlet.url} by every program on "
            "this computer, also of others who are logged in; not from other computers. The token "
            "is only asked of pages of the web."
        )

    def take(
        self, engine: Engine, items: Sequence[Item], events: list[Event], arrived_ns: int
    ) -> None:
        """Hand out what an input gave."""
        del items
        if self._failed:
            return
        try:
            self._engine = engine
            facts = session_facts(engine)
            if facts != self._facts:
                self._facts = facts
                self.outlet.introduce(facts)
            self._lines.write(events, arrived_ns)
        except Exception as error:  # noqa: BLE001 - whatever it is, the session must go on
            self._failed = True
            self.outlet.close()
            self._tell(f"WebSocket: sending has ended ({error}). The session goes on.")

    def close(self) -> None:
        """Send the summary and end; waits for nobody."""
        if self._engine is not None and not self._failed:
            self._lines.summary(self._engine)
            self._engine = None
        self.outlet.close()


def session_facts(engine: Engine) -> dict[str, Any]:
    """Return what a reader must know to understand the lines; nothing of the person."""
    profile, task = engine.profile, engine.task
    return {
        **_FORMAT,
        "task": task.id,
        "side": task.working_side,
        "simulated": engine.simulated,
        "channels": list(engine.channels),
        "emg_rate_hz": None if profile is None else seconds(profile.emg_rate_hz),
        "unit": None if profile is None else ("uV" if profile.calibrated else "arbitrary"),
        "pelvis_imu": profile is not None and engine.has_imu,
    }


class _Text:
    """Takes what event lines write, one line at a time."""

    def __init__(self, outlet: WebSocketOutlet) -> None:
        self._outlet = outlet

    def write(self, text: str) -> int:
        """Hand out one line."""
        self._outlet.line(text.rstrip("\n"), _newest_of(text))
        return len(text)

    def flush(self) -> None:
        """Nothing is held here."""


def _newest_of(text: str) -> Hashable:
    line = json.loads(text)
    match line["event"]:
        case "quality":
            return "quality", line["channel"]
        case kind if kind in _STATES:
            return kind
        case _:
            return None
