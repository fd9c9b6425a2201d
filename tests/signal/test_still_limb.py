"""Repetitions of still limbs: any pace and strength, what comes between, what the pelvis says.

All figures are simulated; each test prints its numbers with its seeds (run with ``-s``).
"""

from __future__ import annotations

import os
from dataclasses import replace

import numpy as np
import pytest

from firingorder.findings import PhaseFinding
from firingorder.signal.repetitions import Cue, RepetitionEnd, RepetitionEvent, RepetitionStart
from firingorder.signal.still_limb import StillLimb, StillLimbParams
from tests.signal.efforts import (
    BLOCK_S,
    CHANNELS,
    CLAM,
    IMU_RATE_HZ,
    Effort,
    blocks_of,
    conditioned,
    emg,
    ends,
    noise,
    poses,
    run,
    summary,
    told,
)

SEEDS = (1, 2)
#: An hour, strengths between the least and the most, and the usual rate too in the long run
#: (`make test-long`).
LONG = bool(os.environ.get("LONG_TESTS"))
REST_S = 3600 if LONG else 900
SNRS_DB = (15.0, 25.0, 45.0) if LONG else (15.0, 45.0)
RATES_HZ = (500.0, 1000.0, 2148.1, 4000.0) if LONG else (500.0, 2148.1, 4000.0)


def limb(imu_rate_hz: float | None = None, *, calibrated: bool = True) -> StillLimb:
    return StillLimb(StillLimbParams(), CLAM, CHANNELS, BLOCK_S, imu_rate_hz, calibrated=calibrated)


def two(efforts: list[Effort], lag_s: float = 0.08) -> list[list[Effort]]:
    """Both primes of the clam, the second later and weaker; nothing in the muscle between."""
    later = [
        replace(one.later(lag_s), hold_s=max(0.05, one.hold_s - lag_s), snr_db=one.snr_db - 3.0)
        for one in efforts
    ]
    return [list(efforts), [], later]


def series(
    count: int, rise_s: float, hold_s: float, snr_db: float, seed: int, rest_s: float = 2.0
) -> list[Effort]:
    """Efforts one after the other, each a fifth slower or faster, with rests from 0.75 times."""
    rng = np.random.default_rng((seed, 7))
    out: list[Effort] = []
    start_s = 4.0
    for _ in range(count):
        one = Effort(
            start_s + rng.uniform(0.0, 0.02),
            rise_s * rng.uniform(0.8, 1.2),
            hold_s * rng.uniform(0.8, 1.2),
            rng.uniform(0.1, 0.4),
            snr_db + rng.normal(0.0, 1.0),
        )
        out.append(one)
        start_s = one.end_s + rest_s * rng.uniform(0.75, 1.5)
    return out


def find(channels: list[list[Effort]], seconds: float, seed: int) -> list[RepetitionEvent]:
    return run(limb(), blocks_of(emg(seconds, channels, seed)))


