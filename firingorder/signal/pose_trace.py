"""The last minute and a half of poses, for what is measured after a repetition has ended."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from firingorder.samples import FloatArray
    from firingorder.signal.orientation import Pose, Quaternion

#: The longest repetition (60 s) with its rest before and the wait of its judgement.
TRACE_S = 90.0


@dataclass(frozen=True, slots=True)
class PoseExcerpt:
    """Poses of a stretch of time.

    ``t_s`` is ``(n,)``, ``quat_wxyz`` ``(n, 4)`` into a level frame of arbitrary heading,
    ``rate_deg_s`` and ``acc_m_s2`` ``(n, 3)`` in the pelvis frame, ``bias_sd_deg_s`` ``(n,)`` the
    uncertainty of the gyroscope's bias at that time, NaN before any rest.
    """

    t_s: FloatArray
    quat_wxyz: FloatArray
    rate_deg_s: FloatArray
    acc_m_s2: FloatArray
    bias_sd_deg_s: FloatArray

    def angles_deg(self, start: Quaternion) -> FloatArray:
        """Return tilt, obliquity and rotation relative to a start pose, ``(n, 3)``, degrees.

        The twists of the relative rotation about the axes of the pelvis, as
        :func:`firingorder.signal.orientation.pelvis_angles_deg` has them for one pose.
        """
        w, x, y, z = start[0], -start[1], -start[2], -start[3]
        q = self.quat_wxyz
        rw = w * q[:, 0] - x * q[:, 1] - y * q[:, 2] - z * q[:, 3]
        rx = w * q[:, 1] + x * q[:, 0] + y * q[:, 3] - z * q[:, 2]
        ry = w * q[:, 2] - x * q[:, 3] + y * q[:, 0] + z * q[:, 1]
        rz = w * q[:, 3] + x * q[:, 2] - y * q[:, 1] + z * q[:, 0]
        angles = np.degrees(2.0 * np.arctan2(np.stack([ry, rx, rz], axis=1), rw[:, None]))
        return (angles + 180.0) % 360.0 - 180.0


class PoseTrace:
    """Ring of poses with their times; the oldest fall out."""

    def __init__(self, rate_hz: float) -> None:
        self._capacity = max(2, round(TRACE_S * rate_hz))
        self._rows = np.zeros((self._capacity, 12))
        self._count = 0

    def append(self, t_s: float, pose: Pose, bias_sd_deg_s: float | None = None) -> None:
        """Keep one pose and how uncertain the bias is; times only grow."""
        self._rows[self._count % self._capacity] = (
            t_s,
            *pose.quat_wxyz,
            *pose.rate_deg_s,
            *pose.acc_m_s2,
            float("nan") if bias_sd_deg_s is None else bias_sd_deg_s,
        )
        self._count += 1

    def clear(self) -> None:
        """Forget all: headings before and after a restart cannot be compared."""
        self._count = 0

    def excerpt(self, first_s: float, last_s: float) -> PoseExcerpt:
        """Return the poses from ``first_s`` to ``last_s`` as far as they are still there."""
        kept = min(self._count, self._capacity)
        rows: NDArray[np.intp] = np.arange(self._count - kept, self._count) % self._capacity
        times = self._rows[rows, 0]
        begin, end = np.searchsorted(times, [first_s - 1e-9, last_s + 1e-9])
        found = self._rows[rows[begin:end]]
        return PoseExcerpt(found[:, 0], found[:, 1:5], found[:, 5:8], found[:, 8:11], found[:, 11])
