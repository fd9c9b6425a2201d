"""The bars of the floor view where a set asks for a level, and the line that is to be followed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QPainter, QPen

from firingorder.gui.view_models.type_scale import ROW_PX
from firingorder.report.painter import RIGHT, draw_round, draw_text, fit_font
from firingorder.report.theme import Theme, blend

if TYPE_CHECKING:
    from firingorder.gui.view_models.coach_floor import MeterBar, MetersView

_WIDTH, _HEIGHT = 1330.0, 440.0


def draw_meters(
    p: QPainter, rect: QRectF, view: MetersView, theme: Theme, growth: float = 1.0
) -> None:
    """Draw the line to follow, or one bar a row."""
    p.fillRect(rect, theme.background)
    unit = min(rect.width() / _WIDTH, rect.height() / _HEIGHT)
    if view.curve:
        _draw_curve(p, rect.adjusted(0, 26 * unit, 0, -26 * unit), view, theme, unit)
        return
    count = max(1, len(view.bars))
    gap = 28 * unit
    height = min(260 * unit, (rect.height() - 52 * unit - gap * (count - 1)) / count)
    top = (rect.height() - count * height - (count - 1) * gap) / 2
    for bar in view.bars:
        _draw_bar(p, QRectF(0, top, rect.width(), height), bar, theme, unit * growth, unit)
        top += height + gap


def _draw_bar(
    p: QPainter, row: QRectF, bar: MeterBar, theme: Theme, letters: float, unit: float
) -> None:
    left = row.left() + 330 * unit
    name = QRectF(row.left(), row.top(), 310 * unit, row.height() / 2)
    text_font = fit_font(bar.title, round(ROW_PX * 0.72 * letters), 700, name.width())
    draw_text(p, name, bar.title, text_font, theme.text)
    figure = name.translated(0, row.height() / 2)
    value_font = fit_font(bar.value, round(ROW_PX * 0.72 * letters), 600, figure.width())
    draw_text(p, figure, bar.value, value_font, theme.text2)
    track = QRectF(left, row.top(), row.right() - left, row.height())
    draw_round(p, track, 20 * unit, theme.surface)
    if bar.low is not None or bar.high is not None:
        low, high = bar.low or 0.0, 1.0 if bar.high is None else bar.high
        band = QRectF(
            track.left() + low * track.width(),
            track.top(),
            (high - low) * track.width(),
            track.height(),
        )
        p.fillRect(band, blend(theme.text2, theme.surface, 0.28))
    if bar.fill is not None and bar.fill > 0.0:
        ink = theme.ok if bar.inside and bar.coloured else theme.accent
        filled = track.adjusted(0, track.height() * 0.22, 0, -track.height() * 0.22)
        filled.setWidth(max(filled.height() * 0.3, track.width() * bar.fill))
        draw_round(p, filled, 16 * unit, ink)
    for edge in (bar.low, bar.high):
        if edge is not None:
            x = track.left() + edge * track.width()
            p.fillRect(QRectF(x - 3 * unit, track.top(), 6 * unit, track.height()), theme.text)
    if bar.inside:  # a word, so that nobody needs the colour
        said = track.adjusted(0, 0, -24 * unit, 0)
        word = fit_font("in", round(56 * unit), 700, 120 * unit)
        draw_text(p, said, "in", word, theme.text, RIGHT)


def _draw_curve(p: QPainter, box: QRectF, view: MetersView, theme: Theme, unit: float) -> None:
    draw_round(p, box, 20 * unit, theme.surface)
    inner = box.adjusted(24 * unit, 24 * unit, -24 * unit, -24 * unit)

    def at(point: tuple[float, float]) -> QPointF:
        x, y = point
        return QPointF(inner.left() + x * inner.width(), inner.bottom() - y * inner.height())

    p.setRenderHint(QPainter.RenderHint.Antialiasing, True)
    for points, ink, width in (
        (view.curve, theme.strong_line, 44 * unit),
        (view.trace, theme.accent, 14 * unit),
    ):
        pen = QPen(ink, width, c=Qt.PenCapStyle.RoundCap, j=Qt.PenJoinStyle.RoundJoin)
        p.setPen(pen)
        p.drawPolyline([at(point) for point in points])
    if view.trace:
        p.setPen(Qt.PenStyle.NoPen)
        p.setBrush(theme.text)
        p.drawEllipse(at(view.trace[-1]), 20 * unit, 20 * unit)
        p.setBrush(Qt.BrushStyle.NoBrush)
