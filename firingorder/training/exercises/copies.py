"""Therapists' own copies of exercises, and finding an exercise among all there are.

A copy may say other things, ask for another dose and look for other faults. How its repetitions
are found stays that of the record it was made from, unless the change is asked for as such: then
the copy says so. Docs: docs/reference/programmes.md.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any, cast

from firingorder.errors import UsageError
from firingorder.training.exercises.loader import known_tasks, load_exercise, task_ids
from firingorder.training.exercises.parsing import parse_exercise
from firingorder.training.exercises.writing import digest, to_record

if TYPE_CHECKING:
    from collections.abc import Mapping

    from firingorder.findings import Sides
    from firingorder.signal.task import TaskSpec
    from firingorder.training.exercises.records import Exercise

#: What a therapist changes freely: words, doses, and what is said about a repetition.
FREE = (
    "name", "texts", "dose", "together_margin_ms", "min_good_reps_for_verdict", "faults",
    "variants", "provenance", "debate", "pain_gate", "media_key",
)  # fmt: skip
#: What decides how repetitions and onsets are found, and which muscles are asked.
MECHANICS = (
    "position", "sides", "modes", "template", "other_templates", "lift_sign", "onset_window_ms",
    "usual_range_deg", "prime", "order_pairs", "primary_pair", "not_measured_without",
)  # fmt: skip
#: Numbers whose mark of evidence must follow a change: a changed one is nobody's but ours.
_MARKED = ("together_margin_ms", "min_good_reps_for_verdict", "onset_window_ms")
_COPY_OF = "copy_of."
_CHANGED = "changed_mechanics"


def copy_of(exercise: Exercise, new_id: str, name: str, made_with: str = "") -> Exercise:
    """Return a copy under a new id and name, which says what it was copied from.

    ``made_with`` is the name and version of the software; the version of the copied record is a
    fingerprint of all it says.

    Raises
    ------
    UsageError
        The id belongs to an exercise that comes with firingorder, or is the copied one's own.
    FileFormatError
        Id or name cannot be used.
    """
    if new_id in task_ids() or new_id == exercise.task.id:
        raise UsageError(f"There is an exercise {new_id!r} already; give the copy another id.")
    record = to_record(exercise)
    says = f"copied from {exercise.task.id}, version {digest(exercise)}"
    if made_with:
        says = f"{says}, {made_with}"
    record["id"], record["name"] = new_id, {**record["name"], "en": name}
    record["provenance"] = {_COPY_OF + exercise.task.id: says, **record["provenance"]}
    return parse_exercise(record, name or new_id)


def base_of(exercise: Exercise) -> str:
    """Return the id of the record that a copy (or a copy of a copy) was first made from."""
    origins = [name for name, _ in exercise.provenance if name.startswith(_COPY_OF)]
    return origins[-1].removeprefix(_COPY_OF) if origins else exercise.task.id


def is_measured_otherwise(exercise: Exercise) -> bool:
    """Tell whether a copy finds or measures repetitions in another way than its record."""
    return any(name == _CHANGED for name, _ in exercise.provenance)


def changed(exercise: Exercise, field: str, value: object, *, mechanics: bool = False) -> Exercise:
    """Return a copy with one field of its record changed, checked like every record.

    Parameters
    ----------
    exercise
        A copy.
    field, value
        Field of the record as in its file (exercises.md section 1), and what it is to hold there.
    mechanics
        Whether a change of how repetitions are found is meant. It is written into the copy.

    Raises
    ------
    UsageError
        The exercise comes with firingorder, or the field may not be changed so.
    FileFormatError
        The value cannot stand there.
    """
    name = exercise.task.name
    if exercise.task.id in task_ids():
        raise UsageError(f"{name} comes with firingorder and stays as it is; change a copy of it.")
    if field not in FREE and field not in MECHANICS:
        raise UsageError(
            f"{field!r} of {name} cannot be changed; what can be: {', '.join((*FREE, *MECHANICS))}."
        )
    record = to_record(exercise)
    if field in MECHANICS and not mechanics:
        raise UsageError(
            f"{field} decides how repetitions of {name} are found and measured, so results could "
            "no longer be compared; say that this is meant, or make a copy of another exercise."
        )
    origins = {key: says for key, says in exercise.provenance if _says_origin(key)}
    doses: list[Any] = list(record["dose"])
    record[field] = value
    if field == "dose" and isinstance(value, list):
        record["dose"] = [_own_dose(one, doses) for one in cast("list[Any]", value)]
    if field in _MARKED:
        record["evidence"][field] = "P"
    if field in MECHANICS:
        before = origins.get(_CHANGED, "how it is measured was changed:")
        origins[_CHANGED] = before if field in before.split() else f"{before} {field}"
    if isinstance(record["provenance"], dict):
        said = cast("dict[str, Any]", record["provenance"])
        record["provenance"] = {**origins, **{k: v for k, v in said.items() if k not in origins}}
    return parse_exercise(record, name)


def _own_dose(dose: object, before: list[Any]) -> object:
    """Return a dose that no longer names an article once its numbers are not the article's."""
    if not isinstance(dose, dict) or dose in before:
        return cast("object", dose)
    return {**cast("dict[str, Any]", dose), "provenance": "therapist", "evidence": "P"}


