"""Stand on one leg, and hold the hips up from the side."""

from __future__ import annotations

from typing import TYPE_CHECKING

from firingorder.simulation.exercises.draft import SIDES, Draft, Muscle, finish
from firingorder.simulation.exercises.score import Shock

if TYPE_CHECKING:
    from firingorder.simulation.exercises.truth import TrueRepetition

#: Before a foot leaves the ground the weight goes over the other one: 4 to 7 cm in half a second
#: (Rogers and Pai 1990, Exp Brain Res 81:398).
SHIFT_M = (0.04, 0.07)
SHIFT_S = (0.40, 0.75)
#: The glutes of the stance side are on before that (Lee 2019 and others; order of magnitude).
BEFORE_OFF_S = (0.15, 0.40)
STEADY_FROM_S = 1.0
HOLD_S = 10.0
#: The free side rises a little while the leg is lifted.
LIFTS_DEG = (0.5, 3.0)
SWAY_DEG = (0.4, 1.2)
STANCE: dict[Muscle, tuple[float, float]] = {
    "gluteus_medius": (0.28, 0.05),
    "gluteus_maximus": (0.12, 0.03),
    "hamstring": (0.08, 0.05),
    "erector_spinae": (0.06, 0.12),
}
#: Side bridge: gluteus medius 74, maximus 21, back 40 % (Ekstrom 2007); the lower side works.
PLANK: dict[Muscle, tuple[float, float]] = {
    "gluteus_medius": (0.72, 0.18),
    "gluteus_maximus": (0.21, 0.08),
    "hamstring": (0.12, 0.06),
    "erector_spinae": (0.36, 0.12),
}
PLANK_DEG = (6.0, 12.0)
PLANK_UP_M = (0.16, 0.24)
PLANK_LIFT_S, PLANK_LOWER_S = 1.0, 1.2


def one_leg_stand(d: Draft) -> list[TrueRepetition]:
    """Lift a foot, stand, put it down."""
    s = d.sign
    shift_s = d.uniform(*SHIFT_S)
    aside_m = s * d.uniform(*SHIFT_M)
    off_s = d.move(d.start_s, shift_s, left=aside_m)
    lifts_deg = -s * d.uniform(*LIFTS_DEG)
    up_s = d.move(off_s, d.uniform(0.35, 0.7), obliquity=lifts_deg, tilt=-1.5, pauses=True)
    hold_s = HOLD_S * (d.spread(1.0) if d.kind == "full" else 0.25)
    down_s = off_s + hold_s
    end_s = d.move(down_s, d.uniform(0.4, 0.7), obliquity=-lifts_deg, tilt=1.5)
    d.move(end_s - 0.2, 0.8, left=-aside_m)
    size = d.uniform(0.8, 2.5)
    d.score.shake(Shock(end_s - 0.05, (0.0, -0.4 * s * size, size), d.uniform(11.0, 17.0), 0.03))
    sway_deg = d.uniform(*SWAY_DEG) + 0.5 * d.plant("sway")
    d.tremble("obliquity", sway_deg, 1.3, up_s, down_s)
    d.tremble("left", 0.004 * sway_deg, 1.7, up_s, down_s)
    d.tremble("rotation", 0.8, 2.1, up_s, down_s)
    drop_deg = d.plant("drop")
    if drop_deg:
        from_s = off_s + STEADY_FROM_S + d.uniform(0.2, 0.3) * hold_s
        d.aside("obliquity", s * drop_deg, from_s, min(from_s + 3.0, down_s - 0.2))
    onset_s = off_s - d.uniform(*BEFORE_OFF_S)
    for muscle, (stance, free) in STANCE.items():
        late_s = d.uniform(0.0, 0.08)
        d.on(muscle, d.working, onset_s + late_s, end_s + d.uniform(-0.1, 0.2), stance, rise_s=0.15)
        d.on(muscle, d.other, off_s - 0.1 + late_s, end_s, free, rise_s=0.2)
    return [
        finish(
            d,
            away_s=off_s,
            movement_onset_s=off_s,
            far_from_s=min(off_s + STEADY_FROM_S, down_s),
            far_to_s=down_s,
            back_s=down_s,
            end_s=end_s,
            onset_s=onset_s,
            return_from_s=end_s,
            return_to_s=end_s + 0.6,
        )
    ]


def side_plank(d: Draft) -> list[TrueRepetition]:
    """Hold the hips up on the forearm; the lower side works."""
    s = d.sign
    onset_s = d.start_s
    off_s = onset_s + d.delay_s()
    # The head end is the higher one then: the working side, which is below, goes up with it.
    up_deg, up_m = s * d.wide(sum(PLANK_DEG) / 2.0), d.uniform(*PLANK_UP_M) * d.scale
    up_s = d.move(off_s, d.lasts(PLANK_LIFT_S), pauses=True, obliquity=up_deg, up=up_m)
    hold_s = HOLD_S if d.kind == "full" else 2.0
    sagging = d.plant("hold")
    back_s = off_s + hold_s * (1.0 - sagging)
    back_s = max(back_s, up_s + 0.5)
    end_s = d.move(back_s, d.lasts(PLANK_LOWER_S), obliquity=-up_deg, up=-up_m)
    d.tremble("obliquity", 0.5, 0.9, up_s, back_s)
    d.tremble("rotation", 0.6, 1.1, up_s, back_s)
    from_s = up_s + 0.2 * (back_s - up_s)
    d.aside("rotation", s * d.plant("open"), from_s, max(from_s + 1.0, back_s - 0.3))
    for muscle, (working, other) in PLANK.items():
        for side in SIDES:
            effort = (working if side in d.working else other) * (0.5 + 0.5 * d.scale)
            late_s = d.uniform(0.0, 0.03) if muscle == "gluteus_medius" else d.uniform(0.03, 0.15)
            late_s = 0.0 if muscle == "gluteus_medius" and side in d.working else late_s
            d.on(muscle, (side,), onset_s + late_s, end_s + d.uniform(-0.1, 0.1), effort)
    return [
        finish(
            d,
            away_s=off_s,
            movement_onset_s=off_s,
            far_from_s=min(off_s + STEADY_FROM_S, back_s),
            far_to_s=back_s,
            back_s=back_s,
            end_s=end_s,
            onset_s=onset_s,
        )
    ]
