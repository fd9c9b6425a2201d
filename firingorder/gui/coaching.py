"""The coach in the window: its card over the view, its questions and its keys."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Qt, Signal

from firingorder.gui.coach_card_view import CoachCardView
from firingorder.gui.view_models.answering import Answering
from firingorder.gui.view_models.coach_card import coach_card, noticed
from firingorder.gui.view_models.hold import Hold
from firingorder.gui.view_models.led_end import ANSWER_FIRST, LedEnd
from firingorder.gui.view_models.tap_or_hold import TapOrHold

if TYPE_CHECKING:
    from collections.abc import Callable

    from PySide6.QtCore import QRect
    from PySide6.QtGui import QKeyEvent
    from PySide6.QtWidgets import QWidget

    from firingorder.gui.commands import Commands
    from firingorder.gui.view_models.coach_card import CoachCard
    from firingorder.gui.view_models.link_state import StateView
    from firingorder.report.theme import Theme
    from firingorder.training.coaching.view import CoachView

#: States that a deliberate key ends.
HALTED = ("paused", "stopped")
#: A set is under way in these; the page is not left without a pause.
UNDER_WAY = ("get_ready", "work")
#: What a therapist may set aside with a reason: a block, or the exercise that pain has ended.
OVERRIDABLE = ("blocked", "rest")
#: Cards that only count.
WAITING = ("count", "rest")
ENTER = (Qt.Key.Key_Return, Qt.Key.Key_Enter)
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
    """Follows the coach of the session that is shown.

    ``shown`` is its card of this moment, as it stands where no banner tells the state of the link.
    ``heard_slowly`` when the last start is to be heard again, ``stopped`` at STOP, ``begun`` when
    a training is asked for (with Shift: at once), ``escaped`` when Esc was pressed briefly.
    """

    heard_slowly = Signal()
    begun = Signal(bool)
    escaped = Signal()
    stopped = Signal()

    def __init__(
        self, theme: Theme, over: QWidget, commands: Commands, clock: Callable[[], float]
    ) -> None:
        super().__init__(over)
        self._commands, self._clock = commands, clock
        self.card = CoachCardView(theme, over)
        self.card.chosen.connect(lambda at: self._answering.choose(at, self._clock()))
        self._answering = Answering()
        self._resume, self._escape, self._end = Hold(), TapOrHold(), LedEnd()
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

    def follow(
        self,
        view: CoachView | None,
        *,
        seen: bool,
        steers: bool = False,
        state: StateView | None = None,
        told: bool = True,
        note: str = "",
        over: bool = False,
        instead: CoachCard | None = None,
    ) -> None:
        """Show the present state.

        Parameters
        ----------
        seen
            Whether the page on which the card stands is shown.
        steers
            Whether a therapist looks on at the desk: what only waits leaves the signals free.
        state, told
            How the link stands, and whether a banner tells it beside the card.
        note
            The answer to the last key.
        over
            Whether the session has ended: nobody takes an answer any more.
        instead
            The card where nobody leads; None: none.
        """
        now = self._clock()
        self.view = view = self._end.follow(view, over=over)
        match self._end.take(view):
            case "session":
                self._commands.end()
            case "training":
                self._commands.train("end")
            case None:
                pass
        self._answering.follow(None if view is None else view.prompt)
        if view is None or view.state not in OVERRIDABLE:
            self._overriding, self._reason = False, ""
        self._finish_holds(now)
        answer = self._answering.take(now)
        if answer is not None:
            self._commands.train("answer", answer)
        card = instead if view is None else coach_card(view, self._answering, now)
        if card is not None and self._overriding:
            card = card.with_writing(self._reason)
        note = ANSWER_FIRST[self._end.waits] if self._end.waits else note
        self.shown = None if card is None else noticed(card, state, note)
        here = None if card is None else noticed(card, None if told else state, note)
        waits = here is not None and here.kind in WAITING
        self.card.show_card(None if not seen or (steers and waits) else here)

    def place(self, rect: QRect) -> None:
        """Put the card over the view."""
        if rect != self.card.geometry():
            self.card.setGeometry(rect)

    def hold(self) -> tuple[str, float]:
        """Return which key is held and how much of its hold has passed; empty for none."""
        now = self._clock()
        if (share := self._escape.share(now)) > 0.0:
            return "leaving", share
        if self._resume.active:
            return "going on", self._resume.share(now)
        return "", 0.0

    def may_end(self) -> bool:
        """Return whether the session may end now; an open question about pain comes first, once."""
        return self._end.may_end(self.view, "session")

    def step(self) -> None:
        """Do what one pedal can mean: the next choice of a question, else the next thing."""
        view = self.view
        if view is None:
            self.begun.emit(False)
        elif self._overriding:
            self._enter_writing()
        elif view.prompt is not None and len(self._answering.choices) > 1:
            self._answering.move(1, self._clock())
        elif view.prompt is not None:
            self._give()
        else:
            self._next(view)

    def press(self, event: QKeyEvent, *, repeated: bool = False) -> bool:
        """Take a key; False where it means nothing to the coach."""
        key, now, view = event.key(), self._clock(), self.view
        if view is None:
            if key in ENTER:
                self.begun.emit(bool(event.modifiers() & Qt.KeyboardModifier.ShiftModifier))
            return key in ENTER
        if self.writes:
            return self._write(event, repeated=repeated)
        if event.modifiers() & (
            Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.AltModifier
        ):
            return False
        if key == Qt.Key.Key_Space:
            if view.state in HALTED or (repeated and self._resume.held(now)):
                self._resume.press(now, repeated=repeated)
            elif not repeated:
                self._resume.spend(now)  # the same press does not go on again
                self.stopped.emit()
            return True
        if key == Qt.Key.Key_P:
            self.stopped.emit()
            return True
        if key == Qt.Key.Key_Escape:
            self._escape.press(now, repeated=repeated)
            return True
        if view.prompt is not None:
            return self._answer(event)
        return self._command(Qt.Key(key), view)

    def release(self, event: QKeyEvent) -> bool:
        """Let a key go; False where it means nothing to the coach."""
        now = self._clock()
        if event.key() == Qt.Key.Key_Space:
            self._resume.release(now)
        elif event.key() == Qt.Key.Key_Escape and self._escape.down:
            self._escape.release(now)
            return True
        return False

    def let_go(self) -> None:
        """Forget every key: the window has lost the keyboard."""
        self._resume.reset()
        self._escape.reset()

    def _finish_holds(self, now: float) -> None:
        view = self.view
        if self._resume.take(now) and view is not None and view.state in HALTED:
            self._commands.train("resume" if view.state == "stopped" else "go_on")
        match self._escape.take(now):
            case "tap":
                self.escaped.emit()
            case "hold" if view is not None and view.state == "summary":
                self._leave()
            case "hold" if view is not None:
                if self._end.may_end(view, "training"):
                    self._commands.train("end")
            case _:
                pass

    def _next(self, view: CoachView) -> None:
        """Do the next thing; what has ended is closed. After a STOP a pedal goes nowhere."""
        if view.state == "summary":
            self._leave()
        elif view.state not in HALTED:
            self._commands.train("next")

    def _leave(self) -> None:
        """Close the summary; the coach does so itself while there is one."""
        if not self._end.put_away():
            self._commands.train("leave")

    def _give(self) -> None:
        """Give the answer that stands; words that were not written leave the question out."""
        answer = self._answering.given()
        if answer:
            self._commands.train("answer", answer)
        elif self._answering.writes:
            self._commands.train("skip")

    def _answer(self, event: QKeyEvent) -> bool:
        key, now = Qt.Key(event.key()), self._clock()
        if key in ENTER:
            self._give()
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

    def _write(self, event: QKeyEvent, *, repeated: bool) -> bool:
        key = Qt.Key(event.key())
        if key in ENTER:
            self._enter_writing()
        elif key == Qt.Key.Key_Escape and self._overriding:
            self._overriding = False
        elif key == Qt.Key.Key_Escape:
            self._escape.press(self._clock(), repeated=repeated)
        elif key == Qt.Key.Key_Backspace:
            self._reason = self._reason[:-1]
            self._answering.rub_out()
        elif event.text() and event.text().isprintable():
            if self._overriding:
                self._reason += event.text()
            else:
                self._answering.press(event.text(), self._clock())
        else:
            return False
        return True

    def _enter_writing(self) -> None:
        if self._overriding:
            self._overriding = False
            self._commands.train("override", self._reason)
            self._reason = ""
        else:
            self._give()

    def _command(self, key: Qt.Key, view: CoachView) -> bool:
        if view.estimate and key in _FELT:
            self._commands.train("estimate", _FELT[key])
        elif key in ENTER:
            self._next(view)
        elif key == Qt.Key.Key_O and view.state in OVERRIDABLE:
            self._overriding = True
        elif key == Qt.Key.Key_H:
            self.heard_slowly.emit()
        elif key in _COMMANDS:
            self._commands.train(_COMMANDS[key])
        else:
            return False
        return True
