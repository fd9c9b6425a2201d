"""Standard output and standard error that take nothing: one sentence, or the work goes on."""

from __future__ import annotations

import io
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from firingorder.cli import main
from firingorder.recording.reader import open_recording
from tests.session.sessions import run_session

if TYPE_CHECKING:
    from collections.abc import Iterator

FULL = Path("/dev/full")
TWO = ("gluteus_maximus_left", "erector_spinae_left")
SAID = (
    "firingorder: Standard output could not be written: No space left on device. Free space there, "
    "or send it elsewhere.\n"
)
pytestmark = pytest.mark.skipif(not FULL.exists(), reason="no /dev/full here")


@pytest.fixture(scope="module")
def recorded(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("recorded") / "s.mcap"
    return run_session(path, duration_s=15.0, channels=TWO).path


@pytest.fixture
def full() -> Iterator[io.TextIOWrapper]:
    stream = FULL.open("w", encoding="utf-8")
    yield stream
    try:
        stream.close()
    except OSError:
        pass


@pytest.mark.parametrize(
    "command",
    [
        "--help",
        "--version",
        "analyse --help",
        "analyse FILE",
        "analyse FILE --json -",
        "analyse --print-settings",
        "explain FILE --rep 1",
        "doctor",
        "devices --json",
        "check-device sim:rest?speed=0 --json",
        "replay FILE --headless --speed 0 --events -",
        "library list",
        "export FILE --to csv --out OUT",
        "home inbox",
        "simulate --listen pty --duration 1",
    ],
)
def test_a_full_disk_behind_standard_output_is_named(
    command: str, recorded: Path, full: io.TextIOWrapper, tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str],
) -> None:  # fmt: skip
    """It was "The system refused: No space left on device", and for --help nothing and success."""
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    monkeypatch.setattr(sys, "stdout", full)
    given = {"FILE": str(recorded), "OUT": str(tmp_path / "out")}
    assert main([given.get(word, word) for word in command.split()]) == 1
    assert sys.stdout is full  # what a caller had is given back
    assert capsys.readouterr().err == SAID


def test_a_key_that_nobody_was_told_of_is_not_left_behind(
    full: io.TextIOWrapper, tmp_path: Path, monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:  # fmt: skip
    """It stayed, and the command said that it exists already."""
    path = tmp_path / "my.key"
    with monkeypatch.context() as patched:
        patched.setattr(sys, "stdout", full)
        assert main(["home", "key", "--out", str(path)]) == 1
    assert capsys.readouterr().err == SAID
    assert not path.exists()
    assert main(["home", "key", "--out", str(path)]) == 0
    given = capsys.readouterr().out.split()[-1]
    assert given in path.read_text(encoding="utf-8")
    assert path.stat().st_mode & 0o077 == 0


@pytest.mark.parametrize("command", ["record", "live", "replay"])
def test_event_lines_that_are_missing_are_no_success(
    command: str, recorded: Path, full: io.TextIOWrapper, tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str],
) -> None:  # fmt: skip
    """A window whose event lines had no room ended with 0; a recording, with 1."""
    monkeypatch.setenv("QT_QPA_PLATFORM", "offscreen")
    monkeypatch.setattr(sys, "stdout", full)
    sim = ("--device", "sim:rest?speed=0", "--duration", "2", "--events", "-")
    args = {
        "record": ("record", *sim, "--out", str(tmp_path / "s.mcap")),
        "live": ("live", *sim, "--no-record", "--no-sound"),
        "replay": ("live", "--device", f"replay:{recorded}?speed=0", "--events", "-",
                   "--screenshot", str(tmp_path / "a.png")),
    }  # fmt: skip
    assert main(args[command]) == 1
    assert capsys.readouterr().err.count("Event lines are no longer written: No space left") == 1


def test_a_full_disk_behind_standard_error_ends_nothing(
    full: io.TextIOWrapper, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Telling of an outage ended the recording, and every error was 1."""
    out = tmp_path / "s.mcap"
    monkeypatch.setattr(sys, "stderr", full)
    device = "sim:rest?speed=0&faults=unplug=2@1"
    assert main(["record", "--device", device, "--out", str(out), "--duration", "6"]) == 0
    assert open_recording(out).finished
    assert main(["analyse", str(tmp_path / "none.mcap")]) == 2


def test_a_letter_that_the_stream_has_no_code_for_ends_nothing(
    recorded: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """`explain` in an ASCII pipe was a fault of firingorder."""
    raw = io.BytesIO()
    monkeypatch.setattr(sys, "stdout", io.TextIOWrapper(raw, encoding="ascii"))
    assert main(["explain", str(recorded), "--rep", "1"]) == 0
    sys.stdout.flush()
    assert b"margin \\xb130 ms" in raw.getvalue()
    assert capsys.readouterr().err == ""
