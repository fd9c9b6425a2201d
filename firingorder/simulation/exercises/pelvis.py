"""The pelvis of a score: orientation, angular rate and specific force as functions of time."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from scipy.spatial.transform import Rotation

from firingorder.simulation.movement import DIFFERENCE_S, STANDARD_GRAVITY_M_S2
from firingorder.simulation.noise import generator

if TYPE_CHECKING:
    from firingorder.samples import FloatArray
    from firingorder.simulation.exercises.score import Score

#: Slow sway of the pelvis: a body that lies moves less than one that stands. Standing sway of the
#: trunk is some tenths of a degree and some millimetres below 1 Hz (Winter 1995, Gait Posture
#: 3:193).
SWAY_BAND_HZ = (0.05, 0.6)
SWAY_COMPONENTS = 8
BREATHING_HZ = (0.2, 0.3)


@dataclass(frozen=True, slots=True)
class Restlessness:
    """How much somebody moves who keeps still: degrees and metres RMS, degrees of breathing."""

    sway_deg: float
    sway_m: float
    breath_deg: tuple[float, float]


LYING_STILL = Restlessness(0.04, 0.0, (0.08, 0.3))
SITTING_STILL = Restlessness(0.10, 0.0005, (0.05, 0.2))
STANDING_STILL = Restlessness(0.20, 0.002, (0.02, 0.10))


def twisted(angles_deg: FloatArray) -> Rotation:
    """Return rotations whose twists about x, y and z are ``(n, 3)`` angles.

    The twist about an axis is 2 atan2(component, w), so the three half tangents are the vector
    part of a quaternion with w = 1: exact for all three axes at once.
    """
    vector = np.tan(0.5 * np.deg2rad(angles_deg))
    return Rotation.from_quat(np.concatenate([vector, np.ones((vector.shape[0], 1))], axis=1))


class ScorePelvis:
    """Pose of the pelvis as a function of time.

    Parameters
    ----------
    score
        What it does.
    restless
        How still it keeps.
    arm_m
        From the point it turns about to the sacrum, in the pelvis frame.
    seed
        Of breathing and sway.
    """

    def __init__(
        self,
        score: Score,
        restless: Restlessness,
        *,
        arm_m: tuple[float, float, float] = (0.0, 0.0, 0.0),
        seed: int,
    ) -> None:
        rng = generator(seed, "exercise pelvis")
        self._score = score
        self._restless = restless
        self._arm = np.array(arm_m)
        self._breath_hz = rng.uniform(*BREATHING_HZ)
        self._breath_deg = rng.uniform(*restless.breath_deg)
        self._breath_phase = rng.uniform(0.0, 2.0 * np.pi)
        self._sway = [_Sway(generator(seed, "exercise sway", k)) for k in range(5)]

    def planned(self, t_s: FloatArray) -> FloatArray:
        """Return ``(n, 6)`` of what is planned, without breathing and sway."""
        out = self._score.course.at(t_s)
        for rhythm in self._score.rhythms:
            rhythm.add_to(out, t_s)
        return out

    def pose(self, t_s: FloatArray) -> Rotation:
        """Return the rotation from the pelvis frame into the world at ascending times."""
        return self._pose(t_s, self._axes(t_s))

    def motion(self, t_s: FloatArray) -> tuple[FloatArray, FloatArray]:
        """Return specific force (m/s^2) and angular rate (rad/s) in the pelvis frame, (n, 3)."""
        axes = [self._axes(t_s + dt) for dt in (-DIFFERENCE_S, 0.0, DIFFERENCE_S)]
        before, now, after = (
            self._pose(t_s + dt, one)
            for dt, one in zip((-DIFFERENCE_S, 0.0, DIFFERENCE_S), axes, strict=True)
        )
        rate = (before.inv() * after).as_rotvec() / (2.0 * DIFFERENCE_S)
        curve = axes[2][:, 3:] - 2.0 * axes[1][:, 3:] + axes[0][:, 3:]
        if self._arm.any():
            arm = self._arm
            curve = curve + after.apply(arm) - 2.0 * now.apply(arm) + before.apply(arm)
        force = curve / DIFFERENCE_S**2 + self._score.blows_m_s2(t_s)
        force[:, 2] += STANDARD_GRAVITY_M_S2
        return now.inv().apply(force), rate

    def _axes(self, t_s: FloatArray) -> FloatArray:
        out = self.planned(t_s)
        still = self._restless
        for axis in range(3):
            out[:, axis] += still.sway_deg * self._sway[axis].at(t_s)
        if still.sway_m:
            for axis in (3, 4):  # forward and aside
                out[:, axis] += still.sway_m * self._sway[axis].at(t_s)
        breath = np.sin(2.0 * np.pi * self._breath_hz * t_s + self._breath_phase)
        out[:, 1] += self._breath_deg * breath
        return out

    def _pose(self, t_s: FloatArray, axes: FloatArray) -> Rotation:
        return self._score.postures.at(t_s) * twisted(axes[:, :3])


class _Sway:
    """A slow process of unit variance without the kinks of interpolation: it is differentiated."""

    def __init__(self, rng: np.random.Generator) -> None:
        self._omega = 2.0 * np.pi * rng.uniform(*SWAY_BAND_HZ, SWAY_COMPONENTS)
        self._phase = rng.uniform(0.0, 2.0 * np.pi, SWAY_COMPONENTS)

    def at(self, t_s: FloatArray) -> FloatArray:
        waves: FloatArray = np.cos(t_s[:, None] * self._omega + self._phase)
        return waves.sum(axis=1) * np.sqrt(2.0 / SWAY_COMPONENTS)
