"""Raw columns, envelopes and the lift: the part of the strips that is drawn in every frame."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from PySide6.QtCore import QLine, QRect, Qt
from PySide6.QtGui import QBrush, QColor, QPainter, QPen

from firingorder.gui.line_buffer import LineBuffer
from firingorder.gui.view_models.strip_ring import empty_runs, saturated_runs
from firingorder.report.theme import Theme, blend

if TYPE_CHECKING:
    from firingorder.gui.view_models.strip_ring import StripWindow
    from firingorder.samples import FloatArray

#: Share of half a strip that full scale reaches: neighbours may touch, never overlap.
REACH = 0.94
RAW_SHARE, DIM_SHARE = 0.46, 0.3


class TraceBuffers:
    """Line memory for one width: columns, envelope segments, lift."""

    def __init__(self, columns: int) -> None:
        self.columns = LineBuffer(columns)
        self.segments = LineBuffer(columns)
        self._x = np.arange(columns, dtype=np.float64)

    def draw_columns(self, p: QPainter, left: int, top: FloatArray, bottom: FloatArray) -> None:
        """Draw vertical lines from ``top`` to ``bottom`` px; NaN columns are left out."""
        valid = ~np.isnan(top)
        rows = self.columns.rows
        count = int(valid.sum())
        rows[:count, 0] = rows[:count, 2] = (left + self._x)[valid]
        rows[:count, 1] = np.floor(top[valid])
        rows[:count, 3] = np.maximum(np.ceil(bottom[valid]), rows[:count, 1] + 1.0)
        self.columns.draw(p, count)

    def draw_curve(self, p: QPainter, left: int, y: FloatArray) -> None:
        """Draw the curve through ``y`` px, broken where it is NaN."""
        joined = ~(np.isnan(y[:-1]) | np.isnan(y[1:]))
        rows = self.segments.rows
        count = int(joined.sum())
        x = (left + 0.5 + self._x)[:-1][joined]
        rows[:count, 0], rows[:count, 2] = x, x + 1.0
        rows[:count, 1], rows[:count, 3] = y[:-1][joined], y[1:][joined]
        self.segments.draw(p, count)


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
    top = middle - np.clip(window.high_uv[channel], -scale_uv, scale_uv) * px_per_uv
    bottom = middle - np.clip(window.low_uv[channel], -scale_uv, scale_uv) * px_per_uv
    buffers.draw_columns(p, strip.left(), top, bottom)
    p.setRenderHint(QPainter.RenderHint.Antialiasing, True)
    p.setPen(bright)
    envelope = middle - np.minimum(window.envelope_uv[channel], scale_uv) * px_per_uv
    for shift in (-0.45, 0.45):  # two thin strokes look like a bold one and cost a tenth of it
        buffers.draw_curve(p, strip.left(), envelope + shift)


def trace_inks(muscle: str, theme: Theme, *, dim: bool) -> tuple[QColor, QColor]:
    """Return the colours of columns and envelope; dim while the link is away."""
    colour = theme.muscle(muscle)
    if dim:
        return blend(colour, theme.surface, 0.18), blend(colour, theme.surface, DIM_SHARE)
    return blend(colour, theme.surface, RAW_SHARE), colour


def draw_gaps(p: QPainter, plot: QRect, window: StripWindow, theme: Theme) -> None:
    """Hatch the columns in which nothing was received. Nothing is interpolated."""
    for start, stop in empty_runs(window):
        _hatch(p, QRect(plot.left() + start, plot.top(), stop - start, plot.height()), theme.line)


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
    for shift in (-0.45, 0.45):
        buffers.draw_curve(p, lane.left(), y + shift)
