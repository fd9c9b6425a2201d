"""The repetitions at the right of the review: outcome, lead on a common axis, who said so."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QPointF, QRectF
from PySide6.QtGui import QPainter, QPen

from firingorder.gui.programme_list import RowList
from firingorder.gui.programme_style import Panel
from firingorder.gui.view_models.review_rows import LEAD_NOTE
from firingorder.report.painter import RIGHT, draw_text, draw_verdict_icon, text_width
from firingorder.report.theme import AXIS_PX, BODY_PX, SMALL_PX, blend, font

if TYPE_CHECKING:
    from collections.abc import Sequence

    from PySide6.QtGui import QColor

    from firingorder.gui.view_models.review_rows import RepRow
    from firingorder.report.theme import Theme

ROW_PX, HEADING_PX = 38, 22
_NUMBER_PX, _ICON_PX, _WORD_PX, _LEAD_PX = 30, 32, 98, 46
#: Least width of the axis; without it the note takes its place.
_AXIS_LEAST_PX = 70


class RepList(Panel):
    """All repetitions of the recording; the one that is reviewed is chosen."""

    def __init__(self, theme: Theme) -> None:
        super().__init__(theme, "Reps")
        self.rows: RowList[RepRow] = RowList(
            "Repetitions", theme, draw_rep, lambda row: row.spoken, ROW_PX, measure=rep_px
        )
        self.inside.setContentsMargins(8, 46, 8, 8)
        self.inside.addWidget(self.rows, 1)

    def show_reps(self, rows: Sequence[RepRow], current: int, note: str = "") -> None:
        """Show the rows; ``current`` is a place in them."""
        self.title("Reps", note or LEAD_NOTE)
        self.rows.show_rows(rows, current)
        if 0 <= current < self.rows.count():
            self.rows.scrollToItem(self.rows.item(current))


def rep_px(row: RepRow, width: float) -> float:
    """Return the height of a row."""
    del width
    return ROW_PX + (HEADING_PX if row.heading else 0)


def draw_rep(p: QPainter, rect: QRectF, row: RepRow, theme: Theme) -> None:
    """Draw a row: number, shape, word, the lead with its interval, edited or not."""
    inside = rect.adjusted(12, 0, -12, 0)
    if row.heading:
        head = QRectF(inside.left(), inside.top() + 2, inside.width(), HEADING_PX - 2)
        draw_text(p, head, row.heading, font(AXIS_PX, 600), theme.text3)
        inside.setTop(inside.top() + HEADING_PX)
    ink, _ = theme.tone(row.tone)
    muted = row.state in ("excluded", "not scored")
    number = QRectF(inside.left(), inside.top(), _NUMBER_PX, inside.height())
    words = theme.text3 if muted else theme.text
    draw_text(p, number, str(row.number), font(BODY_PX, 700), words)
    shape_ink = theme.text3 if muted else ink
    centre = QPointF(number.right() + 9, inside.center().y())
    ground = theme.surface if row.tone in ("muted", "neutral") else theme.tone(row.tone)[1]
    draw_verdict_icon(p, centre, 19, row.verdict, shape_ink, ground)
    left = number.right() + _ICON_PX - 6
    right = _draw_state(p, inside, row, theme)
    lead = QRectF(right - _LEAD_PX, inside.top(), _LEAD_PX, inside.height())
    draw_text(p, lead, row.lead, font(BODY_PX, 600), words, RIGHT)
    word_width = min(_WORD_PX, max(60.0, lead.left() - left))
    word = QRectF(left, inside.top(), word_width, inside.height())
    draw_text(p, word, row.word, font(BODY_PX, 600), words)
    plot = QRectF(word.right() + 6, inside.top(), lead.left() - word.right() - 12, inside.height())
    note = row.note if (muted or row.lead_ms is None) else ""
    if note:
        draw_text(p, plot, note, font(SMALL_PX, 500), theme.text2)
    elif plot.width() >= _AXIS_LEAST_PX:
        _draw_axis(p, plot, row, shape_ink, theme)


def _draw_state(p: QPainter, inside: QRectF, row: RepRow, theme: Theme) -> float:
    small = font(SMALL_PX, 600 if row.state == "edited" else 500)
    width = max(text_width("edited", font(SMALL_PX, 600)), text_width(row.state, small)) + 2
    spot = QRectF(inside.right() - width, inside.top(), width, inside.height())
    ink = theme.accent if row.state == "edited" else theme.text2
    draw_text(p, spot, row.state, small, ink, RIGHT)
    return spot.left() - 14


def _draw_axis(p: QPainter, plot: QRectF, row: RepRow, ink: QColor, theme: Theme) -> None:
    """Draw the lead as a dot on its interval; the axis is the same in every row."""
    per_ms = plot.width() / (2 * row.end_ms)

    def x(at_ms: float) -> float:
        return plot.center().x() + max(-row.end_ms, min(row.end_ms, at_ms)) * per_ms

    p.setPen(QPen(theme.strong_line, 1.0))
    p.drawLine(QPointF(x(0.0), plot.top() - 2), QPointF(x(0.0), plot.bottom() + 2))
    if row.lead_ms is None:
        return
    y = plot.center().y()
    if row.low_ms is not None and row.high_ms is not None:
        bar = QRectF(x(row.low_ms), y - 3.5, max(9.0, x(row.high_ms) - x(row.low_ms)), 7)
        p.setPen(QPen(theme.surface, 0))
        p.setBrush(blend(ink, theme.surface, 0.45))
        p.drawRoundedRect(bar, 3.5, 3.5)
    dot = 5.0 if plot.width() > 160 else 4.0
    p.setPen(QPen(ink, 0))
    p.setBrush(ink)
    p.drawEllipse(QPointF(x(row.lead_ms), y), dot, dot)
