"""A card over the page that asks for one thing: a name, or one of a list that is searched."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from PySide6.QtCore import QRect, QRectF, Qt
from PySide6.QtWidgets import QVBoxLayout, QWidget

from firingorder.gui.keys_above import asked_above
from firingorder.gui.programme_inputs import LineEdit
from firingorder.gui.programme_list import RowList
from firingorder.gui.veiled_card import VeiledCard
from firingorder.report.painter import draw_text
from firingorder.report.theme import BODY_PX, SMALL_PX, font

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from PySide6.QtGui import QKeyEvent, QPainter

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


class AskCard(VeiledCard):
    """Asks for one thing. Enter takes, Esc leaves."""

    def __init__(self, theme: Theme, over: QWidget) -> None:
        super().__init__(theme, over, "Question", "Take it", "Enter")
        self._take: Callable[[str], str] | None = None
        self._all: tuple[Pick, ...] = ()
        self._picks = False
        self.edit = LineEdit(theme, steps=True)
        self.edit.setAccessibleName("Name")
        self.list: RowList[Pick] = RowList("Found", theme, _draw_pick, _spoken_pick, _ROW_PX)
        column = QVBoxLayout(self._box)
        column.setContentsMargins(_MARGIN_PX, 20, _MARGIN_PX, 20)
        column.setSpacing(10)
        for widget in (self.title, self.remark, self.edit, self.error):
            column.addWidget(widget)
        column.addWidget(self.list, 1)
        self.buttons.addStretch(1)
        column.addLayout(self.buttons)
        self.edit.committed.connect(lambda _: self._accept())
        self.edit.escaped.connect(self.close_card)
        self.edit.textEdited.connect(lambda _: self._search())
        self.edit.stepped.connect(self._step)
        self.ok.clicked.connect(self._accept)
        self.list.chosen.connect(self._chose)
        self.list.activated_row.connect(lambda _: self._accept())

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
        self._take = None
        return super().close_card()

    def box_rect(self) -> QRect:
        """Return where the box lies."""
        wanted = self.height() - 48 if self._picks else self._box.sizeHint().height()
        return self.centred(min(_WIDTH_PX, self.width() - 32), min(wanted, 720, self.height() - 16))

    def tell(self, text: str) -> None:
        """Say why a name cannot be, at the field too."""
        super().tell(text)
        self.edit.mark(wrong=bool(text) and not self._picks)
        self.place()

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

    def _open(
        self, title: str, hint: str, text: str, name: str, take: Callable[[str], str]
    ) -> None:
        self._take = take
        self.title.setText(title)
        self.remark.setText(hint)
        self.remark.setVisible(bool(hint))
        self.edit.show_text(text, locked=False)
        self.edit.setText(text)
        self.edit.setAccessibleName(name)
        self.edit.setAccessibleDescription(f"{title}. {hint}")
        self.edit.setPlaceholderText("Search" if self._picks else "")
        self.list.setVisible(self._picks)
        self.setAccessibleDescription(f"{title}. {hint}")
        self.tell("")
        self._search()
        self.rise()
        self.edit.setFocus()

    def _search(self) -> None:
        if not self._picks:
            return
        asked = self.edit.text().casefold().split()
        rows = [one for one in self._all if one.fits(asked)]
        self.list.show_rows(rows, 0 if rows else -1)
        self.tell("" if rows else "Nothing is called so; type another word.")

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
            self.tell("Type a name first.")
            return
        said = take(text.strip())
        if said:
            self.tell(said)
        elif self._take is take:
            self.close_card()


def _draw_pick(p: QPainter, rect: QRectF, row: Pick, theme: Theme) -> None:
    inside = rect.adjusted(12, 5, -12, -5)
    name = QRectF(inside.left(), inside.top(), inside.width(), 21)
    draw_text(p, name, row.name, font(BODY_PX, 600), theme.text)
    note = QRectF(inside.left(), inside.top() + 20, inside.width(), 19)
    draw_text(p, note, row.note, font(SMALL_PX, 500), theme.text2)


def _spoken_pick(row: Pick) -> str:
    return f"{row.name}, {row.note}" if row.note else row.name
