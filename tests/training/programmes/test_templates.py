"""The programmes that come with firingorder hold no number that is not in a record."""

from __future__ import annotations

from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from firingorder.errors import UsageError
from firingorder.training.exercises import load_exercise, task_ids
from firingorder.training.exercises.copies import copy_of
from firingorder.training.programmes.expanding import estimated_s, expand
from firingorder.training.programmes.templates import OFFERED, item_of, single, templates
from firingorder.training.programmes.typed import shown_value
from firingorder.training.programmes.writing import write_programme

if TYPE_CHECKING:
    from firingorder.training.programmes.records import Item

PAGE = Path(__file__).resolve().parents[3] / "docs" / "reference" / "programmes.md"


def test_every_file_is_offered() -> None:
    folder = files("firingorder.training.programmes")
    there = {one.name for one in folder.iterdir() if one.name.endswith(".yaml")}
    assert there == {f"{name}.yaml" for name in OFFERED}
    assert tuple(one.id for one in templates()) == OFFERED


def doses(item: Item) -> tuple[object, ...]:
    return item.reps, item.hold_s, item.tempo_s, item.rest_s, item.pause_s


#: Numbers that differ from those of the record, each with its reason in the page.
OWN_NUMBERS = {"find_it": ("reps", "hold_s", "rest_s", "pause_s"), "release": ("rest_s",)}


def test_doses_are_those_of_the_records() -> None:
    for programme in templates():
        for item in programme.items:
            own = item_of(load_exercise(item.exercise))
            free = OWN_NUMBERS.get(item.kind, ())
            for name in ("reps", "hold_s", "tempo_s", "rest_s", "pause_s"):
                if name not in free:
                    assert getattr(item, name) == getattr(own, name), (programme.id, item.exercise)


def test_the_order_and_the_tracks_are_those_of_the_articles() -> None:
    by_id = {one.id: one for one in templates()}
    sessions = by_id["sessions"]
    assert [item.exercise for item in sessions.items] == [
        "sit_hands", "bridge", "prone_raise", "side_step", "band_squat", "squat",
    ]  # fmt: skip
    assert sessions.per_week == (2, 3)
    assert sessions.items[-1].kind == "transfer"
    assert by_id["daily_iso"].per_week == (7, 7)
    screens = expand(by_id["screen_battery"], load_exercise)
    assert {one.kind for one in screens} == {"screen"}
    assert not any(any(one.feedback) for one in screens)
    assert [one.exercise for one in screens][-1] == "own_task"


@pytest.mark.parametrize("name", task_ids())
def test_one_exercise_alone_is_a_programme(name: str) -> None:
    exercise = load_exercise(name)
    for side in (None, *exercise.task.sides):
        programme = single(exercise, side)
        write_programme(programme)
        planned = expand(programme, load_exercise)
        assert {one.side for one in planned} <= set(exercise.task.sides)
        assert 0.0 < estimated_s(planned) < 20 * 60.0
        if exercise.modes == ("test",):
            assert not any(any(one.feedback) for one in planned)
    if "both" not in exercise.task.sides:
        with pytest.raises(UsageError, match="not both"):
            single(exercise, "both")


def test_a_copy_is_done_as_what_it_was_copied_from() -> None:
    ramp = load_exercise("sit_hands_ramp")
    assert single(copy_of(ramp, "my_ramp", "My ramp")).items[0].kind == "ramp"


def test_doses_of_records_are_read_as_meant() -> None:
    def of(name: str) -> tuple[object, ...]:
        return doses(single(load_exercise(name)).items[0])

    assert of("bridge") == ((10, 10), None, (2.0, 1.0, 2.0), 60.0, None)
    assert of("prone_raise") == ((6, 4, 2), 3.0, None, 60.0, None)
    assert of("side_step") == ((10, 10), None, None, 30.0, None)
    assert of("iso_sit") == ((10,), 10.0, None, 10.0, 10.0)
    assert of("gait")[0] == (40,)  # 20 strides of each leg, each step counted
    assert of("stand_shift")[:2] == ((1,), 120.0)
    assert single(load_exercise("release_quiet")).items[0].note == "At most 30 % effort."


def row(programme_id: str, item: Item) -> str:
    values = ", ".join(
        f"{name} {shown_value(item, field)}"
        for name, field in (("tempo", "tempo_s"), ("hold", "hold_s"), ("pause", "pause_s"))
        if shown_value(item, field)
    )
    cells = (
        f"`{programme_id}`", f"`{item.exercise}`", item.kind.replace("_", " "), item.mode,
        shown_value(item, "reps"), values or "own pace", f"{item.rest_s:g}",
        item.side.replace("_", " "), item.schedule,
    )  # fmt: skip
    return "| " + " | ".join(cells) + " |"


def test_the_page_has_the_programmes_as_they_are() -> None:
    expected = [row(one.id, item) for one in templates() for item in one.items]
    page = PAGE.read_text(encoding="utf-8").splitlines()
    assert [line for line in expected if line not in page] == []
