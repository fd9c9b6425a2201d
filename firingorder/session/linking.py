"""What a change of a link means: for those who watch, and for how its bytes are read."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from firingorder.findings import ConnectionEvent, MarkerEvent
from firingorder.firmware_bridge.source import FRAME_V1

if TYPE_CHECKING:
    from firingorder.findings import ConnectionState, Event
    from firingorder.firmware_bridge.source import SourceSpec
    from firingorder.session.inputs import LinkNote


def told_of(note: LinkNote, at_s: float | None) -> list[Event]:
    """Return what those who watch are told of a change at device time ``at_s``."""
    if note.link or note.state == "opened":
        return []  # the pelvis sensor comes and goes beside the session; its gaps tell
    if note.state in ("narrow", "suspended"):
        return [MarkerEvent(note.reason, at_s)]
    state: ConnectionState = "closed" if note.state == "refused" else note.state
    return [ConnectionEvent(state, at_s)]


def reframed(spec: SourceSpec, note: LinkNote) -> SourceSpec | None:
    """Return how to read a device that was found another way; None: as before."""
    if note.framing in (None, spec.framing) or spec.protocol != FRAME_V1:
        return None
    return replace(spec, framing=note.framing)
