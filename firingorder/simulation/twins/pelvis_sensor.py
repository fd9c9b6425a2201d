"""What a stand-alone sensor on the pelvis measures, at any instant of the body's time."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from scipy.spatial.transform import Rotation

from firingorder.simulation.movement import (
    ACC_BIAS_G,
    ACC_NOISE_G_RT_HZ,
    GYRO_BIAS_DEG_S,
    GYRO_NOISE_DEG_S_RT_HZ,
    MOUNT_ERROR_DEG,
    STANDARD_GRAVITY_M_S2,
)
from firingorder.simulation.noise import BlockCache, generator

if TYPE_CHECKING:
    from firingorder.samples import FloatArray
    from firingorder.simulation.scenarios import ScenarioBody

#: Axes of the sensor in the pelvis frame: z points away from the skin (backwards), x to the head,
#: so y points to the left. Columns are x, y, z of the sensor.
WORN = np.array([[0.0, 0.0, -1.0], [0.0, 1.0, 0.0], [1.0, 0.0, 0.0]])
#: A sample is the mean over the interval that ends with it; this many instants stand for it.
INSTANTS = 4
#: Movements last a second and more: straight lines between such instants are off by less than the
#: noise of a sample (2e-4 of the peak acceleration: its second derivative is 62 times as much).
GRID_HZ = 200
_PLACES = np.arange(GRID_HZ + 1, dtype=np.float64)


class PelvisSensor:
    """Specific force and rate in sensor axes, averaged over each sampling interval.

    Parameters
    ----------
    body
        Whose pelvis it is.
    seed
        How it is put on, its biases and its noise.
    period_s
        Sampling interval.
    """

    def __init__(self, body: ScenarioBody, *, seed: int, period_s: float) -> None:
        rng = generator(seed, "pelvis sensor")
        self._pelvis = body.pelvis
        self._taps = body.taps
        axis = rng.standard_normal(3)
        axis *= np.deg2rad(MOUNT_ERROR_DEG * rng.uniform()) / np.linalg.norm(axis)
        self._turn = (Rotation.from_rotvec(axis) * Rotation.from_matrix(WORN)).inv()
        self._acc_bias = STANDARD_GRAVITY_M_S2 * rng.uniform(-ACC_BIAS_G, ACC_BIAS_G, 3)
        self._gyr_bias = np.deg2rad(rng.uniform(-GYRO_BIAS_DEG_S, GYRO_BIAS_DEG_S, 3))
        root_band = np.sqrt(0.5 / period_s)
        self._acc_sd = STANDARD_GRAVITY_M_S2 * ACC_NOISE_G_RT_HZ * root_band
        self._gyr_sd = np.deg2rad(GYRO_NOISE_DEG_S_RT_HZ) * root_band
        self._period_s = period_s
        self._blocks = BlockCache(self._make_block)
        self._rng = rng

    def measure(self, at_s: FloatArray) -> tuple[FloatArray, FloatArray]:
        """Return specific force (m/s^2) and rate (rad/s), ``(n, 3)`` each, at ascending times.

        Samples must be asked for in their order: the noise is drawn one by one.
        """
        within_s = self._period_s * (np.arange(INSTANTS)[::-1] + 0.5) / INSTANTS
        t_s = (at_s[:, None] - within_s).ravel()
        force, rate = self._motion(t_s)
        if self._taps is not None:
            force = force + self._taps.force_m_s2(t_s)
        noise = self._rng.standard_normal((at_s.size, 2, 3))
        acc = self._turn.apply(_means(force)) + self._acc_bias + self._acc_sd * noise[:, 0]
        gyr = self._turn.apply(_means(rate)) + self._gyr_bias + self._gyr_sd * noise[:, 1]
        return acc, gyr

    def _motion(self, t_s: FloatArray) -> tuple[FloatArray, FloatArray]:
        """Return force and rate at times, from a fine grid: poses cost too much one by one."""
        out = np.empty((t_s.size, 6))
        blocks = np.floor(t_s).astype(np.int64)
        for block in np.unique(blocks).tolist():
            grid = self._blocks.get(block)
            inside = blocks == block
            place = (t_s[inside] - block) * GRID_HZ
            for column in range(6):
                out[inside, column] = np.interp(place, _PLACES, grid[:, column])
        return out[:, :3], out[:, 3:]

    def _make_block(self, block: int) -> FloatArray:
        return np.concatenate(self._pelvis.motion(block + _PLACES / GRID_HZ), axis=1)


def _means(values: FloatArray) -> FloatArray:
    return values.reshape(-1, INSTANTS, 3).mean(axis=1)
