"""The side that works: asked for, assumed and said, kept in the recording, found again."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from firingorder.cli import main
from firingorder.errors import UsageError
from firingorder.recording.reader import open_recording
from firingorder.session.arrays import analyse
from firingorder.session.files import FileOptions, recording_setup
from firingorder.session.tasking import asked_task, recorded_task

CHANNELS = ("gluteus_maximus_left", "erector_spinae_left")


def test_a_recording_keeps_the_side_that_was_asked_for(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "left.mcap"
    record = ["record", "--device", "sim:bridge?seed=3&speed=0", "--out", str(path)]
    assert main([*record, "--duration", "3", "--side", "left"]) == 0
    session = open_recording(path).session
    assert (session["task"], session["side"], session["side_assumed"]) == ("bridge", "left", False)
    again = recording_setup(open_recording(path), FileOptions()).task
    assert (again.working_side, again.side_assumed) == ("left", False)

    capsys.readouterr()
    assert main(["analyse", str(path)]) == 0
    told = capsys.readouterr().out
    assert told.count("tested on simulation only") == 1
    assert "task bridge, left side (tested on simulation only), simulated" in told
    assert main(["analyse", str(path), "--side", "right", "--json", "-"]) == 0
    assert json.loads(capsys.readouterr().out)["recording"]["side"] == "right"


def test_a_side_that_was_assumed_is_said_at_once_and_in_the_result(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "clam.mcap"
    record = ["record", "--device", "sim:bridge?seed=3&speed=0", "--out", str(path)]
    assert main([*record, "--duration", "3", "--task", "clam"]) == 0
    assert "the left side was taken" in capsys.readouterr().err
    setup = recording_setup(open_recording(path), FileOptions())
    assert (setup.task.id, setup.task.working_side, setup.task.side_assumed) == (
        "clam", "left", True,
    )  # fmt: skip
    assert main(["analyse", str(path), "--json", "-"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert sum("the left side was taken" in one for one in found["warnings"]) == 1
    assert main(["analyse", str(path), "--side", "right", "--json", "-"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert found["recording"]["side"] == "right"
    assert not any("was taken" in one for one in found["warnings"])


def test_a_side_that_cannot_work_is_wrong_use(capsys: pytest.CaptureFixture[str]) -> None:
    device = ["--device", "sim:bridge", "--out", "never.mcap"]
    assert main(["record", *device, "--task", "squat", "--side", "left"]) == 2
    assert "Task squat is done with both, not left." in capsys.readouterr().err
    assert not Path("never.mcap").exists()


def test_arrays_are_told_the_same() -> None:
    quiet_uv = np.random.default_rng(5).normal(0.0, 2.0, (3000, 2))
    found = analyse(quiet_uv, 1000.0, CHANNELS, task="side_raise")
    assert found.recording.side == "left"
    assert any("the left side was taken" in one for one in found.warnings)
    found = analyse(quiet_uv, 1000.0, CHANNELS, task="side_raise", side="right")
    assert found.recording.side == "right"
    assert not any("was taken" in one for one in found.warnings)
    # Too slow to be filtered: another way to a result, the same words.
    found = analyse(quiet_uv, 100.0, CHANNELS, task="side_raise")
    assert any("the left side was taken" in one for one in found.warnings)


@pytest.mark.parametrize(
    ("session", "task", "side", "expected"),
    [
        ({}, None, None, ("bridge", "both", False)),
        ({"task": "clam"}, None, None, ("clam", "left", True)),  # of a former version
        ({"task": "clam", "side": "right", "side_assumed": False}, None, None,
         ("clam", "right", False)),
        ({"task": "clam", "side": "left", "side_assumed": True}, None, None,
         ("clam", "left", True)),
        ({"task": "clam", "side": "left", "side_assumed": True}, None, "left",
         ("clam", "left", False)),
        ({"task": "clam", "side": "right"}, "quad_ext", None, ("quad_ext", "right", False)),
        ({"task": "clam", "side": "right"}, "squat", None, ("squat", "both", False)),
        ({"task": "bridge", "side": "both"}, "clam", None, ("clam", "left", True)),
        ({"task": "sit_hands", "side": "both"}, None, None, ("sit_hands", "both", False)),
        ({"task": "clam", "side": "middle"}, None, None, ("clam", "left", True)),
        ({"task": "clam", "side": ["left"]}, None, None, ("clam", "left", True)),
    ],
)  # fmt: skip
def test_a_recorded_side_is_found_again(
    session: dict[str, Any], task: str | None, side: Any, expected: tuple[str, str, bool]
) -> None:
    found = recorded_task(session, task, side)
    assert (found.id, found.working_side, found.side_assumed) == expected


def test_nothing_asked_is_the_bridge() -> None:
    assert asked_task(None).id == "bridge"
    with pytest.raises(UsageError, match=r"Unknown task 'bridges'"):
        asked_task("bridges")
