"""Planted mountings: angles of turned sensors with and without calibration, and stated errors."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np
from scipy.spatial.transform import Rotation

from benchmarks.movement.angles_filters import product
from benchmarks.movement.angles_person import Habits, Person, from_wxyz, wxyz
from firingorder.calibration.mounting import Moves, StillPose, find_mounting
from firingorder.signal.orientation import pelvis_angles_deg
from firingorder.signal.pose_error import angle_error
from firingorder.simulation.movement import Movement, Pelvis, SacrumSensor, nominal_mount

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from firingorder.calibration.mounting import Mounting

    FloatArray = NDArray[np.float64]

RATE_HZ = 100.0
#: How the sensor is turned beyond the simulation's own error of up to 10 degrees.
TURNS: dict[str, tuple[float, ...]] = {
    "as meant": (0.0,),
    "turned by 30 degrees": (30.0,),
    "turned by 60 degrees": (60.0,),
    "upside down": (180.0, 1.0, 0.0, 0.0),
    "on the front of the belt": (180.0, 0.0, 0.0, 1.0),
    "on the iliac crest": (90.0, 0.0, 0.0, 1.0),
}
LIFTS = 4


@dataclass
class RangeErrors:
    """Absolute errors of peak angles, ``(n, 3)`` tilt, obliquity, rotation, degrees."""

    calibrated: list[FloatArray] = field(default_factory=list)
    uncalibrated: list[FloatArray] = field(default_factory=list)
    mount_deg: list[float] = field(default_factory=list)
    refused: list[str] = field(default_factory=list)


def turned(name: str, rng: np.random.Generator) -> Rotation:
    """Return one of :data:`TURNS` in pelvis axes; angles without an axis are about any."""
    angle, *axis = TURNS[name]
    along = np.array(axis) if axis else rng.standard_normal(3)
    return Rotation.from_rotvec(np.radians(angle) * along / np.linalg.norm(along))


def bridges(name: str, seeds: range) -> RangeErrors:
    """Return the errors of bridges of the product's simulation: supine, calibrated by bridges.

    Three straight bridges calibrate, four more with obliquity and rotation are measured. The
    control takes the mounting that the device declares.
    """
    out = RangeErrors()
    for seed in seeds:
        rng = np.random.default_rng([seed, 7])
        moves = [_bridge(8.0 + 6.0 * k, -25.0, 0.0, 0.0) for k in range(3)]
        for k in range(LIFTS):
            angles = (-rng.uniform(15, 35), rng.uniform(-8, 8), rng.uniform(-6, 6))
            moves.append(_bridge(28.0 + 6.0 * k, *angles))
        sensor = SacrumSensor(Pelvis(tuple(moves), seed), seed=seed, rate_hz=RATE_HZ)
        acc, gyr = sensor.read(0, round(RATE_HZ * (28.0 + 6.0 * LIFTS + 2.0)))
        extra = turned(name, rng)
        # The sensor sits turned: its mounting is the simulation's, then the extra turn.
        into = nominal_mount().inv() * extra.inv() * nominal_mount()
        acc, gyr = into.apply(acc), into.apply(gyr)
        true_mount = from_wxyz(sensor.mount_wxyz) * into.inv()
        still = StillPose("supine", RATE_HZ, acc[100:600], gyr[100:600])
        found = find_mounting([still], Moves("bridge", RATE_HZ, acc[700:2750], gyr[700:2750]))
        if found.mount_wxyz is None:
            out.refused += found.refusals
            continue
        off = from_wxyz(found.mount_wxyz) * true_mount.inv()
        out.mount_deg.append(float(np.degrees(off.magnitude())))
        for mount, errors in (
            (found.mount_wxyz, out.calibrated),
            (wxyz(nominal_mount()), out.uncalibrated),
        ):
            quat = product(acc, gyr, RATE_HZ, mount).quat
            for m in moves[3:]:
                errors.append(np.abs(_measured(quat, m) - _true(m)))
    return out


def _bridge(at_s: float, tilt: float, obliquity: float, rotation: float) -> Movement:
    return Movement(at_s, at_s + 1.5, at_s + 2.5, at_s + 4.0, tilt, obliquity, rotation)


def _true(m: Movement) -> FloatArray:
    vector = np.radians([m.obliquity_deg, m.tilt_deg, m.rotation_deg])
    return np.array(pelvis_angles_deg((1.0, 0.0, 0.0, 0.0), wxyz(Rotation.from_rotvec(vector))))


def _measured(quat: FloatArray, m: Movement) -> FloatArray:
    start, top = round((m.onset_s - 0.2) * RATE_HZ), round((m.top_s + 0.5) * RATE_HZ)
    a, b = ((w, x, y, z) for w, x, y, z in (quat[start].tolist(), quat[top].tolist()))
    return np.array(pelvis_angles_deg(a, b))


PLANS: dict[str, tuple[tuple[str, ...], str | None]] = {
    "standing, 3 bends": (("standing",), "forward_bend"),
    "supine, 3 bridges": (("supine",), "bridge"),
    "standing, supine, 3 bends": (("standing", "supine"), "forward_bend"),
    "standing, supine": (("standing", "supine"), None),
}


@dataclass(frozen=True)
class MountErrors:
    """Mountings of many people: true errors and stated ones, degrees."""

    true_deg: FloatArray
    stated_deg: FloatArray
    refused: int

    @property
    def coverage(self) -> float:
        """Return the share of errors below what was stated."""
        return float(np.mean(self.true_deg <= self.stated_deg))


def calibrate(person: Person, plan: str) -> Mounting:
    """Let a person calibrate by one of :data:`PLANS`."""
    positions, movement = PLANS[plan]
    poses = [StillPose(k, person.rate_hz, *person.keeps(k)) for k in positions]  # type: ignore[arg-type]
    moves = None if movement is None else Moves(movement, person.rate_hz, *person.moves(movement))  # type: ignore[arg-type]
    return find_mounting(poses, moves)


def mountings(plan: str, seeds: range, habits: Habits | None = None) -> MountErrors:
    """Return the errors of people whose sensor is turned anyhow."""
    true, stated = [], []
    for seed in seeds:
        person = Person(seed, Rotation.random(random_state=seed), habits=habits or Habits())
        found = calibrate(person, plan)
        if found.mount_wxyz is None or found.error_deg is None:
            continue
        off = from_wxyz(found.mount_wxyz) * person.mount.inv()
        true.append(float(np.degrees(off.magnitude())))
        stated.append(found.error_deg)
    return MountErrors(np.array(true), np.array(stated), len(seeds) - len(true))


def stated_angles(plan: str, seeds: range) -> tuple[FloatArray, FloatArray]:
    """Return errors and stated 95 % of peak angles of calibrated people, ``(n, 3)`` each.

    Bends of 20 to 80 degrees, or bridges of 15 to 35, with up to 8 degrees of obliquity and 6 of
    rotation; errors of sensor, filter and mounting together.
    """
    off: list[FloatArray] = []
    stated: list[FloatArray] = []
    for seed in seeds:
        person = Person(seed, Rotation.random(random_state=seed))
        found = calibrate(person, plan)
        if found.mount_wxyz is None or found.axis_error_deg is None:
            continue
        rng = person.rng
        bend = "bend" in plan
        size = rng.uniform(20, 80) if bend else -rng.uniform(15, 35)
        target = np.radians([rng.uniform(-8, 8), size, rng.uniform(-6, 6)])
        start = person.neutral("standing" if bend else "supine")
        share = _course(RATE_HZ, rest_s=rng.uniform(4, 12))
        acc, gyr = person.sense(start * Rotation.from_rotvec(share[:, None] * target))
        run = product(acc, gyr, RATE_HZ, found.mount_wxyz)
        a, b = len(share) - 300, len(share) - 1
        first, last = ((w, x, y, z) for w, x, y, z in (run.quat[a].tolist(), run.quat[b].tolist()))
        true = np.array(pelvis_angles_deg((1.0, 0.0, 0.0, 0.0), wxyz(Rotation.from_rotvec(target))))
        off.append(np.abs(np.array(pelvis_angles_deg(first, last)) - true))
        error = angle_error(
            first,
            last,
            elapsed_s=(b - a) / RATE_HZ,
            turned_deg=float(run.turned_deg[b] - run.turned_deg[a]),
            bias_sd_deg_s=run.bias_sd_deg_s[b],
            mount_error_deg=found.axis_error_deg,
        )
        stated.append(np.array([error.tilt_deg, error.obliquity_deg, error.rotation_deg]))
    return np.array(off), np.array(stated)


def _course(rate_hz: float, rest_s: float) -> FloatArray:
    """Return rest, then 2.5 s of minimum jerk and 0.4 s at the end of it, 0 to 1."""
    u = np.clip(np.arange(0.0, 2.9, 1.0 / rate_hz) / 2.5, 0.0, 1.0)
    return np.concatenate([np.zeros(round(rest_s * rate_hz) + 20), u**3 * (10 - 15 * u + 6 * u**2)])
