"""The figures of a report: tiles, raster, leads of many repetitions, sessions."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QPainter, QPen

from firingorder.report.content.trend import tick_text
from firingorder.report.painter import CENTRE, LEFT, RIGHT, draw_round, draw_text, draw_verdict_icon
from firingorder.report.paper.canvas import (
    BODY,
    SMALL,
    TINY,
    Style,
    paper_font,
    wrap,
    write,
)
from firingorder.report.paper.canvas import THEME as T
from firingorder.report.theme import blend
from firingorder.report.wording import muscle_title, signed_number

if TYPE_CHECKING:
    from collections.abc import Sequence

    from PySide6.QtGui import QColor

    from firingorder.report.content.model import (
        Bar,
        LeadChart,
        Mark,
        Number,
        Raster,
        RasterRow,
        TrendChart,
    )

#: Left of the raster stands the repetition, right of it its lead.
NAMES, LEADS = 150.0, 196.0
AXIS = 26.0
_LINE = 1.2
_LEAST_BAND = 4.0


def draw_tiles(p: QPainter, rect: QRectF, numbers: Sequence[Number]) -> None:
    """Draw the numbers, each on a ground of its own."""
    gap = 20.0
    width = (rect.width() - gap * (len(numbers) - 1)) / max(1, len(numbers))
    for k, number in enumerate(numbers):
        tile = QRectF(rect.left() + k * (width + gap), rect.top(), width, rect.height())
        draw_round(p, tile, 12, T.surface2)
        inside = tile.adjusted(18, 0, -10, 0)
        label = QRectF(inside.left(), tile.top() + 13, inside.width(), 22)
        draw_text(p, label, number.label, paper_font(SMALL, 500), T.text2)
        value = QRectF(inside.left(), tile.top() + 36, inside.width(), 42)
        ink = T.tone(number.tone)[0]
        wide = Style(30, 700, ink, 42, display=True)
        size = 30 if wide.width(number.value) <= inside.width() else 24
        draw_text(p, value, number.value, paper_font(size, 700, display=True), ink)
        small = Style(TINY, 400, T.text2, 15)
        lines = wrap(number.note, small, inside.width())
        top = tile.top() + (82 if len(lines) < 2 else 76)
        write(p, inside.left(), top, inside.width(), number.note, small)


def draw_mark(p: QPainter, centre: QPointF, size: float, mark: Mark) -> None:
    """Draw the shape of an outcome; it is told apart without colour."""
    ink, ground = T.tone(mark.tone)
    draw_verdict_icon(p, centre, size, mark.shape, ink, T.surface if ink != T.text2 else ground)


class _Across:
    """Where a time lies between two ends; what is beyond them stays at the edge."""

    def __init__(self, low: float, high: float, left: float, right: float) -> None:
        self._low, self._left, self._right = low, left, right
        self._scale = (right - left) / (high - low)

    def x(self, value: float) -> float:
        ends = sorted((self._left, self._right))  # an axis upwards ends above where it begins
        return min(max(self._left + (value - self._low) * self._scale, ends[0]), ends[1])


def draw_raster(p: QPainter, rect: QRectF, raster: Raster) -> None:
    """Draw the repetitions as rows: axis above, bars by muscle and side, lead at the right."""
    left, right = rect.left() + NAMES, rect.right() - LEADS
    across = _Across(raster.start_ms, raster.end_ms, left, right)
    top = rect.top() + AXIS
    height = (rect.bottom() - top) / len(raster.rows)
    for k in range(len(raster.rows)):
        ground = QRectF(rect.left(), top + k * height, rect.width(), height)
        if k % 2 == 0:
            p.fillRect(ground, blend(T.surface2, T.surface, 0.6))
    p.setRenderHint(QPainter.RenderHint.Antialiasing, False)
    for tick in raster.ticks_ms:
        x = across.x(tick)
        p.setPen(QPen(T.strong_line if tick == 0 else T.line, 1.6 if tick == 0 else _LINE))
        p.drawLine(QPointF(x, top), QPointF(x, rect.bottom()))
        spot = QRectF(x - 60, rect.top(), 120, AXIS - 4)
        draw_text(p, spot, _tick(tick), paper_font(TINY, 500), T.text3, CENTRE)
    for k, row in enumerate(raster.rows):
        area = QRectF(rect.left(), top + k * height, rect.width(), height)
        _draw_row(p, area, row, raster, across)


def _tick(tick: float) -> str:
    return "0" if tick == 0 else signed_number(tick)


def _draw_row(p: QPainter, area: QRectF, row: RasterRow, raster: Raster, across: _Across) -> None:
    middle = area.center().y()
    size = min(24.0, area.height() * 0.6)
    draw_mark(p, QPointF(area.left() + 20, middle), size, row.mark)
    name = QRectF(area.left() + 42, area.top(), NAMES - 46, area.height())
    ink = T.text if row.scored else T.text2
    draw_text(p, name, row.label, paper_font(16, 600), ink)
    _draw_bars(p, area, row, raster, across)
    tone = T.tone(row.mark.tone)[0]
    cell = QRectF(area.right() - LEADS + 10, area.top(), LEADS - 14, area.height())
    if not row.why:
        draw_text(p, cell, row.lead, paper_font(BODY, 600), tone, RIGHT)
        return
    half = area.height() / 2
    upper = QRectF(cell.left(), middle - min(half, 21), cell.width(), min(half, 21))
    lower = QRectF(cell.left(), middle - 1, cell.width(), min(half, 19))
    said = row.lead if row.scored else "not counted"
    why = row.why.removeprefix("not counted: ")
    draw_text(p, upper, said, paper_font(16, 600), tone, RIGHT)
    style = Style(13, 400, T.text2, 16)
    units = 13 if style.width(why) <= cell.width() else 11
    draw_text(p, lower, why, paper_font(units, 400), T.text2, RIGHT)


def _draw_bars(p: QPainter, area: QRectF, row: RasterRow, raster: Raster, across: _Across) -> None:
    """Draw each muscle in a lane of its own, left above right, so that no bar hides another."""
    muscles = raster.muscles
    if not row.bars or not muscles:
        return
    lane = (area.height() - 8) / len(muscles)
    p.setRenderHint(QPainter.RenderHint.Antialiasing, False)
    for bar in row.bars:
        if bar.muscle not in muscles:
            continue
        top = area.top() + 4 + muscles.index(bar.muscle) * lane
        y = top + lane * (0.5 if not bar.side else 0.27 if bar.side == "left" else 0.73)
        _draw_bar(p, bar, y, min(lane * 0.34, 5.0), across, dim=not row.scored)


def _draw_bar(p: QPainter, bar: Bar, y: float, thick: float, across: _Across, *, dim: bool) -> None:
    colour = T.muscle(bar.muscle)
    light = blend(colour, T.surface, 0.25 if dim else 0.45)
    low, high, at = across.x(bar.low_ms), across.x(bar.high_ms), across.x(bar.at_ms)
    p.fillRect(QRectF(low, y - thick / 2, max(high - low, 2.0), thick), light)
    ink = blend(colour, T.surface, 0.5) if dim else colour
    p.fillRect(QRectF(at - 2, y - thick / 2 - 1, 4, thick + 2), ink)


def draw_legend(p: QPainter, rect: QRectF, raster: Raster) -> None:
    """Draw which colour is which muscle, in the order of the lanes, and which bar which side."""
    x = rect.left() + NAMES
    style = Style(SMALL, 500, T.text2, 20)
    for muscle in raster.muscles:
        bar = QRectF(x, rect.center().y() - 3.5, 22, 7)
        draw_round(p, bar, 3.5, T.muscle(muscle))
        title = muscle_title(muscle)
        spot = QRectF(x + 30, rect.top(), 200, rect.height())
        draw_text(p, spot, title, style.font, style.colour)
        x += 30 + style.width(title) + 34
    side = QRectF(rect.right() - 320, rect.top(), 320, rect.height())
    draw_text(p, side, raster.sides, paper_font(TINY, 400), T.text3, RIGHT)


def draw_leads(p: QPainter, rect: QRectF, chart: LeadChart) -> None:
    """Draw the lead of many repetitions: shapes with their intervals, sets apart by a line."""
    left, right = rect.left() + 62, rect.right() - 6
    top, bottom = rect.top() + 8, rect.bottom() - 30
    across = _Across(chart.low_ms, chart.high_ms, bottom, top)
    p.setRenderHint(QPainter.RenderHint.Antialiasing, False)
    upper, lower = across.x(chart.margin_ms), across.x(-chart.margin_ms)
    p.fillRect(QRectF(left, upper, right - left, lower - upper), T.surface2)
    for tick in chart.ticks_ms:
        _rule(p, left, right, across.x(tick), strong=tick == 0)
        spot = QRectF(rect.left(), across.x(tick) - 10, 52, 20)
        draw_text(p, spot, _tick(tick), paper_font(TINY, 500), T.text3, RIGHT)
    step = (right - left) / len(chart.points)
    size = max(7.0, min(17.0, step * 0.8))
    every = next(n for n in (1, 2, 5, 10, 20, 50, 100, 1000) if step * n >= 26)
    for k, point in enumerate(chart.points):
        x = left + (k + 0.5) * step
        if k and point.set_index != chart.points[k - 1].set_index:
            p.setPen(QPen(T.strong_line, _LINE, Qt.PenStyle.DashLine))
            p.drawLine(QPointF(x - step / 2, top), QPointF(x - step / 2, bottom))
        ink = T.tone(point.mark.tone)[0]
        if point.lead_ms is None:
            draw_mark(p, QPointF(x, bottom + 2), size * 0.8, point.mark)
        elif point.low_ms is not None and point.high_ms is not None:
            p.setPen(QPen(blend(ink, T.surface, 0.5), 2.0))
            p.drawLine(QPointF(x, across.x(point.low_ms)), QPointF(x, across.x(point.high_ms)))
            draw_mark(p, QPointF(x, across.x(point.lead_ms)), size, point.mark)
        if point.index == 1 or point.index % every == 0:
            spot = QRectF(x - 30, bottom + 12, 60, 18)
            draw_text(p, spot, str(point.index), paper_font(TINY, 500), T.text3, CENTRE)


def draw_trend(p: QPainter, rect: QRectF, chart: TrendChart) -> None:
    """Draw one measure over the sessions: line, intervals, own band, flags and pain below."""
    left, right = rect.left() + 62, rect.right() - 26
    pain = any(dot.pain for dot in chart.dots)
    flags = any(dot.flags for dot in chart.dots)
    top = rect.top() + 22
    bottom = rect.bottom() - 26 - 18 * flags - 18 * pain
    across = _Across(chart.low, chart.high, bottom, top)
    p.setRenderHint(QPainter.RenderHint.Antialiasing, False)
    if chart.band is not None:
        high, low = across.x(chart.band[1]), across.x(chart.band[0])
        p.fillRect(QRectF(left, high, right - left, low - high), blend(T.line, T.surface, 0.6))
    for tick in chart.ticks:
        _rule(p, left - 6, right + 20, across.x(tick), strong=tick == 0 and chart.low < 0)
        spot = QRectF(rect.left() - 10, across.x(tick) - 10, 60, 20)
        draw_text(p, spot, tick_text(tick, chart.unit), paper_font(TINY, 500), T.text3, RIGHT)
    count = len(chart.dots)
    step = (right - left) / max(1, count)
    spots = [left + (k + 0.5) * step for k in range(count)]
    p.setRenderHint(QPainter.RenderHint.Antialiasing, True)
    for k, dot in enumerate(chart.dots):
        before = chart.dots[k - 1] if k else None
        if before is None or before.value is None or dot.value is None:
            continue
        apart = bool(dot.flags) and "c" in dot.flags
        pen = QPen(T.text, 2.2, Qt.PenStyle.DotLine if apart else Qt.PenStyle.SolidLine)
        p.setPen(pen)
        p.drawLine(
            QPointF(spots[k - 1], across.x(before.value)), QPointF(spots[k], across.x(dot.value))
        )
    for x, dot in zip(spots, chart.dots, strict=True):
        if dot.value is not None:
            _draw_dot(p, x, dot.value, dot.low, dot.high, across, current=dot.current)
            if dot.current:
                label = QRectF(x - 60, across.x(dot.high or dot.value) - 24, 120, 20)
                said = tick_text(dot.value, chart.unit)
                draw_text(p, label, said, paper_font(BODY, 700), T.text, CENTRE)
        below = [
            dot.label,
            *([" ".join(dot.flags)] if flags else []),
            *([dot.pain] if pain else []),
        ]
        for row, text in enumerate(below):
            spot = QRectF(x - step / 2, bottom + 6 + 18 * row, step, 18)
            draw_text(p, spot, text, paper_font(TINY, 500), T.text2 if not row else T.text3, CENTRE)


def _draw_dot(
    p: QPainter,
    x: float,
    value: float,
    low: float | None,
    high: float | None,
    across: _Across,
    *,
    current: bool,
) -> None:
    if low is not None and high is not None:
        p.setPen(QPen(blend(T.text, T.surface, 0.35), 2.0))
        p.drawLine(QPointF(x, across.x(low)), QPointF(x, across.x(high)))
    p.setPen(QPen(T.text, 2.4))
    p.setBrush(T.text if current else T.surface)
    p.drawEllipse(QPointF(x, across.x(value)), 6.5, 6.5)
    p.setBrush(Qt.BrushStyle.NoBrush)


def _rule(p: QPainter, left: float, right: float, y: float, *, strong: bool) -> None:
    colour: QColor = T.strong_line if strong else T.line
    p.setPen(QPen(colour, _LINE))
    p.drawLine(QPointF(left, y), QPointF(right, y))


def draw_logo(p: QPainter, x: float, y: float) -> None:
    """Draw the sign of the product: three bars, one after another."""
    for k, muscle in enumerate(("gluteus_maximus", "hamstring", "erector_spinae")):
        width = (32, 28, 24)[k]
        bar = QRectF(x + (0, 10, 20)[k], y + 13 * k, width, 8.5)
        draw_round(p, bar, 4.2, T.muscle(muscle))


__all__ = [
    "AXIS", "LEFT", "draw_leads", "draw_legend", "draw_logo", "draw_mark", "draw_raster",
    "draw_tiles", "draw_trend",
]  # fmt: skip
