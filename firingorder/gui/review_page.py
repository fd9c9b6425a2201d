"""The page Review. A recording, repetition by repetition: check the sequence, correct an onset."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QStackedLayout, QVBoxLayout, QWidget

from firingorder.gui.key_button import KeyButton
from firingorder.gui.keys_above import asked_above
from firingorder.gui.page_around import PageAround
from firingorder.gui.programme_card import AskCard
from firingorder.gui.programme_style import GAP_PX
from firingorder.gui.review_acts import ReviewActs
from firingorder.gui.review_job import Job
from firingorder.gui.review_keys import REPEATS, key_name
from firingorder.gui.review_main import ReviewMain
from firingorder.gui.review_opening import last_sessions, opened_beside
from firingorder.gui.review_start import StartPanel
from firingorder.gui.review_transport import Transport
from firingorder.gui.view_models.review_facts import header_view
from firingorder.gui.view_models.review_start import just_recorded, openables
from firingorder.session.feed import LiveStatus

if TYPE_CHECKING:
    from collections.abc import Callable

    from PySide6.QtGui import QHideEvent, QResizeEvent

    from firingorder.gui.commands import Commands
    from firingorder.gui.review_opening import Listed
    from firingorder.gui.view_models.desk import TopBarView
    from firingorder.gui.view_models.link_state import StateView
    from firingorder.gui.view_models.review_desk import ReviewDesk
    from firingorder.report.theme import Theme
    from firingorder.session.feed import FeedUpdate
    from firingorder.session.files import FileOptions
    from firingorder.session.office import Office
    from firingorder.session.review import Review
    from firingorder.sound.out import SoundOut

#: From this width on there is room in the header for when it was recorded, and how long.
HEADED_PX = 1180
OFFER = "The recording is whole. Ctrl+4 reviews it."


class ReviewPage(PageAround):
    """A recording, repetition by repetition: check the sequence, correct an onset.

    ``watched`` when it is being played again in the live screens.
    """

    watched = Signal()

    def __init__(
        self,
        theme: Theme,
        commands: Commands,
        clock: Callable[[], float],
        office: Office,
        open_sound: Callable[[], SoundOut] | None = None,
    ) -> None:
        body = QWidget()
        super().__init__(theme, "Review", body)
        self._commands, self._office, self._clock = commands, office, clock
        self.start, self.main = StartPanel(theme), ReviewMain(theme)
        help_too = KeyButton("Help", "?", theme)
        help_too.clicked.connect(self.help_clicked)
        self.transport = Transport(theme, help_too)
        self._stack = QStackedLayout()
        holder = QWidget()
        inside = QVBoxLayout(holder)
        inside.setContentsMargins(GAP_PX, GAP_PX, GAP_PX, GAP_PX)
        inside.addWidget(self.start)
        column = QVBoxLayout(body)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addLayout(self._stack, 1)
        self._stack.addWidget(holder)
        self._stack.addWidget(self.main)
        column.addWidget(self.transport)
        self.card = AskCard(theme, self)
        self.card.closed.connect(self._take_focus)
        self.just_made, self._fresh = "", False
        self._ended: str | None = None
        self._frames = 0
        self.status = LiveStatus()
        self._opening: Job[Review] | None = None
        self._listing: Job[Listed] | None = None
        self._listed: Listed = ((), "")
        self._list_wanted, self._failed = True, ("", "")
        self.acts = ReviewActs(self, theme, commands, office, clock, open_sound)
        self.start.opened.connect(lambda path: self.open_path(Path(path)))
        self.start.asked.connect(self.acts.ask_file)
        self._show_start()

    @property
    def desk(self) -> ReviewDesk | None:
        """What is being reviewed, None while nothing is open."""
        return self.acts.desk

    @property
    def headed(self) -> bool:
        """Whether all facts of the recording stand in the header: nothing else has to, and fits."""
        return self._quiet and self.width() >= HEADED_PX

    def header(self, status: LiveStatus) -> TopBarView | None:
        """Return what the header tells of the recording; None: it tells of the session."""
        self.status = status
        desk = self.desk
        if desk is None or not self._quiet:
            return None
        return header_view(desk.review, desk.rep, tagged=self.headed)

    @property
    def _quiet(self) -> bool:
        """Whether a recording is looked at while no session runs that has to be told of."""
        runs = self.status.connection not in ("idle", "closed", "refused")
        return not runs and not self.starting and self.desk is not None

    @property
    def starting(self) -> bool:
        """Whether the list of what can be opened is shown."""
        return self._stack.currentWidget() is not self.main

    @property
    def opening(self) -> bool:
        """Whether a recording is being opened."""
        return self._opening is not None

    @property
    def problem(self) -> str:
        """Why the recording that was asked for last cannot be shown; empty where it can."""
        return self._failed[1]

    def settled(self) -> bool:
        """Whether nothing is being opened, for whoever takes a picture."""
        reading = self.starting and (self._list_wanted or self._listing is not None)
        return not self.opening and not reading and self._frames > 1

    def open_path(self, path: Path, reading: FileOptions | None = None) -> None:
        """Open a recording in a thread; the page shows how far it is."""
        self.acts.leave()
        if self._opening is not None:
            self._opening.cancel()
        office = self._office

        def work(tell: Callable[[float], None]) -> Review:
            return opened_beside(path, office, reading, tell)

        self._failed = ("", "")
        self._opening = Job(path.name, work)
        self._show_start()
        self._follow_opening()

    def follow(self, status: LiveStatus) -> None:
        """Offer the recording of a session that has just ended; called on every page."""
        self.status = status
        made = just_recorded(status)
        if not made or made == self._ended:
            return
        self._ended = self.just_made = made
        self._fresh = True
        if self._office.hat == "therapist":  # it takes a while, and pads are taken off meanwhile
            self._open_fresh()
        self._commands.tell(OFFER)
        if self.starting and not self.opening:
            self._show_start()

    def show_frame(self, update: FeedUpdate, state: StateView | None, now: float) -> None:
        """Follow what is opened, played and held; nothing is painted while nothing changes."""
        super().show_frame(update, state, now)
        self._frames = self._frames + 1 if not self.opening else 0
        self._open_fresh()
        self._follow_opening()
        self._follow_list()
        if self.window().hasFocus():  # it takes the keyboard whenever a page is shown
            self._take_focus()
        self.acts.follow(now)
        note = self._commands.note() or self.acts.said
        ink = (
            self._theme.close if self.acts.bad and not self._commands.note() else self._theme.text2
        )
        self.buttons.say(note if self.starting else "", ink)
        self.transport.say(note, ink)

    def put_aside(self) -> None:
        """Keep what is being moved, stop what is playing, give the sound back."""
        self.card.close_card()
        self.acts.rest()
        self.acts.playing.sound.close()

    def hideEvent(self, event: QHideEvent) -> None:
        """Keep what is being moved when the window goes, too."""
        self.acts.rest()
        self.acts.settle()
        self.acts.playing.sound.close()
        super().hideEvent(event)

    def close_card(self) -> bool:
        """Close what asks, drop a drag, close a panel, or leave the list of recordings."""
        if self.card.close_card() or self.acts.close_one():
            return True
        if self.starting and self.desk is not None and not self.opening:
            self.show_main()
            return True
        return False

    def forget(self, person: str) -> None:
        """Close a recording of a person who is being erased, and do not offer it again."""
        desk = self.desk
        if desk is not None and desk.review.facts.person == person:
            self.acts.forget()
            self._show_start()
        if self.status.person == person:
            self.just_made, self._fresh = "", False
            if self._opening is not None:
                self._opening.cancel()
                self._opening = None

    def show_main(self) -> None:
        """Show the recording that is open."""
        self._stack.setCurrentWidget(self.main)
        self.buttons.hide()
        self.transport.show()
        self._take_focus()

    def show_start(self) -> None:
        """Show what can be opened."""
        self.acts.rest()
        self._show_start()
        self._take_focus()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Keep the card over the page."""
        super().resizeEvent(event)
        self.card.place()
        self.acts.panels.blind.place()

    def event(self, event: QEvent) -> bool:
        """Take the keys of this page before the window does: some mean something else there."""
        if (
            event.type() == QEvent.Type.ShortcutOverride
            and isinstance(event, QKeyEvent)
            and self._act_of(event) is not None
        ):
            event.accept()
            return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Do what a key means here."""
        act = self._act_of(event)
        if act is None:
            super().keyPressEvent(event)
        elif not event.isAutoRepeat() or key_name(event) in REPEATS:
            act()

    def _act_of(self, event: QKeyEvent) -> Callable[[], object] | None:
        if asked_above(self) or self.card.open or getattr(self.window(), "helped", False):
            return None
        name = key_name(event)
        if self.starting:
            return self._start_keys().get(name)
        return self.acts.key(name)

    def _start_keys(self) -> dict[str, Callable[[], object]]:
        return {"Return": self.start.enter, "Enter": self.start.enter, "O": self.acts.ask_file}

    def _follow_opening(self) -> None:
        job = self._opening
        if job is None:
            return
        if not job.done:
            self.start.say(f"Opening {job.name}", "It is analysed once, then kept.", job.share)
            return
        self._opening = None
        if job.result is None:
            self._failed = (f"{job.name} cannot be shown", job.problem)
            self._show_list()
            return
        self.start.say("", "")
        self.acts.show_review(job.result)
        self.show_main()

    def _open_fresh(self) -> None:
        """Open the recording that was just made, with the first visit of the page after it."""
        if self._fresh and not self.opening:
            self._fresh = False
            if self.starting and self.desk is None:
                self.open_path(Path(self.just_made))

    def _show_start(self) -> None:
        self._list_wanted = True
        self._show_list()
        self._stack.setCurrentIndex(0)
        self.transport.hide()
        self.buttons.show()

    def _show_list(self) -> None:
        """Show what can be opened, and what could not be shown just now."""
        (rows, why), reads = self._listed, self._list_wanted or self._listing is not None
        lines = openables(self.just_made, rows)
        self.start.say("", "")
        if lines or not reads:
            self.start.show_list(lines, why)
        if reads and not lines:
            self.start.say("The last sessions", "They are being read …")
        elif why:
            self.start.say("The library", why)
        if self._failed[0]:
            self.start.say(*self._failed)

    def _follow_list(self) -> None:
        """Read the list beside the window, whenever the page asks who can be opened."""
        if self._listing is None:
            if self._list_wanted and self.starting:
                self._list_wanted, office = False, self._office
                self._listing = Job("List", lambda _: last_sessions(office))
            return
        if not self._listing.done:
            return
        job, self._listing = self._listing, None
        self._listed = job.result or ((), job.problem)
        if self.starting and not self.opening:
            self._show_list()

    def _take_focus(self) -> None:
        (self.start.rows if self.starting else self.main.signals).setFocus()
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
