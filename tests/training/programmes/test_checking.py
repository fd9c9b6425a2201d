"""What stands in the way of a programme: each thing alone is told, and nothing else."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, get_args

import pytest

from firingorder.montage import DEFAULT_EIGHT
from firingorder.training.exercises import load_exercise
from firingorder.training.exercises.copies import Exercises, changed, copy_of
from firingorder.training.programmes.checking import Problem, problems
from firingorder.training.programmes.fitting import OF_KIND, OF_MODE
from firingorder.training.programmes.records import Item, Measure, Programme, Target
from firingorder.training.programmes.templates import templates
from firingorder.training.programmes.whole import renew, whole
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
            Item("sit_hands", mode="balance", target=Target("symmetry_percent", -10, 10)),
            {"channels": (*GLUTES[:1], "gluteus_medius_right")}, "stop",
            "its symmetry needs pads on gluteus maximus on both sides",
        ),
        (Item("gait", kind="screen", schedule="none"), {"has_imu": False}, "stop",
         "needs a motion sensor on the pelvis"),
        (Item("iso_sit"), ALONE, "stop", "Without a therapist there are"),
        (Item("return_bend", kind="return_bend"), {"has_imu": False}, "warn", "connect one"),
        (Item("lengthen", mode="yield"), {}, "warn", "put Squeeze lightly and let go first"),
    ],
)  # fmt: skip
def test_each_thing_is_told(item: Item, others: dict[str, Any], severity: str, says: str) -> None:
    told = found(item, **others)
    assert [one.severity for one in told if says in one.text] == [severity]
    # Only pads that are missing are told beside it.
    assert [
        one.text for one in told if says not in one.text and "not measured" not in one.text
    ] == []


_FITS = {
    "lead_ms": Item("bridge", mode="sequence"),
    "level_percent": Item("clam", side="left"),
    "hold_share": Item("iso_sit", hold_s=5.0),
    "time_to_quiet_s": Item("release_quiet", kind="release", mode="yield"),
    "rest_percent": Item("release_quiet", kind="release", mode="yield"),
    "symmetry_percent": Item("sit_hands", mode="balance"),
    "hamstring_share": Item("bridge"),
    "ramp_error_percent": Item("sit_hands_ramp", kind="ramp"),
    "isolation_share": Item("sit_hands", kind="isolation", side="left_right_both"),
    "reaction_ms": Item("sit_hands", kind="find_it"),
    "absorb_percent": Item("land_absorb", mode="yield"),
    "flexion_relaxation": Item("lengthen", mode="yield"),
}


@pytest.mark.parametrize("measure", get_args(Measure))
def test_a_measure_is_refused_wherever_it_would_never_be_measured(measure: Measure) -> None:
    """Where one fits nothing is said; in every other kind, mode or exercise one thing to do is."""

    def told(item: Item) -> list[Problem]:
        with_target = replace(item, target=Target(measure, 0.0, None))
        return [one for one in found(with_target) if one.field in ("target", "mode")]

    assert told(_FITS[measure]) == []
    for other in _FITS.values():
        problem = told(other)
        of_kind = OF_KIND.get(other.kind)
        right = measure in (of_kind or OF_MODE[other.mode])
        if not right:
            assert problem, (measure, other)
            assert all("choose" in one.text for one in problem)
            if of_kind is not None:
                assert problem[0].severity == "stop"


def test_a_sequence_needs_an_exercise_with_an_order() -> None:
    told = found(Item("iso_sit", mode="sequence"))
    assert [(one.severity, one.field) for one in told if "no order" in one.text] == [
        ("stop", "mode")
    ]
    lead = found(Item("clam", side="left", target=Target("lead_ms", 20.0, None)))
    assert any("asks for no order" in one.text and one.severity == "stop" for one in lead)


def test_a_copy_that_was_changed_since_is_told_and_one_that_is_only_inside_is_known() -> None:
    copy = copy_of(load_exercise("bridge"), "my_bridge", "My bridge")
    exercises = Exercises({"my_bridge": copy})
    programme = whole(Programme("p", "Plan", (Item("my_bridge"),)), exercises)
    given: Any = {"channels": DEFAULT_EIGHT, "has_imu": True, "hat": "therapist"}
    assert problems(programme, exercises, **given) == ()
    assert problems(programme, Exercises(), **given) == ()
    newer = Exercises({"my_bridge": changed(copy, "together_margin_ms", 45.0)})
    (told,) = problems(programme, newer, **given)
    assert (told.severity, told.item, "renew the programme" in told.text) == ("warn", 0, True)
    assert problems(renew(programme, newer), newer, **given) == ()
    alone = problems(programme, exercises, **given | {"hat": "person"}, facts=FACTS)
    assert alone == (), "a copy of the bridge is the bridge"


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
