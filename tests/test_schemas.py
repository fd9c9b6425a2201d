"""The shipped JSON Schemas accept what the interfaces promise and refuse what breaks it."""

from __future__ import annotations

import copy
import json
from importlib import resources
from typing import Any, get_args

import pytest
from jsonschema import Draft202012Validator

from firingorder import findings
from firingorder.findings import (
    BurstFinding,
    ChannelFinding,
    ConnectionEvent,
    GapEvent,
    MarkerEvent,
    OnsetEstimate,
    OnsetFinding,
    PairFinding,
    PelvisRange,
    QualityFinding,
    RepetitionFinding,
    SequenceFinding,
    SequenceGroup,
    SequenceRank,
    SetFinding,
    SetForecast,
    Share,
    SideLead,
    VerdictFinding,
)
from firingorder.montage import NAMES, default_montage
from firingorder.samples import Gap
from firingorder.simulation.faults import parse_faults
from firingorder.simulation.scenarios import SCENARIOS, make_body

SCHEMAS = resources.files("firingorder") / "schemas"
ALL = ("analysis-1", "montage-1", "truth-1", "events-1", "doctor-1", "devices-1", "check-device-1",
       "calibration-1", "home-1", "raters-1", "export-1", "backup-1",
       "explain-1", "library-1")  # fmt: skip
SHARED = ("reason", "onset", "claim", "pair", "order", "sequence", "forecast", "repetition")


def load(name: str) -> dict[str, Any]:
    return json.loads((SCHEMAS / f"{name}.json").read_text(encoding="utf-8"))


def faults(name: str, value: Any) -> list[str]:
    return [error.message for error in Draft202012Validator(load(name)).iter_errors(value)]


