"""Which exercise a session is about, and which side works: as asked for, else as recorded."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any, get_args

from firingorder.findings import Sides
from firingorder.training.exercises import load_task
from firingorder.training.words import side_assumed_words

if TYPE_CHECKING:
    from firingorder.signal.task import TaskSpec

DEFAULT_TASK = "bridge"


def asked_task(task: str | None, side: Sides | None = None) -> TaskSpec:
    """Return the task that is asked for, the bridge if none is.

    Raises
    ------
    UsageError
        No exercise has this name, or it cannot be done on that side.
    """
    return load_task(task or DEFAULT_TASK, working_side=side)


def recorded_task(session: dict[str, Any], task: str | None, side: Sides | None) -> TaskSpec:
    """Return the task of a recording, changed by what is asked for.

    ``session`` is the recording's message of that name. The side that worked is kept for another
    task, too, where it can be done so. Recordings of former versions name no side.

    Raises
    ------
    UsageError
        No exercise has this name, or it cannot be done on that side.
    """
    name = task or str(session.get("task") or DEFAULT_TASK)
    found = load_task(name, working_side=side)
    kept = session.get("side")
    if side is not None or kept not in get_args(Sides) or kept not in found.sides:
        return found
    if task not in (None, session.get("task")) and kept == "both":
        return found
    assumed = session.get("side_assumed") is True
    return replace(found, working_side=kept, side_assumed=assumed)


def task_warnings(task: TaskSpec) -> tuple[str, ...]:
    """Return what a result must say about its task."""
    return (side_assumed_words(task),) if task.side_assumed else ()
