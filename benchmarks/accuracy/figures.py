"""Every figure of the report, each with its interval, from what was measured."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

from benchmarks.accuracy.bootstrap import (
    Drawn,
    Figure,
    bootstrap_rows,
    bootstrap_values,
    draw,
    poisson_rate,
    pooled,
    with_interval,
)
from benchmarks.accuracy.campaign import METHODS
from benchmarks.accuracy.scoring import (
    error_figures,
    everything,
    interval_figures,
    order_figures,
    probability_rows,
    reliability_curve,
    verdict_figures,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

    from benchmarks.accuracy.answers import Scored
    from benchmarks.accuracy.results import Results

Row = dict[str, Figure]
LIMITS = ("O1", "O2")
#: The mismatched pairs X are the headline.
POOLS = {
    "X": ("X",),
    "G": ("G",),
    "A": ("A",),
    "M": ("M",),
    "S": ("S",),
    "C": ("C",),
    "R": ("R",),
    "V": ("V",),
    "clean": ("G", "X"),
    "contaminated": ("A", "R"),
    "all": ("G", "A", "R", "M", "X"),
}
#: Probabilities are pooled over some hundred thousand pairs: fewer draws are enough.
PROBABILITY_DRAWS = 60
#: Scenarios of the ratio to the limit: clean, one rise in both channels.
RATIO = ("G1", "G2", "G3", "G4", "G5", "G6", "G7", "G8", "G9", "G11")


@dataclass(slots=True)
class Figures:
    """``by_scenario[scenario][method]``, ``pooled[pool][method]`` and what stands by itself."""

    by_scenario: dict[str, dict[str, Row]] = field(default_factory=dict[str, dict[str, Row]])
    pooled: dict[str, dict[str, Row]] = field(default_factory=dict[str, dict[str, Row]])
    curves: dict[str, dict[str, list[tuple[float, float, int]]]] = field(
        default_factory=dict[str, dict[str, list[tuple[float, float, int]]]]
    )
    ratio_to_limit: Row = field(default_factory=dict[str, Figure])
    live: dict[str, Row] = field(default_factory=dict[str, Row])
    rest: Row = field(default_factory=dict[str, Figure])
    offsets: dict[str, Row] = field(default_factory=dict[str, Row])
    peers: dict[str, Row] = field(default_factory=dict[str, Row])
    streams: dict[str, Row] = field(default_factory=dict[str, Row])
    cost: Row = field(default_factory=dict[str, Figure])
    refusals: list[tuple[str, str, int, int]] = field(
        default_factory=list[tuple[str, str, int, int]]
    )


def _basic(one: Scored, index: np.ndarray) -> dict[str, float]:
    return error_figures(one, index) | order_figures(one, index)


def _full(one: Scored, index: np.ndarray) -> dict[str, float]:
    told = verdict_figures(one, index, "answered")
    plain = interval_figures(one, index, "all")
    return (
        _basic(one, index)
        | interval_figures(one, index)
        | {f"{name}_all": value for name, value in plain.items()}
        | verdict_figures(one, index, "all")
        | {f"told_{name}": value for name, value in told.items()}
    )


def compute(results: Results) -> Figures:
    """Return all figures of a run."""
    draws = results.plan.draws
    out = Figures()
    drawn: dict[tuple[str, str], Drawn] = {}
    for name, methods in results.scored.items():
        rows = out.by_scenario.setdefault(name, {})
        for method, one in methods.items():
            drawn[name, method] = draw(one, _figures_for(method), draws)
            rows[method] = drawn[name, method].figures()
    for pool, groups in POOLS.items():
        _pool(results, out, pool, groups, drawn)
    out.ratio_to_limit = {m: _ratio(results, m) for m in METHODS}
    _live(results, out)
    _offsets(results, out)
    _peers(results, out)
    _streams(results, out)
    out.refusals = _refusals(results)
    return out


def _figures_for(method: str):
    return _full if method in (*METHODS, *LIMITS) else _basic


def _pool(
    results: Results,
    out: Figures,
    pool: str,
    groups: tuple[str, ...],
    drawn: dict[tuple[str, str], Drawn],
) -> None:
    names = [s.name for s in results.scenarios if s.group in groups]
    for method in sorted({m for name in names for m in results.scored.get(name, {})}):
        members = [drawn[name, method] for name in names if (name, method) in drawn]
        row = pooled(members)
        if method in (*METHODS, *LIMITS):
            scored = [results.scored[n][method] for n in names if (n, method) in drawn]
            row |= bootstrap_rows(scored, min(PROBABILITY_DRAWS, results.plan.draws))
            rows = np.concatenate([probability_rows(s, everything(s)) for s in scored])
            if len(rows):
                out.curves.setdefault(pool, {})[method] = reliability_curve(rows)
        row["scenarios"] = Figure(float(len(members)))
        out.pooled.setdefault(pool, {})[method] = row


def _ratio(results: Results, method: str) -> Figure:
    """Median over clean scenarios of MAE over the MAE of O2, on the trials that O2 saw."""
    pairs = [
        (rows[method], rows["O2"])
        for name, rows in results.scored.items()
        if name.split("_")[0] in RATIO and "O2" in rows and method in rows
    ]
    if not pairs:
        return Figure(float("nan"))
    rng = np.random.default_rng(20_263)

    def median(*, again: bool) -> float:
        values: list[float] = []
        for ours, limit in pairs:
            shared = min(ours.n, limit.n)
            index = rng.integers(shared, size=shared) if again else np.arange(shared)
            maes = [error_figures(s, index)["mae"] for s in (ours, limit)]
            values.append(maes[0] / maes[1])
        return float(np.median(values))

    return with_interval(
        median(again=False), [median(again=True) for _ in range(results.plan.draws)]
    )


def _mae(x: np.ndarray) -> float:
    return float(np.nanmean(np.abs(x))) if np.isfinite(x).any() else float("nan")


def _mean(x: np.ndarray) -> float:
    return float(np.nanmean(x)) if np.isfinite(x).any() else float("nan")


def _live(results: Results, out: Figures) -> None:
    draws = results.plan.draws
    ratios: list[float] = []
    told_ratios: list[float] = []
    for name, one in results.live.items():
        delay = np.array(one.delay_ms)
        ratio = delay / np.array(one.bound_ms)
        told = np.array(one.told_ms)
        group = next(s.group for s in results.scenarios if s.name == name)
        if group in ("G", "X"):
            ratios += ratio.tolist()
            told_ratios += (told / np.array(one.told_bound_ms)).tolist()
        p95 = lambda x: float(np.nanquantile(x, 0.95)) if np.isfinite(x).any() else float("nan")  # noqa: E731
        rest_min = sum(c[3] for c in one.counts) / 60.0
        out.live[name] = {
            "delay": bootstrap_values(delay.tolist(), _mean, draws),
            "delay_p95": bootstrap_values(delay.tolist(), p95, draws),
            "bound": Figure(float(np.mean(one.bound_ms))),
            "ratio": bootstrap_values(ratio.tolist(), _mean, draws),
            "early": bootstrap_values([100.0 * e for e in one.early], _mean, draws),
            "missed": bootstrap_values((100.0 * np.isnan(delay)).tolist(), _mean, draws),
            "first_mae": bootstrap_values(one.first_ms, _mae, draws),
            "final_mae": bootstrap_values(one.final_ms, _mae, draws),
            "cover": bootstrap_values([100.0 * c for c in one.covered], _mean, draws),
            "told": bootstrap_values(told.tolist(), _mean, draws),
            "false_per_min": poisson_rate(sum(c[0] for c in one.counts), rest_min),
            "raised_per_min": poisson_rate(sum(c[1] for c in one.counts), rest_min),
            "repeats": Figure(sum(c[2] for c in one.counts) / max(1, delay.size)),
        }
    for name, count in results.rest.items():
        out.rest[f"{name}, told"] = poisson_rate(count.told, count.minutes)
        out.rest[f"{name}, raised"] = poisson_rate(count.raised, count.minutes)
    out.cost["delay_over_bound"] = bootstrap_values(ratios, _mean, draws)
    out.cost["told_over_bound"] = bootstrap_values(told_ratios, _mean, draws)


def _offsets(results: Results, out: Figures) -> None:
    draws = results.plan.draws
    for name, one in results.ours.items():
        errors = [o.error_ms for o in one.offsets]
        limit = results.offset_limits_ms.get(name, [])
        inside = [100.0 * (o.ends_ms[0] <= 0.0 <= o.ends_ms[1]) for o in one.offsets]
        row = {
            "mae": bootstrap_values(errors, _mae, draws),
            "bias": bootstrap_values(errors, _mean, draws),
            "cover": bootstrap_values(inside, _mean, draws),
            "missed": bootstrap_values([100.0 * np.isnan(e) for e in errors], _mean, draws),
        }
        if limit:
            o1 = bootstrap_values(limit, _mae, draws)
            row["limit"] = o1
            row["ratio"] = Figure(
                row["mae"].value / o1.value, row["mae"].low / o1.high, row["mae"].high / o1.low
            )
        out.offsets[name] = row


def _peers(results: Results, out: Figures) -> None:
    for method in results.settings:
        rows = [per[method] for per in results.peers.values() if method in per]
        signal_s = sum(r.signal_s for r in rows)
        if signal_s:
            out.peers[method] = {
                "false_per_min": poisson_rate(
                    sum(r.false_alarms for r in rows), sum(r.watched_s for r in rows) / 60.0
                ),
                "ms_per_s": Figure(1e3 * sum(r.cpu_s for r in rows) / signal_s),
            }
    calls = sum(o.refine_calls for o in results.ours.values())
    signal_s = sum(2.0 * o.signal_s for o in results.ours.values())
    if calls:
        refine_s = sum(o.refine_cpu_s for o in results.ours.values())
        clean_s = sum(o.clean_cpu_s for o in results.ours.values())
        out.cost["refined_ms"] = Figure(1e3 * refine_s / calls)
        out.cost["conditioning_ms_per_s"] = Figure(1e3 * clean_s / signal_s)
    live_s = sum(2.0 * s.signal_s for s in results.live.values())
    if live_s:
        cpu_s = sum(s.cpu_s for s in results.live.values())
        out.cost["live_ms_per_s"] = Figure(1e3 * cpu_s / live_s)


def _streams(results: Results, out: Figures) -> None:
    draws = results.plan.draws
    cpu_s = sum(s.cpu_s for runs in results.streams.values() for s in runs)
    seconds = sum(s.seconds for runs in results.streams.values() for s in runs)
    if seconds:
        out.cost["block_8_channels_ms"] = Figure(1e3 * cpu_s / seconds * 0.020)
    for name, runs in results.streams.items():
        hours = sum(r.seconds for r in runs) / 3600.0
        leads = _joined([r.lead_errors_ms for r in runs])
        onsets = _joined([r.onset_errors_ms for r in runs])
        inside = _joined([[100.0 * x for x in r.lead_inside] for r in runs])
        onset_in = _joined([[100.0 * x for x in r.onset_inside] for r in runs])
        planted, found = sum(r.planted for r in runs), sum(r.found for r in runs)
        claims, wrong = sum(r.claims for r in runs), sum(r.wrong for r in runs)
        early, taken_back = sum(r.early_claims for r in runs), sum(r.reversed for r in runs)
        out.streams[name] = {
            "hours": Figure(hours),
            "planted": Figure(float(planted)),
            "found": _share(found, planted, draws),
            "extra_per_h": poisson_rate(sum(r.extra for r in runs), hours),
            "lead_mae": bootstrap_values(leads, _mae, draws),
            "lead_cover": bootstrap_values(inside, _mean, draws),
            "lead_width": bootstrap_values(
                _joined([r.lead_widths_ms for r in runs]), lambda x: float(np.median(x)), draws
            ),
            "onset_mae": bootstrap_values(onsets, _mae, draws),
            "onset_cover": bootstrap_values(onset_in, _mean, draws),
            "claims": _share(claims, found, draws),
            "wrong": _share(wrong, claims, draws),
            "reversed": _share(taken_back, early, draws),
        }


def _joined(parts: Sequence[Sequence[float]]) -> list[float]:
    return [x for part in parts for x in part]


def _share(count: int, total: int, draws: int) -> Figure:
    values = [100.0] * count + [0.0] * max(0, total - count)
    return bootstrap_values(values, _mean, draws)


def _refusals(results: Results) -> list[tuple[str, str, int, int]]:
    """Count refused onsets of the cold method by reason and by measured SNR."""
    bands = (
        ("below 10 dB", -99.0, 10.0),
        ("10 to 15 dB", 10.0, 15.0),
        ("15 dB and more", 15.0, 99.0),
    )
    rows: list[tuple[str, str, int, int]] = []
    seen = [
        g for per in results.scored.values() if METHODS[0] in per for g in per[METHODS[0]].gates
    ]
    for label, low, high in bands:
        inside = [gates for gates, snr_db in seen if low <= snr_db < high]
        reasons = sorted({g for gates in inside for g in gates})
        for reason in reasons:
            rows.append((label, reason, sum(reason in gates for gates in inside), len(inside)))
        rows.append((label, "any", sum(bool(gates) for gates in inside), len(inside)))
    nothing = [gates for gates, snr_db in seen if np.isnan(snr_db)]
    if nothing:
        rows.append(("no burst found", "any", len(nothing), len(nothing)))
    return rows