ORDER: dict[str, Any] = {
    "onsets": {
        "gluteus_maximus_left": {"onset_s": 5.012, "low_s": 5.004, "high_s": 5.021},
        "erector_spinae_left": None,
    },
    "pairs": [
        {
            "a": "gluteus_maximus_left",
            "b": "erector_spinae_left",
            "lead_ms": 85.0,
            "low_ms": 62.0,
            "high_ms": 110.0,
            "p_a_first": 0.999,
            "verdict": "a_first",
            "reason": None,
        }
    ],
    "verdict": "glutes_first",
    "reason": None,
    "sides": "both",
    "lead_ms": 85.0,
    "low_ms": 62.0,
    "high_ms": 110.0,
}
REPETITION: dict[str, Any] = {
    "index": 1,
    "start_s": 4.8,
    "movement_onset_s": 5.05,
    "top_s": 6.1,
    "end_s": 8.0,
    "scored": True,
    "reasons": [],
    **ORDER,
    "pelvis": {"tilt_range_deg": 31.0, "obliquity_range_deg": 2.1, "rotation_range_deg": 1.4},
    "compensations": [],
    "p_glutes_first": 0.999,
    "sequence": [
        {
            "scope": "all",
            "groups": [
                {"names": ["gluteus_maximus_left"], "relation": "single"},
                {"names": ["hamstring_left", "erector_spinae_left"], "relation": "open"},
            ],
            "p_order": 0.996,
            "ranks": [
                {
                    "name": "gluteus_maximus_left",
                    "p_rank": [0.996, 0.004, 0.0],
                    "p_first": 0.996,
                    "expected_rank": 1.004,
                }
            ],
            "before": [["gluteus_maximus_left", "hamstring_left"]],
            "left_out": {"gluteus_medius_left": "low_snr"},
        }
    ],
    "forecast": {
        "state": "expected",
        "claim": "glutes_first",
        "more": 4,
        "more_low": 2,
        "more_high": None,
        "p_today": 0.93,
    },
}
ANALYSIS: dict[str, Any] = {
    "schema": "firingorder.analysis/1",
    "software": {"version": "0.1.0", "settings_hash": "ab12"},
    "recording": {
        "id": "r1",
        "file": "x.mcap",
        "duration_s": 61.2,
        "task": "bridge",
        "simulated": True,
        "streams": [
            {
                "kind": "emg",
                "rate_hz": 1000.0,
                "rate_measured_hz": 999.97,
                "samples": 61120,
                "lost_samples": 80,
                "outage_s": 0.0,
                "gaps": [[12.5, 12.58]],
            }
        ],
    },
    "channels": [
        {
            "name": "gluteus_maximus_left",
            "noise_uv": 2.1,
            "mains_uv": 0.4,
            "ecg": False,
            "snr_db": 24.0,
            "usable": True,
            "reasons": [],
        }
    ],
    "bursts": [
        {
            "channel": "gluteus_maximus_left",
            "onset_s": 5.012,
            "onset_low_s": 5.004,
            "onset_high_s": 5.021,
            "offset_s": 7.4,
            "offset_low_s": 7.3,
            "offset_high_s": 7.5,
            "snr_db": 22.0,
            "edited": False,
        }
    ],
    "repetitions": [REPETITION],
    "sets": [
        {
            "index": 1,
            "scored": 9,
            "glutes_first": 6,
            "together": 2,
            "back_first": 1,
            "unclear": 0,
            "lead_ms": 105.0,
            "low_ms": 80.0,
            "high_ms": 128.0,
        }
    ],
    "warnings": ["the montage leaves out TRIG"],
}
MONTAGE: dict[str, Any] = {
    "schema": "firingorder.montage/1",
    "channels": {"EMG1": "gluteus_maximus_left", "EMG7": "erector_spinae_left"},
    "ham_site": "lateral",
    "pelvis_imu": {"acc": ["ACC_X", "ACC_Y", "ACC_Z"], "gyr": ["GYR_X", "GYR_Y", "GYR_Z"]},
    "ignore": ["TRIG"],
}
TRUTH: dict[str, Any] = {
    "schema": "firingorder.truth/1",
    "scenario": "bridge_mixed",
    "seed": 7,
    "settings": {"emg_rate_hz": 1000.0},
    "repetitions": [
        {
            "index": 1,
            "movement_onset_s": 5.05,
            "top_s": 6.1,
            "end_s": 8.0,
            "channels": {
                "gluteus_maximus_left": {
                    "onset_s": 5.012,
                    "drive_s": 5.004,
                    "offset_s": 7.4,
                    "rise_s": 0.12,
                    "snr_db": 24.0,
                    "tone": 0.0,
                }
            },
        }
    ],
    "bursts": [{"channel": "gluteus_maximus_left", "onset_s": 5.012, "offset_s": 7.4}],
    "faults": [{"kind": "stall", "at_s": 30.0, "seconds": 2.0}, {"kind": "drop", "at_s": None}],
}
LINES: dict[str, dict[str, Any]] = {
    "onset": {"channel": "gluteus_maximus_left", "onset_s": 5.014, "decided_at_s": 5.061},
    "verdict": {
        "index": 1,
        "stage": "early",
        **ORDER,
        "decided_at_s": 5.42,
        "latency_ms": 12.0,
        "revises": True,
        "reverses": True,
    },
    "repetition": {**REPETITION, "decided_at_s": 8.2, "latency_ms": 12.0},
    "connection": {"state": "connecting", "at_s": None},
    "gap": {"stream": "emg", "kind": "loss", "start_s": 12.5, "end_s": 12.58, "samples": 80},
    "quality": {
        "channel": "erector_spinae_left",
        "state": "poor_contact",
        "advice": "Press the pads down.",
    },
    "marker": {"text": "set 2", "at_s": 31.0},
    "summary": {
        "duration_s": 60.0,
        "streams": {"emg": {"samples": 57820, "lost_samples": 80, "outage_s": 2.1}},
        "frames": 8100,
        "bad_crc": 2,
        "duplicates": 0,
        "device_dropped_frames": 0,
        "reconnects": 1,
        "outage_s": 2.1,
        "reversals": {"told_live": 9, "revised": 2, "reversed": 1},
    },
}
EVENTS = {kind: {"event": kind, **fields} for kind, fields in LINES.items()}


@pytest.mark.parametrize("name", ALL)
def test_every_schema_is_itself_valid(name: str) -> None:
    schema = load(name)
    Draft202012Validator.check_schema(schema)
    assert schema["title"] == "firingorder." + "/".join(name.rsplit("-", 1))


@pytest.mark.parametrize("shared", SHARED)
def test_analysis_and_events_define_the_same_things_alike(shared: str) -> None:
    assert load("analysis-1")["$defs"][shared] == load("events-1")["$defs"][shared]


@pytest.mark.parametrize("shared", ["reason", "sequence", "forecast"])
def test_analysis_and_explain_define_the_same_things_alike(shared: str) -> None:
    assert load("analysis-1")["$defs"][shared] == load("explain-1")["$defs"][shared]


