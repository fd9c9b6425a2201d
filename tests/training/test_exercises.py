"""The exercise records: what they say, and that a damaged one is refused with its field."""

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

from firingorder.errors import FileFormatError, UsageError
from firingorder.training import words as told_words
from firingorder.training.exercises import (
    known_tasks,
    load_exercise,
    load_task,
    parse_exercise,
    read_exercise,
    task_ids,
)
from firingorder.training.exercises.parsing import FIELDS
from firingorder.training.exercises.parts import DOSE_FIELDS
from firingorder.training.words import dose_words, side_assumed_words

IDS = (
    "iso_sit", "iso_stand", "iso_prone", "iso_supine", "sit_hands", "sit_hands_ramp", "bridge",
    "hip_thrust", "clam", "side_raise", "quad_ext", "prone_raise", "band_squat", "side_step",
    "kickback", "squat", "lunge", "hinge", "sit_to_stand", "step_up", "return_bend",
    "one_leg_stand", "bird_dog", "side_plank", "gait", "stand_shift", "land_absorb",
    "release_quiet", "lengthen", "asym_stance", "own_task",
)  # fmt: skip
TEMPLATES = {
    "PITCH_LIFT": {"bridge", "hip_thrust"},
    "STILL_LIMB": {"clam", "side_raise", "quad_ext", "prone_raise", "kickback", "bird_dog"},
    "CUED_HOLD": {
        "iso_sit", "iso_stand", "iso_prone", "iso_supine", "sit_hands", "sit_hands_ramp",
        "release_quiet",
    },
    "HINGE": {
        "band_squat", "squat", "lunge", "step_up", "hinge", "return_bend", "asym_stance",
        "sit_to_stand", "lengthen", "own_task",
    },
    "STEP": {"side_step", "gait", "stand_shift"},
    "IMPACT": {"land_absorb"},
    "BALANCE": {"one_leg_stand", "side_plank"},
}  # fmt: skip
WITH_VERDICT = {
    "bridge", "hip_thrust", "quad_ext", "prone_raise", "band_squat", "squat", "hinge", "kickback",
    "return_bend", "sit_to_stand", "bird_dog",
}  # fmt: skip
FORBIDDEN = re.compile(
    r"\b(weak\w*|lazy|not firing|amnesia|dormant|inhibit\w*|dysfunction\w*|abnormal\w*|normal|"
    r"diagnos\w*)\b",
    re.IGNORECASE,
)
SCHEMA = json.loads(
    (files("firingorder") / "schemas" / "exercise-1.json").read_text(encoding="utf-8")
)


def text(name: str) -> str:
    folder = files("firingorder.training.exercises")
    return (folder / f"{name}.yaml").read_text(encoding="utf-8")


@cache
def decoded(name: str) -> dict[str, Any]:
    return yaml.safe_load(text(name))


def record(name: str = "bridge") -> dict[str, Any]:
    return copy.deepcopy(decoded(name))


def strings(value: Any) -> list[str]:
    if isinstance(value, dict):
        return [one for pair in value.items() for part in pair for one in strings(part)]
    if isinstance(value, list):
        return [one for part in value for one in strings(part)]
    return [value] if isinstance(value, str) else []


def test_the_exercises_are_these() -> None:
    assert len(IDS) == 31
    assert task_ids() == tuple(sorted(IDS))


@pytest.mark.parametrize("name", IDS)
def test_every_record_is_valid_and_complete(name: str) -> None:
    one = load_exercise(name)
    assert one.task.id == name
    assert list(Draft202012Validator(SCHEMA).iter_errors(record(name))) == []
    assert dict(one.marks).keys() == {
        "onset_window_ms", "together_margin_ms", "min_good_reps_for_verdict",
    }  # fmt: skip
    assert one.doses
    assert one.modes
    assert one.provenance
    assert (one.task.primary_pair is not None) == (name in WITH_VERDICT)
    assert name in TEMPLATES[one.task.template]
    # Recordings of people doing it are needed before a record may say so.
    assert one.task.tested_on == "simulation"


def test_every_template_is_used_as_the_table_says() -> None:
    assert {name for names in TEMPLATES.values() for name in names} == set(IDS)


@pytest.mark.parametrize("name", IDS)
def test_no_record_judges_a_person(name: str) -> None:
    # Titles of studies are addresses, not words for people.
    told = [one for one in strings(record(name)) if not one.startswith("http")]
    assert [one for one in told if FORBIDDEN.search(one)] == []


def test_a_forbidden_word_would_be_found() -> None:
    for word in ("weak", "Weakness", "lazy", "not firing", "dormant", "inhibited", "abnormal",
                 "normal", "diagnosis", "amnesia", "dysfunction"):  # fmt: skip
        assert FORBIDDEN.search(f"The glute is {word}.")
    assert FORBIDDEN.search("once a week, normalised") is None


