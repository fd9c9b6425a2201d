"""A device that was not there, or went for good, is opened again, or another one instead."""

from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication
from serial.tools import list_ports
from serial.tools.list_ports_common import ListPortInfo

from firingorder.cli import live_sessions
from firingorder.gui.desk_view import LEAST_VERDICT_PX
from firingorder.gui.fitted_text import wrapped_px
from firingorder.gui.state_panel import BANNER_PX
from firingorder.recording.reader import open_recording
from firingorder.report.painter import text_width
from firingorder.report.theme import SMALL_PX, TITLE_PX, font
from firingorder.session.addresses import DEMO
from firingorder.session.device_search import Findings, Found
from firingorder.simulation.server import TcpPort
from tests.gui.belts import LiveDesk, served
from tests.gui.pictures import set_status, staged
from tests.gui.synthetic import SyntheticSession


@pytest.fixture
def live(qtbot, monkeypatch, tmp_path):
    """Open live windows on real links; close them at the end."""
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))
    monkeypatch.setattr(live_sessions, "GIVE_UP_S", 0.5)
    made: list[LiveDesk] = []

    def make(*options: str, absent_s: float = 30.0) -> LiveDesk:
        monkeypatch.setattr(live_sessions, "ABSENT_S", absent_s)
        made.append(LiveDesk(qtbot, *options))
        monkeypatch.setattr(live_sessions, "ABSENT_S", 30.0)  # the next one is there
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
    desk = live("--device", f"serial:{plug}", absent_s=0.3)
    desk.window.show_page(page)
    desk.until(lambda: desk.link == "refused")
    desk.window.tick()
    card = {"live": desk.window.desk, "setup": desk.window.pages.setup.frame,
            "calibrate": desk.window.pages.calibrate.frame}[page].card  # fmt: skip
    assert card.button.isVisible()
    assert card.button.text() == "Try again"
    assert [one.text() for one in card.more if one.isVisible()] == [
        "Choose another device",
        "Close",
    ]
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
    desk = live("--device", f"serial:{tmp_path / 'belt'}", absent_s=0.3)
    seen: set[str] = set()
    desk.window.ticked.connect(lambda: seen.add(desk.link))
    desk.until(lambda: desk.link == "refused")
    assert "lost" not in seen, "what was never there was said to be lost"
    first = desk.window.commands.session
    assert desk.window.change.open("") == ""
    assert desk.window.change.open("") == "", "a second key changes nothing"
    desk.window.desk.show_frame(desk.window.model, desk.window.change.state)
    assert "One moment" in said(desk.window)
    desk.until(lambda: desk.window.commands.session is not first)
    assert first.wait(0.5)
    desk.until(lambda: desk.link == "connecting")
    desk.window.tick()
    assert "Connecting to" in said(desk.window)
    assert [one.text() for one in desk.window.desk.card.more if one.isVisible()] == [
        "Choose another device"
    ]


def type_in(qtbot, window, text: str) -> None:
    qtbot.keyClicks(window, text)
    qtbot.keyClick(window, Qt.Key.Key_Return)


def card_of(window):
    window.tick()
    return window.change.panel.card.card


def chosen(window) -> str:
    card = card_of(window)
    return card.choices[card.selected].words


def test_an_address_is_typed_where_the_first_device_is_not_there(live, qtbot, tmp_path) -> None:
    desk = live("--device", f"serial:{tmp_path / 'belt'}", absent_s=0.3)
    window = desk.window
    desk.until(lambda: desk.link == "refused")
    qtbot.keyClick(window, Qt.Key.Key_D, Qt.KeyboardModifier.ControlModifier)
    assert card_of(window).title == "Choose a device"
    while chosen(window) != "Type an address":
        qtbot.keyClick(window, Qt.Key.Key_Down)
    qtbot.keyClick(window, Qt.Key.Key_Return)
    type_in(qtbot, window, "belt 7")
    assert "'belt 7' is no device address" in card_of(window).lines[0]
    for _ in "belt 7":
        qtbot.keyClick(window, Qt.Key.Key_Backspace)
    type_in(qtbot, window, "sim:no_such_exercise")
    assert "no_such_exercise" in card_of(window).lines[0]
    assert desk.link == "refused"
    qtbot.keyClick(window, Qt.Key.Key_Escape)  # back to the list
    assert card_of(window).title == "Choose a device"
    qtbot.keyClick(window, Qt.Key.Key_Return)
    with served("tcp:0") as address:
        type_in(qtbot, window, address)
        assert not window.change.panel.asks
        desk.until(lambda: window.model.now_s > 0.5)
        assert window.model.status.device == address.removeprefix("tcp://")
        assert window.model.status.recording
        qtbot.keyClick(window, Qt.Key.Key_D, Qt.KeyboardModifier.ControlModifier)
        assert not window.change.panel.asks, "a measurement is not cut off by one key"
        assert "Hold Ctrl+E" in window.commands.note()


