"""What a programme becomes: sets, sides, pyramids, fading, blocks that test what is kept."""

from __future__ import annotations

from firingorder.training.exercises import load_exercise
from firingorder.training.programmes.expanding import estimated_s, expand, told
from firingorder.training.programmes.records import Item, PlannedSet, Programme
from firingorder.training.programmes.templates import single


def sets(*items: Item, retention: int = 0) -> tuple[PlannedSet, ...]:
    return expand(Programme("p", "P", items, retention_reps=retention), load_exercise)


def test_a_pyramid_is_done_on_one_side_then_on_the_other() -> None:
    planned = expand(single(load_exercise("prone_raise")), load_exercise)
    assert [(one.side, one.reps) for one in planned] == [
        ("left", 6), ("left", 4), ("left", 2), ("right", 6), ("right", 4), ("right", 2),
    ]  # fmt: skip
    assert [(one.set_number, one.sets) for one in planned] == [(k, 6) for k in range(1, 7)]
    # Told: all, half, a quarter of the sets of each side.
    assert [sum(one.feedback) for one in planned] == [6, 2, 1] * 2


def test_sides_in_turn_and_together() -> None:
    turned = sets(Item("clam", reps=(5, 3), side="alternate"))
    assert [(one.side, one.reps) for one in turned] == [
        ("left", 5), ("right", 5), ("left", 3), ("right", 3),
    ]  # fmt: skip
    assert [one.side for one in sets(Item("sit_hands", reps=(2,), side="left_right_both"))] == [
        "left", "right", "both",
    ]  # fmt: skip


def test_feedback_fades_evenly_and_the_first_repetition_is_told() -> None:
    assert told("faded", 0, 10) == (True,) * 10
    assert told("faded", 1, 10) == (True, False) * 5
    assert [k for k, one in enumerate(told("faded", 2, 10)) if one] == [0, 4, 8]
    assert told("faded", 7, 10) == told("faded", 2, 10)
    assert told("none", 0, 3) == told("summary", 0, 3) == (False,) * 3
    assert told("bandwidth", 5, 3) == told("on_request", 5, 3) == (True,) * 3


def test_what_is_kept_is_tested_before_and_after_but_before_the_transfer() -> None:
    planned = sets(
        Item("sit_hands", kind="find_it", reps=(5,), side="left_right_both"),
        Item("prone_raise", reps=(6, 4), side="left_then_right"),
        Item("bridge", reps=(10,)),
        Item("squat", kind="transfer", reps=(5,), schedule="none"),
        retention=5,
    )
    assert [(one.exercise, one.retention) for one in planned] == [
        *[("sit_hands", "")] * 3, *[("prone_raise", "before")] * 2, *[("prone_raise", "")] * 4,
        ("bridge", ""), *[("prone_raise", "after")] * 2, ("squat", ""),
    ]  # fmt: skip
    for one in planned:
        if one.retention or one.kind == "transfer":
            assert one.feedback == (False,) * 5
            assert one.schedule == "none"


def test_rest_and_release_come_before_a_squeeze_where_the_programme_yields() -> None:
    ramp = Item("sit_hands_ramp", kind="ramp", side="both", reps=(3,))
    find = Item("sit_hands", kind="find_it", reps=(5,))
    release = Item("release_quiet", kind="release", mode="yield", reps=(5,))
    assert [one.item for one in sets(ramp, find, release)] == [2, 1, 0]
    # Without the mode Yield a release stays where the therapist put it.
    last = Item("release_quiet", kind="release", mode="activate", reps=(5,))
    assert [one.item for one in sets(ramp, last)] == [0, 1]


def test_the_time_is_what_is_asked_for_with_the_rests() -> None:
    bridge = sets(Item("bridge", reps=(10, 10), tempo_s=(2.0, 1.0, 2.0), rest_s=60.0))
    assert estimated_s(bridge) == 20.0 + 2 * 50.0 + 60.0
    squeeze = sets(Item("iso_sit", reps=(10,), hold_s=10.0, pause_s=10.0))
    assert estimated_s(squeeze) == 20.0 + 200.0
    assert estimated_s(()) == 0.0