@pytest.mark.parametrize("snr_db", SNRS_DB)
def test_slow_and_fast_people_are_counted_and_their_phases_found(snr_db: float) -> None:
    """Rises of 0.05 to 2 s, holds of 0.5 to 15 s."""
    paces = [(0.05, 0.5), (0.05, 2.0), (0.2, 1.0), (0.5, 3.0), (1.0, 2.0), (2.0, 1.0), (0.3, 15.0)]
    planted = found = whole = extra = 0
    errors: dict[str, list[float]] = {
        name: [] for name in ("away", "far", "back", "end", "reference", "live_hold", "live_lower")
    }
    for k, (rise_s, hold_s) in enumerate(paces):
        for seed in SEEDS:
            truth = series(4, rise_s, hold_s, snr_db, 10 * seed + k)
            events = find(two(truth), truth[-1].end_s + 1.5, 10 * seed + k)
            got = ends(events)
            planted += len(truth)
            extra += max(0, len(got) - len(truth))
            for one in truth:
                mine = [g for g in got if g.start_s < one.end_s and g.end_s > one.start_s]
                if len(mine) != 1:
                    continue
                (end,) = mine
                found += 1
                whole += end.reasons == ()
                assert set(end.reasons) <= {"too_short"}
                assert end.phases is not None
                assert end.phases.far_from_s is not None
                assert end.phases.back_s is not None
                live = told(events, end.index)
                # The second prime lags by 80 ms; the plateau is that of both.
                pairs = {
                    "away": (end.phases.away_s, one.start_s),
                    "far": (end.phases.far_from_s, one.far_s + 0.04),
                    "back": (end.phases.back_s, one.back_s),
                    "end": (end.end_s, one.end_s),
                    "reference": (end.reference_s, one.start_s),
                    "live_hold": (live.get("hold", np.nan), one.far_s + 0.04),
                    "live_lower": (live.get("lower", np.nan), one.back_s),
                }
                for name, (is_s, was_s) in pairs.items():
                    if np.isfinite(is_s):
                        errors[name].append(1000.0 * (is_s - was_s))
                assert end.phases.away_s <= end.phases.far_from_s <= end.phases.back_s
                assert end.start_s == end.phases.away_s
                assert end.top_s == end.phases.far_from_s
                assert end.movement_onset_s is None
                assert end.phases.trust == "low"
    print(f"\nSNR {snr_db:g} dB, seeds {SEEDS}: {found} of {planted} found, {whole} whole,", end="")
    print(f" {extra} too many")
    for name, values in errors.items():
        print(f"  {name:10s} {summary(values)}")
    assert found == planted
    assert extra == 0
    assert np.quantile(np.abs(errors["away"]), 0.95) < 120.0
    assert np.quantile(np.abs(errors["back"]), 0.95) < 100.0
    assert np.median(np.abs(errors["far"])) < 100.0
    assert np.quantile(np.abs(errors["end"]), 0.95) < 180.0


def test_the_phases_are_told_live_in_their_order() -> None:
    truth = series(3, 0.3, 3.0, 30.0, 3)
    events = find(two(truth), 25.0, 3)
    phases = [one.phase for one in events if isinstance(one, PhaseFinding)]
    assert phases == ["lift", "hold", "lower", "rest"] * 3
    starts = [one for one in events if isinstance(one, RepetitionStart)]
    assert [one.index for one in starts] == [1, 2, 3]


def test_hesitations_and_double_bursts_are_one_repetition() -> None:
    """A dip to a third, nothing for 0.15 s, a first jerk of 0.4 s with nothing for 0.3 s."""
    dips = {
        "a dip": [Effort(0.0, 0.2, 1.2, 0.1, 30.0), Effort(1.3, 0.1, 0.6, 0.1, 20.0),
                  Effort(1.9, 0.2, 2.0, 0.2, 30.0)],
        "a gap": [Effort(0.0, 0.1, 1.0, 0.05, 25.0), Effort(1.25, 0.1, 2.0, 0.2, 25.0)],
        "a jerk": [Effort(0.0, 0.05, 0.4, 0.05, 25.0), Effort(0.75, 0.2, 2.5, 0.2, 25.0)],
    }  # fmt: skip
    for name, parts in dips.items():
        planted = found = 0
        for seed in SEEDS:
            whole = [one.later(4.0 + 6.5 * k) for k in range(5) for one in parts]
            got = ends(find(two(whole), 38.0, seed))
            planted += 5
            found += sum(not one.reasons for one in got)
            assert len(got) == 5, (name, [one.start_s for one in got])
        print(f"\n{name}: {found} of {planted} whole, seeds {SEEDS}")
        assert found == planted


