"""The fault dictionary: complete, in plain words, and with the limits that are in force."""

from __future__ import annotations

import copy
import json
import re
from functools import cache
from importlib.resources import files
from typing import Any

import pytest
import yaml
from jsonschema import Draft202012Validator

from firingorder.errors import FileFormatError
from firingorder.signal.compensation.data import FaultParams
from firingorder.training.exercises import load_exercise, task_ids
from firingorder.training.faults import load_faults, parse_faults
from tests.training.test_exercises import FORBIDDEN, strings
from tools.exercise_table import PAGE, rewritten

CODES = {
    "arch_late", "arch", "open", "hike", "drop", "sway", "shift", "twist", "tilt", "tuck",
    "ham_lead", "es_early", "es_loud", "takeover", "rom_big", "not_still", "cross", "missed",
    "hold", "track", "tempo", "inconsist", "uneven", "rest_high", "no_quiet", "late_absorb",
    "tfl_takes_over",
}  # fmt: skip


@cache
def decoded() -> dict[str, Any]:
    text = (files("firingorder.training") / "faults.yaml").read_text(encoding="utf-8")
    return yaml.safe_load(text)


def data() -> dict[str, Any]:
    return copy.deepcopy(decoded())


def schema_faults(value: Any) -> list[str]:
    path = files("firingorder") / "schemas" / "exercise_faults-1.json"
    schema = json.loads(path.read_text(encoding="utf-8"))
    Draft202012Validator.check_schema(schema)
    return [error.message for error in Draft202012Validator(schema).iter_errors(value)]


def test_the_dictionary_has_these_codes_and_each_is_asked_for_somewhere() -> None:
    assert set(load_faults()) == CODES
    assert {code for name in task_ids() for code in load_exercise(name).faults} == CODES
    assert schema_faults(data()) == []


def test_the_limits_are_those_in_force() -> None:
    known, params = load_faults(), FaultParams()

    def limit(code: str, of: str) -> float:
        return known[code].limit(of).value

    assert limit("arch_late", "tilt_turned_back") == params.reversal_deg
    assert limit("arch_late", "erector_late_to_early") == params.late_ratio
    assert limit("arch_late", "lift_part") == 100.0 * params.late_share
    for code in ("arch", "tilt"):
        assert limit(code, "tilt") == params.sagittal_deg
    assert limit("tuck", "tilt_turned_back") == params.reversal_deg
    for code, of in (("open", "rotation_to_working_side"), ("twist", "rotation"),
                     ("hike", "obliquity_working_side_up"), ("drop", "obliquity_free_side_down"),
                     ("shift", "mean_obliquity"), ("sway", "lean")):  # fmt: skip
        assert limit(code, of) == params.frontal_deg
        assert known[code].held_s == (params.drop_held_s if code == "drop" else params.held_s)
        assert known[code].own_baseline_sd == params.baseline_sd
    assert limit("es_loud", "erector_level") == 100.0 * params.loud_share
    assert limit("cross", "other_side_level") == 100.0 * params.cross_share
    assert limit("not_still", "turning_rate") == params.still_sd
    assert limit("not_still", "turning_rate_at_least") == params.still_floor_deg_s
    assert known["not_still"].held_s == params.still_held_s
    assert limit("hold", "time_in_band") == 100.0 * params.hold_share
    assert limit("track", "tracking_error") == params.track_percent
    assert limit("tempo", "phase_time") == 100.0 * params.tempo_share
    assert limit("no_quiet", "time_to_quiet") == params.quiet_s
    assert limit("rest_high", "rest_level_above_own") == params.rest_sd
    assert limit("inconsist", "bottom_tilt_sd") == params.bottom_sd_deg


def test_an_early_back_is_a_note_and_some_faults_wait_for_the_end_of_the_set() -> None:
    known = load_faults()
    assert known["es_early"].note
    assert {code for code, one in known.items() if one.shown == "set"} == {
        "inconsist", "uneven", "late_absorb",
    }  # fmt: skip
    assert known["sway"].only_with_target
    assert known["shift"].only_with_target
    assert "thigh_imu" in known["rom_big"].needs


def test_cues_judge_nobody() -> None:
    told = [one for one in strings(data()) if not one.startswith("http")]
    assert [one for one in told if FORBIDDEN.search(one)] == []
    for fault in load_faults().values():
        cue = dict(fault.cue)["en"]
        assert len(cue.split()) <= 12
        assert re.search(r"\b(wrong|bad|poor|fail\w*|error)\b", cue, re.IGNORECASE) is None


@pytest.mark.parametrize(
    ("field", "value", "told"),
    [
        ("limits", [{"of": "tilt", "value": "8"}], "arch: limits: value is '8', not a number"),
        ("needs", ["crystal_ball"], "arch: needs is 'crystal_ball'"),
        ("needs", [], "arch: needs is empty"),
        ("note", "no", "arch: note is 'no', neither true nor false"),
        ("shown", "never", "arch: shown is 'never'"),
        ("cue", {"de": "Kleiner"}, "arch: cue has no English text"),
        ("held_s", -1, "arch: held_s is -1, below 0"),
    ],
)
def test_a_damaged_dictionary_is_refused_with_its_field(field: str, value: Any, told: str) -> None:
    broken = data()
    broken["faults"]["arch"][field] = value
    with pytest.raises(FileFormatError, match=re.escape(told)):
        parse_faults(broken, "faults.yaml")
    assert schema_faults(broken) != []


def test_a_limit_that_is_not_there_is_an_error() -> None:
    with pytest.raises(KeyError, match="arch has no limit of rotation"):
        load_faults()["arch"].limit("rotation")


def test_the_page_shows_the_records() -> None:
    page = PAGE.read_text(encoding="utf-8")
    assert rewritten(page) == page, "run python -m tools.exercise_table"
    assert rewritten(page.replace("2 × 10 to 15, slow", "3 × 10")) == page
