"""The phase card of the floor view: one word, an arrow or a count, the hip gauge."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QPainter, QPen

from firingorder.gui.view_models.type_scale import PHASE_PX
from firingorder.report.painter import CENTRE, LEFT, RIGHT, draw_round, draw_text, fit_font
from firingorder.report.theme import Theme, font

if TYPE_CHECKING:
    from firingorder.gui.view_models.floor import PhaseView


def draw_phase(p: QPainter, rect: QRectF, view: PhaseView, theme: Theme) -> None:
    """Draw the card."""
    p.fillRect(rect, theme.background)
    unit = min(rect.width() / 436.0, rect.height() / 524.0)
    card = rect.adjusted(0, 26 * unit, 0, -26 * unit)
    draw_round(p, card, 28 * unit, theme.surface)
    gauge_height = 130 * unit if view.hips is not None else 0.0
    word = QRectF(card.left() + 24 * unit, card.top() + 22 * unit, card.width() - 48 * unit, 0)
    word.setHeight(112 * unit)
    word_font = fit_font(view.word, round(PHASE_PX * unit), 800, word.width())
    draw_text(p, word, view.word, word_font, theme.text, CENTRE)
    figure = QRectF(card.left(), word.bottom(), card.width(), 0)
    figure.setBottom(card.bottom() - gauge_height - 10 * unit)
    if view.arrow:
        _draw_arrow(p, figure, theme, unit, up=view.arrow == "up")
    elif view.number:
        number_font = fit_font(view.number, round(230 * unit), 700, figure.width() - 40 * unit)
        draw_text(p, figure, view.number, number_font, theme.accent, CENTRE)
    if view.hips is not None:
        box = QRectF(card.left() + 48 * unit, card.bottom() - gauge_height, 0, gauge_height)
        box.setRight(card.right() - 48 * unit)
        _draw_gauge(p, box, view, theme, unit)


def _draw_arrow(p: QPainter, rect: QRectF, theme: Theme, unit: float, *, up: bool) -> None:
    p.setRenderHint(QPainter.RenderHint.Antialiasing, True)
    pen = QPen(theme.accent, 34 * unit, c=Qt.PenCapStyle.RoundCap, j=Qt.PenJoinStyle.RoundJoin)
    p.setPen(pen)
    way = -1.0 if up else 1.0
    centre, reach = rect.center(), min(75 * unit, rect.height() * 0.38)
    tip = QPointF(centre.x(), centre.y() + way * reach)
    p.drawLine(QPointF(centre.x(), centre.y() - way * reach), tip)
    for side in (-1.0, 1.0):
        p.drawLine(tip, QPointF(tip.x() + side * 70 * unit, tip.y() - way * 70 * unit))


def _draw_gauge(p: QPainter, box: QRectF, view: PhaseView, theme: Theme, unit: float) -> None:
    text_font = font(round(48 * unit), 600, tabular=False)
    line = QRectF(box.left(), box.top() - 4 * unit, box.width(), 60 * unit)
    draw_text(p, line, "Hips", text_font, theme.text2, LEFT)
    draw_text(p, line, view.hips or "", text_font, theme.text, RIGHT)
    track = QRectF(box.left(), line.bottom() + 10 * unit, box.width(), 32 * unit)
    draw_round(p, track, 16 * unit, theme.surface2)
    if view.fill > 0.0:
        filled = QRectF(track)
        filled.setWidth(max(track.height(), track.width() * view.fill))
        draw_round(p, filled, 16 * unit, theme.accent)
    if view.mark is not None:
        x = track.left() + track.width() * view.mark
        p.fillRect(QRectF(x - 2 * unit, track.top() - 14 * unit, 5 * unit, 60 * unit), theme.text)
