"""What is said of a repetition besides its order: one cue, one note, or why it does not count."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from firingorder.report.wording import not_scored_words
from firingorder.training.faults import load_faults

if TYPE_CHECKING:
    from firingorder.findings import Sides
    from firingorder.gui.view_models.repetition import RepView
    from firingorder.report.wording import Target

#: Stands for the side where a task asks for its sides in turn and nobody said which.
ASKED_SIDE = "asked"


@dataclass(frozen=True, slots=True)
class CueLine:
    """One sentence. Of a note, and of what does not count, there is nothing to do about."""

    text: str
    kind: Literal["cue", "note", "not_scored"]

    @property
    def shown(self) -> str:
        """The line as it is drawn."""
        return {"cue": "", "note": "Note: ", "not_scored": "Not scored: "}[self.kind] + self.text

    @property
    def spoken(self) -> str:
        """The line for a screen reader."""
        return f"Next time: {self.text}" if self.kind == "cue" else self.shown


def cue_line(rep: RepView | None, target: Target | None, working_side: Sides) -> CueLine | None:
    """Return the first cue of a repetition that counts, else its first note; None for neither.

    Codes of the dictionary never appear, and what only a whole set can show is not said here.
    """
    if rep is None or rep.scored is not True:
        return None
    dictionary = load_faults()
    told = [
        (seen, fault)
        for seen in rep.faults
        if (fault := dictionary.get(seen.code)) is not None
        and fault.shown == "repetition"
        and (target is not None or not fault.only_with_target)
    ]
    for seen, fault in told:
        if not (seen.note or fault.note):
            return CueLine(dict(fault.cue)["en"].format(side=_side(rep, working_side)), "cue")
    for _, fault in told:
        return CueLine(dict(fault.name)["en"], "note")
    return None


def not_scored_line(rep: RepView) -> CueLine | None:
    """Return why a repetition does not count; None where it does."""
    return CueLine(not_scored_words(rep.reasons), "not_scored") if rep.scored is False else None


def _side(rep: RepView, working_side: Sides) -> str:
    """Return the side that worked; a task that asks for both in turn has it with the outcome."""
    return next((side for side in (working_side, rep.sides) if side != "both"), ASKED_SIDE)
