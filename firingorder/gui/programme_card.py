"""A card over the page that asks for one thing: a name, or one of a list that is searched."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from PySide6.QtCore import QRectF, Qt, Signal
from PySide6.QtGui import QColor, QKeyEvent, QPainter
from PySide6.QtWidgets import QHBoxLayout, QLabel, QVBoxLayout, QWidget

from firingorder.gui.key_button import KeyButton
from firingorder.gui.keys_above import asked_above
from firingorder.gui.programme_inputs import LineEdit
from firingorder.gui.programme_list import RowList
from firingorder.report.painter import draw_round, draw_text
from firingorder.report.theme import BODY_PX, SMALL_PX, TITLE_PX, font

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from PySide6.QtGui import QMouseEvent, QPaintEvent, QResizeEvent

    from firingorder.report.theme import Theme

_WIDTH_PX, _ROW_PX, _MARGIN_PX = 560, 52, 24


@dataclass(frozen=True, slots=True)
class Pick:
    """One line that can be picked; ``found_by`` are further words it is found by."""

    key: str
    name: str
    note: str = ""
    found_by: str = ""

    def fits(self, asked: Sequence[str]) -> bool:
        """Tell whether every word that was typed is found in it."""
        text = f"{self.name} {self.note} {self.found_by}".casefold()
        return all(word in text for word in asked)


class AskCard(QWidget):
    """Lies over its parent while it asks. Enter takes, Esc leaves."""

    closed = Signal()

    def __init__(self, theme: Theme, over: QWidget) -> None:
        super().__init__(over)
        self._theme, self._over = theme, over
        self._take: Callable[[str], str] | None = None
        self._all: tuple[Pick, ...] = ()
        self._picks = False
        self.setAccessibleName("Question")
        self.title, self.hint, self.error = QLabel(), QLabel(), QLabel()
        for label, px, ink in (
            (self.title, TITLE_PX, theme.text),
            (self.hint, SMALL_PX, theme.text2),
            (self.error, SMALL_PX, theme.back),
        ):
            label.setFont(font(px, 600 if px == TITLE_PX else 500))
            label.setStyleSheet(f"color: {ink.name()};")
            label.setWordWrap(True)
        self.edit = LineEdit(theme, steps=True)
        self.edit.setAccessibleName("Name")
        self.list: RowList[Pick] = RowList("Found", theme, _draw_pick, _spoken_pick, _ROW_PX)
        self.ok = KeyButton("Take it", "Enter", theme, primary=True)
        self.leave = KeyButton("Leave", "Esc", theme)
        buttons = QHBoxLayout()
        buttons.addWidget(self.ok)
        buttons.addWidget(self.leave)
        buttons.addStretch(1)
        self._box = QWidget(self)
        column = QVBoxLayout(self._box)
        column.setContentsMargins(_MARGIN_PX, 20, _MARGIN_PX, 20)
        column.setSpacing(10)
        for widget in (self.title, self.hint, self.edit, self.error):
            column.addWidget(widget)
        column.addWidget(self.list, 1)
        column.addLayout(buttons)
        self.edit.committed.connect(lambda _: self._accept())
        self.edit.escaped.connect(self.close_card)
        self.edit.textEdited.connect(lambda _: self._search())
        self.edit.stepped.connect(self._step)
        self.ok.clicked.connect(self._accept)
        self.leave.clicked.connect(self.close_card)
        self.list.chosen.connect(self._chose)
        self.list.activated_row.connect(lambda _: self._accept())
        self.hide()

    @property
    def open(self) -> bool:
        """Whether it asks."""
        return not self.isHidden()

    def ask_name(self, title: str, hint: str, text: str, take: Callable[[str], str]) -> None:
        """Ask for a name; ``take`` returns why it cannot be, or nothing."""
        self._picks, self._all = False, ()
        self._open(title, hint, text, "Name", take)
        self.edit.selectAll()

    def ask_pick(
        self, title: str, hint: str, picks: Sequence[Pick], take: Callable[[str], str]
    ) -> None:
        """Ask for one of a list; ``take`` gets its key."""
        self._picks, self._all = True, tuple(picks)
        self._open(title, hint, "", "Search", take)

    def close_card(self) -> bool:
        """Close it; return whether it was open."""
        was = self.open
        self._take = None
        self.hide()
        if was:
            self.closed.emit()
        return was

    def place(self) -> None:
        """Lie over the whole parent."""
        self.setGeometry(self._over.rect())
        width = min(_WIDTH_PX, self.width() - 32)
        wanted = self.height() - 48 if self._picks else self._box.sizeHint().height()
        height = min(wanted, 720, self.height() - 16)
        self._box.setGeometry((self.width() - width) // 2, (self.height() - height) // 2,
                              width, height)  # fmt: skip

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Keep the box in the middle."""
        super().resizeEvent(event)
        self.place()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Leave when the veil is pressed."""
        if not self._box.geometry().contains(event.position().toPoint()):
            self.close_card()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Take Enter and Esc where no field has them."""
        if asked_above(self):
            event.ignore()
        elif event.key() == Qt.Key.Key_Escape:
            self.close_card()
        elif event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self._accept()
        else:
            event.ignore()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the veil and the ground of the box."""
        p = QPainter(self)
        veil = QColor(self._theme.background)
        veil.setAlphaF(0.82)
        p.fillRect(self.rect(), veil)
        draw_round(p, QRectF(self._box.geometry()), 12, self._theme.surface,
                   self._theme.strong_line)  # fmt: skip
        p.end()

    def _open(
        self, title: str, hint: str, text: str, name: str, take: Callable[[str], str]
    ) -> None:
        self._take = take
        self.title.setText(title)
        self.hint.setText(hint)
        self.hint.setVisible(bool(hint))
        self.edit.show_text(text, locked=False)
        self.edit.setText(text)
        self.edit.setAccessibleName(name)
        self.edit.setAccessibleDescription(f"{title}. {hint}")
        self.edit.setPlaceholderText("Search" if self._picks else "")
        self.list.setVisible(self._picks)
        self.setAccessibleDescription(f"{title}. {hint}")
        self._tell("")
        self._search()
        self.show()
        self.raise_()
        self.place()
        self.edit.setFocus()

    def _search(self) -> None:
        if not self._picks:
            return
        asked = self.edit.text().casefold().split()
        rows = [one for one in self._all if one.fits(asked)]
        self.list.show_rows(rows, 0 if rows else -1)
        self._tell("" if rows else "Nothing is called so; type another word.")

    def _step(self, by: int) -> None:
        if self._picks and self.list.rows:
            at = min(max(self.list.currentRow() - by, 0), len(self.list.rows) - 1)
            self.list.show_rows(self.list.rows, at)

    def _chose(self, row: int) -> None:
        self.list.show_rows(self.list.rows, row)

    def _accept(self) -> None:
        take = self._take
        if take is None:
            return
        text = self.edit.text()
        if self._picks:
            row = self.list.currentRow()
            if not 0 <= row < len(self.list.rows):
                return
            text = self.list.rows[row].key
        elif not text.strip():
            self._tell("Type a name first.")
            return
        said = take(text.strip())
        if said:
            self._tell(said)
        elif self._take is take:
            self.close_card()

    def _tell(self, text: str) -> None:
        self.error.setText(text)
        self.error.setVisible(bool(text))
        self.edit.mark(wrong=bool(text) and not self._picks)
        self.place()


def _draw_pick(p: QPainter, rect: QRectF, row: Pick, theme: Theme) -> None:
    inside = rect.adjusted(12, 5, -12, -5)
    name = QRectF(inside.left(), inside.top(), inside.width(), 21)
    draw_text(p, name, row.name, font(BODY_PX, 600), theme.text)
    note = QRectF(inside.left(), inside.top() + 20, inside.width(), 19)
    draw_text(p, note, row.note, font(SMALL_PX, 500), theme.text2)


def _spoken_pick(row: Pick) -> str:
    return f"{row.name}, {row.note}" if row.note else row.name
