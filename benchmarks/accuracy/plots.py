"""Plots of the report. Every title says that the figures are simulated."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from benchmarks.accuracy.answers import ORDER_LAGS_MS
from benchmarks.accuracy.goals import COLD, WARM, WARM_8

if TYPE_CHECKING:
    from pathlib import Path

    from benchmarks.accuracy.figures import Figures

_COLOURS = {"O1": "#9aa0a6", "O2": "#5f6368", COLD: "#1f77b4", WARM_8: "#6baed6", WARM: "#d95f02"}
_PEERS = ("nk.threshold", "lit.CUSUM", "biosppy.lidierth", "lit.Hodges-Bui")


def draw(f: Figures, folder: Path) -> list[tuple[str, str]]:
    """Write the plots into ``folder``; returns file names with their captions."""
    import matplotlib as mpl  # pyright: ignore[reportMissingImports] - of the extra bench

    mpl.use("Agg")
    mpl.rcParams.update({"font.size": 9, "svg.hashsalt": "firingorder", "figure.dpi": 110})
    folder.mkdir(parents=True, exist_ok=True)
    return [
        _order(f, folder),
        _errors(f, folder),
        _coverage(f, folder),
        _reliability(f, folder),
        _delay(f, folder),
    ]


def _figure(width: float, height: float, columns: int = 1) -> tuple[Any, Any]:
    from matplotlib import pyplot  # pyright: ignore[reportMissingImports]

    return pyplot.subplots(1, columns, figsize=(width, height), layout="constrained")


def _save(figure: Any, folder: Path, name: str, caption: str) -> tuple[str, str]:
    from matplotlib import pyplot  # pyright: ignore[reportMissingImports]

    figure.savefig(folder / f"{name}.svg", metadata={"Date": None})
    pyplot.close(figure)
    return f"{name}.svg", caption


def _order(f: Figures, folder: Path) -> tuple[str, str]:
    figure, axes = _figure(6.5, 4.0)
    for method, row in sorted(f.pooled.get("X", {}).items()):
        if method not in _COLOURS and method not in _PEERS:
            continue
        y = [row[f"order{lag:g}"] for lag in ORDER_LAGS_MS]
        style = {"color": _COLOURS[method]} if method in _COLOURS else {"ls": ":", "lw": 1.2}
        axes.plot(ORDER_LAGS_MS, [v.value for v in y], marker=".", label=method, **style)
        if method in _COLOURS:
            ends = [[v.low for v in y], [v.high for v in y]]
            axes.fill_between(ORDER_LAGS_MS, *ends, color=_COLOURS[method], alpha=0.15)
    axes.set(xscale="log", xlabel="true lead, ms", ylabel="right order, %", ylim=(50, 101))
    axes.set_xticks(ORDER_LAGS_MS, [f"{lag:g}" for lag in ORDER_LAGS_MS])
    axes.set_title("Order on mismatched pairs X1-X6 (simulated)")
    axes.legend(fontsize=7)
    axes.grid(alpha=0.3)
    return _save(figure, folder, "order", "Right order against the true lead, X1-X6 (simulated)")


def _errors(f: Figures, folder: Path) -> tuple[str, str]:
    names = list(f.by_scenario)
    figure, axes = _figure(9.0, 4.2)
    for shift, method in enumerate(("O1", "O2", COLD, WARM)):
        at = [k for k, name in enumerate(names) if method in f.by_scenario[name]]
        values = [f.by_scenario[names[k]][method]["mae"] for k in at]
        y = np.array([v.value for v in values])
        spread = (
            np.abs(np.array([[v.low, v.high] for v in values]).T - y) if at else np.zeros((2, 0))
        )
        x = np.array(at) + 0.18 * (shift - 1.5)
        axes.errorbar(x, y, spread, fmt="o", ms=3, lw=1, color=_COLOURS[method], label=method)
    axes.set_xticks(range(len(names)), [n.split("_")[0] for n in names], rotation=90)
    axes.set(yscale="log", ylabel="mean absolute error, ms")
    axes.set_title("Onset error by scenario, with 95 % bootstrap intervals (simulated)")
    axes.legend(fontsize=7)
    axes.grid(alpha=0.3)
    return _save(figure, folder, "errors", "Mean absolute onset error by scenario (simulated)")


def _coverage(f: Figures, folder: Path) -> tuple[str, str]:
    names = list(f.by_scenario)
    figure, axes = _figure(9.0, 3.6)
    axes.axhspan(92, 98, color="#2ca02c", alpha=0.12)
    for shift, method in enumerate((COLD, WARM_8, WARM)):
        at = [k for k, name in enumerate(names) if method in f.by_scenario[name]]
        values = [f.by_scenario[names[k]][method]["lead95_all"] for k in at]
        y = np.array([v.value for v in values])
        spread = (
            np.abs(np.array([[v.low, v.high] for v in values]).T - y) if at else np.zeros((2, 0))
        )
        x = np.array(at) + 0.2 * (shift - 1)
        axes.errorbar(x, y, spread, fmt="o", ms=3, lw=1, color=_COLOURS[method], label=method)
    axes.axhline(95, color="k", lw=0.6)
    axes.set_xticks(range(len(names)), [n.split("_")[0] for n in names], rotation=90)
    axes.set(ylabel="95 % intervals that cover, %", ylim=(60, 101))
    axes.set_title("Coverage of the 95 % interval of the lead (simulated; band: 92 to 98)")
    axes.legend(fontsize=7)
    return _save(figure, folder, "coverage", "Coverage of lead intervals by scenario (simulated)")


def _reliability(f: Figures, folder: Path) -> tuple[str, str]:
    figure, both = _figure(8.0, 3.8, 2)
    for axes, pool in zip(both, ("clean", "contaminated"), strict=True):
        axes.plot([0, 1], [0, 1], color="k", lw=0.6)
        for method in (COLD, WARM):
            curve = f.curves.get(pool, {}).get(method, [])
            axes.plot([c[0] for c in curve], [c[1] for c in curve], ".-",
                      color=_COLOURS[method], label=method)  # fmt: skip
        axes.set(
            xlabel="P(a first)", ylabel="share in which a was first", title=f"{pool} (simulated)"
        )
        axes.grid(alpha=0.3)
    both[0].legend(fontsize=7)
    return _save(figure, folder, "reliability", "Reliability of P(a first) (simulated)")


def _delay(f: Figures, folder: Path) -> tuple[str, str]:
    names = list(f.live)
    figure, axes = _figure(9.0, 3.6)
    x = np.arange(len(names))
    axes.bar(x, [f.live[n]["delay"].value for n in names], color="#1f77b4", label="mean delay")
    axes.plot(x, [f.live[n]["bound"].value for n in names], "k_", ms=10, label="bound")
    axes.plot(x, [f.live[n]["delay_p95"].value for n in names], ".", color="#d95f02", label="95 %")
    axes.set_xticks(x, [n.split("_")[0] for n in names], rotation=90)
    axes.set(ylabel="delay of the live alarm, ms")
    axes.set_title("Live detector against the causal bound (simulated)")
    axes.legend(fontsize=7)
    return _save(figure, folder, "delay", "Delay of live alarms against the bound (simulated)")
