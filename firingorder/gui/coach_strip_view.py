"""The line of the training on the desk view."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QRectF

from firingorder.gui.canvas import Canvas
from firingorder.report.painter import RIGHT, draw_round, draw_text, fit_font, text_width
from firingorder.report.theme import BODY_PX, TITLE_PX, font

if TYPE_CHECKING:
    from PySide6.QtGui import QPainter

    from firingorder.gui.view_models.coach_strip import CoachStrip
    from firingorder.report.theme import Theme

HEIGHT_PX = 52
_GAP_PX = 28.0


def make_coach_strip(theme: Theme) -> Canvas[CoachStrip]:
    """Return the widget of the line."""
    made: Canvas[CoachStrip] = Canvas("Training", theme, draw_strip, lambda view: view.spoken)
    made.setFixedHeight(HEIGHT_PX)
    made.hide()
    return made


def draw_strip(p: QPainter, rect: QRectF, view: CoachStrip, theme: Theme) -> None:
    """Draw the parts from left to right; the newest result takes what room is left."""
    p.fillRect(rect, theme.background)
    box = rect.adjusted(20, 8, -20, 0)
    draw_round(p, box, 12, theme.surface, theme.line)
    inner = box.adjusted(18, 0, -18, 0)
    keys = font(BODY_PX, 600)
    width = text_width(view.keys, keys)
    draw_text(p, inner, view.keys, keys, theme.text2, RIGHT)
    right = inner.right() - width - _GAP_PX
    left = inner.left()
    for text, weight, ink in (
        (view.place, 600, theme.text2),
        (view.now, 700, theme.text),
        (view.told, 600, theme.tone(view.tone)[0]),
    ):
        room = right - left
        if not text or room < 60.0:
            continue
        text_font = fit_font(text, TITLE_PX, weight, room, display=False)
        part = QRectF(left, inner.top(), room, inner.height())
        draw_text(p, part, text, text_font, ink)
        left += text_width(text, text_font) + _GAP_PX
