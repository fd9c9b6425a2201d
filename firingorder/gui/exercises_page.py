"""The page Exercises: what each one is, what is known of it, and the therapist's own copies."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QWidget

from firingorder.gui.exercise_panels import CopyPanel, FinderPanel, StoryPanel
from firingorder.gui.key_button import KeyButton
from firingorder.gui.key_hold import KeyHold
from firingorder.gui.page_around import PageAround
from firingorder.gui.programme_card import AskCard
from firingorder.gui.programme_files import ask_open, ask_save
from firingorder.gui.programme_style import GAP_PX
from firingorder.gui.shortcuts import bind_keys
from firingorder.gui.view_models.exercise_desk import CHOOSE, NOT_OWN, ExerciseDesk
from firingorder.gui.view_models.exercise_fields import exercise_fields
from firingorder.gui.view_models.exercise_story import story
from firingorder.montage import DEFAULT_EIGHT
from firingorder.training.programmes.templates import single

if TYPE_CHECKING:
    from collections.abc import Callable

    from PySide6.QtGui import QKeyEvent, QResizeEvent

    from firingorder.gui.commands import Commands
    from firingorder.gui.view_models.link_state import StateView
    from firingorder.report.theme import Theme
    from firingorder.session.feed import FeedUpdate
    from firingorder.session.office import Office

#: Below this width the fields of a copy stand in place of the text, not beside it.
BESIDE_PX = 1250
HOLD_TO_DELETE = "Hold for one second: a copy that is deleted is gone. Programmes keep theirs."


class ExercisesPage(PageAround):
    """Shows and copies exercises.

    ``used`` when one is to be trained now; ``added`` (its id) when it is to go into the programme
    that is open on the page Programme.
    """

    used = Signal()
    added = Signal(str)

    def __init__(self, theme: Theme, commands: Commands, office: Office) -> None:
        self.train = KeyButton("Train now", "Enter", theme, primary=True)
        self.add = KeyButton("Add", "A", theme)
        self.add.setAccessibleName("Add to the programme")
        self.copy = KeyButton("Copy", "C", theme)
        self.edit = KeyButton("Edit", "E", theme)
        self.undo = KeyButton("Undo", "Ctrl+Z", theme)
        self.redo = KeyButton("Redo", "Ctrl+Y", theme)
        body = QWidget()
        buttons = (self.train, self.add, self.copy, self.edit, self.undo, self.redo)
        super().__init__(theme, "Exercises", body, buttons)
        self._commands, self._office = commands, office
        self.desk = ExerciseDesk(office)
        self.finder, self.about, self.own = FinderPanel(theme), StoryPanel(theme), CopyPanel(theme)
        row = QHBoxLayout(body)
        row.setContentsMargins(GAP_PX, GAP_PX, GAP_PX, GAP_PX)
        row.setSpacing(GAP_PX)
        for panel, share in ((self.finder, 26), (self.about, 44), (self.own, 34)):
            row.addWidget(panel, share)
        self.card = AskCard(theme, self)
        self.card.closed.connect(self._card_closed)
        self._said, self._bad = "", False
        self._editing = False
        self._seen: object = None
        self._channels, self._has_imu = DEFAULT_EIGHT, True
        self._hold = KeyHold(self.own.delete, self._delete_pressed)
        self._connect()
        self.refresh()

    def show_frame(self, update: FeedUpdate, state: StateView | None, now: float) -> None:
        """Follow belt, hat and copies; nothing is painted while nothing changes."""
        super().show_frame(update, state, now)
        status = update.status
        seen = (status.channels, status.has_imu, self._office.hat, self._office.exercises)
        if seen != self._seen:
            self._seen = seen
            self._channels = status.channels or DEFAULT_EIGHT
            self._has_imu = status.has_imu if status.channels else True
            self.refresh()
        if self.window().hasFocus():  # it takes the keyboard whenever a page is shown
            self.finder.rows.setFocus()
        if self._hold.take(now):
            self._do(self.desk.remove(), "It is deleted.")
        self._say()

    def put_aside(self) -> None:
        """Close what asks; the facts of the log are read again with the next visit."""
        self.card.close_card()
        self._hold.reset()
        self._seen = None

    def close_card(self) -> bool:
        """Close what asks, or the fields of the copy."""
        if self.card.close_card():
            return True
        if self._editing:
            self._toggle_edit()
            return True
        return False

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Keep the card over the page; show the fields beside the text where there is room."""
        super().resizeEvent(event)
        self.card.place()
        self._show_panels()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Begin the hold that deletes."""
        if self.card.open or not self._hold.press(event):
            super().keyPressEvent(event)

    def keyReleaseEvent(self, event: QKeyEvent) -> None:
        """Let go of the hold."""
        self._hold.release(event)
        super().keyReleaseEvent(event)

    def refresh(self) -> None:
        """Show the desk as it is."""
        desk = self.desk
        rows, exercise = desk.rows, desk.present
        self.finder.show_exercises(rows, desk.key)
        broken = next((row for row in rows if row.key == desk.key and row.broken), None)
        if exercise is not None:
            chosen = next((row for row in rows if row.key == desk.key), None)
            note = f"your copy of {chosen.copy_of}" if chosen and chosen.copy_of else ""
            sections = story(exercise, self._office.exercises, self._office.facts)
            self.about.show_exercise(exercise, sections, note)
            if self._editing:
                self.own.show_fields(exercise_fields(exercise, desk.refusal()), desk.key)
        elif broken is not None:
            self.about.show_broken(broken.name, broken.broken)
        self._editing = self._editing and exercise is not None and not desk.refusal()
        self._show_buttons()
        self._show_panels()

    def _show_buttons(self) -> None:
        desk = self.desk
        known, refused = desk.present is not None, desk.hat_refusal()
        for button in (self.train, self.add, self.copy):
            button.setEnabled(known)
        self.copy.setAccessibleDescription(f"Key C. {refused}".strip())
        self.edit.setAccessibleDescription(f"Key E. {desk.refusal()}".strip())
        self.edit.set_label("Close" if self._editing else "Edit")
        self.edit.setEnabled(known)
        for button, able in ((self.undo, desk.can_undo), (self.redo, desk.can_redo)):
            button.setVisible(desk.can_undo or desk.can_redo or self._editing)
            button.setEnabled(able)

    def _show_panels(self) -> None:
        wide = self.width() >= BESIDE_PX
        self.own.setVisible(self._editing)
        self.about.setVisible(wide or not self._editing)

    def _say(self) -> None:
        note = self._commands.note() or self._said
        self.buttons.say(note, self._theme.close if self._bad and self._said else self._theme.text2)

    def _do(self, said: str, done: str = "") -> None:
        """Show what came of a step: the sentence it was refused with, or what is done."""
        self._said, self._bad = said or done, bool(said)
        self.desk.reload()
        self.refresh()
        self._say()

    def _connect(self) -> None:
        desk = self.desk
        search, rows = self.finder.search, self.finder.rows
        search.textEdited.connect(self._search)
        search.committed.connect(lambda _: rows.setFocus())
        search.escaped.connect(self._clear_search)
        search.stepped.connect(self._step_search)
        rows.chosen.connect(self._choose)
        rows.activated_row.connect(lambda _: self._train())
        fields = self.own.fields
        fields.committed.connect(lambda key, text: self._field(key, desk.change(key, text)))
        fields.stepped.connect(lambda key, by: self._field(key, desk.step(key, by)))
        fields.escaped.connect(lambda: rows.setFocus())
        self.open_path, self.save_path = ask_open, ask_save
        acts: dict[KeyButton, Callable[[], object]] = {
            self.train: self._train, self.add: self._add, self.copy: self._ask_copy,
            self.edit: self._toggle_edit, self.undo: lambda: self._do(desk.undo()),
            self.redo: lambda: self._do(desk.redo()),
            self.own.more: lambda: self._do(desk.doses(1)),
            self.own.fewer: lambda: self._do(desk.doses(-1)),
            self.finder.bring: self._import, self.finder.export: self._export,
        }  # fmt: skip
        for button, act in acts.items():
            button.clicked.connect(act)
        self._keys = bind_keys(
            self,
            {
                Qt.Key.Key_Return: self._train, Qt.Key.Key_Enter: self._train, "A": self._add,
                "C": self._ask_copy, "E": self._toggle_edit, "I": self._import, "X": self._export,
                "Ctrl+Z": acts[self.undo],
                "Ctrl+Shift+Z": acts[self.redo], "Ctrl+Y": acts[self.redo], "/": search.setFocus,
                "Ctrl+F": search.setFocus, "+": lambda: self._doses(1),
                "-": lambda: self._doses(-1), "Left": rows.setFocus, "Right": self._go_right,
                "Up": lambda: self._move(-1), "Down": lambda: self._move(1),
            },
        )  # fmt: skip

    def _choose(self, row: int) -> None:
        if 0 <= row < len(self.finder.rows.rows):
            self.desk.select(self.finder.rows.rows[row].key)
            self._said = ""
            self.refresh()

    def _move(self, by: int) -> None:
        rows = self.finder.rows
        self._choose(min(max(rows.currentRow() + by, 0), len(rows.rows) - 1))

    def _search(self, text: str) -> None:
        self.desk.asked = text
        found = self.desk.rows
        if found and self.desk.key not in [row.key for row in found]:
            self.desk.select(found[0].key)
        self.refresh()

    def _clear_search(self) -> None:
        self.desk.asked = ""
        self.finder.search.setText("")
        self.refresh()
        self.finder.rows.setFocus()

    def _step_search(self, by: int) -> None:
        self._move(-by)

    def _field(self, key: str, said: str) -> None:
        self._do(said)
        self.own.fields.show_error(key, said)

    def _train(self) -> None:
        exercise = self.desk.present
        if exercise is None:
            return
        programme = single(exercise)
        found = self._office.problems(programme, self._channels, has_imu=self._has_imu)
        stops = [one for one in found if one.severity == "stop"]
        if stops:
            self._do(f"It cannot be begun so. {stops[0].text}")
            return
        self._office.chosen = programme
        self._do("", f"{exercise.task.name} is in use.")
        self.used.emit()

    def _add(self) -> None:
        if self.desk.present is not None:
            self.added.emit(self.desk.key)

    def _ask_copy(self) -> None:
        refused, exercise = self.desk.hat_refusal(), self.desk.present
        if refused or exercise is None:
            self._do(refused)
            return
        self._quieten(asked=True)
        self.card.ask_name(f"Copy {exercise.task.name}", "Give the copy a name of its own.",
                           f"{exercise.task.name}, my own", self._copy)  # fmt: skip

    def _copy(self, name: str) -> str:
        said = self.desk.copy(name)
        if not said:
            self.finder.search.setText("")
            self._editing = True
            self._do("", "Copied. Every change of it is kept at once.")
        return said

    def _toggle_edit(self) -> None:
        refused = self.desk.refusal()
        if refused:
            self._do(refused)
            return
        self._editing = not self._editing
        self.refresh()
        if self._editing:
            self.own.fields.focus_field()
        else:
            self.finder.rows.setFocus()

    def _import(self) -> None:
        refused = self.desk.hat_refusal()
        path = "" if refused else self.open_path(self)
        if path:
            self.finder.search.setText("")
            refused = self.desk.import_from(Path(path))
        if refused or path:
            self._do(refused, "Imported.")

    def _export(self) -> None:
        exercise = self.desk.present
        if exercise is None or not self.desk.own:
            self._do(CHOOSE if exercise is None else NOT_OWN)
            return
        path = self.save_path(self, f"{exercise.task.id}.yaml")
        if path:
            self._do(self.desk.export(Path(path)), f"Exported to {path}.")

    def _doses(self, by: int) -> None:
        if self._editing:
            self._do(self.desk.doses(by))

    def _go_right(self) -> None:
        if self.finder.rows.hasFocus() and self.about.isVisible():
            self.about.text.setFocus()
        elif self._editing:
            self.own.fields.focus_field()

    def _delete_pressed(self) -> bool:
        refused = self.desk.refusal()
        if refused:
            self._do(refused)
            return False
        self._said, self._bad = HOLD_TO_DELETE, False
        self._say()
        return True

    def _card_closed(self) -> None:
        self._quieten(asked=False)
        if self._editing:
            self.own.fields.focus_field()
        else:
            self.finder.rows.setFocus()

    def _quieten(self, *, asked: bool) -> None:
        """Let only what asks have keys."""
        for shortcut in self._keys.values():
            shortcut.setEnabled(not asked)
