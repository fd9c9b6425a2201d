"""A person with a pelvis sensor who stands, bends, lies and bridges: truth for mounting and error.

Shares nothing with the product: a pose is a function of time, the sensor its second difference,
turned by a mounting and spoilt as a consumer part is (sizes: docs/reference/method.md section 3).
Axes and signs: x forward, y left, z up; anterior tilt positive about y (exercise_bridge.md
section 1).
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np
from scipy.spatial.transform import Rotation

if TYPE_CHECKING:
    from numpy.typing import NDArray

    FloatArray = NDArray[np.float64]

GRAVITY = 9.80665
#: Turns the neutral pelvis of a standing person (the world's axes) into each position.
POSITION = {
    "standing": Rotation.identity(),
    "supine": Rotation.from_euler("y", -90.0, degrees=True),
    "prone": Rotation.from_euler("y", 90.0, degrees=True),
    "side_lying_left": Rotation.from_euler("x", -90.0, degrees=True),
    "side_lying_right": Rotation.from_euler("x", 90.0, degrees=True),
}


@dataclass(frozen=True)
class Habits:
    """How far this person is from what was asked for, SD in degrees over people."""

    standing: tuple[float, float] = (1.0, 1.5)
    """Obliquity and tilt of standing against the own neutral pose."""
    lying: tuple[float, float] = (5.5, 2.5)
    """Tilt and roll of lying."""
    axis: float = 1.8
    """How far the axis of a movement lies off the hips', about x and z each."""
    repetition: float = 1.5
    """The same from repetition to repetition."""


@dataclass(frozen=True)
class Sensor:
    """Errors of the part; see the module's first lines."""

    gyr_noise_deg_s: float = 0.05
    gyr_bias_deg_s: float = 1.0
    acc_noise_m_s2: float = 0.01
    acc_bias_m_s2: float = 0.020 * GRAVITY
    scale: float = 0.005


@dataclass
class Person:
    """One person with one sensor. ``mount`` turns sensor axes into pelvis axes."""

    seed: int
    mount: Rotation
    rate_hz: float = 100.0
    habits: Habits = field(default_factory=Habits)
    sensor: Sensor = field(default_factory=Sensor)

    def __post_init__(self) -> None:
        """Draw what stays the same over a session."""
        self.rng = np.random.default_rng([self.seed, 20])
        s, rng = self.sensor, self.rng
        self.gyr_bias = np.radians(rng.uniform(-s.gyr_bias_deg_s, s.gyr_bias_deg_s, 3))
        self.acc_bias = rng.uniform(-s.acc_bias_m_s2, s.acc_bias_m_s2, 3)
        self.gain = 1.0 + rng.uniform(-s.scale, s.scale, 3)

    def neutral(self, position: str) -> Rotation:
        """Return this person's way of keeping a position, pelvis to world."""
        h, rng = self.habits, self.rng
        if position == "standing":
            own = [rng.normal(0, h.standing[0]), rng.normal(0, h.standing[1]), 0.0]
        elif position in ("supine", "prone"):
            own = [0.0, rng.normal(0, h.lying[0]), rng.normal(0, h.lying[1])]
        else:
            own = [rng.normal(0, 6.0), 0.0, rng.normal(0, 6.0)]
        return POSITION[position] * Rotation.from_rotvec(np.radians(own))

    def sense(self, pose: Rotation, arm_m: float = 0.1) -> tuple[FloatArray, FloatArray]:
        """Return specific force and rate in sensor axes of poses ``(n,)``, pelvis to world."""
        n, dt = len(pose), 1.0 / self.rate_hz
        step = (pose[:-1].inv() * pose[1:]).as_rotvec() / dt
        rate = np.concatenate([step[:1], 0.5 * (step[1:] + step[:-1]), step[-1:]])
        place = pose.apply([0.0, 0.0, arm_m])
        force = np.gradient(np.gradient(place, dt, axis=0), dt, axis=0)
        force[:, 2] += GRAVITY
        s, rng = self.sensor, self.rng
        acc = self.mount.inv().apply(pose.inv().apply(force)) + self.acc_bias
        gyr = self.gain * self.mount.inv().apply(rate) + self.gyr_bias
        acc += s.acc_noise_m_s2 * rng.standard_normal((n, 3))
        gyr += np.radians(s.gyr_noise_deg_s) * rng.standard_normal((n, 3))
        return acc, gyr

    def keeps(self, position: str, seconds: float = 5.0) -> tuple[FloatArray, FloatArray]:
        """Return what the sensor feels in a still pose."""
        sway = 0.4 if position == "standing" else 0.05
        return self.sense(self.neutral(position) * self._sway(seconds, sway))

    def moves(
        self, kind: str, *, size_deg: float | None = None, times: int = 3, period_s: float = 4.0
    ) -> tuple[FloatArray, FloatArray]:
        """Return what it feels during bends ("forward_bend") or bridges, rest before and after."""
        position, sign, usual = (
            ("standing", 1.0, 50.0) if kind == "forward_bend" else ("supine", -1.0, 25.0)
        )
        size = sign * (usual if size_deg is None else size_deg)
        start = self.neutral(position)
        own = self.rng.normal(0, self.habits.axis, 2)
        turns = [np.zeros((round(self.rate_hz), 3))]
        for _ in range(times):
            u = np.clip(np.arange(0, period_s, 1 / self.rate_hz) / (0.4 * period_s), 0, 1)
            rise = u**3 * (10 - 15 * u + 6 * u**2)
            share = rise * rise[::-1]
            off = np.radians(own + self.rng.normal(0, self.habits.repetition, 2))
            axis = np.array([off[0], 1.0, off[1]])
            turns.append(np.radians(size) * share[:, None] * axis / np.linalg.norm(axis))
        turns.append(np.zeros((round(self.rate_hz), 3)))
        turn = Rotation.from_rotvec(np.concatenate(turns))
        return self.sense(start * turn * self._sway(len(turn) / self.rate_hz, 0.2))

    def _sway(self, seconds: float, size_deg: float) -> Rotation:
        t = np.arange(round(seconds * self.rate_hz)) / self.rate_hz
        hz, phase = self.rng.uniform(0.1, 0.5, 3), self.rng.uniform(0, 2 * np.pi, 3)
        return Rotation.from_rotvec(
            np.radians(size_deg) * np.sin(2 * np.pi * hz * t[:, None] + phase)
        )


def wxyz(rotation: Rotation) -> tuple[float, float, float, float]:
    """Return a rotation as the quaternion of the product."""
    x, y, z, w = rotation.as_quat().tolist()
    return (w, x, y, z)


def from_wxyz(q: tuple[float, float, float, float]) -> Rotation:
    """Return the rotation of a quaternion of the product."""
    return Rotation.from_quat([q[1], q[2], q[3], q[0]])
