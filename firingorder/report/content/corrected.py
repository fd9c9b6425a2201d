"""What people changed of a result: who, when, why, the automatic value beside the own one."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from firingorder.corrections import standing
from firingorder.report.content.model import Column, Section, Table
from firingorder.report.content.numbers import seconds_text
from firingorder.report.content.results import channel_title
from firingorder.report.wording import VERDICT_WORDS

if TYPE_CHECKING:
    from firingorder.corrections import Correction
    from firingorder.report.content.records import Found

_COLUMNS = (
    Column("Rep", 0.4), Column("What", 1.9), Column("Found", 1.0, "right"),
    Column("Set to", 1.0, "right"), Column("Who, when", 1.7), Column("Why", 2.0),
    Column("Holds", 0.6),
)  # fmt: skip


def corrections_section(found: Found) -> Section:
    """Return every entry, also those that were taken back, and what they did to the outcomes."""
    title = "Corrected by hand"
    if not found.corrections:
        return Section(title, ("Nothing was corrected: every value is as it was found.",))
    now = standing(found.corrections)
    holds = {c.id for c in (*now.onsets.values(), *now.excluded.values(), *now.notes)}
    rows = tuple(_row(entry, entry.id in holds) for entry in found.corrections)
    note = "Onsets in seconds from the first sample. The automatic value is kept for ever."
    return Section(title, (), _changed(found), (Table("", _COLUMNS, rows, note=note),))


def _row(entry: Correction, holds: bool) -> tuple[str, ...]:
    what = {
        "onset": f"{channel_title(entry.channel)} begins",
        "no_onset": f"{channel_title(entry.channel)} does not begin",
        "exclude": "does not count",
        "note": "note",
        "undo": "taken back",
    }[entry.kind]
    ours = seconds_text(entry.onset_s) if entry.kind == "onset" else ""
    theirs = seconds_text(entry.automatic_s) if entry.kind in ("onset", "no_onset") else ""
    who = ", ".join(part for part in (entry.who, _when(entry.at)) if part)
    told = "" if entry.kind == "undo" else "yes" if holds else "no"
    return (str(entry.repetition), what, theirs, ours, who, entry.why, told)


def _when(at: str) -> str:
    try:
        return f"{datetime.fromisoformat(at):%Y-%m-%d %H:%M} UTC"
    except ValueError:
        return at


def _changed(found: Found) -> tuple[str, ...]:
    """Return the repetitions whose outcome is another one than it was found."""
    before = {rep.index: rep for rep in found.automatic}
    told: list[str] = []
    for rep in found.repetitions:
        was = before.get(rep.index)
        if was is None:
            continue
        if was.verdict != rep.verdict:
            told.append(
                f"Rep {rep.index}: {VERDICT_WORDS[rep.verdict].lower()} after the correction, "
                f"{VERDICT_WORDS[was.verdict].lower()} as found."
            )
        if was.scored != rep.scored:
            told.append(
                f"Rep {rep.index}: {'counts' if rep.scored else 'does not count'} after the "
                f"correction, {'counted' if was.scored else 'did not count'} as found."
            )
    return tuple(told)
