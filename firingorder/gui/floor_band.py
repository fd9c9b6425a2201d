"""The verdict band across the top of the floor view, with the ring of repetitions."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QPainter, QPen

from firingorder.gui.fitted_text import draw_fitted
from firingorder.gui.view_models.type_scale import LEAST_PX, SECOND_PX, VERDICT_PX
from firingorder.report.painter import CENTRE, draw_text, draw_verdict_icon, fit_font
from firingorder.report.theme import Theme, font

if TYPE_CHECKING:
    from firingorder.gui.view_models.floor import BandView


def draw_band(p: QPainter, rect: QRectF, view: BandView, theme: Theme, growth: float) -> None:
    """Draw outcome, sentence and ring. The layout is that of 1920 x 1080, scaled."""
    ink, ground = theme.tone(view.tone)
    unit = rect.height() / 292.0
    p.fillRect(rect, ground if view.verdict is not None else theme.surface)
    edge = ink if view.verdict is not None else theme.strong_line
    p.fillRect(QRectF(0, rect.bottom() - 6 * unit, rect.width(), 6 * unit), edge)
    left = 78 * unit
    if view.verdict is not None:
        centre = QPointF(170 * unit, rect.center().y())
        draw_verdict_icon(p, centre, 196 * unit, view.verdict, ink, ground)
        left = 312 * unit
    right = rect.right() - 330 * unit
    head = QRectF(left, 22 * unit, right - left, 168 * unit)
    head_px = round(VERDICT_PX * unit * min(growth, 1.06))
    draw_text(p, head, view.headline, fit_font(view.headline, head_px, 800, head.width()), ink)
    said = QRectF(left + 4 * unit, 184 * unit, right - left, 84 * unit)
    said_px = round(SECOND_PX * unit * min(growth, 1.25))
    said_font = fit_font(view.sentence, said_px, 600, said.width())
    if said_font.pixelSize() >= LEAST_PX * unit:
        draw_text(p, said, view.sentence, said_font, theme.text)
    else:  # two lines rather than letters that nobody can read from the floor
        said.setHeight(98 * unit)
        draw_fitted(p, said, view.sentence, said_px, 600, theme.text)
    _draw_ring(p, QPointF(rect.right() - 190 * unit, 146 * unit), view, theme, unit)


def _draw_ring(p: QPainter, centre: QPointF, view: BandView, theme: Theme, unit: float) -> None:
    p.setRenderHint(QPainter.RenderHint.Antialiasing, True)
    radius = 104 * unit
    box = QRectF(centre.x() - radius, centre.y() - radius, 2 * radius, 2 * radius)
    p.setPen(QPen(theme.strong_line, 20 * unit, c=Qt.PenCapStyle.FlatCap))
    p.drawArc(box, 0, 360 * 16)
    done = min(1.0, view.count / max(1, view.total))
    p.setPen(QPen(theme.text, 20 * unit, c=Qt.PenCapStyle.FlatCap))
    p.drawArc(box, 90 * 16, -round(done * 360 * 16))
    number = QRectF(box.left(), centre.y() - 76 * unit, box.width(), 104 * unit)
    draw_text(
        p,
        number,
        str(view.count),
        font(round(96 * unit), 700, display=True, tabular=False),
        theme.text,
        CENTRE,
    )
    of = QRectF(box.left(), centre.y() + 26 * unit, box.width(), 48 * unit)
    draw_text(p, of, f"of {view.total}", font(round(38 * unit), 600), theme.text2, CENTRE)
