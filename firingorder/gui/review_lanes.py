"""What is drawn in the lanes of the review, in whole pixels: samples, boxes, ghosts, labels."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np
from PySide6.QtCore import QLineF, QPointF, QRectF, Qt
from PySide6.QtGui import QBrush, QPainter, QPen

from firingorder.gui.line_buffer import LineBuffer
from firingorder.gui.view_models.review_traces import lane_scale_uv, lane_zero_uv, lift_scale_deg
from firingorder.report.painter import draw_round, draw_text, text_width
from firingorder.report.theme import SMALL_PX, blend, font

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from PySide6.QtGui import QColor

    from firingorder.gui.view_models.review_marks import Lane, Mark
    from firingorder.gui.view_models.review_traces import Traces
    from firingorder.report.theme import Theme
    from firingorder.samples import FloatArray

#: Share of half a lane that full scale reaches.
REACH = 0.9
RAW_SHARE, FAINT_SHARE, BOX_SHARE, STROKE_PX = 0.62, 0.45, 0.42, 0.45
_GHOST_DASH = (1.0, 2.0)


@dataclass(frozen=True, slots=True)
class Place:
    """Where the lanes lie: plot, one rectangle for each lane, the lane of the lift."""

    plot: QRectF
    lanes: tuple[QRectF, ...]
    lift: QRectF | None


def place_lanes(plot: QRectF, count: int, *, lift: bool) -> Place:
    """Return the place of each lane in the plot; the lift takes as much as one lane."""
    parts = count + (1 if lift else 0)
    height = plot.height() / max(1, parts)
    edges = [plot.top() + round(k * height) for k in range(count + 1)]
    lanes = tuple(QRectF(plot.left(), a, plot.width(), b - a) for a, b in pairwise(edges))
    low = QRectF(plot.left(), edges[-1], plot.width(), plot.bottom() - edges[-1]) if lift else None
    return Place(plot, lanes, low)


class LaneInk:
    """Draws lanes; line memory is made once and grows with the width."""

    def __init__(self, theme: Theme) -> None:
        self._theme = theme
        self._buffer = LineBuffer(8192)

    def samples(
        self,
        p: QPainter,
        rect: QRectF,
        lane: Lane,
        traces: Traces,
        x: Callable[[FloatArray], FloatArray],
        *,
        blind: bool = False,
        faint: bool = False,
    ) -> None:
        """Draw one lane: dim samples about its middle, the bright envelope upon them."""
        k = traces.column(lane.channel)
        if k is None or not traces.samples.t_s.size:
            return
        theme, columns = self._theme, traces.samples
        band = lane.band
        scale = lane_scale_uv(columns, k, None if band is None else band.rest_uv)
        middle, per_uv = rect.center().y(), rect.height() / 2 * REACH / scale
        colour, most = theme.muscle(lane.muscle), rect.height() / 2 - 1
        if blind:
            colour = theme.text2
        elif band is not None and band.counts_from_uv:
            self._threshold(p, rect, band.counts_from_uv * per_uv)
        px = x(columns.t_s)
        zero_uv = lane_zero_uv(columns, k)
        top = middle - np.clip((columns.high[:, k] - zero_uv) * per_uv, -most, most)
        bottom = middle - np.clip((columns.low[:, k] - zero_uv) * per_uv, -most, most)
        p.setRenderHint(QPainter.RenderHint.Antialiasing, False)
        drawn = traces.envelope
        share = FAINT_SHARE if faint else 0.85 if drawn is None else RAW_SHARE
        p.setPen(blend(colour, theme.surface, share))
        if columns.exact:
            self._joined(p, px, top)
        else:
            self._columns(p, px, top, bottom)
        if drawn is not None and drawn.t_s.size:
            p.setRenderHint(QPainter.RenderHint.Antialiasing, True)
            p.setPen(colour)
            level = np.minimum(drawn.high[:, k] * per_uv, most)
            self._curve(p, x(drawn.t_s), middle - level)
        self._clipped(p, rect, traces.clipped.get(lane.channel, ()), x)

    def lift(
        self, p: QPainter, rect: QRectF, traces: Traces, x: Callable[[FloatArray], FloatArray]
    ) -> None:
        """Draw the lift of the pelvis as a filled curve on its base."""
        if traces.lift is None or not traces.lift.t_s.size:
            return
        theme, base = self._theme, rect.bottom() - 8
        lift_deg = 0.5 * (traces.lift.low[:, 0] + traces.lift.high[:, 0])
        per_deg = (rect.height() - 18) / lift_scale_deg(lift_deg)
        px = x(traces.lift.t_s)
        y = base - np.clip(lift_deg, -1.5, None) * per_deg
        p.setRenderHint(QPainter.RenderHint.Antialiasing, False)
        p.setPen(blend(theme.pelvis, theme.surface, 0.16))
        filled = np.arange(np.ceil(px[0]), np.floor(px[-1]) + 1)
        known = np.isfinite(y)
        if known.any() and filled.size:
            level = np.interp(filled, px[known], y[known])
            holes = np.interp(filled, px, (~known).astype(float)) > 0.0
            level[holes] = np.nan
            self._columns(p, filled, level, np.full_like(level, base))
        p.setRenderHint(QPainter.RenderHint.Antialiasing, True)
        p.setPen(theme.pelvis)
        self._curve(p, px, y)

    def gaps(
        self, p: QPainter, plot: QRectF, traces: Traces, x: Callable[[FloatArray], FloatArray]
    ) -> None:
        """Hatch where nothing was received; nothing is interpolated."""
        theme = self._theme
        for first_s, last_s in traces.gaps:
            a, b = x(np.array([first_s, last_s]))
            spot = QRectF(a, plot.top(), max(2.0, b - a), plot.height()).intersected(plot)
            if spot.width() <= 0:
                continue
            _hatch(p, spot, blend(theme.text3, theme.surface, 0.5))
            text = f"no data {1e3 * (last_s - first_s):.0f} ms"
            text_font = font(SMALL_PX, 600)
            width = text_width(text, text_font) + 16
            if spot.width() > width:
                tag = QRectF(0, 0, width, 22)
                tag.moveCenter(spot.center())
                p.fillRect(tag, theme.surface)
                draw_text(p, tag.adjusted(8, 0, 0, 0), text, text_font, theme.text2)

    def marks(
        self, p: QPainter, rect: QRectF, lane: Lane, zero_s: float, x: Callable[[float], float]
    ) -> None:
        """Draw boxes (95 %), ghosts and labels of a lane; its line is an item of its own."""
        colour = self._theme.muscle(lane.muscle)
        for mark in lane.marks:
            if mark.current:
                continue
            at = round(x(mark.at_s)) + 0.5
            p.setRenderHint(QPainter.RenderHint.Antialiasing, False)
            p.setPen(blend(colour, self._theme.text, 0.5))
            p.drawLine(QPointF(at, rect.top() + 5), QPointF(at, rect.bottom() - 5))
        mark = lane.mark
        if mark is not None:
            self._box(p, rect, mark, colour, x)

    def label(
        self,
        p: QPainter,
        rect: QRectF,
        lane: Lane,
        zero_s: float,
        x: Callable[[float], float],
        plot: QRectF,
    ) -> None:
        """Draw the ms beside the line, or why there is none."""
        theme, mark = self._theme, lane.mark
        text_font = font(SMALL_PX, 600)
        if lane.note:
            last = plot.right() if mark is None else min(x(mark.at_s) - 10, plot.right())
            width = min(text_width(lane.note, text_font) + 8, max(60.0, last - plot.left() - 16))
            spot = QRectF(plot.left() + 8, rect.top() + 3, width, 18)
            p.fillRect(spot, theme.surface)
            draw_text(p, spot.adjusted(4, 0, 0, 0), lane.note, text_font, theme.text2)
        if mark is None:
            return
        text = mark.label(zero_s)
        width = text_width(text, text_font)
        left = max(x(mark.high_s), x(mark.at_s) + 8) + 7
        if left + width > plot.right():
            left = min(x(mark.low_s), x(mark.at_s) - 8) - 7 - width
        spot = QRectF(left, rect.top() + 2, width + 2, 18)
        p.fillRect(spot.adjusted(-2, 2, 2, -1), theme.surface)
        ink = theme.accent if mark.edited or mark.pending else theme.text
        draw_text(p, spot, text, text_font, ink)

    def _box(
        self, p: QPainter, rect: QRectF, mark: Mark, colour: QColor, x: Callable[[float], float]
    ) -> None:
        theme = self._theme
        shown = theme.accent if mark.edited or mark.pending else colour
        left, right = x(mark.low_s), x(mark.high_s)
        box = QRectF(left, rect.top(), max(1.0, right - left), rect.height())
        p.setRenderHint(QPainter.RenderHint.Antialiasing, False)
        p.fillRect(box, blend(shown, theme.surface, BOX_SHARE))
        if mark.automatic is not None and (mark.edited or mark.pending):
            ghost = QPen(theme.text2, 1.0)
            ghost.setDashPattern(_GHOST_DASH)
            at = round(x(mark.automatic.onset_s)) + 0.5
            p.setPen(ghost)
            p.drawLine(QPointF(at, rect.top() + 1), QPointF(at, rect.bottom() - 1))

    def _threshold(self, p: QPainter, rect: QRectF, half_px: float) -> None:
        """Draw the level from which a burst is loud enough to be ordered."""
        theme = self._theme
        half = min(max(half_px, 1.0), rect.height() / 2)
        band = QRectF(rect.left(), rect.center().y() - half, rect.width(), 2 * half)
        p.fillRect(band, blend(theme.text3, theme.surface, 0.14))

    def _clipped(
        self,
        p: QPainter,
        rect: QRectF,
        spans: Sequence[tuple[float, float]],
        x: Callable[[FloatArray], FloatArray],
    ) -> None:
        for first_s, last_s in spans:
            a, b = x(np.array([first_s, last_s]))
            spot = QRectF(a, rect.top() + 1, max(3.0, b - a), rect.height() - 2)
            _hatch(p, spot.intersected(rect), self._theme.close)

    def _columns(self, p: QPainter, px: FloatArray, top: FloatArray, bottom: FloatArray) -> None:
        """Draw upright lines, and the way from one to the next where they do not meet."""
        known = np.isfinite(top) & np.isfinite(bottom)
        n = int(known.sum())
        rows = self._room(2 * n)
        rows[:n, 0] = rows[:n, 2] = px[known]
        rows[:n, 1] = top[known]
        rows[:n, 3] = np.maximum(bottom[known], top[known] + 1.0)
        both = known[:-1] & known[1:]
        below, above = both & (top[1:] > bottom[:-1]), both & (bottom[1:] < top[:-1])
        count = n
        for where, a, b in ((below, bottom, top), (above, top, bottom)):
            m = int(where.sum())
            part = rows[count : count + m]
            part[:, 0], part[:, 2] = px[:-1][where], px[1:][where]
            part[:, 1], part[:, 3] = a[:-1][where], b[1:][where]
            count += m
        self._buffer.draw(p, count)

    def _joined(self, p: QPainter, px: FloatArray, y: FloatArray) -> None:
        """Draw a line from sample to sample; one that stands alone is a dot."""
        known = np.isfinite(y)
        both = known[:-1] & known[1:]
        alone = known.copy()
        alone[:-1] &= ~both
        alone[1:] &= ~both
        n, dots = int(both.sum()), int(alone.sum())
        rows = self._room(n + dots)
        rows[:n, 0], rows[:n, 2] = px[:-1][both], px[1:][both]
        rows[:n, 1], rows[:n, 3] = y[:-1][both], y[1:][both]
        rows[n : n + dots, 0] = px[alone]
        rows[n : n + dots, 2] = px[alone] + 1.0
        rows[n : n + dots, 1] = rows[n : n + dots, 3] = y[alone]
        self._buffer.draw(p, n + dots)

    def _curve(self, p: QPainter, px: FloatArray, y: FloatArray) -> None:
        """Draw a curve as two thin strokes: they look like a bold one and cost a tenth of it."""
        joined = np.isfinite(y[:-1]) & np.isfinite(y[1:])
        n = int(joined.sum())
        rows = self._room(2 * n)
        for k, by in ((0, -STROKE_PX), (1, STROKE_PX)):
            part = rows[k * n : (k + 1) * n]
            part[:, 0], part[:, 2] = px[:-1][joined], px[1:][joined]
            part[:, 1], part[:, 3] = y[:-1][joined] + by, y[1:][joined] + by
        self._buffer.draw(p, 2 * n)

    def _room(self, lines: int) -> FloatArray:
        if lines > len(self._buffer.rows):
            self._buffer = LineBuffer(2 * lines)
        return self._buffer.rows


def draw_line(p: QPainter, at: float, rect: QRectF, pen: QPen) -> None:
    """Draw an upright line over the height of a rectangle."""
    p.setRenderHint(QPainter.RenderHint.Antialiasing, False)
    p.setPen(pen)
    x = round(at) + 0.5
    p.drawLine(QLineF(x, rect.top(), x, rect.bottom()))


def draw_letter(p: QPainter, rect: QRectF, letter: str, colour: QColor, theme: Theme) -> None:
    """Draw the side of a lane on a ground of its muscle's colour."""
    if not letter:
        return
    draw_round(p, rect, 5, blend(colour, theme.surface, 0.26))
    ink = blend(colour, theme.text, 0.75)
    draw_text(p, rect, letter, font(SMALL_PX, 700), ink, Qt.AlignmentFlag.AlignCenter)


def _hatch(p: QPainter, rect: QRectF, colour: QColor) -> None:
    p.setRenderHint(QPainter.RenderHint.Antialiasing, False)
    p.fillRect(rect, QBrush(colour, Qt.BrushStyle.BDiagPattern))
    p.setPen(colour)
    p.drawLine(rect.topLeft(), rect.bottomLeft())
    p.drawLine(rect.topRight(), rect.bottomRight())
