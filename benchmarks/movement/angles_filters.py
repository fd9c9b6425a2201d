"""Orientation filters side by side: the product's as it runs, and two plain ones.

Each takes acceleration (m/s^2) and rate (rad/s) ``(n, 3)`` and the sampling rate, and returns
quaternions ``(n, 4)``, scalar first, sensor to level frame, causally.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from scipy.spatial.transform import Rotation
from vqf import VQF

from firingorder.signal.orientation import IDENTITY, Orientation, OrientationParams

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    FloatArray = NDArray[np.float64]
    Filter = Callable[[FloatArray, FloatArray, float], FloatArray]

#: Kp and Ki with which Mahony's filter errs least over all trials of BROAD, as published with the
#: data (github.com/dlaidig/broad, example_code/out); found there with a magnetometer.
MAHONY = (0.74, 0.0012)


@dataclass(frozen=True)
class Run:
    """What the product made of a recording."""

    quat: FloatArray
    turned_deg: FloatArray
    """Path of the rate up to each sample."""
    bias_sd_deg_s: list[float | None]
    restarts: int


def product(
    acc: FloatArray,
    gyr: FloatArray,
    rate_hz: float,
    mount: tuple[float, float, float, float] = IDENTITY,
) -> Run:
    """Run the product's class as the signal chain does: blocks of 20 ms, sample by sample."""
    orientation = Orientation(OrientationParams(), rate_hz, mount)
    block = max(1, round(0.020 * rate_hz))
    poses, sds = [], []
    for k in range(0, len(acc), block):
        a, g = acc[k : k + block], gyr[k : k + block]
        orientation.watch(k, k / rate_hz, a, g)
        a, g = orientation.turned(a), orientation.turned(g)
        for i in range(len(a)):
            poses.append(orientation.step_turned(k + i, a[i], g[i]))
            known = orientation.bias_deg_s is not None
            sds.append(orientation.bias_sd_deg_s if known else None)
    return Run(
        np.array([one.quat_wxyz for one in poses]),
        np.cumsum([one.rate_norm_deg_s for one in poses]) / rate_hz,
        sds,
        sum(one.restarted for one in poses),
    )


def ours(acc: FloatArray, gyr: FloatArray, rate_hz: float) -> FloatArray:
    """Return the product's quaternions."""
    return product(acc, gyr, rate_hz).quat


def integrated(acc: FloatArray, gyr: FloatArray, rate_hz: float) -> FloatArray:
    """Integrate the rate, without the mean of the first 3 s, from where gravity was then."""
    rest = round(3.0 * rate_hz)
    turn = Rotation.from_rotvec((gyr - gyr[:rest].mean(axis=0)) / rate_hz)
    now = _upright(acc[:rest].mean(axis=0))
    out = np.empty((len(gyr), 4))
    for k in range(len(gyr)):
        now = now * turn[k]
        out[k] = now.as_quat()[[3, 0, 1, 2]]
    return out


def mahony(acc: FloatArray, gyr: FloatArray, rate_hz: float) -> FloatArray:
    """Mahony's explicit complementary filter, six axes, without the mean of the first 3 s.

    Mahony, Hamel, Pflimlin 2008, IEEE Trans Autom Control 53:1203.
    """
    kp, ki = MAHONY
    rest = round(3.0 * rate_hz)
    rate = gyr - gyr[:rest].mean(axis=0)
    x, y, z, w = _upright(acc[:rest].mean(axis=0)).as_quat().tolist()
    bx = by = bz = 0.0
    dt = 1.0 / rate_hz
    out = np.empty((len(gyr), 4))
    unit = acc / np.linalg.norm(acc, axis=1)[:, None]
    pairs = zip(unit.tolist(), rate.tolist(), strict=True)
    for k, ((ax, ay, az), (gx, gy, gz)) in enumerate(pairs):
        vx, vy, vz = 2 * (x * z - w * y), 2 * (w * x + y * z), w * w - x * x - y * y + z * z
        ex, ey, ez = ay * vz - az * vy, az * vx - ax * vz, ax * vy - ay * vx
        bx, by, bz = bx + ki * ex * dt, by + ki * ey * dt, bz + ki * ez * dt
        p, q, r = (0.5 * dt * c for c in (gx + kp * ex + bx, gy + kp * ey + by, gz + kp * ez + bz))
        w, x, y, z = (
            w - x * p - y * q - z * r,
            x + w * p + y * r - z * q,
            y + w * q - x * r + z * p,
            z + w * r + x * q - y * p,
        )
        size = (w * w + x * x + y * y + z * z) ** 0.5
        w, x, y, z = w / size, x / size, y / size, z / size
        out[k] = w, x, y, z
    return out


def _upright(up: FloatArray) -> Rotation:
    """Return the smallest rotation that turns a direction in the sensor upwards."""
    return Rotation.align_vectors([[0.0, 0.0, 1.0]], [up / np.linalg.norm(up)])[0]


def vqf_defaults(acc: FloatArray, gyr: FloatArray, rate_hz: float) -> FloatArray:
    """VQF with all its defaults, without the mean of the first 3 s."""
    rate = np.ascontiguousarray(gyr - gyr[: round(3.0 * rate_hz)].mean(axis=0))
    return VQF(1.0 / rate_hz).updateBatch(rate, np.ascontiguousarray(acc))["quat6D"]


FILTERS: dict[str, Filter] = {
    "product (VQF, rest bias)": ours,
    "VQF defaults, rest bias": vqf_defaults,
    "Mahony, rest bias": mahony,
    "gyroscope alone, rest bias": integrated,
}
