"""The card on which the therapist decides about the person who trains; all of it by keyboard."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Qt

from firingorder.errors import FiringOrderError
from firingorder.gui.coach_card_view import CoachCardView
from firingorder.gui.view_models.answering import Choice
from firingorder.gui.view_models.coach_card import HELD_STOPS, CoachCard
from firingorder.gui.view_models.person_panel import Decision, decisions, exercise_name, news

if TYPE_CHECKING:
    from PySide6.QtCore import QRect
    from PySide6.QtGui import QKeyEvent
    from PySide6.QtWidgets import QWidget

    from firingorder.gui.commands import Commands
    from firingorder.report.theme import Theme
    from firingorder.session.office import Office

DONE = "Written down."
_STEPS = {Qt.Key.Key_Up: -1, Qt.Key.Key_Down: 1, Qt.Key.Key_Left: -1, Qt.Key.Key_Right: 1}


class PersonPanel(QObject):
    """Shows what can be decided, and asks for the reason."""

    def __init__(self, theme: Theme, over: QWidget, office: Office, commands: Commands) -> None:
        super().__init__(over)
        self._office, self._commands = office, commands
        self.card = CoachCardView(theme, over)
        self.card.setAccessibleName("Decisions of the therapist")
        self.card.chosen.connect(self._choose)
        self._rows: tuple[Decision, ...] = ()
        self._at = 0
        self._typed: str | None = None
        self._open = False

    @property
    def asks(self) -> bool:
        """Whether it is open: no key means anything else then."""
        return self._open

    def toggle(self) -> None:
        """Open it in the Therapist hat, or close it."""
        if self._open:
            self._close()
            return
        refused = self._office.may("clear_red_flag")
        if refused is not None:
            self._commands.tell(f"{refused.text} {refused.next_step}")
            return
        self._open, self._at, self._typed = True, 0, None
        self._show()

    def place(self, view: QRect) -> None:
        """Put the card over the view."""
        if self._open and self.card.geometry() != view:
            self.card.setGeometry(view)
            self.card.raise_()

    def close(self) -> None:
        """Close it; what was typed is forgotten."""
        self._close()

    def press(self, event: QKeyEvent) -> bool:
        """Take a key while it is open."""
        if not self._open:
            return False
        key = Qt.Key(event.key())
        if key == Qt.Key.Key_Escape:
            self._escape()
        elif key in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self._enter()
        elif self._typed is not None and key == Qt.Key.Key_Backspace:
            self._typed = self._typed[:-1]
        elif self._typed is not None and event.text() and event.text().isprintable():
            self._typed += event.text()
        elif self._typed is None and key in _STEPS:
            self._at = (self._at + _STEPS[key]) % len(self._rows)
        if self._open:
            self._show()
        return True

    def _choose(self, at: int) -> None:
        if self._typed is None:
            self._at = at
            self._enter()
            if self._open:
                self._show()

    def _escape(self) -> None:
        if self._typed is None:
            self._close()
        self._typed = None

    def _enter(self) -> None:
        row = self._rows[self._at]
        if row.asks and self._typed is None:
            self._typed = ""
            return
        try:
            self._office.decide(row.act, row.about, self._typed or "")
        except FiringOrderError as error:
            self._commands.tell(str(error))
            self._close()
            return
        self._commands.tell(DONE)
        self._close()

    def _show(self) -> None:
        office = self._office
        facts = office.facts
        self._rows = decisions(facts, exercise_name(office.exercises))
        self._at = min(self._at, len(self._rows) - 1)
        row = self._rows[self._at]
        if self._typed is not None:
            shown = "•" * len(self._typed) if row.secret else self._typed
            card = CoachCard("form", row.words, (row.asks,), writing=shown, pedal=HELD_STOPS,
                             foot="Type, then Enter  ·  Esc: back")  # fmt: skip
        else:
            choices = tuple(Choice(one.act, one.words, "") for one in self._rows)
            card = CoachCard("form", "Therapist", news(facts, office.person), choices=choices,
                             selected=self._at, pedal=HELD_STOPS,
                             foot="↑  ↓  then Enter: decide  ·  Esc: close")  # fmt: skip
        self.card.show_card(card)

    def _close(self) -> None:
        self._open, self._typed = False, None
        self.card.show_card(None)
