"""Programmes as files: what is written reads back, and what is wrong is told in one sentence."""

from __future__ import annotations

import copy
import json
from importlib.resources import files
from random import Random
from typing import Any

import pytest
import yaml
from jsonschema import Draft202012Validator

from firingorder.errors import FileFormatError, UsageError
from firingorder.training.exercises import load_exercise
from firingorder.training.exercises.copies import Exercises, changed, copy_of
from firingorder.training.programmes.items import ITEM_FIELDS
from firingorder.training.programmes.parsing import (
    PROGRAMME_FIELDS,
    parse_programme,
    read_programme,
)
from firingorder.training.programmes.records import Item, Programme
from firingorder.training.programmes.whole import embedded, renew, resolver, whole
from firingorder.training.programmes.writing import write_programme
from tests.training.programmes.random_programmes import random_programme

SCHEMA = json.loads((files("firingorder") / "schemas/programme-1.json").read_text(encoding="utf-8"))
VALIDATOR = Draft202012Validator(SCHEMA)
PLAN: dict[str, Any] = {
    "schema": "firingorder.programme/1",
    "id": "plan",
    "name": "Plan",
    "items": [{"exercise": "bridge"}, {"exercise": "squat", "kind": "transfer"}],
}


def test_what_is_written_reads_back_equal_as_yaml_and_as_json() -> None:
    seed = 20240611
    print("seed", seed)
    rng = Random(seed)
    for _ in range(25):
        programme = random_programme(rng)
        text = write_programme(programme)
        assert read_programme(text, "a.yaml") == programme
        record = yaml.safe_load(text)
        assert list(VALIDATOR.iter_errors(record)) == []
        assert read_programme(json.dumps(record, indent="\t"), "a.json") == programme


def test_the_schema_names_what_is_read() -> None:
    assert set(SCHEMA["properties"]) == PROGRAMME_FIELDS
    assert set(SCHEMA["$defs"]["item"]["properties"]) == ITEM_FIELDS


ITEM_DAMAGE: list[tuple[str, Any, str]] = [
    ("reps", [0], "reps is 0, below 1; list 1 to 20 sets"),
    ("reps", [], "reps has 0 sets"),
    ("reps", [6, 4, -2], "reps is -2, below 1"),
    ("reps", [2.5], "not a whole number"),
    ("reps", 10, "reps is 10, not a list; list 1 to 20 sets"),
    ("reps", [100000], "reps is 100000"),
    ("reps", [True], "reps is True, not a number"),
    ("rest_s", -1, "rest_s is -1, below 0; give seconds of 0 or more"),
    ("rest_s", 1e9, "more than 3600"),
    ("pause_s", "soon", "pause_s is 'soon', not a number"),
    ("hold_s", 0, "hold_s is 0; give seconds above 0"),
    ("tempo_s", [2, 1], "tempo_s has 2 values, not 3"),
    ("tempo_s", [0, 1, 2], "tempo_s is 0, 1, 2; give three times"),
    ("side", "middle", "side is 'middle'; known: both"),
    ("kind", "diagnose", "kind is 'diagnose'; known: work"),
    ("mode", "test", "mode is 'test'; known: activate"),
    ("schedule", "bandwidth", "band is missing, and the schedule bandwidth needs it; give half"),
    ("target", {"measure": "lead_ms"}, "target: low and high are both open"),
    ("target", {"measure": "lead_ms", "low": 5, "high": 5}, "high is 5, not above low"),
    ("target", {"measure": "level_percent", "low": -5}, "target: low is -5, below 0"),
    ("target", {"measure": "beauty", "low": 1}, "measure is 'beauty'; known: lead_ms"),
    ("adaptive", {"low": 2, "high": 2}, "adaptive: high is 2, not above low"),
    ("adaptive", {"low": 1, "high": 2, "step_percent": 90}, "step_percent is 90; give a number"),
    ("adaptive", {"low": 1, "high": 2, "aim": [0.9, 0.7]}, "aim is 0.9 to 0.7"),
    ("exercise", "brigde", "exercise 'brigde' is not known here; correct its name"),
    ("colour", "red", "unknown field 'colour'"),
    ("note", 3, "note is 3, not a text"),
]
#: What JSON Schema cannot tell: two numbers against each other, a list of names.
BEYOND_SCHEMA = ("not above low", "0.9 to 0.7", "not known here", "tempo_s is 0")


