"""A ladder of activity levels between rest and plateau, and how well each explains each sample.

Level l has the covariance ``R0 + rho_l R_sig``. Every monotone rise of activity is a staircase on
this ladder, so the likelihood of any rise is a sum of differences of the cumulative rates below.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

import numpy as np

from firingorder.signal.whitening import lagged, levinson, usable_after

if TYPE_CHECKING:
    from firingorder.samples import BoolArray, FloatArray


@dataclass(frozen=True, slots=True)
class LadderParams:
    """Numbers of method.md section 2, steps 4 and 5, unless another source is given."""

    first_over_snr: float = 0.05
    """rho_1 times snr: the lowest level adds 5 % to the rest power."""
    ratio: float = 1.25
    """Power of a level over the one below: 1 dB. 2 dB cost 3 to 4 % of SD (decision 0045)."""
    top: float = 3.0
    lag_window: float = 0.7
    """SD of the lag window under which whiteners are made, over the AR order's time; 0 is none."""
    diagonal: float = 1.001
    """Factor on lag 0 that keeps Levinson stable."""
    spectrum_points: int = 256
    spectrum_floor: float = 0.02
    """Share of the burst spectrum below which the signal spectrum is not let fall."""
    min_signal: float = 0.1
    """Smallest signal power in units of rest power."""


@dataclass(frozen=True, slots=True)
class Ladder:
    """Models of all levels.

    Attributes
    ----------
    rho
        ``(n_levels,)`` power shares of the plateau, the first 0 (rest).
    filters
        ``(order + 1, n_levels)`` causal whiteners.
    innovation
        ``(n_levels,)`` innovation variances, squared microvolts.
    """

    rho: FloatArray
    filters: FloatArray
    innovation: FloatArray

    @property
    def order(self) -> int:
        """AR order."""
        return self.filters.shape[0] - 1


def activity_covariance(
    r_rest: FloatArray, r_burst: FloatArray, params: LadderParams
) -> FloatArray:
    """Return what the burst has more than the rest before it, ``(order + 1,)``.

    The plain difference of the two: every level between them is a mixture of both, so it is a
    covariance, and a rise is seen to pass each level where it does. A smoothed difference expects
    more unpredictable power at each level than there is, and tells weak slow rises 6 ms late
    (decision 0045). A burst that hardly stands over the rest has no difference worth the name.
    """
    if r_burst[0] - r_rest[0] < params.min_signal * r_rest[0]:
        return signal_covariance(r_rest, r_burst, params)
    return r_burst - r_rest


def signal_covariance(r_rest: FloatArray, r_burst: FloatArray, params: LadderParams) -> FloatArray:
    """Return the autocovariance of the activity alone, positive definite beside any other rest.

    The difference of two estimates need not be a covariance: its spectrum (Hann lag window) is
    floored at a share of the burst's and rescaled to the difference of the variances.
    """
    order = len(r_rest) - 1
    k = np.arange(order + 1)
    window = 0.5 * (1.0 + np.cos(np.pi * k / (order + 1)))
    weights = np.where(k == 0, 1.0, 2.0) * window
    cosines = _cosines(order, params.spectrum_points)
    s_burst = np.sum(cosines * (weights * r_burst), axis=1)
    s_rest = np.sum(cosines * (weights * r_rest), axis=1)
    # The Hann lag window can leave small negative lobes in either spectrum; a tenth of the
    # floor of the mean keeps the result positive definite where the burst's spectrum vanishes.
    least = 0.1 * params.spectrum_floor * r_burst[0]
    s_sig = np.maximum(np.maximum(s_burst - s_rest, params.spectrum_floor * s_burst), least)
    ends = np.ones(len(cosines))
    ends[0] = ends[-1] = 0.5
    r_sig = np.sum(cosines * (s_sig * ends)[:, None], axis=0)
    power = max(r_burst[0] - r_rest[0], params.min_signal * r_rest[0])
    return r_sig * (power / r_sig[0])


@lru_cache(maxsize=8)
def _cosines(order: int, points: int) -> FloatArray:
    """Return the cosines of lags 0..order at the frequencies of a spectrum, not to be written."""
    omega = 2.0 * np.pi * np.arange(points // 2 + 1) / points
    cosines = np.cos(omega[:, None] * np.arange(order + 1)[None, :])
    cosines.setflags(write=False)
    return cosines


def level_shares(snr: float, params: LadderParams) -> FloatArray:
    """Return the power shares rho of the ladder for a power ratio signal to rest."""
    first = params.first_over_snr / snr
    count = int(np.floor(np.log(params.top / first) / np.log(params.ratio))) + 1
    return np.concatenate([[0.0], first * params.ratio ** np.arange(max(count, 1))])


def build_ladder(
    r_rest: FloatArray,
    r_signal: FloatArray,
    rho: FloatArray,
    params: LadderParams,
    *,
    difference: bool = False,
) -> Ladder:
    """Return the whiteners of every level for rest and signal autocovariances.

    ``difference``: the activity is what a burst has more than its rest. Then the whole burst grows
    above the plateau, because a difference of covariances goes on to no covariance.
    """
    if difference:
        autocov = r_rest[:, None] + r_signal[:, None] * np.minimum(rho, 1.0)
        plateau = float(r_rest[0] + r_signal[0])
        autocov *= 1.0 + np.maximum(rho - 1.0, 0.0) * (float(r_signal[0]) / plateau)
    else:
        autocov = r_rest[:, None] + r_signal[:, None] * rho
    measured = autocov.copy()
    if difference and params.lag_window > 0.0:
        lags = np.arange(len(r_rest)) / (params.lag_window * (len(r_rest) - 1))
        autocov *= np.exp(-0.5 * lags**2)[:, None]
    autocov[0] *= params.diagonal
    filters, innovation = levinson(autocov)
    if difference and params.lag_window > 0.0:
        innovation = _left_over(filters, measured)
    return Ladder(rho, filters, innovation)


def _left_over(filters: FloatArray, autocov: FloatArray) -> FloatArray:
    """Return the power that each filter leaves of its signal, ``(n_levels,)``."""
    taps = len(filters)
    power = autocov[0] * np.sum(filters**2, axis=0)
    for k in range(1, taps):
        power += 2.0 * autocov[k] * np.sum(filters[: taps - k] * filters[k:], axis=0)
    return power


def log_likelihoods(x: FloatArray, valid: BoolArray, ladder: Ladder) -> FloatArray:
    """Return the log-likelihood rates of every sample under every level, ``(n, n_levels)``.

    A view of ``(n_levels, n)`` in memory, for the sums over time that follow.
    Rates are zero for invalid samples, the AR order after them and the first samples of ``x``:
    there the data say nothing, and the posterior widens by itself.
    """
    clean = np.where(valid, x, 0.0)
    rates = ladder.filters.T @ np.ascontiguousarray(lagged(clean, ladder.order).T)
    rates *= rates
    rates *= (-0.5 / ladder.innovation)[:, None]
    rates -= 0.5 * np.log(ladder.innovation)[:, None]
    usable = usable_after(valid, ladder.order)
    if not usable.all():
        rates[:, ~usable] = 0.0
    return rates.T
