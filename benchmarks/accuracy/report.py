"""One page and one JSON from one run: ``docs/accuracy.md`` and ``out/accuracy.json``."""

from __future__ import annotations

import json
from dataclasses import asdict, is_dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from benchmarks.accuracy import plots, tables
from benchmarks.accuracy.bootstrap import Figure
from benchmarks.accuracy.goals import COLD, WARM, Goal, goals
from benchmarks.accuracy.results import GOAL_GROUPS
from benchmarks.accuracy.tables import markdown
from benchmarks.accuracy.tried import tried

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from benchmarks.accuracy.figures import Figures
    from benchmarks.accuracy.foreign import ForeignRow
    from benchmarks.accuracy.results import Results

_QUICK = """
> **This page was made by a quick run** of few trials: it proves that the command works,
> and its intervals are wide.
"""


def write(
    results: Results, f: Figures, foreign: Sequence[ForeignRow], page: Path, json_path: Path
) -> None:
    """Write page, plots and JSON."""
    found = goals(f)
    pictures = plots.draw(f, page.parent / "accuracy")
    page.write_text(text(results, f, foreign, found, pictures), encoding="utf-8")
    json_path.parent.mkdir(parents=True, exist_ok=True)
    whole = {
        "about": results.about,
        "goals": [asdict(g) | {"levels": [p.level for p in g.parts]} for g in found],
        "figures": {k: _plain(getattr(f, k)) for k in f.__dataclass_fields__},
        "settings_of_peers": {k: asdict(v) for k, v in results.settings.items()},
        "foreign": [asdict(row) for row in foreign],
    }
    json_path.write_text(json.dumps(_plain(whole), indent=1) + "\n", encoding="utf-8")


def text(
    results: Results,
    f: Figures,
    foreign: Sequence[ForeignRow],
    found: Sequence[Goal],
    pictures: Sequence[tuple[str, str]],
) -> str:
    """Return the page."""
    shown = {name.removesuffix(".svg"): f"![{caption}](accuracy/{name})\n\n*{caption}.*"
             for name, caption in pictures}  # fmt: skip
    parts = _opening(results, f, found, shown) + _rest_of_page(results, f, foreign, shown)
    return "\n\n".join(part for part in parts if part) + "\n"


def _opening(
    results: Results, f: Figures, found: Sequence[Goal], shown: dict[str, str]
) -> list[str]:
    """Return goals, order and errors."""
    return [
        "# Accuracy on simulated signals",
        "Made by `make bench-accuracy`; do not edit. **Everything here is simulated** unless a "
        "heading says "
        "otherwise: no public recording of a bridge with glute and erector EMG and known onsets "
        "was found. "
        "Numbers in parentheses are 95 % bootstrap intervals over trials (Poisson intervals for "
        "rates).",
        *([_QUICK.strip()] if results.plan.name == "quick" else []),
        _about(results),
        "## Goals (simulated)",
        "`must` is the floor, `reach` is where the limits say there is room. Reached or not goes "
        "by the measured "
        "value, not by its interval.",
        tables.goals_table(found),
        _not_reached(found),
        "## Order on mismatched pairs X1-X6 (simulated)",
        "Two muscles of different rise, level or tone: where a threshold's bias turns the order "
        "around. All cross "
        "pairs of the trials, both signs of the lag; a missed onset is wrong; refused onsets "
        "count by their estimate, "
        "because peers cannot refuse.",
        shown["order"],
        tables.order_table(f, "X"),
        tables.pair_table(f),
        "## Onset errors by scenario (simulated)",
        "MAE in ms over both channels. O1 knows rise and level of the clean signal, O2 does not "
        "know the rise.",
        shown["errors"],
        tables.mae_table(f),
        "### What can be told at all (simulated)",
        "Least MAE in ms of any estimate that is right on average (Cramer-Rao bound of the clean "
        "signal with white noise of 1 % of the rest power, mean of both channels): with "
        "everything known but the start, and with the rise and the height to be found from the "
        "same burst. Of first events (A5, A6) the start of the main burst tells nothing here; O1 "
        "knows the time between them. A prior over rises, cold or learnt, lies between the bounds, "
        "and pays with a bias where it does not fit. O1 and O2 see a signal without that white "
        "noise, ours one with all contaminants.",
        tables.bounds_table(f, results.bounds),
        f"### {COLD} (simulated)",
        tables.error_table(f, COLD),
        f"### {WARM} (simulated)",
        tables.error_table(f, WARM),
        "## All detectors, pooled over the scenarios (simulated)",
        "Each peer at the one filter and threshold that was best on tuning trials of all "
        "scenarios; `bp` is 20-450 Hz "
        "with a notch at 50 Hz, `hp` a high-pass of 100 Hz, both zero-phase. False alarms of "
        "peers are detections from "
        "0.1 s to 350 ms before the onset; ours are scored as a stream below. Peers see one "
        "trial at a time and are "
        "told where rest is.",
        tables.detector_table(f, results),
    ]  # fmt: skip


