"""Where no window can be opened, a sentence says what to do: Qt itself aborts without a word."""

from __future__ import annotations

import os
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from firingorder.cli import checks, qt_check
from tests.programs import ROOT, Program

if TYPE_CHECKING:
    from pathlib import Path

LIMIT_S = 60.0
#: No server listens there: X uses the first few numbers.
GONE = ":9055"
#: What Qt says of a screen that is gone, and of a plugin whose libraries are missing.
NOT_LOADED = 'Could not load the Qt platform plugin "xcb" in "" even though it was found.'
LAST_WORDS = "This application failed to start because no Qt platform plugin could be initialized."

linux = pytest.mark.skipif(not sys.platform.startswith("linux"), reason="screens have names there")


@pytest.mark.parametrize(
    "command",
    [
        ("live", "--device", "sim:rest", "--duration", "1"),
        ("review",),
    ],
)
def test_a_platform_that_qt_does_not_know_is_told(command: tuple[str, ...], tmp_path: Path) -> None:
    """It ended by an abort, with nothing on standard error and a recording begun."""
    env = {"QT_QPA_PLATFORM": "nonsense", "XDG_DATA_HOME": str(tmp_path)}
    with Program(*command, env=env) as run:
        out, said = run.communicate(timeout=LIMIT_S)
    assert (run.returncode, out) == (1, "")
    assert said == "firingorder: This Qt knows no platform 'nonsense'. Unset QT_QPA_PLATFORM.\n"
    assert not list(tmp_path.rglob("*.mcap"))


@linux
def test_a_screen_that_has_gone_is_told() -> None:
    env = {"QT_QPA_PLATFORM": "xcb", "DISPLAY": GONE}
    with Program("live", "--device", "sim:rest", "--duration", "1", env=env) as run:
        _, said = run.communicate(timeout=LIMIT_S)
    assert run.returncode == 1
    assert said.startswith("firingorder: ")
    assert said.count("\n") == 1
    if not qt_check.missing_for_x11():  # without those Qt does not look for the screen
        assert f"The screen {GONE} does not answer." in said
        assert "firingorder record" in said


@linux
def test_missing_libraries_of_a_window_are_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    ldd = tmp_path / "ldd"
    ldd.write_text("#!/bin/sh\necho '\tlibxcb-cursor.so.0 => not found'\n")
    ldd.chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path), prepend=os.pathsep)
    what, advice = qt_check.why_no_window([NOT_LOADED, LAST_WORDS])
    assert what == "Libraries for windows are missing: libxcb-cursor.so.0."
    assert advice == qt_check.advice()


def test_words_that_nobody_knows_are_passed_on(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "")
    assert qt_check.why_no_window(["No GPU.", LAST_WORDS])[0] == "Qt does not start: No GPU."
    assert all(qt_check.why_no_window([]))


@pytest.mark.parametrize(
    ("fault", "told"),
    [
        ("ImportError('libEGL.so.1: cannot open shared object file')", "libEGL.so.1"),
        ("ModuleNotFoundError(\"No module named 'PySide6'\", name='PySide6')", "pip install"),
    ],
)
def test_a_qt_that_cannot_be_loaded_is_no_fault_of_ours(
    fault: str, told: str, tmp_path: Path
) -> None:
    (tmp_path / "PySide6").mkdir()
    (tmp_path / "PySide6" / "__init__.py").write_text(f"raise {fault}\n")
    env = {
        "QT_QPA_PLATFORM": "offscreen",
        "PYTHONPATH": os.pathsep.join([str(tmp_path), str(ROOT)]),
    }
    run = subprocess.run(
        [sys.executable, "-m", "firingorder", "review"],
        cwd=ROOT,
        env=os.environ | env,
        capture_output=True,
        text=True,
        check=False,
    )
    assert run.returncode == 1
    assert told in run.stderr
    assert "Unexpected" not in run.stderr


@linux
def test_the_doctor_tries_the_screen(monkeypatch: pytest.MonkeyPatch) -> None:
    """It believed the variable, and called a screen that had gone ok."""
    assert checks.check_display().state == "ok"  # the tests have a platform without a screen
    monkeypatch.setenv("DISPLAY", GONE)
    monkeypatch.delenv("WAYLAND_DISPLAY", raising=False)
    monkeypatch.delenv("QT_QPA_PLATFORM")
    found = checks.check_display()
    assert found.state == "fault"
    if not qt_check.missing_for_x11():
        assert (found.detail, found.advice) == (
            f"The screen {GONE} does not answer.",
            qt_check.OTHER_SCREEN,
        )
    monkeypatch.delenv("DISPLAY")
    assert checks.check_display().state == "warning"
