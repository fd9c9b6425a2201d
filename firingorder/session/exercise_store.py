"""Therapists' own copies of exercises in the user's data folder."""

from __future__ import annotations

from typing import TYPE_CHECKING

from firingorder import __version__
from firingorder.errors import FileFormatError
from firingorder.session.own_files import Broken, OwnFiles
from firingorder.session.paths import data_folder
from firingorder.training.exercises.copies import Exercises, copy_of
from firingorder.training.exercises.loader import read_exercise, task_ids
from firingorder.training.exercises.records import Exercise
from firingorder.training.exercises.writing import write_exercise

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