def _rest_of_page(
    results: Results, f: Figures, foreign: Sequence[ForeignRow], shown: dict[str, str]
) -> list[str]:
    """Return everything about uncertainty, time, and signals of others."""
    return [
        "## Intervals (simulated)",
        "Percent of intervals that hold the truth. A missed burst is not covered; refused ones "
        "are left out, except "
        "where the column says so. Widths are medians.",
        shown["coverage"],
        tables.interval_table(f),
        "## Refusals of the cold estimate (simulated)",
        markdown(("measured SNR", "reason", "refused", "of onsets"),
                 [(a, b, str(c), str(d)) for a, b, c, d in f.refusals]),
        "## Verdicts on X1-X6 (simulated)",
        "right / wrong / together / unclear in %, margin 30 ms, both signs of the lag.",
        tables.verdict_table(f),
        "## Probabilities (simulated)",
        shown["reliability"],
        tables.probability_table(f),
        "Reliability over all scenarios: mean P(a first) -> share in which a was first (count).",
        tables.reliability_table(f),
        "## Live detector over sessions (simulated)",
        f"Sessions of {results.plan.live_bursts} bursts, 5 s apart. "
        "The bound (Lorden 1971) is computed for the clean "
        "signal at the false-alarm rate measured on clean rest. Early: an alarm within 0.5 s "
        "before the burst. An alarm is raised at once and told as an onset some 50 ms later, or "
        "not at all: delay goes with alarms raised, telling with onsets told.",
        shown["delay"],
        tables.live_table(f),
        "### Live alarms in sessions of rest (simulated)",
        _rest_table(results, f),
        "## The whole product over sessions (simulated)",
        "Samples through the pipeline with the repetitions it finds itself; every extra "
        "repetition counts. At rest all "
        "contaminants are on: ECG 12, hum 2, wander 4, motion 8 rest SD, tone that fluctuates by "
        "30 %.",
        tables.stream_table(f),
        "## Offsets (simulated)",
        tables.offset_table(f),
        "## Cost",
        _cost_table(f),
        "## Recordings of others",
        _foreign_table(foreign),
        "## What these figures are not",
        "* The ramps of most scenarios are in the model's class; V1, R1 and M are not.\n"
        "* Motor-unit potentials begin before their discharge, so no Gaussian oracle is a limit "
        "there.\n"
        "* O2 searches rises over the range that the trials of a scenario leave open, on a grid "
        "of 3 to 12 %.\n"
        "* One simulated person per scenario and prior; people differ more.",
    ]  # fmt: skip


