"""Metrics of a set: typical values with intervals, spread, takeover, change (B4, B16, B20, B26)."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import replace
from typing import TYPE_CHECKING

from firingorder.signal.metrics.amount import exponential, median_of, metric
from firingorder.signal.metrics.change import change_metric
from firingorder.signal.metrics.spread import mad_of, order_entropy, sd_of
from firingorder.signal.metrics.takeover import takeover_metric
from firingorder.signal.metrics.timing import set_order

if TYPE_CHECKING:
    from collections.abc import Sequence

    from firingorder.findings import RepetitionFinding, SetFinding
    from firingorder.measures import Metric
    from firingorder.signal.metrics.change import Scope
    from firingorder.signal.reference import PersonalReference

_Key = tuple[str, str, str, str]
#: Metrics of repetitions that a set tells the median of.
_TYPICAL = frozenset(f"B{k}" for k in (5, 6, 7, 8, 10, 11, 12, 13, 14, 15, 22, 23))
#: A success is no measure of which a median makes sense, and a ratio's is that of its logarithm.
_NOT_TYPICAL = frozenset(("reaction_success", "glute_erector_ratio", "offset"))


#: Windows of the far position, of which a peak angle has a baseline.
_FAR = ("top", "bottom", "hold", "stance", "steady", "absorb")


def set_metrics(
    repetitions: Sequence[RepetitionFinding],
    summary: SetFinding,
    reference: PersonalReference | None = None,
    *,
    scope: Scope = "within_day",
) -> tuple[Metric, ...]:
    """Return the metrics of a set over its scored repetitions.

    The median of each measure over the repetitions that have it, with the interval of its
    bootstrap and their number as ``n``; spread of lead and of peak tilt; entropy of the order;
    takeover; change against the person's own baselines.

    Parameters
    ----------
    summary
        The same set, as ``summarise_set`` made it: its order is told, not made again.
    reference
        Whose baselines a change is told against, and of which ``scope`` they are.
    """
    scored = [one for one in repetitions if one.scored]
    values = _collect(scored)
    found = set_order(summary)
    found += _typical(values)
    found += _spread(scored, values, summary)
    found += _takeovers(scored)
    if reference is not None:
        found += _changes(scored, values, reference, scope)
    return tuple(found)


def _collect(scored: Sequence[RepetitionFinding]) -> dict[_Key, list[float]]:
    values: dict[_Key, list[float]] = defaultdict(list)
    for repetition in scored:
        for one in repetition.metrics:
            if one.value is not None and one.gate is None:
                values[one.code, one.name, one.subject, one.unit].append(one.value)
    return values


def _typical(values: dict[_Key, list[float]]) -> list[Metric]:
    found: list[Metric] = []
    for (code, name, subject, unit), seen in values.items():
        if code not in _TYPICAL or name in _NOT_TYPICAL:
            continue
        amount = median_of(seen)
        found.append(metric(code, name, subject, unit, amount))
        if name == "glute_erector_ln":
            ratio = exponential(amount)
            found.append(metric(code, "glute_erector_ratio", subject, unit, ratio))
    return found


def _spread(
    scored: Sequence[RepetitionFinding], values: dict[_Key, list[float]], summary: SetFinding
) -> list[Metric]:
    """SD and MAD of lead and peak tilt, entropy of the four verdicts (B20)."""
    samples = {"lead": (_leads(scored), "ms")}
    for (code, name, _, unit), seen in values.items():
        if code == "B14" and name.startswith("tilt_peak_"):
            samples[name] = (seen, unit)
    found: list[Metric] = []
    for name, (seen, unit) in samples.items():
        found.append(metric("B20", f"{name}_sd", "", unit, sd_of(seen)))
        found.append(metric("B20", f"{name}_mad", "", unit, mad_of(seen)))
    counts = (summary.glutes_first, summary.together, summary.back_first, summary.unclear)
    return [*found, metric("B20", "order_entropy", "", "bit", order_entropy(counts))]


def _takeovers(scored: Sequence[RepetitionFinding]) -> list[Metric]:
    """B16 of each side, over the repetitions that have both the ratio and the glute."""
    rows: dict[str, list[tuple[float, float]]] = defaultdict(list)
    for repetition in scored:
        glutes = {
            one.subject: one.value
            for one in repetition.metrics
            if one.code == "B16" and one.name == "glute_level"
        }
        for one in repetition.metrics:
            glute = glutes.get(one.subject)
            if one.name == "neighbour_ratio" and one.value is not None and glute is not None:
                rows[one.subject].append((one.value, glute))
    found: list[Metric] = []
    for side, seen in rows.items():
        found += takeover_metric(side, [row[0] for row in seen], [row[1] for row in seen])
    return found


def _changes(
    scored: Sequence[RepetitionFinding],
    values: dict[_Key, list[float]],
    reference: PersonalReference,
    scope: Scope,
) -> list[Metric]:
    """B26 of every baseline whose measure the set has: names as in ``PersonalReference``."""
    found: list[Metric] = []
    for name, baseline in reference.baselines.items():
        for unit, subject, seen in _of_baseline(name, scored, values):
            one = change_metric(name, unit, seen, baseline, scope)
            found.append(replace(one, subject=f"{scope}:{subject}" if subject else scope))
    return found


def _of_baseline(
    name: str, scored: Sequence[RepetitionFinding], values: dict[_Key, list[float]]
) -> list[tuple[str, str, list[float]]]:
    """Return unit, subject and values of what a baseline is about."""
    if name == "lead_ms":
        return [("ms", "", _leads(scored))]
    if name == "range_deg":
        seen = [one.pelvis.tilt_range_deg for one in scored if one.pelvis is not None]
        return [("deg", "", seen)]
    if name.endswith("_peak_deg"):
        wanted = {f"{name.removesuffix('_deg')}_{window}": window for window in _FAR}
        return [
            (unit, wanted[key], seen) for (_, key, _, unit), seen in values.items() if key in wanted
        ]
    measure, _, subject = name.partition(":")
    return [
        (unit, who, seen)
        for (_, key, who, unit), seen in values.items()
        if key == measure and subject in ("", who)
    ]


def _leads(scored: Sequence[RepetitionFinding]) -> list[float]:
    return [one.lead_ms for one in scored if one.lead_ms is not None]
