"""What a training session begins with, as one text: it is recorded, and replayed without files.

A programme with the therapist's copies inside, who steers, and what the person's log says. The
exercises that come with firingorder are embedded too: another version may have others.
"""

from __future__ import annotations

import contextlib
import json
from dataclasses import asdict, dataclass, replace
from typing import TYPE_CHECKING, Any, cast, get_args

from firingorder.errors import FileFormatError
from firingorder.training.coaching.plan import CoachPlan
from firingorder.training.exercises.copies import Exercises, task_of
from firingorder.training.exercises.loader import read_exercise
from firingorder.training.exercises.writing import write_exercise
from firingorder.training.programmes.expanding import expand
from firingorder.training.programmes.parsing import read_programme
from firingorder.training.programmes.whole import resolver, whole
from firingorder.training.programmes.writing import write_programme
from firingorder.training.safety.facts import (
    FlagState,
    Kept,
    Lock,
    Practice,
    SafetyFacts,
    SessionPain,
    StepBack,
)
from firingorder.training.safety.records import Hat

if TYPE_CHECKING:
    from firingorder.signal.task import TaskSpec
    from firingorder.training.exercises.records import Exercise
    from firingorder.training.programmes.records import Programme

_ORIGIN = "The programme of this session"
_PARTS: dict[str, type] = {
    "flags": FlagState, "sessions": SessionPain, "practice": Practice,
    "stepped_back": StepBack, "locks": Lock, "kept": Kept,
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Beginning:
    """What a session is begun with.

    Attributes
    ----------
    programme, exercises
        The programme, and therapist's copies that it may use.
    hat, facts
        Who steers, and what the person's log says on this day.
    questions
        Ask before and after; False for a simulated belt without a person.
    seed
        Of the order of sides and the waiting times.
    by_ear
        Nobody looks at a screen.
    wired
        A wire leads from the body to the computer: its charger has to be unplugged.
    """

    programme: Programme
    facts: SafetyFacts
    exercises: Exercises | None = None
    hat: Hat = "person"
    questions: bool = True
    seed: int = 0
    by_ear: bool = False
    wired: bool = False


def begin_text(beginning: Beginning) -> str:
    """Return the text of the command ``begin``.

    Raises
    ------
    UsageError
        The programme names an exercise that there is not.
    """
    known = beginning.exercises or Exercises()
    programme = whole(beginning.programme, known)
    found = resolver(programme, known)
    used = dict.fromkeys(item.exercise for item in programme.items)
    body = {
        "programme": write_programme(programme),
        "exercises": {name: write_exercise(found(name)) for name in used},
        "hat": beginning.hat,
        "facts": asdict(beginning.facts),
        "questions": beginning.questions,
        "seed": beginning.seed,
        "by_ear": beginning.by_ear,
        "wired": beginning.wired,
    }
    return json.dumps(body, sort_keys=True)


def read_plan(text: str) -> CoachPlan:
    """Return what the coach is given.

    Raises
    ------
    FiringOrderError
        The text is damaged, or of another version.
    """
    try:
        body = cast("dict[str, Any]", json.loads(text))
        exercises = {
            name: _exercise(read_exercise(one, f"{_ORIGIN}: {name}"))
            for name, one in cast("dict[str, str]", body["exercises"]).items()
        }
        programme = read_programme(str(body["programme"]), _ORIGIN, known=exercises)
        facts = _facts(cast("dict[str, Any]", body["facts"]))
        hat = body["hat"]
        questions, by_ear, seed = body["questions"], body["by_ear"], int(body["seed"])
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise FileFormatError(
            f"The training of this session cannot be read: {type(error).__name__}: {error}. "
            "Begin it anew."
        ) from error
    if hat not in get_args(Hat):
        raise FileFormatError(f"The training of this session was begun by nobody known: {hat!r}.")

    def resolve(name: str) -> Exercise:
        return exercises[name]

    return CoachPlan(
        programme=programme,
        planned=expand(programme, resolve),
        exercises=exercises,
        hat=hat,
        facts=facts,
        questions=questions is True,
        seed=seed,
        by_ear=by_ear is True,
        wired=body.get("wired") is True,
    )


def programme_message(text: str, task: TaskSpec) -> bytes:
    """Return the message of a recording in which a training was begun with this text.

    Whoever reads it knows that a coach led, and by which programme.
    """
    body: dict[str, Any] = {"task": task.id, "training": True}
    with contextlib.suppress(ValueError, AttributeError):
        body["programme"] = json.loads(text).get("programme")
    return json.dumps(body, sort_keys=True).encode()


def _exercise(found: Exercise) -> Exercise:
    """Return a record whose task has the id by which the signal chain knows it."""
    return replace(found, task=task_of(found))


def _facts(body: dict[str, Any]) -> SafetyFacts:
    found: dict[str, Any] = {name: _tuples(value) for name, value in body.items()}
    for name, kind in _PARTS.items():
        rows = cast("list[dict[str, Any]]", body.get(name, []))
        found[name] = tuple(
            kind(**{key: _tuples(value) for key, value in row.items()}) for row in rows
        )
    return SafetyFacts(**found)


def _tuples(value: object) -> object:
    """Return lists, and lists in them, as the tuples they were."""
    if isinstance(value, list):
        return tuple(_tuples(one) for one in cast("list[object]", value))
    return value
