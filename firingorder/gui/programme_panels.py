"""The three panels of the page Programme: the list, what one programme holds, its fields."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout

from firingorder.gui.canvas import Canvas
from firingorder.gui.key_button import KeyButton
from firingorder.gui.programme_drawing import (
    ENTRY_PX,
    ITEM_PX,
    PROBLEM_PX,
    describe_plan,
    draw_entry,
    draw_item,
    draw_plan,
    draw_problem,
    minutes,
    problem_px,
    spoken_entry,
    spoken_problem,
)
from firingorder.gui.programme_editor import SEE_ABOVE, FieldEditor
from firingorder.gui.programme_list import RowList
from firingorder.gui.programme_style import Panel

if TYPE_CHECKING:
    from collections.abc import Sequence

    from PySide6.QtGui import QMouseEvent, QResizeEvent

    from firingorder.gui.view_models.programme_entry import Entry
    from firingorder.gui.view_models.programme_fields import FieldView
    from firingorder.gui.view_models.programme_rows import ItemRow, Plan
    from firingorder.report.theme import Theme
    from firingorder.training.programmes.checking import Problem
    from firingorder.training.programmes.records import Programme

_PLAN_PX, _LOW_PLAN_PX, _LOW_PX = 108, 78, 520
#: High enough for a key below a word.
_BUTTON_PX = 56
#: Of what stands in the way so much is seen at once; the rest is scrolled to.
_PROBLEMS_PX, _LOW_PROBLEMS_PX = 150, 78


def _row(*buttons: KeyButton) -> QHBoxLayout:
    """Return buttons side by side; where room is short their key stands below the word."""
    row = QHBoxLayout()
    row.setSpacing(5)
    for button in buttons:
        button.setMinimumWidth(52)
        row.addWidget(button, 1)
    return row


class ListPanel(Panel):
    """All programmes, and what is done with a whole one."""

    def __init__(self, theme: Theme) -> None:
        super().__init__(theme, "Programmes")
        self.rows: RowList[Entry] = RowList("Programmes", theme, draw_entry, spoken_entry, ENTRY_PX)
        self.new = KeyButton("New", "N", theme, height=_BUTTON_PX)
        self.bring = KeyButton("Import", "I", theme, height=_BUTTON_PX)
        self.export = KeyButton("Export", "X", theme, height=_BUTTON_PX)
        self.rename = KeyButton("Rename", "F2", theme, height=_BUTTON_PX)
        self.delete = KeyButton("Delete", "Ctrl+Del", theme, height=_BUTTON_PX)
        self.delete.setAccessibleDescription("Key Ctrl+Del. Hold for one second.")
        self.inside.addWidget(self.rows, 1)
        self.inside.addLayout(_row(self.new, self.delete))
        self.inside.addLayout(_row(self.rename, self.bring, self.export))

    def show_list(self, entries: Sequence[Entry], current: int) -> None:
        """Show the programmes and which is open."""
        self.rows.show_rows(entries, current)


class PlanView(Canvas["Plan"]):
    """What will happen; a click chooses the exercise of a set."""

    chosen = Signal(int)

    def __init__(self, theme: Theme) -> None:
        super().__init__("What will happen", theme, draw_plan, describe_plan)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Choose the exercise under the pointer."""
        plan = self.model
        if plan is None or not plan.blocks or self.width() <= 0:
            return
        last = plan.blocks[-1]
        at_s = event.position().x() / self.width() * (last.start_s + last.length_s)
        for one in plan.blocks:
            if one.start_s <= at_s < one.start_s + one.length_s + one.rest_s:
                self.chosen.emit(one.item)


