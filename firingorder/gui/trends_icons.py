"""Icons of what is told of a session besides numbers; each stands beside a word somewhere."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QPen

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from PySide6.QtGui import QColor, QPainter


def draw_flag_icon(p: QPainter, centre: QPointF, size: float, kind: str, ink: QColor) -> None:
    """Draw the icon of a flag of a trend or of a session, of a note, of a package."""
    p.save()
    p.setRenderHint(p.RenderHint.Antialiasing, True)
    p.translate(centre)
    p.scale(size / 100.0, size / 100.0)
    p.setPen(QPen(ink, 11.0, c=Qt.PenCapStyle.RoundCap, j=Qt.PenJoinStyle.RoundJoin))
    p.setBrush(Qt.BrushStyle.NoBrush)
    _DRAWINGS.get(kind, _ring)(p, ink)
    p.restore()


def _lines(p: QPainter, *polylines: Sequence[tuple[float, float]]) -> None:
    for points in polylines:
        p.drawPolyline([QPointF(x, y) for x, y in points])


def _dot(p: QPainter, ink: QColor, x: float, y: float, radius: float) -> None:
    p.setBrush(ink)
    p.drawEllipse(QPointF(x, y), radius, radius)
    p.setBrush(Qt.BrushStyle.NoBrush)


def _ring(p: QPainter, ink: QColor) -> None:
    p.drawEllipse(QPointF(0, 0), 36, 36)


def _simulated(p: QPainter, ink: QColor) -> None:
    p.drawRoundedRect(QRectF(-42, -34, 84, 68), 14, 14)
    _lines(p, [(-28, 8), (-12, 8), (-2, -16), (10, 18), (18, 0), (30, 0)])


def _target(p: QPainter, ink: QColor) -> None:
    p.drawEllipse(QPointF(0, 0), 28, 28)
    _lines(p, [(0, -46), (0, -20)], [(0, 46), (0, 20)], [(-46, 0), (-20, 0)], [(46, 0), (20, 0)])


def _sliders(p: QPainter, ink: QColor) -> None:
    for y, x in ((-28, 16), (0, -18), (28, 6)):
        _lines(p, [(-42, y), (42, y)])
        _dot(p, ink, x, y, 7)


def _version(p: QPainter, ink: QColor) -> None:
    p.drawRoundedRect(QRectF(-40, -40, 80, 80), 16, 16)
    _lines(p, [(-18, -16), (0, 18), (18, -16)])


def _pad(p: QPainter, ink: QColor) -> None:
    p.drawArc(QRectF(-42, -34, 76, 76), 70 * 16, 265 * 16)
    _lines(p, [(22, -24), (42, -44)])
    _dot(p, ink, -4, 4, 10)


def _pencil(p: QPainter, ink: QColor) -> None:
    _lines(
        p, [(-38, 38), (-32, 12), (22, -42), (42, -22), (-12, 32), (-38, 38)], [(8, -28), (28, -8)]
    )


def _pain(p: QPainter, ink: QColor) -> None:
    _lines(p, [(10, -46), (-22, 6), (4, 6), (-10, 46), (26, -10), (0, -10), (10, -46)])


def _note(p: QPainter, ink: QColor) -> None:
    _lines(p, [(-42, -36), (42, -36), (42, 20), (-6, 20), (-24, 42), (-24, 20), (-42, 20),
               (-42, -36)], [(-22, -16), (22, -16)], [(-22, 2), (8, 2)])  # fmt: skip


def _recovered(p: QPainter, ink: QColor) -> None:
    p.drawArc(QRectF(-38, -38, 76, 76), 60 * 16, 270 * 16)
    _lines(p, [(20, -48), (19, -33), (34, -34)], [(-14, 2), (-3, 13), (16, -12)])


def _missing(p: QPainter, ink: QColor) -> None:
    _lines(p, [(-28, -44), (10, -44), (30, -24), (30, 44), (-28, 44), (-28, -44)],
           [(-12, 0), (14, 26)], [(14, 0), (-12, 26)])  # fmt: skip


def _waits(p: QPainter, ink: QColor) -> None:
    for x in (-30, 0, 30):
        _dot(p, ink, x, 0, 6)


def _imported(p: QPainter, ink: QColor) -> None:
    _lines(p, [(-42, 12), (-42, 40), (42, 40), (42, 12)], [(0, -44), (0, 18)],
           [(-20, -2), (0, 18), (20, -2)])  # fmt: skip


def _box(p: QPainter, ink: QColor) -> None:
    _lines(p, [(-42, 4), (-24, -34), (24, -34), (42, 4), (42, 38), (-42, 38), (-42, 4)],
           [(-42, 4), (-16, 4), (-10, 18), (10, 18), (16, 4), (42, 4)])  # fmt: skip


def _files(p: QPainter, ink: QColor) -> None:
    _lines(p, [(-36, -24), (-36, 44), (16, 44)], [(-16, -44), (16, -44), (36, -24), (36, 22),
               (-16, 22), (-16, -44)])  # fmt: skip


_DRAWINGS: dict[str, Callable[[QPainter, QColor], None]] = {
    "simulated": _simulated,
    "calibration": _target,
    "settings": _sliders,
    "version": _version,
    "pads": _pad,
    "corrected": _pencil,
    "pain": _pain,
    "note": _note,
    "recovered": _recovered,
    "missing": _missing,
    "not_analysed": _waits,
    "imported": _imported,
    "inbox": _box,
    "unknown": _files,
}
