"""The live window: one timer pulls the feed, two views show it, keys and buttons command it."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, Qt, QTimer, Signal

from firingorder.gui.coaching import UNDER_WAY, Coaching
from firingorder.gui.commands import Commands
from firingorder.gui.floor_window import SecondScreen
from firingorder.gui.framed import FramedWindow
from firingorder.gui.hat_switch import HatSwitch
from firingorder.gui.link_panel import LinkPanel
from firingorder.gui.pages import Pages
from firingorder.gui.pedal import Pedal, PedalDialog
from firingorder.gui.person_panel import PersonPanel
from firingorder.gui.session_change import SessionChange
from firingorder.gui.view_models.begin_card import asks_first, begin_card
from firingorder.gui.view_models.desk import source_tag
from firingorder.gui.view_models.link_panel import link_panel
from firingorder.gui.view_models.live_model import LiveModel
from firingorder.gui.view_models.repetition import KEPT_WHY
from firingorder.gui.window_keys import WindowKeys
from firingorder.gui.window_overlay import WindowOverlay
from firingorder.report.theme import THEMES, load_fonts
from firingorder.session.office import Office

if TYPE_CHECKING:
    from collections.abc import Callable

    from PySide6.QtGui import QCloseEvent, QKeyEvent, QResizeEvent, QShowEvent

    from firingorder.gui.calibrate_page import CalibratePage
    from firingorder.gui.desk_view import DeskView
    from firingorder.gui.page_around import PageAround
    from firingorder.gui.page_frame import PageFrame
    from firingorder.gui.setup_page import SetupPage
    from firingorder.gui.source import LiveSource, Reopen
    from firingorder.gui.view_models.link_state import StateView
    from firingorder.gui.view_models.pages import PageName
    from firingorder.report.theme import ThemeName
    from firingorder.report.wording import Target
    from firingorder.sound.out import SoundOut

FRAME_MS = 33


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
    reopen
        Prepares another session in this window; without it a device that failed stays so.
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
        reopen: Reopen | None = None,
        page: PageName = "live",
        open_sound: Callable[[], SoundOut] | None = None,
        office: Office | None = None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        super().__init__(THEMES[theme])
        load_fonts()
        self._clock = clock
        self.office = office or Office()
        self.commands = Commands(session, clock)
        self._floor_wanted = floor
        self._shown_set: tuple[int, int] | None = None
        self.helped = False
        self._checked = page in ("setup", "calibrate")
        self.model = LiveModel(target)
        self.keys = WindowKeys(self, clock)
        self.pages = Pages(
            self.column, self._theme, self.commands, clock, page, self.office, open_sound
        )
        self.desk, self.floor = self.pages.desk, self.pages.floor
        self.setWindowTitle("firingorder")
        self.setAccessibleName("firingorder, live session")
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setMinimumSize(960, 600)
        self.coaching = Coaching(self._theme, self, self.commands, clock)
        self.second = SecondScreen(self, self._theme, self.office, self.commands.tell)
        self.pedal = Pedal(
            self, self.office, clock, types=lambda: self.types, shares=lambda: self.pages.is_around
        )
        self.pedal_dialog = PedalDialog(self._theme, self, self.pedal)
        asking = (self._theme, self, self.office, self.commands)
        self.hats, self.person = HatSwitch(*asking), PersonPanel(*asking)
        self.change = SessionChange(self._theme, self, offer_demo, reopen, clock)
        self.cards = (self.hats, self.person, self.pedal_dialog, self.change.panel)
        self.link_panel = LinkPanel(self._theme, self)
        self.overlay = WindowOverlay(self._theme, self)
        self._connect()
        self.set_distance(self.office.preferences.distance_m or self.floor.distance_m, keep=False)
        self.commands.set_volume(self.office)
        self.keys.quieten()
        self._timer = QTimer(self)
        self._timer.setTimerType(Qt.TimerType.PreciseTimer)
        self._timer.timeout.connect(self.tick)
        self._timer.start(FRAME_MS)
        self.tick()

    @property
    def paused(self) -> bool:
        """Whether a person paused."""
        return self.commands.paused(self.model.status)

    @property
    def on_floor(self) -> bool:
        """Whether the floor view is shown."""
        return self.pages.on_floor

    @property
    def led_here(self) -> bool:
        """Whether a coach can be steered here: a recording is led by nobody."""
        return not self.pages.prepares and self.model.status.source != "replay"

    @property
    def coached(self) -> bool:
        """Whether keys go to the coach first."""
        return self.led_here and not self.helped

    @property
    def types(self) -> bool:
        """Whether letters are being typed: none is a command then."""
        asked = any(card.asks for card in self.cards)
        return asked or (self.coached and self.coaching.writes)

    def tick(self) -> None:
        """Pull the feed and show it; the timer does so thirty times a second."""
        self.change.follow()
        update, now = self.commands.session.poll(), self._clock()
        self.model.hat = self.office.hat
        self.model.apply(update, now)
        self.desk.strips.take(update)
        self.commands.heard(update.events)
        self.commands.keep(self.office, update.events)
        self.keys.finish_holds()
        self._follow_sets()
        status = self.model.status
        self.show_frame(framed=status.source == "replay")
        first = asks_first(status, self.office.hat) and not self.pages.prepares
        self.pages.follow(status, waits=first)
        state = self.change.state
        note = self.commands.note() or ("" if status.muted else status.sound)
        self._show_coach(state, note, first=first)
        self.keys.quieten()
        self.pages.show_frame(self.model, update, state, now, note)
        self.second.show_frame(self.model, state, self.coaching.shown)
        self.desk.bottom_bar.end.set_progress(self.keys.end.share())
        if self.link_panel.isVisible():
            self.link_panel.show_view(link_panel(status))
        self.overlay.follow()
        self.ticked.emit()

    def show_page(self, page: PageName, *, floor: bool = False) -> None:
        """Go to a page, or to the floor view of the live one. A set under way waits meanwhile."""
        view = self.coaching.view
        if page != "live" and view is not None and view.state in UNDER_WAY and self.coached:
            self.commands.train("pause")
        self._checked = self._checked or page == "setup"
        self.pages.go_to(page, floor=floor)
        self.coaching.card.raise_()  # the layout puts the page that is shown on top
        self.keys.quieten()
        self.setFocus()
        self.tick()

    def pause(self) -> None:
        """Pause at once."""
        self.commands.pause(self.model.status)

    def stop(self) -> None:
        """STOP: at once, on every page and in every state; where somebody is led it asks then."""
        for card in self.cards:
            card.close()
        self.commands.stop_training(self.model.status)
        self.pages.calibrate.put_aside()
        if self.coaching.leads and self.pages.prepares:
            self.show_page("live")

    def show_floor(self, floor: bool) -> None:
        """Show the floor view, or the desk view."""
        self.show_page("live", floor=floor)

    def hear_slowly(self) -> None:
        """Let the last start be heard again, slowly; one whose outcome is kept tells nothing."""
        model = self.model
        kept = self.office.hat == "person" and model.telling.keeps(max(model.reps, default=0))
        if model.phase is not None and model.phase.phase in ("lift", "hold"):
            self.commands.tell("Between repetitions the last start can be heard again.")
        elif kept:
            self.commands.tell(KEPT_WHY)
        else:
            self.commands.hear_slowly(model.status)

    def set_distance(self, distance_m: float, *, keep: bool = True) -> None:
        """Set how far from the screens the person is."""
        self.floor.set_distance(distance_m)
        self.second.set_distance(distance_m)
        self.coaching.card.set_growth(self.floor.growth(self.size()))
        if keep:
            self.office.change(distance_m=float(distance_m))
            self.commands.tell(self.floor.reading_note())

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Take a key that no widget wanted."""
        if not event.isAutoRepeat() and not self.keys.press(event):
            super().keyPressEvent(event)

    def keyReleaseEvent(self, event: QKeyEvent) -> None:
        """Let go of a key."""
        if not event.isAutoRepeat() and not self.keys.release(event):
            super().keyReleaseEvent(event)

    def event(self, event: QEvent) -> bool:
        """Keep every key for what is being typed; a letter would be a command otherwise."""
        if event.type() == QEvent.Type.ShortcutOverride and self.types:
            event.accept()
            return True
        return super().event(event)

    def changeEvent(self, event: QEvent) -> None:
        """Let go of every hold when the window loses the keyboard."""
        if event.type() == QEvent.Type.ActivationChange and not self.isActiveWindow():
            self.keys.let_go()
        super().changeEvent(event)

    def closeEvent(self, event: QCloseEvent) -> None:
        """End the session with the window."""
        self._timer.stop()
        self.pages.calibrate.cues.close()
        self.second.close()
        self.change.panel.close()
        self.closing.emit()
        self.commands.end()
        super().closeEvent(event)
        self.closed.emit()

    def showEvent(self, event: QShowEvent) -> None:
        """Take the keyboard, so that no button looks chosen."""
        self.setFocus()
        super().showEvent(event)
        self.pedal.watch(self)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Keep the overlay over everything."""
        self.overlay.place()
        self.coaching.card.set_growth(self.floor.growth(self.size()))
        self.link_panel.place()
        super().resizeEvent(event)

    def escape(self) -> None:
        """Close what is nearest, else leave the floor view."""
        if self.helped:
            self.toggle_help()
        elif self.link_panel.isVisible():
            self.link_panel.toggle()
        elif self.pages.current == "setup":
            self.pages.setup.close_card()
        elif self.pages.current in self.pages.around:
            self.pages.around[self.pages.current].close_card()
        elif self.on_floor:
            self.show_floor(floor=False)

    def toggle_help(self) -> None:
        """Show the keys, or close them."""
        self.helped = not self.helped
        self.overlay.follow()

    def _connect(self) -> None:
        bar, pages, keys = self.desk.bottom_bar, self.pages, self.keys
        keys.bind()
        bar.begin_clicked.connect(lambda: self._begin_asked(at_once=False))
        bar.stop_clicked.connect(self.stop)
        bar.pause_clicked.connect(self.pause)
        bar.pause.pressed.connect(keys.pause_pressed)
        bar.pause.released.connect(keys.resume.release)
        bar.mark_clicked.connect(lambda: self.commands.mark(self.model.status))
        bar.next_set_clicked.connect(self.commands.next_set)
        bar.floor_clicked.connect(lambda: self.show_floor(floor=True))
        bar.sound_clicked.connect(lambda: self.commands.toggle_sound(self.model.status))
        bar.help_clicked.connect(self.toggle_help)
        pages.header.tabs.chosen.connect(self.show_page)
        pages.header.stop.clicked.connect(self.stop)
        keys.let_end(bar)
        self._connect_states(pages.desk)
        for page in (pages.setup, pages.calibrate):
            self._connect_page(page)
        pages.around.each(self._connect_page)
        pages.setup.continued.connect(lambda: self.show_page("calibrate"))
        pages.calibrate.left.connect(lambda: self.show_page("live"))
        self.coaching.begun.connect(self._begin_asked)
        self.coaching.escaped.connect(self.escape)
        self.coaching.stopped.connect(self.stop)
        self.coaching.heard_slowly.connect(self.hear_slowly)
        self.pedal.stepped.connect(self._step)
        self.pedal.held.connect(self.stop)
        self.second.opened.connect(self.pedal.watch)

    def _connect_page(self, page: SetupPage | CalibratePage | PageAround) -> None:
        page.help_clicked.connect(self.toggle_help)
        self._connect_states(page.frame)

    def _connect_states(self, of: DeskView | PageFrame) -> None:
        """Let what is pressed in a banner or a card be done."""
        for panel in (of.banner, of.card):
            panel.acted.connect(self.change.act)
            self.keys.let_end(panel)

    def _show_coach(self, state: StateView | None, note: str, *, first: bool) -> None:
        """Show the coach's card where it stands; without a coach what asks for one."""
        coaching, status = self.coaching, self.model.status
        chosen = self.office.chosen
        name = chosen.name if chosen else ""
        instead = begin_card(status, name, checked=self._checked) if first else None
        floor = self.on_floor
        covered = state is not None and state.card
        here = self.second.window is None or floor or status.coach is None
        coaching.follow(
            status.coach,
            seen=not self.pages.prepares and here and not covered,
            steers=not floor and self.office.hat == "therapist",
            state=state,
            told=not floor,
            note=note if floor or instead is not None else "",
            over=status.connection in ("closed", "refused"),
            instead=instead,
        )
        coaching.card.set_tag(source_tag(self.model) if floor else "")
        rect = self.pages.view_rect()
        for card in (coaching, *self.cards):
            card.place(rect)
        self.pages.header.show_stop(led=coaching.leads and self.pages.prepares)

    def _follow_sets(self) -> None:
        """Go to the floor view when a set starts, if the floor view was asked for."""
        status, coach = self.model.status, self.model.status.coach
        led = coach is not None and coach.state in UNDER_WAY
        if status.connection != "streaming" or self.pages.prepares or (coach and not led):
            return
        shown = status.set_index, coach.index if coach is not None else -1
        if shown != self._shown_set:
            self._shown_set = shown
            if self._floor_wanted and not self.on_floor:
                self.pages.go_to("live", floor=True)

    def _begin_training(self) -> None:
        self.commands.begin(self.office, self.model.status)

    def _begin_asked(self, at_once: bool) -> None:
        """Begin; where the live page waits for it the pads come first, once."""
        waits = asks_first(self.model.status, self.office.hat)
        if waits and not self._checked and not at_once:
            self.show_page("setup")
        else:
            self._begin_training()

    def _step(self) -> None:
        """Do what a short press of the pedal means on this page."""
        if self.pedal_dialog.asks:
            self.pedal_dialog.tried()
        elif self.helped:
            self.toggle_help()
        elif self.coached and not any(card.asks for card in self.cards):
            self.coaching.step()
        else:
            self.pages.step()
