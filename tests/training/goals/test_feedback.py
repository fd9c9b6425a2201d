"""When a result is told, what the person felt, what stays without feedback, what a set came to."""

from __future__ import annotations

from typing import Any

import pytest

from firingorder.signal.reference import OwnBaseline
from firingorder.training.goals import schedule
from firingorder.training.goals.retention import retained
from firingorder.training.goals.sides import sides_compared
from firingorder.training.programmes.records import Target
from tests.training.goals.made import USUAL, goal_of, lead, level, rep, with_usual

LEVEL = Target("level_percent", 40.0, 60.0)
BEFORE = (28.0, 30.0, 31.0, 29.0, 32.0, 30.0)
AFTER = (75.0, 78.0, 71.0, 74.0, 77.0, 73.0)


@pytest.mark.parametrize(
    "planned",
    [{"retention": "before"}, {"kind": "screen"}, {"kind": "transfer"}, {"schedule": "none"}],
)
def test_a_set_without_feedback_tells_nothing_but_that_a_repetition_did_not_count(
    planned: dict[str, Any],
) -> None:
    goal = goal_of("bridge", target=LEVEL, **planned)
    assert goal.tell(goal.repetition(level(50.0))) == (False, schedule.WITHOUT)
    lost = goal.repetition(rep(reasons=("half_range",)))
    assert goal.tell(lost) == (True, "")
    assert "go as far as before" in lost.why


def test_faded_tells_what_the_plan_says() -> None:
    plan = (True, False, False, True)
    goal = goal_of("bridge", target=LEVEL, schedule="faded", feedback=plan, reps=4)
    told = [goal.tell(goal.repetition(level(50.0))) for _ in range(5)]
    assert [one for one, _ in told] == [*plan, True]
    assert told[1][1] == schedule.FADED


def test_bandwidth_is_silent_inside_and_silence_means_inside() -> None:
    goal = goal_of("bridge", target=LEVEL, schedule="bandwidth", band=5.0)
    told = {one: goal.tell(goal.repetition(level(one))) for one in (36.0, 50.0, 64.0, 34.0, 66.0)}
    assert [told[one][0] for one in (36.0, 50.0, 64.0, 34.0, 66.0)] == [
        False, False, False, True, True,
    ]  # fmt: skip
    assert told[50.0][1] == schedule.INSIDE
    unknown = goal.repetition(rep())
    assert goal.tell(unknown)[0]  # what cannot be told is not inside
    own = goal_of(
        "bridge", with_usual(lead_ms=USUAL), mode="sequence", schedule="bandwidth", band=40.0
    )
    assert not own.tell(own.repetition(lead(45.0, 10.0, "glutes_first")))[0]
    assert own.tell(own.repetition(lead(55.0, 10.0, "glutes_first")))[0]


def test_on_request_waits_for_the_key_and_counts_it() -> None:
    goal = goal_of("bridge", target=LEVEL, schedule="on_request")
    first, second = goal.repetition(level(50.0)), goal.repetition(level(50.0))
    assert goal.tell(first) == (False, schedule.ON_REQUEST)
    assert goal.tell(second, requested=True) == (True, "")
    assert goal.values()["requests"] == 1
    assert "The result was asked for 1 time." in goal.summary()


def test_a_summary_comes_after_five() -> None:
    goal = goal_of("bridge", target=LEVEL, schedule="summary")
    told = [goal.tell(goal.repetition(level(one))) for one in (50.0, 45.0, 20.0, 39.0, 55.0)]
    assert told[3] == (False, schedule.LATER)
    shown, sentence = told[4]
    assert not shown
    assert "3 reached, 1 not reached, 1 too close to call" in sentence
    assert "median 45 %, from 20 % to 55 % (n = 5)" in sentence


def test_what_was_felt_is_compared_with_what_was_measured() -> None:
    goal = goal_of("bridge", mode="sequence", estimate_first=True)
    assert "no repetition" in goal.estimate("glutes")
    goal.repetition(lead(-70.0, 20.0, "back_first"))
    assert "another than you felt" in goal.estimate("glutes")
    goal.repetition(lead(70.0, 20.0, "glutes_first"))
    assert "the same" in goal.estimate("glutes")
    goal.repetition(lead(10.0, 80.0, "unclear"))
    assert "cannot be told" in goal.estimate("together")
    assert "not understood" in goal.estimate("hm")
    assert (goal.values()["estimates"], goal.values()["estimates_matched"]) == (2, 1)
    assert any("1 of 2 (95 %" in one for one in goal.summary())


def test_retention_is_in_units_of_the_own_error_and_not_without_it() -> None:
    own = OwnBaseline(30.0, 5.0, 15.0, 20, 2)
    kept = retained("lead_ms", BEFORE, AFTER, own)
    assert kept.metric.value == pytest.approx(44.5 / 15.0)
    assert "more, beyond the measuring error (15 ms, provisional)" in kept.sentence
    same = retained("lead_ms", BEFORE, BEFORE, own)
    assert "within the smallest change" in same.sentence
    raw = retained("lead_ms", BEFORE, AFTER, None)
    assert (raw.metric.value, raw.metric.gate) == (None, "no_baseline")
    assert raw.difference == pytest.approx(44.5)
    assert "44 ms" in raw.sentence
    assert "two baseline sets" in raw.sentence
    few = retained("lead_ms", BEFORE[:3], AFTER, own)
    assert few.difference is None
    assert "has 3" in few.sentence


def test_a_set_is_summed_up_with_counts_intervals_and_the_own_error() -> None:
    goal = goal_of(
        "bridge",
        with_usual(lead_ms=USUAL),
        mode="sequence",
        target=Target("lead_ms", 20.0, None),
    )
    for value in (60.0, 66.0, 71.0, 62.0, 69.0, 64.0):
        goal.repetition(lead(value, 20.0, "glutes_first"))
    goal.repetition(lead(10.0, 60.0, "unclear"))
    goal.repetition(rep(reasons=("no_rest",)))
    told = " ".join(goal.summary())
    assert "7 repetitions counted, 1 not: 1 × there was no rest before it" in told
    assert "6 of 6 reached the target (95 % 61 to 100 %); 1 more could not be told." in told
    first, unclear = "6 of 7 (95 % 49 to 97 %)", "1 of 7 (95 % 3 to 51 %)"
    assert f"Glute bridge: glutes first in {first}, can't tell in {unclear}." in told
    assert "earlier than it, beyond the measuring error" in told
    assert "n = 7" in told
    kept = goal.values()
    assert (kept["hit"], kept["no_claim"], kept["not_scored"], kept["n"]) == (6, 1, 1, 7)
    near = goal_of("bridge", with_usual(lead_ms=USUAL), mode="sequence")
    for value in (20.0, 22.0, 25.0, 21.0, 30.0):
        near.repetition(lead(value, 15.0, "glutes_first"))
    assert "The set is within it." in " ".join(near.summary())


def test_sides_that_work_one_at_a_time_are_compared_by_their_sets() -> None:
    left, right = (40.0, 42.0, 41.0, 39.0, 40.0), (50.0, 52.0, 49.0, 51.0, 50.0)
    reading, told = sides_compared(left, right)
    assert reading.value == pytest.approx(100.0 * 10.0 / 45.0)
    assert "n = 5" in told
    unequal, even = (Target("symmetry_percent", low, low + 20.0) for low in (15.0, -10.0))
    assert sides_compared(left, right, unequal)[1].endswith("15 to 35 %: inside it.")
    assert "more on the right than that" in sides_compared(left, right, even)[1]
    assert "smaller set has 3" in sides_compared(left[:3], right)[1]
