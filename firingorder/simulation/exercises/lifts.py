"""Hips off the floor: bridge and hip thrust."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from firingorder.simulation.exercises.draft import Draft, Muscle, finish

if TYPE_CHECKING:
    from firingorder.simulation.exercises.truth import TrueRepetition

#: Asked tempo: two seconds up, one at the top, two down.
LIFT_S, TOP_S, LOWER_S = 2.0, 1.0, 2.0
#: Hamstring and gluteus medius start about the first prime muscle (as in repetitions.py).
HAMSTRING_LAG_S = (0.020, 0.020)
MEDIUS_LAG_S = (0.040, 0.025)
#: On one leg the working side does so much more, the other so much less.
ONE_LEG, OTHER_LEG = 1.6, 0.4
#: A late arch: the hips are up after this share of the lift, then the back turns the pelvis on.
UP_BEFORE_ARCH = 0.70
ARCHING_BACK = (1.6, 2.2)
NOT_ARCHING_BACK = (1.00, 1.08)
#: A glute that leaves the work to the hamstrings.
GLUTE_LEAVES = 0.75


@dataclass(frozen=True, slots=True)
class Lift:
    """A lift: range of the pelvis in degrees and efforts as shares of a maximal contraction."""

    range_deg: tuple[float, float]
    efforts: dict[Muscle, float]


#: Bridge: gluteus medius 28, maximus 25, hamstring 24, longissimus 39 % (Ekstrom, Donatelli and
#: Carp 2007, J Orthop Sports Phys Ther 37:754, rounded). Range: order of magnitude.
BRIDGE = Lift(
    (20.0, 30.0),
    {"gluteus_maximus": 0.26, "gluteus_medius": 0.22, "hamstring": 0.24, "erector_spinae": 0.36},
)
#: Hip thrust with a heavy bar: gluteus maximus 70 to 87, biceps femoris 41 % (Contreras 2015,
#: J Appl Biomech 31:452); without a bar about half.
THRUST = Lift(
    (34.0, 50.0),
    {"gluteus_maximus": 0.45, "gluteus_medius": 0.25, "hamstring": 0.25, "erector_spinae": 0.30},
)


def bridge(d: Draft) -> list[TrueRepetition]:
    """Lift the hips from lying."""
    return _lift(d, BRIDGE)


def hip_thrust(d: Draft) -> list[TrueRepetition]:
    """Lift the hips with the upper back on a bench."""
    return _lift(d, THRUST)


def _lift(d: Draft, task: Lift) -> list[TrueRepetition]:
    lead_s = d.lead_s()
    onsets_s: dict[Muscle, float] = {
        "gluteus_maximus": d.start_s + max(0.0, -lead_s),
        "erector_spinae": d.start_s + max(0.0, lead_s),
        "hamstring": d.start_s + max(0.0, float(d.rng.normal(*HAMSTRING_LAG_S))),
        "gluteus_medius": d.start_s + max(0.0, float(d.rng.normal(*MEDIUS_LAG_S))),
    }
    moves_s = d.start_s + d.delay_s()
    lift_s, top_s = d.lasts(LIFT_S) * d.factor("tempo"), d.lasts(TOP_S)
    arch_deg = d.plant("arch_late")
    far_deg = d.wide(sum(task.range_deg) / 2.0)
    aside = {"obliquity": d.uniform(-1.5, 1.5), "rotation": d.uniform(-1.5, 1.5)}
    up_s = d.go(
        moves_s,
        lift_s * (UP_BEFORE_ARCH if arch_deg else 1.0),
        {"tilt": -far_deg, **aside},
        pauses=True,
    )
    far_s = up_s
    if arch_deg:
        far_s = d.move(up_s, (1.0 - UP_BEFORE_ARCH) * lift_s + 0.3, tilt=arch_deg)
    back_s = far_s + top_s
    back = {"tilt": far_deg - arch_deg, **{axis: -value for axis, value in aside.items()}}
    end_s = d.go(back_s, d.lasts(LOWER_S), back)
    twist_deg = d.plant("twist") * (1.0 if d.uniform(0.0, 1.0) < 0.5 else -1.0)
    d.aside("rotation", twist_deg, moves_s + 0.3 * lift_s, back_s + 0.4)
    _muscles(d, task, onsets_s, end_s)
    if arch_deg:
        _arch(d, task, up_s, back_s)
    return [
        finish(
            d,
            away_s=moves_s,
            movement_onset_s=moves_s,
            far_from_s=far_s,
            far_to_s=back_s,
            back_s=back_s,
            end_s=end_s,
            onset_s=d.start_s,
        )
    ]


def _muscles(d: Draft, task: Lift, onsets_s: dict[Muscle, float], end_s: float) -> None:
    share = d.factor("ham_lead")
    for muscle, effort in task.efforts.items():
        level = effort * (0.5 + 0.5 * d.scale)
        if share > 1.0 and muscle == "hamstring":
            level *= share
        if share > 1.5 and muscle == "gluteus_maximus":
            level *= GLUTE_LEAVES
        offset_s = end_s + d.uniform(-0.30, 0.05)
        both = d.side == "both"
        d.on(muscle, d.working, onsets_s[muscle], offset_s, level * (1.0 if both else ONE_LEG))
        if d.other:
            late_s = onsets_s[muscle] + d.uniform(0.03, 0.12)
            d.on(muscle, d.other, late_s, offset_s, level * OTHER_LEG)


def _arch(d: Draft, task: Lift, from_s: float, to_s: float) -> None:
    """Let the back work harder where the pelvis turns on, or not where the turn is small."""
    above = d.asked is not None and d.asked.above
    more = d.uniform(*(ARCHING_BACK if above else NOT_ARCHING_BACK))
    effort = task.efforts["erector_spinae"] * more
    d.on("erector_spinae", ("left", "right"), from_s - 0.06, to_s, effort, rise_s=0.15, main=False)
