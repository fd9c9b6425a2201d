"""The header: who and what, the tabs, the tag of the source, the readings of the link."""

from __future__ import annotations

from math import ceil, floor
from typing import TYPE_CHECKING

from PySide6.QtCore import QPointF, QRect, QRectF, Qt
from PySide6.QtGui import QBrush, QPainter, QPainterPath, QPen

from firingorder.gui.canvas import Canvas
from firingorder.gui.key_button import HIT_PX, KeyButton
from firingorder.gui.page_tabs import PageTabs
from firingorder.report.painter import (
    CENTRE,
    SEPARATOR,
    draw_round,
    draw_text,
    fit_font,
    text_width,
)
from firingorder.report.theme import BODY_PX, SMALL_PX, TITLE_PX, Theme, blend, font

if TYPE_CHECKING:
    from PySide6.QtGui import QResizeEvent

    from firingorder.gui.view_models.desk import Reading, TopBarView

HEIGHT_PX = 66
TAG_PX = 15
GAP_PX, READING_GAP_PX = 20, 28
#: Where the names begin, the width they keep as far as there is room, and the one they keep
#: beside readings that warn: those are told nowhere else on this page.
NAME_LEFT_PX, NAME_LEAST_PX, NAME_WIDE_PX = 70.0, 150.0, 360.0
RECORDING_SPOKEN = {
    "REC": "recording",
    "recorded": "recorded",
    "not recording": "not recording",
    "played": "played from a file",
}


