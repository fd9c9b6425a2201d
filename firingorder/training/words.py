"""Words about exercises that screens, papers and the command line share."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from firingorder.signal.task import TaskSpec, TestedOn

_TESTED_ON: dict[TestedOn, str] = {
    "simulation": "tested on simulation only",
    "people": "tested on people",
}


def tested_on_words(tested_on: TestedOn) -> str:
    """Return what the way an exercise is found was tried on, as it is told to people."""
    return _TESTED_ON[tested_on]


def side_assumed_words(task: TaskSpec) -> str:
    """Return what to say where nobody said which side works."""
    other = " or ".join(f"--side {side}" for side in task.sides if side != task.working_side)
    return (
        f"{task.name} works one side, and nobody said which: the {task.working_side} side was "
        f"taken. Say {other} if it was not."
    )
