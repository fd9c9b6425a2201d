"""A key that is held, and the button that stands for it: on each page that deletes something."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt

from firingorder.gui.pedal import REPEAT_MS
from firingorder.gui.programme_inputs import plain
from firingorder.gui.view_models.hold import HOLD_S, Hold

if TYPE_CHECKING:
    from collections.abc import Callable

    from PySide6.QtGui import QKeyEvent

    from firingorder.gui.key_button import KeyButton


class KeyHold:
    """A hold of Del, or of Ctrl+Del, or of the button with that key on it.

    Parameters
    ----------
    button
        Shows how much of the hold has passed.
    begin
        Says what will be done; returns whether it may be, else no hold begins.
    control
        Whether the key needs Ctrl.
    """

    def __init__(
        self,
        button: KeyButton,
        begin: Callable[[], bool],
        *,
        control: bool = True,
        needed_s: float = HOLD_S,
    ) -> None:
        self._button, self._begin, self._control = button, begin, control
        self._hold = Hold(needed_s)
        self._now_s, self._released_ms = 0.0, 0
        button.pressed.connect(self._press)
        button.released.connect(self._release)

    def take(self, now: float) -> bool:
        """Follow the clock of the page; return true once when the hold is complete."""
        self._now_s = now
        done = self._hold.take(now)
        self._button.set_progress(self._hold.share(now))
        return done

    def reset(self) -> None:
        """Forget it at once: the page goes."""
        self._hold.reset()
        self._button.set_progress(0.0)

    def press(self, event: QKeyEvent) -> bool:
        """Take the key; False: it is another one."""
        control = bool(event.modifiers() & Qt.KeyboardModifier.ControlModifier)
        if event.key() != Qt.Key.Key_Delete or not (control if self._control else plain(event)):
            return False
        if event.isAutoRepeat():
            return True
        # A key that is held repeats: the system stamps release and press of a pair alike, and Qt
        # does not mark those that arrive apart.
        repeated = 0 < event.timestamp() <= self._released_ms + REPEAT_MS
        if not (repeated and self._hold.held(self._now_s)):
            self._press()
        else:
            self._hold.press(self._now_s, repeated=True)
        return True

    def release(self, event: QKeyEvent) -> None:
        """Let go, where it is the key."""
        mine = (Qt.Key.Key_Delete, Qt.Key.Key_Control) if self._control else (Qt.Key.Key_Delete,)
        if event.key() in mine and not event.isAutoRepeat():
            self._released_ms = event.timestamp()
            self._release()

    def _press(self) -> None:
        if self._begin():
            self._hold.press(self._now_s)

    def _release(self) -> None:
        self._hold.release(self._now_s)
