"""The line above the lanes: whose recording it is, from when, and tags that must not be missed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QPointF, QRectF

from firingorder.gui.canvas import Canvas
from firingorder.gui.top_bar import draw_tag, tag_width
from firingorder.report.painter import RIGHT, draw_text, text_width
from firingorder.report.theme import BODY_PX, SMALL_PX, font

if TYPE_CHECKING:
    from PySide6.QtGui import QPainter

    from firingorder.gui.view_models.review_facts import FactsView
    from firingorder.report.theme import Theme

HEIGHT_PX, TAG_PX = 28, 12


def make_facts(theme: Theme) -> Canvas[FactsView]:
    """Return the line."""
    line: Canvas[FactsView] = Canvas("Recording", theme, draw_facts, lambda view: view.spoken)
    line.setFixedHeight(HEIGHT_PX)
    return line


def draw_facts(p: QPainter, rect: QRectF, view: FactsView, theme: Theme) -> None:
    """Draw title, facts, and at the right tags and notes."""
    p.fillRect(rect, theme.background)
    right = rect.right() - 4
    for tag in reversed(view.tags):
        width = tag_width(tag, TAG_PX)
        draw_tag(p, QPointF(right - width / 2, rect.center().y()), tag, theme, TAG_PX)
        right -= width + 10
    words, small = font(BODY_PX, 600), font(SMALL_PX, 500)
    notes = "  ·  ".join(view.notes)
    width = text_width(notes, small)
    title_px = text_width(view.title, words)
    if notes and rect.left() + title_px + width + 40 < right:
        draw_text(p, QRectF(right - width - 2, rect.top(), width + 2, rect.height()), notes, small,
                  theme.text2, RIGHT)  # fmt: skip
        right -= width + 18
    title_px = min(title_px, right - rect.left() - 8)
    title = QRectF(rect.left() + 4, rect.top(), title_px + 2, rect.height())
    draw_text(p, title, view.title, words, theme.text)
    rest = QRectF(title.right() + 16, rect.top(), right - title.right() - 24, rect.height())
    if rest.width() > 60:
        draw_text(p, rest, view.facts, small, theme.text2)
