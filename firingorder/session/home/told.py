"""What a log tells of the time at home: what was done of what was planned, pain, red flags, STOP.

Pure. Docs: docs/reference/home.md section 4.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from datetime import datetime
from math import floor
from statistics import median
from typing import TYPE_CHECKING, Any

from firingorder.training.safety.pain import as_pain
from firingorder.training.safety.session_log import count, word

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from firingorder.training.safety.entries import Entry

#: Beyond the measuring error of a pain number in back pain (Childs, Piva, Fritz 2005,
#: 10.1097/01.brs.0000164099.92112.29; docs/reference/safety.md section 3).
CLEAR_RISE = 2
#: As docs/reference/safety.md section 3 has it: the median of so many starts, from so few on.
_USUAL_OF, _USUAL_FROM = 5, 3
_WEEK_DAYS = 7.0


@dataclass(frozen=True, slots=True)
class Plan:
    """What a package asks for: times a week (None: it does not say), and in each session."""

    programme: str
    per_week: tuple[int, int] | None = None
    sets: int = 0
    repetitions: int = 0


@dataclass(frozen=True, slots=True)
class Adherence:
    """What was done at home. Sessions on a simulated belt do not count.

    ``planned_low``, ``planned_high`` are sessions in the days that went by, None where the
    programme does not say how often. ``other`` counts sessions of something else.
    """

    days: float
    sessions: int
    other: int
    planned_low: int | None
    planned_high: int | None
    sets: int
    sets_planned: int
    repetitions: int
    repetitions_planned: int

    def to_dict(self) -> dict[str, Any]:
        """Return it as plain values."""
        return asdict(self)

    def words(self) -> str:
        """Return it as a therapist reads it."""
        planned = ""
        if self.planned_low is not None and self.planned_high:
            low, high = self.planned_low, self.planned_high
            planned = f" of {low}" if low == high else f" of {low} to {high}"
        noun = "session" if self.sessions == 1 and not planned else "sessions"
        told = [f"{self.sessions}{planned} {noun} in {_days(self.days)}"]
        if self.sets_planned:
            told.append(f"{self.sets} of {self.sets_planned} sets")
            told.append(f"{self.repetitions} of {self.repetitions_planned} repetitions")
        if self.other:
            told.append(f"and {self.other} of something else")
        return ", ".join(told)


@dataclass(slots=True)
class _Session:
    number: str
    programme: str = ""
    simulated: bool = False
    begun: str = ""
    day: str = ""
    before: int | None = None
    worst: int | None = None
    after: int | None = None
    sets: int = 0
    repetitions: int = 0
    stops: list[str] = field(default_factory=list[str])
    flags: list[str] = field(default_factory=list[str])

    @property
    def trained(self) -> bool:
        return self.repetitions > 0 and not self.simulated


@dataclass(frozen=True, slots=True)
class Pains:
    """What was told of pain in the sessions that are new.

    Attributes
    ----------
    rise
        The largest rise: the worst number told in or after a session, less that at its start, or
        less the usual start, whichever says more. None: nobody told any.
    usual
        Median of the starts before; None: too few.
    sessions
        (day, before, worst) of each new session in which a number was told, the largest rise first.
    flags
        Red flags that were answered with a yes, "r1", in the order of the answers.
    stops
        Reasons given at STOP.
    """

    rise: int | None
    usual: float | None
    sessions: tuple[tuple[str, int | None, int], ...] = ()
    flags: tuple[str, ...] = ()
    stops: tuple[str, ...] = ()

    def words(self) -> str:
        """Return it as a therapist reads it, red flags first."""
        told: list[str] = []
        if self.flags:
            said = ", ".join(flag.upper() for flag in self.flags)
            told.append(f"yes to the red flag {said}" if len(self.flags) == 1 else
                        f"yes to the red flags {said}")  # fmt: skip
        if self.rise is None:
            told.append("pain not told")
        elif self.rise > 0:
            _day, before, worst = self.sessions[0]
            start = "" if before is None else f"{before} to "
            size = "" if self.rise >= CLEAR_RISE else ", within the measuring error"
            told.append(f"pain rose by {self.rise} ({start}{worst} of 10{size})")
        else:
            told.append("pain did not rise")
        if self.stops:
            why = ", ".join(dict.fromkeys(one for one in self.stops if one)) or "no reason told"
            times = "once" if len(self.stops) == 1 else f"{len(self.stops)} times"
            told.append(f"stopped {times} ({why})")
        return "; ".join(told)


def adherence(entries: Iterable[Entry], plan: Plan, since_s: float, now_s: float) -> Adherence:
    """Return what was done of a plan between two instants, seconds since 1970."""
    days = max(0.0, (now_s - since_s) / 86_400.0)
    sessions = [
        one for one in _sessions(one for one in entries if at_s(one) >= since_s) if one.trained
    ]
    own = [one for one in sessions if one.programme == plan.programme]
    low = high = None
    if plan.per_week is not None:
        weeks = days / _WEEK_DAYS
        low, high = (floor(n * weeks + 0.5) for n in plan.per_week)
    return Adherence(
        days=round(days, 2),
        sessions=len(own),
        other=len(sessions) - len(own),
        planned_low=low,
        planned_high=high,
        sets=sum(one.sets for one in own),
        sets_planned=plan.sets * len(own),
        repetitions=sum(one.repetitions for one in own),
        repetitions_planned=plan.repetitions * len(own),
    )


def pains(before: Sequence[Entry], new: Sequence[Entry]) -> Pains:
    """Return what the new entries tell of pain, against the usual start of the ones before."""
    starts = [one.before for one in _sessions(before) if one.trained and one.before is not None]
    starts = starts[-_USUAL_OF:]
    usual = float(median(starts)) if len(starts) >= _USUAL_FROM else None
    told: list[tuple[int, tuple[str, int | None, int]]] = []
    flags: list[str] = []
    stops: list[str] = []
    for one in _sessions(new):
        flags += one.flags  # a red flag counts on any belt
        if one.simulated:
            continue
        stops += one.stops
        numbers = [n for n in (one.worst, one.after) if n is not None]
        worst = max(numbers, default=one.before)
        if worst is None:
            continue
        against = [float(n) for n in (one.before, usual) if n is not None]
        rise = floor(worst - min(against)) if against else 0
        told.append((rise, (one.day, one.before, worst)))
    told.sort(key=lambda one: -one[0])
    return Pains(
        rise=told[0][0] if told else None,
        usual=usual,
        sessions=tuple(one for _, one in told),
        flags=tuple(dict.fromkeys(flags)),
        stops=tuple(stops),
    )


def at_s(one: Entry) -> float:
    """Return when an entry was written, seconds since 1970."""
    return datetime.fromisoformat(one.utc).timestamp()


def _sessions(entries: Iterable[Entry]) -> list[_Session]:
    """Return the sessions of a log in the order in which they began."""
    found: dict[str, _Session] = {}
    current = ""
    for one in entries:
        values = one.values
        current = word(values.get("session")) or current
        session = found.setdefault(current, _Session(current, begun=one.utc, day=one.day))
        match one.kind:
            case "session_started":
                session.programme = word(values.get("programme"))
                session.simulated = values.get("simulated") is True
            case "question_answered":
                _answer(session, list(found.values()), word(values.get("key")), values)
            case "pain":
                _number(session, word(values.get("when")), as_pain(values.get("pain")))
            case "set_ended":
                session.sets += 1
                session.repetitions += max(count(values.get("tries")), count(values.get("done")))
            case "stop":
                session.stops.append("")
            case "stop_answered":
                _stop(session, word(values.get("key")), values.get("answer"))
            case _:
                pass
    return list(found.values())


def _answer(session: _Session, all_: list[_Session], key: str, values: Any) -> None:
    answer = values.get("answer")
    if key.startswith("red_flag."):
        flag, _, part = key.removeprefix("red_flag.").partition(".")
        if part == "sure" and answer is True:
            session.flags.append(flag)
    elif key == "pain_before":
        _number(session, "before", as_pain(answer))
    elif key == "pain_morning":  # of the session before this one
        earlier = [one for one in all_ if one.trained and one.day < session.day]
        _number(earlier[-1] if earlier else session, "morning", as_pain(answer))


def _number(session: _Session, when: str, pain: int | None) -> None:
    if pain is None:
        return
    if when == "before":
        session.before = pain
    elif when == "after":
        session.after = pain
    elif when in ("set", "morning", "stop"):
        session.worst = pain if session.worst is None else max(session.worst, pain)


def _stop(session: _Session, key: str, answer: object) -> None:
    if key == "stop_pain":
        _number(session, "stop", as_pain(answer))
    elif key == "stop_why" and session.stops:
        session.stops[-1] = word(answer)


def _days(days: float) -> str:
    whole = max(1, round(days))
    return "1 day" if whole == 1 else f"{whole} days"
