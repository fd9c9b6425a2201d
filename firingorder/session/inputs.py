"""Everything that can happen to a session, in the order in which it happened.

A session is a pure function of this sequence. Live it comes from a link and a person, on replay
from the recording; the recording keeps one message for each input, so both are the same sequence.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from math import isfinite
from typing import Any, Literal, cast, get_args

from firingorder.findings import Sides
from firingorder.firmware_bridge.links.base import Framing
from firingorder.signal.pipeline import LIVE_SETTINGS, ControlKind
from firingorder.signal.repetitions import CueKind

LinkState = Literal[
    "opened",
    "connecting",
    "streaming",
    "lost",
    "recovered",
    "refused",
    "closed",
    "narrow",
    "suspended",
]
#: How the tap test stands among the controls of a recording.
ALIGN = "align"
#: The same of cues, of the calibration, and of the training.
CUE, CALIBRATE, TRAIN = "cue", "calibrate", "train"
#: Delay of a cue and the half-width of its 95 % interval, seconds; None: not known.
Latency = tuple[float, float] | None
#: A margin of a second holds every two muscles for simultaneous; more is a slip of the finger.
MOST_MARGIN_MS = 1000.0


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
    """The link changed its state, with the reason in words where there is one.

    ``framing`` comes with ``opened``: which way a link found its device may differ each time.
    ``narrow``: it cannot carry what the device sends. ``suspended``: this computer slept for
    ``slept_ns``, by which its clock, that stamps the reads, is behind.
    """

    link: int
    state: LinkState
    t_ns: int
    reason: str = ""
    framing: Framing | None = None
    slept_ns: int = 0


@dataclass(frozen=True, slots=True)
class Control:
    """A person steered the session; ``name`` and ``value`` belong to the kind ``setting``.

    Raises
    ------
    ValueError
        The setting cannot change while a session runs, or not to this value.
    """

    kind: ControlKind
    t_ns: int
    name: str = ""
    value: float | None = None

    def __post_init__(self) -> None:
        """Refuse a setting that the signal chain would refuse."""
        if self.kind != "setting":
            return
        if self.name not in LIVE_SETTINGS:
            known = ", ".join(LIVE_SETTINGS)
            raise ValueError(f"setting {self.name!r} cannot change in a session, only {known}")
        if self.value is None or not (isfinite(self.value) and 0 < self.value <= MOST_MARGIN_MS):
            raise ValueError(f"{self.name} is {self.value}, must be 0 to {MOST_MARGIN_MS:g} ms")


@dataclass(frozen=True, slots=True)
class Mark:
    """A person marked this instant."""

    text: str
    t_ns: int


@dataclass(frozen=True, slots=True)
class Align:
    """A person asked for the tap test over the newest ``window_s`` seconds."""

    t_ns: int
    window_s: float


@dataclass(frozen=True, slots=True)
class Told:
    """The person was told to start or to let go; ``side`` is the one that was asked for."""

    kind: CueKind
    t_ns: int
    side: Sides = "both"


@dataclass(frozen=True, slots=True)
class Calibrate:
    """A person steered the calibration: a command of the wizard, with its argument.

    ``name`` "begin" opens it (``text`` is the UTC time, ISO 8601), "apply" puts its profile to
    use, "load" puts the profile in ``text`` to use, "leave" closes it; all others go to the wizard.
    """

    name: str
    t_ns: int
    text: str = ""


@dataclass(frozen=True, slots=True)
class Train:
    """A person steered the training: a command of the coach, with its argument.

    ``name`` "begin" opens a session (``text`` as of session/training_text.py), "leave" ends it,
    "hat" says who steers from now on, "heard" how late a cue is heard (``latency_text``); all
    others go to the coach (training/coaching/view.py).
    """

    name: str
    t_ns: int
    text: str = ""


def latency_text(latency_s: Latency) -> str:
    """Return the text of the input "heard" of :class:`Train`."""
    return json.dumps(None if latency_s is None else [round(one, 4) for one in latency_s])


def read_latency(text: str) -> Latency:
    """Return what such a text says; of anything else that nothing is known."""
    try:
        body = json.loads(text)
    except ValueError:
        return None
    match body:
        case [int() | float() as latency_s, int() | float() as error_s]:
            known = isfinite(latency_s) and isfinite(error_s) and min(latency_s, error_s) >= 0.0
            return (float(latency_s), float(error_s)) if known else None
        case _:
            return None


Input = Rx | Tx | LinkNote | Control | Mark | Align | Told | Calibrate | Train


def to_entry(item: Input, reads: int) -> tuple[str, bytes, int]:
    """Return topic, message and time under which an input is recorded.

    ``reads`` is the number of reads processed before it; it lets a reader check the order.
    """
    match item:
        case Rx(link, data, t_ns):
            return f"link/{link}/rx", data, t_ns
        case Tx(link, data, t_ns):
            return f"link/{link}/tx", data, t_ns
        case LinkNote(link, state, t_ns, reason, framing, slept_ns):
            body = {"link": link, "state": state, "reason": reason, "reads": reads}
            if framing is not None:
                body["framing"] = framing
            if slept_ns:
                body["slept_ns"] = slept_ns
            return "state", _json(body), t_ns
        case Control(kind, t_ns, name, value):
            body = {"kind": kind, "name": name, "value": value, "reads": reads}
            return "control", _json(body), t_ns
        case Align(t_ns, window_s):
            body = {"kind": ALIGN, "window_s": window_s, "reads": reads}
            return "control", _json(body), t_ns
        case Told(kind, t_ns, side):
            return "control", _json({"kind": CUE, "name": kind, "side": side, "reads": reads}), t_ns
        case Calibrate(name, t_ns, text):
            body = {"kind": CALIBRATE, "name": name, "text": text, "reads": reads}
            return "control", _json(body), t_ns
        case Train(name, t_ns, text):
            body = {"kind": TRAIN, "name": name, "text": text, "reads": reads}
            return "control", _json(body), t_ns
        case Mark(text, t_ns):
            return "events", _json({"kind": "marker", "text": text, "reads": reads}), t_ns


def from_entry(topic: str, data: bytes, t_ns: int) -> Input | None:
    """Return the input that a recorded message stands for; None for messages that are not inputs.

    Unknown kinds of control and state and unknown settings are skipped, as unknown topics are:
    newer files stay readable.
    """
    if topic.startswith("link/"):
        _, number, direction = topic.split("/")
        return Rx(int(number), data, t_ns) if direction == "rx" else Tx(int(number), data, t_ns)
    if topic not in ("state", "control", "events"):
        return None
    body = cast("dict[str, Any]", json.loads(data))
    if topic == "state" and body.get("state") in get_args(LinkState):
        framing = body.get("framing")
        return LinkNote(
            int(body.get("link", 0)),
            body["state"],
            t_ns,
            str(body.get("reason", "")),
            framing if framing in get_args(Framing) else None,
            int(body.get("slept_ns", 0)),
        )
    if topic == "control" and body.get("kind") in get_args(ControlKind):
        return _control(body, t_ns)
    if topic == "control" and body.get("kind") == ALIGN:
        window_s = body.get("window_s")
        return Align(t_ns, float(window_s)) if isinstance(window_s, int | float) else None
    if topic == "control" and body.get("kind") == CUE and body.get("name") in get_args(CueKind):
        side = str(body.get("side"))
        return Told(body["name"], t_ns, cast("Sides", side if side in get_args(Sides) else "both"))
    if topic == "control" and body.get("kind") == CALIBRATE:
        return Calibrate(str(body.get("name", "")), t_ns, str(body.get("text", "")))
    if topic == "control" and body.get("kind") == TRAIN:
        return Train(str(body.get("name", "")), t_ns, str(body.get("text", "")))
    if topic == "events" and body.get("kind") == "marker":
        return Mark(str(body.get("text", "")), t_ns)
    return None


def _control(body: dict[str, Any], t_ns: int) -> Control | None:
    try:
        return Control(body["kind"], t_ns, str(body.get("name", "")), body.get("value"))
    except (TypeError, ValueError):
        return None


def _json(body: dict[str, Any]) -> bytes:
    return json.dumps(body, separators=(",", ":"), sort_keys=True).encode()