@pytest.mark.parametrize(("field", "value", "says"), ITEM_DAMAGE)
def test_a_damaged_item_is_told_with_its_place(field: str, value: Any, says: str) -> None:
    record = copy.deepcopy(PLAN)
    record["items"][0][field] = value
    with pytest.raises(FileFormatError) as error:
        parse_programme(record, "mine.yaml")
    told = str(error.value)
    assert told.startswith("mine.yaml: exercise 1 (")
    assert says in told
    assert told.endswith((".", "]"))
    assert "\n" not in told
    if not any(one in says for one in BEYOND_SCHEMA):
        assert list(VALIDATOR.iter_errors(record))


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"schema": "firingorder.programme/2"}, "newer version of firingorder .* update"),
        ({"schema": "firingorder.exercise/1"}, "choose a file that was exported as a programme"),
        ({"id": "My Plan"}, "id is 'My Plan', not a word in lower case; use lower-case"),
        ({"name": " "}, "name is ' ', not a text; give the programme a name"),
        ({"items": []}, "items holds 0 exercises.*put at least one"),
        ({"items": [{"exercise": "bridge"}] * 51}, "items holds 51 exercises"),
        ({"items": ["bridge"]}, "exercise 1 is not an exercise of a programme"),
        ({"per_week": [3, 2]}, "per_week is 3 to 2"),
        ({"retention_reps": -1}, "retention_reps is -1"),
        ({"pain_policy": "none"}, "pain_policy is 'none'"),
        ({"exercises": {"bridge": "x: 1"}}, "rename the copy"),
        ({"exercises": {"mine": "x: 1"}}, "exercises.mine has the unknown field 'x'"),
    ],
)
def test_a_damaged_programme_is_told(change: dict[str, Any], says: str) -> None:
    with pytest.raises(FileFormatError, match=says):
        parse_programme({**copy.deepcopy(PLAN), **change}, "mine.yaml")


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("", "is not a programme; choose"),
        ("[1, 2]", "is not a programme; choose"),
        ("{", "cannot be read in line 1: .*correct it, or export it again"),
        ("a: &x [1]\nb: *x", r"line 2: a reference \(\*\) is not allowed"),
        ("a: 1\na: 2", "line 2: a stands there twice; keep one"),
        ("\x00\x01", "damaged, or no text"),
        ("[" * 500, "cannot be read"),
        ("x" * 500_001, "500001 characters"),
        ("!!python/object:os.system {}", "cannot be read"),
    ],
)
def test_what_is_no_programme_is_told(text: str, says: str) -> None:
    with pytest.raises(FileFormatError, match=says):
        read_programme(text, "mine.yaml")


def test_numbers_mean_what_they_look_like() -> None:
    # Older rules of YAML make 8 of 010 and 90 of 1:30; here neither is a number.
    for value in ("010", "1:30", "0x10", "1_000"):
        text = write_programme(Programme("p", "P", (Item("bridge"),))).replace(
            "rest_s: 60", f"rest_s: {value}"
        )
        with pytest.raises(FileFormatError, match=r"rest_s is .*not a number"):
            read_programme(text, "mine.yaml")


def test_a_programme_takes_its_copies_along() -> None:
    mine = copy_of(load_exercise("clam"), "my_clam", "Clam at the wall")
    exercises = Exercises({"my_clam": mine})
    plan = Programme("p", "P", (Item("my_clam", side="left"), Item("bridge")))
    with pytest.raises(FileFormatError, match="'my_clam' is not known here"):
        write_programme(plan)  # without its copy it could be done nowhere else
    sent = whole(plan, exercises)
    assert [name for name, _ in sent.exercises] == ["my_clam"]
    received = read_programme(write_programme(sent), "sent.yaml")
    assert received == sent
    assert embedded(received) == {"my_clam": mine}
    # What was agreed upon wins over what the therapist changed later, until it is asked for.
    later = Exercises({"my_clam": changed(mine, "together_margin_ms", 45)})
    assert resolver(received, later)("my_clam") == mine
    assert whole(received, later) == received
    assert embedded(renew(received, later))["my_clam"].task.together_margin_ms == 45.0
    with pytest.raises(UsageError, match="Unknown task 'my_clam'"):
        whole(plan, Exercises())
