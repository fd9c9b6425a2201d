"""Repetitions made by hand: what a goal sees of them, and nothing else."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np

from firingorder.findings import OnsetEstimate, RepetitionFinding, VerdictFinding
from firingorder.measures import Compensation, Metric, PhaseTimes
from firingorder.montage import NAMES
from firingorder.signal.reference import ChannelReference, OwnBaseline, PersonalReference
from firingorder.training.exercises import load_exercise
from firingorder.training.goals.set_goal import SetGoal
from tests.training.goals.people import planned_set

CHANNELS = tuple(name for name in NAMES if not name.startswith("tensor"))
REFERENCE = PersonalReference(
    {name: ChannelReference(1.0, 100.0, 0.05) for name in CHANNELS}, "submaximal_reference"
)
USUAL = OwnBaseline(median=10.0, sd=30.0, mdc=25.0, n=20, sets=2)


def with_usual(**baselines: OwnBaseline) -> PersonalReference:
    return PersonalReference(dict(REFERENCE.channels), REFERENCE.normalisation, baselines=baselines)


def goal_of(exercise: str, reference: PersonalReference = REFERENCE, **planned: Any) -> SetGoal:
    extra = ("threshold", "display_latency_s", "cue_latency_s")
    more = {key: planned.pop(key) for key in extra if key in planned}
    task = load_exercise(exercise).task
    side = planned.setdefault("side", "both" if "both" in task.sides else task.sides[0])
    task = replace(task, working_side=side if side in task.sides else task.working_side)
    return SetGoal(planned_set(exercise, **planned), task, CHANNELS, reference, **more)


def lead(value: float | None, half: float, verdict: Any, **more: Any) -> RepetitionFinding:
    """A repetition with a lead and its interval."""
    known = value is not None
    bounds = (value - half, value + half) if value is not None else (None, None)
    return rep(
        lead_ms=value, low_ms=bounds[0], high_ms=bounds[1], verdict=verdict,
        reason=None if known and verdict != "unclear" else "interval_too_wide", **more,
    )  # fmt: skip


def level(percent: float, half: float = 2.0, **more: Any) -> RepetitionFinding:
    """A repetition with both glutes at a level at its top."""
    return rep(metrics=levels("top", percent, half), **more)


def levels(window: str, percent: float, half: float, muscle: str = "gluteus_maximus") -> Any:
    return tuple(
        metric(f"level_{window}", f"{muscle}_{side}", percent, half) for side in ("left", "right")
    )


def metric(
    name: str, subject: str, value: float | None, half: float = 0.0, unit: str = "%", **more: Any
) -> Metric:
    bounds = {} if value is None else {"low": value - half, "high": value + half}
    return Metric("B0", name, subject, value, unit, **{**bounds, **more})


_COUNT = [0]


def rep(**more: Any) -> RepetitionFinding:
    _COUNT[0] += 1
    at_s = float(more.pop("at_s", 10.0 * _COUNT[0]))
    taken_over = more.pop("taken_over", False)
    reasons = more.get("reasons", ())
    base: dict[str, Any] = {
        "index": _COUNT[0], "set_index": 1, "start_s": at_s, "movement_onset_s": at_s,
        "top_s": at_s + 1.0, "end_s": at_s + 4.0, "scored": not reasons, "reasons": (),
        "onsets": {}, "pairs": (), "verdict": "unclear", "reason": "not_asked", "sides": "both",
        "lead_ms": None, "low_ms": None, "high_ms": None, "pelvis": None, "compensations": (),
        "bursts": (), "decided_at_s": at_s + 4.5,
        "phases": PhaseTimes(at_s, at_s + 4.0, at_s, at_s + 1.0, at_s + 3.0, at_s + 3.0),
    }  # fmt: skip
    if taken_over:
        base["faults"] = (Compensation("takeover", 0.4, 0.2, "1", at_s + 4.0),)
        base["compensations"] = ("takeover",)
    return RepetitionFinding(**(base | more))


def cued(at_s: float, reaction_s: float, side: str, **more: Any) -> RepetitionFinding:
    """An answer to a cue: the glutes of a side start so long after it."""
    sides = ("left", "right") if side == "both" else (side,)
    onset_s = at_s + reaction_s
    onsets = {
        f"gluteus_maximus_{one}": OnsetEstimate(onset_s, onset_s - 0.02, onset_s + 0.02)
        for one in sides
    }
    phases = PhaseTimes(
        onset_s, at_s + 6.0, None, onset_s + 0.5, at_s + 5.0, at_s + 5.2,
        cue_s=at_s, release_s=at_s + 5.0,
    )  # fmt: skip
    return rep(at_s=at_s, onsets=onsets, phases=phases, end_s=at_s + 6.0, **more)


def early(index: int, stage: Any, verdict: Any, value: Any, low: Any, high: Any) -> VerdictFinding:
    return VerdictFinding(index, {}, (), verdict, None, "both", value, low, high, 1.0, stage=stage)


def row(**percent: float) -> np.ndarray:
    """Levels now by muscle, both sides alike; what is not named is unknown."""
    found = np.full(len(CHANNELS), np.nan)
    for k, name in enumerate(CHANNELS):
        muscle = name.rsplit("_", 1)[0]
        if name in percent:
            found[k] = percent[name]
        elif muscle in percent:
            found[k] = percent[muscle]
    return found
