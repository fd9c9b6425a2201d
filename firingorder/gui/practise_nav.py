"""The parts of the page, at its left; the present one in a filled pill."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QRectF, QSize, Qt, Signal
from PySide6.QtGui import QPainter, QPen
from PySide6.QtWidgets import QVBoxLayout, QWidget

from firingorder.gui.key_button import HIT_PX, KeyButton
from firingorder.report.painter import CENTRE, draw_round, draw_text, text_width
from firingorder.report.theme import BODY_PX, Theme, blend, font

if TYPE_CHECKING:
    from collections.abc import Mapping

    from PySide6.QtGui import QPaintEvent

WIDTH_PX = 264


class ChoiceButton(KeyButton):
    """One of several, of which one is chosen. A screen reader hears which."""

    def __init__(
        self, text: str, theme: Theme, *, left: bool = False, height: int = HIT_PX
    ) -> None:
        super().__init__(text, "", theme, height=height)
        self._left = left
        self.setCheckable(True)
        self.set_chosen(chosen=False)

    def set_chosen(self, *, chosen: bool) -> None:
        """Mark it as the one that is chosen, or not."""
        self.setChecked(chosen)
        self.setAccessibleDescription("Chosen" if chosen else "Not chosen. Enter chooses it")
        self.update()

    def nextCheckState(self) -> None:
        """Leave the mark to whoever is told of the choice."""

    def sizeHint(self) -> QSize:
        """Return room for the word."""
        return QSize(round(text_width(self.text(), font(BODY_PX, 700))) + 36, self._height)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the word, in a filled pill where it is the chosen one."""
        theme, p = self._theme, QPainter(self)
        rect = QRectF(self.rect()).adjusted(1, 1, -1, -1)
        ground = theme.text if self.isChecked() else theme.surface2
        if not self.isChecked() and (self.underMouse() or self.isDown()):
            ground = blend(theme.text2, ground, 0.12)
        draw_round(p, rect, 10, ground, None if self.isChecked() else theme.line)
        ink = theme.surface if self.isChecked() else theme.text
        words = font(BODY_PX, 700 if self.isChecked() else 600)
        if self._left:
            draw_text(p, rect.adjusted(16, 0, -8, 0), self.text(), words, ink)
        else:
            draw_text(p, rect, self.text(), words, ink, CENTRE)
        if self.hasFocus():
            p.setPen(QPen(theme.accent, 2))
            p.setBrush(Qt.BrushStyle.NoBrush)
            p.drawRoundedRect(rect.adjusted(1, 1, -1, -1), 9, 9)
        p.end()


class PartsNav(QWidget):
    """A column of parts, and room for something below them."""

    chosen = Signal(str)

    def __init__(self, theme: Theme, parts: Mapping[str, str], below: QWidget) -> None:
        super().__init__()
        self._theme = theme
        self.setAccessibleName("Parts of this page")
        self.setFixedWidth(WIDTH_PX)
        column = QVBoxLayout(self)
        column.setContentsMargins(12, 16, 12, 8)
        column.setSpacing(6)
        self.buttons: dict[str, ChoiceButton] = {}
        for part, title in parts.items():
            button = ChoiceButton(title, theme, left=True, height=42)
            button.clicked.connect(lambda _checked=False, part=part: self.chosen.emit(part))
            column.addWidget(button)
            self.buttons[part] = button
        policy = below.sizePolicy()
        policy.setRetainSizeWhenHidden(True)
        below.setSizePolicy(policy)
        column.addWidget(below, 1)

    def show_part(self, current: str) -> None:
        """Mark the part that is shown."""
        for part, button in self.buttons.items():
            button.set_chosen(chosen=part == current)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the ground and the line at its right."""
        p = QPainter(self)
        p.fillRect(self.rect(), self._theme.surface)
        p.setPen(self._theme.line)
        p.drawLine(self.width() - 1, 0, self.width() - 1, self.height())
        p.end()