def test_closed_sets_are_those_of_the_code() -> None:
    defs = load("events-1")["$defs"]
    assert tuple(defs["reason"]["enum"]) == get_args(findings.UnclearReason)
    pair, order = defs["pair"]["properties"], defs["order"]["properties"]
    assert tuple(pair["verdict"]["enum"]) == get_args(findings.PairVerdict)
    assert tuple(order["verdict"]["enum"]) == get_args(findings.RepetitionVerdict)
    assert tuple(order["sides"]["enum"]) == get_args(findings.Sides)
    sequence, forecast = defs["sequence"]["properties"], defs["forecast"]["anyOf"][1]["properties"]
    assert tuple(sequence["scope"]["enum"]) == get_args(findings.SequenceScope)
    relation = sequence["groups"]["items"]["properties"]["relation"]["enum"]
    assert tuple(relation) == get_args(findings.SequenceRelation)
    assert tuple(forecast["state"]["enum"]) == get_args(findings.ForecastState)
    sets = load("analysis-1")["properties"]["sets"]["items"]["properties"]
    assert tuple(sets["verdict"]["enum"]) == get_args(findings.RepetitionVerdict)
    assert (*get_args(findings.SetReason), None) == tuple(sets["reason"]["enum"])
    quality = defs["line_quality"]["properties"]["state"]["enum"]
    assert tuple(quality) == get_args(findings.QualityState)
    connection = defs["line_connection"]["properties"]["state"]["enum"]
    assert tuple(connection) == get_args(findings.ConnectionState)
    muscles = load("montage-1")["properties"]["channels"]["additionalProperties"]["enum"]
    assert tuple(muscles) == NAMES


@pytest.mark.parametrize(
    ("name", "value"),
    [("analysis-1", ANALYSIS), ("montage-1", MONTAGE), ("truth-1", TRUTH)]
    + [("events-1", line) for line in EVENTS.values()],
)
def test_the_promised_examples_are_accepted_also_with_more_fields(
    name: str, value: dict[str, Any]
) -> None:
    assert faults(name, value) == []
    assert faults(name, {**value, "added_later": 1}) == []


@pytest.mark.parametrize(
    ("name", "value", "path"),
    [
        ("analysis-1", ANALYSIS, path)
        for path in (
            "schema",
            "software.settings_hash",
            "recording.simulated",
            "recording.streams.0.lost_samples",
            "channels.0.usable",
            "bursts.0.onset_low_s",
            "repetitions.0.onsets",
            "repetitions.0.pairs.0.p_a_first",
            "repetitions.0.verdict",
            "repetitions.0.movement_onset_s",
            "repetitions.0.sequence.0.p_order",
            "repetitions.0.forecast.state",
            "sets.0.scored",
            "warnings",
        )
    ]
    + [("montage-1", MONTAGE, path) for path in ("schema", "channels", "pelvis_imu.gyr")]
    + [
        ("truth-1", TRUTH, path)
        for path in ("seed", "repetitions.0.channels.gluteus_maximus_left.drive_s", "faults.0.kind")
    ]
    + [
        ("events-1", EVENTS[kind], path)
        for kind, path in (
            ("onset", "event"),
            ("onset", "decided_at_s"),
            ("verdict", "latency_ms"),
            ("verdict", "pairs"),
            ("repetition", "end_s"),
            ("connection", "at_s"),
            ("gap", "samples"),
            ("quality", "advice"),
            ("marker", "text"),
            ("summary", "streams.emg"),
            ("summary", "reconnects"),
        )
    ],
)
def test_a_missing_field_is_refused(name: str, value: dict[str, Any], path: str) -> None:
    broken: Any = copy.deepcopy(value)
    node = broken
    *parents, leaf = path.split(".")
    for key in parents:
        node = node[int(key)] if key.isdigit() else node[key]
    del node[leaf]
    assert faults(name, broken) != []


@pytest.mark.parametrize(
    "change",
    [
        {"verdict": "probably"},
        {"verdict": "unclear"},  # without a reason
        {"verdict": "unclear", "reason": "tired"},
        {"reason": "gap"},  # a claim gives no excuse
        {"lead_ms": None},  # a claim has its number
        {"sides": "middle"},
        {"index": 0},
    ],
)
def test_a_verdict_that_does_not_hold_together_is_refused(change: dict[str, Any]) -> None:
    assert faults("events-1", {**EVENTS["verdict"], **change}) != []


def test_an_unclear_verdict_with_its_reason_is_accepted() -> None:
    unclear = {"verdict": "unclear", "reason": "low_snr", "lead_ms": None}
    assert faults("events-1", {**EVENTS["verdict"], **unclear}) == []


def test_only_a_live_order_may_lack_its_lead() -> None:
    live = {**EVENTS["verdict"], "lead_ms": None, "low_ms": 55.0, "high_ms": None, "stage": "live"}
    assert faults("events-1", live) == []
    assert faults("events-1", {**live, "stage": "early"}) != []
    assert faults("events-1", {**live, "stage": "soon"}) != []
    assert faults("events-1", {**live, "verdict": "unclear", "reason": "gap"}) != []


