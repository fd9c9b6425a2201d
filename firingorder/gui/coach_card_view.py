"""The coach's card, large enough to be read from the floor: over the floor view and the desk."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QPointF, QRectF, Qt, Signal
from PySide6.QtGui import QColor, QPainter, QPen
from PySide6.QtWidgets import QWidget

from firingorder.gui.fitted_text import draw_fitted
from firingorder.gui.state_icons import draw_state_icon
from firingorder.report.painter import CENTRE, draw_round, draw_text, fit_font
from firingorder.report.theme import font

if TYPE_CHECKING:
    from PySide6.QtGui import QMouseEvent, QPaintEvent

    from firingorder.gui.view_models.coach_card import CoachCard
    from firingorder.report.theme import Theme

#: The card at 1920 x 1080.
WIDTH_PX, HEIGHT_PX, RADIUS_PX = 1640, 860, 46
RING_PX = 420
TITLE_PX, LINE_PX, FOOT_PX, CHOICE_PX = 108, 60, 40, 56
_ICONS = {"blocked": "contact", "urgent": "alarm", "stopped": "paused"}
_LEFT = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignTop


class CoachCardView(QWidget):
    """Covers its parent with a veil and the card. ``chosen`` when a finger takes an answer."""

    chosen = Signal(int)

    def __init__(self, theme: Theme, parent: QWidget) -> None:
        super().__init__(parent)
        self._theme = theme
        self._card: CoachCard | None = None
        self._spots: list[QRectF] = []
        self.setAccessibleName("Coach")
        self.hide()

    @property
    def card(self) -> CoachCard | None:
        """What is shown."""
        return self._card

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
        veil.setAlphaF(0.9)
        p.fillRect(rect, veil)
        unit = min(rect.width() / 1920, rect.height() / 1080)
        box = QRectF(0, 0, WIDTH_PX * unit, HEIGHT_PX * unit)
        box.moveCenter(rect.center())
        edge = {"urgent": theme.record, "blocked": theme.close}.get(card.kind, theme.strong_line)
        draw_round(p, box, RADIUS_PX * unit, theme.surface, edge)
        inner = box.adjusted(80 * unit, 64 * unit, -80 * unit, -48 * unit)
        self._spots = []
        if card.foot:
            foot = QRectF(inner.left(), inner.bottom() - 64 * unit, inner.width(), 64 * unit)
            px = fit_font(card.foot, round(FOOT_PX * unit), 600, foot.width(), display=False)
            draw_text(p, foot, card.foot, px, theme.text2)
            inner.setBottom(foot.top() - 16 * unit)
        if card.choices or card.writing is not None:
            self._paint_question(p, inner, card, unit)
        elif card.number:
            self._paint_count(p, inner, card, unit)
        else:
            self._paint_words(p, inner, card, unit)
        p.end()

    def _paint_words(self, p: QPainter, box: QRectF, card: CoachCard, unit: float) -> None:
        icon = _ICONS.get(card.kind)
        if icon is not None:
            ink = self._theme.record if card.kind == "urgent" else self._theme.text
            centre = QPointF(box.left() + 110 * unit, box.top() + 120 * unit)
            draw_state_icon(p, centre, 190 * unit, icon, ink)
            box = box.adjusted(270 * unit, 0, 0, 0)
        self._paint_text(p, box, card, unit)

    def _paint_text(self, p: QPainter, box: QRectF, card: CoachCard, unit: float) -> None:
        many = len(card.lines) > 3
        head = QRectF(box.left(), box.top(), box.width(), (150 if many else 250) * unit)
        weight = 800
        draw_fitted(p, head, card.title, round(TITLE_PX * unit), weight, self._theme.text, _LEFT)
        top = head.bottom() + 20 * unit
        if not card.lines:
            return
        each = (box.bottom() - top) / len(card.lines)
        for line in card.lines:
            row = QRectF(box.left(), top, box.width(), each)
            draw_fitted(p, row, line, round(LINE_PX * unit), 600, self._theme.text2, _LEFT)
            top += each

    def _paint_count(self, p: QPainter, box: QRectF, card: CoachCard, unit: float) -> None:
        theme = self._theme
        size = min(RING_PX * unit, box.height())
        ring = QRectF(box.right() - size, box.top(), size, size)
        ring.moveTop(box.center().y() - size / 2)
        p.setRenderHint(QPainter.RenderHint.Antialiasing, True)
        line = ring.adjusted(14 * unit, 14 * unit, -14 * unit, -14 * unit)
        p.setPen(QPen(theme.strong_line, 24 * unit, c=Qt.PenCapStyle.FlatCap))
        p.drawArc(line, 0, 360 * 16)
        p.setPen(QPen(theme.accent, 24 * unit, c=Qt.PenCapStyle.FlatCap))
        p.drawArc(line, 90 * 16, -round((1.0 - card.share) * 360 * 16))
        figure = fit_font(card.number, round(220 * unit), 700, size - 120 * unit)
        draw_text(p, ring, card.number, figure, theme.text, CENTRE)
        words = box.adjusted(0, 0, -size - 60 * unit, 0)
        self._paint_text(p, words, card, unit)

    def _paint_question(self, p: QPainter, box: QRectF, card: CoachCard, unit: float) -> None:
        row_px = 150 * unit
        answers = QRectF(box.left(), box.bottom() - row_px, box.width(), row_px)
        long = bool(card.choices) and max(len(one.words) for one in card.choices) > 8
        if long:
            answers.setTop(box.bottom() - min(110 * unit * len(card.choices), box.height() * 0.6))
        words = QRectF(box)
        words.setBottom(answers.top() - 24 * unit)
        self._paint_text(p, words, card, unit)
        if card.writing is not None:
            self._paint_writing(p, answers, card.writing, unit)
            return
        count = len(card.choices)
        for at in range(count):
            spot = QRectF(answers)
            if long:
                spot.setHeight(answers.height() / count - 14 * unit)
                spot.moveTop(answers.top() + at * answers.height() / count)
            else:
                gap = 14 * unit
                most = 300 * unit
                width = min(most, (answers.width() - gap * (count - 1)) / count)
                spot.setWidth(width)
                spot.moveLeft(answers.left() + at * (width + gap))
            self._spots.append(spot)
            self._paint_choice(p, spot, card, at, unit)

    def _paint_choice(
        self, p: QPainter, spot: QRectF, card: CoachCard, at: int, unit: float
    ) -> None:
        theme, chosen = self._theme, at == card.selected
        draw_round(p, spot, 22 * unit, theme.text if chosen else theme.surface2, theme.strong_line)
        words = card.choices[at].words
        room = spot.width() - 24 * unit
        text_font = fit_font(words, round(CHOICE_PX * unit), 700, room, display=False)
        draw_text(p, spot, words, text_font, theme.surface if chosen else theme.text, CENTRE)
        if chosen and card.taken > 0.0:
            bar = QRectF(spot.left() + 16 * unit, spot.bottom() - 18 * unit, 0, 8 * unit)
            bar.setWidth((spot.width() - 32 * unit) * (1.0 - card.taken))
            p.fillRect(bar, theme.accent)

    def _paint_writing(self, p: QPainter, box: QRectF, writing: str, unit: float) -> None:
        theme = self._theme
        draw_round(p, box, 22 * unit, theme.surface2, theme.accent)
        line = box.adjusted(28 * unit, 0, -28 * unit, 0)
        text_font = font(round(CHOICE_PX * unit), 600)
        draw_text(p, line, f"{writing}▏", text_font, theme.text)
