"""The card on which a device is found, typed or simulated; all of it by keyboard."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Qt
from PySide6.QtGui import QGuiApplication, QKeySequence

from firingorder.gui.coach_card_view import CoachCardView
from firingorder.gui.view_models.device_choice import (
    LONGEST,
    NOT_NOW,
    TYPED,
    list_card,
    may_choose,
    rows_of,
    typing_card,
)
from firingorder.session.device_search import DeviceSearch, Findings

if TYPE_CHECKING:
    from collections.abc import Callable

    from PySide6.QtCore import QRect
    from PySide6.QtGui import QKeyEvent

    from firingorder.gui.window import LiveWindow
    from firingorder.report.theme import Theme
    from firingorder.session.device_search import Found

_STEPS = {Qt.Key.Key_Up: -1, Qt.Key.Key_Down: 1, Qt.Key.Key_Left: -1, Qt.Key.Key_Right: 1}


class DevicePanel(QObject):
    """Shows what is there, and hands the chosen address on.

    Parameters
    ----------
    choose
        Given an address; returns why it cannot be opened, empty where it is.
    """

    def __init__(
        self,
        theme: Theme,
        window: LiveWindow,
        choose: Callable[[str], str],
        clock: Callable[[], float],
    ) -> None:
        super().__init__(window)
        self._window, self._choose, self._clock = window, choose, clock
        self.card = CoachCardView(theme, window)
        self.card.setAccessibleName("Choice of the device")
        self.card.chosen.connect(self._pressed)
        self._search: DeviceSearch | None = None
        self._findings, self._since_s = Findings(), 0.0
        self._chosen: str | None = None
        self._typed: str | None = None
        self._refused = ""

    @property
    def asks(self) -> bool:
        """Whether it is open: no key means anything else then."""
        return self._search is not None

    def toggle(self) -> None:
        """Open it where no measurement is cut off, or close it."""
        if self.asks:
            self.close()
        elif not may_choose(self._window.model):
            self._window.commands.tell(NOT_NOW)
        else:
            self._typed, self._refused = None, ""
            self._look()

    def place(self, view: QRect) -> None:
        """Put the card over the view."""
        if self.asks and self.card.geometry() != view:
            self.card.setGeometry(view)
            self.card.raise_()

    def close(self) -> None:
        """Close it; the search ends by itself."""
        if self._search is not None:
            self._search.stop()
        self._search, self._typed = None, None
        self.card.show_card(None)

    def follow(self) -> None:
        """Show what the search has found meanwhile; a row that was chosen stays chosen."""
        if self._search is None:
            return
        self._findings = findings = self._search.look()
        if self._typed is not None:
            self.card.show_card(typing_card(self._typed, self._refused))
            return
        if findings.listed and self._chosen is None:
            self._chosen = rows_of(findings)[0].address
        searched_s = self._clock() - self._since_s
        self.card.show_card(
            list_card(findings, self._at(), searched_s=searched_s, refused=self._refused)
        )

    def press(self, event: QKeyEvent) -> bool:
        """Take a key while it is open."""
        if self._search is None:
            return False
        key = Qt.Key(event.key())
        if key == Qt.Key.Key_Escape:
            self._escape()
        elif key in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self._enter()
        elif self._typed is not None:
            self._write(self._typed, event)
        elif key in _STEPS:
            self._move(_STEPS[key])
        elif key == Qt.Key.Key_R:
            self._look()
        self.follow()
        return True

    def _look(self) -> None:
        """Search, anew where there is a search."""
        if self._search is not None:
            self._search.stop()
        self._search, self._since_s = DeviceSearch(), self._clock()
        self._chosen = None
        self._search.start()
        self.follow()

    def _rows(self) -> tuple[Found, ...]:
        """Return the rows as they are shown: a key is meant for what is seen."""
        return rows_of(self._findings)

    def _at(self) -> int:
        """Return which row stands; what is found meanwhile moves it, and nothing else."""
        addresses = [one.address for one in self._rows()]
        return addresses.index(self._chosen) if self._chosen in addresses else 0

    def _move(self, step: int) -> None:
        rows, self._refused = self._rows(), ""
        self._chosen = rows[(self._at() + step) % len(rows)].address

    def _pressed(self, at: int) -> None:
        """Take the row under a finger."""
        card = self.card.card
        if self._search is None or self._typed is not None or card is None:
            return
        addresses = [one.address for one in self._rows()]
        key = card.choices[at].key
        if key in addresses:
            self._chosen = key
            self._enter()
            self.follow()

    def _escape(self) -> None:
        if self._typed is None:
            self.close()
        self._typed, self._refused = None, ""

    def _enter(self) -> None:
        row = self._rows()[self._at()]
        if self._typed is None and row == TYPED:
            self._typed, self._refused, self._chosen = "", "", row.address
            return
        address = row.address if self._typed is None else self._typed.strip()
        if not address:
            return
        # A belt may have come while the card was open.
        here = may_choose(self._window.model)
        self._refused = self._choose(address) if here else NOT_NOW
        if not self._refused:
            self.close()

    def _write(self, typed: str, event: QKeyEvent) -> None:
        self._refused = ""
        if event.matches(QKeySequence.StandardKey.Paste):
            added = QGuiApplication.clipboard().text()
        elif event.key() == Qt.Key.Key_Backspace:
            typed, added = typed[:-1], ""
        else:
            added = event.text()
        self._typed = (typed + "".join(one for one in added if one.isprintable()))[:LONGEST]
