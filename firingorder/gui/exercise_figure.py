"""A figure of the position in which an exercise begins: a head, a few strokes, the ground."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QPainter, QPen

from firingorder.gui.view_models.exercise_story import POSITIONS
from firingorder.report.theme import blend

if TYPE_CHECKING:
    from PySide6.QtGui import QColor

    from firingorder.report.theme import Theme
    from firingorder.training.exercises.records import Position

Points = tuple[tuple[float, float], ...]
#: Head, and strokes of trunk, arms, legs, in a box of 100 by 60 whose ground is at 54. What a
#: person leans or sits on is drawn dimmer ("beside").
_FIGURES: dict[str, tuple[tuple[float, float], tuple[Points, ...], tuple[Points, ...]]] = {
    "supine": ((14, 48), (((20, 50), (50, 50), (88, 50)), ((24, 50), (44, 52))), ()),
    "supine_knees_bent": (
        (14, 48), (((20, 50), (50, 50), (66, 30), (76, 52), (83, 52)), ((24, 50), (46, 52))), (),
    ),
    "bench_knees_bent": (
        (22, 25), (((28, 30), (54, 42), (70, 30), (76, 52), (83, 52)), ((30, 31), (44, 44))),
        (((12, 36), (34, 36), (34, 54)), ((12, 36), (12, 54))),
    ),
    "prone": ((14, 48), (((20, 50), (50, 49), (88, 51)), ((22, 50), (10, 53))), ()),
    "side_lying": (
        (14, 44),
        (((20, 46), (48, 45), (66, 38), (82, 46)), ((20, 48), (48, 49), (66, 46), (84, 52)),
         ((22, 48), (8, 52))),
        (),
    ),
    "side_on_forearm": (
        (17, 26), (((22, 31), (54, 42), (90, 52)), ((24, 33), (24, 52), (36, 52))), (),
    ),
    "hands_and_knees": (
        (18, 24), (((24, 29), (60, 30), (62, 52), (84, 52)), ((27, 30), (27, 52), (22, 52))), (),
    ),
    "sitting": (
        (44, 9),
        (((45, 16), (47, 38), (70, 38), (70, 52), (78, 52)), ((45, 20), (54, 34), (64, 36))),
        (((34, 42), (62, 42)), ((36, 42), (36, 54)), ((60, 42), (60, 54))),
    ),
    "lying_or_sitting": (
        (14, 48), (((20, 50), (50, 50), (88, 50)), ((62, 22), (62, 38), (80, 38), (80, 48))),
        (((62, 16), (62, 17)),),
    ),
    "standing": (
        (50, 7), (((50, 13), (50, 32), (47, 52), (52, 52)), ((50, 32), (54, 52), (60, 52)),
                  ((50, 17), (44, 33)), ((50, 17), (56, 33))), (),
    ),
    "split_stance": (
        (48, 7),
        (((48, 13), (48, 32), (62, 40), (62, 52), (68, 52)), ((48, 32), (40, 44), (28, 52)),
         ((48, 17), (44, 33)), ((48, 17), (54, 32))),
        (),
    ),
    "walking": (
        (50, 7),
        (((50, 13), (49, 32), (60, 42), (64, 52), (70, 51)), ((49, 32), (44, 43), (33, 52)),
         ((50, 17), (60, 30)), ((50, 17), (40, 30))),
        (),
    ),
    "free": (
        (50, 7), (((50, 13), (50, 32), (40, 52)), ((50, 32), (60, 52)), ((50, 18), (34, 10)),
                  ((50, 18), (66, 10))), (),
    ),
}  # fmt: skip
_WIDTH, _HEIGHT, _GROUND = 100.0, 60.0, 54.0
#: The figure stands over the text, whose lines are no longer than this.
_READ_PX = 880


def draw_figure(p: QPainter, rect: QRectF, position: Position, theme: Theme) -> None:
    """Draw the position over the middle of the text."""
    p.fillRect(rect, theme.surface)
    scale = min(rect.width() / _WIDTH, rect.height() / _HEIGHT)
    head, strokes, beside = _FIGURES[position]
    p.save()
    p.setRenderHint(QPainter.RenderHint.Antialiasing, True)
    middle = rect.left() + min(rect.width(), _READ_PX) / 2
    p.translate(middle - _WIDTH * scale / 2, rect.center().y() - _HEIGHT * scale / 2)
    p.scale(scale, scale)
    p.setBrush(Qt.BrushStyle.NoBrush)
    dim = blend(theme.text3, theme.surface, 0.7)
    p.setPen(_pen(theme.strong_line, 1.0))
    p.drawLine(QPointF(2, _GROUND), QPointF(98, _GROUND))
    p.setPen(_pen(dim, 1.6))
    for points in beside:
        p.drawPolyline([QPointF(x, y) for x, y in points])
    p.setPen(_pen(theme.text, 3.2))
    for points in strokes:
        p.drawPolyline([QPointF(x, y) for x, y in points])
    p.setPen(Qt.PenStyle.NoPen)
    p.setBrush(theme.text)
    p.drawEllipse(QPointF(*head), 4.6, 4.6)
    p.restore()


def describe_figure(position: Position) -> str:
    """Return the position in words."""
    return f"Begins {POSITIONS[position]}."


def _pen(ink: QColor, width: float) -> QPen:
    return QPen(ink, width, c=Qt.PenCapStyle.RoundCap, j=Qt.PenJoinStyle.RoundJoin)
