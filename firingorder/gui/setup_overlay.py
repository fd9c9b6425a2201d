"""Cards over the setup page: the guide to the pads (G) and the raw numbers (R)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QPointF, QRectF, Qt, Signal
from PySide6.QtGui import QColor, QFont, QFontMetricsF, QPainter
from PySide6.QtWidgets import QWidget

from firingorder.gui.view_models.setup_cards import GuideView, RawView
from firingorder.report.painter import CENTRE, LEFT, RIGHT, draw_round, draw_text
from firingorder.report.theme import AXIS_PX, BODY_PX, NUMBER_PX, SMALL_PX, Theme, font

if TYPE_CHECKING:
    from collections.abc import Sequence

    from PySide6.QtGui import QMouseEvent, QPaintEvent

PAD_PX, HEAD_PX, ROW_PX = 32, 72, 34
#: Letters, gaps and lines of rules in the guide, largest first: what fits the window is taken.
_GUIDE_SIZES = ((BODY_PX, 22.0, 26.0), (SMALL_PX, 14.0, 26.0), (SMALL_PX, 8.0, 20.0),
                (AXIS_PX, 5.0, 17.0))  # fmt: skip
_WRAP = int(Qt.AlignmentFlag.AlignTop | Qt.TextFlag.TextWordWrap)


class SetupOverlay(QWidget):
    """Covers its parent while it shows a card. A click hides it, as its key does."""

    hidden = Signal()

    def __init__(self, theme: Theme, parent: QWidget) -> None:
        super().__init__(parent)
        self._theme = theme
        self._view: GuideView | RawView | None = None
        self.setAccessibleName("Card over the setup page")
        self.hide()

    @property
    def view(self) -> GuideView | RawView | None:
        """What is shown."""
        return self._view

    def show_view(self, view: GuideView | RawView | None) -> None:
        """Show a card, or none."""
        if view == self._view:
            return
        self._view = view
        self.setVisible(view is not None)
        if view is not None:
            self.setAccessibleDescription(view.spoken)
            self.raise_()
        self.update()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Hide the card."""
        self.hidden.emit()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint veil and card."""
        if self._view is None:
            return
        p = QPainter(self)
        veil = QColor(self._theme.background)
        veil.setAlphaF(0.86)
        p.fillRect(self.rect(), veil)
        if isinstance(self._view, GuideView):
            self._paint_guide(p, self._view)
        else:
            self._paint_raw(p, self._view)
        p.end()

    def _box(self, width: float, height: float) -> QRectF:
        box = QRectF(0, 0, min(width, self.width() - 40.0), min(height, self.height() - 24.0))
        box.moveCenter(QRectF(self.rect()).center())
        return box

    def _card(self, p: QPainter, box: QRectF, title: str, hint: str) -> QRectF:
        draw_round(p, box, 18, self._theme.surface, self._theme.strong_line)
        inner = box.adjusted(PAD_PX, 0, -PAD_PX, 0)
        head = QRectF(inner.left(), box.top() + 16, inner.width(), 42)
        draw_text(p, head, title, font(NUMBER_PX, 700), self._theme.text)
        draw_text(p, head, hint, font(SMALL_PX, 500), self._theme.text2, RIGHT)
        return inner

    def _paint_guide(self, p: QPainter, view: GuideView) -> None:
        theme = self._theme
        width = min(1180.0, self.width() - 40.0) - 2 * PAD_PX
        shares = (0.16, 0.39, 0.26, 0.19)
        lefts = [sum(shares[:k]) * width for k in range(4)]
        room = self.height() - 36.0
        fits = [_guide_fit(view, width, shares, size) for size in _GUIDE_SIZES]
        words, heights, gap, rule, needed = next((f for f in fits if f[-1] <= room), fits[-1])
        box = self._box(width + 2 * PAD_PX, needed + 12)
        inner = self._card(p, box, "Where the pads go", "G hides it")
        top = box.top() + HEAD_PX
        for left, title in zip(lefts, ("", "Place", "Direction", "To try it"), strict=True):
            spot = QRectF(inner.left() + left, top - 6, 200, 22)
            draw_text(p, spot, title, font(SMALL_PX, 600), theme.text2)
        top += 24
        for row, height in zip(view.rows, heights, strict=True):
            p.setPen(theme.line)
            p.drawLine(QPointF(inner.left(), top), QPointF(inner.right(), top))
            name = QRectF(inner.left() + 20, top + gap / 2 - 1, lefts[1] - 24, 22)
            self._mark(p, QPointF(inner.left() + 6, name.center().y()), row.muscle)
            draw_text(p, name, row.title, font(BODY_PX, 600), theme.text)
            p.setFont(words)
            for k, text in enumerate((row.site, row.direction, row.trial)):
                spot = QRectF(inner.left() + lefts[k + 1], top + gap / 2,
                              shares[k + 1] * width - 20, height)  # fmt: skip
                p.setPen(theme.text if k == 0 else theme.text2)
                p.drawText(spot, _WRAP, text)
            top += height + gap
        p.setPen(theme.strong_line)
        p.drawLine(QPointF(inner.left(), top), QPointF(inner.right(), top))
        top += 8
        for line in view.rules:
            spot = QRectF(inner.left(), top, width, rule)
            draw_text(p, spot, line, words, theme.text)
            top += rule
        foot = QRectF(inner.left(), top + 2, width, rule)
        draw_text(p, foot, view.source, font(SMALL_PX, 500), theme.text3)

    def _mark(self, p: QPainter, centre: QPointF, muscle: str) -> None:
        ink = self._theme.pelvis if muscle == "pelvis" else self._theme.muscle(muscle)
        draw_round(p, QRectF(centre.x() - 5, centre.y() - 5, 10, 10), 3, ink)

    def _paint_raw(self, p: QPainter, view: RawView) -> None:
        theme = self._theme
        columns = max(2, len(view.titles))
        box = self._box(210 + 118.0 * (columns - 1), HEAD_PX + ROW_PX * (len(view.rows) + 1) + 60)
        inner = self._card(p, box, "Raw numbers", "R hides it")
        name = min(180.0, inner.width() * 0.2)
        step = (inner.width() - name) / (columns - 1)
        top = box.top() + HEAD_PX - 4
        for k, title in enumerate(view.titles):
            spot = QRectF(inner.left(), top, name, ROW_PX)
            if k:
                spot = QRectF(inner.left() + name + (k - 1) * step, top, step, ROW_PX)
            draw_text(p, spot, title, font(SMALL_PX, 600), theme.text2, RIGHT if k else LEFT)
        for row in view.rows:
            top += ROW_PX
            p.setPen(theme.line)
            p.drawLine(QPointF(inner.left(), top), QPointF(inner.right(), top))
            for k, cell in enumerate(row):
                spot = QRectF(inner.left(), top, name, ROW_PX)
                if k:
                    spot = QRectF(inner.left() + name + (k - 1) * step, top, step, ROW_PX)
                words = font(SMALL_PX if k else BODY_PX, 600)
                draw_text(p, spot, cell, words, theme.text, RIGHT if k else LEFT)
        foot = QRectF(inner.left(), box.bottom() - 44, inner.width(), 28)
        draw_text(p, foot, view.note, font(SMALL_PX, 500), theme.text2, CENTRE)


def _guide_fit(
    view: GuideView, width: float, shares: Sequence[float], sizes: tuple[int, float, float]
) -> tuple[QFont, list[float], float, float, float]:
    """Return font, heights of the rows, gap, height of a rule, and the height of it all."""
    size, gap, rule = sizes
    words = font(size, 500)
    heights = [
        max(_height(text, words, shares[k + 1] * width - 20)
            for k, text in enumerate((row.site, row.direction, row.trial)))
        for row in view.rows
    ]  # fmt: skip
    needed = HEAD_PX + sum(heights) + gap * len(heights) + rule * (len(view.rules) + 1) + 38
    return words, heights, gap, rule, needed


def _height(text: str, words: QFont, width: float) -> float:
    metrics = QFontMetricsF(words)
    return metrics.boundingRect(QRectF(0, 0, width, 10_000), _WRAP, text).height()
