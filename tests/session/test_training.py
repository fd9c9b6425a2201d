"""Training in virtual time: from the beginning to the summary, and the same again on replay."""

from __future__ import annotations

import json
from functools import cache
from importlib import resources
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from jsonschema import Draft202012Validator

from firingorder.cli import main
from firingorder.errors import UsageError
from firingorder.findings import MarkerEvent
from firingorder.recording.reader import open_recording
from firingorder.samples import ImuChunk
from firingorder.session.belt_watch import TAPPED, BeltWatch
from firingorder.session.engine import Engine
from firingorder.session.events import event_to_dict
from firingorder.session.files import FileOptions, analyse_path
from firingorder.session.inputs import latency_text, read_latency
from firingorder.session.replaying import replay_engine, run_replay
from firingorder.session.setup import SessionSetup
from firingorder.session.training_desk import LEFT_OUT, NOTHING_LEFT
from firingorder.simulation.scenarios import make_body
from firingorder.training.exercises import load_task
from firingorder.training.programmes.records import Item
from firingorder.training.programmes.writing import write_programme
from tests.session.led_sessions import FOUR, Led, led_session, programme

if TYPE_CHECKING:
    from pathlib import Path

    from firingorder.findings import Event
    from firingorder.session.inputs import Input
    from firingorder.training.coaching.view import CoachView

TWO = programme(
    Item("bridge", reps=(1, 1), rest_s=0.0), Item("iso_supine", reps=(1,), hold_s=5.0, rest_s=0.0)
)
SHORT = programme(Item("bridge", reps=(1,), rest_s=8.0), Item("iso_supine", reps=(1,), hold_s=2.0))
SCHEMAS = resources.files("firingorder") / "schemas"


@cache
def validator(schema: str) -> Draft202012Validator:
    return Draft202012Validator(
        json.loads((SCHEMAS / f"{schema}.json").read_text(encoding="utf-8"))
    )


def faults(schema: str, value: Any) -> list[str]:
    return [error.message for error in validator(schema).iter_errors(value)]


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Led:
    """Two sets of a bridge and one of a squeeze; the belt is away for a second, and STOP once."""
    path = tmp_path_factory.mktemp("whole") / "led.mcap"
    pressed: list[str] = []

    def keys(view: CoachView | None, now_s: float) -> list[tuple[str, str]]:
        if pressed or view is None or view.state != "work" or now_s < 20.0:
            return []
        pressed.append("stop")
        return [("stop", "")]

    return led_session(path, TWO, questions=True, faults="unplug=1@14", keys=keys)


def replayed(path: Path) -> tuple[list[dict[str, Any]], int, float | None]:
    """Event lines of a replay, how many digests were compared, and where they first differed."""
    recording = open_recording(path)
    lines: list[dict[str, Any]] = []

    def take(events: list[Event], item: Input | None) -> None:
        del item
        lines.extend(line for one in events if (line := event_to_dict(one)) is not None)

    check = run_replay(recording, replay_engine(recording), take)
    return lines, check.compared, check.first_difference_s


