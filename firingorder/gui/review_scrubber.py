"""The line of the whole recording below the lanes: outcomes above, the window to be dragged."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from PySide6.QtCore import QPointF, QRectF, Qt, Signal
from PySide6.QtGui import QPainter, QPen
from PySide6.QtWidgets import QWidget

from firingorder.gui.line_buffer import LineBuffer
from firingorder.gui.view_models.review_scrub import placed
from firingorder.gui.view_models.review_window import axis_step_ms, clock_label
from firingorder.report.painter import (
    CENTRE,
    draw_round,
    draw_text,
    draw_verdict_icon,
    text_width,
)
from firingorder.report.theme import AXIS_PX, SMALL_PX, blend, font

if TYPE_CHECKING:
    from PySide6.QtGui import QMouseEvent, QPaintEvent

    from firingorder.gui.view_models.review_scrub import Line, ScrubView
    from firingorder.report.theme import Theme

_PAD_PX, _ICONS_PX, _AXIS_PX, RADIUS_PX = 22, 40, 30, 12
_HANDLE_PX, _LEAST_WINDOW_PX, _ICON_PX = 6, 10.0, 18
_WITHOUT_ICONS_PX = 96


class Scrubber(QWidget):
    """Shows where in the recording the lanes are. ``dragged`` (seconds) moves the window there."""

    dragged = Signal(float)
    chosen = Signal(int)

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self._view: ScrubView | None = None
        self._overview: Line | None = None
        self._lines = LineBuffer(4096)
        self._held_px: float | None = None
        self.setAccessibleName("Whole recording")
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent, True)
        self.setMouseTracking(True)

    def show_view(self, view: ScrubView, overview: Line | None) -> None:
        """Show the line."""
        if view == self._view and overview is self._overview:
            return
        if self._view is None or view.current != self._view.current:
            self.setAccessibleDescription(view.spoken)
        self._view, self._overview = view, overview
        self.update()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Take the window, a repetition, or go to an instant."""
        view = self._view
        if view is None or event.button() != Qt.MouseButton.LeftButton:
            return
        at = event.position()
        near = self._icon_at(at.x()) if at.y() < self._plot().top() else None
        if near is not None:
            self.chosen.emit(near)
            return
        window = self._window_rect(view)
        if window.left() - _HANDLE_PX <= at.x() <= window.right() + _HANDLE_PX:
            self._held_px = at.x() - window.center().x()
        else:
            self._held_px = 0.0
            self.dragged.emit(self._time(at.x()))

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Drag the window."""
        if self._held_px is not None:
            self.dragged.emit(self._time(event.position().x() - self._held_px))
        elif self._view is not None:
            window = self._window_rect(self._view).adjusted(-4, 0, 4, 0)
            over = window.contains(event.position())
            shape = Qt.CursorShape.OpenHandCursor if over else Qt.CursorShape.PointingHandCursor
            self.setCursor(shape)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """Let go of the window."""
        del event
        self._held_px = None

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint ground, envelopes, outcomes, window, times."""
        theme, p, view = self._theme, QPainter(self), self._view
        rect = QRectF(self.rect())
        p.fillRect(rect, theme.background)
        draw_round(p, rect, RADIUS_PX, theme.surface, theme.line)
        if view is not None:
            plot = self._plot()
            self._paint_times(p, plot, view)
            if self._overview is not None:
                self._paint_levels(p, plot, self._overview)
            self._paint_window(p, view)
            self._paint_icons(p, view)
        p.end()

    def _plot(self) -> QRectF:
        top = _ICONS_PX if self.height() > _WITHOUT_ICONS_PX else 28
        bottom = _AXIS_PX if self.height() > _WITHOUT_ICONS_PX else 22
        return QRectF(
            _PAD_PX, top, self.width() - 2 * _PAD_PX, max(10, self.height() - top - bottom)
        )

    def _x(self, at_s: float) -> float:
        view, plot = self._view, self._plot()
        if view is None or view.last_s <= view.first_s:
            return plot.left()
        return plot.left() + (at_s - view.first_s) / (view.last_s - view.first_s) * plot.width()

    def _time(self, x: float) -> float:
        view, plot = self._view, self._plot()
        assert view is not None
        share = min(max((x - plot.left()) / plot.width(), 0.0), 1.0)
        return view.first_s + share * (view.last_s - view.first_s)

    def _icon_at(self, x: float) -> int | None:
        view = self._view
        assert view is not None
        near = min(view.icons, key=lambda one: abs(self._x(one.at_s) - x), default=None)
        return None if near is None or abs(self._x(near.at_s) - x) > 40 else near.index

    def _window_rect(self, view: ScrubView) -> QRectF:
        plot = self._plot()
        a, b = self._x(view.window.first_s), self._x(view.window.last_s)
        width = max(_LEAST_WINDOW_PX, b - a)
        spot = QRectF((a + b - width) / 2, plot.top() - 6, width, plot.height() + 10)
        return spot.intersected(QRectF(plot.left() - 4, 0, plot.width() + 8, self.height()))

    def _paint_times(self, p: QPainter, plot: QRectF, view: ScrubView) -> None:
        theme = self._theme
        step = axis_step_ms((view.last_s - view.first_s) * 1e3, plot.width() * 0.5) / 1e3
        step = max(1.0, step)
        k = np.ceil(view.first_s / step - 1e-9)
        while k * step <= view.last_s:
            at = float(k * step)
            spot = QRectF(self._x(at) - 40, self.height() - 26, 80, 18)
            text = clock_label(at)
            half = text_width(text, font(AXIS_PX, 600)) / 2
            spot.moveLeft(min(max(spot.left(), 12 + half - 40), self.width() - 12 - half - 40))
            draw_text(p, spot, text, font(AXIS_PX, 600), theme.text3, CENTRE)
            k += 1

    def _paint_levels(self, p: QPainter, plot: QRectF, overview: Line) -> None:
        theme, width = self._theme, int(plot.width())
        middle = plot.top() + plot.height() * 0.54
        n = overview.glutes.size
        if n and width > 1:
            pick = np.minimum((np.arange(width) + 0.5) / width * n, n - 1).astype(int)
            for level, up, muscle in (
                (overview.glutes, middle - plot.top(), "gluteus_maximus"),
                (overview.back, middle - plot.bottom(), "erector_spinae"),
            ):
                values = level[pick]
                known = np.isfinite(values)
                rows = self._lines.rows if width <= len(self._lines.rows) else self._grow(width)
                m = int(known.sum())
                rows[:m, 0] = rows[:m, 2] = plot.left() + np.flatnonzero(known) + 0.5
                rows[:m, 1], rows[:m, 3] = middle, middle - up * values[known]
                p.setRenderHint(QPainter.RenderHint.Antialiasing, False)
                p.setPen(blend(theme.muscle(muscle), theme.surface, 0.6))
                self._lines.draw(p, m)
        p.setPen(QPen(theme.text3, 1.0))
        p.drawLine(QPointF(plot.left(), middle), QPointF(plot.right(), middle))

    def _grow(self, width: int) -> np.ndarray:
        self._lines = LineBuffer(2 * width)
        return self._lines.rows

    def _paint_window(self, p: QPainter, view: ScrubView) -> None:
        theme, rect = self._theme, self._window_rect(view)
        p.setRenderHint(QPainter.RenderHint.Antialiasing, True)
        glass = theme.accent
        p.setOpacity(0.16)
        draw_round(p, rect, 4, glass)
        p.setOpacity(1.0)
        p.setPen(QPen(theme.accent, 2))
        p.setBrush(Qt.BrushStyle.NoBrush)
        p.drawRoundedRect(rect, 4, 4)
        for x in (rect.left(), rect.right()):
            grip = QRectF(x - 3, rect.center().y() - 12, _HANDLE_PX, 24)
            draw_round(p, grip, 3, theme.accent)
        if view.cursor_s is not None:
            p.setPen(QPen(theme.text, 1))
            x = round(self._x(view.cursor_s)) + 0.5
            p.drawLine(QPointF(x, rect.top()), QPointF(x, rect.bottom()))

    def _paint_icons(self, p: QPainter, view: ScrubView) -> None:
        theme = self._theme
        y = self._plot().top() - 20 if self.height() > _WITHOUT_ICONS_PX else 16
        room = self._plot().width() / max(1, len(view.icons))
        numbered = room > 44
        size = min(_ICON_PX, max(7.0, room * 0.7))
        here = [one.index for one in view.icons]
        current = here.index(view.current) if view.current in here else -1
        bold = font(SMALL_PX + 1, 700)
        numbers_px = [text_width(str(k), bold) + 8 for k in here] if numbered else []
        xs = [self._x(one.at_s) + (0 if numbered else size / 2) for one in view.icons]
        # A number at the very end would leave the panel.
        last = self.width() - RADIUS_PX / 2 - size / 2
        xs = [min(x, last - px) for x, px in zip(xs, numbers_px or [0.0] * len(xs), strict=True)]
        for spot in placed(xs, current, size, numbers_px):
            one, x, mine = view.icons[spot.at], xs[spot.at], spot.at == current
            ink, _ = theme.tone(one.tone)
            ink = ink if one.tone != "muted" else theme.text3
            draw_verdict_icon(p, QPointF(x, y), size, one.verdict, ink, theme.surface)
            if spot.numbered:
                words = bold if mine else font(SMALL_PX + 1, 500)
                box = QRectF(x + size / 2 + 5, y - 10, 40, 20)
                draw_text(p, box, str(one.index), words, theme.text if mine else theme.text2)
            elif mine:
                p.fillRect(QRectF(x - size / 2, y + size / 2 + 2, size, 2), theme.accent)
