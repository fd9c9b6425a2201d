"""Landings count, knocks do not."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest

from firingorder.signal.impact import Impact, ImpactParams
from firingorder.signal.orientation import Orientation, OrientationParams
from tests.signal.planted_poses import UPRIGHT, Path, ends, find, poses_of, starts, task, told

if TYPE_CHECKING:
    from firingorder.signal.orientation import Pose
    from tests.conftest import DataFolder

SEED = 3
G = 9.80665


def landings(rng: np.random.Generator, drops_m: list[float], rate_hz: float = 100.0):
    """Step off, fall freely, be caught within some 80 ms, bend and straighten, stand."""
    at, pulses = 3.0, []
    truth: list[float] = []
    for drop in drops_m:
        flight = float(np.sqrt(2 * drop / G))
        caught = rng.uniform(0.07, 0.11)
        speed = G * flight
        pulses.append((at, flight, caught, 2.0 * speed / caught))
        truth.append(at + flight)
        at += 5.0

    def extra(t: np.ndarray) -> np.ndarray:
        out = np.zeros((len(t), 3))
        for start, flight, caught, size in pulses:
            falling = (t >= start) & (t < start + flight)
            u = np.clip((t - start - flight) / caught, 0.0, 1.0)
            out[:, 2] += np.where(falling, -G, 0.0) + size * np.sin(np.pi * u) ** 2
        return out

    path = Path(base=UPRIGHT)
    for one in truth:
        path.together(one + 0.02, 0.35, "smooth", tilt=12.0)
        path.together(one + 0.45, 0.8, "smooth", tilt=-12.0)
    t = np.arange(0.0, at + 3.0, 1.0 / rate_hz)
    return poses_of(path.at, UPRIGHT, t, rng, extra_m_s2=extra), truth


def impacts(rate_hz: float = 100.0, position: str = "standing") -> Impact:
    return Impact(ImpactParams(), task("land_absorb", "IMPACT", position), rate_hz)


@pytest.mark.parametrize("rate_hz", [50.0, 100.0, 200.0])
def test_landings_are_found_and_timed(rate_hz: float) -> None:
    rng = np.random.default_rng([SEED, int(rate_hz)])
    samples, truth = landings(rng, rng.uniform(0.05, 0.10, 12).tolist(), rate_hz)
    events = find(impacts(rate_hz), samples)
    found = ends(events)
    print(f"\nseed {SEED}, {rate_hz:g} Hz: {len(truth)} planted, {len(found)} found")
    assert [one.reasons for one in found] == [()] * len(truth)
    limit = told("impact", [one.reference_s - at for one, at in zip(found, truth, strict=True)])
    assert limit < 0.03 + 0.5 / rate_hz
    for start, one in zip(starts(events), found, strict=True):
        assert start.decided_at_s - start.reference_s < 0.4
        assert one.phases is not None
        assert one.phases.far_to_s is not None
        assert one.phases.far_to_s - one.phases.away_s == pytest.approx(0.25)
        assert one.start_s == pytest.approx(one.reference_s - 0.15)


def test_a_knock_on_the_sensor_is_no_landing() -> None:
    rng = np.random.default_rng(SEED)

    def knock(t: np.ndarray) -> np.ndarray:
        out = np.zeros((len(t), 3))
        for at in (3.0, 5.0, 7.0):
            late = np.clip(t - at, 0.0, None)
            out[:, 2] += 40.0 * np.sin(2 * np.pi * 18.0 * late) * np.exp(-late / 0.03)
        return out

    t = np.arange(0.0, 10.0, 0.01)
    samples = poses_of(Path().at, UPRIGHT, t, rng, extra_m_s2=knock)
    assert max(pose.acc_m_s2[2] for _, pose in samples) > 2.6 * G  # it is above the threshold
    assert ends(find(impacts(), samples)) == []


def test_lying_is_another_position_and_a_gap_ends_the_landing() -> None:
    rng = np.random.default_rng(SEED)
    samples, _ = landings(rng, [0.08])
    (one,) = ends(find(impacts(position="supine"), samples))
    assert one.reasons == ("other_position",)
    segmenter = impacts()
    find(segmenter, [row for row in samples if row[0] < 3.5])
    assert segmenter.busy
    (one,) = ends(segmenter.abort("imu_gap"))
    assert one.reasons == ("imu_gap",)


def test_real_knocks_and_shaking_are_no_landings(data_folder: DataFolder) -> None:
    """A board that is moved about, turned fast and tapped: three trials of the BROAD data."""
    h5py = pytest.importorskip("h5py", reason="the BROAD files are HDF5; h5py is not installed")
    for path in sorted(data_folder("broad").glob("*.hdf5")):
        with h5py.File(path) as file:
            rate_hz = float(file.attrs["sampling_rate"])
            acc, gyr = file["imu_acc"][:], file["imu_gyr"][:]
        # Every third sample is a usual rate; the last 90 s of the movement are enough.
        acc, gyr, rate_hz = acc[::3], gyr[::3], rate_hz / 3.0
        begin, stop = int(50 * rate_hz), int(140 * rate_hz)
        orientation = Orientation(OrientationParams(), rate_hz, (1.0, 0.0, 0.0, 0.0))
        samples: list[tuple[float, Pose]] = [
            (k / rate_hz, orientation.step_turned(k, acc[k], gyr[k])) for k in range(begin, stop)
        ]
        peak = max(abs(np.linalg.norm(pose.acc_m_s2) - G) for _, pose in samples) / G
        found = ends(find(impacts(rate_hz), samples))
        counted = [one for one in found if not one.reasons]
        print(f"  {path.name}: peak {peak:.1f} g, {len(found)} landings, {len(counted)} counted")
        if "translation" in path.name or "tapping" in path.name:
            assert counted == []
