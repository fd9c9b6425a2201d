"""The lead of every repetition of the set, with its interval and the shape of its outcome."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QPainter, QPen

from firingorder.gui.canvas import Canvas
from firingorder.report.painter import (
    CENTRE,
    RIGHT,
    draw_round,
    draw_text,
    draw_verdict_icon,
    text_width,
)
from firingorder.report.theme import AXIS_PX, SMALL_PX, TITLE_PX, Theme, blend, font
from firingorder.report.wording import signed_number

if TYPE_CHECKING:
    from firingorder.gui.view_models.desk import LeadChartView, LeadPoint

#: Space under the axis for repetitions that have no lead.
LANE_PX = 26
#: Width of the words beside the axis.
GUTTER_PX = 116
TITLE = "Glute lead, this set"
#: Least size of a shape in the lane of the undecided.
LEAST_ICON_PX = 14.0


def make_lead_chart(theme: Theme) -> Canvas[LeadChartView]:
    """Return the chart."""
    return Canvas("Glute lead in this set", theme, draw_lead_chart, lambda view: view.spoken)


def draw_lead_chart(p: QPainter, rect: QRectF, view: LeadChartView, theme: Theme) -> None:
    """Draw the chart: above zero the glutes were first, below it the back."""
    p.fillRect(rect, theme.background)
    draw_round(p, rect, 12, theme.surface, theme.line)
    head_px = min(46.0, rect.height() * 0.2)
    head = QRectF(rect.left() + 20, rect.top() + 2, rect.width() - 40, head_px)
    draw_text(p, head, TITLE, font(TITLE_PX, 600), theme.text)
    note = "ms before the back  ·  bar = 95 %"
    if view.target_ms is not None:
        note = f"ms before the back  ·  target ≥ {view.target_ms:.0f}"
    if _title_width() + text_width(note, font(SMALL_PX, 500)) + 12 > head.width():
        note = note.partition("  ·  ")[0]
    if _title_width() + text_width(note, font(SMALL_PX, 500)) + 12 <= head.width():
        draw_text(p, head, note, font(SMALL_PX, 500), theme.text2, RIGHT)
    plot = QRectF(rect.left() + GUTTER_PX, head.bottom(), rect.width() - GUTTER_PX - 20, 0)
    plot.setBottom(rect.bottom() - 30 - LANE_PX)
    _draw_axes(p, plot, view, theme)
    step = plot.width() / max(1, view.slots)
    for k in range(view.slots):
        x = plot.left() + (k + 0.5) * step
        taken = k < len(view.points)
        spot = QRectF(x - 20, rect.bottom() - 30, 40, 20)
        if view.slots <= 16 or k % 5 == 4 or k == 0:
            ink = theme.text2 if taken else theme.text3
            draw_text(p, spot, str(k + 1), font(AXIS_PX, 600 if taken else 500), ink, CENTRE)
        if taken:
            _draw_point(
                p,
                plot,
                x,
                view.points[k],
                view.end_ms,
                min(19.0, step * 0.7, max(13.0, plot.height() * 0.12)),
                theme,
            )


def _title_width() -> float:
    return text_width(TITLE, font(TITLE_PX, 600))


def _draw_axes(p: QPainter, plot: QRectF, view: LeadChartView, theme: Theme) -> None:
    p.setRenderHint(QPainter.RenderHint.Antialiasing, False)
    if view.target_ms is not None:
        top = QRectF(plot.left(), plot.top(), plot.width(), 0)
        top.setBottom(_y(plot, view.target_ms, view.end_ms))
        p.fillRect(top, blend(theme.ok, theme.surface, 0.13))
    tick = view.end_ms * 2 / 3
    for value in (tick, 0.0, -tick):
        y = round(_y(plot, value, view.end_ms))
        p.setPen(theme.strong_line if value == 0.0 else theme.line)
        p.drawLine(QPointF(plot.left(), y), QPointF(plot.right(), y))
        label = QRectF(plot.left() - 58, y - 9, 48, 18)
        text = "0" if value == 0.0 else signed_number(value)
        draw_text(p, label, text, font(AXIS_PX, 500), theme.text3, RIGHT)
    quarter = plot.height() / 4
    for y, text in ((plot.top() + quarter, "Glutes"), (plot.bottom() - quarter, "Back")):
        lines = (text, "first") if quarter >= 17.0 else (text,)  # two lines of each must fit
        for k, line in enumerate(lines):
            word = QRectF(plot.left() - GUTTER_PX + 20, y - 8 * len(lines) + 16 * k, 56, 16)
            draw_text(p, word, line, font(AXIS_PX, 600), theme.text2)


def _y(plot: QRectF, value_ms: float, end_ms: float) -> float:
    share = max(-1.0, min(1.0, value_ms / end_ms))
    return plot.center().y() - share * plot.height() / 2


def _draw_point(
    p: QPainter,
    plot: QRectF,
    x: float,
    point: LeadPoint,
    end_ms: float,
    size: float,
    theme: Theme,
) -> None:
    ink, _ = theme.tone(point.tone)
    if not point.scored:
        ink = theme.text3
        size *= 0.7
    if point.lead_ms is None:
        lane = QPointF(x, plot.bottom() + LANE_PX / 2 + 2)
        least = LEAST_ICON_PX if point.scored else 0.0
        draw_verdict_icon(p, lane, max(least, size * 0.82), point.verdict, ink, theme.surface)
        return
    y = _y(plot, point.lead_ms, end_ms)
    if point.low_ms is not None and point.high_ms is not None:
        p.setRenderHint(QPainter.RenderHint.Antialiasing, True)
        p.setPen(QPen(ink, 2.0, c=Qt.PenCapStyle.RoundCap))
        low, high = (_y(plot, v, end_ms) for v in (point.low_ms, point.high_ms))
        p.drawLine(QPointF(x, low), QPointF(x, high))
    draw_verdict_icon(p, QPointF(x, y), size, point.verdict, ink, theme.surface)
