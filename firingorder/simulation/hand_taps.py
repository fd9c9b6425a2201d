"""Taps of a hand on the belt, as an inertial sensor on that belt feels them.

A finger on a rigid board is over in milliseconds: the 26 taps of the BROAD trial 25 (Laidig 2021,
10.3390/data6070072) rise within one sample of 3.5 ms, have 13 to 85 m/s^2 in the mean over the ten
milliseconds of the blow, and turn the board by 55 to 290 degrees a second (docs/belt_taps.md). A
box on a belt over soft tissue answers slower: a 34 g accelerometer on the skin swings at a
resonance of its own (Ziegert and Lewis 1979, J Biomech Eng 101:218). How slow and how strong nobody
has measured for this belt: the ranges below go from the board's taps down to half a g, and from
milliseconds up to two samples of a sensor of 100 Hz. Two taps follow each other as detectors inside
sensors expect them: BMI160 up to 50 to 700 ms, as set; ICM-426xx 165 to 500 ms (settings in the
drivers of Bosch and TDK InvenSense).
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Callable

    from firingorder.samples import FloatArray

#: Mean acceleration over the ten milliseconds of the blow, drawn evenly on a logarithmic scale:
#: half a g to 6 g.
STRENGTH_M_S2 = (5.0, 60.0)
STRENGTH_OVER_S = 0.010
#: How long the hand touches: milliseconds on a board, longer through cloth and tissue.
CONTACT_S = (0.006, 0.022)
#: What rings afterwards: share of the peak, frequency and decay of a box on tissue (assumed).
RING_SHARE = (0.2, 0.7)
RING_HZ = (20.0, 60.0)
RING_DECAY_S = (0.010, 0.030)
#: The turn it gives the box, and how fast that is over.
TURN_RAD_S = (0.5, 5.0)
TURN_RISE_S = 0.03
TURN_DECAY_S = (0.04, 0.09)
#: The second tap: after the first, its strength over the first's (SD of its logarithm), and how far
#: from the same direction.
GAP_S = (0.17, 0.48)
AGAIN_LOG_SD = 0.25
AGAIN_DEG = 25.0
AGAIN_CONTACT = (0.8, 1.25)
#: A swing is over when its envelope is below a thousandth.
OVER_DECAYS = 7.0
#: Points in an interval over which a sensor takes the mean.
POINTS = 8
#: More than half such an interval.
MARGIN_S = 0.05


@dataclass(frozen=True, slots=True)
class HandTap:
    """One tap; directions and sizes in the frame of the pelvis.

    Attributes
    ----------
    at_s
        When the hand touches.
    force_m_s2, turn_rad_s
        Peaks of acceleration and rate.
    contact_s, ring_share, ring_hz, ring_decay_s, turn_decay_s
        As described at the ranges that they are drawn from.
    """

    at_s: float
    force_m_s2: FloatArray
    turn_rad_s: FloatArray
    contact_s: float
    ring_share: float
    ring_hz: float
    ring_decay_s: float
    turn_decay_s: float

    @property
    def over_s(self) -> float:
        """When nothing of it is left."""
        longest_s = max(self.contact_s + OVER_DECAYS * self.ring_decay_s, TURN_RISE_S)
        return self.at_s + max(longest_s, TURN_RISE_S + OVER_DECAYS * self.turn_decay_s)

    def push(self, t_s: FloatArray) -> FloatArray:
        """Return the acceleration at times ``t_s`` in shares of its peak."""
        after = t_s - self.at_s
        touch = np.where((after > 0.0) & (after < self.contact_s), after / self.contact_s, 0.0)
        late = np.maximum(after - self.contact_s, 0.0)
        swing = np.sin(2.0 * np.pi * self.ring_hz * late) * np.exp(-late / self.ring_decay_s)
        return np.sin(np.pi * touch) - self.ring_share * swing

    def turn(self, t_s: FloatArray) -> FloatArray:
        """Return the rate at times ``t_s`` in shares of its peak."""
        after = np.maximum(t_s - self.at_s, 0.0)
        rise = np.sin(0.5 * np.pi * np.minimum(after / TURN_RISE_S, 1.0))
        return rise * np.exp(-np.maximum(after - TURN_RISE_S, 0.0) / self.turn_decay_s)


class HandTaps:
    """Taps on one belt; more may be added.

    Attributes
    ----------
    at_s
        When the hand touches, body time.
    """

    def __init__(self) -> None:
        self.at_s: tuple[float, ...] = ()
        self._taps: list[HandTap] = []

    def twice(self, at_s: float, rng: np.random.Generator) -> tuple[float, float]:
        """Tap two times from ``at_s`` on, and return when."""
        first_s, second_s = self.row(at_s, rng, 2)
        return first_s, second_s

    def row(self, at_s: float, rng: np.random.Generator, count: int) -> tuple[float, ...]:
        """Tap some times from ``at_s`` on, and return when."""
        tap = first = _draw(at_s, rng)
        out = [at_s]
        self._add(first)
        for _ in range(count - 1):
            louder = math.exp(AGAIN_LOG_SD * rng.standard_normal())
            tap = replace(
                first,
                at_s=tap.at_s + float(rng.uniform(*GAP_S)),
                force_m_s2=louder * _nearby(first.force_m_s2, rng),
                turn_rad_s=louder * _nearby(first.turn_rad_s, rng),
                contact_s=first.contact_s * float(rng.uniform(*AGAIN_CONTACT)),
            )
            self._add(tap)
            out.append(tap.at_s)
        return tuple(out)

    def force_m_s2(self, t_s: FloatArray, rate_hz: float) -> FloatArray:
        """Return ``(n, 3)`` acceleration in the pelvis frame, mean over a sampling interval."""
        out = np.zeros((t_s.size, 3))
        for tap, part in self._now(t_s):
            out[part] += _mean(tap.push, t_s[part], rate_hz)[:, None] * tap.force_m_s2
        return out

    def rate_rad_s(self, t_s: FloatArray, rate_hz: float) -> FloatArray:
        """Return ``(n, 3)`` angular rate in the pelvis frame, mean over a sampling interval."""
        out = np.zeros((t_s.size, 3))
        for tap, part in self._now(t_s):
            out[part] += _mean(tap.turn, t_s[part], rate_hz)[:, None] * tap.turn_rad_s
        return out

    def _add(self, tap: HandTap) -> None:
        self.at_s = (*self.at_s, tap.at_s)
        self._taps.append(tap)

    def _now(self, t_s: FloatArray) -> list[tuple[HandTap, slice]]:
        """Return the taps that are felt at ascending times, and in which of them."""
        out: list[tuple[HandTap, slice]] = []
        for tap in self._taps:
            low, high = np.searchsorted(t_s, (tap.at_s - MARGIN_S, tap.over_s + MARGIN_S)).tolist()
            if low < high:
                out.append((tap, slice(low, high)))
        return out


def _draw(at_s: float, rng: np.random.Generator) -> HandTap:
    low, high = (math.log(one) for one in STRENGTH_M_S2)
    contact_s = float(rng.uniform(*CONTACT_S))
    # Half a sine has 2 / pi of its peak in the mean; a short one has ten milliseconds to itself.
    share = 2.0 / math.pi * min(contact_s / STRENGTH_OVER_S, 1.0)
    peak = math.exp(rng.uniform(low, high)) / share
    return HandTap(
        at_s,
        peak * _direction(rng),
        float(rng.uniform(*TURN_RAD_S)) * _direction(rng),
        contact_s,
        float(rng.uniform(*RING_SHARE)),
        float(rng.uniform(*RING_HZ)),
        float(rng.uniform(*RING_DECAY_S)),
        float(rng.uniform(*TURN_DECAY_S)),
    )


def _direction(rng: np.random.Generator) -> FloatArray:
    axis = rng.standard_normal(3)
    return axis / np.linalg.norm(axis)


def _nearby(vector: FloatArray, rng: np.random.Generator) -> FloatArray:
    """Return a vector as long, up to ``AGAIN_DEG`` aside."""
    long = float(np.linalg.norm(vector))
    aside = _direction(rng)
    aside = aside - (aside @ vector) / long**2 * vector
    aside = aside / np.linalg.norm(aside)
    angle = np.deg2rad(AGAIN_DEG) * float(rng.uniform())
    return np.cos(angle) * vector + np.sin(angle) * long * aside


def _mean(shape: Callable[[FloatArray], FloatArray], t_s: FloatArray, rate_hz: float) -> FloatArray:
    places: FloatArray = np.arange(POINTS, dtype=np.float64)
    inside: FloatArray = (places - 0.5 * (POINTS - 1)) / (POINTS * rate_hz)
    points: FloatArray = t_s[:, None] + inside
    return shape(points).mean(axis=1)
