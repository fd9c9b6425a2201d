"""The review without a recording: what can be opened, what is being opened, what went wrong."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QRectF, Qt, Signal
from PySide6.QtGui import QPainter
from PySide6.QtWidgets import QHBoxLayout, QWidget

from firingorder.gui.key_button import KeyButton
from firingorder.gui.programme_list import RowList
from firingorder.gui.programme_style import Panel
from firingorder.report.painter import RIGHT, draw_round, draw_text, text_width
from firingorder.report.theme import BODY_PX, SMALL_PX, TITLE_PX, font

if TYPE_CHECKING:
    from collections.abc import Sequence

    from PySide6.QtGui import QPaintEvent

    from firingorder.gui.view_models.review_start import Openable
    from firingorder.report.theme import Theme

ROW_PX, MOST_PX = 62, 860
EMPTY = "No session is kept on this computer yet. O opens a file."


class Message(QWidget):
    """A title, a sentence, and how far something has come."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self._title, self._text, self._share = "", "", None
        self.setAccessibleName("Message")

    def show_message(self, title: str, text: str, share: float | None) -> None:
        """Show it; ``share`` 0 to 1, None without a bar."""
        if (title, text, share) == (self._title, self._text, self._share):
            return
        self._title, self._text = title, text
        self._share: float | None = share
        told = "" if share is None else f" {share:.0%}"
        self.setAccessibleDescription(f"{title}. {text}{told}")
        self.setMinimumHeight(86 if share is not None or text else 0)
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint title, sentence and bar."""
        theme, p = self._theme, QPainter(self)
        p.fillRect(self.rect(), theme.surface)
        title = QRectF(4, 2, self.width() - 8, 26)
        draw_text(p, title, self._title, font(TITLE_PX, 600), theme.text)
        spot = QRectF(4, 30, self.width() - 8, self.height() - 30)
        p.setFont(font(BODY_PX, 500))
        p.setPen(theme.text2)
        p.drawText(spot, int(Qt.AlignmentFlag.AlignLeft | Qt.TextFlag.TextWordWrap), self._text)
        if self._share is not None:
            bar = QRectF(4, self.height() - 10, self.width() - 8, 6)
            draw_round(p, bar, 3, theme.surface2)
            done = QRectF(bar.left(), bar.top(), max(6.0, bar.width() * self._share), 6)
            draw_round(p, done, 3, theme.accent)
        p.end()


class StartPanel(QWidget):
    """A list of what can be opened, in the middle of the page."""

    opened = Signal(str)
    asked = Signal()

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self.setAccessibleName("Open a recording")
        self.panel = Panel(theme, "Open a recording")
        self.message = Message(theme)
        self.rows: RowList[Openable] = RowList(
            "Recordings", theme, draw_openable, lambda row: row.spoken, ROW_PX
        )
        self.open = KeyButton("Open", "Enter", theme, primary=True)
        self.file = KeyButton("Open a file", "O", theme)
        buttons = QHBoxLayout()
        buttons.addWidget(self.open)
        buttons.addWidget(self.file)
        buttons.addStretch(1)
        self.panel.inside.addWidget(self.message)
        self.panel.inside.addWidget(self.rows, 1)
        self.panel.inside.addLayout(buttons)
        self.panel.setMaximumWidth(MOST_PX)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.addStretch(1)
        row.addWidget(self.panel, 100)
        row.addStretch(1)
        self.rows.activated_row.connect(lambda _: self.enter())
        self.rows.chosen.connect(self._chose)
        self.open.clicked.connect(self.enter)
        self.file.clicked.connect(self.asked)
        self.message.hide()

    def show_list(self, rows: Sequence[Openable], why_none: str = "") -> None:
        """Show what can be opened."""
        at = max(0, self.rows.currentRow()) if rows else -1
        self.rows.show_rows(rows, min(at, len(rows) - 1))
        self.open.setEnabled(bool(rows))
        self.panel.title("Open a recording", f"{len(rows)} sessions" if len(rows) > 1 else "")
        if not rows:
            self.say("Nothing to open yet" if not why_none else "The library", why_none or EMPTY)

    def say(self, title: str, text: str, share: float | None = None) -> None:
        """Say something above the list; nothing hides it."""
        self.message.setVisible(bool(title or text))
        self.message.show_message(title, text, share)

    def enter(self) -> None:
        """Open the chosen line."""
        row = self.rows.currentRow()
        if 0 <= row < len(self.rows.rows):
            self.opened.emit(self.rows.rows[row].path)

    def _chose(self, row: int) -> None:
        self.rows.show_rows(self.rows.rows, row)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the ground."""
        p = QPainter(self)
        p.fillRect(event.rect(), self._theme.background)
        p.end()


def draw_openable(p: QPainter, rect: QRectF, row: Openable, theme: Theme) -> None:
    """Draw a line: who, what, and at the right how much of it counts."""
    inside = rect.adjusted(14, 8, -14, -8)
    small = font(SMALL_PX, 500)
    taken = text_width(row.at_right, small) + 6
    right = QRectF(inside.right() - taken, inside.top(), taken, inside.height())
    draw_text(p, right, row.at_right, small, theme.close if row.missing else theme.text2, RIGHT)
    width = right.left() - inside.left() - 12
    title = QRectF(inside.left(), inside.top(), width, 22)
    draw_text(p, title, row.title, font(BODY_PX, 600), theme.text3 if row.missing else theme.text)
    note = QRectF(inside.left(), inside.top() + 23, width, 20)
    draw_text(p, note, row.note, small, theme.text2)
