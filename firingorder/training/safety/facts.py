"""What the log of a person says, as far as safety goes. Docs: docs/reference/safety.md."""

from __future__ import annotations

from dataclasses import dataclass, field


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

    ``sets`` holds (exercise, pain) in order; ``exercises`` everything that was done.
    """

    session: str
    day: str
    before: int | None = None
    sets: tuple[tuple[str, int], ...] = ()
    after: int | None = None
    morning: int | None = None
    exercises: tuple[str, ...] = ()
    ended: bool = False


@dataclass(frozen=True, slots=True)
class Practice:
    """One exercise in one session, as far as a step forward asks for it.

    Attributes
    ----------
    pain_rise
        Highest pain after one of its sets, less the pain at the start; None: one is missing.
    done, scored
        Repetitions found, and those that count.
    last_faults
        Codes told in the last set; ``takeovers`` in all of it.
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
    done: int = 0
    scored: int = 0
    last_faults: tuple[str, ...] = ()
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
        Newest answers; the last sessions, oldest first.
    usual_pain
        Median of the pain at the start of the last sessions; None: too few.
    practice
        The last sessions of each exercise, oldest first.
    unlocked, overrides
        Steps that are open ("hip_thrust", "clam:band"), and those that a therapist opened.
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
    kept: tuple[Kept, ...] = field(default=())
    messages: tuple[str, ...] = ()

    @property
    def open_flags(self) -> tuple[FlagState, ...]:
        """Those that stand in the way of training."""
        return tuple(flag for flag in self.flags if flag.open)

    @property
    def last(self) -> SessionPain | None:
        """The newest session; None: there was none."""
        return self.sessions[-1] if self.sessions else None

    def flag(self, name: str) -> FlagState | None:
        """Return how one red-flag question stands; None: never answered."""
        return next((flag for flag in self.flags if flag.flag == name), None)

    def done(self, exercise: str) -> tuple[Practice, ...]:
        """Return the last sessions of one exercise, oldest first."""
        return tuple(one for one in self.practice if one.exercise == exercise)
