"""The pages below the header. While one that prepares is shown, nothing is scored."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtWidgets import QStackedLayout

from firingorder.gui.calibrate_page import CalibratePage
from firingorder.gui.commands import why_silent
from firingorder.gui.desk_view import DeskView
from firingorder.gui.floor_view import FloorView
from firingorder.gui.pages_around import PagesAround
from firingorder.gui.setup_page import SetupPage
from firingorder.gui.top_bar import TopBar
from firingorder.gui.view_models.desk import top_bar

if TYPE_CHECKING:
    from collections.abc import Callable

    from PySide6.QtCore import QRect
    from PySide6.QtWidgets import QVBoxLayout, QWidget

    from firingorder.gui.commands import Commands
    from firingorder.gui.view_models.link_state import StateView
    from firingorder.gui.view_models.live_model import LiveModel
    from firingorder.gui.view_models.pages import PageName
    from firingorder.report.theme import Theme
    from firingorder.session.feed import FeedUpdate, LiveStatus
    from firingorder.session.office import Office
    from firingorder.sound.out import SoundOut

#: Before and after these there is nothing to score.
_RUNNING = ("streaming", "recovered", "waiting", "lost", "connecting", "idle")


class Pages:
    """Lays the pages out in ``column``, shows one, and keeps the session from scoring meanwhile.

    A pause that a person made before stays theirs: leaving a page does not end it.
    """

    def __init__(
        self,
        column: QVBoxLayout,
        theme: Theme,
        commands: Commands,
        clock: Callable[[], float],
        first: PageName,
        office: Office,
        open_sound: Callable[[], SoundOut] | None = None,
    ) -> None:
        self._commands = commands
        self.current: PageName = first
        self.header = TopBar(theme)
        self.desk, self.floor = DeskView(theme), FloorView(theme)
        self.setup = SetupPage(theme, commands)
        self.calibrate = CalibratePage(theme, commands, clock, open_sound, office)
        show = self.header.tabs.chosen.emit
        self.around = PagesAround(theme, commands, clock, office, open_sound, show)
        self.stack = QStackedLayout()
        column.addWidget(self.header)
        column.addLayout(self.stack)
        for view in (self.desk, self.floor, self.setup, self.calibrate):
            self.stack.addWidget(view)
        self.around.each(self.stack.addWidget)
        self.go_to(first)

    @property
    def prepares(self) -> bool:
        """Whether the page is one on which nothing is scored."""
        return self.current != "live"

    @property
    def on_floor(self) -> bool:
        """Whether the floor view is shown."""
        return self.stack.currentWidget() is self.floor

    def view_rect(self) -> QRect:
        """Return where the view is: without header, banner and buttons."""
        shown = self.stack.currentWidget()
        assert shown is not None
        rect = shown.geometry()
        if self.on_floor:
            return rect
        top = self.desk.above_px() if self.current == "live" else 0
        return rect.adjusted(0, top, 0, -self.desk.bottom_bar.height())

    @property
    def is_around(self) -> bool:
        """Whether the page needs no belt: its own keys stay its own."""
        return self.current in self.around

    def go_to(self, page: PageName, *, floor: bool = False) -> None:
        """Show a page. The floor view, without header and buttons, belongs to the live page."""
        self.current = page
        if page != "calibrate":
            self.calibrate.put_aside()
        if page != "setup":
            self.setup.forget()
        for name, one in self.around.built.items():
            if page != name:
                one.put_aside()
        self.stack.setCurrentWidget(self._view(page, floor=floor))
        self.header.setVisible(not self.on_floor)
        self.header.tabs.show_page(page)

    def _view(self, page: PageName, *, floor: bool) -> QWidget:
        match page:
            case "setup":
                return self.setup
            case "calibrate":
                return self.calibrate
            case "live":
                return self.floor if floor else self.desk
            case _:
                return self.around[page]

    def follow(self, status: LiveStatus, *, waits: bool = False) -> None:
        """Hold the scoring of the session that is shown now, if the page asks for it.

        ``waits``: the live page waits for a training to begin.
        """
        if not self.prepares and not waits:
            self._commands.release()
        elif status.source != "replay" and status.connection in _RUNNING:
            self._commands.hold(status)

    def forget_session(self) -> None:
        """Drop what was measured and asked in a session: another one begins."""
        self.desk.strips.forget()
        self.setup.forget_session()
        self.calibrate.forget_session()

    def step(self) -> None:
        """Press the first button of a page that prepares; the other pages have none to go on."""
        first = {"setup": self.setup.go_on, "calibrate": self.calibrate.enter}.get(self.current)
        if first is not None and first.isVisible() and first.isEnabled():
            first.click()

    def show_frame(
        self,
        model: LiveModel,
        update: FeedUpdate,
        state: StateView | None,
        now: float,
        note: str = "",
    ) -> None:
        """Show the present state on the page that is seen; ``note`` answers the last key."""
        self.around.follow(model.status)
        if not self.on_floor:
            review = self.around.review() if self.current == "review" else None
            reviewed = review.header(model.status) if review is not None else None
            self.header.show_model(reviewed or top_bar(model))
        if self.current != "calibrate":
            self.calibrate.follow(update)
        match self.current:
            case "setup":
                self.setup.show_frame(update, self.desk.strips.recent, state)
            case "calibrate":
                self.calibrate.show_frame(update, state, now)
            case page if page in self.around:
                self.around[page].show_frame(update, state, now)
            case _ if self.on_floor:
                self.floor.show_frame(model, state, note)
            case _:
                self.desk.show_frame(model, state)
                self.desk.bottom_bar.set_paused(self._commands.paused(model.status))
                self.desk.bottom_bar.set_sound(why_silent(model.status))
                led = model.status.coach is not None  # the coach has keys of its own
                self.desk.bottom_bar.set_note(note or ("" if led else self._commands.offer(model)))
