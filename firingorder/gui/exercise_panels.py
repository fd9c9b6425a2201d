"""The panels of the page Exercises: search and list, the long text, the fields of a copy."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtWidgets import QHBoxLayout

from firingorder.gui.canvas import Canvas
from firingorder.gui.exercise_figure import describe_figure, draw_figure
from firingorder.gui.exercise_text import StoryText
from firingorder.gui.key_button import KeyButton
from firingorder.gui.programme_drawing import draw_mode, draw_severity
from firingorder.gui.programme_editor import FieldEditor
from firingorder.gui.programme_inputs import LineEdit
from firingorder.gui.programme_list import RowList
from firingorder.gui.programme_style import Panel
from firingorder.gui.view_models.exercise_story import goal_words, headline
from firingorder.report.painter import RIGHT, draw_text, text_width
from firingorder.report.theme import BODY_PX, SMALL_PX, font

if TYPE_CHECKING:
    from collections.abc import Sequence

    from PySide6.QtGui import QPainter, QResizeEvent

    from firingorder.gui.view_models.exercise_desk import ExerciseRow
    from firingorder.gui.view_models.exercise_story import Section
    from firingorder.gui.view_models.programme_fields import FieldView
    from firingorder.report.theme import Theme
    from firingorder.training.exercises.records import Exercise, Position

ROW_PX = 56
_FIGURE_PX, _LOW_FIGURE_PX, _LOW_PX = 190, 96, 560


class FinderPanel(Panel):
    """All exercises, found by any word."""

    def __init__(self, theme: Theme) -> None:
        super().__init__(theme, "Exercises")
        self.search = LineEdit(theme, steps=True)
        self.search.setAccessibleName("Search")
        self.search.setAccessibleDescription("Type a word of the name, the position or the goal.")
        self.search.setPlaceholderText("Search  ( / )")
        self.rows: RowList[ExerciseRow] = RowList(
            "Exercises", theme, draw_exercise, lambda row: row.spoken, ROW_PX
        )
        self.inside.addWidget(self.search)
        self.bring = KeyButton("Import", "I", theme)
        self.export = KeyButton("Export", "X", theme)
        row = QHBoxLayout()
        row.setSpacing(5)
        for button in (self.bring, self.export):
            button.setMinimumWidth(96)
            row.addWidget(button, 1)
        self.inside.addWidget(self.rows, 1)
        self.inside.addLayout(row)

    def show_exercises(self, rows: Sequence[ExerciseRow], key: str) -> None:
        """Show what was found, and which is chosen."""
        keys = [row.key for row in rows]
        self.rows.show_rows(rows, keys.index(key) if key in keys else -1)
        self.title("Exercises", str(len(rows)) if rows else "none found")


class StoryPanel(Panel):
    """The figure and everything there is to read."""

    def __init__(self, theme: Theme) -> None:
        super().__init__(theme, "About the exercise")
        self.figure: Canvas[Position] = Canvas("Position", theme, draw_figure, describe_figure)
        self.text = StoryText(theme)
        self.inside.addWidget(self.figure)
        self.inside.addWidget(self.text, 1)

    def show_exercise(self, exercise: Exercise, sections: Sequence[Section], note: str) -> None:
        """Show an exercise."""
        self.title(exercise.task.name, goal_words(exercise))
        self.figure.setVisible(True)
        self.figure.show_model(exercise.position)
        said = "  ·  ".join(part for part in (note, headline(exercise)) if part)
        self.text.show_story(exercise.task.name, said, sections)

    def show_broken(self, name: str, why: str) -> None:
        """Show a file that cannot be read, and why."""
        self.title(name, "cannot be read")
        self.figure.setVisible(False)
        self.text.show_story(name, why, ())

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Give the figure less room where there is little."""
        super().resizeEvent(event)
        self.figure.setFixedHeight(_FIGURE_PX if self.height() > _LOW_PX else _LOW_FIGURE_PX)


class CopyPanel(Panel):
    """The fields of the therapist's copy."""

    def __init__(self, theme: Theme) -> None:
        super().__init__(theme, "Your copy")
        self.fields = FieldEditor(theme, "Fields of your copy")
        self.more = KeyButton("Add a dose", "+", theme)
        self.fewer = KeyButton("Drop a dose", "-", theme)
        self.delete = KeyButton("Delete", "Ctrl+Del", theme)
        self.delete.setAccessibleDescription("Key Ctrl+Del. Hold for one second.")
        row = QHBoxLayout()
        row.setSpacing(8)
        for button in (self.more, self.fewer, self.delete):
            button.setMinimumWidth(96)
            row.addWidget(button)
        self.inside.addWidget(self.fields, 1)
        self.inside.addLayout(row)

    def show_fields(self, views: Sequence[FieldView], of: str) -> None:
        """Show the fields; each change is kept at once."""
        self.title("Your copy", "each change is kept at once")
        self.fields.show_fields(views, of)


def draw_exercise(p: QPainter, rect: QRectF, row: ExerciseRow, theme: Theme) -> None:
    """Draw one exercise of the list: name, position and goals, the shapes of its goals."""
    left, right = rect.left() + 12, rect.right() - 10
    if row.broken:
        draw_severity(p, QPointF(left + 9, rect.center().y()), 20, "stop", theme)
        left += 28
    for k, mode in enumerate(reversed(row.modes)):
        spot = QPointF(right - 9 - 22 * k, rect.top() + 18)
        draw_mode(p, spot, 18, "" if mode == "test" else mode, theme.text2)
    name = QRectF(left, rect.top() + 7, right - left - 22 * len(row.modes) - 6, 22)
    draw_text(p, name, row.name, font(BODY_PX, 600), theme.text)
    note, small = QRectF(left, rect.top() + 28, right - left, 20), font(SMALL_PX, 500)
    if row.copy_of:
        strong = font(SMALL_PX, 600)
        width = text_width("your copy", strong) + 4
        draw_text(p, QRectF(note.right() - width, note.top(), width, 20), "your copy", strong,
                  theme.accent, RIGHT)  # fmt: skip
        note.setRight(note.right() - width - 8)
    ink = theme.back if row.broken else theme.text2
    draw_text(p, note, row.note, small, ink, Qt.AlignmentFlag.AlignLeft)
