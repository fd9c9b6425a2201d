"""Beats, motion and pops in the samples of a judgement: onsets as good as without them."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import pytest
from scipy import signal as sps

from firingorder.signal.artefacts import corner_for, with_corner
from firingorder.signal.beat_leak import BeatLeakParams
from firingorder.signal.cleaning import CleaningParams
from tests.signal.contaminated import cleaned, heart, history, judged, motion, pop
from tests.signal.planted import RATE_HZ, Muscle, emg, generator
from tests.signal.scoring import Seen, coverage, errors, lead_intervals

if TYPE_CHECKING:
    from firingorder.samples import FloatArray

SEED = 20_261_205
ON = CleaningParams()
UNTOUCHED = CleaningParams(beats=BeatLeakParams(remove=False), motion=False)
NO_MOTION = CleaningParams(motion=False)
A1 = Muscle(100, 12)
LOUD = Muscle(60, 22)


def seen(
    kind: str, level: float, params: CleaningParams, trials: int = 8, muscle: Muscle = A1
) -> list[Seen]:
    out = []
    for k in range(trials):
        rng = generator(SEED, "muscle", k)
        onset = rng.uniform(10.0, 10.6)
        x = emg(rng, muscle, onset, 11.6)
        other = generator(SEED, kind, k)
        if kind == "heart":
            x = x + level * heart(other, len(x))[0]
        elif kind == "motion":
            x = x + level * motion(other, len(x), onset)
        result, truth = judged(x[:, None], onset, params)
        out.append(Seen(result, truth))
    return out


def mae(one: list[Seen]) -> float:
    return float(np.mean(np.abs(errors(one))))


def rest_rms_uv(one: list[Seen]) -> FloatArray:
    found = [look.result.rest_rms_uv for look in one]
    return np.array([rms_uv for rms_uv in found if rms_uv is not None])


@pytest.fixture(scope="module")
def clean() -> list[Seen]:
    print(f"seed {SEED}")
    return seen("nothing", 0.0, ON)


@pytest.mark.parametrize("level", [3.0, 12.0])
def test_beats_move_no_onset(level: float, clean: list[Seen]) -> None:
    under = seen("heart", level, ON)
    rest = rest_rms_uv(under) / rest_rms_uv(clean)
    cover = coverage(lead_intervals(under, under, 300))
    print(f"{level}: MAE {mae(under):.1f} of {mae(clean):.1f}, rest x{np.mean(rest):.3f}")
    assert mae(under) < mae(clean) + 1.5
    assert abs(np.mean(errors(under) - errors(clean))) < 2.0
    assert cover >= 0.92
    assert 0.97 < np.mean(rest) < 1.02  # the model of the rest is not inflated


def test_beats_left_in_spoil_onsets(clean: list[Seen]) -> None:
    """Negative control."""
    under = seen("heart", 25.0, UNTOUCHED)
    rest = rest_rms_uv(under) / rest_rms_uv(clean)
    assert mae(under) > mae(clean) + 4.0
    assert np.mean(rest) > 1.02


def test_beats_of_changing_shape_are_masked() -> None:
    """Where the mean is no beat, the samples say nothing; every channel has the same mask."""
    rng = generator(SEED, "shape", 0)
    x = emg(rng, A1, 10.3, 11.6)
    beats, times = heart(rng, len(x), 70.0)
    sharp = np.zeros(len(x))
    for k, at in enumerate(times):
        t = np.arange(len(x)) / RATE_HZ - at
        sharp += (-1.0) ** k * 8.0 * np.exp(-0.5 * (t / 0.003) ** 2)
    raw = np.stack([x + 12.0 * beats + sharp, x], axis=1)
    _, found = cleaned(history(raw), 10.3, ON)
    assert found.beats >= 10
    assert found.ignored.any()
    assert np.array_equal(found.ignored[:, 0], found.ignored[:, 1])
    assert np.mean(found.ignored) < 0.25


@pytest.mark.parametrize(("level", "slack_ms"), [(8.0, 3.0), (16.0, 5.0)])
def test_motion_moves_onsets_little(level: float, slack_ms: float, clean: list[Seen]) -> None:
    under = seen("motion", level, ON)
    cover = coverage(lead_intervals(under, under, 300))
    print(f"{level}: MAE {mae(under):.1f} of {mae(clean):.1f}, cover {cover:.3f}")
    assert mae(under) < mae(clean) + slack_ms
    assert cover >= 0.92


def test_motion_left_in_spoils_onsets(clean: list[Seen]) -> None:
    """Negative control."""
    assert mae(seen("motion", 16.0, NO_MOTION)) > mae(clean) + 6.0


def test_clean_samples_are_passed_bit_by_bit() -> None:
    """Also strong bursts of a low spectrum, whose own low band is no motion."""
    for k in range(4):
        rng = generator(SEED, "clean", k)
        low = Muscle(60, 30, low_hz=40, high_hz=80)
        raw = np.stack([emg(rng, A1, 10.3, 11.6), emg(rng, low, 10.35, 11.6)], axis=1)
        excerpt, found = cleaned(history(raw), 10.3, ON)
        assert found.corner_hz == 30.0
        assert found.beats == 0
        assert not found.ignored.any()
        assert np.array_equal(found.emg_uv, np.where(excerpt.valid, excerpt.emg_uv, 0.0))


def test_the_corner_is_the_same_for_all_channels() -> None:
    rng = generator(SEED, "one cable", 0)
    raw = np.stack([emg(rng, A1, 10.3, 11.6) for _ in range(2)], axis=1)
    raw[:, 0] += 24.0 * motion(rng, len(raw), 10.3)
    excerpt, found = cleaned(history(raw), 10.3, ON)
    assert found.corner_hz == corner_for(float(np.max(found.motion)), ON.artefacts) == 50.0
    assert found.motion[1] < 2.0
    assert not np.allclose(found.emg_uv[:, 1], excerpt.emg_uv[:, 1])


def test_poles_are_exchanged_exactly() -> None:
    x = np.random.default_rng(3).standard_normal((2000, 2))
    old, new = (sps.butter(4, hz, "high", fs=RATE_HZ, output="sos") for hz in (30.0, 50.0))
    found = with_corner(sps.sosfilt(old, x, axis=0), RATE_HZ, 4, 30.0, 50.0)
    assert np.allclose(found, sps.sosfilt(new, x, axis=0), atol=1e-9)


@pytest.mark.parametrize("height", [60.0, 600.0])
def test_a_pop_is_no_onset(height: float) -> None:
    """Long before the onset it does nothing, about it the answer is poor contact."""
    far, near = [], []
    for k in range(3):
        rng = generator(SEED, "pop", k)
        x = emg(rng, A1, 10.3, 11.6)
        plain, truth = judged(x[:, None], 10.3, ON)
        before, _ = judged((x + height * pop(len(x), 10.3 - 1.2))[:, None], 10.3, ON)
        about, _ = judged((x + height * pop(len(x), 10.3 - 0.03))[:, None], 10.3, ON)
        assert plain.estimate is not None
        assert before.estimate is not None, before.gates
        far.append(1e3 * (before.estimate.onset_s - plain.estimate.onset_s))
        near.append(about.estimate is None or about.estimate.low_s < truth)
        assert about.estimate is None or abs(about.estimate.onset_s - truth) < 0.1
    print(f"height {height}: moved {np.round(far, 1)}")
    assert np.mean(np.abs(far)) < 12.0
    assert all(near)


@pytest.mark.parametrize("height", [100.0, 1e4, 1e6])
@pytest.mark.parametrize("ms", [50, 80])
def test_a_pad_that_jumps_and_jumps_back_is_no_onset(height: float, ms: int) -> None:
    """Each edge hid behind the other, and the first was told as the start, 300 ms early."""
    for k in range(4):
        x = emg(generator(SEED, "two edges", k), A1, 10.3, 11.6)
        x[9_950 : 9_950 + ms] += height
        result, truth = judged(x[:, None], 10.3, ON)
        assert result.estimate is not None or result.gates
        if result.estimate is not None:
            print(f"seed {SEED} {k}: {result.estimate.onset_s - truth:.3f} s")
            assert result.estimate.low_s - 0.01 < truth < result.estimate.high_s + 0.01


@pytest.mark.parametrize("height", [100.0, 300.0, 3000.0])
@pytest.mark.parametrize("ms", [20, 50, 1600])
@pytest.mark.parametrize("before_ms", [80, 40, -20])
def test_a_pad_that_jumps_beside_the_onset_is_no_onset(
    height: float, ms: int, before_ms: int
) -> None:
    """The burst hid the edge, which was told as the start of the muscle, and surely."""
    for k in range(4):
        x = emg(generator(SEED, "beside", k), LOUD, 10.3, 11.6)
        first = 10_300 - before_ms
        x[first : first + ms] += height
        result, truth = judged(x[:, None], 10.3, ON)
        assert result.estimate is not None or result.gates
        if result.estimate is not None and not result.gates:
            print(f"seed {SEED} {k}: {result.estimate.onset_s - truth:.3f} s")
            assert result.estimate.low_s - 0.01 < truth < result.estimate.high_s + 0.01


@pytest.mark.parametrize("muscle", [Muscle(20, 25), Muscle(20, 25, low_hz=40, high_hz=80)])
def test_a_burst_that_starts_at_once_is_no_step(muscle: Muscle) -> None:
    """Positive control: also where the cable swings from its start on."""
    for k in range(4):
        rng = generator(SEED, "at once", k)
        x = emg(rng, muscle, 10.3, 11.6)
        for swing in (0.0, 4.0):
            found = cleaned(history((x + swing * motion(rng, len(x), 10.3))[:, None]), 10.3, ON)[1]
            assert not found.pops.any()


def test_a_pop_without_a_burst_is_nothing() -> None:
    for k in range(2):
        x = emg(generator(SEED, "only a pop", k), A1, 60.0, 11.6)
        result, _ = judged((x + 200.0 * pop(len(x), 10.2))[:, None], 10.3, ON)
        assert result.estimate is None
        off = replace(ON, motion=False)
        spoilt, _ = judged((x + 200.0 * pop(len(x), 10.2))[:, None], 10.3, off)
        assert spoilt.posterior is not None or spoilt.gates  # control: it is seen without
