"""The programmes of this computer as they are worked on: which is open, its history, what is kept.

No widget and no drawing. A change that is not saved yet is kept beside the programmes as a draft,
so that neither a closed window nor a power cut loses it.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Literal, cast

from firingorder.errors import FiringOrderError
from firingorder.gui.view_models.programme_drafts import Drafts
from firingorder.gui.view_models.programme_edit import changed_field, refused_field, stepped_field
from firingorder.gui.view_models.programme_entry import Entry, free_name, is_called, listed
from firingorder.gui.view_models.programme_fields import ACTIONS
from firingorder.training.programmes import editing
from firingorder.training.programmes.editing import History
from firingorder.training.programmes.ownership import brought, copied, is_therapists, leaves_behind
from firingorder.training.programmes.templates import item_of, templates
from firingorder.training.programmes.whole import renew, resolver
from firingorder.training.programmes.writing import check_programme

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from firingorder.session.office import Office
    from firingorder.session.programme_store import ProgrammeStore
    from firingorder.training.exercises.copies import Exercises
    from firingorder.training.programmes.records import Programme
    from firingorder.training.safety.hats import Action

COMES_WITH = "It comes with firingorder and stays as it is. N makes a copy of your own."
NOTHING_OPEN = "No programme is chosen."
NAME_TAKEN = "There is a programme called {} already; type another name."


class ProgrammeDesk:
    """What the page works on. Every change that is refused returns one sentence, else nothing."""

    def __init__(self, office: Office) -> None:
        self._office, self._drafts = office, Drafts(office)
        self._saved: dict[str, Programme] = {}
        self._work: dict[str, History] = {}
        self._broken: tuple[tuple[str, str, str], ...] = ()
        self.key = ""
        #: The row that is chosen: -1 is the whole programme.
        self.index = 0
        self._unkept: set[str] = set()
        self.reload()
        self._take_drafts()
        self.select(next(iter(self._saved), templates()[0].id))

    @property
    def store(self) -> ProgrammeStore:
        """The programmes on the disk."""
        return self._office.programme_store

    @property
    def entries(self) -> tuple[Entry, ...]:
        """Own programmes by name, files that cannot be read, then those that come along."""
        own = dict(self._saved) | {k: h.present for k, h in self._work.items() if self._is_own(k)}
        unsaved = frozenset(key for key in own if self.unsaved(key))
        return listed(own, self._broken, self._office.hat, self._office.chosen, unsaved)

    @property
    def entry(self) -> Entry | None:
        """The line that is chosen."""
        return next((one for one in self.entries if one.key == self.key), None)

    @property
    def present(self) -> Programme | None:
        """The programme that is open, as it stands now; None: a file that cannot be read."""
        if self.key in self._work:
            return self._work[self.key].present
        known = self._saved | {one.id: one for one in templates()}
        return known.get(self.key)

    @property
    def history(self) -> History | None:
        """How the open programme came about; None where it is only looked at."""
        return self._work.get(self.key)

    @property
    def exercises(self) -> Exercises:
        """All exercises, as the open programme sees them."""
        known = self._office.exercises
        if self.present is None:
            return known
        try:
            return resolver(self.present, known)
        except FiringOrderError:
            return known

    def unsaved(self, key: str) -> bool:
        """Whether a programme differs from what is kept of it."""
        return key in self._work and self._work[key].present != self._saved.get(key)

    @property
    def any_unsaved(self) -> tuple[str, ...]:
        """Names of the programmes with changes that are not saved."""
        return tuple(h.present.name for k, h in self._work.items() if self.unsaved(k))

    def reload(self) -> None:
        """Read the folder again; what is worked on stays."""
        listing = self.store.all()
        self._saved = {one.id: one for one in listing.found}
        self._broken = tuple((f"file:{b.path}", b.path.stem, b.why) for b in listing.broken)

    def select(self, key: str) -> None:
        """Open a programme."""
        if key != self.key:
            self.key, self.index = key, 0

    def select_item(self, index: int) -> None:
        """Choose a row; -1 is the whole programme. Beyond an end it stays at that end."""
        count = 0 if self.present is None else len(self.present.items)
        self.index = max(-1, min(index, count - 1))

    def refusal(self, field: str = "") -> str:
        """Return why a field of the open programme, or all of it, cannot be changed."""
        entry = self.entry
        if entry is None or self.present is None:
            return NOTHING_OPEN
        if entry.kind == "template":
            return COMES_WITH
        whole = self._may("edit_programme") if is_therapists(self.present) else ""
        return whole or (self._may(cast("Action", ACTIONS[field])) if field in ACTIONS else "")

    def change(self, field: str, text: str) -> str:
        """Change a field of the chosen row to what was typed or chosen."""
        if field == "name" and self._is_called(text, but=self.key):
            return NAME_TAKEN.format(text.strip())
        return self._try(field, self._changed(self.index, field, text))

    def step(self, field: str, by: int) -> str:
        """Change a field by one step, as an arrow key does it."""
        return self._try(field, lambda one: stepped_field(one, self.index, field, by))

    def add(self, exercise_id: str) -> str:
        """Put an exercise after the chosen row, with the dose of its record."""
        at = self.index + 1

        def put(one: Programme) -> Programme:
            return editing.add(one, item_of(self.exercises(exercise_id)), min(at, len(one.items)))

        said = self._try("", put, f"Add {exercise_id}")
        if not said:
            self.select_item(at)
        return said

    def duplicate(self) -> str:
        """Do the chosen row twice."""
        if self.index < 0:
            return "Choose an exercise first."
        at = self.index
        said = self._try("", lambda one: editing.duplicate(one, at), "Duplicate")
        if not said:
            self.select_item(at + 1)
        return said

    def remove(self) -> str:
        """Take the chosen row out; undo brings it back."""
        if self.index < 0 or self.present is None or not self.present.items:
            return "Choose an exercise first."
        at = self.index
        said = self._try("", lambda one: editing.remove(one, at), "Remove")
        if not said:
            self.select_item(min(at, len(self.present.items) - 1))
        return said

    def move(self, index: int, to: int) -> str:
        """Move a row to another place."""
        if index < 0 or self.present is None:
            return "Choose an exercise first."
        to = max(0, min(to, len(self.present.items) - 1))
        said = self._try("", lambda one: editing.move(one, index, to), "Move")
        if not said:
            self.select_item(to)
        return said

    def take_over(self) -> str:
        """Take the therapist's copies of exercises into the programme as they are now."""
        known = self._office.exercises
        return self._try("", lambda one: renew(one, known), "Take over exercises")

    @property
    def outdated(self) -> tuple[str, ...]:
        """Names of copies inside the open programme that were changed since."""
        if self.present is None:
            return ()
        try:
            new = renew(self.present, self._office.exercises)
        except FiringOrderError:
            return ()
        was = dict(self.present.exercises)
        changed = [key for key, text in new.exercises if key in was and was[key] != text]
        return tuple(self._office.exercises(key).task.name for key in changed)

    @property
    def copies_less(self) -> bool:
        """Whether a copy made in this hat would leave targets behind."""
        return self.present is not None and leaves_behind(self.present, self._office.hat)

    def undo(self) -> str:
        """Take the last step back."""
        return self._walk("undo")

    def redo(self) -> str:
        """Do again what was taken back last."""
        return self._walk("redo")

    def new(self, name: str, *, empty: bool = False) -> str:
        """Begin a programme of one's own from the open one (or with one exercise of it)."""
        source = self.present
        if source is None or empty:
            source = replace(templates()[0], items=templates()[0].items[:1], note="")
        if self._is_called(name):
            return NAME_TAKEN.format(name)
        try:
            made = copied(source, self._free_id(name), name, self._office.hat)
            check_programme(made, self._office.exercises.ids)
        except FiringOrderError as error:
            return str(error)
        self._work[made.id] = History(made)
        self._unkept.add(made.id)
        self.select(made.id)
        return ""

    def rename(self, name: str) -> str:
        """Give the open programme another name; its file stays the same."""
        if self._is_called(name, but=self.key):
            return NAME_TAKEN.format(name)
        return self._try("name", self._changed(-1, "name", name), "Rename")

    def save(self) -> str:
        """Keep the open programme on the disk."""
        refused = "" if self.unsaved(self.key) else self.refusal()
        if refused or self.present is None:
            return refused or NOTHING_OPEN
        try:
            self.store.save(self.present, overwrite=True)
            kept = self.store.load(self.key)
        except FiringOrderError as error:
            return str(error)
        history = self._work[self.key] if self.key in self._work else History(kept)
        self._saved[self.key] = kept
        self._work[self.key] = replace(history, present=kept)
        self._forget_draft(self.key)
        return ""

    def save_as(self, name: str) -> str:
        """Keep the open programme under another name; what it was stays as it was kept."""
        before, work = self.key, self._work.get(self.key)
        said = self.new(name) or self.save()
        if said:
            self._work.pop(self.key, None) if self.key != before else None
            self.select(before)
            return said
        if work is not None:  # what was never kept has become this one
            self._work.pop(before)
            self._forget_draft(before)
        return ""

    def remove_programme(self) -> str:
        """Remove the open programme from the disk, and what was not saved of it.

        What a person brought here, a person may take away again.
        """
        refused = self.refusal()
        if self.present is not None and self.present.brought_by:
            refused = ""
        if self.key.startswith("file:"):
            refused = "Its file cannot be read, so it is left where it is; remove it by hand."
        if refused:
            return refused
        before = [one.key for one in self.entries]
        at = before.index(self.key)
        try:
            if self.key in self._saved:
                self.store.remove(self.key)
        except FiringOrderError as error:
            return str(error)
        self._forget_draft(self.key)
        self._saved.pop(self.key, None)
        self._work.pop(self.key, None)
        after = [one.key for one in self.entries]
        self.select(after[min(at, len(after) - 1)])
        return ""

    def export(self, path: Path) -> str:
        """Write the open programme to a path; a file there is replaced, as the dialog asked."""
        if self.present is None:
            return NOTHING_OPEN
        try:
            self.store.export(self.present, path, overwrite=True)
        except FiringOrderError as error:
            return str(error)
        return ""

    def import_from(self, path: Path) -> str:
        """Read a programme from a path and open it; one of the same id is never overwritten.

        What only a therapist sets counts where a therapist brings it (programmes.md section 6).
        """
        try:
            found = brought(self.store.read_from(path), self._office.hat)
            taken = {one.key for one in self.entries}
            if found.id in taken or self.store.path_of(found.id).exists():
                found = replace(found, id=self._free_id(found.name))
            found = replace(found, name=free_name(self.entries, found.name))
            self.store.save(found)
        except FiringOrderError as error:
            return str(error)
        self.reload()
        self.select(found.id)
        return ""

    def keep_drafts(self) -> str:
        """Write what is not saved yet beside the programmes; return what the disk refuses."""
        said = ""
        for key in sorted(self._unkept):
            history = self._work.get(key)
            try:
                if history is not None and not history.present.items:
                    continue  # no file can hold it, and it holds nothing
                if history is not None and self.unsaved(key):
                    self._drafts.keep(history.present)
                else:
                    self._forget_draft(key)
            except FiringOrderError as error:
                said = str(error)
        self._unkept.clear()
        return said

    def _take_drafts(self) -> None:
        for one in self._drafts.found():
            saved = self._saved.get(one.id)
            history = History(saved or one)
            self._work[one.id] = history.did("Changes of last time", one)

    def _forget_draft(self, key: str) -> None:
        self._unkept.discard(key)
        self._drafts.forget(key)

    def _free_id(self, name: str) -> str:
        found, number = self.store.new_id(name), 1
        base, taken = found, {*self._work, *self._saved}
        while found in taken:
            number += 1
            found = f"{base}_{number}"
        return found

    def _is_called(self, name: str, but: str = "") -> bool:
        return is_called(self.entries, name, but)

    def _is_own(self, key: str) -> bool:
        return all(key != one.id for one in templates())

    def _may(self, action: Action) -> str:
        refused = self._office.may(action)
        return "" if refused is None else f"{refused.text} {refused.next_step}"

    def _try(self, field: str, step: Callable[[Programme], Programme], label: str = "") -> str:
        refused = self.refusal(field)
        if refused or self.present is None:
            return refused or NOTHING_OPEN
        history = self._work.get(self.key) or History(self.present)
        try:
            after = step(self.present)
        except (FiringOrderError, ValueError) as error:
            return refused_field(str(error), self.present.name)
        self._work[self.key] = history.did(label or f"Change {field}", after)
        self._unkept.add(self.key)
        return ""

    def _changed(self, index: int, field: str, text: str) -> Callable[[Programme], Programme]:
        known = self._office.exercises.ids
        return lambda one: changed_field(one, index, field, text, known)

    def _walk(self, way: Literal["undo", "redo"]) -> str:
        history = self.history
        if history is None:
            return f"There is nothing to {way}."
        moved = history.undone() if way == "undo" else history.redone()
        if moved is history:
            return f"There is nothing to {way}."
        if is_therapists(history.present) or is_therapists(moved.present):
            refused = self._may("edit_programme")
            if refused:
                return refused
        self._work[self.key] = moved
        self._unkept.add(self.key)
        self.select_item(self.index)
        return ""
