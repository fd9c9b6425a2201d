"""Which sounds go with what the wizard does: told by what changed from one look to the next."""

from __future__ import annotations

from math import ceil
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from firingorder.calibration.view import StepState, WizardView
    from firingorder.sound.cues import CueName

#: The last seconds before a start are counted; the first one has a cue of its own.
TICKS = 2
_BY_STATE: dict[StepState, CueName] = {
    "get_ready": "get_ready",
    "go": "go",
    "rest": "rest",
    "review": "accepted",
    "rejected": "rejected",
    "done": "step_done",
}


def wizard_cue(before: WizardView | None, now: WizardView | None) -> CueName | None:
    """Return the sound for the step from ``before`` to ``now``, None for silence."""
    if now is None or before is None:
        return None
    if _phase(before) != _phase(now):
        return _BY_STATE.get(now.state)
    if now.state != "get_ready" or now.remaining_s is None or before.remaining_s is None:
        return None
    left = ceil(now.remaining_s)
    return "tick" if left < ceil(before.remaining_s) and 1 <= left <= TICKS else None


def _phase(view: WizardView) -> tuple[object, ...]:
    """Return what tells two phases apart; what is said does where way up follows way down."""
    said = view.voice_key if view.state == "go" else ""
    return view.step, view.state, view.trial, said
