"""The axis from right to left of the pelvis in the sensor, from bends or bridges."""

from __future__ import annotations

import math
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING, Literal, Protocol

import numpy as np

if TYPE_CHECKING:
    from firingorder.samples import FloatArray

Movement = Literal["forward_bend", "bridge"]
#: Which way the pelvis turns about its left axis on the way out: anterior tilt is positive
#: (exercise_bridge.md section 1), a bend is anterior, hips that rise are posterior.
WAY_OUT: dict[Movement, float] = {"forward_bend": 1.0, "bridge": -1.0}
_WHAT: dict[Movement, tuple[str, str]] = {
    "forward_bend": ("bend", "Bend slowly forward from the hips and come up again, three times."),
    "bridge": ("bridge", "Lift the hips slowly and lower them again, three times."),
}


class Stretch(Protocol):
    """What the sensor felt during the movement (calibration/mounting.py)."""

    @property
    def movement(self) -> Movement:
        """Which movement was asked for."""
        ...

    @property
    def rate_hz(self) -> float:
        """Sampling rate."""
        ...

    @property
    def acc_m_s2(self) -> FloatArray:
        """Specific force, ``(n, 3)`` in sensor axes."""
        ...

    @property
    def gyr_rad_s(self) -> FloatArray:
        """Angular rate, ``(n, 3)`` in sensor axes."""
        ...


@dataclass(frozen=True, slots=True)
class AxisParams:
    """When a movement says where its axis is. Proposals."""

    smooth_s: float = 0.15
    least_deg: float = 8.0
    """Half of the smallest usual bridge (exercise_bridge.md section 2)."""
    repetitions: int = 2
    """Of the three that are asked for."""
    least_share: float = 0.85
    """Of the squared rate that lies along one axis: 85 % is a cone of some 23 degrees."""
    both_ways: float = 0.5
    """A way back beyond the start of this share of the way out has no direction."""
    disagreement: float = 0.5
    """Most that gravity may be off where the rate says it is at the far end, as a share of the
    angle: a gyroscope whose axes or signs are exchanged is off by the whole of it or more."""


@dataclass(frozen=True, slots=True)
class MovingAxis:
    """Where the left axis of the pelvis is in the sensor.

    ``axis`` is a unit vector ``(3,)``; ``scatter_deg`` the standard error of its direction from
    the differences between the repetitions.
    """

    axis: FloatArray
    scatter_deg: float
    range_deg: float
    repetitions: int


def moving_axis(moves: Stretch, bias_rad_s: FloatArray, params: AxisParams) -> MovingAxis | str:
    """Return the axis of the movement, signed, or why there is none (one sentence)."""
    p = params
    what, again = _WHAT[moves.movement]
    width = max(1, round(p.smooth_s * moves.rate_hz))
    rate = _smooth(moves.gyr_rad_s - bias_rad_s, width)
    if len(rate) < moves.rate_hz:
        return f"No {what} was measured. {again}"
    axis, share = _principal(rate)
    angle = _angle_deg(rate @ axis, moves.rate_hz)
    out, back = float(angle.max()), float(-angle.min())
    if max(out, back) < p.least_deg:
        return f"The pelvis turned by {max(out, back):.0f} degrees only, too little. {again}"
    if share < p.least_share:
        return f"The {what}s were not about one axis: the pelvis turned sideways as well. {again}"
    if min(out, back) > p.both_ways * max(out, back):
        return (
            f"The pelvis went both ways from where it started, so left and right are open. {again}"
        )
    if back > out:
        axis, angle, out = -axis, -angle, back
    parts = _repetitions(angle, 0.5 * out)
    if len(parts) < p.repetitions:
        return f"Only {len(parts)} {what} was seen. {again}"
    if _gravity_off(moves.acc_m_s2, axis, angle, width) > p.disagreement:
        return (
            "The gyroscope and the accelerometer of the pelvis sensor contradict each other: check "
            "which axes and signs its driver gives."
        )
    single = [_principal(rate[a:b])[0] for a, b in parts]
    off = [math.degrees(math.acos(min(1.0, abs(float(one @ axis))))) for one in single]
    scatter = math.sqrt(sum(one**2 for one in off) / (2.0 * len(off)) / len(off))
    return MovingAxis(WAY_OUT[moves.movement] * axis, scatter, out, len(parts))


def _angle_deg(rate_rad_s: FloatArray, rate_hz: float) -> FloatArray:
    """Return the angle of a movement that ends where it began: the drift of a bias taken out."""
    angle = np.degrees(np.cumsum(rate_rad_s)) / rate_hz
    straight: FloatArray = np.linspace(float(angle[0]), float(angle[-1]), len(angle))
    return angle - straight


def _smooth(values: FloatArray, width: int) -> FloatArray:
    total = np.cumsum(np.concatenate((np.zeros((1, 3)), values)), axis=0)
    smooth: FloatArray = (total[width:] - total[:-width]) / width
    return smooth


def _principal(rate: FloatArray) -> tuple[FloatArray, float]:
    """Return the principal axis of rates ``(n, 3)`` through zero, and its share of the power."""
    values, vectors = np.linalg.eigh(rate.T @ rate)
    return vectors[:, 2], float(values[2] / max(float(values.sum()), 1e-12))


def _repetitions(angle: FloatArray, level_deg: float) -> list[tuple[int, int]]:
    """Return the stretches of single repetitions: cut halfway between excursions above a level."""
    up = np.flatnonzero((angle[1:] >= level_deg) & (angle[:-1] < level_deg))
    down = np.flatnonzero((angle[1:] < level_deg) & (angle[:-1] >= level_deg))
    pairs = [(int(a), int(down[down > a][0])) for a in up if (down > a).any()]
    kept: list[tuple[int, int]] = []
    for a, b in pairs:
        # A tremor at the level is no new repetition: between two the angle falls well below it.
        if kept and float(angle[kept[-1][1] : a + 1].min()) > 0.6 * level_deg:
            kept[-1] = (kept[-1][0], b)
        else:
            kept.append((a, b))
    cuts = [0, *((b + a) // 2 for (_, b), (a, _) in pairwise(kept)), len(angle)]
    return [(cuts[k], cuts[k + 1]) for k in range(len(kept))]


def _gravity_off(acc: FloatArray, axis: FloatArray, angle: FloatArray, width: int) -> float:
    """Return how far gravity at the far end is from where the rate says, as a share of the angle.

    Only the part of gravity at right angles to the axis turns; where that is small (the sensor is
    turned about gravity) nothing can be said.
    """
    force = _smooth(acc, width)
    far = int(np.argmax(angle))
    start = force[: max(1, len(force) // 50)].mean(axis=0)
    first, last = (one - axis * float(axis @ one) for one in (start, force[far]))
    if float(np.linalg.norm(first)) < 0.5 * float(np.linalg.norm(start)):
        return 0.0
    turned = math.degrees(math.atan2(float(axis @ np.cross(first, last)), float(first @ last)))
    # Gravity turns backwards in the sensor when the sensor turns forwards.
    off = (turned + float(angle[far]) + 180.0) % 360.0 - 180.0
    return abs(off) / float(angle[far])
