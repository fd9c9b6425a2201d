"""The bottom row of the review: step, play, time, speeds; undo, export, report."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QRectF, Qt, Signal
from PySide6.QtGui import QPainter
from PySide6.QtWidgets import QHBoxLayout, QWidget

from firingorder.gui.bottom_bar import HEIGHT_PX
from firingorder.gui.key_button import KeyButton
from firingorder.gui.review_style import PresetButton, RoundButton
from firingorder.gui.view_models.review_player import SPEEDS, speed_words
from firingorder.report.painter import draw_text, text_width
from firingorder.report.theme import BODY_PX, NUMBER_PX, SMALL_PX, font

if TYPE_CHECKING:
    from PySide6.QtGui import QColor, QPaintEvent, QResizeEvent

    from firingorder.report.theme import Theme

#: The words of the speeds.

HINTS = "←  →  rep      ,  .  1 ms      E  next unsure"
#: Below these widths: no hints, one button for all speeds, small buttons.
_TIME_PX, _SPEEDS_FROM_PX, _WIDE_PX = 168, 1230, 1560
_GAP_PX = 8


class Transport(QWidget):
    """Buttons at both ends; between them what there is to say."""

    speed_chosen = Signal(float)

    def __init__(self, theme: Theme, help_button: KeyButton) -> None:
        super().__init__()
        self._theme = theme
        self._now, self._whole = "", ""
        self._said, self._ink = "", theme.text2
        self.setAccessibleName("Playing and actions")
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent, True)
        self.setFixedHeight(HEIGHT_PX)
        self.previous = RoundButton("Repetition before", "previous", "←", theme)
        self.play = RoundButton("Play", "play", "Space", theme, primary=True)
        self.next = RoundButton("Repetition after", "next", "→", theme)
        self.speeds = {s: PresetButton(speed_words(s), "", theme) for s in SPEEDS}
        self.undo = KeyButton("Undo", "Ctrl+Z", theme)
        self.export = KeyButton("Export", "Ctrl+S", theme)
        self.report = KeyButton("Make report", "Ctrl+P", theme, primary=True)
        self.help = help_button
        row = self._row = QHBoxLayout(self)
        row.setContentsMargins(20, 0, 20, 0)
        row.setSpacing(_GAP_PX)
        for button in (self.previous, self.play, self.next):
            row.addWidget(button)
        row.addSpacing(_TIME_PX)
        for speed, button in self.speeds.items():
            button.setAccessibleName(f"Speed {speed_words(speed)}")
            button.clicked.connect(lambda _=False, speed=speed: self._chose(speed))
            row.addWidget(button)
        row.addStretch(1)
        for button in (self.help, self.undo, self.export, self.report):
            button.setMinimumWidth(78)
            row.addWidget(button)
        self.show_speed(1.0)

    def show_time(self, now: str, whole: str) -> None:
        """Show where it is, and of how much."""
        if (now, whole) != (self._now, self._whole):
            self._now, self._whole = now, whole
            self.update()

    def show_speed(self, speed: float) -> None:
        """Mark the speed that is chosen."""
        self.speed = speed
        for one, button in self.speeds.items():
            button.set_chosen(chosen=one == speed)
        self._fit()

    def show_playing(self, *, playing: bool) -> None:
        """Let the middle button play or stop."""
        self.play.set_sign("stop" if playing else "play", "Stop" if playing else "Play")

    def say(self, text: str, ink: QColor) -> None:
        """Show a sentence in place of the hints."""
        if (text, ink) != (self._said, self._ink):
            self._said, self._ink = text, ink
            self.setAccessibleDescription(text)
            self.update()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Show what there is room for."""
        super().resizeEvent(event)
        self._fit()

    def _chose(self, speed: float) -> None:
        alone = sum(button.isVisibleTo(self) for button in self.speeds.values()) == 1
        if alone:
            speed = SPEEDS[(SPEEDS.index(speed) + 1) % len(SPEEDS)]
        self.speed_chosen.emit(speed)

    def _fit(self) -> None:
        all_of_them = self.width() >= _SPEEDS_FROM_PX
        for speed, button in self.speeds.items():
            button.setVisible(all_of_them or speed == self.speed)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the ground, the time, the sentence."""
        theme, p = self._theme, QPainter(self)
        p.fillRect(self.rect(), theme.surface)
        p.setPen(theme.line)
        p.drawLine(0, 0, self.width(), 0)
        left = self.next.geometry().right() + 20
        now = font(NUMBER_PX, 700)
        width = text_width(self._now, now)
        draw_text(p, QRectF(left, 0, width + 4, self.height()), self._now, now, theme.text)
        whole = QRectF(left + width + 8, 3, 90, self.height())
        room = _TIME_PX - 20 - width
        if text_width(self._whole, font(BODY_PX, 500)) <= room:
            draw_text(p, whole, self._whole, font(BODY_PX, 500), theme.text2)
        shown = [b for b in self.speeds.values() if b.isVisibleTo(self)]
        left = shown[-1].geometry().right() + 22 if shown else left + width
        spot = QRectF(left, 0, self.help.x() - left - 16, self.height())
        text = self._said or (HINTS if self.width() >= _WIDE_PX else "")
        if text and spot.width() > 60:
            words = font(SMALL_PX, 600 if self._said else 500)
            flags = int(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
                        | Qt.TextFlag.TextWordWrap)  # fmt: skip
            p.setFont(words)
            p.setPen(self._ink if self._said else theme.text2)
            p.drawText(spot, flags, text)
        p.end()
