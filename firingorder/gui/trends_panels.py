"""What surrounds the charts of the page Trends: the choosers above, the card beside, emptiness."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QWidget

from firingorder.gui.canvas import Canvas
from firingorder.gui.fitted_text import draw_fitted
from firingorder.gui.key_button import KeyButton
from firingorder.gui.programme_list import RowList
from firingorder.gui.programme_style import GAP_PX, Panel
from firingorder.gui.trends_card_drawing import card_line_px, draw_card_line
from firingorder.report.painter import draw_round, draw_text
from firingorder.report.theme import AXIS_PX, BODY_PX, TITLE_PX, font

if TYPE_CHECKING:
    from collections.abc import Sequence

    from PySide6.QtGui import QColor, QPainter

    from firingorder.gui.view_models.trends_card import CardLine
    from firingorder.report.theme import Theme

_CHOOSER_PX = 56
_CENTRE = Qt.AlignmentFlag.AlignCenter


class Chooser(KeyButton):
    """A button that says what is chosen, and of what it is one."""

    def __init__(self, caption: str, key: str, theme: Theme) -> None:
        super().__init__(caption, key, theme, height=_CHOOSER_PX)
        self._caption = caption
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)

    def sizeHint(self) -> QSize:
        """Return a size in which words may end in an ellipsis: the list has them whole."""
        return QSize(120, _CHOOSER_PX)

    def show_words(self, words: str) -> None:
        """Show what is chosen."""
        self.set_label(words)
        self.setAccessibleName(f"{self._caption}: {words}")

    def _paint_words(self, p: QPainter, rect: QRectF, ink: QColor, *, stacked: bool) -> None:
        """Paint the caption, and what is chosen below it."""
        inside = rect.adjusted(16, 0, -52, 0)
        caption = QRectF(inside.left(), rect.top() + 7, inside.width(), 16)
        draw_text(p, caption, self._caption, font(AXIS_PX, 500), self._theme.text2)
        words = QRectF(inside.left(), rect.top() + 24, inside.width(), 22)
        draw_text(p, words, self.text(), font(BODY_PX, 600), ink)


class Choosers(QWidget):
    """Who, which exercise, which measure: a button each, with its key."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self.setAccessibleName("What is shown")
        self.person = Chooser("Person", "/", theme)
        self.exercise = Chooser("Exercise", "E", theme)
        self.measure = Chooser("Measure", "V", theme)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(GAP_PX)
        for button, share in ((self.person, 3), (self.exercise, 4), (self.measure, 4)):
            row.addWidget(button, share)

    def show_words(self, person: str, exercise: str, measure: str) -> None:
        """Show what is chosen."""
        self.person.show_words(person or "Nobody")
        self.exercise.show_words(exercise or "No exercise")
        self.measure.show_words(measure)


class CardPanel(Panel):
    """The chosen session, and the comparison with another one."""

    def __init__(self, theme: Theme) -> None:
        super().__init__(theme, "Session")
        self.rows: RowList[CardLine] = RowList(
            "Session in numbers", theme, draw_card_line, lambda line: line.spoken, 26,
            measure=card_line_px,
        )  # fmt: skip
        self.rows.row_px = 22
        self.inside.setContentsMargins(10, 10, 6, 10)
        self.inside.addWidget(self.rows, 1)
        self.title("", "")

    def show_lines(self, lines: Sequence[CardLine]) -> None:
        """Show the lines from the top."""
        if tuple(lines) != self.rows.rows:
            self.rows.show_rows(lines, -1)
            self.rows.scrollToTop()


def make_empty(theme: Theme, *, framed: bool = True) -> Canvas[str]:
    """Return what stands where there is nothing to draw: one sentence with what to do."""

    def draw(p: QPainter, rect: QRectF, text: str, theme: Theme) -> None:
        p.fillRect(rect, theme.background if framed else theme.surface)
        if framed:
            draw_round(p, rect, 10, theme.surface, theme.line)
        inside = rect.adjusted(rect.width() * 0.12, 20, -rect.width() * 0.12, -20)
        draw_fitted(p, inside, text, TITLE_PX, 500, theme.text2, _CENTRE)

    return Canvas("Nothing to show", theme, draw, lambda text: text)
