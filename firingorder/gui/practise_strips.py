"""Strips of one repetition about its start: the signal, its envelope, and later what is true.

Drawn once for each change, so plain lines are cheap enough: minimum and maximum of every column,
as on the live strips (docs/decisions/0005-screen.md).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QPainter, QPen, QPolygonF

from firingorder.gui.canvas import Canvas
from firingorder.gui.line_buffer import LineBuffer
from firingorder.report.painter import (
    CENTRE,
    RIGHT,
    draw_round,
    draw_text,
    fit_font,
    text_width,
)
from firingorder.report.theme import AXIS_PX, BODY_PX, SMALL_PX, TITLE_PX, Theme, blend, font
from firingorder.report.wording import (
    MUSCLE_ORDER,
    muscle_title,
    side_letter,
    signed_number,
    split_channel,
)

if TYPE_CHECKING:
    from PySide6.QtGui import QColor

    from firingorder.session.practising import Round

RADIUS_PX, HEAD_PX, FOOT_PX, NAMES_PX = 12.0, 52.0, 44.0, 128.0
TICK_MS = 100
#: Share of a row's height that the signal fills, and loudest sample of the window fills all of it.
FILL = 0.92


@dataclass(frozen=True, slots=True, eq=False)
class StripsView:
    """What the strips show. ``told``: with the planted starts and those of the product."""

    round: Round
    channels: tuple[str, ...]
    title: str
    told: bool
    spoken: str


def strips_view(one: Round, title: str, *, all_muscles: bool, told: bool) -> StripsView:
    """Return the strips of a round: all muscles, or glutes and back only."""
    channels = one.channels if all_muscles else one.deciding
    if all_muscles and one.plan.side != "both":  # the working side first in people's minds
        channels = tuple(name for name in one.channels if name.endswith(one.plan.side))
    ordered = sorted(channels, key=lambda name: MUSCLE_ORDER.index(split_channel(name)[0]))
    words = f"{title}. {len(ordered)} strips, 420 ms before to 780 ms after the movement starts"
    if told:
        parts = [
            f"{name.replace('_', ' ')} {1000.0 * one.true_s[name]:+.0f} ms"
            for name in ordered
            if name in one.true_s
        ]
        words += f". Planted starts: {', '.join(parts)}"
    return StripsView(one, tuple(ordered), title, told, words)


def make_strips(theme: Theme) -> Canvas[StripsView]:
    """Return the strips."""
    strips = Canvas("Strips of the repetition", theme, draw_strips, lambda view: view.spoken)
    strips.setAccessibleDescription("No round yet")
    return strips


def draw_strips(p: QPainter, rect: QRectF, view: StripsView, theme: Theme) -> None:
    """Draw the panel: title, one row a channel, axis, legend."""
    p.fillRect(rect, theme.background)
    draw_round(p, rect, RADIUS_PX, theme.surface, theme.line)
    _draw_head(p, QRectF(rect.left() + 20, rect.top(), rect.width() - 40, HEAD_PX), view, theme)
    left, right = rect.left() + NAMES_PX, rect.right() - 20
    body = QRectF(left, rect.top() + HEAD_PX, right - left, rect.height() - HEAD_PX - FOOT_PX)
    axis = _Axis(view.round, body)
    _draw_grid(p, body, axis, theme)
    foot = QRectF(rect.left() + 20, rect.bottom() - 25, rect.width() - 40, 16)
    if view.told:
        _draw_legend(p, foot, theme)
    if not view.told or rect.width() > 620:
        draw_text(p, foot, "0 = the movement starts", font(SMALL_PX, 500), theme.text3, RIGHT)
    height = body.height() / len(view.channels)
    for k, name in enumerate(view.channels):
        row = QRectF(body.left(), body.top() + k * height, body.width(), height)
        first = k == 0 or split_channel(name)[0] != split_channel(view.channels[k - 1])[0]
        _draw_name(p, row, name, theme, rect.left() + 20, view.channels, first=first)
        _draw_row(p, row, view, name, axis, theme)


class _Axis:
    """Where a time lies."""

    def __init__(self, one: Round, body: QRectF) -> None:
        self.first_s, self.last_s = float(one.t_s[0]), float(one.t_s[-1])
        self._left = body.left()
        self._px_per_s = body.width() / (self.last_s - self.first_s)

    def x(self, at_s: float) -> float:
        """Return the position of a time, held inside the window."""
        held_s = min(max(at_s, self.first_s), self.last_s)
        return self._left + (held_s - self.first_s) * self._px_per_s


def _draw_head(p: QPainter, head: QRectF, view: StripsView, theme: Theme) -> None:
    title = fit_font(view.title, TITLE_PX, 700, head.width() * 0.72, display=False)
    draw_text(p, head, view.title, title, theme.text)
    draw_text(p, head, "simulated", font(SMALL_PX, 600), theme.text2, RIGHT)


def _draw_grid(p: QPainter, body: QRectF, axis: _Axis, theme: Theme) -> None:
    p.setRenderHint(QPainter.RenderHint.Antialiasing, False)
    crowded = axis.x(0.1) - axis.x(0.0) < 52.0
    for tick in range(-400, 800, TICK_MS):
        x = round(axis.x(tick / 1000.0)) + 0.5
        p.setPen(theme.strong_line if tick == 0 else blend(theme.line, theme.surface, 0.7))
        p.drawLine(QPointF(x, body.top()), QPointF(x, body.bottom()))
        if crowded and tick % 200:
            continue
        label = "0 ms" if tick == 0 else signed_number(tick)
        spot = QRectF(x - 40, body.bottom() + 2, 80, 18)
        draw_text(p, spot, label, font(AXIS_PX, 500), theme.text3, CENTRE)


def _draw_name(
    p: QPainter,
    row: QRectF,
    name: str,
    theme: Theme,
    left: float,
    channels: tuple[str, ...],
    *,
    first: bool,
) -> None:
    muscle, side = split_channel(name)
    if first:
        p.setRenderHint(QPainter.RenderHint.Antialiasing, False)
        p.setPen(theme.line)
        p.drawLine(QPointF(left - 6, row.top()), QPointF(row.right(), row.top()))
        lanes = sum(split_channel(one)[0] == muscle for one in channels)
        spot = QRectF(left, row.top(), NAMES_PX - 52, row.height() * lanes)
        title = muscle_title(muscle)
        draw_text(p, spot, title, fit_font(title, BODY_PX, 600, spot.width(), display=False),
                  theme.text)  # fmt: skip
    box = QRectF(row.left() - 30, row.center().y() - 10, 20, 20)
    colour = theme.muscle(muscle)
    draw_round(p, box, 5, blend(colour, theme.surface, 0.25))
    ink = blend(colour, theme.text, 0.4)
    draw_text(p, box, side_letter(side), font(SMALL_PX, 700), ink, CENTRE)


def _draw_row(
    p: QPainter, row: QRectF, view: StripsView, name: str, axis: _Axis, theme: Theme
) -> None:
    one = view.round
    column = one.channels.index(name)
    colour = theme.muscle(name)
    p.save()
    p.setClipRect(row)
    if view.told:
        _draw_found(p, row, one, name, axis, colour, theme)
    signal, envelope = one.emg_uv[:, column], one.envelope_uv[:, column]
    largest = float(np.nanmax(np.abs(signal), initial=1e-9))
    scale = FILL * row.height() / 2.0 / largest
    _draw_signal(p, row, signal * scale, blend(colour, theme.surface, 0.55))
    _draw_envelope(p, row, envelope * scale, colour)
    p.restore()
    if view.told:
        _draw_truth(p, row, one, name, axis, theme)


def _draw_signal(p: QPainter, row: QRectF, height: np.ndarray, ink: QColor) -> None:
    """Draw ``(n_samples,)`` heights in px above the middle of the row, one line a column."""
    columns, n = max(1, int(row.width())), len(height)
    middle = row.center().y()
    if columns >= n - 1:  # more room than samples: from each to the next
        x = row.left() + np.arange(n) * (row.width() / max(1, n - 1))
        ends = np.stack([x[:-1], middle - height[:-1], x[1:], middle - height[1:]], axis=1)
        ends = ends[np.isfinite(ends).all(axis=1)]
    else:
        at = (np.arange(n) * (columns / n)).astype(int)
        low, high = np.full(columns, np.inf), np.full(columns, -np.inf)
        # A column holds the first sample of the next one, so that the trace has no holes.
        for places in (at, np.maximum(at - 1, 0)):
            np.fmin.at(low, places, height)
            np.fmax.at(high, places, height)
        there = np.flatnonzero(np.isfinite(low) & np.isfinite(high))
        x = row.left() + there + 0.5
        ends = np.stack([x, middle - high[there], x, middle - low[there] + 0.5], axis=1)
    lines = LineBuffer(max(1, len(ends)))
    lines.rows[: len(ends)] = ends
    p.setRenderHint(QPainter.RenderHint.Antialiasing, False)
    p.setPen(ink)
    lines.draw(p, len(ends))


def _draw_envelope(p: QPainter, row: QRectF, height: np.ndarray, ink: QColor) -> None:
    n, step = len(height), 4  # a point every 4 ms: the envelope is a mean over 50
    x = row.left() + np.arange(0, n, step) * (row.width() / max(1, n - 1))
    y = row.center().y() - height[::step]
    ends = np.stack([x[:-1], y[:-1], x[1:], y[1:]], axis=1)
    ends = ends[np.isfinite(ends).all(axis=1)]
    lines = LineBuffer(max(1, len(ends)))
    p.setRenderHint(QPainter.RenderHint.Antialiasing, True)
    p.setPen(QPen(ink, 1.0))
    for shift in (-0.45, 0.45):  # two thin strokes cost less than a thick one
        lines.rows[: len(ends)] = ends + np.array([0.0, shift, 0.0, shift])
        lines.draw(p, len(ends))


def _draw_found(
    p: QPainter, row: QRectF, one: Round, name: str, axis: _Axis, colour: QColor, theme: Theme
) -> None:
    onset = one.found_s.get(name)
    if onset is None:
        return
    low, high = axis.x(onset.low_s), axis.x(onset.high_s)
    band = QRectF(low, row.top() + 2, max(2.0, high - low), row.height() - 4)
    p.fillRect(band, blend(colour, theme.surface, 0.34))
    p.fillRect(QRectF(axis.x(onset.onset_s) - 1.0, band.top(), 2.0, band.height()), theme.text)


def _draw_truth(p: QPainter, row: QRectF, one: Round, name: str, axis: _Axis, theme: Theme) -> None:
    at_s = one.true_s.get(name)
    if at_s is None:
        return
    x = round(axis.x(at_s)) + 0.5
    p.setRenderHint(QPainter.RenderHint.Antialiasing, True)
    p.setPen(Qt.PenStyle.NoPen)
    p.setBrush(theme.accent)
    top = row.top() + 1
    p.drawRect(QRectF(x - 1.0, top, 2.0, row.height() - 2))
    p.drawPolygon(QPolygonF([QPointF(x - 6, top), QPointF(x + 6, top), QPointF(x, top + 8)]))
    p.setBrush(Qt.BrushStyle.NoBrush)
    text = signed_number(1000.0 * at_s)
    onset = one.found_s.get(name)
    before = x if onset is None else min(x, axis.x(onset.low_s))  # left of line and band
    spot = QRectF(before - 66, top, 56, 18)
    draw_text(p, spot, text, font(SMALL_PX, 700), theme.accent, RIGHT)


def _draw_legend(p: QPainter, foot: QRectF, theme: Theme) -> None:
    """Say what the marks of the told strips are, each beside its mark."""
    words = font(SMALL_PX, 500)
    x, y = foot.left(), foot.center().y()
    for mark, text in (("line", "planted start"), ("band", "product's start, 95 % interval")):
        if mark == "line":
            p.fillRect(QRectF(x + 5, foot.top(), 2, foot.height()), theme.accent)
        else:
            p.fillRect(QRectF(x, foot.top() + 1, 14, foot.height() - 2), theme.strong_line)
            p.fillRect(QRectF(x + 6, foot.top() + 1, 2, foot.height() - 2), theme.text)
        spot = QRectF(x + 20, y - 10, text_width(text, words) + 2, 20)
        draw_text(p, spot, text, words, theme.text2)
        x = spot.right() + 22
