"""A device that was not there, or went for good, is opened again in the same window."""

from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication

from firingorder.cli import live_sessions
from firingorder.recording.reader import open_recording
from firingorder.simulation.server import TcpPort
from tests.gui.belts import LiveDesk, served


@pytest.fixture
def live(qtbot, monkeypatch, tmp_path):
    """Open live windows on real links; close them at the end."""
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))
    monkeypatch.setattr(live_sessions, "ABSENT_S", 0.3)
    monkeypatch.setattr(live_sessions, "GIVE_UP_S", 0.5)
    made: list[LiveDesk] = []

    def make(*options: str) -> LiveDesk:
        made.append(LiveDesk(qtbot, *options))
        return made[-1]

    yield make
    for one in made:
        one.end()


@pytest.fixture
def free_port() -> int:
    port = TcpPort("127.0.0.1", 0)
    port.open()
    number = int(port.address.rpartition(":")[2])
    port.close()
    return number


def said(window) -> str:
    return window.desk.card.accessibleDescription()


@pytest.mark.parametrize("page", ["live", "setup", "calibrate"])
def test_enter_opens_a_belt_that_was_switched_on_too_late(live, qtbot, tmp_path, page) -> None:
    """The only button was Close: the program had to be started anew from the command line."""
    plug = tmp_path / "belt"
    desk = live("--device", f"serial:{plug}")
    desk.window.show_page(page)
    desk.until(lambda: desk.link == "refused")
    desk.window.tick()
    card = {"live": desk.window.desk, "setup": desk.window.pages.setup.frame,
            "calibrate": desk.window.pages.calibrate.frame}[page].card  # fmt: skip
    assert card.button.isVisible()
    assert card.button.text() == "Try again"
    assert [one.text() for one in card.more if one.isVisible()] == ["Close"]
    with served("pty") as address:
        plug.symlink_to(address.removeprefix("serial:"))
        qtbot.keyClick(desk.window, Qt.Key.Key_Return)
        desk.until(lambda: desk.link == "streaming")
        desk.until(lambda: desk.window.model.now_s > 0.5)
        desk.until(lambda: desk.window.model.status.recording)
    assert len(desk.sessions.made) == 1, "what left nothing behind is forgotten"


def test_a_lost_belt_begins_a_fresh_session_and_nothing_is_lost(live, qtbot, free_port) -> None:
    with served(f"tcp:{free_port}"):
        desk = live("--device", f"tcp://127.0.0.1:{free_port}")
        window = desk.window
        desk.until(lambda: window.model.now_s > 2.0)
    desk.until(lambda: desk.link == "refused")
    desk.until(lambda: window.model.status.over)
    window.tick()
    banner = window.desk.banner
    assert "Session ended" in banner.accessibleDescription()
    assert banner.button.text() == "Try again"
    first, before_s = window.model.status.recording, window.model.now_s
    window.desk.strips.grab()
    with served(f"tcp:{free_port}"):
        qtbot.keyClick(window, Qt.Key.Key_Return)
        desk.until(lambda: desk.link == "streaming")
        assert window.model.now_s < before_s
        desk.until(lambda: window.model.now_s > 1.0)
        second = window.model.status.recording
    assert first
    assert second
    assert first != second
    desk.until(lambda: window.model.status.over)
    assert not any(open_recording(Path(one)).recovered for one in (first, second))
    assert [one.engine.duration_s >= 1.0 for one in desk.sessions.made] == [True, True]


def test_the_next_session_waits_until_the_one_before_let_go(live, qtbot, tmp_path) -> None:
    desk = live("--device", f"serial:{tmp_path / 'belt'}")
    desk.until(lambda: desk.link == "refused")
    first = desk.window.commands.session
    assert desk.window.change.open("") == ""
    assert desk.window.change.open("") == "", "a second key changes nothing"
    desk.until(lambda: desk.window.commands.session is not first)
    assert first.finished
    desk.until(lambda: desk.link == "refused")
    QApplication.processEvents()
    assert "The session cannot begin" in said(desk.window)
