"""Walking, stepping aside, and shifting the weight."""

from __future__ import annotations

from typing import TYPE_CHECKING

from firingorder.simulation.exercises.courses import Harmonic, Rhythm
from firingorder.simulation.exercises.draft import SIDES, Draft, Muscle, finish
from firingorder.simulation.exercises.score import Shock

if TYPE_CHECKING:
    from firingorder.simulation.exercises.options import Side
    from firingorder.simulation.exercises.truth import TrueRepetition

#: Own speed: a stride of 1.0 to 1.2 s, a tenth of it on both feet, twice (Perry and Burnfield, Gait
#: Analysis); the pelvis drops and rises by 4 to 6 degrees, turns by 4 to 6 and tilts by 1 to 2
#: each way (Kadaba 1990, J Orthop Res 8:383, excursions halved).
STRIDE_S = (1.00, 1.20)
BOTH_FEET_SHARE = (0.095, 0.125)
GAIT_OBLIQUITY_DEG = (2.0, 3.2)
GAIT_ROTATION_DEG = (2.5, 5.0)
GAIT_TILT_DEG = (0.8, 1.8)
#: Excursion of the sacrum: up and down 2 cm each way, aside 2 to 3, forward 1 (Zijlstra and Hof
#: 2003, Gait Posture 18:1, from an inverted pendulum).
GAIT_UP_M, GAIT_ASIDE_M, GAIT_FORWARD_M = (0.014, 0.022), (0.016, 0.026), (0.008, 0.013)
#: A heel strike is felt at the sacrum with 0.2 to 0.5 g between 10 and 20 Hz.
STRIKE_M_S2 = (3.0, 7.0)
STRIKE_HZ = (11.0, 18.0)
STRIKE_DECAY_S = (0.020, 0.035)
STRIDES = (22, 28)
STRIDE_SPREAD = 0.025
#: Share of the stride in which muscles are on, about the contact of their own foot, and how much:
#: Perry and Burnfield; Winter and Yack 1987, Electroencephalogr Clin Neurophysiol 67:402.
GAIT_ON: dict[Muscle, tuple[float, float, float]] = {
    "gluteus_medius": (-0.06, 0.34, 0.22),
    "gluteus_maximus": (-0.07, 0.20, 0.14),
    "hamstring": (-0.16, 0.10, 0.20),
    "erector_spinae": (-0.05, 0.12, 0.16),
}
#: The back works at the contact of the other foot, too.
BACK_AT_OTHER = (0.45, 0.62, 0.13)
#: Steps with a band: one way, then back.
STEPS_ONE_WAY = 8
SIDE_STEP_M = (0.25, 0.38)
SIDE_LEAD_S, SIDE_TRAIL_S, SIDE_REST_S = 0.65, 0.55, (0.15, 0.45)
#: Both sides work against a band: abduction of the one that moves, support by the other (side step
#: with a band: gluteus medius 60 % in Distefano 2009).
SIDE_EFFORTS: dict[Muscle, tuple[float, float]] = {
    "gluteus_medius": (0.50, 0.58),
    "gluteus_maximus": (0.22, 0.27),
    "hamstring": (0.10, 0.14),
    "erector_spinae": (0.14, 0.16),
}
#: Ordinary standing: weight rests on one hip for some ten seconds, 4 to 6 cm aside.
REST_ON_HIP_S = (6.0, 18.0)
SHIFT_M = (0.03, 0.06)
SHIFT_DEG = (1.5, 4.0)
SHIFT_S = (0.8, 1.6)


