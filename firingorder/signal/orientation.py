"""Pelvis angles from one IMU: the filter (vqf), gyroscope bias from rest, swing-twist angles.

Method: VQF, Laidig and Seel 2023, Information Fusion 91 (10.1016/j.inffus.2022.10.014), six axes,
default parameters but for the accelerometer's time constant. This module is the only one that
knows the library. How far it errs on real recordings: docs/movement_angles.md.
"""

from __future__ import annotations

import math
from collections import deque
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, cast

import numpy as np
from vqf import VQF  # type: ignore[import-untyped]

from firingorder.signal.sensor_state import SensorState, SensorWatch, SensorWatchParams

if TYPE_CHECKING:
    from firingorder.samples import FloatArray
    from firingorder.signal.reference import PersonalReference

Quaternion = tuple[float, float, float, float]
Vector = tuple[float, float, float]

IDENTITY: Quaternion = (1.0, 0.0, 0.0, 0.0)


@dataclass(frozen=True, slots=True)
class OrientationParams:
    """Rest bias and gaps of the orientation filter (method.md section 7)."""

    bias_rest_s: float = 3.0
    """Stillness needed to learn the gyroscope bias; outside VQF's clip it must be removed first."""
    bias_limit_deg_s: float = 6.0
    """Largest bias believed: consumer parts stay within 3 deg/s per axis."""
    rest_gyr_deg_s: float = 1.0
    """Deviation from the mean of the rest within which the sensor is still."""
    rest_acc_m_s2: float = 0.3
    bridge_gap_s: float = 0.25
    """Missing samples up to here are integrated at the mean rate of both ends; the accelerometer
    takes out what is left within seconds. After longer gaps the filter restarts."""
    acc_time_s: float = 5.0
    """Time constant of the accelerometer once the bias is known; VQF's 3 s until then. Over 2 to
    10 s of slow movement the angles are then off by 0.24 to 0.39 degrees instead of 0.34 to 0.47
    (BROAD, trial 10; docs/movement_angles.md); longer gains little and forgives a bias less."""
    stale_bias_deg_s: float = 0.5
    """A rest this far from a bias that was given at the start replaces it; less is left to VQF."""
    watch: SensorWatchParams = field(default_factory=SensorWatchParams)


@dataclass(frozen=True, slots=True)
class Pose:
    """One IMU sample in the pelvis frame (x forward, y left, z up).

    Attributes
    ----------
    quat_wxyz
        Pelvis frame to a level frame of arbitrary heading.
    rate_deg_s
        Angular rate about x, y, z without its rest bias.
    rate_norm_deg_s
        Length of that vector.
    restarted
        The filter restarted here; poses before and after cannot be compared in heading.
    rested
        It restarted because a rest that ends here made the gyroscope's bias known.
    doubtful
        The sensor is at the end of its range or repeats itself, its time jumps, or gravity does not
        fit: an angle over this sample must not be reported.
    """

    quat_wxyz: Quaternion
    rate_deg_s: Vector
    rate_norm_deg_s: float
    restarted: bool
    rested: bool = False
    acc_m_s2: Vector = (0.0, 0.0, 0.0)
    """Specific force in the pelvis frame: what lies still has one g along the vertical."""
    doubtful: bool = False


def multiply(p: Quaternion, q: Quaternion) -> Quaternion:
    """Return the Hamilton product p q."""
    pw, px, py, pz = p
    qw, qx, qy, qz = q
    return (
        pw * qw - px * qx - py * qy - pz * qz,
        pw * qx + px * qw + py * qz - pz * qy,
        pw * qy - px * qz + py * qw + pz * qx,
        pw * qz + px * qy - py * qx + pz * qw,
    )


def conjugate(q: Quaternion) -> Quaternion:
    """Return the inverse of a unit quaternion."""
    return (q[0], -q[1], -q[2], -q[3])


