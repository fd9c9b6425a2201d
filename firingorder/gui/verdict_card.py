"""The card of the newest repetition on the desk view: outcome, lead, firing ladder."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QPainter, QPainterPath

from firingorder.gui.canvas import Canvas
from firingorder.gui.cue_drawing import draw_cue
from firingorder.gui.fitted_text import wrapped_px
from firingorder.report.painter import (
    LEFT,
    RIGHT,
    draw_ladder,
    draw_round,
    draw_text,
    draw_verdict_icon,
    fit_font,
)
from firingorder.report.theme import BODY_PX, HEADLINE_PX, SMALL_PX, TITLE_PX, Theme, font

if TYPE_CHECKING:
    from firingorder.gui.view_models.desk import VerdictCardView

HEAD_PX, LEAST_HEAD_PX = 120, 100
#: A cue of one line, of two lines of the smallest type, and what its sign takes from its width.
CUE_LINE_PX, CUE_PX, CUE_SIGN_PX = 32, 40, 64
RADIUS_PX = 12.0
#: Narrower cards have a smaller shape, so that the words keep their size.
NARROW_PX = 400.0


def make_verdict_card(theme: Theme) -> Canvas[VerdictCardView]:
    """Return the card."""
    return Canvas("Outcome of the repetition", theme, draw_verdict_card, lambda view: view.spoken)


def draw_verdict_card(p: QPainter, rect: QRectF, view: VerdictCardView, theme: Theme) -> None:
    """Draw the card: a band with the outcome, one cue where there is one, the ladder below."""
    p.fillRect(rect, theme.background)
    draw_round(p, rect, RADIUS_PX, theme.surface, theme.line)
    ink, ground = theme.tone(view.tone)
    head_px = min(HEAD_PX, max(LEAST_HEAD_PX, rect.height() * 0.28))
    head = QRectF(rect.left() + 1, rect.top() + 1, rect.width() - 2, head_px)
    p.save()
    clip = QPainterPath()
    clip.addRoundedRect(rect.adjusted(1, 1, -1, -1), RADIUS_PX - 1, RADIUS_PX - 1)
    p.setClipPath(clip)
    p.fillRect(head, ground)
    p.restore()
    left = _draw_icon(p, head, view, theme)
    words = QRectF(left, head.top(), head.right() - left - 16, head.height())
    _draw_words(p, words, view, theme)
    rep = QRectF(head.right() - 120, head.top() + 18, 100, 24)
    draw_text(p, rep, view.rep, font(TITLE_PX, 600), theme.text2, RIGHT)
    below = QRectF(rect.left() + 20, head.bottom() + 12, rect.width() - 40, 0)
    below.setBottom(rect.bottom() - 12)
    if view.cue is not None:
        width = below.width() + 12
        fits = wrapped_px(view.cue.shown, BODY_PX, 600, width - CUE_SIGN_PX) < CUE_PX / 2
        height = CUE_LINE_PX if fits else CUE_PX
        line = QRectF(below.left() - 6, below.top() - 2, width, height)
        draw_cue(p, line, view.cue, theme, BODY_PX)
        below.setTop(line.bottom() + 8)
    if view.ladder is None:
        first = "The firing ladder appears with the first repetition."
        text = first if view.verdict is None else ""
        draw_text(p, below, text, font(BODY_PX, 500), theme.text3)
    else:
        draw_ladder(p, below, view.ladder, theme, ink)


def _draw_icon(p: QPainter, head: QRectF, view: VerdictCardView, theme: Theme) -> float:
    if view.verdict is None:
        return head.left() + 22
    ink, ground = theme.tone(view.tone)
    narrow = head.width() < NARROW_PX
    size = 44.0 if narrow else min(62.0, head.height() - 36)
    centre = QPointF(head.left() + (18 if narrow else 28) + size / 2, head.center().y())
    draw_verdict_icon(p, centre, size, view.verdict, ink, ground)
    return centre.x() + size / 2 + (14 if narrow else 22)


def _draw_words(p: QPainter, rect: QRectF, view: VerdictCardView, theme: Theme) -> None:
    ink, _ = theme.tone(view.tone)
    height = 44 + 22 + (20 if view.detail else 0)
    top = rect.center().y() - height / 2
    head_font = fit_font(view.headline, HEADLINE_PX, 700, rect.width() - 84)
    draw_text(p, QRectF(rect.left(), top, rect.width(), 44), view.headline, head_font, ink)
    wide = QRectF(rect.left(), top + 44, rect.width(), 22)
    said = fit_font(view.sentence, BODY_PX, 600, wide.width(), display=False)
    if said.pixelSize() < SMALL_PX and not view.detail:  # two lines rather than small letters
        p.setFont(font(SMALL_PX, 600))
        p.setPen(theme.text)
        wide.setHeight(40)
        p.drawText(wide, int(LEFT | Qt.TextFlag.TextWordWrap), view.sentence)
        return
    draw_text(p, wide, view.sentence, said, theme.text)
    if view.detail:
        low = QRectF(rect.left(), top + 67, rect.width(), 20)
        draw_text(p, low, view.detail, font(SMALL_PX, 500), theme.text2)
