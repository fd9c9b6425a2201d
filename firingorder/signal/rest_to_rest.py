"""Velocity of the pelvis between two rests, known only when the second one is there.

The accelerometer integrated once. What it says at rest is gravity times the error of the tilt, and
that error changes with every push, because the orientation filter takes some of the push for
gravity (0.1 to 0.2 m/s^2 after a step aside). So the zero goes straight from one rest to the next,
and so does what is left of the velocity at the second one. A rest is where the acceleration hardly
changes and the pelvis hardly turns for a tenth of a second; who glides evenly looks the same, but
is found too fast for the errors of an integral.
"""

from __future__ import annotations

import math
from collections import deque
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from firingorder.signal.lasting import Lasting

if TYPE_CHECKING:
    from firingorder.signal.phase_fit import FloatArray


@dataclass(frozen=True, slots=True)
class RestToRestParams:
    """Limits of a rest; proposals."""

    window_s: float = 0.08
    calm_m_s2: float = 0.1
    """SD of the acceleration over the window; noise of consumer parts stays below 0.03, sway of
    some mm below 1 Hz below 0.05, a push of half a second has 1 and more where it turns round."""
    calm_deg_s: float = 4.0
    zero_off_m_s2: float = 0.3
    """The mean of another rest is no further off: 2 degrees of tilt. At the turning points of a
    push the acceleration does not change either, but is far from zero."""
    zero_off_m_s3: float = 0.1
    """Right after a rest it is nearer to that one's: what the filter takes for tilt takes time."""
    again_m_s2: float = 0.05
    leaves_m_s2: float = 0.12
    """A rest is over when the mean of the window is this far from its zero: slow pushes begin
    without a jolt."""
    off_m_s: float = 0.05
    off_m_s2: float = 0.04
    """A rest is believed when the velocity says no more than this and this much more every second
    (a quarter of a degree of tilt that nobody knows of) ..."""
    leak_s: float = 0.8
    leak_fresh_s: float = 0.25
    fresh_s: float = 3.0
    """... and against the way: with a time constant of ``t`` the orientation filter takes the
    velocity over ``t`` for a tilt, which costs the way over ``t`` in the end. ``t`` is 3 s, and
    less right after the filter has started anew ..."""
    sure_s: float = 1.0
    """... or when it lasts this long: nobody glides so evenly."""
    first_s: float = 0.3
    """Where no velocity is known a rest lasts this long."""
    again_s: float = 0.6
    """The same where the acceleration says that the zero was wrong: nobody pushes so evenly."""
    zero_s: float = 0.3
    """The zero is the mean over so much of a rest."""
    longest_s: float = 8.0
    """Without a rest for so long nothing can be said about the velocity."""


@dataclass(frozen=True, slots=True)
class Stretch:
    """What was between two rests.

    Attributes
    ----------
    t_s, velocity_m_s
        ``(n_samples,)`` and ``(n_samples, n_axes)``; both rests are in it, with velocity 0.
    from_s, to_s
        End of the first rest and beginning of the second.
    error_m_s
        What the integral said at the second rest, which has been taken off: ``(n_axes,)``.
    rested_s
        How long the first rest was.
    """

    t_s: FloatArray
    velocity_m_s: FloatArray
    from_s: float
    to_s: float
    error_m_s: FloatArray
    rested_s: float
    backward_m_s: FloatArray
    """The velocity from the second rest backward, with nothing but its zero: where the rests are
    far apart it is the better one shortly before the second."""


