"""What the log of a person says, as far as safety goes. Docs: docs/reference/safety.md."""

from __future__ import annotations

from dataclasses import asdict, dataclass, fields
from typing import Any, cast

from firingorder.errors import FileFormatError


@dataclass(frozen=True, slots=True)
class FlagState:
    """One red-flag question: when it was answered last, and whether it stands in the way.

    Attributes
    ----------
    flag
        "r1" to "r9".
    asked
        Day of the newest whole answer, "2026-11-21".
    yes, growing
        That answer.
    open
        A yes that no clinician has cleared since.
    cleared, reason
        Day of the clinician's newest answer and what was said; empty: none.
    """

    flag: str
    asked: str
    yes: bool = False
    growing: bool = False
    open: bool = False
    cleared: str = ""
    reason: str = ""


@dataclass(frozen=True, slots=True)
class SessionPain:
    """The numbers of pain (0 to 10) of one session; None: not told.

    ``sets`` holds (exercise, pain) in order; ``exercises`` everything that was done;
    ``morning_asked`` whether the morning after was asked for, answered or not.
    """

    session: str
    day: str
    before: int | None = None
    sets: tuple[tuple[str, int], ...] = ()
    after: int | None = None
    morning: int | None = None
    morning_asked: bool = False
    exercises: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Practice:
    """One exercise in one session, as far as a step forward asks for it.

    Attributes
    ----------
    pain_rise
        Highest pain after one of its sets or at the end, less that at the start; None: missing.
    found, scored
        Repetitions found, and those of them that count.
    last_faults
        Codes told in the last set, None: not told; ``takeovers`` in all of it.
    inside
        The measure of the mode was in the person's own band; None: there is no band yet.
    measured
        What was measured, in words: "lead 85 ms (60 to 110)".
    stopped
        STOP was pressed in it.
    """

    exercise: str
    session: str
    day: str
    pain_rise: int | None = None
    found: int = 0
    scored: int = 0
    last_faults: tuple[str, ...] | None = None
    takeovers: int = 0
    inside: bool | None = None
    measured: str = ""
    stopped: bool = False


@dataclass(frozen=True, slots=True)
class Lock:
    """Held for today: ``whole`` ends the exercise, else only the step forward is held."""

    exercise: str
    why: str
    whole: bool = False


@dataclass(frozen=True, slots=True)
class StepBack:
    """The next morning was clearly worse: one step back from this exercise."""

    exercise: str
    day: str
    why: str


@dataclass(frozen=True, slots=True)
class Kept:
    """The block without feedback at the end of the last session: what is to be carried over."""

    exercise: str
    side: str
    day: str
    measure: str
    value: float | None
    low: float | None
    high: float | None
    unit: str
    reps: int


@dataclass(frozen=True, slots=True)
class SafetyFacts:
    """What is known of a person on ``today`` before a session begins.

    Attributes
    ----------
    first_use
        No session of this person is on record.
    therapist
        A therapist looks after this person.
    flags, sessions
        Newest answers; the last sessions in which something was done, oldest first.
    usual_pain
        Median of the pain at the start of the last sessions; None: too few.
    practice
        The last sessions of each exercise, oldest first.
    unlocked, overrides
        Keys of steps that are open ("bridge>hip_thrust"); those of them a therapist opened.
    stepped_back, locks
        See :class:`StepBack`, :class:`Lock`.
    kept
        See :class:`Kept`.
    messages
        For the therapist's view.
    """

    today: str
    first_use: bool = True
    therapist: bool = False
    flags: tuple[FlagState, ...] = ()
    sessions: tuple[SessionPain, ...] = ()
    usual_pain: float | None = None
    practice: tuple[Practice, ...] = ()
    unlocked: tuple[str, ...] = ()
    overrides: tuple[str, ...] = ()
    stepped_back: tuple[StepBack, ...] = ()
    locks: tuple[Lock, ...] = ()
    kept: tuple[Kept, ...] = ()
    messages: tuple[str, ...] = ()

    @property
    def open_flags(self) -> tuple[FlagState, ...]:
        """Those that stand in the way of training."""
        return tuple(flag for flag in self.flags if flag.open)

    @property
    def last(self) -> SessionPain | None:
        """The newest session; None: there was none."""
        return self.sessions[-1] if self.sessions else None

    @property
    def before_today(self) -> SessionPain | None:
        """The newest session of an earlier day: the one whose morning after is asked for."""
        return next((one for one in reversed(self.sessions) if one.day < self.today), None)

    def flag(self, name: str) -> FlagState | None:
        """Return how one red-flag question stands; None: never answered."""
        return next((flag for flag in self.flags if flag.flag == name), None)

    def done(self, exercise: str) -> tuple[Practice, ...]:
        """Return the last sessions of one exercise, oldest first."""
        return tuple(one for one in self.practice if one.exercise == exercise)


def to_json(facts: SafetyFacts) -> dict[str, Any]:
    """Return the facts as plain values, for the input that begins a session."""
    return asdict(facts)


def from_json(data: object) -> SafetyFacts:
    """Return the facts that :func:`to_json` wrote; fields of a newer version are passed over.

    Raises
    ------
    FileFormatError
        They are damaged.
    """
    try:
        return cast("SafetyFacts", _built(SafetyFacts, data))
    except (KeyError, TypeError, ValueError) as error:
        raise FileFormatError(f"The facts about safety are damaged: {error}.") from error


_PARTS: dict[str, type] = {
    "flags": FlagState,
    "sessions": SessionPain,
    "practice": Practice,
    "stepped_back": StepBack,
    "locks": Lock,
    "kept": Kept,
}


def _built(kind: type, data: object) -> object:
    """Return a record from a mapping; each value must be of the type that its field has."""
    if not isinstance(data, dict):
        raise TypeError(f"{data!r} is no mapping")
    given = cast("dict[str, Any]", data)
    values: dict[str, Any] = {}
    for one in fields(kind):
        if one.name not in given:
            continue
        value = given[one.name]
        if kind is SafetyFacts and one.name in _PARTS:
            value = tuple(_built(_PARTS[one.name], part) for part in _list(one.name, value))
        elif str(one.type).startswith("tuple") and not (
            value is None and str(one.type).endswith("None")
        ):
            value = tuple(
                tuple(cast("list[Any]", part)) if isinstance(part, list | tuple) else part
                for part in _list(one.name, value)
            )
        elif not _fits(str(one.type), value):
            raise TypeError(f"{one.name} is {value!r}, not {one.type}")
        values[one.name] = value
    return kind(**values)


def _list(name: str, value: object) -> list[Any]:
    if not isinstance(value, list | tuple):
        raise TypeError(f"{name} is {value!r}, not a list")
    return list(cast("list[Any]", value))


def _fits(declared: str, value: object) -> bool:
    """Tell whether a value is of the type that is written beside a field."""
    types = {"str": str, "int": int, "bool": bool, "float": (int, float), "None": type(None)}
    kinds = declared.split(" | ")
    if isinstance(value, bool):
        return "bool" in kinds
    return any(kind in types and isinstance(value, types[kind]) for kind in kinds)
