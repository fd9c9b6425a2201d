"""Every exercise is simulated, and its samples do what its truth says."""

from __future__ import annotations

import ast
import json
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pytest
from scipy.signal import butter, sosfilt
from scipy.spatial.transform import Rotation

from firingorder.errors import UsageError
from firingorder.simulation.exercises.body import ExerciseBody
from firingorder.simulation.exercises.catalogue import EXERCISES
from firingorder.simulation.exercises.postures import POSTURES
from firingorder.simulation.movement import STANDARD_GRAVITY_M_S2
from firingorder.simulation.scenarios import SCENARIOS, make_body

if TYPE_CHECKING:
    from firingorder.simulation.exercises.truth import TrueRepetition

SEED = 5
STEP_S = 0.01
IDS = (
    "iso_sit", "iso_stand", "iso_prone", "iso_supine", "sit_hands", "sit_hands_ramp", "bridge",
    "hip_thrust", "clam", "side_raise", "quad_ext", "prone_raise", "band_squat", "side_step",
    "kickback", "squat", "lunge", "hinge", "sit_to_stand", "step_up", "return_bend",
    "one_leg_stand", "bird_dog", "side_plank", "gait", "stand_shift", "land_absorb",
    "release_quiet", "lengthen", "asym_stance", "own_task",
)  # fmt: skip
CUED = ("iso_sit", "iso_stand", "iso_prone", "iso_supine", "sit_hands", "sit_hands_ramp",
        "release_quiet")  # fmt: skip


def body_of(text: str, *, seed: int = SEED, repetitions: int | None = 6) -> ExerciseBody:
    """Return the body of an exercise; bridges too."""
    mark = "&" if "?" in text else "?"
    one = make_body(f"{text}{mark}mount=0", seed=seed, repetitions=repetitions)
    assert isinstance(one, ExerciseBody)
    return one


def above_30_hz(body: ExerciseBody, seconds: float) -> np.ndarray:
    """Return the EMG up to an instant without what is slow."""
    x = body.emg_uv(0, int(seconds * body.emg_rate_hz))
    sos = butter(4, 30.0, "high", fs=body.emg_rate_hz, output="sos")
    return sosfilt(sos, x - x[0], axis=0)


def integrated(body: ExerciseBody, from_s: float, to_s: float) -> np.ndarray:
    """Return ``(n, 3)`` twists about x, y, z in degrees, from the noiseless gyroscope alone."""
    t_s = np.arange(from_s, to_s, STEP_S)
    rate = np.concatenate(
        [body.pelvis.motion(t_s[k : k + 400])[1] for k in range(0, t_s.size, 400)]
    )
    turns = Rotation.from_rotvec(0.5 * (rate[1:] + rate[:-1]) * STEP_S).as_quat()
    x, y, z, w = 0.0, 0.0, 0.0, 1.0
    out: list[tuple[float, ...]] = []
    for a, b, c, d in turns.tolist():
        x, y, z, w = (
            w * a + x * d + y * c - z * b,
            w * b - x * c + y * d + z * a,
            w * c + x * b - y * a + z * d,
            w * d - x * a - y * b - z * c,
        )
        out.append((x, y, z, w))
    poses = np.array(out)
    degrees = np.rad2deg(2.0 * np.arctan2(poses[:, :3], poses[:, 3:]))
    return (degrees + 180.0) % 360.0 - 180.0


def test_every_exercise_and_no_other_is_in_the_catalogue() -> None:
    assert tuple(EXERCISES) == IDS
    assert len(IDS) == 31
    assert set(IDS) <= set(SCENARIOS)
    assert len(set(SCENARIOS)) == len(SCENARIOS)


def test_nothing_is_shared_with_the_way_repetitions_are_found() -> None:
    root = Path(make_body.__code__.co_filename).parent
    for path in root.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.ImportFrom) and node.module:
                assert not node.module.startswith("firingorder.signal"), path
                assert not node.module.startswith("firingorder.training"), path


