"""What lies on the strips: repetitions, onsets with their intervals, readings."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QPointF, QRect, QRectF, Qt
from PySide6.QtGui import QPainter, QPixmap, QPolygonF

from firingorder.report.painter import (
    LEFT,
    RIGHT,
    draw_round,
    draw_text,
    draw_verdict_icon,
    text_width,
)
from firingorder.report.theme import BODY_PX, SMALL_PX, Theme, blend, font
from firingorder.report.wording import NOTHING, format_deg

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from firingorder.findings import OnsetEstimate, OnsetFinding
    from firingorder.gui.strip_layout import StripLayout
    from firingorder.gui.view_models.desk import LevelReading
    from firingorder.gui.view_models.repetition import RepView
    from firingorder.gui.view_models.strip_ring import StripWindow
    from firingorder.report.wording import Tone

FLAG_PX = 9
QUALITY_WORDS = {
    "poor_contact": "loose pad",
    "saturated": "too strong",
    "mains": "mains hum",
    "noise": "noisy",
}


def visible(rep: RepView, window: StripWindow) -> bool:
    """Return whether any of the repetition is still on the screen."""
    newest = rep.end_s if rep.end_s is not None else rep.decided_at_s
    return window.column_of(newest) > 0.0


def draw_reps(
    p: QPainter, layout: StripLayout, window: StripWindow, reps: Iterable[RepView], theme: Theme
) -> None:
    """Shade the time of every repetition behind the traces."""
    shade = blend(theme.text, theme.surface, 0.03)
    for rep in reps:
        begin = rep.start_s if rep.start_s is not None else rep.first_onset_s
        if begin is None:
            continue
        a = max(0, round(window.column_of(begin)))
        b = layout.plot.width()
        if rep.end_s is not None:
            b = min(b, round(window.column_of(rep.end_s)))
        if b > a:
            left = layout.plot.left() + a
            p.fillRect(QRect(left, layout.plot.top(), b - a, layout.plot.height()), shade)
    p.setPen(theme.line)
    for _, group in layout.groups:
        p.drawLine(layout.plot.left(), group.top(), layout.plot.right(), group.top())
    p.drawLine(layout.plot.left(), layout.badges.top(), layout.plot.right(), layout.badges.top())


def draw_interval(
    p: QPainter, strip: QRect, window: StripWindow, onset: OnsetEstimate, theme: Theme
) -> None:
    """Draw the 95 % interval of an onset as a pale band behind the trace."""
    a = max(0.0, window.column_of(onset.low_s))
    b = min(float(strip.width()), window.column_of(onset.high_s))
    if b > 0.0 and b > a:
        band = QRectF(strip.left() + a, strip.top() + 3, max(2.0, b - a), strip.height() - 6)
        p.fillRect(band, blend(theme.text, theme.surface, 0.22))


def make_flag(theme: Theme) -> QPixmap:
    """Return the flag of an onset, drawn once: sixteen polygons a frame cost more than copies."""
    flag = QPixmap(FLAG_PX, 8)
    flag.fill(Qt.GlobalColor.transparent)
    p = QPainter(flag)
    p.setRenderHint(QPainter.RenderHint.Antialiasing, True)
    p.setPen(Qt.PenStyle.NoPen)
    p.setBrush(theme.text)
    p.drawPolygon(QPolygonF([QPointF(0.0, 0.0), QPointF(9.0, 0.0), QPointF(4.5, 7.0)]))
    p.end()
    return flag


def draw_onset(
    p: QPainter,
    strip: QRect,
    window: StripWindow,
    onset: OnsetEstimate,
    flag: QPixmap,
    theme: Theme,
) -> None:
    """Draw an onset as a line with a flag."""
    column = window.column_of(onset.onset_s)
    if not 0.0 <= column <= strip.width():
        return
    x = strip.left() + round(column)
    p.fillRect(QRect(x, strip.top() + 3, 1, strip.height() - 6), theme.text)
    p.drawPixmap(x - FLAG_PX // 2, strip.top() + 1, flag)


def draw_live_onset(
    p: QPainter, strip: QRect, window: StripWindow, onset: OnsetFinding, theme: Theme
) -> None:
    """Draw a live onset, which is not refined yet, as a short dim line."""
    column = window.column_of(onset.onset_s)
    if 0.0 <= column <= strip.width():
        x = strip.left() + round(column)
        p.fillRect(QRect(x, strip.top() + 4, 1, strip.height() // 3), theme.text3)


def draw_badges(
    p: QPainter,
    layout: StripLayout,
    window: StripWindow,
    reps: Iterable[RepView],
    theme: Theme,
    tone: Callable[[RepView], Tone],
) -> None:
    """Draw shape and number of every repetition at its start."""
    lane, text_font = layout.badges, font(SMALL_PX, 600)
    for rep in reps:
        begin = rep.start_s if rep.start_s is not None else rep.first_onset_s
        if begin is None:
            continue
        x = lane.left() + window.column_of(begin)
        text = f"Rep {rep.number}"
        if x < lane.left() - 4 or x + 26 + text_width(text, text_font) > lane.right():
            x = min(x, lane.right() - 26 - text_width(text, text_font))
            if x < lane.left() - 4:
                continue
        ink, _ = theme.tone(tone(rep))
        spot = QPointF(x + 10, lane.center().y() + 1)
        draw_verdict_icon(p, spot, 17, rep.shape, ink, theme.surface)
        draw_text(p, QRectF(x + 25, lane.top(), 90, lane.height()), text, text_font, theme.text2)


#: Readings of arbitrary units may be small: two digits of those.
SMALL_SCALE = 10.0


def draw_reading(
    p: QPainter, spot: QRect, reading: LevelReading, scale_uv: float, muscle: str, theme: Theme
) -> None:
    """Draw the level of a channel: a bar and the number, in percent where there is a reference."""
    middle = spot.center().y()
    track = QRectF(spot.left() + 10, middle - 3, 20, 6)
    draw_round(p, track, 3, theme.line)
    text = QRectF(track.right(), spot.top(), spot.right() - track.right() - 12, spot.height())
    if reading.level_uv is None:
        draw_text(p, text, NOTHING, font(BODY_PX, 700), theme.text3, RIGHT)
        return
    share = reading.level_uv / scale_uv
    said = f"{reading.level_uv:.0f}" if scale_uv >= SMALL_SCALE else f"{reading.level_uv:.2g}"
    if reading.percent is not None:
        share, said = reading.percent / 100.0, f"{reading.percent:.0f} %"
    filled = track.width() * min(1.0, share)
    if filled >= 1.0:
        bar = QRectF(track.left(), track.top(), max(6.0, filled), track.height())
        draw_round(p, bar, 3, theme.muscle(muscle))
    draw_text(p, text, said, font(BODY_PX, 700), theme.text, RIGHT)


def draw_lift_reading(p: QPainter, layout: StripLayout, lift_deg: float, theme: Theme) -> None:
    """Draw the angle of the pelvis beside its curve."""
    lane = layout.lift
    if lane is None:
        return
    spot = QRectF(lane.right() + 1, lane.top(), 62, lane.height())
    draw_text(p, spot, format_deg(lift_deg), font(17, 700), theme.text, RIGHT)


def draw_quality(p: QPainter, strip: QRect, state: str, theme: Theme) -> None:
    """Name what is wrong with a channel, on its strip."""
    word = QUALITY_WORDS.get(state)
    if word is None:
        return
    text_font = font(SMALL_PX, 600)
    tag = QRectF(strip.left() + 8, strip.top() + 4, text_width(word, text_font) + 20, 20)
    draw_round(p, tag, 10, theme.close_on, theme.close)
    draw_text(p, tag.adjusted(10, 0, 0, 0), word, text_font, theme.close, LEFT)
