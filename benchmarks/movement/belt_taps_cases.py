"""Sessions with and without taps on the belt, through the detector: simulated and real."""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any
from zlib import crc32

import numpy as np
from scipy.io import loadmat

from benchmarks.movement.angles_real import load_broad
from firingorder.signal.belt_taps import BeltTaps
from firingorder.signal.belt_taps_params import BeltTapParams
from firingorder.simulation.exercises.activities import Activity, ActivityBody
from firingorder.simulation.exercises.body import ExerciseBody
from firingorder.simulation.exercises.catalogue import EXERCISES
from firingorder.simulation.exercises.options import Options
from firingorder.simulation.hand_taps import HandTaps
from firingorder.simulation.wear import WornSensor

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from benchmarks.movement.angles_real import FloatArray, Trial
    from firingorder.signal.belt_taps import DoubleTap
    from firingorder.simulation.exercises.options import Imu, Pace
    from firingorder.simulation.exercises.postures import Posture

    Source = Callable[[int, int], tuple[FloatArray, FloatArray]]

#: Seeds of what is reported; everything that the limits were set with is below.
REPORT_SEED = 7_400_000
CHUNK = 2000
SESSION_S = 1260.0
PACES: tuple[Pace, ...] = ("usual", "slow", "fast")
G_M_S2 = 9.80665
WALKS = (("Test5", "Trial1"), ("Test5", "Trial2"), ("Test11", "Trial1"))
#: A rate that the product does not look at, and limits with which it would.
PROBE_HZ, PROBE = 80.0, BeltTapParams(lowest_rate_hz=80.0)
#: A found tap belongs to a planted one that is as close as this.
SAME_S = 0.08
#: Fingers on the board of BROAD: height above 15 Hz, and what is cut out around it.
FINGER_M_S2 = 9.0
FINGER_S = (0.02, 0.20)


@dataclass
class Count:
    """Seconds without a double tap, and when one was found all the same."""

    seconds: float = 0.0
    found_s: list[float] = field(default_factory=list)

    def add(self, other: Count) -> None:
        """Add another session."""
        self.seconds += other.seconds
        self.found_s += other.found_s


@dataclass
class Hits:
    """Double taps that were planted and found, other findings, and how late they were known."""

    planted: int = 0
    found: int = 0
    false: int = 0
    late_s: list[float] = field(default_factory=list)

    def add(self, other: Hits) -> None:
        """Add another session."""
        self.planted += other.planted
        self.found += other.found
        self.false += other.false
        self.late_s += other.late_s


def listen(
    source: Source, samples: int, rate_hz: float, params: BeltTapParams | None = None
) -> list[DoubleTap]:
    """Return the double taps of a stream."""
    detector = BeltTaps(rate_hz, params)
    out: list[DoubleTap] = []
    for k in range(0, samples, CHUNK):
        acc, gyr = source(k, min(CHUNK, samples - k))
        out += detector.step(acc, gyr, k, k / rate_hz)
    return out


def arrays(acc: FloatArray, gyr: FloatArray) -> Source:
    """Return recorded samples as a source."""
    return lambda k, n: (acc[k : k + n], gyr[k : k + n])


def seed_of(name: str, base: int = REPORT_SEED) -> int:
    """Return the seed of a session; the same whatever else is run."""
    return base + crc32(name.encode()) % 90_000


def exercise(
    exercise_id: str, pace: Pace, seconds: float, *, imu: Imu = "good", rate_hz: float = 100.0,
    base: int = REPORT_SEED,
) -> Count:  # fmt: skip
    """Return what is found while somebody does an exercise and leaves the belt alone."""
    one, out, session = EXERCISES[exercise_id], Count(), 0
    while out.seconds < seconds:
        side = None if "both" in one.sides else one.sides[session % len(one.sides)]
        lasts_s = min(SESSION_S, seconds - out.seconds)
        body = ExerciseBody(
            one,
            Options(pace=pace, side=side, compensations="some", imu=imu),
            seed=seed_of(f"{exercise_id} {pace} {imu} {rate_hz} {session}", base),
            emg_rate_hz=1000.0,
            imu_rate_hz=rate_hz,
            channels=(),
            repetitions=int(lasts_s / (0.5 * one.about_s)) + 2,
        )
        found = listen(body.imu, round(lasts_s * rate_hz), rate_hz)
        out.add(Count(lasts_s, [d.at_s for d in found]))
        session += 1
    return out


def heels(people: int) -> Count:
    """Return what is found in the heel taps of a calibration."""
    out = Count()
    for k in range(people):
        plan = tuple(Activity("tap", 5.0 + 8.0 * j) for j in range(10))
        body = ActivityBody(plan, Options(), seed=seed_of(f"heels {k}"), channels=())
        found = listen(body.imu, 9000, 100.0)
        out.add(Count(90.0, [d.at_s for d in found]))
    return out