def _about(results: Results) -> str:
    a, plan = results.about, results.plan
    machine = a["machine"]
    packages = ", ".join(f"{k} {v}" for k, v in a["packages"].items())
    minutes = ", ".join(f"{k} {v:.0f}" for k, v in a["rest_minutes"].items())
    return markdown(
        ("what", "value"),
        [
            ("version", f"firingorder {a['firingorder']}, commit {a['commit']}, "
             f"settings {a['settings_hash'][:12]}"),
            ("machine", f"{machine['processor']}, {machine['cpus']} CPUs, {machine['platform']}, "
             f"Python {a['python']}"),
            ("packages", packages),
            ("seeds", ", ".join(f"{k} {v}" for k, v in a["seeds"].items())),
            ("trials a scenario", f"{plan.trials}; {', '.join(GOAL_GROUPS)} {plan.goal_trials}; "
             f"peers the first {plan.peer_trials} and {plan.peer_goal_trials}, "
             f"oracles {plan.oracle_trials}; tuning {plan.tune_trials}; "
             f"a simulated person for each {plan.repetitions}"),
            ("minutes of rest, channels together", minutes),
            ("run", f"{plan.name}, {a['wall_s'] / 60.0:.1f} min, "
             f"{a['from_cache']} results of peers and limits kept "
             "from an earlier run"),
        ],
    )  # fmt: skip


def _not_reached(found: Sequence[Goal]) -> str:
    """Return a row for each goal of which something is not reached, and what was tried."""
    missing: dict[str, list[str]] = {}
    for goal in found:
        for part in goal.parts:
            if part.level == "no":
                missing.setdefault(goal.number, []).append(f"{goal.what}: {part.what}")
    if not missing:
        return "Every must-goal is reached."
    rows = [(number, "; ".join(parts), tried(number)) for number, parts in missing.items()]
    return "Not reached, and what was tried:\n\n" + markdown(("no.", "not reached", "tried"), rows)


def _rest_table(results: Results, f: Figures) -> str:
    rows = [
        (
            name,
            f"{one.minutes:.1f}",
            str(one.raised),
            f.rest[f"{name}, raised"].text(2),
            str(one.told),
            f.rest[f"{name}, told"].text(2),
        )
        for name, one in results.rest.items()
    ]
    head = ("rest", "channel-minutes", "raised", "raised/min (95 %)", "told", "told/min (95 %)")
    return markdown(head, rows)


def _cost_table(f: Figures) -> str:
    names = {
        "refined_ms": "refined onset, cold, one channel, ms",
        "conditioning_ms_per_s": "conditioning, ms per second and channel",
        "live_ms_per_s": "live detector, ms per second and channel",
        "block_8_channels_ms": "whole pipeline, 8 channels, ms per block of 20 ms",
    }
    return markdown(
        ("step (process time, one core)", "value"),
        [(label, f.cost[key].text(2)) for key, label in names.items() if key in f.cost],
    )


def _foreign_table(foreign: Sequence[ForeignRow]) -> str:
    if not foreign:
        return (
            "None here: set FIRINGORDER_DATA to the folder that has kowalski_sim or "
            "semgdetection_tang2022."
        )
    rows: list[tuple[str, ...]] = []
    for row in foreign:
        e = np.array(row.errors_ms)
        shown = "-" if e.size == 0 else f"{np.mean(e):+.0f} / {np.mean(np.abs(e)):.0f}"
        rows.append(
            (
                row.name,
                row.kind,
                str(row.bursts),
                str(row.found),
                str(row.refused),
                shown,
                str(row.agree),
            )
        )
    head = (
        "recording",
        "kind",
        "bursts",
        "found",
        "refused",
        "bias / MAE, ms",
        "intervals that agree",
    )
    note = (
        "Few bursts each, in no pool. kowalski_sim has exact onsets but is simulated by others "
        "(rises of 0.8 to 1.2 s); "
        "marks by eye are no truth, and the error is taken from their middle."
    )
    return note + "\n\n" + markdown(head, rows)


def _plain(value: Any) -> Any:
    """Return a value as JSON knows it; a figure as [value, low, high], NaN as null."""
    if isinstance(value, Figure):
        return _plain([value.value, value.low, value.high])
    if isinstance(value, float):
        return None if not np.isfinite(value) else round(value, 6)
    if isinstance(value, np.generic):
        return _plain(value.item())
    if isinstance(value, dict):
        return {str(k): _plain(v) for k, v in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(v) for v in value]
    if is_dataclass(value) and not isinstance(value, type):
        return _plain(asdict(value))
    return value
