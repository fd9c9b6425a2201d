"""The inertial sensor measures what the pelvis does, in the frame that the project says."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.spatial.transform import Rotation

from firingorder.simulation.movement import (
    NOMINAL_MOUNT_WXYZ,
    STANDARD_GRAVITY_M_S2,
    Movement,
    Pelvis,
    SacrumSensor,
    minimum_jerk,
    nominal_mount,
    progress,
)

SEED = 77
BRIDGE = Movement(6.0, 7.2, 9.2, 10.4, tilt_deg=-25.0, obliquity_deg=3.0, rotation_deg=-2.0)
RATE_HZ = 100.0


def test_nominal_mount_is_that_of_the_hardware_page() -> None:
    mount = nominal_mount()
    # pelvis x = -z, y = -x, z = y of the sensor
    assert np.allclose(mount.apply([0.0, 0.0, -1.0]), [1.0, 0.0, 0.0])
    assert np.allclose(mount.apply([-1.0, 0.0, 0.0]), [0.0, 1.0, 0.0])
    assert np.allclose(mount.apply([0.0, 1.0, 0.0]), [0.0, 0.0, 1.0])
    assert tuple(round(16384 * v) for v in NOMINAL_MOUNT_WXYZ) == (8192, 8192, -8192, -8192)


def test_minimum_jerk_starts_and_ends_at_rest() -> None:
    u = np.linspace(0.0, 1.0, 10_001)
    x = minimum_jerk(u)
    speed = np.gradient(x, u)
    assert x[0] == 0.0
    assert x[-1] == pytest.approx(1.0)
    assert speed[0] == pytest.approx(0.0, abs=1e-3)
    assert speed.max() == pytest.approx(1.875, abs=1e-3)  # Flash & Hogan


def test_progress_is_zero_before_and_after_and_one_at_the_top() -> None:
    p = progress(BRIDGE, np.array([0.0, 6.0, 7.2, 8.0, 9.2, 10.4, 20.0]))
    assert np.allclose(p, [0.0, 0.0, 1.0, 1.0, 1.0, 0.0, 0.0])


def test_supine_gravity_pushes_along_the_front() -> None:
    force, rate = Pelvis((), SEED).motion(np.arange(500) / RATE_HZ)
    assert force.mean(axis=0) == pytest.approx([STANDARD_GRAVITY_M_S2, 0.0, 0.0], abs=0.15)
    assert np.abs(np.rad2deg(rate)).max() < 1.5


def test_hips_that_rise_tilt_negatively_and_gravity_turns_toward_the_head() -> None:
    pelvis = Pelvis((BRIDGE,), SEED)
    t_s = np.arange(1100) / RATE_HZ
    angles = pelvis.rotation_deg(t_s)
    top = (t_s > 7.4) & (t_s < 9.0)
    assert angles[top, 1].mean() == pytest.approx(-25.0, abs=0.6)
    assert angles[top, 0].mean() == pytest.approx(3.0, abs=0.3)
    force, rate = pelvis.motion(t_s)
    lifting = (t_s > 6.4) & (t_s < 6.8)
    assert np.rad2deg(rate[lifting, 1]).mean() < -15.0
    # The front tips back toward the head, so "up" gains a part along -z (toward the feet).
    assert force[top, 2].mean() / STANDARD_GRAVITY_M_S2 == pytest.approx(
        -np.sin(np.deg2rad(25.0)), abs=0.03
    )


def test_integrated_rate_agrees_with_gravity() -> None:
    """Turning the start pose by the gyroscope's integral gives the gravity measured at the top."""
    pelvis = Pelvis((BRIDGE,), SEED)
    step_s = 1.0 / 400.0
    t_s = np.arange(0.0, 11.0, step_s)
    force, rate = pelvis.motion(t_s)
    pose = pelvis.pose(t_s[:1])[0]
    worst_deg = 0.0
    for k in range(t_s.size - 1):
        pose = pose * Rotation.from_rotvec(0.5 * (rate[k] + rate[k + 1]) * step_s)
        still = t_s[k] < 5.8 or 7.4 < t_s[k] < 9.0 or t_s[k] > 10.6
        if still and k % 20 == 0:
            up = pose.inv().apply([0.0, 0.0, 1.0])
            measured = force[k + 1] / np.linalg.norm(force[k + 1])
            angle = np.rad2deg(np.arccos(np.clip(up @ measured, -1.0, 1.0)))
            worst_deg = max(worst_deg, float(angle))
    print(f"worst difference {worst_deg:.3f} degrees")
    assert worst_deg < 0.15


def test_hips_accelerate_upward_at_the_start_of_the_lift() -> None:
    pelvis = Pelvis((BRIDGE,), SEED)
    t_s = np.arange(5.0, 7.3, 0.01)
    force, _ = pelvis.motion(t_s)
    world = pelvis.pose(t_s).apply(force) - np.array([0.0, 0.0, STANDARD_GRAVITY_M_S2])
    early = (t_s > 6.1) & (t_s < 6.4)
    late = (t_s > 6.8) & (t_s < 7.1)
    assert world[early, 2].mean() > 0.2
    assert world[late, 2].mean() < -0.2


def test_sensor_is_mounted_within_ten_degrees_and_biased_within_bounds() -> None:
    for seed in range(20):
        sensor = SacrumSensor(Pelvis((), seed), seed=seed, rate_hz=RATE_HZ)
        w, x, y, z = sensor.mount_wxyz
        true = Rotation.from_quat([x, y, z, w])
        assert np.rad2deg((true * nominal_mount().inv()).magnitude()) <= 10.0
        acc, gyr = sensor.read(0, 500)
        pelvis_acc = true.apply(acc.mean(axis=0)) / STANDARD_GRAVITY_M_S2
        assert pelvis_acc == pytest.approx([1.0, 0.0, 0.0], abs=0.05)
        assert np.abs(np.rad2deg(gyr.mean(axis=0))).max() < 1.3
        assert 0.02 < np.rad2deg(np.diff(gyr, axis=0).std()) / np.sqrt(2.0) < 0.1


def test_any_cutting_gives_the_same_bits() -> None:
    whole = SacrumSensor(Pelvis((BRIDGE,), SEED), seed=SEED, rate_hz=RATE_HZ).read(0, 1200)
    cut = SacrumSensor(Pelvis((BRIDGE,), SEED), seed=SEED, rate_hz=RATE_HZ)
    at = 0
    for n in (1, 5, 300, 7, 887):
        acc, gyr = cut.read(at, n)
        assert np.array_equal(acc, whole[0][at : at + n])
        assert np.array_equal(gyr, whole[1][at : at + n])
        at += n