def _says_origin(key: str) -> bool:
    return key.startswith(_COPY_OF) or key == _CHANGED


class Exercises:
    """All exercises there are: those that come with firingorder, and a therapist's copies.

    Called with an id it returns the record, so that it can stand wherever a ``resolve`` is asked
    for.
    """

    def __init__(self, own: Mapping[str, Exercise] | None = None) -> None:
        """Take the copies by their ids.

        Raises
        ------
        UsageError
            A copy has the id of an exercise that comes with firingorder, or another than its own.
        """
        self.own: dict[str, Exercise] = dict(own or {})
        for name, exercise in self.own.items():
            if name in task_ids() or name != exercise.task.id:
                raise UsageError(
                    f"The copy {exercise.task.name} cannot be called {name!r}; give it an id of "
                    "its own."
                )

    def __call__(self, exercise_id: str) -> Exercise:
        """Return the record of an exercise.

        Raises
        ------
        UsageError
            There is none of that id.
        """
        if exercise_id in self.own:
            return self.own[exercise_id]
        if exercise_id not in task_ids():
            copies = f" Own copies: {', '.join(sorted(self.own))}." if self.own else ""
            raise UsageError(f"Unknown task {exercise_id!r}. {known_tasks()}{copies}")
        return load_exercise(exercise_id)

    def __contains__(self, exercise_id: object) -> bool:
        """Tell whether there is an exercise of that id."""
        return exercise_id in self.own or exercise_id in task_ids()

    @property
    def ids(self) -> tuple[str, ...]:
        """All ids, sorted: firingorder's, then the copies."""
        return (*task_ids(), *sorted(self.own))

    def comes_with_firingorder(self, exercise_id: str) -> bool:
        """Tell whether an exercise is no copy."""
        return exercise_id in task_ids()

    def beside(self, copies: Mapping[str, Exercise]) -> Exercises:
        """Return these with the copies inside a programme, which win: they were agreed upon."""
        return Exercises({**self.own, **copies})

    def task(self, exercise_id: str, working_side: Sides | None = None) -> TaskSpec:
        """Return the task of an exercise, for the signal chain; otherwise as ``task_of``."""
        return task_of(self(exercise_id), working_side)


def task_of(exercise: Exercise, working_side: Sides | None = None) -> TaskSpec:
    """Return the task of an exercise, for the signal chain.

    A copy's task has the name of the copy and the id of the record it was made from: by that id the
    chain knows how repetitions are found, and a recording can be worked out without the copy.

    Raises
    ------
    UsageError
        It cannot be done on that side.
    """
    task = replace(exercise.task, id=base_of(exercise))
    if working_side is None:
        return task
    if working_side not in task.sides:
        raise UsageError(f"{task.name} is done with {' or '.join(task.sides)}, not {working_side}.")
    return replace(task, working_side=working_side, side_assumed=False)
