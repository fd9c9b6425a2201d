"""What can be opened: the recording just made, then the last sessions of the library."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from firingorder.gui.view_models.review_window import clock_label

if TYPE_CHECKING:
    from collections.abc import Sequence

    from firingorder.library.records import SessionRow
    from firingorder.session.feed import LiveStatus

JUST_MADE = "The session just recorded"
MISSING = "file not found"


@dataclass(frozen=True, slots=True)
class Openable:
    """One line: who and when, what, and what of it is told at the right."""

    path: str
    title: str
    note: str
    at_right: str
    missing: bool = False

    @property
    def spoken(self) -> str:
        """The line for a screen reader."""
        return ", ".join(part for part in (self.title, self.note, self.at_right) if part)


def just_recorded(status: LiveStatus) -> str:
    """Return the recording of a session that has ended; empty: it goes on, or was played again."""
    ended = status.connection == "closed" and status.source != "replay"
    return status.recording or "" if ended else ""


def openables(just_made: str, sessions: Sequence[SessionRow]) -> tuple[Openable, ...]:
    """Return the lines, newest first; the recording just made stands once, at the top."""
    made: list[Openable] = []
    if just_made:
        made.append(Openable(just_made, JUST_MADE, Path(just_made).name, "Enter opens it"))
    made += [_session(one) for one in sessions if one.recording.path != just_made]
    return tuple(made)


def _session(row: SessionRow) -> Openable:
    at = datetime.fromtimestamp(row.start_utc_s, UTC).astimezone()
    title = f"{row.person}  ·  session {row.number}" if row.person else f"{at:%d %b %Y, %H:%M}"
    task = row.task.replace("_", " ")
    parts = [f"{at:%d %b %Y, %H:%M}" if row.person else "", task, clock_label(row.duration_s)]
    if row.recording.simulated:
        parts.append("simulated")
    if row.corrected:
        parts.append(f"{row.corrected} corrected")
    reps = f"{row.scored} of {row.repetitions} scored" if row.analysed else "not analysed yet"
    right = MISSING if row.recording.missing else reps
    note = "  ·  ".join(part for part in parts if part)
    return Openable(row.recording.path, title, note, right, row.recording.missing)