@pytest.mark.parametrize("name", IDS)
def test_phases_are_in_order_and_attempts_do_not_overlap(name: str) -> None:
    body = body_of(f"{name}?compensations=some", seed=IDS.index(name), repetitions=12)
    truth = body.truth(duration_s=60.0)
    assert json.loads(json.dumps(truth, allow_nan=False)) == truth
    over_s = 6.0
    for k, rep in enumerate(body.true_repetitions):
        assert rep.index == k + 1
        first = rep.cue_s if rep.cue_s is not None else rep.away_s
        if name not in ("gait", "side_step", "stand_shift"):
            assert first >= over_s - 0.2, (rep.index, first, over_s)
        ordered = [rep.away_s, rep.far_from_s, rep.far_to_s, rep.end_s]
        times = [t for t in ordered if t is not None]
        assert times == sorted(times), (name, rep)
        if rep.back_s is not None and rep.far_from_s is not None:
            assert rep.back_s >= rep.far_from_s
            assert rep.back_s <= rep.end_s + 1e-9
        if name != "gait":
            over_s = rep.over_s
        for burst in rep.bursts:
            assert burst.onset_s + burst.rise_s <= burst.offset_s
            assert burst.repetition == rep.index
            assert burst.channel in body.channels
        assert len({b.channel for b in rep.bursts}) == len(rep.bursts)
    assert len(body.true_repetitions) >= 12


@pytest.mark.parametrize("name", IDS)
def test_gravity_points_where_the_posture_says(name: str) -> None:
    body = body_of(f"{name}?person=clean", repetitions=1)
    t_s = np.arange(0.0, 5.0, 0.01)
    force = body.pelvis.motion(t_s)[0].mean(axis=0)
    exercise = EXERCISES[name]
    posture = exercise.start_posture(exercise.sides[0])
    up = POSTURES[posture].inv().apply([0.0, 0.0, 1.0])
    away_deg = np.rad2deg(np.arccos(force @ up / np.linalg.norm(force)))
    assert np.linalg.norm(force) == pytest.approx(STANDARD_GRAVITY_M_S2, rel=0.01)
    assert away_deg < 7.0  # nobody takes up a pose exactly
    plain = {
        "supine": (1, 0, 0), "prone": (-1, 0, 0), "hands_and_knees": (-1, 0, 0),
        "standing": (0, 0, 1), "left_side_up": (0, 1, 0), "right_side_up": (0, -1, 0),
    }  # fmt: skip
    if posture in plain:
        assert np.allclose(up, plain[posture])


def test_the_side_that_works_is_the_upper_or_the_lower_one() -> None:
    for name, side, up in (
        ("clam", "left", 1.0), ("clam", "right", -1.0),
        ("side_plank", "left", -1.0), ("side_plank", "right", 1.0),
    ):  # fmt: skip
        body = body_of(f"{name}?side={side}", repetitions=2)
        force = body.pelvis.motion(np.arange(0.0, 3.0, 0.01))[0].mean(axis=0)
        assert force[1] / STANDARD_GRAVITY_M_S2 == pytest.approx(up, abs=0.02)
        rep = body.true_repetitions[0]
        medius = {b.channel: b.snr_db for b in rep.bursts if "medius" in b.channel}
        assert max(medius, key=lambda channel: medius[channel]).endswith(side)


@pytest.mark.parametrize("name", IDS)
def test_the_gyroscope_turns_through_the_planted_ranges(name: str) -> None:
    body = body_of(f"{name}?compensations=some&person=clean&pace=usual", repetitions=4)
    # Sway and breathing come on top of what is planned: some tenths of a degree, 1.5 at most.
    reps = body.true_repetitions
    for rep in (reps[0], reps[-1]):
        from_s = rep.away_s - (0.6 if name != "gait" else 0.0)
        got = integrated(body, from_s, rep.over_s)
        assert rep.range is not None
        wanted = (rep.range.obliquity_deg, rep.range.tilt_deg, rep.range.rotation_deg)
        for axis, (low, high) in enumerate(wanted):
            if name == "gait" and axis == 2:
                continue
            span = got[:, axis].max() - got[:, axis].min()
            assert span == pytest.approx(high - low, abs=2.2), (name, rep.index, axis)


@pytest.mark.parametrize("name", IDS)
def test_muscles_are_on_when_planted_and_silent_before(name: str) -> None:
    body = body_of(f"{name}?person=clean&pace=fast", repetitions=3)
    reps = [rep for rep in body.true_repetitions if rep.over_s < 45.0][:2]
    x = above_30_hz(body, reps[-1].over_s + 0.5)
    quiet = x[1000:5500].std(axis=0)
    seen = 0
    for rep in reps:
        for burst in rep.bursts:
            if burst.snr_db < 12.0:
                continue
            column = body.channels.index(burst.channel)
            low = burst.onset_s + burst.rise_s
            high = burst.offset_s - burst.fall_s
            if high - low < 0.08:
                continue
            part = x[int(1000 * low) : int(1000 * high), column]
            assert part.std() > 2.0 * quiet[column], (burst, rep.index)
            seen += 1
            before = x[int(1000 * burst.onset_s) - 150 : int(1000 * burst.onset_s), column]
            if rep is reps[0] and name not in ("gait", "side_step"):
                busy = [b for b in rep.more_bursts if b.channel == burst.channel]
                if all(b.onset_s > burst.onset_s for b in busy):
                    assert before.std() < 2.0 * quiet[column], burst
    assert seen >= 2


