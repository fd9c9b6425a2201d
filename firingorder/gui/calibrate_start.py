"""The page before a calibration: three sentences, and two things to choose."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QRectF, Signal
from PySide6.QtGui import QPainter, QPen
from PySide6.QtWidgets import QVBoxLayout, QWidget

from firingorder.gui.canvas import Canvas
from firingorder.gui.key_button import KeyButton
from firingorder.gui.wizard_ends import choice_rects, draw_choice, draw_start

if TYPE_CHECKING:
    from PySide6.QtGui import QPaintEvent, QResizeEvent

    from firingorder.gui.view_models.calibrate_ends import Choice, StartView
    from firingorder.report.theme import Theme


class ChoiceCard(KeyButton):
    """One of two choices. A screen reader hears which one is chosen."""

    def __init__(self, theme: Theme) -> None:
        super().__init__("", "", theme)
        self.setCheckable(True)
        self._choice: Choice | None = None
        self._cap = ""

    def nextCheckState(self) -> None:
        """Leave the mark to what is chosen."""

    def show_choice(self, choice: Choice, key: str) -> None:
        """Show the choice; the key stands on the one that it would choose."""
        cap = "" if choice.chosen else key
        if (choice, cap) == (self._choice, self._cap):
            return
        self._choice, self._cap = choice, cap
        self.setText(choice.title)
        self.setAccessibleName(choice.title)
        self.setAccessibleDescription(f"{choice.note}. Key {key}")
        self.setEnabled(choice.possible)
        self.setChecked(choice.chosen)
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the card."""
        if self._choice is None:
            return
        p = QPainter(self)
        rect = QRectF(self.rect())
        p.fillRect(rect, self._theme.surface)
        draw_choice(p, rect, self._choice, self._cap, self._theme)
        if self.hasFocus():
            p.setPen(QPen(self._theme.text, 2))
            p.drawRoundedRect(rect.adjusted(5, 5, -5, -5), 8, 8)
        p.end()


class StartPanel(QWidget):
    """Paints a :class:`StartView`. ``chosen(name)`` when a card is pressed."""

    chosen = Signal(str)

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self.setAccessibleName("Before the calibration")
        self.canvas: Canvas[StartView] = Canvas(
            "Calibration, what it is", theme, draw_start, lambda view: view.spoken
        )
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self.canvas)
        self.cards = tuple(ChoiceCard(theme) for _ in range(4))
        self._names = ["", "", "", ""]
        for k, card in enumerate(self.cards):
            card.setParent(self)
            card.clicked.connect(lambda _checked=False, k=k: self.chosen.emit(self._names[k]))

    def show_view(self, view: StartView) -> None:
        """Show the page."""
        self.canvas.show_model(view)
        keys = ("E", "E", "R", "R")
        for k, choice in enumerate((*view.efforts, *view.plans)):
            self._names[k] = choice.name
            self.cards[k].show_choice(choice, keys[k])

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Put the cards where the drawing leaves room for them."""
        for card, rect in zip(self.cards, choice_rects(QRectF(self.rect())), strict=True):
            card.setGeometry(rect.toRect())
            card.raise_()
        super().resizeEvent(event)
