"""The doctor's findings keep their schema, and each fault comes with what to do."""

from __future__ import annotations

import argparse
import json
import os
import sys
from dataclasses import dataclass
from importlib import resources
from typing import TYPE_CHECKING

import pytest
from jsonschema import Draft202012Validator

from firingorder.cli import checks, doctor, qt_check
from firingorder.sound.out import NO_DEVICE, NO_LIBRARY

if TYPE_CHECKING:
    from pathlib import Path

SCHEMA = json.loads(
    (resources.files("firingorder") / "schemas" / "doctor-1.json").read_text(encoding="utf-8")
)


def test_the_report_keeps_its_schema_and_prints_as_json(
    capsys: pytest.CaptureFixture[str],
) -> None:
    status = doctor.run(argparse.Namespace(json=True))
    found = json.loads(capsys.readouterr().out)
    assert list(Draft202012Validator(SCHEMA).iter_errors(found)) == []
    assert status == (0 if found["ok"] else 1)


def test_every_warning_and_fault_says_what_to_do() -> None:
    for check in doctor.report()["checks"]:
        assert (check["state"] in ("warning", "fault")) == bool(check["advice"]), check


def test_the_text_names_every_check(capsys: pytest.CaptureFixture[str]) -> None:
    doctor.run(argparse.Namespace(json=False))
    text = capsys.readouterr().out
    for name in ("python", "packages", "qt", "display", "audio", "bluetooth", "serial", "disk"):
        assert name in text


@dataclass
class Stream:
    """An output that PortAudio opens, and that asks for nothing."""

    samplerate: float = 44_100.0

    def start(self) -> None: ...

    def abort(self) -> None: ...

    def close(self) -> None: ...


@dataclass
class PortAudio:
    """The library, with or without an output."""

    device: bool
    PortAudioError: type[Exception] = LookupError

    def OutputStream(self, **_: object) -> Stream:  # noqa: N802 - the library's name
        if not self.device:
            raise self.PortAudioError("Error querying device -1")
        return Stream()


def absent() -> PortAudio:
    raise OSError("PortAudio library not found")


def test_the_doctor_tells_whether_sound_can_be_made() -> None:
    """It said that this version makes no sound, whatever was there."""
    found = checks.check_audio(absent)
    assert (found.state, found.advice) == ("warning", NO_LIBRARY)
    found = checks.check_audio(lambda: PortAudio(device=False))
    assert (found.state, found.advice) == ("warning", NO_DEVICE)
    found = checks.check_audio(lambda: PortAudio(device=True))
    assert (found.state, found.advice) == ("ok", None)
    assert "44100" in found.detail


def test_asking_for_qt_loads_none_into_this_process() -> None:
    before = {name for name in sys.modules if name.startswith("PySide6")}
    checks.check_qt()
    assert {name for name in sys.modules if name.startswith("PySide6")} == before


@pytest.mark.parametrize(
    ("qt", "python", "fatal"),
    [
        ("6.12.0", (3, 11), True),
        ("6.13.1", (3, 11), True),
        ("7.0", (3, 11), True),
        ("6.11.3", (3, 11), False),
        ("6.12.0", (3, 12), False),
        ("6.12.0", (3, 13), False),
    ],
)
def test_the_qt_that_kills_old_pythons_is_known(
    qt: str, python: tuple[int, int], fatal: bool
) -> None:
    assert qt_check.is_fatal_pair(qt, python) is fatal


def test_a_data_folder_that_cannot_be_made_is_a_fault(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("not a folder", encoding="utf-8")
    (found,) = checks.check_data_folder(tmp_path / "file" / "firingorder")
    assert found.state == "fault"
    assert str(tmp_path / "file") in str(found.advice)


@pytest.mark.skipif(os.name != "posix", reason="Windows keeps rights in the user's profile")
def test_a_data_folder_open_to_others_is_said(tmp_path: Path) -> None:
    folder = tmp_path / "firingorder"
    folder.mkdir(mode=0o755)
    folder.chmod(0o755)
    found, disk = checks.check_data_folder(folder)
    assert found.state == "warning"
    assert found.advice == f"chmod 700 {folder}"
    assert disk.name == "disk"
    folder.chmod(0o700)
    assert checks.check_data_folder(folder)[0].state == "ok"


def test_a_data_folder_that_is_not_there_yet_is_fine(tmp_path: Path) -> None:
    tmp_path.chmod(0o755)
    assert checks.check_data_folder(tmp_path / "a" / "b")[0].state == "ok"
