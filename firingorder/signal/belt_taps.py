"""Two taps of a hand on the belt, from the inertial sensor on it: STOP.

A hand's blow on a box is short: its jolt lies above the frequencies of steps and movements and is
over in less than a tenth of a second. Two such blows of about the same strength, alone in their
second and a half, are what nobody does by chance. Only lengths of vectors are looked at, so the
mounting does not matter; how well it works is in docs/belt_taps.md.
"""

from __future__ import annotations

import math
from collections import deque
from dataclasses import dataclass
from typing import TYPE_CHECKING

from firingorder.signal.belt_taps_params import BeltTapParams

if TYPE_CHECKING:
    from firingorder.samples import FloatArray

#: Times are told to the microsecond, so that they do not depend on how samples were cut into
#: chunks: sums of a chunk's start and a sample's place differ in the last bit.
TIME_DIGITS = 6
#: More than fit into the time that is looked back on, as each takes a window.
JOLTS = 32


@dataclass(frozen=True, slots=True)
class DoubleTap:
    """Two taps on the belt; times as the samples have them, s.

    Attributes
    ----------
    first_s, at_s
        The two taps, to some 10 ms.
    decided_at_s
        The sample with which it was known.
    """

    first_s: float
    at_s: float
    decided_at_s: float


@dataclass(slots=True)
class Jolt:
    """A short shake of the sensor: ``k`` counts averaged samples.

    Attributes
    ----------
    k, at_s
        Its peak.
    sharp_m_s2, slow_m_s2
        Heights in the two bands.
    turned
        Whether the sensor was turned fast in the time before it.
    stirred_m_s2
        Highest in the slow band in the time before it.
    is_tap
        Whether it looks like a hand's.
    """

    k: int
    at_s: float
    sharp_m_s2: float
    slow_m_s2: float
    turned: bool
    stirred_m_s2: float
    is_tap: bool = False