def test_a_port_that_is_found_is_chosen_while_a_belt_is_looked_for(
    live, qtbot, monkeypatch
) -> None:
    with served("pty") as address:
        port = ListPortInfo(address.removeprefix("serial:"), skip_link_detection=True)
        port.description = "Belt"
        desk = live()
        window = desk.window
        desk.until(lambda: desk.link == "idle")
        window.tick()
        card = window.desk.card
        assert [one.text() for one in card.more if one.isVisible()] == ["Choose a device"]
        monkeypatch.setattr(list_ports, "comports", lambda: [port])
        qtbot.mouseClick(card.more[0], Qt.MouseButton.LeftButton)
        desk.until(lambda: card_of(window).choices[0].key == address)
        assert card_of(window).choices[0].words == f"{address}  ·  Belt"
        assert card_of(window).selected == 0
        qtbot.keyClick(window, Qt.Key.Key_Return)
        desk.until(lambda: window.model.now_s > 0.5)
        assert window.model.status.device.startswith(address.removeprefix("serial:"))


def test_esc_goes_back_and_the_search_ends(live, qtbot) -> None:
    desk = live()
    window = desk.window
    desk.until(lambda: desk.link == "idle")
    window.change.choose()
    search = window.change.panel._search
    assert search is not None
    qtbot.keyClick(window, Qt.Key.Key_Escape)
    assert not window.change.panel.asks
    assert search.stop(10.0)
    assert desk.link == "idle", "the belt is looked for all the while"


def test_the_simulated_belt_is_chosen_where_a_device_was_named(live, qtbot, tmp_path) -> None:
    desk = live("--device", f"serial:{tmp_path / 'belt'}", absent_s=0.3)
    window = desk.window
    desk.until(lambda: desk.link == "refused")
    window.tick()
    window.change.choose()
    qtbot.keyClick(window, Qt.Key.Key_Up)  # from the first row to the last
    assert chosen(window) == "The simulated belt"
    qtbot.keyClick(window, Qt.Key.Key_Return)
    desk.until(lambda: window.model.now_s > 0.5)
    assert window.model.status.source == "simulated"
    assert window.model.status.recording is None


def test_what_is_found_later_does_not_move_under_the_choice(live, qtbot, monkeypatch) -> None:
    """A port that was listed while Enter was pressed was opened in place of what stood chosen."""
    monkeypatch.setattr(list_ports, "comports", list)
    desk = live()
    desk.window.change.choose()
    panel = desk.window.change.panel
    desk.until(lambda: panel._search.look().listed)
    assert card_of(desk.window).choices[0].words == "Type an address"
    found = (Found("ble:Belt", "belt"),)
    with panel._search._lock:
        panel._search._findings = Findings(found, listed=True)
    card = card_of(desk.window)
    assert card.choices[0].key == "ble:Belt"
    assert card.choices[card.selected].words == "Type an address"


def test_the_whole_reason_stands_beside_the_buttons_of_a_small_window(qtbot) -> None:
    """Three buttons left it a few letters' width, and its first and last line were cut."""
    session = SyntheticSession(plain=True)
    window = staged(session, 1.0, size=(960, 600), step=0.2, reopen=lambda _: lambda: session)
    qtbot.addWidget(window)
    banner = window.desk.banner
    away = "/dev/serial/by-id/usb-firingorder_Belt_7-if00 did not come back within 60 s. "
    for message, taller in (("Gone. ", False), (away * 2, True)):
        set_status(window, session, connection="refused", message=message, recording="/data/a.mcap")
        for width in (1920, 1280, 960):
            window.resize(width, 600)
            QApplication.processEvents()
            state = window.change.state
            assert state is not None
            title = text_width("Session ended", font(TITLE_PX, 700))
            room = banner.button.x() - 16 - 98 - title
            needed = wrapped_px(state.sentence, SMALL_PX, 500, room)
            assert needed <= banner.height() - 8
            assert banner.button.geometry().bottom() < banner.height()
            assert window.desk.verdict.height() >= LEAST_VERDICT_PX
        assert (banner.height() > BANNER_PX) is taller


def test_a_search_has_let_go_of_its_device_when_the_next_session_begins(live) -> None:
    desk = live()
    window = desk.window
    desk.until(lambda: desk.link == "idle")
    prepare, over = window.change._reopen, []

    def watched(address: str):
        begin = prepare(address)
        return lambda: over.append(window.model.status.over) or begin()

    window.change._reopen = watched
    assert window.change.open(DEMO) == ""
    desk.until(lambda: window.model.now_s > 0.2)
    assert over == [True]
