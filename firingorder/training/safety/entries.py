"""What is kept of a session in the log of a person. Docs: docs/reference/safety.md section 6."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from math import isfinite
from typing import TYPE_CHECKING, Any, Protocol, cast

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

SCHEMA = "firingorder.personlog/1"
#: What of each kind is kept; anything else stays in the recording. ``session`` and ``hat`` may
#: stand in each. Single repetitions are not kept here: the recording has them.
KEPT_VALUES: Mapping[str, tuple[str, ...]] = {
    "session_started": ("programme", "policy", "simulated"),
    "question_answered": ("key", "answer"),
    "blocked": ("key",),
    "pain": ("when", "pain", "exercise"),
    "set_ended": (
        "exercise", "side", "kind", "mode", "retention", "set", "reason", "asked", "tries", "done",
        "hits", "takeovers", "faults", "inside", "measure", "value", "low", "high", "unit",
        "threshold", "n", "copy",
    ),
    "takeover": ("exercise", "trip"),
    "stop": ("exercise", "state"),
    "stop_answered": ("key", "answer", "exercise"),
    "refused": ("action",),
    "override": ("key", "reason", "exercise"),
    "session_ended": ("repetitions", "sets"),
    "clearance": ("flag", "day", "reason"),
    "therapist": ("attached",),
}  # fmt: skip
_EVERYWHERE = ("session", "hat")
#: The longest text that is kept, characters: a reason, not a letter.
MOST_TEXT = 500


class Told(Protocol):
    """Something a session told: a note of the coach, or its line among the events."""

    @property
    def kind(self) -> str:
        """Which kind."""
        ...

    @property
    def values(self) -> Mapping[str, Any]:
        """Plain values by name."""
        ...


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of a log.

    Attributes
    ----------
    utc
        When it was written, ISO 8601 in UTC.
    day
        The day where the person was, "2026-11-21": a session at midnight belongs to one day.
    kind, values
        See :data:`KEPT_VALUES`.
    """

    utc: str
    day: str
    kind: str
    values: Mapping[str, Any]


def entry(kind: str, values: Mapping[str, Any], *, now: datetime, session: str = "") -> Entry:
    """Return one line for the log, with those values that are kept.

    Parameters
    ----------
    kind, values
        See :data:`KEPT_VALUES`.
    now
        With its time zone: the day is the one there.
    session
        Number of the session, so that sessions of two windows stay apart.

    Raises
    ------
    ValueError
        The kind is unknown, or ``now`` has no time zone.
    """
    if kind not in KEPT_VALUES:
        raise ValueError(f"{kind!r} is no kind of entry")
    if now.tzinfo is None:
        raise ValueError(f"{now} has no time zone")
    kept = {
        name: _plain(values[name])
        for name in (*KEPT_VALUES[kind], *_EVERYWHERE)
        if name in values and values[name] is not None
    }
    if session:
        kept["session"] = session
    utc = now.astimezone(UTC).isoformat(timespec="milliseconds")
    return Entry(utc, now.date().isoformat(), kind, kept)


class SessionEntries:
    """Makes the entries of one session from what it tells, in order.

    Parameters
    ----------
    session
        Its number: different for every session of a person.
    policy, simulated
        Of the programme and the belt; they stand in the first entry.
    """

    def __init__(self, session: str, *, policy: str = "strict", simulated: bool = False) -> None:
        self._session = session
        self._beginning = {"policy": policy, "simulated": simulated}
        self._stopped = ""

    def entry(self, told: Told, now: datetime) -> Entry | None:
        """Return the entry of one note; None: nothing of it is kept."""
        if told.kind not in KEPT_VALUES:
            return None
        values: dict[str, Any] = dict(told.values)
        match told.kind:
            case "session_started":
                values = self._beginning | values
            case "stop":
                self._stopped = str(values.get("exercise") or "")
            case "stop_answered":
                values.setdefault("exercise", self._stopped)
            case "override":
                # A session asks may() before it tells of one, which only a therapist passes.
                values.setdefault("hat", "therapist")
            case _:
                pass
        return entry(told.kind, values, now=now, session=self._session)


def entries_from(
    told: Iterable[Told],
    *,
    now: datetime,
    session: str,
    policy: str = "strict",
    simulated: bool = False,
) -> tuple[Entry, ...]:
    """Return what of a whole session is kept in the log of the person."""
    maker = SessionEntries(session, policy=policy, simulated=simulated)
    made = (maker.entry(one, now) for one in told)
    return tuple(one for one in made if one is not None)


def _plain(value: Any) -> Any:
    """Return a value as JSON has it: texts cut, numbers finite, lists of plain values."""
    if isinstance(value, str):
        return value[:MOST_TEXT]
    if isinstance(value, bool | int):
        return value
    if isinstance(value, float):
        return value if isfinite(value) else None
    if isinstance(value, list | tuple | set | frozenset):
        return [_plain(one) for one in cast("Iterable[Any]", value)]
    return str(value)[:MOST_TEXT]
