"""The parts of the coach's card, each drawn into the room that is left."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QFontMetricsF, QPainter, QPen

from firingorder.gui.coach_icons import draw_coach_icon
from firingorder.gui.fitted_text import DISPLAY_PX, draw_fitted, fitted_px
from firingorder.gui.state_icons import draw_state_icon
from firingorder.gui.state_panel import state_colours
from firingorder.gui.top_bar import draw_tag, tag_width
from firingorder.report.painter import (
    CENTRE,
    LEFT,
    RIGHT,
    draw_round,
    draw_text,
    fit_font,
    text_width,
)
from firingorder.report.theme import font

if TYPE_CHECKING:
    from firingorder.gui.view_models.coach_card import CoachCard
    from firingorder.report.theme import Theme

RING_PX = 440
TITLE_PX, LINE_PX, FOOT_PX, CHOICE_PX, SMALL_PX, NOTICE_PX = 116, 64, 44, 60, 40, 48
#: Nothing on a card is smaller at 1920 x 1080, unless a whole paragraph has to fit.
LEAST_PX = 36
_TOP = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignTop
_MOST_GROWTH = 1.3
#: More sentences than this need the room of a large title, as those of a whole session do.
_MANY = 6
#: What many sentences shrink to at most, rather than run over the keys.
_LEAST_LINE_PX = 10
#: Answers longer than this stand below each other.
_SHORT = 8


@dataclass(slots=True)
class CardSpace:
    """The room that is left on a card; every part takes its own of it."""

    box: QRectF
    unit: float
    growth: float = 1.0

    def px(self, size: float) -> int:
        """Return a type size of the reference in pixels of this card, for the distance."""
        return round(size * self.unit * min(_MOST_GROWTH, self.growth))

    def take_top(self, height: float, gap: float = 0.0) -> QRectF:
        """Take a band from the top."""
        part = QRectF(self.box.left(), self.box.top(), self.box.width(), height * self.unit)
        self.box.setTop(part.bottom() + gap * self.unit)
        return part

    def take_bottom(self, height: float, gap: float = 0.0) -> QRectF:
        """Take a band from the bottom."""
        part = QRectF(self.box.left(), 0, self.box.width(), height * self.unit)
        part.moveBottom(self.box.bottom())
        self.box.setBottom(part.top() - gap * self.unit)
        return part


def draw_notice(p: QPainter, space: CardSpace, card: CoachCard, theme: Theme) -> None:
    """Draw what must be known now: an icon and one sentence on a ground of their own."""
    notice = card.notice
    if notice is None:
        return
    unit = space.unit
    part = space.take_top(92, 26)
    ink, ground = state_colours(theme, notice.tone)
    draw_round(p, part, 22 * unit, ground, ink)
    left = part.left() + 34 * unit
    if notice.kind != "note":
        draw_state_icon(
            p, QPointF(left + 30 * unit, part.center().y()), 56 * unit, notice.kind, ink
        )
        left += 92 * unit
    line = QRectF(left, part.top(), part.right() - left - 28 * unit, part.height())
    words = fit_font(notice.words, space.px(NOTICE_PX), 600, line.width(), display=False)
    if words.pixelSize() < LEAST_PX * unit:  # two lines rather than small letters
        draw_fitted(p, line, notice.words, space.px(NOTICE_PX), 600, theme.text)
        return
    draw_text(p, line, notice.words, words, theme.text)


def draw_head(p: QPainter, space: CardSpace, card: CoachCard, theme: Theme, tag: str = "") -> None:
    """Draw where the training stands, which question of how many this is, the tag of the source."""
    if not card.place and not card.count and not tag:
        return
    part = space.take_top(80 if tag else 54, 8)
    if tag:
        px = round(LEAST_PX * space.unit)
        half = tag_width(tag, px) / 2
        draw_tag(p, QPointF(part.right() - half, part.center().y()), tag, theme, px)
        part = part.adjusted(0, 0, -2 * half - 30 * space.unit, 0)
    width = part.width() * 0.8
    place = fit_font(card.place, space.px(SMALL_PX), 600, width, display=False)
    ink = theme.record if card.place == "STOP" else theme.text2
    draw_text(p, part, card.place, place, ink)
    draw_text(p, part, card.count, font(space.px(SMALL_PX), 600), theme.text2, RIGHT)


def draw_foot(p: QPainter, space: CardSpace, card: CoachCard, theme: Theme) -> None:
    """Draw the keys, what a pedal does, and what a training is not."""
    low = space.take_bottom(50, 2)
    wide = QRectF(low)
    if card.footer:
        footer = font(round(LEAST_PX * space.unit), 500)
        draw_text(p, low, card.footer, footer, theme.text3, RIGHT)
        wide.setRight(low.right() - text_width(card.footer, footer) - 30 * space.unit)
    pedal = fit_font(card.pedal, space.px(LEAST_PX), 500, wide.width(), display=False)
    draw_text(p, wide, card.pedal, pedal, theme.text2, LEFT)
    if not card.foot:
        return
    keys = space.take_bottom(60, 30)
    words = fit_font(card.foot, space.px(FOOT_PX), 600, keys.width(), display=False)
    draw_text(p, keys, card.foot, words, theme.text)
    p.setRenderHint(QPainter.RenderHint.Antialiasing, False)
    p.setPen(theme.line)
    y = keys.top() - 10 * space.unit
    p.drawLine(QPointF(keys.left(), y), QPointF(keys.right(), y))


def draw_words(p: QPainter, space: CardSpace, card: CoachCard, theme: Theme) -> None:
    """Draw title and lines beside the sign of the card."""
    unit, box = space.unit, QRectF(space.box)
    if len(card.lines) < 2:  # few words stand in the middle
        box.setTop(box.top() + box.height() * 0.2)
    ink = {"urgent": theme.record, "blocked": theme.close, "stopped": theme.record}
    centre = QPointF(box.left() + 120 * unit, box.top() + 140 * unit)
    draw_coach_icon(p, centre, 210 * unit, card.kind, ink.get(card.kind, theme.text))
    draw_text_block(p, box.adjusted(290 * unit, 0, 0, 0), space, card, theme)


def draw_text_block(
    p: QPainter, box: QRectF, space: CardSpace, card: CoachCard, theme: Theme
) -> None:
    """Draw the title, and below it the lines, all in one size."""
    unit = space.unit
    share = 0.42 if len(card.lines) <= 3 else 0.3 if len(card.lines) <= _MANY else 0.13
    title_px = space.px(TITLE_PX)
    most = QRectF(box.left(), box.top(), box.width(), box.height() * (share if card.lines else 1.0))
    px = fitted_px(card.title, title_px, 800, int(most.width()), int(most.height()))
    height = _wrapped_height(card.title, px, 800, int(most.width()))
    head = QRectF(box.left(), box.top(), box.width(), height + 4)
    draw_fitted(p, head, card.title, px, 800, theme.text, _TOP)
    if not card.lines:
        return
    gap = 28 if len(card.lines) <= _MANY else 14
    rest = QRectF(box.left(), head.bottom() + gap * unit, box.width(), 0)
    rest.setBottom(box.bottom())
    draw_lines(p, rest, card.lines, space.px(LINE_PX), theme)


def draw_lines(p: QPainter, box: QRectF, lines: tuple[str, ...], px: int, theme: Theme) -> None:
    """Draw sentences below each other in the largest size in which all of them fit."""
    width = int(box.width())
    lines = tuple(_kept_together(line) for line in lines)
    size = _lines_px(lines, px, width, int(box.height()))
    top = box.top()
    p.setFont(font(size, 500, display=size >= DISPLAY_PX))
    p.setPen(theme.text2)
    for line in lines:
        height = _wrapped_height(line, size, 500, width)
        row = QRectF(box.left(), top, box.width(), height + 2)
        p.drawText(row, int(_TOP | Qt.TextFlag.TextWordWrap), line)
        top += height + size * _gap(len(lines))


def _gap(lines: int) -> float:
    """Return the gap between sentences in shares of their size: many stand closer together."""
    return 0.42 if lines <= _MANY else 0.15


_NBSP = "\N{NO-BREAK SPACE}"


def _kept_together(line: str) -> str:
    """Keep a number with what belongs to it on one line."""
    return line.replace(" %", f"{_NBSP}%").replace("n = ", f"n{_NBSP}={_NBSP}")


@lru_cache(maxsize=256)
def _wrapped_height(text: str, px: int, weight: int, width: int) -> float:
    metrics = QFontMetricsF(font(px, weight, display=px >= DISPLAY_PX))
    flags = int(Qt.TextFlag.TextWordWrap)
    return metrics.boundingRect(QRectF(0, 0, width, 100_000), flags, text).height()


@lru_cache(maxsize=256)
def _lines_px(lines: tuple[str, ...], px: int, width: int, height: int) -> int:
    while px > _LEAST_LINE_PX:
        heights = [_wrapped_height(line, px, 500, width) for line in lines]
        if sum(heights) + px * _gap(len(lines)) * (len(lines) - 1) <= height:
            return px
        px = int(px * 0.95)
    return px


def draw_count(p: QPainter, space: CardSpace, card: CoachCard, theme: Theme) -> None:
    """Draw words at the left, at the right the figure in its ring."""
    box, unit = space.box, space.unit
    size = min(RING_PX * unit, box.height())
    ring = QRectF(box.right() - size, box.center().y() - size / 2, size, size)
    p.setRenderHint(QPainter.RenderHint.Antialiasing, True)
    line = ring.adjusted(14 * unit, 14 * unit, -14 * unit, -14 * unit)
    p.setPen(QPen(theme.strong_line, 24 * unit, c=Qt.PenCapStyle.FlatCap))
    p.drawArc(line, 0, 360 * 16)
    p.setPen(QPen(theme.accent, 24 * unit, c=Qt.PenCapStyle.FlatCap))
    p.drawArc(line, 90 * 16, -round((1.0 - card.share) * 360 * 16))
    figure = fit_font(card.number, round(230 * unit), 700, size - 120 * unit)
    draw_text(p, ring, card.number, figure, theme.text, CENTRE)
    words = box.adjusted(0, 0, -size - 60 * unit, 0)
    draw_text_block(p, words, space, card, theme)


def draw_question(p: QPainter, space: CardSpace, card: CoachCard, theme: Theme) -> list[QRectF]:
    """Draw the question and its answers; return where the answers are."""
    unit = space.unit
    long = bool(card.choices) and max(len(one.words) for one in card.choices) > _SHORT
    if long:
        most = space.box.height() / unit * 0.6
        answers = space.take_bottom(min(112.0 * len(card.choices), most), 24)
    else:
        if card.ends is not None:
            _draw_ends(p, space.take_bottom(48, 2), card.ends, space, theme)
        answers = space.take_bottom(150, 24)
    draw_text_block(p, space.box, space, card, theme)
    if card.writing is not None:
        _draw_writing(p, answers, card.writing, space, theme)
        return []
    spots = _spots(answers, len(card.choices), unit, long=long)
    words = [one.words for one in card.choices]
    room = min(spot.width() for spot in spots) - 24 * unit
    px = min(
        fit_font(one, space.px(CHOICE_PX), 700, room, display=False).pixelSize() for one in words
    )
    for at, spot in enumerate(spots):
        _draw_choice(p, spot, card, at, min(px, round(spot.height() * 0.6)), unit, theme)
    return spots


def _spots(box: QRectF, count: int, unit: float, *, long: bool) -> list[QRectF]:
    gap = 14 * unit
    if long:
        height = box.height() / count
        return [
            QRectF(box.left(), box.top() + at * height, box.width(), height - gap)
            for at in range(count)
        ]
    width = min(360 * unit, (box.width() - gap * (count - 1)) / count)
    return [
        QRectF(box.left() + at * (width + gap), box.top(), width, box.height())
        for at in range(count)
    ]


def _draw_choice(
    p: QPainter, spot: QRectF, card: CoachCard, at: int, px: int, unit: float, theme: Theme
) -> None:
    chosen = at == card.selected
    draw_round(p, spot, 22 * unit, theme.text if chosen else theme.surface2, theme.strong_line)
    ink = theme.surface if chosen else theme.text
    draw_text(p, spot, card.choices[at].words, font(px, 700), ink, CENTRE)
    if chosen and card.taken > 0.0:
        bar = QRectF(spot.left() + 16 * unit, spot.bottom() - 20 * unit, 0, 9 * unit)
        bar.setWidth((spot.width() - 32 * unit) * (1.0 - card.taken))
        p.fillRect(bar, theme.accent)


def _draw_ends(
    p: QPainter, line: QRectF, ends: tuple[str, str], space: CardSpace, theme: Theme
) -> None:
    text_font = font(space.px(LEAST_PX), 600)
    draw_text(p, line, ends[0], text_font, theme.text2, LEFT)
    draw_text(p, line, ends[1], text_font, theme.text2, RIGHT)


def _draw_writing(p: QPainter, box: QRectF, writing: str, space: CardSpace, theme: Theme) -> None:
    unit = space.unit
    draw_round(p, box, 22 * unit, theme.surface2, theme.accent)
    line = box.adjusted(28 * unit, 0, -28 * unit, 0)
    px = fitted_px(f"{writing}▏", space.px(CHOICE_PX), 600, int(line.width()), int(line.height()))
    p.setFont(font(px, 600, display=px >= DISPLAY_PX))
    p.setPen(theme.text)
    p.drawText(line, int(LEFT | Qt.TextFlag.TextWordWrap), f"{writing}▏")