def test_an_unknown_muscle_or_event_is_refused() -> None:
    assert faults("montage-1", {**MONTAGE, "channels": {"EMG1": "glute"}}) != []
    assert faults("montage-1", {**MONTAGE, "channels": {}}) != []
    assert faults("events-1", {"event": "telepathy"}) != []


def test_the_default_montage_keeps_its_own_schema() -> None:
    assert faults("montage-1", default_montage(8).to_dict()) == []


@pytest.mark.parametrize("scenario", SCENARIOS)
def test_the_truth_of_every_scenario_keeps_its_schema(scenario: str) -> None:
    plan = parse_faults("drop=0.01,flip=1e-5,stall=2@30,reboot@20,unplug=3@40,dup=0.001,ppm=40")
    truth = make_body(scenario, seed=3, repetitions=2).truth(plan)
    assert faults("truth-1", json.loads(json.dumps(truth))) == []
    assert {"stall", "drop"} <= {fault["kind"] for fault in truth["faults"]}


PAIR = PairFinding("gluteus_maximus_left", "erector_spinae_left", 85.0, 62.0, 110.0, 0.999,
                   "a_first", None)  # fmt: skip
FORECAST = SetForecast("expected", "glutes_first", 4, 2, None, 0.9)
LINE = SequenceFinding(
    "pooled", (SequenceGroup(("gluteus_maximus",), "single"),), 1.0,
    (SequenceRank("gluteus_maximus", (1.0,), 1.0, 1.0),), (("gluteus_maximus", "hamstring"),),
    {"hamstring": "gap"},
)  # fmt: skip
BURST = BurstFinding("gluteus_maximus_left", 5.012, 5.004, 5.021, None, None, None, 22.0)
FOUND = RepetitionFinding(
    index=1, set_index=1, start_s=4.8, movement_onset_s=None, top_s=None, end_s=8.0, scored=False,
    reasons=("incomplete",), onsets={"gluteus_maximus_left": OnsetEstimate(5.012, 5.004, 5.021),
                                     "erector_spinae_left": None},
    pairs=(PAIR,), verdict="unclear", reason="no_onset", sides="left", lead_ms=None, low_ms=None,
    high_ms=None, pelvis=PelvisRange(31.0, 2.1, 1.4), compensations=(), bursts=(BURST,),
    decided_at_s=8.2, p_glutes_first=None, sequence=(LINE,), forecast=FORECAST,
)  # fmt: skip


def test_what_the_session_writes_keeps_the_schemas() -> None:
    results = pytest.importorskip("firingorder.session.results")
    events = pytest.importorskip("firingorder.session.events")
    found = results.analysis(
        settings_hash="ab12",
        recording=results.RecordingSummary(
            "r1", "x.mcap", 61.2, "bridge", True,
            (results.StreamSummary("emg", 1000.0, 999.97, 61120, 80, 0.0, ((12.5, 12.58),)),),
        ),
        channels=(ChannelFinding("gluteus_maximus_left", None, None, False, None, False, ("x",)),),
        repetitions=(FOUND,),
        sets=(
            SetFinding(1, 0, 0, 0, 0, 1, None, None, None),
            SetFinding(
                2, 3, 2, 1, 0, 0, 40.0, 10.0, 70.0, leads=3, reason="too_few_repetitions",
                spread_ms=20.0, spread_low_ms=0.0, spread_high_ms=90.0,
                glutes_first_share=Share(0.667, 0.21, 0.94, 3),
                per_side=(SideLead("left", 3, 40.0, 10.0, 70.0),), forecast=FORECAST,
            ),
        ),
        warnings=(),
    )  # fmt: skip
    assert faults("analysis-1", json.loads(json.dumps(found.to_dict()))) == []
    for event in (
        OnsetFinding("gluteus_maximus_left", 5.014, 5.061),
        ConnectionEvent("connecting", None),
        GapEvent(Gap("emg", "loss", 12500, 80, 12.5, 12.58)),
        QualityFinding("gluteus_maximus_left", "good", "Nothing to do.", 3.0),
        MarkerEvent("set 2", None),
    ):
        assert faults("events-1", events.event_to_dict(event)) == []
    live = VerdictFinding(
        1, {"erector_spinae_left": None}, (), "glutes_first", None, "left",
        None, 55.0, None, 5.1, p_glutes_first=0.99, stage="live",
    )  # fmt: skip
    for timed in (FOUND, live):
        line = events.event_to_dict(timed) | {"latency_ms": 3.0}
        assert faults("events-1", line) == []
