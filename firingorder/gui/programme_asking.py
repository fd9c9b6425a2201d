"""What the page Programme asks for: a name, an exercise to add, a file."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from firingorder.gui.programme_card import AskCard, Pick
from firingorder.gui.programme_files import ask_open, ask_save
from firingorder.gui.view_models.exercise_story import POSITIONS, goal_words
from firingorder.training.programmes.ownership import waits

if TYPE_CHECKING:
    from collections.abc import Callable

    from PySide6.QtWidgets import QWidget

    from firingorder.gui.shortcuts import Shortcuts
    from firingorder.gui.view_models.programme_desk import ProgrammeDesk
    from firingorder.report.theme import Theme

IMPORTED_WAITS = "Imported. What a therapist sets in it waits until one takes it over."
LEFT_BEHIND = "Targets and limits that a therapist set stay behind."


class ProgrammeAsks:
    """Asks over ``page``; ``tell`` gets the sentence a step was refused with, and what was done.

    ``keys`` are the page's: while something is asked they mean nothing. ``open_path`` and
    ``save_path`` ask for a file.
    """

    def __init__(
        self, theme: Theme, page: QWidget, desk: ProgrammeDesk, tell: Callable[[str, str], None]
    ) -> None:
        self._page, self._desk, self._tell = page, desk, tell
        self.card = AskCard(theme, page)
        self.card.closed.connect(lambda: self._quieten(asked=False))
        self.keys: Shortcuts = {}
        self.open_path: Callable[[QWidget], str] = ask_open
        self.save_path: Callable[[QWidget, str], str] = ask_save

    def save_as(self) -> None:
        """Ask for a name and keep the open programme under it."""
        hint = f"The one that is open stays as it was kept. {self._left_behind}".strip()
        self._ask("Save as", hint, self._own_name, self._desk.save_as, "Saved.")

    def new(self) -> None:
        """Ask for a name and begin a programme from the open one."""
        programme = self._desk.present
        title = f"New, from {programme.name}" if programme else "New"
        hint = f"It begins as a copy of the one that is open. {self._left_behind}".strip()
        self._ask(title, hint, self._own_name, self._desk.new, "New. Ctrl+S keeps it.")

    def rename(self) -> None:
        """Ask for another name of the open programme."""
        programme, refused = self._desk.present, self._desk.refusal()
        if refused or programme is None:
            self._tell(refused, "")
            return
        self._ask("Rename", "", programme.name, self._desk.rename, "Renamed.")

    def add(self) -> None:
        """Ask which exercise to put after the chosen row."""
        refused = self._desk.refusal()
        if refused:
            self._tell(refused, "")
            return
        known = self._desk.exercises
        picks: list[Pick] = []
        for one in map(known, known.ids):
            own = "" if known.comes_with_firingorder(one.task.id) else "your own copy"
            parts = (POSITIONS[one.position], goal_words(one), own)
            note = "  ·  ".join(part for part in parts if part)
            picks.append(Pick(one.task.id, one.task.name, note, one.task.id.replace("_", " ")))
        picks.sort(key=lambda one: one.name.casefold())
        self._quieten(asked=True)
        hint = "It comes with the dose of its record."
        self.card.ask_pick("Add an exercise", hint, picks, lambda key: self.put(key))

    def put(self, exercise: str) -> str:
        """Add an exercise; return why it was refused."""
        said = self._desk.add(exercise)
        if not said:
            self._tell("", "Added.")
        return said

    def bring(self) -> None:
        """Ask for a file and import it."""
        path = self.open_path(self._page)
        if path:
            said = self._desk.import_from(Path(path))
            waiting = self._desk.present is not None and waits(self._desk.present)
            self._tell(said, IMPORTED_WAITS if waiting else "Imported.")

    def export(self) -> None:
        """Ask for a file and write the open programme to it."""
        programme = self._desk.present
        path = self.save_path(self._page, f"{programme.id}.yaml") if programme else ""
        if path:
            self._tell(self._desk.export(Path(path)), f"Exported to {path}.")

    @property
    def _left_behind(self) -> str:
        """What a copy made in this hat does not take along."""
        return LEFT_BEHIND if self._desk.copies_less else ""

    @property
    def _own_name(self) -> str:
        programme = self._desk.present
        return f"{programme.name}, my own" if programme else "My programme"

    def _ask(self, title: str, hint: str, name: str, act: Callable[[str], str], done: str) -> None:
        def take(text: str) -> str:
            said = act(text)
            if not said:
                self._tell("", done)
            return said

        self._quieten(asked=True)
        self.card.ask_name(title, hint, name, take)

    def _quieten(self, *, asked: bool) -> None:
        """Let only what asks have keys."""
        for shortcut in self.keys.values():
            shortcut.setEnabled(not asked)
