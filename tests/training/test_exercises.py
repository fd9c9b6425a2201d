"""The exercise records: what they say, and that a damaged one is refused with its field."""

from __future__ import annotations

from importlib.resources import files
from typing import Any

import pytest
import yaml

from firingorder.errors import FileFormatError, UsageError
from firingorder.training.exercises import load_exercise, load_task, parse_exercise, task_ids


def record() -> dict[str, Any]:
    text = (files("firingorder.training.exercises") / "bridge.yaml").read_text(encoding="utf-8")
    return yaml.safe_load(text)


def test_the_bridge_lifts_with_falling_tilt_and_asks_glutes_against_back() -> None:
    task = load_task("bridge")
    assert (task.lift_axis, task.lift_sign) == ("tilt", -1)
    assert task.window_s == (-0.6, 0.4)
    assert task.together_margin_ms == 30.0
    assert task.primary_pair == ("gluteus_maximus", "erector_spinae")
    assert task.min_good_reps == 10
    assert task.working_side == "both"


def test_an_unknown_task_names_the_known_ones() -> None:
    with pytest.raises(UsageError, match=r"Unknown task 'brigde'.*bridge"):
        load_task("brigde")


def test_every_record_is_valid() -> None:
    assert "bridge" in task_ids()
    for task_id in task_ids():
        assert load_exercise(task_id).task.id == task_id


def test_doses_keep_their_evidence() -> None:
    article, product = load_exercise("bridge").doses
    assert (article.evidence, article.reps, article.sets) == ("A", (10, 15), 2)
    assert (product.evidence, product.tempo_s) == ("P", (2.0, 1.0, 2.0))


def test_one_side_can_be_the_working_side() -> None:
    task = load_task("bridge", working_side="left")
    channels = ("gluteus_maximus_left", "gluteus_maximus_right", "gluteus_medius_left")
    assert task.prime_channels(channels) == ("gluteus_maximus_left",)


@pytest.mark.parametrize(
    ("field", "value", "told"),
    [
        ("template", "PITCH_LIF", "template is 'PITCH_LIF'"),
        ("lift_sign", {"tilt": 0}, "lift_sign"),
        ("lift_sign", {"tilt": -1, "obl": 1}, "one pelvis angle"),
        ("onset_window_ms", [-600], "1 values"),
        ("onset_window_ms", [400, -600], "low < high"),
        ("together_margin_ms", True, "not a number"),
        ("prime", ["glute"], "prime is 'glute'"),
        ("primary_pair", ["gluteus_maximus"], "1 muscles"),
        ("order_pairs", [["gluteus_maximus", "biceps"]], "order_pairs"),
        ("sides", [], "sides is empty"),
        ("sides", ["middle"], "sides is 'middle'"),
        ("dose", [{"provenance": "x", "evidence": "B"}], "evidence is 'B'"),
        ("dose", [{"provenance": "x", "evidence": "P", "reps": 10}], "reps is 10"),
        ("name", {"de": "Beckenheben"}, "no English name"),
        ("faults", ["Arch Late"], "not a word"),
    ],
)
def test_a_damaged_record_is_refused_with_its_field(field: str, value: Any, told: str) -> None:
    data = record()
    data[field] = value
    with pytest.raises(FileFormatError, match=told) as raised:
        parse_exercise(data, "bad.yaml")
    assert "bad.yaml" in str(raised.value)


def test_an_unknown_field_is_refused() -> None:
    data = record() | {"togehter_margin_ms": 30}
    with pytest.raises(FileFormatError, match="togehter_margin_ms"):
        parse_exercise(data, "bad.yaml")


def test_something_else_than_a_record_is_refused() -> None:
    with pytest.raises(FileFormatError, match="not a record"):
        parse_exercise(["bridge"], "bad.yaml")