class ItemsPanel(Panel):
    """The exercises of the open programme, what stands in the way, what will happen."""

    problem_chosen = Signal(int)
    block_chosen = Signal(int)

    def __init__(self, theme: Theme) -> None:
        super().__init__(theme, "Exercises of the programme")
        self.rows: RowList[ItemRow] = RowList(
            "Exercises of the programme", theme, draw_item, lambda row: row.spoken, ITEM_PX,
            movable=True, fixed=1,
        )  # fmt: skip
        self.problems: RowList[tuple[str, str]] = RowList(
            "What stands in the way",
            theme,
            draw_problem,
            spoken_problem,
            PROBLEM_PX,
            measure=problem_px,
        )
        self.plan = PlanView(theme)
        self.add = KeyButton("Add", "A", theme, height=_BUTTON_PX)
        self.add.setAccessibleName("Add an exercise")
        self.double = KeyButton("Double", "D", theme, height=_BUTTON_PX)
        self.remove = KeyButton("Remove", "Del", theme, height=_BUTTON_PX)
        self.up = KeyButton("Up", "Alt+↑", theme, height=_BUTTON_PX)
        self.down = KeyButton("Down", "Alt+↓", theme, height=_BUTTON_PX)
        self.inside.addWidget(self.rows, 1)
        self.inside.addLayout(_row(self.add, self.double, self.remove, self.up, self.down))
        self.inside.addWidget(self.problems)
        self.inside.addWidget(self.plan)
        self.plan.chosen.connect(self.block_chosen)
        self.problems.chosen.connect(self.problem_chosen)
        self.problems.itemClicked.connect(
            lambda item: self.problem_chosen.emit(self.problems.row(item))
        )

    def show_programme(
        self,
        programme: Programme,
        rows: Sequence[ItemRow],
        current: int,
        plan: Plan,
        problems: Sequence[Problem],
        notes: Sequence[str],
    ) -> None:
        """Show a programme, the chosen row, and what there is to say."""
        count = len(programme.items)
        parts = [f"{count} exercise{'' if count == 1 else 's'}", minutes(plan), *notes]
        self.title(programme.name, "  ·  ".join(part for part in parts if part))
        self.rows.show_rows(rows, current)
        self._show_problems([(one.severity, one.text) for one in problems])
        self.plan.setVisible(bool(plan.blocks))
        self.plan.show_model(plan)
        chosen = current > 0
        for button in (self.double, self.remove):
            button.setEnabled(chosen)
        self.up.setEnabled(current > 1)
        self.down.setEnabled(chosen and current < count)
        self.add.setEnabled(True)

    def show_broken(self, name: str, why: str) -> None:
        """Show a file that cannot be read, and why."""
        self.title(name, "cannot be read")
        self.rows.show_rows((), -1)
        self._show_problems([("stop", why)])
        self.plan.setVisible(False)
        for button in (self.add, self.double, self.remove, self.up, self.down):
            button.setEnabled(False)

    def next_problem(self) -> int:
        """Return the problem after the chosen one; the last is followed by the first."""
        return (self.problems.currentRow() + 1) % max(1, len(self.problems.rows))

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Give what will happen less room where there is little."""
        super().resizeEvent(event)
        self.plan.setFixedHeight(_PLAN_PX if self.height() > _LOW_PX else _LOW_PLAN_PX)
        self._fit_problems()

    def _fit_problems(self) -> None:
        """Give what stands in the way the room it needs, up to a share of the panel."""
        most = _PROBLEMS_PX if self.height() > _LOW_PX else _LOW_PROBLEMS_PX
        self.problems.setFixedHeight(min(self.problems.all_px + 4, most))

    def _show_problems(self, rows: Sequence[tuple[str, str]]) -> None:
        current = self.problems.currentRow() if tuple(rows) == self.problems.rows else -1
        self.problems.show_rows(rows, current)
        self.problems.setVisible(bool(rows))
        self._fit_problems()
        self.problems.setFocusPolicy(Qt.FocusPolicy.StrongFocus)


class EditorPanel(Panel):
    """Every field of what is chosen."""

    def __init__(self, theme: Theme) -> None:
        super().__init__(theme, "Fields")
        self.fields = FieldEditor(theme, "Fields")
        self.inside.addWidget(self.fields, 1)

    def show_views(
        self, views: Sequence[FieldView], of: str, banner: str, title: str = "The whole programme"
    ) -> None:
        """Show fields; ``banner`` says why none of them can be changed."""
        self.title(title if views else "", "locked" if banner and views else "")
        if banner:
            views = [replace(one, locked=SEE_ABOVE) for one in views]
        self.fields.show_fields(views, of, banner)
