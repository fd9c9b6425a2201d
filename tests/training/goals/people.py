"""Simulated people through the whole signal chain, as what a goal is given; once per person."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import lru_cache
from typing import TYPE_CHECKING, Any

import numpy as np

from firingorder.findings import OnsetFinding, RepetitionFinding, VerdictFinding
from firingorder.samples import EmgChunk, EmgLayout, ImuChunk, ImuLayout
from firingorder.signal.pipeline import Pipeline
from firingorder.signal.reference import ChannelReference, PersonalReference
from firingorder.signal.repetitions import Cue
from firingorder.signal.settings import Settings
from firingorder.signal.wanted import Wanted
from firingorder.simulation.exercises.body import ExerciseBody
from firingorder.simulation.scenarios import make_body
from firingorder.training.exercises import load_task
from firingorder.training.goals.set_goal import SetGoal
from firingorder.training.programmes.records import PlannedSet

if TYPE_CHECKING:
    from firingorder.samples import FloatArray
    from firingorder.signal.task import TaskSpec
    from firingorder.training.goals.records import Judged

RATE_HZ = 1000
#: Every reference contraction is this much louder than the exercise: its level is half of it.
LOUDER = 2.0

Given = tuple[str, Any]


@dataclass(frozen=True)
class Person:
    """What a goal was given, in order: ("cue" | "levels" | "found", item); and the truth."""

    body: ExerciseBody
    task: TaskSpec
    reference: PersonalReference
    given: tuple[Given, ...]

    @property
    def repetitions(self) -> list[RepetitionFinding]:
        return [item for kind, item in self.given if isinstance(item, RepetitionFinding)]


@lru_cache(maxsize=8)
def person(name: str, seconds: int, seed: int, options: str = "person=clean&pace=usual") -> Person:
    """Somebody who does an exercise for so long; every muscle's reference is known.

    What the end of the recording cuts off is left out.
    """
    print(f"seed {seed}, {name}?{options}")
    body = make_body(f"{name}?{options}", seed=seed)
    assert isinstance(body, ExerciseBody)
    assert body.nominal_mount_wxyz is not None
    task = load_task(name)
    side = next(one for one in body.true_repetitions).side
    if "both" not in task.sides:
        task = replace(task, working_side=side, side_assumed=False)
    reference = PersonalReference(_channels(body), "submaximal_reference", still_deg_s=0.3)
    pipeline = Pipeline(
        Settings(),
        task,
        EmgLayout(float(RATE_HZ), body.channels),
        ImuLayout(100.0, body.nominal_mount_wxyz),
        reference,
        wanted=Wanted(live_onsets=False, display=True, early_verdicts=False, checks=False),
    )
    cues = sorted(_cues(body), key=lambda one: one.at_s)
    given: list[Given] = []
    quiet = np.zeros((RATE_HZ // 5, len(body.channels)), dtype=np.bool_)
    for k in range(5 * seconds):
        now_s = 0.2 * k
        while cues and cues[0].at_s < now_s:
            given.append(("cue", cues[0]))
            given += _found(pipeline.cue(cues.pop(0)))
        given += _found(pipeline.step(ImuChunk(20 * k, now_s, 100.0, *body.imu(20 * k, 20))))
        emg_uv = body.emg_uv(200 * k, 200)
        given += _found(pipeline.step(EmgChunk(200 * k, now_s, float(RATE_HZ), emg_uv, quiet)))
        for block in pipeline.take_display()[0]:
            given += _levels(block, body.channels, reference)
    return Person(body, task, reference, tuple(given))


def train(who: Person, planned: PlannedSet, **more: Any) -> tuple[SetGoal, list[Judged]]:
    """Give it all to a goal; return it and what it judged, repetition by repetition."""
    task = replace(who.task, working_side=planned.side)
    goal = SetGoal(planned, task, who.body.channels, who.reference, **more)
    judged = [one for kind, item in who.given if (one := give(goal, kind, item)) is not None]
    return goal, judged


def give(goal: SetGoal, kind: str, item: Any) -> Judged | None:
    """Give one thing; return what was judged of a repetition."""
    if kind == "cue":
        goal.asked(item)
    elif kind == "levels":
        goal.levels(*item)
    elif isinstance(item, RepetitionFinding):
        return goal.repetition(item)
    elif isinstance(item, VerdictFinding):
        goal.early(item)
    elif isinstance(item, OnsetFinding):
        goal.onset(item)
    return None


def planned_set(exercise: str, **more: Any) -> PlannedSet:
    """A set of ten with feedback on each."""
    base: dict[str, Any] = {
        "item": 0, "set_number": 1, "sets": 1, "exercise": exercise, "name": exercise,
        "kind": "work", "mode": "activate", "target": None, "side": "both", "reps": 10,
        "hold_s": None, "tempo_s": None, "rest_s": 60.0, "schedule": "concurrent",
    }  # fmt: skip
    base |= more
    base.setdefault("feedback", (True,) * base["reps"])
    return PlannedSet(**base)


def _cues(body: ExerciseBody) -> list[Cue]:
    found: list[Cue] = []
    for one in body.true_repetitions:
        if one.cue_s is not None and one.release_s is not None:
            found += [Cue("go", one.cue_s, one.side), Cue("release", one.release_s, one.side)]
    return found


def _channels(body: ExerciseBody) -> dict[str, ChannelReference]:
    """Twice the loudest plateau of the first repetitions, and ten times the rest at least."""
    rest = {one.name: one.rest_uv for one in body.person.muscles}
    loudest = dict.fromkeys(rest, 0.0)
    for repetition in body.true_repetitions[:3]:
        for burst in repetition.bursts:
            level_uv = rest[burst.channel] * burst.level * 10.0 ** (burst.snr_db / 20.0)
            loudest[burst.channel] = max(loudest[burst.channel], level_uv)
    return {
        name: ChannelReference(uv, max(LOUDER * loudest[name], 10.0 * uv), 0.05 * uv)
        for name, uv in rest.items()
    }


def _found(items: list[Any]) -> list[Given]:
    return [("found", one) for one in items]


def _levels(block: Any, channels: tuple[str, ...], reference: PersonalReference) -> list[Given]:
    """Levels every 20 ms, percent, as the session gives them."""
    whole: FloatArray = np.array([reference.reference_uv(name) or np.nan for name in channels])
    size = RATE_HZ // 50
    return [
        ("levels", (block.t0_s + stop / RATE_HZ, 100.0 * block.envelope_uv[stop - 1] / whole))
        for stop in range(size, len(block.envelope_uv) + 1, size)
    ]
