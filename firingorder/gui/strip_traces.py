"""Raw columns, envelopes and the lift: the part of the strips that is drawn in every frame."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from PySide6.QtCore import QLine, QRect, QRectF, Qt
from PySide6.QtGui import QBrush, QColor, QPainter, QPen

from firingorder.gui.line_buffer import LineBuffer
from firingorder.gui.view_models.strip_ring import empty_runs, saturated_runs
from firingorder.report.painter import CENTRE, draw_text, text_width
from firingorder.report.theme import SMALL_PX, Theme, blend, font

if TYPE_CHECKING:
    from firingorder.gui.view_models.strip_ring import StripWindow
    from firingorder.samples import FloatArray

#: Share of half a strip that full scale reaches: neighbours may touch, never overlap.
REACH = 0.94
RAW_SHARE, DIM_SHARE = 0.46, 0.3
STROKE_PX = 0.45


class TraceBuffers:
    """Line memory for one width: columns, and the two strokes of a curve."""

    def __init__(self, columns: int) -> None:
        self._columns = LineBuffer(columns)
        self._strokes = LineBuffer(2 * columns)
        self._x = np.arange(columns, dtype=np.float64)

    def draw_columns(self, p: QPainter, left: int, top: FloatArray, bottom: FloatArray) -> None:
        """Draw vertical lines from ``top`` to ``bottom`` px; NaN columns are left out."""
        x = self._x
        if np.isnan(np.add.reduce(top)):  # one sum tells whether any is NaN
            valid = ~np.isnan(top)
            x, top, bottom = x[valid], top[valid], bottom[valid]
        rows = self._columns.rows[: top.size]
        rows[:, 0] = rows[:, 2] = left + x
        np.floor(top, out=rows[:, 1])
        np.maximum(np.ceil(bottom), rows[:, 1] + 1.0, out=rows[:, 3])
        self._columns.draw(p, top.size)

    def draw_curve(self, p: QPainter, left: int, y: FloatArray) -> None:
        """Draw the curve through ``y`` px, broken where it is NaN.

        Two thin strokes 0.9 px apart look like a bold one and cost a tenth of it.
        """
        x, a, b = self._x[:-1], y[:-1], y[1:]
        if np.isnan(np.add.reduce(y)):
            joined = ~(np.isnan(a) | np.isnan(b))
            x, a, b = x[joined], a[joined], b[joined]
        n = a.size
        rows = self._strokes.rows
        rows[:n, 0] = x + (left + 0.5)
        rows[:n, 2] = rows[:n, 0] + 1.0
        rows[:n, 1], rows[:n, 3] = a - STROKE_PX, b - STROKE_PX
        rows[n : 2 * n, 0::2] = rows[:n, 0::2]
        rows[n : 2 * n, 1], rows[n : 2 * n, 3] = a + STROKE_PX, b + STROKE_PX
        self._strokes.draw(p, 2 * n)


def draw_trace(
    p: QPainter,
    strip: QRect,
    window: StripWindow,
    channel: int,
    scale_uv: float,
    buffers: TraceBuffers,
    inks: tuple[QColor, QColor],
) -> None:
    """Draw one strip: dim columns of the signal, the bright envelope upon them."""
    middle = strip.top() + strip.height() / 2
    px_per_uv = strip.height() / 2 * REACH / scale_uv
    raw, bright = inks
    p.setRenderHint(QPainter.RenderHint.Antialiasing, False)
    p.setPen(raw)
    reach = scale_uv * px_per_uv
    top = middle - np.minimum(window.high_uv[channel] * px_per_uv, reach)
    bottom = middle - np.maximum(window.low_uv[channel] * px_per_uv, -reach)
    buffers.draw_columns(p, strip.left(), top, bottom)
    p.setRenderHint(QPainter.RenderHint.Antialiasing, True)
    p.setPen(bright)
    envelope = middle - np.minimum(window.envelope_uv[channel], scale_uv) * px_per_uv
    buffers.draw_curve(p, strip.left(), envelope)


def trace_inks(muscle: str, theme: Theme, *, dim: bool) -> tuple[QColor, QColor]:
    """Return the colours of columns and envelope; dim while the link is away."""
    colour = theme.muscle(muscle)
    if dim:
        return blend(colour, theme.surface, 0.18), blend(colour, theme.surface, DIM_SHARE)
    return blend(colour, theme.surface, RAW_SHARE), colour


def draw_gaps(p: QPainter, plot: QRect, window: StripWindow, theme: Theme) -> None:
    """Hatch the columns in which nothing was received. Nothing is interpolated."""
    for start, stop in empty_runs(window):
        spot = QRect(plot.left() + start, plot.top(), stop - start, plot.height())
        _hatch(p, spot, blend(theme.text3, theme.surface, 0.5))
        seconds = (stop - start) * window.bin_s
        text, text_font = f"no data {seconds:.1f} s", font(SMALL_PX, 600)
        if spot.width() > text_width(text, text_font) + 16:
            tag = QRectF(0, 0, text_width(text, text_font) + 16, 22)
            tag.moveCenter(QRectF(spot).center())
            p.fillRect(tag, theme.surface)
            draw_text(p, tag, text, text_font, theme.text2, CENTRE)


def draw_saturation(
    p: QPainter, strip: QRect, window: StripWindow, channel: int, theme: Theme
) -> None:
    """Hatch the columns in which the converter was at its limit."""
    for start, stop in saturated_runs(window, channel):
        spot = QRect(
            strip.left() + start, strip.top() + 1, max(3, stop - start), strip.height() - 2
        )
        _hatch(p, spot, theme.close)


def _hatch(p: QPainter, rect: QRect, colour: QColor) -> None:
    p.setRenderHint(QPainter.RenderHint.Antialiasing, False)
    p.fillRect(rect, QBrush(colour, Qt.BrushStyle.BDiagPattern))
    p.setPen(colour)
    p.drawLine(QLine(rect.topLeft(), rect.bottomLeft()))
    p.drawLine(QLine(rect.topRight(), rect.bottomRight()))


def draw_lift(
    p: QPainter,
    lane: QRect,
    lift_deg: FloatArray,
    scale_deg: float,
    buffers: TraceBuffers,
    theme: Theme,
    *,
    dim: bool,
) -> None:
    """Draw the lift as a filled curve on its base line."""
    base = lane.bottom() - 8.0
    y = base - np.clip(lift_deg, -2.0, None) * (lane.height() - 14) / scale_deg
    p.setRenderHint(QPainter.RenderHint.Antialiasing, False)
    p.setPen(blend(theme.pelvis, theme.surface, 0.13))
    filled = np.where(np.isnan(y), np.nan, np.minimum(y, base))
    buffers.draw_columns(p, lane.left(), filled, np.where(np.isnan(y), np.nan, base))
    p.setRenderHint(QPainter.RenderHint.Antialiasing, True)
    p.setPen(QPen(blend(theme.pelvis, theme.surface, 0.4) if dim else theme.pelvis, 1.0))
    buffers.draw_curve(p, lane.left(), y)
