"""The exercises of this computer as they are read and, in the Therapist hat, changed as copies."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from firingorder.errors import FiringOrderError
from firingorder.gui.view_models.exercise_fields import (
    changed_exercise,
    stepped_exercise,
    with_doses,
)
from firingorder.gui.view_models.exercise_story import POSITIONS, goal_words
from firingorder.gui.view_models.programme_entry import in_list
from firingorder.gui.view_models.programme_words import plain_code
from firingorder.session.exercise_store import is_called
from firingorder.training.exercises.copies import base_of

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from firingorder.session.office import Office
    from firingorder.training.exercises.records import Exercise

COMES_WITH = "It comes with firingorder and stays as it is. C makes a copy, which you can change."
CHOOSE = "Choose an exercise first."
NAME_TAKEN = "There is an exercise called {} already; type another name."
NOT_OWN = "It comes with firingorder, so it is everywhere already. C makes a copy to send."
_REMEMBERED = 200


@dataclass(frozen=True, slots=True)
class ExerciseRow:
    """One exercise of the list; ``copy_of`` is the name of what it was copied from."""

    key: str
    name: str
    modes: tuple[str, ...]
    note: str
    copy_of: str = ""
    broken: str = ""
    found_by: str = ""

    @property
    def spoken(self) -> str:
        """What a screen reader says."""
        copied = f"your own copy of {self.copy_of}" if self.copy_of else ""
        parts = (self.name, copied, self.note, self.broken)
        return ", ".join(part for part in parts if part)


class ExerciseDesk:
    """What the page works on. A change is kept at once; the one before can be brought back."""

    def __init__(self, office: Office) -> None:
        self._office = office
        self.asked = ""
        self.key = "bridge"
        self._before: list[tuple[str, Exercise]] = []
        self._after: list[tuple[str, Exercise]] = []
        self._broken: list[ExerciseRow] = []
        self.reload()

    @property
    def rows(self) -> tuple[ExerciseRow, ...]:
        """Exercises in which every word that was typed is found: copies first, then by name."""
        known = self._office.exercises
        rows = [self._row(known(one)) for one in known.ids]
        rows += self._broken
        words = self.asked.casefold().split()
        found = [row for row in rows if all(word in _text(row) for word in words)]
        return tuple(sorted(found, key=lambda row: (not row.copy_of, in_list(row.name))))

    @property
    def present(self) -> Exercise | None:
        """The exercise that is chosen."""
        known = self._office.exercises
        return known(self.key) if self.key in known else None

    @property
    def own(self) -> bool:
        """Whether it is a copy."""
        return self.key in self._office.exercises.own

    @property
    def can_undo(self) -> bool:
        """Whether a change can be brought back."""
        return bool(self._before)

    @property
    def can_redo(self) -> bool:
        """Whether a change that was brought back can be made again."""
        return bool(self._after)

    def select(self, key: str) -> None:
        """Choose an exercise."""
        self.key = key

    def hat_refusal(self) -> str:
        """Return why this hat changes no exercise; empty: it does."""
        refused = self._office.may("edit_exercise")
        return "" if refused is None else f"{refused.text} {refused.next_step}"

    def refusal(self) -> str:
        """Return why the chosen exercise cannot be changed; empty: it can."""
        return self.hat_refusal() or ("" if self.own else COMES_WITH)

    def copy(self, name: str) -> str:
        """Make a copy under a name, and choose it; return why it was refused."""
        refused, source = self.hat_refusal(), self.present
        if refused or source is None:
            return refused or CHOOSE
        if is_called(name, self._office.exercises):
            return NAME_TAKEN.format(name)
        try:
            made = self._office.exercise_store.copy(source, name)
        except FiringOrderError as error:
            return str(error)
        self._office.renew_exercises()
        self.asked = ""
        self.select(made.task.id)
        return ""

    def change(self, key: str, text: str) -> str:
        """Change a field of the copy and keep it; return why it was refused."""
        if key == "name" and is_called(text, self._office.exercises, but=self.key):
            return NAME_TAKEN.format(text.strip())
        return self._try(lambda one: changed_exercise(one, key, text))

    def step(self, key: str, by: int) -> str:
        """Change a number by one step and keep it."""
        return self._try(lambda one: stepped_exercise(one, key, by))

    def doses(self, by: int) -> str:
        """Have a dose more, or one less."""
        return self._try(lambda one: with_doses(one, by))

    def undo(self) -> str:
        """Bring back what was there before the last change."""
        return self._walk(self._before, self._after, "undo")

    def redo(self) -> str:
        """Make the change again that was brought back last."""
        return self._walk(self._after, self._before, "redo")

    def remove(self) -> str:
        """Remove the copy; programmes that use it hold it inside them."""
        refused = self.refusal()
        if refused:
            return refused
        origin = base_of(self._office.exercises(self.key))
        try:
            self._office.exercise_store.remove(self.key)
        except FiringOrderError as error:
            return str(error)
        self._before = [one for one in self._before if one[0] != self.key]
        self._after = [one for one in self._after if one[0] != self.key]
        self._office.renew_exercises()
        self.select(origin if origin in self._office.exercises else "bridge")
        return ""

    def export(self, path: Path) -> str:
        """Write the copy to a path; a file there is replaced, as the dialog asked."""
        if self.present is None or not self.own:
            return CHOOSE if self.present is None else NOT_OWN
        try:
            self._office.exercise_store.export(self.present, path, overwrite=True)
        except FiringOrderError as error:
            return str(error)
        return ""

    def import_from(self, path: Path) -> str:
        """Read a copy from a path, keep it and choose it; nothing is overwritten."""
        refused = self.hat_refusal()
        if refused:
            return refused
        try:
            kept = self._office.exercise_store.bring(path, self._office.exercises)
        except FiringOrderError as error:
            return str(error)
        self._office.renew_exercises()
        self.asked = ""
        self.select(kept.task.id)
        return ""

    def reload(self) -> None:
        """Look again for copies that cannot be read."""
        self._broken = [
            ExerciseRow(f"file:{one.path}", one.path.stem, (), one.why, broken=one.why)
            for one in self._office.exercise_store.all().broken
        ]

    def _row(self, one: Exercise) -> ExerciseRow:
        known = self._office.exercises
        base = base_of(one)
        own = one.task.id in known.own
        origin = known(base).task.name if base in known else plain_code(base)
        note = f"{POSITIONS[one.position]}  ·  {goal_words(one)}"
        return ExerciseRow(one.task.id, one.task.name, tuple(one.modes), note,
                           origin if own else "", found_by=plain_code(one.task.id))  # fmt: skip

    def _try(self, step: Callable[[Exercise], Exercise]) -> str:
        refused, before = self.refusal(), self.present
        if refused or before is None:
            return refused or CHOOSE
        try:
            after = step(before)
            if after == before:
                return ""
            self._office.exercise_store.save(after, overwrite=True)
        except FiringOrderError as error:
            said = str(error).removeprefix(f"{before.task.name}: ")
            return said[:1].upper() + said[1:]
        self._office.renew_exercises()
        self._before = [*self._before, (self.key, before)][-_REMEMBERED:]
        self._after = []
        return ""

    def _walk(
        self, source: list[tuple[str, Exercise]], other: list[tuple[str, Exercise]], word: str
    ) -> str:
        refused = self.hat_refusal()
        if refused or not source:
            return refused or f"There is nothing to {word}."
        key, target = source[-1]
        now = self._office.exercises(key)
        try:
            self._office.exercise_store.save(target, overwrite=True)
        except FiringOrderError as error:
            return str(error)
        source.pop()
        other.append((key, now))
        self._office.renew_exercises()
        self.select(key)
        return ""


def _text(row: ExerciseRow) -> str:
    return f"{row.name} {row.note} {row.copy_of} {row.found_by}".casefold()
