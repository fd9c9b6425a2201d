"""Icons of the states, drawn in a square of 100 units. Each has a shape of its own."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPainterPath, QPen

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from firingorder.gui.view_models.link_state import StateKind


def draw_state_icon(
    p: QPainter, centre: QPointF, size: float, kind: StateKind | str, ink: QColor
) -> None:
    """Draw the icon of a state (or of ``paused``)."""
    p.save()
    p.setRenderHint(QPainter.RenderHint.Antialiasing, True)
    p.translate(centre)
    p.scale(size / 100.0, size / 100.0)
    pen = QPen(ink, 10.0, c=Qt.PenCapStyle.RoundCap, j=Qt.PenJoinStyle.RoundJoin)
    p.setPen(pen)
    p.setBrush(Qt.BrushStyle.NoBrush)
    _DRAWINGS.get(kind, _warning)(p, ink)
    p.restore()


def _lines(p: QPainter, *polylines: Sequence[tuple[float, float]]) -> None:
    for points in polylines:
        p.drawPolyline([QPointF(x, y) for x, y in points])


def _dot(p: QPainter, ink: QColor, x: float, y: float, radius: float) -> None:
    p.save()
    p.setPen(Qt.PenStyle.NoPen)
    p.setBrush(ink)
    p.drawEllipse(QPointF(x, y), radius, radius)
    p.restore()


def _waves(p: QPainter, ink: QColor) -> None:
    _dot(p, ink, 0, 24, 8)
    for radius in (30, 56):
        p.drawArc(QRectF(-radius, 24 - radius, 2 * radius, 2 * radius), 45 * 16, 90 * 16)


def _waves_cut(p: QPainter, ink: QColor) -> None:
    _waves(p, ink)
    _lines(p, [(-36, -38), (36, 40)])


def _ring_turning(p: QPainter, ink: QColor) -> None:
    p.drawArc(QRectF(-38, -38, 76, 76), 60 * 16, 270 * 16)
    _lines(p, [(20, -48), (19, -33), (34, -34)])


def _clock(p: QPainter, ink: QColor) -> None:
    p.drawEllipse(QPointF(0, 0), 40, 40)
    _lines(p, [(0, -20), (0, 2), (15, 12)])


def _pad(p: QPainter, ink: QColor) -> None:
    p.drawArc(QRectF(-42, -34, 76, 76), 70 * 16, 265 * 16)
    _lines(p, [(22, -24), (42, -44)])
    _dot(p, ink, -4, 4, 13)


def _peak_cut(p: QPainter, ink: QColor) -> None:
    _lines(p, [(-44, 36), (-22, 36), (-10, -28), (10, -28), (22, 36), (44, 36)])
    _lines(p, [(-40, -44), (40, -44)])


def _battery(p: QPainter, ink: QColor) -> None:
    p.drawRoundedRect(QRectF(-44, -22, 76, 44), 8, 8)
    _lines(p, [(44, -8), (44, 8)])
    p.fillRect(QRectF(-34, -12, 12, 24), ink)


def _disk(p: QPainter, ink: QColor) -> None:
    p.drawRoundedRect(QRectF(-40, -30, 80, 60), 9, 9)
    _lines(p, [(-40, 4), (40, 4)])
    _dot(p, ink, 22, 18, 6)


def _cross(p: QPainter, ink: QColor) -> None:
    p.drawEllipse(QPointF(0, 0), 42, 42)
    _lines(p, [(-15, -15), (15, 15)], [(15, -15), (-15, 15)])


def _tick(p: QPainter, ink: QColor) -> None:
    p.drawEllipse(QPointF(0, 0), 42, 42)
    _lines(p, [(-19, 1), (-5, 15), (20, -14)])


def _warning(p: QPainter, ink: QColor) -> None:
    path = QPainterPath(QPointF(0, -40))
    path.lineTo(44, 36)
    path.lineTo(-44, 36)
    path.closeSubpath()
    p.drawPath(path)
    _lines(p, [(0, -10), (0, 10)])
    _dot(p, ink, 0, 24, 5)


def _pause(p: QPainter, ink: QColor) -> None:
    p.save()
    p.setPen(QPen(ink, 18.0, c=Qt.PenCapStyle.RoundCap))
    _lines(p, [(-18, -26), (-18, 26)], [(18, -26), (18, 26)])
    p.restore()


_DRAWINGS: dict[str, Callable[[QPainter, QColor], None]] = {
    "searching": _waves,
    "connecting": _ring_turning,
    "waiting": _clock,
    "lost": _waves_cut,
    "recovered": _tick,
    "refused": _cross,
    "closed": _tick,
    "contact": _pad,
    "saturated": _peak_cut,
    "battery": _battery,
    "alarm": _disk,
    "unrecorded": _disk,
    "paused": _pause,
}
