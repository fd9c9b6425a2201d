"""The live window under real Qt, without a screen: every view, state and command."""

import sys
from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QAccessible, QImage
from PySide6.QtWidgets import QApplication, QPushButton, QWidget

from firingorder.findings import MarkerEvent, QualityFinding
from firingorder.gui.desk_view import LEAST_VERDICT_PX
from firingorder.gui.qt_guard import none_references_lost
from firingorder.gui.strip_panel import READING_FRAMES
from firingorder.gui.window import LiveWindow
from firingorder.montage import DEFAULT_EIGHT
from firingorder.report.wording import Target
from tests.gui.pictures import set_status, staged
from tests.gui.synthetic import SyntheticSession

PAIR = ("gluteus_maximus_left", "erector_spinae_left")
FOUR = (*DEFAULT_EIGHT[:2], *DEFAULT_EIGHT[6:])
SMALL = (1280, 800)


@pytest.fixture
def stage(qtbot):
    """Stage windows and close them at the end."""

    def make(session: SyntheticSession | None = None, seconds: float = 2.4, **options):
        window = staged(session or SyntheticSession(), seconds, size=SMALL, step=0.2, **options)
        qtbot.addWidget(window)
        return window

    return make


def pixels(widget: QWidget) -> np.ndarray:
    image = widget.grab().toImage().convertToFormat(QImage.Format.Format_RGB32)
    flat = np.frombuffer(image.constBits(), np.uint32).copy()  # while the image is alive
    return flat.reshape(image.height(), image.width())


def brightness(widget: QWidget) -> float:
    return float((pixels(widget) >> 8 & 0xFF).mean())


def assert_drawn(widget: QWidget) -> None:
    shown = pixels(widget)[::2, ::2]
    assert len(np.unique(shown)) > 30
    assert (shown != shown[0, 0]).mean() > 0.05


@pytest.mark.parametrize("channels", [PAIR, FOUR, DEFAULT_EIGHT], ids=["2", "4", "8"])
@pytest.mark.parametrize("has_imu", [True, False], ids=["imu", "no imu"])
def test_both_views_draw_any_subset_of_channels(stage, channels, has_imu) -> None:
    session = SyntheticSession(channels=channels, has_imu=has_imu)
    window = stage(session)
    assert len(window.desk.strips._rows) == len(channels)
    assert_drawn(window)
    window.show_floor(floor=True)
    assert window.floor.phase.isVisibleTo(window.floor) is has_imu
    assert_drawn(window)


@pytest.mark.parametrize("theme", ["dark", "light"])
def test_both_themes_draw(stage, theme) -> None:
    window = stage(theme=theme, target=Target())
    assert_drawn(window)
    assert (brightness(window) > 128) is (theme == "light")


@pytest.mark.parametrize("banner", [False, True])
def test_the_outcome_keeps_its_room_in_small_windows(stage, banner) -> None:
    session = SyntheticSession(plain=True)
    window = stage(session, 7.0)
    desk = window.desk
    for height in (600, 720, 800, 1080):
        window.resize(960, height)
        set_status(window, session, battery_percent=9.0 if banner else 80.0)
        QApplication.processEvents()
        assert window.size().height() == height
        assert desk.verdict.height() >= LEAST_VERDICT_PX
        panels = [w for w in (desk.verdict, desk.chart, desk.numbers) if w.isVisibleTo(desk)]
        for upper, lower in pairwise(panels):
            assert upper.geometry().bottom() < lower.geometry().top()
        assert (desk.chart in panels) == (height >= 720 + 80 * banner)


def test_every_pixel_of_the_strips_is_painted(stage) -> None:
    """An opaque widget that forgets a pixel shows old memory there."""
    window = stage()
    first, second = pixels(window.desk.strips), pixels(window.desk.strips)
    np.testing.assert_array_equal(first, second)


STATES = [
    {"connection": "idle", "channels": ()},
    {"connection": "connecting", "channels": ()},
    {"connection": "refused", "message": "The device speaks protocol 2."},
    {"connection": "lost"},
    {"connection": "waiting"},
    {"connection": "recovered"},
    {"connection": "closed"},
    {"paused": True},
    {"alarm": "The disk is full."},
    {"battery_percent": 9.0},
    {"source": "replay"},
    {"source": "simulated"},
    {"lead_off": (True, *(False,) * 7)},
]


