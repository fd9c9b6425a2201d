"""The signal panel of the review: names at the left, lanes in the middle, presets above."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pyqtgraph as pg
from PySide6.QtCore import QEvent, QPointF, QRectF, Qt, Signal
from PySide6.QtGui import QKeyEvent, QPainter
from PySide6.QtWidgets import QHBoxLayout, QWidget

from firingorder.gui.review_lanes import draw_letter, place_lanes
from firingorder.gui.review_plot import AXIS_HEIGHT_PX, LaneBox, LaneItem, LaneLine, TimeAxis
from firingorder.gui.review_style import PresetButton
from firingorder.gui.view_models.review_window import PRESETS
from firingorder.report.painter import draw_round, draw_text, fit_font, text_width
from firingorder.report.theme import BODY_PX, SMALL_PX, TITLE_PX, font

if TYPE_CHECKING:
    from PySide6.QtGui import QFocusEvent, QPaintEvent, QResizeEvent

    from firingorder.gui.view_models.review_signals import SignalsView
    from firingorder.gui.view_models.review_traces import Traces
    from firingorder.report.theme import Theme

HEAD_PX, PAD_PX, RADIUS_PX = 52, 20, 12
#: Room for the names; where the panel is narrow.
NAMES_PX, NARROW_NAMES_PX, NARROW_PX = 164, 122, 760
_LETTER_PX = 22


class SignalPanel(QWidget):
    """Shows a :class:`SignalsView` and its samples; tells what mouse and presets ask for.

    ``moved`` (lane, seconds) while a line is dragged, ``let_go`` when it was; ``chosen`` a lane.
    """

    moved = Signal(int, float)
    let_go = Signal(int, float)
    chosen = Signal(int)
    seeked = Signal(float)
    preset_chosen = Signal(str)
    zoomed = Signal(float, float)
    panned = Signal(float)

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self._view: SignalsView | None = None
        self.setAccessibleName("Signals of the repetition")
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent, True)
        self.presets = {name: PresetButton(title, key, theme) for name, title, key in PRESETS}
        self._head = QWidget(self)
        row = QHBoxLayout(self._head)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(8)
        for name, button in self.presets.items():
            button.clicked.connect(lambda _=False, name=name: self.preset_chosen.emit(name))
            row.addWidget(button)
        self.box = LaneBox()
        self._axis = TimeAxis(theme)
        graph = pg.PlotItem(viewBox=self.box, axisItems={"bottom": self._axis})
        graph.setContentsMargins(0, 0, 0, 0)
        graph.hideAxis("left")
        graph.hideButtons()
        self.plot = pg.PlotWidget(self, plotItem=graph)
        self.plot.setBackground(theme.surface)
        self.plot.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.plot.setAccessibleName("Signals, drawn")
        self.plot.setFrameShape(pg.PlotWidget.Shape.NoFrame)
        self.item = LaneItem(theme, self.box)
        self.box.addItem(self.item, ignoreBounds=True)
        self.lines: list[LaneLine] = []
        self.box.zoomed.connect(lambda factor, x: self.zoomed.emit(factor, self._seconds(x)))
        self.box.panned.connect(lambda by: self.panned.emit(by / 1e3))
        self.box.pressed_at.connect(self._pressed)

    @property
    def view(self) -> SignalsView | None:
        """What is shown."""
        return self._view

    @property
    def dragging(self) -> bool:
        """Whether a line is in the hand."""
        return any(line.moving for line in self.lines)

    @property
    def columns(self) -> int:
        """How many columns of samples the plot has room for."""
        return max(200, self.plot.width())

    def show_view(self, view: SignalsView, traces: Traces | None) -> None:
        """Show lanes and samples."""
        if view == self._view and traces is self.item.traces:
            return
        self._view = self.item.view = self._axis.view = view
        self.item.traces = traces
        self.setAccessibleDescription(view.spoken)
        for name, button in self.presets.items():
            button.set_chosen(chosen=name == view.preset)
        self._fit()
        self._place_lines(view)
        self.item.update()
        self._axis.update()
        self.update()

    def show_cursor(self, at_s: float | None) -> None:
        """Show where it is being played."""
        if at_s != self.item.cursor_s:
            self.item.cursor_s = at_s
            self.item.update()

    def drop_drag(self) -> bool:
        """Let a dragged line be where it was; return whether there was one."""
        view, dropped = self._view, False
        for k, line in enumerate(self.lines):
            if line.moving and view is not None:
                mark = view.lanes[k].mark
                line.drop(0.0 if mark is None else (mark.at_s - view.zero_s) * 1e3)
                dropped = True
        return dropped

    def event(self, event: QEvent) -> bool:
        """Step through the channels by Tab; past the last one it goes on to the buttons."""
        if event.type() == QEvent.Type.KeyPress and isinstance(event, QKeyEvent):
            step = {Qt.Key.Key_Tab: 1, Qt.Key.Key_Backtab: -1}.get(Qt.Key(event.key()))
            view = self._view
            if step and view is not None and view.editable:
                at = next((k for k, lane in enumerate(view.lanes) if lane.chosen), -1)
                wanted = at + step if at >= 0 or step > 0 else len(view.lanes) - 1
                if 0 <= wanted < len(view.lanes):
                    self.chosen.emit(wanted)
                    return True
        return super().event(event)

    def focusInEvent(self, event: QFocusEvent) -> None:
        """Show the ring."""
        super().focusInEvent(event)
        self.update()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        """Hide the ring."""
        super().focusOutEvent(event)
        self.update()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Keep plot and presets in their places."""
        super().resizeEvent(event)
        left = self._names_px()
        size = self._head.sizeHint()
        self._head.setGeometry(self.width() - PAD_PX - size.width(), 8, size.width(), 36)
        self.plot.setGeometry(
            left, HEAD_PX, max(10, self.width() - left - PAD_PX), self.height() - HEAD_PX - 8
        )
        self._fit()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint ground, title and names."""
        theme, p, view = self._theme, QPainter(self), self._view
        rect = QRectF(self.rect())
        p.fillRect(rect, theme.background)
        edge = theme.strong_line if self.hasFocus() else theme.line
        draw_round(p, rect, RADIUS_PX, theme.surface, edge)
        if view is not None:
            self._paint_head(p, view)
            self._paint_names(p, view)
        p.end()

    def _paint_head(self, p: QPainter, view: SignalsView) -> None:
        theme, title = self._theme, font(TITLE_PX, 600)
        room = self._head.x() - PAD_PX - 16
        width = min(text_width(view.title, title), room)
        draw_text(p, QRectF(PAD_PX, 8, width + 2, 36), view.title, title, theme.text)
        left = PAD_PX + width + 28
        if self._head.x() - left > 120:
            spot = QRectF(left, 9, self._head.x() - left - 16, 36)
            draw_text(p, spot, view.hint, font(SMALL_PX, 500), theme.text2)

    def _paint_names(self, p: QPainter, view: SignalsView) -> None:
        theme, names = self._theme, self._names_px()
        place = place_lanes(self._plot_rect(), len(view.lanes), lift=view.has_lift)
        for muscle, title, first, after in view.groups():
            spot = QRectF(0, place.lanes[first].top(), names, 0)
            spot.setBottom(place.lanes[after - 1].bottom())
            self._line(p, spot.top(), names)
            words = QRectF(PAD_PX + 2, spot.top(), names - PAD_PX - 40, spot.height())
            named = fit_font(title, BODY_PX, 600, words.width(), display=False)
            draw_text(p, words, title, named, theme.text)
            del muscle
        for lane, rect in zip(view.lanes, place.lanes, strict=True):
            box = QRectF(0, 0, _LETTER_PX, min(_LETTER_PX, rect.height() - 4))
            box.moveCenter(QPointF(names - 26, rect.center().y()))
            draw_letter(p, box, lane.letter, theme.muscle(lane.muscle), theme)
            if lane.chosen and view.editable:
                mark = QRectF(names - 10, rect.center().y() - 9, 3, 18)
                p.fillRect(mark, theme.accent)
        if place.lift is not None:
            self._line(p, place.lift.top(), names)
            words = QRectF(PAD_PX + 2, place.lift.top(), names - PAD_PX - 8, place.lift.height())
            named = fit_font("Pelvis lift", BODY_PX, 600, words.width(), display=False)
            draw_text(p, words, "Pelvis lift", named, theme.text)

    def _line(self, p: QPainter, y: float, right: float) -> None:
        p.setRenderHint(QPainter.RenderHint.Antialiasing, False)
        p.setPen(self._theme.line)
        p.drawLine(QPointF(PAD_PX - 6, y), QPointF(right, y))

    def _plot_rect(self) -> QRectF:
        """Return where the lanes lie in the panel."""
        spot = self.plot.geometry()
        return QRectF(spot.left(), spot.top(), spot.width(), spot.height() - AXIS_HEIGHT_PX)

    def _names_px(self) -> int:
        return NARROW_NAMES_PX if self.width() < NARROW_PX else NAMES_PX

    def _fit(self) -> None:
        view = self._view
        if view is None:
            return
        first, last = view.span_ms
        height = max(1.0, self._plot_rect().height())
        self.box.setRange(xRange=(first, last), yRange=(0.0, height), padding=0.0)
        self.item.prepareGeometryChange()
        self._place_lines(view)

    def _place_lines(self, view: SignalsView) -> None:
        place = place_lanes(self._plot_rect(), len(view.lanes), lift=view.has_lift)
        top, height = place.plot.top(), max(1.0, place.plot.height())
        while len(self.lines) < len(view.lanes):
            self._add_line()
        for k, line in enumerate(self.lines):
            lane = view.lanes[k] if k < len(view.lanes) else None
            mark = None if lane is None else lane.mark
            line.setVisible(mark is not None)
            if lane is None or mark is None:
                continue
            line.accent = mark.edited or mark.pending
            line.setMovable(view.editable)
            spot = place.lanes[k]
            line.setSpan((spot.top() - top) / height, (spot.bottom() - top) / height)
            if not line.moving:
                line.setPos((mark.at_s - view.zero_s) * 1e3)
            line.update()

    def _add_line(self) -> None:
        line, k = LaneLine(self._theme), len(self.lines)
        line.sigDragged.connect(lambda one, k=k: self.moved.emit(k, self._seconds(one.value())))
        line.sigPositionChangeFinished.connect(
            lambda one, k=k: self.let_go.emit(k, self._seconds(one.value()))
        )
        self.lines.append(line)
        self.box.addItem(line, ignoreBounds=True)

    def _pressed(self, x: float, y: float) -> None:
        view = self._view
        if view is None:
            return
        place = place_lanes(self._plot_rect(), len(view.lanes), lift=view.has_lift)
        top = place.plot.top()
        for k, spot in enumerate(place.lanes):
            if spot.top() <= y + top < spot.bottom():
                self.chosen.emit(k)
        self.seeked.emit(self._seconds(x))

    def _seconds(self, x_ms: float) -> float:
        return 0.0 if self._view is None else self._view.zero_s + float(x_ms) / 1e3
