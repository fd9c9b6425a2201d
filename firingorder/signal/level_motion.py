"""How the pelvis is carried through the room: velocity and height between two rests.

The accelerometer integrated once and twice, from rest to rest only: at every standstill the
velocity is zero, and what the integral says instead is its error. Over the second or two of one
movement that leaves some centimetres (a bias of 0.03 m/s^2, which is 0.3 g times a tilt error of
half a degree or the 20 mg of a consumer part turned by 10 degrees, is 6 cm after 2 s), enough to
tell standing up from sitting down, not enough for a step length.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

from firingorder.signal.lasting import Lasting

if TYPE_CHECKING:
    from firingorder.signal.orientation import Pose, Quaternion, Vector


@dataclass(frozen=True, slots=True)
class LevelMotionParams:
    """Limits of a standstill; proposals."""

    still_m_s2: float = 0.1
    """Acceleration of a standstill about its own mean of the latest ``mean_time_s``: sway of some
    mm below 1 Hz stays under 0.05, the noise of consumer parts under 0.03."""
    mean_time_s: float = 0.25
    still_up_m_s2: float = 0.2
    """The same of the vertical against the standstills before, where nothing but the scale of the
    accelerometer makes a difference between poses."""
    drift_m_s: float = 0.05
    drift_m_s2: float = 0.03
    """It is hardly a standstill when the vertical velocity is larger than its error may have
    become, this much and this much more every second ..."""
    sure_s: float = 0.5
    """... unless it lasts this long: nobody glides up or down so evenly."""
    still_s: float = 0.3
    leak_after_s: float = 8.0
    """Without any standstill for this long the velocity begins to forget its errors: a slow lunge
    with its hold is over by then, and forgetting would bend its way."""
    leak_s: float = 4.0
    """It forgets in this time."""
    gravity_time_s: float = 3.0
    """Time constant with which the mean of standstills becomes the zero of acceleration."""
    gravity_m_s2: float = 9.80665
    gravity_off_m_s2: float = 0.5
    """Zeros further from standard gravity are not believed: 5 % is twice what parts are off."""


def turned(q: Quaternion, v: Vector) -> Vector:
    """Return a vector of the pelvis frame in the level frame of the pose."""
    w, x, y, z = q
    a, b, c = v
    tx, ty, tz = 2.0 * (y * c - z * b), 2.0 * (z * a - x * c), 2.0 * (x * b - y * a)
    return (
        a + w * tx + y * tz - z * ty,
        b + w * ty + z * tx - x * tz,
        c + w * tz + x * ty - y * tx,
    )


class LevelMotion:
    """Acceleration, velocity and way in the level frame (z up), sample by sample, SI units.

    ``slow`` tells whether the vertical velocity may be nothing but its error. ``way_m`` counts
    from the last ``mark``. At a standstill the velocity is set to zero and the way loses what a
    velocity error growing steadily since the standstill before had added.
    """

    def __init__(self, params: LevelMotionParams, rate_hz: float) -> None:
        self._params = params
        self._dt = 1.0 / rate_hz
        self._calm = Lasting(self._dt)
        self.forget()

    def forget(self) -> None:
        """Begin anew, as after a gap."""
        self._zero = [0.0, 0.0, self._params.gravity_m_s2]
        self._mean = [0.0, 0.0, self._params.gravity_m_s2]
        self._settled = 0
        self._calm.reset()
        self.acc_m_s2 = [0.0, 0.0, 0.0]
        self.velocity_m_s = [0.0, 0.0, 0.0]
        self.way_m = [0.0, 0.0, 0.0]
        self._since_s = 0.0
        self.standing = False
        self.slow = True

    def mark(self) -> None:
        """Count the way from here."""
        self.way_m = [0.0, 0.0, 0.0]

    def step(self, t_s: float, pose: Pose, *, still: bool) -> None:
        """Take a sample; ``still``: it does not turn."""
        p = self._params
        force = turned(pose.quat_wxyz, pose.acc_m_s2)
        acc, zero = self.acc_m_s2, self._zero
        for k in range(3):
            acc[k] = force[k] - zero[k]
        up = p.still_up_m_s2 if self._settled else p.gravity_off_m_s2
        square, share = 0.0, min(1.0, self._dt / p.mean_time_s)
        for k in range(3):
            off = force[k] - self._mean[k]
            square += off * off
            self._mean[k] += share * off
        drift = p.drift_m_s + p.drift_m_s2 * self._since_s
        self.slow = abs(self.velocity_m_s[2]) < drift
        calm = math.sqrt(square) < p.still_m_s2 and abs(acc[2]) < up
        self._calm.update(t_s, holds=still and calm)
        self.standing = self._calm.lasts(t_s, p.still_s if self.slow else p.sure_s)
        if self.standing:
            self._settle(force)
            return
        self._since_s += self._dt
        keep = 1.0 - (self._dt / p.leak_s if self._since_s > p.leak_after_s else 0.0)
        for k in range(3):
            before = self.velocity_m_s[k]
            self.velocity_m_s[k] = keep * before + acc[k] * self._dt
            self.way_m[k] += 0.5 * (before + self.velocity_m_s[k]) * self._dt

    def _settle(self, force: Vector) -> None:
        # The plain mean until there is enough for a moving one.
        self._settled += 1
        share = max(self._dt / self._params.gravity_time_s, 1.0 / self._settled)
        for k in range(3):
            self._zero[k] += share * (force[k] - self._zero[k])
            if self._since_s > 0.0:
                self.way_m[k] -= 0.5 * self.velocity_m_s[k] * self._since_s
            self.velocity_m_s[k] = 0.0
        self._since_s = 0.0
