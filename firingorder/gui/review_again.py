"""Two analyses side by side: the one that is reviewed stays what it was."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QPointF, QRectF
from PySide6.QtWidgets import QHBoxLayout

from firingorder.gui.canvas import Canvas
from firingorder.gui.key_button import KeyButton
from firingorder.gui.programme_list import RowList
from firingorder.gui.programme_style import Panel
from firingorder.report.painter import RIGHT, draw_text, draw_verdict_icon
from firingorder.report.theme import BODY_PX, SMALL_PX, font

if TYPE_CHECKING:
    from PySide6.QtGui import QPainter

    from firingorder.gui.view_models.review_again import AgainRow, AgainSide, AgainView
    from firingorder.report.theme import Theme

ROW_PX, HEAD_PX = 44, 26
_NUMBER_SHARE, _SIDE_SHARE = 0.07, 0.27
FIRST, SECOND = "As it is reviewed", "With the other settings"


class AgainPanel(Panel):
    """Shows an :class:`AgainView`; the other settings are asked for by its button."""

    def __init__(self, theme: Theme) -> None:
        super().__init__(theme, "With other settings")
        self.settings: Canvas[tuple[str, ...]] = Canvas(
            "What differs between the settings", theme, _draw_settings, "; ".join
        )
        self.settings.setFixedHeight(58)
        self.rows: RowList[AgainRow] = RowList(
            "Repetitions in both", theme, draw_again, lambda row: row.spoken, ROW_PX
        )
        self.other = KeyButton("Other settings", "A", theme)
        self.back = KeyButton("Back", "Esc", theme)
        row = QHBoxLayout()
        row.addWidget(self.other)
        row.addWidget(self.back)
        row.addStretch(1)
        self.inside.addWidget(self.settings)
        self.inside.addWidget(self.rows, 1)
        self.inside.addLayout(row)

    def show_view(self, view: AgainView) -> None:
        """Show both."""
        self.title(view.title, "the one that is reviewed stays as it is")
        self.settings.show_model(view.settings)
        self.rows.show_rows(view.rows, max(0, self.rows.currentRow()) if view.rows else -1)
        self.setAccessibleDescription(view.spoken)


def _draw_settings(p: QPainter, rect: QRectF, model: tuple[str, ...], theme: Theme) -> None:
    p.fillRect(rect, theme.surface)
    text = "  ·  ".join(model)
    draw_text(p, QRectF(rect.left() + 4, rect.top(), rect.width() - 8, 24), text,
              font(SMALL_PX, 500), theme.text2)  # fmt: skip
    width, y = rect.width() - 28, rect.top() + 30
    first = rect.left() + 14 + width * _NUMBER_SHARE
    for left, word in ((first, FIRST), (first + width * _SIDE_SHARE, SECOND)):
        spot = QRectF(left, y, width * _SIDE_SHARE - 8, 22)
        draw_text(p, spot, word, font(SMALL_PX, 600), theme.text)


def draw_again(p: QPainter, rect: QRectF, row: AgainRow, theme: Theme) -> None:
    """Draw a repetition in both analyses, and what differs."""
    inside = rect.adjusted(13, 0, -13, 0)
    width = inside.width()
    number = QRectF(inside.left(), inside.top(), width * _NUMBER_SHARE, inside.height())
    draw_text(p, number, row.number, font(BODY_PX, 700), theme.text)
    left = number.right()
    for side in (row.first, row.second):
        _draw_side(p, QRectF(left, inside.top(), width * _SIDE_SHARE, inside.height()), side, theme)
        left += width * _SIDE_SHARE
    note = QRectF(left, inside.top(), inside.right() - left, inside.height())
    weight = 600 if row.changed else 500
    ink = theme.text if row.changed else theme.text2
    draw_text(p, note, row.note, font(SMALL_PX, weight), ink)


def _draw_side(p: QPainter, rect: QRectF, side: AgainSide, theme: Theme) -> None:
    left = rect.left()
    if side.verdict is not None:
        centre = QPointF(left + 10, rect.center().y())
        draw_verdict_icon(p, centre, 18, side.verdict, theme.text, theme.surface)
        left += 28
    lead = QRectF(rect.right() - 66, rect.top(), 50, rect.height())
    draw_text(p, lead, side.lead, font(BODY_PX, 600), theme.text, RIGHT)
    word = QRectF(left, rect.top(), lead.left() - left, rect.height())
    ink = theme.text if side.verdict is not None else theme.text3
    draw_text(p, word, side.word, font(BODY_PX, 600), ink)
