"""Drawing of the preview of a file: one row a signal, and the beginning of all of them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from PySide6.QtCore import QLineF, QPointF, QRectF

from firingorder.gui.programme_drawing import draw_severity
from firingorder.report.painter import RIGHT, draw_round, draw_text, text_width
from firingorder.report.theme import AXIS_PX, BODY_PX, SMALL_PX, blend, font

if TYPE_CHECKING:
    from collections.abc import Sequence

    from PySide6.QtGui import QPainter

    from firingorder.gui.view_models.library_import import SignalRow
    from firingorder.report.theme import Theme
    from firingorder.samples import FloatArray
    from firingorder.session.exchange.importing_preview import Preview

#: Columns of the plot: finer ones are not seen.
_COLUMNS = 600
_NAME_PX = 118


@dataclass(frozen=True, slots=True)
class SignalTrace:
    """The beginning of a signal: lowest and highest of each column, -1 to 1 of its own range."""

    label: str
    muscle: str
    span: str
    low: tuple[float, ...]
    high: tuple[float, ...]


@dataclass(frozen=True, slots=True)
class SignalsView:
    """What is drawn: the traces about the chosen one, and for how long."""

    traces: tuple[SignalTrace, ...]
    chosen: int
    seconds: float
    spoken: str


def signals_view(
    preview: Preview | None, rows: Sequence[SignalRow], chosen: int, most: int = 8
) -> SignalsView:
    """Return the traces of up to ``most`` signals of the stream that the chosen one is in."""
    if preview is None or not rows:
        return SignalsView((), -1, 0.0, "Nothing is read yet.")
    begin = 0
    for stream in preview.streams:
        end = begin + len(stream.signals)
        if begin <= chosen < end:
            break
        begin = end
    else:
        return SignalsView((), -1, 0.0, "Nothing is chosen.")
    first = min(max(chosen - begin - most // 2, 0), max(0, len(stream.signals) - most))
    places = range(first, min(first + most, len(stream.signals)))
    traces = tuple(
        _trace(stream.first[:, k], rows[begin + k], stream.signals[k].unit) for k in places
    )
    seconds = len(stream.first) / stream.rate_hz
    spoken = f"The first {seconds:.1f} s of {len(traces)} signals. Chosen: {rows[chosen].spoken}"
    return SignalsView(traces, chosen - begin - first, seconds, spoken)


def draw_signals(p: QPainter, rect: QRectF, view: SignalsView, theme: Theme) -> None:
    """Draw the traces below one another, each in its own range."""
    p.fillRect(rect, theme.surface)
    draw_round(p, rect, 8, theme.background, theme.line)
    if not view.traces:
        return
    inside = rect.adjusted(10, 6, -10, -22)
    height = inside.height() / len(view.traces)
    for k, trace in enumerate(view.traces):
        lane = QRectF(inside.left(), inside.top() + k * height, inside.width(), height)
        if k == view.chosen:
            draw_round(p, lane, 6, blend(theme.accent, theme.background, 0.16), theme.accent)
        _draw_trace(p, lane.adjusted(6, 2, -4, -2), trace, theme)
    small = font(AXIS_PX, 500)
    foot = QRectF(rect.left() + 16 + _NAME_PX, rect.bottom() - 19, rect.width() - 34 - _NAME_PX, 16)
    draw_text(p, foot, "0 s", small, theme.text3)
    draw_text(p, foot, f"{view.seconds:.1f} s", small, theme.text3, RIGHT)


def draw_signal_row(p: QPainter, rect: QRectF, row: SignalRow, theme: Theme) -> None:
    """Draw a signal of the file with the muscle it is taken for."""
    left, right = rect.left() + 10, rect.right() - 10
    strong, small = font(BODY_PX, 600), font(SMALL_PX, 500)
    taken = text_width(row.muscle_words, strong) + 10
    if row.muscle:
        dot = QRectF(right - taken - 12, rect.top() + 11, 10, 10)
        draw_round(p, dot, 5, theme.muscle(row.muscle))
        taken += 14
    ink = theme.text if row.muscle else theme.text3
    top = QRectF(left, rect.top() + 5, right - left, 21)
    draw_text(p, top, row.muscle_words, strong, ink, RIGHT)
    draw_text(p, top.adjusted(0, 0, -taken, 0), row.label, strong, theme.text)
    below = QRectF(left, rect.top() + 25, right - left, 18)
    if row.remark:
        draw_severity(p, QPointF(left + 7, below.center().y()), 14, "warn", theme)
        draw_text(p, below.adjusted(20, 0, 0, 0), row.remark, small, theme.text2)
    else:
        draw_text(p, below, row.facts, small, theme.text2)


def _trace(x: FloatArray, row: SignalRow, unit: str) -> SignalTrace:
    n = min(_COLUMNS, len(x))
    if not n or not np.isfinite(x).any():
        return SignalTrace(row.label, row.muscle, "no samples", (), ())
    middle = float(np.nanmedian(x))
    size = float(np.nanmax(np.abs(x - middle))) or 1.0
    edges = np.linspace(0, len(x), n + 1).astype(int)
    filled = np.where(np.isfinite(x), (x - middle) / size, 0.0)
    low = np.minimum.reduceat(filled, edges[:-1])
    high = np.maximum.reduceat(filled, edges[:-1])
    shown = "µV" if unit == "uV" else unit
    return SignalTrace(row.label, row.muscle, f"±{size:.3g} {shown}", tuple(low), tuple(high))


def _draw_trace(p: QPainter, lane: QRectF, trace: SignalTrace, theme: Theme) -> None:
    small = font(SMALL_PX, 500)
    name = QRectF(lane.left(), lane.top(), _NAME_PX - 10, lane.height() / 2)
    two = lane.height() >= 34
    draw_text(p, name if two else lane.adjusted(0, 0, _NAME_PX - 10 - lane.width(), 0),
              trace.label, small, theme.text)  # fmt: skip
    if two:
        draw_text(p, name.translated(0, lane.height() / 2), trace.span, small, theme.text3)
    plot = lane.adjusted(_NAME_PX, 0, 0, 0)
    p.setRenderHint(p.RenderHint.Antialiasing, False)
    p.setPen(theme.muscle(trace.muscle) if trace.muscle else theme.text3)
    n = len(trace.low)
    half, middle = plot.height() / 2, plot.center().y()
    p.drawLines(
        [
            QLineF(x, middle - high * half, x, middle - low * half + 1)
            for x, low, high in (
                (plot.left() + k * plot.width() / max(1, n), trace.low[k], trace.high[k])
                for k in range(n)
            )
        ]
    )
