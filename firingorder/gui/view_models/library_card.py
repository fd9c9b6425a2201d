"""What stands beside the list of sessions: the chosen one, its person, notes, copies made."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from firingorder.gui.view_models.library_rows import (
    SESSION_FLAGS,
    counts_in,
    lead_words,
    repetition_words,
    session_flags,
)
from firingorder.gui.view_models.trends_card import CardLine, note_lines
from firingorder.gui.view_models.trends_words import (
    count_words,
    date_words,
    measure_words,
    pain_words,
    time_words,
)
from firingorder.report.wording import format_clock
from firingorder.session.trends import SHARE

if TYPE_CHECKING:
    from datetime import tzinfo

    from firingorder.gui.view_models.library_desk import LibraryData, LibraryDesk
    from firingorder.library.records import InboxRow, PersonRow, SessionRow
    from firingorder.session.home import Returned

PADS: dict[bool | None, str] = {
    None: "nobody said",
    True: "put on again",
    False: "stayed since the session before",
}
_MEANS: dict[str, str] = {
    "missing": "The file is not where it was: put it back, or A adopts the folder it is in.",
    "recovered": "The recording was cut off. What had reached the disk is whole.",
    "not_analysed": "No result is kept yet: Enter analyses it.",
    "corrected": "Some onsets or repetitions were corrected by hand.",
    "simulated": "Made by the simulated belt: nobody's muscles.",
    "imported": "From a file of another program.",
}


def session_lines_of(
    data: LibraryData, row: SessionRow, task: str, zone: tzinfo
) -> tuple[CardLine, ...]:
    """Return the lines of the chosen session."""
    point = data.leads.get(row.id)
    who = row.person or "nobody named"
    lines = [
        CardLine("title", f"Session {row.number}  ·  {who}",
                 note=time_words(row.start_utc_s, zone)),
    ]  # fmt: skip
    if row.analysed:
        counts = counts_in(row, point)
        lines.append(CardLine("counts", task, note=repetition_words(row, point), counts=counts))
    else:
        lines.append(CardLine("pair", task, repetition_words(row, point)))
    others = data.others.get(row.id, 0)
    if others:
        lines.append(CardLine("pair", "Other exercises", str(others), "in Trends and the review"))
    if point is not None and point.share is not None:
        words = measure_words(SHARE)
        interval = ""
        if point.share_low is not None and point.share_high is not None:
            interval = f"95 %: {words.interval(point.share_low, point.share_high)}, "
        note = f"{interval}{count_words(point.scored)}"
        lines.append(CardLine("pair", words.title, words.value(point.share), note))
    if point is not None and point.lead_ms is not None:
        value, _, interval = lead_words(point).partition("  ")
        said = f"95 %: {interval.strip('()')}, " if interval else ""
        lines.append(CardLine("pair", "Median lead", value, f"{said}{count_words(point.leads)}"))
    lines += [
        CardLine("pair", "Pain", pain_words(row.pain_before, row.pain_after)),
        CardLine("pair", "Length", format_clock(row.duration_s)),
        CardLine("pair", "Pads", PADS[row.pads_reapplied]),
        CardLine("pair", "Calibration", "in use" if row.calibration else "none"),
    ]
    lines += [
        CardLine("flag", f"{SESSION_FLAGS[flag].capitalize()}. {_MEANS[flag]}", icon=flag)
        for flag in session_flags(row)
    ]
    lines += note_lines([one for one in data.notes if one.session == row.id], zone)
    if row.note:
        lines.append(CardLine("note", row.note, icon="note", note="in the session"))
    lines.append(CardLine("pair", "File", Path(row.recording.path).name))
    return tuple(lines)


def card_of(desk: LibraryDesk) -> tuple[CardLine, ...]:
    """Return what stands beside the list: the chosen package, or session and person."""
    data, row = desk.data, desk.session
    if data is None:
        return ()
    if desk.box:
        box = desk.package
        return package_lines(box, desk.zone, data.returned.get(box.id)) if box else ()
    lines = ()
    if row is not None:
        lines = session_lines_of(data, row, desk.task_words(row), desk.zone)
    return (*lines, *person_lines(data, desk.person_row, desk.zone, names=desk.names))


def package_lines(
    row: InboxRow, zone: tzinfo, told: Returned | None = None
) -> tuple[CardLine, ...]:
    """Return the lines of a package that came back from home."""
    rise = row.pain_rise
    pain = "not asked" if rise is None else f"rose by {rise}" if rise > 0 else "did not rise"
    flags, remarks = ((), ()) if told is None else (told.flags, told.remarks)
    return (
        CardLine("title", row.person, note=f"came {time_words(row.came_utc_s, zone)}"),
        *(CardLine("flag", f"Yes to the red flag {one.upper()}. Speak with the person before the "
                   "next session.", icon="pain") for one in flags),
        CardLine("pair", "Sessions", str(row.sessions)),
        CardLine("pair", "Done", row.adherence or "not told"),
        *(() if told is not None else (CardLine("pair", "Pain", pain),)),
        *(CardLine("note", one, icon="pain") for one in (() if told is None else (told.pain,))),
        *(CardLine("note", one, icon="note") for one in remarks),
        CardLine("pair", "Read", "yes" if row.read else "not yet"),
    )  # fmt: skip


def person_lines(
    data: LibraryData, person: PersonRow | None, zone: tzinfo, *, names: bool
) -> tuple[CardLine, ...]:
    """Return what is known of the person: name, copies that were made, notes."""
    if person is None:
        return ()
    lines = [CardLine("head", f"About {person.code}")]
    if names:
        lines.append(CardLine("pair", "Name", person.name or "not written down"))
        if person.birth_year is not None:
            lines.append(CardLine("pair", "Born", str(person.birth_year)))
    lines.append(CardLine("pair", "In the library since", date_words(person.created_utc_s, zone)))
    lines += [
        CardLine("flag", f"Copy made ({one.kind}, {date_words(one.at_utc_s, zone)}): {one.path}",
                 icon="unknown")
        for one in data.exports[-5:]
    ]  # fmt: skip
    lines += note_lines([one for one in data.notes if one.session is None], zone)
    return tuple(lines)
