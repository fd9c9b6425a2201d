"""However a command ends, the recording is whole and the status says what happened."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from firingorder.cli import main
from firingorder.recording.reader import open_recording
from firingorder.session.files import analyse_path
from tests.programs import ROOT, Program
from tests.session.sessions import run_session

if TYPE_CHECKING:
    from collections.abc import Callable

LIMIT_S = 60.0
#: Each command takes both signals in the same way: each command and each signal once, every pair in
#: the long run (`make test-long`).
WAYS = [("record", signal.SIGINT), ("live", signal.SIGTERM)]
if os.environ.get("LONG_TESTS"):
    WAYS += [("record", signal.SIGTERM), ("live", signal.SIGINT)]
TWO = ("gluteus_maximus_left", "erector_spinae_left")


def start(*args: str) -> Program:
    return Program(*args, env={"QT_QPA_PLATFORM": "offscreen", "PYTHONUNBUFFERED": "1"})


def without_reader(run: Program) -> tuple[int, str]:
    """Close the reading end of its output; return the exit status and what it said."""
    with run:
        run.stdout.close()
        said = run.stderr.read()
    return run.wait(LIMIT_S), said


def test_a_recording_survives_the_reader_of_its_events(tmp_path: Path) -> None:
    out = tmp_path / "s.mcap"
    run = start(
        *("record", "--device", f"sim:bridge?speed=0&channels={','.join(TWO)}", "--out", str(out)),
        *("--duration", "14", "--events", "-"),
    )
    assert "connecting" in run.stdout.readline()
    status, said = without_reader(run)
    assert status == 0, said
    assert said.count("Event lines are no longer written") == 1
    assert "Exception" not in said
    recording = open_recording(out)
    assert recording.finished
    assert analyse_path(out).recording.duration_s >= 14.0


def test_a_reader_that_has_enough_is_no_failure(tmp_path: Path) -> None:
    live = run_session(tmp_path / "s.mcap", duration_s=15.0, channels=TWO)
    run = start("replay", str(live.path), "--headless", "--speed", "0", "--events", "-")
    assert "connecting" in run.stdout.readline()
    assert without_reader(run) == (0, "")


@pytest.mark.skipif(os.name == "nt", reason="streams are closed by the POSIX shell")
@pytest.mark.parametrize(
    ("command", "closed", "status"),
    [("analyse --print-settings", ">&-", 0), ("analyse missing.csv", "2>&-", 2)],
)
def test_a_stream_that_was_closed_before_is_no_fault(
    command: str, closed: str, status: int
) -> None:
    """Without standard output the product blamed itself; errors went to the results."""
    run = subprocess.run(
        ["/bin/sh", "-c", f'exec "$0" -m firingorder {command} {closed}', sys.executable],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert (run.returncode, run.stdout, run.stderr) == (status, "", "")


@pytest.mark.skipif(os.name == "nt", reason="signals of another process need POSIX")
@pytest.mark.parametrize(("command", "number"), WAYS)
def test_an_interrupted_session_is_whole(
    tmp_path: Path, command: str, number: signal.Signals
) -> None:
    out = tmp_path / "s.mcap"
    run = start(
        *(command, "--device", "sim:bridge", "--out" if command == "record" else "--record"),
        *(str(out), "--events", "-"),
    )
    while "streaming" not in run.stdout.readline():
        assert run.poll() is None
    run.send_signal(number)
    _, said = run.communicate(timeout=LIMIT_S)
    assert run.returncode == 0, said
    assert f"Recording: {out}" in said
    assert "Traceback" not in said
    assert open_recording(out).finished


def test_lines_that_the_disk_does_not_take_are_a_failure(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    if not Path("/dev/full").exists():
        pytest.skip("needs /dev/full")
    out = tmp_path / "s.mcap"
    args = ("record", "--device", "sim:rest?speed=0", "--out", str(out), "--duration", "3")
    assert main([*args, "--events", "/dev/full"]) == 1
    assert "No space left" in capsys.readouterr().err
    assert analyse_path(out).recording.duration_s >= 3.0


def test_what_a_replay_cannot_change_is_refused(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("QT_QPA_PLATFORM", "offscreen")
    path = run_session(tmp_path / "s.mcap", scenario="rest", duration_s=2.0).path

    def said(*args: str) -> str:
        assert main(args) == 2
        return capsys.readouterr().err

    assert "--montage" in said("live", "--device", f"replay:{path}", "--montage", "m.json")
    assert "speed" in said("live", "--device", f"replay:{path}?speed=-1")
    assert "speed" in said("replay", str(path), "--headless", "--speed", "-1")
    assert "--screenshot" in said("replay", str(path), "--headless", "--screenshot", "a.png")


def test_results_of_files_with_one_name_do_not_overwrite_each_other(
    tmp_path: Path, make_csv: Callable[[Path], None]
) -> None:
    for folder in ("one", "two"):
        (tmp_path / folder).mkdir()
        make_csv(tmp_path / folder / "a.csv")
    results = tmp_path / "results"
    args = ["analyse", str(tmp_path / "one"), str(tmp_path / "two"), "--rate", "1000"]
    assert main([*args, "--out", str(results)]) == 0
    assert len(list(results.iterdir())) == 2


@pytest.fixture
def make_csv() -> Callable[[Path], None]:
    def make(path: Path) -> None:
        rows = "\n".join("1,2" if k % 2 else "-1,-2" for k in range(3000))
        path.write_text(f"GMAX L,ES L\n{rows}\n")

    return make
