"""The gallery: every repetition over the others, with median and quartiles; a click goes there."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from PySide6.QtCore import QPointF, QRectF, Qt, Signal
from PySide6.QtGui import QPainter, QPen, QPolygonF
from PySide6.QtWidgets import QWidget

from firingorder.gui.review_lanes import draw_letter, draw_line
from firingorder.gui.view_models.review_gallery import nearest
from firingorder.gui.view_models.review_window import axis_label, axis_step_ms
from firingorder.report.painter import CENTRE, RIGHT, draw_round, draw_text, text_width
from firingorder.report.theme import AXIS_PX, SMALL_PX, TITLE_PX, blend, font

if TYPE_CHECKING:
    from PySide6.QtGui import QColor, QMouseEvent, QPaintEvent

    from firingorder.gui.view_models.review_gallery import Cell, GalleryView
    from firingorder.report.theme import Theme
    from firingorder.samples import FloatArray

PAD_PX, HEAD_PX, AXIS_ROW_PX, RADIUS_PX, GAP_PX = 20, 62, 24, 12, 18
_FIRST_MS, _LAST_MS = -500.0, 3000.0


class GalleryPanel(QWidget):
    """Shows a :class:`GalleryView`; ``chosen`` (repetition) on a click."""

    chosen = Signal(int)

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self._view: GalleryView | None = None
        self.setAccessibleName("Gallery of repetitions")
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent, True)
        self.setCursor(Qt.CursorShape.PointingHandCursor)

    def show_view(self, view: GalleryView) -> None:
        """Show it."""
        self._view = view
        self.setAccessibleDescription(f"{view.spoken}. Rep {view.current} is chosen")
        self.update()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Choose the repetition under the pointer."""
        view = self._view
        if view is None:
            return
        for cell in view.cells:
            spot = self._plot(view, cell)
            if spot.contains(event.position()):
                at = event.position()
                share = (at.x() - spot.left()) / spot.width()
                at_ms = _FIRST_MS + share * (_LAST_MS - _FIRST_MS)
                level = (spot.bottom() - at.y()) / spot.height() * cell.scale_uv
                found = nearest(view, cell, at_ms, level)
                if found is not None:
                    self.chosen.emit(found)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the title, then a plot for every channel."""
        theme, p, view = self._theme, QPainter(self), self._view
        rect = QRectF(self.rect())
        p.fillRect(rect, theme.background)
        draw_round(p, rect, RADIUS_PX, theme.surface, theme.line)
        if view is not None:
            self._head(p, view)
            for cell in view.cells:
                self._cell(p, self._plot(view, cell), cell, view)
        p.end()

    def _plot(self, view: GalleryView, cell: Cell) -> QRectF:
        area = QRectF(self.rect()).adjusted(PAD_PX, HEAD_PX, -PAD_PX, -AXIS_ROW_PX - 4)
        width = (area.width() - GAP_PX * (view.across - 1)) / view.across
        height = (area.height() - 8 * (view.rows - 1)) / max(1, view.rows)
        return QRectF(
            area.left() + cell.across * (width + GAP_PX),
            area.top() + cell.row * (height + 8), width, height,
        )  # fmt: skip

    def _head(self, p: QPainter, view: GalleryView) -> None:
        theme = self._theme
        line = QRectF(PAD_PX, 8, self.width() - 2 * PAD_PX, 26)
        keys = "Enter: show it   G or Esc: back"
        small = font(SMALL_PX, 500)
        draw_text(p, line, keys, small, theme.text2, RIGHT)
        draw_text(p, line.adjusted(0, 0, -text_width(keys, small) - 16, 0), view.title,
                  font(TITLE_PX, 600), theme.text)  # fmt: skip
        chosen = view.chosen
        said = f"Rep {view.current}" if chosen else f"Rep {view.current} is not among them"
        spot = QRectF(PAD_PX, 34, 150, 20)
        draw_text(p, spot, said, font(SMALL_PX, 600), theme.accent)
        told = "median and quartiles of those that count"
        if view.notes:
            told = f"{told}  ·  dotted, not counted: {';  '.join(view.notes)}"
        rest = QRectF(PAD_PX + 120, 34, self.width() - 2 * PAD_PX - 120, 20)
        draw_text(p, rest, told, small, theme.text2)

    def _cell(self, p: QPainter, rect: QRectF, cell: Cell, view: GalleryView) -> None:
        theme, found = self._theme, view.gallery
        colour = theme.muscle(cell.muscle)
        shown = (found.t_ms >= _FIRST_MS) & (found.t_ms <= _LAST_MS)
        x = rect.left() + (found.t_ms[shown] - _FIRST_MS) / (_LAST_MS - _FIRST_MS) * rect.width()

        def y(level_uv: FloatArray) -> FloatArray:
            return rect.bottom() - np.minimum(level_uv / cell.scale_uv, 1.0) * (rect.height() - 4)

        p.save()
        p.setClipRect(rect)
        last = cell.row == view.rows - 1
        self._times(p, rect, labelled=False)
        k = cell.column
        low, high = y(found.q1_uv[shown, k]), y(found.q3_uv[shown, k])
        _band(p, x, low, high, blend(colour, theme.surface, 0.28))
        p.setRenderHint(QPainter.RenderHint.Antialiasing, True)
        for one in found.traces:
            if one.repetition == view.current:
                continue
            pen = QPen(blend(colour, theme.surface, 0.5), 1.0)
            if not one.counted:
                pen = QPen(theme.text3, 1.0, Qt.PenStyle.DotLine)
            _curve(p, x, y(one.envelope_uv[shown, k]), pen)
        _curve(p, x, y(found.median_uv[shown, k]), QPen(colour, 2.2))
        chosen = view.chosen
        if chosen is not None:
            _curve(p, x, y(chosen.envelope_uv[shown, k]), QPen(theme.accent, 1.6))
        p.restore()
        p.setPen(theme.strong_line)
        p.drawLine(rect.bottomLeft(), rect.bottomRight())
        words = QRectF(rect.left() + 6, rect.top() + 2, 110, 18)
        draw_text(p, words, cell.title, font(SMALL_PX, 600), theme.text)
        left = words.left() + text_width(cell.title, font(SMALL_PX, 600)) + 8
        draw_letter(p, QRectF(left, rect.top() + 2, 18, 18), cell.letter, colour, theme)
        scale = QRectF(rect.right() - 90, rect.top() + 2, 86, 16)
        draw_text(p, scale, f"{cell.scale_uv:g} µV", font(AXIS_PX, 500), theme.text3, RIGHT)
        if last:
            self._times(p, rect, labelled=True)

    def _times(self, p: QPainter, rect: QRectF, *, labelled: bool) -> None:
        theme = self._theme
        step = axis_step_ms(_LAST_MS - _FIRST_MS, rect.width())
        at = np.ceil(_FIRST_MS / step) * step
        while at <= _LAST_MS:
            x = rect.left() + (at - _FIRST_MS) / (_LAST_MS - _FIRST_MS) * rect.width()
            if labelled:
                spot = QRectF(x - 30, rect.bottom() + 3, 60, 18)
                if rect.left() + 8 <= x <= rect.right() - 12:
                    words = axis_label(float(at), step)
                    draw_text(p, spot, words, font(AXIS_PX, 600), theme.text3, CENTRE)
            else:
                draw_line(p, x, rect, QPen(theme.text3 if at == 0 else theme.line, 1.0))
            at += step


def _curve(p: QPainter, x: FloatArray, y: FloatArray, pen: QPen) -> None:
    p.setPen(pen)
    known = np.isfinite(y)
    for part in np.split(np.arange(x.size), np.flatnonzero(np.diff(known)) + 1):
        if part.size > 1 and known[part[0]]:
            spots = [QPointF(float(a), float(b)) for a, b in zip(x[part], y[part], strict=True)]
            p.drawPolyline(spots)


def _band(p: QPainter, x: FloatArray, low: FloatArray, high: FloatArray, colour: QColor) -> None:
    known = np.isfinite(low) & np.isfinite(high)
    if known.sum() < 2:
        return
    p.setPen(Qt.PenStyle.NoPen)
    p.setBrush(colour)
    above = [QPointF(float(a), float(b)) for a, b in zip(x[known], high[known], strict=True)]
    below = [QPointF(float(a), float(b)) for a, b in zip(x[known], low[known], strict=True)]
    p.drawPolygon(QPolygonF([*above, *below[::-1]]))
    p.setBrush(Qt.BrushStyle.NoBrush)
