"""The three rows of the floor view: bars that start where the muscle started, with its rank."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QLinearGradient, QPainter, QPainterPath, QPen

from firingorder.gui.view_models.type_scale import ROW_PX
from firingorder.report.painter import (
    CENTRE,
    SILENT,
    LadderScale,
    draw_round,
    draw_text,
    fit_font,
)
from firingorder.report.theme import Theme, blend, font
from firingorder.report.wording import floor_title

if TYPE_CHECKING:
    from firingorder.gui.view_models.floor import FloorLadderView
    from firingorder.report.ladder import LadderRow

_WIDTH, _HEIGHT = 1330.0, 440.0  # at 1920 x 1080; the least height has a cue above the rows


def draw_rows(
    p: QPainter, rect: QRectF, view: FloorLadderView, theme: Theme, growth: float
) -> None:
    """Draw one row per muscle. Bars hold until the next repetition starts."""
    p.fillRect(rect, theme.background)
    if not view.titles:
        return
    unit = min(rect.width() / _WIDTH, rect.height() / _HEIGHT)
    gap, count = 28 * unit, len(view.titles)
    top0, height = 26 * unit, (rect.height() - 52 * unit - 28 * unit * (count - 1)) / count
    height = min(height, 260 * unit)
    left = 330 * unit
    top0 = (rect.height() - count * height - (count - 1) * gap) / 2
    rows = {row.muscle: row for row in view.ladder.rows} if view.ladder else {}
    longest = max((floor_title(m) for m in view.titles), key=len)
    name_font = fit_font(longest, round(ROW_PX * unit * growth), 700, left - 20 * unit)
    tracks: list[tuple[QRectF, LadderRow, LadderScale]] = []
    for k, muscle in enumerate(view.titles):
        top = top0 + k * (height + gap)
        ink = theme.tone(view.tone)[0] if muscle == view.tinted else theme.text
        title = floor_title(muscle)
        draw_text(p, QRectF(0, top, left, height), title, name_font, ink)
        track = QRectF(left, top, rect.right() - left, height)
        draw_round(p, track, 20 * unit, theme.surface)
        if view.ladder is not None and muscle in rows:
            scale = LadderScale(view.ladder, track.left(), track.right())
            _draw_bar(p, track, rows[muscle], scale, theme, unit)
            tracks.append((track, rows[muscle], scale))
    if view.ladder is not None and view.ladder.glutes_ms is not None:
        scale = LadderScale(view.ladder, left, rect.right())
        x = scale.x(view.ladder.glutes_ms)
        bottom = top0 + count * height + (count - 1) * gap
        p.setPen(QPen(theme.text, 4 * unit, Qt.PenStyle.CustomDashLine))
        pen = p.pen()
        pen.setDashPattern([6, 3])
        p.setPen(pen)
        p.drawLine(QPointF(x, top0 - 20 * unit), QPointF(x, bottom + 20 * unit))
    for track, row, scale in tracks:  # over the dashed line, so that no rank is struck through
        _draw_rank(p, track, row, scale, theme, unit)


def _draw_bar(
    p: QPainter, track: QRectF, row: LadderRow, scale: LadderScale, theme: Theme, unit: float
) -> None:
    mark = row.first
    if mark is None:
        said = track.adjusted(40 * unit, 0, 0, 0)
        draw_text(p, said, SILENT, font(round(48 * unit), 600), theme.text3)
        return
    colour = theme.muscle(row.muscle)
    low, at = scale.x(mark.low_ms), scale.x(mark.at_ms)
    p.save()
    clip = QPainterPath()
    clip.addRoundedRect(track, 20 * unit, 20 * unit)
    p.setClipPath(clip)
    unsure = QRectF(low, track.top(), at - low, track.height())
    p.fillRect(unsure, blend(colour, theme.surface, 0.34))
    fade = QLinearGradient(at, 0, track.right(), 0)
    fade.setColorAt(0.0, colour)
    fade.setColorAt(0.28, blend(colour, theme.surface, 0.8))
    fade.setColorAt(1.0, blend(colour, theme.surface, 0.28))
    p.fillRect(QRectF(at, track.top(), track.right() - at, track.height()), fade)
    p.restore()


def _draw_rank(
    p: QPainter, track: QRectF, row: LadderRow, scale: LadderScale, theme: Theme, unit: float
) -> None:
    if row.first is None:
        return
    at, high = scale.x(row.first.at_ms), scale.x(row.first.high_ms)
    size = min(92 * unit, track.height() * 0.7)
    x = min(max(high, at) + 14 * unit + size / 2, track.right() - size / 2 - 10 * unit)
    x = max(x, at + 18 * unit + size / 2)
    disc = QRectF(x - size / 2, track.center().y() - size / 2, size, size)
    draw_round(p, disc, size / 2, theme.background)
    draw_text(
        p,
        disc,
        row.badge,
        font(round(size * (0.62 if len(row.badge) < 3 else 0.46)), 700, display=True),
        theme.text,
        CENTRE,
    )
