"""What a goal says of a repetition. Docs: docs/reference/goals.md."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from firingorder.training.programmes.records import GoalMode, Measure, Target

#: ``no_claim``: measured, but not sharply enough to say; ``shown``: there is nothing to be held
#: against; ``not_scored``: not counted, ``why`` says the reason. None of the last three is a miss.
Outcome = Literal["hit", "miss", "no_claim", "shown", "not_scored"]
Polarity = Literal["up", "earlier", "quieter", "more_even"]
POLARITY: dict[GoalMode, Polarity] = {
    "activate": "up",
    "sequence": "earlier",
    "yield": "quieter",
    "balance": "more_even",
}


@dataclass(frozen=True, slots=True)
class Judged:
    """One repetition, hold or try, held against its goal.

    Attributes
    ----------
    index, number
        Number of the repetition in the session, and in its set (not scored ones have none: 0).
    outcome
        What may be said.
    value, low, high, unit, measure
        What was measured with its 95 % interval; None where there is nothing.
    target
        What it was held against at that time.
    coloured
        Whether green and orange may be used: a target of the therapist, no test, mode "sequence"
        or "activate".
    headline, line
        At most three words for reading from the floor; one sentence for the desk.
    spoken
        Keys of what is said, empty for silence.
    why
        Why it was not scored or not told, one sentence.
    passed, parts
        Of tests with several conditions: which, and whether each was met.
    """

    index: int
    number: int
    outcome: Outcome
    measure: Measure | None
    value: float | None
    low: float | None
    high: float | None
    unit: str
    target: Target | None
    coloured: bool
    headline: str
    line: str
    spoken: tuple[str, ...] = ()
    why: str = ""
    at_s: float = 0.0
    parts: tuple[tuple[str, bool], ...] = ()

    @property
    def passed(self) -> bool | None:
        """Whether every condition was met; None where there are none."""
        return all(met for _, met in self.parts) if self.parts else None


@dataclass(frozen=True, slots=True)
class Meter:
    """One bar for the screen: a value now, the band it is meant to be in, 0 to ``full``.

    ``better`` says which way the reward goes; ``inside`` whether the value is in the band now
    (with hysteresis and dwell, so that nothing flutters).
    """

    name: str
    value: float | None
    low: float | None
    high: float | None
    full: float
    unit: str
    better: Polarity
    inside: bool


@dataclass(frozen=True, slots=True)
class Change:
    """The adaptive threshold moved after a repetition, for the log.

    ``bounded``: the therapist's bound kept it from moving further.
    """

    at_s: float
    number: int
    measure: Measure
    before: float
    after: float
    reached: bool
    bounded: bool
