"""From the statistics of rest and burst to the posterior of the instant between them."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

from firingorder.signal.dither import dither
from firingorder.signal.energy_delay import EnergyDelayParams, energy_delays
from firingorder.signal.events import EventParams, Grid, first_events
from firingorder.signal.ladder import (
    LadderParams,
    activity_covariance,
    build_ladder,
    level_shares,
    log_likelihoods,
)
from firingorder.signal.posterior import (
    Feet,
    GridParams,
    OnsetPosterior,
    Sharpness,
    marginal_over_rises,
    onset_posterior,
)
from firingorder.signal.rest_path import RestPathParams, rest_advantage
from firingorder.signal.rises import RiseParams, before_first_unit, crossing_delays, rises
from firingorder.signal.tone import ToneParams, tone_share
from firingorder.signal.whitening import lagged, running_sum, usable_after

if TYPE_CHECKING:
    from firingorder.samples import BoolArray, FloatArray
    from firingorder.signal.ladder import Ladder
    from firingorder.signal.posterior import RiseMarginal
    from firingorder.signal.prior import PriorWeights


@dataclass(frozen=True, slots=True)
class EdgeParams:
    """Ladder, rises and window of one edge (method.md section 2, steps 5 to 9)."""

    ladder: LadderParams = field(default_factory=LadderParams)
    rise: RiseParams = field(default_factory=RiseParams)
    tone: ToneParams = field(default_factory=ToneParams)
    delay: EnergyDelayParams = field(default_factory=EnergyDelayParams)
    events: EventParams = field(default_factory=EventParams)
    rest: RestPathParams = field(default_factory=RestPathParams)
    grid: GridParams = field(default_factory=GridParams)
    early_s: float = 0.0015
    """By how much starts come out early where the ramp is unknown: of the rises that explain the
    samples nearly as well, more begin before the true one than after it. Mean error on simulated
    bridges of mixed ramps, the same for all muscles (decision 0045), so no lead depends on it."""
    before_s: float = 0.350
    after_s: float = 0.100
    data_after_s: float = 0.150
    max_snr_db: float = 25.0
    """Largest ratio of plateau to rest that is resolved: noise hides activity below 6 % of the
    plateau's amplitude, where its least level to count as a burst is 14 % (method.md section 1). On
    a real recording of 40 to 56 dB a limit of 60 dB put two onsets of three on twitches that fall
    back 0.2 to 0.4 s before the burst; of 21, 24 and 25 told ones 5, 3 and 2 lie outside the marks
    with 30, 26 and 25 dB."""


@dataclass(frozen=True, slots=True)
class EdgeModel:
    """Autocovariances of rest and of the activity alone, ``(order + 1,)``.

    ``dither_uv`` is the RMS of the white noise that the samples still need to match the rest.
    ``r_burst`` is that of rest and activity as it was measured, None where it was not.
    ``difference`` is whether the activity is the plain difference of burst and rest.
    """

    r_rest: FloatArray
    r_signal: FloatArray
    dither_uv: float
    r_burst: FloatArray | None = None
    difference: bool = False

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
    activity = activity_covariance(lifted, r_burst, params.ladder)
    return EdgeModel(lifted, activity, np.sqrt(added), r_burst, difference=True)


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
    prior: PriorWeights | None = None,
    rest_start: int | None = None,
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
    prior
        What earlier repetitions taught of the rises and first events; None is cold.
    rest_start
        Where the rest before begins: its changes of level are then followed. None takes the rest
        as one level.
    """
    order = len(model.r_rest) - 1
    first, last = grid
    begin = max(0, min(first, first if rest_start is None else rest_start) - order)
    rho = level_shares(model.snr, params.ladder)
    ladder = build_ladder(
        model.r_rest, model.r_signal, rho, params.ladder, difference=model.difference
    )
    part, mask = x[begin:data_stop], valid[begin:data_stop]
    if model.dither_uv > 0.0:
        part = part + model.dither_uv * dither(part, round(t0_s * rate_hz) + begin)
    lead_in = min(order, first - begin)
    near = slice(first - begin - lead_in, None)
    rates = log_likelihoods(part[near], mask[near], ladder)[lead_in:]
    every = max(1, min(round(params.grid.spacing_s * rate_hz), last - first))
    count = (last - first) // every
    searched, early = _searched(model, ladder, rates, every, count, rate_hz, params)
    marginal = _marginal(searched, None if prior is None else prior.weights, params)
    advantage = np.zeros(count)
    if rest_start is not None and first - begin > order:
        before = part[: last - begin], mask[: last - begin]
        advantage = _advantage(*before, ladder, last - first, rate_hz, params)
        advantage = advantage[: count * every : every]
    events = params.events
    if prior is not None and prior.event_shares is not None:
        events = events.of_shares(prior.event_shares)
    found = first_events(searched, marginal.places, marginal.log_rough, advantage, events)
    return onset_posterior(
        marginal,
        advantage,
        found,
        events.shares[: len(found)],
        t0_s=t0_s + (first + early) / rate_hz + params.early_s,
        step_s=every / rate_hz,
        sharpness=_sharpness(params.rise, learnt=prior is not None),
    )


