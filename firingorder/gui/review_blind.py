"""Blind marking over the whole page: one signal, one line, no name, nothing that was found."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QRectF, Qt, Signal
from PySide6.QtGui import QFontMetricsF, QPainter, QPen
from PySide6.QtWidgets import QWidget

from firingorder.gui.review_lanes import LaneInk, draw_line
from firingorder.gui.view_models.review_marks import Lane
from firingorder.gui.view_models.review_traces import Traces
from firingorder.gui.view_models.review_window import axis_step_ms
from firingorder.report.painter import CENTRE, RIGHT, draw_round, draw_text
from firingorder.report.theme import AXIS_PX, BODY_PX, SMALL_PX, TITLE_PX, font

if TYPE_CHECKING:
    from PySide6.QtGui import QMouseEvent, QPaintEvent

    from firingorder.gui.view_models.review_blind import BlindView
    from firingorder.report.theme import Theme
    from firingorder.samples import FloatArray

PAD_PX, HEAD_PX, FOOT_PX, RADIUS_PX = 28, 64, 72, 12


class BlindPanel(QWidget):
    """Shows a :class:`BlindView`; ``set_at`` (seconds) where the mouse puts the line."""

    set_at = Signal(float)

    def __init__(self, theme: Theme, over: QWidget) -> None:
        super().__init__(over)
        self._theme, self._ink = theme, LaneInk(theme)
        self._view: BlindView | None = None
        self._held = False
        self.setAccessibleName("Blind marking")
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent, True)
        self.setCursor(Qt.CursorShape.CrossCursor)
        self.hide()

    @property
    def columns(self) -> int:
        """How many columns of samples there is room for."""
        return max(200, self.width() - 2 * PAD_PX)

    def show_view(self, view: BlindView) -> None:
        """Show it."""
        self._view = view
        self.setAccessibleDescription(view.spoken)
        self.update()

    def place(self) -> None:
        """Cover everything below: names and what was found stand there."""
        parent = self.parentWidget()
        if parent is not None:
            self.setGeometry(parent.rect())
            self.raise_()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Put the line under the pointer."""
        self._held = event.button() == Qt.MouseButton.LeftButton
        self._put(event)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Let the line follow the pointer while it is held."""
        self._put(event)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """Let go of the line."""
        del event
        self._held = False

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the signal, or what came of the series."""
        theme, p, view = self._theme, QPainter(self), self._view
        rect = QRectF(self.rect())
        p.fillRect(rect, theme.background)
        inner = rect.adjusted(14, 6, -14, -14)
        draw_round(p, inner, RADIUS_PX, theme.surface, theme.line)
        if view is None:
            p.end()
            return
        head = inner.adjusted(PAD_PX - 8, 12, -PAD_PX + 8, 0)
        head.setHeight(28)
        draw_text(p, head, view.title, font(TITLE_PX, 600), theme.text)
        told = f"{view.marked} marked"
        draw_text(p, head, told, font(SMALL_PX, 500), theme.text2, RIGHT)
        if view.columns is None:
            self._lines(p, inner, view)
        else:
            self._signal(p, self._plot(), view)
        hint = QRectF(inner.left() + 20, inner.bottom() - 44, inner.width() - 40, 40)
        p.setFont(font(SMALL_PX, 500))
        p.setPen(theme.text2)
        p.drawText(hint, int(Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextWordWrap), view.hint)
        p.end()

    def _plot(self) -> QRectF:
        inner = QRectF(self.rect()).adjusted(14, 6, -14, -14)
        return inner.adjusted(PAD_PX, HEAD_PX, -PAD_PX, -FOOT_PX)

    def _put(self, event: QMouseEvent) -> None:
        view, plot = self._view, self._plot()
        if view is not None and self._held and view.columns is not None:
            share = (event.position().x() - plot.left()) / plot.width()
            self.set_at.emit(min(max(share, 0.0), 1.0) * view.length_s)

    def _signal(self, p: QPainter, plot: QRectF, view: BlindView) -> None:
        theme, columns = self._theme, view.columns
        assert columns is not None

        def x(at_s: FloatArray) -> FloatArray:
            return plot.left() + at_s / view.length_s * plot.width()

        step = axis_step_ms(view.length_s * 1e3, plot.width())
        k = 0
        while k * step <= view.length_s * 1e3:
            at = plot.left() + k * step / 1e3 / view.length_s * plot.width()
            draw_line(p, at, plot, QPen(theme.line, 1.0))
            spot = QRectF(at - 40, plot.bottom() + 4, 80, 18)
            draw_text(p, spot, f"{k * step:.0f}", font(AXIS_PX, 600), theme.text3, CENTRE)
            k += 1
        lane = Lane(columns.channels[0], 0, "", "", "", ())
        p.save()
        p.setClipRect(plot)
        self._ink.samples(p, plot, lane, Traces(columns), x, blind=True)
        p.restore()
        if view.at_s is not None:
            at = plot.left() + view.at_s / view.length_s * plot.width()
            draw_line(p, at, plot, QPen(theme.accent, 2))
            spot = QRectF(at + 8, plot.top() + 2, 110, 20)
            if spot.right() > plot.right():
                spot.moveRight(at - 8)
            draw_text(p, spot, f"{view.at_s * 1e3:.0f} ms", font(BODY_PX, 600), theme.accent)
        elif view.none:
            draw_text(p, plot.adjusted(12, 4, 0, 0), "no start", font(BODY_PX, 600), theme.accent)

    def _lines(self, p: QPainter, inner: QRectF, view: BlindView) -> None:
        theme, words = self._theme, font(BODY_PX, 500)
        width = min(820.0, inner.width() - 80)
        y = inner.top() + HEAD_PX + 20
        for text in view.lines:
            room = QRectF(inner.center().x() - width / 2, y, width, 300)
            flags = int(Qt.AlignmentFlag.AlignLeft | Qt.TextFlag.TextWordWrap)
            p.setFont(words)
            p.setPen(theme.text)
            p.drawText(room, flags, text)
            y += QFontMetricsF(words).boundingRect(room, flags, text).height() + 12
