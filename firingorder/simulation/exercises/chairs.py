"""Up from a chair, and up a step: the body rises and stays up for a moment."""

from __future__ import annotations

from typing import TYPE_CHECKING

from firingorder.simulation.exercises.draft import SIDES, Draft, Muscle, finish
from firingorder.simulation.exercises.score import Push, Shock

if TYPE_CHECKING:
    from firingorder.simulation.exercises.truth import TrueRepetition

#: Standing up: the trunk leans by 30 to 45 degrees in 0.7 s, the seat is left at about a third of
#: the movement, near the largest lean; the body rises by 0.4 m (Schenkman 1990, Phys Ther 70:638;
#: Kerr 1994, Clin Biomech 9:41).
LEAN_DEG = (28.0, 42.0)
LEAN_S = 0.75
RISE_S = 1.15
RISE_M, FORWARD_M = 0.40, 0.28
#: The pelvis ends upright: it had been turned back by the seat (postures.py).
UPRIGHT_DEG = (9.0, 15.0)
STAND_S = (0.8, 1.8)
SIT_DOWN_S = 1.7
SEAT_BUMP_M_S2 = (1.0, 2.5)
SEAT_BUMP_S = 0.18
SEAT_OFF_BEFORE_S = (0.02, 0.12)
SIT_EFFORTS: dict[Muscle, float] = {
    "gluteus_maximus": 0.30,
    "gluteus_medius": 0.14,
    "hamstring": 0.20,
    "erector_spinae": 0.36,
}
#: A low step of 18 cm (usual stair height). Climbing takes about a second from foot to top.
STEP_M = 0.18
PLACE_S, CLIMB_S, TOP_S, DOWN_S = 0.7, 0.9, (0.6, 1.4), 1.3
#: With one foot higher the pelvis rises on that side, and the trunk leans a little.
PLACED_DEG = (4.0, 7.0)
CLIMB_LEAN_DEG = (7.0, 13.0)
STEP_EFFORTS: dict[Muscle, tuple[float, float]] = {
    "gluteus_maximus": (0.30, 0.08),
    "gluteus_medius": (0.38, 0.16),
    "hamstring": (0.20, 0.12),
    "erector_spinae": (0.16, 0.20),
}
FOOT_M_S2 = (0.8, 2.0)


def sit_to_stand(d: Draft) -> list[TrueRepetition]:
    """Stand up from a chair, and sit down again."""
    away_s = d.start_s
    lean_deg = d.wide(sum(LEAN_DEG) / 2.0)
    upright_deg = d.uniform(*UPRIGHT_DEG) if d.kind == "full" else 0.0
    far_s = d.move(away_s, d.lasts(LEAN_S), pauses=True, tilt=lean_deg, forward=0.1 * d.scale)
    up_at_s = far_s + d.uniform(0.0, 0.15)
    rise_s = d.lasts(RISE_S)
    seat_off_s = up_at_s - d.uniform(*SEAT_OFF_BEFORE_S)
    rises = d.kind == "full"
    end_s = d.move(up_at_s, rise_s, tilt=upright_deg - lean_deg)
    d.move(seat_off_s, rise_s, up=RISE_M if rises else 0.0, forward=FORWARD_M if rises else 0.0)
    return_s = back_s = None
    over_s = end_s
    if rises:
        return_s = end_s + d.uniform(*STAND_S)
        over_s = back_s = _sit_down(d, return_s, lean_deg, upright_deg)
    else:
        d.move(up_at_s, rise_s, forward=-0.1 * d.scale)
    shift_deg = d.plant("shift") * (1.0 if d.uniform(0.0, 1.0) < 0.5 else -1.0)
    d.aside("obliquity", shift_deg, away_s + 0.3, end_s - 0.1)
    d.aside("left", -0.005 * shift_deg, away_s + 0.3, end_s - 0.1)
    first_s = _rise_muscles(d, seat_off_s, end_s, over_s if rises else None, return_s)
    return [
        finish(
            d,
            away_s=away_s,
            movement_onset_s=up_at_s,
            far_from_s=far_s,
            far_to_s=up_at_s,
            back_s=up_at_s,
            end_s=end_s,
            onset_s=first_s,
            seat_off_s=seat_off_s if rises else None,
            return_from_s=return_s,
            return_to_s=back_s,
        )
    ]


