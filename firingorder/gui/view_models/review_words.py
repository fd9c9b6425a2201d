"""Sentences of the review: who moved what when, and how the file came to be shown."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from firingorder.report.wording import (
    MINUS,
    muscle_title,
    side_letter,
    signed_number,
    split_channel,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

    from firingorder.corrections import Correction, Standing

KEPT = "Automatic value kept."
NOBODY = "somebody"


def channel_words(channel: str) -> str:
    """Return a channel as the lanes name it: ``Lumbar L``."""
    muscle, side = split_channel(channel)
    return f"{muscle_title(muscle)} {side_letter(side)}".strip()


def when_words(at: str, now: datetime | None = None) -> str:
    """Return a moment (ISO 8601) at the time of this place: today's without the day."""
    try:
        moment = datetime.fromisoformat(at).astimezone()
    except ValueError:
        return at
    today = (now or datetime.now().astimezone()).date()
    return f"{moment:%H:%M}" if moment.date() == today else f"{moment:%d %b %Y, %H:%M}"


def change_words(entry: Correction, now: datetime | None = None) -> str:
    """Return what one entry changed, who did it and when."""
    who = f"by {entry.who or NOBODY}, {when_words(entry.at, now)}"
    name = channel_words(entry.channel)
    why = f" ({entry.why})" if entry.why else ""
    if entry.kind == "exclude":
        return f"Excluded {who}: {entry.why or 'no reason given'}."
    if entry.kind == "note":
        return f"{entry.who or NOBODY}, {when_words(entry.at, now)}: {entry.why}"
    if entry.kind == "no_onset":
        return f"{name} without a start {who}{why}. {KEPT}"
    if entry.onset_s is None:
        return f"{name} changed {who}{why}. {KEPT}"
    if entry.automatic_s is None:
        return f"{name} set {who}{why}; no start was found there."
    moved = signed_number((entry.onset_s - entry.automatic_s) * 1e3)
    moved = f"moved {moved} ms" if moved != "0" else "confirmed"
    return f"{name} {moved} {who}{why}. {KEPT}"


def story(standing: Standing, repetition: int, channel: str = "") -> tuple[str, ...]:
    """Return what stands about a repetition: exclusion, the chosen channel first, then notes."""
    found: list[str] = []
    if repetition in standing.excluded:
        found.append(change_words(standing.excluded[repetition]))
    mine = [one for (number, _), one in standing.onsets.items() if number == repetition]
    mine.sort(key=lambda one: (one.channel != channel, one.at))
    found += [change_words(one) for one in mine]
    found += [change_words(one) for one in standing.notes if one.repetition == repetition]
    return tuple(found)


def editors(entries: Sequence[Correction]) -> tuple[str, ...]:
    """Return who changed something, in the order in which they first did."""
    return tuple(dict.fromkeys(one.who or NOBODY for one in entries))


def several_words(entries: Sequence[Correction]) -> str:
    """Return that more than one person edited this; empty for nobody or one."""
    names = editors(entries)
    if len(names) < 2:
        return ""
    return f"Edited by {', '.join(names[:-1])} and {names[-1]}; the newest entry holds."


def pending_words(channel: str, by_ms: float | None) -> str:
    """Return what is being moved and how to keep it or to let it be."""
    if by_ms is None:
        return f"{channel_words(channel)} set. Enter keeps, Esc drops."
    sign = MINUS if by_ms < -0.5 else "+" if by_ms > 0.5 else ""
    return (
        f"{channel_words(channel)} {sign}{abs(round(by_ms))} ms from the automatic value. "
        "Enter keeps, Esc drops."
    )
