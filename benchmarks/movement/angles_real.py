"""The product's orientation on real recordings: BROAD (optics), a lower back, Xsens sensors."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np
from scipy.io import loadmat
from scipy.spatial.transform import Rotation

from benchmarks.movement.angles_filters import FILTERS, product
from firingorder.signal.orientation import pelvis_angles_deg
from firingorder.signal.pose_error import angle_error

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray

    from benchmarks.movement.angles_filters import Run

    FloatArray = NDArray[np.float64]
    BoolArray = NDArray[np.bool_]

WINDOWS_S = (2.0, 5.0, 10.0)
STEP_S = 0.5
BIAS_DEG_S = np.array([1.0, -1.0, 1.0])
TRIALS = {
    "07": ("07_undisturbed_fast_rotation_B.hdf5", "fast rotation"),
    "10": ("10_undisturbed_slow_translation_A.hdf5", "slow translation"),
    "25": ("25_disturbed_tapping_B.hdf5", "translation, tapped on"),
}


@dataclass(frozen=True)
class Trial:
    """One recording with optical orientation; ``judged``: moving, and the optics saw it."""

    name: str
    motion: str
    rate_hz: float
    acc: FloatArray
    gyr: FloatArray
    truth: FloatArray
    judged: BoolArray


@dataclass
class Errors:
    """Of one filter on one trial, degrees.

    Windows, by seconds: RMS and 95 % of tilt, obliquity, rotation; RMS of the whole rotation; how
    many.
    """

    filter_name: str
    inclination_rmse: float
    inclination_p95: float
    heading_drift_deg_min: float
    windows: dict[float, tuple[FloatArray, FloatArray, float, int]] = field(default_factory=dict)


def load_broad(folder: Path) -> list[Trial]:
    """Return the three trials. Needs h5py."""
    import h5py

    out: list[Trial] = []
    for number, (name, motion) in TRIALS.items():
        with h5py.File(folder / name) as file:
            data = {key: np.asarray(file[key]) for key in ("imu_acc", "imu_gyr", "opt_quat")}
            moving = np.asarray(file["movement"]).astype(bool)
            rate = float(np.asarray(file.attrs["sampling_rate"]).item())
        truth = data["opt_quat"]
        seen = np.isfinite(truth).all(axis=1)
        out.append(
            Trial(number, motion, rate, data["imu_acc"], data["imu_gyr"], truth, moving & seen)
        )
    return out


def judge(trial: Trial, quat: FloatArray, name: str) -> Errors:
    """Return the errors of one filter's quaternions."""
    keep = trial.judged
    estimate, truth = (Rotation.from_quat(q[keep][:, [1, 2, 3, 0]]) for q in (quat, trial.truth))
    _, _, z, w = (estimate * truth.inv()).as_quat().T
    inclination = np.degrees(2.0 * np.arccos(np.clip(np.hypot(w, z), 0.0, 1.0)))
    heading = np.degrees(np.unwrap(2.0 * np.arctan2(z, w)))
    minutes = np.flatnonzero(keep) / trial.rate_hz / 60.0
    slope = np.polyfit(minutes, heading, 1)[0]
    errors = Errors(
        name,
        float(np.sqrt(np.mean(inclination**2))),
        float(np.percentile(inclination, 95)),
        float(slope),
    )
    for seconds in WINDOWS_S:
        starts, ends = window_ends(trial, seconds)
        apart = np.array([_apart(trial, quat, a, b) for a, b in zip(starts, ends, strict=True)])
        total = _total(trial, quat, starts, ends)
        errors.windows[seconds] = (
            np.sqrt(np.mean(apart**2, axis=0)),
            np.percentile(np.abs(apart), 95, axis=0),
            float(np.sqrt(np.mean(total**2))),
            len(starts),
        )
    return errors


def window_ends(trial: Trial, seconds: float) -> tuple[list[int], list[int]]:
    """Return first and last samples of the windows whose both ends can be judged."""
    n = round(seconds * trial.rate_hz)
    starts = range(0, len(trial.truth) - n, round(STEP_S * trial.rate_hz))
    kept = [k for k in starts if trial.judged[k] and trial.judged[k + n]]
    return kept, [k + n for k in kept]


def _q(row: FloatArray) -> tuple[float, float, float, float]:
    w, x, y, z = row.tolist()
    return (w, x, y, z)


