"""Copies of exercises: all records write and read back, and a copy says where it is from."""

from __future__ import annotations

import json
from importlib.resources import files
from typing import TYPE_CHECKING, Any

import pytest
import yaml
from jsonschema import Draft202012Validator

from firingorder.errors import FileFormatError, UsageError
from firingorder.signal.pose_segmenter import make_pose_segmenter
from firingorder.training.exercises import load_exercise, load_task, read_exercise, task_ids
from firingorder.training.exercises.copies import (
    FREE,
    MECHANICS,
    Exercises,
    base_of,
    changed,
    copy_of,
    task_of,
)
from firingorder.training.exercises.parsing import FIELDS
from firingorder.training.exercises.writing import digest, to_record, write_exercise

if TYPE_CHECKING:
    from firingorder.training.exercises.records import Exercise

SCHEMA = json.loads((files("firingorder") / "schemas/exercise-1.json").read_text(encoding="utf-8"))


def mine(name: str = "bridge") -> Exercise:
    return copy_of(load_exercise(name), f"my_{name}", "Mine")


@pytest.mark.parametrize("name", task_ids())
def test_every_record_and_its_copy_read_back_equal(name: str) -> None:
    original, copied = load_exercise(name), mine(name)
    for one in (original, copied):
        text = write_exercise(one)
        assert read_exercise(text, "mine.yaml") == one
        assert list(Draft202012Validator(SCHEMA).iter_errors(yaml.safe_load(text))) == []
    assert base_of(copied) == name
    # Of a copy only identity, name and where it is from differ.
    before, after = to_record(original), to_record(copied)
    assert {key for key in before if before[key] != after[key]} == {"id", "name", "provenance"}


def test_a_copy_names_the_record_and_its_version() -> None:
    bridge = load_exercise("bridge")
    (key, says), *others = copy_of(bridge, "mine", "Mine", "firingorder 1.2").provenance
    assert key == "copy_of.bridge"
    assert says == f"copied from bridge, version {digest(bridge)}, firingorder 1.2"
    assert tuple(others) == bridge.provenance
    # The version is that of what the record says: another margin, another version.
    other = changed(mine(), "together_margin_ms", 31)
    assert digest(other) != digest(mine()) != digest(bridge)
    again = copy_of(other, "second", "Second")
    assert [name for name, _ in again.provenance][:2] == ["copy_of.my_bridge", "copy_of.bridge"]
    assert base_of(again) == "bridge"


def test_every_field_is_free_or_mechanics_or_fixed() -> None:
    fixed = {"schema", "id", "evidence", "tested_on", "reference"}
    assert fixed | set(FREE) | set(MECHANICS) == FIELDS
    assert not set(FREE) & set(MECHANICS)


def test_words_doses_margin_and_faults_are_free() -> None:
    one = changed(mine(), "together_margin_ms", 40)
    one = changed(one, "faults", ["tempo"])
    texts = to_record(one)["texts"]
    texts["en"]["cues"] = ["Slowly"]
    texts["de"] = {**texts["en"], "setup": "Auf den Rücken legen."}
    one = changed(one, "texts", texts)
    assert (one.task.together_margin_ms, one.faults) == (40.0, ("tempo",))
    assert one.text("de").setup == "Auf den Rücken legen."
    assert one.text().cues == ("Slowly",)
    assert read_exercise(write_exercise(one), "x") == one


def test_a_changed_dose_is_no_longer_the_articles() -> None:
    doses: list[dict[str, Any]] = to_record(mine())["dose"]
    changed_dose = changed(mine(), "dose", [{**doses[0], "sets": 3}, doses[1]])
    assert [(d.sets, d.provenance, d.evidence) for d in changed_dose.doses] == [
        (3, "therapist", "P"), (None, "product", "P"),
    ]  # fmt: skip
    assert changed(mine(), "dose", doses).doses == load_exercise("bridge").doses


def test_how_repetitions_are_found_changes_only_when_it_is_meant() -> None:
    with pytest.raises(UsageError, match="decides how repetitions of Mine are found"):
        changed(mine(), "onset_window_ms", [-300, 300])
    told = changed(mine(), "onset_window_ms", [-300, 300], mechanics=True)
    told = changed(told, "prime", ["gluteus_maximus"], mechanics=True)
    says = dict(told.provenance)["changed_mechanics"]
    assert says == "how it is measured was changed: onset_window_ms prime"
    # Where it is from cannot be taken away.
    kept = changed(told, "provenance", {"own": "words"})
    assert [name for name, _ in kept.provenance] == [
        "copy_of.bridge", "changed_mechanics", "own",
    ]  # fmt: skip


def test_what_may_not_be_is_refused() -> None:
    for one, field, value, says in (
        (load_exercise("bridge"), "faults", [], "stays as it is; change a copy"),
        (mine(), "tested_on", "people", "cannot be changed"),
        (mine(), "id", "bridge", "cannot be changed"),
    ):
        with pytest.raises(UsageError, match=says):
            changed(one, field, value)
    with pytest.raises(FileFormatError, match=r"Mine: together_margin_ms is -1, below 1"):
        changed(mine(), "together_margin_ms", -1)
    with pytest.raises(UsageError, match="give the copy another id"):
        copy_of(load_exercise("bridge"), "clam", "Clam")
    with pytest.raises(FileFormatError, match="not a word in lower case"):
        copy_of(load_exercise("bridge"), "My Bridge", "Mine")


def test_exercises_are_found_among_all() -> None:
    exercises = Exercises({"my_clam": mine("clam")})
    assert exercises("bridge") is load_exercise("bridge")
    assert exercises("my_clam").task.name == "Mine"
    assert "my_clam" in exercises
    assert "nobody" not in exercises
    assert exercises.ids == (*task_ids(), "my_clam")
    with pytest.raises(UsageError, match=r"Unknown task 'nobody'.*Own copies: my_clam\."):
        exercises("nobody")
    with pytest.raises(UsageError, match="give it an id of its own"):
        Exercises({"bridge": mine()})


@pytest.mark.parametrize("name", ["side_step", "stand_shift", "lunge", "step_up", "gait", "bridge"])
def test_a_copy_is_found_like_what_it_was_copied_from(name: str) -> None:
    """The chain tells some exercises of one template apart by their ids."""
    task = task_of(mine(name))
    assert task.name == "Mine"
    ours, theirs = (make_pose_segmenter(one, 100.0) for one in (task, load_task(name)))
    assert type(ours) is type(theirs)
    right = task_of(mine(name), task.sides[-1])
    assert (right.working_side, right.side_assumed) == (task.sides[-1], False)
    with pytest.raises(UsageError, match="is done with"):
        task_of(mine("squat"), "left")
