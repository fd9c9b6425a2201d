"""Drawing of the lanes of a trend: own bands, intervals, marks, both sides, pain."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QBrush, QColor, QPen

from firingorder.report.painter import CENTRE, RIGHT, draw_round, draw_text, text_width
from firingorder.report.theme import AXIS_PX, BODY_PX, SMALL_PX, blend, font

if TYPE_CHECKING:
    from collections.abc import Sequence

    from PySide6.QtGui import QPainter

    from firingorder.gui.view_models.trends_view import Lane, Mark, Place
    from firingorder.report.theme import Theme

#: Room beside a lane for the numbers of its axis; room above it for its title.
GUTTER_PX, HEAD_PX = 58, 24
#: Between two sessions: from here on words stand beside marks; below it marks are small.
WORDS_PX, LETTERS_PX, SMALL_STEP_PX = 62, 36, 18
_PAIN_MOST = 10
#: Where no session has a value of the measure.
NO_VALUE = "No value yet"


def draw_lane(
    p: QPainter,
    rect: QRectF,
    lane: Lane,
    places: Sequence[Place],
    xs: Sequence[float],
    theme: Theme,
) -> None:
    """Draw one chart into ``rect``; ``xs`` are the places of the sessions in px."""
    plot = plot_of(rect)
    letters = _step(xs, plot) >= LETTERS_PX
    _head(p, rect, lane.title, _note(lane, letters=letters), theme)
    _axis(p, plot, lane, theme)
    if not lane.ticks:
        draw_text(p, plot, NO_VALUE, font(BODY_PX, 500), theme.text2)
    if lane.band is not None:
        _band(p, plot, lane, theme)
    step = _step(xs, plot)
    if lane.sides:
        _sides(p, plot, lane, xs, step, theme)
        return
    _line(p, plot, lane, places, xs, theme)
    for x, mark in zip(xs, lane.marks, strict=True):
        if mark is None:
            _nothing(p, QPointF(x, plot.bottom() - 8), theme)
        else:
            _mark(p, plot, lane, x, mark, step, theme)


def draw_pain(p: QPainter, rect: QRectF, places: Sequence[Place], xs: Sequence[float],
              theme: Theme) -> None:  # fmt: skip
    """Draw pain before and after each session: a ring, then a dot, joined."""
    _head(p, rect, "Pain", "ring before, dot after  ·  0 to 10", theme)
    plot = plot_of(rect)
    p.setRenderHint(p.RenderHint.Antialiasing, False)
    for value in (0, 5, 10):
        y = round(_pain_y(plot, value)) + 0.5
        p.setPen(theme.line)
        p.drawLine(QPointF(plot.left(), y), QPointF(plot.right(), y))
        label = QRectF(rect.left(), y - 8, GUTTER_PX - 10, 16)
        draw_text(p, label, str(value), font(AXIS_PX, 500), theme.text3, RIGHT)
    size = 4.0 if _step(xs, plot) >= SMALL_STEP_PX else 2.5
    p.setRenderHint(p.RenderHint.Antialiasing, True)
    for x, place in zip(xs, places, strict=True):
        before, after = place.pain_before, place.pain_after
        if before is None and after is None:
            _nothing(p, QPointF(x, plot.bottom() - 6), theme)
            continue
        shift = size * 0.9 if None not in (before, after) else 0.0
        spots = [
            (QPointF(x + way * shift, _pain_y(plot, value)), filled)
            for value, way, filled in ((before, -1, False), (after, 1, True))
            if value is not None
        ]
        p.setRenderHint(p.RenderHint.Antialiasing, True)
        p.setPen(QPen(theme.text2, 1.4))
        if len(spots) == 2:
            p.drawLine(spots[0][0], spots[1][0])
        for spot, filled in spots:
            p.setBrush(theme.text if filled else theme.surface)
            p.setPen(QPen(theme.text, 1.6))
            p.drawEllipse(spot, size, size)
    p.setBrush(Qt.BrushStyle.NoBrush)


def draw_shape(
    p: QPainter, centre: QPointF, size: float, shape: str, ink: QColor, ground: QColor
) -> None:
    """Draw the mark of a session: triangle for a change, ring for none, square for what is aside.

    A triangle that only perhaps is one is hollow.
    """
    p.save()
    p.setRenderHint(p.RenderHint.Antialiasing, True)
    p.translate(centre)
    half = size / 2.0
    p.setPen(QPen(ink, max(1.4, size / 7), j=Qt.PenJoinStyle.RoundJoin))
    p.setBrush(ground)
    if shape == "plain":
        p.drawEllipse(QPointF(0, 0), half * 0.86, half * 0.86)
    elif shape == "aside":
        p.drawRect(QRectF(-half * 0.7, -half * 0.7, half * 1.4, half * 1.4))
    else:
        way = -1.0 if shape.startswith("up") else 1.0
        if not shape.endswith("perhaps"):
            p.setBrush(ink)
        tip = 1.05 * half * way
        p.drawPolygon([QPointF(0, tip), QPointF(half, -tip * 0.75), QPointF(-half, -tip * 0.75)])
    p.restore()


def plot_of(rect: QRectF) -> QRectF:
    """Return where the marks of a lane stand."""
    return rect.adjusted(GUTTER_PX, HEAD_PX + 6, -12, -10)


def _note(lane: Lane, *, letters: bool) -> str:
    legend = {"lead": "bar 95 %, line quartiles", "share": "bar 95 %"}.get(lane.key, "")
    if lane.sides and not letters:
        legend = "dot left, ring right"
    return "  ·  ".join(part for part in (legend, lane.note) if part)


def _head(p: QPainter, rect: QRectF, title: str, note: str, theme: Theme) -> None:
    head = QRectF(rect.left() + 10, rect.top() + 1, rect.width() - 22, HEAD_PX - 4)
    draw_text(p, head, title, font(BODY_PX, 600), theme.text)
    left = text_width(title, font(BODY_PX, 600)) + 18
    small = font(SMALL_PX, 500)
    if text_width(note, small) > head.width() - left:
        note = note.rpartition("  ·  ")[2]
    draw_text(p, head.adjusted(left, 0, 0, 0), note, small, theme.text2, RIGHT)


def _axis(p: QPainter, plot: QRectF, lane: Lane, theme: Theme) -> None:
    p.setRenderHint(p.RenderHint.Antialiasing, False)
    ticks = lane.ticks
    while len(ticks) > 2 and plot.height() / (len(ticks) - 1) < 17:
        ticks = tuple(one for one in ticks[::2])
    for value, label in ticks:
        y = round(_y(plot, lane, value)) + 0.5
        p.setPen(theme.strong_line if value == 0.0 and lane.low < 0 else theme.line)
        p.drawLine(QPointF(plot.left(), y), QPointF(plot.right(), y))
        spot = QRectF(plot.left() - GUTTER_PX, y - 8, GUTTER_PX - 10, 16)
        words = f"{label} %" if lane.unit == "%" and lane.key == "share" else label
        draw_text(p, spot, words, font(AXIS_PX, 500), theme.text3, RIGHT)


def _band(p: QPainter, plot: QRectF, lane: Lane, theme: Theme) -> None:
    """Shade where a difference is no change; hatched while the band is provisional."""
    assert lane.band is not None
    low, middle, high = (min(max(v, lane.low), lane.high) for v in lane.band)
    top, bottom = _y(plot, lane, high), _y(plot, lane, low)
    area = QRectF(plot.left(), top, plot.width(), max(2.0, bottom - top))
    shade = QColor(theme.accent)  # drawn seldom, over the column of what is chosen
    shade.setAlphaF(0.25 if lane.provisional else 0.10)
    pattern = Qt.BrushStyle.BDiagPattern if lane.provisional else Qt.BrushStyle.SolidPattern
    p.fillRect(area, QBrush(shade, pattern))
    p.setRenderHint(p.RenderHint.Antialiasing, False)
    p.setPen(QPen(blend(theme.accent, theme.surface, 0.5), 1.0, Qt.PenStyle.DashLine))
    for value in (low, middle, high):
        y = round(_y(plot, lane, value)) + 0.5
        p.drawLine(QPointF(plot.left(), y), QPointF(plot.right(), y))


def _line(
    p: QPainter,
    plot: QRectF,
    lane: Lane,
    places: Sequence[Place],
    xs: Sequence[float],
    theme: Theme,
) -> None:
    """Join what follows on one another, dashed over long pauses; what has no value parts it."""
    p.setRenderHint(p.RenderHint.Antialiasing, True)
    last: QPointF | None = None
    for x, mark, place in zip(xs, lane.marks, places, strict=True):
        here = None
        if mark is not None and mark.shape != "aside":
            here = QPointF(x, _y(plot, lane, mark.value))
        if here is not None and last is not None:
            style = Qt.PenStyle.DotLine if place.gap else Qt.PenStyle.SolidLine
            p.setPen(QPen(theme.text3, 1.0, style))
            p.drawLine(last, here)
        last = here


def _mark(
    p: QPainter, plot: QRectF, lane: Lane, x: float, mark: Mark, step: float, theme: Theme
) -> None:
    wide = step >= SMALL_STEP_PX
    aside = mark.shape == "aside"
    if mark.q1 is not None and mark.q3 is not None:
        p.setRenderHint(p.RenderHint.Antialiasing, False)
        p.setPen(QPen(theme.text3, 1.0))
        top, bottom = _y(plot, lane, mark.q3), _y(plot, lane, mark.q1)
        p.drawLine(QPointF(round(x), top), QPointF(round(x), bottom))
        cap = 4 if wide else 2
        for y in (top, bottom):
            p.drawLine(QPointF(round(x) - cap, y), QPointF(round(x) + cap, y))
    if mark.low is not None and mark.high is not None:
        half = 4.0 if wide else 2.0
        top, bottom = _y(plot, lane, mark.high), _y(plot, lane, mark.low)
        bar = QRectF(x - half, top, 2 * half, max(2 * half, bottom - top))
        draw_round(p, bar, half, blend(theme.text2, theme.surface, 0.25 if aside else 0.5))
    y = _y(plot, lane, mark.value)
    size = 13.0 if wide else 7.0
    strong = mark.shape not in ("plain", "aside")
    ink = theme.text3 if aside else theme.text
    draw_shape(p, QPointF(x, y), size + (2 if strong else 0), mark.shape, ink, theme.surface)
    if step >= WORDS_PX and strong:
        word = "perhaps" if mark.shape.endswith("perhaps") else "changed"
        ends = [_y(plot, lane, v) for v in (mark.low, mark.high, mark.value) if v is not None]
        above = min(ends) - plot.top() > 16
        spot = QRectF(x - 40, min(ends) - 20 if above else max(ends) + 5, 80, 15)
        draw_text(p, spot, word, font(AXIS_PX, 600), theme.text, CENTRE)


def _sides(
    p: QPainter, plot: QRectF, lane: Lane, xs: Sequence[float], step: float, theme: Theme
) -> None:
    """Draw left and right of each session as letters, with the difference between them."""
    for x, both in zip(xs, lane.sides, strict=True):
        if both is None:
            _nothing(p, QPointF(x, plot.bottom() - 6), theme)
            continue
        ys = [_y(plot, lane, value) for value in both]
        p.setRenderHint(p.RenderHint.Antialiasing, True)
        p.setPen(QPen(theme.text3, 1.2))
        p.drawLine(QPointF(x, ys[0]), QPointF(x, ys[1]))
        shift = 8.0
        for way, y, letter in ((-1, ys[0], "L"), (1, ys[1], "R")):
            if step < LETTERS_PX:
                p.setRenderHint(p.RenderHint.Antialiasing, True)
                p.setBrush(theme.text if letter == "L" else theme.surface)
                p.setPen(QPen(theme.text, 1.2))
                size = 2.4 if step < SMALL_STEP_PX else 4.0
                p.drawEllipse(QPointF(x, y), size, size)
                p.setBrush(Qt.BrushStyle.NoBrush)
                continue
            disc = QRectF(x + way * shift - 8, y - 8, 16, 16)
            draw_round(p, disc, 8, theme.surface2, theme.strong_line)
            draw_text(p, disc, letter, font(AXIS_PX, 600), theme.text, CENTRE)


def _nothing(p: QPainter, spot: QPointF, theme: Theme) -> None:
    """Say that there is no value here: a dash, and the line above has a hole."""
    p.setRenderHint(p.RenderHint.Antialiasing, False)
    p.setPen(QPen(theme.text3, 1.6))
    p.drawLine(QPointF(spot.x() - 4, spot.y()), QPointF(spot.x() + 4, spot.y()))


def _y(plot: QRectF, lane: Lane, value: float) -> float:
    share = (value - lane.low) / (lane.high - lane.low)
    return plot.bottom() - min(max(share, 0.0), 1.0) * plot.height()


def _pain_y(plot: QRectF, value: float) -> float:
    inside = plot.adjusted(0, 4, 0, -4)
    return inside.bottom() - value / _PAIN_MOST * inside.height()


def _step(xs: Sequence[float], plot: QRectF) -> float:
    """Return the least room between two sessions."""
    if len(xs) < 2:
        return plot.width()
    return min(b - a for a, b in pairwise(xs))
