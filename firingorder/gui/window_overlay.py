"""What lies over the live window: which of pause, help and holds is the nearest."""

from __future__ import annotations

from typing import TYPE_CHECKING

from shiboken6 import isValid

from firingorder.gui.overlays import Overlay
from firingorder.gui.view_models.help_keys import help_note

if TYPE_CHECKING:
    from PySide6.QtCore import QRect
    from PySide6.QtWidgets import QWidget

    from firingorder.gui.window import LiveWindow
    from firingorder.report.theme import Theme

#: Where nothing is measured there is no pause to be shown: a card says what is to be done.
NOTHING_RUNS = ("idle", "closed", "refused")


class WindowOverlay(Overlay):
    """Follows the window it lies over."""

    def __init__(self, theme: Theme, window: LiveWindow) -> None:
        super().__init__(theme, window)
        self._window = window
        self._behind: QWidget | None = None
        self._held = False
        self.pressed.connect(self._pressed)
        self.released.connect(window.keys.resume.release)

    def follow(self) -> None:
        """Show what is nearest now."""
        w = self._window
        live = not w.pages.prepares
        self.place()
        if w.keys.end.active:
            self.show_kind("ending", share=w.keys.end.share())
        elif (share := w.pedal.share()) > 0.0:
            self.show_kind("stopping", share=share)
        elif w.helped:
            note = help_note(w.model.status)
            if live:
                note = f"{w.floor.reading_note()} {note}"
            led = w.coaching.leads and w.led_here
            self.show_kind("help", note=note, page=w.pages.current, led=led)
        elif w.coaching.leads and w.coached:
            self.show_kind(*w.coaching.hold())
        elif w.paused and w.model.status.connection not in NOTHING_RUNS and live:
            self.show_kind("paused", share=w.keys.resume.share())
        else:
            self.show_kind("")
        if self.kind == "help":
            self._hold_focus()
        else:
            self._return_focus()

    def focusNextPrevChild(self, next: bool) -> bool:
        """Keep Tab in the help: what it would go to lies behind the veil."""
        return self._held or super().focusNextPrevChild(next)

    def _hold_focus(self) -> None:
        """Take the focus, also from a page that opens below; a card that asks keeps it."""
        if self.hasFocus() or any(card.asks for card in self._window.cards):
            return
        self._behind, self._held = self._window.focusWidget(), True
        self.setFocus()

    def _return_focus(self) -> None:
        """Give the focus back where it came from, or to the window if that is gone."""
        held, behind = self._held, self._behind
        self._held, self._behind = False, None
        if not held or any(card.asks for card in self._window.cards):
            return
        if behind is not None and isValid(behind) and behind.isVisible():
            behind.setFocus()
        else:
            self._window.setFocus()

    def place(self) -> None:
        """Cover the window; the button STOP stays free where there is one."""
        rect = self._rect()
        if rect != self.geometry():
            self.setGeometry(rect)

    def _rect(self) -> QRect:
        w = self._window
        led = w.coaching.leads and not w.pages.prepares and not w.on_floor
        return w.rect().adjusted(0, 0, 0, -w.desk.bottom_bar.height() if led else 0)

    def _pressed(self) -> None:
        if self.kind == "help":
            self._window.toggle_help()
        else:
            self._window.keys.pause_pressed()
