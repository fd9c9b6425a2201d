"""What stands beside the strips: the question, what is true, and the score."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QFontMetricsF, QPainter

from firingorder.gui.canvas import Canvas
from firingorder.gui.view_models.practise_words import (
    MARK_SHAPES,
    MARK_TONES,
    RIGHT_RULE,
    product_lines,
    same_line,
    score_spoken,
)
from firingorder.report.painter import LEFT, draw_ladder, draw_round, draw_text, draw_verdict_icon
from firingorder.report.theme import BODY_PX, SMALL_PX, TITLE_PX, Theme, font

if TYPE_CHECKING:
    from PySide6.QtGui import QColor, QFont

    from firingorder.gui.view_models.practise_score import Score
    from firingorder.gui.view_models.practise_words import ToldView

RADIUS_PX = 12.0
LEAST_LADDER_PX = 130.0
_WRAP = int(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignTop | Qt.TextFlag.TextWordWrap)


@dataclass(frozen=True, slots=True)
class WordsView:
    """A title, and paragraphs below it."""

    title: str
    lines: tuple[str, ...]
    share: float | None = None
    """How much of a round is made, where one is."""


def make_words(theme: Theme, name: str) -> Canvas[WordsView]:
    """Return a card of words."""
    words = Canvas(name, theme, draw_words, lambda view: " ".join((view.title, *view.lines)))
    words.setAccessibleDescription("Empty")
    return words


def make_told(theme: Theme) -> Canvas[ToldView]:
    """Return the card of an answered round."""
    card = Canvas("Planted, and what the product said", theme, draw_told, lambda one: one.spoken)
    card.setAccessibleDescription("No answer yet")
    return card


def make_score(theme: Theme) -> Canvas[Score]:
    """Return the running score."""
    return Canvas("Score of this series", theme, draw_score, score_spoken)


def draw_words(p: QPainter, rect: QRectF, view: WordsView, theme: Theme) -> None:
    """Draw a card of words; with a bar where a round is being made."""
    p.fillRect(rect, theme.background)
    draw_round(p, rect, RADIUS_PX, theme.surface, theme.line)
    inner = rect.adjusted(22, 18, -22, -16)
    y = _wrapped(p, inner, inner.top(), view.title, font(TITLE_PX, 700), theme.text) + 6
    for line in view.lines:
        y = _wrapped(p, inner, y, line, font(BODY_PX, 500), theme.text2) + 8
    if view.share is not None:
        bar = QRectF(inner.left(), y + 8, inner.width(), 10)
        draw_round(p, bar, 5, theme.surface2)
        done = QRectF(bar.left(), bar.top(), max(10.0, bar.width() * view.share), 10)
        draw_round(p, done, 5, theme.accent)


def draw_told(p: QPainter, rect: QRectF, view: ToldView, theme: Theme) -> None:
    """Draw what was planted, what the product said, and its ladder."""
    p.fillRect(rect, theme.background)
    draw_round(p, rect, RADIUS_PX, theme.surface, theme.line)
    ink, ground = theme.tone(MARK_TONES[view.mark])
    head = QRectF(rect.left() + 1, rect.top() + 1, rect.width() - 2, 58)
    draw_round(p, head, RADIUS_PX - 1, ground)
    p.fillRect(QRectF(head.left(), head.bottom() - 14, head.width(), 14), ground)
    draw_verdict_icon(
        p, QPointF(head.left() + 36, head.center().y()), 34, MARK_SHAPES[view.mark], ink, ground
    )
    words = QRectF(head.left() + 64, head.top(), head.width() - 76, head.height())
    _centred(p, words, view.headline, font(TITLE_PX, 700), ink)
    inner = QRectF(rect.left() + 20, head.bottom() + 8, rect.width() - 40, 0)
    inner.setBottom(rect.bottom() - 12)
    y = inner.top()
    for title, text, colour in (
        ("Planted", view.truth, theme.accent),
        ("Product", view.product, theme.text),
    ):
        draw_text(p, QRectF(inner.left(), y, 74, 22), title, font(SMALL_PX, 600), theme.text3)
        column = QRectF(inner.left() + 74, y, inner.width() - 74, 0)
        y = _wrapped(p, column, y + 1, text, font(BODY_PX, 700), colour) + 4
    y = _wrapped(p, inner, y, view.error, font(SMALL_PX, 500), theme.text2) + 8
    room = QRectF(inner.left(), y, inner.width(), inner.bottom() - y)
    if view.ladder is not None and room.height() >= LEAST_LADDER_PX:
        draw_ladder(p, room, view.ladder, theme, theme.text)


def draw_score(p: QPainter, rect: QRectF, score: Score, theme: Theme) -> None:
    """Draw the score: the person and the product side by side, abstentions apart."""
    p.fillRect(rect, theme.surface)
    inner = rect.adjusted(4, 10, -4, -6)
    draw_text(
        p, QRectF(inner.left(), inner.top(), inner.width(), 22), "Score of this series",
        font(BODY_PX, 700), theme.text,
    )  # fmt: skip
    y = inner.top() + 28
    if not score.answered:
        _wrapped(p, inner, y, RIGHT_RULE, font(SMALL_PX, 500), theme.text3)
        return
    gap = 8.0 if y + 63.0 * len(score.lines) < inner.bottom() else 1.0
    for line in score.lines:
        if y + 54 > inner.bottom():
            return
        title = line.title if line is not score.lines[0] else f"All rounds: {score.answered}"
        draw_text(p, QRectF(inner.left(), y, inner.width(), 18), title, font(SMALL_PX, 700),
                  theme.text)  # fmt: skip
        y += 19
        for who, share, ink in (
            ("You", line.person, theme.text),
            ("Product", line.product, theme.text2),
        ):
            apart = f"  ?{share.apart}" if share.apart else ""
            _line(p, inner, y, who, f"{share.text}{apart}", ink, theme)
            y += 18
        if line is score.lines[0]:
            draw_text(p, QRectF(inner.left(), y, inner.width(), 18), same_line(score),
                      font(SMALL_PX, 500), theme.text3)  # fmt: skip
            y += 18
        y += gap
    rest = ("?: can't tell, counted apart", "(…): 95 % interval of the share")
    for text in (*product_lines(score), *rest):
        metrics = QFontMetricsF(font(SMALL_PX, 500))
        need = 18.0 * (1 + int(metrics.horizontalAdvance(text) > inner.width()))
        if y + need > inner.bottom():
            return
        y = _wrapped(p, inner, y, text, font(SMALL_PX, 500), theme.text3) + 3


def _line(
    p: QPainter, inner: QRectF, y: float, who: str, text: str, ink: QColor, theme: Theme
) -> None:
    draw_text(p, QRectF(inner.left(), y, 54, 18), who, font(SMALL_PX, 500), theme.text3)
    spot = QRectF(inner.left() + 54, y, inner.width() - 54, 18)
    draw_text(p, spot, text, font(SMALL_PX, 600), ink)


def _wrapped(
    p: QPainter, within: QRectF, y: float, text: str, ink_font: QFont, ink: QColor
) -> float:
    """Draw wrapped text from ``y`` on; return where it ends."""
    p.setFont(ink_font)
    p.setPen(ink)
    spot = QRectF(within.left(), y, within.width(), 4000.0)
    drawn = p.boundingRect(spot, _WRAP, text)
    p.drawText(spot, _WRAP, text)
    return drawn.bottom()


def _centred(p: QPainter, rect: QRectF, text: str, ink_font: QFont, ink: QColor) -> None:
    p.setFont(ink_font)
    p.setPen(ink)
    p.drawText(rect, int(LEFT | Qt.TextFlag.TextWordWrap), text)
