"""A file of another program before it is imported: its signals, and their muscles."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

from firingorder.gui.view_models.programme_fields import FieldView
from firingorder.montage import NAMES, Montage
from firingorder.report.wording import muscle_title, split_channel

if TYPE_CHECKING:
    from collections.abc import Sequence

    from firingorder.session.exchange.importing_preview import Preview, PreviewSignal

_SIDES = (("both", "both"), ("left", "left"), ("right", "right"))
#: Units under which a signal may be EMG: others are shown and not offered.
_VOLTS = ("uV",)
NEEDS_ONE = "Say which muscle at least two signals are: Left and Right choose one."
TWICE = "{} is chosen twice: each muscle has one signal."
NO_PERSON = "A code for the person; empty: nobody is named."


@dataclass(frozen=True, slots=True)
class SignalRow:
    """One signal of the file; ``muscle`` is what it is taken for, empty for none."""

    place: int
    label: str
    facts: str
    muscle: str
    remark: str
    offered: bool

    @property
    def muscle_words(self) -> str:
        """The muscle in words."""
        if not self.offered:
            return "no voltage"
        return muscle_words(self.muscle) if self.muscle else "no muscle"

    @property
    def spoken(self) -> str:
        """What a screen reader says."""
        parts = (self.label, self.muscle_words, self.facts, self.remark)
        return ", ".join(part for part in parts if part)


def muscle_words(muscle: str) -> str:
    """Return a muscle with its side: ``Glute max, left``."""
    name, side = split_channel(muscle)
    return f"{muscle_title(name)}, {side}" if side else muscle_title(name)


class ImportDesk:
    """Keeps the preview and what is chosen; ``exercises`` are (id, name)."""

    def __init__(self, exercises: Sequence[tuple[str, str]], person: str, *, own: bool) -> None:
        self.preview: Preview | None = None
        self.exercises = tuple(exercises)
        self.person, self.own = person, own
        self.task, self.side, self.rate = "bridge", "both", ""
        self.muscles: dict[str, str] = {}
        self.chosen = 0

    def show(self, preview: Preview) -> None:
        """Take what is in the file; what was chosen before for the same labels stays."""
        self.preview = preview
        guessed = {one.label: one.muscle for stream in preview.streams for one in stream.signals}
        kept = {label: muscle for label, muscle in self.muscles.items() if muscle}
        self.muscles = {**guessed, **{k: v for k, v in kept.items() if k in guessed}}
        self.chosen = 0

    def rows(self) -> tuple[SignalRow, ...]:
        """Return the signals of the file."""
        found: list[SignalRow] = []
        for stream in self.preview.streams if self.preview else ():
            for one in stream.signals:
                facts = f"{one.unit or 'no unit'}  ·  {stream.rate_hz:g} Hz  ·  {_size(one)}"
                remark = one.remarks[0] if one.remarks else ""
                offered = one.unit in _VOLTS or bool(one.muscle)
                muscle = self.muscles.get(one.label, "")
                found.append(SignalRow(len(found), one.label, facts, muscle, remark, offered))
        return tuple(found)

    def turn(self, by: int) -> str:
        """Take the chosen signal for the next muscle that is free; return why it cannot be."""
        rows = self.rows()
        if not 0 <= self.chosen < len(rows):
            return ""
        row = rows[self.chosen]
        if not row.offered:
            return f"{row.label} is no voltage, so it can be no muscle."
        taken = {muscle for label, muscle in self.muscles.items() if muscle and label != row.label}
        free = ["", *(name for name in NAMES if name not in taken)]
        at = free.index(row.muscle) if row.muscle in free else 0
        self.muscles[row.label] = free[(at + by) % len(free)]
        return ""

    def drop(self) -> None:
        """Take the chosen signal for no muscle."""
        rows = self.rows()
        if 0 <= self.chosen < len(rows):
            self.muscles[rows[self.chosen].label] = ""

    def montage(self) -> Montage:
        """Return what was chosen; signals without a muscle are left as they are."""
        order = [row for row in self.rows() if row.muscle]
        return Montage(tuple((row.label, row.muscle) for row in order))

    def wrong(self) -> str:
        """Return why it cannot be imported so; empty: it can."""
        muscles = [muscle for muscle in self.muscles.values() if muscle]
        if len(muscles) < 2:
            return NEEDS_ONE
        for muscle in muscles:
            if muscles.count(muscle) > 1:
                return TWICE.format(muscle_words(muscle))
        return ""

    @property
    def rate_hz(self) -> float | None:
        """The rate that a person gave."""
        try:
            return float(self.rate.replace(",", ".")) if self.rate else None
        except ValueError:
            return None

    @property
    def warnings(self) -> tuple[str, ...]:
        """What to know of the file."""
        if self.preview is None:
            return ()
        doubled = self.preview.doubled
        said = (f"{', '.join(doubled)}: more than one signal says this muscle; choose which.",)
        return (*(said if doubled else ()), *self.preview.warnings)

    def fields(self) -> tuple[FieldView, ...]:
        """Return the fields beside the signals."""
        locked = "In the Person hat it is your own." if self.own else ""
        return (
            FieldView("person", "Person", self.person, hint=NO_PERSON, locked=locked),
            FieldView("task", "Exercise", self.task, options=self.exercises),
            FieldView("side", "Working side", self.side, options=_SIDES),
            FieldView("rate", "Rate", self.rate, unit="Hz", empty="as the file says",
                      hint="Only for a file that does not say it, or says it wrongly."),
        )  # fmt: skip

    def change(self, key: str, text: str) -> str:
        """Change a field; return why it cannot be, or nothing."""
        match key:
            case "person":
                self.person = text.strip()
            case "task":
                self.task = text
            case "side":
                self.side = text
            case _:
                before, self.rate = self.rate, text.strip()
                if self.rate and (self.rate_hz is None or not 0 < self.rate_hz < 1e6):
                    self.rate = before
                    return f"{text} is no rate: type samples a second, as 2000."
        return ""


def _size(one: PreviewSignal) -> str:
    if math.isnan(one.rms):
        return "no samples"
    unit = "µV" if one.unit == "uV" else one.unit
    return f"RMS {one.rms:.3g} {unit}".strip()
