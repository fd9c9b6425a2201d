"""The body from behind, with the pads of the channels that are there, the reference, the sensor.

Units are those of hardware/drawings/electrodes_back.svg: 11 to a centimetre, the middle of the
body at x = 0. Pads are drawn larger than they are.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QPainter, QPainterPath, QPen, QTransform

from firingorder.report.painter import CENTRE, draw_round, draw_text, draw_verdict_icon, fit_font
from firingorder.report.theme import BODY_PX, SMALL_PX, TITLE_PX, Theme, blend, font
from firingorder.report.wording import split_channel

if TYPE_CHECKING:
    from PySide6.QtGui import QColor

    from firingorder.findings import RepetitionVerdict
    from firingorder.gui.view_models.setup import SetupRow, SetupView
    from firingorder.measures import Light

#: Middle of a pair of the right side, and by how many degrees its line leans from upright.
_PLACES = {
    "gluteus_maximus": (88.0, 410.0, -12.0),
    "gluteus_medius": (164.0, 362.0, -10.0),
    "tensor_fasciae_latae": (196.0, 420.0, -4.0),
    "hamstring": (106.0, 700.0, -10.0),
    "erector_spinae": (40.0, 160.0, 0.0),
}
_REFERENCE = (118.0, 262.0)
_SENSOR = (0.0, 336.0)
#: Half the distance of the two pads of a pair, and their radius.
PAIR, PAD = 18.0, 13.0
TOP, BOTTOM, HALF_WIDTH = 30.0, 930.0, 222.0
HEAD_PX = 78.0
FOOT_PX = 62.0


@dataclass(frozen=True, slots=True)
class BodyView:
    """What the map shows: the page, and the channels that move."""

    page: SetupView
    moving: tuple[str, ...]
    said: str


def light_shape(light: Light) -> RepetitionVerdict:
    """Return the shape of a light: tick, diamond, triangle, or a ring with a question mark."""
    shapes: dict[Light, RepetitionVerdict] = {
        "good": "glutes_first",
        "warn": "together",
        "bad": "back_first",
        "unknown": "unclear",
    }
    return shapes[light]


def light_ink(light: Light, theme: Theme) -> QColor:
    """Return the colour of a light."""
    return {"good": theme.ok, "warn": theme.close, "bad": theme.back, "unknown": theme.text3}[light]


def draw_light(p: QPainter, centre: QPointF, size: float, light: Light, theme: Theme,
               ground: QColor) -> None:  # fmt: skip
    """Draw a light by its shape."""
    draw_verdict_icon(p, centre, size, light_shape(light), light_ink(light, theme), ground)


def describe_body(view: BodyView) -> str:
    """Return the map as one sentence."""
    return f"{view.said or view.page.asked}. {view.page.summary}".strip(". ")


def draw_body(p: QPainter, rect: QRectF, view: BodyView, theme: Theme) -> None:
    """Draw the panel."""
    p.fillRect(rect, theme.background)
    panel = rect.adjusted(0.5, 0.5, -0.5, -0.5)
    draw_round(p, panel, 12, theme.surface, theme.line)
    inner = panel.adjusted(20, 0, -20, 0)
    head = QRectF(inner.left(), inner.top() + 12, inner.width(), 26)
    draw_text(p, head, "Pads and sensor", font(TITLE_PX, 600), theme.text)
    draw_text(p, head.translated(0, 26), "seen from behind", font(SMALL_PX, 500), theme.text2)
    room = QRectF(panel.left(), panel.top() + HEAD_PX, panel.width(), 0)
    room.setBottom(panel.bottom() - FOOT_PX)
    scale = min(room.height() / (BOTTOM - TOP), (room.width() - 30) / (2 * HALF_WIDTH + 60))
    p.save()
    p.setRenderHint(QPainter.RenderHint.Antialiasing, True)
    p.setTransform(
        QTransform.fromTranslate(room.center().x(), room.top() - TOP * scale).scale(scale, scale),
        True,
    )
    _draw_skin(p, theme, scale)
    for row in view.page.rows:
        _draw_pair(p, row, moving=row.channel in view.moving, theme=theme, scale=scale)
    _draw_reference(p, view.page.reference, theme, scale)
    for row in view.page.rows:
        if row.column is None:
            _draw_sensor(p, row, theme, scale)
    p.restore()
    _draw_sides(p, room, theme)
    _draw_foot(p, inner, view, theme)


def _draw_skin(p: QPainter, theme: Theme, scale: float) -> None:
    half = QPainterPath(QPointF(0, 44))
    half.cubicTo(54, 44, 96, 44, 122, 52)
    half.cubicTo(146, 60, 154, 78, 152, 104)
    half.cubicTo(150, 134, 137, 158, 136, 188)
    half.cubicTo(136, 228, 160, 256, 176, 292)
    half.cubicTo(198, 338, 208, 400, 209, 456)
    half.cubicTo(210, 532, 199, 622, 187, 702)
    half.cubicTo(178, 764, 172, 814, 166, 866)
    half.cubicTo(160, 926, 74, 926, 62, 868)
    half.cubicTo(56, 812, 38, 746, 24, 668)
    half.cubicTo(16, 622, 12, 594, 8, 576)
    half.cubicTo(6, 566, 3, 560, 0, 560)
    body = QPainterPath(half)
    mirrored = QTransform.fromScale(-1, 1).map(half)
    body.closeSubpath()
    mirrored.closeSubpath()
    p.setPen(QPen(blend(theme.text3, theme.surface, 0.6), 1.6 / scale))
    p.setBrush(theme.surface2)
    p.drawPath(body.united(mirrored).simplified())
    p.setBrush(Qt.BrushStyle.NoBrush)
    p.setPen(QPen(blend(theme.text3, theme.surface2, 0.55), 1.4 / scale))
    p.drawLine(QPointF(0, 64), QPointF(0, 306))
    p.drawLine(QPointF(0, 470), QPointF(0, 552))
    for way in (-1.0, 1.0):
        fold = QPainterPath(QPointF(way * 12, 556))
        fold.cubicTo(way * 50, 580, way * 108, 576, way * 146, 548)
        p.drawPath(fold)


def _draw_pair(p: QPainter, row: SetupRow, *, moving: bool, theme: Theme, scale: float) -> None:
    muscle, side = split_channel(row.channel)
    place = _PLACES.get(muscle)
    if place is None or row.column is None:
        return
    x, y, lean = place
    way = -1.0 if side == "left" else 1.0
    p.save()
    p.translate(way * x, y)
    p.save()
    p.rotate(way * lean)
    ink = theme.muscle(muscle)
    problem = row.tone in ("bad", "warn")
    tone = light_ink("bad" if row.tone == "bad" else "warn", theme)
    if problem:
        _capsule(p, PAD + 11, QPen(tone, 3.4 / scale if row.tone == "bad" else 2.6 / scale))
    if row.selected:
        grown = PAD + (19 if problem else 12)
        _capsule(p, grown, QPen(theme.accent, 1.6 / scale, Qt.PenStyle.DashLine))
    filled = theme.background
    if row.tone == "unknown":
        filled = theme.surface2
    if problem:
        filled = tone
    if moving:
        filled = ink
        _capsule(p, PAD + 8, QPen(theme.text, 3.0 / scale))
    for end in (-PAIR, PAIR):
        p.setBrush(filled)
        dashed = muscle == "tensor_fasciae_latae"  # it lies in front
        style = Qt.PenStyle.DashLine if dashed else Qt.PenStyle.SolidLine
        p.setPen(QPen(ink, 3.0 / scale, style))
        p.drawEllipse(QPointF(0, end), PAD, PAD)
    p.restore()
    if problem:
        size = max(22.0, 18.0 / scale)
        spot = QPointF(way * (PAD + 16 + size * 0.6), -PAIR - 6)
        light: Light = "bad" if row.tone == "bad" else "warn"
        draw_light(p, spot, size, light, theme, theme.surface2)
    p.restore()


def _capsule(p: QPainter, radius: float, pen: QPen) -> None:
    p.setBrush(Qt.BrushStyle.NoBrush)
    p.setPen(pen)
    box = QRectF(-radius, -PAIR - radius, 2 * radius, 2 * (PAIR + radius))
    p.drawRoundedRect(box, radius, radius)


def _draw_reference(p: QPainter, light: Light, theme: Theme, scale: float) -> None:
    spot = QPointF(*_REFERENCE)
    ink = theme.text2 if light == "good" else light_ink(light, theme)
    p.setPen(QPen(ink, 2.4 / scale))
    p.setBrush(theme.background)
    p.drawEllipse(spot, PAD, PAD)
    p.drawLine(spot + QPointF(-6, 0), spot + QPointF(6, 0))
    p.setBrush(Qt.BrushStyle.NoBrush)
    if light != "good":
        p.drawEllipse(spot, PAD + 9, PAD + 9)
    _label(p, spot + QPointF(PAD + 26, -PAD - 14), "Ref", ink, scale)


def _draw_sensor(p: QPainter, row: SetupRow, theme: Theme, scale: float) -> None:
    problem = row.tone in ("bad", "warn")
    ink = light_ink("bad" if row.tone == "bad" else "warn", theme) if problem else theme.pelvis
    width, height = max(62.0, 44.0 / scale), max(42.0, 26.0 / scale)
    box = QRectF(-width / 2, _SENSOR[1] - height / 2, width, height)
    p.setPen(QPen(ink, 2.4 / scale))
    p.setBrush(theme.background)
    p.drawRoundedRect(box, 9, 9)
    if problem:
        p.setBrush(Qt.BrushStyle.NoBrush)
        p.drawRoundedRect(box.adjusted(-9, -9, 9, 9), 15, 15)
        size = max(22.0, 18.0 / scale)
        spot = QPointF(width / 2 + 9 + size * 0.7, box.top())
        draw_light(p, spot, size, "bad" if row.tone == "bad" else "warn", theme, theme.surface2)
    if row.selected:
        p.setBrush(Qt.BrushStyle.NoBrush)
        p.setPen(QPen(theme.accent, 1.6 / scale, Qt.PenStyle.DashLine))
        p.drawRoundedRect(box.adjusted(-15, -15, 15, 15), 19, 19)
    _label(p, box.center(), "IMU", ink, scale)


def _label(p: QPainter, centre: QPointF, text: str, ink: QColor, scale: float) -> None:
    """Draw a label in px, whatever the scale of the map."""
    p.save()
    p.translate(centre)
    p.scale(1 / scale, 1 / scale)
    draw_text(p, QRectF(-40, -10, 80, 20), text, font(SMALL_PX, 700), ink, CENTRE)
    p.restore()


def _draw_sides(p: QPainter, room: QRectF, theme: Theme) -> None:
    for letter, x in (("L", room.left() + 24), ("R", room.right() - 52)):
        box = QRectF(x, room.top() + 4, 28, 28)
        draw_round(p, box, 7, theme.surface2, theme.line)
        draw_text(p, box, letter, font(BODY_PX, 700), theme.text2, CENTRE)


def _draw_foot(p: QPainter, inner: QRectF, view: BodyView, theme: Theme) -> None:
    said = view.said or (f"{view.page.asked}: the row that moves lights up" if view.page.asked
                         else "Choose a row with the arrow keys")  # fmt: skip
    note = QRectF(inner.left(), inner.bottom() - 32, inner.width(), 20)
    words = fit_font(view.page.scored, SMALL_PX, 500, note.width(), display=False)
    draw_text(p, note, view.page.scored, words, theme.text2)
    line = QRectF(inner.left(), inner.bottom() - 58, inner.width(), 24)
    ink = theme.text if view.said else theme.text2
    words = fit_font(said, BODY_PX, 600, line.width(), display=False)
    draw_text(p, line, said, words, ink)
