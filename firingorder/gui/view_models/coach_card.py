"""The card that stands over the view while nobody lifts: questions, countdowns, rests, the end."""

from __future__ import annotations

from dataclasses import dataclass, replace
from math import ceil
from typing import TYPE_CHECKING, Literal

from firingorder.training.coaching.following import NOT_OPEN
from firingorder.training.safety.texts import text

if TYPE_CHECKING:
    from firingorder.gui.view_models.answering import Answering, Choice
    from firingorder.gui.view_models.link_state import StateView
    from firingorder.training.coaching.view import CoachState, CoachView
    from firingorder.training.safety.records import Prompt

Kind = Literal[
    "question", "blocked", "urgent", "begin", "ready", "count", "rest", "stopped", "paused",
    "summary", "pedal", "form",
]  # fmt: skip
#: What a pedal or a clicker does on every card.
PEDAL = "Pedal: next  ·  held: STOP"
HELD_STOPS = "Pedal held: STOP"
#: States of the link that a card tells: it covers the banner and the message of the view.
TOLD = ("alarm", "connecting", "lost", "waiting", "contact", "saturated", "battery", "recovered")
#: Cards on which it is said what a training is not.
_NO_DIAGNOSIS = ("question", "blocked", "begin", "summary")
#: After a STOP nothing goes on by a foot.
_PEDALS: dict[CoachState, str] = {
    "stopped": "",
    "paused": HELD_STOPS,
    "summary": "Pedal: close",
}
_SPACE_GOES_ON = "Hold Space: go on  ·  hold Esc: end the training"
_TITLES: dict[CoachState, str] = {
    "get_ready": "Get ready",
    "rest": "Rest",
    "takeover": "Rest",
    "stopped": "Stopped",
    "paused": "Paused",
}
_KINDS: dict[CoachState, Kind] = {
    "ready": "ready",
    "get_ready": "count",
    "rest": "rest",
    "takeover": "rest",
    "stopped": "stopped",
    "paused": "paused",
    "summary": "summary",
}
#: States whose sentence says more than the keys that the foot names.
_INSTRUCTED = ("get_ready", "takeover")


@dataclass(frozen=True, slots=True)
class CardNotice:
    """What must be known now, above everything else on the card; ``kind`` is that of its icon."""

    kind: str
    words: str
    tone: Literal["neutral", "info", "warn", "alarm"] = "neutral"


@dataclass(frozen=True, slots=True)
class CoachCard:
    """One card.

    Attributes
    ----------
    kind
        Its shape.
    title, lines
        What it is about, in a few words; sentences below it.
    place, count
        Small words above the title: where the training stands; which question of how many.
    number, share
        A figure to be read from the floor, and how much of its time has passed.
    choices, selected, taken
        Of a question: the answers, which one stands, and how much of its time has passed.
    ends
        What the first and the last figure of a scale mean.
    writing
        Letters that were typed so far; None where none are asked for.
    notice
        What must be known now: the belt is away, a pad is loose, a key was refused.
    foot, pedal
        The keys that matter now; what a pedal does.
    """

    kind: Kind
    title: str
    lines: tuple[str, ...] = ()
    number: str = ""
    share: float = 0.0
    choices: tuple[Choice, ...] = ()
    selected: int | None = None
    taken: float = 0.0
    writing: str | None = None
    foot: str = ""
    place: str = ""
    count: str = ""
    ends: tuple[str, str] | None = None
    notice: CardNotice | None = None
    pedal: str = PEDAL

    @property
    def footer(self) -> str:
        """What a training is not, on the cards where it might be taken for one."""
        return text("safety.nodiag") if self.kind in _NO_DIAGNOSIS else ""

    @property
    def spoken(self) -> str:
        """What a screen reader says; figures that change every second are left out."""
        chosen = "" if self.selected is None else f"{self.choices[self.selected].words} chosen"
        notice = "" if self.notice is None else self.notice.words
        parts = (notice, self.title, *self.lines, chosen, self.foot, self.footer)
        return ". ".join(part.rstrip(".") for part in parts if part)

    def with_writing(self, written: str) -> CoachCard:
        """Return the card while the reason for going on is typed."""
        lines = (*self.lines, "Why may the training go on?")
        return replace(self, lines=lines, writing=written, foot="Type, then Enter  ·  Esc: no")


def coach_card(view: CoachView, answering: Answering, now_s: float) -> CoachCard | None:
    """Return the card of this moment; None while a set is under way."""
    if view.prompt is not None:
        return _question(view, answering, now_s)
    if view.blocked is not None and view.state == "blocked":
        return _blocked(view)
    kind = _KINDS.get(view.state)
    if kind is None:
        return None
    lines = view.lines if view.state not in _INSTRUCTED else (view.instruction, *view.lines)
    title = _TITLES.get(view.state, view.title)
    if view.state == "get_ready":
        lines = (view.title, *lines)
    elif view.state == "stopped":
        lines = (*lines, "Rest. Go on when you are ready.")
    return CoachCard(
        kind,
        title,
        tuple(line for line in lines if line),
        "" if view.left_s is None else str(ceil(view.left_s)),
        _share(view),
        foot=_foot(view),
        place=_place(view),
        notice=_message(view),
        pedal=_PEDALS.get(view.state, PEDAL),
    )


