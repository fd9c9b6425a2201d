"""From a result to what a trend shows of it: one part for each exercise and side of a session.

Where a session has several sets of an exercise, their repetitions are counted together; leads,
intervals and shares are made as those of a set are (docs/reference/method.md).
"""

from __future__ import annotations

from collections import defaultdict
from statistics import median
from typing import TYPE_CHECKING, Any, cast

import numpy as np

from firingorder.library.records import SessionSummary, SummaryPart
from firingorder.signal.set_params import SetParams
from firingorder.signal.sets import leads_of, share, typical_interval

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from firingorder.signal.sets import SetLeads

Found = dict[str, Any]
#: Muscles whose order is shown for each side.
PAIR = ("gluteus_maximus", "erector_spinae")


def summary_of(
    result: Mapping[str, Any], *, corrected: Iterable[int] = (), pair: tuple[str, str] = PAIR
) -> SessionSummary:
    """Return the summary of a result of schema ``firingorder.analysis/1``.

    Parameters
    ----------
    result
        As ``Analysis.to_dict`` gives it, with corrections counted in where there are any.
    corrected
        Numbers of the repetitions that corrections touch.
    pair
        Muscles whose leads stand for one side, without their side.
    """
    touched = set(corrected)
    recording = cast("Found", result["recording"])
    groups: dict[tuple[str, str], list[Found]] = defaultdict(list)
    for rep in cast("list[Found]", result["repetitions"]):
        task = str(rep.get("task") or recording.get("task") or "")
        side = str(rep.get("side") or recording.get("side") or "both")
        groups[task, side].append(rep)
    parts = tuple(_part(task, side, reps, touched, pair) for (task, side), reps in groups.items())
    software = cast("Found", result["software"])
    settings = str(software.get("settings_hash") or "")
    touched_in_all = sum(part.corrected for part in parts)
    return SessionSummary(str(software["version"]), parts, touched_in_all, settings)


def _part(
    task: str, side: str, reps: list[Found], touched: set[int], pair: tuple[str, str]
) -> SummaryPart:
    params = SetParams()
    scored = [rep for rep in reps if rep["scored"]]
    count = {
        verdict: sum(rep["verdict"] == verdict for rep in scored)
        for verdict in ("glutes_first", "together", "back_first", "unclear")
    }
    # As in a set: where the sides claim opposite orders, the lead says nothing about either.
    leads = _leads(rep for rep in scored if rep.get("reason") != "sides_differ")
    interval = typical_interval(leads, params)
    quartiles = np.percentile(leads.leads_ms, (25, 75)) if len(leads) else (None, None)
    found = share(count["glutes_first"], len(scored), params.level)
    left, right = (_side_lead(scored, side, pair) for side in ("left", "right"))
    return SummaryPart(
        task=task,
        side=side,
        repetitions=len(reps),
        scored=len(scored),
        leads=len(leads),
        **count,
        share=None if found is None else found.share,
        share_low=None if found is None else found.low,
        share_high=None if found is None else found.high,
        lead_ms=leads.median_ms,
        lead_low_ms=None if interval is None else interval[0],
        lead_high_ms=None if interval is None else interval[1],
        lead_q1_ms=_number(quartiles[0]),
        lead_q3_ms=_number(quartiles[1]),
        lead_left_ms=left,
        lead_right_ms=right,
        corrected=sum(int(rep["index"]) in touched for rep in reps),
        metrics=_metrics(scored),
    )


def _leads(timed: Iterable[Found]) -> SetLeads:
    """Return the leads that have an interval."""
    table = [
        (float(one["lead_ms"]), float(one["low_ms"]), float(one["high_ms"]))
        for one in timed
        if None not in (one["lead_ms"], one["low_ms"], one["high_ms"])
    ]
    return leads_of(table)


def _side_lead(scored: list[Found], side: str, pair: tuple[str, str]) -> float | None:
    names = [f"{muscle}_{side}" for muscle in pair]
    return _leads(
        one
        for rep in scored
        for one in cast("list[Found]", rep["pairs"])
        if [one["a"], one["b"]] == names
    ).median_ms


def _metrics(scored: list[Found]) -> tuple[tuple[str, float], ...]:
    """Return the median of each metric over the repetitions in which it may be used."""
    values: dict[str, list[float]] = defaultdict(list)
    for rep in scored:
        for one in cast("list[Found]", rep.get("metrics") or []):
            if one["value"] is not None and one["gate"] is None:
                subject = f":{one['subject']}" if one["subject"] else ""
                values[f"{one['name']}{subject}"].append(float(one["value"]))
    # To six significant digits, as the result has them: a trend reads thousands of these.
    return tuple((name, float(f"{median(one):.6g}")) for name, one in sorted(values.items()))


def _number(value: Any) -> float | None:
    return None if value is None else float(value)
