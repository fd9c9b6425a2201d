"""Trials and their truth, the limit, the peers' scoring, the motor-unit model."""

import numpy as np
import pytest

from benchmarks.accuracy import ours
from benchmarks.accuracy.literature import METHODS, hodges_bui
from benchmarks.accuracy.oracle import oracle_posteriors
from benchmarks.accuracy.scenarios import BY_NAME, LAGS_MS, RESTS
from benchmarks.accuracy.sessions import lorden_bound_ms, make_session
from benchmarks.accuracy.trials import (
    PRIOR_SEED,
    RATE_HZ,
    REPORT_SEED,
    TUNE_SEED,
    make_trial,
    rest_session,
)
from benchmarks.accuracy.tuning import REST, channels, error_ms, false_alarms
from firingorder.simulation.bursts import SHAPES, Shape, rise, time_share
from firingorder.simulation.motor_units import discharges, potentials

SEED = 4102


def test_seeds_of_tuning_earlier_repetitions_and_report_are_apart() -> None:
    assert TUNE_SEED < 10_000 < PRIOR_SEED < REPORT_SEED
    assert REPORT_SEED >= 7_000_000


def test_a_trial_does_not_depend_on_those_drawn_before() -> None:
    scenario = BY_NAME["R1_all"]
    alone = make_trial(scenario, SEED, 5)
    for k in range(3):
        make_trial(scenario, SEED, k)
    again = make_trial(scenario, SEED, 5)
    assert np.array_equal(alone.raw_uv, again.raw_uv)
    assert not np.array_equal(alone.raw_uv, make_trial(scenario, SEED + 1, 5).raw_uv)


def test_a_clean_twin_holds_the_same_emg() -> None:
    scenario = BY_NAME["A3_motion"]
    dirty, clean = make_trial(scenario, SEED, 1), make_trial(scenario, SEED, 1, clean=True)
    assert dirty.onsets_s == clean.onsets_s
    difference = dirty.raw_uv - clean.raw_uv
    assert np.std(difference) > np.std(clean.raw_uv[:1000])
    # Above the band of wander and motion nothing differs.
    power = np.abs(np.fft.rfft(difference[:, 0] * np.hanning(len(difference)))) ** 2
    f = np.fft.rfftfreq(len(difference), 1 / RATE_HZ)
    assert np.sum(power[f > 60.0]) < 1e-3 * np.sum(power)


@pytest.mark.parametrize("name", ["G4_100ms_20dB", "X6", "A6_double", "M1_mu50"])
def test_before_the_true_onset_there_is_rest_and_after_it_there_is_not(name: str) -> None:
    for k in range(4):
        trial = make_trial(BY_NAME[name], SEED, k)
        assert 1e3 * (trial.onsets_s[1] - trial.onsets_s[0]) == pytest.approx(
            LAGS_MS[k % len(LAGS_MS)]
        )
        for c in range(2):
            # A potential begins half its length before its discharge: 15 ms are enough.
            at = round((trial.onsets_s[c] - 0.015) * RATE_HZ)
            rest = trial.raw_uv[at - 1000 : at, c]
            after = trial.raw_uv[at + 15 : at + 315, c]
            assert np.std(rest) == pytest.approx(2.0, rel=0.2)
            assert np.std(after) > 1.5 * np.std(rest)
            assert trial.drives_s[c] < trial.onsets_s[c] < trial.offsets_s[c]


def test_a_session_of_rest_has_no_burst_and_a_session_has_all() -> None:
    clean = rest_session(RESTS[0], SEED, 0, 20.0)
    blocks = np.std(clean.reshape(20, 1000, 2), axis=1)
    assert np.max(blocks) < 1.4 * np.min(blocks)
    session = make_session(BY_NAME["G4_100ms_20dB"], 0, 3)
    assert session.onsets_s.shape == (3, 2)
    for onset_s in session.onsets_s[:, 0].tolist():
        at = round(onset_s * RATE_HZ)
        before, after = session.raw_uv[at - 300 : at, 0], session.raw_uv[at + 150 : at + 450, 0]
        assert np.std(after) > 5.0 * np.std(before)


def test_the_limit_beats_a_misset_threshold_and_covers() -> None:
    scenario = BY_NAME["G3_50ms_12dB"]
    rows = oracle_posteriors(scenario.a, [(scenario.name, 0)], 12, rise_known=True).answers()
    limit = np.mean([abs(x.error_ms) for x in rows])
    inside = np.mean([x.ends_ms[0] <= 0.0 <= x.ends_ms[1] for x in rows])
    late = []
    for k in range(12):
        x, truth_s = channels(make_trial(scenario, REPORT_SEED, k), "bp")[0]
        late.append(abs(error_ms(hodges_bui(x, REST, 12.0), truth_s)))
    print(f"limit {limit:.1f} ms, misset threshold {np.nanmean(late):.1f} ms")
    assert limit < 6.0
    assert inside >= 0.75
    assert np.nanmean(late) > 2.0 * limit


