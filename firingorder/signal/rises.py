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
    from numpy.typing import NDArray

    from firingorder.samples import BoolArray, FloatArray

#: Amplitude over time: straight; half a cosine; half a cosine from the first unit on (the drive
#: grew before anything fired); the root of the time, or an exponential (both with a steep foot).
Ramp = Literal["linear", "cosine", "recruited", "root", "exponential"]
_SMOOTH: tuple[Ramp, ...] = ("cosine", "recruited")

#: Share of the drive at which the first motor unit fires: the simulated pool's lowest threshold
#: over its peak drive is 0.044 to 0.075 (motor_units.py of the simulation).
FIRST_UNIT_SHARE = 0.06

#: No rest is without noise, and none certainly without tone.
TONE_RANGE = (0.03, 0.97)


@dataclass(frozen=True, slots=True)
class RiseParams:
    """Grid of rises with its cold weights, and the tempering of the likelihood.

    Steps 7, 9 and 14 of method.md section 2. The weights were chosen on tuning seeds of planted
    muscles of 20 to 300 ms with four ramp shapes and of motor units whose drive grows smoothly in
    0.1 to 0.8 s. Voluntary rises are slower than 50 ms: with as much weight for all of them weak
    slow rises come out 10 to 15 ms late (simulated, on a grid a third apart).
    """

    rise_s: tuple[float, ...] = (
        0.012, 0.025, 0.040, 0.049, 0.060, 0.071, 0.085, 0.101, 0.120, 0.141, 0.165, 0.190, 0.220,
        0.257, 0.300, 0.400, 0.550, 0.750, 1.000,
    )  # fmt: skip
    """Up to a second: bursts of real recordings rise in 60 ms to a second and more
    (decision 0037). A fifth apart where most rises lie: a usual rise that is learnt lies between
    two of them, and comes out early by the longer one (decision 0045)."""
    rise_weight: tuple[float, ...] = (
        0.17, 0.27, 0.32, 0.26, 0.31, 0.30, 0.37, 0.42, 0.48, 0.51, 0.69, 0.66, 0.63,
        0.55, 0.72, 0.85, 0.74, 0.64, 0.54,
    )  # fmt: skip
    """Fewer in the middle than beside it: a prior that is highest there draws quick rises towards
    slower ones and slow ones towards quicker, and their starts apart (decision 0046)."""
    plateau_scale: tuple[float, ...] = (0.75, 0.87, 1.0, 1.15, 1.33)
    """Amplitude of the plateau after this onset over the one measured."""
    plateau_weight: tuple[float, ...] = (0.25, 0.5, 1.0, 0.5, 0.25)
    ramps: tuple[Ramp, ...] = ("linear", "recruited")
    """Bursts of real recordings rise smoothly, or straight, and next to never otherwise
    (decision 0037)."""
    ramp_weight: tuple[float, ...] = (1.0, 0.6)
    """More smooth ones widen every interval, fewer leave smooth rises uncovered (simulated)."""
    slow_smooth: float = 4.0
    slow_from_s: float = 0.400
    """From here on smooth ramps weigh more, from twice this time on by ``slow_smooth``: of slow
    rises much of the foot is below the noise, and a straight line cut off there explains what is
    seen. Numbers: decision 0037."""
    beta: float = 0.5
    """Power on the likelihood: pays for estimated covariances and the finite AR order. Chosen on
    tuning seeds; between 0.4 and 1.0 the error hardly moves (simulated)."""
    foot: float = 0.05
    foot_max_s: float = 0.0075
    """The foot of a rise is no known curve: the start is blurred by this share of the rise time,
    at most by this SD. Between linear, cosine, root and exponential ramps the start moves by 6 to
    15 % of the rise time (simulated)."""
    smooth_foot: float = 1.4
    """Both of them for a smooth ramp, over those for a straight line: the smoother the foot, the
    less is seen of it."""
    hidden_share: float = 0.15
    """How probable it is that half a cosine from the first unit on began before, unseen, at any
    time since its drive did (decision 0044)."""
    gamma_cold: float = 2.85
    gamma_warm: float = 8.0
    """Power on the posterior (step 14) of straight rises, chosen with beta, foot and the powers
    below on tuning seeds, mixed ramp shapes and contaminated signals among them."""
    gamma_smooth_cold: float = 1.6
    gamma_smooth_warm: float = 1.2
    """The same of smooth rises: where the foot is hidden, the shape that explains the rest is off
    by more than the samples tell, and learning it makes that no surer (decision 0041)."""
    gamma_ramp: float = 3.7
    gamma_ramp_warm: float = 5.3
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
        if len(self.ramp_weight) != len(self.ramps):
            raise ValueError("ramp_weight and ramps differ in length")


