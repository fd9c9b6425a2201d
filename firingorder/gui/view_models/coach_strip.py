"""The line of the desk view that says where the training stands, for whoever steers it."""

from __future__ import annotations

from dataclasses import dataclass
from math import ceil
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from firingorder.report.wording import Tone
    from firingorder.training.coaching.view import CoachState, CoachView

_STATES: dict[CoachState, str] = {
    "questions": "Questions before",
    "blocked": "No training now",
    "ready": "Getting into position",
    "get_ready": "Get ready",
    "work": "",
    "pain": "Asking about pain",
    "rest": "Rest",
    "takeover": "Rest: the neighbours took over",
    "after": "Questions after",
    "summary": "Done",
    "paused": "Paused",
    "stopped": "STOPPED",
}


@dataclass(frozen=True, slots=True)
class CoachStrip:
    """Where it stands, what is done now, how the newest went, and what may be steered."""

    place: str
    now: str
    told: str
    tone: Tone
    keys: str

    @property
    def spoken(self) -> str:
        """The line for a screen reader."""
        return ". ".join(part for part in (self.place, self.now, self.told) if part)


def coach_strip(view: CoachView) -> CoachStrip:
    """Return the line. What the schedule withholds from the person stands here all the same."""
    planned = view.set
    place = ""
    if planned is not None:
        side = "" if planned.side == "both" else f", {planned.side}"
        place = f"{planned.name}{side}  ·  set {planned.set_number} of {planned.sets}"
        if planned.retention:
            place += f"  ·  without feedback, {planned.retention}"
    if view.state == "work":
        now = f"{view.done} of {view.asked}"
        if view.threshold:
            now += f"  ·  threshold {view.threshold}"
    else:
        now = _STATES[view.state]
        if view.left_s is not None:
            now += f" {ceil(view.left_s)} s"
    newest = view.history[-1] if view.history else None
    told, tone = "", "neutral"
    if newest is not None:
        told = newest.headline if not newest.why else f"{newest.headline}: {newest.why}"
        if view.withheld:
            told += "  ·  not told"
        if newest.outcome in ("no_claim", "not_scored"):
            tone = "muted"
        elif newest.coloured:
            tone = "ok" if newest.outcome == "hit" else "back"
    keys = "P  stop" if view.state != "stopped" else "Space held  go on"
    return CoachStrip(place, now, told, tone, keys)  # type: ignore[arg-type]