def rotation_matrix(q: Quaternion) -> FloatArray:
    """Return the ``(3, 3)`` matrix that turns vectors as ``q v q*`` does."""
    w, x, y, z = (c / math.sqrt(sum(v * v for v in q)) for c in q)
    return np.array(
        [
            [1 - 2 * (y * y + z * z), 2 * (x * y - w * z), 2 * (x * z + w * y)],
            [2 * (x * y + w * z), 1 - 2 * (x * x + z * z), 2 * (y * z - w * x)],
            [2 * (x * z - w * y), 2 * (y * z + w * x), 1 - 2 * (x * x + y * y)],
        ]
    )


def twist_deg(q: Quaternion, axis: int) -> float:
    """Return the angle of a rotation about one of its axes (0 x, 1 y, 2 z), in (-180, 180].

    The twist of the swing-twist decomposition: it has no singularity at 90 degrees of tilt.
    """
    angle = 2.0 * math.degrees(math.atan2(q[axis + 1], q[0]))
    return (angle + 180.0) % 360.0 - 180.0


def pelvis_angles_deg(start: Quaternion, now: Quaternion) -> tuple[float, float, float]:
    """Return tilt, obliquity and rotation relative to a start pose, degrees.

    Positive: anterior tilt (about y), left side up (about x), pelvis turned to the left (about z);
    exercise_bridge.md section 1.
    """
    relative = multiply(conjugate(start), now)
    return twist_deg(relative, 1), twist_deg(relative, 0), twist_deg(relative, 2)


def vertical(q: Quaternion) -> Vector:
    """Return the vertical in the pelvis frame: what is left of a pose without its heading."""
    w, x, y, z = q
    return (2 * (x * z - w * y), 2 * (y * z + w * x), 1 - 2 * (x * x + y * y))


def angle_between_deg(a: Vector, b: Vector) -> float:
    """Return the angle between two directions."""
    lengths = math.hypot(*a) * math.hypot(*b)
    cosine = sum(p * q for p, q in zip(a, b, strict=True)) / lengths
    return math.degrees(math.acos(max(-1.0, min(1.0, cosine))))


def signed_tilt_deg(before: Vector, after: Vector) -> float:
    """Return by how much the pelvis tilted between two verticals, anterior positive."""
    turned = math.atan2(after[2], after[0]) - math.atan2(before[2], before[0])
    return math.degrees(math.remainder(turned, 2 * math.pi))


def mean_pose(poses: list[Quaternion]) -> Quaternion:
    """Return the mean of poses that lie close together (normalised sum, one hemisphere)."""
    stacked = np.array(poses)
    same = np.add.reduce(stacked * stacked[0], axis=1) >= 0.0
    if not same.all():
        stacked = np.where(same[:, None], stacked, -stacked)
    total = np.add.reduce(stacked, axis=0)
    w, x, y, z = (total / math.sqrt(float(np.add.reduce(total**2)))).tolist()
    return (w, x, y, z)


