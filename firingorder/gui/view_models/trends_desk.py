"""What the page Trends works on: who, which exercise, which measure, which session. Without Qt."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field, replace
from datetime import UTC
from typing import TYPE_CHECKING

from firingorder.gui.view_models.trends_card import (
    SET_BEFORE,
    CardLine,
    comparison_card,
    note_lines,
    session_card,
)
from firingorder.gui.view_models.trends_view import TrendView, trend_view
from firingorder.gui.view_models.trends_words import counted
from firingorder.session.archive.analysing import unanalysed
from firingorder.session.trends import LEAD, LEFT_RIGHT, SHARE, amount_of, measures, trend_of

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import tzinfo

    from firingorder.gui.view_models.trends_view import Spacing
    from firingorder.library.library import Library
    from firingorder.library.records import NoteRow, PersonRow, TrendPoint
    from firingorder.session.feed import LiveStatus
    from firingorder.session.trends import Trend

#: Measures that say little across days: microvolts change with every application of the pads.
_NOT_ACROSS = ("rms_", "snr", "onset", "offset")
NOBODY = (
    "Nobody is in the library yet. C on a session of the page Library (Ctrl+6) gives it a code; so "
    "does beginning with --person CODE."
)
COMES = "The session of {} comes into the library, with its result, when this window is closed."
READ_ONLY = "the library is read-only here."
NO_OWN = "In the Person hat only your own sessions are shown: Ctrl+H, or begin with --person CODE."
NO_SESSIONS = "{} has no session with a result yet. Enter on a session of the library analyses it."


@dataclass(frozen=True, slots=True)
class TrendData:
    """What was read of one person; ``trends`` by exercise and side, worked out with it.

    ``pending`` are sessions without a result whose file is there.
    """

    people: tuple[PersonRow, ...]
    person: str
    tasks: tuple[tuple[str, str, int], ...]
    points: tuple[TrendPoint, ...]
    notes: tuple[NoteRow, ...]
    trends: dict[tuple[str, str], Trend] = field(default_factory=dict[tuple[str, str], "Trend"])
    pending: tuple[int, ...] = ()
    read_only: bool = False


def read_trend(library: Library, person: str, only: str | None, zone: tzinfo = UTC) -> TrendData:
    """Read what the page shows; ``only`` is the one code that may be seen, None: all may.

    What takes long with hundreds of sessions is worked out here, beside the window.

    Raises
    ------
    LibraryError
        The library cannot be read.
    """
    people = tuple(one for one in library.people() if one.code and only in (None, one.code))
    codes = [one.code for one in people]
    chosen = person if person in codes else _newest(people)
    if not chosen:
        return TrendData(people, "", (), (), ())
    tasks, points = library.tasks_of(chosen), library.trend(chosen)
    trends: dict[tuple[str, str], Trend] = {}
    for task, side, _ in tasks:
        one = trends[task, side] = trend_of(
            [p for p in points if (p.task, p.side) == (task, side)], zone
        )
        for measure in (SHARE, LEAD, LEFT_RIGHT):
            one.changes(measure)
    pending = tuple(one.id for one in unanalysed(library, chosen))
    notes, read_only = library.notes(chosen), bool(library.read_only)
    return TrendData(people, chosen, tasks, points, notes, trends, pending, read_only)


def recorded_here(status: LiveStatus) -> str:
    """Return the code of whom this window records, or has recorded, a session; empty for none."""
    kept = status.source != "replay" and status.recording
    return (status.person or "") if kept else ""


def _newest(people: tuple[PersonRow, ...]) -> str:
    came = [one for one in people if one.last_utc_s is not None]
    return max(came, key=lambda one: one.last_utc_s or 0.0).code if came else ""


class TrendsDesk:
    """Keeps what is chosen and makes views of it. ``exercise`` gives the name of an exercise.

    ``here`` is the code of whom the session of this window is recorded of; empty: of nobody.
    """

    def __init__(self, zone: tzinfo, exercise: Callable[[str], str]) -> None:
        self.zone, self._exercise = zone, exercise
        self.data: TrendData | None = None
        self.task: tuple[str, str] = ("", "")
        self.measure = LEAD
        self.spacing: Spacing = "number"
        self.chosen = self.before = -1
        self.trend: Trend = trend_of((), zone)
        self.here = ""
        self._names = True
        self._made: tuple[object, TrendView] | None = None

    def show(self, data: TrendData, *, names: bool) -> None:
        """Take what was read; the exercise that was looked at stays, else the most frequent."""
        same = self.data is not None and self.data.person == data.person
        session = self.session if same else None
        before = self.trend.points[self.before].session if same and self.before >= 0 else None
        self.data, self._names = data, names
        known = [(task, side) for task, side, _ in data.tasks]
        if self.task not in known:
            most = max(data.tasks, key=lambda one: one[2], default=("", "", 0))
            self.task = most[:2]
        self._rebuild(session, before)

    @property
    def session(self) -> int | None:
        """Which session is chosen."""
        inside = 0 <= self.chosen < len(self.trend.points)
        return self.trend.points[self.chosen].session if inside else None

    @property
    def title(self) -> str:
        """Person and exercise."""
        return "  ·  ".join(part for part in (self.person_words, self.task_words()) if part)

    @property
    def person_words(self) -> str:
        """Code, with the name where it may be shown."""
        if self.data is None or not self.data.person:
            return ""
        row = next((one for one in self.data.people if one.code == self.data.person), None)
        return self.data.person if row is None else called(row, names=self._names)

    def task_words(self, task: tuple[str, str] | None = None) -> str:
        """Return an exercise with its side."""
        name, side = self.task if task is None else task
        if not name:
            return ""
        return f"{self._exercise(name)}, {'both sides' if side == 'both' else side}"

    @property
    def empty(self) -> str:
        """Why there is nothing to draw; empty: there is something."""
        if self.data is None or self.trend.points:
            return ""
        if self.pending_words:
            return self.pending_words
        if self.here and self.data.person in ("", self.here):
            return COMES.format(self.here)
        if not self.data.person:
            return NOBODY
        return NO_SESSIONS.format(self.data.person)

    @property
    def pending_words(self) -> str:
        """What has no result yet and how it comes to one; empty: every session has one."""
        if self.data is None or not self.data.pending:
            return ""
        count, code = len(self.data.pending), self.data.person
        if self.data.read_only:
            return f"{counted(count, 'session')} of {code} without a result; {READ_ONLY}"
        noun = "it" if count == 1 else "them"
        return f"{counted(count, 'session')} of {code} not analysed yet: A analyses {noun}."

    @property
    def known_measures(self) -> tuple[str, ...]:
        """Measures to choose from."""
        return tuple(one for one in measures(self.trend) if not one.startswith(_NOT_ACROSS))

    def sessions_with(self, measure: str) -> int:
        """Return how many sessions have a value of a measure."""
        return sum(amount_of(one, measure).gate is None for one in self.trend.points)

    def choose_task(self, task: tuple[str, str]) -> None:
        """Look at another exercise."""
        self.task = task
        self._rebuild(None, None)

    def choose_measure(self, measure: str) -> None:
        """Look at another measure."""
        self.measure = measure

    def move(self, by: int) -> None:
        """Go along the time line."""
        if self.trend.points:
            self.chosen = min(max(self.chosen + by, 0), len(self.trend.points) - 1)

    def choose(self, place: int) -> None:
        """Choose a session by its place."""
        if 0 <= place < len(self.trend.points):
            self.chosen = place

    def toggle_before(self) -> str:
        """Set the chosen session as "before", or forget it; return what to say."""
        if self.chosen < 0:
            return ""
        number = self.trend.points[self.chosen].number
        if self.before == self.chosen:
            self.before = -1
            return "Nothing is compared any more."
        self.before = self.chosen
        return f"Session {number} is “before”: choose another one to compare."

    def toggle_spacing(self) -> str:
        """Draw sessions to time, or side by side; return what to say."""
        self.spacing = "time" if self.spacing == "number" else "number"
        return "Drawn to time." if self.spacing == "time" else "Drawn side by side, by number."

    def view(self) -> TrendView:
        """Return what is drawn. What does not depend on the chosen session is made once."""
        counts = Counter(
            one.session for one in (self.data.notes if self.data else ()) if one.session is not None
        )
        made_of = (self.trend, self.title, self.measure_shown, self.spacing, counts)
        if self._made is None or self._made[0] != made_of:
            view = trend_view(
                self.trend, self.title, self.measure_shown, chosen=-1, spacing=self.spacing,
                notes=counts, zone=self.zone,
            )  # fmt: skip
            self._made = (made_of, view)
        view = self._made[1]
        inside = 0 <= self.chosen < len(view.places)
        spoken = (
            f"{view.spoken} Chosen: {view.places[self.chosen].spoken}" if inside else view.spoken
        )
        return replace(view, chosen=self.chosen, before=self.before, spoken=spoken)

    @property
    def measure_shown(self) -> str:
        """The measure that was chosen, where this exercise has it; else the lead."""
        return self.measure if self.measure in self.known_measures else LEAD

    def card(self) -> tuple[CardLine, ...]:
        """Return what stands beside the charts."""
        if self.data is None or not 0 <= self.chosen < len(self.trend.points):
            return ()
        measure = self.measure_shown
        lines: list[CardLine] = []
        if 0 <= self.before < len(self.trend.points) and self.before != self.chosen:
            lines += comparison_card(self.trend, self.before, self.chosen, measure, self.zone)
        of_session = session_card(
            self.trend, self.chosen, measure, self.task_words(), self.data.notes, self.zone
        )
        if lines:  # one title is enough
            of_session = (replace(of_session[0], kind="head"), *of_session[1:])
        lines += of_session
        if self.before < 0 and len(self.trend.points) > 1:
            lines.append(CardLine("said", SET_BEFORE))
        of_person = [one for one in self.data.notes if one.session is None]
        if of_person:
            lines.append(CardLine("head", "Notes about the person"))
            lines += note_lines(of_person, self.zone)
        return tuple(lines)

    def _rebuild(self, session: int | None, before: int | None) -> None:
        assert self.data is not None
        self.trend = self.data.trends.get(self.task) or trend_of((), self.zone)
        place = None if session is None else self.trend.place(session)
        self.chosen = len(self.trend.points) - 1 if place is None else place
        kept = None if before is None else self.trend.place(before)
        self.before = -1 if kept is None else kept


def called(person: PersonRow, *, names: bool) -> str:
    """Return code and, where it may be shown, name."""
    return f"{person.code}  ·  {person.name}" if names and person.name else person.code
