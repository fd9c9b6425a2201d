"""How the pelvis moves, and what an inertial sensor on the sacrum measures of it.

Pelvis frame: x forward, y left, z up along the spine; tilt about y, anterior positive, so hips
that rise tilt negatively. World frame: z up. The start pose is supine: x looks at the ceiling.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

import numpy as np
from scipy.spatial.transform import Rotation

from firingorder.simulation.noise import (
    BlockCache,
    SlowNoise,
    block_key,
    block_samples,
    generator,
    read_blocks,
)

if TYPE_CHECKING:
    from firingorder.samples import FloatArray

STANDARD_GRAVITY_M_S2 = 9.80665
#: Supine: columns are the pelvis axes in the world (x up, y left, z toward the head).
SUPINE = np.array([[0.0, 0.0, 1.0], [0.0, -1.0, 0.0], [1.0, 0.0, 0.0]])
#: Sensor to pelvis, box flat on the sacrum with USB down: pelvis x = -z, y = -x, z = y of the
#: sensor (hardware/README.md, motion sensor). Order w, x, y, z.
NOMINAL_MOUNT_WXYZ = (0.5, 0.5, -0.5, -0.5)
#: How far a real mounting is from the nominal one.
MOUNT_ERROR_DEG = 10.0
#: In a bridge the trunk turns about the shoulders, which stay on the floor; sacrum to shoulder
#: of an adult is about 0.45 m (anthropometric order of magnitude, not a measurement).
SHOULDER_TO_SACRUM_M = 0.45
#: Breathing moves a lying pelvis by a few tenths of a degree at 0.2-0.3 Hz.
BREATHING_HZ = (0.2, 0.3)
BREATHING_DEG = (0.1, 0.3)
SWAY_BAND_HZ = (0.03, 0.3)
SWAY_DEG = 0.05
#: Sensor errors (method.md section 3).
GYRO_NOISE_DEG_S_RT_HZ = 0.007
GYRO_BIAS_DEG_S = 1.0
GYRO_WALK_DEG_S_RT_S = 0.01
ACC_NOISE_G_RT_HZ = 150e-6
ACC_BIAS_G = 0.020
#: Step of the central differences that turn poses into rates and accelerations; small against
#: the movement, large against rounding (1e-16 / step^2 is 1e-10 m/s^2).
DIFFERENCE_S = 1e-3
#: The bias walk is drawn once per second for the longest session that makes sense.
WALK_SECONDS = 8 * 3600


@dataclass(frozen=True, slots=True)
class Movement:
    """One repetition of a bridge: up, hold, down. Angles at the top, relative to lying.

    Times in seconds of body time: movement onset, arrival at the top, start of lowering, end.
    """

    onset_s: float
    top_s: float
    lower_s: float
    end_s: float
    tilt_deg: float
    obliquity_deg: float = 0.0
    rotation_deg: float = 0.0


def minimum_jerk(u: FloatArray) -> FloatArray:
    """Return the minimum-jerk course 10 u^3 - 15 u^4 + 6 u^5, clipped to 0..1.

    Flash and Hogan, J Neurosci 1985, 5(7):1688.
    """
    v = np.clip(u, 0.0, 1.0)
    return v**3 * (10.0 - 15.0 * v + 6.0 * v**2)


def progress(movement: Movement, t_s: FloatArray) -> FloatArray:
    """Return how far the hips are up, 0..1, at times ``t_s``."""
    up = minimum_jerk((t_s - movement.onset_s) / (movement.top_s - movement.onset_s))
    down = minimum_jerk((t_s - movement.lower_s) / (movement.end_s - movement.lower_s))
    return up - down


class Moves(Protocol):
    """Something whose specific force (m/s^2) and angular rate (rad/s) a sensor can measure."""

    def pose(self, t_s: FloatArray) -> Rotation:
        """Return the rotation from the pelvis frame into the world at ascending times."""
        ...

    def motion(self, t_s: FloatArray) -> tuple[FloatArray, FloatArray]:
        """Return both in the pelvis frame, ``(n, 3)``, at ascending times."""
        ...


class Pelvis:
    """Pose of the pelvis as a function of time: movements, breathing, sway."""

    def __init__(self, movements: tuple[Movement, ...], seed: int) -> None:
        rng = generator(seed, "pelvis")
        self._movements = movements
        self._breath_hz = rng.uniform(*BREATHING_HZ)
        self._breath_deg = rng.uniform(*BREATHING_DEG)
        self._breath_phase = rng.uniform(0.0, 2.0 * np.pi)
        self._sway = [SlowNoise(generator(seed, "sway", k), *SWAY_BAND_HZ) for k in range(3)]

    def rotation_deg(self, t_s: FloatArray) -> FloatArray:
        """Return ``(n, 3)`` obliquity, tilt and rotation relative to lying supine, degrees."""
        out = np.stack([SWAY_DEG * sway.at(t_s) for sway in self._sway], axis=1)
        breath = np.sin(2.0 * np.pi * self._breath_hz * t_s + self._breath_phase)
        out[:, 1] += self._breath_deg * breath
        for m in self._movements:
            if m.onset_s < t_s[-1] and m.end_s > t_s[0]:
                share = progress(m, t_s)
                out[:, 0] += m.obliquity_deg * share
                out[:, 1] += m.tilt_deg * share
                out[:, 2] += m.rotation_deg * share
        return out

    def pose(self, t_s: FloatArray) -> Rotation:
        """Return the rotation from the pelvis frame into the world at times ``t_s``."""
        relative = Rotation.from_rotvec(np.deg2rad(self.rotation_deg(t_s)))
        return Rotation.from_matrix(SUPINE) * relative

    def motion(self, t_s: FloatArray) -> tuple[FloatArray, FloatArray]:
        """Return specific force (m/s^2) and angular rate (rad/s) in the pelvis frame, (n, 3)."""
        before, now, after = (self.pose(t_s + dt) for dt in (-DIFFERENCE_S, 0.0, DIFFERENCE_S))
        rate = (before.inv() * after).as_rotvec() / (2.0 * DIFFERENCE_S)
        arm = np.array([0.0, 0.0, -SHOULDER_TO_SACRUM_M])
        curve = after.apply(arm) - 2.0 * now.apply(arm) + before.apply(arm)
        acceleration = curve / DIFFERENCE_S**2
        force = acceleration + np.array([0.0, 0.0, STANDARD_GRAVITY_M_S2])
        return now.inv().apply(force), rate


class SacrumSensor:
    """What the sensor reports, in its own axes, as a pure function of the sample index.

    ``mount_wxyz`` is the true mounting (sensor to pelvis), within 10 degrees of the nominal one
    unless another one is given.
    """

    def __init__(
        self, pelvis: Moves, *, seed: int, rate_hz: float, mount: Rotation | None = None
    ) -> None:
        rng = generator(seed, "imu")
        self.rate_hz = rate_hz
        self.size = block_samples(rate_hz)
        axis = rng.standard_normal(3)
        axis /= np.linalg.norm(axis)
        error = Rotation.from_rotvec(np.deg2rad(MOUNT_ERROR_DEG * rng.uniform()) * axis)
        self._mount = error * nominal_mount() if mount is None else mount
        x, y, z, w = (float(v) for v in self._mount.as_quat())
        self.mount_wxyz = (w, x, y, z)
        self._gyr_bias = np.deg2rad(rng.uniform(-GYRO_BIAS_DEG_S, GYRO_BIAS_DEG_S, 3))
        self._acc_bias = STANDARD_GRAVITY_M_S2 * rng.uniform(-ACC_BIAS_G, ACC_BIAS_G, 3)
        steps = GYRO_WALK_DEG_S_RT_S * generator(seed, "imu walk").standard_normal(
            (WALK_SECONDS, 3)
        )
        self._walk = np.deg2rad(np.cumsum(steps, axis=0))
        self._pelvis = pelvis
        self._seed = seed
        self._blocks = BlockCache(self._make_block)

    def read(self, k0: int, n: int) -> tuple[FloatArray, FloatArray]:
        """Return ``(n, 3)`` specific force (m/s^2) and rate (rad/s) of samples ``k0 ..``."""
        both = read_blocks(self._blocks, self.size, k0, n)
        return both[:, :3], both[:, 3:]

    def to_sensor(self, vectors: FloatArray) -> FloatArray:
        """Return ``(n, 3)`` vectors of the pelvis frame in the axes of the sensor."""
        return self._mount.inv().apply(vectors)

    def _sample_times(self, block: int) -> FloatArray:
        """Return the instants of the samples of a block."""
        return (block * self.size + np.arange(self.size)) / self.rate_hz

    def _motion(self, block: int, t_s: FloatArray) -> tuple[FloatArray, FloatArray]:
        """Return what moves the sensor, in the pelvis frame."""
        del block
        return self._pelvis.motion(t_s)

    def _make_block(self, block: int) -> FloatArray:
        t_s = self._sample_times(block)
        force, rate = self._motion(block, t_s)
        turn = self._mount.inv()
        # A density turns into the RMS of a sample through the Nyquist bandwidth.
        root_band = np.sqrt(self.rate_hz / 2.0)
        noise = generator(self._seed, "imu noise", block_key(block)).standard_normal((self.size, 6))
        acc_sd = STANDARD_GRAVITY_M_S2 * ACC_NOISE_G_RT_HZ * root_band
        gyr_sd = np.deg2rad(GYRO_NOISE_DEG_S_RT_HZ) * root_band
        acc = turn.apply(force) + self._acc_bias + acc_sd * noise[:, :3]
        gyr = turn.apply(rate) + self._gyr_bias + gyr_sd * noise[:, 3:]
        return np.concatenate([acc, gyr + self._bias_walk(t_s)], axis=1)

    def _bias_walk(self, t_s: FloatArray) -> FloatArray:
        seconds: FloatArray = np.arange(WALK_SECONDS, dtype=np.float64)
        return np.stack([np.interp(t_s, seconds, self._walk[:, axis]) for axis in range(3)], axis=1)


def nominal_mount() -> Rotation:
    """Return the nominal rotation from sensor axes into the pelvis frame."""
    w, x, y, z = NOMINAL_MOUNT_WXYZ
    return Rotation.from_quat([x, y, z, w])
