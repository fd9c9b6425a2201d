"""The strips of the desk view: one widget, one static layer, one cheap frame."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from PySide6.QtCore import QRect, QSize, Qt
from PySide6.QtGui import QPainter, QPixmap
from PySide6.QtWidgets import QWidget

from firingorder.gui.strip_layout import READING_PX, StripLayout, lay_out
from firingorder.gui.strip_marks import (
    draw_badges,
    draw_interval,
    draw_lift_reading,
    draw_live_onset,
    draw_onset,
    draw_quality,
    draw_reading,
    draw_reps,
    make_flag,
    visible,
)
from firingorder.gui.strip_static import draw_static
from firingorder.gui.strip_traces import (
    TraceBuffers,
    draw_gaps,
    draw_lift,
    draw_saturation,
    draw_trace,
    trace_inks,
)
from firingorder.gui.view_models.desk import (
    LevelReading,
    StripRow,
    level_reading,
    strip_rows,
    strips_spoken,
)
from firingorder.gui.view_models.live_model import KEPT_S, WINDOW_S
from firingorder.gui.view_models.pelvis_trace import PelvisTrace
from firingorder.gui.view_models.strip_ring import StripRing, StripWindow, full_scale_uv

if TYPE_CHECKING:
    from collections.abc import Sequence

    from PySide6.QtGui import QPaintEvent, QResizeEvent

    from firingorder.gui.view_models.live_model import LiveModel
    from firingorder.report.theme import Theme
    from firingorder.samples import DisplayBlock
    from firingorder.session.feed import FeedUpdate

#: Numbers that change thirty times a second cannot be read: five times are enough.
READING_FRAMES = 6
#: Time over which a level reading is averaged.
READING_S = 0.2
_FIRST_SCALE_UV = 100.0
#: While the link is away the newest reading is old: it is not shown.
STALE = ("lost", "refused", "closed")
#: What stands beside a scale; devices without a known gain have no microvolts.
MICROVOLTS, ARBITRARY = "µV", "a.u."
#: Below 10 uV a strip shows noise; what is noise in arbitrary units nobody knows.
LEAST_SCALE_UV, LEAST_SCALE = 10.0, 1e-9


class StripPanel(QWidget):
    """Draws raw columns, envelopes, onsets, repetitions and the lift of the last ten seconds."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self.setAccessibleName("Muscle activity")
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent, True)
        self.setMinimumSize(420, 300)
        self._model: LiveModel | None = None
        self._rows: tuple[StripRow, ...] = ()
        self._layout = lay_out(QRect(0, 0, 600, 400), (), has_imu=False)
        self._ring: StripRing | None = None
        self._pelvis = PelvisTrace(KEPT_S)
        self._recent: list[DisplayBlock] = []
        self._buffers = TraceBuffers(2)
        self._static: QPixmap | None = None
        self._flag: QPixmap | None = None
        self._scales: dict[str, float] = {}
        self._levels: list[LevelReading] = []
        self._has_imu = False
        self._frame = 0
        self._revision = -1

    def sizeHint(self) -> QSize:
        """Return the preferred size."""
        return QSize(1200, 900)

    @property
    def ring(self) -> StripRing | None:
        """The columns on the screen, once a sample has come."""
        return self._ring

    @property
    def recent(self) -> Sequence[DisplayBlock]:
        """The samples of the last seconds, oldest first."""
        return self._recent

    def take(self, update: FeedUpdate) -> None:
        """Take new samples in. Cheap, and done whether or not the panel is visible."""
        for block in update.blocks:
            self._keep(block)
            if self._ring is None or self._ring.rate_hz != block.rate_hz:
                self._rebuild_ring()
            else:
                self._ring.append(block)
        for block in update.pelvis:
            self._pelvis.append(block)

    def forget(self) -> None:
        """Drop every sample: another session begins."""
        self._ring, self._pelvis = None, PelvisTrace(KEPT_S)
        self._recent.clear()
        self._scales, self._levels, self._static = {}, [], None

    def show_frame(self, model: LiveModel) -> None:
        """Show the present state; asks for one repaint."""
        self._model = model
        if model.revision != self._revision:
            self._revision = model.revision
            self._follow(model)
        self._frame += 1
        if self._frame % READING_FRAMES == 1:
            self._read_levels()
            self.update(self._readings_rect())
        self.update(self._layout.plot)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Lay out anew and compute the columns for the new width."""
        self._arrange()
        super().resizeEvent(event)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the static layer and the frame upon it."""
        if self._static is None:
            self._static = draw_static(
                self.size(),
                self._layout,
                self._rows,
                self._scales,
                self._theme,
                self._bin_s(),
                MICROVOLTS if self._calibrated() else ARBITRARY,
                self._reference_unit(),
            )
        p = QPainter(self)
        p.drawPixmap(event.rect(), self._static, event.rect())
        if self._ring is not None and self._model is not None:
            self._paint_frame(p, self._ring.window(), self._model)
            if event.region().intersects(self._readings_rect()):
                self._paint_readings(p, self._layout)
        p.end()

    def _paint_frame(self, p: QPainter, window: StripWindow, model: LiveModel) -> None:
        theme, layout = self._theme, self._layout
        dim = model.status.connection in ("lost", "refused") or model.status.paused
        reps = [rep for rep in model.shown_reps if visible(rep, window)]
        p.setClipRect(layout.plot)
        draw_reps(p, layout, window, reps, theme)
        draw_gaps(p, layout.plot, window, theme)
        onsets = [(c, o) for rep in reps for c, o in rep.onsets if o is not None]
        hides = any(rep.kept for rep in reps)
        flag = self._flag or make_flag(theme)
        self._flag = flag
        for row, strip in zip(self._rows, layout.strips, strict=True):
            mine = [o for channel, o in onsets if channel == row.channel]
            for onset in mine:
                draw_interval(p, strip, window, onset, theme)
            scale = self._scales.get(row.muscle, _FIRST_SCALE_UV)
            inks = trace_inks(row.muscle, theme, dim=dim)
            draw_trace(p, strip, window, row.column, scale, self._buffers, inks)
            draw_saturation(p, strip, window, row.column, theme)
            for onset in mine:
                draw_onset(p, strip, window, onset, flag, theme)
            for live in () if hides else model.onsets:
                if live.channel == row.channel:
                    draw_live_onset(p, strip, window, live, theme)
            draw_quality(p, strip, row.quality, theme)
        if layout.lift is not None:
            self._paint_lift(p, window, layout.lift, dim=dim)
        draw_badges(p, layout, window, reps, theme, model.tone)
        p.setClipping(False)

    def _paint_lift(self, p: QPainter, window: StripWindow, lane: QRect, *, dim: bool) -> None:
        first = window.end_bin - window.low_uv.shape[1]
        bins = first + np.arange(window.low_uv.shape[1]) + 0.5
        lift = self._pelvis.sampled(window.origin_s + bins * window.bin_s)
        scale = self._pelvis.scale_deg()
        draw_lift(p, lane, lift, scale, self._buffers, self._theme, dim=dim)

    def _paint_readings(self, p: QPainter, layout: StripLayout) -> None:
        left = layout.plot.right() + 1
        for k, (row, strip) in enumerate(zip(self._rows, layout.strips, strict=True)):
            spot = QRect(left, strip.top(), READING_PX, strip.height())
            level = self._levels[k] if k < len(self._levels) else LevelReading(None)
            scale = self._scales.get(row.muscle, _FIRST_SCALE_UV)
            draw_reading(p, spot, level, scale, row.muscle, self._theme)
        newest = self._pelvis.newest_deg
        if newest is not None and self._levels:
            draw_lift_reading(p, layout, newest, self._theme)

    def _readings_rect(self) -> QRect:
        plot = self._layout.plot
        return QRect(plot.right() + 2, plot.top(), READING_PX - 2, plot.height())

    def _follow(self, model: LiveModel) -> None:
        rows = strip_rows(model)
        if rows != self._rows or model.status.has_imu != self._has_imu:
            self._rows, self._has_imu = rows, model.status.has_imu
            self.setAccessibleDescription(strips_spoken(model))
            self._arrange()

    def _arrange(self) -> None:
        panel = self.rect()
        self._layout = lay_out(panel, self._rows, has_imu=self._has_imu)
        columns = self._layout.plot.width()
        if self._ring is None or self._ring.columns != columns:
            self._buffers = TraceBuffers(columns)
            self._rebuild_ring()
        self._static = None
        self.update()

    def _rebuild_ring(self) -> None:
        if not self._recent:
            return
        newest = self._recent[-1]
        columns = self._layout.plot.width()
        ring = StripRing(newest.emg_uv.shape[1], newest.rate_hz, columns, WINDOW_S)
        for block in self._recent:
            ring.append(block)
        self._ring = ring
        self._static = None

    def _keep(self, block: DisplayBlock) -> None:
        """Keep the last seconds of samples for the day the panel changes its width."""
        last = self._recent[-1] if self._recent else None
        if last is not None and (
            last.rate_hz != block.rate_hz or last.emg_uv.shape[1] != block.emg_uv.shape[1]
        ):
            self._recent.clear()
        self._recent.append(block)
        oldest = block.index0 - KEPT_S * block.rate_hz
        drop = 0
        while self._recent[drop].index0 + self._recent[drop].emg_uv.shape[0] < oldest:
            drop += 1
        del self._recent[:drop]

    def _read_levels(self) -> None:
        if self._ring is None:
            return
        if self._model is not None and self._model.status.connection in STALE:
            self._levels = []
            return
        window = self._ring.window()
        bins = max(1, round(READING_S / window.bin_s))
        newest = window.envelope_uv[:, -bins:]
        self._levels = []
        scales = dict(self._scales)
        for row in self._rows:
            values = newest[row.column][~np.isnan(newest[row.column])]
            level = float(values.mean()) if values.size else None
            self._levels.append(level_reading(row, level))
        for muscle in {row.muscle for row in self._rows}:
            columns = [row.column for row in self._rows if row.muscle == muscle]
            present = scales.get(muscle, _FIRST_SCALE_UV / 10.0)
            least = LEAST_SCALE_UV if self._calibrated() else LEAST_SCALE
            scales[muscle] = full_scale_uv(window, columns, present, least_uv=least)
        if scales != self._scales:
            self._scales, self._static = scales, None
            self.update()

    def _reference_unit(self) -> str:
        told = any(row.reference is not None for row in self._rows)
        return self._model.status.reference_unit if told and self._model is not None else ""

    def _calibrated(self) -> bool:
        return self._model is None or self._model.status.calibrated

    def _bin_s(self) -> float:
        if self._ring is not None:
            return self._ring.bin_s
        return WINDOW_S / max(1, self._layout.plot.width())
