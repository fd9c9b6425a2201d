"""Copies are led like their originals; what a session ends with is told in the next one."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from firingorder.signal.reference import OwnBaseline, PersonalReference
from firingorder.training.coaching.deeds import BeginSet, Note, Say
from firingorder.training.exercises.copies import copy_of
from firingorder.training.exercises.loader import load_exercise, task_ids
from firingorder.training.programmes.expanding import expand
from firingorder.training.programmes.records import Bounds, Item, Target
from firingorder.training.programmes.templates import single
from firingorder.training.safety.facts import Kept
from tests.training.coaching.scripted import KNOWN, Floor, plan_of

LEAD = Target("lead_ms", 20.0, None)
BRIDGE = Item("bridge", mode="sequence", target=LEAD, reps=(5,), rest_s=40.0)


@pytest.mark.parametrize("name", task_ids())
def test_a_copy_is_led_word_by_word_like_its_original(name: str) -> None:
    """Also as find it, bend and own task, where the id of the record decides how it is led."""
    copy = copy_of(load_exercise(name), f"my_{name}", load_exercise(name).task.name)
    item = replace(single(load_exercise(name)).items[0], reps=(1,), rest_s=0.0)
    plan = plan_of(item, questions=False)
    programme = replace(plan.programme, items=(replace(item, exercise=copy.task.id),))
    sets = expand(programme, {copy.task.id: copy}.__getitem__)
    own = replace(plan, programme=programme, planned=sets, exercises={copy.task.id: copy})
    first, second = Floor(plan), Floor(own)
    assert first.lead()
    assert second.lead()
    assert _led(first) == _led(second)
    begun = [d.task for _, _, d in second.heard if isinstance(d, BeginSet)]
    assert {task.id for task in begun} == {name}
    assert {one["copy"] for one in second.notes("set_ended")} == {copy.task.id}


def _led(floor: Floor) -> list[Any]:
    """Return what happened when; tasks by their working side, notes by kind."""
    return [
        (t, state, d.task.working_side if isinstance(d, BeginSet)
         else (d.kind, d.values.get("exercise")) if isinstance(d, Note) else d)
        for t, state, d in floor.heard
    ]  # fmt: skip


def own(mdc: float) -> OwnBaseline:
    return OwnBaseline(median=20.0, sd=10.0, mdc=mdc, n=20, sets=2)


@pytest.mark.parametrize(
    ("across", "lead_ms", "spoken", "says"),
    [
        (30.0, 90.0, "kept.earlier", "more, beyond your own spread (30 ms, provisional)"),
        (30.0, -40.0, "kept.later", "less, beyond your own spread"),
        (30.0, 45.0, "kept.same", "within your own spread (30 ms)"),
        (None, 45.0, None, "baseline sets of two days"),
        (None, 25.0, "kept.same", "within your own spread (10 ms)"),
    ],
)
def test_the_first_block_is_held_against_the_last_session(
    across: float | None, lead_ms: float, spoken: str | None, says: str
) -> None:
    kept = Kept("bridge", "both", "2026-11-20", "lead_ms", 20.0, 15.0, 25.0, "ms", 5)
    plan = plan_of(BRIDGE, retention_reps=5, facts=replace(KNOWN, kept=(kept,)))
    floor = Floor(plan, leads=lambda k: lead_ms)
    floor.call("refer", PersonalReference(
        baselines={"lead_ms@bridge": own(10.0)},
        across_days={} if across is None else {"lead_ms@bridge": own(across)},
    ))  # fmt: skip
    floor.run(0.2)
    floor.key("answer", "1")
    assert any("20 ms (95 % 15 to 25, n = 5)" in one for one in floor.coach.view.lines)
    while floor.state != "rest":
        floor.lead(most_s=floor.block_s)
        assert not floor.notes("told")
    assert any(says in one for one in floor.coach.view.lines), floor.coach.view.lines
    told = floor.notes("carried_over")
    assert [one["spoken"] for one in told] == [spoken]
    assert (spoken in floor.says()) == (spoken is not None)
    assert floor.lead()
    assert len(floor.notes("carried_over")) == 1
    last = floor.notes("set_ended")[-1]
    assert (last["retention"], last["value"], last["n"]) == ("after", lead_ms, 5)
    assert last["low"] is not None


def test_nothing_is_carried_over_from_another_side_measure_or_an_empty_block() -> None:
    for kept in (
        Kept("bridge", "left", "2026-11-20", "lead_ms", 20.0, 15.0, 25.0, "ms", 5),
        Kept("bridge", "both", "2026-11-20", "level_percent", 20.0, 15.0, 25.0, "%", 5),
        Kept("bridge", "both", "2026-11-20", "lead_ms", None, None, None, "ms", 3),
    ):
        plan = plan_of(
            BRIDGE, questions=False, retention_reps=5, facts=replace(KNOWN, kept=(kept,))
        )
        floor = Floor(plan, leads=lambda k: 50.0)
        assert floor.lead()
        assert not floor.notes("carried_over"), kept


def test_a_threshold_that_moved_is_spoken_with_the_result_and_only_then() -> None:
    adaptive = Bounds(0.0, 100.0)
    for schedule, told in (("concurrent", 3), ("none", 0)):
        item = replace(BRIDGE, adaptive=adaptive, schedule=schedule, reps=(3,))  # type: ignore[arg-type]
        floor = Floor(plan_of(item, questions=False), leads=lambda k: -60.0 if k == 2 else 90.0)
        assert floor.lead()
        assert len(floor.notes("threshold")) == 3
        rows = [d.keys for _, _, d in floor.heard if isinstance(d, Say) and
                {"target_earlier", "target_later"} & set(d.keys)]  # fmt: skip
        assert [row[-1] for row in rows] == ["target_earlier", "target_later", "target_earlier"][
            :told
        ]
        assert all("first" in row[-2] for row in rows)
