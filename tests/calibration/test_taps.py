"""The tap test finds a planted offset within what it says of itself, and refuses without taps."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

import numpy as np
import pytest

from firingorder.calibration.taps import TapParams, TapResult, tap_offset
from firingorder.simulation.scenarios import ScenarioBody, make_body
from firingorder.simulation.twins.pelvis_sensor import PelvisSensor

if TYPE_CHECKING:
    from firingorder.samples import FloatArray

THREE = ("gluteus_maximus_left", "hamstring_left", "erector_spinae_left")
FROM_S, TO_S = 11.5, 16.5
SEEDS = range(1, 16)


@dataclass
class Signals:
    """What both devices saw of one person, each in its own time but for the same axis."""

    emg_t_s: FloatArray
    emg: FloatArray
    imu_t_s: FloatArray
    acc: FloatArray
    body: ScenarioBody

    def test(self, planted_s: float = 0.0) -> TapResult:
        return tap_offset(self.emg_t_s, self.emg, self.imu_t_s - planted_s, self.acc)


def signals(
    seed: int, *, scenario: str = "taps", emg_step: int = 1, imu_rate_hz: float = 60.0
) -> Signals:
    body, emg = worn(seed, scenario)
    rows = np.arange(len(emg)) + round(1000 * FROM_S)
    sensor = PelvisSensor(body, seed=seed + 7, period_s=1.0 / imu_rate_hz)
    phase_s = np.random.default_rng(seed).uniform(0.0, 1.0 / imu_rate_hz)
    imu_t_s = np.arange(FROM_S + phase_s, TO_S, 1.0 / imu_rate_hz)
    acc, _ = sensor.measure(imu_t_s)
    return Signals(rows[::emg_step] / 1000.0, emg[::emg_step].copy(), imu_t_s, acc, body)


@cache
def worn(seed: int, scenario: str) -> tuple[ScenarioBody, FloatArray]:
    body = make_body(scenario, seed=seed, imu_rate_hz=None, channels=THREE, repetitions=2)
    return body, body.emg_uv(round(1000 * FROM_S), round(1000 * (TO_S - FROM_S)))


@pytest.mark.parametrize(
    ("imu_rate_hz", "emg_step", "worst_ms", "least"),
    [(60.0, 1, 6.0, 13), (50.0, 1, 8.0, 11), (60.0, 4, 6.0, 13)],
)
def test_a_planted_offset_is_found_within_the_uncertainty(
    imu_rate_hz: float, emg_step: int, worst_ms: float, least: int
) -> None:
    planted_s = 0.017
    errors_ms: list[float] = []
    for seed in SEEDS:
        one = signals(seed, emg_step=emg_step, imu_rate_hz=imu_rate_hz)
        result = one.test(planted_s)
        print(f"seed {seed}: {result.sentence}")
        if result.offset_s is None or result.uncertainty_s is None:
            assert result.reason is not None
            assert "too much" in result.reason
            continue
        error_ms = 1e3 * (result.offset_s - planted_s)
        assert abs(error_ms) <= 1e3 * result.uncertainty_s
        errors_ms.append(error_ms)
    print(f"error {np.mean(errors_ms):.2f} ms, sd {np.std(errors_ms):.2f} ms, n {len(errors_ms)}")
    assert len(errors_ms) >= least
    assert np.abs(errors_ms).max() <= worst_ms
    assert abs(np.mean(errors_ms)) <= 2.0


@pytest.mark.parametrize("scenario", ["rest", "bridge"])
@pytest.mark.parametrize("seed", [1, 2, 3])
def test_without_taps_there_is_no_offset(scenario: str, seed: int) -> None:
    result = signals(seed, scenario=scenario).test()
    print(result.sentence)
    assert result.offset_s is None
    assert "felt no tap" in result.sentence


def test_taps_that_only_the_sensor_felt_are_refused() -> None:
    tapped, still = signals(4), signals(4, scenario="rest")
    result = tap_offset(still.emg_t_s, still.emg, tapped.imu_t_s, tapped.acc)
    print(result.sentence)
    assert result.offset_s is None
    assert "felt 0 of them" in result.sentence


def test_taps_that_contradict_each_other_are_refused() -> None:
    one = signals(5)
    late = one.body.taps
    assert late is not None
    middle_s = 0.5 * (late.at_s[1] + late.at_s[2])
    stretched = np.where(one.imu_t_s > middle_s, one.imu_t_s + 0.060, one.imu_t_s)
    result = tap_offset(one.emg_t_s, one.emg, stretched, one.acc)
    print(result.sentence)
    assert result.offset_s is None
    assert "contradict" in result.sentence


def test_two_taps_are_too_few() -> None:
    one = signals(6)
    assert one.body.taps is not None
    until = one.imu_t_s < one.body.taps.at_s[2] - 0.2
    result = tap_offset(one.emg_t_s, one.emg, one.imu_t_s[until], one.acc[until])
    print(result.sentence)
    assert result.offset_s is None
    assert result.taps == 2


def test_an_offset_that_no_clock_has_is_no_offset() -> None:
    result = signals(7).test(2.0 * TapParams().most_offset_s)
    print(result.sentence)
    assert result.offset_s is None


@pytest.mark.parametrize("n", [0, 1, 2, 5])
def test_hardly_any_samples_are_no_error(n: int) -> None:
    t_s = np.arange(n) / 100.0
    result = tap_offset(t_s, np.zeros((n, 2)), t_s, np.full((n, 3), np.nan))
    assert result.offset_s is None


def test_missing_samples_hide_a_tap_but_do_no_harm() -> None:
    one = signals(8)
    assert one.body.taps is not None
    gone = np.abs(one.emg_t_s - one.body.taps.at_s[0]) < 0.05
    one.emg[gone] = np.nan
    result = one.test()
    print(result.sentence)
    assert result.offset_s is None
    assert result.taps == 2
