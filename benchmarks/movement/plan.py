"""How much of what is simulated, from which seeds, and which exercise is done in place of which."""

from __future__ import annotations

from dataclasses import dataclass, fields, replace
from typing import TYPE_CHECKING
from zlib import crc32

from firingorder.simulation.exercises.catalogue import EXERCISES
from firingorder.training.exercises import load_task

if TYPE_CHECKING:
    from firingorder.signal.task import TaskSpec
    from firingorder.simulation.exercises.options import Pace, Side

#: Seeds of what is reported; whatever was looked at while this was made is below the first of them.
REPORT_SEED = 9_100_000
TUNE_SEED = 100
PACES: tuple[Pace, ...] = ("usual", "slow", "fast")
IDLE = ("rest", "talk", "fidget")


@dataclass(frozen=True, slots=True)
class Plan:
    """Seconds of each kind of session, for each exercise."""

    seed: int = REPORT_SEED
    usual_people: int = 2
    usual_s: float = 90.0
    paced_s: float = 70.0
    alone_s: float = 70.0
    uncued_s: float = 70.0
    fault_people: int = 1
    fault_s: float = 260.0
    fault_least: int = 15
    set_code_s: float = 160.0
    without_s: float = 45.0
    idle_s: float = 90.0
    wrong_s: float = 60.0


QUICK = Plan(
    usual_people=1,
    usual_s=32.0,
    paced_s=0.0,
    alone_s=0.0,
    uncued_s=0.0,
    fault_people=0,
    set_code_s=0.0,
    without_s=16.0,
    idle_s=12.0,
    wrong_s=0.0,
)

#: What the wrong exercise is: one that is done in the same posture, or in one that is easily taken
#: up instead, and that no description of the asked one covers.
WRONG: dict[str, str] = {
    "iso_sit": "sit_to_stand", "iso_stand": "kickback", "iso_prone": "prone_raise",
    "iso_supine": "bridge", "sit_hands": "sit_to_stand", "sit_hands_ramp": "iso_sit",
    "bridge": "iso_supine", "hip_thrust": "release_quiet", "clam": "side_plank",
    "side_raise": "side_plank", "quad_ext": "iso_prone", "prone_raise": "iso_prone",
    "band_squat": "gait", "side_step": "gait", "kickback": "gait", "squat": "gait",
    "lunge": "gait", "hinge": "gait", "sit_to_stand": "iso_sit", "step_up": "squat",
    "return_bend": "side_step", "one_leg_stand": "squat", "bird_dog": "iso_prone",
    "side_plank": "clam", "gait": "squat", "stand_shift": "kickback", "land_absorb": "gait",
    "release_quiet": "bridge", "lengthen": "gait", "asym_stance": "side_step", "own_task": "gait",
}  # fmt: skip
#: Tempo that is asked for where the record names none: seconds out, far and back as the simulated
#: person is told; 0 is not asked.
TEMPO: dict[str, tuple[float, float, float]] = {
    "bridge": (2.0, 1.0, 2.0),
    "hip_thrust": (2.0, 1.0, 2.0),
    "clam": (1.5, 0.7, 1.5),
    "band_squat": (2.0, 0.0, 1.6),
    "squat": (2.0, 0.0, 1.6),
}
#: Exercises whose repetitions follow so fast that half of the time will do.
MANY = ("gait", "side_step")
#: Faults that need the person's own baseline sets.
OWN = ("ham_lead", "es_early", "shift", "tfl_takes_over")
#: Faults that need something of the person's calibration: without it they cannot be measured.
CALIBRATED = (*OWN, "es_loud", "cross", "rest_high", "not_still")


def of_exercise(plan: Plan, exercise_id: str) -> Plan:
    """Return the plan of one exercise: walking has a repetition every half second."""
    if exercise_id not in MANY:
        return plan
    names = [one.name for one in fields(plan) if one.name.endswith("_s")]
    return replace(plan, **{name: 0.5 * getattr(plan, name) for name in names})


def seed_of(plan: Plan, exercise_id: str, kind: str, number: int) -> int:
    """Return the seed of a session; the same whatever else is run."""
    return plan.seed + 10 * (crc32(f"{exercise_id} {kind}".encode()) % 90_000) + number


def side_for(exercise_id: str, number: int) -> Side | None:
    """Return the working side of person ``number``: in turn where only one can work, else None."""
    sides = EXERCISES[exercise_id].sides
    return None if "both" in sides else ("left", "right")[number % 2]


def task_for(exercise_id: str, side: Side | None) -> TaskSpec:
    """Return the task as the product has it, done on a side (None: as it would choose)."""
    return load_task(exercise_id, working_side=side)
