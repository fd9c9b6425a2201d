"""The tables of the report, as Markdown."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from benchmarks.accuracy.answers import ORDER_LAGS_MS
from benchmarks.accuracy.bootstrap import Figure
from benchmarks.accuracy.campaign import METHODS
from benchmarks.accuracy.figures import LIMITS, Figures, Row
from benchmarks.accuracy.scoring import CLAIMS, VERDICT_LAGS_MS

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from benchmarks.accuracy.bounds import Bound
    from benchmarks.accuracy.goals import Goal, Part
    from benchmarks.accuracy.results import Results

OURS_AND_LIMITS = (*LIMITS, *METHODS)


def markdown(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """Return a table."""
    lines = ["| " + " | ".join(head) + " |", "|" + "---|" * len(head)]
    lines += ["| " + " | ".join(row) + " |" for row in rows]
    return "\n".join(lines)


def cell(row: Row, name: str, digits: int = 1, *, sign: bool = False) -> str:
    """Return a figure of a row, "-" where it has none."""
    found = row.get(name)
    return "-" if found is None else found.text(digits, sign=sign)


def goals_table(goals: Sequence[Goal]) -> str:
    """Return must, reach and measured of every goal, part by part."""
    words = {"reach": "reach", "must": "must", "no": "**not reached**"}
    rows = [
        (
            goal.number if k == 0 else "",
            goal.what if k == 0 else "",
            part.what,
            _bar(part, part.must),
            _bar(part, part.reach),
            part.figure.text(part.digits),
            words.get(part.level, part.level),
        )
        for goal in goals
        for k, part in enumerate(goal.parts)
    ]
    head = ("no.", "quantity", "", "must", "reach", "measured (95 %)", "reached")
    return markdown(head, rows)


def _bar(part: Part, bar: float) -> str:
    return f"{'>=' if part.least else '<='} {bar:g}" if np.isfinite(bar) else "-"


def order_table(f: Figures, pool: str) -> str:
    """Return the share of right orders by lag, every method, best at 20 ms first."""
    methods = f.pooled.get(pool, {})
    ranked = sorted(methods, key=lambda m: -_value(methods[m], "order20"))
    rows = [(m, *(cell(methods[m], f"order{lag:g}") for lag in ORDER_LAGS_MS)) for m in ranked]
    return markdown(("method", *(f"{lag:g} ms" for lag in ORDER_LAGS_MS)), rows)


def pair_table(f: Figures) -> str:
    """Return order at 20, 30, 50 ms and the bias difference of each X pair."""
    rows: list[tuple[str, ...]] = []
    for name, methods in f.by_scenario.items():
        if not name.startswith("X"):
            continue
        best = best_peer(f, name, "order20")
        shown = [*OURS_AND_LIMITS, *([best] if best else [])]
        for method in shown:
            if method in methods:
                row = methods[method]
                lags = (cell(row, f"order{lag}") for lag in (20, 30, 50))
                difference = cell(row, "bias_difference", sign=True)
                rows.append((name, method + (" (best peer here)" if method == best else ""), *lags,
                             difference))  # fmt: skip
    return markdown(("pair", "method", "20 ms", "30 ms", "50 ms", "bias difference, ms"), rows)


def mae_table(f: Figures) -> str:
    """Return MAE by scenario with the ratios to O2 and to the best peer there."""
    rows: list[tuple[str, ...]] = []
    for name, methods in f.by_scenario.items():
        best = best_peer(f, name, "mae")
        cells = [cell(methods.get(m, {}), "mae") for m in OURS_AND_LIMITS]
        peer = f"{best} {cell(methods[best], 'mae')}" if best else "-"
        ratios = [_ratio(methods, METHODS[0], other) for other in ("O2", best)]
        rows.append((name, *cells, peer, *ratios))
    head = ("scenario", *OURS_AND_LIMITS, "best peer here", "cold / O2", "cold / best peer")
    return markdown(head, rows)


def bounds_table(f: Figures, bounds: Mapping[str, Sequence[Bound]]) -> str:
    """Return the Cramer-Rao bounds of each scenario beside the limits and what was reached."""
    rows: list[tuple[str, ...]] = []
    for name, methods in f.by_scenario.items():
        if bounds.get(name):
            least = [
                float(np.mean([getattr(one, kind) for one in bounds[name]]))
                for kind in ("rise_known_ms", "rise_unknown_ms")
            ]
            cells = [cell(methods.get(m, {}), "mae") for m in OURS_AND_LIMITS]
            rows.append((name, *(f"{value:.1f}" for value in least), *cells))
    head = ("scenario", "bound, rise known", "bound, rise and height unknown", *OURS_AND_LIMITS)
    return markdown(head, rows)


def error_table(f: Figures, method: str) -> str:
    """Return bias, SD, P95, found, missed, refused of one method by scenario."""
    names = ("bias", "mae", "sd", "p95", "found", "missed", "refused")
    rows = [
        (name, *(cell(methods[method], n, sign=n == "bias") for n in names))
        for name, methods in f.by_scenario.items()
        if method in methods
    ]
    head = ("scenario", "bias ms", "MAE ms", "SD ms", "P95 ms", "found %", "missed %", "refused %")
    return markdown(head, rows)


def interval_table(f: Figures, methods: Sequence[str] = METHODS) -> str:
    """Return coverage and width of the intervals of onsets and leads by scenario."""
    rows: list[tuple[str, ...]] = []
    for name, by_method in [
        *f.by_scenario.items(),
        *(("pooled " + k, v) for k, v in f.pooled.items()),
    ]:
        for method in methods:
            if method in by_method:
                row = by_method[method]
                rows.append(
                    (
                        name,
                        method,
                        cell(row, "onset95"),
                        cell(row, "onset90"),
                        cell(row, "lead95"),
                        cell(row, "lead90"),
                        cell(row, "lead95_all"),
                        cell(row, "onset95_width_all", 0),
                        cell(row, "lead95_width_all", 0),
                    )
                )
    head = ("scenario", "method", "onset 95", "onset 90", "lead 95", "lead 90",
            "lead 95, refused too", "onset width ms", "lead width ms")  # fmt: skip
    return markdown(head, rows)


def verdict_table(f: Figures, pool: str = "X") -> str:
    """Return right, wrong, together, unclear by lag: by the interval alone, and as told."""
    rows: list[tuple[str, ...]] = []
    for method in OURS_AND_LIMITS:
        row = f.pooled.get(pool, {}).get(method)
        if row is None:
            continue
        for label, prefix in (("interval alone", ""), ("as told", "told_")):
            cells = [
                " / ".join(_plain(row, f"{prefix}{claim}{lag:g}") for claim in CLAIMS)
                for lag in VERDICT_LAGS_MS
            ]
            ends = f"{cell(row, prefix + 'right60')}; {cell(row, prefix + 'wrong60', 2)}"
            rows.append((method, label, *cells, ends))
    head = (
        "method",
        "",
        *(f"{lag:g} ms" for lag in VERDICT_LAGS_MS),
        "right; wrong at 60 ms (95 %)",
    )
    return markdown(head, rows)


def probability_table(f: Figures) -> str:
    """Return ECE, Brier and what P >= 0.9 answers, pooled."""
    rows = [
        (pool, method, cell(row, "ece", 3), cell(row, "brier", 3), cell(row, "answered"),
         cell(row, "answered_right"))
        for pool, methods in f.pooled.items()
        for method in METHODS
        if (row := methods.get(method)) is not None
    ]  # fmt: skip
    head = ("scenarios", "method", "ECE", "Brier", "answered at P >= .9, %", "right then, %")
    return markdown(head, rows)


def reliability_table(f: Figures, pool: str = "all") -> str:
    """Return the reliability curve with its counts."""
    rows = [
        (method, *(f"{p:.2f} -> {share:.2f} ({n})" for p, share, n in curve))
        for method, curve in f.curves.get(pool, {}).items()
        if method in METHODS
    ]
    width = max((len(r) for r in rows), default=1)
    filled = [row + ("",) * (width - len(row)) for row in rows]
    return markdown(("method", *(f"bin {k}" for k in range(1, width))), filled)


def detector_table(f: Figures, results: Results) -> str:
    """Return every detector at its one setting, pooled over all scenarios, smallest MAE first."""
    pooled = f.pooled.get("all", {})
    rows: list[tuple[str, ...]] = []
    for method in sorted(pooled, key=lambda m: _value(pooled[m], "mae", 999.0)):
        row, own = pooled[method], f.peers.get(method, {})
        setting = results.settings.get(method)
        text = "" if setting is None else f"{setting.filter}, {setting.threshold:.3g}"
        if setting is not None and not np.isfinite(setting.cost_ms):
            text += " (slow: not tuned, 2 trials a scenario)"
        x = f.pooled.get("X", {}).get(method, {})
        order = " / ".join(_plain(x, f"order{lag}") for lag in (10, 20, 30, 50))
        rows.append(
            (method, text, cell(row, "found"), cell(own, "false_per_min", 2),
             cell(row, "bias", sign=True), cell(row, "mae"), cell(row, "sd"), cell(row, "p95"),
             cell(own, "ms_per_s", 2), order, _plain(row, "scenarios"))
        )  # fmt: skip
    head = ("detector", "filter, threshold", "found %", "false alarms/min", "bias ms", "MAE ms",
            "SD ms", "P95 ms", "CPU ms per s of signal", "order X at 10/20/30/50 ms, %",
            "scenarios")  # fmt: skip
    return markdown(head, rows)


def live_table(f: Figures) -> str:
    """Return delay, bound, early and false alarms and the dated-back onsets by scenario."""
    rows = [
        (
            name,
            cell(row, "delay"),
            cell(row, "delay_p95", 0),
            cell(row, "bound", 0),
            cell(row, "ratio", 2),
            cell(row, "told", 0),
            cell(row, "early"),
            cell(row, "missed"),
            cell(row, "first_mae"),
            cell(row, "final_mae"),
            cell(row, "cover"),
            cell(row, "raised_per_min", 2),
            cell(row, "false_per_min", 2),
        )
        for name, row in f.live.items()
    ]
    head = ("scenario", "delay ms", "P95", "bound", "delay / bound", "told after ms", "early %",
            "missed %", "MAE first look", "MAE final look", "95 % covers", "false raised/min",
            "false told/min")  # fmt: skip
    return markdown(head, rows)


def stream_table(f: Figures) -> str:
    """Return the product over whole sessions."""
    rows = [
        (
            name,
            cell(row, "hours", 2),
            cell(row, "planted", 0),
            cell(row, "found"),
            cell(row, "extra_per_h"),
            cell(row, "onset_mae"),
            cell(row, "onset_cover"),
            cell(row, "lead_mae"),
            cell(row, "lead_cover"),
            cell(row, "lead_width", 0),
            cell(row, "claims"),
            cell(row, "wrong"),
            cell(row, "reversed"),
        )
        for name, row in f.streams.items()
    ]
    head = ("session", "hours", "planted", "found %", "extra repetitions/h", "onset MAE",
            "onset 95 covers", "lead MAE", "lead 95 covers", "lead width", "orders claimed %",
            "wrong %", "early claims reversed %")  # fmt: skip
    return markdown(head, rows)


def offset_table(f: Figures) -> str:
    """Return offsets against their own limit."""
    rows = [
        (name, cell(row, "mae"), cell(row, "bias", sign=True), cell(row, "cover"),
         cell(row, "missed"), cell(row, "limit"), cell(row, "ratio", 2))
        for name, row in f.offsets.items()
    ]  # fmt: skip
    head = (
        "scenario",
        "MAE ms",
        "bias ms",
        "95 % covers",
        "none given %",
        "O1, fall known",
        "ratio",
    )
    return markdown(head, rows)


def best_peer(f: Figures, scenario: str, name: str) -> str | None:
    """Return the tuned peer that is best in a scenario."""
    rows = f.by_scenario.get(scenario, {})
    here = [m for m in rows if m not in OURS_AND_LIMITS and _value(rows[m], "found", 0.0) >= 90.0]
    if not here:
        return None
    sign = -1.0 if name.startswith("order") else 1.0
    return min(here, key=lambda m: sign * _value(rows[m], name, np.inf * sign))


def _ratio(methods: dict[str, Row], ours: str, other: str | None) -> str:
    if other is None or other not in methods or ours not in methods:
        return "-"
    a, b = methods[ours]["mae"], methods[other]["mae"]
    return Figure(a.value / b.value).text(2)


def _value(row: Row, name: str, default: float = -1.0) -> float:
    found = row.get(name)
    return found.value if found is not None and np.isfinite(found.value) else default


def _plain(row: Row, name: str) -> str:
    found = row.get(name)
    if found is None or not np.isfinite(found.value):
        return "-"
    return f"{found.value:.1f}".removesuffix(".0")
