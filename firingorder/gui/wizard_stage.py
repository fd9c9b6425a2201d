"""The stage of the calibration: one instruction, a countdown ring, a live bar. Read from afar."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QPainter, QPen

from firingorder.gui.body_map import draw_light
from firingorder.gui.fitted_text import draw_fitted, fitted_px
from firingorder.report.painter import CENTRE, RIGHT, draw_round, draw_text, fit_font, text_width
from firingorder.report.theme import BODY_PX, SMALL_PX, Theme, blend, font

if TYPE_CHECKING:
    from PySide6.QtGui import QColor

    from firingorder.gui.view_models.calibrate import (
        BarRow,
        BarView,
        RingView,
        Tone,
        WordsView,
    )

ROW_PX = 34.0
#: Characters of a short instruction.
SHORT = 20
_TOP_LEFT = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignTop


def tone_ink(tone: Tone, theme: Theme) -> QColor:
    """Return the colour of a tone."""
    return {
        "neutral": theme.text,
        "go": theme.accent,
        "good": theme.ok,
        "look": theme.close,
    }[tone]


def draw_words(p: QPainter, rect: QRectF, view: WordsView, theme: Theme, px: int) -> None:
    """Draw step, kicker and the one instruction, ``px`` high where it fits."""
    p.fillRect(rect, theme.background)
    unit = min(1.0, rect.height() / 560)
    ink = tone_ink(view.tone, theme)
    top = rect.top() + 4 * unit
    line = QRectF(rect.left(), top, rect.width(), 44 * unit)
    step_font = font(round(34 * unit), 600)
    draw_text(p, line, f"{view.step}  ·  {view.title}", step_font, theme.text2)
    kicker = QRectF(rect.left(), line.bottom() + 8 * unit, rect.width(), 92 * unit)
    left = kicker.left()
    if view.light is not None:
        size = 72 * unit
        centre = QPointF(left + size / 2, kicker.center().y())
        draw_light(p, centre, size, view.light, theme, theme.background)
        left += size + 22 * unit
    kicker.setLeft(left)
    kicker_font = fit_font(view.kicker, round(80 * unit), 800, kicker.width())
    draw_text(p, kicker, view.kicker, kicker_font, ink)
    room, foot = _instruction_room(rect, view)
    draw_fitted(p, room, view.instruction, _wanted(view, px), 700, theme.text, _TOP_LEFT)
    if view.more:
        spot = QRectF(rect.left(), room.bottom(), rect.width(), foot)
        draw_fitted(p, spot, "\n".join(view.more), round(36 * unit), 500, theme.text2, _TOP_LEFT)


def instruction_px(rect: QRectF, view: WordsView, px: int) -> int:
    """Return how large the instruction is drawn: ``px``, or what its space allows."""
    room, _ = _instruction_room(rect, view)
    wanted = _wanted(view, px)
    return fitted_px(view.instruction, wanted, 700, int(room.width()), int(room.height()))


def _wanted(view: WordsView, px: int) -> int:
    """Return the size to begin with: a word or two may be larger than a sentence."""
    return round(px * 1.6) if len(view.instruction) <= SHORT else px


def _instruction_room(rect: QRectF, view: WordsView) -> tuple[QRectF, float]:
    """Return the space of the instruction, and the height of what stands below it."""
    unit = min(1.0, rect.height() / 560)
    foot = 0.0 if not view.more else min(0.34 * rect.height(), 90 * unit * len(view.more))
    top = rect.top() + 154 * unit
    return QRectF(rect.left(), top, rect.width(), rect.bottom() - foot - top), foot


def draw_ring(p: QPainter, rect: QRectF, view: RingView, theme: Theme) -> None:
    """Draw the countdown ring with its number, or the sign of what waits."""
    p.fillRect(rect, theme.background)
    p.setRenderHint(QPainter.RenderHint.Antialiasing, True)
    side = min(rect.width(), rect.height()) - 8
    thick = side * 0.085
    box = QRectF(0, 0, side - thick, side - thick)
    box.moveCenter(rect.center())
    ink = tone_ink(view.tone, theme)
    p.setPen(QPen(theme.line, thick, c=Qt.PenCapStyle.FlatCap))
    p.drawArc(box, 0, 360 * 16)
    if view.share > 0.0:
        p.setPen(QPen(ink, thick, c=Qt.PenCapStyle.FlatCap))
        p.drawArc(box, 90 * 16, round(view.share * 360 * 16))
    centre = rect.center()
    if view.sign == "tick":
        draw_light(p, centre, side * 0.46, "good", theme, theme.background)
        return
    if view.sign:
        _draw_sign(p, centre, side * 0.2, view.sign, theme.text)
        return
    number = QRectF(box.left(), centre.y() - side * 0.3, box.width(), side * 0.44)
    draw_text(
        p, number, view.number, font(round(side * 0.4), 700, display=True), theme.text, CENTRE
    )
    word = QRectF(
        box.left() + thick, centre.y() + side * 0.13, box.width() - 2 * thick, side * 0.14
    )
    words = fit_font(view.word, round(side * 0.105), 700, word.width() * 0.9)
    draw_text(p, word, view.word, words, ink, CENTRE)


def _draw_sign(p: QPainter, centre: QPointF, reach: float, sign: str, ink: QColor) -> None:
    """Draw "go" as a triangle, an exchange as two arrows, "once more" as one that turns."""
    p.save()
    p.translate(centre)
    if sign == "play":
        p.setPen(QPen(ink, reach * 0.2, j=Qt.PenJoinStyle.RoundJoin))
        p.setBrush(ink)
        p.drawPolygon([QPointF(-reach * 0.6, -reach), QPointF(reach, 0),
                       QPointF(-reach * 0.6, reach)])  # fmt: skip
    elif sign == "swap":
        p.setPen(QPen(ink, reach * 0.2, c=Qt.PenCapStyle.RoundCap, j=Qt.PenJoinStyle.RoundJoin))
        for way in (-1.0, 1.0):
            y, tip, barb = -way * reach * 0.4, way * reach, reach * 0.42
            p.drawLine(QPointF(-tip, y), QPointF(tip, y))
            p.drawPolyline([QPointF(tip - way * barb, y - barb), QPointF(tip, y),
                            QPointF(tip - way * barb, y + barb)])  # fmt: skip
    else:
        p.setPen(QPen(ink, reach * 0.24, c=Qt.PenCapStyle.RoundCap, j=Qt.PenJoinStyle.RoundJoin))
        p.drawArc(QRectF(-reach, -reach, 2 * reach, 2 * reach), 40 * 16, 280 * 16)
        tip = QPointF(reach * 0.77, -reach * 0.64)
        p.drawPolyline([tip + QPointF(0, -reach * 0.55), tip, tip + QPointF(-reach * 0.55, 0)])
    p.restore()


def draw_bar(p: QPainter, rect: QRectF, view: BarView, theme: Theme) -> None:
    """Draw title, dots of the tries, the bar with its target, and the channels of the step."""
    p.fillRect(rect, theme.background)
    panel = rect.adjusted(0.5, 0.5, -0.5, -0.5)
    draw_round(p, panel, 14, theme.surface, theme.line)
    inner = panel.adjusted(28, 14, -28, -14)
    head_px = 30 if rect.height() > 190 else 24
    head = QRectF(inner.left(), inner.top(), inner.width(), head_px * 1.5)
    draw_text(p, head, view.title, font(head_px, 600), theme.text2)
    _draw_dots(p, head, view, theme, head_px)
    top = head.bottom() + 6
    if view.level is not None:
        height = max(26.0, min(52.0, inner.height() * 0.25))
        if view.target_word:
            top += head_px * 0.9 - 4
        track = QRectF(inner.left(), top, inner.width(), height)
        _draw_level(p, track, view, theme, round(head_px * 0.72))
        top += height + 12
    _draw_channels(p, QRectF(inner.left(), top, inner.width(), inner.bottom() - top), view, theme)


def _draw_dots(p: QPainter, head: QRectF, view: BarView, theme: Theme, px: int) -> None:
    p.setRenderHint(QPainter.RenderHint.Antialiasing, True)
    radius, step = px * 0.36, px * 1.15
    x = head.right() - step * (len(view.dots) - 1) - radius - 2
    for dot in view.dots:
        spot = QPointF(x, head.center().y())
        if dot == "done":
            p.setPen(Qt.PenStyle.NoPen)
            p.setBrush(theme.text)
            p.drawEllipse(spot, radius, radius)
        else:
            now = dot == "now"
            p.setPen(QPen(theme.accent if now else theme.strong_line, 3.0 if now else 2.0))
            p.setBrush(theme.surface)
            p.drawEllipse(spot, radius - 1, radius - 1)
            if now:
                p.setPen(Qt.PenStyle.NoPen)
                p.setBrush(theme.accent)
                p.drawEllipse(spot, radius * 0.42, radius * 0.42)
        x += step
    p.setBrush(Qt.BrushStyle.NoBrush)


def _draw_level(p: QPainter, track: QRectF, view: BarView, theme: Theme, word_px: int) -> None:
    draw_round(p, track, track.height() / 2, theme.surface2)
    assert view.level is not None
    reached = view.target is not None and view.level >= view.target
    if view.level > 0.0:
        filled = QRectF(track)
        filled.setWidth(max(track.height(), track.width() * view.level))
        draw_round(p, filled, track.height() / 2, theme.ok if reached else theme.accent)
    if view.target is not None:
        x = track.left() + track.width() * view.target
        p.fillRect(QRectF(x - 3, track.top() - 8, 6, track.height() + 16), theme.text)
        words = font(word_px, 600)
        width = text_width(view.target_word, words) + 8
        left = min(max(track.left(), x - width / 2), track.right() - width)
        spot = QRectF(left, track.top() - 9 - word_px * 1.25, width, word_px * 1.25)
        draw_text(p, spot, view.target_word, words, theme.text2, CENTRE)


def _draw_channels(p: QPainter, rect: QRectF, view: BarView, theme: Theme) -> None:
    """Draw the channels in two columns, as many rows as there is room for."""
    if not view.rows or rect.height() < 24:
        return
    half = (len(view.rows) + 1) // 2
    height = min(ROW_PX, rect.height() / half)
    width = (rect.width() - 40) / 2
    for k, row in enumerate(view.rows):
        column, line = k % 2, k // 2
        spot = QRectF(
            rect.left() + column * (width + 40), rect.top() + line * height, width, height
        )
        _draw_channel(p, spot, row, theme)


def _draw_channel(p: QPainter, spot: QRectF, row: BarRow, theme: Theme) -> None:
    colour, middle = theme.muscle(row.muscle), spot.center().y()
    side = min(22.0, spot.height() - 4)
    box = QRectF(spot.left(), middle - side / 2, side, side)
    if row.letter:
        draw_round(p, box, 5, blend(colour, theme.surface, 0.22))
        draw_text(p, box, row.letter, font(SMALL_PX, 700), blend(colour, theme.text, 0.6), CENTRE)
    name = QRectF(spot.left() + side + 10, spot.top(), 96, spot.height())
    draw_text(p, name, row.title, font(BODY_PX, 600), theme.text)
    value = QRectF(spot.right() - 84, spot.top(), 84, spot.height())
    draw_text(p, value, row.value, font(BODY_PX, 600), theme.text2, RIGHT)
    if row.level is None:
        return
    track = QRectF(name.right() + 8, middle - 5, value.left() - name.right() - 18, 10)
    draw_round(p, track, 5, theme.surface2)
    if row.level > 0.0:
        track.setWidth(max(10.0, track.width() * row.level))
        draw_round(p, track, 5, colour)
