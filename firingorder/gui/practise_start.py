"""The card before a series: what it is, what to practise, and the number that repeats it."""

from __future__ import annotations

from typing import TYPE_CHECKING, get_args

from PySide6.QtCore import QRegularExpression, Qt, Signal
from PySide6.QtGui import QPalette, QRegularExpressionValidator
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QLineEdit, QVBoxLayout, QWidget

from firingorder.gui.practise_nav import ChoiceButton
from firingorder.gui.practise_reading import Card, Reading, Words
from firingorder.gui.view_models.practise_words import (
    CHOICE_WORDS,
    INTRO,
    RIGHT_RULE,
    RULES_OF,
    task_names,
)
from firingorder.report.theme import BODY_PX, NUMBER_PX, SMALL_PX, Theme, font
from firingorder.session.practice_rounds import LARGEST_SEED, Choice

if TYPE_CHECKING:
    from firingorder.findings import RepetitionVerdict

FIELD_PX = 48


class SeriesChoice(QWidget):
    """What somebody chose. ``begun`` when Enter is pressed in the field of the number."""

    begun = Signal()

    def __init__(self, theme: Theme, seed: int) -> None:
        super().__init__()
        self._theme = theme
        self.choice: Choice = "mixed"
        self.exercise = ""
        self.setAccessibleName("Begin a series")
        card = Card(theme)
        card.setMaximumWidth(980)
        card.say("Practise on simulated repetitions", font(NUMBER_PX, 700, display=True),
                 theme.text)  # fmt: skip
        for line in INTRO:
            card.say(line, font(BODY_PX, 500), theme.text2)
        card.column.addSpacing(8)
        self.exercises = self._options("Exercise", task_names(), self._choose_exercise, card)
        kinds = {one: CHOICE_WORDS[one] for one in get_args(Choice)}
        self.choices = self._options("Leads", kinds, self._choose_kind, card)
        self.rules = Words("", font(SMALL_PX, 500), theme.text3)
        card.column.addWidget(self.rules)
        card.say(RIGHT_RULE, font(SMALL_PX, 500), theme.text3)
        card.column.addSpacing(8)
        self.number = self._field(seed)
        row = QHBoxLayout()
        row.setSpacing(12)
        row.addWidget(self.number)
        row.addWidget(
            Words("The number of the series: the same number gives the same rounds again.",
                  font(SMALL_PX, 500), theme.text3), 1,
        )  # fmt: skip
        card.column.addLayout(row)
        self.reading = Reading(theme, "Begin a series")
        self.reading.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        column = QVBoxLayout()
        middle = QHBoxLayout()
        middle.addWidget(card)
        column.addStretch(1)
        column.addLayout(middle)
        self.reading.show_column(column)
        around = QVBoxLayout(self)
        around.setContentsMargins(0, 0, 0, 0)
        around.addWidget(self.reading)
        self._choose_exercise("")
        self._choose_kind("mixed")

    @property
    def seed(self) -> int:
        """Number of the series; an empty field is zero."""
        return min(int(self.number.text() or 0), LARGEST_SEED)

    def set_seed(self, seed: int) -> None:
        """Offer another series."""
        self.number.setText(str(seed))

    def _options(self, title, names, choose, card: Card) -> dict[str, ChoiceButton]:
        card.say(title, font(SMALL_PX, 600), self._theme.text3)
        grid = QGridLayout()
        grid.setSpacing(6)
        made: dict[str, ChoiceButton] = {}
        for k, (name, text) in enumerate(names.items()):
            button = ChoiceButton(text, self._theme, height=40)
            button.setAccessibleName(f"{title}: {text}")
            button.setFixedHeight(40)
            button.clicked.connect(lambda _checked=False, name=name: choose(name))
            grid.addWidget(button, k // 4, k % 4)
            made[name] = button
        card.column.addLayout(grid)
        return made

    def _field(self, seed: int) -> QLineEdit:
        field = QLineEdit(str(seed))
        field.setAccessibleName("Number of the series")
        field.setAccessibleDescription("0 to 999999. The same number gives the same rounds again")
        digits = QRegularExpression(r"\d{0,6}")
        field.setValidator(QRegularExpressionValidator(digits, field))
        field.setFont(font(BODY_PX, 700))
        field.setFixedSize(130, FIELD_PX)
        field.setAlignment(Qt.AlignmentFlag.AlignCenter)
        field.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        theme, palette = self._theme, field.palette()
        for role, colour in (
            (QPalette.ColorRole.Base, theme.surface2),
            (QPalette.ColorRole.Text, theme.text),
            (QPalette.ColorRole.Highlight, theme.accent),
            (QPalette.ColorRole.HighlightedText, theme.background),
            (QPalette.ColorRole.Window, theme.surface),
            (QPalette.ColorRole.Button, theme.surface2),
        ):
            palette.setColor(role, colour)
        field.setPalette(palette)
        field.returnPressed.connect(self.begun)
        return field

    def _choose_exercise(self, name: str) -> None:
        self.exercise = name
        _mark(self.exercises, name)

    def _choose_kind(self, name: str) -> None:
        self.choice = next(one for one in get_args(Choice) if one == name)
        _mark(self.choices, name)
        self.rules.setText(RULES_OF[self.choice])
        self.rules.setAccessibleName(RULES_OF[self.choice])


def _mark(buttons: dict[str, ChoiceButton], chosen: str) -> None:
    for name, button in buttons.items():
        button.set_chosen(chosen=name == chosen)


def answers_in_order() -> tuple[tuple[RepetitionVerdict, str, str], ...]:
    """Return the answers as (outcome, key, words), as they stand below each other."""
    return (
        ("glutes_first", "G", "Glutes first"),
        ("together", "T", "Together"),
        ("back_first", "B", "Back first"),
        ("unclear", "U", "Can't tell"),
    )
