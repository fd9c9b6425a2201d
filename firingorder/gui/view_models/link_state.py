"""What stands between the person and the measurement: one state, one sentence, one action."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Literal

from firingorder.report.wording import plain_channels

if TYPE_CHECKING:
    from firingorder.gui.view_models.live_model import LiveModel
    from firingorder.session.feed import LiveStatus

StateKind = Literal[
    "alarm",
    "refused",
    "searching",
    "connecting",
    "closed",
    "lost",
    "waiting",
    "contact",
    "saturated",
    "battery",
    "recovered",
    "unrecorded",
]
StateTone = Literal["neutral", "info", "warn", "alarm"]
ActionId = Literal["demo", "end", "close", "again", "device"]

LOW_BATTERY_PERCENT = 15.0
#: An outage this long may well be for good, so the way out is offered (screens page, States).
OFFER_END_S = 30.0
#: Time for which the good news of a link that came back stays readable.
RECOVERED_SHOWN_S = 5.0
#: While one of these lasts nothing is cut off by another device.
_CHOOSING = ("searching", "connecting", "closed")
#: Over every cause: a belt of another kind, one that is not there, a disk without room.
CANNOT_BEGIN = "The session cannot begin"


@dataclass(frozen=True, slots=True)
class StateAction:
    """A further button of a state: its words, what it does, and its key."""

    words: str
    action_id: ActionId
    key: str = ""


@dataclass(frozen=True, slots=True)
class StateView:
    """One state. ``card`` stands in the middle, a banner lies along the top.

    ``action`` is what the person can do; ``action_id`` names the button, None where it is done by
    hand, and ``key`` does the same; ``more`` are the buttons beside it. ``brief`` are at most three
    words for reading from the floor. ``beside`` stays readable in a banner where this one is a
    card, or is said by the page itself.
    """

    kind: StateKind
    title: str
    sentence: str
    action: str
    action_id: ActionId | None = None
    tone: StateTone = "neutral"
    card: bool = False
    brief: str = ""
    beside: StateView | None = None
    key: str = ""
    more: tuple[StateAction, ...] = ()


#: Shown while the session before lets its device go, and until the next one says how it stands.
CHANGING = StateView(
    "connecting",
    "One moment",
    "The session before is closed, and all of it is kept. Then the next one begins.",
    "Wait",
    card=True,
    brief="One moment",
)
_CLOSE = StateAction("Close", "close")
_OTHER = StateAction("Choose another device", "device", "Ctrl+D")
_ANY = StateAction("Choose a device", "device", "Ctrl+D")


def present_state(
    model: LiveModel, *, demo_offered: bool = False, reopens: bool = False
) -> StateView | None:
    """Return the most pressing state, or None when all is well.

    ``demo_offered``: the simulated belt can be shown instead. ``reopens``: a device can be opened
    again in this window.
    """
    candidates = (
        _refused(model, reopens),
        _alarm(model),
        _not_streaming(model, demo_offered),
        _away(model),
        _contact(model),
        _saturated(model),
        _battery(model),
        _recovered(model),
        _unrecorded(model),
    )
    first = next((state for state in candidates if state is not None), None)
    if first is not None and reopens and first.kind in _CHOOSING and first.action_id is not None:
        first = replace(first, more=(_ANY if first.kind == "searching" else _OTHER,))
    unrecorded = _unrecorded(model)
    if first is None or unrecorded is None or first == unrecorded:
        return first
    return replace(first, beside=unrecorded)


def _refused(model: LiveModel, reopens: bool) -> StateView | None:
    if model.status.connection != "refused":
        return None
    said = model.status.message or "The device cannot be used."
    if model.now_s > 0.0:  # it did measure: that stays to be looked at, and a recording is kept
        said = f"{said} {_after_stop(model.status)}{_what_is_kept(model.status)}"
        state = StateView(
            "refused", "Session ended", said, "Close", "close", "alarm", brief="Session ended"
        )
    else:
        state = StateView(
            "refused", CANNOT_BEGIN, said, "Close", "close", "alarm", card=True,
            brief="Cannot begin",
        )  # fmt: skip
    if not reopens:
        return state
    return replace(state, action="Try again", action_id="again", key="Enter", more=(_OTHER, _CLOSE))


def _alarm(model: LiveModel) -> StateView | None:
    if not model.status.alarm:
        return None
    return StateView(
        "alarm",
        "Recording in danger",
        model.status.alarm,
        "Hold to end the session",
        "end",
        "alarm",
        brief="Disk problem",
    )


def _not_streaming(model: LiveModel, demo_offered: bool) -> StateView | None:
    status = model.status
    if status.connection == "idle":
        said = status.message or "Looking for it on USB."
        action = "Use demo" if demo_offered else "Press the button on the belt"
        return StateView(
            "searching",
            "Turn on the belt",
            said,
            action,
            "demo" if demo_offered else None,
            card=True,
            brief="Turn on the belt",
        )
    if status.connection == "connecting":
        seconds = int(model.link.lasting_s)
        who = status.device or "the belt"
        said = status.message or "This takes a few seconds. Keep the belt on and close by."
        action = "Use demo" if demo_offered else "Hold to end the session"
        return StateView(
            "connecting",
            f"Connecting to {who}  ·  {seconds} s",
            said,
            action,
            "demo" if demo_offered else "end",
            card=True,
            brief=f"Connecting {seconds} s",
        )
    if status.connection == "closed":
        replay = status.source == "replay"
        kept = "" if replay else _after_stop(status) + _where_kept(status)
        whole = "Played to its end." if replay else ""  # nobody who reads of damage is told this
        said = " ".join(part for part in (status.message or whole, kept) if part)
        return StateView(
            "closed",
            "Recording ended" if replay else "Session ended",
            said,
            "Close",
            "close",
            card=model.now_s <= 0.0,
            brief="Session ended",
        )
    return None


def _what_is_kept(status: LiveStatus) -> str:
    """Return what a session leaves behind that ended because of its device."""
    if status.recording:
        return f"All until then is kept: {status.recording}"
    return _where_kept(status)


def _where_kept(status: LiveStatus) -> str:
    if status.recording:
        return f"The recording is whole: {status.recording}"
    why = f": {status.unrecorded}" if status.unrecorded else "."
    return f"Nothing was recorded{why}"


def _after_stop(status: LiveStatus) -> str:
    """Return what follows from a STOP with which the session ended; silence counts as pain."""
    coach = status.coach
    if coach is None or coach.state != "stopped":
        return ""
    if coach.prompt is not None:
        return "No answer at STOP: it counts as pain. "
    return f"{coach.message} " if coach.message else ""


def _away(model: LiveModel) -> StateView | None:
    status, seconds = model.status, int(model.link.lasting_s)
    if status.connection == "lost":
        late = model.link.lasting_s >= OFFER_END_S
        kept = "Data kept on disk. " if status.recording else ""
        return StateView(
            "lost",
            f"Connection lost  ·  {seconds} s",
            kept + "It goes on by itself when the belt is back.",
            "Hold to end the session" if late else "Check the belt and its cable",
            "end" if late else None,
            "warn",
            brief=f"Connection lost {seconds} s",
        )
    if status.connection == "waiting":
        return StateView(
            "waiting",
            "Waiting for the belt",
            "No data for a moment. Nothing is lost yet.",
            "Stay close to the computer",
            brief="Waiting",
        )
    return None


def _contact(model: LiveModel) -> StateView | None:
    poor = model.poor_channels
    if not poor:
        return None
    who = plain_channels(poor)
    verb = "is" if len(poor) == 1 else "are"
    return StateView(
        "contact",
        f"{who[:1].upper()}{who[1:]} {verb} loose",
        "Repetitions are not decided with this pad." if len(poor) == 1 else _several_pads(),
        "Press the pad flat" if len(poor) == 1 else "Press the pads flat",
        tone="warn",
        brief=f"{len(poor)} pads are loose" if len(poor) > 1 else "",
    )


def _several_pads() -> str:
    return "Repetitions are not decided with these pads."


def _saturated(model: LiveModel) -> StateView | None:
    full = [c for c, found in model.quality.items() if found.state == "saturated"]
    if not full:
        return None
    who = plain_channels(full)
    return StateView(
        "saturated",
        f"{who[:1].upper()}{who[1:]} too strong",
        "The signal is above the range of the device. The repetition is not scored.",
        "Lower the gain before the next set",
        tone="warn",
        brief="Signal too strong",
    )


def _battery(model: LiveModel) -> StateView | None:
    left = model.status.battery_percent
    if left is None or left >= LOW_BATTERY_PERCENT:
        return None
    return StateView(
        "battery",
        f"Battery {left:.0f} %",
        "The belt will soon switch off.",
        "Charge it after this set",
        tone="warn",
        brief=f"Battery {left:.0f} %",
    )


def _recovered(model: LiveModel) -> StateView | None:
    link = model.link
    if link.recovered_at is None or link.now - link.recovered_at > RECOVERED_SHOWN_S:
        return None
    return StateView(
        "recovered",
        "Connected again",
        f"The belt was away for {link.last_outage_s:.0f} s. The gap stays a gap.",
        "Go on with the next lift",
        tone="info",
        brief="Connected again",
    )


def _unrecorded(model: LiveModel) -> StateView | None:
    """Return what stays readable while nothing is recorded that somebody would look for later."""
    if not model.status.unrecorded:
        return None
    return StateView(
        "unrecorded",
        "Nothing is recorded",
        f"{model.status.unrecorded} All that was kept can be looked at.",
        "Allow writing there and begin anew, or begin with --record FILE",
        tone="warn",
        brief="Not recorded",
    )
