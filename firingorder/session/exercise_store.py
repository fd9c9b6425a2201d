"""Therapists' own copies of exercises in the user's data folder."""

from __future__ import annotations

from typing import TYPE_CHECKING

from firingorder import __version__
from firingorder.errors import FileFormatError
from firingorder.session.own_files import Broken, OwnFiles
from firingorder.session.paths import data_folder
from firingorder.training.exercises.copies import Exercises, copy_of
from firingorder.training.exercises.loader import read_exercise, task_ids
from firingorder.training.exercises.parsing import parse_exercise
from firingorder.training.exercises.records import Exercise
from firingorder.training.exercises.writing import digest, to_record, write_exercise

if TYPE_CHECKING:
    from pathlib import Path


class ExerciseStore(OwnFiles[Exercise]):
    """The copies, one file each: ``all``, ``load``, ``save``, ``remove``, ``import_from``..."""

    def __init__(self, folder: Path | None = None) -> None:
        """Take a folder; None: the one in the user's data folder."""
        super().__init__(
            folder or data_folder() / "exercises", "exercise", _read, write_exercise, _id_of
        )

    def exercises(self) -> tuple[Exercises, tuple[Broken, ...]]:
        """Return all exercises there are, and the copies that cannot be read."""
        listing = self.all()
        return Exercises({one.task.id: one for one in listing.found}), listing.broken

    def copy(self, exercise: Exercise, name: str) -> Exercise:
        """Make a copy under a new name, keep it, and return it. Errors as ``export``."""
        new_id = self.free_id(name, task_ids().__contains__)
        made = copy_of(exercise, new_id, name, f"firingorder {__version__}")
        self.save(made)
        return made

    def bring(self, path: Path, others: Exercises) -> Exercise:
        """Keep the copy in any file beside ``others``, and return it as it is kept.

        Id and name get a number where another exercise has them; one that is here as it is stays
        one.

        Raises
        ------
        FiringOrderError
            It is no exercise, or the disk refuses.
        """
        found = self.read_from(path)
        here = others.own.get(found.task.id)
        if here is not None and digest(here) == digest(found):
            return here
        record = to_record(found)
        record["id"] = self.free_id(found.task.id, others.__contains__)
        record["name"] = {**record["name"], "en": free_name(found.task.name, others)}
        kept = parse_exercise(record, path.name)
        self.save(kept)
        return kept


def is_called(name: str, others: Exercises, but: str = "") -> bool:
    """Tell whether another exercise has a name: nobody could tell them apart in a list."""
    said = name.strip().casefold()
    return any(others(one).task.name.strip().casefold() == said for one in others.ids if one != but)


def free_name(name: str, others: Exercises) -> str:
    """Return a name that no exercise has: this one, or with a number behind it."""
    found, number = name, 1
    while is_called(found, others):
        number += 1
        found = f"{name} ({number})"
    return found


def _read(text: str, origin: str) -> Exercise:
    exercise = read_exercise(text, origin)
    if exercise.task.id in task_ids():
        raise FileFormatError(
            f"{origin} has the id {exercise.task.id!r} of an exercise that comes with firingorder; "
            "give the copy another id."
        )
    return exercise


def _id_of(exercise: Exercise) -> str:
    return exercise.task.id
