"""What the therapist decides about the person who trains: flags, holds, steps, who looks after."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from firingorder.errors import UsageError
from firingorder.training.safety.ladder import load_ladder
from firingorder.training.safety.progression import is_open, ticks
from firingorder.training.safety.texts import text

if TYPE_CHECKING:
    from collections.abc import Callable

    from firingorder.training.exercises.records import Exercise
    from firingorder.training.safety.facts import SafetyFacts

Act = Literal["attach", "detach", "clear", "lift", "open", "pin"]


@dataclass(frozen=True, slots=True)
class Decision:
    """One thing that can be decided.

    ``about`` is the flag, exercise or step; ``asks`` what is to be written, empty where nothing is;
    ``secret``: what is written is not shown.
    """

    act: Act
    about: str
    words: str
    asks: str = ""
    secret: bool = False


def decisions(facts: SafetyFacts, name_of: Callable[[str], str]) -> tuple[Decision, ...]:
    """Return what can be decided now, the most pressing first."""
    found = [
        Decision(
            "clear",
            flag.flag,
            f"A clinician has cleared question {flag.flag.upper()} ({_short(flag.flag)})",
            "What did the clinician say?",
        )
        for flag in facts.open_flags
    ]
    found += [
        Decision("lift", lock.exercise, f"Let {name_of(lock.exercise)} be done again today", "Why?")
        for lock in facts.locks
        if lock.whole
    ]
    for step in load_ladder():
        if step.holds and not is_open(step, facts) and facts.done(step.source):
            met = sum(one.met for one in ticks(step, facts))
            of = len(step.conditions)
            words = f"Open {name_of(step.target)} early: {met} of {of} conditions are met"
            found.append(Decision("open", step.key, words, "Why?"))
    if facts.therapist:
        found.append(Decision("detach", "", "No therapist looks after this person any more"))
    else:
        found.append(Decision("attach", "", "A therapist looks after this person"))
    found.append(
        Decision("pin", "", "Set the PIN of the Therapist hat", "New PIN, empty for none", True)
    )
    return tuple(found)


def news(facts: SafetyFacts, person: str) -> tuple[str, ...]:
    """Return what the therapist should know, a sentence each."""
    who = f"Person {person}." if person else "Nobody is named: what is decided here is not kept."
    return (who, *facts.messages[-2:])


def exercise_name(resolve: Callable[[str], Exercise]) -> Callable[[str], str]:
    """Return a function that names exercises as people read them."""

    def name(exercise_id: str) -> str:
        try:
            return resolve(exercise_id).task.name
        except UsageError:
            return exercise_id

    return name


def _short(flag: str) -> str:
    words = text(f"red_flag.{flag}")
    return words if len(words) <= 60 else f"{words[:57].rstrip()}…"