def test_half_the_strength_is_named_and_twice_it_is_not() -> None:
    levels = [1.0, 1.0, 1.0, 0.42, 1.0, 1.8, 0.4, 1.0]
    named: dict[float, int] = {}
    for seed in SEEDS:
        truth = [
            replace(one, level=level)
            for one, level in zip(series(8, 0.3, 2.0, 30.0, seed), levels, strict=True)
        ]
        got = ends(find(two(truth), truth[-1].end_s + 1.5, seed))
        assert len(got) == 8
        for one, level in zip(got, levels, strict=True):
            assert ("half_effort" in one.reasons) == (level < 0.5), (seed, level, one.reasons)
            named[level] = named.get(level, 0) + ("half_effort" in one.reasons)
    print(f"\nhalf efforts named by level: {named}, seeds {SEEDS}")


def test_a_rest_of_less_than_half_a_second_is_no_baseline() -> None:
    pair = [Effort(4.0, 0.1, 1.5, 0.1), Effort(6.05, 0.1, 1.5, 0.1), Effort(9.5, 0.1, 1.5, 0.1)]
    got = ends(find(two(pair, lag_s=0.0), 13.0, 5))
    assert [one.reasons for one in got] == [(), ("no_rest",), ()]


def test_talking_and_fidgeting_between_repetitions_is_not_scored() -> None:
    """Short jerks of a muscle, 8 to 14 dB below its plateau, and longer weak activity."""
    scored = planted = extra = 0
    for seed in (11, 12, 13):
        rng = np.random.default_rng(seed)
        truth = series(8, 0.3, 2.0, 28.0, seed, rest_s=5.0)
        primes = two(truth)
        for one in truth:
            at_s = one.end_s + 0.8
            for _ in range(int(rng.integers(1, 4))):
                snr_db = rng.uniform(14.0, 20.0)
                for channel in (0, 2) if rng.uniform() < 0.3 else (int(rng.choice([0, 2])),):
                    primes[channel].append(
                        Effort(at_s, 0.05, rng.uniform(0.02, 0.25), 0.05, snr_db)
                    )
                at_s += rng.uniform(0.5, 0.8)
            primes[0].append(Effort(one.end_s + 0.7, 0.5, 1.5, 0.5, 8.0))
        got = ends(find(primes, truth[-1].end_s + 4.0, seed))
        good = [one for one in got if not one.reasons]
        planted += len(truth)
        hits = [any(abs(g.start_s - one.start_s) < 0.5 for g in good) for one in truth]
        scored += sum(hits)
        extra += len(good) - sum(hits)
    print(f"\nfidgeting: {scored} of {planted} scored, {extra} false ones scored, seeds 11-13")
    assert scored == planted
    assert extra == 0


def test_tone_that_drifts_neither_hides_nor_holds() -> None:
    """Tone rises by 12 dB within a minute and a half, and falls again."""
    planted = found = 0
    for seed in SEEDS:
        truth = series(16, 0.3, 2.0, 32.0, seed, rest_s=3.0)
        seconds = truth[-1].end_s + 2.0
        x = emg(seconds, two(truth), seed)
        t = np.arange(len(x)) / 1000.0
        drift = 10.0 ** (0.6 * np.sin(np.pi * t / seconds)) - 1.0
        for c in (0, 2):
            x[:, c] += 3.0 * drift * noise(len(x), np.random.default_rng((seed, c, 9)))
        got = ends(run(limb(), blocks_of(x)))
        planted += len(truth)
        found += sum(not one.reasons for one in got)
        assert len(got) == len(truth)
    print(f"\ndrifting tone: {found} of {planted} whole, seeds {SEEDS}")
    assert found == planted


