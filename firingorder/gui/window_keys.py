"""The keys of the live window: shortcuts, holds, and who gets a key first."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Qt

from firingorder.gui.clocked_hold import ClockedHold
from firingorder.gui.coaching import ENTER
from firingorder.gui.commands import why_silent
from firingorder.gui.pedal import REPEAT_MS
from firingorder.gui.shortcuts import bind_keys, quieten
from firingorder.gui.view_models.pages import PAGES
from firingorder.gui.view_models.type_scale import DISTANCES_M

if TYPE_CHECKING:
    from collections.abc import Callable

    from PySide6.QtGui import QKeyEvent

    from firingorder.gui.bottom_bar import BottomBar
    from firingorder.gui.state_panel import StatePanel
    from firingorder.gui.window import LiveWindow

#: Steps of the volume.
VOLUME_STEP = 0.1
_CONTROL = Qt.KeyboardModifier.ControlModifier


class WindowKeys(QObject):
    """Routes keys to what is shown.

    ``resume`` and ``end`` are the holds that go on after a pause and end the session.
    """

    def __init__(self, window: LiveWindow, clock: Callable[[], float]) -> None:
        super().__init__(window)
        self._window = window
        self.resume, self.end = ClockedHold(clock), ClockedHold(clock)
        self._released_ms = 0
        self._quiet: tuple[bool, ...] | None = None

    def bind(self) -> None:
        """Bind the shortcuts. Everything they lead to must be there."""
        w = self._window
        commands = w.commands
        self._keys = bind_keys(
            w,
            {
                Qt.Key.Key_M: lambda: commands.mark(w.model.status),
                Qt.Key.Key_T: commands.align,
                Qt.Key.Key_L: w.link_panel.toggle,
                Qt.Key.Key_Escape: w.escape,
                "?": w.toggle_help,
                "Ctrl+H": w.hats.toggle,
                "Ctrl+P": w.person.toggle,
                "Ctrl+K": w.pedal_dialog.toggle,
                "Ctrl+D": w.change.choose,
                "Ctrl+Up": lambda: self._volume(VOLUME_STEP),
                "Ctrl+Down": lambda: self._volume(-VOLUME_STEP),
                **{page.key: lambda name=page.name: w.show_page(name) for page in PAGES},
            },
        )
        self._live_keys = bind_keys(
            w,
            {
                Qt.Key.Key_Space: self._pause,
                Qt.Key.Key_P: w.stop,
                Qt.Key.Key_N: commands.next_set,
                Qt.Key.Key_B: lambda: commands.own_baseline(w.model),
                Qt.Key.Key_H: w.hear_slowly,
                Qt.Key.Key_S: lambda: commands.toggle_sound(w.model.status),
                "Shift+F": w.second.toggle,
                "+": lambda: commands.play_at(1),
                "-": lambda: commands.play_at(-1),
                Qt.Key.Key_F: lambda: w.show_floor(floor=not w.on_floor),
                **{str(d): lambda d=d: w.set_distance(d) for d in DISTANCES_M},
            },
        )

    def press(self, event: QKeyEvent) -> bool:
        """Take a press that no shortcut and no widget has taken."""
        w = self._window
        repeated = self._repeated(event)
        if w.pedal.press(event) or any(one.press(event) for one in w.cards):
            return True
        if w.helped and w.coaching.leads and event.key() in (Qt.Key.Key_Space, Qt.Key.Key_P):
            w.toggle_help()  # STOP is under no card
            w.stop()
            return True
        enters = event.key() in ENTER and not (w.coaching.leads or w.pages.prepares or w.helped)
        if enters and w.change.entered():
            return True
        if w.coached and w.coaching.press(event, repeated=repeated):
            return True
        if event.key() == Qt.Key.Key_Space:
            self._space_pressed(repeated)
        elif event.key() == Qt.Key.Key_P and w.coaching.leads and w.pages.prepares:
            w.stop()
        elif event.key() == Qt.Key.Key_Escape:
            w.pages.calibrate.leave_pressed(repeated=repeated)
        elif event.key() == Qt.Key.Key_E and event.modifiers() & _CONTROL:
            self.end_pressed(repeated=repeated)
        else:
            return False
        return True

    def release(self, event: QKeyEvent) -> bool:
        """Let go of what :meth:`press` took."""
        w = self._window
        self._released_ms = event.timestamp()
        if w.pedal.release(event) or w.coaching.release(event):
            return True
        if event.key() == Qt.Key.Key_Space:
            self.resume.release()
        elif event.key() == Qt.Key.Key_Escape:
            w.pages.calibrate.leave_released()
        elif event.key() in (Qt.Key.Key_E, Qt.Key.Key_Control):
            self.end.release()
        else:
            return False
        return True

    def let_go(self) -> None:
        """Forget every hold: the window has lost the keyboard."""
        self.resume.reset()
        self.end.reset()
        self._window.coaching.let_go()
        self._window.pedal.let_go()

    def finish_holds(self) -> None:
        """Do what a hold has just completed, and let Space pause only where it may."""
        w = self._window
        w.pedal.take()
        if self.resume.take():
            w.commands.resume()
        held = self.resume.held()  # a key that is still down does not pause again
        leads = w.coaching.leads and w.led_here
        may_pause = not w.pages.prepares and not w.paused and not held and not leads
        self._live_keys[Qt.Key.Key_Space].setEnabled(may_pause)
        covered = w.helped or w.link_panel.isVisible()  # Esc closes what is nearest
        leaves = w.pages.current == "calibrate" and w.pages.calibrate.open and not covered
        self._keys[Qt.Key.Key_Escape].setEnabled(not leaves and not (leads and w.coached))
        if self.end.take():
            self._end()

    def _volume(self, step: float) -> None:
        w = self._window
        w.commands.set_volume(w.office, step, why_silent(w.model.status))

    def _end(self) -> None:
        """End the session; where a question about pain is open, show it first."""
        w = self._window
        if w.coaching.may_end():
            w.commands.end()
        elif w.pages.prepares:
            w.show_page("live")

    def quieten(self) -> None:
        """Let only the keys of what is shown do something."""
        w = self._window
        leads = w.led_here and w.coaching.leads
        state = (w.pages.prepares, leads, w.coaching.asks)
        if state != self._quiet:
            self._quiet = state
            quieten(self._keys, self._live_keys, prepares=state[0], leads=state[1], asks=state[2])

    def let_end(self, by: BottomBar | StatePanel) -> None:
        """Let a finger on a button of a bar or a panel end the session, as the key does."""
        by.end_pressed.connect(lambda: self.end_pressed())
        by.end_released.connect(self.end.release)

    def pause_pressed(self) -> None:
        """Begin to go on, by a finger."""
        if self._window.paused:
            self.resume.press()

    def end_pressed(self, *, repeated: bool = False) -> None:
        """Begin to end the session."""
        w = self._window
        if not w.commands.stopped and w.model.status.connection not in ("closed", "refused"):
            self.end.press(repeated=repeated)

    def _pause(self) -> None:
        self.resume.spend()  # the same press does not go on again
        self._window.pause()

    def _repeated(self, event: QKeyEvent) -> bool:
        """Return whether a press is the other half of a repeat; the system stamps both alike."""
        return 0 < event.timestamp() <= self._released_ms + REPEAT_MS

    def _space_pressed(self, repeated: bool) -> None:
        w = self._window
        if w.pages.prepares:
            return
        if w.paused or (repeated and self.resume.held()):
            self.resume.press(repeated=repeated)
