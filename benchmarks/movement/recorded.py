"""Real recordings: walks with foot contacts, movements that are none of these, lifts of a weight.

Recordings are found as the tests find them. Each row says of how many people it is.
"""

from __future__ import annotations

import importlib.util
import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np
from scipy.io import loadmat
from scipy.spatial.transform import Rotation

from firingorder.findings import RepetitionFinding
from firingorder.samples import EmgChunk, EmgLayout
from firingorder.signal.orientation import IDENTITY, Orientation, OrientationParams
from firingorder.signal.pipeline import Pipeline
from firingorder.signal.pose_segmenter import make_pose_segmenter
from firingorder.signal.repetitions import RepetitionEnd
from firingorder.signal.settings import Settings
from firingorder.signal.wanted import RESULT_ONLY
from firingorder.training.exercises import load_task
from tests.real.tang2022 import MARKS, RATE_HZ, STAND_IN, channel_uv

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from numpy.typing import NDArray

    from firingorder.findings import Finding
    from firingorder.signal.orientation import Pose

    FloatArray = NDArray[np.float64]

GRAVITY = 9.80665
#: A contact within this of a true one is that one: half of a quick step.
NEAR_S = 0.25
#: A repetition this close to a marked lift is that lift; they are four seconds apart.
LIFT_NEAR_S = 1.5
#: mobgap's first axis points up, the third forward: pelvis x = z, y = -y, z = x of the sensor.
TO_PELVIS = np.array([[0.0, 0.0, 1.0], [0.0, -1.0, 0.0], [1.0, 0.0, 0.0]])
#: One exercise for each way of finding repetitions in the pose.
WAYS = (
    "bridge", "squat", "lunge", "sit_to_stand", "gait", "side_step", "stand_shift", "land_absorb",
    "one_leg_stand",
)  # fmt: skip


@dataclass(slots=True)
class WalkScore:
    """Steps of one trial of one person against foot contacts. Errors in ms."""

    person: str
    trial: str
    contacts: int = 0
    found: int = 0
    told: int = 0
    counted: int = 0
    counted_found: int = 0
    errors_ms: list[float] = field(default_factory=list[float])


@dataclass(frozen=True, slots=True)
class Control:
    """Scored repetitions of one exercise in a recording that has none."""

    recording: str
    exercise: str
    scored: int
    aside: int
    seconds: float


@dataclass(frozen=True, slots=True)
class LiftScore:
    """Repetitions found in EMG alone against the marks of an eye."""

    lifts: int
    found: int
    scored: int
    extra: int
    seconds: float
    starts_ms: tuple[float, ...]


@dataclass(slots=True)
class Recorded:
    """All of it; ``missing`` names what is not on this machine."""

    walks: list[WalkScore] = field(default_factory=list["WalkScore"])
    controls: list[Control] = field(default_factory=list["Control"])
    lifts: LiftScore | None = None
    missing: list[str] = field(default_factory=list[str])


def recorded(data: Path) -> Recorded:
    """Run everything that is there; some ten seconds."""
    out = Recorded()
    if (data / "mobgap").is_dir():
        out.walks = list(_walks(data / "mobgap"))
    else:
        out.missing.append("mobgap")
    out.controls = list(_controls(data, out.missing))
    if (data / "semgdetection_tang2022").is_dir():
        out.lifts = _lifts(data / "semgdetection_tang2022")
    else:
        out.missing.append("semgdetection_tang2022")
    return out


def poses(acc: FloatArray, gyr: FloatArray, rate_hz: float) -> list[tuple[float, Pose]]:
    """Return the poses as the product makes them."""
    orientation = Orientation(OrientationParams(), rate_hz, IDENTITY)
    out: list[tuple[float, Pose]] = []
    for k in range(len(acc)):
        orientation.watch(k, k / rate_hz, acc[k : k + 1], gyr[k : k + 1])
        out.append((k / rate_hz, orientation.step_turned(k, acc[k], gyr[k])))
    return out


def repetitions(
    exercise: str, samples: list[tuple[float, Pose]], rate_hz: float
) -> list[RepetitionEnd]:
    """Return what the product's own way of finding repetitions of an exercise tells."""
    segmenter = make_pose_segmenter(load_task(exercise), rate_hz, Settings().by_pose())
    assert segmenter is not None
    events = [event for t_s, pose in samples for event in segmenter.pose(t_s, pose)[0]]
    events += segmenter.abort("recording_ended")
    return [one for one in events if isinstance(one, RepetitionEnd)]


def _walks(folder: Path) -> Iterator[WalkScore]:
    for person in ("HA_001", "HA_002"):
        data: Any = loadmat(
            str(folder / person / "data.mat"), struct_as_record=False, squeeze_me=True
        )["data"].TimeMeasure1
        for test in _fields(data):
            inner = getattr(data, test)
            for name in _fields(inner):
                score = _walk(person, f"{test} {name}", getattr(inner, name))
                if score.contacts:
                    yield score


def _fields(record: Any) -> list[str]:
    return [name for name in vars(record) if not name.startswith("_")]