def noticed(card: CoachCard, state: StateView | None, note: str = "") -> CoachCard:
    """Return the card with what the link or a key has to say; the link is the more pressing."""
    if state is not None and state.kind in TOLD:
        words = state.brief or state.title
        # The words of a banner fit beside it; an action with a button of its own does not.
        if state.action_id is None and state.kind != "recovered":
            words = f"{words}. {state.action}"
        return replace(card, notice=CardNotice(state.kind, words, state.tone))
    if note and card.notice is None:
        return replace(card, notice=CardNotice("note", note))
    return card


def _place(view: CoachView) -> str:
    planned = view.set
    if planned is None or view.state in ("summary", "stopped", "paused"):
        return ""
    if view.state in ("ready", "get_ready"):
        side = "" if planned.side == "both" else f"  ·  {planned.side}"
        words = f"Set {planned.set_number} of {planned.sets}{side}"
        return f"{words}  ·  {view.asked} repetitions" if view.asked else words
    return f"Next: {place_words(view)}" if view.state == "rest" else place_words(view)


def place_words(view: CoachView) -> str:
    """Return which set of which exercise is under way or next."""
    planned = view.set
    if planned is None:
        return ""
    side = "" if planned.side == "both" else f", {planned.side}"
    words = f"{planned.name}{side}  ·  set {planned.set_number} of {planned.sets}"
    if planned.retention:
        words += f"  ·  without feedback, {planned.retention}"
    return words


def _message(view: CoachView) -> CardNotice | None:
    return CardNotice("note", view.message) if view.message else None


def _foot(view: CoachView) -> str:
    """Return the keys of a state."""
    match view.state:
        case "stopped" | "paused":
            return _SPACE_GOES_ON
        case "summary":
            return "Enter: close"
        case "ready":
            first = "Enter: begin"
        case "rest" | "get_ready":
            first = "Enter: go on now" if view.can_next else ""
        case _:
            first = ""
    skip = "K: end this set" if view.state == "takeover" else "K: leave this set out"
    keys = (
        first,
        skip if view.can_skip and view.state != "rest" else "",
        "Backspace: back" if view.can_back else "",
        "H: hear the last start slowly" if view.state == "rest" else "",
        "Space: STOP",
    )
    return "  ·  ".join(key for key in keys if key)


def _share(view: CoachView) -> float:
    if view.left_s is None or view.total_s <= 0.0:
        return 0.0
    return min(1.0, max(0.0, 1.0 - view.left_s / view.total_s))


def _question(view: CoachView, answering: Answering, now_s: float) -> CoachCard:
    prompt = view.prompt
    assert prompt is not None
    answering.follow(prompt)
    foot = {
        "scale": "0 to 10 or  ←  →  then Enter",
        "yes_no": "Y  N  or  ←  →  then Enter",
        "choice": "↑  ↓  then Enter" if len(answering.choices) > 1 else "Enter: go on",
        "text": "Type, then Enter",
    }[prompt.kind]
    if view.can_skip or any(key == "skip" for key, _ in prompt.options):
        foot += "  ·  Enter alone: leave it" if prompt.kind == "text" else "  ·  K: leave it"
    if view.can_back and prompt.kind != "text":
        foot += "  ·  Backspace: back"
    left = "" if view.left_s is None else f"{ceil(view.left_s)} s"
    of = f"{prompt.number} of {prompt.of}" if prompt.of > 1 else left
    stopped = view.state == "stopped"
    return CoachCard(
        "stopped" if stopped else "question",
        prompt.text,
        tuple(part for part in (prompt.help, *view.lines) if part),
        choices=answering.choices,
        selected=answering.selected,
        taken=answering.share(now_s),
        writing=answering.text if answering.writes else None,
        foot=foot,
        place="STOP" if stopped else view.title if view.state == "pain" else "",
        count=of,
        ends=("none", "worst") if prompt.kind == "scale" else None,
        notice=_message(view),
        pedal=_pedal(prompt, len(answering.choices)),
    )


def _pedal(prompt: Prompt, choices: int) -> str:
    if prompt.kind == "text":
        return "Pedal: leave it  ·  held: STOP"
    return PEDAL if choices == 1 else "Pedal: choose; it is given after 4 s  ·  held: STOP"


def _blocked(view: CoachView) -> CoachCard:
    blocked = view.blocked
    assert blocked is not None
    if blocked.key == NOT_OPEN:  # an exercise is passed over; the training goes on
        return CoachCard(
            "blocked",
            view.title,
            (blocked.text, blocked.next_step),
            foot="Enter: go past it  ·  therapist: O, to open it with a reason",
            notice=_message(view),
            pedal="Pedal: go past it",
        )
    foot = "Enter: end  ·  therapist: O, to go on with a reason"
    if not blocked.override:
        foot = "Enter: end"
    return CoachCard(
        "urgent" if blocked.urgent else "blocked",
        blocked.text,
        (blocked.next_step,),
        foot=foot,
        notice=_message(view),
        pedal="Pedal: end",
    )
