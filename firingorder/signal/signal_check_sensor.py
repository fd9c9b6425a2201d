"""The light of the pelvis sensor: is it there, the right way up, firmly on, and believable."""

from __future__ import annotations

import math
from collections import deque
from dataclasses import dataclass
from statistics import median
from typing import TYPE_CHECKING

import numpy as np

from firingorder.measures import SensorCheck
from firingorder.signal.orientation import angle_between_deg

if TYPE_CHECKING:
    from firingorder.measures import Light
    from firingorder.samples import FloatArray
    from firingorder.signal.orientation import Vector
    from firingorder.signal.signal_check_params import SensorCheckParams

_WORDS = {
    "absent": "Switch the pelvis sensor on.",
    "rate": "Bring the pelvis sensor nearer to the computer.",
    "saturated": "Set a wider range on the pelvis sensor.",
    "loose": "Tighten the belt over the pelvis sensor.",
    "upside_down": "Turn the pelvis sensor round: its arrow points to the head.",
    "turned": "Put the pelvis sensor flat on the sacrum, its arrow to the head.",
    "bias": "Lay the pelvis sensor still on a table for ten seconds.",
    "moving": "Keep still for three seconds.",
}


@dataclass(frozen=True, slots=True)
class _Second:
    """What one second of samples showed."""

    samples: int
    missing: float
    rate_hz: float
    saturated: bool
    rattle: bool
    still: bool
    acc_m_s2: Vector
    bias_deg_s: float


class SensorWatch:
    """Collects whole seconds of samples in the pelvis frame."""

    def __init__(self, params: SensorCheckParams, rate_hz: float) -> None:
        self._params = params
        self._rate_hz = rate_hz
        self.up: Vector | None = None
        self._seconds: deque[_Second] = deque(maxlen=params.recent_looks)
        self._acc: list[FloatArray] = []
        self._gyr: list[FloatArray] = []
        self._began: tuple[int, float] | None = None
        self._newest_s: float | None = None
        self._bias_deg_s: float | None = None
        self._shown: tuple[Light, str] = ("unknown", "absent")
        self._candidate: tuple[Light, str] = self._shown
        self._count = 0

    def step(self, t0_s: float, index0: int, acc_m_s2: FloatArray, gyr_rad_s: FloatArray) -> None:
        """Take samples that follow one another, ``(n, 3)``."""
        n = len(acc_m_s2)
        if n == 0:
            return
        if self._began is not None and t0_s - self._began[1] >= 1.0:
            self._close(t0_s, index0)
        if self._began is None:
            self._began = (index0, t0_s)
        self._acc.append(acc_m_s2)
        self._gyr.append(gyr_rad_s)
        self._newest_s = t0_s + n / self._rate_hz

    def check(self, t_s: float) -> SensorCheck:
        """Return the light at ``t_s``."""
        found = self._judge(t_s)
        self._count = self._count + 1 if found == self._candidate else 1
        self._candidate = found
        if self._count >= self._params.confirm_looks or found[1] == "absent":
            self._shown = found
        light, cause = self._shown
        rate_hz = self._seconds[-1].rate_hz if self._seconds else None
        words = "" if light == "good" else _WORDS.get(cause, "")
        return SensorCheck(light, cause, words, rate_hz, self._bias_deg_s)

    def _judge(self, t_s: float) -> tuple[Light, str]:
        p = self._params
        if self._newest_s is None:
            return ("bad" if t_s > p.absent_s else "unknown", "absent")
        if t_s - self._newest_s > p.absent_s:
            return ("bad", "absent")
        if not self._seconds:
            return ("unknown", "moving")
        last = self._seconds[-1]
        wrong = self._pose()
        if wrong:
            return ("bad", wrong)
        if any(one.saturated for one in self._seconds):
            return ("bad", "saturated")
        off = abs(last.rate_hz / self._rate_hz - 1.0) > p.rate_share
        if off or last.missing > p.missing_share:
            return ("warn", "rate")
        if sum(one.rattle for one in self._seconds) >= p.rattles:
            return ("warn", "loose")
        if self._bias_deg_s is None:
            return ("warn", "moving")
        if self._bias_deg_s > p.bias_bad_deg_s:
            return ("bad", "bias")
        return ("warn", "bias") if self._bias_deg_s > p.bias_warn_deg_s else ("good", "")

    def _pose(self) -> str:
        """Return how the sensor is turned against what the pose asks for; "" is as it should."""
        p = self._params
        still = [one for one in self._seconds if one.still]
        if self.up is None or not still:
            return ""
        acc = still[-1].acc_m_s2
        if not any(acc):
            return ""
        off_deg = angle_between_deg(acc, self.up)
        if off_deg > p.upside_down_deg:
            return "upside_down"
        return "turned" if off_deg > p.turned_deg else ""

    def _close(self, t_s: float, index: int) -> None:
        assert self._began is not None
        began, since_s = self._began
        acc, gyr = np.concatenate(self._acc), np.concatenate(self._gyr)
        self._began, self._acc, self._gyr = None, [], []
        finite = np.isfinite(acc).all(axis=1) & np.isfinite(gyr).all(axis=1)
        acc, gyr = acc[finite], np.degrees(gyr[finite])
        span = index - began
        if len(acc) < 3:
            return
        p = self._params
        bend = (acc[2:] - 2.0 * acc[1:-1] + acc[:-2]) / math.sqrt(6.0)
        mean, bias = np.mean(acc, axis=0), np.mean(gyr, axis=0)
        still = bool(
            np.max(np.abs(gyr - bias)) < p.still_gyr_deg_s
            and np.max(np.abs(acc - mean)) < p.still_acc_m_s2
        )
        x, y, z = mean.tolist()
        one = _Second(
            samples=len(acc),
            missing=1.0 - len(acc) / max(span, 1),
            rate_hz=span / (t_s - since_s),
            saturated=_at_limit(acc, p.limit_acc_m_s2, p.run)
            or _at_limit(gyr, p.limit_gyr_deg_s, p.run),
            rattle=3.0 * float(np.mean(bend**2)) > p.rattle_m_s2**2,
            still=still,
            acc_m_s2=(x, y, z),
            bias_deg_s=float(np.max(np.abs(bias))),
        )
        self._seconds.append(one)
        if still:
            self._bias_deg_s = median(s.bias_deg_s for s in self._seconds if s.still)


def _at_limit(values: FloatArray, limit: float, run: int) -> bool:
    """Tell whether an axis stays at one large reading for ``run`` samples."""
    same = (values[1:] == values[:-1]) & (np.abs(values[1:]) >= limit)
    if len(same) < run - 1:
        return False
    together = np.lib.stride_tricks.sliding_window_view(same, run - 1, axis=0)
    return bool(together.all(axis=-1).any())
