"""The top bar: who and what, the tag of the source, the readings of the link, the clock."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QBrush, QPainter, QPainterPath, QPen

from firingorder.gui.canvas import Canvas
from firingorder.report.painter import CENTRE, draw_round, draw_text, text_width
from firingorder.report.theme import BODY_PX, SMALL_PX, TITLE_PX, Theme, blend, font

if TYPE_CHECKING:
    from firingorder.gui.view_models.desk import Reading, TopBarView

HEIGHT_PX = 66
TAG_PX = 15
RECORDING_SPOKEN = {
    "REC": "recording",
    "recorded": "recorded",
    "not recording": "not recording",
    "played": "played from a file",
}


def make_top_bar(theme: Theme) -> Canvas[TopBarView]:
    """Return the bar."""
    return Canvas("Session and link", theme, draw_top_bar, _spoken).hint(800, HEIGHT_PX)


def _spoken(view: TopBarView) -> str:
    parts = [view.title, view.subtitle, view.tag.capitalize()]
    parts += [f"{r.title} {r.value}" for r in view.readings]
    parts.append(f"{RECORDING_SPOKEN[view.recording]}, {view.clock}")
    return ", ".join(part for part in parts if part)


def draw_top_bar(p: QPainter, rect: QRectF, view: TopBarView, theme: Theme) -> None:
    """Draw the bar."""
    p.fillRect(rect, theme.surface)
    p.setPen(theme.line)
    p.drawLine(QPointF(0, rect.bottom() - 0.5), QPointF(rect.right(), rect.bottom() - 0.5))
    _draw_mark(p, QRectF(22, rect.center().y() - 16, 36, 32), theme)
    right = _draw_clock(p, rect, view, theme)
    for reading in reversed(view.readings):
        right = _draw_reading(p, rect, right, reading, theme)
    if view.tag:  # in the middle, or as near to it as the readings allow
        half = tag_width(view.tag, TAG_PX) / 2
        x = min(rect.center().x(), right - half)
        draw_tag(p, QPointF(x, rect.center().y()), view.tag, theme, TAG_PX)
        right = x - half - 14
    room = max(0.0, right - 70)
    draw_text(p, QRectF(70, 11, room, 24), view.title, font(TITLE_PX, 600), theme.text)
    draw_text(p, QRectF(70, 34, room, 20), view.subtitle, font(SMALL_PX, 500), theme.text2)


def _draw_mark(p: QPainter, rect: QRectF, theme: Theme) -> None:
    """Draw the sign of the product: three bars that start one after the other."""
    names = ("gluteus_maximus", "hamstring", "erector_spinae")
    for k, name in enumerate(names):
        bar = QRectF(rect.left() + 6 * k, rect.top() + 3 + 10 * k, 22, 7)
        draw_round(p, bar, 3.5, theme.muscle(name))


def tag_width(text: str, px: int) -> float:
    """Return the width of a tag."""
    return text_width(text, font(px, 700)) + px * 2.6


def draw_tag(p: QPainter, centre: QPointF, text: str, theme: Theme, px: int) -> None:
    """Draw what must not be overlooked: striped for no person on the belt now, else blue."""
    text_font = font(px, 700)
    width, height = tag_width(text, px), px * 2.1
    box = QRectF(centre.x() - width / 2, centre.y() - height / 2, width, height)
    simulated = text.startswith("SIMULATED")
    colour = theme.text2 if simulated else theme.accent
    ground = theme.surface2 if simulated else blend(theme.accent, theme.surface, 0.16)
    draw_round(p, box, height / 2, ground, colour)
    if simulated:
        p.save()
        clip = QPainterPath()
        clip.addRoundedRect(box.adjusted(1, 1, -1, -1), height / 2, height / 2)
        p.setClipPath(clip)
        p.fillRect(box, QBrush(blend(colour, theme.surface2, 0.45), Qt.BrushStyle.BDiagPattern))
        inner = box.adjusted(px * 0.9, px * 0.3, -px * 0.9, -px * 0.3)
        draw_round(p, inner, inner.height() / 2, theme.surface2)
        p.restore()
    draw_text(p, box, text, text_font, theme.text if simulated else colour, CENTRE)


def _draw_clock(p: QPainter, rect: QRectF, view: TopBarView, theme: Theme) -> float:
    text_font = font(TITLE_PX, 600)
    width = text_width(view.clock, text_font)
    left = rect.right() - 24 - width
    draw_text(p, QRectF(left, 0, width + 4, rect.height()), view.clock, text_font, theme.text)
    p.setRenderHint(QPainter.RenderHint.Antialiasing, True)
    spot = QPointF(left - 18, rect.center().y())
    if view.recording == "REC":
        p.setPen(Qt.PenStyle.NoPen)
        p.setBrush(theme.record)
        p.drawEllipse(spot, 6, 6)
    else:
        p.setPen(QPen(theme.text3, 2))
        p.drawEllipse(spot, 5, 5)
    p.setBrush(Qt.BrushStyle.NoBrush)
    word = view.recording
    word_font = font(SMALL_PX, 600)
    word_width = text_width(word, word_font)
    word_left = spot.x() - 14 - word_width
    ink = theme.record if view.recording == "REC" else theme.text3
    draw_text(p, QRectF(word_left, 0, word_width + 4, rect.height()), word, word_font, ink)
    return word_left - 34


def _draw_reading(p: QPainter, rect: QRectF, right: float, reading: Reading, theme: Theme) -> float:
    title_font, value_font = font(SMALL_PX, 500), font(BODY_PX, 600)
    width = max(text_width(reading.title, title_font), text_width(reading.value, value_font))
    left = right - width
    ink = {"neutral": theme.text, "warn": theme.close, "alarm": theme.record}[reading.tone]
    middle = rect.center().y()
    draw_text(p, QRectF(left, middle - 20, width + 4, 18), reading.title, title_font, theme.text2)
    draw_text(p, QRectF(left, middle, width + 4, 20), reading.value, value_font, ink)
    return left - 28
