"""The page Library. People and sessions of this computer."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QHBoxLayout, QWidget

from firingorder.gui.key_button import KeyButton
from firingorder.gui.key_hold import KeyHold
from firingorder.gui.library_acts import LibraryActs
from firingorder.gui.library_analysing import Analysing
from firingorder.gui.library_door import open_archive, open_shelf, seen_code
from firingorder.gui.library_jobs import LibraryJobs
from firingorder.gui.library_panels import SessionsPanel, ShelfPanel
from firingorder.gui.page_around import PageAround
from firingorder.gui.programme_inputs import plain
from firingorder.gui.programme_style import GAP_PX
from firingorder.gui.shortcuts import bind_keys
from firingorder.gui.trends_panels import CardPanel
from firingorder.gui.view_models.library_card import card_of
from firingorder.gui.view_models.library_desk import (
    CHOOSE,
    NO_OWN,
    PAGE,
    THERAPIST,
    LibraryData,
    LibraryDesk,
    read_library,
)
from firingorder.gui.view_models.library_rows import EVERYBODY, INBOX, UNKNOWN
from firingorder.gui.view_models.person_panel import exercise_name
from firingorder.session.feed import LiveStatus
from firingorder.session.office import local_now

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from PySide6.QtGui import QResizeEvent

    from firingorder.gui.commands import Commands
    from firingorder.gui.view_models.link_state import StateView
    from firingorder.report.theme import Theme
    from firingorder.session.feed import FeedUpdate
    from firingorder.session.office import Office

#: Below this width there is no room for what is known of the chosen session.
BESIDE_PX = 1200
#: Erasing needs twice the hold of everything else.
ERASE_S = 2.0
OPENING = "Opening the library"
RUNNING = "A session of {} is being recorded: end it first (hold Ctrl+E), then erase."
_RECORDING = ("connecting", "streaming", "waiting", "lost", "recovered")


class LibraryPage(PageAround):
    """Lists people and sessions.

    ``opened`` gives a recording that is to be reviewed, ``trends_asked`` the code of a person,
    ``erasing`` that of one who is about to be erased.
    """

    opened = Signal(str)
    trends_asked = Signal(str)
    erasing = Signal(str)

    def __init__(self, theme: Theme, commands: Commands, office: Office) -> None:
        self.review = KeyButton("Review", "Enter", theme, primary=True)
        self.trends = KeyButton("Trends", "T", theme)
        self.report = KeyButton("Report", "R", theme)
        self.export, self.home = KeyButton("Export", "X", theme), KeyButton("Home", "H", theme)
        buttons = (self.review, self.trends, self.report, self.export, self.home)
        body = QWidget()
        super().__init__(theme, "Library", body, buttons)
        self._commands, self.office = commands, office
        zone = local_now().tzinfo
        assert zone is not None
        self.desk = LibraryDesk(zone, exercise_name(lambda one: office.exercises(one)))
        self.jobs = LibraryJobs()
        self.analysing = Analysing(office, self._analysed)
        self.people, self.list, self.side = (
            ShelfPanel(theme),
            SessionsPanel(theme),
            CardPanel(theme),
        )
        row = QHBoxLayout(body)
        row.setContentsMargins(GAP_PX, GAP_PX, GAP_PX, GAP_PX)
        row.setSpacing(GAP_PX)
        for panel, share in ((self.people, 24), (self.list, 48), (self.side, 28)):
            row.addWidget(panel, share)
        self.acts = LibraryActs(theme, self)
        self._said, self._bad = "", False
        self._trouble = ""
        self._seen: object = None
        self._hold = KeyHold(
            self.people.erase, self._erase_pressed, control=False, needed_s=ERASE_S
        )
        self._status = LiveStatus()
        self._connect()
        self.refresh()

    def show_frame(self, update: FeedUpdate, state: StateView | None, now: float) -> None:
        """Follow the hat; read again with every visit; take what was done meanwhile."""
        super().show_frame(update, state, now)
        self._status = update.status
        seen = (self.office.hat, self.office.person)
        if seen != self._seen:
            self._seen = seen
            self.read(look=True)
        if self.jobs.deliver() or self.analysing.jobs.deliver():
            self.refresh()
        if self.window().hasFocus():  # it takes the keyboard whenever a page is shown
            self.list.listed.setFocus()
        if self._hold.take(now):
            self.acts.erase()
        self._say()

    def put_aside(self) -> None:
        """Close what asks; the library is read again with the next visit."""
        self.acts.close()
        self._hold.reset()
        self._seen = None

    def close_card(self) -> bool:
        """Close what asks, or forget the search."""
        if self.acts.close():
            return True
        if self.desk.search:
            self._clear_search()
            return True
        return False

    def settle(self) -> None:
        """Wait for what is being done, and show it: for pictures and tests."""
        for jobs in (self.jobs, self.analysing.jobs, self.jobs):  # what is done is read again
            jobs.settle()
        self.refresh()

    def tell(self, said: str, *, bad: bool = False) -> None:
        """Say what came of something."""
        self._said, self._bad = said, bad
        self.refresh()
        self._say()

    def read(self, *, look: bool = False) -> None:
        """Read what is shown; ``look`` also for recordings that the library does not know."""
        office, desk, only = self.office, self.desk, seen_code(self.office)
        if only == "":
            desk.data, self._trouble = None, NO_OWN
            self.refresh()
            return
        shelf, search, limit = desk.shelf, desk.search, desk.limit
        name, zone = desk.exercise, desk.zone
        self.jobs.ask(
            "read",
            lambda _: read_library(open_shelf(office), shelf, search, limit, only, name, zone),
            lambda data: self._took(data, only),
            self._failed,
            OPENING if desk.data is None else "",
        )
        if look and only is None:
            self.jobs.ask(
                "unknown", lambda _: open_archive(office).unknown(), self._found, self._not_found
            )

    def refresh(self) -> None:
        """Show the desk as it is."""
        desk = self.desk
        shelves = desk.shelves()
        self.people.show_shelves(shelves, desk.shelf)
        self.list.title(*desk.title())
        empty = self._trouble or (desk.empty if desk.data else f"{OPENING} …")
        if empty:
            self.list.show_empty(empty)
        elif desk.box:
            boxes = desk.boxes()
            keys = [one.key for one in boxes]
            at = keys.index(desk.box_key) if desk.box_key in keys else 0
            desk.box_key = keys[at] if keys else ""
            self.list.show_boxes(boxes, at)
        else:
            lines = desk.sessions()
            ids = [one.id for one in lines]
            self.list.show_sessions(
                lines, ids.index(desk.session_id) if desk.session_id in ids else -1
            )
        self.side.show_lines(card_of(desk))
        self._show_beside()
        self._show_buttons()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Keep cards over the page; show what is known of a session where there is room."""
        super().resizeEvent(event)
        self.acts.place()
        self._show_beside()

    def event(self, event: QEvent) -> bool:
        """Keep T, which means something else to the window."""
        if event.type() == QEvent.Type.ShortcutOverride and isinstance(event, QKeyEvent):
            if event.key() == Qt.Key.Key_T and plain(event) and not self.acts.open:
                event.accept()
                return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Take T, and begin the hold that erases."""
        if self.acts.open:
            super().keyPressEvent(event)
        elif event.key() == Qt.Key.Key_T and plain(event):
            self._trends()
        elif not self._hold.press(event):
            super().keyPressEvent(event)

    def keyReleaseEvent(self, event: QKeyEvent) -> None:
        """Let go of the hold."""
        self._hold.release(event)
        super().keyReleaseEvent(event)

    def analyse(self, sessions: Sequence[int]) -> str:
        """Give sessions that came in a result; return why not just now."""
        return self.analysing.start(sessions, self._status) if sessions else ""

    def refusal(self) -> str:
        """Return why this hat does not do what is about everybody; empty: it does."""
        return "" if self.office.hat == "therapist" else THERAPIST

    def quieten(self, *, asked: bool) -> None:
        """Let only what asks have keys."""
        for shortcut in self._keys.values():
            shortcut.setEnabled(not asked)
        if not asked:
            self.list.listed.setFocus()

    def _connect(self) -> None:
        acts, search = self.acts, self.list.search
        search.textEdited.connect(self._search)
        search.committed.connect(lambda _: self.list.listed.setFocus())
        search.escaped.connect(self._clear_search)
        search.stepped.connect(lambda by: self._move(-by))
        self.people.rows.chosen.connect(self._choose_shelf)
        self.list.rows.chosen.connect(self._choose)
        self.list.rows.activated_row.connect(lambda _: self._open())
        self.list.boxes.chosen.connect(self._choose_box)
        done: dict[KeyButton, Callable[[], object]] = {
            self.review: self._open, self.trends: self._trends, self.report: acts.ask_report,
            self.export: acts.ask_export, self.home: acts.home.ask,
            self.people.about: acts.ask_about,
            self.list.bring: acts.ask_import, self.list.adopt: acts.ask_adopt,
            self.list.backup: acts.ask_backup, self.list.restore: acts.ask_restore,
        }  # fmt: skip
        for button, act in done.items():
            button.clicked.connect(act)
        self._keys = bind_keys(
            self,
            {
                Qt.Key.Key_Return: self._open, Qt.Key.Key_Enter: self._open,
                "R": acts.ask_report, "X": acts.ask_export, "I": acts.ask_import,
                "A": acts.ask_adopt, "B": acts.ask_backup, "Shift+B": acts.ask_restore,
                "F2": acts.ask_about, "C": acts.ask_code, "K": acts.turn_pads,
                "N": acts.ask_note, "U": self._again, "H": acts.home.ask, "/": search.setFocus,
                "Ctrl+F": search.setFocus, "Left": self._go_left, "Right": self._go_right,
                "Up": lambda: self._move(-1), "Down": lambda: self._move(1),
            },
        )  # fmt: skip

    def _took(self, data: LibraryData, only: str | None) -> None:
        self._trouble = ""
        self.desk.show(data, only)

    def _found(self, paths: object) -> None:
        assert isinstance(paths, tuple)
        self.desk.unknown = paths

    def _not_found(self, said: str) -> None:
        if not self._trouble:  # else it is said already
            self.tell(said, bad=True)

    def _failed(self, said: str) -> None:
        self.desk.data, self._trouble = None, f"{said} U tries again."

    def _show_beside(self) -> None:
        """Give what is known of the chosen a place where there is room, and something to tell."""
        self.side.setVisible(self.width() >= BESIDE_PX and bool(self.side.rows.rows))

    def _show_buttons(self) -> None:
        desk, there = self.desk, self.desk.session is not None
        for button in (self.review, self.report, self.export):
            button.setEnabled(there)
        self.trends.setEnabled(bool(desk.of_session))
        therapist = not self.refusal()
        for button in (self.people.about, self.people.erase):
            button.setEnabled(therapist and bool(desk.person))
        for button in (self.list.adopt, self.list.backup, self.list.restore):
            button.setEnabled(therapist)

    def _say(self) -> None:
        words = self.jobs.words or self.analysing.words
        note = self._commands.note() or words or self._said or self.desk.standing
        self.buttons.say(note, self._theme.close if self._bad and self._said else self._theme.text2)

    def _choose_shelf(self, row: int) -> None:
        shelves = self.desk.shelves()
        if 0 <= row < len(shelves):
            self.desk.shelf, self.desk.limit = shelves[row].key, PAGE
            self.desk.session_id = None
            if self.desk.search:
                self.desk.search = ""
                self.list.search.setText("")
            self._said = ""
            self.read()

    def _choose(self, row: int) -> None:
        data = self.desk.data
        if data is not None and 0 <= row < len(data.sessions):
            self.desk.session_id = data.sessions[row].id
            self._said = ""
            if data.more and row == len(data.sessions) - 1:
                self.desk.limit += PAGE
                self.read()
            self.refresh()

    def _choose_box(self, row: int) -> None:
        boxes = self.desk.boxes()
        if 0 <= row < len(boxes):
            self.desk.box_key = boxes[row].key
            self.refresh()

    def _move(self, by: int) -> None:
        rows = self.list.listed
        if rows.rows:
            at = min(max(rows.currentRow() + by, 0), len(rows.rows) - 1)
            (self._choose_box if self.desk.box else self._choose)(at)

    def _search(self, text: str) -> None:
        self.desk.search, self.desk.limit = text.strip(), PAGE
        if self.desk.box:
            self.desk.shelf = EVERYBODY
        self.read()

    def _clear_search(self) -> None:
        self.list.search.setText("")
        self._search("")
        self.list.listed.setFocus()

    def _go_left(self) -> None:
        (self.list.listed if self.side.rows.hasFocus() else self.people.rows).setFocus()

    def _go_right(self) -> None:
        if self.people.rows.hasFocus():
            self.list.listed.setFocus()
        elif self.side.isVisible():
            self.side.rows.setFocus()

    def _open(self) -> None:
        row = self.desk.session
        if self.desk.shelf == UNKNOWN:
            self.acts.ask_adopt()
        elif self.desk.shelf == INBOX:
            self.acts.home.show_package()
        elif row is None:
            self.tell(CHOOSE)
        elif row.recording.missing:
            self.tell(f"The file is not where it was: {row.recording.path}. Put it back, or adopt "
                      "the folder it is in: A.", bad=True)  # fmt: skip
        else:
            self.opened.emit(row.recording.path)

    def _trends(self) -> None:
        code = self.desk.of_session
        if code:
            self.trends_asked.emit(code)
        else:
            self.tell("Choose a person first: sessions of nobody make no trend.")

    def _analysed(self, said: str, well: bool) -> None:
        self.tell(said, bad=not well)
        self.read()

    def _again(self) -> None:
        self._said = ""
        self.read(look=True)

    def _under_way(self) -> str:
        """Return why the chosen person cannot be erased now; empty: it can be done."""
        status, row = self._status, self.desk.person_row
        records = status.source != "replay" and status.connection in _RECORDING
        theirs = row is not None and row.code == status.person
        return RUNNING.format(status.person) if records and theirs and status.recording else ""

    def _erase_pressed(self) -> bool:
        refused = self.refusal() or self._under_way()
        self.tell(refused or self.desk.erase_words(), bad=bool(refused))
        return not refused and self.desk.person_row is not None