def _apart(trial: Trial, quat: FloatArray, a: int, b: int) -> FloatArray:
    """Return the errors of the relative angles (tilt, obliquity, rotation) of one window."""
    ours = np.array(pelvis_angles_deg(_q(quat[a]), _q(quat[b])))
    true = np.array(pelvis_angles_deg(_q(trial.truth[a]), _q(trial.truth[b])))
    return (ours - true + 180.0) % 360.0 - 180.0


def _total(trial: Trial, quat: FloatArray, a: list[int], b: list[int]) -> FloatArray:
    est, true = (
        Rotation.from_quat(q[:, [1, 2, 3, 0]]) for q in (quat, np.nan_to_num(trial.truth, nan=0.5))
    )
    mine, real = est[a].inv() * est[b], true[a].inv() * true[b]
    return np.degrees((real.inv() * mine).magnitude())


def compare(trial: Trial, *, bias: str) -> list[Errors]:
    """Return the errors of all filters; ``bias``: "none", "always", or "later" (1 deg/s a axis)."""
    gyr = trial.gyr.copy()
    if bias == "always":
        gyr += np.radians(BIAS_DEG_S)
    elif bias == "later":
        gyr[int(np.flatnonzero(trial.judged)[0]) :] += np.radians(BIAS_DEG_S)
    return [judge(trial, run(trial.acc, gyr, trial.rate_hz), name) for name, run in FILTERS.items()]


def coverage(trial: Trial, run: Run) -> dict[float, tuple[FloatArray, FloatArray]]:
    """Return by window the share of errors inside the stated 95 %, and its median half-width."""
    out: dict[float, tuple[FloatArray, FloatArray]] = {}
    for seconds in WINDOWS_S:
        inside, widths = [], []
        for a, b in zip(*window_ends(trial, seconds), strict=True):
            stated = angle_error(
                _q(run.quat[a]),
                _q(run.quat[b]),
                elapsed_s=seconds,
                turned_deg=float(run.turned_deg[b] - run.turned_deg[a]),
                bias_sd_deg_s=run.bias_sd_deg_s[b],
            )
            width = np.array([stated.tilt_deg, stated.obliquity_deg, stated.rotation_deg])
            inside.append(np.abs(_apart(trial, run.quat, a, b)) <= width)
            widths.append(width)
        out[seconds] = np.mean(inside, axis=0), np.median(widths, axis=0)
    return out


@dataclass(frozen=True)
class Turn:
    """One turn of a walking person, degrees; positive to the left."""

    person: str
    seconds: float
    optics_deg: float
    ours_deg: float
    gyroscope_deg: float


@dataclass(frozen=True)
class LowerBack:
    """What a lower-back sensor says: turns, inclination in still seconds, rattle."""

    turns: list[Turn]
    still_off_deg: list[float]
    high_deg_s: list[float]
    loose: bool


def lower_back(folder: Path) -> LowerBack:
    """Run the long walks of both people (Test11)."""
    turns: list[Turn] = []
    still: list[float] = []
    high: list[float] = []
    loose = False
    for person in ("HA_001", "HA_002"):
        data: Any = loadmat(
            str(folder / person / "data.mat"), struct_as_record=False, squeeze_me=True
        )["data"].TimeMeasure1.Test11.Trial1
        acc, gyr = 9.80665 * data.SU.LowerBack.Acc, np.radians(data.SU.LowerBack.Gyr)
        run = product(acc, gyr, 100.0)
        still += _still_off(acc, gyr, run.quat)
        found, rattles = _rattle(acc, gyr)
        loose, high = loose or found, high + rattles
        pose = Rotation.from_quat(run.quat[:, [1, 2, 3, 0]])
        for walk in np.atleast_1d(data.Standards.Stereophoto.ContinuousWalkingPeriod):
            columns = (walk.Turn_Start, walk.Turn_End, walk.Turn_Angle)
            ends = zip(*(np.atleast_1d(v) for v in columns), strict=True)
            for a, b, optics in ends:
                first, last = (min(round(float(s) * 100.0), len(acc) - 1) for s in (a, b))
                plain = _about_gravity(acc, gyr, first, last)
                ours = _heading(pose[first : last + 1])
                turns.append(Turn(person, float(b - a), float(optics), ours, plain))
    return LowerBack(turns, still, high, loose)