def training(lines: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return [line for line in lines if line["event"] == "training"]


def test_a_person_is_led_from_the_questions_to_the_summary(whole: Led) -> None:
    print(whole.states)
    assert whole.states[0] == "questions"
    assert whole.states[-1] == "summary"
    done = [values for kind, values in whole.notes if kind == "set_ended"]
    assert [(one["exercise"], one["done"], one["reason"]) for one in done] == [
        ("bridge", 1, "done"), ("bridge", 1, "done"), ("iso_supine", 1, "done"),
    ]  # fmt: skip
    assert [values["pain"] for kind, values in whole.notes if kind == "pain"] == [0] * 4
    assert [values["state"] for kind, values in whole.notes if kind == "stop"] == ["work"]


def test_every_repetition_is_of_the_exercise_and_set_that_was_led(whole: Led) -> None:
    scored = [line for line in whole.of("repetition") if line["scored"]]
    assert [(one["set"], one["task"]) for one in scored] == [
        (1, "bridge"), (2, "bridge"), (3, "iso_supine"),
    ]  # fmt: skip
    assert scored[-1]["phases"]["cue_s"] is not None
    begun = [line["at_s"] for line in training(whole.lines) if line["values"].get("reps")]
    assert all(one["start_s"] > begun[one["set"] - 1] for one in scored)


def test_a_reaction_is_told_from_when_the_cue_was_heard(whole: Led) -> None:
    """The delay of the loudspeaker is an input: noted, taken off, and there on replay."""
    rep = whole.engine.repetitions[-1]
    found = {one.subject: one for one in rep.metrics if one.name == "reaction"}
    assert set(found) == set(FOUR)
    for name in ("gluteus_maximus_left", "gluteus_maximus_right"):
        onset, one = rep.onsets[name], found[name]
        assert onset is not None
        assert rep.phases is not None
        assert rep.phases.cue_s is not None
        assert one.gate is None
        assert one.value == pytest.approx(1e3 * (onset.onset_s - rep.phases.cue_s - 0.1), abs=0.1)
        assert one.low is not None
        assert one.high is not None
        assert one.high - one.low >= 40.0
    for text in ("", "{}", "null", "[1]", "[0.1, -1]", '["a", 1]', "[NaN, 0]", "[true, 1e999]"):
        assert read_latency(text) is None
    assert read_latency(latency_text((0.0123, 0.02))) == (0.0123, 0.02)


def test_a_replay_is_led_the_same(whole: Led) -> None:
    lines, compared, different_s = replayed(whole.path)
    assert different_s is None
    assert compared >= 3
    assert training(lines) == training(whole.lines)


def test_what_is_left_of_a_recording_that_was_cut_was_led_the_same(
    whole: Led, tmp_path: Path
) -> None:
    """The computer lost its power: the recording ends where it ends."""
    data = whole.path.read_bytes()
    live = training(whole.lines)
    cut = tmp_path / "cut.mcap"
    cut.write_bytes(data[: int(0.4 * len(data))])
    lines, _, different_s = replayed(cut)
    assert different_s is None
    end_s = lines[-1].get("decided_at_s") or lines[-1]["at_s"]
    # What was under way at the end is judged by what there is of it.
    notes = [one for one in training(lines) if one["at_s"] < end_s]
    assert 0 < len(notes) < len(live)
    assert notes == live[: len(notes)]


def test_the_result_holds_the_training_and_fits_its_schema(whole: Led) -> None:
    result = analyse_path(whole.path)
    told = result.to_dict()
    assert faults("analysis-1", told) == []
    assert [f for line in whole.lines for f in faults("events-1", line)] == []
    kept = told["training"]
    assert kept["programme"]["programme"] == "test"
    assert len(kept["sets"]) == 3
    assert len(kept["pain"]) >= 5  # before, after each set, at the end
    live = [{k: v for k, v in line.items() if k != "event"} for line in training(whole.lines)]
    assert kept["notes"] == live
    assert list(result.repetitions) == whole.engine.repetitions
    assert [(one.index, one.task) for one in result.sets] == [
        (1, "bridge"), (2, "bridge"), (3, "iso_supine"),
    ]  # fmt: skip


def test_another_task_is_looked_for_in_the_same_sets(whole: Led, tmp_path: Path) -> None:
    data = whole.path.read_bytes()
    bridges = tmp_path / "bridges.mcap"
    bridges.write_bytes(data[: int(0.5 * len(data))])
    result = analyse_path(bridges, FileOptions(task="hip_thrust"))
    assert {rep.task for rep in result.repetitions} == {"hip_thrust"}
    assert max(rep.set_index for rep in result.repetitions if rep.scored) <= 2
    assert result.training is not None
    assert training([{"event": "training", **n} for n in result.training.to_dict()["notes"]])
    assert any("--task" in one and "bridge" in one for one in result.warnings)


def test_what_the_pads_cannot_measure_is_left_out_and_said_once(tmp_path: Path) -> None:
    """Of the first exercise no muscle has a pad, of the second one has."""
    what = programme(
        Item("side_plank", reps=(1,), side="left"), Item("iso_supine", reps=(1,), hold_s=2.0)
    )
    led = led_session(tmp_path / "o.mcap", what, channels=FOUR[:1] + FOUR[2:3])
    told = [line["text"] for line in led.of("marker")]
    print(told)
    assert len(told) == 1
    assert told[0].startswith(LEFT_OUT)
    assert "Side plank" in told[0]
    assert "none of its muscles has a pad (gluteus medius left)" in told[0]
    ended = [values for kind, values in led.notes if kind == "set_ended"]
    assert [(one["exercise"], one["done"]) for one in ended] == [("iso_supine", 1)]


def test_a_recording_of_a_training_that_cannot_be_done_ends_and_says_why(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "n.mcap"
    device = "sim:listening?speed=0&channels=hamstring_left,erector_spinae_left"
    status = main(["record", "--device", device, "--programme", "find_it", "--out", str(path)])
    said = capsys.readouterr().err
    assert (status, said.count(NOTHING_LEFT)) == (1, 1), said
    assert "gluteus maximus" in said
    assert open_recording(path).finished


def test_a_recorded_training_is_kept_in_the_log_of_the_person(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """With a PIN and damaged settings, and with a code that no file system takes as it is."""
    monkeypatch.setattr("platformdirs.user_data_dir", lambda *_a, **_k: str(tmp_path / "data"))
    monkeypatch.setattr("platformdirs.user_config_dir", lambda *_a, **_k: str(tmp_path / "config"))
    (tmp_path / "config").mkdir()
    (tmp_path / "config" / "settings.json").write_text("{broken")
    wanted = tmp_path / "mine.yaml"
    wanted.write_text(write_programme(programme(Item("iso_supine", reps=(1,), hold_s=2.0))))
    person = '\xdc / ../ "x"'
    run = ["record", "--device", "sim:listening?speed=0&person=clean", "--programme", str(wanted)]
    out = ["--out", str(tmp_path / "k.mcap"), "--duration", "20"]
    assert main([*run, *out, "--person", person]) == 0
    said = capsys.readouterr().err
    assert said.count("settings.broken-1.json") == 1, said
    (log,) = (tmp_path / "data" / "people").iterdir()
    kept = [json.loads(line) for line in log.read_text(encoding="utf-8").splitlines() if line]
    assert {one["person"] for one in kept} == {person}
    kinds = [one["kind"] for one in kept]
    assert kinds[0] == "session_started"
    assert {"set_ended", "question_answered"} <= set(kinds)
    assert main([*run, "--out", str(tmp_path / "n.mcap"), "--person", "a\udcff"]) == 2
    assert "--person" in capsys.readouterr().err


def test_stop_in_every_state_silences_keeps_the_data_and_goes_on(tmp_path: Path) -> None:
    """STOP once in each state that comes by; the person answers and goes on each time."""
    stopped: list[str] = []

    def keys(view: CoachView | None, _now_s: float) -> list[tuple[str, str]]:
        if view is None or view.state in stopped or view.state in ("stopped", "summary"):
            return []
        stopped.append(view.state)
        return [("stop", "")]

    led = led_session(tmp_path / "s.mcap", SHORT, questions=True, keys=keys)
    print(stopped, led.states)
    assert {"questions", "ready", "get_ready", "work", "pain"} <= set(stopped)
    assert led.states[-1] == "summary"
    stops = [values["state"] for kind, values in led.notes if kind == "stop"]
    assert stops == stopped
    received = led.of("summary")[-1]["streams"]["emg"]
    assert received["lost_samples"] == 0
    assert received["samples"] == pytest.approx(led.engine.duration_s * 1000.0, abs=2.0)


@pytest.mark.parametrize(("rate_hz", "told"), [(50.0, 1), (89.0, 1), (100.0, 0)])
def test_a_sensor_too_slow_for_taps_is_told_once(rate_hz: float, told: int) -> None:
    engine = Engine(SessionSetup(task=load_task("bridge"), belt_taps=True))
    watch = BeltWatch(engine)
    still = np.tile([0.0, 0.0, 9.81], (20, 1))
    events: list[Event] = []
    for k in range(3):
        zero, at_s = np.zeros((20, 3)), 20 * k / rate_hz
        watch.look(ImuChunk(20 * k, at_s, rate_hz, still, zero))
        events += watch.take(k)
    assert len(events) == told
    assert all(isinstance(one, MarkerEvent) and "Space" in one.text for one in events)


def test_who_has_much_pain_is_not_led_and_can_end(tmp_path: Path) -> None:
    def keys(view: CoachView | None, _now_s: float) -> list[tuple[str, str]]:
        return [("end", "")] if view is not None and view.state == "blocked" else []

    led = led_session(
        tmp_path / "p.mcap", SHORT, scenario="listening?pain=8", questions=True, keys=keys
    )
    assert led.states == ["questions", "blocked", "summary"]
    assert led.of("repetition") == []
    with pytest.raises(UsageError, match="listens to nobody"):
        make_body("bridge?pain=8", seed=1)


def test_who_never_starts_is_let_go_after_twice_as_many_tries(tmp_path: Path) -> None:
    once = programme(Item("iso_supine", reps=(1,), hold_s=2.0))
    led = led_session(tmp_path / "n.mcap", once, scenario="listening?obeys=not")
    (end,) = [values for kind, values in led.notes if kind == "set_ended"]
    assert (end["done"], end["reason"]) == (0, "tries")
    assert led.states[-1] == "summary"


@pytest.mark.parametrize("begins", [True, False])
def test_two_taps_on_the_belt_stop_in_training_and_without(tmp_path: Path, begins: bool) -> None:
    led = led_session(
        tmp_path / "t.mcap", SHORT, taps_at_s=(9.0,), begins=begins, most_s=14.0, listens=False
    )
    assert [line["text"] for line in led.of("marker")] == [TAPPED]
    assert 9.0 < led.of("marker")[0]["at_s"] < 11.5
    assert ("stopped" in led.states) == begins
    assert led.engine.steering.paused != begins
