"""Pushes of the pelvis in one direction, as lobes of its velocity between two rests."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from firingorder.signal.phase_fit import FloatArray


@dataclass(frozen=True, slots=True)
class PushParams:
    """Limits of a push; proposals."""

    noise_m_s: float = 0.02
    """Velocity below this is none: what rests leave of the integral's error after a second."""
    least_m_s: float = 0.06
    least_m: float = 0.008
    dip_share: float = 0.5
    """Two pushes in the same direction when the velocity falls below this share of both."""
    before_s: float = 0.3
    before_share: float = 0.6
    """A smaller push the other way, right before, prepares a push: the weight goes over the leg
    that stays. Those who do it slowly rest in between."""


@dataclass(frozen=True, slots=True)
class Push:
    """The pelvis is carried to one side.

    Attributes
    ----------
    sign
        +1 to the left, -1 to the right.
    from_s, to_s
        Where its velocity leaves the noise and falls back into it.
    passed_s
        Where it is certainly under way.
    way_m
        How far, always positive.
    fastest_m_s
        Highest velocity, always positive.
    """

    sign: float
    from_s: float
    to_s: float
    passed_s: float
    way_m: float
    fastest_m_s: float


def pushes_of(t_s: FloatArray, velocity_m_s: FloatArray, params: PushParams) -> list[Push]:
    """Return the pushes of a velocity in the order of time; ``(n_samples,)`` each."""
    p = params
    found: list[Push] = []
    for sign in (1.0, -1.0):
        speed = sign * velocity_m_s
        over = np.concatenate([[False], speed > p.noise_m_s, [False]])
        edges = np.flatnonzero(over[1:] != over[:-1])
        for first, stop in zip(edges[::2].tolist(), edges[1::2].tolist(), strict=True):
            for a, b in _parts(speed, first, stop, p.dip_share):
                found += _push(t_s[a:b], speed[a:b], sign, p)
    return sorted(found, key=lambda one: one.from_s)


def prepares(one: Push, after: Push, params: PushParams) -> bool:
    """Tell whether a push only took the weight off the foot that the next one carries."""
    p = params
    near = after.from_s - one.to_s <= p.before_s
    return one.sign != after.sign and near and one.way_m < p.before_share * after.way_m


def _parts(speed: FloatArray, first: int, stop: int, share: float) -> list[tuple[int, int]]:
    """Split where the speed dips between two humps."""
    inside = speed[first:stop]
    left = np.maximum.accumulate(inside)
    right = np.maximum.accumulate(inside[::-1])[::-1]
    depth = inside / np.minimum(left, right)
    at = int(np.argmin(depth))
    if depth[at] >= share:
        return [(first, stop)]
    middle = first + at
    return [*_parts(speed, first, middle, share), *_parts(speed, middle, stop, share)]


def _push(t: FloatArray, speed: FloatArray, sign: float, p: PushParams) -> list[Push]:
    if len(t) < 3:
        return []
    way_m, fastest = float(np.sum(speed)) * float(t[1] - t[0]), float(np.max(speed))
    if way_m < p.least_m or fastest < p.least_m_s:
        return []
    passed = float(t[int(np.argmax(speed > 0.2 * fastest))])
    return [Push(sign, float(t[0]), float(t[-1]), passed, way_m, fastest)]
