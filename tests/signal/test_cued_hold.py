"""Squeezes that are asked for: answered, missed, done by the other side, never let go of.

All figures are simulated; tests print their numbers with their seeds (run with ``-s``).
"""

from __future__ import annotations

import os
from dataclasses import replace
from typing import Literal

import numpy as np
import pytest

from firingorder.findings import PhaseFinding
from firingorder.signal.cued_hold import CuedHold, CuedHoldParams
from firingorder.signal.repetitions import Cue, RepetitionEvent, RepetitionStart
from tests.signal.efforts import (
    BLOCK_S,
    GLUTES,
    IMU_RATE_HZ,
    SQUEEZE,
    Effort,
    blocks_of,
    conditioned,
    emg,
    ends,
    noise,
    poses,
    run,
    summary,
)

SEEDS = (1, 2)
#: Strengths between the least and the most too in the long run (`make test-long`).
SNRS_DB = (10.0, 15.0, 25.0, 45.0) if os.environ.get("LONG_TESTS") else (10.0, 45.0)
HOLD_S = 5.0
PERIOD_S = 13.0


def hold(imu_rate_hz: float | None = None, *, calibrated: bool = True) -> CuedHold:
    return CuedHold(CuedHoldParams(), SQUEEZE, GLUTES, BLOCK_S, imu_rate_hz, calibrated=calibrated)


def cues(count: int, side: Literal["both", "left", "right"] = "both") -> list[Cue]:
    out: list[Cue] = []
    for k in range(count):
        at_s = 5.0 + PERIOD_S * k
        out += [Cue("go", at_s, side), Cue("release", at_s + HOLD_S, side)]
    return out


def answers(
    count: int, seed: int, snr_db: float = 25.0, rise_s: float = 0.3, fall_s: float = 0.3
) -> list[Effort]:
    """One effort per cue: 0.2 to 0.6 s after go, let go of 0.2 to 0.6 s after release."""
    rng = np.random.default_rng((seed, 3))
    out: list[Effort] = []
    for k in range(count):
        start_s = 5.0 + PERIOD_S * k + rng.uniform(0.2, 0.6)
        stop_s = 5.0 + PERIOD_S * k + HOLD_S + rng.uniform(0.2, 0.6)
        out.append(Effort(start_s, rise_s, stop_s - start_s - rise_s, fall_s, snr_db))
    return out


def find(
    channels: list[list[Effort]], told: list[Cue], seed: int, seconds: float | None = None
) -> list[RepetitionEvent]:
    last_s = told[-1].at_s + 9.0 if seconds is None else seconds
    return run(hold(), blocks_of(emg(last_s, channels, seed)), cues=told)


@pytest.mark.parametrize("snr_db", SNRS_DB)
def test_squeezes_of_any_strength_answer_their_cues(snr_db: float) -> None:
    """Rises of 0.05 to 2 s; a light squeeze 10 dB above rest is enough when it is asked for."""
    planted = good = 0
    errors: dict[str, list[float]] = {"away": [], "reference": [], "back": [], "end": []}
    for k, rise_s in enumerate((0.05, 0.3, 1.0, 2.0)):
        for seed in SEEDS:
            truth = answers(4, seed, snr_db, rise_s)
            told = cues(4)
            got = ends(find([truth, [one.later(0.05) for one in truth]], told, 10 * seed + k))
            assert len(got) == len(truth)
            for j, (one, end) in enumerate(zip(truth, got, strict=True)):
                planted += 1
                good += end.reasons == ()
                p = end.phases
                assert p is not None
                assert p.cue_s == told[2 * j].at_s
                assert p.release_s == told[2 * j + 1].at_s
                assert p.far_to_s == p.release_s
                assert p.far_from_s == pytest.approx(p.away_s + 0.5)
                assert p.back_s is not None
                assert end.movement_onset_s is None
                errors["away"].append(1000.0 * (p.away_s - one.start_s))
                errors["reference"].append(1000.0 * (end.reference_s - one.start_s))
                errors["back"].append(1000.0 * (p.back_s - one.back_s - 0.025))
                errors["end"].append(1000.0 * (end.end_s - one.end_s - 0.05))
    print(f"\nSNR {snr_db:g} dB, seeds {SEEDS}: {good} of {planted} good")
    for name, values in errors.items():
        print(f"  {name:9s} {summary(values)}")
    assert good >= (planted if snr_db > 10.0 else 0.9 * planted)
    assert np.quantile(np.abs(errors["away"]), 0.95) < 250.0
    assert np.quantile(np.abs(errors["end"]), 0.95) < 250.0


