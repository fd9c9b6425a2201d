"""The fast loop: ours alone on a few trials, one compact table. Everything is simulated."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

import numpy as np

from benchmarks.accuracy.campaign import METHODS, run_ours
from benchmarks.accuracy.scoring import (
    CLAIMS,
    VERDICT_LAGS_MS,
    Which,
    error_figures,
    everything,
    interval_figures,
    order_figures,
    probability_figures,
    probability_rows,
    verdict_figures,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

    from benchmarks.accuracy.answers import Scored
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
    found: dict[str, list[Scored]] = {name: [] for name in METHODS}
    offsets: dict[str, float] = {}
    for scenario in scenarios:
        out = run_ours(scenario, trials, persons=1, seed=seed)
        for name in METHODS:
            found[name].append(out.scored[name])
            print(line(out.scored[name], first=name == METHODS[0]), flush=True)
        late = np.array([o.error_ms for o in out.offsets])
        offsets[scenario.name] = float(np.nanmean(np.abs(late))) if len(late) else float("nan")
    print("\noffset MAE ms: " + ", ".join(f"{k} {v:.0f}" for k, v in offsets.items()))
    print("refused because: " + (refusals(found[METHODS[0]]) or "nothing refused"))
    for name in METHODS:
        print(_calibration(name, found[name]))
    mismatched = {n: [s for s in all_ if s.group == "X"] for n, all_ in found.items()}
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
    """Return one row of the table; intervals of all bursts, refused ones too."""
    e = error_figures(one, everything(one))
    i = interval_figures(one, everything(one), "all")
    return (
        f"{one.scenario[:14] if first else '':<15}{one.method:<13}{one.n:>4}{e['found']:>6.0f}"
        f"{e['refused']:>5.0f}{e['bias']:>+7.1f}{e['mae']:>6.1f}{e['sd']:>6.1f}{e['p95']:>6.0f}"
        f"{e['bias_difference']:>+6.1f}  {i['onset95']:>6.1f}{i['lead95']:>7.1f}"
        f"{i['lead95_width']:>6.0f}  {_order([one])}"
    )


def refusals(scored: Sequence[Scored]) -> str:
    """Return how often each gate refused an onset."""
    counts: dict[str, int] = {}
    for one in scored:
        for gates, _ in one.gates:
            for gate in gates:
                counts[gate] = counts.get(gate, 0) + 1
    return ", ".join(f"{k} {v}" for k, v in sorted(counts.items(), key=lambda kv: -kv[1]))


def _order(scored: Sequence[Scored]) -> str:
    rows = [order_figures(s, everything(s)) for s in scored]
    shares = [np.nanmean([row[f"order{lag}"] for row in rows]) for lag in (10, 20, 30, 50)]
    return "/".join(f"{share:.0f}" if len(scored) == 1 else f"{share:.1f}" for share in shares)


def _verdicts(scored: Sequence[Scored], lag_ms: float) -> str:
    cells: list[str] = []
    which: tuple[Which, ...] = ("all", "answered")
    for kind in which:
        rows = [verdict_figures(s, everything(s), kind) for s in scored]
        means = [np.mean([row[f"{claim}{lag_ms:g}"] for row in rows]) for claim in CLAIMS]
        cells.append("/".join(f"{m:.0f}" if m in (0.0, 100.0) else f"{m:.1f}" for m in means))
    return f"  {lag_ms:.0f} ms: {cells[0]} | {cells[1]}"


def _calibration(name: str, scored: Sequence[Scored]) -> str:
    rows = np.concatenate([probability_rows(s, everything(s)) for s in scored])
    found = probability_figures(rows)
    return (
        f"{name:<13}ECE {found['ece']:.3f} Brier {found['brier']:.3f}; P >= .9 answered "
        f"{found['answered']:.0f} %, right {found['answered_right']:.1f} %"
    )
