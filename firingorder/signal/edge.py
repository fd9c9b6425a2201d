"""From the statistics of rest and burst to the posterior of the instant between them."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

from firingorder.signal.ladder import (
    LadderParams,
    build_ladder,
    level_shares,
    log_likelihoods,
    signal_covariance,
)
from firingorder.signal.posterior import (
    OnsetPosterior,
    RiseParams,
    crossing_delays,
    onset_posterior,
    rises,
    staircase_log_likelihood,
)

if TYPE_CHECKING:
    from firingorder.samples import BoolArray, FloatArray


@dataclass(frozen=True, slots=True)
class EdgeParams:
    """Ladder, rises and window of one edge (timing_core section 2, steps 5 to 9)."""

    ladder: LadderParams = field(default_factory=LadderParams)
    rise: RiseParams = field(default_factory=RiseParams)
    before_s: float = 0.350
    after_s: float = 0.100
    data_after_s: float = 0.150
    max_snr_db: float = 40.0
    """Largest ratio of plateau to rest the ladder resolves. Quieter rest is treated as 40 dB below
    the plateau: 1 % of it is no burst of this repetition (the rules' least level is 14 %), and a
    rest estimate of a few tenths of a microvolt is converter noise, not muscle."""


@dataclass(frozen=True, slots=True)
class EdgeModel:
    """Autocovariances of rest and of the activity alone, ``(order + 1,)``."""

    r_rest: FloatArray
    r_signal: FloatArray

    @property
    def snr(self) -> float:
        """Power ratio of activity to rest."""
        return float(self.r_signal[0] / self.r_rest[0])


def edge_model(r_rest: FloatArray, r_burst: FloatArray, params: EdgeParams) -> EdgeModel:
    """Return rest and activity models; the rest is lifted where it is too far below the burst."""
    floor = r_burst[0] * 10.0 ** (-params.max_snr_db / 10.0)
    if r_rest[0] < floor:
        scale = floor / r_rest[0] if r_rest[0] > 0.0 else 1.0
        white = np.zeros_like(r_rest)
        white[0] = floor
        r_rest = r_rest * scale if r_rest[0] > 0.0 else white
    return EdgeModel(r_rest, signal_covariance(r_rest, r_burst, params.ladder))


def edge_posterior(
    x: FloatArray,
    valid: BoolArray,
    model: EdgeModel,
    grid: tuple[int, int],
    data_stop: int,
    *,
    t0_s: float,
    rate_hz: float,
    params: EdgeParams,
    prior: FloatArray | None = None,
) -> OnsetPosterior:
    """Return the posterior of a rise from rest.

    Parameters
    ----------
    x, valid
        ``(n_samples,)`` conditioned signal and mask.
    grid
        First start considered and one past the last, samples of ``x``.
    data_stop
        One past the last sample used.
    t0_s
        Time of sample 0 of ``x``.
    """
    order = len(model.r_rest) - 1
    first, last = grid
    begin = max(0, first - order)
    rho = level_shares(model.snr, params.ladder)
    ladder = build_ladder(model.r_rest, model.r_signal, rho, params.ladder)
    rates = log_likelihoods(x[begin:data_stop], valid[begin:data_stop], ladder)
    rates = rates[first - begin :]
    delays = crossing_delays(rises(params.rise), rho, rate_hz)
    likelihood = staircase_log_likelihood(rates, 0, last - first, delays)
    return onset_posterior(
        likelihood,
        float(np.sum(rates[:, 0])),
        t0_s=t0_s + first / rate_hz,
        step_s=1.0 / rate_hz,
        params=params.rise,
        prior=prior,
    )
