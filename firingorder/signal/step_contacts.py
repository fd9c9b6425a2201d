"""Contacts of the feet in the acceleration of the pelvis: when, and which foot.

Where the pelvis is lowest its vertical acceleration is highest, shortly after a foot has landed;
as the weight is taken over the pelvis moves toward that foot. Both are read with symmetric filters,
so their delay is the same at every cadence and known. Turning does not disturb either.
Measured on the walks of two people with a lower-back sensor (mobgap example data, foot contacts
from an optical and a foot-worn system; ``tests/signal/test_steps_real.py`` prints it): a single
contact's foot is named right in 92 % by the sideways velocity, with its neighbours in 90 to 97 %.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from firingorder.signal.orientation import vertical

if TYPE_CHECKING:
    from firingorder.signal.orientation import Pose
    from firingorder.signal.phase_fit import FloatArray


@dataclass(frozen=True, slots=True)
class ContactParams:
    """Limits of a contact; proposals, except where a measurement is named."""

    half_window_s: float = 0.45
    """Half of the sideways filter; the delay of a live contact."""
    half_smooth_s: float = 0.17
    """Half of the window over the vertical: -6 dB at 3 Hz, above the fastest cadence."""
    stride_s: float = 1.1
    """Period that the sideways filter is made for; 0.7 to 2 s still pass."""
    late_s: float = 0.035
    """The peak comes this much after the contact: median of the two short walks of one person, 20
    to 50 ms between walks; checked on the other walks and the other person."""
    least_rise_m_s2: float = 0.5
    """A peak stands this far above the trough before it; standing sway stays below 0.1."""
    least_share: float = 0.25
    """The same as a share of the median of the latest peaks."""
    nearest_s: float = 0.34
    """Contacts are no closer: 2.2 steps a second, the short step of a limp being three quarters of
    the mean. On the real walks 0.40 finds the same, but 74 instead of 79 % of the contacts of the
    free walk of the second person."""
    own_peaks: int = 8
    gravity_m_s2: float = 9.80665


@dataclass(frozen=True, slots=True)
class Contact:
    """One contact of a foot.

    Attributes
    ----------
    at_s, decided_at_s
        When it was, and when it was known.
    to_left
        Sideways velocity of the pelvis then, any unit: positive is toward the left foot.
    rise_m_s2
        How far the peak of the vertical acceleration stood above the trough before.
    turning_deg_s
        Mean yaw rate about it.
    """

    at_s: float
    decided_at_s: float
    to_left: float
    rise_m_s2: float
    turning_deg_s: float


class Contacts:
    """Finds contacts sample by sample."""

    def __init__(self, params: ContactParams, rate_hz: float) -> None:
        self._params = params
        half = max(2, round(params.half_window_s * rate_hz))
        smooth = min(half, max(1, round(params.half_smooth_s * rate_hz)))
        self._half, self._n = half, 2 * half + 1
        at = np.arange(-half, half + 1)
        hann = 0.5 + 0.5 * np.cos(np.pi * at / (half + 1))
        # Acceleration toward the foot before, away from it after: the velocity, without its mean.
        self._aside: FloatArray = -hann * np.sin(2.0 * np.pi * at / (params.stride_s * rate_hz))
        low = np.where(np.abs(at) <= smooth, 0.5 + 0.5 * np.cos(np.pi * at / (smooth + 1)), 0.0)
        self._low: FloatArray = low / low.sum()
        self._rings = np.zeros((3, 2 * self._n))
        self._times = [0.0] * self._n
        self.forget()

    def forget(self) -> None:
        """Begin anew, as after a gap."""
        self._rings[:] = 0.0
        self._count = 0
        self._two: tuple[float, float] = (0.0, 0.0)
        self._trough = 0.0
        self._last_s: float | None = None
        self._rises: list[float] = []

    def step(self, t_s: float, pose: Pose) -> Contact | None:
        """Take a sample; return the contact it made known, half a window later."""
        g = self._params.gravity_m_s2
        ux, uy, uz = vertical(pose.quat_wxyz)
        ax, ay, az = pose.acc_m_s2
        slot = self._count % self._n
        for row, value in enumerate((ax * ux + ay * uy + az * uz - g, ay - g * uy)):
            self._rings[row, slot] = self._rings[row, slot + self._n] = value
        yaw = sum(r * u for r, u in zip(pose.rate_deg_s, (ux, uy, uz), strict=True))
        self._rings[2, slot] = self._rings[2, slot + self._n] = yaw
        self._times[slot] = t_s
        self._count += 1
        if self._count < self._n:
            return None
        view = self._rings[:, slot + 1 : slot + 1 + self._n]
        up = float(np.add.reduce(view[0] * self._low))
        before, peak = self._two
        self._two = (peak, up)
        self._trough = min(self._trough, up)
        if not (peak > before and peak >= up):
            return None
        return self._contact(t_s, view, (before, peak, up))

    def _contact(
        self, t_s: float, view: FloatArray, three: tuple[float, float, float]
    ) -> Contact | None:
        p = self._params
        before, peak, after = three
        rise = peak - self._trough
        own = float(np.median(self._rises)) if self._rises else 0.0
        centre = self._times[(self._count - 2 - self._half) % self._n]
        step_s = self._times[(self._count - 1 - self._half) % self._n] - centre
        bend = before - 2.0 * peak + after
        shift = 0.0 if bend >= 0.0 else 0.5 * (before - after) / bend
        at_s = centre + shift * step_s - p.late_s
        if rise < max(p.least_rise_m_s2, p.least_share * own):
            return None
        if self._last_s is not None and at_s - self._last_s < p.nearest_s:
            return None
        self._trough = peak
        self._last_s = at_s
        self._rises = [*self._rises, rise][-p.own_peaks :]
        return Contact(
            at_s=at_s,
            decided_at_s=t_s,
            to_left=float(np.add.reduce(view[1] * self._aside)),
            rise_m_s2=rise,
            turning_deg_s=float(np.add.reduce(view[2])) / self._n,
        )

    def pause(self) -> None:
        """Forget how high the steps were: a walk is over."""
        self._rises = []
        self._last_s = None
