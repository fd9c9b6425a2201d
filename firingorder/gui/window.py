"""The live window: one timer pulls the feed, two views show it, keys and buttons command it."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, Qt, QTimer, Signal

from firingorder.gui.clocked_hold import ClockedHold
from firingorder.gui.coaching import Coaching
from firingorder.gui.commands import Commands
from firingorder.gui.floor_window import SecondScreen
from firingorder.gui.framed import FramedWindow
from firingorder.gui.hat_switch import HatSwitch
from firingorder.gui.link_panel import LinkPanel
from firingorder.gui.overlays import Overlay
from firingorder.gui.pages import Pages
from firingorder.gui.person_panel import PersonPanel
from firingorder.gui.shortcuts import bind_keys, quieten
from firingorder.gui.view_models.help_keys import help_note
from firingorder.gui.view_models.link_panel import link_panel
from firingorder.gui.view_models.link_state import present_state
from firingorder.gui.view_models.live_model import LiveModel
from firingorder.gui.view_models.pages import PAGES
from firingorder.gui.view_models.type_scale import DISTANCES_M
from firingorder.report.theme import THEMES, load_fonts
from firingorder.session.office import Office

if TYPE_CHECKING:
    from collections.abc import Callable

    from PySide6.QtGui import QCloseEvent, QKeyEvent, QResizeEvent, QShowEvent

    from firingorder.gui.source import LiveSource
    from firingorder.gui.view_models.pages import PageName
    from firingorder.report.theme import ThemeName
    from firingorder.report.wording import Target
    from firingorder.sound.out import SoundOut

FRAME_MS = 33
#: Release and press of a repeated key bear the same time; a finger needs longer than this.
REPEAT_MS = 5


class LiveWindow(FramedWindow):
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
    page
        The page to begin with. Nothing is scored while it is not "live".
    open_sound
        Called when a page first needs sound; without it there is none.
    office
        What is kept on this computer; None: in the user's folders, of nobody who was named.
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
        page: PageName = "live",
        open_sound: Callable[[], SoundOut] | None = None,
        office: Office | None = None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        super().__init__(THEMES[theme])
        load_fonts()
        self._clock, self._offer_demo = clock, offer_demo
        self.office = office or Office()
        self.commands = Commands(session, clock)
        self._floor_wanted = floor
        self._shown_set: int | None = None
        self._resume_hold, self._end_hold = ClockedHold(clock), ClockedHold(clock)
        self._help_open = False
        self._released_ms = 0
        self._quiet_state: tuple[bool, bool] | None = None
        self.model = LiveModel(target)
        self.pages = Pages(self._theme, self.commands, clock, page, self.office, open_sound)
        self.desk, self.floor = self.pages.desk, self.pages.floor
        self.setWindowTitle("firingorder")
        self.setAccessibleName("firingorder, live session")
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setMinimumSize(960, 600)
        self.column.addWidget(self.pages.header)
        self.column.addLayout(self.pages.stack)
        self.coaching = Coaching(self._theme, self, self.commands, clock)
        self.second = SecondScreen(self, self._theme, self.office, self.commands.tell)
        asking = (self._theme, self, self.office, self.commands)
        self.hats, self.person = HatSwitch(*asking), PersonPanel(*asking)
        self.link_panel = LinkPanel(self._theme, self)
        self.overlay = Overlay(self._theme, self)
        self._connect()
        self._quieten()
        self._timer = QTimer(self)
        self._timer.setTimerType(Qt.TimerType.PreciseTimer)
        self._timer.timeout.connect(self.tick)
        self._timer.start(FRAME_MS)
        self.tick()

    @property
    def _paused(self) -> bool:
        return self.commands.paused(self.model.status)

    @property
    def _escape_leaves(self) -> bool:
        """Whether Esc, held, leaves a calibration: nothing nearer is there to be closed."""
        covered = self._help_open or self.link_panel.isVisible()
        return self.pages.current == "calibrate" and self.pages.calibrate.open and not covered

    @property
    def on_floor(self) -> bool:
        """Whether the floor view is shown."""
        return self.pages.on_floor

    def tick(self) -> None:
        """Pull the feed and show it; the timer does so thirty times a second."""
        update, now = self.commands.session.poll(), self._clock()
        self.model.apply(update, now)
        self.model.hat = self.office.hat
        self.desk.strips.take(update)
        self.commands.heard(update.events)
        self._finish_holds()
        self._follow_sets()
        self.show_frame(framed=self.model.status.source == "replay")
        self.pages.follow(self.model.status)
        seen = not self.pages.prepares and (self.second.window is None or self.on_floor)
        self.coaching.follow(self.model.status.coach, seen=seen)
        for card in (self.hats, self.person):
            card.place(self.rect())
        self.coaching.place(self.pages.view_rect())
        self._quieten()
        state = present_state(self.model, demo_offered=self._offer_demo is not None)
        self.pages.show_frame(self.model, update, state, now)
        self.second.show_frame(self.model, state, self.coaching.shown)
        self.desk.bottom_bar.end.set_progress(self._end_hold.share())
        if self.link_panel.isVisible():
            self.link_panel.show_view(link_panel(self.model.status))
        self._show_overlay()
        self.ticked.emit()

    def show_page(self, page: PageName, *, floor: bool = False) -> None:
        """Go to a page, or to the floor view of the live one."""
        self.pages.go_to(page, floor=floor)
        self.coaching.card.raise_()  # the layout puts the page that is shown on top
        self._quieten()
        self.setFocus()
        self.tick()

    def pause(self) -> None:
        """Pause at once."""
        self.commands.pause(self.model.status)

    def show_floor(self, floor: bool) -> None:
        """Show the floor view, or the desk view."""
        self.show_page("live", floor=floor)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Begin a hold: Space while paused, Ctrl+E at any time."""
        if event.isAutoRepeat():
            return
        if self.hats.press(event) or self.person.press(event):
            return
        if self._coached and self.coaching.press(event, repeated=self._repeated(event)):
            return
        control = bool(event.modifiers() & Qt.KeyboardModifier.ControlModifier)
        if event.key() == Qt.Key.Key_Space:
            self._space_pressed(self._repeated(event))
        elif event.key() == Qt.Key.Key_Escape:
            self.pages.calibrate.leave_pressed(repeated=self._repeated(event))
        elif event.key() == Qt.Key.Key_E and control:
            self._end_pressed(repeated=self._repeated(event))
        else:
            super().keyPressEvent(event)

    def keyReleaseEvent(self, event: QKeyEvent) -> None:
        """Let go of a hold."""
        if event.isAutoRepeat():
            return
        self._released_ms = event.timestamp()
        if self._coached and self.coaching.release(event):
            return
        if event.key() == Qt.Key.Key_Space:
            self._resume_hold.release()
        elif event.key() == Qt.Key.Key_Escape:
            self.pages.calibrate.leave_released()
        elif event.key() in (Qt.Key.Key_E, Qt.Key.Key_Control):
            self._end_hold.release()
        else:
            super().keyReleaseEvent(event)

    def event(self, event: QEvent) -> bool:
        """Keep every key for what is being typed; a letter would be a command otherwise."""
        if event.type() == QEvent.Type.ShortcutOverride:
            if self.hats.asks or self.person.asks or (self._coached and self.coaching.writes):
                event.accept()
                return True
        return super().event(event)

    def changeEvent(self, event: QEvent) -> None:
        """Let go of every hold when the window loses the keyboard."""
        if event.type() == QEvent.Type.ActivationChange and not self.isActiveWindow():
            self._resume_hold.reset()
            self._end_hold.reset()
            self.coaching.let_go()
        super().changeEvent(event)

    def closeEvent(self, event: QCloseEvent) -> None:
        """End the session with the window."""
        self._timer.stop()
        self.pages.calibrate.cues.close()
        self.second.close()
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

    def _connect(self) -> None:
        bar = self.desk.bottom_bar
        bar.begin_clicked.connect(self._begin_training)
        bar.stop_clicked.connect(self.coaching.stop)
        bar.pause_clicked.connect(self.pause)
        bar.pause.pressed.connect(self._pause_pressed)
        bar.pause.released.connect(self._resume_hold.release)
        bar.mark_clicked.connect(lambda: self.commands.mark(self.model.status))
        bar.next_set_clicked.connect(self.commands.next_set)
        bar.floor_clicked.connect(lambda: self.show_floor(floor=True))
        bar.help_clicked.connect(self._toggle_help)
        pages = self.pages
        pages.header.tabs.chosen.connect(self.show_page)
        for page in (pages.setup, pages.calibrate, *pages.around.values()):
            page.help_clicked.connect(self._toggle_help)
        pages.setup.continued.connect(lambda: self.show_page("calibrate"))
        pages.calibrate.left.connect(lambda: self.show_page("live"))
        self.overlay.pressed.connect(self._overlay_pressed)
        self.overlay.released.connect(self._resume_hold.release)
        for panel in (bar, *pages.state_panels):
            panel.end_pressed.connect(lambda: self._end_pressed())
            panel.end_released.connect(self._end_hold.release)
        for panel in pages.state_panels:
            panel.acted.connect(self._act)
        self._keys = bind_keys(
            self,
            {
                Qt.Key.Key_M: lambda: self.commands.mark(self.model.status),
                Qt.Key.Key_T: self.commands.align,
                Qt.Key.Key_L: self.link_panel.toggle,
                Qt.Key.Key_Escape: self._escape,
                "?": self._toggle_help,
                "Ctrl+H": self.hats.toggle,
                "Ctrl+P": self.person.toggle,
                **{page.key: lambda name=page.name: self.show_page(name) for page in PAGES},
            },
        )
        self.coaching.begun.connect(self._begin_training)
        self.coaching.escaped.connect(self._escape)
        self._escape_key = self._keys[Qt.Key.Key_Escape]
        self._live_keys = bind_keys(
            self,
            {
                Qt.Key.Key_Space: self._pause_by_key,
                Qt.Key.Key_N: self.commands.next_set,
                Qt.Key.Key_B: lambda: self.commands.own_baseline(self.model),
                "Shift+F": self.second.toggle,
                Qt.Key.Key_F: lambda: self.show_floor(floor=not self.on_floor),
                **{str(d): lambda d=d: self.floor.set_distance(d) for d in DISTANCES_M},
            },
        )

    @property
    def _coached(self) -> bool:
        """Whether keys go to the coach first."""
        return not self.pages.prepares and not self._help_open

    def _quieten(self) -> None:
        """Let only the keys of what is shown do something."""
        state = (self.pages.prepares, self._coached and self.coaching.leads)
        if state != self._quiet_state:
            self._quiet_state = state
            quieten(self._keys, self._live_keys, prepares=state[0], leads=state[1])

    def _pause_by_key(self) -> None:
        self._resume_hold.spend()  # the same press does not go on again
        self.pause()

    def _repeated(self, event: QKeyEvent) -> bool:
        """Return whether a press is the other half of a repeat; the system stamps both alike."""
        return 0 < event.timestamp() <= self._released_ms + REPEAT_MS

    def _space_pressed(self, repeated: bool) -> None:
        if self.pages.prepares:
            return
        if self._paused or (repeated and self._resume_hold.held()):
            self._resume_hold.press(repeated=repeated)

    def _pause_pressed(self) -> None:
        if self._paused:
            self._resume_hold.press()

    def _end_pressed(self, *, repeated: bool = False) -> None:
        if not self.commands.stopped and self.model.status.connection not in ("closed", "refused"):
            self._end_hold.press(repeated=repeated)

    def _overlay_pressed(self) -> None:
        if self.overlay.kind == "help":
            self._toggle_help()
        else:
            self._pause_pressed()

    def _finish_holds(self) -> None:
        if self._resume_hold.take():
            self.commands.resume()
        held = self._resume_hold.held()  # a key that is still down does not pause again
        leads = self.coaching.leads
        may_pause = not self.pages.prepares and not self._paused and not held and not leads
        self._live_keys[Qt.Key.Key_Space].setEnabled(may_pause)
        self._escape_key.setEnabled(not self._escape_leaves and not (leads and self._coached))
        if self._end_hold.take():
            self.commands.end()

    def _follow_sets(self) -> None:
        """Go to the floor view when a set starts, if the floor view was asked for."""
        status = self.model.status
        if status.connection != "streaming" or status.set_index == self._shown_set:
            return
        self._shown_set = status.set_index
        if self._floor_wanted and not self.on_floor and not self.pages.prepares:
            self.pages.go_to("live", floor=True)

    def _show_overlay(self) -> None:
        coach = self.coaching
        live = not self.pages.prepares
        if self._end_hold.active:
            self.overlay.show_kind("ending", share=self._end_hold.share())
        elif self._help_open:
            note = help_note(self.model.status)
            if live:
                note = f"{self.floor.reading_note()} {note}"
            self.overlay.show_kind("help", note=note, page=self.pages.current)
        elif coach.leads and live:
            self.overlay.show_kind(*coach.hold())
        elif self._paused and self.model.status.connection != "closed" and live:
            self.overlay.show_kind("paused", share=self._resume_hold.share())
        else:
            self.overlay.show_kind("")

    def _toggle_help(self) -> None:
        self._help_open = not self._help_open
        self._show_overlay()

    def _begin_training(self) -> None:
        self.commands.begin(self.office, self.model.status)

    def _escape(self) -> None:
        if self._help_open:
            self._toggle_help()
        elif self.link_panel.isVisible():
            self.link_panel.toggle()
        elif self.pages.current == "setup":
            self.pages.setup.close_card()
        elif self.pages.current in self.pages.around:
            self.pages.around[self.pages.current].close_card()
        elif self.on_floor:
            self.show_floor(floor=False)

    def _act(self, action: str) -> None:
        if action == "demo" and self._offer_demo is not None:
            self.commands.change(self._offer_demo())
        elif action == "close":
            self.close()
