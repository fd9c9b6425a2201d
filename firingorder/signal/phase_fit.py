"""When a movement really began or ended: two-sided fits over the whole trace, after its end.

Before the instant the rate is that of rest, after it a power of the time since: 1 for movements
that start with full force (parabolic, trapezoid), 2 for smooth ones (minimum jerk, Flash and Hogan
1985, J. Neurosci. 5:1688). The causal thresholds only say where to look. Measured in
``tests/signal/test_phase_fit.py`` against six shapes of movement, none of them a power: the median
error of a start is 3 to 20 ms where the minimum-jerk shape alone, which live decisions use, has
20 to 160 ms.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

FloatArray = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class PhaseFitParams:
    """Search of the fit; proposals chosen by ``tests/signal/test_phase_fit.py``."""

    share: float = 0.6
    """Fitted up to this share of the highest rate of the first push."""
    slack_s: float = 0.10
    """The instant lies no further before the latest sample without a rate in this direction."""
    rest_s: float = 0.30
    """Samples of rest before the search that must be explained too."""
    back_s: float = 3.0
    """Furthest the instant lies before the threshold was passed."""
    step_s: float = 0.010
    powers: tuple[float, ...] = (1.0, 1.5, 2.0)
    error_share: float = 0.15
    """95 % half-width of the error: this share of the time from the instant to ``share`` ..."""
    error_noise: float = 7.0
    """... and this many times the rest's SD over the highest rate of the push."""
    error_least_s: float = 0.030
    """Three samples at 100 Hz."""


@dataclass(frozen=True, slots=True)
class Edge:
    """An instant at which a movement begins or ends; ``error_s`` is a 95 % half-width."""

    at_s: float
    error_s: float


def departure(
    t_s: FloatArray, rate: FloatArray, passed_s: float, rest_sd: float, params: PhaseFitParams
) -> Edge:
    """Return when the push that passes its threshold at ``passed_s`` began.

    Parameters
    ----------
    t_s, rate
        ``(n_samples,)`` times that grow, and rate in the direction of the push, any unit.
    passed_s
        Where the push has certainly begun.
    rest_sd
        SD of the rate at rest, same unit as ``rate``.
    """
    p = params
    first = int(np.searchsorted(t_s, passed_s))
    if first >= len(t_s):
        return Edge(passed_s, p.error_least_s)
    top, reached = _push(rate, first, p.share)
    if top <= 0.0:
        return Edge(float(t_s[first]), p.error_least_s)
    at_rest = np.flatnonzero(rate[: reached + 1] <= 0.0)
    quiet_s = float(t_s[at_rest[-1]] if len(at_rest) else t_s[0])
    earliest = max(quiet_s - p.slack_s, float(t_s[reached]) - p.back_s)
    begin = int(np.searchsorted(t_s, earliest - p.rest_s))
    # What went the other way before is not rest, but says nothing about this push either.
    t, seen = t_s[begin : reached + 1], np.maximum(rate[begin : reached + 1], 0.0)
    starts: FloatArray = np.arange(earliest, float(t[-1]), p.step_s)
    if len(t) < 3 or len(starts) == 0:
        return Edge(float(t_s[first]), p.error_least_s)
    at_s = float(starts[_best(t, seen, starts, p.powers)])
    rise_s = float(t[-1]) - at_s
    error_s = rise_s * (p.error_share + p.error_noise * rest_sd / top)
    return Edge(at_s, max(p.error_least_s, error_s))


def arrival(
    t_s: FloatArray, rate: FloatArray, passed_s: float, rest_sd: float, params: PhaseFitParams
) -> Edge:
    """Return when the push that is last seen at ``passed_s`` was over: a departure backwards."""
    mirrored = departure(-t_s[::-1], rate[::-1], -passed_s, rest_sd, params)
    return Edge(-mirrored.at_s, mirrored.error_s)


def _push(rate: FloatArray, first: int, share: float) -> tuple[float, int]:
    """Return the highest rate of the push from ``first`` on, and where ``share`` is reached."""
    ahead = rate[first:]
    highest = np.maximum.accumulate(ahead)
    over = np.flatnonzero(ahead < 0.5 * highest)
    stop = int(over[0]) if len(over) else len(ahead)
    top = float(highest[max(0, stop - 1)])
    reached = int(np.argmax(ahead >= share * top))
    return top, first + reached


def _best(t: FloatArray, seen: FloatArray, starts: FloatArray, powers: tuple[float, ...]) -> int:
    since = np.maximum(t[None] - starts[:, None], 0.0)
    best = np.zeros(len(starts))
    for power in powers:
        shape = since if power == 1.0 else since**power
        # Sums, no matrix products: those may differ by a bit between machines.
        energy = np.maximum(np.sum(shape * shape, axis=1), 1e-12)
        match = np.maximum(np.sum(shape * seen, axis=1), 0.0)
        best = np.maximum(best, match**2 / energy)
    return int(np.argmax(best))
