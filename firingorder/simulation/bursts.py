"""When and how strongly a muscle is active: bursts with real-valued times, and their envelopes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

import numpy as np

if TYPE_CHECKING:
    from firingorder.samples import FloatArray

Shape = Literal["linear", "cosine", "root", "exponential"]
SHAPES: tuple[Shape, ...] = ("linear", "cosine", "root", "exponential")
#: The first motor unit fires after the drive has started: 5 / 11 / 21 ms for rises of
#: 50 / 150 / 300 ms (simulated motor pool, method.md section 1), here as a straight line.
FIRST_UNIT_DELAY_S = 0.0018
FIRST_UNIT_DELAY_PER_RISE = 0.064


@dataclass(frozen=True, slots=True)
class Burst:
    """One burst of one channel.

    Attributes
    ----------
    channel
        Muscle name.
    onset_s
        First discharge, seconds of body time: where the amplitude leaves its rest level.
    rise_s, shape
        Time from onset to plateau and the form of the amplitude between them.
    offset_s, fall_s
        Last discharge, and the duration of the fall that ends there.
    snr_db
        Plateau RMS over rest RMS.
    level
        Plateau amplitude as a share of what ``snr_db`` says; below 1 for a part of a burst.
    repetition
        Number of the repetition it belongs to, or None.
    """

    channel: str
    onset_s: float
    rise_s: float
    shape: Shape
    offset_s: float
    fall_s: float
    snr_db: float
    level: float = 1.0
    repetition: int | None = None

    @property
    def drive_s(self) -> float:
        """Instant at which the drive begins to rise, before the first unit fires."""
        return self.onset_s - (FIRST_UNIT_DELAY_S + FIRST_UNIT_DELAY_PER_RISE * self.rise_s)


def rise(u: FloatArray, shape: Shape) -> FloatArray:
    """Return the amplitude share at ``u`` = time since onset over rise time, clipped to 0..1."""
    v = np.clip(u, 0.0, 1.0)
    if shape == "linear":
        return v
    if shape == "cosine":
        return 0.5 - 0.5 * np.cos(np.pi * v)
    if shape == "root":
        return np.sqrt(v)
    return (1.0 - np.exp(-3.0 * v)) / (1.0 - np.exp(-3.0))


def time_share(grown: float, shape: Shape) -> float:
    """Return the share of the rise time after which the amplitude has grown by ``grown``."""
    if shape == "linear":
        return grown
    if shape == "cosine":
        return float(np.arccos(1.0 - 2.0 * grown) / np.pi)
    if shape == "root":
        return grown**2
    return float(-np.log(1.0 - grown * (1.0 - np.exp(-3.0))) / 3.0)


def envelope(burst: Burst, t_s: FloatArray) -> FloatArray:
    """Return the amplitude share of a burst at times ``t_s``: 0 outside, ``level`` on the plateau.

    The fall is half a cosine.
    """
    up = rise((t_s - burst.onset_s) / burst.rise_s, burst.shape)
    down = rise((burst.offset_s - t_s) / burst.fall_s, "cosine")
    return burst.level * np.minimum(up, down)
