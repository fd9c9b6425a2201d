"""The rows of the setup page: one channel each, its trace alive, the rest still between checks."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from PySide6.QtCore import QPointF, QRect, QRectF, Qt, Signal
from PySide6.QtGui import QPainter, QPixmap
from PySide6.QtWidgets import QWidget

from firingorder.gui.setup_static import HEADER_PX, columns_of, draw_rows, row_rects
from firingorder.gui.strip_traces import REACH, TraceBuffers
from firingorder.gui.view_models.identify import moving_channels
from firingorder.gui.view_models.live_model import WINDOW_S
from firingorder.gui.view_models.strip_ring import StripRing, full_scale_uv

if TYPE_CHECKING:
    from collections.abc import Sequence

    from PySide6.QtGui import QMouseEvent, QPaintEvent, QResizeEvent

    from firingorder.gui.view_models.setup import SetupRow, SetupView
    from firingorder.report.theme import Theme
    from firingorder.samples import DisplayBlock

#: What moves, and how large the scale is, is looked at five times a second.
LOOK_FRAMES = 6
#: A trace at rest stays thin: below this nothing is stretched.
LEAST_SCALE_UV, LEAST_SCALE, _FIRST_SCALE_UV = 30.0, 1e-9, 30.0


class SetupRows(QWidget):
    """Paints the rows; a click selects one."""

    chosen = Signal(str)

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self.setAccessibleName("Signal check")
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent, True)
        self._view: SetupView | None = None
        self._rects: list[QRect] = []
        self._ring: StripRing | None = None
        self._buffers = TraceBuffers(2)
        self._static: QPixmap | None = None
        self._scales: dict[int, float] = {}
        self._moving: tuple[int, ...] = ()
        self._frame = 0

    @property
    def ring(self) -> StripRing | None:
        """The columns on the screen, once a sample has come."""
        return self._ring

    @property
    def moving(self) -> tuple[str, ...]:
        """The channels that move right now."""
        rows = () if self._view is None else self._view.rows
        return tuple(row.channel for row in rows if row.column in self._moving)

    def show_rows(self, view: SetupView) -> None:
        """Show the rows; they are drawn anew only when something but the traces changed."""
        if view == self._view:
            return
        count = 0 if self._view is None else len(self._view.rows)
        self._view = view
        self.setAccessibleDescription(view.spoken)
        if count != len(view.rows):
            self._arrange()
        self._static = None
        self.update()

    def take(self, blocks: Sequence[DisplayBlock], recent: Sequence[DisplayBlock],
             *, calibrated: bool) -> None:  # fmt: skip
        """Take new samples; ``recent`` are those of the last seconds, for a new width or source."""
        if not recent:
            return
        newest, width = recent[-1], max(2, self._trace_rect().width())
        ring = self._ring
        stale = ring is None or (ring.columns, ring.rate_hz) != (width, newest.rate_hz)
        if ring is None or stale or ring.window().low_uv.shape[0] != newest.emg_uv.shape[1]:
            self._buffers = TraceBuffers(width)
            ring = StripRing(newest.emg_uv.shape[1], newest.rate_hz, width, WINDOW_S)
            blocks, self._scales = recent, {}
        for block in blocks:
            ring.append(block)
        self._ring = ring
        self._frame += 1
        if self._frame % LOOK_FRAMES == 1:
            self._look(ring, calibrated=calibrated)
        self.update(self._trace_rect())

    def forget(self) -> None:
        """Drop the columns: they are made anew from the recent samples when needed."""
        self._ring, self._moving = None, ()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Lay out anew."""
        self._arrange()
        super().resizeEvent(event)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Select the row under the pointer."""
        spot = event.position().toPoint()
        for row, rect in zip(self._rows(), self._rects, strict=True):
            if rect.contains(spot):
                self.chosen.emit(row.channel)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the still layer and the traces upon it."""
        if self._static is None:
            self._static = QPixmap(self.size())
            p = QPainter(self._static)
            scales = {row.column: self._scales.get(row.column)
                      for row in self._rows() if row.column is not None}  # fmt: skip
            lit = frozenset(self._moving)
            draw_rows(p, QRectF(self.rect()), self._view, self._rects, self._theme, scales, lit)
            p.end()
        p = QPainter(self)
        p.drawPixmap(event.rect(), self._static, event.rect())
        if self._ring is not None:
            self._paint_traces(p)
        p.end()

    def _paint_traces(self, p: QPainter) -> None:
        assert self._ring is not None
        window, area = self._ring.window(), self._trace_rect()
        p.setRenderHint(QPainter.RenderHint.Antialiasing, False)
        for row, rect in zip(self._rows(), self._rects, strict=True):
            if row.column is None or row.column >= window.low_uv.shape[0]:
                continue
            scale = self._scales.get(row.column, _FIRST_SCALE_UV)
            middle = rect.top() + rect.height() / 2
            px_per_uv = (rect.height() - 16) / 2 * REACH / scale
            reach = scale * px_per_uv
            top = middle - np.minimum(window.high_uv[row.column] * px_per_uv, reach)
            bottom = middle - np.maximum(window.low_uv[row.column] * px_per_uv, -reach)
            p.setPen(self._theme.muscle(row.muscle))
            self._buffers.draw_columns(p, area.left(), top, bottom)

    def _look(self, ring: StripRing, *, calibrated: bool) -> None:
        window = ring.window()
        moving = moving_channels(window)
        least = LEAST_SCALE_UV if calibrated else LEAST_SCALE
        scales = {
            k: full_scale_uv(window, [k], self._scales.get(k, least), least_uv=least)
            for k in range(window.low_uv.shape[0])
        }
        if (moving, scales) != (self._moving, self._scales):
            self._moving, self._scales = moving, scales
            self._static = None
            self.update()

    def _rows(self) -> tuple[SetupRow, ...]:
        return () if self._view is None else self._view.rows

    def _arrange(self) -> None:
        self._rects = row_rects(self.rect(), len(self._rows()))
        self._static = None
        self.update()

    def _trace_rect(self) -> QRect:
        left, width = columns_of(self.width())["trace"]
        return QRect(left, HEADER_PX, width, max(1, self.height() - HEADER_PX - 8))

    def row_centre(self, channel: str) -> QPointF:
        """Return the middle of the row of a channel."""
        for row, rect in zip(self._rows(), self._rects, strict=True):
            if row.channel == channel:
                return QRectF(rect).center()
        return QPointF()
