"""Foot switch and clicker: they are keyboards, and mean the same on every page."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QKeyCombination, QObject, Qt, Signal
from PySide6.QtGui import QKeyEvent, QKeySequence
from PySide6.QtWidgets import QApplication, QLineEdit, QPlainTextEdit, QTextEdit

from firingorder.gui.coach_card_view import CoachCardView
from firingorder.gui.view_models.coach_card import CoachCard
from firingorder.gui.view_models.tap_or_hold import TapOrHold

if TYPE_CHECKING:
    from collections.abc import Callable

    from PySide6.QtCore import QRect
    from PySide6.QtWidgets import QWidget

    from firingorder.report.theme import Theme
    from firingorder.session.office import Office

#: What pedals and clickers send as they come out of the box.
DEFAULT_KEYS = ("PgDown", "F5")
PEDAL = "pedal"
#: Keys with a meaning of their own on the live page; a pedal that sends one is set otherwise.
TAKEN = frozenset(
    int(key)
    for key in (
        Qt.Key.Key_Space, Qt.Key.Key_Escape, Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Tab,
        Qt.Key.Key_Left, Qt.Key.Key_Right, Qt.Key.Key_Up, Qt.Key.Key_Down, Qt.Key.Key_Backspace,
        Qt.Key.Key_P, Qt.Key.Key_K, Qt.Key.Key_W, Qt.Key.Key_T, Qt.Key.Key_O, Qt.Key.Key_H,
        Qt.Key.Key_Y, Qt.Key.Key_N, Qt.Key.Key_M, Qt.Key.Key_F, Qt.Key.Key_S, Qt.Key.Key_L,
        Qt.Key.Key_Question, Qt.Key.Key_Minus,
        *range(Qt.Key.Key_0, Qt.Key.Key_9 + 1),
    )
)  # fmt: skip
_MODIFIERS = (
    Qt.Key.Key_Shift, Qt.Key.Key_Control, Qt.Key.Key_Alt, Qt.Key.Key_AltGr, Qt.Key.Key_Meta,
    Qt.Key.Key_CapsLock, Qt.Key.Key_NumLock,
)  # fmt: skip
#: Release and press of a repeated key bear the same time; a finger needs longer than this.
REPEAT_MS = 5
_TEXT_FIELDS = (QLineEdit, QTextEdit, QPlainTextEdit)


def key_name(key: int) -> str:
    """Return the name of a key as it is kept in the settings, the same in every language."""
    return QKeySequence(key).toString(QKeySequence.SequenceFormat.PortableText)


def key_of(name: str) -> int:
    """Return the key of a name; 0 for none."""
    sequence = QKeySequence.fromString(name, QKeySequence.SequenceFormat.PortableText)
    if sequence.count() != 1:
        return 0
    combined: QKeyCombination = sequence[0]  # pyright: ignore[reportIndexIssue] - the stubs lack it
    return combined.toCombined()


class Pedal(QObject):
    """Hears pedal and clicker before any widget does. ``stepped`` by a short press, ``held``.

    Parameters
    ----------
    types
        Whether letters are being typed now: a key that writes one is no pedal then.
    shares
        Whether the page shown has a use of its own for these keys; it then gets them, too.
    """

    stepped = Signal()
    held = Signal()

    def __init__(
        self,
        parent: QWidget,
        office: Office,
        clock: Callable[[], float],
        *,
        types: Callable[[], bool],
        shares: Callable[[], bool],
    ) -> None:
        super().__init__(parent)
        self._office, self._clock = office, clock
        self._types, self._shares = types, shares
        self._switch = TapOrHold()
        self._released_ms = 0
        self.keys: frozenset[int] = frozenset()
        self.read_keys()

    @property
    def names(self) -> tuple[str, ...]:
        """Names of the keys that count as a pedal."""
        mine = [name for name, does in self._office.preferences.keys.items() if does == PEDAL]
        return tuple(mine) or DEFAULT_KEYS

    def read_keys(self) -> None:
        """Take the keys from the settings; a name that is none is left out."""
        self.keys = frozenset(key for key in map(key_of, self.names) if key)

    def learn(self, key: int) -> None:
        """Count a key as a pedal from now on, beside the others."""
        names = dict.fromkeys((*self.names, key_name(key)))
        self._office.change(keys=dict.fromkeys(names, PEDAL))
        self.read_keys()

    def forget(self) -> None:
        """Count the usual keys again, and no others."""
        self._office.change(keys={})
        self.read_keys()

    def watch(self, widget: QWidget) -> None:
        """Hear the keys of a window that is shown, wherever in it the keyboard is."""
        handle = widget.windowHandle()
        if handle is not None:
            handle.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Take the pedal's keys; leave all else alone."""
        if event.type() == QEvent.Type.KeyPress and isinstance(event, QKeyEvent):
            return self.press(event) and not self._shares()
        if event.type() == QEvent.Type.KeyRelease and isinstance(event, QKeyEvent):
            return self.release(event) and not self._shares()
        return False

    def press(self, event: QKeyEvent) -> bool:
        """Take a press; False where it is no pedal's."""
        if not self._mine(event):
            return False
        if not event.isAutoRepeat():
            repeated = 0 < event.timestamp() <= self._released_ms + REPEAT_MS
            self._switch.press(self._clock(), repeated=repeated)
        return True

    def release(self, event: QKeyEvent) -> bool:
        """Take a release; False where it is no pedal's."""
        if not self._mine(event):
            return False
        if not event.isAutoRepeat():
            self._released_ms = event.timestamp()
            self._switch.release(self._clock())
        return True

    def share(self) -> float:
        """Return how much of a hold has passed, 0 to 1."""
        return self._switch.share(self._clock())

    def let_go(self) -> None:
        """Forget what is down: the window has lost the keyboard."""
        self._switch.reset()

    def take(self) -> None:
        """Do what has just been pressed."""
        while done := self._switch.take(self._clock()):
            (self.stepped if done == "tap" else self.held).emit()

    def _mine(self, event: QKeyEvent) -> bool:
        if event.key() not in self.keys or event.modifiers() & (
            Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.AltModifier
        ):
            return False
        writes = bool(event.text()) and event.text().isprintable()
        return not (writes and self._typing())

    def _typing(self) -> bool:
        return self._types() or isinstance(QApplication.focusWidget(), _TEXT_FIELDS)