class RestToRest:
    """Follows some axes of an acceleration in the level world, sample by sample."""

    def __init__(self, params: RestToRestParams, rate_hz: float, axes: int) -> None:
        self._params = params
        self._dt = 1.0 / rate_hz
        self._axes = axes
        self._window = max(3, round(params.window_s * rate_hz) + 1)
        self._keep_n = round((params.longest_s + 2.0) * rate_hz)
        self._even, self._calm = Lasting(self._dt), Lasting(self._dt)
        self.forget()

    def forget(self, *, rested: bool = False) -> None:
        """Begin anew, as after a gap; ``rested``: in a rest that others have seen."""
        self._rested = rested
        self._since_s = 0.0
        self._rows: deque[tuple[float, ...]] = deque(maxlen=self._keep_n)
        self._even.reset()
        self._even_means = [0.0] * self._axes
        self._calm.reset()
        self._rest_from_s: float | None = None
        self._rest_to_s: float | None = None
        self._resting = False
        self._zero = [0.0] * self._axes
        self._way_m, self._furthest_m = [0.0] * self._axes, [0.0] * self._axes
        self.velocity_m_s = [0.0] * self._axes
        """Of the moment, from the zero of the latest rest; its error grows with the time."""

    @property
    def resting(self) -> bool:
        """Whether this is a rest."""
        return self._resting

    @property
    def rest_to_s(self) -> float:
        """When the latest rest ended; nan when there is none to speak of."""
        return math.nan if self._rest_to_s is None else self._rest_to_s

    @property
    def rest_from_s(self) -> float:
        """When it began."""
        return math.nan if self._rest_from_s is None else self._rest_from_s

    @property
    def known(self) -> bool:
        """Whether there was a rest that is not too long ago."""
        return self._rest_to_s is not None

    def step(self, t_s: float, acc_m_s2: tuple[float, ...], turns_deg_s: float) -> Stretch | None:
        """Take a sample; return what lies between two rests at the first sample of the second."""
        p = self._params
        self._rows.append((t_s, *acc_m_s2))
        self._since_s += self._dt
        even = turns_deg_s < p.calm_deg_s and self._deviation() < p.calm_m_s2
        near = even and self._off_zero() <= self._most_off(t_s)
        self._even.update(t_s, holds=even)
        means = [sum(values) / len(values) for values in self._latest()]
        changed = max(abs(a - b) for a, b in zip(means, self._even_means, strict=True))
        if even and (self._even.since == t_s or changed > p.calm_m_s2):
            # Even over all of it, not only over the window.
            self._even.since = t_s
            self._even_means = means
        self._calm.update(t_s, holds=near)
        if self._resting and near:
            self._rest_to_s = t_s
            share = self._dt / p.zero_s
            for k in range(self._axes):
                self._zero[k] += share * (acc_m_s2[k] - self._zero[k])
            return None
        if self._resting:
            self._even.reset()
        self._resting = False
        for k in range(self._axes):
            self.velocity_m_s[k] += (acc_m_s2[k] - self._zero[k]) * self._dt
            self._way_m[k] += self.velocity_m_s[k] * self._dt
            if abs(self._way_m[k]) > abs(self._furthest_m[k]):
                self._furthest_m[k] = self._way_m[k]
        if self._rest_to_s is not None and t_s - self._rest_to_s > p.longest_s:
            self._rest_to_s = None
        if not even:
            return None
        if self._rest_to_s is None:
            if self._rested or self._even.lasts(t_s, p.first_s):
                self._arrive(t_s, self._even)
            return None
        sure = self._calm.lasts(t_s, p.sure_s)
        if near and (sure or not self._glides(t_s, t_s - self._rest_to_s)):
            stretch = self._stretch(t_s, self._rest_to_s)
            self._arrive(t_s, self._calm)
            return stretch
        if not near and self._even.lasts(t_s, p.again_s):
            # Nobody is pushed so evenly for so long: the zero before was wrong.
            self._arrive(t_s, self._even)
        return None

    def _latest(self) -> list[list[float]]:
        """Return the values of each axis in the window."""
        rows = [self._rows[-k] for k in range(1, min(self._window, len(self._rows)) + 1)]
        return [[row[k + 1] for row in rows] for k in range(self._axes)]

    def _deviation(self) -> float:
        """Return the SD of the acceleration over the window, all axes together."""
        if len(self._rows) < self._window:
            return math.inf
        total = 0.0
        for values in self._latest():
            mean = sum(values) / len(values)
            total += sum((value - mean) ** 2 for value in values) / len(values)
        return math.sqrt(total)

    def _off_zero(self) -> float:
        """Return how far the mean of the window is from the zero, at most."""
        means = (sum(values) / len(values) for values in self._latest())
        return max(abs(mean - zero) for mean, zero in zip(means, self._zero, strict=True))

    def _most_off(self, t_s: float) -> float:
        """Return how far it may be off at a rest."""
        p = self._params
        if self._resting or self._rest_to_s is None:
            return p.leaves_m_s2
        since_s = max(0.0, t_s - self._rest_to_s - p.window_s)
        return min(p.again_m_s2 + p.zero_off_m_s3 * since_s, p.zero_off_m_s2)

    def _glides(self, t_s: float, lasted_s: float) -> bool:
        """Whether the velocity is more than the zeros of both rests leave open."""
        p = self._params
        here = self._mean(self._begun_s(t_s, self._calm), t_s)
        most = p.off_m_s + p.off_m_s2 * lasted_s
        fresh = self._since_s < p.fresh_s
        leak_s = p.leak_fresh_s if fresh else p.leak_s
        for k in range(self._axes):
            drift = 0.5 * lasted_s * (here[k] - self._zero[k])
            # The way shrinks by the same error: where it was largest it is about right.
            off, way = self.velocity_m_s[k] - drift, self._furthest_m[k]
            against = -math.copysign(1.0, way) * off
            if against > most + abs(way) / leak_s or against < -most:
                return True
        return False

    def _begun_s(self, t_s: float, rest: Lasting) -> float:
        # The window lies before the sample.
        since = t_s if rest.since is None else rest.since
        return since - (self._window - 1) * self._dt

    def _arrive(self, t_s: float, rest: Lasting) -> None:
        self._resting, self._rested = True, False
        self._rest_from_s = self._begun_s(t_s, rest)
        self._rest_to_s = t_s
        self._zero = self._mean(self._rest_from_s, t_s)
        self.velocity_m_s = [0.0] * self._axes
        self._way_m, self._furthest_m = [0.0] * self._axes, [0.0] * self._axes

    def _mean(self, from_s: float, to_s: float) -> list[float]:
        rows: list[tuple[float, ...]] = []
        for row in reversed(self._rows):
            if row[0] < from_s - 1e-9:
                break
            if row[0] <= to_s + 1e-9:
                rows.append(row[1:])
        return [sum(row[k] for row in rows) / len(rows) for k in range(self._axes)]

    def _stretch(self, t_s: float, from_s: float) -> Stretch:
        to_s = max(from_s, self._begun_s(t_s, self._calm))
        rows = np.array(self._rows)
        t, acc = rows[:, 0], rows[:, 1:]
        share = np.clip((t - from_s) / max(to_s - from_s, self._dt), 0.0, 1.0)[:, None]
        first, second = np.array(self._zero), np.array(self._mean(to_s, t_s))
        inside = ((t > from_s) & (t <= to_s))[:, None]
        off = np.where(inside, acc - first - share * (second - first), 0.0)
        velocity = np.cumsum(off, axis=0) * self._dt
        error = velocity[-1].copy()
        velocity = np.where(inside, velocity - share * error, 0.0)
        since = np.where(inside, acc - second, 0.0)
        backward = (np.cumsum(since, axis=0) - np.sum(since, axis=0)) * self._dt
        backward = np.where(inside, backward, 0.0)
        rested_s = from_s - (self._rest_from_s if self._rest_from_s is not None else from_s)
        return Stretch(t, velocity, from_s, to_s, error, rested_s, backward)