@pytest.mark.parametrize("spoilt", ["zero", "off", "weak", "dies", "comes", "missing"])
def test_one_bad_prime_of_two_does_not_matter(spoilt: str) -> None:
    for seed in SEEDS:
        truth = series(6, 0.3, 2.0, 28.0, seed)
        x = emg(truth[-1].end_s + 1.5, two(truth), seed)
        blocks_n = len(x) // 20
        attached = np.ones((blocks_n, 3), dtype=np.bool_)
        valid = np.ones(x.shape, dtype=np.bool_)
        middle = round(1000.0 * (truth[2].far_s + 0.8))
        if spoilt == "zero":
            x[:, 2] = 0.0
        elif spoilt == "off":
            x[:, 2] = 300.0 * noise(len(x), np.random.default_rng(seed))
            attached[:, 2] = False
        elif spoilt == "weak":
            x[:, 2] = emg(len(x) / 1000.0, [[replace(e, snr_db=3.0) for e in truth]], seed)[:, 0]
        elif spoilt == "dies":
            x[middle:, 2] = 0.0
        elif spoilt == "comes":
            x[: middle + 2000, 2] = 0.0
        else:
            valid[middle:, 2] = False
        got = ends(run(limb(), blocks_of(x, valid), attached=attached))
        assert [one.reasons for one in got] == [()] * 6, (spoilt, seed)
        assert np.allclose([o.start_s for o in got], [e.start_s for e in truth], atol=0.15)


def test_who_never_relaxes_and_who_does_nothing_have_no_repetitions() -> None:
    always = emg(60.0, [[Effort(-5.0, 0.1, 90.0, 0.1, 25.0)], [], []], 4)
    still = emg(60.0, [[], [], []], 5)
    assert run(limb(), blocks_of(always)) == []
    assert run(limb(), blocks_of(still)) == []


def test_who_holds_for_ever_is_told_so() -> None:
    x = emg(70.0, two([Effort(4.0, 0.2, 80.0, 0.2)]), 4)
    (end,) = ends(run(limb(), blocks_of(x)))
    assert end.reasons == ("not_lowered",)


