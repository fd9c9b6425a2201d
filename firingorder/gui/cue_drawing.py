"""Drawing of the one sentence that is said of a repetition besides its order. Never in colour."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QPainter, QPen

from firingorder.gui.fitted_text import draw_fitted
from firingorder.report.painter import CENTRE, draw_round, draw_text
from firingorder.report.theme import Theme, font
from firingorder.report.wording import NOTHING

if TYPE_CHECKING:
    from firingorder.gui.view_models.cue_line import CueLine


def draw_cue(p: QPainter, rect: QRectF, cue: CueLine, theme: Theme, px: int) -> None:
    """Draw the line: an arrow ahead for something to do, else a ring with an ``i`` or a dash."""
    draw_round(p, rect, min(16.0, rect.height() * 0.22), theme.surface2, theme.line)
    size = min(px * 1.5, rect.height() * 0.62)
    centre = QPointF(rect.left() + rect.height() * 0.3 + size / 2, rect.center().y())
    p.setRenderHint(QPainter.RenderHint.Antialiasing, True)
    if cue.kind != "cue":
        p.setPen(QPen(theme.text2, max(1.6, size * 0.08)))
        p.setBrush(Qt.BrushStyle.NoBrush)
        p.drawEllipse(centre, size / 2, size / 2)
        box = QRectF(centre.x() - size / 2, centre.y() - size / 2, size, size)
        sign = "i" if cue.kind == "note" else NOTHING
        draw_text(p, box, sign, font(round(size * 0.66), 700), theme.text2, CENTRE)
    else:
        _draw_arrow(p, centre, size, theme)
    left = centre.x() + size / 2 + px * 0.7
    words = QRectF(left, rect.top() + 2, rect.right() - left - px * 0.5, rect.height() - 4)
    ink = theme.text if cue.kind == "cue" else theme.text2
    draw_fitted(p, words, cue.shown, px, 600, ink)


def _draw_arrow(p: QPainter, centre: QPointF, size: float, theme: Theme) -> None:
    pen = QPen(theme.text, max(2.0, size * 0.13))
    pen.setCapStyle(Qt.PenCapStyle.RoundCap)
    pen.setJoinStyle(Qt.PenJoinStyle.RoundJoin)
    p.setPen(pen)
    right, half = QPointF(centre.x() + size * 0.44, centre.y()), size * 0.34
    p.drawLine(QPointF(centre.x() - size * 0.44, centre.y()), right)
    p.drawLine(right, QPointF(right.x() - half, right.y() - half))
    p.drawLine(right, QPointF(right.x() - half, right.y() + half))
