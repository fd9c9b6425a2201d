"""The rows of the page Library: people and boxes at the left, sessions or what a box holds."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from firingorder.gui.view_models.trends_card import Counts, counts_words
from firingorder.gui.view_models.trends_words import (
    SPACE,
    counted,
    date_words,
    measure_words,
    pain_words,
    time_words,
)
from firingorder.session.trends import LEAD

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from datetime import tzinfo
    from pathlib import Path

    from firingorder.library.records import InboxRow, PersonRow, SessionRow, TrendPoint
    from firingorder.session.home import Returned

ShelfKind = Literal["person", "nobody", "everybody", "inbox", "unknown"]
SessionFlag = Literal["recovered", "missing", "corrected", "simulated", "imported", "not_analysed"]
SESSION_FLAGS: dict[SessionFlag, str] = {
    "missing": "file missing",
    "recovered": "recovered",
    "not_analysed": "not analysed",
    "corrected": "corrected",
    "simulated": "simulated",
    "imported": "imported",
}
EVERYBODY, NOBODY, INBOX, UNKNOWN = "*", "", "*inbox", "*unknown"


@dataclass(frozen=True, slots=True)
class Shelf:
    """One row at the left. ``key`` is the code of a person, or one of the constants above."""

    key: str
    kind: ShelfKind
    title: str
    note: str
    count: str = ""
    icon: str = ""

    @property
    def spoken(self) -> str:
        """What a screen reader says."""
        return ", ".join(part for part in (self.title, self.note, self.count) if part)


@dataclass(frozen=True, slots=True)
class SessionLine:
    """One session of the list."""

    id: int
    when: str
    who: str
    task: str
    lead: str
    counts: Counts
    repetitions: str
    pain: str
    flags: tuple[SessionFlag, ...]
    analysed: bool
    note: str = ""

    @property
    def spoken(self) -> str:
        """What a screen reader says."""
        told = counts_words(self.counts) if self.analysed else ""
        flags = ", ".join(SESSION_FLAGS[flag] for flag in self.flags)
        parts = (self.when, self.who, self.task, self.repetitions, told, self.lead, self.pain,
                 flags, self.note)  # fmt: skip
        return ", ".join(part for part in parts if part)


@dataclass(frozen=True, slots=True)
class BoxLine:
    """One package from home, or one file that the library does not know."""

    key: str
    title: str
    note: str
    icon: str
    strong: str = ""

    @property
    def spoken(self) -> str:
        """What a screen reader says."""
        return ", ".join(part for part in (self.title, self.strong, self.note) if part)


def shelves(
    people: Sequence[PersonRow],
    nobodys: int,
    inbox: Sequence[InboxRow],
    unknown: Sequence[Path],
    *,
    names: bool,
    zone: tzinfo,
    returned: Mapping[int, Returned] | None = None,
) -> tuple[Shelf, ...]:
    """Return the rows at the left: what waits first, then everybody, then each person."""
    found: list[Shelf] = []
    fresh = [one for one in inbox if not one.read]
    if inbox:
        rises = sum((one.pain_rise or 0) > 0 for one in fresh)
        flags = sum(bool(told.flags) for one in fresh if (told := (returned or {}).get(one.id)))
        told_of = (
            f"red flag in {flags}" if flags else "",
            f"pain rose in {rises}" if rises else "",
        )
        note = ", ".join(filter(None, told_of)) or f"{len(fresh)} not read"
        found.append(Shelf(INBOX, "inbox", "Inbox from home", note, str(len(inbox)), "inbox"))
    if unknown:
        note = "not in the library: A adopts them"
        found.append(
            Shelf(UNKNOWN, "unknown", "Found recordings", note, str(len(unknown)), "unknown")
        )
    total = sum(one.sessions for one in people) + nobodys
    if len(people) + bool(nobodys) > 1:
        found.append(Shelf(EVERYBODY, "everybody", "Everybody", "newest first", str(total)))
    for one in people:
        last = "no session yet"
        if one.last_utc_s is not None:
            last = f"last {date_words(one.last_utc_s, zone)}"
        name = one.name if names else ""
        note = f"{name}  ·  {last}" if name else last
        found.append(Shelf(one.code, "person", one.code, note, str(one.sessions)))
    if nobodys:
        found.append(
            Shelf(NOBODY, "nobody", "Nobody named", "C gives a session a code", str(nobodys))
        )
    return tuple(found)


def session_lines(
    rows: Sequence[SessionRow],
    leads: Mapping[int, TrendPoint],
    others: Mapping[int, int],
    exercise: Callable[[str], str],
    zone: tzinfo,
    *,
    with_person: bool,
) -> tuple[SessionLine, ...]:
    """Return the sessions as they are listed.

    ``leads`` are points of their first exercise, ``others`` counts the further ones.
    """
    return tuple(
        SessionLine(
            one.id,
            time_words(one.start_utc_s, zone),
            (one.person or "nobody named") if with_person else "",
            _task_words(one, exercise, others.get(one.id, 0)),
            lead_words(leads.get(one.id)),
            counts_in(one, leads.get(one.id)),
            repetition_words(one, leads.get(one.id)),
            f"pain {pain_words(one.pain_before, one.pain_after)}",
            session_flags(one),
            one.analysed,
            one.note,
        )
        for one in rows
    )


def session_flags(row: SessionRow) -> tuple[SessionFlag, ...]:
    """Return what is to be known of a session, the most pressing first."""
    found: dict[SessionFlag, bool] = {
        "missing": row.recording.missing,
        "recovered": not row.recording.finished,
        "not_analysed": not row.analysed,
        "corrected": row.corrected > 0,
        "simulated": row.recording.simulated,
        "imported": row.recording.imported,
    }
    return tuple(flag for flag, on in found.items() if on)


def counts_in(row: SessionRow, point: TrendPoint | None) -> Counts:
    """Return the verdict counts of the first exercise, else of the session."""
    one = row if point is None else point
    return (one.glutes_first, one.together, one.back_first, one.unclear)


def repetition_words(row: SessionRow, point: TrendPoint | None) -> str:
    """Return how many repetitions there were: ``10 of 12 scored``."""
    if not row.analysed:
        return f"{max(1, round(row.duration_s / 60))}{SPACE}min"
    if point is not None and point.scored != row.scored:  # there are other exercises
        return f"{point.scored} scored"
    if row.repetitions > row.scored:
        return f"{row.scored} of {row.repetitions} scored"
    return f"{row.scored} scored"


def _task_words(row: SessionRow, exercise: Callable[[str], str], others: int) -> str:
    if not row.task:
        return "no exercise told"
    side = "" if row.side == "both" else f", {row.side}"
    more = f" and {others} more" if others else ""
    return f"{exercise(row.task)}{side}{more}"


def lead_words(point: TrendPoint | None) -> str:
    """Return the median lead with its interval; empty where there is none."""
    if point is None or point.lead_ms is None:
        return ""
    words = measure_words(LEAD)
    if point.lead_low_ms is None or point.lead_high_ms is None:
        return words.value(point.lead_ms)
    ends = f"{words.number(point.lead_low_ms)} … {words.number(point.lead_high_ms)}"
    return f"{words.value(point.lead_ms)}  ({ends})"


def inbox_lines(
    rows: Sequence[InboxRow], zone: tzinfo, returned: Mapping[int, Returned] | None = None
) -> tuple[BoxLine, ...]:
    """Return the packages, as they are sorted."""
    found: list[BoxLine] = []
    for one in rows:
        rise = one.pain_rise
        strong = "pain not asked" if rise is None else f"pain rose by {rise}" if rise > 0 else ""
        parts = (
            counted(one.sessions, "session"), one.adherence,
            f"came {date_words(one.came_utc_s, zone)}", "read" if one.read else "not read",
        )  # fmt: skip
        told = (returned or {}).get(one.id)
        flagged = told is not None and bool(told.flags)
        if told is not None and flagged:
            said = ", ".join(flag.upper() for flag in told.flags)
            strong = "  ·  ".join(filter(None, (f"red flag {said}", strong)))
        icon = "pain" if flagged or (rise or 0) > 0 else "inbox"
        found.append(BoxLine(str(one.id), one.person, "  ·  ".join(filter(None, parts)), icon,
                             strong))  # fmt: skip
    return tuple(found)


def unknown_lines(paths: Sequence[Path]) -> tuple[BoxLine, ...]:
    """Return files that the library does not know."""
    return tuple(BoxLine(str(one), one.name, str(one.parent), "unknown") for one in paths)
