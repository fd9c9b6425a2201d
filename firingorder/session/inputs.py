"""Everything that can happen to a session, in the order in which it happened.

A session is a pure function of this sequence. Live it comes from a link and a person, on replay
from the recording; the recording keeps one message for each input, so both are the same sequence.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any, Literal, cast

LinkState = Literal[
    "opened",
    "connecting",
    "streaming",
    "waiting",
    "lost",
    "recovered",
    "refused",
    "closed",
]
ControlKind = Literal["next_set", "pause", "resume", "setting"]


@dataclass(frozen=True, slots=True)
class Rx:
    """One read of a link, exactly as it arrived. ``t_ns`` is the host's monotonic clock."""

    link: int
    data: bytes
    t_ns: int


@dataclass(frozen=True, slots=True)
class Tx:
    """Bytes that the host wrote to a link."""

    link: int
    data: bytes
    t_ns: int


@dataclass(frozen=True, slots=True)
class LinkNote:
    """The link changed its state, with the reason in words where there is one."""

    link: int
    state: LinkState
    t_ns: int
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Control:
    """A person steered the session. ``value`` is the setting's new value, where there is one."""

    kind: ControlKind
    t_ns: int
    name: str = ""
    value: float | str | None = None


@dataclass(frozen=True, slots=True)
class Mark:
    """A person marked this instant."""

    text: str
    t_ns: int


Input = Rx | Tx | LinkNote | Control | Mark


def to_entry(item: Input, reads: int) -> tuple[str, bytes, int]:
    """Return topic, message and time under which an input is recorded.

    ``reads`` is the number of reads processed before it; it lets a reader check the order.
    """
    match item:
        case Rx(link, data, t_ns):
            return f"link/{link}/rx", data, t_ns
        case Tx(link, data, t_ns):
            return f"link/{link}/tx", data, t_ns
        case LinkNote(link, state, t_ns, reason):
            body = {"link": link, "state": state, "reason": reason, "reads": reads}
            return "state", _json(body), t_ns
        case Control(kind, t_ns, name, value):
            body = {"kind": kind, "name": name, "value": value, "reads": reads}
            return "control", _json(body), t_ns
        case Mark(text, t_ns):
            return "events", _json({"kind": "marker", "text": text, "reads": reads}), t_ns


def from_entry(topic: str, data: bytes, t_ns: int) -> Input | None:
    """Return the input that a recorded message stands for; None for messages that are not inputs.

    Unknown kinds of control and state are skipped, as unknown topics are: newer files stay
    readable.
    """
    if topic.startswith("link/"):
        _, number, direction = topic.split("/")
        return Rx(int(number), data, t_ns) if direction == "rx" else Tx(int(number), data, t_ns)
    if topic not in ("state", "control", "events"):
        return None
    body = cast("dict[str, Any]", json.loads(data))
    if topic == "state" and body.get("state") in LinkState.__args__:
        return LinkNote(int(body.get("link", 0)), body["state"], t_ns, str(body.get("reason", "")))
    if topic == "control" and body.get("kind") in ControlKind.__args__:
        return Control(body["kind"], t_ns, str(body.get("name", "")), body.get("value"))
    if topic == "events" and body.get("kind") == "marker":
        return Mark(str(body.get("text", "")), t_ns)
    return None


def _json(body: dict[str, Any]) -> bytes:
    return json.dumps(body, separators=(",", ":"), sort_keys=True).encode()
