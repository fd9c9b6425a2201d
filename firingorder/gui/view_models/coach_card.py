"""The card that stands over the view while nobody lifts: questions, countdowns, rests, the end."""

from __future__ import annotations

from dataclasses import dataclass, replace
from math import ceil
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from firingorder.gui.view_models.answering import Answering, Choice
    from firingorder.training.coaching.view import CoachView

Kind = Literal["question", "blocked", "urgent", "ready", "count", "rest", "stopped", "summary"]


@dataclass(frozen=True, slots=True)
class CoachCard:
    """One card.

    Attributes
    ----------
    kind
        Its shape.
    title, lines
        What it is about, in a few words; sentences below it.
    number, share
        A figure to be read from the floor, and how much of its time has passed.
    choices, selected, taken
        Of a question: the answers, which one stands, and how much of its time has passed.
    writing
        Letters that were typed so far; None where none are asked for.
    foot
        The keys that matter now.
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

    @property
    def spoken(self) -> str:
        """What a screen reader says; figures that change every second are left out."""
        chosen = "" if self.selected is None else f"{self.choices[self.selected].words} chosen"
        parts = (self.title, *self.lines, chosen, self.foot)
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
    left = "" if view.left_s is None else str(ceil(view.left_s))
    share = _share(view)
    match view.state:
        case "ready":
            foot = "Enter or pedal: begin"
            return CoachCard("ready", view.title, _lines(view), left, share, foot=foot)
        case "get_ready":
            return CoachCard("count", "Get ready", (view.title,), left, share)
        case "rest":
            foot = "Enter or pedal: go on now" if view.can_next else ""
            return CoachCard("rest", "Rest", _lines(view), left, share, foot=foot)
        case "takeover":
            return CoachCard("rest", "Rest", _lines(view), left, share)
        case "stopped":
            foot = "Hold Space: go on  ·  hold Esc: end the training"
            return CoachCard("stopped", "Stopped", _lines(view), foot=foot)
        case "summary":
            return CoachCard("summary", view.title, view.lines, foot="Enter: close")
        case "questions" | "blocked" | "pain" | "after" | "work" | "paused":
            return None


def _lines(view: CoachView) -> tuple[str, ...]:
    return tuple(part for part in (view.instruction, *view.lines) if part)


def _share(view: CoachView) -> float:
    if view.left_s is None or view.total_s <= 0.0:
        return 0.0
    return min(1.0, max(0.0, 1.0 - view.left_s / view.total_s))


def _question(view: CoachView, answering: Answering, now_s: float) -> CoachCard:
    prompt = view.prompt
    assert prompt is not None
    answering.follow(prompt)
    foot = "←  →  or pedal: choose  ·  Enter: give the answer"
    if prompt.kind == "text":
        foot = "Type, then Enter"
    elif prompt.kind == "yes_no":
        foot = "Y  N  or pedal: choose  ·  Enter: give the answer"
    if view.can_skip:
        foot += "  ·  K: leave it"
    of = f"{prompt.number} of {prompt.of}" if prompt.of > 1 else ""
    lines = tuple(part for part in (prompt.help, of) if part)
    return CoachCard(
        "stopped" if view.state == "stopped" else "question",
        prompt.text,
        lines,
        choices=answering.choices,
        selected=answering.selected,
        taken=answering.share(now_s),
        writing=answering.text if answering.writes else None,
        foot=foot,
    )


def _blocked(view: CoachView) -> CoachCard:
    blocked = view.blocked
    assert blocked is not None
    foot = "Enter: end  ·  therapist: O, to go on with a reason"
    if not blocked.override:
        foot = "Enter: end"
    return CoachCard(
        "urgent" if blocked.urgent else "blocked",
        blocked.text,
        (blocked.next_step,),
        foot=foot,
    )
