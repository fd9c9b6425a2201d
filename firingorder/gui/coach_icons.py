"""Signs of the coach's cards, drawn in a square of 100 units; none is the shape of an outcome."""

from __future__ import annotations

from math import cos, pi, sin
from typing import TYPE_CHECKING

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPen, QPolygonF

if TYPE_CHECKING:
    from firingorder.gui.view_models.coach_card import Kind


def draw_coach_icon(p: QPainter, centre: QPointF, size: float, kind: Kind, ink: QColor) -> None:
    """Draw the sign of a card: an octagon where something stops, bars of a pause, a pedal."""
    p.save()
    p.setRenderHint(QPainter.RenderHint.Antialiasing, True)
    p.translate(centre)
    p.scale(size / 100.0, size / 100.0)
    p.setPen(QPen(ink, 9.0, c=Qt.PenCapStyle.RoundCap, j=Qt.PenJoinStyle.RoundJoin))
    p.setBrush(Qt.BrushStyle.NoBrush)
    if kind == "paused":
        for x in (-18.0, 18.0):
            p.fillRect(QRectF(x - 9, -36, 18, 72), ink)
    elif kind == "pedal":
        p.drawRoundedRect(QRectF(-44, 14, 88, 24), 8, 8)
        p.drawPolyline([QPointF(-36, 12), QPointF(34, -22), QPointF(40, 12)])
    else:
        _octagon(p)
        if kind == "stopped":
            p.fillRect(QRectF(-17, -17, 34, 34), ink)
        else:
            p.drawLine(QPointF(0, -22), QPointF(0, 6))
            p.setPen(Qt.PenStyle.NoPen)
            p.setBrush(ink)
            p.drawEllipse(QPointF(0, 24), 6, 6)
    p.restore()


def _octagon(p: QPainter) -> None:
    angles = (pi / 8 + k * pi / 4 for k in range(8))
    p.drawPolygon(QPolygonF([QPointF(46 * cos(a), 46 * sin(a)) for a in angles]))
