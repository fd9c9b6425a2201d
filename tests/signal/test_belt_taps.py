"""Two taps on the belt: heard, and nothing else taken for them."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from scipy.io import loadmat

from firingorder.signal.belt_taps import BeltTaps, DoubleTap
from firingorder.simulation.exercises.activities import Activity, ActivityBody
from firingorder.simulation.exercises.body import ExerciseBody
from firingorder.simulation.exercises.catalogue import EXERCISES
from firingorder.simulation.exercises.options import Options
from firingorder.simulation.hand_taps import HandTaps

if TYPE_CHECKING:
    from firingorder.samples import FloatArray
    from firingorder.simulation.exercises.postures import Posture
    from tests.conftest import DataFolder

SEED = 5
RATE_HZ = 100.0
LATEST_S = 0.6
SAME_S = 0.08


def heard(
    acc: FloatArray, gyr: FloatArray, rate_hz: float = RATE_HZ, cuts: tuple[int, ...] = (997,)
) -> list[DoubleTap]:
    """Return what is found when chunks of such lengths come in turn."""
    detector, out, k, turn = BeltTaps(rate_hz), [], 0, 0
    while k < len(acc):
        n = cuts[turn % len(cuts)]
        out += detector.step(acc[k : k + n], gyr[k : k + n], k, k / rate_hz)
        k, turn = k + n, turn + 1
    return out


def rows(
    counts: list[int], rate_hz: float = RATE_HZ, every_s: float = 4.0
) -> tuple[FloatArray, FloatArray, list[tuple[float, ...]]]:
    """Return a sensor that lies still and is tapped in rows, and when."""
    rng = np.random.default_rng(SEED)
    hand = HandTaps()
    at = [hand.row(2.0 + every_s * k + rng.uniform(0.0, 0.1), rng, n) for k, n in enumerate(counts)]
    t_s = np.arange(round((2.0 + every_s * len(counts)) * rate_hz)) / rate_hz
    acc = hand.force_m_s2(t_s, rate_hz) + np.array([0.0, 0.0, 9.81])
    gyr = hand.rate_rad_s(t_s, rate_hz)
    acc += 0.02 * rng.standard_normal(acc.shape)
    return acc, gyr, at


def test_people_who_tap_in_any_posture_and_slow_exercise_are_heard_in_time() -> None:
    print("seed", SEED)
    planted, hits, others = 0, 0, 0
    cases: tuple[tuple[Posture, str], ...] = (
        ("supine", "bridge"), ("standing", ""), ("standing", "hinge"),
    )  # fmt: skip
    for posture, doing in cases:
        plan = [Activity("belt_tap", 4.0 + 5.3 * k) for k in range(16)]
        if doing:
            lasts_s = 1.75 * EXERCISES[doing].about_s
            plan += [
                Activity("exercise", 3.0 + k * (lasts_s + 2.0), lasts_s, exercise=doing)
                for k in range(5)
            ]
        body = ActivityBody(
            tuple(sorted(plan, key=lambda one: one.at_s)),
            Options(person="clean", mount_deg=60.0),
            seed=SEED,
            channels=(),
            posture=posture,
        )
        taps = [one["taps_s"] for one in body.true_activities if one["kind"] == "belt_tap"]
        assert body.truth()["taps_s"] == []  # these are no heel taps: no clock is set by them
        found = heard(*body.imu(0, 9200))
        mine = [d for d in found if any(abs(d.at_s - b) < SAME_S for _, b in taps)]
        planted, hits, others = planted + 16, hits + len(mine), others + len(found) - len(mine)
        for d in mine:
            first_s, second_s = min(taps, key=lambda ab: abs(ab[1] - d.at_s))
            assert d.decided_at_s - second_s <= LATEST_S
            assert d.first_s == pytest.approx(first_s, abs=SAME_S)
    assert (planted, others) == (48, 0)
    assert hits >= 0.95 * planted


def test_nobody_who_leaves_the_belt_alone_is_stopped() -> None:
    print("seed", SEED)
    for name in ("gait", "land_absorb", "side_step", "sit_to_stand"):
        one = EXERCISES[name]
        side = None if "both" in one.sides else one.sides[0]
        body = ExerciseBody(
            one,
            Options(pace="fast", side=side),
            seed=SEED,
            emg_rate_hz=1000.0,
            imu_rate_hz=RATE_HZ,
            channels=(),
            repetitions=12,
        )
        assert heard(*body.imu(0, 10_000)) == [], name
    # Heels that drop on the floor, as a calibration asks for.
    body = ActivityBody(
        tuple(Activity("tap", 3.0 + 8.0 * k) for k in range(8)), Options(), seed=SEED, channels=()
    )
    assert heard(*body.imu(0, 7000)) == []


def test_one_tap_and_four_are_no_double_tap_three_are() -> None:
    print("seed", SEED)
    counts = [1, 2, 3, 4] * 12
    found = heard(*(made := rows(counts, 200.0))[:2], 200.0)
    by_count: dict[int, int] = dict.fromkeys(range(1, 5), 0)
    for n, taps in zip(counts, made[2], strict=True):
        inside = [d for d in found if taps[0] - 0.1 < d.first_s < taps[-1] + 0.1]
        by_count[n] += len(inside)
    assert (by_count[1], by_count[4]) == (0, 0)
    assert min(by_count[2], by_count[3]) >= 11
    assert len(found) == by_count[2] + by_count[3]


@pytest.mark.parametrize("rate_hz", [100.0, 285.714, 400.0])
def test_cuts_and_mounting_change_nothing(rate_hz: float) -> None:
    print("seed", SEED)
    acc, gyr, at = rows([2] * 12, rate_hz)
    whole = heard(acc, gyr, rate_hz, (len(acc),))
    assert len(whole) >= 11
    assert len(at) == 12
    for cuts in ((1,), (2, 5, 3), (round(rate_hz / 50.0),)):
        assert heard(acc, gyr, rate_hz, cuts) == whole
    turn = np.linalg.qr(np.random.default_rng(SEED).standard_normal((3, 3)))[0]
    turned = heard(acc @ turn.T, gyr @ turn.T, rate_hz)
    assert [d.at_s for d in turned] == [d.at_s for d in whole]


def test_no_tap_across_a_gap_and_none_after_a_reset() -> None:
    acc, gyr, at = rows([2])
    first, second = (round(t * RATE_HZ) for t in at[0])
    assert len(heard(acc, gyr)) == 1
    for cut, lost in ((first - 30, 1), ((first + second) // 2, 1), (second + 20, 3)):
        detector = BeltTaps(RATE_HZ)
        found = detector.step(acc[:cut], gyr[:cut], 0, 0.0)
        rest = slice(cut + lost, None)
        found += detector.step(acc[rest], gyr[rest], cut + lost, (cut + lost) / RATE_HZ)
        assert found == [], cut
        nan = acc.copy()
        nan[cut] = np.nan
        assert heard(nan, gyr) == [], cut
    detector = BeltTaps(RATE_HZ)
    middle = second + 20
    assert detector.step(acc[:middle], gyr[:middle], 0, 0.0) == []
    detector.reset()
    assert detector.step(acc[middle:], gyr[middle:], middle, middle / RATE_HZ) == []


def test_a_belt_in_somebodys_hands_and_movement_right_before_are_refused() -> None:
    acc, gyr, at = rows([2])
    before = slice(round((at[0][0] - 0.5) * RATE_HZ), round((at[0][0] - 0.1) * RATE_HZ))
    turned = gyr.copy()
    turned[before] += [0.0, 5.0, 0.0]
    assert heard(acc, turned) == []
    fell = acc.copy()
    fell[before, 2] += 30.0 * np.sin(np.linspace(0.0, 4.0 * np.pi, before.stop - before.start))
    assert heard(fell, gyr) == []


def test_a_slow_sensor_says_that_it_cannot_tell_and_a_bad_rate_is_refused() -> None:
    acc, gyr, _ = rows([2], 50.0)
    assert not BeltTaps(50.0).usable
    assert heard(acc, gyr, 50.0) == []
    assert BeltTaps(100.0).usable
    with pytest.raises(ValueError, match="above 0 Hz"):
        BeltTaps(0.0)
    # The limits matter: with a taste for anything the same steps are taken for taps.
    body = ExerciseBody(
        EXERCISES["side_step"],
        Options(pace="fast"),
        seed=SEED,
        emg_rate_hz=1000.0,
        imu_rate_hz=RATE_HZ,
        channels=(),
        repetitions=12,
    )
    blunt = replace(
        BeltTaps(RATE_HZ).params, sharp_share=0.0, clear_share=0.0, tail_share=9.0, calm_m_s2=99.0
    )
    acc, gyr = body.imu(0, 20_000)
    assert BeltTaps(RATE_HZ, blunt).step(acc, gyr, 0, 0.0)


def test_real_walks_and_the_knocks_of_a_real_chair_are_no_taps(data_folder: DataFolder) -> None:
    for person in ("HA_001", "HA_002"):
        path = data_folder("mobgap") / person / "data.mat"
        tests: Any = loadmat(str(path), struct_as_record=False, squeeze_me=True)["data"]
        sensor = tests.TimeMeasure1.Test11.Trial1.SU.LowerBack
        acc = 9.80665 * np.asarray(sensor.Acc, dtype=np.float64)
        assert heard(acc, np.radians(np.asarray(sensor.Gyr, dtype=np.float64))) == []


def test_fingers_on_the_board_of_broad(data_folder: DataFolder) -> None:
    folder = data_folder("broad")
    h5py = pytest.importorskip("h5py", reason="the BROAD files are HDF5; h5py is not installed")
    for path in sorted(folder.glob("*.hdf5")):
        with h5py.File(path) as file:
            acc, gyr = np.asarray(file["imu_acc"]), np.asarray(file["imu_gyr"])
            rate_hz = float(file.attrs["sampling_rate"])
        assert heard(acc, gyr, rate_hz) == [], path.name
