"""Estimates against the truth: what every figure is computed from, and its bootstrap interval.

Errors are estimate minus truth in milliseconds, so positive is late. A missed onset is NaN; it is
wrong in every order figure and not covered in every coverage figure.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

from firingorder.signal.order import lead, pair_verdict
from firingorder.signal.posterior import grid_quantile

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from firingorder.samples import BoolArray, FloatArray
    from firingorder.signal.order import LeadPosterior
    from firingorder.signal.posterior import OnsetPosterior

MARGIN_MS = 30.0
ORDER_LAGS_MS = (5.0, 10.0, 20.0, 30.0, 50.0, 80.0, 120.0)
VERDICT_LAGS_MS = (0.0, 30.0, 60.0, 120.0)
#: Partners of a trial's channel a among the other trials' channel b, where channels do not depend
#: on each other: five times the pairs without new signals.
CROSS_PAIRS = 5
#: Gates that say that nothing was found: such a burst is missed, not refused.
MISSED = ("no_onset",)


@dataclass(frozen=True, slots=True)
class OnsetAnswer:
    """One onset of one channel against its truth (milliseconds; NaN without an estimate).

    ``gates`` are the reasons why the product would not use it.
    """

    truth_s: float
    error_ms: float
    low95_ms: float = float("nan")
    high95_ms: float = float("nan")
    low90_ms: float = float("nan")
    high90_ms: float = float("nan")
    gates: tuple[str, ...] = ()
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
    posterior: OnsetPosterior | None, truth_s: float, gates: tuple[str, ...] = ()
) -> OnsetAnswer:
    """Return the score of a posterior."""
    if posterior is None:
        return OnsetAnswer(truth_s, float("nan"), gates=gates)
    quantiles = [1e3 * (posterior.quantile(q) - truth_s) for q in (0.5, 0.025, 0.975, 0.05, 0.95)]
    return OnsetAnswer(truth_s, *quantiles, gates=gates, posterior=posterior)


@dataclass(frozen=True, slots=True)
class PairAnswer:
    """One lead against its truth: error and interval, and P(a first) at every signed lag asked.

    ``owner`` is the trial it belongs to in the bootstrap; ``lag_ms`` the lag that was played, NaN
    where the pair was put together from two trials.
    """

    owner: int
    lag_ms: float
    error_ms: float
    low95_ms: float
    high95_ms: float
    low90_ms: float
    high90_ms: float
    p_first: FloatArray
    missed: bool
    refused: bool


SIGNED_LAGS_MS = tuple(s * lag for lag in ORDER_LAGS_MS for s in (1.0, -1.0))


def pair_answers(
    answers: Sequence[tuple[OnsetAnswer, OnsetAnswer]], lags_ms: Sequence[float], *, cross: bool
) -> list[PairAnswer]:
    """Return the leads of all trials, with ``CROSS_PAIRS`` partners each if ``cross``."""
    n = len(answers)
    out: list[PairAnswer] = []
    for i in range(n):
        for shift in range(min(CROSS_PAIRS, n) if cross else 1):
            a, b = answers[i][0], answers[(i + shift) % n][1]
            out.append(_pair(i, lags_ms[i] if shift == 0 else float("nan"), a, b))
    return out


def _pair(owner: int, lag_ms: float, a: OnsetAnswer, b: OnsetAnswer) -> PairAnswer:
    nothing = np.full(len(SIGNED_LAGS_MS), np.nan)
    missed, refused = a.missed or b.missed, a.refused or b.refused
    if a.posterior is None or b.posterior is None:
        error = b.error_ms - a.error_ms
        nan = float("nan")
        return PairAnswer(owner, lag_ms, error, nan, nan, nan, nan, nothing, missed, refused)
    found = lead(a.posterior, b.posterior)
    truth_ms = 1e3 * (b.truth_s - a.truth_s)
    start, step = float(found.grid_ms[0]), float(found.grid_ms[1] - found.grid_ms[0])
    low90, high90 = (grid_quantile(start, step, found.p, q) - truth_ms for q in (0.05, 0.95))
    return PairAnswer(
        owner,
        lag_ms,
        b.error_ms - a.error_ms,
        found.low_ms - truth_ms,
        found.high_ms - truth_ms,
        low90,
        high90,
        _share_above(found, truth_ms, step),
        missed,
        refused,
    )


def _share_above(found: LeadPosterior, truth_ms: float, step: float) -> FloatArray:
    """P(lead > 0) if the truth had been each of the signed lags."""
    edges = np.concatenate([found.grid_ms - 0.5 * step, found.grid_ms[-1:] + 0.5 * step])
    below = np.concatenate([[0.0], np.cumsum(found.p)])
    at = truth_ms - np.array(SIGNED_LAGS_MS)
    return 1.0 - np.interp(at, edges, below)


@dataclass(slots=True)
class Scored:
    """All answers of one method in one scenario."""

    scenario: str
    group: str
    method: str
    answers: list[tuple[OnsetAnswer, OnsetAnswer]]
    pairs: list[PairAnswer]
    real_lags: bool
    by_owner: dict[int, list[int]] = field(default_factory=dict[int, list[int]])

    def __post_init__(self) -> None:
        """Note which pairs belong to which trial."""
        for k, pair in enumerate(self.pairs):
            self.by_owner.setdefault(pair.owner, []).append(k)

    @property
    def n(self) -> int:
        """Number of trials."""
        return len(self.answers)


# ---------------------------------------------------------------- figures of one scenario


def errors_ms(one: Scored, index: Sequence[int]) -> FloatArray:
    """Return ``(trials, 2)`` errors of the trials named, NaN where nothing was found."""
    return np.array([[a.error_ms, b.error_ms] for a, b in (one.answers[i] for i in index)])


def error_figures(one: Scored, index: Sequence[int]) -> dict[str, float]:
    """Bias, MAE, SD, P95 of the absolute error, missed and refused shares, bias difference."""
    e = errors_ms(one, index)
    flat = e[np.isfinite(e)]
    both = [x for i in index for x in one.answers[i]]
    found = flat.size > 0
    nan = float("nan")
    means = [float(np.mean(c[np.isfinite(c)])) if np.isfinite(c).any() else nan for c in e.T]
    return {
        "bias_ms": float(np.mean(flat)) if found else nan,
        "mae_ms": float(np.mean(np.abs(flat))) if found else nan,
        "sd_ms": float(np.std(flat)) if found else nan,
        "p95_ms": float(np.quantile(np.abs(flat), 0.95)) if found else nan,
        "found": 100.0 * float(np.mean([not x.missed for x in both])),
        "missed": 100.0 * float(np.mean([x.missed for x in both])),
        "refused": 100.0 * float(np.mean([x.refused for x in both])),
        "bias_difference_ms": means[1] - means[0],
    }


def order_percent(one: Scored, index: Sequence[int], lag_ms: float) -> float:
    """Share of right orders at a lag, both signs; a miss is wrong, and a tie half right.

    All cross pairs where the channels do not depend on each other, else the lags really played.
    """
    if one.real_lags:
        hits = [
            _right(p.error_ms * np.sign(p.lag_ms), lag_ms)
            for i in index
            for k in one.by_owner[i]
            if abs(abs((p := one.pairs[k]).lag_ms) - lag_ms) < 1e-6
        ]
        return 100.0 * float(np.mean(hits)) if hits else float("nan")
    e = errors_ms(one, index)
    d = e[None, :, 1] - e[:, None, 0]
    return 50.0 * float(np.mean(_right(d, lag_ms)) + np.mean(_right(-d, lag_ms)))


def _right(error_ms: FloatArray | float, lag_ms: float) -> FloatArray:
    """1 where lag + error keeps its sign, 0.5 at a tie, 0 else and for NaN."""
    lead_ms = np.asarray(error_ms, dtype=np.float64) + lag_ms
    return np.where(np.isnan(lead_ms), 0.0, 0.5 * (1.0 + np.sign(np.nan_to_num(lead_ms))))


def onset_intervals(one: Scored, index: Sequence[int], level: int) -> dict[str, float]:
    """Coverage of the onset intervals of what was not refused, missed ones not covered; width."""
    both = [x for i in index for x in one.answers[i] if not x.refused]
    rows = np.array([[getattr(x, f"low{level}_ms"), getattr(x, f"high{level}_ms")] for x in both])
    return _coverage(rows, np.array([x.missed for x in both], dtype=bool))


def lead_intervals(one: Scored, index: Sequence[int], level: int) -> dict[str, float]:
    """Coverage of the lead intervals where neither onset was refused; median width."""
    rows = [p for i in index for k in one.by_owner[i] if not (p := one.pairs[k]).refused]
    ends = np.array([[getattr(p, f"low{level}_ms"), getattr(p, f"high{level}_ms")] for p in rows])
    return _coverage(ends, np.array([p.missed for p in rows], dtype=bool))


def _coverage(ends: FloatArray, missed: BoolArray) -> dict[str, float]:
    nan = float("nan")
    if len(ends) == 0:
        return {"cover": nan, "width_ms": nan}
    inside = (ends[:, 0] <= 0.0) & (ends[:, 1] >= 0.0) & ~missed
    widths = (ends[:, 1] - ends[:, 0])[~missed]
    width = float(np.median(widths)) if widths.size else nan
    return {"cover": 100.0 * float(np.mean(inside)), "width_ms": width}


def verdict_shares(
    one: Scored, index: Sequence[int], lag_ms: float, *, gated: bool
) -> dict[str, float]:
    """Shares of right, wrong, together, unclear at a lag, both signs.

    ``gated``: as told, with every refusal unclear; else by the interval of the lead alone.
    """
    counts: dict[str, int] = dict.fromkeys(("right", "wrong", "together", "unclear"), 0)
    for i in index:
        for k in one.by_owner[i]:
            pair = one.pairs[k]
            silent = np.isnan(pair.low95_ms) or (gated and (pair.missed or pair.refused))
            for low, high in (
                (pair.low95_ms, pair.high95_ms),
                (-pair.high95_ms, -pair.low95_ms),
            ):
                counts["unclear" if silent else _claim(low + lag_ms, high + lag_ms)] += 1
    total = max(1, sum(counts.values()))
    return {name: 100.0 * count / total for name, count in counts.items()}


def _claim(low_ms: float, high_ms: float) -> str:
    names = {"a_first": "right", "b_first": "wrong"}
    verdict = pair_verdict(low_ms, high_ms, MARGIN_MS)[0]
    return names.get(verdict, verdict)


# ---------------------------------------------------------------- probabilities


def reliability_rows(one: Scored, index: Sequence[int]) -> FloatArray:
    """Return ``(n, 2)``: P(a first), and 1 where a was first; over all signed lags."""
    rows = [one.pairs[k] for i in index for k in one.by_owner[i]]
    p = np.array([r.p_first for r in rows if not r.missed])
    if p.size == 0:
        return np.zeros((0, 2))
    truth = np.broadcast_to(np.array(SIGNED_LAGS_MS) > 0.0, p.shape)
    return np.column_stack([p.ravel(), truth.ravel().astype(np.float64)])


def reliability(rows: FloatArray, bins: int = 10) -> dict[str, object]:
    """Return the reliability curve with its counts, ECE, Brier, and what P >= 0.9 would answer."""
    nan = float("nan")
    if len(rows) == 0:
        return {"curve": [], "ece": nan, "brier": nan, "answered": nan, "answered_right": nan}
    p, truth = rows[:, 0], rows[:, 1]
    place = np.minimum((p * bins).astype(np.int64), bins - 1)
    curve: list[tuple[float, float, int]] = []
    ece = 0.0
    for k in range(bins):
        inside = place == k
        if inside.any():
            mean_p, share = float(np.mean(p[inside])), float(np.mean(truth[inside]))
            curve.append((mean_p, share, int(np.sum(inside))))
            ece += abs(mean_p - share) * float(np.mean(inside))
    sure = np.maximum(p, 1.0 - p) >= 0.9
    right = (p > 0.5) == (truth > 0.5)
    return {
        "curve": curve,
        "ece": ece,
        "brier": float(np.mean((p - truth) ** 2)),
        "answered": 100.0 * float(np.mean(sure)),
        "answered_right": 100.0 * float(np.mean(right[sure])) if sure.any() else nan,
    }


# ---------------------------------------------------------------- bootstrap

Figure = tuple[float, float, float]


def bootstrap(
    scored: Sequence[Scored],
    figure: Callable[[Scored, Sequence[int]], float],
    draws: int = 200,
    *,
    pool: Callable[[Sequence[float]], float] | None = None,
    seed: int = 20_260,
) -> Figure:
    """Return a figure with its 95 % percentile interval, trials resampled within scenarios.

    Over several scenarios the figure is pooled by the mean of the scenarios, or by ``pool``.
    """
    rng = np.random.default_rng(seed)
    join = pool or (lambda values: float(np.nanmean(values)) if len(values) else float("nan"))
    value = join([figure(one, range(one.n)) for one in scored])
    again = [
        join([figure(one, rng.integers(one.n, size=one.n).tolist()) for one in scored])
        for _ in range(draws)
    ]
    kept = [x for x in again if np.isfinite(x)]
    if not kept:
        return value, float("nan"), float("nan")
    low, high = np.quantile(kept, [0.025, 0.975])
    return value, float(low), float(high)
