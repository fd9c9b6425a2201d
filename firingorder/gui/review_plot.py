"""The plot of the review: one axis of time for all lanes, and a line in each that can be moved."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pyqtgraph as pg
from PySide6.QtCore import QPointF, QRectF, Qt, Signal
from PySide6.QtGui import QPainter, QPainterPath, QPen

from firingorder.gui.review_lanes import LaneInk, Place, draw_line, place_lanes
from firingorder.gui.view_models.review_signals import first_of_groups
from firingorder.gui.view_models.review_window import ZOOM_STEP
from firingorder.report.painter import CENTRE, draw_text
from firingorder.report.theme import AXIS_PX, blend, font

if TYPE_CHECKING:
    from firingorder.gui.view_models.review_signals import SignalsView
    from firingorder.gui.view_models.review_traces import Traces
    from firingorder.report.theme import Theme
    from firingorder.samples import FloatArray

AXIS_HEIGHT_PX = 30
#: Room about a line in which the pointer takes it, and the triangle at its top.
GRAB_PX, TRIANGLE_PX = 9, 7


class LaneLine(pg.InfiniteLine):
    """The start in one lane: dragged by the mouse, drawn with a triangle at its top."""

    def __init__(self, theme: Theme) -> None:
        super().__init__(angle=90, movable=True, pen=QPen(theme.text, 2))
        self._theme = theme
        self.accent = False
        self._maxMarkerSize = 2 * GRAB_PX  # pyqtgraph makes room for it: where the pointer takes it
        self.setZValue(20)
        self.setCursor(Qt.CursorShape.SizeHorCursor)

    def paint(self, p: QPainter, *_: Any) -> None:
        """Paint line and triangle in whole pixels."""
        theme = self._theme
        ink = theme.accent if self.accent else theme.text
        self.boundingRect()  # works out where the line begins and ends
        left, right = self._endPoints
        way = p.worldTransform()
        a, b = way.map(QPointF(left, 0)), way.map(QPointF(right, 0))
        top, bottom = (a, b) if a.y() < b.y() else (b, a)
        p.save()
        p.resetTransform()
        p.setRenderHint(QPainter.RenderHint.Antialiasing, False)
        x = round(top.x())
        wide = 3 if self.mouseHovering or self.moving else 2
        p.fillRect(QRectF(x - 1, top.y(), wide, bottom.y() - top.y()), ink)
        p.setRenderHint(QPainter.RenderHint.Antialiasing, True)
        shape = QPainterPath(QPointF(x - TRIANGLE_PX, top.y() + 1))
        shape.lineTo(x + TRIANGLE_PX, top.y() + 1)
        shape.lineTo(x, top.y() + 1 + TRIANGLE_PX)
        shape.closeSubpath()
        p.fillPath(shape, ink)
        p.restore()

    def drop(self, at: float) -> None:
        """Let a drag be: the line stands at ``at`` again."""
        self.moving = False
        self.setPos(at)


class LaneBox(pg.ViewBox):
    """The ground of the lanes. It tells what the mouse asks for and moves nothing by itself."""

    zoomed = Signal(float, float)  # factor, x
    panned = Signal(float)  # by, in x
    pressed_at = Signal(float, float)  # x, y in view coordinates

    def __init__(self) -> None:
        super().__init__(enableMenu=False, defaultPadding=0.0)
        self.invertY(True)
        self.setMouseEnabled(x=False, y=False)

    def wheelEvent(self, ev: Any, axis: int | None = None) -> None:
        """Zoom about the pointer."""
        factor = ZOOM_STEP ** (-ev.delta() / 120.0)
        at = self.mapToView(ev.pos())
        ev.accept()
        self.zoomed.emit(factor, at.x())

    def mouseDragEvent(self, ev: Any, axis: int | None = None) -> None:
        """Move the window with the hand."""
        ev.accept()
        if ev.button() == Qt.MouseButton.LeftButton:
            by = self.mapToView(ev.lastPos()).x() - self.mapToView(ev.pos()).x()
            self.panned.emit(by)

    def mouseClickEvent(self, ev: Any) -> None:
        """Tell where it was clicked."""
        if ev.button() == Qt.MouseButton.LeftButton:
            at = self.mapToView(ev.pos())
            ev.accept()
            self.pressed_at.emit(at.x(), at.y())


class LaneItem(pg.GraphicsObject):
    """Draws everything in the lanes but the lines."""

    def __init__(self, theme: Theme, box: LaneBox) -> None:
        super().__init__()
        self._theme, self._box = theme, box
        self._ink = LaneInk(theme)
        self.view: SignalsView | None = None
        self.traces: Traces | None = None
        self.cursor_s: float | None = None

    def boundingRect(self) -> QRectF:
        """Return the whole view."""
        return self._box.viewRect()

    def paint(self, p: QPainter, option: Any = None, widget: Any = None) -> None:
        """Paint grid, samples, boxes, labels."""
        view = self.view
        if view is None:
            return
        way = p.worldTransform()
        rect = self._box.viewRect()
        plot = way.mapRect(rect)
        first, last = rect.left(), rect.right()
        per_ms = plot.width() / max(1e-9, last - first)

        def x(at_s: FloatArray) -> FloatArray:
            return plot.left() + ((at_s - view.zero_s) * 1e3 - first) * per_ms

        def x1(at_s: float) -> float:
            return plot.left() + ((at_s - view.zero_s) * 1e3 - first) * per_ms

        p.save()
        p.resetTransform()
        p.setClipRect(plot)
        place = place_lanes(plot, len(view.lanes), lift=view.has_lift)
        self._grid(p, place, view, x1)
        for lane, spot in zip(view.lanes, place.lanes, strict=True):
            if lane.chosen and view.editable:
                p.fillRect(spot, blend(self._theme.accent, self._theme.surface, 0.06))
        for lane, spot in zip(view.lanes, place.lanes, strict=True):
            if not view.blind:
                self._ink.marks(p, spot, lane, view.zero_s, x1)
            if self.traces is not None:
                self._ink.samples(p, spot, lane, self.traces, x, blind=view.blind)
        if self.traces is not None:
            if place.lift is not None:
                self._ink.lift(p, place.lift, self.traces, x)
            self._ink.gaps(p, plot, self.traces, x)
        for lane, spot in zip(view.lanes, place.lanes, strict=True):
            self._ink.label(p, spot, lane, view.zero_s, x1, plot)
        if self.cursor_s is not None:
            draw_line(p, x1(self.cursor_s), plot, QPen(self._theme.accent, 1.0))
        p.restore()

    def _grid(self, p: QPainter, place: Place, view: SignalsView, x: Any) -> None:
        theme, plot = self._theme, place.plot
        for at_ms in view.ticks_ms(plot.width()):
            at = x(view.zero_s + at_ms / 1e3)
            draw_line(p, at, plot, QPen(theme.line, 1.0))
        draw_line(p, x(view.zero_s), plot, QPen(theme.text3, 1.0))
        if view.movement_s is not None:
            dashed = QPen(theme.text2, 1.0, Qt.PenStyle.DashLine)
            draw_line(p, x(view.movement_s), plot, dashed)
        p.setPen(theme.line)
        tops = [spot.top() for spot in first_of_groups(view, place.lanes)]
        if place.lift is not None:
            tops.append(place.lift.top())
        for y in tops:
            p.drawLine(QPointF(plot.left(), y), QPointF(plot.right(), y))
        p.drawLine(plot.bottomLeft(), plot.bottomRight())


class TimeAxis(pg.AxisItem):
    """The one axis of time below all lanes: ms about the zero, or the time of the recording."""

    def __init__(self, theme: Theme) -> None:
        super().__init__("bottom")
        self._theme = theme
        self.view: SignalsView | None = None
        self.setHeight(AXIS_HEIGHT_PX)

    def paint(self, p: QPainter, opt: Any = None, widget: Any = None) -> None:
        """Paint the labels."""
        view = self.view
        if view is None:
            return
        rect = p.worldTransform().mapRect(self.mapRectFromParent(self.geometry()))
        first, last = self.range
        p.save()
        p.resetTransform()
        width = rect.width()
        for at_ms in view.ticks_ms(width):
            x = rect.left() + (at_ms - first) / max(1e-9, last - first) * width
            spot = QRectF(x - 45, rect.top() + 4, 90, 18)
            if spot.left() + 20 < rect.left() or spot.right() - 20 > rect.right():
                continue
            ink = self._theme.text2 if abs(at_ms) < 1e-6 else self._theme.text3
            draw_text(p, spot, view.tick_label(at_ms, width), font(AXIS_PX, 600), ink, CENTRE)
        p.restore()
