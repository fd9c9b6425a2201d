"""Slow bridges set the movement threshold; standing still, wriggling or arching does not."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from firingorder.calibration.take import ImuTrace
from firingorder.calibration.threshold import ThresholdParams, ThresholdResult, measure_bridges
from firingorder.signal.orientation import Orientation, OrientationParams, Quaternion
from firingorder.simulation.movement import NOMINAL_MOUNT_WXYZ, Movement, Pelvis, SacrumSensor

RATE_HZ, BEGIN_S, LASTS_S = 104.0, 6.0, 26.0


def bridges(
    tilt_deg: float = -25.0, up_s: float = 2.0, rest_s: float = 2.0
) -> tuple[Movement, ...]:
    out: list[Movement] = []
    at_s = BEGIN_S + 3.0
    for _ in range(3):
        out.append(Movement(at_s, at_s + up_s, at_s + up_s + 0.3, at_s + 2 * up_s + 0.3, tilt_deg))
        at_s += 2.0 * up_s + 0.3 + rest_s
    return tuple(out)


def measured(
    movements: tuple[Movement, ...], seed: int = 1, *, used: Quaternion | None = None,
    still_deg_s: float = 0.1, wobble_rad_s: float = 0.0,
) -> tuple[ThresholdResult, SacrumSensor]:  # fmt: skip
    """Bridges as the sensor and the orientation filter see them, judged with the true mounting."""
    worn = SacrumSensor(Pelvis(movements, seed), seed=seed, rate_hz=RATE_HZ)
    used = used or NOMINAL_MOUNT_WXYZ
    filtered = Orientation(OrientationParams(), RATE_HZ, used)
    n = round((BEGIN_S + LASTS_S) * RATE_HZ)
    acc, gyr = worn.read(0, n)
    t_s = np.arange(n) / RATE_HZ
    gyr = gyr + wobble_rad_s * np.sin(2.0 * np.pi * 1.5 * t_s)[:, None]
    poses = [filtered.step(k, acc[k], gyr[k]) for k in range(n)]
    first = round(BEGIN_S * RATE_HZ)
    bias = gyr[:first].mean(axis=0)
    trace = ImuTrace(
        t_s[first:], acc[first:], gyr[first:],
        np.array([one.quat_wxyz for one in poses[first:]]),
        np.array([one.rate_deg_s for one in poses[first:]]),
    )  # fmt: skip
    found = measure_bridges(
        trace, used_mount=used, mount=worn.mount_wxyz,
        bias_rad_s=(float(bias[0]), float(bias[1]), float(bias[2])), still_deg_s=still_deg_s,
    )  # fmt: skip
    return found, worn


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_three_bridges_give_range_and_rate_as_planted(seed: int) -> None:
    found, _ = measured(bridges(-25.0), seed)
    print(f"seed {seed}: {found}")
    assert found.lifts == 3
    assert found.reasons == ()
    assert found.threshold_deg_s == ThresholdParams().lift.start_deg_s
    assert found.range_deg == pytest.approx(25.0, abs=1.5)
    assert found.peak_deg_s == pytest.approx(1.875 * 25.0 / 2.0, rel=0.1)  # minimum jerk


def test_a_restless_pelvis_gets_a_higher_threshold() -> None:
    found, _ = measured(bridges(), still_deg_s=2.5)
    assert found.threshold_deg_s == pytest.approx(7.5)


def test_a_sensor_used_with_another_mounting_is_judged_with_the_found_one() -> None:
    """The poses came with an identity mounting, a quarter turn and more away from the truth."""
    found, _ = measured(bridges(), used=(1.0, 0.0, 0.0, 0.0))
    assert found.lifts == 3
    assert found.range_deg == pytest.approx(25.0, abs=1.5)


@pytest.mark.parametrize(
    ("movements", "cause"),
    [
        ((), "no_movement"),
        (bridges(25.0), "other_way"),
        (bridges(-5.5), "few_lifts"),
        (bridges()[:1], "few_lifts"),
    ],
)
def test_what_are_no_bridges_is_refused(movements: tuple[Movement, ...], cause: str) -> None:
    found, _ = measured(movements)
    assert [(one.cause, one.gravity) for one in found.reasons] == [(cause, "step")]
    assert found.threshold_deg_s is None


def test_a_pelvis_that_is_never_still_is_refused() -> None:
    found, _ = measured(bridges(), wobble_rad_s=0.15)
    assert [one.cause for one in found.reasons] == ["never_still"]


def test_bridges_too_slow_to_tell_from_lying_are_kept_with_a_word() -> None:
    found, _ = measured(bridges(-10.0, up_s=3.0, rest_s=0.5), still_deg_s=0.1)
    assert [(one.cause, one.gravity) for one in found.reasons] == [("too_slow", "note")]
    assert found.threshold_deg_s is not None


def test_without_a_sensor_or_its_samples_there_is_no_threshold() -> None:
    one: Quaternion = (1.0, 0.0, 0.0, 0.0)
    nothing = measure_bridges(None, used_mount=one, mount=one, bias_rad_s=None, still_deg_s=None)
    assert nothing.reasons[0].cause == "sensor_missing"
    empty = ImuTrace(np.zeros(0), np.zeros((0, 3)), np.zeros((0, 3)), np.zeros((0, 4)),
                     np.zeros((0, 3)))  # fmt: skip
    silent = measure_bridges(empty, used_mount=one, mount=one, bias_rad_s=None, still_deg_s=None)
    assert silent.reasons[0].cause == "sensor_silent"
    assert replace(silent, lifts=0) == silent
