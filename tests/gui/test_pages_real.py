"""The pages on a real session with the simulated belt: what is checked, and what is not scored."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QImage
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from firingorder.cli.sessions import session_setup
from firingorder.gui.window import LiveWindow
from firingorder.session.addresses import parse_address
from firingorder.session.live import LivePlan, LiveSession
from firingorder.session.sources import open_source, simulated_montage
from tests.gui.beside import Beside

if TYPE_CHECKING:
    from collections.abc import Callable

    from firingorder.session.feed import LiveStatus

ROOT = Path(__file__).resolve().parents[2]
#: Two bridges and a half, ten times as fast as life.
BELT = "sim:bridge?seed=1&speed=10"
SECONDS = "14"
PROGRAM = """
import runpy, sys
sys.argv = ["firingorder", *{}]
runpy.run_module("firingorder", run_name="__main__")
"""


@pytest.mark.parametrize("page", ["setup", "live"])
def test_nothing_is_scored_on_the_setup_page_and_all_is_on_the_live_page(tmp_path, page) -> None:
    events, picture = tmp_path / "events.jsonl", tmp_path / "page.png"
    arguments = ["live", "--device", BELT, "--page", page, "--duration", SECONDS, "--no-record",
                 "--events", str(events), "--screenshot", str(picture)]  # fmt: skip
    environment = {"QT_QPA_PLATFORM": "offscreen"}
    if page == "live":
        with Beside(PROGRAM.format(arguments), environment, tmp_path / "errors") as beside:
            beside.rest()
            assert beside.returncode == 0, beside.errors()
    else:  # as Python itself starts it
        run = subprocess.run(
            [sys.executable, "-m", "firingorder", *arguments], cwd=ROOT, check=False,
            env={**os.environ, **environment}, capture_output=True, text=True, timeout=100,
        )  # fmt: skip
        assert run.returncode == 0, run.stderr
    lines = [json.loads(line) for line in events.read_text().splitlines()]
    scored = [line for line in lines if line["event"] == "repetition"]
    assert bool(scored) is (page == "live")
    checks = [line for line in lines if line["event"] == "check"]
    assert {one["signal"] for one in checks[-1]["channels"]} == {"good"}
    assert QImage(str(picture)).width() == 1920


#: Seconds of samples that a wait may take; this wizard is through after 20 to 30.
LONGEST_S = 120.0


def lights(status: LiveStatus) -> list[str]:
    """Return what is not good yet, for who reads that it came too late."""
    if status.check is None:
        return ["no check yet"]
    each = zip(status.channels, status.check.channels, strict=True)
    told = [f"{name} {one.contact} {one.signal} {one.signal_cause}" for name, one in each
            if (one.contact, one.signal) != ("good", "good")]  # fmt: skip
    sensor = status.check.sensor
    return told if sensor is None or sensor.light == "good" else [*told, str(sensor)]


def test_a_wizard_of_a_real_session_is_begun_skipped_and_used_by_keys(qtbot) -> None:
    # The belt's clock goes with its samples: a slow computer makes nothing late, nor lost.
    address = parse_address("sim:rest?seed=2&speed=0")
    source = open_source(address)
    setup = session_setup(
        "bridge", None, None, simulated_montage(address), source.specs, simulated=True
    )
    session = LiveSession(LivePlan(link=source.links[0], setup=setup, source="simulated"))
    window = LiveWindow(session, page="setup")
    qtbot.addWidget(window)
    with qtbot.waitExposed(window):
        window.show()
    window.activateWindow()
    qtbot.waitUntil(window.isActiveWindow, timeout=20_000)
    seen: list[str] = []

    def press(key: Qt.Key) -> None:
        assert window.isActiveWindow(), (seen, QApplication.topLevelWidgets())
        window.setFocus()
        QTest.keyClick(window, key)

    def act() -> None:
        view = window.model.status.wizard
        state = "" if view is None else f"{view.step}.{view.state}"
        if seen[-1:] != [state]:
            seen.append(state)
        if window.pages.current == "setup":
            known = lights(window.model.status)
            press(Qt.Key.Key_Return)  # goes on as soon as every light is known
            assert window.pages.current == "setup" or known == [], known
        elif view is None or state == "rest.waiting":
            press(Qt.Key.Key_Return)
        elif state == "rest.review":
            press(Qt.Key.Key_Return)
        elif view.state in ("get_ready", "go") and view.step != "rest":
            press(Qt.Key.Key_Right)

    def over() -> bool:
        act()
        return "done.done" in seen

    def wait(done: Callable[[], bool]) -> None:
        since_s = window.model.status.elapsed_s
        while not done():
            status = window.model.status
            ended = session.wait(0.01)  # lets the session's thread run meanwhile
            assert not ended, (seen, session.error)
            late = status.elapsed_s > since_s + LONGEST_S
            assert not late, (seen, window.pages.current, status.connection, lights(status))
            QApplication.processEvents()

    try:
        session.start()
        wait(over)
        assert "rest.waiting" in seen, seen
        assert "rest.go" in seen, seen
        finish = window.pages.calibrate.finish
        wait(lambda: "skipped" in finish.accessibleDescription())
        assert "100 %" not in finish.accessibleDescription()
        assert window.pages.calibrate.enter.isEnabled()  # lying still was measured
        press(Qt.Key.Key_Return)
        wait(lambda: bool(window.model.status.calibration))
        assert window.pages.current == "live"
        wait(lambda: not window.model.status.paused)
        assert window.overlay.kind == ""
    finally:
        window.close()
        assert session.stop(10.0)
    assert session.error is None
