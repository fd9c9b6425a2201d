"""What a person changes during a session holds from there on, live and on replay."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from firingorder.recording.reader import open_recording
from firingorder.session.engine import Engine
from firingorder.session.files import (
    FileOptions,
    analyse_path,
    recorded_inputs,
    recording_setup,
)
from firingorder.session.inputs import Control, from_entry
from firingorder.session.replaying import replay_engine, run_replay
from firingorder.signal.wanted import RESULT_ONLY
from tests.session.sessions import run_session

if TYPE_CHECKING:
    from pathlib import Path

    from firingorder.findings import RepetitionFinding

#: A lead of the glutes of some 100 ms lies within this margin, and not within that of the task.
WIDE_MS = 400.0
#: One pair on each side: what holds from when on is the same for more.
FOUR = (
    "gluteus_maximus_left",
    "gluteus_maximus_right",
    "erector_spinae_left",
    "erector_spinae_right",
)


def verdicts(repetitions: tuple[RepetitionFinding, ...] | list[RepetitionFinding]) -> list[str]:
    return [rep.verdict for rep in repetitions]


def test_another_margin_holds_for_what_is_judged_after_it(tmp_path: Path) -> None:
    steered = run_session(
        tmp_path / "s.mcap",
        scenario="bridge",
        duration_s=28.0,
        channels=FOUR,
        steer={18: ("setting", "together_margin_ms", WIDE_MS)},
    )
    recording = open_recording(steered.path)
    plain = Engine(recording_setup(recording, FileOptions()), wanted=RESULT_ONLY)
    for item in recorded_inputs(recording):
        if not _is_control(item):
            plain.feed(item)
    plain.finish()
    before, after = plain.repetitions, steered.acquisition.engine.repetitions
    changed = [a.index for a, b in zip(before, after, strict=True) if a != b]
    print(f"without: {verdicts(before)}, with: {verdicts(after)}")
    assert changed
    assert all(rep.end_s > 15.0 for rep in after if rep.index in changed)
    pairs = [pair for rep in after if rep.index in changed for pair in rep.pairs]
    assert {pair.verdict for pair in pairs} >= {"together"}

    engine = replay_engine(recording)
    check = run_replay(recording, engine, lambda _events, _item: None)
    assert check.first_difference_s is None
    assert engine.repetitions == after
    result = analyse_path(steered.path, FileOptions())
    assert list(result.repetitions) == after
    assert result.accounts[changed[-1]].margin_ms == WIDE_MS
    assert result.accounts[1].margin_ms < WIDE_MS


def test_keys_pressed_before_the_first_sample_count(tmp_path: Path) -> None:
    live = run_session(
        tmp_path / "s.mcap",
        scenario="bridge",
        duration_s=13.0,
        channels=FOUR,
        steer={0: ("next_set", "")},
    )
    controls = [item for item in recorded_inputs(open_recording(live.path)) if _is_control(item)]
    assert len(controls) == 1
    repetitions = live.acquisition.engine.repetitions
    assert [rep.set_index for rep in repetitions] == [2]
    assert list(analyse_path(live.path).repetitions) == repetitions


@pytest.mark.parametrize(
    ("name", "value"),
    [("volume", 3.0), ("together_margin_ms", None), ("together_margin_ms", float("nan")),
     ("together_margin_ms", 0.0), ("together_margin_ms", 5000.0)],
)  # fmt: skip
def test_a_setting_that_cannot_be_is_refused_at_once(name: str, value: float | None) -> None:
    with pytest.raises(ValueError, match=name):
        Control("setting", 1, name, value)


def test_a_setting_of_a_newer_version_is_skipped() -> None:
    assert from_entry("control", b'{"kind": "setting", "name": "volume", "value": 3}', 1) is None
    odd = b'{"kind": "setting", "name": "together_margin_ms", "value": "wide"}'
    assert from_entry("control", odd, 1) is None


def _is_control(item: object) -> bool:
    return isinstance(item, Control)
