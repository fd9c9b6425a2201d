"""The threshold that follows the person: what share is reached, and what it never does."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from firingorder.training.goals.staircase import Staircase
from firingorder.training.programmes.records import Bounds, Target
from tests.training.goals.made import goal_of, lead, level, metric, rep

SEED = 6
#: Spread and drift per repetition of people, in percent of the reference; share of lapses.
PEOPLE = {
    "steady": (5.0, 0.0, 0.0),
    "scatters": (12.0, 0.0, 0.0),
    "nearly the same each time": (1.0, 0.0, 0.0),
    "improves": (5.0, 0.03, 0.0),
    "tires": (5.0, -0.03, 0.0),
    "lapses": (5.0, 0.0, 0.1),
}


@pytest.mark.parametrize("name", PEOPLE)
@pytest.mark.parametrize("start", [20.0, 60.0])
def test_seven_to_eight_of_ten_are_reached_whoever_it_is(name: str, start: float) -> None:
    spread, drift, lapses = PEOPLE[name]
    bounds = Bounds(20.0, 60.0)
    shares: list[float] = []
    for seed in range(SEED, SEED + 10):
        rng = np.random.default_rng(seed)
        stairs = Staircase(bounds, start, rising=True)
        reached: list[bool] = []
        for k in range(300):
            value = 42.0 + drift * k + spread * rng.standard_normal()
            value = 0.0 if rng.uniform() < lapses else value
            reached.append(value >= stairs.value)
            stairs.step(reached[-1])
            assert bounds.low <= stairs.value <= bounds.high
        shares.append(float(np.mean(reached[100:])))
    print(f"seeds {SEED} to {SEED + 9}, {name}: {min(shares):.2f} to {max(shares):.2f}")
    assert 0.7 <= min(shares)
    assert max(shares) <= 0.8


def test_whoever_is_out_of_reach_of_the_bounds_keeps_the_threshold_at_one() -> None:
    """Positive and negative control: then the share is not what is aimed at."""
    for value, bound in ((90.0, 60.0), (5.0, 20.0)):
        stairs = Staircase(Bounds(20.0, 60.0), 40.0, rising=True)
        bounded = [stairs.step(value >= stairs.value) for _ in range(100)]
        assert stairs.value == bound
        assert bounded[-1]
        assert not bounded[0]


def test_where_quiet_is_aimed_at_harder_is_lower() -> None:
    stairs = Staircase(Bounds(1.0, 5.0), 3.0, rising=False)
    stairs.step(reached=True)
    harder = stairs.value
    stairs.step(reached=False)
    assert harder == pytest.approx(3.0 - 0.2 / 3.0)
    assert stairs.value == pytest.approx(harder + 0.2)


def test_bounds_that_cannot_be_are_refused() -> None:
    for bounds in (Bounds(5.0, 5.0), Bounds(1.0, 5.0, 0.0), Bounds(1.0, 5.0, 5.0, (1.0, 1.0))):
        with pytest.raises(ValueError, match="cannot be"):
            Staircase(bounds, 2.0, rising=True)


def test_the_target_moves_between_repetitions_and_each_move_is_logged() -> None:
    target = Target("level_percent", 40.0, None)
    goal = goal_of("bridge", target=target, adaptive=Bounds(20.0, 60.0))
    first = goal.repetition(level(50.0))
    assert first.target == target
    assert goal.next_threshold == pytest.approx(40.0 + 2.0 / 3.0)
    second = goal.repetition(level(30.0))
    assert second.target is not None
    assert second.target.low == pytest.approx(40.0 + 2.0 / 3.0)
    assert second.outcome == "miss"
    assert goal.next_threshold == pytest.approx(40.0 + 2.0 / 3.0 - 2.0)
    moves = [(one.number, one.reached, one.before < one.after) for one in goal.changes]
    assert moves == [(1, True, True), (2, False, False)]
    goal.repetition(rep(reasons=("half_range",)))
    assert len(goal.changes) == 2


def test_a_close_level_did_not_reach_it_and_an_unclear_lead_moves_nothing() -> None:
    near = goal_of(
        "bridge", target=Target("level_percent", 40.0, None), adaptive=Bounds(20.0, 60.0)
    )
    assert near.repetition(level(39.0)).outcome == "no_claim"
    assert near.next_threshold == pytest.approx(38.0)
    order = goal_of(
        "bridge", mode="sequence", target=Target("lead_ms", 20.0, None), adaptive=Bounds(0.0, 100.0)
    )
    assert order.repetition(lead(30.0, 40.0, "unclear")).outcome == "no_claim"
    assert order.next_threshold == 20.0
    assert order.changes == ()


@pytest.mark.parametrize("still", [{"retention": "before"}, {"kind": "screen"}])
def test_nothing_moves_in_a_test(still: dict[str, Any]) -> None:
    goal = goal_of(
        "bridge", target=Target("level_percent", 40.0, None), adaptive=Bounds(20.0, 60.0), **still
    )
    goal.repetition(level(50.0))
    assert goal.next_threshold is None
    assert goal.changes == ()


def test_without_a_target_it_begins_at_the_median_of_the_first_three() -> None:
    goal = goal_of("bridge", adaptive=Bounds(20.0, 45.0))
    outcomes = [goal.repetition(level(one)).outcome for one in (41.0, 39.0, 50.0, 44.0)]
    assert outcomes == ["shown", "shown", "shown", "hit"]
    assert goal.changes[0].before == 41.0
    far = goal_of("bridge", adaptive=Bounds(20.0, 45.0), threshold=80.0)
    assert far.next_threshold == 45.0


def test_an_even_share_has_no_easier_and_harder() -> None:
    goal = goal_of(
        "bridge",
        mode="balance",
        target=Target("symmetry_percent", -10.0, 10.0),
        adaptive=Bounds(-20.0, 20.0),
    )
    goal.repetition(rep(metrics=(metric("symmetry_index", "gluteus_maximus", 2.0, 3.0),)))
    assert goal.next_threshold is None
    assert any("stays as it is" in one for one in goal.notes)
