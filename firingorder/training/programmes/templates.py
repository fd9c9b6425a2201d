"""Programmes to begin with: those that come with firingorder, and one exercise by its own dose."""

from __future__ import annotations

from dataclasses import replace
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING

from firingorder.errors import UsageError
from firingorder.training.exercises.copies import base_of
from firingorder.training.programmes.parsing import read_programme
from firingorder.training.programmes.records import Item, Programme

if TYPE_CHECKING:
    from firingorder.findings import Sides
    from firingorder.training.exercises.records import Exercise
    from firingorder.training.programmes.records import GoalMode, Schedule, SetKind, SidePlan

#: Where the record states no number: proposals (programmes.md section 5). The screens that do
#: state one have five repetitions.
PROPOSED_SCREEN_REPS = 5
PROPOSED_REPS = 10
#: Between sets, as the bridge's own proposal; between cued holds, as that of the squeezes (iso_*).
PROPOSED_REST_S = 60.0
PROPOSED_PAUSE_S = 10.0
#: One file each, in this folder.
OFFERED = (
    "without_therapist", "daily_iso", "sessions", "find_it", "release_rest", "screen_battery",
    "yield_example", "balance_example",
)  # fmt: skip
#: Exercises that are a kind of their own, whatever their mode.
_KINDS: dict[str, SetKind] = {
    "sit_hands": "isolation", "sit_hands_ramp": "ramp", "release_quiet": "release",
    "return_bend": "return_bend",
}  # fmt: skip

#: Kinds that test: nothing is told while they run.
_TESTS = ("screen", "return_bend")


@cache
def templates() -> tuple[Programme, ...]:
    """Return the programmes that come with firingorder, in the order in which they are offered.

    Raises
    ------
    FileFormatError
        One of them is damaged.
    """
    folder = files("firingorder.training.programmes")
    names = [f"{name}.yaml" for name in OFFERED]
    read = (read_programme((folder / n).read_text(encoding="utf-8"), n) for n in names)
    return tuple(replace(one, made_by="product") for one in read)


def single(exercise: Exercise, side: Sides | None = None) -> Programme:
    """Return a programme of one exercise, with the dose of its record.

    Parameters
    ----------
    exercise
        Its record, or a therapist's copy.
    side
        The side that works. None: both at once where it can be done so, else one after the other.

    Raises
    ------
    UsageError
        It cannot be done on that side.
    """
    return Programme(
        id=exercise.task.id,
        name=exercise.task.name,
        items=(item_of(exercise, side),),
        retention_reps=0,
    )


def item_of(exercise: Exercise, side: Sides | None = None) -> Item:
    """Return an exercise with the first dose of its record that says something of each number.

    A copy is done in the way of what it was copied from. Otherwise as ``single``.
    """
    name = base_of(exercise)
    screen = exercise.modes[0] == "test"
    kind = _KINDS.get(name, "screen" if screen else "work")
    schedule: Schedule = "none" if kind in _TESTS else "faded"
    modes: list[GoalMode] = [mode for mode in exercise.modes if mode != "test"]
    if "sequence" in modes and exercise.task.primary_pair is not None:
        modes = ["sequence"]  # who starts is what the exercise can be asked for
    sides = _side(exercise, side, kind)
    return Item(
        exercise=exercise.task.id,
        kind=kind,
        mode=modes[0] if modes else "activate",
        reps=_reps(exercise, sides),
        hold_s=_hold(exercise),
        tempo_s=exercise.task.tempo_s,
        rest_s=_rest(exercise),
        pause_s=_pause(exercise),
        side=sides,
        schedule=schedule,
        note=_limits(exercise),
    )


def _reps(exercise: Exercise, side: SidePlan) -> tuple[int, ...]:
    doses = exercise.doses
    for dose in doses:
        if dose.pyramid:
            return dose.pyramid
    for dose in doses:
        if dose.sets is not None and dose.reps is not None:
            return (dose.reps[0],) * dose.sets
    if any(dose.duration_s is not None for dose in doses):
        return (1,)
    stated = [dose for dose in doses if dose.reps is not None]
    if stated and stated[0].reps is not None:
        # Without a working side every step is a repetition: as many for each leg.
        both = exercise.task.template == "STEP" and side == "both" and stated[0].per == "side"
        return (stated[0].reps[0] * (2 if both else 1),)
    return (PROPOSED_SCREEN_REPS if exercise.modes[0] == "test" else PROPOSED_REPS,)


def _hold(exercise: Exercise) -> float | None:
    if exercise.task.hold_s is not None:
        return exercise.task.hold_s
    lengths = [dose.duration_s[0] for dose in exercise.doses if dose.duration_s is not None]
    return lengths[0] if lengths else None


def _rest(exercise: Exercise) -> float:
    if exercise.task.template == "CUED_HOLD":  # its rest is the one between holds
        return PROPOSED_PAUSE_S
    stated = [dose.rest_s for dose in exercise.doses if dose.rest_s is not None]
    return stated[0] if stated else PROPOSED_REST_S


def _pause(exercise: Exercise) -> float | None:
    quiet = [dose.quiet_s for dose in exercise.doses if dose.quiet_s is not None]
    if quiet or exercise.task.template != "CUED_HOLD":
        return quiet[0] if quiet else None
    stated = [dose.rest_s for dose in exercise.doses if dose.rest_s is not None]
    return stated[0] if stated else PROPOSED_PAUSE_S


def _limits(exercise: Exercise) -> str:
    """Return the upper limits of the doses, which no other field of an item holds."""
    limits: list[str] = []
    for dose in exercise.doses:
        if dose.effort_percent_max is not None:
            limits.append(f"At most {dose.effort_percent_max:g} % effort.")
        if dose.height_cm_max is not None:
            limits.append(f"At most {dose.height_cm_max:g} cm high.")
    return " ".join(limits)


def _side(exercise: Exercise, side: Sides | None, kind: SetKind) -> SidePlan:
    sides = exercise.task.sides
    if side is not None:
        if side not in sides:
            raise UsageError(f"{exercise.task.name} is done with {' or '.join(sides)}, not {side}.")
        return side
    if kind in ("isolation", "ramp") and set(sides) == {"left", "right", "both"}:
        return "left_right_both"
    if "both" in sides:
        return "both"
    if set(sides) == {"left", "right"}:
        return "alternate" if kind == "screen" else "left_then_right"
    return sides[0]
