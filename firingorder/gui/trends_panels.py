"""What surrounds the charts of the page Trends: the choosers above, the card beside, emptiness."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QRectF, Qt
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QWidget

from firingorder.gui.canvas import Canvas
from firingorder.gui.fitted_text import draw_fitted
from firingorder.gui.key_button import KeyButton
from firingorder.gui.programme_list import RowList
from firingorder.gui.programme_style import GAP_PX, Panel
from firingorder.gui.trends_card_drawing import card_line_px, draw_card_line
from firingorder.report.painter import draw_round
from firingorder.report.theme import TITLE_PX

if TYPE_CHECKING:
    from collections.abc import Sequence

    from PySide6.QtGui import QPainter

    from firingorder.gui.view_models.trends_card import CardLine
    from firingorder.report.theme import Theme

_CHOOSER_PX = 56
_CENTRE = Qt.AlignmentFlag.AlignCenter


class Choosers(QWidget):
    """Who, which exercise, which measure: a button each, with its key."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self.setAccessibleName("What is shown")
        self.person = KeyButton("Person", "/", theme, height=_CHOOSER_PX)
        self.exercise = KeyButton("Exercise", "E", theme, height=_CHOOSER_PX)
        self.measure = KeyButton("Measure", "V", theme, height=_CHOOSER_PX)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(GAP_PX)
        for button, share in ((self.person, 3), (self.exercise, 4), (self.measure, 4)):
            button.setMinimumWidth(120)
            policy = QSizePolicy.Policy.Ignored
            button.setSizePolicy(policy, QSizePolicy.Policy.Fixed)
            row.addWidget(button, share)

    def show_words(self, person: str, exercise: str, measure: str) -> None:
        """Show what is chosen."""
        for button, name, words in (
            (self.person, "Person", person or "Nobody"),
            (self.exercise, "Exercise", exercise or "No exercise"),
            (self.measure, "Measure", measure),
        ):
            button.set_label(words)
            button.setAccessibleName(f"{name}: {words}")


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


def make_empty(theme: Theme) -> Canvas[str]:
    """Return what stands where there is nothing to draw: one sentence with what to do."""
    return Canvas("Nothing to show", theme, _draw_empty, lambda text: text)


def _draw_empty(p: QPainter, rect: QRectF, text: str, theme: Theme) -> None:
    p.fillRect(rect, theme.background)
    draw_round(p, rect, 10, theme.surface, theme.line)
    inside = rect.adjusted(rect.width() * 0.12, 20, -rect.width() * 0.12, -20)
    draw_fitted(p, inside, text, TITLE_PX, 500, theme.text2, _CENTRE)
