"""Pelvis angles against known rotations, with bias, gaps and a mounted sensor."""

from __future__ import annotations

import math

import numpy as np
import pytest
from scipy.spatial.transform import Rotation

from firingorder.signal.orientation import (
    IDENTITY,
    Orientation,
    OrientationParams,
    Pose,
    Quaternion,
    mean_pose,
    pelvis_angles_deg,
    rotation_matrix,
)

RATE_HZ = 100.0
GRAVITY = 9.80665


def wxyz(rotation: Rotation) -> Quaternion:
    x, y, z, w = rotation.as_quat().tolist()
    return (w, x, y, z)


def supine(tilt_deg: float) -> Rotation:
    """Pelvis to world: x looks at the ceiling; tilt turns about the pelvis' own y."""
    return Rotation.from_euler("y", -90.0, degrees=True) * Rotation.from_euler(
        "y", tilt_deg, degrees=True
    )


def sensed(
    poses: list[Rotation], mount: Rotation, bias_rad_s: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """What a sensor feels: mount turns sensor axes into the pelvis frame."""
    acc, gyr = [], []
    for k, pose in enumerate(poses):
        step = pose.inv() * poses[k + 1] if k + 1 < len(poses) else Rotation.identity()
        before = poses[k - 1].inv() * pose if k else step
        gyr.append(mount.inv().apply(0.5 * (step.as_rotvec() + before.as_rotvec()) * RATE_HZ))
        acc.append(mount.inv().apply(pose.inv().apply([0.0, 0.0, GRAVITY])))
    return np.array(acc), np.array(gyr) + bias_rad_s


def follow(
    acc: np.ndarray, gyr: np.ndarray, mount: Quaternion, skip: range = range(0)
) -> dict[int, Pose]:
    orientation = Orientation(OrientationParams(), RATE_HZ, mount)
    return {k: orientation.step(k, acc[k], gyr[k]) for k in range(len(acc)) if k not in skip}


@pytest.mark.parametrize(
    ("axis", "place", "name"), [("y", 0, "tilt"), ("x", 1, "obliquity"), ("z", 2, "rotation")]
)
@pytest.mark.parametrize("angle_deg", [-35.0, 20.0, 120.0])
def test_each_angle_is_the_turn_about_its_axis(
    axis: str, place: int, name: str, angle_deg: float
) -> None:
    start = Rotation.from_euler("xyz", [10.0, -80.0, 40.0], degrees=True)
    now = start * Rotation.from_euler(axis, angle_deg, degrees=True)
    angles = pelvis_angles_deg(wxyz(start), wxyz(now))
    assert angles[place] == pytest.approx(angle_deg, abs=1e-6), name
    assert [a for k, a in enumerate(angles) if k != place] == pytest.approx([0.0, 0.0], abs=1e-6)


def test_the_signs_are_those_of_the_pelvis_frame() -> None:
    """Anterior tilt brings the spine forward, obliquity lifts the left, rotation turns left."""
    forward, left, up = np.eye(3)

    def turned(axis: str, v: np.ndarray) -> np.ndarray:
        q = wxyz(Rotation.from_euler(axis, 10.0, degrees=True))
        return rotation_matrix(q) @ v

    assert turned("y", up) @ forward > 0.1
    assert turned("x", left) @ up > 0.1
    assert turned("z", forward) @ left > 0.1


@pytest.mark.parametrize("bias_deg_s", [0.0, 1.0, 3.0])
def test_a_lift_is_measured_through_any_mounting_and_bias(bias_deg_s: float) -> None:
    tilt = np.concatenate([np.zeros(400), -20.0 * (1 - np.cos(np.linspace(0, np.pi, 200))) / 2])
    mount = Rotation.from_euler("xyz", [8.0, 95.0, -170.0], degrees=True)
    acc, gyr = sensed([supine(a) for a in tilt], mount, np.radians([bias_deg_s, -bias_deg_s, 0.5]))
    poses = follow(acc, gyr, wxyz(mount))
    angles = pelvis_angles_deg(poses[390].quat_wxyz, poses[599].quat_wxyz)
    assert angles[0] == pytest.approx(-20.0, abs=0.3)
    assert angles[1:] == pytest.approx((0.0, 0.0), abs=0.3)
    assert max(poses[k].rate_norm_deg_s for k in range(320, 390)) < 0.1


def test_the_bias_is_learnt_from_rest_and_not_from_a_turn() -> None:
    acc = np.tile([GRAVITY, 0.0, 0.0], (600, 1))
    still = np.tile(np.radians([1.0, -2.0, 0.5]), (600, 1))
    orientation = Orientation(OrientationParams(), RATE_HZ, IDENTITY)
    restarts = [k for k in range(600) if orientation.step(k, acc[k], still[k]).restarted]
    assert restarts == [0, 299]
    assert orientation.bias_deg_s == pytest.approx((1.0, -2.0, 0.5))
    turning = Orientation(OrientationParams(), RATE_HZ, IDENTITY)
    for k in range(600):
        turning.step(k, acc[k], np.radians([10.0, 0.0, 0.0]))
    assert turning.bias_deg_s is None


@pytest.mark.parametrize(("missing", "restarts"), [(8, False), (25, False), (40, True)])
def test_a_short_gap_is_bridged_and_a_long_one_restarts(missing: int, *, restarts: bool) -> None:
    tilt = np.concatenate([np.zeros(400), -20.0 * (1 - np.cos(np.linspace(0, np.pi, 200))) / 2])
    acc, gyr = sensed([supine(a) for a in tilt], Rotation.identity(), np.zeros(3))
    gap = range(480, 480 + missing)
    poses = follow(acc, gyr, IDENTITY, gap)
    assert poses[gap.stop].restarted is restarts
    if not restarts:
        angles = pelvis_angles_deg(poses[390].quat_wxyz, poses[599].quat_wxyz)
        assert angles[0] == pytest.approx(-20.0, abs=0.5)


@pytest.mark.parametrize("size_deg", [60.0, 90.0, 120.0])
def test_a_deep_hinge_is_followed_through_its_whole_way(size_deg: float) -> None:
    """Swing and twist have no gimbal lock: no angle jumps, and the others stay where they are."""
    u = np.linspace(0.0, 1.0, 300)
    tilt = np.concatenate([np.zeros(400), size_deg * u**3 * (10 - 15 * u + 6 * u**2)])
    lean = Rotation.from_euler("xz", [4.0, 3.0], degrees=True)
    poses = [Rotation.from_euler("y", a, degrees=True) for a in tilt]
    acc, gyr = sensed([lean * pose for pose in poses], Rotation.identity(), np.zeros(3))
    followed = follow(acc, gyr, IDENTITY)
    start = followed[390].quat_wxyz
    angles = np.array([pelvis_angles_deg(start, followed[k].quat_wxyz) for k in range(390, 700)])
    assert angles[-1] == pytest.approx([size_deg, 0.0, 0.0], abs=0.5)
    assert np.abs(angles[:, 1:]).max() < 0.5
    assert np.abs(np.diff(angles[:, 0])).max() < 1.3 * np.diff(tilt).max() + 0.05


def test_relative_angles_do_not_depend_on_the_heading() -> None:
    start = Rotation.from_euler("xyz", [10.0, -80.0, 40.0], degrees=True)
    now = start * Rotation.from_rotvec(np.radians([4.0, -25.0, 3.0]))
    expected = pelvis_angles_deg(wxyz(start), wxyz(now))
    for heading in (30.0, 135.0, -90.0):
        turn = Rotation.from_euler("z", heading, degrees=True)
        assert pelvis_angles_deg(wxyz(turn * start), wxyz(turn * now)) == pytest.approx(expected)
        # A heading that drifts in between does change them: that is what the error is for.
        assert pelvis_angles_deg(wxyz(start), wxyz(turn * now)) != pytest.approx(expected, abs=1.0)


def test_the_mean_of_poses_ignores_the_sign_of_a_quaternion() -> None:
    q = wxyz(Rotation.from_euler("y", 30.0, degrees=True))
    minus = (-q[0], -q[1], -q[2], -q[3])
    mean = mean_pose([q, minus, q])
    assert mean == pytest.approx(q)
    assert math.isclose(sum(c * c for c in mean), 1.0)