def test_detections_are_counted_where_they_lie() -> None:
    found = np.array([150.0, 1500.0, 1990.0, 2300.0])
    assert error_ms(found, 2.0) == pytest.approx(-10.0)
    assert false_alarms(found, 2.0) == 2
    assert np.isnan(error_ms(np.array([1600.0, 2500.0]), 2.0))


def test_every_written_out_method_finds_a_clear_burst() -> None:
    bursts = [channels(make_trial(BY_NAME["G1_step20_20dB"], SEED, k), "bp")[0] for k in range(7)]
    for name, (detect, thresholds) in METHODS.items():
        errors = [error_ms(np.sort(detect(x, REST, thresholds[-1])), t_s) for x, t_s in bursts]
        assert abs(np.nanmedian(errors)) < 40.0, f"{name}: {errors} ms"


def test_the_bound_grows_with_rise_and_with_fewer_false_alarms() -> None:
    """8, 28 and 44 ms at one false alarm a minute were computed elsewhere for G1, G3 and G5."""
    muscles = [BY_NAME[n].a for n in ("G1_step20_20dB", "G3_50ms_12dB", "G5_100ms_12dB")]
    bounds = [lorden_bound_ms(m, 1.0) for m in muscles]
    assert bounds == pytest.approx([8.0, 28.0, 44.0], abs=2.0)
    assert lorden_bound_ms(muscles[2], 0.01) > bounds[2]


def test_ours_finds_a_clear_burst_through_the_adapter() -> None:
    trial = make_trial(BY_NAME["G4_100ms_20dB"], SEED, 1)
    for result, truth_s in zip(
        ours.onsets_of(trial, ours.condition(trial.raw_uv)), trial.onsets_s, strict=True
    ):
        assert result.posterior is not None
        assert abs(result.posterior.quantile(0.5) - truth_s) < 0.030


def test_motor_units_are_recruited_by_size_and_begin_after_the_drive() -> None:
    firsts = []
    for rise_s in (0.05, 0.15, 0.30):
        rng = np.random.default_rng(SEED)
        bursts = [discharges(rng, rise_s, 1.0, 0.12) for _ in range(12)]
        firsts.append(1e3 * np.mean([b.first_s for b in bursts]))
        for b in bursts:
            early = b.amplitude[b.times_s < np.quantile(b.times_s, 0.02)]
            assert np.mean(early) < np.mean(b.amplitude)
            assert 1.0 < b.last_s < 1.2 + rise_s
    print(f"first discharge after {np.round(firsts, 1)} ms")
    # Simulated elsewhere with one pool: 5, 11 and 21 ms.
    assert firsts == sorted(firsts)
    assert firsts == pytest.approx([5.0, 11.0, 21.0], rel=0.35)


def test_a_smooth_drive_recruits_later_than_a_straight_one() -> None:
    """A quarter of the growth of half a cosine lies in the first third of its time."""
    counts = {}
    for shape in ("linear", "cosine"):
        rng = np.random.default_rng(SEED)
        bursts = [discharges(rng, 0.3, 1.0, 0.12, shape=shape) for _ in range(12)]
        times_s = np.concatenate([b.times_s for b in bursts])
        counts[shape] = [np.sum((times_s >= t) & (times_s < t + 0.1)) for t in (0.0, 0.1, 0.2)]
        counts[shape].append(1e3 * np.mean([b.first_s for b in bursts]))
    print(f"discharges in thirds of the rise, first discharge (ms): {counts}")
    assert counts["cosine"][0] < 0.8 * counts["linear"][0]
    # The share at which the first unit is recruited is passed at its root under a smooth foot.
    assert counts["cosine"][3] > 1.8 * counts["linear"][3]


@pytest.mark.parametrize("shape", SHAPES)
def test_time_share_is_the_inverse_of_the_rise(shape: Shape) -> None:
    for grown in (0.0, 0.03, 0.5, 0.97, 1.0):
        found = float(rise(np.asarray(time_share(grown, shape)), shape))
        assert found == pytest.approx(grown, abs=1e-9)


def test_potentials_begin_at_the_first_discharge() -> None:
    burst = discharges(np.random.default_rng(SEED), 0.1, 0.5, 0.1)
    x = potentials(burst, 0.5, 1500, RATE_HZ)
    first = 0.5 + burst.first_s
    assert np.max(np.abs(x[: round((first - 0.015) * RATE_HZ)])) < 1e-3 * np.max(np.abs(x))
    assert np.std(x[round((first + 0.15) * RATE_HZ) : round((first + 0.4) * RATE_HZ)]) > 0.0
