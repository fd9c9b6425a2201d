"""The page Programme: which programmes there are, what one holds, and every field of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QWidget

from firingorder.gui.key_button import KeyButton
from firingorder.gui.key_hold import KeyHold
from firingorder.gui.page_around import PageAround
from firingorder.gui.programme_asking import ProgrammeAsks
from firingorder.gui.programme_panels import EditorPanel, ItemsPanel, ListPanel
from firingorder.gui.programme_style import GAP_PX
from firingorder.gui.shortcuts import bind_keys
from firingorder.gui.view_models.programme_desk import ProgrammeDesk
from firingorder.gui.view_models.programme_fields import item_fields, programme_fields
from firingorder.gui.view_models.programme_rows import item_rows, plan_of
from firingorder.montage import DEFAULT_EIGHT

if TYPE_CHECKING:
    from collections.abc import Callable

    from PySide6.QtGui import QHideEvent, QKeyEvent, QResizeEvent

    from firingorder.gui.commands import Commands
    from firingorder.gui.view_models.link_state import StateView
    from firingorder.report.theme import Theme
    from firingorder.session.feed import FeedUpdate
    from firingorder.session.office import Office
    from firingorder.training.programmes.checking import Problem

#: Changes are written beside the programmes after this long without another one.
DRAFT_S = 1.0
HOLD_TO_DELETE = "Hold for one second: a programme that is deleted is gone."
NO_BELT = "No belt is connected: pads are checked when it is."


class ProgrammePage(PageAround):
    """Lists, edits and keeps programmes. ``used`` when one is to be done on the live page."""

    used = Signal()

    def __init__(self, theme: Theme, commands: Commands, office: Office) -> None:
        self.use = KeyButton("Use it", "Enter", theme, primary=True)
        self.save = KeyButton("Save", "Ctrl+S", theme)
        self.save_as = KeyButton("Save as", "Shift+Ctrl+S", theme)
        self.undo = KeyButton("Undo", "Ctrl+Z", theme)
        self.redo = KeyButton("Redo", "Ctrl+Y", theme)
        body = QWidget()
        buttons = (self.use, self.save, self.save_as, self.undo, self.redo)
        super().__init__(theme, "Programme", body, buttons)
        self._commands, self._office = commands, office
        self.desk = ProgrammeDesk(office)
        self.list, self.items, self.editor = ListPanel(theme), ItemsPanel(theme), EditorPanel(theme)
        row = QHBoxLayout(body)
        row.setContentsMargins(GAP_PX, GAP_PX, GAP_PX, GAP_PX)
        row.setSpacing(GAP_PX)
        for panel, share in ((self.list, 24), (self.items, 45), (self.editor, 31)):
            row.addWidget(panel, share)
        self.asks = ProgrammeAsks(theme, self, self.desk, self._do)
        self.card = self.asks.card
        self.card.closed.connect(lambda: self.items.rows.setFocus())
        self._said, self._bad = "", False
        self._channels, self._has_imu = DEFAULT_EIGHT, True
        self._connected = False
        self._problems: tuple[Problem, ...] = ()
        self._seen: object = None
        self._now_s = 0.0
        self._changed_s: float | None = None
        self._hold = KeyHold(self.list.delete, self._delete_pressed)
        self._connect()
        self.refresh()

    @property
    def problems(self) -> tuple[Problem, ...]:
        """What stands in the way of the open programme."""
        return self._problems

    def show_frame(self, update: FeedUpdate, state: StateView | None, now: float) -> None:
        """Follow belt, hat and folder; nothing is painted while nothing changes."""
        super().show_frame(update, state, now)
        self._now_s = now
        status = update.status
        seen = (status.channels, status.has_imu, self._office.hat, self._office.chosen,
                self._office.exercises)  # fmt: skip
        if seen != self._seen:
            self._seen = seen
            self._connected = bool(status.channels)
            self._channels = status.channels or DEFAULT_EIGHT
            self._has_imu = status.has_imu if status.channels else True
            self.refresh()
        if self.window().hasFocus():  # it takes the keyboard whenever a page is shown
            self.items.rows.setFocus()
        if self._changed_s is not None and now - self._changed_s >= DRAFT_S:
            self._keep_drafts()
        if self._hold.take(now):
            self._do(self.desk.remove_programme(), "It is deleted.")
        self._say()

    def put_aside(self) -> None:
        """Keep what is not saved; close what asks."""
        self._keep_drafts()
        self._hold.reset()
        self.card.close_card()
        self.items.rows.cancel_drag()

    def close_card(self) -> bool:
        """Close what asks, or let a dragged row be."""
        return self.card.close_card() or self.items.rows.cancel_drag()

    def hideEvent(self, event: QHideEvent) -> None:
        """Keep what is not saved when the window goes."""
        self._keep_drafts()
        super().hideEvent(event)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Keep the card over the page."""
        super().resizeEvent(event)
        self.card.place()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Begin the hold that deletes."""
        if self.card.open or not self._hold.press(event):
            super().keyPressEvent(event)

    def keyReleaseEvent(self, event: QKeyEvent) -> None:
        """Let go of the hold."""
        self._hold.release(event)
        super().keyReleaseEvent(event)

    def add_exercise(self, exercise: str) -> None:
        """Put an exercise into the open programme, as another page asked."""
        self._do(self.asks.put(exercise), "Added.")

    def refresh(self) -> None:
        """Show the desk as it is."""
        desk, programme = self.desk, self.desk.present
        entries = desk.entries
        keys = [one.key for one in entries]
        self.list.show_list(entries, keys.index(desk.key) if desk.key in keys else 0)
        entry = desk.entry
        if programme is None:
            self._problems = ()
            self.items.show_broken(entry.name if entry else "", entry.note if entry else "")
            self.editor.show_views((), "", "")
        else:
            self._problems = self._office.problems(programme, self._channels, has_imu=self._has_imu)
            exercises = desk.exercises
            rows = item_rows(programme, exercises, self._problems)
            plan = plan_of(programme, exercises, desk.index)
            note = [f"older copy of {name}: U takes the new one" for name in desk.outdated]
            self.items.show_programme(programme, rows, desk.index + 1, plan, self._problems, note)
            self._show_fields()
        self._show_buttons()

    def _show_fields(self) -> None:
        desk, programme = self.desk, self.desk.present
        assert programme is not None
        whole = desk.refusal()
        lock = (lambda _: whole) if whole else desk.refusal
        of = f"{desk.key} {desk.index}"
        if desk.index < 0 or not programme.items:
            self.editor.show_views(programme_fields(programme, lock), of, whole)
            return
        item = programme.items[desk.index]
        known = desk.exercises(item.exercise) if item.exercise in desk.exercises else None
        title = known.task.name if known else item.exercise
        self.editor.show_views(item_fields(item, known, lock), of, whole, title)

    def _show_buttons(self) -> None:
        desk = self.desk
        history, open_one = desk.history, desk.present is not None
        self.use.setEnabled(open_one)
        self.save.setEnabled(desk.unsaved(desk.key))
        self.save_as.setEnabled(open_one)
        self.undo.setEnabled(history is not None and bool(history.past))
        self.redo.setEnabled(history is not None and bool(history.future))
        self.undo.setAccessibleDescription(
            f"Key Ctrl+Z. {history.undo_label if history else ''}".strip()
        )
        self.list.rename.setEnabled(open_one)
        self.list.export.setEnabled(open_one)
        entry = desk.entry
        self.list.delete.setEnabled(entry is not None and entry.kind == "own")

    def _say(self) -> None:
        note = self._commands.note() or self._said
        if not note and not self._connected:
            note = NO_BELT
        ink = self._theme.close if self._bad and self._said else self._theme.text2
        self.buttons.say(note, ink)

    def _do(self, said: str, done: str = "") -> None:
        """Show what came of a step: the sentence it was refused with, or what is done."""
        self._said, self._bad = said or done, bool(said)
        if not said:
            self._changed_s = self._now_s
        self.refresh()
        self._say()

    def _keep_drafts(self) -> None:
        self._changed_s = None
        said = self.desk.keep_drafts()
        if said:
            self._said, self._bad = said, True

    def _connect(self) -> None:
        desk = self.desk
        self.list.rows.chosen.connect(self._open)
        self.list.rows.activated_row.connect(lambda _: self._use())
        self.items.rows.chosen.connect(self._choose)
        self.items.rows.activated_row.connect(lambda _: self._go_right())
        self.items.rows.moved.connect(lambda a, b: self._do(desk.move(a - 1, b - 1)))
        self.items.problem_chosen.connect(self._jump)
        self.items.block_chosen.connect(lambda item: self._choose(item + 1))
        fields = self.editor.fields
        fields.committed.connect(self._changed)
        fields.stepped.connect(lambda key, by: self._field(key, desk.step(key, by)))
        fields.escaped.connect(lambda: self.items.rows.setFocus())
        acts: dict[KeyButton, Callable[[], object]] = {
            self.use: self._use, self.save: self._save, self.save_as: self.asks.save_as,
            self.undo: lambda: self._do(desk.undo()), self.redo: lambda: self._do(desk.redo()),
            self.items.add: self.asks.add,
            self.items.double: lambda: self._do(desk.duplicate()),
            self.items.remove: lambda: self._do(desk.remove(), "Removed; Ctrl+Z brings it back."),
            self.items.up: lambda: self._move(-1), self.items.down: lambda: self._move(1),
            self.list.new: self.asks.new, self.list.rename: self.asks.rename,
            self.list.bring: self.asks.bring, self.list.export: self.asks.export,
        }  # fmt: skip
        for button, act in acts.items():
            button.clicked.connect(act)
        self.asks.keys = bind_keys(
            self,
            {
                Qt.Key.Key_Return: self._use, Qt.Key.Key_Enter: self._use,
                "Ctrl+S": self._save, "Ctrl+Shift+S": self.asks.save_as,
                "Ctrl+Z": acts[self.undo], "Ctrl+Shift+Z": acts[self.redo],
                "Ctrl+Y": acts[self.redo], "A": self.asks.add, "D": acts[self.items.double],
                "Del": acts[self.items.remove], "Alt+Up": acts[self.items.up],
                "Alt+Down": acts[self.items.down], "N": self.asks.new, "F2": self.asks.rename,
                "I": self.asks.bring, "X": self.asks.export, "U": self._take_over,
                "W": lambda: self._jump(-1), "Left": self._go_left, "Right": self._go_right,
                "Up": lambda: self._choose(desk.index),
                "Down": lambda: self._choose(desk.index + 2),
            },
        )  # fmt: skip

    def _open(self, row: int) -> None:
        entries = self.desk.entries
        if 0 <= row < len(entries):
            self.desk.select(entries[row].key)
            self._said = ""
            self.refresh()

    def _choose(self, row: int) -> None:
        self.desk.select_item(row - 1)
        self._said = ""
        self.refresh()

    def _changed(self, key: str, text: str) -> None:
        self._field(key, self.desk.change(key, text))

    def _field(self, key: str, said: str) -> None:
        self._do(said)
        self.editor.fields.show_error(key, said)

    def _move(self, by: int) -> None:
        self._do(self.desk.move(self.desk.index, self.desk.index + by))

    def _use(self) -> None:
        programme = self.desk.present
        stops = [one for one in self._problems if one.severity == "stop"]
        if programme is None:
            self._do(self.desk.entry.note if self.desk.entry else "Choose a programme first.")
        elif stops:
            more = f" and {len(stops) - 1} more" if len(stops) > 1 else ""
            where = stops[0].text.partition(":")[0] if stops[0].item is not None else "Its file"
            self._do(f"It cannot be begun so: {where}{more}. W goes there.")
        else:
            self._office.chosen = programme
            self._do("", f"{programme.name} is in use.")
            self._commands.tell(f"{programme.name} is in use. Enter begins it.")
            self.used.emit()

    def _save(self) -> None:
        entry = self.desk.entry
        if entry is not None and entry.kind == "template":
            self.asks.save_as()
            return
        said = self.desk.save()
        self._do(said, "Saved.")

    def _take_over(self) -> None:
        if self.desk.outdated:
            self._do(self.desk.take_over(), "The exercises are taken over as they are now.")

    def _jump(self, row: int) -> None:
        """Go to the field of a problem; -1 is the next one after the chosen row."""
        found = self._problems
        if not found:
            self._do("", "Nothing stands in the way.")
            return
        if row < 0:
            row = self.items.next_problem()
        one = found[row]
        self.items.problems.show_rows(self.items.problems.rows, row)
        self.desk.select_item(-1 if one.item is None else one.item)
        self.refresh()
        place = {"target": "measure"}.get(one.field, one.field)
        if place in self.editor.fields.rows:
            self.editor.fields.focus_field(place)
        else:
            self.items.rows.setFocus()

    def _go_left(self) -> None:
        left = self.list.rows if self.items.rows.hasFocus() else self.items.rows
        left.setFocus()

    def _go_right(self) -> None:
        if self.list.rows.hasFocus():
            self.items.rows.setFocus()
        else:
            self.editor.fields.focus_field()

    def _delete_pressed(self) -> bool:
        entry = self.desk.entry
        if entry is None or entry.kind != "own":
            self._do(self.desk.remove_programme())
            return False
        self._said, self._bad = HOLD_TO_DELETE, False
        self._say()
        return True