def gait(d: Draft) -> list[TrueRepetition]:
    """Walk at the own speed; one entry for each stride of either foot."""
    count = int(d.rng.integers(*STRIDES)) * 2
    stride_s = d.uniform(*STRIDE_S) * d.athlete.slow**0.35
    left_first = d.uniform(0.0, 1.0) < 0.5
    uneven = d.factor("uneven")
    contacts_s = [d.start_s + 0.6]
    for k in range(count):
        long = 1.0 + (uneven - 1.0) / (uneven + 1.0) * (1 if k % 2 else -1)
        step_s = 0.5 * stride_s * d.spread(1.0, STRIDE_SPREAD) * long
        contacts_s.append(contacts_s[-1] + step_s)
    drop_deg, sway_deg = d.plant("drop"), d.plant("sway")
    rhythm = Rhythm(tuple(contacts_s), left_first=left_first, harmonics=_harmonics(d, sway_deg))
    d.score.rhythms.append(rhythm)
    d.rhythm = rhythm
    planted = tuple(d.planted)
    out: list[TrueRepetition] = []
    for k, at_s in enumerate(contacts_s):
        side = SIDES[(k + (0 if left_first else 1)) % 2]
        size = d.uniform(*STRIKE_M_S2) * (0.5 if k in (0, count) else 1.0)
        aside = 0.25 * size if side == "left" else -0.25 * size
        blow = (-0.4 * size, aside, size)
        d.score.shake(Shock(at_s, blow, d.uniform(*STRIKE_HZ), d.uniform(*STRIKE_DECAY_S)))
        if k + 2 < len(contacts_s):
            d.side, d.main, d.more, d.planted = side, [], [], list(planted)
            out.append(_stride(d, contacts_s[k : k + 3], drop_deg))
            d.index += 1
    return out


def _harmonics(d: Draft, sway_deg: float) -> tuple[Harmonic, ...]:
    """Phase 0 is a contact of the left foot; its single stance is about a quarter turn later."""
    quarter = 1.5707963267948966
    return (
        Harmonic("up", 2, d.uniform(*GAIT_UP_M), lag=2.0 * quarter - 0.35),
        Harmonic("forward", 2, d.uniform(*GAIT_FORWARD_M), lag=-quarter - 0.35),
        Harmonic("left", 1, d.uniform(*GAIT_ASIDE_M) * (1.0 + 0.15 * sway_deg), lag=-quarter),
        Harmonic("obliquity", 1, d.uniform(*GAIT_OBLIQUITY_DEG), lag=-quarter + 0.5),
        Harmonic("obliquity", 1, 0.5 * sway_deg, lag=-quarter),
        Harmonic("obliquity", 3, d.uniform(0.3, 0.7), lag=d.uniform(-1.0, 1.0)),
        Harmonic("rotation", 1, d.uniform(*GAIT_ROTATION_DEG), lag=2.0 * quarter),
        Harmonic("tilt", 2, d.uniform(*GAIT_TILT_DEG), lag=d.uniform(-0.5, 0.5)),
    )


def _stride(d: Draft, contacts_s: list[float], drop_deg: float) -> TrueRepetition:
    contact_s, other_s, next_s = contacts_s
    stride_s = next_s - contact_s
    # A foot leaves about a tenth of the stride after the other one has landed.
    alone_s = contact_s + d.uniform(*BOTH_FEET_SHARE) * stride_s
    toe_off_s = other_s + d.uniform(*BOTH_FEET_SHARE) * stride_s
    if drop_deg:
        d.aside("obliquity", d.sign * drop_deg, contact_s + 0.05, other_s + 0.08)
    first_s = contact_s
    for muscle, (on, off, effort) in GAIT_ON.items():
        onset_s = contact_s + d.spread(on, 0.2) * stride_s
        offset_s = contact_s + d.spread(off, 0.1) * stride_s
        d.on(muscle, (d.side,), onset_s, offset_s, effort, rise_s=0.05, fall_s=0.09)
        first_s = min(first_s, onset_s)
    on, off, effort = BACK_AT_OTHER
    begin_s, over_s = contact_s + on * stride_s, contact_s + off * stride_s
    d.on("erector_spinae", (d.side,), begin_s, over_s, effort, rise_s=0.05, fall_s=0.07, main=False)
    d.start_s = contact_s
    return finish(
        d,
        away_s=contact_s,
        movement_onset_s=contact_s,
        far_from_s=alone_s,
        far_to_s=other_s,
        back_s=toe_off_s,
        end_s=next_s,
        onset_s=first_s,
    )


def side_step(d: Draft) -> list[TrueRepetition]:
    """Step aside with a band, one way and back; one entry for each step."""
    out: list[TrueRepetition] = []
    at_s = d.start_s
    uneven = d.factor("uneven")
    codes = {code: d.plant(code) for code in ("shift", "tilt")}
    planted = tuple(d.planted)
    first: Side = "left" if d.side == "both" else d.side
    for way in (first, "right" if first == "left" else "left"):
        for _ in range(STEPS_ONE_WAY):
            d.side, d.main, d.more, d.planted = way, [], [], list(planted)
            d.start_s = at_s
            one = _side_step(d, codes, uneven if way == "left" else 1.0)
            out.append(one)
            d.index += 1
            at_s = one.end_s + d.uniform(*SIDE_REST_S)
        at_s += d.uniform(0.8, 2.0)
    return out


