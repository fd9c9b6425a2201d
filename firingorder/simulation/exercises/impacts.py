"""Off a low step and down softly."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from firingorder.simulation.exercises.draft import Draft, Muscle, finish
from firingorder.simulation.exercises.score import Push, Shock
from firingorder.simulation.movement import STANDARD_GRAVITY_M_S2

if TYPE_CHECKING:
    from firingorder.simulation.exercises.truth import TrueRepetition

#: A fall from ten centimetres or less; a soft landing stops it with 2 to 3 g at the sacrum (order
#: of magnitude: Elvin 2007, J Appl Biomech 23:180, tibia and hip in drop landings).
DROP_M = (0.06, 0.10)
FLIGHT_SHARE = 0.92
IMPACT_S = (0.060, 0.085)
IMPACT_M_S2 = (19.0, 27.0)
RATTLE_M_S2 = (2.0, 5.0)
#: Hips and knees give over a third of a second, the person straightens and stands.
ABSORB_S = 0.33
SHORTEST_ABSORB_S = 0.26
DEEP_M = 0.07
ABSORB_TILT_DEG = (9.0, 18.0)
STRAIGHTEN_S = 0.8
SETTLE_S = (0.3, 0.9)
#: Muscles are on 80 to 150 ms before the ground is touched (Santello 2005, Gait Posture 21:85).
PRE_S = (0.08, 0.15)
PRE_SHARE = 0.5
EFFORTS: dict[Muscle, float] = {
    "gluteus_maximus": 0.38,
    "gluteus_medius": 0.36,
    "hamstring": 0.22,
    "erector_spinae": 0.30,
}


def land_absorb(d: Draft) -> list[TrueRepetition]:
    """Step off, land, settle, and step up again."""
    away_s = d.start_s
    drop_m = d.uniform(*DROP_M)
    lean_s = d.uniform(0.4, 0.7)
    d.move(away_s, lean_s, tilt=4.0, forward=0.12)
    falls_s = away_s + lean_s
    flight_s = math.sqrt(2.0 * drop_m / STANDARD_GRAVITY_M_S2)
    impact_s = falls_s + flight_s
    # A squared sine that pushes half of its size over its length: the flight as one.
    down = -FLIGHT_SHARE * STANDARD_GRAVITY_M_S2
    d.score.shake(Push(falls_s - 0.02, (0.0, 0.0, down), flight_s + 0.04))
    hard, short_s = d.uniform(*IMPACT_M_S2), d.uniform(*IMPACT_S)
    aside = d.sign * 0.15 * hard if d.side != "both" else d.uniform(-0.05, 0.05) * hard
    d.score.shake(Push(impact_s, (-0.25 * hard, aside, hard), short_s))
    rattle = d.uniform(*RATTLE_M_S2)
    d.score.shake(Shock(impact_s, (rattle, 0.3 * rattle, rattle), d.uniform(14.0, 22.0), 0.03))
    # Nobody can land much faster than others: gravity has the same pace for all.
    soft_s = max(d.lasts(ABSORB_S), SHORTEST_ABSORB_S)
    tilt_deg = d.wide(sum(ABSORB_TILT_DEG) / 2.0)
    deep_s = d.move(impact_s + 0.01, soft_s, tilt=tilt_deg, up=-DEEP_M)
    up_s = d.move(deep_s + 0.05, d.lasts(STRAIGHTEN_S), tilt=-tilt_deg - 4.0, up=DEEP_M)
    end_s = up_s + d.uniform(*SETTLE_S)
    d.tremble("obliquity", 0.8, 0.5, up_s, end_s)
    quiet_s = _muscles(d, impact_s, up_s, end_s)
    back_s = max(end_s, quiet_s) + d.uniform(0.8, 1.5)
    over_s = _climb(d, back_s)
    return [
        finish(
            d,
            away_s=impact_s,
            movement_onset_s=impact_s,
            far_from_s=impact_s,
            far_to_s=impact_s + 0.25,
            back_s=up_s,
            end_s=end_s,
            impact_s=impact_s,
            onset_s=min(b.onset_s for b in d.main),
            quiet_s=quiet_s,
            return_from_s=back_s,
            return_to_s=over_s,
        )
    ]


def _muscles(d: Draft, impact_s: float, up_s: float, end_s: float) -> float:
    late = d.plant("late_absorb")
    uneven = d.factor("uneven")
    quiet_s = end_s + d.plant("no_quiet")
    weaker = "left" if d.uniform(0.0, 1.0) < 0.5 else "right"
    for muscle, effort in EFFORTS.items():
        for side in ("left", "right"):
            working = d.side in ("both", side)
            level = effort * (1.0 if working else 0.4) / (uneven if side == weaker else 1.0)
            before, after = PRE_SHARE * level, level
            if late and muscle == "gluteus_maximus":
                before, after = level, late * level
            on_s = impact_s - d.uniform(*PRE_S)
            d.on(muscle, (side,), on_s, impact_s + 0.06, before, rise_s=0.04, fall_s=0.05)
            over_s = quiet_s if muscle == "gluteus_maximus" else end_s
            fall_s = max(0.3, over_s - up_s)
            d.on(muscle, (side,), impact_s + 0.02, over_s, after, rise_s=0.05, fall_s=fall_s,
                 main=False)  # fmt: skip
    return quiet_s


def _climb(d: Draft, from_s: float) -> float:
    """Step back up: two steps, unasked for and uncounted."""
    over_s = from_s + d.uniform(1.6, 2.4)
    d.move(from_s, over_s - from_s, forward=-0.12)
    d.tremble("obliquity", 3.0, 1.0, from_s, over_s)
    d.tremble("rotation", 4.0, 1.2, from_s, over_s)
    d.on("gluteus_maximus", ("left", "right"), from_s + 0.1, over_s - 0.2, 0.12, main=False)
    d.on("gluteus_medius", ("left", "right"), from_s + 0.1, over_s - 0.2, 0.16, main=False)
    for share in (0.45, 0.9):
        size = d.uniform(0.8, 2.0)
        d.score.shake(Shock(from_s + share * (over_s - from_s), (0.0, 0.0, size), 14.0, 0.03))
    return over_s
