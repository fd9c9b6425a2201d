"""Changes between the Person and the Therapist hat; where there is a PIN, it asks for it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Qt

from firingorder.gui.coach_card_view import CoachCardView
from firingorder.gui.view_models.coach_card import HELD_STOPS, CoachCard
from firingorder.session.office import ASK_PIN
from firingorder.training.safety.pin import LONGEST

if TYPE_CHECKING:
    from PySide6.QtCore import QRect
    from PySide6.QtGui import QKeyEvent
    from PySide6.QtWidgets import QWidget

    from firingorder.gui.commands import Commands
    from firingorder.report.theme import Theme
    from firingorder.session.office import Office
    from firingorder.training.safety.records import Hat

WORN: dict[Hat, str] = {
    "person": "Person hat: what the therapist set cannot be changed.",
    "therapist": "Therapist hat: everything can be changed.",
}


class HatSwitch(QObject):
    """The key that changes the hat, and the question for the PIN."""

    def __init__(self, theme: Theme, over: QWidget, office: Office, commands: Commands) -> None:
        super().__init__(over)
        self._office, self._commands = office, commands
        self.card = CoachCardView(theme, over)
        self.card.setAccessibleName("PIN of the Therapist hat")
        self._typed: str | None = None
        self._said = ASK_PIN

    @property
    def asks(self) -> bool:
        """Whether the PIN is being typed: no key means anything else then."""
        return self._typed is not None

    def toggle(self) -> None:
        """Change the hat, or ask for the PIN first."""
        self._try("therapist" if self._office.hat == "person" else "person", "")

    def place(self, view: QRect) -> None:
        """Put the question over the view."""
        if self.asks and self.card.geometry() != view:
            self.card.setGeometry(view)
            self.card.raise_()

    def close(self) -> None:
        """Take the question back."""
        self._close()

    def press(self, event: QKeyEvent) -> bool:
        """Take a key while the PIN is typed; False while it is not."""
        if self._typed is None:
            return False
        match event.key():
            case Qt.Key.Key_Escape:
                self._close()
                return True
            case Qt.Key.Key_Backspace:
                self._typed = self._typed[:-1]
            case Qt.Key.Key_Return | Qt.Key.Key_Enter:
                typed, self._typed = self._typed, ""
                self._try("therapist", typed)
            case _ if event.text() and event.text().isprintable():
                self._typed = (self._typed + event.text())[:LONGEST]
            case _:
                pass
        self._show()
        return True

    def _try(self, hat: Hat, pin: str) -> None:
        why = self._office.wear(hat, pin)
        if why:
            self._typed, self._said = "", why
            self._show()
            return
        self._close()
        self._commands.tell(WORN[hat])
        self._commands.wear(hat)

    def _show(self) -> None:
        if self._typed is None:
            return
        card = CoachCard(
            "form",
            "Therapist hat",
            (self._said,),
            writing="•" * len(self._typed),
            foot="Enter: wear it  ·  Esc: stay as you are",
            pedal=HELD_STOPS,
        )
        self.card.show_card(card)

    def _close(self) -> None:
        self._typed, self._said = None, ASK_PIN
        self.card.show_card(None)
