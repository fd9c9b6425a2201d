"""The line of the desk view that says where the training stands, for whoever steers it."""

from __future__ import annotations

from dataclasses import dataclass
from math import ceil
from typing import TYPE_CHECKING

from firingorder.gui.view_models.coach_card import place_words
from firingorder.gui.view_models.desk import NOT_TOLD
from firingorder.gui.view_models.repetition import KEPT_WHY
from firingorder.gui.view_models.telling import Telling, judged_tone
from firingorder.report.wording import MINUS

if TYPE_CHECKING:
    from firingorder.report.wording import Tone
    from firingorder.training.coaching.view import CoachState, CoachView
    from firingorder.training.safety.records import Hat

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
_KEYS: dict[CoachState, str] = {
    "stopped": "Hold Space: go on",
    "paused": "Hold Space: go on",
    "work": f"W pause  ·  K end the set  ·  {MINUS} smaller  ·  T tell",
    "rest": "Enter: go on now",
    "summary": "Enter: close",
    "blocked": "O override",
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


def coach_strip(
    view: CoachView, hat: Hat = "therapist", telling: Telling | None = None
) -> CoachStrip:
    """Return the line.

    What the schedule withholds stands here in the Therapist hat, marked; in the Person hat it does
    not.
    """
    if view.state == "work":
        now = f"{view.done} of {view.asked}"
        if view.threshold:
            now += f"  ·  threshold {view.threshold}"
    else:
        now = _STATES[view.state]
        if view.left_s is not None:
            now += f" {ceil(view.left_s)} s"
    told, tone = _newest(view, hat, telling or Telling())
    if not told and hat == "therapist" and view.state in ("rest", "takeover"):
        told = "  ·  ".join(view.lines[:2])
    if view.message:
        told = f"{told}  ·  {view.message}" if told and view.message not in told else view.message
    return CoachStrip(place_words(view), now, told, tone, _KEYS.get(view.state, ""))


def _newest(view: CoachView, hat: Hat, telling: Telling) -> tuple[str, Tone]:
    """Return how the newest repetition went, as far as it may stand here."""
    newest = view.history[-1] if view.history else None
    if newest is None:
        return "", "neutral"
    words = newest.headline if not newest.why else f"{newest.headline}: {newest.why}"
    if not telling.hides(newest):
        return words, judged_tone(newest)
    if hat == "person":
        return view.withheld or KEPT_WHY, "neutral"
    return f"{words}  ·  {NOT_TOLD.lower()}", judged_tone(newest)
