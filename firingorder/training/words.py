"""Words about exercises that screens, papers and the command line share."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from firingorder.signal.task import TaskSpec, TestedOn
    from firingorder.training.exercises.records import Dose, Per

_TESTED_ON: dict[TestedOn, str] = {
    "simulation": "tested on simulation only",
    "people": "tested on people",
}
_PER: dict[Per, str] = {
    "side": "each side", "direction": "each way", "day": "a day", "breath": "slow breaths",
}  # fmt: skip


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


def dose_words(dose: Dose) -> str:
    """Return a dose in plain words: ``2 × 10 to 15, slow``; what is not stated is left out."""
    parts: list[str] = []
    if dose.pyramid:
        parts.append(" then ".join(map(str, dose.pyramid)))
    count = None if dose.reps is None else _span_words(*dose.reps)
    if dose.sets is not None and count is not None:
        parts.append(f"{dose.sets} × {count}")
    elif dose.sets is not None:
        parts.append(f"{dose.sets} sets")
    elif count is not None:
        parts.append("once" if count == "1" else f"{count} times")
    if parts and dose.per is not None:
        parts[-1] += f" {_PER[dose.per]}"
    if dose.tempo is not None:
        parts.append(dose.tempo.replace("_", " "))
    if dose.tempo_s is not None:
        parts.append("-".join(f"{one:g}" for one in dose.tempo_s) + " s")
    if dose.hold_s is not None:
        parts.append(f"hold {_span_words(*dose.hold_s)} s")
    if dose.duration_s is not None:
        parts.append(f"for {_span_words(*dose.duration_s)} s")
    if dose.quiet_s is not None:
        parts.append(f"{dose.quiet_s:g} s quiet")
    if dose.rest_s is not None:
        parts.append(f"rest {dose.rest_s:g} s")
    if dose.effort_percent_max is not None:
        parts.append(f"at most {dose.effort_percent_max:g} % effort")
    if dose.height_cm_max is not None:
        parts.append(f"at most {dose.height_cm_max:g} cm high")
    return ", ".join(parts) or "no numbers stated"


def _span_words(low: float, high: float | None) -> str:
    if high is None:
        return f"{low:g} or more"
    return f"{low:g}" if low == high else f"{low:g} to {high:g}"
