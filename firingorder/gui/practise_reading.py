"""Pages that are read: debates with both sides at equal width, what is not known, how sure it is.

Labels, not paint: a reader hears them, and they wrap at any width.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPalette
from PySide6.QtWidgets import (
    QFrame,
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QScrollArea,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)

from firingorder.gui.practise_nav import ChoiceButton
from firingorder.gui.view_models.practise_words import english, source_words
from firingorder.report.painter import draw_round
from firingorder.report.theme import BODY_PX, NUMBER_PX, SMALL_PX, TITLE_PX, Theme, font
from firingorder.training.education import load_debates, load_page

if TYPE_CHECKING:
    from collections.abc import Sequence

    from PySide6.QtGui import QFont, QPaintEvent

    from firingorder.training.education import Debate, Paragraph, ReadingPage
    from firingorder.training.education.pages import PageId

#: Longer lines are hard to read, also on a 4K screen.
WIDEST_PX = 1180
STEP_PX = 60
#: Where an address may be broken over lines.
_BREAK = "\N{ZERO WIDTH SPACE}"


class Words(QLabel):
    """Words that wrap. Long addresses break at their slashes; a reader gets them whole."""

    def __init__(self, text: str, ink_font: QFont, ink: QColor) -> None:
        broken = text
        for sign in ("/", "-", "?", "=", "."):
            if "//" in text:
                broken = broken.replace(sign, sign + _BREAK)
        super().__init__(broken)
        self.setAccessibleName(text)
        self.setWordWrap(True)
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setFont(ink_font)
        palette = self.palette()
        palette.setColor(QPalette.ColorRole.WindowText, ink)
        self.setPalette(palette)
        policy = QSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        policy.setHeightForWidth(True)
        self.setSizePolicy(policy)

    def minimumSizeHint(self) -> QSize:
        """Return little: the height follows from the width that there is."""
        return QSize(40, self.fontMetrics().height())


class Card(QFrame):
    """A rounded card with a column of words."""

    def __init__(self, theme: Theme, *, accent: QColor | None = None) -> None:
        super().__init__()
        self._theme, self._accent = theme, accent
        self.column = QVBoxLayout(self)
        self.column.setContentsMargins(22, 18, 22, 18)
        self.column.setSpacing(6)

    def say(self, text: str, ink_font: QFont, ink: QColor) -> None:
        """Add words."""
        self.column.addWidget(Words(text, ink_font, ink))

    def statements(self, said: Sequence[Paragraph]) -> None:
        """Add statements, each with where it comes from."""
        theme = self._theme
        for one in said:
            self.say(english(one.text), font(BODY_PX, 500), theme.text)
            self.say(source_words(one), font(SMALL_PX, 500), theme.text3)
            self.column.addSpacing(6)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the card."""
        p = QPainter(self)
        draw_round(p, self.rect().toRectF(), 12, self._theme.surface, self._theme.line)
        if self._accent is not None:
            p.fillRect(0, 16, 3, self.height() - 32, self._accent)
        p.end()


class Reading(QScrollArea):
    """A page that scrolls, its column no wider than one can read."""

    def __init__(self, theme: Theme, name: str) -> None:
        super().__init__()
        self._theme = theme
        self.setAccessibleName(name)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setWidgetResizable(True)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        palette = self.palette()
        palette.setColor(QPalette.ColorRole.Window, theme.background)
        palette.setColor(QPalette.ColorRole.Button, theme.surface2)
        palette.setColor(QPalette.ColorRole.Mid, theme.strong_line)
        self.setPalette(palette)
        self.viewport().setAutoFillBackground(True)

    def show_column(self, column: QVBoxLayout) -> None:
        """Show other words, from their beginning."""
        inside = QWidget()
        inside.setMaximumWidth(WIDEST_PX)
        column.setContentsMargins(24, 22, 24, 24)
        column.setSpacing(12)
        column.addStretch(1)
        inside.setLayout(column)
        around = QWidget()
        row = QHBoxLayout(around)
        row.setContentsMargins(0, 0, 0, 0)
        row.addWidget(inside)
        self.setWidget(around)
        self.verticalScrollBar().setValue(0)

    def turn(self, steps: float) -> None:
        """Scroll by so many steps."""
        bar = self.verticalScrollBar()
        bar.setValue(bar.value() + round(steps * STEP_PX))

    def turn_page(self, pages: int) -> None:
        """Scroll by so many views."""
        self.turn(pages * 0.85 * self.viewport().height() / STEP_PX)


