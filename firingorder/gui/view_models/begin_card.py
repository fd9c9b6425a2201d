"""Before a training: in the Person hat nothing is scored on a real belt until one has begun."""

from __future__ import annotations

from typing import TYPE_CHECKING

from firingorder.gui.view_models.coach_card import CoachCard
from firingorder.training.safety.texts import text

if TYPE_CHECKING:
    from firingorder.session.feed import LiveStatus
    from firingorder.training.safety.records import Hat

#: While the link is in one of these there is somebody to be trained.
_THERE = ("streaming", "recovered", "waiting", "lost")


def asks_first(status: LiveStatus, hat: Hat) -> bool:
    """Return whether the live page waits for a training: a person alone with a real belt.

    A therapist, a simulated belt and a recording go on freely.
    """
    here = status.source == "device" and status.connection in _THERE
    return here and hat == "person" and status.coach is None


def begin_card(status: LiveStatus, programme: str, *, checked: bool = True) -> CoachCard:
    """Return the card: what begins, what comes before it, and what to mind.

    ``checked``: the pads were looked at in this session; else that comes first.
    """
    what = programme or status.task_name
    if not checked:
        return CoachCard(
            "begin",
            "First the pads",
            (
                "Three steps, each with Enter: check the pads, calibrate, begin.",
                text("safety.power"),
            ),
            foot="Enter: check the pads  ·  Shift+Enter: begin without",
            place=what,
            pedal="Pedal: check the pads",
        )
    lines = ["Nothing is scored before it has begun. First a few questions, then it leads you."]
    if not status.calibration:
        lines.append("For levels in percent calibrate first: Ctrl+2.")
    lines.append(text("safety.power"))
    return CoachCard(
        "begin",
        f"Begin: {what}" if what else "Begin the training",
        tuple(lines),
        foot="Enter: begin  ·  Ctrl+1: check the pads  ·  Ctrl+2: calibrate",
        place="Person",
        pedal="Pedal: begin",
    )
