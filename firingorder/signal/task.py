"""What the timing of a task needs to know: its movement, its prime muscles, its questions."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from firingorder.montage import MUSCLES, SIDES

if TYPE_CHECKING:
    from firingorder.findings import Sides

Template = Literal["PITCH_LIFT", "STILL_LIMB", "CUED_HOLD", "HINGE", "STEP", "IMPACT", "BALANCE"]
#: What an exercise was tried on: "people" only where real recordings of that task were used.
TestedOn = Literal["simulation", "people"]
PelvisAxis = Literal["tilt", "obliquity", "rotation"]


@dataclass(frozen=True, slots=True)
class TaskSpec:
    """One exercise as the signal chain sees it (exercise_bridge.md).

    Attributes
    ----------
    id, name
        Identity in files, and the name people read.
    template
        How repetitions are found.
    lift_axis, lift_sign
        Pelvis angle that follows the way out of the start pose, and the sign of its change on that
        way: lifting in a lift, going down in a hinge. Of no use where the pelvis keeps still.
    onset_window_ms
        Where an onset is looked for, about the start of the movement.
    together_margin_ms
        Two muscles that start within this of each other are called together.
    prime
        Muscles that do the work; without an IMU they give the repetitions. ``_w`` is the working
        side, ``_o`` the other one, without either it is both; in a two-sided task all are both.
    order_pairs
        Questions of the task, as (a, b); muscles without a side are asked on each side.
    primary_pair
        The pair of the repetition's verdict; None where the task asks for no order.
    sides
        Ways in which the task can be done; ``working_side`` is the one of this session.
    min_good_reps
        Scored repetitions a set needs before it says something.
    reps_per_set
        Repetitions a person is asked for.
    position
        Posture of the start pose, as in the record ("supine_knees_bent").
    faults
        Codes of the fault dictionary that are looked for.
    hold_s, tempo_s
        Usual hold; usual way out, far position and way back. A dose of the record, for the coach.
    asked_hold_s, asked_tempo_s
        The same where somebody asked for it in this session: only then can it be missed.
    tested_on
        What the way its repetitions are found was tried on.
    low_trust
        Muscles whose onsets are poor evidence in this task.
    side_assumed
        The task works one side, and nobody said which.
    """

    id: str
    name: str
    template: Template
    lift_axis: PelvisAxis
    lift_sign: int
    onset_window_ms: tuple[float, float]
    together_margin_ms: float
    prime: tuple[str, ...]
    order_pairs: tuple[tuple[str, str], ...]
    primary_pair: tuple[str, str] | None
    sides: tuple[Sides, ...]
    min_good_reps: int
    reps_per_set: int = 10
    working_side: Sides = "both"
    position: str = "supine_knees_bent"
    faults: tuple[str, ...] = ()
    hold_s: float | None = None
    tempo_s: tuple[float, float, float] | None = None
    asked_hold_s: float | None = None
    asked_tempo_s: tuple[float, float, float] | None = None
    tested_on: TestedOn = "simulation"
    low_trust: tuple[str, ...] = ("gluteus_medius",)
    side_assumed: bool = False

    def __post_init__(self) -> None:
        """Refuse what cannot be meant."""
        if self.lift_sign not in (-1, 1):
            raise ValueError(f"lift_sign is {self.lift_sign}, not -1 or 1")
        low, high = self.onset_window_ms
        if not low < high:
            raise ValueError(f"onset_window_ms is {self.onset_window_ms}, not low < high")
        if self.working_side not in self.sides:
            raise ValueError(f"working_side {self.working_side!r} is not among {self.sides}")
        for muscle in (*map(_bare, self.prime), *(self.primary_pair or ())):
            if muscle not in MUSCLES:
                raise ValueError(f"unknown muscle {muscle!r}")

    @property
    def margin_s(self) -> float:
        """Equivalence margin, seconds."""
        return self.together_margin_ms / 1000.0

    @property
    def window_s(self) -> tuple[float, float]:
        """Onset window about the start of the movement, seconds."""
        return self.onset_window_ms[0] / 1000.0, self.onset_window_ms[1] / 1000.0

    def prime_channels(self, channels: tuple[str, ...]) -> tuple[str, ...]:
        """Return the channels present that belong to the prime muscles."""
        wanted = {name for muscle in self.prime for name in self.named(muscle)}
        return tuple(name for name in channels if name in wanted)

    def named(self, muscle: str) -> tuple[str, ...]:
        """Return the channel names of a muscle of the record, by the working side."""
        bare = _bare(muscle)
        if self.working_side == "both" or bare == muscle:
            return tuple(f"{bare}_{side}" for side in SIDES)
        other = "right" if self.working_side == "left" else "left"
        return (f"{bare}_{self.working_side if muscle.endswith('_w') else other}",)


def _bare(muscle: str) -> str:
    return muscle.removesuffix("_w").removesuffix("_o")


#: Muscles asked against the back on each side, in the order of the result (interfaces.md).
_AGAINST_BACK = ("gluteus_maximus", "gluteus_medius", "hamstring")
_LEFT_RIGHT = ("gluteus_maximus", "gluteus_medius", "hamstring", "erector_spinae")


def result_pairs(channels: tuple[str, ...]) -> tuple[tuple[str, str], ...]:
    """Return the pairs of a repetition, in the order of the result; absent muscles leave no trace.

    For each side gluteus maximus, gluteus medius and hamstring against erector spinae and gluteus
    maximus against hamstring, then left against right of each muscle (interfaces.md).
    """
    pairs: list[tuple[str, str]] = []
    for side in SIDES:
        pairs += [(f"{muscle}_{side}", f"erector_spinae_{side}") for muscle in _AGAINST_BACK]
        pairs.append((f"gluteus_maximus_{side}", f"hamstring_{side}"))
    pairs += [(f"{muscle}_left", f"{muscle}_right") for muscle in _LEFT_RIGHT]
    return tuple((a, b) for a, b in pairs if a in channels and b in channels)