def test_the_bridge_lifts_with_falling_tilt_and_asks_glutes_against_back() -> None:
    task = load_task("bridge")
    assert (task.lift_axis, task.lift_sign) == ("tilt", -1)
    assert task.window_s == (-0.6, 0.4)
    assert task.together_margin_ms == 30.0
    assert task.primary_pair == ("gluteus_maximus", "erector_spinae")
    assert task.min_good_reps == 10
    assert task.working_side == "both"
    assert not task.side_assumed
    assert load_exercise("bridge").usual_range_deg == ((15.0, 35.0), "GK")
    assert load_exercise("hip_thrust").usual_range_deg == ((30.0, 60.0), "GK")


def test_doses_keep_their_evidence() -> None:
    article, product = load_exercise("bridge").doses
    assert (article.evidence, article.reps, article.sets) == ("A", (10, 15), 2)
    assert article.rest_s is None
    assert (product.evidence, product.tempo_s, product.rest_s) == ("P", (2.0, 1.0, 2.0), 60.0)


def test_doses_are_those_of_the_articles() -> None:
    def doses(name: str) -> list[tuple[Any, ...]]:
        return [
            (d.evidence, d.provenance[:3], d.sets, d.reps, d.hold_s, d.rest_s)
            for d in load_exercise(name).doses
        ]

    assert doses("iso_stand") == [
        ("A", "002", None, (10, 10), (10.0, 10.0), None),
        ("P", "pro", None, None, None, 10.0),
    ]
    assert load_exercise("iso_stand").doses[0].per == "day"
    assert doses("sit_hands")[0] == ("A", "004", None, None, (8.0, 8.0), None)
    assert doses("clam") == [("A", "002", 3, (10, 10), None, None)]
    assert doses("prone_raise") == [
        ("A", "004", None, (6, 10), (3.0, 6.0), None),
        ("P", "pro", None, None, None, None),
        ("A", "004", 2, (6, 10), None, None),
    ]
    assert load_exercise("prone_raise").doses[1].pyramid == (6, 4, 2)
    # The article contradicts itself: both are kept, and neither is chosen in silence.
    assert doses("side_step") == [
        ("A", "004", None, (8, 10), None, 30.0),
        ("A", "004", 2, (10, 12), None, 30.0),
        ("P", "pro", 2, (10, 10), None, None),
    ]
    assert doses("gait")[1] == ("P", "pro", None, (20, None), None, None)
    landing = load_exercise("land_absorb").doses[1]
    assert (landing.sets, landing.reps, landing.height_cm_max) == (3, (5, 5), 10.0)
    release = load_exercise("release_quiet").doses[1]
    assert (release.hold_s, release.quiet_s, release.effort_percent_max) == ((5.0, 5.0), 10.0, 30.0)
    assert load_exercise("stand_shift").doses[1].duration_s == (120.0, 300.0)


def test_tasks_ask_for_what_the_doses_say() -> None:
    assert (load_task("iso_sit").hold_s, load_task("iso_sit").reps_per_set) == (10.0, 10)
    assert load_task("sit_hands").hold_s == 8.0
    assert load_task("sit_hands_ramp").tempo_s == (8.0, 2.0, 4.0)
    assert load_task("bridge").tempo_s == (2.0, 1.0, 2.0)
    assert load_task("bridge").hold_s is None
    assert load_task("prone_raise", working_side="right").hold_s == 3.0
    assert load_task("clam").tempo_s is None
    assert load_task("side_plank").position == "side_on_forearm"
    assert load_task("iso_prone").faults == ("missed", "hold", "not_still", "es_loud", "no_quiet")
    assert load_task("iso_sit").faults == ("missed", "hold", "not_still", "no_quiet")


def test_hinges_begin_with_the_pelvis_tipping_forwards() -> None:
    for name in TEMPLATES["HINGE"]:
        assert (load_task(name).lift_axis, load_task(name).lift_sign) == ("tilt", 1)


def test_pairs_name_the_side_they_mean() -> None:
    assert load_task("side_raise").order_pairs == (("gluteus_medius_w", "erector_spinae_o"),)
    assert load_task("bird_dog").order_pairs == (("gluteus_maximus_w", "erector_spinae_o"),)
    assert load_task("bird_dog", working_side="left").prime_channels(
        ("gluteus_maximus_left", "gluteus_maximus_right", "erector_spinae_left",
         "erector_spinae_right")
    ) == ("gluteus_maximus_left", "erector_spinae_right")  # fmt: skip


def test_front_of_the_hip_needs_its_own_electrodes() -> None:
    for name in ("clam", "side_raise"):
        one = load_exercise(name)
        assert "tfl_takes_over" in one.faults
        assert dict(one.not_measured_without)["tfl_takes_over"] == "tensor_fasciae_latae"


