"""The light of the pelvis sensor, on simulated ones worn rightly and wrongly."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest
from scipy.spatial.transform import Rotation

from firingorder.signal.signal_check import SignalCheckDesk
from firingorder.signal.signal_check_params import SensorCheckParams, SignalCheckParams
from firingorder.signal.signal_check_sensor import SensorWatch
from firingorder.simulation.movement import nominal_mount
from firingorder.simulation.scenarios import make_body

if TYPE_CHECKING:
    from firingorder.measures import SensorCheck

RATE_HZ = 100.0
SUPINE = (1.0, 0.0, 0.0)
SEED = 201
Samples = tuple[np.ndarray, np.ndarray]


def worn(scenario: str = "rest", seconds: int = 20) -> Samples:
    """Force and rate in the pelvis frame, by the nominal mounting."""
    body = make_body(scenario, seed=SEED, imu_rate_hz=RATE_HZ)
    acc, gyr = body.imu(0, round(seconds * RATE_HZ))
    turn = nominal_mount()
    return turn.apply(acc), turn.apply(gyr)


def watch(
    samples: Samples, *, rate_hz: float = RATE_HZ, until_s: float | None = None
) -> list[SensorCheck]:
    watcher = SensorWatch(SensorCheckParams(), RATE_HZ)
    watcher.up = SUPINE
    acc, gyr = samples
    out: list[SensorCheck] = []
    step = 10
    for k in range(0, len(acc), step):
        watcher.step(k / rate_hz, k, acc[k : k + step], gyr[k : k + step])
        if (k // step) % 10 == 9:
            out.append(watcher.check((k + step) / rate_hz))
    if until_s is not None:
        out.append(watcher.check(until_s))
    return out


def test_a_sensor_worn_as_it_should_be_is_good_and_stays_so_while_people_move() -> None:
    for scenario in ("rest", "bridge"):
        checks = watch(worn(scenario, 60))
        assert {c.light for c in checks[6:]} == {"good"}
        assert checks[-1].instruction == ""
        assert checks[-1].rate_hz == pytest.approx(RATE_HZ)
        assert checks[-1].bias_deg_s is not None


def spoilt(cause: str) -> Samples:
    acc, gyr = worn("bridge" if cause == "moving" else "rest")
    rng = np.random.default_rng(SEED)
    match cause:
        case "upside_down":
            turn = Rotation.from_euler("z", 180.0, degrees=True)
            acc, gyr = turn.apply(acc), turn.apply(gyr)
        case "turned":
            turn = Rotation.from_euler("z", 80.0, degrees=True)
            acc, gyr = turn.apply(acc), turn.apply(gyr)
        case "loose":
            acc = acc + 4.0 * rng.standard_normal(acc.shape)
        case "saturated":
            gyr = gyr.copy()
            gyr[-300:-280, 1] = np.radians(250.0)
        case "bias":
            gyr = gyr + np.radians(9.0)
        case "moving":
            gyr = gyr + np.radians(5.0) * np.sin(np.arange(len(gyr)) / 9.0)[:, None]
        case _:
            raise AssertionError(cause)
    return acc, gyr


@pytest.mark.parametrize("cause", ["upside_down", "turned", "loose", "saturated", "bias", "moving"])
def test_what_is_wrong_with_a_sensor_is_named(cause: str) -> None:
    last = watch(spoilt(cause))[-1]
    assert last.cause == cause
    assert last.light in ("bad", "warn")
    assert last.instruction.endswith(".")
    assert last.instruction.count(". ") == 0


def test_a_sensor_that_stops_is_absent_and_one_that_never_came_too() -> None:
    assert watch(worn(), until_s=24.0)[-1].cause == "absent"
    watcher = SensorWatch(SensorCheckParams(), RATE_HZ)
    assert watcher.check(1.0).light == "unknown"
    assert watcher.check(4.0).light == "bad"


def test_a_rate_that_is_not_the_declared_one_is_told() -> None:
    assert watch(worn(), rate_hz=96.0)[-1].cause == "rate"


def test_lost_samples_are_told() -> None:
    acc, gyr = worn()
    acc = acc.copy()
    acc[::8] = np.nan
    assert watch((acc, gyr))[-1].cause == "rate"


def test_one_knock_is_no_rattling() -> None:
    acc, gyr = worn()
    acc = acc.copy()
    acc[1500:1503] += 20.0
    assert {c.light for c in watch((acc, gyr))[6:]} == {"good"}


def test_without_a_pose_asked_for_nothing_is_said_about_the_mounting() -> None:
    watcher = SensorWatch(SensorCheckParams(), RATE_HZ)
    acc, gyr = spoilt("upside_down")
    for k in range(0, len(acc), 10):
        watcher.step(k / RATE_HZ, k, acc[k : k + 10], gyr[k : k + 10])
        watcher.check(k / RATE_HZ)
    assert watcher.check(20.0).light == "good"


def test_the_desk_shows_the_sensor_only_where_one_is_worn() -> None:
    for sensor in (None, SensorCheckParams()):
        desk = SignalCheckDesk(
            SignalCheckParams(), ("a",), 1000.0, sensor=sensor, imu_rate_hz=RATE_HZ
        )
        desk.expect_up(SUPINE)
        acc, gyr = worn()
        for k in range(0, len(acc), 10):
            desk.imu(k / RATE_HZ, k, acc[k : k + 10], gyr[k : k + 10])
        (finding,) = desk.silent(20.0)
        assert (finding.check.sensor is None) == (sensor is None)