class BeltTaps:
    """Finds double taps, sample by sample.

    Parameters
    ----------
    rate_hz
        Rate of the sensor.
    params
        Limits.

    Attributes
    ----------
    usable
        Whether a sensor of this rate can tell a hand's tap from a step; else nothing is found.
    """

    def __init__(self, rate_hz: float, params: BeltTapParams | None = None) -> None:
        self.params = p = params or BeltTapParams()
        if not (math.isfinite(rate_hz) and rate_hz > 0.0):
            raise ValueError(f"The sensor's rate must be above 0 Hz, not {rate_hz}.")
        self.usable = rate_hz >= p.lowest_rate_hz
        self._rate_hz = rate_hz
        self._group = max(1, int(rate_hz / p.base_rate_hz))
        base_hz = rate_hz / self._group
        self._sharp = _high_pass(p.sharp_hz, base_hz) if self.usable else (0.0, 0.0, 0.0)
        low, high = (-math.expm1(-2.0 * math.pi * f / base_hz) for f in p.slow_hz)
        self._low, self._high = low, high
        self._turning = -math.expm1(-1.0 / (p.turn_s * base_hz))

        def samples(seconds: float) -> int:
            return math.ceil(seconds * base_hz - 1e-9)

        self._window = samples(p.window_s)
        self._lead = samples(0.5 * p.window_s)
        self._before, self._after = samples(p.quiet_before_s), samples(p.quiet_after_s)
        self._apart = samples(p.apart_s[0]), samples(p.apart_s[1])
        self.reset()

    def reset(self) -> None:
        """Forget everything, as at the beginning or behind a gap."""
        self._next: int | None = None
        self._origin: tuple[float, float, float] | None = None
        self._sum = [0.0] * 4
        self._count = 0
        self._k = 0
        self._turn, self._turned = 0.0, -self._before - 1
        # Of each axis: two delays of the high-pass, two low-passes.
        self._x = self._y = self._z = (0.0, 0.0, 0.0, 0.0)
        self._slow: deque[float] = deque(maxlen=self._before)
        self._open: Jolt | None = None
        self._opened = 0
        self._jolts: deque[Jolt] = deque(maxlen=JOLTS)
        # Taps that fit, until the time after them was quiet.
        self._train: list[Jolt] = []

    def step(
        self, acc_m_s2: FloatArray, gyr_rad_s: FloatArray, index0: int, t0_s: float
    ) -> list[DoubleTap]:
        """Take ``(n, 3)`` specific force and rate of samples ``index0 ..``; return what is new.

        Lost samples (an index that jumps, or a value that is not a number) end everything that was
        under way: no tap is found across a gap.
        """
        out: list[DoubleTap] = []
        if not self.usable:
            return out
        if self._next != index0:
            self.reset()
        self._next = index0 + len(acc_m_s2)
        group, dt = self._group, 1.0 / self._rate_hz
        middle_s = 0.5 * (group - 1) * dt
        rows = zip(acc_m_s2.tolist(), gyr_rad_s.tolist(), strict=True)
        for index, ((ax, ay, az), (gx, gy, gz)) in enumerate(rows, index0):
            turn = math.sqrt(gx * gx + gy * gy + gz * gz)
            # One sum of all: not a number if any of them is not.
            if not math.isfinite(ax + ay + az + turn):
                following = self._next
                self.reset()
                self._next = following
                continue
            place = index % group
            if self._count != place:
                # The first samples behind a gap are no whole group.
                continue
            total = self._sum
            total[0] += ax
            total[1] += ay
            total[2] += az
            total[3] += turn
            self._count += 1
            if place < group - 1:
                continue
            at_s = t0_s + (index - index0) * dt
            found = self._take(
                total[0] / group, total[1] / group, total[2] / group, total[3] / group,
                at_s - middle_s, at_s,
            )  # fmt: skip
            self._sum, self._count = [0.0] * 4, 0
            if found is not None:
                out.append(found)
        return out

    def _take(
        self, ax: float, ay: float, az: float, turn: float, mid_s: float, now_s: float
    ) -> DoubleTap | None:
        """Take one averaged sample."""
        if self._origin is None:
            self._origin = ax, ay, az
            self._turn = turn
        ox, oy, oz = self._origin
        sx, lx, self._x = self._bands(ax - ox, self._x)
        sy, ly, self._y = self._bands(ay - oy, self._y)
        sz, lz, self._z = self._bands(az - oz, self._z)
        sharp = math.sqrt(sx * sx + sy * sy + sz * sz)
        slow = math.sqrt(lx * lx + ly * ly + lz * lz)
        k = self._k
        self._k += 1
        found: DoubleTap | None = None
        jolt = self._open
        if jolt is not None:
            self._follow(jolt, k, sharp, slow, mid_s)
        elif sharp >= self._threshold(k):
            past = list(self._slow)
            most = max(slow, max(past[-self._lead :], default=0.0))
            stirred = max(past[: -self._lead], default=0.0)
            turned = k - self._turned <= self._before
            self._open = Jolt(k, mid_s, sharp, most, turned, stirred)
            self._opened = k
        if self._train and k >= self._train[-1].k + self._after:
            found = self._told(now_s)
        self._slow.append(slow)
        self._turn += self._turning * (turn - self._turn)
        if self._turn >= self.params.most_turn_rad_s:
            self._turned = k
        return found

    def _bands(
        self, x: float, state: tuple[float, float, float, float]
    ) -> tuple[float, float, tuple[float, float, float, float]]:
        """Return one axis above ``sharp_hz`` and within ``slow_hz``, and its new state."""
        gain, a1, a2 = self._sharp
        s1, s2, low, high = state
        y = gain * x + s1
        low += self._low * (x - low)
        high += self._high * (x - high)
        return y, high - low, (-2.0 * gain * x - a1 * y + s2, gain * x - a2 * y, low, high)

    def _threshold(self, k: int) -> float:
        """Return from which height on a jolt is a new one: what still rings is none."""
        heard = self.params.heard_m_s2
        if self._jolts:
            last = self._jolts[-1]
            if k <= last.k + 2 * self._window:
                return max(heard, self.params.tail_share * last.sharp_m_s2)
        return heard

    def _follow(self, jolt: Jolt, k: int, sharp: float, slow: float, mid_s: float) -> None:
        if sharp > jolt.sharp_m_s2:
            jolt.sharp_m_s2, jolt.k, jolt.at_s = sharp, k, mid_s
        if slow > jolt.slow_m_s2:
            jolt.slow_m_s2 = slow
        if k - self._opened < self._window:
            return
        p = self.params
        jolt.is_tap = (
            jolt.sharp_m_s2 >= p.least_m_s2
            and jolt.sharp_m_s2 >= p.sharp_share * jolt.slow_m_s2
            and sharp < p.tail_share * jolt.sharp_m_s2
            # A peak at the end is a rise that goes on.
            and jolt.k - self._opened < self._window - 1
        )
        jolt.at_s = round(jolt.at_s, TIME_DIGITS)
        self._open = None
        self._jolts.append(jolt)
        if self._train:
            weakest = min(one.sharp_m_s2 for one in self._train)
            if jolt.sharp_m_s2 < p.other_share * weakest:
                return
        self._train = self._taps_until(jolt) if jolt.is_tap else []

    def _taps_until(self, last: Jolt) -> list[Jolt]:
        """Return the taps of which ``last`` is the last one, or none: something does not fit."""
        p = self.params
        taps = [last]
        weak = strong = last.sharp_m_s2
        for jolt in reversed(self._jolts):
            if jolt is last:
                continue
            apart = taps[-1].k - jolt.k
            if apart >= self._before:
                break
            near = self._apart[0] <= apart <= self._apart[1]
            if not (jolt.is_tap and near and jolt.sharp_m_s2 >= p.even_share * strong):
                if jolt.sharp_m_s2 < p.other_share * weak:
                    continue
                return []
            taps.append(jolt)
            weak, strong = min(weak, jolt.sharp_m_s2), max(strong, jolt.sharp_m_s2)
        first = taps[-1]
        fits = (
            2 <= len(taps) <= p.most_taps
            and strong >= p.strong_m_s2
            and weak >= p.even_share * strong
            and not first.turned
            and first.stirred_m_s2 <= max(p.calm_m_s2, p.calm_share * weak)
            and first.k >= self._before
        )
        clear = any(one.sharp_m_s2 >= p.clear_share * one.slow_m_s2 for one in taps)
        return taps[::-1] if fits and clear else []

    def _told(self, now_s: float) -> DoubleTap | None:
        """Return the double tap that nothing followed."""
        taps, self._train = self._train, []
        jolt = self._open
        weakest = min(one.sharp_m_s2 for one in taps)
        if jolt is not None and jolt.sharp_m_s2 >= self.params.other_share * weakest:
            return None
        return DoubleTap(taps[0].at_s, taps[1].at_s, round(now_s, TIME_DIGITS))


def _high_pass(corner_hz: float, rate_hz: float) -> tuple[float, float, float]:
    """Return gain and feedback of a Butterworth high-pass of second order (bilinear)."""
    tan = math.tan(math.pi * corner_hz / rate_hz)
    norm = 1.0 + math.sqrt(2.0) * tan + tan * tan
    a1 = 2.0 * (tan * tan - 1.0) / norm
    a2 = (1.0 - math.sqrt(2.0) * tan + tan * tan) / norm
    return 1.0 / norm, a1, a2