def make_page(theme: Theme, page: PageId) -> Reading:
    """Return a page of statements."""
    text: ReadingPage = load_page(page)
    reading = Reading(theme, english(text.title))
    reading.setAccessibleDescription(english(text.lead))
    column = QVBoxLayout()
    column.addWidget(Words(english(text.title), font(NUMBER_PX, 700, display=True), theme.text))
    column.addWidget(Words(english(text.lead), font(BODY_PX, 500), theme.text2))
    for section in text.sections:
        card = Card(theme)
        card.say(english(section.title), font(TITLE_PX, 700), theme.text)
        card.statements(section.said)
        column.addWidget(card)
    reading.show_column(column)
    return reading


class Debates(QWidget):
    """All debates, one at a time, each by its number."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self._debates = load_debates()
        self.at = 0
        self.setAccessibleName("Debates")
        self.reading = Reading(theme, "Debate")
        self.chips: list[ChoiceButton] = []
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        numbers = QWidget()
        numbers.setMaximumWidth(WIDEST_PX)
        row = QHBoxLayout(numbers)
        row.setContentsMargins(24, 16, 24, 0)
        row.setSpacing(6)
        for k, debate in enumerate(self._debates):
            chip = ChoiceButton(str(k + 1), theme, height=38)
            chip.setAccessibleName(f"Debate {k + 1}: {english(debate.short)}")
            chip.setToolTip(english(debate.short))
            chip.clicked.connect(lambda _checked=False, k=k: self.go_to(k))
            row.addWidget(chip)
            self.chips.append(chip)
        row.addStretch(1)
        above = QHBoxLayout()
        above.addWidget(numbers)
        column.addLayout(above)
        column.addWidget(self.reading, 1)
        self.go_to(0)

    def step(self, by: int) -> None:
        """Show the next debate, or the one before; after the last comes the first."""
        self.go_to((self.at + by) % len(self._debates))

    def go_to(self, at: int) -> None:
        """Show a debate."""
        self.at = at
        for k, chip in enumerate(self.chips):
            chip.set_chosen(chosen=k == at)
        debate = self._debates[at]
        self.reading.setAccessibleName(english(debate.question))
        self.reading.setAccessibleDescription(_spoken(debate))
        self.reading.show_column(self._column(debate))

    def _column(self, debate: Debate) -> QVBoxLayout:
        theme = self._theme
        column = QVBoxLayout()
        number = f"Debate {self.at + 1} of {len(self._debates)}"
        column.addWidget(Words(number, font(SMALL_PX, 600), theme.text3))
        question = english(debate.question)
        column.addWidget(Words(question, font(NUMBER_PX, 700, display=True), theme.text))
        sides = QGridLayout()
        sides.setSpacing(14)
        for k, view in enumerate((debate.one, debate.other)):
            card = Card(theme)
            card.say(english(view.title), font(TITLE_PX, 700), theme.text)
            card.statements(view.said)
            card.column.addStretch(1)
            sides.addWidget(card, 0, k)
            sides.setColumnStretch(k, 1)
        column.addLayout(sides)
        product = Card(theme, accent=theme.accent)
        product.say("What this product does", font(TITLE_PX, 700), theme.text)
        product.say(english(debate.product), font(BODY_PX, 500), theme.text)
        column.addWidget(product)
        return column


def _spoken(debate: Debate) -> str:
    parts = [
        f"{english(view.title)}: {' '.join(english(one.text) for one in view.said)}"
        for view in (debate.one, debate.other)
    ]
    return " ".join((*parts, f"What this product does: {english(debate.product)}"))
