"""The buttons along the bottom of the desk view. Every one of them does something."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Signal

from firingorder.gui.button_row import ButtonRow
from firingorder.gui.key_button import KeyButton

if TYPE_CHECKING:
    from PySide6.QtGui import QResizeEvent

    from firingorder.report.theme import Theme

HEIGHT_PX = 76
#: From this width on labels are whole.
WIDE_PX = 1240


def show_sound(button: KeyButton, why_off: str) -> None:
    """Let a button say whether something is heard: the state, on every page, not what it does.

    ``why_off`` is the sentence why nothing is; it is read on the button, too. Empty: sound is on.
    """
    on = not why_off
    button.set_label("Sound on" if on else "Sound off")
    button.set_hint(why_off)
    button.set_lit(lit=on)


class BottomBar(ButtonRow):
    """Pause or STOP, begin, mark, next set, floor view; at the right help and the end."""

    begin_clicked = Signal()
    stop_clicked = Signal()
    pause_clicked = Signal()
    mark_clicked = Signal()
    next_set_clicked = Signal()
    floor_clicked = Signal()
    sound_clicked = Signal()
    help_clicked = Signal()
    end_pressed = Signal()
    end_released = Signal()

    def __init__(self, theme: Theme) -> None:
        self.stop = KeyButton("STOP", "P", theme, primary=True)
        self.begin = KeyButton("Begin training", "Enter", theme)
        self.pause = KeyButton("Pause", "Space", theme, primary=True)
        self.mark = KeyButton("Mark", "M", theme)
        self.next_set = KeyButton("Next set", "N", theme)
        self.floor = KeyButton("Floor view", "F", theme)
        self.sound = KeyButton("Sound on", "S", theme)
        self.help = KeyButton("Help", "?", theme)
        self.end = KeyButton("Hold to end", "Ctrl+E", theme)
        self.end.setAccessibleName("End session")
        self.end.setAccessibleDescription("Hold for one second. Key Ctrl+E, held")
        left = (self.stop, self.pause, self.begin, self.mark, self.next_set, self.floor,
                self.sound)  # fmt: skip
        super().__init__(theme, HEIGHT_PX, left, (self.end, self.help))
        self._needed_px = 0
        self.stop.clicked.connect(self.stop_clicked)
        self.begin.clicked.connect(self.begin_clicked)
        self.pause.clicked.connect(self.pause_clicked)
        self.mark.clicked.connect(self.mark_clicked)
        self.next_set.clicked.connect(self.next_set_clicked)
        self.floor.clicked.connect(self.floor_clicked)
        self.sound.clicked.connect(self.sound_clicked)
        self.help.clicked.connect(self.help_clicked)
        self.end.pressed.connect(self.end_pressed)
        self.end.released.connect(self.end_released)

    def set_note(self, note: str) -> None:
        """Show the answer to the last key beside the buttons."""
        self.say(note, self._theme.text2)

    def set_useful(
        self, *, measuring: bool, running: bool, led: bool, played: bool, waits: bool = False
    ) -> None:
        """Show only the buttons that do something now.

        ``led``: the coach has taken over sets and pauses; ``played``: it is a recording; ``waits``:
        nothing is scored before a training has begun.
        """
        here = measuring and running
        for button in (self.mark, self.floor):
            button.setVisible(here)
        self.sound.setVisible(here and not played)
        for button in (self.pause, self.next_set):
            button.setVisible(here and not led and not waits)
        self.stop.setVisible(running and led)
        self.begin.setVisible(here and not led and not played)
        self.end.setVisible(running)
        if self.needed_px() != self._needed_px:
            self._shorten()
            self._needed_px = self.needed_px()

    def set_sound(self, why_off: str) -> None:
        """Say whether the session is heard, and if not, why."""
        show_sound(self.sound, why_off)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Shorten words where there is little room; screen readers hear them whole."""
        self._shorten()
        super().resizeEvent(event)

    def _shorten(self) -> None:
        """Take the long words where all of them fit beside their keys, else the short ones."""
        words = (
            (self.begin, "Begin training", "Begin"),
            (self.floor, "Floor view", "Floor"),
            (self.end, "Hold to end", "End"),
        )
        before = [button.text() for button, _, _ in words]
        for button, long, _ in words:
            button.setText(long)
        if self.width() < max(WIDE_PX, self.needed_px()):
            for button, _, short in words:
                button.setText(short)
        if before != [button.text() for button, _, _ in words]:
            for button, _, _ in words:
                button.updateGeometry()

    def set_paused(self, paused: bool) -> None:
        """Name what the first button does now."""
        self.pause.set_label("Go on" if paused else "Pause")
