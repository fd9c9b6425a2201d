"""One session of the log, as its lines are read. Docs: docs/reference/safety.md section 6."""

from __future__ import annotations

from math import isfinite
from typing import TYPE_CHECKING, Any, cast

from firingorder.training.safety.facts import Kept, Practice, SessionPain

if TYPE_CHECKING:
    from collections.abc import Mapping

    from firingorder.training.safety.pain import Policy


class Work:
    """One exercise in one session."""

    def __init__(self) -> None:
        self.found = 0
        self.scored = 0
        self.last_faults: tuple[str, ...] | None = None
        self.takeovers = 0
        self.inside: bool | None = None
        self.measured = ""
        self.stopped = False
        self.worst: int | None = None

    def set_ended(self, values: Mapping[str, Any]) -> None:
        """Add one set; what is told of form and measure is of the newest."""
        scored = count(values.get("done"))
        self.found += max(scored, count(values.get("tries")))
        self.scored += scored
        takeovers = count(values.get("takeovers"))
        self.takeovers += takeovers
        faults = values.get("faults")
        self.last_faults = None
        if isinstance(faults, list | tuple):
            told = [word(code) for code in cast("list[Any]", faults)]
            told += ["takeover"] if takeovers else []
            self.last_faults = tuple(dict.fromkeys(code for code in told if code))
        inside = values.get("inside")
        if isinstance(inside, bool):
            self.inside, self.measured = inside, _measured(values)


class SessionLog:
    """What was told in one session so far."""

    def __init__(self, number: str, day: str) -> None:
        self.number = number
        self.day = day
        self.policy: Policy = "strict"
        self.simulated = False
        self.moved = False
        self.before: int | None = None
        self.after: int | None = None
        self.morning: int | None = None
        self.morning_asked = False
        self.sets: list[tuple[str, int]] = []
        self.work: dict[str, Work] = {}
        self.kept: list[Kept] = []

    @property
    def trained(self) -> bool:
        """True when something was done, on a body: not blocked at the start, not simulated."""
        return self.moved and not self.simulated

    def of(self, exercise: str) -> Work:
        """Return what was done of one exercise."""
        return self.work.setdefault(exercise, Work())

    def add_pain(self, exercise: str, pain: int) -> None:
        """Remember the pain after a set, or at a stop in one."""
        work = self.of(exercise)
        work.worst = pain if work.worst is None else max(work.worst, pain)
        self.sets.append((exercise, pain))

    def keep(self, exercise: str, day: str, values: Mapping[str, Any]) -> None:
        """Remember a block without feedback."""
        low, high = number(values.get("low")), number(values.get("high"))
        self.kept.append(
            Kept(
                exercise=exercise,
                side=word(values.get("side")) or "both",
                day=day,
                measure=word(values.get("measure")),
                value=number(values.get("value")),
                low=low,
                high=high,
                unit=word(values.get("unit")),
                reps=count(values.get("n")) or count(values.get("done")),
            )
        )

    def pain(self) -> SessionPain:
        """Return the numbers of pain."""
        return SessionPain(
            session=self.number,
            day=self.day,
            before=self.before,
            sets=tuple(self.sets),
            after=self.after,
            morning=self.morning,
            morning_asked=self.morning_asked,
            exercises=tuple(self.work),
        )

    def practice(self) -> list[Practice]:
        """Return each exercise as a step forward asks for it."""
        return [self._practice(exercise, work) for exercise, work in self.work.items()]

    def _practice(self, exercise: str, work: Work) -> Practice:
        rise = None
        if self.before is not None and work.worst is not None:
            worst = work.worst if self.after is None else max(work.worst, self.after)
            rise = worst - self.before
        return Practice(
            exercise=exercise,
            session=self.number,
            day=self.day,
            pain_rise=rise,
            found=work.found,
            scored=work.scored,
            last_faults=work.last_faults,
            takeovers=work.takeovers,
            inside=work.inside,
            measured=work.measured,
            stopped=work.stopped,
        )


def word(value: Any) -> str:
    """Return a text; anything else is empty."""
    return value if isinstance(value, str) else ""


def count(value: Any) -> int:
    """Return a whole number above zero; anything else is zero."""
    whole = isinstance(value, int) and not isinstance(value, bool)
    return value if whole and value > 0 else 0


def number(value: Any) -> float | None:
    """Return a finite number; anything else is None."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    return float(value) if isfinite(value) else None


def _measured(values: Mapping[str, Any]) -> str:
    value, low, high = (number(values.get(name)) for name in ("value", "low", "high"))
    if value is None:
        return ""
    between = f" ({low:g} to {high:g})" if low is not None and high is not None else ""
    return f"{word(values.get('measure')).replace('_', ' ')} {value:g}{between}".strip()
