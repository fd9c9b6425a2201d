"""The sensor's own faults are seen, and a good sensor is not accused."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np
import pytest
from scipy.spatial.transform import Rotation

from benchmarks.movement.angles_person import Person, wxyz
from firingorder.signal.orientation import (
    IDENTITY,
    Orientation,
    OrientationParams,
    Pose,
    angle_between_deg,
    vertical,
)
from firingorder.signal.reference import PersonalReference
from firingorder.signal.sensor_state import SensorState, at_limit

if TYPE_CHECKING:
    from tests.conftest import DataFolder

RATE = 100.0
GRAVITY = 9.80665


def run(
    acc: np.ndarray,
    gyr: np.ndarray,
    *,
    rate_hz: float = RATE,
    true_hz: float = RATE,
    block: int = 2,
    orientation: Orientation | None = None,
    late_s: dict[int, float] | None = None,
) -> tuple[list[Pose], Orientation]:
    """Step through blocks whose stamps come from the true rate."""
    one = orientation or Orientation(OrientationParams(), rate_hz, IDENTITY)
    poses: list[Pose] = []
    late = 0.0
    for k in range(0, len(acc), block):
        late += (late_s or {}).get(k, 0.0)
        one.watch(k, k / true_hz + late, acc[k : k + block], gyr[k : k + block])
        poses += [one.step(k + i, acc[k + i], gyr[k + i]) for i in range(len(acc[k : k + block]))]
    return poses, one


def still(seconds: float, seed: int = 1) -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(seed)
    n = round(seconds * RATE)
    acc = np.array([GRAVITY, 0.0, 0.0]) + 0.01 * rng.standard_normal((n, 3))
    return acc, np.radians(0.05) * rng.standard_normal((n, 3))


def person_moving(seconds: float = 0.0) -> tuple[np.ndarray, np.ndarray]:
    person = Person(2, Rotation.identity())
    acc, gyr = person.moves("bridge")
    rest = still(5.0 + seconds)
    rest[1][:] += person.gyr_bias
    return np.concatenate([rest[0], acc]), np.concatenate([rest[1], gyr])


def test_a_good_sensor_has_no_fault() -> None:
    _, one = run(*person_moving(10.0))
    state = one.state()
    faults = (state.rate_wrong, state.time_jumped, state.saturated, state.loose)
    assert not any((*faults, state.gravity_wrong, state.bias_wrong, state.restless))
    assert state.rate_hz == pytest.approx(100.0, rel=1e-3)


@pytest.mark.parametrize("block", [1, 2, 7, 100])
@pytest.mark.parametrize(("true_hz", "wrong"), [(100.0, False), (95.0, False), (80.0, True)])
def test_the_rate_is_measured_and_corrected_within_reason(
    true_hz: float, block: int, *, wrong: bool
) -> None:
    """A turn of 30 degrees comes out as 30 although the sensor samples at another rate."""
    n = 2000
    course = np.radians(30.0) * np.clip((np.arange(n) - 1600) / 300.0, 0.0, 1.0)
    rate = np.gradient(course) * true_hz
    # What tilts against gravity is put right by the accelerometer: turn about the vertical.
    noise = still(n / RATE)
    flat = np.tile([0.0, 0.0, GRAVITY], (n, 1)) + noise[0] - np.array([GRAVITY, 0.0, 0.0])
    about_up = rate[:, None] * np.array([0.0, 0.0, 1.0]) + noise[1]
    poses, one = run(flat, about_up, true_hz=true_hz, block=block)
    assert one.state().rate_hz == pytest.approx(true_hz, rel=2e-3)
    assert one.state().rate_wrong is wrong
    w, _, _, z = poses[-1].quat_wxyz
    w0, _, _, z0 = poses[1500].quat_wxyz
    turned = math.degrees(2 * math.atan2(z, w) - 2 * math.atan2(z0, w0))
    if not wrong:
        assert turned == pytest.approx(30.0, abs=0.2)
    else:  # not corrected, and said so
        assert turned == pytest.approx(24.0, abs=0.3)


def test_time_that_jumps_without_missing_samples_is_never_passed_over() -> None:
    poses, one = run(*still(10.0), late_s={600: 0.12, 800: 0.9})
    assert one.state().time_jumped
    assert [k for k, pose in enumerate(poses) if pose.doubtful] == [600, 800]
    assert not poses[600].restarted
    assert poses[800].restarted
    poses, one = run(*still(10.0), late_s={600: 0.02})
    assert not one.state().time_jumped
    assert not any(pose.restarted for pose in poses[400:])


@pytest.mark.parametrize("block", [1, 2, 3, 50])
def test_a_gyroscope_at_its_end_restarts_and_says_so(block: int) -> None:
    acc, gyr = still(10.0)
    gyr[600:606, 1] = np.radians(250.0)
    poses, one = run(acc, gyr, block=block)
    assert [k for k, pose in enumerate(poses) if pose.doubtful] == [602, 603, 604, 605]
    assert poses[606].restarted
    assert not poses[612].restarted
    assert not one.state().saturated  # four seconds ago
    short, one = run(acc[:700], gyr[:700], block=block)
    assert one.state().saturated
    assert len(short) == 700


def test_fast_but_moving_values_are_no_saturation() -> None:
    t = np.arange(1000) / RATE
    acc, gyr = still(10.0)
    gyr[:, 0] += np.radians(400.0) * np.sin(2 * np.pi * 1.3 * t)
    poses, one = run(acc, gyr)
    assert not one.state().saturated
    assert not any(pose.doubtful for pose in poses)


def test_an_accelerometer_at_its_end_is_not_believed_meanwhile() -> None:
    """100 ms of a knock at 2 g sideways: with it the vertical would be pulled off."""
    acc, gyr = still(10.0)
    acc[600:610] = [GRAVITY, 2 * GRAVITY, 0.0]
    poses, one = run(acc[:612], gyr[:612])
    assert one.state().saturated
    assert not any(pose.restarted for pose in poses[590:])
    unwatched = Orientation(OrientationParams(), RATE, IDENTITY)
    blind = [unwatched.step(k, acc[k], gyr[k]) for k in range(612)]
    # The two samples before the third equal one have been used already.
    assert pulled_deg(poses) < 1.0
    assert pulled_deg(blind) > 3.0 * pulled_deg(poses)


def pulled_deg(poses: list[Pose]) -> float:
    """How far the vertical went during the knock."""
    return angle_between_deg(vertical(poses[599].quat_wxyz), vertical(poses[611].quat_wxyz))


@pytest.mark.parametrize("block", [1, 3, 50])
def test_any_end_of_the_range_shows_by_values_that_stay(block: int) -> None:
    """No maker's range is so small; a wrong setting of the driver may be."""
    acc, gyr = person_moving()
    for most_deg_s, told in ((12.0, True), (1000.0, False)):
        cut = np.clip(gyr, -math.radians(most_deg_s), math.radians(most_deg_s))
        poses, _ = run(acc, cut, block=block)
        assert any(pose.doubtful for pose in poses) is told


