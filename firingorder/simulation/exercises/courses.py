"""How something gets from here to there: strokes of six axes, and rhythms of walking.

A movement is a sum of strokes, each of which changes one axis for good; people do not all move on
a minimum-jerk course, so there are several.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

import numpy as np
from scipy.interpolate import CubicSpline

from firingorder.simulation.movement import minimum_jerk

if TYPE_CHECKING:
    from collections.abc import Iterable

    from numpy.typing import NDArray

    from firingorder.samples import FloatArray

Axis = Literal["obliquity", "tilt", "rotation", "forward", "left", "up"]
#: Degrees of the pelvis about its own axes, then metres of the sacrum in the level world.
AXES: tuple[Axis, ...] = ("obliquity", "tilt", "rotation", "forward", "left", "up")
Form = Literal["jerk", "early", "late", "trapezoid"]
FORMS: tuple[Form, ...] = ("jerk", "early", "late", "trapezoid")
#: Exponents that move the peak of the speed to about 40 and 60 % of the way; hand and trunk
#: movements at slow speeds are skewed like this (Nagasaki 1989, Exp Brain Res 74:319).
SKEW = {"early": 0.78, "late": 1.28}
#: Share of a trapezoidal movement in which the speed rises, and in which it falls.
TRAPEZOID_RAMP = 0.22
#: How many strides a walker takes to reach the own speed (two to three steps: Breniere and Do
#: 1986, J Biomech 19:1035).
STRIDES_TO_SPEED = 1.3


@dataclass(frozen=True, slots=True)
class Stroke:
    """One axis changes by ``change`` (degrees or metres) between two instants, and stays there."""

    axis: Axis
    start_s: float
    end_s: float
    change: float
    form: Form = "jerk"


def travelled(form: Form, u: FloatArray) -> FloatArray:
    """Return the share of the way covered at ``u``, share of the time; 0 before and 1 after."""
    v = np.clip(u, 0.0, 1.0)
    if form == "jerk":
        return minimum_jerk(v)
    if form == "trapezoid":
        return _trapezoid(v)
    return minimum_jerk(v ** SKEW[form])


def _trapezoid(v: FloatArray) -> FloatArray:
    """Speed that rises as half a cosine, stays, and falls likewise."""
    a = TRAPEZOID_RAMP

    def rising(w: FloatArray) -> FloatArray:
        return 0.5 * (w - a / np.pi * np.sin(np.pi * w / a))

    middle = v - 0.5 * a
    way = np.where(v < a, rising(v), np.where(v > 1.0 - a, 1.0 - a - rising(1.0 - v), middle))
    return way / (1.0 - a)


class Course:
    """The sum of strokes as a function of time; strokes may be added behind what was asked for."""

    def __init__(self) -> None:
        self._strokes: list[Stroke] = []
        self._table: tuple[FloatArray, FloatArray, NDArray[np.int64], FloatArray] | None = None

    def add(self, strokes: Iterable[Stroke]) -> None:
        """Take further strokes."""
        self._strokes.extend(strokes)
        self._table = None

    def at(self, t_s: FloatArray) -> FloatArray:
        """Return ``(n, 6)`` in the order of :data:`AXES` at ascending times."""
        if self._table is None:
            s = self._strokes
            self._table = (
                np.array([one.start_s for one in s]),
                np.array([one.end_s for one in s]),
                np.array([AXES.index(one.axis) for one in s], dtype=np.int64),
                np.array([one.change for one in s]),
            )
        start_s, end_s, axis, change = self._table
        done = end_s <= t_s[0]
        before = np.bincount(axis[done], change[done], len(AXES)).astype(np.float64)
        out = np.tile(before, (t_s.size, 1))
        for k in np.flatnonzero((start_s < t_s[-1]) & ~done):
            one = self._strokes[int(k)]
            u = (t_s - one.start_s) / (one.end_s - one.start_s)
            out[:, AXES.index(one.axis)] += one.change * travelled(one.form, u)
        return out


@dataclass(frozen=True, slots=True)
class Harmonic:
    """``size`` times the cosine of ``order`` phases plus ``lag`` (radians) of one axis."""

    axis: Axis
    order: int
    size: float
    lag: float = 0.0


class Rhythm:
    """Walking: axes swing with the phase of the stride, which is 0 at contacts of the left foot.

    Parameters
    ----------
    contacts_s
        Ascending contacts of alternate feet.
    left_first
        Whether the first one is the left foot.
    harmonics
        What swings.
    """

    def __init__(
        self, contacts_s: tuple[float, ...], *, left_first: bool, harmonics: tuple[Harmonic, ...]
    ) -> None:
        phase = np.pi * (np.arange(len(contacts_s)) + (0 if left_first else 1))
        self._phase = CubicSpline(np.array(contacts_s), phase, bc_type="natural")
        self._harmonics = harmonics
        stride_s = 2.0 * (contacts_s[-1] - contacts_s[0]) / (len(contacts_s) - 1)
        self._fade_s = STRIDES_TO_SPEED * stride_s
        self.start_s = contacts_s[0] - 0.5 * stride_s
        self.end_s = contacts_s[-1] + 0.5 * stride_s

    def add_to(self, out: FloatArray, t_s: FloatArray) -> None:
        """Add the swing at times ``t_s`` to ``(n, 6)`` values of a course."""
        if t_s[-1] <= self.start_s or t_s[0] >= self.end_s:
            return
        up = travelled("jerk", (t_s - self.start_s) / self._fade_s)
        down = travelled("jerk", (self.end_s - t_s) / self._fade_s)
        inside = np.clip(t_s, self.start_s, self.end_s)
        phase: FloatArray = self._phase(inside)
        for one in self._harmonics:
            wave = np.cos(one.order * phase + one.lag)
            out[:, AXES.index(one.axis)] += one.size * up * down * wave
