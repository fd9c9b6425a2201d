"""Taps of the heel: a blow that an inertial sensor and every electrode feel at the same time.

Orders of magnitude, not measurements: a heel that drops on the floor shakes a lying pelvis by
about 1 g; skin, pad and cable answer with a swing that is over in some tenths of a second and
stands far above the muscle at rest.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from firingorder.simulation.noise import generator

if TYPE_CHECKING:
    from firingorder.samples import FloatArray

#: The first tap comes after the clocks of all devices have been followed for ten seconds.
FIRST_TAP_S = 12.0
BETWEEN_TAPS_S = (0.9, 1.4)
#: The blow on the pelvis: peak, frequency and decay of the shaking.
SHAKE_M_S2 = (6.0, 16.0)
SHAKE_HZ = (18.0, 32.0)
SHAKE_DECAY_S = (0.020, 0.035)
#: The swing on an electrode, in units of its rest RMS, and how much later than the pelvis it comes.
SWING_OF_REST = (30.0, 90.0)
SWING_HZ = (8.0, 18.0)
SWING_DECAY_S = (0.030, 0.060)
SWING_LAG_S = (0.0, 0.002)
#: After this long neither is above a thousandth of its height.
LONGEST_S = 0.5


@dataclass(frozen=True, slots=True)
class Swing:
    """A damped oscillation that begins at ``at_s``."""

    at_s: float
    height: float
    frequency_hz: float
    decay_s: float

    def at(self, t_s: FloatArray) -> FloatArray:
        """Return it at times ``t_s``."""
        after = t_s - self.at_s
        late = np.maximum(after, 0.0)
        wave = np.sin(2.0 * np.pi * self.frequency_hz * late) * np.exp(-late / self.decay_s)
        return np.where((after > 0.0) & (after < LONGEST_S), self.height * wave, 0.0)


class Taps:
    """Some taps on one person.

    Parameters
    ----------
    count
        How many.
    seed
        Seed of all draws.
    rest_uv
        RMS at rest of each muscle that carries electrodes.

    Attributes
    ----------
    at_s
        When the pelvis feels them, body time.
    """

    def __init__(self, count: int, seed: int, rest_uv: dict[str, float]) -> None:
        rng = generator(seed, "taps")
        gaps = rng.uniform(*BETWEEN_TAPS_S, count)
        self.at_s: tuple[float, ...] = tuple(float(t) for t in FIRST_TAP_S + np.cumsum(gaps))
        self._shakes: list[tuple[Swing, FloatArray]] = []
        shaking = rng.uniform(*SHAKE_HZ), rng.uniform(*SHAKE_DECAY_S)
        for at_s in self.at_s:
            axis = rng.standard_normal(3)
            swing = Swing(at_s, rng.uniform(*SHAKE_M_S2), *shaking)
            self._shakes.append((swing, axis / np.linalg.norm(axis)))
        self._rest_uv = rest_uv
        self._skin: dict[str, tuple[float, float, float, float]] = {}
        self._swings = {name: self._on(name, rest, seed) for name, rest in rest_uv.items()}

    def add(self, at_s: float, rng: np.random.Generator) -> None:
        """Tap once more."""
        self.at_s = (*self.at_s, at_s)
        axis = rng.standard_normal(3)
        shake = Swing(
            at_s, rng.uniform(*SHAKE_M_S2), rng.uniform(*SHAKE_HZ), rng.uniform(*SHAKE_DECAY_S)
        )
        self._shakes.append((shake, axis / np.linalg.norm(axis)))
        for name, rest_uv in self._rest_uv.items():
            sign, frequency_hz, decay_s, lag_s = self._skin[name]
            height = sign * rest_uv * rng.uniform(*SWING_OF_REST)
            self._swings[name].append(Swing(at_s + lag_s, height, frequency_hz, decay_s))

    def force_m_s2(self, t_s: FloatArray) -> FloatArray:
        """Return ``(n, 3)`` acceleration of the pelvis in its own frame."""
        out = np.zeros((t_s.size, 3))
        for swing, axis in self._shakes:
            out += swing.at(t_s)[:, None] * axis
        return out

    def artefact_uv(self, channels: tuple[str, ...], t_s: FloatArray) -> FloatArray:
        """Return ``(n, channels)`` of what the electrodes pick up."""
        out = np.zeros((t_s.size, len(channels)))
        for column, name in enumerate(channels):
            for swing in self._swings[name]:
                out[:, column] += swing.at(t_s)
        return out

    def _on(self, name: str, rest_uv: float, seed: int) -> list[Swing]:
        rng = generator(seed, name, "taps")
        sign = rng.choice((-1.0, 1.0))
        frequency_hz, decay_s = rng.uniform(*SWING_HZ), rng.uniform(*SWING_DECAY_S)
        lag_s = rng.uniform(*SWING_LAG_S)
        self._skin[name] = (float(sign), frequency_hz, decay_s, lag_s)
        return [
            Swing(at_s + lag_s, sign * rest_uv * rng.uniform(*SWING_OF_REST), frequency_hz, decay_s)
            for at_s in self.at_s
        ]
