"""Exercise records by their names, and therapists' own copies from text."""

from __future__ import annotations

from dataclasses import replace
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING, get_args

import yaml

from firingorder.errors import FileFormatError, UsageError
from firingorder.signal.task import TestedOn
from firingorder.training.exercises.parsing import parse_exercise
from firingorder.training.words import tested_on_words

if TYPE_CHECKING:
    from firingorder.findings import Sides
    from firingorder.signal.task import TaskSpec
    from firingorder.training.exercises.records import Exercise


@cache
def task_ids() -> tuple[str, ...]:
    """Return the known exercises, sorted."""
    folder = files("firingorder.training.exercises")
    names = (entry.name for entry in folder.iterdir())
    return tuple(sorted(name.removesuffix(".yaml") for name in names if name.endswith(".yaml")))


def load_task(task_id: str, *, working_side: Sides | None = None) -> TaskSpec:
    """Return the task of an exercise.

    Parameters
    ----------
    task_id
        Its identity.
    working_side
        The side that works. None: both where the task can be done so, else its first side, and the
        task says that this was assumed (``side_assumed``).

    Raises
    ------
    UsageError
        No exercise has this name, or it cannot be done on that side.
    """
    task = load_exercise(task_id).task
    if working_side is None:
        return task
    if working_side not in task.sides:
        raise UsageError(
            f"Task {task_id} is done with {' or '.join(task.sides)}, not {working_side}."
        )
    return replace(task, working_side=working_side, side_assumed=False)


@cache
def load_exercise(task_id: str) -> Exercise:
    """Return the whole record of an exercise.

    Raises
    ------
    UsageError
        No exercise has this name.
    FileFormatError
        The record is damaged.
    """
    if task_id not in task_ids():
        raise UsageError(f"Unknown task {task_id!r}. {known_tasks()}")
    source = files("firingorder.training.exercises") / f"{task_id}.yaml"
    return read_exercise(source.read_text(encoding="utf-8"), f"{task_id}.yaml")


def read_exercise(text: str, origin: str) -> Exercise:
    """Read a record from the text of its file, ``origin``.

    Raises
    ------
    FileFormatError
        With the file and the line or the field that is wrong.
    """
    try:
        data = yaml.safe_load(text)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark
        where = "" if mark is None else f" in line {mark.line + 1}"
        raise FileFormatError(f"{origin} is no YAML{where}: {error.problem}.") from error
    except yaml.YAMLError as error:
        raise FileFormatError(f"{origin} is no YAML: it is not a text file.") from error
    return parse_exercise(data, origin)


def known_tasks() -> str:
    """Return the known tasks as one sentence for each thing they were tested on."""
    by_test = {
        tested: [one for one in task_ids() if load_exercise(one).task.tested_on == tested]
        for tested in get_args(TestedOn)
    }
    return " ".join(
        f"Known tasks, {tested_on_words(tested)}: {', '.join(names)}."
        for tested, names in by_test.items()
        if names
    )
