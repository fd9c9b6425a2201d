"""Drawing of the card beside the charts: its lines, each as high as it needs."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QPen

from firingorder.gui.fitted_text import draw_wrapped, wrapped_px
from firingorder.gui.trends_drawing import draw_shape
from firingorder.gui.trends_icons import draw_flag_icon
from firingorder.report.painter import (
    RIGHT,
    draw_text,
    draw_verdict_icon,
    text_width,
)
from firingorder.report.theme import BODY_PX, SMALL_PX, TITLE_PX, font
from firingorder.report.wording import VERDICT_WORDS

if TYPE_CHECKING:
    from PySide6.QtGui import QPainter

    from firingorder.gui.view_models.trends_card import CardLine, Counts
    from firingorder.report.theme import Theme

_SIDE_PX, _ICON_PX, _BELOW_PX = 6, 22, 20
_SHAPES = ("up", "down", "up_perhaps", "down_perhaps", "plain", "aside")


def card_line_px(line: CardLine, width: float) -> float:
    """Return how high a line is at a width."""
    inside = width - 2 * _SIDE_PX - 2
    match line.kind:
        case "title":
            return 46
        case "head":
            return 50 if line.note else 32
        case "counts":
            return 52
        case "pair":
            return 26 + (_note_px(line.note, inside) if line.note else 0)
        case "flag":
            return 8 + wrapped_px(line.text, SMALL_PX, 500, inside - _ICON_PX)
        case "said":
            return 10 + wrapped_px(line.text, SMALL_PX, 500, inside - _icon_px(line))
        case "note":
            return 30 + wrapped_px(line.text, SMALL_PX, 500, inside - _ICON_PX)


def draw_card_line(p: QPainter, rect: QRectF, line: CardLine, theme: Theme) -> None:
    """Draw one line."""
    rect = rect.adjusted(_SIDE_PX, 0, -_SIDE_PX, 0)
    match line.kind:
        case "title" | "head":
            _head(p, rect, line, theme)
        case "counts":
            top = QRectF(rect.left(), rect.top() + 2, rect.width(), 20)
            _spread(p, top, line.text, line.note, theme)
            counts = QRectF(rect.left(), rect.top() + 24, rect.width(), 24)
            draw_counts(p, counts, line.counts, theme)
        case "pair":
            _pair(p, rect, line, theme)
        case _:
            _worded(p, rect, line, theme)


def draw_counts(
    p: QPainter, rect: QRectF, counts: Counts, theme: Theme, *, size: float = 17.0
) -> float:
    """Draw how often each outcome came, as shape and number; return the width that was used.

    Without hue: an order is judged only against a target, and a list knows none.
    """
    words = font(BODY_PX if size > 15 else SMALL_PX, 600)
    x = rect.left()
    for verdict, count in zip(VERDICT_WORDS, counts, strict=True):
        ink = theme.text if count else theme.text3
        draw_verdict_icon(
            p, QPointF(x + size / 2, rect.center().y()), size, verdict, ink, theme.surface
        )
        text = str(count)
        width = text_width(text, words) + 4
        draw_text(p, QRectF(x + size + 5, rect.top(), width, rect.height()), text, words, ink)
        x += size + width + 14
    return x - rect.left()


def _head(p: QPainter, rect: QRectF, line: CardLine, theme: Theme) -> None:
    title = line.kind == "title"
    if not title:
        p.setPen(QPen(theme.line, 1.0))
        y = rect.top() + 3
        p.drawLine(QPointF(rect.left(), y), QPointF(rect.right(), y))
    large = font(TITLE_PX if title else BODY_PX, 600)
    below = 20 if line.note else 0
    spot = QRectF(rect.left(), rect.top() + 3, rect.width(), rect.height() - below - 4)
    draw_text(p, spot, line.text, large, theme.text)
    if line.note:
        note = QRectF(rect.left(), rect.bottom() - 21, rect.width(), 18)
        draw_text(p, note, line.note, font(SMALL_PX, 500), theme.text2)


def _spread(p: QPainter, rect: QRectF, left: str, right: str, theme: Theme) -> None:
    small = font(SMALL_PX, 500)
    taken = text_width(right, small) + 8
    draw_text(p, rect.adjusted(0, 0, -taken, 0), left, small, theme.text2)
    draw_text(p, rect, right, small, theme.text2, RIGHT)


def _pair(p: QPainter, rect: QRectF, line: CardLine, theme: Theme) -> None:
    strong = font(BODY_PX, 600)
    top = QRectF(rect.left(), rect.top() + 3, rect.width(), 21)
    taken = text_width(line.value, strong) + 8
    draw_text(p, top.adjusted(0, 0, -taken, 0), line.text, font(SMALL_PX, 500), theme.text2)
    draw_text(p, top, line.value, strong, theme.text, RIGHT)
    if line.note:
        spot = QRectF(rect.left(), top.bottom() - 1, rect.width(), rect.bottom() - top.bottom())
        small = font(SMALL_PX, 500)
        if text_width(line.note, small) <= rect.width():
            draw_text(p, spot.adjusted(0, 0, 0, -2), line.note, small, theme.text3, RIGHT)
        else:
            draw_wrapped(p, spot, line.note, SMALL_PX, 500, theme.text3)


def _worded(p: QPainter, rect: QRectF, line: CardLine, theme: Theme) -> None:
    left = _icon_px(line)
    spot = QPointF(rect.left() + 8, rect.top() + 13)
    if line.icon in _SHAPES:
        draw_shape(p, spot, 14, line.icon, theme.text, theme.surface)
    elif line.icon == "not_known":
        draw_verdict_icon(p, spot, 15, "unclear", theme.text2, theme.surface)
    elif line.icon:
        draw_flag_icon(p, spot, 15, line.icon, theme.text2)
    below = 20 if line.kind == "note" else 0
    words = rect.adjusted(left, 3, 0, -3 - below)
    draw_wrapped(p, words, line.text, SMALL_PX, 500, theme.text if below else theme.text2)
    if below:
        who = QRectF(words.left(), words.bottom(), words.width(), below)
        draw_text(p, who, line.note, font(SMALL_PX, 500), theme.text3)
    p.setBrush(Qt.BrushStyle.NoBrush)


def _icon_px(line: CardLine) -> float:
    return _ICON_PX if line.icon else 0.0


def _note_px(note: str, inside: float) -> float:
    one = text_width(note, font(SMALL_PX, 500)) <= inside
    return _BELOW_PX if one else wrapped_px(note, SMALL_PX, 500, inside) + 4
