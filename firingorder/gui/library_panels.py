"""The panels of the page Library: people and boxes, sessions, and what is known of the chosen."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtWidgets import QHBoxLayout, QStackedLayout, QWidget

from firingorder.gui.key_button import KeyButton
from firingorder.gui.library_drawing import (
    BOX_PX,
    SESSION_PX,
    SHELF_PX,
    draw_box,
    draw_session,
    draw_shelf,
)
from firingorder.gui.programme_inputs import LineEdit
from firingorder.gui.programme_list import RowList
from firingorder.gui.programme_style import Panel
from firingorder.gui.trends_panels import make_empty

if TYPE_CHECKING:
    from collections.abc import Sequence

    from firingorder.gui.view_models.library_rows import BoxLine, SessionLine, Shelf
    from firingorder.report.theme import Theme

_BUTTON_PX = 56


def _row(*buttons: KeyButton) -> QHBoxLayout:
    """Return buttons side by side; where room is short their key stands below the word."""
    row = QHBoxLayout()
    row.setSpacing(5)
    for button in buttons:
        button.setMinimumWidth(56)
        row.addWidget(button, 1)
    return row


class ShelfPanel(Panel):
    """People and boxes, and what is done with a person."""

    def __init__(self, theme: Theme) -> None:
        super().__init__(theme, "People")
        self.rows: RowList[Shelf] = RowList(
            "People", theme, draw_shelf, lambda row: row.spoken, SHELF_PX
        )
        self.about = KeyButton("About", "F2", theme, height=_BUTTON_PX)
        self.about.setAccessibleName("Name, year of birth, a note about the person")
        self.erase = KeyButton("Erase", "Del", theme, height=_BUTTON_PX)
        self.erase.setAccessibleName("Erase the person")
        self.erase.setAccessibleDescription("Key Del. Hold for two seconds.")
        self.inside.addWidget(self.rows, 1)
        self.inside.addLayout(_row(self.about, self.erase))

    def show_shelves(self, rows: Sequence[Shelf], key: str) -> None:
        """Show the rows and which is chosen."""
        keys = [row.key for row in rows]
        self.rows.show_rows(rows, keys.index(key) if key in keys else -1)
        people = sum(row.kind == "person" for row in rows)
        self.title("People", str(people) if people else "")


class SessionsPanel(Panel):
    """Search, sessions (or packages, or files), and what is done with the whole library."""

    def __init__(self, theme: Theme) -> None:
        super().__init__(theme, "Sessions")
        self.search = LineEdit(theme, steps=True)
        self.search.setAccessibleName("Search")
        self.search.setAccessibleDescription("A word of a code, a name, an exercise or a note.")
        self.search.setPlaceholderText("Search  ( / )")
        self.rows: RowList[SessionLine] = RowList(
            "Sessions", theme, draw_session, lambda row: row.spoken, SESSION_PX
        )
        self.boxes: RowList[BoxLine] = RowList(
            "Packages and files", theme, draw_box, lambda row: row.spoken, BOX_PX
        )
        self.empty = make_empty(theme, framed=False)
        inside = QWidget()
        self._stack = QStackedLayout(inside)
        for widget in (self.rows, self.boxes, self.empty):
            self._stack.addWidget(widget)
        self.bring = KeyButton("Import", "I", theme, height=_BUTTON_PX)
        self.adopt = KeyButton("Adopt", "A", theme, height=_BUTTON_PX)
        self.backup = KeyButton("Backup", "B", theme, height=_BUTTON_PX)
        self.restore = KeyButton("Restore", "Shift+B", theme, height=_BUTTON_PX)
        self.inside.addWidget(self.search)
        self.inside.addWidget(inside, 1)
        self.inside.addLayout(_row(self.bring, self.adopt, self.backup, self.restore))

    def show_sessions(self, rows: Sequence[SessionLine], current: int) -> None:
        """Show sessions and which is chosen."""
        self.rows.show_rows(rows, current)
        self._stack.setCurrentWidget(self.rows)

    def show_boxes(self, rows: Sequence[BoxLine], current: int) -> None:
        """Show packages or files and which is chosen."""
        self.boxes.show_rows(rows, current)
        self._stack.setCurrentWidget(self.boxes)

    def show_empty(self, text: str) -> None:
        """Show why there is nothing to list."""
        self.empty.show_model(text)
        self._stack.setCurrentWidget(self.empty)

    @property
    def listed(self) -> RowList[SessionLine] | RowList[BoxLine]:
        """What is listed."""
        return self.boxes if self._stack.currentWidget() is self.boxes else self.rows
