"""A sensor that is not worn as it should be: turned, loose, out of range, irregular."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

import numpy as np
from scipy.spatial.transform import Rotation

from firingorder.simulation.movement import (
    STANDARD_GRAVITY_M_S2,
    SacrumSensor,
    minimum_jerk,
    nominal_mount,
)
from firingorder.simulation.noise import block_key, generator

if TYPE_CHECKING:
    from firingorder.samples import FloatArray
    from firingorder.simulation.movement import Moves

Wear = Literal["good", "loose", "upside_down", "saturated", "jitter", "frozen"]

#: A loose belt slips by some degrees now and then, and rattles with every movement: noise as a
#: share of what accelerates and turns the pelvis (order of magnitude).
SLIP_EVERY_S = (25.0, 60.0)
SLIP_DEG = (4.0, 10.0)
SLIP_S = 0.3
RATTLE_ACC = 0.35
RATTLE_ACC_PER_RATE = 1.2
RATTLE_GYR = 0.30
#: Ranges so small that ordinary movements do not fit: no maker's setting, the smallest are 2 g and
#: 125 degrees a second.
SATURATED_ACC_G = 1.05
SATURATED_GYR_DEG_S = 18.0
#: Samples come up to this share of an interval early or late.
JITTER = 0.35
#: A driver that hands out an old sample: how often and for how long.
FREEZE_EVERY_S = (8.0, 25.0)
FREEZE_S = (0.2, 1.5)
LONGEST_SESSION_S = 4 * 3600.0


def turned_mount(seed: int, mount_deg: float | None, *, upside_down: bool) -> Rotation | None:
    """Return a mounting that is so far from the nominal one; None leaves it to the sensor."""
    if mount_deg is None and not upside_down:
        return None
    rng = generator(seed, "mount")
    axis = rng.standard_normal(3)
    angle = np.deg2rad(10.0 * rng.uniform() if mount_deg is None else mount_deg)
    error = Rotation.from_rotvec(angle * axis / np.linalg.norm(axis))
    over = Rotation.from_rotvec([np.pi if upside_down else 0.0, 0.0, 0.0])
    return error * over * nominal_mount()


class WornSensor(SacrumSensor):
    """A sensor on the sacrum with one thing wrong with it; a pure function of the sample index.

    Parameters
    ----------
    pelvis, seed, rate_hz
        As for the sensor.
    wear
        What is wrong.
    mount_deg
        How far it is turned from its nominal place; None is up to ten degrees.
    """

    def __init__(
        self,
        pelvis: Moves,
        *,
        seed: int,
        rate_hz: float,
        wear: Wear = "good",
        mount_deg: float | None = None,
    ) -> None:
        mount = turned_mount(seed, mount_deg, upside_down=wear == "upside_down")
        super().__init__(pelvis, seed=seed, rate_hz=rate_hz, mount=mount)
        self._wear: Wear = wear
        self._wear_seed = seed
        rng = generator(seed, "wear")
        every_s = FREEZE_EVERY_S if wear == "frozen" else SLIP_EVERY_S
        count = int(LONGEST_SESSION_S / every_s[0])
        self._at_s: FloatArray = np.cumsum(rng.uniform(*every_s, count))
        self._lasts_s: FloatArray = rng.uniform(*FREEZE_S, count)
        axes = rng.standard_normal((count, 3))
        axes /= np.linalg.norm(axes, axis=1)[:, None]
        self._slips = np.deg2rad(rng.uniform(*SLIP_DEG, count))[:, None] * axes

    def read(self, k0: int, n: int) -> tuple[FloatArray, FloatArray]:
        """Return ``(n, 3)`` specific force (m/s^2) and rate (rad/s) of samples ``k0 ..``."""
        acc, gyr = super().read(k0, n)
        if self._wear == "saturated":
            most = SATURATED_ACC_G * STANDARD_GRAVITY_M_S2
            turn = np.deg2rad(SATURATED_GYR_DEG_S)
            return np.clip(acc, -most, most), np.clip(gyr, -turn, turn)
        if self._wear == "frozen":
            self._freeze(k0, acc, gyr)
        return acc, gyr

    def _freeze(self, k0: int, acc: FloatArray, gyr: FloatArray) -> None:
        """Replace what was measured while the driver was stuck by what it held, in place."""
        end_s = (k0 + acc.shape[0]) / self.rate_hz
        at_s = self._at_s
        first = int(np.count_nonzero(at_s < k0 / self.rate_hz - FREEZE_S[1]))
        for j in range(first, int(np.count_nonzero(at_s < end_s))):
            from_s = float(at_s[j])
            at = round(from_s * self.rate_hz)
            over = round((from_s + float(self._lasts_s[j])) * self.rate_hz)
            low, high = max(at - k0, 0), min(over - k0, acc.shape[0])
            if high > low:
                held_acc, held_gyr = super().read(at, 1)
                acc[low:high], gyr[low:high] = held_acc, held_gyr

    def _sample_times(self, block: int) -> FloatArray:
        t_s = super()._sample_times(block)
        if self._wear != "jitter":
            return t_s
        rng = generator(self._wear_seed, "jitter", block_key(block))
        return t_s + rng.uniform(-JITTER, JITTER, t_s.size) / self.rate_hz

    def _motion(self, block: int, t_s: FloatArray) -> tuple[FloatArray, FloatArray]:
        force, rate = super()._motion(block, t_s)
        if self._wear != "loose":
            return force, rate
        rng = generator(self._wear_seed, "rattle", block_key(block))
        turning = np.linalg.norm(rate, axis=1)[:, None]
        pushed = np.abs(np.linalg.norm(force, axis=1) - STANDARD_GRAVITY_M_S2)[:, None]
        shaking = RATTLE_ACC * pushed + RATTLE_ACC_PER_RATE * turning
        force = force + shaking * rng.standard_normal(force.shape)
        rate = rate + RATTLE_GYR * turning * rng.standard_normal(rate.shape)
        return self._slipped(t_s, force, rate)

    def _slipped(
        self, t_s: FloatArray, force: FloatArray, rate: FloatArray
    ) -> tuple[FloatArray, FloatArray]:
        """Return what a sensor feels that has slipped, and what it feels while it slips."""
        last = int(np.count_nonzero(self._at_s < t_s[-1]))
        angle = np.zeros((t_s.size, 3))
        speed = np.zeros((t_s.size, 3))
        for j in range(last):
            # Slips add up as small angles; the first sixteen a session are enough to be lost.
            if j >= 16:
                break
            u = (t_s - self._at_s[j]) / SLIP_S
            angle += minimum_jerk(u)[:, None] * self._slips[j]
            v = np.clip(u, 0.0, 1.0)
            speed += (30.0 * v**2 * (1.0 - v) ** 2 / SLIP_S)[:, None] * self._slips[j]
        back = Rotation.from_rotvec(angle).inv()
        return back.apply(force), back.apply(rate) + speed