class PedalDialog(QObject):
    """The card on which a pedal is pressed so that firingorder knows it."""

    def __init__(self, theme: Theme, over: QWidget, pedal: Pedal) -> None:
        super().__init__(over)
        self._pedal = pedal
        self.card = CoachCardView(theme, over)
        self.card.setAccessibleName("Foot switch or clicker")
        self._open, self._said = False, ""

    @property
    def asks(self) -> bool:
        """Whether it is open: a key is the pedal's then."""
        return self._open

    def toggle(self) -> None:
        """Open or close it."""
        self._open, self._said = not self._open, ""
        self._show()

    def close(self) -> None:
        """Close it."""
        self._open = False
        self._show()

    def place(self, view: QRect) -> None:
        """Put the card over the view."""
        if self._open and self.card.geometry() != view:
            self.card.setGeometry(view)
            self.card.raise_()

    def tried(self) -> None:
        """Say that a short press was heard."""
        self._said = "That was a short press: next. Held for a second it is STOP."
        self._show()

    def press(self, event: QKeyEvent) -> bool:
        """Take a key while it is open."""
        if not self._open:
            return False
        key = Qt.Key(event.key())
        if key == Qt.Key.Key_Escape:
            self.close()
        elif key == Qt.Key.Key_Backspace:
            self._pedal.forget()
            self._said = "The usual keys again."
        elif key in _MODIFIERS or event.modifiers() & Qt.KeyboardModifier.ControlModifier:
            return True
        elif int(key) in TAKEN:
            name = key_name(key)
            self._said = f"{name} has a meaning here already: let the pedal send another key."
        else:
            self._pedal.learn(int(key))
            self._said = f"{key_name(key)} is a pedal now. Press it once more to try."
        self._show()
        return True

    def _show(self) -> None:
        if not self._open:
            self.card.show_card(None)
            return
        lines = (
            self._said or "A short press means next, a second means STOP, on every page.",
            f"Known: {', '.join(self._pedal.names)}.",
        )
        card = CoachCard("pedal", "Press the pedal now", lines,
                         foot="Backspace: the usual keys  ·  Esc: close")  # fmt: skip
        self.card.show_card(card)
