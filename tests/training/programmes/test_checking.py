"""What stands in the way of a programme: each thing alone is told, and nothing else."""

from __future__ import annotations

from typing import Any

import pytest

from firingorder.montage import DEFAULT_EIGHT
from firingorder.training.exercises import load_exercise
from firingorder.training.exercises.copies import Exercises
from firingorder.training.programmes.checking import Problem, problems
from firingorder.training.programmes.records import Item, Programme, Target
from firingorder.training.programmes.templates import templates
from firingorder.training.safety.facts import SafetyFacts

GLUTES = tuple(name for name in DEFAULT_EIGHT if name.startswith("gluteus_maximus"))
RIGHT = tuple(name for name in DEFAULT_EIGHT if name.endswith("right"))
FACTS = SafetyFacts("2024-06-11")
ALONE = {"hat": "person", "facts": FACTS}


def found(item: Item, **others: Any) -> list[Problem]:
    given: dict[str, Any] = {"channels": DEFAULT_EIGHT, "has_imu": True, "hat": "therapist"}
    given.update(others)
    told = problems(Programme("p", "Plan", (item,)), Exercises(), **given)
    for one in told:
        assert one.text.endswith((".", ")"))
    return list(told)


@pytest.mark.parametrize(
    ("item", "others", "severity", "says"),
    [
        (Item("bridge", reps=(0,)), {}, "stop", "reps is 0, below 1"),
        (Item("bridge", rest_s=-1), {}, "stop", "rest_s is -1"),
        (Item("squat", side="left", mode="sequence"), {}, "stop", "not done with left; choose"),
        (Item("clam"), {}, "stop", "not done with both; choose left or right"),
        (Item("bridge", kind="find_it"), {}, "stop", "find it needs a squeeze on a word"),
        (Item("clam", kind="return_bend", side="left"), {}, "stop", "no bend and return"),
        (Item("bridge", mode="balance"), {}, "warn", "no mode balance; choose activate"),
        (Item("bird_dog", side="left"), {}, "warn", "do it as a screen or transfer"),
        (Item("prone_raise", kind="smallest_range", side="left"), {}, "warn", "say tiny, small"),
        (Item("iso_sit"), {"channels": ("hamstring_left",)}, "stop", "none of its muscles has"),
        (Item("bridge"), {"channels": RIGHT}, "warn", "hamstring left and erector spinae left"),
        (Item("iso_sit"), {"channels": GLUTES[:1]}, "warn", "gluteus maximus right has no pad"),
        (
            Item("iso_sit", target=Target("symmetry_percent", -10, 10)),
            {"channels": (*GLUTES[:1], "gluteus_medius_right")}, "stop",
            "its symmetry needs pads on gluteus maximus on both sides",
        ),
        (Item("gait", kind="screen", schedule="none"), {"has_imu": False}, "stop",
         "needs a motion sensor on the pelvis"),
        (Item("iso_sit"), ALONE, "stop", "Without a therapist there are"),
        (Item("return_bend", kind="return_bend"), {"has_imu": False}, "warn", "connect one"),
        (Item("lengthen", mode="yield"), {}, "warn", "put release_quiet first"),
    ],
)  # fmt: skip
def test_each_thing_is_told(item: Item, others: dict[str, Any], severity: str, says: str) -> None:
    told = found(item, **others)
    assert [one.severity for one in told if says in one.text] == [severity]
    # Only pads that are missing are told beside it.
    assert [
        one.text for one in told if says not in one.text and "not measured" not in one.text
    ] == []


def test_an_order_cannot_be_trained_without_the_back() -> None:
    told = found(Item("bridge", mode="sequence"), channels=GLUTES)
    assert [one.field for one in told if one.severity == "stop"] == ["target"]
    assert "lead needs pads on gluteus maximus and erector spinae on one side" in told[-1].text
    assert not [one for one in found(Item("bridge", mode="sequence")) if one.severity == "stop"]


def test_an_unknown_exercise_is_one_stop_at_its_place() -> None:
    told = found(Item("brigde"))
    assert {one.severity for one in told} == {"stop"}
    assert told[-1].item == 0
    assert "remove it, or import the programme again" in told[-1].text


def test_what_comes_with_firingorder_can_be_done_with_all_pads() -> None:
    for programme in templates():
        told = problems(programme, load_exercise, DEFAULT_EIGHT, True, "therapist")
        assert told == (), programme.id


def test_alone_a_person_may_do_what_is_meant_for_that() -> None:
    def stopped(name: str) -> bool:
        programme = next(one for one in templates() if one.id == name)
        told = problems(programme, load_exercise, DEFAULT_EIGHT, True, "person", FACTS)
        return any(one.severity == "stop" for one in told)

    assert {one.id for one in templates() if not stopped(one.id)} == {
        "without_therapist", "find_it", "release_rest",
    }  # fmt: skip
