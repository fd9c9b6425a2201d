"""How long 20 ms of pelvis sensor take: watch, turn, filter."""

from __future__ import annotations

import time

import numpy as np

from firingorder.signal.orientation import IDENTITY, Orientation, OrientationParams

BLOCKS = 5000


def block_ms(rate_hz: int) -> tuple[float, float]:
    """Return mean and 99 % of the milliseconds of CPU for one block of 20 ms."""
    rng = np.random.default_rng(1)
    orientation = Orientation(OrientationParams(), float(rate_hz), IDENTITY)
    n = rate_hz // 50
    acc = np.array([9.8, 0.0, 0.0]) + 0.02 * rng.standard_normal((BLOCKS * n, 3))
    gyr = 0.01 * rng.standard_normal((BLOCKS * n, 3))
    took: list[float] = []
    for k in range(0, BLOCKS * n, n):
        begin = time.thread_time()
        a, g = acc[k : k + n], gyr[k : k + n]
        orientation.watch(k, k / rate_hz, a, g)
        a, g = orientation.turned(a), orientation.turned(g)
        for i in range(n):
            orientation.step_turned(k + i, a[i], g[i])
        took.append(1e3 * (time.thread_time() - begin))
    return float(np.mean(took)), float(np.percentile(took, 99))
