"""The fast loop: ours alone on a few trials, one compact table. Everything is simulated."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

import numpy as np

from benchmarks.accuracy.campaign import METHODS, run_ours
from benchmarks.accuracy.scoring import (
    VERDICT_LAGS_MS,
    Scored,
    error_figures,
    lead_intervals,
    onset_intervals,
    order_percent,
    reliability,
    reliability_rows,
    verdict_shares,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

    from benchmarks.accuracy.scenarios import Scenario

_HEAD = (
    f"{'scenario':<15}{'method':<13}{'n':>4}{'found':>6}{'ref.':>5}{'bias':>7}{'MAE':>6}{'SD':>6}"
    f"{'P95':>6}{'db-a':>6}  {'ons95':>6}{'lead95':>7}{'width':>6}  order@10/20/30/50"
)


def fast(scenarios: Sequence[Scenario], trials: int, seed: int) -> None:
    """Print errors, coverage and order of each scenario, then the verdicts on X."""
    begin = time.perf_counter()
    print(f"simulated; ours only, {trials} trials a scenario, seed {seed}; ms and %")
    print(_HEAD, flush=True)
    everything: dict[str, list[Scored]] = {name: [] for name in METHODS}
    offsets: dict[str, float] = {}
    for scenario in scenarios:
        out = run_ours(scenario, trials, persons=1, seed=seed)
        for name in METHODS:
            everything[name].append(out.scored[name])
            print(line(out.scored[name], first=name == METHODS[0]), flush=True)
        late = np.array([o.error_ms for o in out.offsets])
        offsets[scenario.name] = float(np.nanmean(np.abs(late))) if len(late) else float("nan")
    print("\noffset MAE ms: " + ", ".join(f"{k} {v:.0f}" for k, v in offsets.items()))
    print("refused because: " + (refusals(everything[METHODS[0]]) or "nothing refused"))
    for name in METHODS:
        print(_calibration(name, everything[name]))
    mismatched = {n: [s for s in all_ if s.group == "X"] for n, all_ in everything.items()}
    if mismatched[METHODS[0]]:
        print(
            "\nverdicts on X, right / wrong / together / unclear %, by the interval alone | as told"
        )
        for name in METHODS:
            print(
                f"{name:<13}" + "".join(_verdicts(mismatched[name], lag) for lag in VERDICT_LAGS_MS)
            )
            print(f"{'':<13}pooled order @10/20/30/50 " + _order(mismatched[name]))
    print(f"\n{time.perf_counter() - begin:.0f} s")


def line(one: Scored, *, first: bool) -> str:
    """Return one row of the table."""
    every = range(one.n)
    e = error_figures(one, every)
    onset, pair = onset_intervals(one, every, 95), lead_intervals(one, every, 95)
    return (
        f"{one.scenario[:14] if first else '':<15}{one.method:<13}{one.n:>4}{e['found']:>6.0f}"
        f"{e['refused']:>5.0f}{e['bias_ms']:>+7.1f}{e['mae_ms']:>6.1f}{e['sd_ms']:>6.1f}"
        f"{e['p95_ms']:>6.0f}{e['bias_difference_ms']:>+6.1f}  {onset['cover']:>6.1f}"
        f"{pair['cover']:>7.1f}{pair['width_ms']:>6.0f}  {_order([one])}"
    )


def refusals(scored: Sequence[Scored]) -> str:
    """Return how often each gate refused an onset."""
    counts: dict[str, int] = {}
    for one in scored:
        for pair in one.answers:
            for gate in {g for x in pair for g in x.gates}:
                counts[gate] = counts.get(gate, 0) + 1
    return ", ".join(f"{k} {v}" for k, v in sorted(counts.items(), key=lambda kv: -kv[1]))


def _order(scored: Sequence[Scored]) -> str:
    shares = [np.nanmean([order_percent(s, range(s.n), lag) for s in scored])
              for lag in (10.0, 20.0, 30.0, 50.0)]  # fmt: skip
    return "/".join(f"{share:.0f}" if len(scored) == 1 else f"{share:.1f}" for share in shares)


def _verdicts(scored: Sequence[Scored], lag_ms: float) -> str:
    cells: list[str] = []
    for gated in (False, True):
        rows = [verdict_shares(s, range(s.n), lag_ms, gated=gated) for s in scored]
        means = [np.mean([r[k] for r in rows]) for k in ("right", "wrong", "together", "unclear")]
        cells.append("/".join(f"{m:.0f}" if m in (0.0, 100.0) else f"{m:.1f}" for m in means))
    return f"  {lag_ms:.0f} ms: {cells[0]} | {cells[1]}"


def _calibration(name: str, scored: Sequence[Scored]) -> str:
    found = reliability(np.concatenate([reliability_rows(s, range(s.n)) for s in scored]))
    return (
        f"{name:<13}ECE {found['ece']:.3f} Brier {found['brier']:.3f}; P >= .9 answered "
        f"{found['answered']:.0f} %, right {found['answered_right']:.1f} %"
    )
