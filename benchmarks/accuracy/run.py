"""The whole campaign on two processes: ours, peers, limits, live sessions, streams."""

from __future__ import annotations

import multiprocessing
import time
from concurrent.futures import ProcessPoolExecutor
from typing import TYPE_CHECKING

from benchmarks.accuracy.about import ROOT, about
from benchmarks.accuracy.answers import from_errors
from benchmarks.accuracy.cache import Cache
from benchmarks.accuracy.campaign import OursOutcome, run_ours
from benchmarks.accuracy.crew import Crew
from benchmarks.accuracy.limits import Limits
from benchmarks.accuracy.peers import peers
from benchmarks.accuracy.results import Plan, Results
from benchmarks.accuracy.scenarios import LAGS_MS, RESTS, Scenario
from benchmarks.accuracy.sessions import RestCount, run_live, run_rest
from benchmarks.accuracy.streams import BRIDGES, StreamScore, run_bridge, run_stream_rest
from benchmarks.accuracy.trials import REPORT_SEED, TUNE_SEED
from benchmarks.accuracy.tuning import PeerRow, Setting, run_peers, tuned

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

WORKERS = 2


def campaign(
    scenarios: Sequence[Scenario], plan: Plan, folder: Path, *, fresh: bool, workers: int = WORKERS
) -> Results:
    """Run everything and return it."""
    begin = time.perf_counter()
    out = Results(plan, tuple(scenarios))
    cache = Cache(folder / "accuracy_cache", ROOT, fresh=fresh)
    # Spawned, not forked: a child gets no threads of numerical libraries with it.
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(workers, mp_context=context) as pool:
        crew = Crew(pool, cache)
        _rest_and_streams(crew, out)
        Limits(out).order(crew)
        for peer in peers():
            asked = (peer.name, peer.thresholds, plan.tune_trials, TUNE_SEED)
            crew.kept("tune", asked, tune_job, peer.name, plan.tune_trials,
                      then=lambda r, n=peer.name: out.settings.__setitem__(n, r))  # fmt: skip
        for scenario in scenarios:
            crew.do(run_ours, scenario, plan.trials_of(scenario),
                    persons=plan.persons_of(scenario),
                    then=lambda r, s=scenario: _take_ours(out, s, r))  # fmt: skip
        crew.finish("ours, limits and tuning")
        for scenario in scenarios:
            _peers_of(crew, out, scenario)
            crew.do(run_live, scenario, plan.live_sessions, plan.live_bursts, out.rest["clean"],
                    then=lambda r, s=scenario: out.live.__setitem__(s.name, r))  # fmt: skip
        crew.finish("peers and live sessions")
    out.about = about(out, cache.hits, time.perf_counter() - begin)
    return out


def tune_job(name: str, trials: int) -> Setting:
    """Return the setting of a peer, by its name: functions do not travel between processes."""
    return tuned(next(p for p in peers() if p.name == name), trials)


def peers_job(scenario: Scenario, settings: dict[str, Setting], trials: int) -> dict[str, PeerRow]:
    """Return all peers in a scenario."""
    return run_peers(scenario, settings, peers(), trials)


def _take_ours(out: Results, scenario: Scenario, result: OursOutcome) -> None:
    out.ours[scenario.name] = result
    out.scored.setdefault(scenario.name, {}).update(result.scored)


def _peers_of(crew: Crew, out: Results, scenario: Scenario) -> None:
    trials = out.plan.peer_trials_of(scenario)
    asked = (scenario, trials, REPORT_SEED, sorted(out.settings.items(), key=lambda item: item[0]))

    def take(rows: dict[str, PeerRow]) -> None:
        out.peers[scenario.name] = rows
        for name, row in rows.items():
            lags = [float(LAGS_MS[k % len(LAGS_MS)]) for k in range(len(row.errors_ms))]
            one = from_errors(scenario, name, row.errors_ms, lags)
            out.scored.setdefault(scenario.name, {})[name] = one

    crew.kept("peers", asked, peers_job, scenario, out.settings, trials, then=take)


def _rest_and_streams(crew: Crew, out: Results) -> None:
    plan = out.plan
    for rest in RESTS:
        for k in range(plan.rest_sessions):
            crew.do(run_rest, rest, k, plan.rest_session_s,
                    then=lambda r, name=rest.name: _add_rest(out, name, r))  # fmt: skip
    for name in BRIDGES:
        for k in range(plan.bridges):
            crew.do(run_bridge, name, k, plan.bridge_s, then=lambda r: _add_stream(out, r))
    for k in range(plan.still_sessions):
        for with_imu in (True, False):
            crew.do(run_stream_rest, k, plan.still_s, with_imu=with_imu,
                    then=lambda r: _add_stream(out, r))  # fmt: skip


def _add_rest(out: Results, name: str, counted: RestCount) -> None:
    out.rest[name] = out.rest.get(name, RestCount()) + counted


def _add_stream(out: Results, one: StreamScore) -> None:
    out.streams.setdefault(one.scenario, []).append(one)
