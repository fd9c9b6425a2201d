"""What a coach is given: the sets of a session, the exercises, who steers, what their log says."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

    from firingorder.training.exercises.records import Exercise
    from firingorder.training.programmes.records import PlannedSet, Programme
    from firingorder.training.safety.facts import SafetyFacts
    from firingorder.training.safety.records import Hat


@dataclass(frozen=True, slots=True)
class CoachPlan:
    """One session to be led.

    Attributes
    ----------
    programme, planned, exercises
        The programme, its sets in order, and every exercise they name.
    hat, facts
        Who steers, and what the person's log says.
    questions
        Ask before and after; False for a simulated belt without a person.
    seed
        Of the order of sides and the waiting times where nobody may foresee them (attempts.py).
    by_ear
        Nobody looks at a screen: what is only shown otherwise is spoken, too.
    wired
        A wire leads from the body to the computer, or the computer is charging: then the first
        thing asked for is to pull out the charger.
    cue_latency_s
        How long after a cue its word begins to be heard, as measured, and the half-width of its
        95 % interval; None: not measured, so a reaction is told as no more than.
    """

    programme: Programme
    planned: tuple[PlannedSet, ...]
    exercises: Mapping[str, Exercise]
    hat: Hat
    facts: SafetyFacts
    questions: bool = True
    seed: int = 0
    by_ear: bool = False
    wired: bool = False
    cue_latency_s: tuple[float, float] | None = None
