"""The live window: one timer pulls the feed, two views show it, keys and buttons command it."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, Qt, QTimer, Signal
from PySide6.QtGui import QPainter
from PySide6.QtWidgets import QStackedLayout, QVBoxLayout, QWidget

from firingorder.gui.commands import Commands
from firingorder.gui.desk_view import DeskView
from firingorder.gui.floor_view import FloorView
from firingorder.gui.link_panel import LinkPanel
from firingorder.gui.overlays import Overlay
from firingorder.gui.shortcuts import bind_keys
from firingorder.gui.view_models.hold import Hold
from firingorder.gui.view_models.link_panel import link_panel
from firingorder.gui.view_models.link_state import present_state
from firingorder.gui.view_models.live_model import LiveModel
from firingorder.gui.view_models.type_scale import DISTANCES_M
from firingorder.report.theme import THEMES, load_fonts

if TYPE_CHECKING:
    from collections.abc import Callable

    from PySide6.QtGui import QCloseEvent, QKeyEvent, QPaintEvent, QResizeEvent, QShowEvent

    from firingorder.gui.source import LiveSource
    from firingorder.report.theme import ThemeName
    from firingorder.report.wording import Target

FRAME_MS = 33
#: Width of the blue frame around a recording, so that nobody takes it for a live person.
FRAME_PX = 5
#: Release and press of a repeated key bear the same time; a finger needs longer than this.
REPEAT_MS = 5


class LiveWindow(QWidget):
    """Shows a running session. Closing it ends the session.

    Parameters
    ----------
    session
        A started session.
    floor
        Go to the floor view whenever a set starts.
    target
        What the therapist asked for; without it no outcome is green or orange.
    offer_demo
        Called when the person chooses the simulated belt; returns the session to show instead.
    clock
        Host seconds, monotonic: for holds and for the timers of the link, never for results.
    """

    ticked = Signal()
    closing = Signal()
    closed = Signal()

    def __init__(
        self,
        session: LiveSource,
        *,
        floor: bool = False,
        target: Target | None = None,
        theme: ThemeName = "dark",
        offer_demo: Callable[[], LiveSource] | None = None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        super().__init__()
        load_fonts()
        self._clock, self._offer_demo = clock, offer_demo
        self.commands = Commands(session, clock)
        self._theme = THEMES[theme]
        self._floor_wanted = floor
        self._shown_set: int | None = None
        self._resume_hold, self._end_hold = Hold(), Hold()
        self._help_open = False
        self._released_ms = 0
        self.model = LiveModel(target)
        self.desk, self.floor = DeskView(self._theme), FloorView(self._theme)
        self.setWindowTitle("firingorder")
        self.setAccessibleName("firingorder, live session")
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent, True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setMinimumSize(960, 600)
        self._frame = QVBoxLayout(self)
        self._frame.setContentsMargins(0, 0, 0, 0)
        self._views = QStackedLayout()
        self._views.addWidget(self.desk)
        self._views.addWidget(self.floor)
        self._frame.addLayout(self._views)
        self.link_panel = LinkPanel(self._theme, self)
        self.overlay = Overlay(self._theme, self)
        self._connect()
        self._timer = QTimer(self)
        self._timer.setTimerType(Qt.TimerType.PreciseTimer)
        self._timer.timeout.connect(self.tick)
        self._timer.start(FRAME_MS)
        self.tick()

    @property
    def on_floor(self) -> bool:
        """Whether the floor view is shown."""
        return self._views.currentWidget() is self.floor

    def tick(self) -> None:
        """Pull the feed and show it; the timer does so thirty times a second."""
        update, now = self.commands.session.poll(), self._clock()
        self.model.apply(update, now)
        self.desk.strips.take(update)
        self.commands.heard(update.events)
        self._finish_holds(now)
        self._follow_sets()
        self._show_source()
        demo = self._offer_demo is not None
        state = present_state(self.model, demo_offered=demo)
        if self.on_floor:
            self.floor.show_frame(self.model, state)
        else:
            self.desk.show_frame(self.model, state)
            self.desk.bottom_bar.set_note(self.commands.note())
            self.desk.bottom_bar.end.set_progress(self._end_hold.share(now))
        if self.link_panel.isVisible():
            self.link_panel.show_view(link_panel(self.model.status))
        self._show_overlay(now)
        self.ticked.emit()

    def pause(self) -> None:
        """Pause at once."""
        self.commands.pause(self.model.status)

    def mark(self) -> None:
        """Mark this instant."""
        self.commands.mark(self.model.status)

    def show_floor(self, floor: bool) -> None:
        """Show the floor view, or the desk view."""
        self._views.setCurrentWidget(self.floor if floor else self.desk)
        self.setFocus()
        self.tick()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Begin a hold: Space while paused, Ctrl+E at any time."""
        if event.isAutoRepeat():
            return
        control = bool(event.modifiers() & Qt.KeyboardModifier.ControlModifier)
        if event.key() == Qt.Key.Key_Space:
            self._space_pressed(self._repeated(event))
        elif event.key() == Qt.Key.Key_E and control:
            self._end_pressed(repeated=self._repeated(event))
        else:
            super().keyPressEvent(event)

    def keyReleaseEvent(self, event: QKeyEvent) -> None:
        """Let go of a hold."""
        if event.isAutoRepeat():
            return
        self._released_ms = event.timestamp()
        if event.key() == Qt.Key.Key_Space:
            self._resume_hold.release(self._clock())
        elif event.key() in (Qt.Key.Key_E, Qt.Key.Key_Control):
            self._end_hold.release(self._clock())
        else:
            super().keyReleaseEvent(event)

    def changeEvent(self, event: QEvent) -> None:
        """Let go of every hold when the window loses the keyboard."""
        if event.type() == QEvent.Type.ActivationChange and not self.isActiveWindow():
            self._resume_hold.reset()
            self._end_hold.reset()
        super().changeEvent(event)

    def closeEvent(self, event: QCloseEvent) -> None:
        """End the session with the window."""
        self._timer.stop()
        self.closing.emit()
        self.commands.end()
        super().closeEvent(event)
        self.closed.emit()

    def showEvent(self, event: QShowEvent) -> None:
        """Take the keyboard, so that no button looks chosen."""
        self.setFocus()
        super().showEvent(event)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Keep the overlay over everything."""
        self.overlay.setGeometry(self.rect())
        self.link_panel.place()
        super().resizeEvent(event)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the frame of a recording."""
        p = QPainter(self)
        p.fillRect(event.rect(), self._theme.accent)
        p.end()

    def _connect(self) -> None:
        bar = self.desk.bottom_bar
        bar.pause_clicked.connect(self.pause)
        bar.pause.pressed.connect(self._pause_pressed)
        bar.pause.released.connect(self._pause_released)
        bar.mark_clicked.connect(self.mark)
        bar.next_set_clicked.connect(self.commands.next_set)
        bar.floor_clicked.connect(lambda: self.show_floor(floor=True))
        bar.help_clicked.connect(self._toggle_help)
        self.overlay.pressed.connect(self._overlay_pressed)
        self.overlay.released.connect(self._pause_released)
        for panel in (bar, self.desk.banner, self.desk.card):
            panel.end_pressed.connect(lambda: self._end_pressed())
            panel.end_released.connect(self._end_released)
        for panel in (self.desk.banner, self.desk.card):
            panel.acted.connect(self._act)
        keys = bind_keys(
            self,
            {
                Qt.Key.Key_Space: self._pause_by_key,
                Qt.Key.Key_M: self.mark,
                Qt.Key.Key_N: self.commands.next_set,
                Qt.Key.Key_T: self.commands.align,
                Qt.Key.Key_F: lambda: self.show_floor(floor=not self.on_floor),
                Qt.Key.Key_L: self.link_panel.toggle,
                Qt.Key.Key_Escape: self._escape,
                "?": self._toggle_help,
                **{str(d): lambda d=d: self.floor.set_distance(d) for d in DISTANCES_M},
            },
        )
        self._pause_key = keys[Qt.Key.Key_Space]

    def _pause_by_key(self) -> None:
        self._resume_hold.spend(self._clock())  # the same press does not go on again
        self.pause()

    def _repeated(self, event: QKeyEvent) -> bool:
        """Return whether a press is the other half of a repeat; the system stamps both alike."""
        return 0 < event.timestamp() <= self._released_ms + REPEAT_MS

    def _space_pressed(self, repeated: bool) -> None:
        now = self._clock()
        if self.model.status.paused or (repeated and self._resume_hold.held(now)):
            self._resume_hold.press(now, repeated=repeated)

    def _pause_released(self) -> None:
        self._resume_hold.release(self._clock())

    def _end_released(self) -> None:
        self._end_hold.release(self._clock())

    def _pause_pressed(self) -> None:
        if self.model.status.paused:
            self._resume_hold.press(self._clock())

    def _end_pressed(self, *, repeated: bool = False) -> None:
        if not self.commands.stopped and self.model.status.connection not in ("closed", "refused"):
            self._end_hold.press(self._clock(), repeated=repeated)

    def _overlay_pressed(self) -> None:
        if self.overlay.kind == "help":
            self._toggle_help()
        else:
            self._pause_pressed()

    def _finish_holds(self, now: float) -> None:
        if self._resume_hold.take(now):
            self.commands.session.resume()
        held = self._resume_hold.held(now)  # a key that is still down does not pause again
        self._pause_key.setEnabled(not self.model.status.paused and not held)
        if self._end_hold.take(now):
            self.commands.end()

    def _follow_sets(self) -> None:
        """Go to the floor view when a set starts, if the floor view was asked for."""
        status = self.model.status
        if status.connection != "streaming" or status.set_index == self._shown_set:
            return
        self._shown_set = status.set_index
        if self._floor_wanted and not self.on_floor:
            self._views.setCurrentWidget(self.floor)

    def _show_source(self) -> None:
        margin = FRAME_PX if self.model.status.source == "replay" else 0
        if self._frame.contentsMargins().left() != margin:
            self._frame.setContentsMargins(margin, margin, margin, margin)
            self.update()

    def _show_overlay(self, now: float) -> None:
        if self._end_hold.active:
            self.overlay.show_kind("ending", share=self._end_hold.share(now))
        elif self._help_open:
            self.overlay.show_kind("help", note=self.floor.reading_note())
        elif self.model.status.paused and self.model.status.connection != "closed":
            self.overlay.show_kind("paused", share=self._resume_hold.share(now))
        else:
            self.overlay.show_kind("")

    def _toggle_help(self) -> None:
        self._help_open = not self._help_open
        self._show_overlay(self._clock())

    def _escape(self) -> None:
        if self._help_open:
            self._toggle_help()
        elif self.link_panel.isVisible():
            self.link_panel.toggle()
        elif self.on_floor:
            self.show_floor(floor=False)

    def _act(self, action: str) -> None:
        if action == "demo" and self._offer_demo is not None:
            self.commands.change(self._offer_demo())
        elif action == "close":
            self.close()
