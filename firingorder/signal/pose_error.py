"""How far the tilt, obliquity and rotation of a repetition may be off, 95 %.

The error of a pose relative to the start pose is a small rotation. Its parts: the gyroscope's
remaining bias (about the vertical it grows with time, about the horizontal the accelerometer
stops it), the scale of the gyroscope, the offset of the accelerometer (the part of it that the
change of pose does not cancel), accelerations taken for gravity, and the mounting. They are added
as covariances and carried through the swing-twist angles. Which angle drifts depends on which
pelvis axis points up: rotation while standing, obliquity while lying on the back.

Constants are set on real recordings with optical reference; what share of their errors they
contain is in docs/movement_angles.md.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from firingorder.signal.orientation import conjugate, multiply, rotation_matrix, vertical

if TYPE_CHECKING:
    from firingorder.samples import FloatArray
    from firingorder.signal.orientation import Quaternion, Vector

#: 97.5 % point of the normal distribution.
Z95 = 1.96


@dataclass(frozen=True, slots=True)
class PoseErrorParams:
    """Sizes of the parts, SD unless said otherwise (``python -m benchmarks.movement.angles``)."""

    bias_deg_s: float = 0.05
    """What remains of the bias after a rest, at the least: real drifts were 0.03 to 0.05 deg/s."""
    bias_share: float = 0.5
    """VQF's own estimate of that is cautious; this share of it held on real recordings."""
    unknown_bias_deg_s: float = 1.0
    """The same before any rest: offsets of consumer parts are of this size (method.md
    section 3)."""
    correction_s: float = 5.0
    """After this time the accelerometer has taken out what drifted (orientation.py)."""
    scale: float = 0.005
    """Gyroscope gain; data sheets give 0.5 to 3 % as limits."""
    acc_bias_deg: float = 0.66
    """20 mg evenly spread, as an angle of apparent gravity."""
    still_deg: float = 0.15
    """Inclination of a slowly moved sensor, without the other parts."""
    still_heading_deg: float = 0.08
    """The same about the vertical."""
    motion: float = 0.0006
    """Inclination error for each degree turned within the last ``correction_s``."""
    delay_s: float = 0.003
    """Error of the instant of a pose: with the mean rate, an angle."""


@dataclass(frozen=True, slots=True)
class AngleError:
    """Half-widths of the 95 % intervals, degrees."""

    tilt_deg: float
    obliquity_deg: float
    rotation_deg: float


def angle_error(
    start: Quaternion,
    now: Quaternion,
    *,
    elapsed_s: float,
    turned_deg: float,
    bias_sd_deg_s: float | None = None,
    mount_error_deg: float | Vector | None = None,
    params: PoseErrorParams | None = None,
) -> AngleError:
    """Return the 95 % errors of ``pelvis_angles_deg(start, now)``.

    Parameters
    ----------
    start, now
        Poses, pelvis frame to world.
    elapsed_s
        Time between them.
    turned_deg
        Path of the rate between them: the integral of its length.
    bias_sd_deg_s
        ``Orientation.bias_sd_deg_s`` once a bias is known; None: no rest was seen.
    mount_error_deg
        95 % error of the mounting, as one angle or about x, y and z; None: not calibrated, and
        nothing is said about it.
    """
    p = params or PoseErrorParams()
    relative = multiply(conjugate(start), now)
    back = rotation_matrix(relative).T  # from the axes at the start into those of now
    up, before = np.array(vertical(now)), np.array(vertical(start))
    about_up = np.outer(up, up)
    level = np.eye(3) - about_up
    known = p.unknown_bias_deg_s
    if bias_sd_deg_s is not None:
        known = max(p.bias_deg_s, p.bias_share * bias_sd_deg_s)
    short = min(1.0, p.correction_s / max(elapsed_s, 1e-9))
    drift = known * elapsed_s
    late = p.delay_s * turned_deg / max(elapsed_s, 1e-9)
    total = about_up * (drift**2 + p.still_heading_deg**2 + late**2)
    total += level * (
        (drift * short) ** 2 + p.still_deg**2 + (p.motion * turned_deg * short) ** 2 + late**2
    )
    total += np.diag((p.scale * _rotation_vector_deg(relative)) ** 2)
    tipped = _cross(up) - back @ _cross(before)
    total += p.acc_bias_deg**2 * tipped @ tipped.T
    if mount_error_deg is not None:
        sizes = np.broadcast_to(np.array(mount_error_deg, dtype=np.float64) / Z95, 3)
        moved = back - np.eye(3)
        total += moved @ np.diag(sizes**2) @ moved.T
    slopes = _slopes(relative)
    variances = np.maximum(np.einsum("ij,jk,ik->i", slopes, total, slopes), 0.0)
    x, y, z = (Z95 * np.sqrt(variances)).tolist()
    return AngleError(tilt_deg=y, obliquity_deg=x, rotation_deg=z)


def _rotation_vector_deg(q: Quaternion) -> FloatArray:
    w, x, y, z = q if q[0] >= 0.0 else (-q[0], -q[1], -q[2], -q[3])
    size = math.sqrt(x * x + y * y + z * z)
    angle = 2.0 * math.degrees(math.atan2(size, w))
    return np.array([x, y, z]) * (angle / size if size > 1e-12 else 0.0)


def _cross(v: FloatArray) -> FloatArray:
    """Return the matrix that forms ``v x``."""
    x, y, z = v.tolist()
    return np.array([[0.0, -z, y], [z, 0.0, -x], [-y, x, 0.0]])


def _slopes(q: Quaternion) -> FloatArray:
    """Return by how much each twist angle (x, y, z) changes with a small further rotation.

    ``(3, 3)``: the derivative of ``2 atan2(q_k, w)`` when q becomes q (1, v/2).
    """
    w, x, y, z = q
    scalar = -0.5 * np.array([x, y, z])
    parts = 0.5 * np.array([[w, -z, y], [z, w, -x], [-y, x, w]])
    own = np.array([x, y, z])
    size = np.maximum(own**2 + w * w, 1e-9)
    slopes: FloatArray = 2.0 * (w * parts - np.outer(own, scalar)) / size[:, None]
    return slopes
