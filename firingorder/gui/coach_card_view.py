"""The coach's card, large enough to be read from the floor: over the floor view and the desk."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QRectF, Qt, Signal
from PySide6.QtGui import QColor, QPainter
from PySide6.QtWidgets import QWidget

from firingorder.gui.coach_card_parts import (
    CardSpace,
    draw_count,
    draw_foot,
    draw_head,
    draw_notice,
    draw_question,
    draw_text_block,
    draw_words,
)
from firingorder.report.painter import draw_round

if TYPE_CHECKING:
    from PySide6.QtGui import QMouseEvent, QPaintEvent

    from firingorder.gui.view_models.coach_card import CoachCard
    from firingorder.report.theme import Theme

#: The card at 1920 x 1080.
WIDTH_PX, HEIGHT_PX, RADIUS_PX = 1760, 960, 46
MARGIN_PX = 72
#: How much of the view shines through: enough to see that it is still there.
VEIL = 0.92


class CoachCardView(QWidget):
    """Covers its parent with a veil and the card. ``chosen`` when a finger takes an answer."""

    chosen = Signal(int)

    def __init__(self, theme: Theme, parent: QWidget) -> None:
        super().__init__(parent)
        self._theme = theme
        self._card: CoachCard | None = None
        self._spots: list[QRectF] = []
        self._growth, self._tag = 1.0, ""
        self.setAccessibleName("Coach")
        self.hide()

    @property
    def card(self) -> CoachCard | None:
        """What is shown."""
        return self._card

    def set_growth(self, growth: float) -> None:
        """Set how much larger than the reference letters must be, for the distance."""
        if growth != self._growth:
            self._growth = growth
            self.update()

    def set_tag(self, tag: str) -> None:
        """Show the tag of the source on the card, where it hides that of the view."""
        if tag != self._tag:
            self._tag = tag
            self.update()

    def show_card(self, card: CoachCard | None) -> None:
        """Show a card, or nothing; an equal one costs nothing."""
        if card == self._card:
            return
        self._card = card
        self.setAccessibleDescription("" if card is None else card.spoken)
        if self.isHidden() == (card is not None):
            self.setVisible(card is not None)
            self.raise_()
        self.update()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Choose the answer under the finger."""
        if event.button() != Qt.MouseButton.LeftButton:
            return
        for at, spot in enumerate(self._spots):
            if spot.contains(event.position()):
                self.chosen.emit(at)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint veil and card."""
        card, theme = self._card, self._theme
        if card is None:
            return
        p = QPainter(self)
        rect = QRectF(self.rect())
        veil = QColor(theme.background)
        veil.setAlphaF(VEIL)
        p.fillRect(rect, veil)
        unit = min(rect.width() / 1920, rect.height() / 1080)
        box = QRectF(0, 0, WIDTH_PX * unit, HEIGHT_PX * unit)
        box.moveCenter(rect.center())
        edge = {"urgent": theme.record, "blocked": theme.close}.get(card.kind, theme.strong_line)
        draw_round(p, box, RADIUS_PX * unit, theme.surface, edge)
        margin = MARGIN_PX * unit
        inner = box.adjusted(margin, margin * 0.75, -margin, -margin * 0.6)
        self._spots = self._paint(p, CardSpace(inner, unit, self._growth), card)
        p.end()

    def _paint(self, p: QPainter, space: CardSpace, card: CoachCard) -> list[QRectF]:
        theme = self._theme
        draw_notice(p, space, card, theme)
        draw_head(p, space, card, theme, self._tag)
        draw_foot(p, space, card, theme)
        if card.choices or card.writing is not None:
            return draw_question(p, space, card, theme)
        if card.number:
            draw_count(p, space, card, theme)
        elif card.kind in ("blocked", "urgent", "stopped", "paused", "pedal"):
            draw_words(p, space, card, theme)
        else:
            draw_text_block(p, space.box, space, card, theme)
        return []
