"""Drawing of the rows of the page Library."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QPointF, QRectF

from firingorder.gui.trends_card_drawing import draw_counts
from firingorder.gui.trends_icons import draw_flag_icon
from firingorder.gui.view_models.library_rows import SESSION_FLAGS
from firingorder.report.painter import RIGHT, draw_text, text_width
from firingorder.report.theme import BODY_PX, SMALL_PX, font

if TYPE_CHECKING:
    from collections.abc import Sequence

    from PySide6.QtGui import QPainter

    from firingorder.gui.view_models.library_rows import BoxLine, SessionFlag, SessionLine, Shelf
    from firingorder.report.theme import Theme

SHELF_PX, SESSION_PX, BOX_PX = 54, 64, 56
_EDGE_PX = 12


def draw_shelf(p: QPainter, rect: QRectF, row: Shelf, theme: Theme) -> None:
    """Draw a person or a box: title, count, note."""
    left, right = rect.left() + _EDGE_PX, rect.right() - _EDGE_PX
    if row.icon:
        draw_flag_icon(p, QPointF(left + 9, rect.center().y()), 19, row.icon, theme.text)
        left += 30
    count_font = font(BODY_PX, 600)
    taken = text_width(row.count, count_font) + 8
    top = QRectF(left, rect.top() + 6, right - left, 22)
    draw_text(p, top.adjusted(0, 0, -taken, 0), row.title, count_font, theme.text)
    draw_text(p, top, row.count, count_font, theme.text2, RIGHT)
    note = QRectF(left, rect.top() + 27, right - left, 20)
    strong = row.kind == "inbox" and row.note.startswith(("pain", "red flag"))
    ink = theme.text if strong else theme.text2
    draw_text(p, note, row.note, font(SMALL_PX, 600 if strong else 500), ink)


def draw_session(p: QPainter, rect: QRectF, row: SessionLine, theme: Theme) -> None:
    """Draw a session: when, who, what, lead; then outcomes as shapes, flags, pain."""
    left, right = rect.left() + _EDGE_PX, rect.right() - _EDGE_PX
    strong, small = font(BODY_PX, 600), font(SMALL_PX, 500)
    top = QRectF(left, rect.top() + 9, right - left, 22)
    lead = text_width(row.lead, strong) + 10 if row.lead else 0.0
    draw_text(p, top, row.lead, strong, theme.text, RIGHT)
    when = text_width(row.when, strong) + 12
    draw_text(p, top, row.when, strong, theme.text)
    about = "  ·  ".join(part for part in (row.who, row.task) if part)
    draw_text(p, top.adjusted(when, 0, -lead, 0), about, small, theme.text2)
    below = QRectF(left, rect.top() + 34, right - left, 20)
    pain = text_width(row.pain, small) + 10
    draw_text(p, below, row.pain, small, theme.text2, RIGHT)
    x = left
    if row.analysed:
        x += draw_counts(p, below, row.counts, theme, size=13.0)
    width = text_width(row.repetitions, small) + 16
    draw_text(p, QRectF(x, below.top(), width, 20), row.repetitions, small, theme.text2)
    x += width
    _flags(p, QRectF(x, below.top(), right - pain - x, 20), row.flags, theme)


def draw_box(p: QPainter, rect: QRectF, row: BoxLine, theme: Theme) -> None:
    """Draw a package from home, or a file."""
    left, right = rect.left() + _EDGE_PX, rect.right() - _EDGE_PX
    draw_flag_icon(p, QPointF(left + 9, rect.center().y()), 20, row.icon, theme.text)
    left += 32
    strong = font(BODY_PX, 600)
    taken = text_width(row.strong, strong) + 10 if row.strong else 0.0
    top = QRectF(left, rect.top() + 7, right - left, 22)
    draw_text(p, top.adjusted(0, 0, -taken, 0), row.title, strong, theme.text)
    draw_text(p, top, row.strong, strong, theme.text, RIGHT)
    note = QRectF(left, rect.top() + 28, right - left, 20)
    draw_text(p, note, row.note, font(SMALL_PX, 500), theme.text2)


def _flags(p: QPainter, rect: QRectF, flags: Sequence[SessionFlag], theme: Theme) -> None:
    """Draw flags with their words while there is room for them, then as icons alone."""
    small = font(SMALL_PX, 500)
    x, middle = rect.left() + 6, rect.center().y()
    for k, flag in enumerate(flags):
        words = SESSION_FLAGS[flag]
        wide = text_width(words, small) + 30
        after = 20.0 * (len(flags) - k - 1)
        if x + 14 > rect.right():
            return
        draw_flag_icon(p, QPointF(x + 6, middle), 14, flag, theme.text2)
        if x + wide + after <= rect.right():
            draw_text(p, QRectF(x + 19, rect.top(), wide, rect.height()), words, small, theme.text2)
            x += wide
        else:
            x += 20
