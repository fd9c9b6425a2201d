"""Every exercise in each of its modes: something sensible is said of a repetition."""

from __future__ import annotations

from typing import get_args

from firingorder.signal.repetitions import Cue
from firingorder.training.exercises import load_exercise, task_ids
from firingorder.training.programmes.records import GoalMode
from tests.training.goals.made import CHANNELS, cued, goal_of, metric
from tests.training.goals.test_words import FORBIDDEN

WINDOWS = ("lift", "top", "lower", "hold", "down", "bottom", "up", "stance", "steady")


def everything() -> tuple[object, ...]:
    """One repetition with all there is to measure, so that no mode is refused for want of it."""
    found = [metric(f"level_{window}", name, 40.0, 2.0) for window in WINDOWS for name in CHANNELS]
    found += [metric("time_to_quiet", name, 0.8, 0.1, "s") for name in CHANNELS]
    found += [metric("reaction", name, 400.0, 30.0, "ms") for name in CHANNELS]
    found += [metric("symmetry_index", f"gluteus_{one}", 5.0, 4.0) for one in ("maximus", "medius")]
    for side in ("left", "right"):
        found.append(metric("hamstring_share", side, 0.4, 0.02, "1"))
        found.append(metric("flexion_relaxation", side, 4.0, 0.5, "1"))
        found += [metric(f"absorb_{part}", side, 30.0, 2.0) for part in ("before", "after")]
    return tuple(found)


def test_every_exercise_says_something_sensible_in_each_mode() -> None:
    metrics, said = everything(), 0
    for name in task_ids():
        exercise = load_exercise(name)
        modes = [one for one in exercise.modes if one in get_args(GoalMode)] or ["activate"]
        for mode in modes:
            for side in exercise.task.sides:
                kind = "work" if mode in exercise.modes else "screen"
                goal = goal_of(name, mode=mode, side=side, kind=kind)
                goal.asked(Cue("go", 10.0, side))
                one = cued(
                    10.0, 0.4, side, metrics=metrics, verdict="glutes_first", reason=None,
                    lead_ms=60.0, low_ms=30.0, high_ms=90.0,
                )  # fmt: skip
                judged = goal.repetition(one)
                where = f"{name}, {mode}, {side}: {judged}"
                # Nothing was aimed at, but for the line of the ramp: it follows from the kind only.
                assert judged.outcome == "shown", where
                assert not judged.coloured, where
                assert judged.value is not None, where
                assert judged.low is not None, where
                assert 1 <= len(judged.headline.split()) <= 3, where
                assert "n = 1" in judged.line, where
                assert not FORBIDDEN.search(f"{judged.headline} {judged.line}"), where
                assert goal.summary()[0] == "1 repetition counted.", where
                said += 1
    assert said >= 50