@pytest.mark.parametrize("name", ["squat", "gait", "land_absorb", "sit_hands", "clam"])
def test_any_cutting_gives_the_same_bits(name: str) -> None:
    text = f"{name}?compensations=some"
    whole = body_of(text, repetitions=3)
    emg, (acc, gyr) = whole.emg_uv(4000, 14_000), whole.imu(400, 1400)
    cut = body_of(text, repetitions=3)
    cut.emg_uv(30_000, 10)  # going back makes no difference either
    at, rng = 0, np.random.default_rng(SEED)
    while at < 14_000:
        n = min(int(rng.integers(1, 3000)), 14_000 - at)
        assert np.array_equal(cut.emg_uv(4000 + at, n), emg[at : at + n])
        at += n
    at = 0
    while at < 1400:
        n = min(int(rng.integers(1, 300)), 1400 - at)
        part = cut.imu(400 + at, n)
        assert np.array_equal(part[0], acc[at : at + n])
        assert np.array_equal(part[1], gyr[at : at + n])
        at += n


@pytest.mark.parametrize("name", IDS)
def test_a_seed_is_a_person_and_number_k_does_not_depend_on_the_count(name: str) -> None:
    few, many = body_of(name, repetitions=2), body_of(name, repetitions=5)
    count = len(few.true_repetitions)
    assert few.true_repetitions == many.true_repetitions[:count]
    assert body_of(name, repetitions=2).truth() == few.truth()
    assert body_of(name, seed=SEED + 1, repetitions=2).true_repetitions != few.true_repetitions
    again = few.at_rates(2000.0, 200.0)
    assert again is not None
    assert again.true_repetitions == few.true_repetitions


def test_people_are_slow_and_fast_as_asked() -> None:
    def lift_s(text: str) -> float:
        reps = [r for s in range(5) for r in body_of(text, seed=s).true_repetitions]
        full = [r for r in reps if r.kind == "full" and not r.hesitates]
        return float(np.median([r.end_s - (r.movement_onset_s or 0.0) for r in full]))

    slow, usual, fast = (lift_s(f"squat?pace={pace}") for pace in ("slow", "usual", "fast"))
    print(f"seeds 0-4: up in {slow:.2f}, {usual:.2f}, {fast:.2f} s")
    assert 1.4 < slow / usual < 2.3
    assert 0.4 < fast / usual < 0.75
    paces = {body_of("squat", seed=s, repetitions=1).athlete.slow for s in range(40)}
    assert min(paces) < 0.65
    assert max(paces) > 1.6


def test_ordinary_people_hesitate_stop_and_talk_and_clean_ones_do_not() -> None:
    mixed = [body_of("squat", seed=s, repetitions=40) for s in range(3)]
    kinds = Counter(r.kind for b in mixed for r in b.true_repetitions)
    assert kinds["half"] >= 3
    assert kinds["false_start"] >= 3
    assert sum(r.hesitates for b in mixed for r in b.true_repetitions) >= 8
    assert {e.kind for b in mixed for e in b.true_events} == {
        "talk", "fidget", "scratch", "change_posture",
    }  # fmt: skip
    for body in mixed:
        full = np.median([_tilt(r) for r in body.true_repetitions if r.kind == "full"])
        for rep in body.true_repetitions:
            if rep.kind == "half":
                assert 0.25 * full < _tilt(rep) < 0.65 * full
            elif rep.kind == "false_start":
                assert _tilt(rep) < 0.3 * full
    clean = body_of("squat?person=clean", repetitions=40)
    assert {(r.kind, r.hesitates, r.good) for r in clean.true_repetitions} == {
        ("full", False, True)
    }
    assert {e.kind for e in clean.true_events} == {"change_posture"}
    assert all(not r.compensations for b in (*mixed, clean) for r in b.true_repetitions)


def _tilt(rep: TrueRepetition) -> float:
    assert rep.range is not None
    return max(-rep.range.tilt_deg[0], rep.range.tilt_deg[1])


@pytest.mark.parametrize("name", [name for name in IDS if EXERCISES[name].codes])
def test_compensations_are_planted_in_three_of_ten(name: str) -> None:
    exercise = EXERCISES[name]
    bouts = exercise.per_set == 1
    body = body_of(f"{name}?compensations=some&person=clean", repetitions=30 if bouts else 60)
    reps = body.true_repetitions
    planted = [c for r in reps for c in r.compensations if c.code != "takeover"]
    assert {c.code for r in reps for c in r.compensations} == set(exercise.codes)
    if not bouts and name != "stand_shift":
        share = len(planted) / len(reps)
        # A cross needs another side, a cue cannot be missed a little.
        assert 0.15 <= share <= 0.30
        if name not in CUED:
            assert len(planted) == 18
    assert 0.5 < sum(c.above for c in planted) / len(planted) < 0.85


