"""Rest, holds, lines to follow, fatigue, bends and impacts: planted truth, and refusals."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np
import pytest

from firingorder.measures import PhaseTimes
from firingorder.signal.metrics import MetricsParams, repetition_metrics
from firingorder.signal.metrics.amount import Amount
from firingorder.signal.metrics.fatigue import FatigueParams, fatigue, median_frequency_hz
from firingorder.signal.metrics.hinge import flexion_relaxation
from firingorder.signal.metrics.level import likeness
from firingorder.signal.metrics.rest import RestParams, gap_time, rest_metrics, rest_tone
from firingorder.signal.metrics.success import (
    Attempt,
    SuccessLimits,
    passed,
    smallest_range_success,
    success_metrics,
)
from firingorder.signal.metrics.tracking import (
    block_levels,
    hold_in_band,
    hold_metric,
    track,
    tracking_metrics,
)
from tests.signal.metrics.people import (
    CHANNELS,
    carrier,
    emg,
    find,
    noise,
    reference,
    repetition,
    task,
)
from tests.signal.planted import Muscle, generator

if TYPE_CHECKING:
    from firingorder.samples import FloatArray

SEED = 551
P, REST = MetricsParams(), RestParams()
BLOCK_S = 0.05
LINE_S = np.array([0.0, 1.0, 5.0, 7.0, 11.0, 12.0])
LINE = np.array([5.0, 5.0, 40.0, 40.0, 5.0, 5.0])


def test_rest_tone_is_covered_and_bounded_by_the_noise_of_the_system() -> None:
    print(f"seed {SEED}")
    found = [
        rest_tone(3.0 * noise(generator(SEED, "tone", k), 10000), 1.0, 1000.0, REST)
        for k in range(200)
    ]
    covered = np.mean([one.low <= 3.0 <= one.high for one in found])
    print(f"rest tone covered {covered:.3f}")
    assert 0.90 <= covered <= 0.99
    x = noise(generator(SEED, "tone", 0), 10000)
    quiet = rest_metrics(
        1.5 * x[:, None],
        CHANNELS[:1],
        reference((100.0,), 1.0, CHANNELS[:1]),
        1000.0,
        system_noise_uv={CHANNELS[0]: 1.0},
    )
    one = find(quiet, "rest_tone", CHANNELS[0])
    assert (one.value, one.gate) == (None, "at_noise_floor")
    assert one.high == pytest.approx(2.0)
    assert rest_tone(np.zeros(10000), 1.0, 1000.0, REST).gate == "poor_contact"
    assert rest_tone(x[:5000], 1.0, 1000.0, REST).gate == "too_short"
    assert rest_tone(np.where(np.arange(10000) == 7, np.nan, x), 1.0, 1000.0, REST).gate == "gap"


def test_gap_time_counts_long_silences_only() -> None:
    """Half of the time in pauses of 0.5 s; another hand that pauses for 0.1 s has no gaps."""
    for period, truth in ((1000, 0.5), (200, 0.0)):
        hits = []
        for k in range(60):
            rng = generator(SEED, f"gaps {period}", k)
            on = np.arange(20000) % period < period // 2
            x = 8.0 * on * carrier(rng, 20000) + noise(rng, 20000)
            found = gap_time(x, 1.0, 150.0, 1000.0, REST)
            hits.append(found.low <= truth <= found.high)
            assert found.value == pytest.approx(truth, abs=0.1)
        print(f"pauses of {period // 2} ms: covered {np.mean(hits):.3f}")
        assert np.mean(hits) >= 0.90
    x = noise(generator(SEED, "gaps", 0), 10000)
    assert gap_time(x, 1.0, 40.0, 1000.0, REST).gate == "at_noise_floor"  # 1 % is 0.4 uV
    assert gap_time(x, 1.0, None, 1000.0, REST).gate == "not_normalised"


def test_percent_of_rest_needs_a_reference() -> None:
    x = 3.0 * noise(generator(SEED, "rest", 0), 10000)[:, None]
    for kind, value, gate in (("none", 100.0, "not_normalised"), (None, 0.0, "bad_reference")):
        person = reference((value,), 1.0, CHANNELS[:1], kind=kind)
        found = rest_metrics(x, CHANNELS[:1], person, 1000.0)
        assert find(found, "rest_tone_percent", CHANNELS[0]).gate == gate
        assert find(found, "rest_tone", CHANNELS[0]).gate is None


def middles_s(n) -> FloatArray:
    return np.asarray((np.arange(n) + 0.5) * BLOCK_S, dtype=np.float64)


def follow(k, *, lag_s=0.2, gain=1.0, offset=0.0, latency_s: float | None = 0.05):
    rng = generator(SEED, "line", k)
    t = np.arange(12000) / 1000.0
    drive = gain * np.interp(t - lag_s, LINE_S, LINE) + offset
    x = drive * carrier(rng, 12000) + noise(rng, 12000)
    level = block_levels(x**2, 1.0, 1000.0, BLOCK_S)
    dof = 1000.0 * BLOCK_S / float(likeness(x[5000:6500, None], 1000.0, P)[0])
    middle = middles_s(len(level))
    found = track(middle, level, LINE_S, LINE, dof, display_latency_s=latency_s)
    off = np.mean(drive.reshape(-1, 250), axis=1) - np.mean(
        np.interp(t, LINE_S, LINE).reshape(-1, 250), axis=1
    )
    return found, 100.0 * float(np.sqrt(np.mean(off**2))) / 40.0


def test_error_and_lag_of_following_a_line_are_covered() -> None:
    print(f"seed {SEED}")
    for gain, offset in ((1.0, 0.0), (0.9, 4.0)):
        rows = [follow(k, gain=gain, offset=offset) for k in range(200)]
        truth = rows[0][1]
        error = np.mean([one.error.low <= truth <= one.error.high for one, _ in rows])
        lag = np.mean([one.lag_s.low <= 0.15 <= one.lag_s.high for one, _ in rows])
        path = np.mean([one.path_ratio.value for one, _ in rows])
        print(
            f"gain {gain}: error {truth:.1f} %, covered {error:.3f}; lag {lag:.3f}; path {path:.3f}"
        )
        assert error >= 0.90
        assert 0.90 <= lag <= 0.995
        assert np.mean([one.lag_s.value for one, _ in rows]) == pytest.approx(0.15, abs=0.02)
        assert path == pytest.approx(gain, abs=0.07)


def test_a_jerky_hand_has_a_longer_path() -> None:
    steady, _ = follow(0)
    middle = middles_s(240)
    jerky = np.interp(middle, LINE_S, LINE) * (1.0 + 0.5 * np.sign(np.sin(2 * np.pi * middle)))
    found = track(middle, jerky, LINE_S, LINE, 17.0, display_latency_s=0.0)
    assert found.path_ratio.low > 1.5 * steady.path_ratio.value


def test_a_line_needs_a_target_a_latency_and_time() -> None:
    found, _ = follow(0, latency_s=None)
    assert found.lag_s.gate == "no_latency"
    assert found.error.gate is None
    middle = middles_s(240)
    flat = track(middle, np.full(240, 20.0), LINE_S, np.full(6, 20.0), 17.0, display_latency_s=0.0)
    assert (flat.lag_s.gate, flat.path_ratio.gate) == ("no_target", "no_target")
    assert flat.error.value == pytest.approx(0.0, abs=3.0)
    none = track(middle, np.full(240, 20.0), LINE_S, np.zeros(6), 17.0, display_latency_s=0.0)
    assert {one.gate for one in tracking_metrics("x", none)} == {"no_target"}
    short = track(middle[:20], np.full(20, 20.0), LINE_S, LINE, 17.0, display_latency_s=0.0)
    assert short.error.gate == "too_short"


def test_time_in_band() -> None:
    level = np.array([50.0] * 30 + [70.0] * 10)
    found = hold_in_band(level, (40.0, 60.0))
    assert found.value == 0.75
    assert found.low < 0.75 < found.high
    assert hold_in_band(level, None).gate == "no_target"
    assert hold_metric("x", level[:2], (40.0, 60.0)).gate == "too_short"


def test_the_slope_of_the_median_frequency_is_covered() -> None:
    """Two muscles cross-fade from 110 to 70 Hz-like spectra; the truth is that of 100 s of each."""
    print(f"seed {SEED}")
    params = FatigueParams()
    fresh, tired = Muscle(low_hz=70, high_hz=140), Muscle(low_hz=45, high_hz=90)
    share = np.linspace(0.0, 1.0, 12000)
    middles = (np.arange(23) * 500 + 500) / 12000
    long_ = [
        carrier(generator(SEED, "long", k), 120_000, one) for k, one in enumerate((fresh, tired))
    ]
    truth_hz = np.array(
        [
            median_frequency_hz(
                (math.sqrt(1 - s) * long_[0] + math.sqrt(s) * long_[1]).reshape(-1, 1000),
                1000.0,
                params,
            ).mean()
            for s in middles
        ]
    )
    slope, start = np.polyfit(np.arange(23) * 0.5 + 0.5, truth_hz, 1)
    truth = 100.0 * slope / start
    hits, flat, values = [], [], []
    for k in range(200):
        rng = generator(SEED, "tiring", k)
        a, b = carrier(rng, 12000, fresh), carrier(rng, 12000, tired)
        x = 30.0 * (np.sqrt(1 - share) * a + np.sqrt(share) * b) + noise(rng, 12000)
        found = fatigue(x, 1.0, 1000.0, isometric=True)
        hits.append(found.frequency_slope.low <= truth <= found.frequency_slope.high)
        flat.append(found.rms_slope.low <= 0.0 <= found.rms_slope.high)
        values.append(found.frequency_slope.value)
    print(
        f"truth {truth:.2f} %/s, mean {np.mean(values):.2f}, covered {np.mean(hits):.3f}, "
        f"RMS {np.mean(flat):.3f}"
    )
    assert 0.90 <= np.mean(hits) <= 0.995
    assert 0.90 <= np.mean(flat) <= 0.995
    assert np.mean(values) == pytest.approx(truth, abs=0.3)
    assert np.mean(np.array(values) < 0.0) > 0.95


def test_a_tone_has_its_own_median_frequency() -> None:
    t = np.arange(1000) / 1000.0
    found = median_frequency_hz(np.sin(2 * np.pi * 87.0 * t)[None, :], 1000.0, FatigueParams())
    assert found[0] == pytest.approx(87.0, abs=1.5)


def test_fatigue_is_refused_where_it_means_nothing() -> None:
    x = 30.0 * carrier(generator(SEED, "fatigue", 0), 9000)
    assert fatigue(x, 1.0, 1000.0, isometric=False).frequency_slope.gate == "not_isometric"
    assert fatigue(x[:7000], 1.0, 1000.0, isometric=True).rms_slope.gate == "too_short"
    assert fatigue(x, 15.0, 1000.0, isometric=True).frequency_slope.gate == "low_snr"
    assert fatigue(x, None, 1000.0, isometric=True).frequency_slope.gate == "no_baseline"


def test_a_long_hold_is_asked_for_fatigue_and_only_if_still() -> None:
    phases = PhaseTimes(1.5, 12.2, None, 2.0, 11.0, 11.2)
    x = emg(generator(SEED, "hold", 0), (40.0,), seconds=13.0, phases=phases)
    still = repetition(x, phases=phases, task=task("CUED_HOLD"), angles_deg=np.zeros((1300, 3)))
    found = find(repetition_metrics(still), "median_frequency_slope", CHANNELS[0])
    assert found.gate is None
    assert found.unit == "%/s"
    moving = repetition(x, phases=phases, task=task("CUED_HOLD"))
    found = find(repetition_metrics(moving), "median_frequency_slope", CHANNELS[0])
    assert found.gate == "not_isometric"


BEND = PhaseTimes(1.5, 8.0, 6.0, 3.5, 5.8, 6.0)


def bend(bottom_uv, trial):
    t = np.arange(9000) / 1000.0
    drive = np.where((t > 1.4) & (t < 8.0), 20.0, 0.0)
    drive = np.where((t >= 3.5) & (t < 5.9), bottom_uv, drive)
    x = emg(
        generator(SEED, f"bend {bottom_uv}", trial),
        (40.0,) * 4 + (drive, drive),
        seconds=9.0,
        phases=BEND,
    )
    data = repetition(x, phases=BEND, task=task("HINGE"), reference=reference(kind="none"))
    return find(repetition_metrics(data), "flexion_relaxation", "left")


def test_the_back_letting_go_needs_no_normalisation() -> None:
    found = [bend(5.0, k) for k in range(40)]
    assert np.mean([one.value for one in found]) == pytest.approx(4.0, rel=0.05)
    assert np.mean([one.low <= 4.0 <= one.high for one in found]) >= 0.85


def test_silence_at_the_bottom_is_more_than_a_bound() -> None:
    found = [bend(0.0, k) for k in range(20)]
    beyond = [one for one in found if one.gate == "beyond_cap"]
    assert len(beyond) >= 17
    assert all(one.value is None and one.low is not None and one.low > 15.0 for one in beyond)
    dead = flexion_relaxation(Amount(0, 0, 1, gate="at_noise_floor"), Amount(5, 4, 6))
    assert dead.gate == "at_noise_floor"


def test_an_impact_has_a_level_before_and_after() -> None:
    phases = PhaseTimes(2.0, 3.1, error_s=0.01)
    t = np.arange(5000) / 1000.0
    drive = np.where((t >= 1.8) & (t < 2.0), 15.0, np.where((t >= 2.0) & (t < 2.6), 45.0, 0.0))
    rows = []
    for k in range(30):
        x = emg(generator(SEED, "impact", k), (drive, drive), seconds=5.0)
        data = repetition(x, phases=phases, task=task("IMPACT", "left"), onsets={})
        rows.append(repetition_metrics(data))
    before = [find(one, "absorb_before", "left").value for one in rows]
    after = [find(one, "absorb_after", "left").value for one in rows]
    assert np.mean(before) == pytest.approx(15.0, rel=0.05)
    assert np.mean(after) == pytest.approx(45.0, rel=0.05)
    settled = find(rows[0], "settle_time")
    assert (settled.value, settled.unit) == (pytest.approx(1.1), "s")


LIMITS = SuccessLimits(40.0, 15.0, 20.0)
GOOD, HIGH, OPEN = Amount(50, 45, 55), Amount(30, 28, 32), Amount(41, 37, 45)
LOW, SILENT = Amount(8, 7, 9), Amount(0, 0, 2, gate="at_noise_floor")


def test_success_is_the_therapists_limits() -> None:
    def one(
        glute=GOOD,
        erector=LOW,
        limits: SuccessLimits | None = LIMITS,
        pain: float | None = 0.0,
        faults=(),
    ):
        return passed((glute,), (erector,), (LOW,), limits, faults=faults, pain_rise=pain)

    assert (one().value, one().low, one().high) == (1.0, 1.0, 1.0)
    assert one(erector=SILENT).value == 1.0
    assert one(erector=HIGH).value == 0.0
    assert one(pain=1.0).value == 0.0
    assert one(faults=("arch_late",)).value == 0.0
    assert one(faults=("tempo",)).value == 1.0
    assert (one(glute=OPEN).value, one(glute=OPEN).low, one(glute=OPEN).high) == (1.0, 0.0, 1.0)
    assert one(limits=None).gate == "no_target"
    assert one(pain=None).gate == "not_measured"
    assert one(glute=SILENT).gate == "at_noise_floor"
    attempts = [Attempt(0.0, one()), Attempt(0.0, one(pain=1.0)), Attempt(0.0, one(pain=None))]
    attempts.append(Attempt(1.0, one()))
    share = smallest_range_success(attempts)
    assert (share.value, share.n) == (0.5, 2)
    assert success_metrics(attempts)[-1].value == 0.5
    assert smallest_range_success([]).gate == "too_few"