def test_what_is_known_is_kept_with_its_source_and_its_mark() -> None:
    bridge = load_exercise("bridge").reference
    assert bridge.order == "none_known"
    prone = load_exercise("prone_raise").reference
    assert prone.order == "glute_last_usual"
    cue = next(fact for fact in prone.facts if "PU201105004305" in fact.source)
    for number in ("195.5 ± 74.9", "100.2 ± 70.3", "11.5 ± 81.9", "131.3 ± 84.0", "38.8 ± 96.9",
                   "45.1 ± 93.4"):  # fmt: skip
        assert number in dict(cue.text)["en"]
    for name in IDS:
        for fact in load_exercise(name).reference.facts:
            assert fact.evidence in ("V", "GK")
            assert re.match(r"https?://|10\.\d{4}|quoted at http", fact.source)


def test_debates_keep_both_views() -> None:
    views = load_exercise("bridge").debate
    assert [(one.view, one.provenance[0][:3]) for one in views] == [
        ("squeeze_top", "001"),
        ("top_compresses", "000"),
    ]


def test_one_side_can_be_the_working_side() -> None:
    task = load_task("bridge", working_side="left")
    channels = ("gluteus_maximus_left", "gluteus_maximus_right", "gluteus_medius_left")
    assert task.prime_channels(channels) == ("gluteus_maximus_left",)


def test_a_side_that_nobody_named_is_told() -> None:
    task = load_task("clam")
    assert (task.working_side, task.side_assumed) == ("left", True)
    assert "left side was taken" in side_assumed_words(task)
    assert "--side right" in side_assumed_words(task)
    assert not load_task("clam", working_side="left").side_assumed
    # What can be done with both sides is, unless one is asked for.
    assert load_task("sit_hands").working_side == "both"
    assert not load_task("sit_hands").side_assumed


def test_a_side_that_cannot_work_is_refused() -> None:
    with pytest.raises(UsageError, match=r"squat is done with both, not left\."):
        load_task("squat", working_side="left")


def test_an_unknown_task_names_the_known_ones_and_what_they_were_tested_on() -> None:
    told = r"Unknown task 'brigde'\. Known tasks, tested on simulation only: .*bridge.*step_up\."
    with pytest.raises(UsageError, match=told):
        load_task("brigde")
    assert all(name in known_tasks() for name in IDS)
    assert told_words.tested_on_words("people") == "tested on people"


def test_doses_read_as_plain_words() -> None:
    def words(name: str) -> list[str]:
        return [dose_words(dose) for dose in load_exercise(name).doses]

    assert words("bridge") == ["2 × 10 to 15, slow", "2-1-2 s, rest 60 s"]
    assert words("iso_sit") == ["10 times a day, hold 10 s", "rest 10 s"]
    assert words("prone_raise")[1] == "6 then 4 then 2"
    assert words("gait") == ["no numbers stated", "20 or more times each side"]
    assert words("side_plank")[1] == "once each side, hold 10 s"


