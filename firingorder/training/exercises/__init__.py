"""Exercises: the records (one YAML file each) and how they are read and checked."""

from firingorder.training.exercises.loader import (
    Dose,
    Exercise,
    load_exercise,
    load_task,
    parse_exercise,
    task_ids,
)

__all__ = ["Dose", "Exercise", "load_exercise", "load_task", "parse_exercise", "task_ids"]
