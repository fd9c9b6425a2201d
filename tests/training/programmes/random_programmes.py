"""Programmes of every kind, drawn by a seed; all of them may stand in a file."""

from __future__ import annotations

from typing import TYPE_CHECKING, get_args

from firingorder.training.exercises import task_ids
from firingorder.training.programmes import records
from firingorder.training.programmes.records import Bounds, Item, Programme, Target

if TYPE_CHECKING:
    from random import Random

_TEXTS = ("", "Slowly", "no", "null", "1:30", "010", "ä: ü # …", "two\nlines", " *x &y", "~")


def random_item(rng: Random) -> Item:
    kind = rng.choice(get_args(records.SetKind))
    silent = kind in ("screen", "transfer")
    schedule = "none" if silent else rng.choice(get_args(records.Schedule))
    return Item(
        exercise=rng.choice(task_ids()),
        kind=kind,
        mode=rng.choice(get_args(records.GoalMode)),
        target=None if silent or rng.random() < 0.4 else random_target(rng),
        reps=tuple(rng.randint(1, 200) for _ in range(rng.randint(1, 5))),
        hold_s=rng.choice([None, 3.0, rng.uniform(0.1, 3600.0)]),
        tempo_s=rng.choice([None, (2.0, 1.0, 2.0), (rng.uniform(0.1, 9.0), 0.0, 1e-5)]),
        rest_s=rng.choice([0.0, 60.0, rng.uniform(0.0, 3600.0)]),
        pause_s=rng.choice([None, 0.0, 10.0]),
        side=rng.choice(get_args(records.SidePlan)),
        schedule=schedule,
        band=rng.uniform(0.1, 50.0) if schedule == "bandwidth" else rng.choice([None, 5.0]),
        estimate_first=rng.random() < 0.5,
        adaptive=None if silent else rng.choice([None, Bounds(-5.0, 5.5, 2.5, (0.6, 0.75))]),
        range_name=rng.choice([None, *get_args(records.RangeName)]),
        note=rng.choice(_TEXTS),
    )


def random_target(rng: Random) -> Target:
    low = rng.uniform(0.0, 50.0)
    bounds = rng.choice([(low, None), (None, low), (low, low + rng.uniform(0.1, 50.0))])
    by = rng.choice(get_args(records.SetBy))
    return Target(rng.choice(get_args(records.Measure)), *bounds, set_by=by)


def random_programme(rng: Random) -> Programme:
    return Programme(
        id=rng.choice(["a", "my_plan", "no", "null", "on"]),
        name=rng.choice([one for one in _TEXTS if one.strip()]),
        items=tuple(random_item(rng) for _ in range(rng.randint(1, 6))),
        retention_reps=rng.randint(0, 9),
        per_week=rng.choice([None, (2, 3), (7, 7)]),
        track=rng.choice(_TEXTS),
        pain_policy=rng.choice(["strict", "traffic_light"]),
        made_by=rng.choice(get_args(records.MadeBy)),
        brought_by=rng.choice(["", "person"]),
        note=rng.choice(_TEXTS),
    )
