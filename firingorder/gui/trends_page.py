"""The page Trends. One person over sessions: share and lead with their spread."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QHBoxLayout, QStackedLayout, QVBoxLayout, QWidget

from firingorder.gui.key_button import KeyButton
from firingorder.gui.library_analysing import Analysing
from firingorder.gui.library_door import open_shelf, seen_code
from firingorder.gui.library_jobs import LibraryJobs
from firingorder.gui.library_work import written
from firingorder.gui.page_around import PageAround
from firingorder.gui.programme_card import AskCard, Pick
from firingorder.gui.programme_inputs import plain
from firingorder.gui.programme_style import GAP_PX
from firingorder.gui.shortcuts import bind_keys
from firingorder.gui.trends_chart import TrendChart
from firingorder.gui.trends_panels import CardPanel, Choosers, make_empty
from firingorder.gui.view_models.person_panel import exercise_name
from firingorder.gui.view_models.trends_desk import (
    NO_OWN,
    NOBODY,
    TrendData,
    TrendsDesk,
    called,
    read_trend,
    recorded_here,
)
from firingorder.gui.view_models.trends_words import counted, measure_words
from firingorder.session.office import local_now

if TYPE_CHECKING:
    from collections.abc import Callable

    from PySide6.QtGui import QResizeEvent

    from firingorder.gui.commands import Commands
    from firingorder.gui.view_models.link_state import StateView
    from firingorder.report.theme import Theme
    from firingorder.session.feed import FeedUpdate, LiveStatus
    from firingorder.session.office import Office

OPENING = "Opening the library"
NOTE_HAT = "Notes are written in the Therapist hat: Ctrl+H."
NOT_SHOWN = "In the Person hat your own sessions are shown; Ctrl+H shows the others."


class TrendsPage(PageAround):
    """Shows how a person went on. ``opened`` gives the recording that is to be reviewed."""

    opened = Signal(str)

    def __init__(self, theme: Theme, commands: Commands, office: Office) -> None:
        self.review = KeyButton("Review", "Enter", theme, primary=True)
        self.compare = KeyButton("Before", "B", theme)
        self.note = KeyButton("Note", "N", theme)
        self.spacing = KeyButton("To time", "T", theme)
        self.analyse = KeyButton("Analyse", "A", theme)
        body = QWidget()
        buttons = (self.review, self.compare, self.note, self.spacing, self.analyse)
        super().__init__(theme, "Trends", body, buttons)
        self._commands, self._office = commands, office
        zone = local_now().tzinfo
        assert zone is not None
        self.desk = TrendsDesk(zone, exercise_name(lambda one: office.exercises(one)))
        self.jobs = LibraryJobs()
        self.analysing = Analysing(office, self._analysed)
        self._status: LiveStatus | None = None
        self.choosers, self.chart = Choosers(theme), TrendChart(theme)
        self.side, self.empty = CardPanel(theme), make_empty(theme)
        self._lay_out(body)
        self.card = AskCard(theme, self)
        self.card.closed.connect(self._card_closed)
        self._person = office.person
        self._said, self._bad = "", False
        self._trouble = ""
        self._seen: object = None
        self._connect()
        self._show()

    def show_person(self, person: str) -> None:
        """Show the sessions of a person."""
        self._person = person
        self._seen = None

    def show_frame(self, update: FeedUpdate, state: StateView | None, now: float) -> None:
        """Follow hat and person; read again with every visit; take what was read meanwhile."""
        super().show_frame(update, state, now)
        self._status = update.status
        here = recorded_here(update.status)
        if here != self.desk.here:
            self.desk.here = here
            self._show()
        seen = (self._office.hat, self._office.person, self._person)
        if seen != self._seen:
            self._seen = seen
            self._read()
        if self.jobs.deliver() or self.analysing.jobs.deliver():
            self._show()
        if self.window().hasFocus():  # it takes the keyboard whenever a page is shown
            self.chart.setFocus()
        self._say()

    def put_aside(self) -> None:
        """Close what asks; the library is read again with the next visit."""
        self.card.close_card()
        self._seen = None

    def close_card(self) -> bool:
        """Close what asks, or end the comparison."""
        if self.card.close_card():
            return True
        if self.desk.before >= 0:
            self.desk.before = -1
            self._do("Nothing is compared any more.")
            return True
        return False

    def settle(self) -> None:
        """Wait for what is being read, and show it: for pictures and tests."""
        for jobs in (self.jobs, self.analysing.jobs, self.jobs):  # what is done is read again
            jobs.settle()
        self._show()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Keep the card over the page."""
        super().resizeEvent(event)
        self.card.place()

    def event(self, event: QEvent) -> bool:
        """Keep T, which means something else to the window."""
        if event.type() == QEvent.Type.ShortcutOverride and isinstance(event, QKeyEvent):
            if event.key() == Qt.Key.Key_T and plain(event) and not self.card.open:
                event.accept()
                return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Take T; leave the rest to the window."""
        if event.key() == Qt.Key.Key_T and plain(event) and not self.card.open:
            self._toggle_spacing()
        else:
            super().keyPressEvent(event)

    def _lay_out(self, body: QWidget) -> None:
        column = QVBoxLayout(body)
        column.setContentsMargins(GAP_PX, GAP_PX, GAP_PX, GAP_PX)
        column.setSpacing(GAP_PX)
        column.addWidget(self.choosers)
        full = QWidget()
        row = QHBoxLayout(full)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(GAP_PX)
        row.addWidget(self.chart, 68)
        row.addWidget(self.side, 32)
        self.side.setMinimumWidth(292)
        self._stack = QStackedLayout()
        self._full = full
        column.addLayout(self._stack, 1)
        self._stack.addWidget(full)
        self._stack.addWidget(self.empty)

    def _connect(self) -> None:
        self.chart.chosen.connect(self._choose)
        self.chart.opened.connect(lambda place: (self._choose(place), self._open()))
        acts: dict[KeyButton, Callable[[], object]] = {
            self.review: self._open, self.compare: self._compare, self.note: self._ask_note,
            self.spacing: self._toggle_spacing, self.analyse: self._analyse,
            self.choosers.person: self._ask_person, self.choosers.exercise: self._ask_exercise,
            self.choosers.measure: self._ask_measure,
        }  # fmt: skip
        for button, act in acts.items():
            button.clicked.connect(act)
        self._keys = bind_keys(
            self,
            {
                Qt.Key.Key_Return: self._open, Qt.Key.Key_Enter: self._open, "B": self._compare,
                "N": self._ask_note, "A": self._analyse, "/": self._ask_person,
                "E": self._ask_exercise, "V": self._ask_measure, "U": self._again,
                "Home": lambda: self._move(-10_000), "End": lambda: self._move(10_000),
            },
        )  # fmt: skip
        for key, by in (("Left", -1), ("Right", 1)):
            shortcut = bind_keys(self, {key: lambda by=by: self._move(by)})[key]
            shortcut.setAutoRepeat(True)
            self._keys[key] = shortcut

    # What is read

    def _read(self) -> None:
        office, person, only = self._office, self._person, seen_code(self._office)
        if only == "":
            self.desk.data = None
            self._trouble = NO_OWN
            self._show()
            return
        self._trouble = ""
        zone = self.desk.zone
        self.jobs.ask(
            "trend", lambda _: read_trend(open_shelf(office), person, only, zone), self._took,
            self._failed, OPENING,
        )  # fmt: skip

    def _took(self, data: TrendData) -> None:
        office = self._office
        self._trouble, self._person = "", data.person or self._person
        self._seen = (office.hat, office.person, self._person)
        self.desk.show(data, names=office.hat == "therapist")

    def _failed(self, said: str) -> None:
        self._trouble = f"{said} U tries again."
        self.desk.data = None

    def _again(self) -> None:
        self._said = ""
        self._seen = None

    # What is shown

    def _show(self) -> None:
        desk = self.desk
        empty = self._trouble or (desk.empty if desk.data else f"{OPENING} …")
        view = desk.view()
        self.choosers.show_words(desk.person_words, desk.task_words(),
                                 measure_words(desk.measure).title)  # fmt: skip
        self._stack.setCurrentWidget(self.empty if empty else self._full)
        self.empty.show_model(empty)
        self.chart.show_view(view)
        self.side.show_lines(desk.card())
        there = not empty
        for button in (self.review, self.compare, self.note, self.spacing,
                       self.choosers.exercise, self.choosers.measure):  # fmt: skip
            button.setEnabled(there)
        self.choosers.person.setEnabled(desk.data is not None)
        self.analyse.setVisible(bool(desk.data and desk.data.pending and not desk.data.read_only))
        before = desk.before
        number = desk.trend.points[before].number if before >= 0 else 0
        self.compare.set_label(f"Before: {number}" if number else "Before")
        self.spacing.set_label("By number" if desk.spacing == "time" else "To time")

    def _say(self) -> None:
        note = self._commands.note() or self.analysing.words or self.jobs.words or self._said
        view = self.chart.view
        note = note or self.desk.pending_words
        if not note and view is not None and view.places:
            note = view.own
        self.buttons.say(note, self._theme.close if self._bad and self._said else self._theme.text2)

    def _do(self, said: str, *, bad: bool = False) -> None:
        self._said, self._bad = said, bad
        self._show()
        self._say()

    # What is done

    def _choose(self, place: int) -> None:
        self.desk.choose(place)
        self._do("")

    def _move(self, by: int) -> None:
        self.desk.move(by)
        self._do("")

    def _compare(self) -> None:
        self._do(self.desk.toggle_before())

    def _toggle_spacing(self) -> None:
        self._do(self.desk.toggle_spacing())

    def _open(self) -> None:
        session, office = self.desk.session, self._office
        if session is None:
            return
        self.jobs.ask("open", lambda _: open_shelf(office).session(session), self._found,
                      lambda said: self._do(said, bad=True))  # fmt: skip

    def _analyse(self) -> None:
        pending = self.desk.data.pending if self.desk.data else ()
        self._do(self.analysing.start(pending, self._status))

    def _analysed(self, said: str, well: bool) -> None:
        self._do(said, bad=not well)
        self._read()

    def _found(self, row: object) -> None:
        recording = getattr(row, "recording", None)
        if recording is None:
            self._do("This session is not in the library any more.", bad=True)
        elif recording.missing:
            self._do(f"Its file is not where it was: {recording.path}. Put it back, or adopt the "
                     "folder it is in on the page Library.", bad=True)  # fmt: skip
        else:
            self.opened.emit(recording.path)

    def _ask_person(self) -> None:
        data, therapist = self.desk.data, self._office.hat == "therapist"
        if data is None or not data.people:
            self._do(self._trouble or self.desk.empty or NOBODY, bad=True)
            return
        picks = [
            Pick(one.code, called(one, names=therapist), counted(one.sessions, "session"))
            for one in data.people
        ]
        hint = "" if therapist else NOT_SHOWN
        self._ask("Whose sessions?", hint, picks, self._take_person)

    def _take_person(self, code: str) -> str:
        self.show_person(code)
        return ""

    def _ask_exercise(self) -> None:
        data, desk = self.desk.data, self.desk
        if data is None or not data.tasks:
            return
        picks = [
            Pick(f"{task}|{side}", desk.task_words((task, side)), counted(count, "session"))
            for task, side, count in sorted(data.tasks, key=lambda one: -one[2])
        ]
        self._ask("Which exercise?", "Only alike is compared with alike.", picks,
                  self._take_exercise)  # fmt: skip

    def _take_exercise(self, key: str) -> str:
        task, _, side = key.partition("|")
        self.desk.choose_task((task, side))
        self._do("")
        return ""

    def _ask_measure(self) -> None:
        known = self.desk.known_measures
        if not self.desk.trend.points:
            return
        has = {key: self.desk.sessions_with(key) for key in known}
        picks = [
            Pick(key, measure_words(key).title, f"in {counted(has[key], 'session')}", key)
            for key in known
        ]
        self._ask("Which measure?", "Beside the share of repetitions with the glutes first.",
                  picks, self._take_measure)  # fmt: skip

    def _take_measure(self, key: str) -> str:
        self.desk.choose_measure(key)
        self._do("")
        return ""

    def _ask_note(self) -> None:
        desk = self.desk
        if self._office.hat != "therapist":
            self._do(NOTE_HAT, bad=True)
            return
        if desk.session is None:
            return
        number = desk.trend.points[desk.chosen].number
        self._quieten(asked=True)
        self.card.ask_name(f"Note on session {number}", "It stands on the time line.", "",
                           self._write_note)  # fmt: skip
        self.card.edit.setAccessibleName("Note")

    def _write_note(self, text: str) -> str:
        office, data, session = self._office, self.desk.data, self.desk.session
        if data is None or session is None:
            return ""
        who, person = office.who, data.person
        self.jobs.ask(
            f"note {text}",
            lambda _: written(
                office,
                lambda library: library.add_note(person, session, who, text),
                "The note is kept.",
            ),
            self._noted,
            lambda said: self._do(said, bad=True),
        )
        return ""

    def _noted(self, said: str) -> None:
        self._do(said)
        self._read()

    def _ask(self, title: str, hint: str, picks: list[Pick], take: Callable[[str], str]) -> None:
        self._quieten(asked=True)
        self.card.ask_pick(title, hint, picks, take)

    def _card_closed(self) -> None:
        self._quieten(asked=False)
        self.chart.setFocus()

    def _quieten(self, *, asked: bool) -> None:
        """Let only what asks have keys."""
        for shortcut in self._keys.values():
            shortcut.setEnabled(not asked)
