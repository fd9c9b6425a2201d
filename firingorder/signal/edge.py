"""From the statistics of rest and burst to the posterior of the instant between them."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

from firingorder.signal.dither import dither
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
    """Ladder, rises and window of one edge (method.md section 2, steps 5 to 9)."""

    ladder: LadderParams = field(default_factory=LadderParams)
    rise: RiseParams = field(default_factory=RiseParams)
    before_s: float = 0.350
    after_s: float = 0.100
    data_after_s: float = 0.150
    max_snr_db: float = 30.0
    """Largest ratio of plateau to rest that is resolved: noise hides activity below 3 % of the
    plateau's amplitude. Its least level to count as a burst is 14 % (method.md section 1), and
    30 dB is the largest SNR the chain was tried at. On a real recording of 40 to 56 dB a limit of
    60 dB put two onsets of three on twitches that fall back 0.2 to 0.4 s before the burst; with
    28 to 30 dB one of 33 was left there."""


@dataclass(frozen=True, slots=True)
class EdgeModel:
    """Autocovariances of rest and of the activity alone, ``(order + 1,)``.

    ``dither_uv`` is the RMS of the white noise that the samples still need to match the rest.
    """

    r_rest: FloatArray
    r_signal: FloatArray
    dither_uv: float

    @property
    def snr(self) -> float:
        """Power ratio of activity to rest."""
        return float(self.r_signal[0] / self.r_rest[0])


def edge_model(r_rest: FloatArray, r_burst: FloatArray, params: EdgeParams) -> EdgeModel:
    """Return rest and activity models; dithered where the rest is too far below the burst."""
    floor = r_burst[0] * 10.0 ** (-params.max_snr_db / 10.0)
    added = max(0.0, float(floor - r_rest[0]))
    lifted = r_rest.copy()
    lifted[0] += added
    return EdgeModel(lifted, signal_covariance(lifted, r_burst, params.ladder), np.sqrt(added))


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
    part = x[begin:data_stop]
    if model.dither_uv > 0.0:
        part = part + model.dither_uv * dither(part, round(t0_s * rate_hz) + begin)
    rates = log_likelihoods(part, valid[begin:data_stop], ladder)
    rates = rates[first - begin :]
    hypotheses = rises(params.rise)
    delays = crossing_delays(hypotheses, rho, rate_hz)
    likelihood = staircase_log_likelihood(rates, last - first, delays)
    return onset_posterior(
        likelihood,
        float(np.sum(rates[:, 0])),
        t0_s=t0_s + first / rate_hz,
        step_s=1.0 / rate_hz,
        weights=hypotheses.weight if prior is None else prior,
        blur_s=np.minimum(params.rise.foot * hypotheses.rise_s, params.rise.foot_max_s),
        beta=params.rise.beta,
        gamma=params.rise.gamma_cold if prior is None else params.rise.gamma_warm,
    )
