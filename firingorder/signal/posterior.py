"""The posterior of an onset time: which start explains the samples, over all plausible rises.

A change-point estimate that assumes one rise is biased by every other rise; here the rise time,
plateau and shape are marginalised (method.md section 2, steps 7 to 9 and 14).
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

import numpy as np

from firingorder.findings import OnsetEstimate
from firingorder.signal.staircase import staircase_log_likelihood
from firingorder.signal.whitening import running_sum

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from firingorder.samples import FloatArray


def _no_evidence() -> FloatArray:
    return np.zeros(0)


@dataclass(frozen=True, slots=True, eq=False)
class OnsetPosterior:
    """Probability of each onset time on a regular grid. Equal is only what is the same object.

    Attributes
    ----------
    t0_s, step_s
        Time of the first grid point, device time, and the spacing.
    p
        ``(n,)`` probabilities, sum 1; each is spread evenly over one step around its point.
    log_bayes
        ln Bayes factor of "a burst starts in the window" against rest throughout (tempered).
    log_evidence
        ``(n_hypotheses,)`` tempered log evidence of each rise, for learning a prior; empty where
        the posterior was combined from others.
    first_event
        Probability that the burst begins in two steps: with a held level or a burst of its own.
    log_events
        ``(n_kinds,)`` what each kind of first event explains over a single rise, tempered log
        without their priors; empty where none was considered or the posterior was combined.
    """

    t0_s: float
    step_s: float
    p: FloatArray
    log_bayes: float = float("inf")
    log_evidence: FloatArray = field(default_factory=_no_evidence)
    first_event: float = 0.0
    log_events: FloatArray = field(default_factory=_no_evidence)

    def quantile(self, q: float) -> float:
        """Return the time below which the share ``q`` of the probability lies."""
        return grid_quantile(self.t0_s, self.step_s, self.p, q)

    @property
    def estimate(self) -> OnsetEstimate:
        """Median and 95 % interval."""
        edges = running_sum(self.p)
        low, middle, high = (
            _within(self.t0_s, self.step_s, self.p, edges, q) for q in (0.025, 0.5, 0.975)
        )
        return OnsetEstimate(middle, low, high)

    def shifted(self, dt_s: float) -> OnsetPosterior:
        """Return the same posterior later by ``dt_s`` (converter skew, front-end delay)."""
        return replace(self, t0_s=self.t0_s + dt_s)


def grid_quantile(t0: float, step: float, p: FloatArray, q: float) -> float:
    """Return the quantile of probabilities spread evenly over the cells of a regular grid."""
    return _within(t0, step, p, running_sum(p), q)


def grid_quantiles(t0: float, step: float, p: FloatArray, shares: Sequence[float]) -> list[float]:
    """Return several quantiles, each as :func:`grid_quantile` has it."""
    edges = running_sum(p)
    return [_within(t0, step, p, edges, q) for q in shares]


def _within(t0: float, step: float, p: FloatArray, edges: FloatArray, q: float) -> float:
    target = q * float(edges[-1])
    # Sums of probabilities do not fall.
    k = min(int(np.searchsorted(edges[1:], target)), len(p) - 1)
    inside = (target - float(edges[k])) / float(p[k]) if p[k] > 0.0 else 0.5
    return t0 + (k - 0.5 + min(max(inside, 0.0), 1.0)) * step


@dataclass(frozen=True, slots=True)
class GridParams:
    """How finely the starts are searched; changes the cost, not the result."""

    spacing_s: float = 0.001
    """Spacing of the starts, whole samples."""
    coarse_s: float = 0.004
    """Spacing at which all hypotheses are tried; narrower than any posterior that was seen."""
    keep_nats: float = 9.0
    """Hypotheses below the best by more than this, together less than 1 %, are not refined."""
    reach_nats: float = 14.0
    """Starts below the best by more than this keep their coarse value."""


@dataclass(frozen=True, slots=True)
class RiseMarginal:
    """Likelihood of each start with the rises marginalised, tempered, over rest throughout.

    Attributes
    ----------
    log_m
        ``(count,)`` ln of the weighed sum over all rises.
    fine
        First start and one past the last of ``table``.
    table
        ``(n_kept, fine[1] - fine[0])`` log of weight times likelihood of each kept rise.
    kept
        Indices of the kept rises.
    places, log_rough
        ``(n_places,)`` the coarse starts and the same sum at them.
    log_evidence
        ``(n_hypotheses,)`` ln of the mean likelihood of each rise over all starts, unweighed.
    """

    log_m: FloatArray
    places: NDArray[np.int64]
    log_rough: FloatArray
    fine: tuple[int, int]
    table: FloatArray
    kept: NDArray[np.int64]
    log_evidence: FloatArray


def marginal_over_rises(
    cumulative: FloatArray,
    count: int,
    delays: FloatArray,
    weights: FloatArray,
    beta: float,
    coarse: int,
    params: GridParams,
) -> RiseMarginal:
    """Return the likelihood of a rise from rest at each of the first ``count`` samples.

    Parameters
    ----------
    cumulative
        ``(n_samples + 1, n_levels)`` sums of the log-likelihoods of every level.
    delays
        ``(n_hypotheses, n_levels - 1)`` from :func:`~firingorder.signal.rises.crossing_delays`.
    weights
        ``(n_hypotheses,)`` prior of the rises, sum 1.
    coarse
        Spacing in samples at which all hypotheses are tried.
    """
    rest = float(cumulative[-1, 0])
    places = np.arange(0, count, coarse)
    rough = beta * (staircase_log_likelihood(cumulative, delays, 0, count, coarse) - rest)
    log_weight = np.log(np.maximum(weights, 1e-12))
    weighed = rough + log_weight[:, None]
    log_rough = _log_sum(weighed)
    evidence = _log_sum(rough.T) - np.log(len(places))
    top = evidence + log_weight
    kept = np.nonzero(top >= np.max(top) - params.keep_nats)[0]
    high = np.nonzero(log_rough >= np.max(log_rough) - params.reach_nats)[0]
    low = max(0, (int(high[0]) - 1) * coarse)
    stop = min(count, (int(high[-1]) + 1) * coarse + 1)
    table = beta * (staircase_log_likelihood(cumulative, delays[kept], low, stop) - rest)
    table = table + log_weight[kept][:, None]
    log_m = np.interp(np.arange(count), places, log_rough)
    log_m[low:stop] = _log_sum(table)
    return RiseMarginal(log_m, places, log_rough, (low, stop), table, kept, evidence)


@dataclass(frozen=True, slots=True)
class Feet:
    """What is not known of the foot of each rise.

    Attributes
    ----------
    blur_s
        ``(n_hypotheses,)`` SD by which the start is uncertain within each rise.
    hidden_s
        ``(n_hypotheses,)`` how much earlier than its start the muscle may have begun with nothing
        to be seen of it, anywhere in this time; 0 where that cannot be.
    share
        Probability that it did.
    """

    blur_s: FloatArray
    hidden_s: FloatArray
    share: float


@dataclass(frozen=True, slots=True)
class Sharpness:
    """Powers that pay for a likelihood tempered too much, and what they must not shrink.

    Attributes
    ----------
    feet
        What is not known of the foot of each rise.
    ramp
        ``(n_hypotheses,)`` number of the ramp of each rise.
    single
        ``(n_hypotheses,)`` power on the posterior of a single rise, the same for all of a ramp, and
        for all rises that are sharpened together.
    odds
        Power on the odds between the ramps, each of which is sharpened by itself; 0 sharpens them
        together.
    event
        Power on the posteriors of first events, and on which of them holds.
    """

    feet: Feet
    ramp: NDArray[np.int64]
    single: FloatArray
    odds: float
    event: float


def onset_posterior(
    marginal: RiseMarginal,
    advantage: FloatArray,
    events: Sequence[FloatArray],
    event_shares: FloatArray,
    *,
    t0_s: float,
    step_s: float,
    sharpness: Sharpness,
) -> OnsetPosterior:
    """Return the posterior over starts: one rise, or one of the first events before it.

    Parameters
    ----------
    advantage
        ``(count,)`` what a changing rest adds before each start, log.
    events
        Log posteriors of further hypotheses, each ``(count,)``, with their priors.
    event_shares
        Those priors, ``(len(events),)``; what is left is that of the single rise.
    """
    count = len(marginal.log_m)
    log_single = float(np.log(1.0 - np.sum(event_shares)))
    prior = log_single - float(np.log(count))
    peak = float(np.max(marginal.log_m + advantage))
    level = marginal.log_m + advantage - peak
    # Underflow to zero far from the peak is what is wanted.
    single = np.exp(np.maximum(level, -700.0))
    low, stop = marginal.fine
    table = np.exp(marginal.table + advantage[low:stop] - peak)
    feet = _feet(sharpness.feet, marginal.kept, step_s)
    ramp, power = sharpness.ramp[marginal.kept], sharpness.single[marginal.kept]
    if sharpness.odds > 0.0 and np.ptp(ramp) > 0:
        sharp = _sharp_by_ramp(table, low, count, feet, (ramp, power), sharpness.odds)
    else:
        sharp = np.exp(np.maximum(power[0] * level, -700.0))
        _spread(sharp, table, low, feet)
    floor = np.finfo(np.float64).tiny
    logs = [np.log(np.maximum(single, floor)) + peak + prior, *events]
    shares = np.array([float(np.logaddexp.reduce(one)) for one in logs])
    log_bayes = float(np.logaddexp.reduce(shares))
    held = np.exp(sharpness.event * (shares - np.max(shares)))
    held /= np.sum(held)
    # Each hypothesis is sharpened by itself: which of them holds is no surer for a prior that was
    # learnt.
    p = held[0] * sharp / np.sum(sharp)
    for one, share in zip(logs[1:], held[1:], strict=True):
        if share > 0.0:
            part = np.exp(np.maximum(sharpness.event * (one - np.max(one)), -700.0))
            p += share * part / np.sum(part)
    first_event = float(np.sum(held[1:]))
    log_events = shares[1:] - np.log(np.maximum(event_shares, floor)) - (shares[0] - log_single)
    return OnsetPosterior(
        t0_s, step_s, p / np.sum(p), log_bayes, marginal.log_evidence, first_event, log_events
    )


def _sharp_by_ramp(
    table: FloatArray,
    low: int,
    count: int,
    feet: _Feet,
    ramps: tuple[NDArray[np.int64], FloatArray],
    odds_power: float,
) -> FloatArray:
    """Return the sharpened posterior, ``(count,)``, in which each ramp keeps its own odds.

    ``ramps`` are number and power of the ramp of each kept rise. Sharpened together, the ramp that
    explains the samples a little less well would be left with nothing, and the start it asks for
    lies elsewhere.
    """
    ramp, power = ramps
    total = float(np.sum(table))
    sharp = np.zeros(count)
    for members in (ramp == k for k in np.unique(ramp)):
        own = table[members]
        course = np.sum(own, axis=0)
        if np.max(course) <= 0.0:
            continue  # out of question
        part = np.zeros(count)
        part[low : low + len(course)] = (course / np.max(course)) ** power[members][0]
        odds = (float(np.sum(course)) / total) ** odds_power
        area = float(np.sum(part))
        _spread(part, own, low, _Feet(feet.sd[members], feet.hidden[members], feet.share))
        sharp += (odds / area) * part
    return sharp


@dataclass(frozen=True, slots=True)
class _Feet:
    """The feet of the rises of a table in steps of the grid, ``(n,)`` each."""

    sd: FloatArray
    hidden: NDArray[np.int64]
    share: float


def _feet(feet: Feet, kept: NDArray[np.int64], step_s: float) -> _Feet:
    hidden = np.zeros(len(kept), dtype=np.int64)
    if feet.share > 0.0:
        hidden = np.rint(feet.hidden_s[kept] / step_s).astype(np.int64)
    return _Feet(feet.blur_s[kept] / step_s, hidden, feet.share)


def _spread(sharp: FloatArray, table: FloatArray, low: int, feet: _Feet) -> None:
    """Widen the sharpened posterior by what is not known of the foot of each rise.

    Sharpening pays for a likelihood that is tempered too much; it must not shrink the foot. Each
    start is shared out among the rises that explain it, and each rise is widened by its own hidden
    foot and its own Gaussian.
    """
    n, width = len(sharp), table.shape[1]
    total = np.maximum(np.sum(table, axis=0), np.finfo(np.float64).tiny)
    near = sharp[low : low + width] / total
    sharp[low : low + width] = 0.0
    for one in np.unique(feet.sd):
        members = feet.sd == one
        wide = _begun_before(near, table[members], feet.hidden[members], feet.share)
        half = int(np.ceil(4.0 * one))
        begin = low + width - len(wide) - half
        if half > 0:
            kernel = np.exp(-0.5 * (np.arange(-half, half + 1) / one) ** 2)
            wide = np.convolve(wide, kernel / np.sum(kernel))
        first, last = max(0, begin), min(n, begin + len(wide))
        sharp[first:last] += wide[first - begin : last - begin]


def _begun_before(
    near: FloatArray, table: FloatArray, hidden: NDArray[np.int64], share: float
) -> FloatArray:
    """Return the starts with their hidden feet, ``(longest + n_starts,)``, the last at the end."""
    width, longest = len(near), int(np.max(hidden))
    out = np.zeros(longest + width)
    shown = np.where(hidden > 0, 1.0 - share, 1.0)
    out[longest:] = near * (shown @ table)
    if longest == 0:
        return out
    # What begins and what ends at each step of the shares that lie before: one sum makes them all.
    change = np.zeros(longest + width)
    for steps in np.unique(hidden[hidden > 0]).tolist():
        own = (share / steps) * np.sum(table[hidden == steps], axis=0) * near
        change[longest - steps : longest - steps + width] += own
        change[longest:] -= own
    return out + np.maximum(np.cumsum(change), 0.0)


def _log_sum(values: FloatArray) -> FloatArray:
    """Log of the sum of exponentials over the first axis."""
    peak = np.max(values, axis=0)
    return np.log(np.sum(np.exp(values - peak), axis=0)) + peak