@pytest.mark.parametrize("block", [1, 3, 50])
def test_old_samples_that_are_given_again_make_angles_doubtful(block: int) -> None:
    acc, gyr = person_moving(10.0)
    fastest = int(np.argmax(np.linalg.norm(gyr, axis=1)))
    for held, restarts in ((15, 0), (60, 1)):
        a, g = acc.copy(), gyr.copy()
        a[fastest : fastest + held], g[fastest : fastest + held] = a[fastest], g[fastest]
        good, _ = run(acc, gyr, block=block)
        poses, one = run(a, g, block=block)
        assert not any(pose.doubtful for pose in good)
        assert any(pose.doubtful for pose in poses[fastest : fastest + held + 1])
        assert not any(pose.doubtful for pose in poses[:fastest])
        again = sum(pose.restarted for pose in poses) - sum(pose.restarted for pose in good)
        assert again == restarts
        assert one.state().stuck is (len(acc) - fastest - held < 200)
    # Still for a while without any noise, as sensors with a dead band are: no harm, no alarm.
    a, g = acc.copy(), gyr.copy()
    a[200:400], g[200:400] = a[200], g[200]
    assert not any(pose.doubtful for pose in run(a, g, block=block)[0])


def test_limits_can_be_declared() -> None:
    values = np.array([[0.0, 1.0, 2.0], [0.0, 9.9, 0.0], [0.1, 0.0, 0.0]])
    assert at_limit(values, 50.0, 9.8, 3).tolist() == [False, True, False]
    assert not at_limit(values, 50.0, 0.0, 3).any()


@pytest.mark.parametrize("factor", [1.0 / GRAVITY, 0.7, 1.2])
def test_gravity_that_is_not_one_g_makes_angles_doubtful(factor: float) -> None:
    acc, gyr = still(5.0)
    poses, one = run(factor * acc, gyr)
    assert one.state().gravity_wrong
    assert poses[-1].doubtful


