"""Own variability: from baseline sets to the smallest change of a measure that is told.

The formula is that of metric B26 (docs/reference/metrics.md; signal/metrics/change.py). Here the
repetitions of baseline sets become the values of each measure, and sets that are too short, or too
few, are refused with a sentence.

What a goal is held against belongs to its exercise: a level in a clamshell says nothing about a
bridge. Those baselines carry the exercise in their names (:func:`own_key`), so that a profile may
have several; those without are what the faults look at.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from firingorder.signal.metrics.change import BaselineSet, own_baseline

if TYPE_CHECKING:
    from collections.abc import Sequence

    from firingorder.calibration.profile import CalibrationProfile
    from firingorder.findings import RepetitionFinding
    from firingorder.measures import Metric
    from firingorder.signal.reference import OwnBaseline

#: Windows in which a peak of the pelvis is the far one, as signal/metrics/sets.py reads baselines.
_FAR = ("top", "bottom", "stance", "steady")
_AXES = ("tilt", "obliquity", "rotation")
#: Measures that keep their subject: "hamstring_share:left".
_PER_SUBJECT = ("hamstring_share", "tfl_share")
#: Measures of one exercise, with their subject: shares, ratios, and levels by window and channel.
_OF_TASK = (*_PER_SUBJECT, "glute_erector_ratio", "symmetry_index", "isolation",
            "flexion_relaxation")  # fmt: skip
_LEVEL = "level_"
#: Which side speaks for both, as the goals have it (docs/reference/goals.md section 3).
_OF_BOTH = {"hamstring_share": max, "flexion_relaxation": min}
_SIDES = ("_left", "_right")


@dataclass(frozen=True, slots=True)
class OwnParams:
    """What baseline sets must have. Proposals.

    ``least_repetitions`` with a value, as the formula asks for; ``asked_repetitions`` is what a
    person is told to do.
    """

    least_repetitions: int = 5
    asked_repetitions: int = 10


@dataclass(frozen=True, slots=True)
class OwnSet:
    """One baseline set: values by measure, and the number of the application of its electrodes.

    ``tasks`` are the exercises of its repetitions; empty where they are not known.
    """

    values: dict[str, tuple[float, ...]]
    application: int
    tasks: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class OwnVariability:
    """Baselines by measure, within one application of the electrodes and across several."""

    within_day: dict[str, OwnBaseline]
    across_days: dict[str, OwnBaseline]
    reasons: tuple[str, ...]

    @property
    def accepted(self) -> bool:
        """Whether any measure has a baseline."""
        return bool(self.within_day or self.across_days)


def own_key(measure: str, subject: str, task: str) -> str:
    """Return the name of a baseline that belongs to an exercise: "level_top:hamstring_left@bridge".

    ``subject`` is a channel, a muscle (both of its sides), or a side; empty for the whole body.
    """
    return f"{measure}:{subject}@{task}" if subject else f"{measure}@{task}"


def own_set(repetitions: Sequence[RepetitionFinding], application: int) -> OwnSet:
    """Return the values of a set's scored repetitions, named as ``PersonalReference`` has them."""
    values: dict[str, list[float]] = {}
    for one in repetitions:
        if not one.scored:
            continue
        if one.lead_ms is not None:
            values.setdefault("lead_ms", []).append(one.lead_ms)
        for name, value in _of_task(one):
            values.setdefault(name, []).append(value)
        if one.pelvis is not None:
            values.setdefault("range_deg", []).append(one.pelvis.tilt_range_deg)
        for metric in one.metrics:
            name = _name(metric)
            if name is not None and metric.value is not None and metric.gate is None:
                values.setdefault(name, []).append(metric.value)
    tasks = tuple(sorted({one.task for one in repetitions if one.scored and one.task}))
    return OwnSet({name: tuple(seen) for name, seen in values.items()}, application, tasks)


def own_variability(sets: Sequence[OwnSet], params: OwnParams | None = None) -> OwnVariability:
    """Return what two or more baseline sets say, or why they say nothing.

    Two sets make a provisional baseline. Sets with the electrodes put on again in between count
    across days only.
    """
    p = params or OwnParams()
    if len(sets) < 2:
        done = "one set was" if sets else "no set was"
        return OwnVariability(
            {}, {}, (f"Own variability needs two baseline sets, {done} done: do another one.",)
        )
    tasks = sorted({task for one in sets for task in one.tasks})
    if len(tasks) > 1:
        named = " and ".join(task.replace("_", " ") for task in tasks)
        return OwnVariability(
            {}, {}, (f"The baseline sets are of {named}: do the same exercise twice.",)
        )
    reasons = [
        f"Baseline set {k} has {longest} good repetitions, {p.least_repetitions} are needed: "
        f"repeat it with {p.asked_repetitions}."
        for k, one in enumerate(sets, start=1)
        if (longest := max(map(len, one.values.values()), default=0)) < p.least_repetitions
    ]
    names = sorted({name for one in sets for name in one.values})
    within: dict[str, OwnBaseline] = {}
    across: dict[str, OwnBaseline] = {}
    for name in names:
        rows = [
            BaselineSet(one.values.get(name, ()), str(one.application))
            for one in sets
            if one.values.get(name)
        ]
        today, over_days = own_baseline(rows, "within_day"), own_baseline(rows, "across_days")
        if today is not None:
            within[name] = today
        if over_days is not None:
            across[name] = over_days
    if not reasons and not (within or across):
        reasons.append("No measure was found in two baseline sets: do the same exercise twice.")
    return OwnVariability(within, across, tuple(reasons))


def with_baselines(profile: CalibrationProfile, own: OwnVariability) -> CalibrationProfile:
    """Return the profile with these baselines; measures they do not have are kept."""
    return replace(
        profile,
        within_day={**profile.within_day, **own.within_day},
        across_days={**profile.across_days, **own.across_days},
    )


def _of_task(one: RepetitionFinding) -> list[tuple[str, float]]:
    """Return what a repetition gives of the measures that belong to its exercise."""
    if not one.task:
        return []
    side = "" if one.side == "both" else one.side
    found = [] if one.lead_ms is None else [(own_key("lead_ms", side, one.task), one.lead_ms)]
    levels: dict[tuple[str, str], dict[str, float]] = {}
    for metric in one.metrics:
        value = metric.value
        if value is None or metric.gate is not None:
            continue
        if metric.name.startswith(_LEVEL) or metric.name in _OF_TASK:
            found.append((own_key(metric.name, metric.subject, one.task), value))
        if metric.name.startswith(_LEVEL) and metric.subject.endswith(_SIDES):
            muscle, _, of = metric.subject.rpartition("_")
            levels.setdefault((metric.name, muscle), {})[of] = value
    for (name, muscle), both in levels.items():
        if len(both) == len(_SIDES):
            found.append((own_key(name, muscle, one.task), sum(both.values()) / len(_SIDES)))
    for name, chosen in _OF_BOTH.items():
        seen = [m.value for m in one.metrics
                if m.name == name and m.value is not None and m.gate is None]  # fmt: skip
        if len(seen) == len(_SIDES):
            found.append((own_key(name, "both", one.task), chosen(seen)))
    return found


def _name(metric: Metric) -> str | None:
    """Return under which name a metric is a baseline, None where it is none."""
    for axis in _AXES:
        for kind in ("peak", "mean"):
            if metric.name in {f"{axis}_{kind}_{window}" for window in _FAR}:
                return f"{axis}_{kind}_deg"
    if metric.name in _PER_SUBJECT:
        return f"{metric.name}:{metric.subject}" if metric.subject else metric.name
    return None
