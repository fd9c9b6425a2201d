"""Ours over the trials of a scenario: cold, and knowing the person from 8 and 20 repetitions."""

from __future__ import annotations

import time
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from benchmarks.accuracy import ours
from benchmarks.accuracy.answers import OnsetAnswer, Scored, answer, scored
from benchmarks.accuracy.trials import PRIOR_SEED, REPORT_SEED, make_trial

if TYPE_CHECKING:
    from benchmarks.accuracy.scenarios import Scenario
    from benchmarks.accuracy.trials import Trial
    from firingorder.signal.refine import OnsetResult
    from firingorder.signal.rise_memory import RiseMemory

METHODS = ("ours cold", "ours warm 8", "ours warm 20")
EARLIER = 20
#: Earlier repetitions of a tuning run come from tuning seeds, too (all below 10 000).
PRIOR_FROM_TUNE = 5000


@dataclass(slots=True)
class OursOutcome:
    """Ours in one scenario: one ``Scored`` per method, offsets of the cold one, CPU seconds."""

    scored: dict[str, Scored]
    offsets: list[OnsetAnswer] = field(default_factory=list[OnsetAnswer])
    refine_cpu_s: float = 0.0
    refine_calls: int = 0
    clean_cpu_s: float = 0.0
    signal_s: float = 0.0


def memories(
    scenario: Scenario, persons: int, seed: int = PRIOR_SEED
) -> list[tuple[RiseMemory, RiseMemory]]:
    """Return what is known of some persons after 8 and after 20 earlier repetitions."""
    out: list[tuple[RiseMemory, RiseMemory]] = []
    for person in range(persons):
        earlier: list[tuple[OnsetResult, OnsetResult]] = []
        for k in range(EARLIER):
            trial = make_trial(scenario, seed, person * 1000 + k)
            earlier.append(ours.onsets_of(trial, ours.condition(trial.raw_uv)))
        out.append((ours.person_memory(earlier[:8]), ours.person_memory(earlier)))
    return out


def run_ours(
    scenario: Scenario,
    trials: int,
    *,
    persons: int = 3,
    offsets: bool = True,
    seed: int = REPORT_SEED,
) -> OursOutcome:
    """Return the answers of all methods on the report trials of a scenario."""
    prior_seed = PRIOR_SEED if seed >= REPORT_SEED else seed + PRIOR_FROM_TUNE
    known = memories(scenario, persons, prior_seed)
    found: dict[str, list[tuple[OnsetAnswer, OnsetAnswer]]] = {name: [] for name in METHODS}
    lags: list[float] = []
    out = OursOutcome({})
    for k in range(trials):
        trial = make_trial(scenario, seed, k)
        lags.append(trial.lag_ms)
        begin = time.process_time()
        signals = ours.condition(trial.raw_uv)
        out.clean_cpu_s += time.process_time() - begin
        out.signal_s += len(trial.raw_uv) / ours.RATE_HZ
        begin = time.process_time()
        cold = ours.onsets_of(trial, signals)
        out.refine_cpu_s += time.process_time() - begin
        out.refine_calls += len(cold)
        found[METHODS[0]].append(_answers(trial, cold))
        for name, memory in zip(METHODS[1:], known[k % persons], strict=True):
            found[name].append(_answers(trial, ours.onsets_of(trial, signals, memory)))
        if offsets:
            late = ours.onsets_of(trial, signals, find_offset=True)
            ends = [answer(r.offset, t) for r, t in zip(late, trial.offsets_s, strict=True)]
            out.offsets += [replace(end, posterior=None) for end in ends]
    out.scored = {name: scored(scenario, name, found[name], lags) for name in METHODS}
    return out


def _answers(
    trial: Trial, results: tuple[OnsetResult, OnsetResult]
) -> tuple[OnsetAnswer, OnsetAnswer]:
    a, b = (
        answer(r.posterior, truth_s, tuple(r.gates), r.snr_db)
        for r, truth_s in zip(results, trial.onsets_s, strict=True)
    )
    return a, b