def _searched(
    model: EdgeModel,
    ladder: Ladder,
    rates: FloatArray,
    every: int,
    count: int,
    rate_hz: float,
    params: EdgeParams,
) -> tuple[Grid, float]:
    """Return what is searched, every so many samples, and by how many samples it is moved."""
    late = energy_delays(ladder.filters, model.r_rest, model.r_burst, rate_hz, params.delay)
    # Seen before it began, as in time that runs backwards: the starts are moved instead.
    early = max(0.0, -float(np.min(late)))
    grid = Grid(
        running_sum(_thinned(rates, every)),
        ladder.rho,
        model.snr,
        tone_share(model.r_rest, model.r_signal, rate_hz, params.tone),
        count,
        params.rise.beta,
        rate_hz / every,
        (late + early) / every,
    )
    return grid, early


def _sharpness(rise: RiseParams, *, learnt: bool) -> Sharpness:
    """Return how the posterior is sharpened, and what is not known of the foot of each rise."""
    hypotheses = rises(rise)
    foot_s = np.minimum(rise.foot * hypotheses.rise_s, rise.foot_max_s)
    straight = rise.gamma_warm if learnt else rise.gamma_cold
    smooth = rise.gamma_smooth_warm if learnt else rise.gamma_smooth_cold
    odds = rise.gamma_ramp_warm if learnt else rise.gamma_ramp
    return Sharpness(
        Feet(
            np.where(hypotheses.smooth, rise.smooth_foot, 1.0) * foot_s,
            np.where(hypotheses.recruited, before_first_unit() * hypotheses.rise_s, 0.0),
            rise.hidden_share,
        ),
        hypotheses.ramp,
        np.where(hypotheses.smooth & (odds > 0.0), smooth, straight),
        odds,
        rise.gamma_event,
    )


def _thinned(rates: FloatArray, every: int) -> FloatArray:
    """Return the sums of each ``every`` rows, a last incomplete group left out."""
    if every == 1:
        return rates
    stop = len(rates) // every * every
    sums = rates[:stop:every].copy(order="K")
    for k in range(1, every):
        sums += rates[k:stop:every]
    return sums


def _marginal(searched: Grid, prior: FloatArray | None, params: EdgeParams) -> RiseMarginal:
    """Return the likelihood of every start, all rises weighed."""
    hypotheses = rises(params.rise)
    return marginal_over_rises(
        searched.cumulative,
        searched.count,
        crossing_delays(hypotheses, searched.rho, searched.snr, searched.tone, searched.rate_hz)
        + searched.border_late,
        hypotheses.weight if prior is None else prior,
        searched.beta,
        max(1, round(params.grid.coarse_s * searched.rate_hz)),
        params.grid,
    )


def _advantage(
    x: FloatArray,
    valid: BoolArray,
    ladder: Ladder,
    count: int,
    rate_hz: float,
    params: EdgeParams,
) -> FloatArray:
    """Return what a changing rest adds before each of the last ``count`` samples, ``(count,)``."""
    power, usable = _rest_power(x, valid, ladder)
    return rest_advantage(
        power, usable, count, beta=params.rise.beta, rate_hz=rate_hz, params=params.rest
    )


def _rest_power(x: FloatArray, valid: BoolArray, ladder: Ladder) -> tuple[FloatArray, BoolArray]:
    """Squared innovations under rest over their variance, and where they mean something."""
    order = ladder.order
    errors = lagged(np.where(valid, x, 0.0), order) @ ladder.filters[:, 0]
    return (errors**2 / ladder.innovation[0])[order:], usable_after(valid, order)[order:]
