"""Which way of finding repetitions in the pose of the pelvis belongs to a task."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from firingorder.signal.balance import Balance
from firingorder.signal.balance_params import BalanceParams, WeightShiftParams
from firingorder.signal.hinge import HeightHinge, HeightHingeParams, Hinge, HingeParams
from firingorder.signal.impact import Impact, ImpactParams
from firingorder.signal.one_leg import OneLeg
from firingorder.signal.pitch_lift import LiftParams, PitchLift
from firingorder.signal.rise import Rise, RiseParams
from firingorder.signal.side_steps import SideStepParams, SideSteps
from firingorder.signal.start_position import on_the_side
from firingorder.signal.steps import StepParams, Steps
from firingorder.signal.weight_shift import WeightShift

if TYPE_CHECKING:
    from firingorder.signal.repetitions import RepetitionCounter, Segmenter
    from firingorder.signal.task import TaskSpec

#: Templates whose repetitions are found in the pose of the pelvis.
POSE_TEMPLATES = ("PITCH_LIFT", "HINGE", "STEP", "IMPACT", "BALANCE")
#: Templates that muscles alone can stand in for; of the others they do not know what happened.
EMG_CAN_REPLACE = ("PITCH_LIFT", "HINGE")
#: Tasks of HINGE that end higher than they began, and those that hardly tilt the pelvis.
RISING = ("sit_to_stand", "step_up")
BY_HEIGHT = ("lunge",)


@dataclass(frozen=True, slots=True)
class PoseSegmenterParams:
    """Limits of every way of finding repetitions in the pose."""

    lift: LiftParams = field(default_factory=LiftParams)
    hinge: HingeParams = field(default_factory=HingeParams)
    height_hinge: HeightHingeParams = field(default_factory=HeightHingeParams)
    rise: RiseParams = field(default_factory=RiseParams)
    step: StepParams = field(default_factory=StepParams)
    side_step: SideStepParams = field(default_factory=SideStepParams)
    impact: ImpactParams = field(default_factory=ImpactParams)
    balance: BalanceParams = field(default_factory=BalanceParams)
    weight_shift: WeightShiftParams = field(default_factory=WeightShiftParams)


def make_pose_segmenter(
    task: TaskSpec,
    imu_rate_hz: float,
    params: PoseSegmenterParams | None = None,
    counter: RepetitionCounter | None = None,
) -> Segmenter | None:
    """Return what finds the repetitions of a task in the pose; None where muscles or cues do."""
    p = params or PoseSegmenterParams()
    match task.template:
        case "PITCH_LIFT":
            return PitchLift(p.lift, task, imu_rate_hz, counter)
        case "HINGE" if task.id in RISING:
            return Rise(p.rise, task, imu_rate_hz, counter)
        case "HINGE" if task.id in BY_HEIGHT:
            return HeightHinge(p.height_hinge, task, imu_rate_hz, counter)
        case "HINGE":
            return Hinge(p.hinge, task, imu_rate_hz, counter)
        case "STEP" if task.id == "side_step":
            return SideSteps(p.side_step, task, imu_rate_hz, counter)
        case "STEP" if task.id == "stand_shift":
            return WeightShift(p.weight_shift, task, imu_rate_hz, counter)
        case "STEP":
            return Steps(p.step, task, imu_rate_hz, counter)
        case "IMPACT":
            return Impact(p.impact, task, imu_rate_hz, counter)
        case "BALANCE" if not on_the_side(task.position):
            return OneLeg(p.balance.one_leg, task, imu_rate_hz, counter)
        case "BALANCE":
            return Balance(p.balance, task, imu_rate_hz, counter)
        case _:
            return None


def needs_sensor(task: TaskSpec) -> str | None:
    """Return what to tell people without a pelvis sensor, None where the task can do without."""
    if task.template not in POSE_TEMPLATES or task.template in EMG_CAN_REPLACE:
        return None
    return (
        f"{task.name} needs a motion sensor on the pelvis, because muscles alone do not say when "
        "a foot or the hips touch the ground. Connect one, or choose another exercise."
    )
