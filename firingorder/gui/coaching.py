"""The coach in the window: its card over the view, its questions, its keys and the pedal."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Qt, Signal

from firingorder.gui.coach_card_view import CoachCardView
from firingorder.gui.view_models.answering import Answering
from firingorder.gui.view_models.coach_card import coach_card
from firingorder.gui.view_models.hold import Hold

if TYPE_CHECKING:
    from collections.abc import Callable

    from PySide6.QtCore import QRect
    from PySide6.QtGui import QKeyEvent
    from PySide6.QtWidgets import QWidget

    from firingorder.gui.commands import Commands
    from firingorder.gui.view_models.coach_card import CoachCard
    from firingorder.report.theme import Theme
    from firingorder.training.coaching.view import CoachView

#: What pedals and clickers send that need no driver: they are keyboards.
PEDAL_KEYS: tuple[int, ...] = (int(Qt.Key.Key_PageDown), int(Qt.Key.Key_F5))
#: States that a deliberate key ends.
HALTED = ("paused", "stopped")
_ENTER = (Qt.Key.Key_Return, Qt.Key.Key_Enter)
_MOVES = {Qt.Key.Key_Left: -1, Qt.Key.Key_Up: -1, Qt.Key.Key_Right: 1, Qt.Key.Key_Down: 1}
_FELT = {
    Qt.Key.Key_Left: "glutes",
    Qt.Key.Key_Down: "together",
    Qt.Key.Key_Right: "back",
}
_COMMANDS = {
    Qt.Key.Key_Backspace: "back",
    Qt.Key.Key_T: "tell",
    Qt.Key.Key_K: "skip",
    Qt.Key.Key_Minus: "smaller",
    Qt.Key.Key_W: "pause",
}


class Coaching(QObject):
    """Follows the coach of the session that is shown; ``shown`` is its card of this moment.

    ``heard_slowly`` when the last start is to be heard again, slowly.
    """

    heard_slowly = Signal()
    begun = Signal()
    escaped = Signal()

    def __init__(
        self, theme: Theme, over: QWidget, commands: Commands, clock: Callable[[], float]
    ) -> None:
        super().__init__(over)
        self._commands, self._clock = commands, clock
        self.card = CoachCardView(theme, over)
        self.card.chosen.connect(lambda at: self._answering.choose(at, self._clock()))
        self._answering = Answering()
        self.pedal_keys = PEDAL_KEYS
        self._pedal, self._resume, self._end = Hold(), Hold(), Hold()
        self._reason = ""
        self._overriding = False
        self.view: CoachView | None = None
        self.shown: CoachCard | None = None

    @property
    def leads(self) -> bool:
        """Whether there is a training under way."""
        return self.view is not None

    @property
    def asks(self) -> bool:
        """Whether a question is open: figures and letters are answers then."""
        return self._overriding or (self.view is not None and self.view.prompt is not None)

    @property
    def writes(self) -> bool:
        """Whether words are typed: no letter is a command then."""
        return self._overriding or (self.asks and self._answering.writes)

    def follow(self, view: CoachView | None, *, seen: bool) -> None:
        """Show the present state; ``seen``: the page on which it stands is shown."""
        now, self.view = self._clock(), view
        self._answering.follow(None if view is None else view.prompt)
        if view is None or view.state != "blocked":
            self._overriding, self._reason = False, ""
        if self._pedal.take(now):
            self.stop()
        if self._resume.take(now) and view is not None and view.state in HALTED:
            self._commands.train("resume" if view.state == "stopped" else "go_on")
        if self._end.take(now) and view is not None:
            self._commands.train("end")
        answer = self._answering.take(now)
        if answer is not None:
            self._commands.train("answer", answer)
        self.shown = None if view is None else coach_card(view, self._answering, now)
        if self.shown is not None and self._overriding:
            self.shown = self.shown.with_writing(self._reason)
        self.card.show_card(self.shown if seen else None)

    def place(self, rect: QRect) -> None:
        """Put the card over the view."""
        if rect != self.card.geometry():
            self.card.setGeometry(rect)

    def hold(self) -> tuple[str, float]:
        """Return which key is held and how much of its hold has passed; empty for none."""
        now = self._clock()
        if self._end.active:
            return "leaving", self._end.share(now)
        if self._resume.active:
            return "going on", self._resume.share(now)
        return "", 0.0

    def stop(self) -> None:
        """STOP: at once, whatever is under way."""
        self._commands.train("stop")

    def press(self, event: QKeyEvent, *, repeated: bool = False) -> bool:
        """Take a key; False where it means nothing to the coach."""
        key, now = event.key(), self._clock()
        if key in self.pedal_keys:
            self._pedal.press(now, repeated=repeated)
            return True
        view = self.view
        if view is None:
            return self._begin(key)
        if self.writes:
            return self._write(event)
        if key == Qt.Key.Key_Space:
            if view.state in HALTED:
                self._resume.press(now, repeated=repeated)
            elif not repeated:
                self._resume.spend(now)
                self.stop()
            return True
        if key == Qt.Key.Key_P:
            self.stop()
            return True
        if key == Qt.Key.Key_Escape:
            self._end.press(now, repeated=repeated)
            return True
        if view.prompt is not None:
            return self._answer(event)
        return self._command(Qt.Key(key), view)

    def release(self, event: QKeyEvent) -> bool:
        """Let a key go; a short press of the pedal means: go on."""
        key, now = event.key(), self._clock()
        if key in self.pedal_keys:
            short = self._pedal.active
            self._pedal.reset()
            if short:
                self._step()
            return True
        if key == Qt.Key.Key_Space:
            self._resume.release(now)
        elif key == Qt.Key.Key_Escape and self._end.active:
            self._end.reset()
            self.escaped.emit()
            return True
        return False

    def let_go(self) -> None:
        """Forget every key: the window has lost the keyboard."""
        for hold in (self._pedal, self._resume, self._end):
            hold.reset()

    def _begin(self, key: int) -> bool:
        if key in _ENTER:
            self.begun.emit()
            return True
        return False

    def _step(self) -> None:
        """Do what one pedal can mean: the next choice of a question, else the next thing."""
        if self.view is None:
            self.begun.emit()
        elif self.view.prompt is not None and not self._answering.writes:
            self._answering.move(1, self._clock())
        else:
            self._commands.train("next")

    def _answer(self, event: QKeyEvent) -> bool:
        key, now = Qt.Key(event.key()), self._clock()
        if key in _ENTER:
            answer = self._answering.given()
            if answer is not None:
                self._commands.train("answer", answer)
            return True
        if key in _MOVES:
            self._answering.move(_MOVES[key], now)
            return True
        if self._answering.press(event.text(), now):
            return True
        if key in (Qt.Key.Key_K, Qt.Key.Key_Backspace):
            self._commands.train(_COMMANDS[key])
            return True
        return False

    def _write(self, event: QKeyEvent) -> bool:
        key = Qt.Key(event.key())
        if key in _ENTER and self._overriding:
            self._overriding = False
            self._commands.train("override", self._reason)
        elif key in _ENTER:
            answer = self._answering.given()
            if answer:
                self._commands.train("answer", answer)
        elif key == Qt.Key.Key_Escape and self._overriding:
            self._overriding = False
        elif key == Qt.Key.Key_Backspace:
            self._reason = self._reason[:-1]
            self._answering.rub_out()
        elif event.text().isprintable() and event.text():
            if self._overriding:
                self._reason += event.text()
            else:
                self._answering.press(event.text(), self._clock())
        else:
            return False
        return True

    def _command(self, key: Qt.Key, view: CoachView) -> bool:
        if view.estimate and key in _FELT:
            self._commands.train("estimate", _FELT[key])
            return True
        if key in _ENTER:
            self._commands.train("next")
            return True
        if key == Qt.Key.Key_O and view.state == "blocked":
            self._overriding = True
            return True
        if key == Qt.Key.Key_H:
            self.heard_slowly.emit()
            return True
        if key in _COMMANDS:
            self._commands.train(_COMMANDS[key])
            return True
        return False