def _walk(person: str, trial: str, record: Any) -> WalkScore:
    sensor = record.SU.LowerBack
    acc = np.asarray(sensor.Acc, dtype=np.float64) * GRAVITY @ TO_PELVIS.T
    gyr = np.radians(np.asarray(sensor.Gyr, dtype=np.float64)) @ TO_PELVIS.T
    steps = repetitions("gait", poses(acc, gyr, 100.0), 100.0)
    # A step is from contact to contact: its start is one, and its end where no other begins there.
    at_s = np.unique(np.round([one.start_s for one in steps] + [one.end_s for one in steps], 3))
    counted_s = np.unique(
        np.round([t for one in steps if not one.reasons for t in (one.start_s, one.end_s)], 3)
    )
    out = WalkScore(person, trial)
    inside = np.zeros(len(at_s), dtype=np.bool_)
    seen = np.zeros(len(counted_s), dtype=np.bool_)
    for first_s, last_s, contacts_s in _true_walks(record):
        out.contacts += len(contacts_s)
        here = (at_s > first_s - NEAR_S) & (at_s < last_s + NEAR_S)
        inside |= here
        seen |= (counted_s > first_s - NEAR_S) & (counted_s < last_s + NEAR_S)
        for true_s in contacts_s:
            off_s = at_s[np.argmin(np.abs(at_s - true_s))] - true_s if len(at_s) else np.inf
            if abs(off_s) <= NEAR_S:
                out.found += 1
                out.errors_ms.append(1e3 * float(off_s))
            if len(counted_s) and np.min(np.abs(counted_s - true_s)) <= NEAR_S:
                out.counted_found += 1
    out.told = int(np.count_nonzero(inside))
    out.counted = int(np.count_nonzero(seen))
    return out


def _true_walks(record: Any) -> Iterator[tuple[float, float, FloatArray]]:
    """Yield begin, end and contacts of the walks of the first reference system that has any."""
    for system in _fields(record.Standards):
        found: list[tuple[float, float, FloatArray]] = []
        for one in np.atleast_1d(getattr(record.Standards, system).ContinuousWalkingPeriod):
            times = np.atleast_1d(getattr(one, "InitialContact_Event", [])).astype(np.float64)
            times = times[np.isfinite(times)]
            if len(times):
                found.append((float(times[0]), float(times[-1]), times))
        if found:
            yield from found
            return


def _controls(data: Path, missing: list[str]) -> Iterator[Control]:
    if not (data / "broad").is_dir() or importlib.util.find_spec("h5py") is None:
        missing.append("broad (needs h5py, see requirements/bench.txt)")
    else:
        # Imported here: the module needs h5py.
        from benchmarks.movement.angles_real import load_broad

        for trial in load_broad(data / "broad"):
            name = f"board, {trial.motion}"
            yield from _found_in(name, trial.acc, trial.gyr, trial.rate_hz)
    if (data / "xsens_txt").is_dir():
        acc, gyr = _xsens(data / "xsens_txt")
        yield from _found_in("pelvis of a walking person (Xsens)", acc, gyr, 100.0)
    else:
        missing.append("xsens_txt")


def _found_in(name: str, acc: FloatArray, gyr: FloatArray, rate_hz: float) -> Iterator[Control]:
    samples = poses(acc, gyr, rate_hz)
    for exercise in WAYS:
        found = repetitions(exercise, samples, rate_hz)
        scored = sum(not one.reasons for one in found)
        yield Control(name, exercise, scored, len(found) - scored, len(acc) / rate_hz)


def _xsens(folder: Path) -> tuple[FloatArray, FloatArray]:
    """Return force and rate of the sensor on the pelvis; the rate is that of its orientation."""
    path = folder / "MT_012005D6_009-001_00B42279.txt"
    rows = [line.split("\t") for line in path.read_text().splitlines()[6:]]
    acc = np.array([[float(value) for value in row[14:17]] for row in rows])
    columns = np.array([[float(value) for value in row[17:26]] for row in rows])
    pose = Rotation.from_matrix(columns.reshape(-1, 3, 3).transpose(0, 2, 1))
    step = (pose[:-1].inv() * pose[1:]).as_rotvec() * 100.0
    return acc, np.concatenate([step[:1], step])


def _lifts(folder: Path) -> LiftScore:
    """Return the repetitions of one person's lifts of a weight, from EMG alone.

    The muscles are not named; the names of the tests give the channels a place.
    """
    marks: dict[str, list[list[float]]] = json.loads(MARKS.read_text(encoding="utf-8"))["channels"]
    emg_uv = np.stack([channel_uv(folder, name) for name in STAND_IN], axis=1)
    layout = EmgLayout(RATE_HZ, tuple(STAND_IN.values()))
    pipeline = Pipeline(Settings(), load_task("bridge"), layout, None, wanted=RESULT_ONLY)
    n = round(RATE_HZ)
    findings: list[Finding] = []
    for k in range(0, len(emg_uv), n):
        part = emg_uv[k : k + n]
        quiet = np.zeros(part.shape, dtype=np.bool_)
        findings += pipeline.step(EmgChunk(k, k / RATE_HZ, RATE_HZ, part, quiet))
    findings += pipeline.finish()
    found = [one for one in findings if isinstance(one, RepetitionFinding)]
    # A lift begins with its first muscle.
    first_s = np.array([[low for low, _ in marks[name]] for name in STAND_IN]).min(axis=0)
    near = [min(found, key=lambda one, t=t: abs(one.start_s - t), default=None) for t in first_s]
    pairs = [
        (one, 1e3 * (one.start_s - t))
        for one, t in zip(near, first_s.tolist(), strict=True)
        if one is not None and abs(one.start_s - t) < LIFT_NEAR_S
    ]
    own = {one.index for one, _ in pairs}
    return LiftScore(
        lifts=len(first_s),
        found=len(pairs),
        scored=sum(one.scored for one, _ in pairs),
        extra=sum(one.index not in own and one.scored for one in found),
        seconds=len(emg_uv) / RATE_HZ,
        starts_ms=tuple(off_ms for _, off_ms in pairs),
    )
