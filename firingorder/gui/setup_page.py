"""The setup page: body map, one row a channel, and what to do about it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QPainter
from PySide6.QtWidgets import QHBoxLayout, QWidget

from firingorder.gui.body_map import BodyView, describe_body, draw_body
from firingorder.gui.bottom_bar import HEIGHT_PX as BAR_PX
from firingorder.gui.button_row import ButtonRow
from firingorder.gui.canvas import Canvas
from firingorder.gui.key_button import KeyButton
from firingorder.gui.page_frame import PageFrame
from firingorder.gui.setup_overlay import SetupOverlay
from firingorder.gui.setup_rows import SetupRows
from firingorder.gui.shortcuts import bind_keys
from firingorder.gui.view_models.setup import (
    SetupDesk,
    identified_words,
    override_words,
    swap_muscle,
)
from firingorder.gui.view_models.setup_cards import guide, raw
from firingorder.report.wording import muscle_title

if TYPE_CHECKING:
    from collections.abc import Sequence

    from PySide6.QtGui import QPaintEvent, QResizeEvent

    from firingorder.gui.commands import Commands
    from firingorder.gui.view_models.link_state import StateView
    from firingorder.report.theme import Theme
    from firingorder.samples import DisplayBlock
    from firingorder.session.feed import FeedUpdate, LiveStatus

GAP_PX = 20
_SPLIT = (31, 69)
#: Below this width a label is short.
WIDE_PX = 1100


class SetupPage(QWidget):
    """Shows how every pad stands. ``continued`` when the person goes on to the next page."""

    continued = Signal()
    help_clicked = Signal()

    def __init__(self, theme: Theme, commands: Commands) -> None:
        super().__init__()
        self._theme, self._commands = theme, commands
        self._desk = SetupDesk()
        self._status: LiveStatus | None = None
        self._card = ""
        self.setAccessibleName("Setup")
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent, True)
        self.body: Canvas[BodyView] = Canvas("Body map", theme, draw_body, describe_body)
        self.rows = SetupRows(theme)
        self.rows.chosen.connect(self._select)
        self.go_on = KeyButton("Continue", "Enter", theme, primary=True)
        self.again = KeyButton("Check again", "Space", theme)
        self.swap = KeyButton("Swap left / right", "X", theme)
        self.swap.setAccessibleName("Swap left and right of the chosen muscle")
        self.guide = KeyButton("Pad guide", "G", theme)
        self.raw = KeyButton("Raw", "R", theme)
        self.raw.setAccessibleName("Raw numbers")
        self.help = KeyButton("Help", "?", theme)
        left = (self.go_on, self.again, self.swap, self.guide, self.raw)
        self.buttons = ButtonRow(theme, BAR_PX, left, (self.help,))
        self._middle = QWidget()
        row = QHBoxLayout(self._middle)
        row.setContentsMargins(GAP_PX, GAP_PX, GAP_PX, GAP_PX)
        row.setSpacing(GAP_PX)
        row.addWidget(self.body, _SPLIT[0])
        row.addWidget(self.rows, _SPLIT[1])
        self.frame = PageFrame(self, theme, self._middle, self.buttons)
        self.overlay = SetupOverlay(theme, self._middle)
        self._connect()

    def show_frame(
        self,
        update: FeedUpdate,
        recent: Sequence[DisplayBlock],
        state: StateView | None,
    ) -> None:
        """Show the present state; only the traces are painted in every frame."""
        status = update.status
        self._status = status
        seen = self.frame.show_state(state)
        for button in (self.go_on, self.again, self.swap, self.guide, self.raw):
            button.setVisible(seen)
        if not seen:
            self.buttons.say("", self._theme.text2)
            return
        view = self._desk.view(status)
        self.rows.show_rows(view)
        self.rows.take(update.blocks, recent, calibrated=status.calibrated)
        moving = self.rows.moving
        said = identified_words(self._desk.selected(status), moving)
        self.body.show_model(BodyView(view, moving, said))
        self.go_on.setEnabled(view.can_continue)
        self.swap.setEnabled(bool(view.swap))
        note = self._commands.note()
        inks = {"bad": self._theme.back, "warn": self._theme.close}
        ink = self._theme.text2 if note else inks.get(view.summary_tone, self._theme.text2)
        self.buttons.say(note or view.summary, ink)
        cards = {"guide": guide, "raw": raw}
        self.overlay.show_view(cards[self._card](status) if self._card else None)

    def forget(self) -> None:
        """Drop what only a visible page needs."""
        self.rows.forget()
        self._card = ""
        self.overlay.show_view(None)

    def forget_session(self) -> None:
        """Drop what was seen of the pads: another session begins."""
        self._desk, self._status = SetupDesk(), None
        self.forget()

    def close_card(self) -> bool:
        """Close the card that lies over the page; return whether there was one."""
        was, self._card = bool(self._card), ""
        self.overlay.show_view(None)
        return was

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Keep the card over the page."""
        super().resizeEvent(event)
        self.swap.setText("Swap left / right" if self.width() >= WIDE_PX else "Swap")
        self.overlay.setGeometry(self._middle.rect())

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the ground between the panels."""
        p = QPainter(self)
        p.fillRect(event.rect(), self._theme.background)
        p.end()

    def _connect(self) -> None:
        self.go_on.clicked.connect(self._continue)
        self.again.clicked.connect(self._again)
        self.swap.clicked.connect(self._swap)
        self.guide.clicked.connect(lambda: self._toggle("guide"))
        self.raw.clicked.connect(lambda: self._toggle("raw"))
        self.help.clicked.connect(self.help_clicked)
        self.overlay.hidden.connect(self.close_card)
        bind_keys(
            self,
            {
                Qt.Key.Key_Return: self._continue,
                Qt.Key.Key_Enter: self._continue,
                "Shift+Return": self._override,
                "Shift+Enter": self._override,
                Qt.Key.Key_Space: self._again,
                Qt.Key.Key_X: self._swap,
                Qt.Key.Key_G: lambda: self._toggle("guide"),
                Qt.Key.Key_R: lambda: self._toggle("raw"),
                Qt.Key.Key_Up: lambda: self._move(-1),
                Qt.Key.Key_Down: lambda: self._move(1),
            },
        )

    def _continue(self) -> None:
        if self.frame.entered():
            return
        if self._status is not None and self._desk.view(self._status).can_continue:
            self.continued.emit()

    def _override(self) -> None:
        if self._status is None:
            return
        view = self._desk.view(self._status)
        if view.can_override:
            self._commands.note_down(override_words(view))
        if view.can_override or view.can_continue:
            self.continued.emit()

    def _again(self) -> None:
        if self._status is not None:
            self._desk.check_anew(self._status)

    def _swap(self) -> None:
        if self._status is None:
            return
        muscle = swap_muscle(self._status, self._desk.selected(self._status))
        if muscle:
            self._commands.swap(muscle, muscle_title(muscle))

    def _select(self, channel: str) -> None:
        self._desk.select(channel)

    def _move(self, step: int) -> None:
        if self._status is not None:
            self._desk.move(self._status, step)

    def _toggle(self, card: str) -> None:
        self._card = "" if self._card == card else card