def _heading(pose: Rotation) -> float:
    """Return the angle turned about the vertical, sample by sample, degrees."""
    _, _, z, w = (pose[1:] * pose[:-1].inv()).as_quat().T
    return float(np.degrees(np.sum(2.0 * np.arctan2(z * np.sign(w), np.abs(w)))))


def _about_gravity(acc: FloatArray, gyr: FloatArray, first: int, last: int) -> float:
    """Return the integral of the rate about the mean of gravity over a turn, degrees."""
    up = acc[first : last + 1].mean(axis=0)
    return float(np.degrees(gyr[first : last + 1] @ (up / np.linalg.norm(up))).sum() / 100.0)


def _still_off(acc: FloatArray, gyr: FloatArray, quat: FloatArray) -> list[float]:
    """Return the angle between the filter's vertical and gravity in still half seconds."""
    out: list[float] = []
    for k in range(300, len(acc) - 50, 50):
        a, g = acc[k : k + 50], gyr[k : k + 50]
        if np.degrees(g.std(axis=0)).max() < 1.5 and a.std(axis=0).max() < 0.15:
            up = Rotation.from_quat(quat[k + 25, [1, 2, 3, 0]]).apply(a.mean(axis=0))
            out.append(float(np.degrees(np.arctan2(np.hypot(up[0], up[1]), up[2]))))
    return out


def _rattle(acc: FloatArray, gyr: FloatArray) -> tuple[bool, list[float]]:
    """Return whether the sensor was ever called loose, and its fast rates in moving seconds."""
    from firingorder.signal.orientation import IDENTITY, Orientation, OrientationParams

    orientation = Orientation(OrientationParams(), 100.0, IDENTITY)
    loose, high = False, []
    for k in range(0, len(acc) - 1, 100):
        orientation.watch(k, k / 100.0, acc[k : k + 100], gyr[k : k + 100])
        state = orientation.state()
        loose = loose or state.loose
        if state.rattle_deg_s is not None and not state.still:
            high.append(state.rattle_deg_s)
    return loose, high


def xsens(folder: Path) -> dict[str, tuple[float, float, int]]:
    """Return RMS and 95 % of the inclination between our filter and Xsens' own, and samples.

    The files hold no angular rate: it is taken from their orientation, so this shows what walking
    accelerations do to ours against theirs, not how well a gyroscope is followed.
    """
    out: dict[str, tuple[float, float, int]] = {}
    for code, place in (("00B42279", "pelvis"), ("00B42268", "torso"), ("00B4227C", "thigh")):
        path = folder / f"MT_012005D6_009-001_{code}.txt"
        rows = [line.split("\t") for line in path.read_text().splitlines()[6:]]
        acc = np.array([[float(v) for v in row[14:17]] for row in rows])
        columns = np.array([[float(v) for v in row[17:26]] for row in rows])
        matrix = columns.reshape(-1, 3, 3).transpose(0, 2, 1)
        out[f"MTw {place}"] = _inclination_apart(acc, Rotation.from_matrix(matrix), 100.0)
    lines = (folder / "Pelvis_20210820_202113_836.csv").read_text(
        encoding="utf-8-sig", errors="replace"
    )
    body = lines.splitlines()
    first = next(k for k, line in enumerate(body) if line.startswith("PacketCounter")) + 1
    values = np.array([[float(v) for v in line.split(",")[2:9]] for line in body[first:] if line])
    pose = Rotation.from_quat(values[:, [1, 2, 3, 0]])
    force = pose.inv().apply(values[:, 4:7] + [0.0, 0.0, 9.80665])
    out["DOT pelvis"] = _inclination_apart(force, pose, 60.0)
    return out


def _inclination_apart(
    acc: FloatArray, theirs: Rotation, rate_hz: float
) -> tuple[float, float, int]:
    step = (theirs[:-1].inv() * theirs[1:]).as_rotvec() * rate_hz
    gyr = np.concatenate([step[:1], step])
    ours = Rotation.from_quat(product(acc, gyr, rate_hz).quat[:, [1, 2, 3, 0]])
    _, _, z, w = (ours * theirs.inv()).as_quat().T
    off = np.degrees(2.0 * np.arccos(np.clip(np.hypot(w, z), 0.0, 1.0)))[round(rate_hz) :]
    return float(np.sqrt(np.mean(off**2))), float(np.percentile(off, 95)), len(off)