class Orientation:
    """Sample by sample from sensor axes to the pose of the pelvis.

    The first still seconds give the gyroscope bias, which is subtracted before the filter; when it
    becomes known the filter starts anew with it. A short gap is bridged, a long one restarts.
    :meth:`calibrate` gives bias and mounting from a calibration. :meth:`watch` looks at a whole
    block first; without it nothing is known of the sensor's rate, range and rattle.
    """

    def __init__(
        self,
        params: OrientationParams,
        rate_hz: float,
        mount_wxyz: Quaternion,
        reference: PersonalReference | None = None,
    ) -> None:
        self._params = params
        self._rate_hz = rate_hz
        self._mount = rotation_matrix(mount_wxyz)
        self._rest_samples = max(2, round(params.bias_rest_s * rate_hz))
        self._filter: Any = VQF(1.0 / rate_hz)
        self._bias: FloatArray | None = None
        self._bias_given = False
        self._rest: deque[tuple[FloatArray, FloatArray]] = deque(maxlen=self._rest_samples)
        self._last_gyr = np.zeros(3)
        self._next_index: int | None = None
        self._restart = False
        self._watch = SensorWatch(params.watch, rate_hz, self._to_pelvis)
        self._acc_off: set[int] = set()
        self._gyr_off: set[int] = set()
        self._stuck: set[int] = set()
        self._lost: set[int] = set()
        self._skipped: dict[int, float] = {}
        if reference is not None:
            self.calibrate(reference)

    def _to_pelvis(self, vector: FloatArray) -> Vector:
        x, y, z = (self._mount @ vector).tolist()
        return (x, y, z)

    @property
    def bias_deg_s(self) -> Vector | None:
        """Gyroscope bias in the pelvis frame, None until a rest was seen or one was given."""
        if self._bias is None:
            return None
        x, y, z = np.degrees(self._bias).tolist()
        return (x, y, z)

    @property
    def bias_sd_deg_s(self) -> float:
        """What VQF thinks its remaining bias to be uncertain by (SD of the worst axis)."""
        return math.degrees(cast("float", self._filter.getBiasEstimate()[1]))

    def state(self) -> SensorState:
        """Return what is known of the sensor itself."""
        return self._watch.state(self._params.bias_limit_deg_s)

    def calibrate(self, reference: PersonalReference) -> None:
        """Take mounting and gyroscope bias from a calibration, between two blocks.

        What the reference does not know stays as it was. The filter restarts with the next sample,
        which says so; a later rest replaces a bias that no longer fits.
        """
        if reference.mount_wxyz is not None:
            known = None if self._bias is None else self._mount.T @ self._bias
            self._mount = rotation_matrix(reference.mount_wxyz)
            self._bias = None if known is None else self._mount @ known
        if reference.gyro_bias_rad_s is not None:
            self._bias = self._mount @ np.array(reference.gyro_bias_rad_s)
            self._bias_given = True
        self._rest.clear()
        self._restart = True

    def watch(
        self, index0: int, t0_s: float | None, acc_m_s2: FloatArray, gyr_rad_s: FloatArray
    ) -> None:
        """Look at a block ``(n, 3)`` each in sensor axes before its samples are stepped through.

        ``t0_s`` is the time of its first sample on the clock of the session, None where unknown.
        Rows that are no numbers are left out; a rate off the nominal one is corrected for. Time
        that jumps where the index does not may be lost samples or a clock set right: a short jump
        makes its pose doubtful, one as long as a gap that is not bridged restarts the filter.
        """
        finite = np.isfinite(acc_m_s2).all(axis=1) & np.isfinite(gyr_rad_s).all(axis=1)
        if not finite.all():
            acc_m_s2, gyr_rad_s = acc_m_s2[finite], gyr_rad_s[finite]
        if len(acc_m_s2) == 0:
            return
        acc_off, gyr_off = self._watch.step(index0, t0_s, acc_m_s2, gyr_rad_s)
        stuck = self._watch.stuck
        rows: list[int] = np.flatnonzero(finite).tolist() if acc_off or gyr_off or stuck else []
        self._acc_off = {index0 + rows[k] for k in acc_off}
        self._gyr_off = {index0 + rows[k] for k in gyr_off}
        self._stuck = {index0 + rows[k] for k in stuck}
        self._lost = {index0 + rows[k] for k in self._watch.lost}
        skipped = self._watch.rate.skipped
        self._skipped = {index0: skipped} if skipped else {}

    def step(self, index: int, acc_m_s2: FloatArray, gyr_rad_s: FloatArray) -> Pose:
        """Return the pose at one sample, ``(3,)`` each in sensor axes; indices only grow."""
        return self.step_turned(
            index, self.turned(acc_m_s2[None])[0], self.turned(gyr_rad_s[None])[0]
        )

    def turned(self, vectors: FloatArray) -> FloatArray:
        """Return vectors in sensor axes, ``(n, 3)``, in those of the pelvis."""
        return np.sum(self._mount * vectors[:, None], axis=2)

    def step_turned(self, index: int, acc: FloatArray, gyr: FloatArray) -> Pose:
        """Return the pose at one sample whose vectors are in the axes of the pelvis."""
        acc_off, gyr_off = index in self._acc_off, index in self._gyr_off
        after_gap = self._bridge(index, gyr)
        if acc_off or gyr_off:
            self._rest.clear()
            rested = False
        else:
            rested = self._learn_bias(acc, gyr)
        jumped = abs(self._skipped.pop(index, 0.0))
        jumped_far = jumped > self._params.bridge_gap_s * self._rate_hz
        restarted = after_gap or rested or jumped_far or self._restart or index in self._lost
        # How far the pelvis turned beyond the range nobody knows: nothing before compares.
        self._restart = gyr_off
        rate = gyr if self._bias is None else gyr - self._bias
        scale = self._watch.rate.scale
        used = rate if scale == 1.0 else scale * rate
        if restarted:
            if self._bias is not None:
                self._filter.setTauAcc(self._params.acc_time_s)
            self._filter.resetState()
        if acc_off and not restarted:
            self._filter.updateGyr(np.ascontiguousarray(used))
        else:
            self._filter.update(np.ascontiguousarray(used), np.ascontiguousarray(acc))
        self._last_gyr = used
        w, x, y, z = cast("FloatArray", self._filter.getQuat6D()).tolist()
        rx, ry, rz = map(math.degrees, rate.tolist())
        norm = math.sqrt(rx * rx + ry * ry + rz * rz)
        ax, ay, az = acc.tolist()
        return Pose(
            quat_wxyz=(w, x, y, z),
            rate_deg_s=(rx, ry, rz),
            rate_norm_deg_s=norm,
            restarted=restarted,
            rested=rested,
            acc_m_s2=(ax, ay, az),
            doubtful=(gyr_off or jumped > 0.0 or index in self._stuck or self._watch.gravity_wrong),
        )

    def _bridge(self, index: int, gyr: FloatArray) -> bool:
        """Integrate over missing samples; True if there are too many and the filter restarts."""
        missing = 0 if self._next_index is None else index - self._next_index
        first = self._next_index is None
        self._next_index = index + 1
        if first or missing == 0:
            return first
        self._rest.clear()
        if missing > self._params.bridge_gap_s * self._rate_hz:
            return True
        rate = gyr if self._bias is None else gyr - self._bias
        between = np.ascontiguousarray(0.5 * (self._last_gyr + rate))
        for _ in range(missing):
            self._filter.updateGyr(between)
        return False

    def _learn_bias(self, acc: FloatArray, gyr: FloatArray) -> bool:
        """Collect the first rest; True at the sample that makes the bias known."""
        if self._bias is not None and not self._bias_given:
            return False
        self._rest.append((acc, gyr))
        if len(self._rest) < self._rest_samples:
            return False
        accs = np.array([one[0] for one in self._rest])
        gyrs = np.array([one[1] for one in self._rest])
        bias = np.mean(gyrs, axis=0)
        still = (
            np.max(np.abs(gyrs - bias)) < math.radians(self._params.rest_gyr_deg_s)
            and np.max(np.abs(accs - np.mean(accs, axis=0))) < self._params.rest_acc_m_s2
            and np.max(np.abs(bias)) < math.radians(self._params.bias_limit_deg_s)
        )
        if not still:
            # Overlapping windows would cost a whole window at every sample; quarter steps do not.
            for _ in range(self._rest_samples // 4):
                self._rest.popleft()
            return False
        stale = math.radians(self._params.stale_bias_deg_s)
        fits = self._bias is not None and bool(np.max(np.abs(bias - self._bias)) < stale)
        self._rest.clear()
        self._bias_given = False
        if fits:
            return False
        self._bias = bias
        return True