def score(found: list[DoubleTap], planted: list[list[float]]) -> Hits:
    """Return which were found, by their second tap."""
    out = Hits(len(planted))
    left = list(found)
    for taps in planted:
        mine = [d for d in left if abs(d.at_s - taps[1]) < SAME_S]
        if mine:
            out.found += 1
            out.late_s.append(mine[0].decided_at_s - taps[1])
            left.remove(mine[0])
    out.false = len(left)
    return out


def tapping(
    posture: Posture, doing: str, people: int, *, imu: Imu = "good", mount_deg: float | None = None
) -> Hits:
    """Return how people are heard who tap while they keep still or do an exercise slowly."""
    out = Hits()
    for k in range(people):
        name = f"taps {posture} {doing} {imu} {mount_deg} {k}"
        rng = np.random.default_rng(seed_of(name))
        plan: list[Activity] = []
        end_s = 130.0
        if doing:
            at_s = 3.0
            while at_s < end_s:
                lasts_s = 1.75 * EXERCISES[doing].about_s
                plan.append(Activity("exercise", at_s, lasts_s, exercise=doing))
                at_s += lasts_s + 2.0
        plan += [Activity("belt_tap", 4.0 + 5.0 * j + float(rng.uniform(0, 1))) for j in range(24)]
        plan.sort(key=lambda one: one.at_s)
        body = ActivityBody(
            tuple(plan),
            Options(person="clean", imu=imu, mount_deg=mount_deg),
            seed=seed_of(name),
            channels=(),
            posture=posture,
        )
        taps = [one["taps_s"] for one in body.true_activities if one["kind"] == "belt_tap"]
        out.add(score(listen(body.imu, round(end_s * 100.0), 100.0), taps))
    return out


def at_rate(rate_hz: float, people: int, taps: int = 2) -> Hits:
    """Return how rows of 1 to 4 taps of people who lie still are heard at a rate."""
    out = Hits()
    for k in range(people):
        name = f"rate {k} {taps}"
        rng = np.random.default_rng(seed_of(name))
        body = ActivityBody((), Options(), seed=seed_of(name), channels=())
        sensor = WornSensor(body.pelvis, seed=body.seed, rate_hz=rate_hz)
        hand, planted = HandTaps(), []
        for j in range(24):
            at_s = 4.0 + 5.0 * j + float(rng.uniform(0, 1))
            if taps == 2:
                planted.append(list(hand.twice(at_s, rng)))
            else:
                planted.append(list(hand.row(at_s, rng, taps)))
        n = round(126.0 * rate_hz)
        t_s = np.arange(n) / rate_hz
        acc, gyr = sensor.read(0, n)
        acc = acc + sensor.to_sensor(hand.force_m_s2(t_s, rate_hz))
        gyr = gyr + sensor.to_sensor(hand.rate_rad_s(t_s, rate_hz))
        found = listen(arrays(acc, gyr), n, rate_hz, PROBE if rate_hz == PROBE_HZ else None)
        if taps == 1:
            out.add(Hits(len(planted), 0, len(found)))
        else:
            out.add(score(found, planted))
    return out


def thinned(trial: Trial, times: int) -> tuple[FloatArray, FloatArray, float]:
    """Return a trial with each ``times`` samples averaged into one."""
    n = len(trial.acc) // times * times
    acc, gyr = (v[:n].reshape(-1, times, 3).mean(axis=1) for v in (trial.acc, trial.gyr))
    return acc, gyr, trial.rate_hz / times


def fingers(trial: Trial) -> list[int]:
    """Return the samples at which the board was tapped."""
    from scipy.signal import butter, find_peaks, sosfilt

    sos = butter(2, 15.0, "high", fs=trial.rate_hz, output="sos")
    high = np.linalg.norm(np.asarray(sosfilt(sos, trial.acc, axis=0)), axis=1)
    apart = round(0.3 * trial.rate_hz)
    return find_peaks(high, height=FINGER_M_S2, distance=apart)[0].tolist()


def blow(trial: Trial, at: int) -> tuple[float, float, float]:
    """Return mean over three samples and peak of a tap's acceleration, and its turn in deg/s."""
    base = np.median(trial.acc[at - 30 : at - 8], axis=0)
    still = np.median(trial.gyr[at - 30 : at - 8], axis=0)
    moved = trial.acc[at - 6 : at + 9] - base
    means = (moved[:-2] + moved[1:-1] + moved[2:]) / 3.0
    turned = trial.gyr[at - 2 : at + 25] - still
    heights = [np.linalg.norm(v, axis=1).max() for v in (means, moved, turned)]
    return float(heights[0]), float(heights[1]), float(np.degrees(heights[2]))


