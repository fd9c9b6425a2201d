"""How a muscle may rise from rest to its plateau: the hypotheses an onset is marginalised over.

A rise is an amplitude that grows over T by some curve; what the ladder sees is its power. Because
the new drive adds to the tone in amplitude, the power has a linear and a quadratic part whose
shares follow from the tone and the height of the burst, not from a free shape
(method.md section 2, step 7).
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Literal

import numpy as np

if TYPE_CHECKING:
    from firingorder.samples import FloatArray

#: Amplitude over time: straight, or half a cosine (smooth foot and shoulder).
Ramp = Literal["linear", "cosine"]
_RAMPS: tuple[Ramp, ...] = ("linear", "cosine")


#: No rest is without noise, and none certainly without tone.
_TONE_RANGE = (0.03, 0.97)


@dataclass(frozen=True, slots=True)
class RiseParams:
    """Grid of rises with its cold weights, and the tempering of the likelihood.

    Steps 7, 9 and 14 of method.md section 2. The weights were chosen on tuning seeds of planted
    muscles of 20 to 300 ms with four ramp shapes. Voluntary rises lie at 50 to 300 ms: with equal
    weights the five grid points up to 85 ms draw weak slow rises 10 to 15 ms late (simulated).
    """

    rise_s: tuple[float, ...] = (
        0.012, 0.025, 0.040, 0.060, 0.085, 0.120, 0.165, 0.220, 0.300, 0.400,
    )  # fmt: skip
    rise_weight: tuple[float, ...] = (0.15, 0.25, 0.4, 0.6, 0.9, 1.2, 1.4, 1.3, 0.8, 0.3)
    plateau_scale: tuple[float, ...] = (0.8, 1.0, 1.25)
    """Amplitude of the plateau after this onset over the one measured."""
    plateau_weight: tuple[float, ...] = (0.5, 1.0, 0.5)
    tone_offset: tuple[float, ...] = (-0.15, 0.15)
    """Shares of tone tried about the one read from the spectrum (tone.py): between 10 and 90 % of
    simulated estimates lie within this of the planted share."""
    cosine_weight: float = 0.3
    """Weight of the half cosine beside 1 for the straight line. More widens every interval, less
    leaves cosine rises uncovered (simulated)."""
    beta: float = 0.5
    """Power on the likelihood: pays for estimated covariances and the finite AR order. Chosen on
    tuning seeds; between 0.4 and 1.0 the error hardly moves (simulated)."""
    foot: float = 0.05
    foot_max_s: float = 0.0075
    """The foot of a rise is no known curve: the start is blurred by this share of the rise time,
    at most by this SD. Between linear, cosine, root and exponential ramps the start moves by 6 to
    15 % of the rise time (simulated)."""
    cosine_foot: float = 2.5
    """Both of them for a half cosine, over those for a straight line: the smoother the foot, the
    less is seen of it."""
    gamma_cold: float = 2.2
    gamma_warm: float = 4.0
    """Power on the posterior (step 14) within each ramp, chosen with beta, foot and ``gamma_ramp``
    on tuning seeds, mixed ramp shapes and contaminated signals among them."""
    gamma_ramp: float = 2.75
    """Power on the odds between the ramps. 0 sharpens all rises together: a ramp of a quarter of
    the probability then has next to none left, and where the muscle rises by it, its onset lies
    outside."""
    gamma_event: float = 2.5
    """Power on first events (step 7b), and on whether there is one: nothing of them is learnt."""

    def __post_init__(self) -> None:
        """Refuse weights that do not fit their grid."""
        if len(self.rise_weight) != len(self.rise_s):
            raise ValueError("rise_weight and rise_s differ in length")
        if len(self.plateau_weight) != len(self.plateau_scale):
            raise ValueError("plateau_weight and plateau_scale differ in length")


@dataclass(frozen=True, slots=True)
class Rises:
    """All rises considered, one row per hypothesis.

    ``rise_s``, ``scale``, ``tone_offset`` and ``weight`` (cold prior, sum 1) are
    ``(n_hypotheses,)``; ``cosine`` tells which of them rise by half a cosine.
    """

    rise_s: FloatArray
    scale: FloatArray
    tone_offset: FloatArray
    cosine: FloatArray
    weight: FloatArray


@lru_cache(maxsize=16)
def rises(params: RiseParams) -> Rises:
    """Return the hypotheses: every rise time with every plateau scale, tone and ramp.

    The arrays are shared by all who ask, and cannot be written to.
    """
    ramp_weight = (1.0, params.cosine_weight)
    ramps = (0.0, 1.0) if params.cosine_weight > 0.0 else (0.0,)
    axes = (params.rise_s, params.plateau_scale, params.tone_offset, ramps)
    grid = [one.ravel() for one in np.meshgrid(*axes, indexing="ij")]
    parts = (
        params.rise_weight,
        params.plateau_weight,
        (1.0,) * len(params.tone_offset),
        ramp_weight[: len(ramps)],
    )
    weight = np.ones(1)
    for part in parts:
        weight = np.outer(weight, np.asarray(part, dtype=np.float64)).ravel()
    weight = weight / np.sum(weight)
    for one in (*grid, weight):
        one.setflags(write=False)
    return Rises(grid[0], grid[1], grid[2], grid[3], weight)


def crossing_delays(
    hypotheses: Rises,
    rho: FloatArray,
    snr: float,
    tone: float,
    rate_hz: float,
    first_crossing: float = 0.5,
) -> FloatArray:
    """Return when each rise passes from each level to the next, samples after its onset.

    Parameters
    ----------
    rho
        ``(n_levels,)`` power shares of the plateau.
    snr
        Power of the plateau's activity over rest.
    tone
        Share of the rest power that is muscle activity.
    first_crossing
        Share of the lowest level at which it takes over from rest.

    Returns
    -------
    FloatArray
        ``(n_hypotheses, n_levels - 1)``; infinite where the plateau stays below the next level.
    """
    between = level_borders(rho, first_crossing)
    share = between[None, :] / hypotheses.scale[:, None] ** 2
    amplitude = np.sqrt(1.0 + snr) * hypotheses.scale
    share_of_rest = np.clip(tone + hypotheses.tone_offset, *_TONE_RANGE)
    floor = np.minimum(np.sqrt(share_of_rest) / amplitude, 0.9)[:, None]
    grown = grown_amplitude(share, floor)
    cosine = np.arccos(np.clip(1.0 - 2.0 * grown, -1.0, 1.0)) / np.pi
    u = np.where(hypotheses.cosine[:, None] > 0.0, cosine, grown)
    return np.where(share <= 1.0, u * hypotheses.rise_s[:, None] * rate_hz, np.inf)


def level_borders(rho: FloatArray, first_crossing: float = 0.5) -> FloatArray:
    """Return the power shares between neighbouring levels, ``(n_levels - 1,)``."""
    between = np.sqrt(rho[:-1] * rho[1:])
    between[0] = first_crossing * rho[1]
    return between


def grown_amplitude(share: FloatArray, floor: FloatArray) -> FloatArray:
    """Return the grown share of the amplitude at which the power has grown by ``share``.

    ``floor`` is the amplitude of the tone over that of the plateau r: the power above rest is
    [(r + (1 - r) g)^2 - r^2] / (1 - r^2) at grown share g.
    """
    return (np.sqrt(share * (1.0 - floor**2) + floor**2) - floor) / (1.0 - floor)