class TopBar(Canvas["TopBarView"]):
    """The bar with the tabs of the pages on it."""

    def __init__(self, theme: Theme) -> None:
        super().__init__("Session and link", theme, self._paint_bar, _spoken)
        self.hint(800, HEIGHT_PX)
        self.setFixedHeight(HEIGHT_PX)
        self.tabs = PageTabs(theme)
        self.tabs.setParent(self)
        self.stop = KeyButton("STOP", "P", theme, primary=True)
        self.stop.setParent(self)
        self.stop.hide()

    def show_model(self, model: TopBarView) -> None:
        """Show the model, and make room for it beside the tabs."""
        if model == self.model:  # most frames: nothing is measured anew
            return
        super().show_model(model)
        self.setToolTip(_whole(model))
        self._place()

    def show_stop(self, *, led: bool) -> None:
        """Show the button STOP where a page that has none is shown while somebody is led."""
        if self.stop.isHidden() == led:
            self.stop.setVisible(led)
            self._place()
            self.update()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Keep the tabs in the middle, or as near to it as the rest allows."""
        self._place()
        super().resizeEvent(event)

    def _place(self) -> None:
        """Place the tabs. Where room is short these go, one after the other, and the tag never.

        Tabs of other pages, readings that warn of nothing, tabs of the session, a part of the
        names, readings that warn.
        """
        view = self.model
        stop = self.stop.sizeHint()
        room = 0 if self.stop.isHidden() else stop.width() + GAP_PX
        self.stop.setGeometry(round(NAME_LEFT_PX), (HEIGHT_PX - HIT_PX) // 2, stop.width(), HIT_PX)
        if view is None:
            self.tabs.fit(self.width() - room, self.width() - room)
            size = self.tabs.sizeHint()
            left = max((self.width() - size.width()) / 2, room)
        else:
            free = self.width() - GAP_PX
            warning = tuple(one for one in view.readings if one.tone != "neutral")
            calm, warns = free - _right_px(view, view.readings), free - _right_px(view, warning)
            wish, least = room + _left_px(view, view.subtitle), room + _left_px(view, "")
            self.tabs.fit(calm - wish, warns - least)
            size = self.tabs.sizeHint()
            left = max(wish, min((self.width() - size.width()) / 2, calm - size.width()))
            cut = room + min(least - room, NAME_LEFT_PX + NAME_LEAST_PX + GAP_PX)
            left = max(cut, min(left, warns - size.width()))
            left = min(left, free - _right_px(view, ()) - size.width())
        # Half a pixel to the right costs a reading its room, one to the left a name.
        spot = QRect(floor(left), (HEIGHT_PX - size.height()) // 2, size.width(), size.height())
        if spot != self.tabs.geometry():
            self.tabs.setGeometry(spot)
            self.update()

    def _paint_bar(self, p: QPainter, rect: QRectF, view: TopBarView, theme: Theme) -> None:
        stop = 0.0 if self.stop.isHidden() else self.stop.width() + GAP_PX
        draw_top_bar(p, rect, view, theme, QRectF(self.tabs.geometry()), stop)


def _whole(view: TopBarView) -> str:
    """Return what may be cut or left out where the window is narrow, a line each."""
    readings = SEPARATOR.join(f"{one.title} {one.value}" for one in view.readings)
    return "\n".join(part for part in (view.title, view.subtitle, readings) if part)


def _spoken(view: TopBarView) -> str:
    parts = [view.title, view.subtitle, view.tag.capitalize()]
    parts += [f"{r.title} {r.value}" for r in view.readings]
    if view.recording:
        parts.append(f"{RECORDING_SPOKEN[view.recording]}, {view.clock}")
    return ", ".join(part for part in parts if part)


def draw_top_bar(
    p: QPainter, rect: QRectF, view: TopBarView, theme: Theme, tabs: QRectF, stop_px: float = 0.0
) -> None:
    """Draw the bar around its tabs; where room is short, readings go first, never the tag.

    ``stop_px`` is what a button takes at the left of the names.
    """
    p.fillRect(rect, theme.surface)
    p.setPen(theme.line)
    p.drawLine(QPointF(0, rect.bottom() - 0.5), QPointF(rect.right(), rect.bottom() - 0.5))
    _draw_mark(p, QRectF(22, rect.center().y() - 16, 36, 32), theme)
    right = _draw_clock(p, rect, view, theme)
    left = tabs.right() + GAP_PX
    if view.tag:
        width = tag_width(view.tag, TAG_PX)
        draw_tag(p, QPointF(left + width / 2, rect.center().y()), view.tag, theme, TAG_PX)
        left += width + GAP_PX
    for reading in reversed(_fitting(view.readings, right - left)):
        right = _draw_reading(p, rect, right, reading, theme)
    names = NAME_LEFT_PX + stop_px
    room = max(0.0, tabs.left() - names - GAP_PX)
    draw_text(p, QRectF(names, 11, room, 24), view.title, font(TITLE_PX, 600), theme.text)
    line = QRectF(names, 34, room, 20)
    said = _fitting_words(view.subtitle, room)
    draw_text(p, line, said, fit_font(said, SMALL_PX, 500, room, display=False), theme.text2)


def _fitting_words(line: str, room: float) -> str:
    """Return the parts there is room for; the last one, what it was tested on, is never cut."""
    parts = line.split(SEPARATOR)
    while len(parts) > 1 and text_width(SEPARATOR.join(parts), font(SMALL_PX, 500)) > room:
        parts.pop(0)
    return SEPARATOR.join(parts)


def _fitting(readings: tuple[Reading, ...], room: float) -> list[Reading]:
    """Return the readings there is room for. What warns stays longest, then the leftmost."""
    kept = list(readings)
    while kept and sum(_reading_px(one) for one in kept) > room:
        calm = [one for one in kept if one.tone == "neutral"]
        kept.remove((calm or kept)[-1])
    return kept


def _left_px(view: TopBarView, line: str) -> int:
    """Return where the tabs may begin beside the title and as much of the line below it.

    Words are cut at a width, not before. Of the line the last part is never left out.
    """
    title = text_width(view.title, font(TITLE_PX, 600))
    below = text_width(line or view.subtitle.split(SEPARATOR)[-1], font(SMALL_PX, 500))
    return ceil(NAME_LEFT_PX + min(max(title, below), NAME_WIDE_PX) + GAP_PX)


def _fixed_px(view: TopBarView) -> float:
    """Return the room that clock and tag need at the right."""
    tag = tag_width(view.tag, TAG_PX) + GAP_PX if view.tag else 0.0
    if not view.recording:
        return tag + GAP_PX
    clock = text_width(view.clock, font(TITLE_PX, 600)) + 24 + 18
    clock += text_width(view.recording, font(SMALL_PX, 600)) + 14 + 34
    return clock + tag


def _right_px(view: TopBarView, readings: tuple[Reading, ...]) -> float:
    """Return the room that clock, tag and these readings need at the right."""
    return _fixed_px(view) + sum(_reading_px(one) for one in readings)


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
    if not view.recording:  # a recording that is only looked at
        return rect.right() - GAP_PX
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
    width = _reading_px(reading) - READING_GAP_PX
    left = right - width
    ink = {"neutral": theme.text, "warn": theme.close, "alarm": theme.record}[reading.tone]
    middle = rect.center().y()
    draw_text(p, QRectF(left, middle - 20, width + 4, 18), reading.title, title_font, theme.text2)
    draw_text(p, QRectF(left, middle, width + 4, 20), reading.value, value_font, ink)
    return left - READING_GAP_PX


def _reading_px(reading: Reading) -> float:
    title = text_width(reading.title, font(SMALL_PX, 500))
    return max(title, text_width(reading.value, font(BODY_PX, 600))) + READING_GAP_PX
