"""How the pelvis is carried to its own left or right, for shifts of the weight.

The acceleration along the left of the start pose, integrated twice and leaking: a shift of half a
second passes nearly whole, what lasts for seconds (the error of the integral, a lean) does not. A
pelvis that lies on its side has its left up or down: there it is the height.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from firingorder.signal.level_motion import turned
from firingorder.signal.orientation import vertical

if TYPE_CHECKING:
    from firingorder.signal.orientation import Pose, Quaternion

_GRAVITY_M_S2 = 9.80665
_LEFT = (0.0, 1.0, 0.0)


class Aside:
    """Velocity (m/s) and way (m) to the left of the latest rest, sample by sample."""

    def __init__(self, leak_s: float, rest_leak_s: float, zero_s: float, rate_hz: float) -> None:
        self._dt = 1.0 / rate_hz
        self._keep = 1.0 - self._dt / leak_s
        self._rest_keep = 1.0 - self._dt / rest_leak_s
        self._share = self._dt / zero_s
        self.forget()

    def forget(self) -> None:
        """Begin anew, as after a gap."""
        self._left = _LEFT
        self._zero = 0.0
        self._rests = 0
        self.velocity_m_s = 0.0
        self.way_m = 0.0

    def rest(self, start: Quaternion, pose: Pose, calm_m_s2: float) -> None:
        """Take a sample that does not turn; where it is calm, too, it is the zero.

        ``start`` is the start pose, whose left is what counts. Nothing is set to zero at once: a
        slow shift begins without turning.
        """
        if self._rests == 0:
            self._left = turned(start, _LEFT)
            self._zero = self._acc(pose)
        off = self._acc(pose) - self._zero
        if abs(off) > calm_m_s2:
            return
        self._left = turned(start, _LEFT)
        self._rests += 1
        self.velocity_m_s *= self._rest_keep
        self.way_m *= self._rest_keep

    def step(self, pose: Pose) -> None:
        """Take any other sample."""
        before = self.velocity_m_s
        # The zero follows always: another half degree of obliquity is 0.09 m/s^2 of gravity.
        off = self._acc(pose) - self._zero
        self._zero += self._share * off
        self.velocity_m_s = self._keep * (before + off * self._dt)
        self.way_m = self._keep * (self.way_m + 0.5 * (before + self.velocity_m_s) * self._dt)

    def _acc(self, pose: Pose) -> float:
        ax, ay, az = turned(pose.quat_wxyz, pose.acc_m_s2)
        lx, ly, lz = self._left
        return ax * lx + ay * ly + (az - _GRAVITY_M_S2) * lz


def lower_side_is_left(pose: Quaternion) -> bool:
    """Tell which side of somebody who lies on one is below."""
    return vertical(pose)[1] < 0.0