@pytest.mark.parametrize(
    ("name", "code", "axis"),
    [
        ("clam", "open", 2), ("side_raise", "hike", 0), ("bird_dog", "arch", 1),
        ("prone_raise", "open", 2), ("squat", "shift", 0), ("lunge", "drop", 0),
        ("one_leg_stand", "drop", 0), ("bridge", "twist", 2), ("step_up", "drop", 0),
    ],
)  # fmt: skip
def test_a_planted_angle_is_in_the_gyroscope(name: str, code: str, axis: int) -> None:
    body = body_of(f"{name}?compensations=some&person=clean&pace=usual", repetitions=80)
    found = 0
    for rep in body.true_repetitions:
        for one in rep.compensations:
            if one.code != code or found >= 2 or not one.above:
                continue
            got = integrated(body, rep.away_s - 0.5, rep.end_s)[:, axis]
            sign = -1.0 if rep.side == "right" else 1.0
            most = np.abs(got).max() if code in ("shift", "twist") else (sign * got).max()
            assert most > 0.75 * one.size, (rep.index, one, most)
            held_s = STEP_S * np.count_nonzero(np.abs(got) > 0.6 * one.size)
            assert held_s > 0.3
            found += 1
    assert found == 2


def test_a_late_arch_turns_back_and_the_back_works_harder() -> None:
    body = body_of("bridge?compensations=some&person=clean&pace=usual", repetitions=60)
    x = None
    for rep in body.true_repetitions:
        for one in rep.compensations:
            if one.code != "arch_late":
                continue
            assert rep.movement_onset_s is not None
            assert rep.far_from_s is not None
            tilt = integrated(body, rep.movement_onset_s, rep.far_from_s)[:, 1]
            assert tilt[-1] - tilt.min() == pytest.approx(one.size, abs=1.0)
            k0, n = int(1000 * rep.movement_onset_s), int(1000 * (rep.far_from_s - rep.away_s))
            x = body.emg_uv(k0, n)[:, 6:]
            early = x[500 : int(0.6 * n)].std(axis=0)
            late = x[int(0.85 * n) :].std(axis=0)
            ratio = float((late / early).mean())
            print(f"arch {one.size:.1f} deg, above {one.above}: back {ratio:.2f}")
            assert (ratio > 1.35) == one.above
    assert x is not None


def test_a_coach_gives_the_cues_and_people_react() -> None:
    waits: list[float] = []
    for name in CUED:
        body = body_of(f"{name}?person=clean", repetitions=9)
        sides = [rep.side for rep in body.true_repetitions]
        assert set(sides) == set(EXERCISES[name].sides)
        for rep in body.true_repetitions:
            assert rep.cue_s is not None
            assert rep.release_s is not None
            assert rep.back_s is not None
            waits += [rep.away_s - rep.cue_s, rep.back_s - rep.release_s]
            assert rep.quiet_s is not None
            assert rep.quiet_s > rep.release_s
            works = {b.channel for b in rep.bursts if b.snr_db > 15.0 and "maximus" in b.channel}
            wanted = ("left", "right") if rep.side == "both" else (rep.side,)
            assert works == {f"gluteus_maximus_{side}" for side in wanted}
    assert min(waits) >= 0.2
    assert max(waits) <= 0.6
    slips = [r for s in range(8) for r in body_of("sit_hands", seed=s, repetitions=40)
             .true_repetitions]  # fmt: skip
    assert sum(r.missed for r in slips) >= 3
    wrong = [r for r in slips if r.wrong_side]
    assert len(wrong) >= 3
    for rep in wrong:
        loud = max(rep.bursts, key=lambda b: b.snr_db).channel
        assert not loud.endswith(rep.side)


def test_landings_are_felt_with_more_than_one_and_a_half_g() -> None:
    body = body_of("land_absorb?person=clean", repetitions=6)
    for rep in body.true_repetitions:
        assert rep.impact_s is not None
        t_s = np.arange(rep.impact_s - 0.3, rep.impact_s + 0.4, 0.002)
        size = np.linalg.norm(body.pelvis.motion(t_s)[0], axis=1) / STANDARD_GRAVITY_M_S2
        assert size[t_s < rep.impact_s].min() < 0.7
        assert size.max() > 2.3
        assert abs(t_s[size.argmax()] - rep.impact_s) < 0.06