def test_the_phases_are_told_live_in_their_order() -> None:
    events = find([answers(2, 3)] * 2, cues(2), 3)
    phases = [one.phase for one in events if isinstance(one, PhaseFinding)]
    assert phases == ["lift", "hold", "lower", "rest"] * 2
    assert [one.index for one in events if isinstance(one, RepetitionStart)] == [1, 2]


def test_a_cue_that_nobody_answers_is_told_and_nothing_else() -> None:
    truth = answers(4, 4)
    del truth[2]
    got = ends(find([truth, truth], cues(4), 4))
    assert [one.reasons for one in got] == [(), (), ("missed",), ()]
    missed = got[2]
    assert missed.phases is not None
    assert (missed.start_s, missed.phases.cue_s) == (31.0, 31.0)
    assert missed.end_s == pytest.approx(33.0)


def test_an_hour_of_cues_to_somebody_who_does_nothing() -> None:
    """Tone wanders over 10 dB; every cue is missed."""
    false = cued = 0
    for seed in SEEDS:
        told = cues(45)
        n = round(1000.0 * (told[-1].at_s + 9.0))
        rng = np.random.default_rng(seed)
        columns: list[np.ndarray] = []
        for _ in GLUTES:
            knots = rng.uniform(-5.0, 5.0, n // 2000 + 2)
            swing = np.interp(np.arange(n), 2000.0 * np.arange(len(knots)), knots)
            columns.append(3.0 * 10.0 ** (swing / 20.0) * noise(n, rng))
        got = ends(run(hold(), blocks_of(np.stack(columns, axis=1)), cues=told))
        cued += 45
        false += sum("missed" not in one.reasons for one in got)
        assert len(got) == 45
    print(f"\n{false} of {cued} cues taken for answered, seeds {SEEDS}")
    assert false <= 0.15 * cued


def test_without_any_cue_emg_alone_finds_them() -> None:
    planted = found = 0
    for seed in SEEDS:
        truth = answers(4, seed)
        x = emg(truth[-1].end_s + 2.0, [truth, truth], seed)
        got = ends(run(hold(), blocks_of(x)))
        planted += 4
        found += sum(not one.reasons for one in got)
        for one in got:
            assert one.phases is not None
            assert (one.phases.cue_s, one.phases.release_s) == (None, None)
            assert one.phases.far_to_s == one.phases.back_s
    print(f"\nwithout cues: {found} of {planted}, seeds {SEEDS}")
    assert found == planted


def test_the_first_cue_ends_what_began_without_one() -> None:
    own = Effort(4.0, 0.2, 3.0)
    answer = Effort(12.4, 0.3, 4.0)
    told = [Cue("go", 6.0), Cue("go", 12.0), Cue("release", 16.5)]
    got = ends(find([[own, answer]] * 2, told, 5))
    assert [one.reasons for one in got][:1] == [("not_cued",)]
    assert got[-1].reasons == ()
    assert "no_rest" in got[1].reasons


@pytest.mark.parametrize("did", ["left", "right", "both", "crosstalk"])
@pytest.mark.parametrize("asked", ["left", "both"])
def test_which_side_did_it(asked: Literal["left", "both"], did: str) -> None:
    """Crosstalk: the right electrode sees a tenth of the left muscle (20 dB less)."""
    for seed in SEEDS:
        truth = answers(3, seed, 30.0)
        faint = [replace(one, snr_db=10.0) for one in truth]
        left, right = {
            "left": (truth, []),
            "right": ([], truth),
            "both": (truth, truth),
            "crosstalk": (truth, faint),
        }[did]
        steps = hold()
        told = cues(3, asked)
        x = emg(told[-1].at_s + 9.0, [left, right], seed)
        got = ends(run(steps, blocks_of(x), cues=told))
        other = asked == "left" and did == "right"
        assert [one.reasons for one in got] == [("other_side",) if other else ()] * 3
        side = "left" if did == "crosstalk" else did
        assert steps.worked == {1: side, 2: side, 3: side}


def test_late_early_and_slow_starts() -> None:
    """Far too late: only the miss is told. A little too late: the squeeze is, as missed."""
    efforts = [Effort(7.9, 0.2, 3.0), Effort(17.8, 0.2, 5.5), Effort(31.4, 6.0, 1.0, 0.5, 20.0)]
    efforts.append(Effort(46.15, 0.2, 4.0))
    told = [Cue("go", at_s) for at_s in (5.0, 18.0, 31.0, 44.0)]
    told += [Cue("release", one.at_s + 8.0) for one in told]
    got = ends(find([efforts] * 2, sorted(told, key=lambda one: one.at_s), 6))
    assert [one.reasons for one in got] == [("missed",), (), (), ("missed",)]
    assert (got[0].start_s, got[0].end_s) == (5.0, 7.0)
    assert got[1].start_s == pytest.approx(17.8, abs=0.1)
    assert got[2].start_s == pytest.approx(31.4, abs=0.6)
    assert got[3].start_s == pytest.approx(46.15, abs=0.1)


def test_who_is_not_quiet_before_or_after_is_told_so() -> None:
    fine = Effort(5.4, 0.3, 4.6)
    tense = [Effort(15.0, 0.3, 2.0), Effort(18.4, 0.3, 4.6)]
    stays = [Effort(31.4, 0.3, 4.6), Effort(36.0, 0.5, 30.0, 0.3, 19.0)]
    told = cues(3)
    got = ends(find([[fine, *tense, *stays]] * 2, told, 7, seconds=50.0))
    assert [one.reasons for one in got] == [(), ("no_rest",), ("no_quiet",)]
    assert got[2].end_s == pytest.approx(told[-1].at_s + 10.0, abs=0.03)


def test_who_lets_go_early_has_ended_the_hold_and_a_break_does_not() -> None:
    early = Effort(5.4, 0.3, 1.5)
    broken = [Effort(18.4, 0.3, 1.5), Effort(21.2, 0.3, 1.8)]
    got = ends(find([[early, *broken]] * 2, cues(2), 8))
    assert [one.reasons for one in got] == [(), ()]
    assert got[0].phases is not None
    assert got[0].end_s == pytest.approx(early.end_s, abs=0.15)
    assert got[0].phases.release_s is None
    assert got[0].phases.far_to_s == pytest.approx(early.back_s, abs=0.1)
    assert got[1].end_s == pytest.approx(broken[1].end_s, abs=0.15)


def test_who_never_lets_go_is_told_so() -> None:
    got = ends(find([[Effort(5.4, 0.3, 80.0)]] * 2, [Cue("go", 5.0)], 9, seconds=75.0))
    assert [one.reasons for one in got] == [("not_lowered",)]


def test_an_abort_ends_the_hold_and_forgets_the_cue() -> None:
    x = emg(8.0, [[Effort(5.4, 0.3, 9.0)]] * 2, 10)
    steps = hold()
    run(steps, blocks_of(x), cues=[Cue("go", 5.0)])
    assert steps.busy
    (cut,) = ends(steps.abort("paused"))
    assert cut.reasons == ("paused",)
    assert not steps.busy
    waiting = hold()
    run(waiting, blocks_of(x[:5100]), cues=[Cue("go", 5.0)])
    assert waiting.busy
    assert waiting.abort("paused") == []
    assert not waiting.busy


@pytest.mark.parametrize("spoilt", ["zero", "off", "missing", "gap"])
def test_a_bad_channel_leaves_the_other_side(spoilt: str) -> None:
    truth = answers(3, 11)
    x = emg(45.0, [truth, truth], 11)
    valid = np.ones(x.shape, dtype=np.bool_)
    attached = np.ones((len(x) // 20, 2), dtype=np.bool_)
    if spoilt == "zero":
        x[:, 1] = 0.0
    elif spoilt == "off":
        x[:, 1] = 400.0 * noise(len(x), np.random.default_rng(1))
        attached[:, 1] = False
    elif spoilt == "missing":
        valid[12_000:, 1] = False
    else:
        valid[20_500:21_000] = False
    got = ends(run(hold(), blocks_of(x, valid), cues=cues(3), attached=attached))
    assert [one.reasons for one in got] == [()] * 3


def test_the_pelvis_is_followed_but_no_movement_expected() -> None:
    truth = answers(3, 12)
    turns = [(one.start_s + 0.5, one.end_s, 4.0, 1) for one in truth]
    told = cues(3)
    blocks = blocks_of(emg(45.0, [truth, truth], 12))
    seen = poses(45.0, turns, 12)
    steps = hold(IMU_RATE_HZ)
    together = run(steps, blocks, seen, told)
    assert run(hold(IMU_RATE_HZ), blocks, seen, told, pose_late_s=0.8) == together
    for one in ends(together):
        assert one.pelvis is not None
        assert one.start_pose is not None
        assert one.movement_onset_s is None
        assert one.pelvis.tilt_range_deg == pytest.approx(4.0, abs=0.3)


@pytest.mark.parametrize("rate_hz", [500.0, 4000.0])
def test_any_rate_and_any_unit_and_any_cutting(rate_hz: float) -> None:
    truth = answers(2, 13)
    x = emg(27.0, [truth, truth], 13, rate_hz=rate_hz)
    edges = sorted(np.random.default_rng(13).integers(0, len(x), size=100).tolist())
    whole, grid_hz = conditioned(x, rate_hz)
    parts, _ = conditioned(x, rate_hz, edges)
    tiny, _ = conditioned(1e-7 * x, rate_hz)
    events = run(hold(), whole, cues=cues(2), rate_hz=grid_hz)
    assert run(hold(), parts, cues=cues(2), rate_hz=grid_hz) == events
    small = run(hold(calibrated=False), tiny, cues=cues(2), rate_hz=grid_hz)
    assert [one.reasons for one in ends(events)] == [()] * 2
    assert [one.reasons for one in ends(small)] == [()] * 2


def test_a_cue_that_comes_late_counts_from_its_own_time() -> None:
    """Told half a second after its time, as a coach's words may be."""
    truth = answers(2, 14)
    blocks = blocks_of(emg(27.0, [truth, truth], 14))
    told = cues(2)
    steps, events = hold(), list[RepetitionEvent]()
    left = told[::-1]
    on = np.ones(2, dtype=np.bool_)
    for block in blocks:
        t0_s = block.index0 / 1000.0
        while left and left[-1].at_s + 0.5 <= t0_s:
            events += steps.cue(left.pop())
        events += steps.block(t0_s, block, on)
    prompt = ends(run(hold(), blocks, cues=told))
    assert [one.reasons for one in ends(events)] == [(), ()]
    for one, other in zip(ends(events), prompt, strict=True):
        assert one.start_s == pytest.approx(other.start_s, abs=0.03)
        assert one.end_s == pytest.approx(other.end_s, abs=0.03)
