"""Changing a programme by keys and by typing, and taking it back."""

from __future__ import annotations

from random import Random
from typing import Any

import pytest

from firingorder.errors import FileFormatError, UsageError
from firingorder.training.programmes import editing
from firingorder.training.programmes.editing import History
from firingorder.training.programmes.records import Bounds, Item, Programme, Target
from firingorder.training.programmes.typed import shown_value, typed_value
from firingorder.training.programmes.writing import write_programme
from tests.training.programmes.random_programmes import random_item

NAMES = ("bridge", "clam", "squat")
PLAN = Programme("p", "Plan", tuple(Item(name) for name in NAMES))


def order(programme: Programme) -> list[str]:
    return [item.exercise for item in programme.items]


def test_items_come_go_and_move() -> None:
    assert order(editing.add(PLAN, Item("gait"), 0)) == ["gait", *NAMES]
    assert order(editing.remove(PLAN, 1)) == ["bridge", "squat"]
    assert order(editing.duplicate(PLAN, 1)) == ["bridge", "clam", "clam", "squat"]
    assert order(editing.move(PLAN, 0, 2)) == ["clam", "squat", "bridge"]
    assert order(editing.move(PLAN, 0, -1)) == order(editing.move(PLAN, 2, 9)) == list(NAMES)
    assert order(PLAN) == list(NAMES)
    for wrong in (-1, 3):
        with pytest.raises(ValueError, match="no exercise"):
            editing.remove(PLAN, wrong)


def test_a_test_has_no_feedback_and_no_target() -> None:
    band = Target("level_percent", 40.0, None)
    trained = editing.set_target(PLAN, 0, band, Bounds(20.0, 60.0))
    assert (trained.items[0].target, trained.items[0].adaptive) == (band, Bounds(20.0, 60.0))
    tested = editing.change(trained, 0, "kind", "screen").items[0]
    assert (tested.schedule, tested.target, tested.adaptive) == ("none", None, None)
    assert editing.change(editing.change(trained, 0, "kind", "screen"), 0, "kind", "work").items[
        0
    ] == Item("bridge")
    with pytest.raises(FileFormatError, match=r"target does not go with screen"):
        editing.set_target(editing.change(PLAN, 0, "kind", "screen"), 0, band)


def test_what_a_file_may_not_hold_cannot_be_edited_in() -> None:
    with pytest.raises(FileFormatError, match=r"Plan: exercise 2 \(clam\): reps is 0, below 1"):
        editing.change(PLAN, 1, "reps", [0])
    with pytest.raises(FileFormatError, match="band is missing"):
        editing.change(PLAN, 1, "schedule", "bandwidth")
    both = editing.change_all(PLAN, 1, {"schedule": "bandwidth", "band": 5})
    assert both.items[1].band == 5.0


def test_keys_step_and_stop_at_the_limits() -> None:
    def after(field: str, *steps: int, of: Programme = PLAN) -> Item:
        for by in steps:
            of = editing.stepped(of, 0, field, by)
        return of.items[0]

    assert after("reps", 1, 1).reps == (12,)
    assert after("reps", -20).reps == (1,)
    assert after("sets", 1, 1).reps == (10, 10, 10)
    assert after("sets", -1).reps == (10,)
    assert after("hold_s", 1, 1).hold_s == 2.0
    assert after("hold_s", 1, -1).hold_s is None
    assert after("rest_s", -30).rest_s == 0.0
    assert after("side", 1).side == "left"
    assert after("side", -1).side == "left_right_both"
    with pytest.raises(ValueError, match="no steps"):
        after("note", 1)


def test_every_way_can_be_walked_back_and_forth() -> None:
    seed = 7
    print("seed", seed)
    rng = Random(seed)
    history, walked = History(PLAN), [PLAN]
    for k in range(12):
        changed = editing.add(history.present, random_item(rng), rng.randint(0, 3))
        changed = editing.move(changed, 1, rng.randint(0, 4))
        write_programme(changed)
        history = history.did(f"step {k}", changed)
        walked.append(changed)
    assert (history.undo_label, history.redo_label) == ("step 11", "")
    for expected in reversed(walked[:-1]):
        history = history.undone()
        assert history.present == expected
    assert history.undone() is history
    for expected in walked[1:]:
        history = history.redone()
        assert history.present == expected
    assert history.redone() is history
    assert history.did("nothing", history.present) is history
    # A new step after going back leaves nothing to go forth to.
    assert history.undone().did("other", PLAN).redo_label == ""


@pytest.mark.parametrize(
    ("field", "text", "value"),
    [
        ("reps", "10", [10]), ("reps", "3 x 10", [10] * 3), ("reps", "6-4-2", [6, 4, 2]),
        ("reps", "6, 4, 2", [6, 4, 2]), ("reps", "3×8", [8] * 3), ("tempo_s", "2-1-2", [2, 1, 2]),
        ("tempo_s", "2,5-1-2 s", [2.5, 1, 2]), ("tempo_s", "", None), ("hold_s", "10 s", 10.0),
        ("rest_s", "2,5", 2.5), ("hold_s", "own pace", None), ("low", "-20 ms", -20.0),
        ("estimate_first", "Yes", True), ("note", " Slowly ", "Slowly"), ("mode", "Yield", "yield"),
    ],
)  # fmt: skip
def test_what_is_typed_is_understood(field: str, text: str, value: Any) -> None:
    assert typed_value(field, text) == value


@pytest.mark.parametrize(
    ("field", "text"),
    [
        ("reps", "ten"), ("reps", ""), ("reps", "99 x 10"), ("reps", "2.5"), ("reps", "²"),
        ("tempo_s", "2-1"), ("hold_s", "1e3"), ("rest_s", "nan"), ("estimate_first", "perhaps"),
    ],
)  # fmt: skip
def test_what_is_not_understood_is_told_with_an_example(field: str, text: str) -> None:
    with pytest.raises(UsageError, match=r"such as|type one"):
        typed_value(field, text)


def test_what_is_shown_can_be_typed() -> None:
    rng = Random(3)
    for _ in range(8):
        item = random_item(rng)
        plan = Programme("p", "P", (Item("bridge", kind=item.kind, schedule=item.schedule),))
        for field in ("reps", "side", "mode", "estimate_first", "range_name"):
            value = typed_value(field, shown_value(item, field))
            changed = editing.change_all(plan, 0, {field: value, "band": 5}).items[0]
            assert getattr(changed, field) == getattr(item, field)
    assert shown_value(Item("x", tempo_s=(2.0, 1.5, 2.0)), "tempo_s") == "2-1.5-2"
