"""Live, replay and analysis of the recording agree to the last bit."""

from __future__ import annotations

import io
import json
import os
from typing import TYPE_CHECKING, Any

import pytest

from firingorder.montage import DEFAULT_EIGHT
from firingorder.recording.reader import open_recording
from firingorder.session.files import FileOptions, analyse_path
from firingorder.session.lines import EventLines
from firingorder.session.replaying import DigestCheck, replay_engine, run_replay
from tests.session.sessions import Session, Steering, run_session, without_latency

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from firingorder.findings import Event
    from firingorder.session.inputs import Input


#: Half of the channels where it does not matter what else there is.
FOUR = (
    "gluteus_maximus_left",
    "gluteus_maximus_right",
    "erector_spinae_left",
    "erector_spinae_right",
)
#: A second seed, all channels, more repetitions and a stall alone in the long run
#: (`make test-long`).
LONG = bool(os.environ.get("LONG_TESTS"))
MOST = DEFAULT_EIGHT if LONG else FOUR
SEEDS = (3, 11) if LONG else (3,)
TRUTH_S = 75.0 if LONG else 42.0


@pytest.fixture(scope="module")
def clean(tmp_path_factory: pytest.TempPathFactory) -> Session:
    """A session in which nothing goes wrong."""
    return run_session(tmp_path_factory.mktemp("clean") / "s.mcap", duration_s=33.0, channels=FOUR)


def play(path: Path) -> tuple[list[dict[str, Any]], DigestCheck]:
    recording = open_recording(path)
    engine = replay_engine(recording)
    out = io.StringIO()
    lines = EventLines(out, lambda: 0)

    def on_events(events: list[Event], item: Input | None) -> None:
        del item
        lines.write(events, 0)

    check = run_replay(recording, engine, on_events)
    lines.summary(engine)
    return [json.loads(line) for line in out.getvalue().splitlines()], check


def test_a_replay_with_gaps_reconnect_reboot_and_controls_finds_what_was_found_live(
    tmp_path: Path,
) -> None:
    faults = "drop=0.01,flip=1e-5,dup=0.002,unplug=3@18,reboot@27,stall=2.5@32,ppm=40"
    steer: Mapping[int, Steering] = {
        9: ("next_set", ""), 10: ("setting", "together_margin_ms", 80.0), 12: ("mark", "here"),
        14: ("pause", ""), 20: ("resume", ""),
    }  # fmt: skip
    live = run_session(
        tmp_path / "s.mcap", duration_s=40.0, channels=MOST, faults=faults, steer=steer
    )
    agrees(live, faults)


@pytest.mark.skipif(not LONG, reason="a stall among other faults is tried above; set LONG_TESTS")
def test_a_replay_of_a_stall_alone_finds_what_was_found_live(tmp_path: Path) -> None:
    live = run_session(
        tmp_path / "s.mcap",
        duration_s=41.0,
        faults="stall=2.5@15",
        channels=FOUR,
        steer={10: ("setting", "together_margin_ms", 80.0)},
    )
    agrees(live, "stall")


def test_a_clean_replay_finds_what_was_found_live(clean: Session) -> None:
    agrees(clean, "")


def agrees(live: Session, faults: str) -> None:
    lines, check = play(live.path)
    assert without_latency(lines) == without_latency(live.lines)
    assert check.compared >= 3
    assert check.first_difference_s is None
    assert len(live.of("repetition")) >= 3
    stages = [line["stage"] for line in live.of("verdict")]
    counts = live.of("summary")[0]["reversals"]
    assert counts["told_live"] == stages.count("live")
    assert stages.count("live") >= 1 or faults.startswith("drop")  # gaps are taken for no silence
    assert counts["revised"] == len(
        {line["index"] for line in live.of("verdict") if line.get("revises")}
    )
    result = analyse_path(live.path, FileOptions()).to_dict()
    mine = [
        {k: v for k, v in line.items() if k in result["repetitions"][0]}
        for line in live.of("repetition")
    ]
    assert mine == result["repetitions"]
    if faults.startswith("drop"):
        assert live.of("summary")[0]["reconnects"] == 3  # plug, boot, stall
        assert any(line["kind"] == "loss" for line in live.of("gap"))
        assert [line["text"] for line in live.of("marker")] == ["here"]


def test_a_changed_read_is_noticed_by_the_digest(clean: Session) -> None:
    """The negative control: a replay of other bytes must not count as identical."""
    recording = open_recording(clean.path)
    until_ns = recording.anchor.mono_ns + 12 * 10**9  # behind the first digest
    for change in (lambda feed: feed, _deaf):
        engine = replay_engine(recording)
        engine.feed = change(engine.feed)  # type: ignore[method-assign]
        check = run_replay(
            recording, engine, lambda _events, _item: None, wait_until=lambda t_ns: t_ns < until_ns
        )
        assert check.compared == 1
        assert (check.first_difference_s is None) == (change is not _deaf)


def _deaf(feed: Any) -> Any:
    count = 0

    def without_one(item: Input) -> list[Event]:
        nonlocal count
        count += 1
        return [] if count == 300 else feed(item)

    return without_one


@pytest.mark.parametrize("seed", SEEDS)
def test_samples_are_accounted_for_to_the_sample(tmp_path: Path, seed: int) -> None:
    live = run_session(
        tmp_path / "s.mcap",
        seed=seed,
        duration_s=20.0,
        channels=FOUR,
        scenario="rest",
        faults="drop=0.02,flip=2e-5,dup=0.01,unplug=2@5,stall=1@11,reboot@16",
    )
    summary = live.of("summary")[0]
    emg = summary["streams"]["emg"]
    outage = round(emg["outage_s"] * 1000)
    total = emg["samples"] + emg["lost_samples"] + outage
    assert total == round(summary["duration_s"] * 1000)
    assert emg["lost_samples"] > 0
    assert outage >= 1500
    losses = sum(line["samples"] for line in live.of("gap") if line["stream"] == "emg")
    assert losses == emg["lost_samples"] + outage


def test_onsets_against_the_truth(tmp_path: Path) -> None:
    """Planted onsets are found where they are, and the intervals say how well."""
    live = run_session(
        tmp_path / "s.mcap", scenario="bridge", seed=21, duration_s=TRUTH_S, channels=MOST
    )
    truth = live.body.truth(duration_s=TRUTH_S)["repetitions"]
    found = live.of("repetition")
    errors_ms: list[float] = []
    inside = 0
    for rep in found:
        planted = min(truth, key=lambda one: abs(one["movement_onset_s"] - rep["movement_onset_s"]))
        for name, onset in rep["onsets"].items():
            if onset is not None:
                true_s = planted["channels"][name]["onset_s"]
                errors_ms.append(1e3 * (onset["onset_s"] - true_s))
                inside += onset["low_s"] <= true_s <= onset["high_s"]
    print(f"{len(found)} repetitions, errors {[round(e, 1) for e in errors_ms]}")
    assert len(errors_ms) >= len(MOST) * (len(truth) - 1) > 12
    mae_ms = sum(map(abs, errors_ms)) / len(errors_ms)
    assert mae_ms < 15.0
    assert inside / len(errors_ms) > 0.85
