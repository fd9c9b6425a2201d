"""The line below the name in the header: which set, how calibrated, who steers, tried on what."""

from __future__ import annotations

from typing import TYPE_CHECKING

from firingorder.training.words import tested_on_words

if TYPE_CHECKING:
    from firingorder.session.feed import LiveStatus
    from firingorder.training.safety.records import Hat


def header_parts(status: LiveStatus, hat: Hat) -> tuple[str, ...]:
    """Return the parts of the line, in their order; what there is nothing to say of is left out."""
    parts = (
        set_words(status),
        calibration_words(status),
        "Therapist hat" if hat == "therapist" else "",
        tested_on_words(status.tested_on) if status.tested_on else "",
    )
    return tuple(part for part in parts if part)


def set_words(status: LiveStatus) -> str:
    """Return which set it is; while a coach leads, of how many of the exercise, as its line says.

    The session counts its sets over all exercises, and those before the training, too.
    """
    if status.coach is None:
        return f"Set {status.set_index}"
    led = status.coach.set
    return "" if led is None else f"Set {led.set_number} of {led.sets}"


def calibration_words(status: LiveStatus) -> str:
    """Return that a calibration is in use, and whether there is more to read about it."""
    if not status.calibration:
        return ""
    if not any(status.references):
        return "calibrated, without levels"
    return "calibrated, with notes" if status.calibration_notes else "calibrated"
