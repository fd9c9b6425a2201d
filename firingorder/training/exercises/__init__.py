"""Exercises: the records (one YAML file each) and how they are read and checked."""

from firingorder.training.exercises.loader import (
    known_tasks,
    load_exercise,
    load_task,
    read_exercise,
    task_ids,
)
from firingorder.training.exercises.parsing import default_side, parse_exercise
from firingorder.training.exercises.records import Dose, Exercise, Fact, Reference, Texts, View

__all__ = [
    "Dose",
    "Exercise",
    "Fact",
    "Reference",
    "Texts",
    "View",
    "default_side",
    "known_tasks",
    "load_exercise",
    "load_task",
    "parse_exercise",
    "read_exercise",
    "task_ids",
]