@dataclass(frozen=True, slots=True)
class Rises:
    """All rises considered, one row per hypothesis.

    ``rise_s``, ``scale`` and ``weight`` (cold prior, sum 1) are ``(n_hypotheses,)``; ``ramp`` is
    the number of each one's ramp among ``ramps``.
    """

    rise_s: FloatArray
    scale: FloatArray
    ramp: NDArray[np.int64]
    weight: FloatArray
    ramps: tuple[Ramp, ...]

    @property
    def smooth(self) -> BoolArray:
        """Which of them begin and end smoothly, ``(n_hypotheses,)``."""
        return np.array([one in _SMOOTH for one in self.ramps])[self.ramp]

    @property
    def recruited(self) -> BoolArray:
        """Which of them begin with the first unit, after their drive, ``(n_hypotheses,)``."""
        return np.array([one == "recruited" for one in self.ramps])[self.ramp]


@lru_cache(maxsize=16)
def rises(params: RiseParams) -> Rises:
    """Return the hypotheses: every rise time with every plateau scale and ramp.

    The arrays are shared by all who ask, and cannot be written to.
    """
    axes = (params.rise_s, params.plateau_scale, np.arange(len(params.ramps)))
    rise_s, scale, ramp = (one.ravel() for one in np.meshgrid(*axes, indexing="ij"))
    weight = np.ones(1)
    for part in (params.rise_weight, params.plateau_weight, params.ramp_weight):
        weight = np.outer(weight, np.asarray(part, dtype=np.float64)).ravel()
    found = Rises(rise_s, scale, ramp.astype(np.int64), weight, params.ramps)
    slow = np.clip(np.log2(rise_s / params.slow_from_s), 0.0, 1.0)
    weight *= np.where(found.smooth, params.slow_smooth**slow, 1.0)
    weight /= np.sum(weight)
    for one in (found.rise_s, found.scale, found.ramp, found.weight):
        one.setflags(write=False)
    return found


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
    floor = np.minimum(np.sqrt(np.clip(tone, *TONE_RANGE)) / amplitude, 0.9)[:, None]
    grown = grown_amplitude(share, floor)
    u = np.empty_like(grown)
    for k, ramp in enumerate(hypotheses.ramps):
        u[hypotheses.ramp == k] = _time_share(grown[hypotheses.ramp == k], ramp)
    return np.where(share <= 1.0, u * hypotheses.rise_s[:, None] * rate_hz, np.inf)


def _time_share(grown: FloatArray, ramp: Ramp) -> FloatArray:
    """Return the share of the rise time after which the amplitude has grown by ``grown``."""
    match ramp:
        case "linear":
            return grown
        case "cosine":
            return np.arccos(np.clip(1.0 - 2.0 * grown, -1.0, 1.0)) / np.pi
        case "recruited":
            drive = FIRST_UNIT_SHARE + (1.0 - FIRST_UNIT_SHARE) * grown
            first = _time_share(np.array(FIRST_UNIT_SHARE), "cosine")
            return (_time_share(drive, "cosine") - first) / (1.0 - first)
        case "root":
            return grown**2
        case "exponential":
            return -np.log(1.0 - np.clip(grown, 0.0, 1.0) * (1.0 - np.exp(-3.0))) / 3.0


def before_first_unit() -> float:
    """Return how long half a cosine of drive grows before the first unit, over the time after."""
    first = float(_time_share(np.array(FIRST_UNIT_SHARE), "cosine"))
    return first / (1.0 - first)


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
