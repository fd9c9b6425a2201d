"""Scores of refined onsets on planted muscles: errors, coverage, order, verdicts. Simulated."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from firingorder.signal.order import lead, pair_verdict
from firingorder.signal.refine import OnsetParams, OnsetResult, refine
from tests.signal.planted import RATE_HZ, Muscle, trial


@dataclass(frozen=True)
class Seen:
    result: OnsetResult
    onset_s: float

    @property
    def posterior(self):
        assert self.result.posterior is not None, self.result.gates
        return self.result.posterior

    @property
    def error_ms(self) -> float:
        return 1e3 * (self.posterior.estimate.onset_s - self.onset_s)

    @property
    def covered(self) -> bool:
        found = self.posterior.estimate
        return found.low_s <= self.onset_s <= found.high_s


def look(x, onset_s, params=None, *, valid=None, window=(-0.65, 0.4), **kwargs) -> OnsetResult:
    """Refine one channel with a window about the true onset."""
    mask = np.ones(len(x), bool) if valid is None else valid
    where = (onset_s + window[0], onset_s + window[1])
    return refine(x, mask, RATE_HZ, 0.0, where, params or OnsetParams(), **kwargs)


def run(muscle: Muscle, name: str, seed: int, trials: int, params=None, prior=None) -> list[Seen]:
    out = []
    for k in range(trials):
        x, onset = trial(seed, name, k, muscle)
        out.append(Seen(look(x, onset, params, prior=prior, find_offset=False), onset))
    return out


def errors(seen: list[Seen]) -> np.ndarray:
    return np.array([s.error_ms for s in seen])


def order_percent(a: list[Seen], b: list[Seen], lag_ms: float) -> float:
    """Share of cross pairs whose point estimates are in the right order, both signs of the lag."""
    d = errors(b)[None, :] - errors(a)[:, None]
    return 50.0 * float(np.mean(d + lag_ms > 0) + np.mean(lag_ms - d > 0))


def lead_intervals(a: list[Seen], b: list[Seen], pairs: int = 200) -> np.ndarray:
    """95 % lead intervals about the truth, ``(pairs, 2)`` in ms; covering when low <= 0 <= high."""
    rng = np.random.default_rng(0)
    rows = []
    for i, j in zip(
        rng.integers(len(a), size=pairs), rng.integers(len(b), size=pairs), strict=True
    ):
        found = lead(a[i].posterior, b[j].posterior)
        truth = 1e3 * (b[j].onset_s - a[i].onset_s)
        rows.append((found.low_ms - truth, found.high_ms - truth))
    return np.array(rows)


def coverage(intervals: np.ndarray) -> float:
    return float(np.mean((intervals[:, 0] <= 0.0) & (intervals[:, 1] >= 0.0)))


def verdict_shares(intervals: np.ndarray, lag_ms: float, margin_ms: float = 30.0) -> dict:
    """Shares of right, wrong and together at a lag; both signs."""
    mirrored = -intervals[:, ::-1]
    verdicts = [
        pair_verdict(low + lag_ms, high + lag_ms, margin_ms)[0]
        for low, high in np.concatenate([intervals, mirrored])
    ]
    return {
        "right": float(np.mean([v == "a_first" for v in verdicts])),
        "wrong": float(np.mean([v == "b_first" for v in verdicts])),
        "together": float(np.mean([v == "together" for v in verdicts])),
    }


def with_rise(**changes) -> OnsetParams:
    """Default parameters with other rises or powers."""
    params = OnsetParams()
    return replace(params, edge=replace(params.edge, rise=replace(params.edge.rise, **changes)))


def threshold_onset_s(x: np.ndarray, rest_stop: int, rate_hz: float = RATE_HZ) -> float:
    """Envelope detector for comparison: 50 ms RMS over rest mean + 3 SD for 25 ms."""
    width = round(0.05 * rate_hz)
    envelope = np.sqrt(np.convolve(x**2, np.ones(width) / width, "same"))
    rest = envelope[200:rest_stop]
    above = envelope > rest.mean() + 3 * rest.std()
    held = np.convolve(above, np.ones(25), "valid") == 25
    start = int(np.argmax(held[rest_stop:])) + rest_stop
    return start / rate_hz