def test_a_loose_sensor_rattles_and_a_firm_one_does_not() -> None:
    acc, gyr = person_moving()
    _, firm = run(acc, gyr)
    assert not firm.state().loose
    t = np.arange(len(gyr)) / RATE
    speed = np.linalg.norm(gyr, axis=1)
    moving = np.convolve(speed > np.radians(5.0), np.ones(20) / 20, "same")
    shaken = gyr + (moving * np.radians(60.0) * np.sin(2 * np.pi * 17.0 * t))[:, None]
    _, loose = run(acc, shaken)
    assert loose.state().loose


def test_walking_with_a_sensor_on_the_back_is_not_loose(data_folder: DataFolder) -> None:
    from benchmarks.movement.angles_real import lower_back

    found = lower_back(data_folder("mobgap"))
    assert not found.loose
    assert np.percentile(found.still_off_deg, 95) < 1.5


def test_which_way_up_the_sensor_is() -> None:
    acc, gyr = still(5.0)
    flipped = Rotation.from_euler("z", 180.0, degrees=True)
    for turn, position, low, high in (
        (Rotation.identity(), "supine_knees_bent", 0.0, 2.0),
        (flipped, "supine_knees_bent", 178.0, 180.0),
        (Rotation.from_euler("y", 90.0, degrees=True), "supine_knees_bent", 88.0, 92.0),
        (Rotation.identity(), "standing", 88.0, 92.0),
        (flipped, "prone", 0.0, 2.0),
    ):
        _, one = run(turn.apply(acc), gyr)
        off = one.state().off_position_deg(position)
        assert off is not None
        assert low <= off <= high, position
    assert SensorState().off_position_deg("standing") is None


def test_a_bias_that_no_sensor_has_and_a_person_who_never_rests_are_told() -> None:
    acc, gyr = still(5.0)
    _, one = run(acc, gyr + np.radians([0.0, 15.0, 0.0]))
    assert one.state().bias_wrong
    assert one.bias_deg_s is None  # and it is not learnt
    t = np.arange(4000) / RATE
    acc, gyr = still(40.0)
    gyr[:, 1] += np.radians(20.0) * np.sin(2 * np.pi * 0.5 * t)
    _, one = run(acc, gyr)
    assert one.state().restless


def test_a_calibrated_bias_and_mounting_count_from_the_first_sample() -> None:
    mount = Rotation.from_rotvec([0.4, -0.9, 0.6])
    person = Person(6, mount)
    acc, gyr = person.moves("bridge", times=1)
    x, y, z = person.gyr_bias.tolist()
    reference = PersonalReference(mount_wxyz=wxyz(mount), gyro_bias_rad_s=(x, y, z))
    given = Orientation(OrientationParams(), RATE, IDENTITY, reference)
    assert given.bias_deg_s == pytest.approx(np.degrees(mount.apply(person.gyr_bias)), abs=1e-9)
    poses, _ = run(acc, gyr, orientation=given)
    assert max(pose.rate_norm_deg_s for pose in poses[:50]) < 1.5  # sway, not bias
    later = Orientation(OrientationParams(), RATE, IDENTITY)
    run(acc[:200], gyr[:200], orientation=later)
    later.calibrate(reference)
    assert later.step(200, acc[200], gyr[200]).restarted
    assert later.bias_deg_s == pytest.approx(given.bias_deg_s)


@pytest.mark.parametrize(("off_deg_s", "replaced"), [(0.2, False), (1.5, True)])
def test_a_rest_replaces_a_bias_that_no_longer_fits(off_deg_s: float, *, replaced: bool) -> None:
    acc, gyr = still(6.0)
    old = math.radians(off_deg_s)
    reference = PersonalReference(gyro_bias_rad_s=(old, 0.0, 0.0))
    one = Orientation(OrientationParams(), RATE, IDENTITY, reference)
    poses, _ = run(acc, gyr, orientation=one)
    assert any(pose.rested for pose in poses) is replaced
    bias = one.bias_deg_s
    assert bias is not None
    assert bias[0] == pytest.approx(0.0 if replaced else off_deg_s, abs=0.02)


def test_rows_that_are_no_numbers_do_no_harm() -> None:
    acc, gyr = still(5.0)
    one = Orientation(OrientationParams(), RATE, IDENTITY)
    acc[100:104] = np.nan
    one.watch(100, 1.0, acc[100:104], gyr[100:104])
    one.watch(104, 1.04, acc[104:110], gyr[104:110])
    assert one.state() == SensorState()
