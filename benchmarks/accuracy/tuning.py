"""Peers tuned on seeds of their own, one setting for all scenarios, then held against the truth."""

from __future__ import annotations

import time
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

import numpy as np

from benchmarks.accuracy.peers import FILTERS, Peer, filtered
from benchmarks.accuracy.scenarios import SCENARIOS, Scenario
from benchmarks.accuracy.trials import RATE_HZ, REPORT_SEED, TUNE_SEED, Trial, make_trial

if TYPE_CHECKING:
    from firingorder.samples import FloatArray

REST = slice(300, 1300)
"""Every peer is told where rest is: 0.3 to 1.3 s of the trial."""
#: The first detection from this long before to that long after the truth counts.
EARLY_S, LATE_S = 0.300, 0.400
#: Detections from here to 350 ms before the truth are false alarms.
FALSE_FROM_S, FALSE_UNTIL_S = 0.100, 0.350
MISS_COST_MS = 300.0
MOST_EXTENSIONS = 3


@dataclass(frozen=True, slots=True)
class Setting:
    """What a peer runs with, and its mean cost on the tuning trials."""

    filter: str
    threshold: float
    cost_ms: float


@dataclass(frozen=True, slots=True)
class PeerRow:
    """One peer in one scenario: ``(trials, 2)`` errors, false alarms, seconds watched, cost."""

    errors_ms: FloatArray
    false_alarms: int
    watched_s: float
    cpu_s: float
    signal_s: float


def channels(trial: Trial, name: str) -> list[tuple[FloatArray, float]]:
    """Return both filtered channels, scaled to a rest SD of one, with their true onsets (s)."""
    out: list[tuple[FloatArray, float]] = []
    begin = round(trial.lead_in_s * RATE_HZ)
    for k, onset_s in enumerate(trial.onsets_s):
        x = filtered(trial.raw_uv[begin:, k], name)
        out.append((x / np.std(x[REST]), onset_s - begin / RATE_HZ))
    return out


def error_ms(found: FloatArray, truth_s: float) -> float:
    """Return the error of the first detection that counts, NaN if none does."""
    seconds = found / RATE_HZ
    near = seconds[(seconds >= truth_s - EARLY_S) & (seconds <= truth_s + LATE_S)]
    return 1e3 * float(near[0] - truth_s) if near.size else float("nan")


def false_alarms(found: FloatArray, truth_s: float) -> int:
    """Return the detections well before the truth."""
    seconds = found / RATE_HZ
    return int(np.sum((seconds >= FALSE_FROM_S) & (seconds <= truth_s - FALSE_UNTIL_S)))


def cost_ms(errors_ms: FloatArray) -> float:
    """Return the mean absolute error, each at most 300 ms, and 300 ms for a miss."""
    return float(np.mean(np.minimum(np.abs(np.nan_to_num(errors_ms, nan=MISS_COST_MS)), 300.0)))


def tuned(peer: Peer, trials: int) -> Setting:
    """Return the best filter and threshold over the scenarios; optima at the edge are followed."""
    best = Setting("bp", peer.thresholds[0], float("inf"))
    if len(peer.thresholds) == 1:
        return best
    for name in FILTERS:
        costs = {k: _tuning_cost(peer, name, k, trials) for k in peer.thresholds}
        for _ in range(MOST_EXTENSIONS):
            grid = sorted(costs)
            top = min(grid, key=lambda k: costs[k])
            if top not in (grid[0], grid[-1]):
                break
            at = 1 if top == grid[0] else -2
            new = grid[0] ** 2 / grid[at] if top == grid[0] else grid[-1] ** 2 / grid[at]
            if peer.name == "nk.mixture":  # a probability
                break
            costs[new] = _tuning_cost(peer, name, new, trials)
        top = min(costs, key=lambda k: costs[k])
        if costs[top] < best.cost_ms:
            best = Setting(name, top, costs[top])
    return best


@lru_cache(maxsize=4)
def _tuning_signals(name: str, trials: int) -> list[tuple[FloatArray, float]]:
    out: list[tuple[FloatArray, float]] = []
    for scenario in SCENARIOS:
        if scenario.tuned_on:
            for k in range(trials):
                out += channels(make_trial(scenario, TUNE_SEED, k), name)
    return out


def _tuning_cost(peer: Peer, name: str, threshold: float, trials: int) -> float:
    errors = [
        error_ms(detect(peer, x, threshold), truth_s)
        for x, truth_s in _tuning_signals(name, trials)
    ]
    return cost_ms(np.array(errors))


def detect(peer: Peer, x: FloatArray, threshold: float) -> FloatArray:
    """Return what a peer finds; one that raises has found nothing."""
    try:
        with np.errstate(all="ignore"):
            return np.sort(peer.detect(x, REST, threshold))
    except (ValueError, IndexError, TypeError, ZeroDivisionError, KeyError):
        return np.zeros(0)


def run_peers(
    scenario: Scenario, settings: dict[str, Setting], everyone: tuple[Peer, ...], trials: int
) -> dict[str, PeerRow]:
    """Return every peer at its setting on the report trials of a scenario."""
    rows: dict[str, list[tuple[float, float]]] = {p.name: [] for p in everyone}
    alarms = dict.fromkeys(rows, 0)
    cpu_s = dict.fromkeys(rows, 0.0)
    watched_s = dict.fromkeys(rows, 0.0)
    signal_s = dict.fromkeys(rows, 0.0)
    for k in range(trials):
        trial = make_trial(scenario, REPORT_SEED, k)
        ready = {name: channels(trial, name) for name in FILTERS}
        for peer in everyone:
            if peer.slow and k >= 2:
                continue
            setting = settings[peer.name]
            errors: list[float] = []
            for x, truth_s in ready[setting.filter]:
                begin = time.process_time()
                found = detect(peer, x, setting.threshold)
                cpu_s[peer.name] += time.process_time() - begin
                signal_s[peer.name] += len(x) / RATE_HZ
                errors.append(error_ms(found, truth_s))
                alarms[peer.name] += false_alarms(found, truth_s)
                watched_s[peer.name] += truth_s - FALSE_UNTIL_S - FALSE_FROM_S
            rows[peer.name].append((errors[0], errors[1]))
    return {
        name: PeerRow(
            np.array(rows[name]), alarms[name], watched_s[name], cpu_s[name], signal_s[name]
        )
        for name in rows
    }
