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
from firingorder.cli.outages import MOST_TOLD, Outages
from firingorder.cli.simulate import STOPPED
from firingorder.findings import ConnectionEvent
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


def test_a_device_that_goes_is_told_while_it_is_waited_for(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """`record` stood still for a minute without a word, and then called the device gone."""
    out = tmp_path / "s.mcap"
    device = "sim:rest?speed=0&faults=unplug=2@1,unplug=2@5,unplug=inf@9"
    args = ("record", "--device", device, "--out", str(out), "--give-up", "4")
    assert main(args) == 1
    away = (
        "The simulated belt was unplugged. It is waited for, 4 s at most; Ctrl-C ends the "
        "recording whole."
    )
    back = "simulated belt is back; the recording goes on."
    *told, kept, error = capsys.readouterr().err.splitlines()
    assert told == [away, back, away, back, away]
    assert kept == f"Recording: {out}"
    assert error.startswith("firingorder: simulated belt did not come back within 4 s.")
    assert open_recording(out).finished


def test_a_loose_plug_is_not_told_for_ever() -> None:
    told: list[str] = []
    outages = Outages(told.append, "the belt", 60.0)
    for k in range(2 * MOST_TOLD):
        for state in ("lost", "connecting", "recovered"):
            outages.take([ConnectionEvent(state, float(k))], str)
    assert len(told) == 2 * MOST_TOLD
    assert told[0].startswith("the belt sends nothing any more. It is waited for, 60 s at most")
    assert told[-2].endswith("Further outages are counted and not told.")


@pytest.mark.skipif(os.name == "nt", reason="signals of another process need POSIX")
@pytest.mark.parametrize("maker", [(), ("--as", "cyton")], ids=["belt", "cyton"])
def test_a_simulated_device_that_is_stopped_says_what_that_means(maker: tuple[str, ...]) -> None:
    """It ended without a word, and whoever recorded from it waited for a minute."""
    run = start("simulate", "--listen", "tcp:0", *maker)
    assert "tcp://" in run.stdout.readline()
    run.send_signal(signal.SIGINT)
    _, said = run.communicate(timeout=LIMIT_S)
    assert run.returncode == 0, said
    assert said.splitlines()[-1] == STOPPED