@pytest.mark.slow
def test_long_rest_with_tone_heart_and_motion_has_no_false_repetition() -> None:
    """Tone that wanders over 10 dB, a heart 15 dB above rest, a thump of the cables a minute."""
    seed, seconds = 21, REST_S
    rng = np.random.default_rng(seed)
    n = seconds * 1000
    loop = noise(601_000, rng)
    columns = [np.resize(np.roll(loop, int(rng.integers(601_000))), n) for _ in range(3)]
    t = np.arange(n)
    for x in columns:
        knots = rng.uniform(-5.0, 5.0, seconds // 2 + 2)
        x *= 3.0 * 10.0 ** (np.interp(t, 2000.0 * np.arange(len(knots)), knots) / 20.0)
    beat = 18.0 * noise(70, rng) * np.hanning(70)
    at = 0
    while (at := at + int(rng.uniform(700.0, 1100.0))) < n - 80:
        columns[0][at : at + 70] += beat
        columns[1][at : at + 70] += 3.0 * beat
    for k in rng.integers(0, n - 600, size=seconds // 60).tolist():
        width = int(rng.uniform(60.0, 300.0))
        thump = rng.uniform(20.0, 200.0) * np.hanning(width) * noise(width, rng)
        for x in columns:
            x[k : k + width] += thump
    got = ends(run(limb(), blocks_of(np.stack(columns, axis=1))))
    print(f"\nrest: {len(got)} repetitions in {seconds / 3600.0:g} h, seed {seed}")
    assert got == []


@pytest.mark.parametrize("rate_hz", RATES_HZ)
def test_any_rate_and_any_unit_and_any_cutting(rate_hz: float) -> None:
    truth = series(4, 0.3, 2.0, 28.0, 6)
    seconds = truth[-1].end_s + 1.5
    x = emg(seconds, two(truth), 6, rate_hz=rate_hz)
    rng = np.random.default_rng(6)
    cuts = sorted(rng.integers(0, len(x), size=300).tolist())
    whole, grid_hz = conditioned(x, rate_hz)
    parts, _ = conditioned(x, rate_hz, cuts)
    events = run(limb(), whole, rate_hz=grid_hz)
    assert run(limb(), parts, rate_hz=grid_hz) == events
    got = ends(events)
    assert [one.reasons for one in got] == [()] * 4
    assert np.allclose([one.start_s for one in got], [one.start_s for one in truth], atol=0.08)
    tiny, _ = conditioned(1e-7 * x, rate_hz)
    small = ends(run(limb(calibrated=False), tiny, rate_hz=grid_hz))
    assert np.allclose([one.start_s for one in small], [one.start_s for one in got], atol=0.021)


def test_a_gap_and_a_pause() -> None:
    """Half a second without samples within a hold; then the session is paused in the next one."""
    truth = series(2, 0.3, 3.0, 28.0, 8)
    x = emg(truth[-1].end_s + 1.5, two(truth), 8)
    valid = np.ones(x.shape, dtype=np.bool_)
    hole = round(1000.0 * (truth[0].far_s + 1.0))
    valid[hole : hole + 500] = False
    blocks = blocks_of(x, valid)
    stop = round(50.0 * (truth[1].far_s + 1.0))
    steps = limb(IMU_RATE_HZ)
    seen = poses(stop / 50.0, [], 8)
    events = run(steps, blocks[:stop], seen)
    assert [one.reasons for one in ends(events)] == [()]
    assert steps.busy
    (cut,) = ends(steps.abort("paused"))
    assert cut.reasons == ("paused",)
    assert cut.phases is not None
    assert not steps.busy
    assert steps.abort("paused") == []


def test_without_a_prime_muscle_there_are_no_repetitions() -> None:
    steps = StillLimb(StillLimbParams(), CLAM, ("hamstring_left",), BLOCK_S, None)
    x = emg(10.0, [[Effort(4.0, 0.2, 2.0)]], 1)
    assert run(steps, blocks_of(x), cues=[Cue("go", 3.0)]) == []


@pytest.mark.parametrize("sd_deg_s", [0.05, 0.3, 0.9])
def test_the_pelvis_that_gives_way_is_seen_relative_to_its_rest(sd_deg_s: float) -> None:
    """Turned to the left by 6 degrees 120 ms after the first muscle, in quiet and in sway."""
    truth = series(5, 0.3, 2.0, 28.0, 9)
    turns = [(one.start_s + 0.12, one.end_s, 6.0, 2) for one in truth]
    seconds = truth[-1].end_s + 2.0
    events = run(
        limb(IMU_RATE_HZ),
        blocks_of(emg(seconds, two(truth), 9)),
        poses(seconds, turns, 9, sd_deg_s=sd_deg_s),
    )
    got = ends(events)
    assert [one.reasons for one in got] == [()] * 5
    errors: list[float] = []
    for one, end in zip(truth, got, strict=True):
        assert end.pelvis is not None
        assert end.phases is not None
        assert end.start_pose is not None
        assert end.pelvis.rotation_range_deg == pytest.approx(6.0, abs=0.3)
        assert end.pelvis.tilt_range_deg < 0.5
        assert end.movement_onset_s == end.phases.movement_onset_s
        assert end.phases.trust == "low"
        assert end.movement_onset_s is not None
        errors.append(1000.0 * (end.movement_onset_s - one.start_s - 0.12))
    print(f"\nsway {sd_deg_s:g} deg/s: onset of giving way {summary(errors)}, seed 9")
    assert max(np.abs(errors)) < 100.0


def test_a_pelvis_that_keeps_still_has_no_onset_of_movement() -> None:
    truth = series(5, 0.3, 2.0, 28.0, 10)
    seconds = truth[-1].end_s + 2.0
    blocks = blocks_of(emg(seconds, two(truth), 10))
    got = ends(run(limb(IMU_RATE_HZ), blocks, poses(seconds, [], 10)))
    assert [one.movement_onset_s for one in got] == [None] * 5
    assert all(one.pelvis is not None and one.pelvis.rotation_range_deg < 0.1 for one in got)


def test_a_hold_is_no_start_pose_and_another_posture_is_named() -> None:
    """The pelvis stays turned in every hold; before the fifth repetition the person lies anew."""
    truth = series(6, 0.3, 4.0, 28.0, 12, rest_s=4.0)
    turns = [(one.start_s + 0.1, one.end_s, 5.0, 2) for one in truth]
    moved_s = truth[3].end_s + 1.0
    seconds = truth[-1].end_s + 2.0
    got = ends(
        run(
            limb(IMU_RATE_HZ),
            blocks_of(emg(seconds, two(truth), 12)),
            poses(seconds, turns, 12, offset_deg=[(moved_s, 15.0)]),
        )
    )
    assert [one.reasons for one in got] == [(), (), (), (), ("start_pose",), ("start_pose",)]
    for one in got:
        assert one.pelvis is not None
        assert one.pelvis.rotation_range_deg == pytest.approx(5.0, abs=0.3)
        assert one.pelvis.obliquity_range_deg < 0.5


def test_turning_over_is_no_repetition() -> None:
    """The muscles work while the person turns by 60 degrees and back."""
    truth = series(4, 0.3, 3.0, 28.0, 17, rest_s=3.0)
    seconds = truth[-1].end_s + 2.0
    turns = [(truth[1].start_s + 0.1, truth[1].end_s, 60.0, 0)]
    blocks = blocks_of(emg(seconds, two(truth), 17))
    got = ends(run(limb(IMU_RATE_HZ), blocks, poses(seconds, turns, 17)))
    assert [one.reasons for one in got] == [(), ("posture_changed",), (), ()]


def test_the_streams_may_come_in_any_turn() -> None:
    truth = series(4, 0.3, 2.0, 28.0, 13)
    turns = [(one.start_s + 0.1, one.end_s, 5.0, 1) for one in truth]
    seconds = truth[-1].end_s + 2.0
    blocks, seen = blocks_of(emg(seconds, two(truth), 13)), poses(seconds, turns, 13)
    together = run(limb(IMU_RATE_HZ), blocks, seen)
    late = run(limb(IMU_RATE_HZ), blocks, seen, pose_late_s=1.0)
    early = run(limb(IMU_RATE_HZ), blocks, seen, pose_late_s=-1.5)
    assert late == together
    assert early == together
    assert len(ends(together)) == 4


def test_a_lost_pelvis_sensor_loses_no_repetition() -> None:
    truth = series(5, 0.3, 2.0, 28.0, 14)
    seconds = truth[-1].end_s + 5.0
    seen = poses(truth[1].end_s + 1.0, [], 14)
    steps = limb(IMU_RATE_HZ)
    got = ends(run(steps, blocks_of(emg(seconds, two(truth), 14)), seen))
    assert [one.reasons for one in got] == [()] * 5
    assert [one.pelvis is None for one in got] == [False, False, True, True, True]
    assert [one.movement_onset_s for one in got[2:]] == [None] * 3


def test_a_restart_of_the_filter_leaves_the_repetition_without_angles() -> None:
    truth = series(3, 0.3, 2.0, 28.0, 15)
    seconds = truth[-1].end_s + 2.0
    again_s = truth[1].far_s + 0.5
    seen = [
        (t_s, replace(pose, restarted=pose.restarted or abs(t_s - again_s) < 0.004))
        for t_s, pose in poses(seconds, [], 15)
    ]
    got = ends(run(limb(IMU_RATE_HZ), blocks_of(emg(seconds, two(truth), 15)), seen))
    assert [one.reasons for one in got] == [()] * 3
    assert [one.pelvis is None for one in got] == [False, True, False]
    assert got[1].start_pose is None


def test_an_end_knows_what_the_start_said() -> None:
    truth = series(4, 1.5, 2.0, 20.0, 16)
    events = find(two(truth), truth[-1].end_s + 1.5, 16)
    starts = [one for one in events if isinstance(one, RepetitionStart)]
    got: list[RepetitionEnd] = ends(events)
    for start, end in zip(starts, got, strict=True):
        assert start.index == end.index
        assert start.reference_s == end.reference_s
        assert start.decided_at_s <= end.decided_at_s
