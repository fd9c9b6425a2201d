"""The posterior of an onset time: which start explains the samples, over all plausible rises.

A change-point estimate that assumes one rise is biased by every other rise; here the rise time,
plateau and shape are marginalised (method.md section 2, steps 7 to 9 and 14).
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

from firingorder.findings import OnsetEstimate
from firingorder.signal.whitening import running_sum

if TYPE_CHECKING:
    from firingorder.samples import FloatArray


@dataclass(frozen=True, slots=True)
class RiseParams:
    """Grid of rises and the tempering of the likelihood (method.md section 2, steps 7, 9, 14)."""

    rise_s: tuple[float, ...] = (
        0.012, 0.025, 0.040, 0.060, 0.085, 0.120, 0.165, 0.220, 0.300, 0.400,
    )  # fmt: skip
    plateau_scale: tuple[float, ...] = (0.6, 0.8, 1.0, 1.25)
    shape: tuple[float, ...] = (0.0, 0.25, 1.0)
    """Share k of the linear term of the power: (1 - k) u^2 + k u."""
    shape_weight: tuple[float, ...] = (1.0, 1.0, 0.6)
    """Cold prior of the shapes: the third stands for the steepest start only, and at equal weight
    slow rises come out up to 10 ms late against fast ones (simulated, X6)."""
    beta: float = 0.5
    """Power on the likelihood: pays for estimated covariances and the finite AR order. Chosen on
    tuning seeds; between 0.4 and 1.0 the error hardly moves (simulated)."""
    foot: float = 0.08
    foot_max_s: float = 0.012
    """The foot of a rise is no known curve: the start is blurred by this share of the rise time,
    at most by this SD. Between linear, cosine, root and exponential ramps the start moves by 6 to
    15 % of the rise time (simulated); without it 95 % lead intervals cover 84 % there."""
    gamma_cold: float = 1.6
    gamma_warm: float = 2.2
    """Power on the posterior (step 14), chosen with beta and foot on tuning seeds, mixed ramp
    shapes among them: 95 % lead intervals cover 97 % of mismatched pairs, 90 % of mixed ramps."""


@dataclass(frozen=True, slots=True)
class Rises:
    """All rises considered, one row per hypothesis.

    ``rise_s``, ``scale``, ``shape`` and ``weight`` (cold prior, sum 1) are ``(n_hypotheses,)``.
    """

    rise_s: FloatArray
    scale: FloatArray
    shape: FloatArray
    weight: FloatArray


def _no_evidence() -> FloatArray:
    return np.zeros(0)


@dataclass(frozen=True, slots=True)
class OnsetPosterior:
    """Probability of each onset time on a regular grid.

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
    """

    t0_s: float
    step_s: float
    p: FloatArray
    log_bayes: float = float("inf")
    log_evidence: FloatArray = field(default_factory=_no_evidence)

    def quantile(self, q: float) -> float:
        """Return the time below which the share ``q`` of the probability lies."""
        return grid_quantile(self.t0_s, self.step_s, self.p, q)

    @property
    def estimate(self) -> OnsetEstimate:
        """Median and 95 % interval."""
        return OnsetEstimate(self.quantile(0.5), self.quantile(0.025), self.quantile(0.975))

    def shifted(self, dt_s: float) -> OnsetPosterior:
        """Return the same posterior later by ``dt_s`` (converter skew, front-end delay)."""
        return OnsetPosterior(
            self.t0_s + dt_s, self.step_s, self.p, self.log_bayes, self.log_evidence
        )


def grid_quantile(t0: float, step: float, p: FloatArray, q: float) -> float:
    """Return the quantile of probabilities spread evenly over the cells of a regular grid."""
    edges = running_sum(p)
    target = q * float(edges[-1])
    k = min(int(np.count_nonzero(edges[1:] < target)), len(p) - 1)
    inside = (target - float(edges[k])) / float(p[k]) if p[k] > 0.0 else 0.5
    return t0 + (k - 0.5 + min(max(inside, 0.0), 1.0)) * step


def rises(params: RiseParams) -> Rises:
    """Return the hypotheses: every rise time with every plateau scale and shape."""
    grid = np.meshgrid(params.rise_s, params.plateau_scale, params.shape, indexing="ij")
    weight = np.zeros(grid[0].shape)
    weight[:] = params.shape_weight
    return Rises(grid[0].ravel(), grid[1].ravel(), grid[2].ravel(), weight.ravel() / np.sum(weight))


def crossing_delays(hypotheses: Rises, rho: FloatArray, rate_hz: float) -> FloatArray:
    """Return when each rise passes from each level to the next, samples after its onset.

    ``(n_hypotheses, n_levels - 1)``; infinite where the plateau stays below the next level.
    """
    between = np.sqrt(rho[:-1] * rho[1:])
    between[0] = 0.5 * rho[1]
    share = between[None, :] / hypotheses.scale[:, None] ** 2
    k = hypotheses.shape[:, None]
    quadratic = 1.0 - k
    safe = np.where(quadratic > 0.0, quadratic, 1.0)
    root = (-k + np.sqrt(k**2 + 4.0 * safe * share)) / (2.0 * safe)
    u = np.where(quadratic > 0.0, root, share)
    return np.where(share <= 1.0, u * hypotheses.rise_s[:, None] * rate_hz, np.inf)


def staircase_log_likelihood(rates: FloatArray, count: int, delays: FloatArray) -> FloatArray:
    """Return the log-likelihood of every rise at every start, ``(n_hypotheses, count)``.

    Parameters
    ----------
    rates
        ``(n_samples, n_levels)`` of the data used, from the first start on.
    count
        Starts considered: samples ``0 .. count - 1``; a start at i means that sample i is the
        first that can be active.
    delays
        ``(n_hypotheses, n_levels - 1)`` from :func:`crossing_delays`.
    """
    n = rates.shape[0]
    cumulative = running_sum(rates)
    steps = np.where(np.isfinite(delays), np.rint(np.minimum(delays, n)), n).astype(np.int64)
    reach = count + n + 1
    total = np.full((delays.shape[0], count), cumulative[-1, -1])
    for level in range(rates.shape[1] - 1):
        gain = cumulative[:, level] - cumulative[:, level + 1]
        padded = np.concatenate([gain, np.full(reach - n - 1, gain[-1])])
        windows = np.lib.stride_tricks.sliding_window_view(padded, count)
        total += windows[steps[:, level]]
    return total


def onset_posterior(
    log_likelihood: FloatArray,
    rest_log_likelihood: float,
    *,
    t0_s: float,
    step_s: float,
    weights: FloatArray,
    blur_s: FloatArray,
    beta: float,
    gamma: float,
) -> OnsetPosterior:
    """Return the posterior over starts, rises marginalised.

    Parameters
    ----------
    log_likelihood
        ``(n_hypotheses, n)`` from :func:`staircase_log_likelihood`.
    rest_log_likelihood
        The same data under rest throughout.
    weights
        ``(n_hypotheses,)`` prior of the rises, sum 1.
    blur_s
        ``(n_hypotheses,)`` SD by which the start is uncertain within each rise.
    beta, gamma
        Powers on the likelihood and on the posterior (:class:`RiseParams`).
    """
    n = log_likelihood.shape[1]
    tempered = beta * (log_likelihood - rest_log_likelihood)
    peak = float(np.max(tempered))
    likelihood = np.exp(tempered - peak)
    floor = np.finfo(np.float64).tiny
    evidence = np.log(np.maximum(np.sum(likelihood, axis=1), floor)) + peak - np.log(n)
    weighed = weights[:, None] * likelihood
    log_bayes = float(np.log(np.sum(weighed) / n) + peak)
    marginal = _blurred(weighed, blur_s / step_s)
    sharpened = (marginal / np.max(marginal)) ** gamma
    return OnsetPosterior(t0_s, step_s, sharpened / np.sum(sharpened), log_bayes, evidence)


def _blurred(weighed: FloatArray, sd: FloatArray) -> FloatArray:
    """Sum over hypotheses, each widened by its own Gaussian (SD in steps), ``(n,)``."""
    n = weighed.shape[1]
    total = np.zeros(n)
    for width in np.unique(sd):
        part = np.sum(weighed[sd == width], axis=0)
        if width > 0.0:
            half = int(np.ceil(4.0 * width))
            kernel = np.exp(-0.5 * (np.arange(-half, half + 1) / width) ** 2)
            part = np.convolve(part, kernel / np.sum(kernel))[half : half + n]
        total += part
    return total