def spliced(tapped: Trial, quiet: Trial, share: float, *, moving: bool, times: int) -> Hits:
    """Return how real taps of a finger are heard, put twice on a trial without taps.

    ``share``: how strong they are there, over what they were on the board.
    """
    rate = quiet.rate_hz
    rng = np.random.default_rng(seed_of(f"spliced {share} {moving} {times}"))
    acc, gyr = quiet.acc.copy(), quiet.gyr.copy()
    n = round(sum(FINGER_S) * rate)
    before = round(FINGER_S[0] * rate)
    fade = np.minimum(1.0, np.linspace(4.0, 0.0, n))[:, None]
    begins, ends = (
        np.flatnonzero(quiet.judged)[[0, -1]] if moving else (0, np.flatnonzero(quiet.judged)[0])
    )
    planted: list[list[float]] = []
    places = fingers(tapped)
    at = int(begins) + round(3.0 * rate)
    while at < int(ends) - round(3.0 * rate):
        finger = places[int(rng.integers(len(places)))]
        gap = round(float(rng.uniform(0.17, 0.48)) * rate)
        for k, strong in ((at, 1.0), (at + gap, float(np.exp(0.25 * rng.standard_normal())))):
            for here, from_ in ((acc, tapped.acc), (gyr, tapped.gyr)):
                base = np.median(from_[finger - 30 : finger - 8], axis=0)
                shape = from_[finger - before : finger - before + n] - base
                here[k - before : k - before + n] += share * strong * fade * shape
        planted.append([at / rate, (at + gap) / rate])
        at += gap + round(float(rng.uniform(2.5, 4.0)) * rate)
    one = thinned(type(quiet)(quiet.name, "", rate, acc, gyr, quiet.truth, quiet.judged), times)
    return score(listen(arrays(one[0], one[1]), len(one[0]), one[2]), planted)


def broad(folder: Path) -> tuple[dict[tuple[str, float], Count], list[Trial]]:
    """Return what is found in the trials of BROAD, also thinned, and the trials."""
    trials = load_broad(folder)
    out: dict[tuple[str, float], Count] = {}
    for trial in trials:
        for times in (1, 2, 3):
            acc, gyr, rate_hz = thinned(trial, times)
            found = listen(arrays(acc, gyr), len(acc), rate_hz)
            out[trial.name, rate_hz] = Count(len(acc) / rate_hz, [d.at_s for d in found])
    return out, trials


def walks(folder: Path) -> dict[str, Count]:
    """Return what is found on the lower backs of mobgap, trial by trial."""
    out: dict[str, Count] = {}
    for person in ("HA_001", "HA_002"):
        path = str(folder / person / "data.mat")
        tests: Any = loadmat(path, struct_as_record=False, squeeze_me=True)["data"].TimeMeasure1
        for test, name in WALKS:
            sensor = getattr(getattr(tests, test), name).SU.LowerBack
            acc = G_M_S2 * np.asarray(sensor.Acc, dtype=np.float64)
            gyr = np.radians(np.asarray(sensor.Gyr, dtype=np.float64))
            found = listen(arrays(acc, gyr), len(acc), 100.0)
            out[f"{person} {test} {name}"] = Count(len(acc) / 100.0, [d.at_s for d in found])
    return out


def xsens(folder: Path) -> Count:
    """Return what is found in the walking of Xsens sensors (100 Hz; the files have no rate)."""
    out = Count()
    for path in sorted(folder.glob("MT_*.txt")):
        rows = [line.split("\t") for line in path.read_text().splitlines()[6:]]
        acc = np.array([[float(v) for v in row[14:17]] for row in rows])
        found = listen(arrays(acc, np.zeros_like(acc)), len(acc), 100.0)
        out.add(Count(len(acc) / 100.0, [d.at_s for d in found]))
    return out


def block_ms(rate_hz: float) -> tuple[float, float]:
    """Return mean and 99 % of the milliseconds of CPU for one block of 20 ms."""
    n, blocks = round(rate_hz / 50.0), 5000
    rng = np.random.default_rng(1)
    acc = np.array([9.8, 0.0, 0.0]) + 0.02 * rng.standard_normal((blocks * n, 3))
    gyr = 0.01 * rng.standard_normal((blocks * n, 3))
    detector = BeltTaps(rate_hz)
    took: list[float] = []
    for k in range(0, blocks * n, n):
        begin = time.thread_time()
        detector.step(acc[k : k + n], gyr[k : k + n], k, k / rate_hz)
        took.append(1e3 * (time.thread_time() - begin))
    return float(np.mean(took)), float(np.percentile(took, 99))
