"""The commands that write reports: of a recording without a sample, and of what is no recording."""

from __future__ import annotations

import base64
from pathlib import Path

import pytest

from firingorder.cli import main

GOLDEN = Path(__file__).parents[1] / "recording" / "golden_recording_1.b64"


@pytest.fixture
def recording(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    for name in ("XDG_DATA_HOME", "XDG_CONFIG_HOME"):
        monkeypatch.setenv(name, str(tmp_path / name))
    path = tmp_path / "golden.mcap"
    path.write_bytes(base64.b64decode(GOLDEN.read_text()))
    return path


@pytest.mark.parametrize("command", ["report", "analyse"])
def test_a_recording_without_a_sample_has_a_report_that_says_so(
    command: str, recording: Path, qapp: object, capsys: pytest.CaptureFixture[str]
) -> None:
    out = recording.with_name("out.html")
    asked = ["--out", str(out)] if command == "report" else ["--report", str(out)]
    assert main([command, str(recording), *asked]) == 0
    assert f"Report: {out}" in capsys.readouterr().err
    text = out.read_text(encoding="utf-8")
    assert "No repetition was found" in text
    assert "The recording holds no samples." in text
    assert "golden-1" in text
    assert "golden.mcap" not in text  # file names may name people
    assert not (recording.parent / "XDG_DATA_HOME").exists()  # a report makes no library


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["report", "{}", "--out", "r.doc"], "a report is a .pdf or a .html file"),
        (["report", "{}", "--out", "no/r.pdf"], "there is no folder"),
        (["report", "nothing.mcap", "--out", "r.pdf"], "nothing.mcap"),
        (["analyse", "{}", "{}2", "--report", "r.pdf"], "--report takes one file at a time"),
    ],
)
def test_wrong_use_is_one_sentence(
    arguments: list[str],
    said: str,
    recording: Path,
    qapp: object,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.chdir(recording.parent)
    assert main([one.format(recording) for one in arguments]) == 2
    told = capsys.readouterr().err
    assert said in told
    assert "Traceback" not in told
    assert not Path("r.pdf").exists()
