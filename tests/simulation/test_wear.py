"""A sensor that is worn badly measures what a badly worn sensor measures."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.spatial.transform import Rotation

from firingorder.simulation.movement import STANDARD_GRAVITY_M_S2, nominal_mount
from firingorder.simulation.scenarios import ScenarioBody, make_body

SEED = 4


def body_of(options: str) -> ScenarioBody:
    """Return somebody who squats with a sensor worn like that."""
    return make_body(f"squat?person=clean&{options}", seed=SEED, repetitions=8)


def mount_of(body: ScenarioBody) -> Rotation:
    """Return the true mounting."""
    assert body.mount_wxyz is not None
    w, x, y, z = body.mount_wxyz
    return Rotation.from_quat([x, y, z, w])


@pytest.mark.parametrize("mount_deg", [0.0, 25.0, 60.0])
def test_a_turned_sensor_is_turned_by_so_much(mount_deg: float) -> None:
    body = body_of(f"mount={mount_deg:g}")
    error = mount_of(body) * nominal_mount().inv()
    assert np.rad2deg(error.magnitude()) == pytest.approx(mount_deg, abs=1e-6)
    standing = mount_of(body).apply(body.imu(0, 500)[0].mean(axis=0)) / STANDARD_GRAVITY_M_S2
    assert standing == pytest.approx([0.0, 0.0, 1.0], abs=0.12)


def test_a_sensor_upside_down_feels_gravity_the_other_way() -> None:
    down = body_of("imu=upside_down").imu(0, 500)[0].mean(axis=0)
    good = body_of("imu=good").imu(0, 500)[0].mean(axis=0)
    assert good[1] > 9.0
    assert down[1] < -9.0


def test_a_loose_sensor_slips_and_rattles() -> None:
    loose, good = body_of("imu=loose&mount=0"), body_of("mount=0")
    seconds = 90
    a, b = loose.imu(0, 100 * seconds), good.imu(0, 100 * seconds)
    still = np.linalg.norm(b[1], axis=1) < np.deg2rad(3.0)
    noise = np.diff(a[0], axis=0).std() / np.diff(b[0], axis=0).std()
    quiet = np.diff(a[0][:400], axis=0).std() / np.diff(b[0][:400], axis=0).std()
    print(f"noise {noise:.1f} times in movement, {quiet:.2f} times at rest")
    assert noise > 1.8
    assert quiet < 2.5  # a standing person sways

    def up(acc: np.ndarray, at: slice) -> np.ndarray:
        mean = acc[at][still[at]].mean(axis=0)
        return mean / np.linalg.norm(mean)

    early, late = slice(0, 600), slice(100 * seconds - 1500, 100 * seconds)
    slipped = np.rad2deg(np.arccos(up(a[0], late) @ up(b[0], late)))
    before = np.rad2deg(np.arccos(up(a[0], early) @ up(b[0], early)))
    assert before < 0.5
    assert slipped > 2.0


def test_a_saturated_sensor_stops_at_its_range() -> None:
    acc, gyr = body_of("imu=saturated&pace=fast").imu(0, 4000)
    for values in (acc, gyr):
        most = np.abs(values).max()
        assert np.count_nonzero(np.abs(values) == most) > 20


def test_a_frozen_sensor_repeats_itself_in_any_cutting() -> None:
    whole = body_of("imu=frozen").imu(0, 9000)
    same = np.all(np.diff(np.concatenate(whole, axis=1), axis=0) == 0.0, axis=1)
    assert 0.01 < same.mean() < 0.2
    cut, at = body_of("imu=frozen"), 0
    for n in (1, 127, 2000, 13, 6859):
        acc, gyr = cut.imu(at, n)
        assert np.array_equal(acc, whole[0][at : at + n])
        assert np.array_equal(gyr, whole[1][at : at + n])
        at += n


def test_a_jittering_sensor_measures_at_other_instants() -> None:
    jitter, good = body_of("imu=jitter"), body_of("imu=good")
    a, b = jitter.imu(0, 3000)[1], good.imu(0, 3000)[1]
    assert np.abs(a - b).max() > np.deg2rad(0.15)
    assert np.rad2deg(np.abs(a[:500] - b[:500])).max() < 0.8