def test_steps_of_a_walker_are_in_the_vertical_acceleration() -> None:
    body = body_of("gait?person=clean", repetitions=1)
    reps = body.true_repetitions[4:-4]
    assert {rep.side for rep in reps} == {"left", "right"}
    stride_s = float(np.median([rep.end_s - rep.away_s for rep in reps]))
    t_s = np.arange(reps[0].away_s, reps[-1].away_s, 0.01)
    force = np.concatenate(
        [body.pelvis.motion(t_s[k : k + 100])[0] for k in range(0, t_s.size, 100)]
    )
    power = np.abs(np.fft.rfft(force[:, 2] - force[:, 2].mean())) ** 2
    strongest_hz = np.fft.rfftfreq(t_s.size, 0.01)[power.argmax()]
    assert strongest_hz == pytest.approx(2.0 / stride_s, rel=0.05)
    aside = np.abs(np.fft.rfft(force[:, 1] - force[:, 1].mean())) ** 2
    low = np.fft.rfftfreq(t_s.size, 0.01) < 1.5 / stride_s
    assert np.fft.rfftfreq(t_s.size, 0.01)[low][aside[low].argmax()] == pytest.approx(
        1.0 / stride_s, rel=0.08
    )
    for rep in reps:
        share = (rep.back_s - rep.away_s) / (rep.end_s - rep.away_s)  # type: ignore[operator]
        assert 0.57 < share < 0.65
        # The pelvis drops on the side that swings.
        mid_s = 0.5 * ((rep.far_from_s or 0.0) + (rep.far_to_s or 0.0))
        obliquity = body.pelvis.pose(np.array([mid_s, mid_s + 0.01]))[0].as_euler("xyz")[0]
        other = body.pelvis.pose(np.array([rep.end_s - 0.2 * stride_s, rep.end_s]))[0]
        s = 1.0 if rep.side == "left" else -1.0
        assert s * (obliquity - other.as_euler("xyz")[0]) > 0.0


def test_a_chair_is_left_near_the_largest_lean_and_the_body_rises() -> None:
    body = body_of("sit_to_stand?person=clean&pace=usual", repetitions=4)
    for rep in body.true_repetitions:
        assert rep.seat_off_s is not None
        t_s = np.arange(rep.away_s, rep.end_s, 0.01)
        force = body.pelvis.motion(t_s)[0]
        up = body.pelvis.pose(t_s).apply(force)[:, 2] - STANDARD_GRAVITY_M_S2
        tilt = integrated(body, rep.away_s, rep.end_s)[:, 1]
        largest_s = rep.away_s + STEP_S * tilt.argmax()
        assert abs(rep.seat_off_s - largest_s) < 0.5
        assert up[(t_s > rep.seat_off_s) & (t_s < rep.seat_off_s + 0.5)].max() > 1.0
        assert rep.return_from_s is not None
        assert rep.return_from_s > rep.end_s


def test_most_backs_fall_silent_when_they_hang() -> None:
    silent = 0
    for seed in range(12):
        body = body_of("return_bend?person=clean&pace=fast", seed=seed, repetitions=1)
        rep = body.true_repetitions[0]
        x = above_30_hz(body, rep.end_s)
        low = int(1000 * ((rep.far_from_s or 0.0) + 0.3))
        bottom = x[low : int(1000 * ((rep.far_to_s or 0.0) - 0.3)), 6].std()
        falls_silent = bool(bottom < 2.0 * x[1000:5000, 6].std())
        assert falls_silent == body.athlete.relaxes
        silent += falls_silent
    assert 6 <= silent <= 11


def test_glutes_alternate_in_steps_aside() -> None:
    body = body_of("side_step?person=clean", repetitions=2)
    sides = [rep.side for rep in body.true_repetitions]
    assert sides == ["left"] * 8 + ["right"] * 8 + ["left"] * 8 + ["right"] * 8
    for rep in body.true_repetitions:
        assert {b.channel for b in rep.bursts} >= {"gluteus_medius_left", "gluteus_medius_right"}


@pytest.mark.parametrize(
    ("text", "word"),
    [
        ("squat?pace=quick", "slow"), ("squat?speed=2", "pace"), ("squat?mount=80", "0 to 60"),
        ("squat?side=up", "left"), ("bridge_tone?pace=slow", "no options"), ("jump", "squat"),
        ("rest?side=left", "no options"),
    ],
)  # fmt: skip
def test_nonsense_is_refused_with_what_would_be_right(text: str, word: str) -> None:
    with pytest.raises(UsageError, match=word):
        make_body(text, seed=1)