def _side_step(d: Draft, codes: dict[str, float], slow: float) -> TrueRepetition:
    away_s, s = d.start_s, d.sign
    wide_m = s * d.wide(sum(SIDE_STEP_M) / 2.0)
    down_s = away_s + d.lasts(SIDE_LEAD_S) * slow
    trail_s = down_s + d.uniform(0.05, 0.20)
    end_s = trail_s + d.lasts(SIDE_TRAIL_S) * slow
    level_deg = d.uniform(1.5, 4.0)
    # Over the standing leg first, then after the leading foot; the leading side goes up.
    d.move(away_s, 0.5 * (down_s - away_s), left=-0.15 * wide_m, obliquity=s * level_deg)
    mid_s = away_s + 0.5 * (down_s - away_s)
    d.move(mid_s, trail_s - mid_s, left=0.65 * wide_m, obliquity=-2.0 * s * level_deg)
    d.move(trail_s, end_s - trail_s, left=0.5 * wide_m, obliquity=s * level_deg)
    d.move(away_s, end_s - away_s, tilt=d.uniform(-1.0, 1.0))
    for at_s in (down_s, end_s):
        size = d.uniform(0.8, 2.2)
        d.score.shake(Shock(at_s - 0.02, (0.0, 0.3 * s * size, size), d.uniform(11.0, 17.0), 0.03))
    if codes["shift"]:
        d.aside("obliquity", s * codes["shift"], away_s + 0.05, end_s - 0.05)
    if codes["tilt"]:
        d.aside("tilt", codes["tilt"], away_s + 0.05, end_s - 0.05)
    onset_s = away_s - d.delay_s()
    for muscle, (lead, trail) in SIDE_EFFORTS.items():
        late_s = d.uniform(0.0, 0.05)
        d.on(muscle, d.working, onset_s + late_s, down_s + 0.10, lead)
        d.on(muscle, d.other, onset_s + late_s - 0.03, down_s + 0.05, 0.9 * trail, main=True)
        d.on(muscle, d.working, down_s - 0.08, end_s - 0.05, trail, main=False)
        d.on(muscle, d.other, trail_s - 0.06, end_s, lead, main=False)
    return finish(
        d,
        away_s=away_s,
        movement_onset_s=away_s,
        far_from_s=trail_s,
        far_to_s=end_s,
        back_s=end_s,
        end_s=end_s,
        onset_s=onset_s - 0.03,
    )


def stand_shift(d: Draft) -> list[TrueRepetition]:
    """Rest the weight on one hip, then on the other."""
    out: list[TrueRepetition] = []
    at_s = d.start_s
    first: Side = "left" if d.side != "right" else "right"
    more = d.factor("uneven")
    shift_deg = d.plant("shift")
    planted = tuple(d.planted)
    for side in (first, "right" if first == "left" else "left"):
        d.side, d.main, d.more, d.planted, d.start_s = side, [], [], list(planted), at_s
        aside_m = d.sign * d.uniform(*SHIFT_M)
        aside_deg = d.sign * (d.uniform(*SHIFT_DEG) + (shift_deg if side == first else 0.0))
        far_s = d.move(at_s, d.uniform(*SHIFT_S), pauses=True, left=aside_m, obliquity=aside_deg)
        back_s = far_s + d.uniform(*REST_ON_HIP_S) * (more if side == first else 1.0)
        end_s = d.move(back_s, d.uniform(*SHIFT_S), left=-aside_m, obliquity=-aside_deg)
        onset_s = at_s - d.delay_s()
        d.on("gluteus_medius", d.working, onset_s, back_s + 0.3, 0.07, rise_s=0.3)
        d.on("gluteus_maximus", d.working, onset_s + 0.1, back_s + 0.2, 0.03, rise_s=0.3)
        d.on("erector_spinae", d.other, onset_s + 0.05, back_s + 0.3, 0.05, rise_s=0.3)
        out.append(
            finish(
                d,
                away_s=at_s,
                movement_onset_s=at_s,
                far_from_s=far_s,
                far_to_s=back_s,
                back_s=back_s,
                end_s=end_s,
                onset_s=onset_s,
            )
        )
        d.index += 1
        at_s = end_s + d.uniform(1.0, 5.0)
    return out
