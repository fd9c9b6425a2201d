"""The score of a session: what pelvis and muscles do, as notes with real-valued times."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from firingorder.simulation.exercises.courses import Course, Rhythm, Stroke
from firingorder.simulation.exercises.postures import PostureTrack

if TYPE_CHECKING:
    from scipy.spatial.transform import Rotation

    from firingorder.samples import FloatArray
    from firingorder.simulation.bursts import Burst

#: A shock is over when its envelope is below a thousandth: ln(1000) decay times.
OVER_DECAYS = 7.0

Vector = tuple[float, float, float]


@dataclass(frozen=True, slots=True)
class Shock:
    """A blow: a damped oscillation of the sacrum, m/s^2 forward, left and up in the level world."""

    at_s: float
    size_m_s2: Vector
    frequency_hz: float
    decay_s: float

    def add_to(self, out: FloatArray, t_s: FloatArray) -> None:
        """Add it to ``(n, 3)`` accelerations."""
        after = t_s - self.at_s
        late = np.maximum(after, 0.0)
        wave = np.sin(2.0 * np.pi * self.frequency_hz * late) * np.exp(-late / self.decay_s)
        out += np.where(after < OVER_DECAYS * self.decay_s, wave, 0.0)[:, None] * self.size_m_s2


@dataclass(frozen=True, slots=True)
class Push:
    """A push without echo: a squared sine of ``duration_s``, m/s^2 in the level world."""

    at_s: float
    size_m_s2: Vector
    duration_s: float

    def add_to(self, out: FloatArray, t_s: FloatArray) -> None:
        """Add it to ``(n, 3)`` accelerations."""
        u = np.clip((t_s - self.at_s) / self.duration_s, 0.0, 1.0)
        out += (np.sin(np.pi * u) ** 2)[:, None] * self.size_m_s2


class Score:
    """Notes of a session; more may be added behind what was played already."""

    def __init__(self, first: Rotation) -> None:
        self.course = Course()
        self.postures = PostureTrack(first)
        self.rhythms: list[Rhythm] = []
        self.bursts: list[Burst] = []
        self._blows: list[tuple[float, float, Shock | Push]] = []

    def move(self, *strokes: Stroke) -> None:
        """Add strokes of the pelvis."""
        self.course.add(strokes)

    def shake(self, blow: Shock | Push) -> None:
        """Add a blow."""
        lasts_s = OVER_DECAYS * blow.decay_s if isinstance(blow, Shock) else blow.duration_s
        self._blows.append((blow.at_s, blow.at_s + lasts_s, blow))

    def blows_m_s2(self, t_s: FloatArray) -> FloatArray:
        """Return ``(n, 3)`` accelerations of all blows at ascending times."""
        out = np.zeros((t_s.size, 3))
        for start_s, end_s, blow in self._blows:
            if start_s < t_s[-1] and end_s > t_s[0]:
                blow.add_to(out, t_s)
        return out
