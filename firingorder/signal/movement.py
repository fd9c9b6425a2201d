"""When a movement started: back-dated by its minimum-jerk shape, not by a threshold.

A rate threshold is passed 60 to 400 ms after the start, more for slow people (method.md
section 7); the start of the fitted minimum-jerk rise (Flash and Hogan 1985, J. Neurosci. 5:1688)
does not depend on the threshold.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

FloatArray = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class MoveStartParams:
    """Search grid of the fit."""

    before_s: float = 0.8
    """Furthest the start lies before the threshold was passed: 5 degrees in 2 s need 0.41 s."""
    step_s: float = 0.010
    rest_s: float = 0.3
    """Samples of rest before the search range that must be explained too."""
    duration_s: tuple[float, ...] = (0.3, 0.45, 0.65, 0.9, 1.2, 1.6, 2.1, 2.8, 3.6, 5.0)
    """Durations of the whole lift; tempo of a bridge is 1 to 3 s (exercise_bridge.md section 2)."""


def movement_start_s(
    t_s: FloatArray, rate_deg_s: FloatArray, passed_s: float, params: MoveStartParams
) -> float:
    """Return the start of the rise that explains the first part of a movement best.

    Parameters
    ----------
    t_s, rate_deg_s
        ``(n_samples,)`` times and angular rate in the lift direction, from the rest before up to
        where the first third of the movement is done.
    passed_s
        When the rate passed the threshold of movement.
    """
    keep = t_s >= passed_s - params.before_s - params.rest_s
    t, rate = t_s[keep], rate_deg_s[keep]
    if len(t) < 3:
        return passed_s
    starts = passed_s - np.arange(0.0, params.before_s, params.step_s)
    durations = np.array(params.duration_s)
    u = np.clip((t - starts[:, None, None]) / durations[:, None], 0.0, 1.0)
    shape = 30.0 * (u * (1.0 - u)) ** 2
    power = np.sum(shape**2, axis=2)
    match = np.maximum(np.sum(shape * rate, axis=2), 0.0)
    explained = np.where(power > 0.0, match**2 / np.maximum(power, 1e-12), 0.0)
    best = int(np.argmax(np.max(explained, axis=1)))
    return float(starts[best])
