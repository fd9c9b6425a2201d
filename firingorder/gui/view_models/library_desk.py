"""What the page Library works on: what was read, what is chosen, what may be shown. Without Qt."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from firingorder.gui.view_models.library_rows import (
    EVERYBODY,
    INBOX,
    NOBODY,
    UNKNOWN,
    BoxLine,
    SessionLine,
    Shelf,
    inbox_lines,
    session_lines,
    shelves,
    unknown_lines,
)
from firingorder.gui.view_models.trends_desk import called
from firingorder.gui.view_models.trends_words import counted
from firingorder.session.home.inbox import waiting

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from datetime import tzinfo
    from pathlib import Path

    from firingorder.library.library import Library
    from firingorder.library.records import (
        ExportRow,
        InboxRow,
        NoteRow,
        PersonRow,
        SessionRow,
        TrendPoint,
    )
    from firingorder.session.home import Returned

#: So many sessions are read at once; further ones when the end of the list is reached.
PAGE = 100
NOTHING_YET = (
    "The library is empty. A session that is recorded comes in by itself; I imports a file of "
    "another program, A adopts recordings of a folder."
)
READ_ONLY = "Read-only: everything can be looked at, nothing can be kept."
NONE_FOUND = "Nothing is found. Type another word, or Esc for all."
NO_SESSIONS = "No session of {} yet."
NO_PACKAGES = "Nothing has come back from home."
THERAPIST = "This is done in the Therapist hat: Ctrl+H."
NO_OWN = "In the Person hat only your own sessions are shown: Ctrl+H, or begin with --person CODE."
CHOOSE = "Choose a session first."
CHOOSE_PERSON = "Choose a person first."


@dataclass(frozen=True, slots=True)
class LibraryData:
    """What was read.

    ``leads`` are points of the first exercise by session, ``others`` counts the further ones;
    ``more``: there are older sessions; ``lines`` are the sessions as they are listed.
    """

    people: tuple[PersonRow, ...]
    nobodys: int
    inbox: tuple[InboxRow, ...]
    sessions: tuple[SessionRow, ...]
    leads: dict[int, TrendPoint]
    others: dict[int, int]
    notes: tuple[NoteRow, ...]
    exports: tuple[ExportRow, ...]
    of: str
    search: str
    more: bool
    lines: tuple[SessionLine, ...] = ()
    returned: Mapping[int, Returned] = field(default_factory=dict[int, "Returned"])
    read_only: bool = False


def read_library(
    library: Library,
    shelf: str,
    search: str,
    limit: int,
    only: str | None,
    exercise: Callable[[str], str],
    zone: tzinfo,
) -> LibraryData:
    """Read what the page shows of a shelf; ``only`` is the one code that may be seen.

    Raises
    ------
    LibraryError
        The library cannot be read.
    """
    people = tuple(one for one in library.people() if one.code and only in (None, one.code))
    boxes = waiting(library.inbox()) if only is None else ()
    inbox = tuple(one.row for one in boxes)
    returned = {one.row.id: one.returned for one in boxes if one.returned is not None}
    nobodys = len(library.sessions("", limit=PAGE)) if only is None else 0
    person = None if search or shelf in (EVERYBODY, INBOX, UNKNOWN) else shelf
    if only is not None:
        person = only
    sessions = library.sessions(person, search=search, limit=limit + 1)
    more, sessions = len(sessions) > limit, sessions[:limit]
    leads: dict[int, TrendPoint] = {}
    others: dict[int, int] = {}
    first = {one.id: (one.task, one.side) for one in sessions}
    for code in {one.person for one in sessions}:
        for point in library.trend(code):
            if first.get(point.session) == (point.task, point.side):
                leads[point.session] = point
            else:
                others[point.session] = others.get(point.session, 0) + 1
    notes = library.notes(person) if person else ()
    exports = library.exports(person) if person else ()
    with_person = only is None and (shelf == EVERYBODY or bool(search))
    lines = session_lines(sessions, leads, others, exercise, zone, with_person=with_person)
    return LibraryData(
        people, nobodys, inbox, sessions, leads, others, notes, exports, shelf, search, more, lines,
        returned, bool(library.read_only),
    )  # fmt: skip


class LibraryDesk:
    """Keeps what is chosen. ``exercise`` gives the name of an exercise."""

    def __init__(self, zone: tzinfo, exercise: Callable[[str], str]) -> None:
        self.zone, self.exercise = zone, exercise
        self.data: LibraryData | None = None
        self.unknown: tuple[Path, ...] = ()
        self.shelf, self.search, self.limit = EVERYBODY, "", PAGE
        self.only: str | None = None
        self.session_id: int | None = None
        self.box_key = ""

    def show(self, data: LibraryData, only: str | None) -> None:
        """Take what was read; a session that is no longer there gives its place to the newest."""
        self.data, self.only = data, only
        ids = [one.id for one in data.sessions]
        if self.session_id not in ids:
            self.session_id = ids[0] if ids else None
        keys = [one.key for one in self.shelves()]
        if keys and self.shelf not in keys:
            self.shelf = next((key for key in keys if key not in (INBOX, UNKNOWN)), keys[0])

    @property
    def standing(self) -> str:
        """What is said while there is nothing else to say."""
        return READ_ONLY if self.data is not None and self.data.read_only else ""

    @property
    def names(self) -> bool:
        """Whether names may be shown."""
        return self.only is None

    @property
    def box(self) -> bool:
        """Whether packages or files are listed, and no sessions."""
        return self.shelf in (INBOX, UNKNOWN)

    @property
    def person(self) -> str:
        """Code of the person that is chosen; empty: none is."""
        return "" if self.shelf in (EVERYBODY, INBOX, UNKNOWN, NOBODY) else self.shelf

    @property
    def person_row(self) -> PersonRow | None:
        """The person that is chosen."""
        people: Sequence[PersonRow] = self.data.people if self.data else ()
        return next((one for one in people if one.code == self.person), None)

    @property
    def session(self) -> SessionRow | None:
        """The session that is chosen."""
        if self.data is None or self.box:
            return None
        return next((one for one in self.data.sessions if one.id == self.session_id), None)

    @property
    def package(self) -> InboxRow | None:
        """The package that is chosen."""
        if self.data is None or self.shelf != INBOX:
            return None
        return next((one for one in self.data.inbox if str(one.id) == self.box_key), None)

    @property
    def of_session(self) -> str:
        """Code of whom the actions are about: the person that is chosen, else the session's."""
        package = self.package
        if package is not None:
            return package.person
        return self.person or (self.session.person if self.session else "")

    def shelves(self) -> tuple[Shelf, ...]:
        """Return the rows at the left."""
        data = self.data
        if data is None:
            return ()
        unknown = self.unknown if self.only is None else ()
        return shelves(
            data.people, data.nobodys, data.inbox, unknown, names=self.names, zone=self.zone,
            returned=data.returned,
        )  # fmt: skip

    def sessions(self) -> tuple[SessionLine, ...]:
        """Return the sessions that are listed."""
        return () if self.data is None or self.box else self.data.lines

    def boxes(self) -> tuple[BoxLine, ...]:
        """Return packages or files that are listed."""
        if self.data is None:
            return ()
        if self.shelf == INBOX:
            return inbox_lines(self.data.inbox, self.zone, self.data.returned)
        return unknown_lines(self.unknown) if self.shelf == UNKNOWN else ()

    def task_words(self, row: SessionRow) -> str:
        """Return exercise and side of a session."""
        if not row.task:
            return "No exercise told"
        return f"{self.exercise(row.task)}, {'both sides' if row.side == 'both' else row.side}"

    def title(self) -> tuple[str, str]:
        """Return what stands over the list, and beside it."""
        if self.data is None:
            return "Sessions", ""
        if self.shelf == INBOX:
            return "Inbox from home", "red flags, then rises in pain"
        if self.shelf == UNKNOWN:
            return "Found recordings", "not in the library yet"
        row = self.person_row
        name = "Nobody named" if self.shelf == NOBODY else "Sessions"
        if row is not None:
            name = called(row, names=self.names)
        count = len(self.data.sessions)
        note = f"the {count} newest" if self.data.more else counted(count, "session")
        return name, f"{note}  ·  read-only" if self.data.read_only else note

    @property
    def empty(self) -> str:
        """Why the list has no rows; empty: it has some."""
        if self.data is None or self.sessions() or self.boxes():
            return ""
        if self.search:
            return NONE_FOUND
        if self.shelf == INBOX:
            return NO_PACKAGES
        if self.person:
            return NO_SESSIONS.format(self.person)
        return NOTHING_YET

    def erase_words(self) -> str:
        """Return what goes when the person that is chosen is erased, and what does not."""
        row = self.person_row
        if row is None or self.data is None:
            return CHOOSE_PERSON
        went = counted(row.sessions, "session")
        copies = len(self.data.exports)
        said = (
            f"Hold for two seconds: {row.code} is erased, with {went}, their recordings, log, "
            "calibrations, notes and results."
        )
        if copies:
            noun = "copy was" if copies == 1 else "copies were"
            said += (
                f" {copies} {noun} exported before and will be named: those stay where they are."
            )
        return said
