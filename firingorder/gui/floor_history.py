"""The set as a row of shapes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QPainter, QPen

from firingorder.report.painter import draw_text, draw_verdict_icon
from firingorder.report.theme import Theme, blend, font

if TYPE_CHECKING:
    from firingorder.gui.view_models.floor import HistoryItem, HistoryView


def draw_history(p: QPainter, rect: QRectF, view: HistoryView, theme: Theme) -> None:
    """Draw the shapes: done, not scored (small, with a dash), next (bright ring), ahead (dim)."""
    p.fillRect(rect, theme.background)
    unit = min(rect.width() / 1850.0, rect.height() / 112.0)
    title = QRectF(0, 0, 300 * unit, rect.height())
    draw_text(p, title, view.title, font(round(58 * unit), 600), theme.text2)
    if not view.items:
        return
    left, right = 366 * unit, rect.right() - 44 * unit  # half a shape
    step = min(155 * unit, (right - left) / max(1, len(view.items) - 1))
    size = min(82 * unit, step * 0.72)
    for k, item in enumerate(view.items):
        _draw_item(p, QPointF(left + k * step, rect.center().y()), size, item, theme)


def _draw_item(p: QPainter, centre: QPointF, size: float, item: HistoryItem, theme: Theme) -> None:
    p.setRenderHint(QPainter.RenderHint.Antialiasing, True)
    p.setBrush(Qt.BrushStyle.NoBrush)
    if item.state == "done" and item.verdict is not None:
        ink, _ = theme.tone(item.tone)
        draw_verdict_icon(p, centre, size, item.verdict, ink, theme.background)
        return
    width = size / 17
    dim = blend(theme.strong_line, theme.background, 0.8)
    ink = theme.text if item.state == "next" else dim
    p.setPen(QPen(ink, width))
    radius = size / 2 - width
    if item.state == "not_scored":
        radius *= 0.7
        p.setPen(QPen(theme.text3, width))
        half = radius * 0.45
        p.drawLine(QPointF(centre.x() - half, centre.y()), QPointF(centre.x() + half, centre.y()))
    p.drawEllipse(centre, radius, radius)