def _sit_down(d: Draft, from_s: float, lean_deg: float, upright_deg: float) -> float:
    down_s = d.lasts(SIT_DOWN_S)
    turn_s = d.move(from_s, 0.55 * down_s, tilt=lean_deg - upright_deg)
    d.move(from_s + 0.1, 0.9 * down_s, up=-RISE_M, forward=-FORWARD_M - 0.1 * d.scale)
    over_s = d.move(turn_s, 0.6 * down_s, tilt=-lean_deg)
    bump = d.uniform(*SEAT_BUMP_M_S2)
    # The last of the way is dropped, then the seat takes it: no speed is left over.
    d.score.shake(Push(from_s + 0.85 * down_s - SEAT_BUMP_S, (0.0, 0.0, -bump), SEAT_BUMP_S))
    d.score.shake(Push(from_s + 0.85 * down_s, (0.0, 0.0, bump), SEAT_BUMP_S))
    return over_s


def _rise_muscles(
    d: Draft, seat_off_s: float, end_s: float, down_to_s: float | None, down_from_s: float | None
) -> float:
    lead_s = d.lead_s()
    first_s = seat_off_s - d.delay_s() - 0.05
    lags_s = {
        "gluteus_maximus": max(0.0, -lead_s),
        "erector_spinae": max(0.0, lead_s),
        "hamstring": d.uniform(0.0, 0.08),
        "gluteus_medius": d.uniform(0.02, 0.12),
    }
    for muscle, effort in SIT_EFFORTS.items():
        level = effort * (0.4 + 0.6 * d.scale)
        d.on(muscle, SIDES, first_s + lags_s[muscle], end_s + d.uniform(-0.3, 0.2), level)
        if down_from_s is not None and down_to_s is not None:
            late_s = down_from_s + d.uniform(0.05, 0.25)
            d.on(muscle, SIDES, late_s, down_to_s - d.uniform(0.1, 0.4), 0.55 * level, main=False)
    return first_s


def step_up(d: Draft) -> list[TrueRepetition]:
    """Put a foot on a step, climb, stand, and step down again."""
    away_s = d.start_s
    placed_deg, lean_deg = d.sign * d.uniform(*PLACED_DEG), d.wide(sum(CLIMB_LEAN_DEG) / 2.0)
    aside_m = d.sign * d.uniform(0.02, 0.04)
    far_s = d.move(away_s, d.lasts(PLACE_S), obliquity=placed_deg, left=-aside_m)
    _foot(d, far_s - 0.05)
    up_at_s = far_s + d.uniform(0.15, 0.45)
    climb_s = d.lasts(CLIMB_S)
    d.move(far_s - 0.1, up_at_s - far_s + 0.2, tilt=lean_deg)
    climbs = d.kind == "full"
    end_s = d.move(
        up_at_s + 0.1, climb_s, pauses=True, tilt=-lean_deg, obliquity=-placed_deg, left=aside_m
    )
    return_s = back_s = None
    if climbs:
        d.move(up_at_s, end_s - up_at_s, up=STEP_M, forward=0.30)
        _foot(d, end_s - 0.1)
        return_s = end_s + d.uniform(*TOP_S)
        back_s = d.move(return_s, d.lasts(DOWN_S), up=-STEP_M, forward=-0.30)
        d.tremble("obliquity", 2.5, 0.9, return_s, back_s)
        _foot(d, return_s + 0.5 * (back_s - return_s))
        _foot(d, back_s - 0.1)
    from_s, to_s = far_s + 0.05, max(end_s - 0.1, far_s + 0.85)
    d.aside("obliquity", d.sign * d.plant("drop"), from_s, to_s)
    shift_deg = d.plant("shift") * (1.0 if d.uniform(0.0, 1.0) < 0.5 else -1.0)
    d.aside("obliquity", shift_deg, from_s, to_s)
    d.aside("left", -0.005 * shift_deg, from_s, to_s)
    uneven_deg = d.plant("inconsist")
    d.aside("tilt", uneven_deg, from_s, to_s)
    first_s = up_at_s - d.delay_s()
    for muscle, (working, other) in STEP_EFFORTS.items():
        level = 0.4 + 0.6 * d.scale
        late_s = d.uniform(0.0, 0.08)
        d.on(muscle, d.working, first_s + late_s, end_s + d.uniform(0.0, 0.25), working * level)
        d.on(muscle, d.other, first_s + late_s + 0.1, end_s, other * level)
        if return_s is not None and back_s is not None:
            # Down backward: the leg on the step brakes.
            d.on(muscle, d.working, return_s + 0.1, back_s - 0.2, 0.6 * working, main=False)
    return [
        finish(
            d,
            away_s=away_s,
            movement_onset_s=up_at_s,
            far_from_s=far_s,
            far_to_s=up_at_s,
            back_s=up_at_s,
            end_s=end_s,
            onset_s=first_s,
            return_from_s=return_s,
            return_to_s=back_s,
        )
    ]


def _foot(d: Draft, at_s: float) -> None:
    size = d.uniform(*FOOT_M_S2)
    d.score.shake(Shock(at_s, (0.2 * size, 0.0, size), d.uniform(12.0, 18.0), 0.03))
