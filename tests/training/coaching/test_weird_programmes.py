"""Programmes nobody would write, bodies with two pads, people without a log: all come to an end."""

from __future__ import annotations

import json
import random
from dataclasses import replace
from typing import TYPE_CHECKING, Any, get_args

import numpy as np
import pytest

from firingorder.measures import Metric
from firingorder.montage import DEFAULT_EIGHT
from firingorder.signal.reference import ChannelReference, OwnBaseline, PersonalReference
from firingorder.training.coaching.deeds import Note
from firingorder.training.exercises.loader import load_exercise, task_ids
from firingorder.training.programmes.checking import problems
from firingorder.training.programmes.records import (
    Bounds,
    GoalMode,
    Item,
    Measure,
    RangeName,
    Schedule,
    SetBy,
    SetKind,
    SidePlan,
    Target,
)
from firingorder.training.programmes.templates import single
from firingorder.training.safety.facts import SafetyFacts
from tests.training.coaching import scripted
from tests.training.coaching.scripted import KNOWN, TODAY, Floor, plan_of

if TYPE_CHECKING:
    from firingorder.findings import RepetitionFinding

SEEDS = range(16)
#: Sets that nobody lifts in are left by a key, as only a key ends them.
PATIENCE = 25
PADS = (DEFAULT_EIGHT, DEFAULT_EIGHT[:2], ("gluteus_maximus_left", "erector_spinae_right"))


def item(rng: random.Random) -> Item:
    """Return an exercise asked for in ways that need not fit it."""
    base = single(load_exercise(rng.choice(task_ids()))).items[0]
    how: dict[str, Any] = {
        "reps": rng.choice(((1,), (3, 1), (60,), (2, 2, 2))),
        "rest_s": rng.choice((0.0, 3.0, 60.0, 150.0)),
        "kind": rng.choice((base.kind, *get_args(SetKind))),
        "mode": rng.choice((base.mode, *get_args(GoalMode))),
        "side": rng.choice((base.side, base.side, *get_args(SidePlan))),
        "schedule": rng.choice(get_args(Schedule)),
        "band": 5.0,
        "estimate_first": rng.random() < 0.3,
        "adaptive": rng.choice((None, Bounds(0.0, 80.0))),
        "range_name": rng.choice((None, *get_args(RangeName))),
        "hold_s": rng.choice((base.hold_s, 0.5, 30.0)),
        "tempo_s": rng.choice((base.tempo_s, (1.0, 0.5, 1.0))),
    }
    if rng.random() < 0.6:
        how["target"] = Target(rng.choice(get_args(Measure)), rng.choice((0.0, 20.0)),
                               rng.choice((None, 90.0)), rng.choice(get_args(SetBy)))  # fmt: skip
    return replace(base, **how)


def metrics(rng: random.Random) -> tuple[Metric, ...]:
    """Return levels that are known, silent, or refused."""
    refused: dict[str, Any] = {"gate": rng.choice(("not_normalised", "at_noise_floor", "low_snr"))}
    made = [
        Metric("B10", f"level_{window}", name, 50.0, "%", 45.0, 55.0)
        if rng.random() < 0.7 else Metric("B10", f"level_{window}", name, None, "%", **refused)
        for name in DEFAULT_EIGHT for window in ("top", "lift", "hold", "up", "stance", "steady")
    ]  # fmt: skip
    made += [
        Metric("B11", name, side, 0.4, "1", 0.3, 0.5)
        for name in ("hamstring_share", "isolation", "flexion_relaxation")
        for side in ("left", "right")
    ]
    return tuple(made)


class Anybody(Floor):
    """Measures what it is given, whatever is asked for."""

    measured: tuple[Metric, ...] = ()

    def _next(self, *args: Any, **more: Any) -> RepetitionFinding:
        return replace(super()._next(*args, **more), metrics=self.measured)


@pytest.mark.parametrize("seed", SEEDS)
def test_what_nobody_would_write_comes_to_an_end(
    seed: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    print("seed", seed)
    rng = random.Random(seed)
    pads = rng.choice(PADS)
    monkeypatch.setattr(scripted, "CHANNELS", pads)
    monkeypatch.setattr(scripted, "LONGEST_S", 60_000.0)
    facts = rng.choice((KNOWN, SafetyFacts(TODAY), replace(KNOWN, therapist=False)))
    plan = plan_of(
        *(item(rng) for _ in range(rng.choice((1, 2)))),
        retention_reps=rng.choice((0, 5)), facts=facts, hat=rng.choice(("person", "therapist")),
        questions=rng.random() < 0.6, seed=seed, cue_latency_s=rng.choice((None, (0.1, 0.01))),
    )  # fmt: skip
    for one in problems(plan.programme, load_exercise, pads, rng.random() < 0.5, plan.hat, facts):
        assert one.text
    floor = Anybody(
        plan, block_s=0.5, deaf=rng.random() < 0.15, gap_s=rng.choice((0.0, 5.0)),
        leads=lambda k: (80.0, -60.0, 5.0, None)[k % 4],
        reasons=lambda k: ((), (), ("half_range",), ("other_side",), ("missed",))[k % 5],
        faults=lambda k: ("takeover",) if k % 17 == 0 else (),
    )  # fmt: skip
    floor.measured = metrics(rng)
    own = {"lead_ms": OwnBaseline(10.0, 5.0, 3.0, 20, 2)}
    known = {name: ChannelReference(1.0, 100.0, 0.05) for name in pads}
    floor.call("refer", rng.choice((
        PersonalReference(), PersonalReference(known, "submaximal_reference", baselines=own)
    )))  # fmt: skip
    for turn in range(1, 2000):
        if floor.state == "summary":
            break
        if turn % PATIENCE == 0:
            floor.key("skip")
        floor.lead(most_s=20.0, pain=rng.choice((0, 1, 1, 1, 2)))
        if floor.state == "blocked":
            floor.key(rng.choice(("next", "override")), "because")
        elif floor.state == "work":
            floor.call("levels", floor.now_s, np.full(len(pads), rng.choice((40.0, np.nan))))
            floor.key(rng.choice(("tell", "smaller", "estimate", "pause", "go_on")), "glutes")
        elif floor.state == "paused":
            floor.key("go_on")
    assert floor.state == "summary"
    for _, _, deed in floor.heard:
        if isinstance(deed, Note):
            json.dumps(deed.values, allow_nan=False)
    for ended in floor.notes("set_ended"):
        assert ended["reason"] != "done" or ended["done"] >= ended["asked"]
        assert ended.get("hits") is None or ended["hits"] <= ended["done"]
        assert ended.get("inside") in (True, False, None)
