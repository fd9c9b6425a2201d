"""Estimates against the truth, as arrays over the trials of a scenario.

Errors are estimate minus truth in milliseconds, so positive is late. A missed onset is NaN where
there is no estimate; it is wrong in every order figure and covered by no interval.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from firingorder.signal.order import lead
from firingorder.signal.posterior import grid_quantile

if TYPE_CHECKING:
    from collections.abc import Sequence

    from benchmarks.accuracy.scenarios import Scenario
    from firingorder.samples import BoolArray, FloatArray
    from firingorder.signal.order import LeadPosterior
    from firingorder.signal.posterior import OnsetPosterior

ORDER_LAGS_MS = (5.0, 10.0, 20.0, 30.0, 50.0, 80.0, 120.0)
SIGNED_LAGS_MS = tuple(s * lag for lag in ORDER_LAGS_MS for s in (1.0, -1.0))
#: Partners of a trial's channel a among the other trials' channel b, where channels do not depend
#: on each other: five times the pairs without new signals.
CROSS_PAIRS = 5
#: Gates that say that nothing was found: such a burst is missed, not refused.
MISSED = ("no_onset",)
#: 95 % interval, then 90 %.
QUANTILES = (0.025, 0.975, 0.05, 0.95)
NO_INTERVAL = (float("nan"),) * 4


@dataclass(frozen=True, slots=True)
class OnsetAnswer:
    """One onset of one channel. ``ends_ms``: interval ends about the truth, 95 % then 90 %.

    ``gates`` are the reasons why the product would not use it.
    """

    truth_s: float
    error_ms: float
    ends_ms: tuple[float, ...] = NO_INTERVAL
    gates: tuple[str, ...] = ()
    snr_db: float = float("nan")
    posterior: OnsetPosterior | None = None

    @property
    def missed(self) -> bool:
        """Whether nothing was found."""
        return bool(np.isnan(self.error_ms)) or any(g in MISSED for g in self.gates)

    @property
    def refused(self) -> bool:
        """Whether something was found that is not to be trusted."""
        return not self.missed and bool(self.gates)


def answer(
    posterior: OnsetPosterior | None,
    truth_s: float,
    gates: tuple[str, ...] = (),
    snr_db: float | None = None,
) -> OnsetAnswer:
    """Return a posterior against the truth: its median and its intervals."""
    snr = float("nan") if snr_db is None else snr_db
    if posterior is None:
        return OnsetAnswer(truth_s, float("nan"), gates=gates, snr_db=snr)
    error = 1e3 * (posterior.quantile(0.5) - truth_s)
    ends = tuple(1e3 * (posterior.quantile(q) - truth_s) for q in QUANTILES)
    return OnsetAnswer(truth_s, error, ends, gates, snr, posterior)


@dataclass(slots=True)
class Scored:
    """All answers of one method in one scenario; the first axis is the trial.

    Attributes
    ----------
    error_ms, missed, refused
        ``(n, 2)`` by channel.
    ends_ms
        ``(n, 2, 4)`` interval ends about the truth, 95 % then 90 %.
    lead_error_ms, lead_missed, lead_refused
        ``(n, k)`` by partner: leads of the trial's channel a against k channels b.
    lead_ends_ms, p_first
        ``(n, k, 4)``, and P(a first) had the true lead been each signed lag, ``(n, k, lags)``.
    lag_ms
        ``(n,)`` lags that were played.
    gates
        Failed gates and measured SNR of each onset, channel a before b.
    """

    scenario: str
    group: str
    method: str
    error_ms: FloatArray
    missed: BoolArray
    refused: BoolArray
    ends_ms: FloatArray
    lead_error_ms: FloatArray
    lead_missed: BoolArray
    lead_refused: BoolArray
    lead_ends_ms: FloatArray
    p_first: FloatArray
    lag_ms: FloatArray
    real_lags: bool
    gates: list[tuple[tuple[str, ...], float]]

    @property
    def n(self) -> int:
        """Number of trials."""
        return len(self.error_ms)


def scored(
    scenario: Scenario,
    method: str,
    answers: Sequence[tuple[OnsetAnswer, OnsetAnswer]],
    lags_ms: Sequence[float],
) -> Scored:
    """Return the answers as arrays, with their leads."""
    n = len(answers)
    k = 1 if scenario.real_lags else min(CROSS_PAIRS, n)
    ends, p_first = np.full((n, k, 4), np.nan), np.full((n, k, len(SIGNED_LAGS_MS)), np.nan)
    lead_error = np.full((n, k), np.nan)
    missed = np.array([[a.missed, b.missed] for a, b in answers], dtype=np.bool_)
    refused = np.array([[a.refused, b.refused] for a, b in answers], dtype=np.bool_)
    partner = (np.arange(n)[:, None] + np.arange(k)) % n
    for i in range(n):
        for column in range(k):
            a, b = answers[i][0], answers[partner[i, column]][1]
            lead_error[i, column] = b.error_ms - a.error_ms
            if a.posterior is not None and b.posterior is not None:
                found = _lead(a, a.posterior, b, b.posterior)
                ends[i, column], p_first[i, column] = found
    return Scored(
        scenario.name,
        scenario.group,
        method,
        np.array([[a.error_ms, b.error_ms] for a, b in answers]),
        missed,
        refused,
        np.array([[a.ends_ms, b.ends_ms] for a, b in answers]),
        lead_error,
        missed[:, :1] | missed[partner, 1],
        refused[:, :1] | refused[partner, 1],
        ends,
        p_first,
        np.array(lags_ms, dtype=np.float64),
        scenario.real_lags,
        [(x.gates, x.snr_db) for pair in answers for x in pair],
    )


def from_errors(
    scenario: Scenario, method: str, errors_ms: FloatArray, lags_ms: Sequence[float]
) -> Scored:
    """Return a method that gives onsets alone, no probabilities: ``(n, 2)`` errors, NaN missed."""
    rows = [(OnsetAnswer(0.0, float(a)), OnsetAnswer(0.0, float(b))) for a, b in errors_ms]
    return scored(scenario, method, rows, lags_ms)


def _lead(
    a: OnsetAnswer, p_a: OnsetPosterior, b: OnsetAnswer, p_b: OnsetPosterior
) -> tuple[FloatArray, FloatArray]:
    found = lead(p_a, p_b)
    truth_ms = 1e3 * (b.truth_s - a.truth_s)
    start, step = float(found.grid_ms[0]), float(found.grid_ms[1] - found.grid_ms[0])
    ends = [found.low_ms, found.high_ms]
    ends += [grid_quantile(start, step, found.p, q) for q in QUANTILES[2:]]
    return np.array(ends) - truth_ms, _share_above(found, truth_ms, step)


def _share_above(found: LeadPosterior, truth_ms: float, step: float) -> FloatArray:
    """P(lead > 0) if the truth had been each of the signed lags."""
    edges = np.concatenate([found.grid_ms - 0.5 * step, found.grid_ms[-1:] + 0.5 * step])
    below = np.concatenate([[0.0], np.cumsum(found.p)])
    at = truth_ms - np.array(SIGNED_LAGS_MS)
    return np.clip(1.0 - np.interp(at, edges, below), 0.0, 1.0)