def test_every_state_is_drawn_on_desk_and_floor(stage) -> None:
    """Each from the plain state and back: what was told of the one before is over after 20 s."""
    session = SyntheticSession(plain=True)
    window = stage(session, 1.0)
    plain = session.status
    for _ in range(READING_FRAMES // 2):
        set_status(window, session, 20.0)
    QApplication.processEvents()
    before = pixels(window)
    for changes in STATES:
        if changes.get("connection") == "recovered":
            set_status(window, session, 1.0, connection="lost")
        set_status(window, session, 1.0, **changes)
        QApplication.processEvents()
        after = pixels(window)
        assert after.shape == before.shape
        assert np.any(after != before), f"{changes} cannot be seen"
        window.show_floor(floor=True)
        assert_drawn(window)
        window.show_floor(floor=False)
        session.status = plain
        for _ in range(READING_FRAMES // 2):  # numbers beside the strips are not read every frame
            set_status(window, session, 20.0)
        QApplication.processEvents()
        np.testing.assert_array_equal(pixels(window), before, f"{changes} is still seen")


def test_the_sentence_of_a_refusal_reaches_the_screen_and_screen_readers(stage) -> None:
    session = SyntheticSession(plain=True)
    session.status = replace(session.status, channels=())
    window = stage(session, 0.0)
    set_status(window, session, connection="refused", message="The device speaks protocol 2.")
    assert "protocol 2" in window.desk.card.accessibleDescription()
    # "Device refused" stood over a disk without room, too.
    assert "The session cannot begin" in window.desk.card.accessibleDescription()
    assert window.desk.card.button.isVisibleTo(window.desk)


def test_a_belt_that_stays_away_leaves_what_it_measured(stage) -> None:
    """A card "Device refused" covered the set, and the header went on to say REC."""
    session = SyntheticSession(plain=True)
    window = stage(session, 1.0)
    away = "The belt did not come back within 60 s."
    set_status(window, session, connection="refused", message=away, recording="/data/a.mcap")
    assert window.desk.card.isHidden()
    assert "Session ended" in window.desk.banner.accessibleDescription()
    assert f"{away} All until then is kept: /data/a.mcap" in (
        window.desk.banner.accessibleDescription()
    )
    assert window.pages.header.model.recording == "recorded"


def shown_buttons(window) -> list[str]:
    """Return the buttons of the page: the tabs are always there."""
    return [
        b.text()
        for b in window.findChildren(QPushButton)
        if b.isVisibleTo(window) and b.parent() is not window.pages.header.tabs
    ]


def test_no_dead_buttons_before_anything_is_measured(stage) -> None:
    session = SyntheticSession(plain=True)
    session.status = replace(session.status, connection="idle", channels=())
    window = stage(session, 0.0)
    set_status(window, session, connection="idle", channels=())
    assert shown_buttons(window) == ["Hold to end", "Help"]


def test_the_demo_replaces_the_session(stage) -> None:
    session, demo = SyntheticSession(plain=True), SyntheticSession(plain=True)
    session.status = replace(session.status, connection="idle", channels=())
    window = stage(session, 0.0, offer_demo=lambda: demo)
    set_status(window, session, connection="idle", channels=())
    window.desk.card.button.click()
    assert session.calls == ["stop"]
    window.tick()
    assert window.model.status.connection == "streaming"


def test_a_gap_and_saturation_are_hatched(stage) -> None:
    session = SyntheticSession(skip=((0.8, 1.4),), saturate=((DEFAULT_EIGHT[0], 1.6, 2.0),))
    window = stage(session)
    plain = stage(SyntheticSession())
    assert np.any(pixels(window.desk.strips) != pixels(plain.desk.strips))
    session.extra.append(QualityFinding(DEFAULT_EIGHT[0], "saturated", "Lower the gain", 2.0))
    window.tick()
    assert "too strong" in window.desk.banner.accessibleDescription()


def test_lost_traces_are_dim(stage) -> None:
    session = SyntheticSession()
    window = stage(session)
    bright = brightness(window.desk.strips)
    set_status(window, session, 5.0, connection="lost")
    assert brightness(window.desk.strips) < bright


def test_resizing_keeps_what_was_measured(stage) -> None:
    window = stage()
    window.resize(1500, 900)
    QApplication.processEvents()
    ring = window.desk.strips.ring
    assert ring.columns == window.desk.strips._layout.plot.width()
    shown = ring.window()
    newest = int(2.4 / shown.bin_s) - 2
    assert not np.isnan(shown.low_uv[:, -newest:]).any()


def test_every_visible_widget_that_does_something_has_a_name(stage) -> None:
    window = stage()
    for floor in (False, True):
        window.show_floor(floor=floor)
        for widget in window.findChildren(QWidget):
            named = isinstance(widget, QPushButton) or widget.accessibleName()
            if not widget.isVisibleTo(window) or not named:
                continue
            face = QAccessible.queryAccessibleInterface(widget)
            assert face.text(QAccessible.Text.Name), widget
    parts = (window.desk.strips, window.desk.verdict, window.desk.chart, window.desk.numbers,
             window.pages.header, window.floor.band, window.floor.rows, window.floor.phase,
             window.floor.history)  # fmt: skip
    for part in parts:
        assert part.accessibleName()
        assert part.accessibleDescription()


def test_screen_readers_hear_the_newest_repetition(stage) -> None:
    window = stage(SyntheticSession(plain=True), 8.6)
    assert window.desk.verdict.accessibleDescription() == "Rep 2, glutes first by 111 ms"
    window.show_floor(floor=True)
    assert window.floor.band.accessibleDescription() == "Rep 2, glutes first by 111 ms"


def test_the_floor_view_is_chosen_only_when_asked_for_and_with_every_set(stage) -> None:
    assert not stage(SyntheticSession(plain=True), 1.0).on_floor
    session = SyntheticSession(plain=True)
    window = stage(session, 1.0, floor=True)
    assert window.on_floor
    window.escape()
    assert not window.on_floor
    window.tick()
    assert not window.on_floor
    session.next_set()
    window.tick()
    assert window.on_floor


def test_closing_the_window_stops_the_session_once(stage) -> None:
    session = SyntheticSession(plain=True)
    window = stage(session, 0.4)
    window.close()
    window.commands.end()
    assert session.calls == ["stop"]


class TestKeys:
    """Keys as Qt delivers them."""

    @pytest.fixture
    def window(self, stage, qtbot) -> LiveWindow:
        window = stage(SyntheticSession(plain=True), 0.4)
        window.activateWindow()
        qtbot.waitUntil(window.isActiveWindow, timeout=20_000)
        window.setFocus()
        return window

    def test_space_pauses_once_even_when_a_button_has_the_focus(self, window, qtbot) -> None:
        bar = window.desk.bottom_bar
        for button in (bar.pause, bar.mark, bar.end):
            window.commands.session.calls.clear()
            window.commands.session.resume()
            window.held_clock["s"] += 1.0
            window.tick()
            button.setFocus()
            qtbot.keyClick(button, Qt.Key.Key_Space)
            assert window.commands.session.calls == ["resume", "pause"]

    def test_going_on_needs_space_held_for_a_second(self, window, qtbot) -> None:
        qtbot.keyClick(window, Qt.Key.Key_Space)
        window.tick()
        assert window.overlay.kind == "paused"
        qtbot.keyPress(window, Qt.Key.Key_Space)
        window.held_clock["s"] += 0.9
        window.tick()
        qtbot.keyRelease(window, Qt.Key.Key_Space)
        window.held_clock["s"] += 5.0
        window.tick()
        assert window.commands.session.calls == ["pause"]
        qtbot.keyPress(window, Qt.Key.Key_Space)
        window.held_clock["s"] += 1.0
        window.tick()
        assert window.commands.session.calls == ["pause", "resume"]
        window.tick()
        assert window.overlay.kind == ""

    def test_the_pointer_can_hold_and_help_closes_on_a_click(self, window, qtbot) -> None:
        window.pause()
        window.tick()
        qtbot.mousePress(window.overlay, Qt.MouseButton.LeftButton)
        window.held_clock["s"] += 1.0
        window.tick()
        qtbot.mouseRelease(window.overlay, Qt.MouseButton.LeftButton)
        assert window.commands.session.calls == ["pause", "resume"]
        window.tick()
        qtbot.mouseClick(window.desk.bottom_bar.help, Qt.MouseButton.LeftButton)
        assert window.overlay.kind == "help"
        qtbot.mouseClick(window.overlay, Qt.MouseButton.LeftButton)
        assert window.overlay.kind == ""

    def test_what_has_ended_cannot_be_ended_again(self, window, qtbot) -> None:
        window.commands.end()
        window.tick()
        assert sorted(shown_buttons(window)) == ["Close", "Help"]
        qtbot.keyPress(window, Qt.Key.Key_E, Qt.KeyboardModifier.ControlModifier)
        window.held_clock["s"] += 2.0
        window.tick()
        assert window.overlay.kind == ""
        assert window.commands.session.calls == ["stop"]

    def test_the_link_panel_comes_and_goes_by_key_and_click(self, window, qtbot) -> None:
        qtbot.keyClick(window, Qt.Key.Key_L)
        window.tick()
        assert window.link_panel.isVisible()
        assert "Sampling rate" in window.link_panel.accessibleDescription()
        qtbot.keyClick(window, Qt.Key.Key_Escape)
        assert not window.link_panel.isVisible()
        qtbot.keyClick(window, Qt.Key.Key_L)
        qtbot.mouseClick(window.link_panel, Qt.MouseButton.LeftButton)
        assert not window.link_panel.isVisible()

    def test_the_answer_of_a_tap_test_is_shown(self, window, qtbot) -> None:
        qtbot.keyClick(window, Qt.Key.Key_T)
        assert window.commands.session.calls == ["align"]
        assert window.commands.note() == "Looking for the last taps"
        window.commands.session.extra.append(MarkerEvent("Three taps agree: moved by 4 ms.", 1.0))
        window.tick()
        assert window.commands.note() == "Three taps agree: moved by 4 ms."

    def test_marks_sets_floor_and_help(self, window, qtbot) -> None:
        qtbot.keyClick(window, Qt.Key.Key_M)
        qtbot.keyClick(window, Qt.Key.Key_N)
        assert window.commands.session.calls == ["mark mark", "next_set"]
        qtbot.keyClick(window, Qt.Key.Key_F)
        assert window.on_floor
        qtbot.keyClick(window, Qt.Key.Key_1)
        assert window.floor.distance_m == 1.0
        qtbot.keyClick(window, Qt.Key.Key_Escape)
        assert not window.on_floor
        qtbot.keyClick(window, "?")
        assert window.overlay.kind == "help"
        qtbot.keyClick(window, Qt.Key.Key_Escape)
        assert window.overlay.kind == ""

    def test_ending_needs_a_hold(self, window, qtbot) -> None:
        control = Qt.KeyboardModifier.ControlModifier
        qtbot.keyPress(window, Qt.Key.Key_E, control)
        window.held_clock["s"] += 0.5
        window.tick()
        assert window.overlay.kind == "ending"
        qtbot.keyRelease(window, Qt.Key.Key_E, control)
        window.held_clock["s"] += 5.0
        window.tick()
        assert window.commands.session.calls == []
        qtbot.keyPress(window, Qt.Key.Key_E, control)
        window.held_clock["s"] += 1.1
        window.tick()
        assert window.commands.session.calls == ["stop"]

    def test_enter_presses_the_button_with_the_focus(self, window, qtbot) -> None:
        window.desk.bottom_bar.mark.setFocus()
        qtbot.keyClick(window.desk.bottom_bar.mark, Qt.Key.Key_Return)
        assert window.commands.session.calls == ["mark mark"]

    def test_tab_reaches_the_buttons_and_shows_where_it_is(self, window, qtbot) -> None:
        tabs = window.pages.header.tabs
        shown = sum(b.isVisible() for b in tabs.findChildren(QPushButton))
        for bar, presses in ((window.pages.header, 1), (window.desk.bottom_bar, shown)):
            bare = pixels(bar)
            for _ in range(presses):  # the tabs first, then the buttons
                qtbot.keyClick(QApplication.focusWidget(), Qt.Key.Key_Tab)
            assert isinstance(QApplication.focusWidget(), QPushButton)
            assert np.any(pixels(bar) != bare)

    def test_the_help_keeps_the_focus_while_it_is_open(self, window, qtbot) -> None:
        """Tab went to buttons behind the veil, where no frame was seen, and Enter pressed them."""
        mark = window.desk.bottom_bar.mark
        mark.setFocus()
        qtbot.keyClick(mark, "?")
        for key in (Qt.Key.Key_Tab, Qt.Key.Key_Tab, Qt.Key.Key_Backtab, Qt.Key.Key_Return):
            assert QApplication.focusWidget() is window.overlay
            qtbot.keyClick(window.overlay, key)
            window.tick()
        window.show_page("library")  # its list takes the keyboard when it is opened
        window.tick()
        assert QApplication.focusWidget() is window.overlay
        window.show_page("live")
        mark.setFocus()
        window.tick()
        qtbot.keyClick(window.overlay, Qt.Key.Key_Escape)
        assert not window.helped
        assert QApplication.focusWidget() is mark
        qtbot.keyClick(mark, Qt.Key.Key_Tab)
        assert QApplication.focusWidget() is not mark
        assert "mark mark" not in window.commands.session.calls

    def test_buttons_do_what_they_say(self, window, qtbot) -> None:
        bar = window.desk.bottom_bar
        for button in (bar.mark, bar.next_set, bar.pause):
            qtbot.mouseClick(button, Qt.MouseButton.LeftButton)
        assert window.commands.session.calls == ["mark mark", "next_set", "pause"]
        qtbot.mouseClick(bar.floor, Qt.MouseButton.LeftButton)
        assert window.on_floor


def test_no_reference_of_none_is_lost_by_drawing(qapp) -> None:
    """A Qt that loses one per call aborts the interpreter after seconds of live drawing."""
    if sys.version_info >= (3, 12):
        pytest.skip("None is immortal from Python 3.12 on: nothing to count")
    assert none_references_lost(2000) < 0.01
