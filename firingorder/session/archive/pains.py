"""Pain before and after a session, out of the log of its person."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from firingorder.errors import FiringOrderError
from firingorder.session.person_log import PersonLog

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from firingorder.training.safety.entries import Entry

#: An answer is written down when it was given; the clock of the recording was read a moment off.
_SLACK_S = 5.0
#: Beyond the end: "after" may be asked when the belt is off already.
_AFTER_S = 1800.0

Pains = tuple[int | None, int | None]


def pains(person: str, folder: Path, start_s: float, duration_s: float) -> Pains:
    """Return the answers of the training that was led in this time; None: nobody was asked."""
    if not person:
        return None, None
    try:
        read = PersonLog(person, folder / "people").read()
    except FiringOrderError:
        return None, None
    return pains_of(read.entries, start_s, duration_s)


def pains_of(entries: Iterable[Entry], start_s: float, duration_s: float) -> Pains:
    """Return the first answer before and the last one after, of trainings that began in it."""
    listed = list(entries)
    last_s = start_s + duration_s
    begun = {
        str(one.values.get("session") or "")
        for one in listed
        if one.kind == "session_started" and start_s - _SLACK_S <= _at(one) <= last_s + _SLACK_S
    } - {""}
    before: int | None = None
    after: int | None = None
    for one in listed:
        if one.values.get("session") not in begun or _at(one) > last_s + _AFTER_S:
            continue
        when = str(one.values.get("when") or one.values.get("key") or "").removeprefix("pain_")
        pain = _pain(one.values.get("pain", one.values.get("answer")))
        if pain is None:
            continue
        if when == "before" and before is None:
            before = pain
        elif when == "after":
            after = pain
    return before, after


def _at(one: Entry) -> float:
    return datetime.fromisoformat(one.utc).timestamp()


def _pain(value: object) -> int | None:
    try:
        pain = int(value)  # pyright: ignore[reportArgumentType] - what is no number is refused
    except (TypeError, ValueError):
        return None
    return pain if 0 <= pain <= 10 else None
