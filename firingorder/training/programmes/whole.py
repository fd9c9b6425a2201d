"""The therapist's copies of exercises inside a programme, so that it is whole by itself."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from firingorder.training.exercises.copies import Exercises
from firingorder.training.exercises.loader import read_exercise
from firingorder.training.exercises.writing import write_exercise

if TYPE_CHECKING:
    from firingorder.training.exercises.records import Exercise
    from firingorder.training.programmes.records import Programme


def resolver(programme: Programme, exercises: Exercises | None = None) -> Exercises:
    """Return all exercises as this programme sees them: the copies inside it win.

    Raises
    ------
    FileFormatError
        A copy inside is damaged.
    """
    return (exercises or Exercises()).beside(embedded(programme))


def whole(programme: Programme, exercises: Exercises) -> Programme:
    """Return the programme with the copies it uses inside, and none that it does not use.

    A copy that is inside already stays as it is: what was agreed upon is what is done. To take a
    copy over as it is now, ``renew``.

    Raises
    ------
    UsageError
        An exercise is known neither to firingorder nor to ``exercises``.
    """
    inside = dict(programme.exercises)
    used = dict.fromkeys(item.exercise for item in programme.items)
    found = {
        name: inside[name] if name in inside else write_exercise(exercises(name))
        for name in used
        if name in inside or not exercises.comes_with_firingorder(name)
    }
    return replace(programme, exercises=tuple(found.items()))


def renew(programme: Programme, exercises: Exercises) -> Programme:
    """Return the programme with the therapist's copies as they are now; otherwise as ``whole``."""
    kept = tuple((name, text) for name, text in programme.exercises if name not in exercises.own)
    return whole(replace(programme, exercises=kept), exercises)


def embedded(programme: Programme) -> dict[str, Exercise]:
    """Return the copies inside a programme, by their ids.

    Raises
    ------
    FileFormatError
        One of them is damaged.
    """
    return {
        name: read_exercise(text, f"{programme.name}: {name}") for name, text in programme.exercises
    }