DOSE = {"provenance": "x", "evidence": "P"}
DAMAGE = [
    ("schema", "firingorder.exercise/2", "schema is 'firingorder.exercise/2'"),
    ("template", "PITCH_LIF", "template is 'PITCH_LIF'"),
    ("lift_sign", {"tilt": 0}, "lift_sign"),
    ("lift_sign", {"tilt": -1, "obl": 1}, "one pelvis angle"),
    ("lift_sign", None, "lift_sign is missing: PITCH_LIFT follows an angle"),
    ("onset_window_ms", [-600], "1 values"),
    ("together_margin_ms", True, "not a number"),
    ("together_margin_ms", -30, "together_margin_ms is -30, below 1"),
    ("min_good_reps_for_verdict", 2.5, "not a whole number"),
    ("evidence", {"onset_window_ms": "P"}, "evidence: together_margin_ms is missing"),
    ("prime", ["glute"], "prime is 'glute'"),
    ("prime", ["hamstring", "hamstring"], "'hamstring' twice"),
    ("primary_pair", ["gluteus_maximus"], "primary_pair"),
    ("primary_pair", ["gluteus_medius", "erector_spinae"], "a verdict needs"),
    ("order_pairs", [["gluteus_maximus", "biceps"]], "order_pairs"),
    ("order_pairs", [["hamstring", "hamstring"]], "not two muscles"),
    ("sides", [], "sides is empty"),
    ("sides", ["middle"], "sides is 'middle'"),
    ("modes", ["normal"], "modes is 'normal'"),
    ("position", "upside_down", "position is 'upside_down'"),
    ("dose", [{**DOSE, "evidence": "B"}], "evidence is 'B'"),
    ("dose", [{**DOSE, "reps": 10}], "reps is 10, not a list"),
    ("dose", [{**DOSE, "reps": [0, 3]}], "reps is 0, below 1"),
    ("dose", [{**DOSE, "hold_s": "ten"}], "hold_s is 'ten', not a number"),
    ("dose", [{**DOSE, "tempo_s": [2, 1]}], "tempo_s has 2 values, not 3"),
    ("dose", [{**DOSE, "holds": 3}], "unknown field 'holds'"),
    ("dose", ["twice"], "dose is not a dose"),
    ("name", {"de": "Beckenheben"}, "no English text"),
    ("name", {"en": " "}, "name.en is ' ', not a text"),
    ("name", {"en": "Bridge", "german": "Beckenheben"}, "'german', which is no language"),
    ("faults", ["Arch Late"], "not a word"),
    ("faults", ["arching"], "faults holds 'arching'; known: arch_late"),
    ("reference", {"order": "none_known"}, "reference: text_key is missing"),
    ("debate", [{"view": "a", "text": {"en": "b"}, "provenance": []}], "provenance is empty"),
    ("not_measured_without", {"knee_angle": "camera"}, "knee_angle is 'camera'"),
    ("pain_gate", "off", "pain_gate is 'off'"),
    ("tested_on", "animals", "tested_on is 'animals'"),
    ("texts", {"en": {"setup": "Lie down."}}, "texts.en: cues is missing"),
    ("usual_range_deg", {"tilt": [15, 35]}, "usual_range_deg: evidence is missing"),
]
#: What JSON Schema cannot compare: two numbers, or that there are exactly two of a kind.
ORDERED = [
    ("onset_window_ms", [400, -600], "low < high"),
    ("dose", [{**DOSE, "reps": [12, 10]}], "reps is 10, below 12"),
    ("dose", [{**DOSE, "hold_s": [6, 3]}], "hold_s is 6 to 3, the wrong way round"),
    ("usual_range_deg", {"tilt": [35, 15], "evidence": "GK"}, "not low < high"),
    ("together_margin_ms", float("nan"), "is nan, not a number"),
]


@pytest.mark.parametrize(("field", "value", "told"), [*DAMAGE, *ORDERED])
def test_a_damaged_record_is_refused_with_its_field(field: str, value: Any, told: str) -> None:
    data = record() | {field: value}
    with pytest.raises(FileFormatError, match=re.escape(told)) as raised:
        parse_exercise(data, "bad.yaml")
    assert str(raised.value).startswith("bad.yaml")
    assert str(raised.value).endswith(".")
    assert "\n" not in str(raised.value)


@pytest.mark.parametrize(("field", "value", "told"), DAMAGE)
def test_the_schema_refuses_what_the_loader_refuses(field: str, value: Any, told: str) -> None:
    del told
    assert list(Draft202012Validator(SCHEMA).iter_errors(record() | {field: value})) != []


@pytest.mark.parametrize("field", sorted(FIELDS - {"other_templates", "usual_range_deg"}))
def test_a_missing_field_is_refused(field: str) -> None:
    data = record()
    del data[field]
    with pytest.raises(FileFormatError, match=rf"bad\.yaml: {field} is missing"):
        parse_exercise(data, "bad.yaml")
    assert list(Draft202012Validator(SCHEMA).iter_errors(data)) != []


def test_the_schema_is_itself_valid() -> None:
    Draft202012Validator.check_schema(SCHEMA)
    assert SCHEMA["title"] == "firingorder.exercise/1"


def test_the_schema_knows_the_fields_of_the_loader() -> None:
    assert set(SCHEMA["properties"]) == FIELDS
    assert set(SCHEMA["$defs"]["dose"]["properties"]) == DOSE_FIELDS


def test_an_unknown_field_is_refused() -> None:
    data = record() | {"togehter_margin_ms": 30}
    with pytest.raises(FileFormatError, match="togehter_margin_ms"):
        parse_exercise(data, "bad.yaml")


def test_something_else_than_a_record_is_refused() -> None:
    with pytest.raises(FileFormatError, match="not a record"):
        parse_exercise(["bridge"], "bad.yaml")


def test_a_copy_is_read_from_its_text() -> None:
    copy = text("bridge").replace("together_margin_ms: 30", "together_margin_ms: 25")
    assert read_exercise(copy, "mine.yaml").task.together_margin_ms == 25.0
    with pytest.raises(FileFormatError, match=r"mine\.yaml is no YAML in line 4: "):
        read_exercise("schema: a\nid: b\nname: {en: c\n", "mine.yaml")
    with pytest.raises(FileFormatError, match=r"mine\.yaml is no YAML"):
        read_exercise("id: \x00", "mine.yaml")
    with pytest.raises(FileFormatError, match=r"mine\.yaml is not a record"):
        read_exercise("", "mine.yaml")
