"""The pages that prepare, under real Qt: what they show, their keys, and that nothing is scored."""

import json
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import pytest
from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QAccessible, QKeyEvent
from PySide6.QtWidgets import QApplication, QPushButton, QWidget

from firingorder.gui.key_button import HIT_PX
from firingorder.gui.view_models.setup import PELVIS_ROW
from firingorder.montage import DEFAULT_EIGHT
from firingorder.sound.out import NullSound, Recorder
from tests.gui.pictures import set_status, staged
from tests.gui.prepared import BAD, WARN, check, told, wizard
from tests.gui.synthetic import SyntheticSession
from tests.gui.test_window import assert_drawn, brightness, pixels

if TYPE_CHECKING:
    from firingorder.calibration.view import StepState

SMALL = (1280, 800)
PAIR = ("gluteus_maximus_left", "erector_spinae_left")
ESCAPE, ENTER, SPACE = Qt.Key.Key_Escape, Qt.Key.Key_Return, Qt.Key.Key_Space


@pytest.fixture
def stage(qtbot):
    """Stage windows on a page; they have the keyboard."""

    def make(page, session=None, seconds=0.4, *, found=None, size=SMALL, **options):
        session = session or SyntheticSession(plain=True)
        if found is not None:
            session.status = replace(session.status, check=found)
        window = staged(session, seconds, size=size, step=0.2, page=page, **options)
        qtbot.addWidget(window)
        window.activateWindow()
        qtbot.waitUntil(window.isActiveWindow, timeout=20_000)
        window.setFocus()
        session.calls.clear()
        return window, session

    return make


def shown_buttons(window) -> list[str]:
    """Return the buttons of the page: the tabs are always there."""
    return [
        b.text()
        for b in window.findChildren(QPushButton)
        if b.isVisibleTo(window) and b.parent() is not window.pages.header.tabs
    ]


class TestScoring:
    """Nothing is scored while a page that prepares is shown."""

    def test_entering_holds_and_leaving_goes_on_without_a_veil(self, stage) -> None:
        window, session = stage("live")
        window.show_page("setup")
        window.show_page("calibrate")
        assert session.calls == ["pause"]
        window.tick()
        assert window.overlay.kind == ""
        assert "scored" in window.pages.calibrate.start.canvas.accessibleDescription()
        window.show_page("live")
        assert session.calls == ["pause", "resume"]
        assert window.overlay.kind == ""

    def test_a_window_that_begins_on_setup_holds_from_the_start(self, qtbot) -> None:
        session = SyntheticSession(plain=True)
        window = staged(session, 0.2, step=0.2, page="setup")
        qtbot.addWidget(window)
        assert session.calls == ["pause"]

    def test_the_pause_of_a_person_outlives_the_page(self, stage, qtbot) -> None:
        window, session = stage("live")
        qtbot.keyClick(window, SPACE)
        window.show_page("setup")  # at once, before the session has said that it is paused
        window.show_page("live")
        window.tick()
        assert session.calls == ["pause"]
        assert window.overlay.kind == "paused"

    def test_a_session_that_answers_late_shows_no_veil_and_can_be_paused(
        self, stage, qtbot
    ) -> None:
        """The status lags by a turn of the session: what it says of the hold is old."""
        window, session = stage("setup")
        session.resume = lambda: session.calls.append("resume")  # says nothing yet
        window.show_page("live")
        window.tick()
        assert session.status.paused
        assert window.overlay.kind == ""
        qtbot.keyClick(window, SPACE)
        assert session.calls == ["resume", "pause"]
        window.tick()
        assert window.overlay.kind == "paused"

    def test_a_recording_is_not_held(self, stage) -> None:
        session = SyntheticSession(plain=True)
        session.status = replace(session.status, source="replay")
        window, session = stage("live", session)
        window.show_page("setup")
        assert session.calls == []

    def test_the_demo_that_replaces_a_session_is_held_too(self, qtbot) -> None:
        session, demo = SyntheticSession(plain=True), SyntheticSession(plain=True)
        session.status = replace(session.status, connection="idle", channels=())
        window = staged(session, 0.0, page="setup", offer_demo=lambda: demo)
        qtbot.addWidget(window)
        set_status(window, session, connection="idle", channels=())
        window.pages.setup.frame.card.button.click()
        window.tick()
        assert demo.calls == ["pause"]

    def test_the_floor_view_does_not_take_over_from_a_page_that_prepares(self, stage) -> None:
        window, session = stage("setup", floor=True)
        session.next_set()
        window.tick()
        assert not window.on_floor


class TestNavigation:
    def test_tabs_by_mouse_and_keys(self, stage, qtbot) -> None:
        window, _ = stage("live", found=check())
        tabs = window.pages.header.tabs.tabs
        qtbot.mouseClick(tabs["setup"], Qt.MouseButton.LeftButton)
        assert window.pages.current == "setup"
        control = Qt.KeyboardModifier.ControlModifier
        for key, page in ((Qt.Key.Key_2, "calibrate"), (Qt.Key.Key_3, "live"),
                          (Qt.Key.Key_1, "setup")):  # fmt: skip
            qtbot.keyClick(window, key, control)
            assert window.pages.current == page
            assert [name for name, tab in tabs.items() if tab.isChecked()] == [page]
            assert tabs[page].accessibleDescription().startswith("Present page")

    def test_the_present_page_has_a_shape_of_its_own(self, stage) -> None:
        window, _ = stage("live", found=check())
        header = window.pages.header
        green = pixels(header) >> 8 & 0xFF
        middle = {}
        for name, tab in header.tabs.tabs.items():
            if not tab.isVisible():
                continue
            spot = tab.geometry().translated(header.tabs.pos())
            middle[name] = np.median(green[spot.center().y() - 12, spot.left() : spot.right()])
        assert abs(middle["live"] - middle["setup"]) > 100
        assert abs(middle["calibrate"] - middle["setup"]) < 20

    def test_the_floor_view_has_no_tabs_and_a_key_leads_away(self, stage, qtbot) -> None:
        window, _ = stage("live")
        window.show_floor(floor=True)
        assert not window.pages.header.isVisibleTo(window)
        qtbot.keyClick(window, Qt.Key.Key_1, Qt.KeyboardModifier.ControlModifier)
        assert window.pages.current == "setup"
        assert window.pages.header.isVisibleTo(window)

    def test_keys_of_other_pages_are_silent(self, stage, qtbot) -> None:
        window, session = stage("setup", found=check())
        for key in (Qt.Key.Key_N, Qt.Key.Key_F, Qt.Key.Key_3, Qt.Key.Key_E):
            qtbot.keyClick(window, key)
        assert session.calls == []
        assert not window.on_floor
        window.show_page("live")
        session.calls.clear()
        for key in (Qt.Key.Key_X, Qt.Key.Key_G, Qt.Key.Key_R, ENTER):
            qtbot.keyClick(window, key)
        assert session.calls == []

    @pytest.mark.parametrize("source", ["simulated", "replay"])
    def test_the_tag_keeps_its_place_beside_the_tabs(self, stage, source) -> None:
        """Readings give way; that no person is on the belt is always said."""
        window, session = stage("setup", found=check(), size=(960, 700))
        header = window.pages.header
        for width in (960, 1280, 1920):
            window.resize(width, 700)
            session.status = replace(session.status, source=source, sending=True)
            window.tick()
            QApplication.processEvents()
            with_tag = pixels(header)
            session.status = replace(session.status, source="device", sending=False)
            window.tick()
            tabs = header.tabs.geometry()
            changed = np.flatnonzero((with_tag != pixels(header)).any(axis=0))
            assert window.width() == width
            assert changed.size > 120, width  # at least as wide as the word
            assert tabs.right() < width - 200
            assert header.tabs.width() >= header.tabs.sizeHint().width()


class TestSetup:
    @pytest.mark.parametrize("channels", [PAIR, DEFAULT_EIGHT], ids=["2", "8"])
    @pytest.mark.parametrize("theme", ["dark", "light"])
    def test_it_draws_what_is_there(self, stage, channels, theme) -> None:
        session = SyntheticSession(channels=channels, has_imu=len(channels) > 2)
        found = check(channels, gluteus_maximus_left=BAD)
        window, _ = stage("setup", session, 2.4, found=found, theme=theme)
        assert_drawn(window.pages.setup)
        assert (brightness(window) > 128) is (theme == "light")
        assert len(window.pages.setup.rows._rects) == len(channels) + (len(channels) > 2)

    def test_every_row_is_seen_and_as_high_as_a_finger(self, stage) -> None:
        window, _ = stage("setup", found=check(), size=(960, 600))
        rows = window.pages.setup.rows
        for height in (600, 720, 1080):
            window.resize(960, height)
            window.tick()
            QApplication.processEvents()
            assert window.height() == height
            assert rows._rects[-1].bottom() < rows.height()
            if height >= 720:
                assert all(rect.height() >= HIT_PX for rect in rows._rects)

    def test_the_traces_move_and_every_pixel_is_painted(self, stage) -> None:
        window, session = stage("setup", SyntheticSession(), 2.4, found=check())
        rows = window.pages.setup.rows
        first = pixels(rows)
        np.testing.assert_array_equal(first, pixels(rows))
        session.advance(0.5)
        window.tick()
        assert np.any(first != pixels(rows))

    def test_samples_of_before_are_shown_when_the_page_is_chosen(self, stage) -> None:
        window, _ = stage("live", SyntheticSession(), 3.0, found=check())
        window.show_page("setup")
        ring = window.pages.setup.rows.ring
        assert ring is not None
        assert np.isfinite(ring.window().low_uv).sum() > 0.2 * ring.window().low_uv.size

    def test_enter_goes_on_when_all_is_good(self, stage, qtbot) -> None:
        window, session = stage("setup", found=check())
        qtbot.keyClick(window, ENTER)
        assert window.pages.current == "calibrate"
        assert session.calls == []

    def test_a_bad_light_blocks_and_the_override_is_written_down(self, stage, qtbot) -> None:
        window, session = stage("setup", found=check(gluteus_maximus_left=BAD))
        assert not window.pages.setup.go_on.isEnabled()
        qtbot.keyClick(window, ENTER)
        assert window.pages.current == "setup"
        qtbot.keyClick(window, ENTER, Qt.KeyboardModifier.ShiftModifier)
        assert window.pages.current == "calibrate"
        assert session.calls == ["mark Setup: went on although not good: left glute (contact open)"]

    def test_going_on_with_all_good_writes_nothing_down(self, stage, qtbot) -> None:
        window, session = stage("setup", found=check())
        qtbot.keyClick(window, ENTER, Qt.KeyboardModifier.ShiftModifier)
        assert window.pages.current == "calibrate"
        assert session.calls == []

    def test_space_checks_again_and_pauses_nothing(self, stage, qtbot) -> None:
        window, session = stage("setup", found=check())
        qtbot.keyClick(window, SPACE)
        window.tick()
        assert not window.pages.setup.go_on.isEnabled()
        session.status = replace(session.status, check=check(at_s=14.0))
        window.tick()
        assert window.pages.setup.go_on.isEnabled()
        assert session.calls == []

    def test_rows_are_chosen_by_keys_and_pointer_and_sides_are_swapped(self, stage, qtbot) -> None:
        window, session = stage("setup", found=check())
        qtbot.keyClick(window, Qt.Key.Key_Down)
        qtbot.keyClick(window, Qt.Key.Key_Down)
        window.tick()
        qtbot.keyClick(window, Qt.Key.Key_X)
        assert session.calls == ["calibrate swap gluteus_medius"]
        rows = window.pages.setup.rows
        spot = rows.row_centre("erector_spinae_right").toPoint()
        qtbot.mouseClick(rows, Qt.MouseButton.LeftButton, pos=spot)
        window.tick()
        qtbot.mouseClick(window.pages.setup.swap, Qt.MouseButton.LeftButton)
        assert session.calls[1:] == ["calibrate swap erector_spinae"]
        qtbot.mouseClick(rows, Qt.MouseButton.LeftButton,
                         pos=rows.row_centre(PELVIS_ROW).toPoint())  # fmt: skip
        window.tick()
        assert not window.pages.setup.swap.isEnabled()
        qtbot.keyClick(window, Qt.Key.Key_X)
        assert len(session.calls) == 2

    def test_cards_come_and_go(self, stage, qtbot) -> None:
        window, _ = stage("setup", found=check(gluteus_maximus_left=BAD))
        card = window.pages.setup.overlay
        for key, word in ((Qt.Key.Key_G, "sacrum"), (Qt.Key.Key_R, "lead_off")):
            qtbot.keyClick(window, key)
            window.tick()
            assert card.isVisible()
            assert word in card.accessibleDescription()
            assert_drawn(card)
            qtbot.keyClick(window, ESCAPE)
            window.tick()
            assert not card.isVisible()
        qtbot.keyClick(window, Qt.Key.Key_G)
        window.tick()
        qtbot.mouseClick(card, Qt.MouseButton.LeftButton)
        assert not card.isVisible()

    def test_without_a_device_the_card_stands_there_and_no_dead_button(self, stage) -> None:
        session = SyntheticSession(plain=True)
        session.status = replace(session.status, connection="idle", channels=(), has_imu=False)
        window, _ = stage("setup", session, 0.0)
        set_status(window, session, connection="idle", channels=())
        assert shown_buttons(window) == ["Help"]
        assert "belt" in window.pages.setup.frame.card.accessibleDescription()

    def test_a_loose_pad_is_told_by_the_page_and_not_twice(self, stage) -> None:
        session = SyntheticSession(plain=True)
        session.status = replace(session.status, lead_off=(True, *(False,) * 7))
        window, _ = stage("setup", session, found=check(gluteus_maximus_left=BAD))
        assert not window.pages.setup.frame.banner.isVisibleTo(window)

    def test_enter_on_a_focused_button_presses_that_button(self, stage, qtbot) -> None:
        """Enter is "go on" for the page; a button that was tabbed to is nearer."""
        window, _ = stage("setup", found=check())
        window.pages.setup.guide.setFocus()
        override = QKeyEvent(QEvent.Type.ShortcutOverride, ENTER, Qt.KeyboardModifier.NoModifier)
        QApplication.sendEvent(window.pages.setup.guide, override)
        assert override.isAccepted()
        qtbot.keyClick(window.pages.setup.guide, ENTER)
        window.tick()
        assert window.pages.current == "setup"
        assert window.pages.setup.overlay.isVisible()


class TestCalibrate:
    def see(self, window, session, view, *events) -> None:
        session.status = replace(session.status, wizard=view)
        session.extra += events
        window.tick()

    def test_it_begins_with_what_was_chosen(self, stage, qtbot) -> None:
        window, session = stage("calibrate")
        qtbot.keyClick(window, Qt.Key.Key_E)
        qtbot.keyClick(window, ENTER)
        name, text = session.calls[0].split(" ", 2)[1:]
        assert name == "begin"
        assert json.loads(text) == {"plan": "full", "effort": "maximal"}

    def test_cards_can_be_clicked_and_a_recheck_needs_a_calibration(self, stage, qtbot) -> None:
        session = SyntheticSession(plain=True)
        session.status = replace(session.status, calibration="Calibrated today.")
        window, session = stage("calibrate", session)
        cards = window.pages.calibrate.start.cards
        qtbot.mouseClick(cards[3], Qt.MouseButton.LeftButton)
        window.tick()
        assert [card.isChecked() for card in cards] == [True, False, False, True]
        qtbot.keyClick(window, ENTER)
        assert '"recheck"' in session.calls[0]
        other, fresh = stage("calibrate")
        qtbot.keyClick(other, Qt.Key.Key_R)
        other.tick()
        assert not other.pages.calibrate.start.cards[3].isEnabled()
        qtbot.keyClick(other, ENTER)
        assert '"full"' in fresh.calls[0]

    def test_it_does_not_begin_without_a_stream(self, stage, qtbot) -> None:
        window, session = stage("calibrate")
        set_status(window, session, connection="lost")
        qtbot.keyClick(window, ENTER)
        assert session.calls == []
        assert not window.pages.calibrate.enter.isEnabled()

    def test_every_command_has_its_key(self, stage, qtbot) -> None:
        window, session = stage("calibrate")
        keys: list[tuple[StepState, Qt.Key, str | None]] = [
            ("waiting", ENTER, "start"),
            ("go", SPACE, "pause"),
            ("go", Qt.Key.Key_R, "redo"),
            ("go", Qt.Key.Key_Left, "back"),
            ("go", Qt.Key.Key_Right, "skip"),
            ("review", ENTER, "keep"),
            ("rejected", ENTER, "redo"),
            ("waiting", SPACE, None),
            ("go", ENTER, None),
            ("go", Qt.Key.Key_X, None),
        ]
        for state, key, command in keys:
            self.see(window, session, wizard("squeeze_glutes", state))
            qtbot.keyClick(window, key)
            assert session.calls == ([] if command is None else [f"calibrate {command}"]), state
            session.calls.clear()
            window.held_clock["s"] += 5.0
            self.see(window, session, wizard("rest", "rest"))

    def test_a_proposed_exchange_is_taken_by_its_key_and_by_enter(self, stage, qtbot) -> None:
        window, session = stage("calibrate")
        view = wizard("montage", "rejected", can_swap=True, remaining_s=None)
        self.see(window, session, view)
        qtbot.keyClick(window, Qt.Key.Key_X)
        qtbot.keyClick(window, ENTER)
        assert session.calls == ["calibrate swap", "calibrate swap"]

    def test_buttons_are_large_and_do_what_they_say(self, stage, qtbot) -> None:
        window, session = stage("calibrate")
        self.see(window, session, wizard("squeeze_glutes", "go"))
        page = window.pages.calibrate
        buttons = (page.pause, page.redo, page.back, page.skip)
        for button in buttons:
            assert button.height() >= 64
            qtbot.mouseClick(button, Qt.MouseButton.LeftButton)
        assert session.calls == [f"calibrate {name}" for name in ("pause", "redo", "back", "skip")]
        assert not page.enter.isEnabled()
        assert not page.swap.isEnabled()
        right = max(b.geometry().right() for b in (*buttons, page.leave))
        assert right < window.width()

    def test_leaving_needs_a_hold_and_a_tap_on_escape_leaves_nothing(self, stage, qtbot) -> None:
        window, session = stage("calibrate")
        self.see(window, session, wizard("squeeze_glutes", "go"))
        window.tick()
        qtbot.keyPress(window, ESCAPE)
        window.held_clock["s"] += 0.4
        window.tick()
        qtbot.keyRelease(window, ESCAPE)
        window.held_clock["s"] += 5.0
        window.tick()
        assert session.calls == []
        qtbot.keyPress(window, ESCAPE)
        window.held_clock["s"] += 1.1
        window.tick()
        assert session.calls == ["calibrate leave"]

    def test_escape_closes_the_help_first(self, stage, qtbot) -> None:
        window, session = stage("calibrate")
        self.see(window, session, wizard("squeeze_glutes", "go"))
        qtbot.keyClick(window, "?")
        window.tick()
        assert window.overlay.kind == "help"
        assert "Redo the step" in window.overlay.accessibleDescription()
        qtbot.keyClick(window, ESCAPE)
        window.tick()
        assert window.overlay.kind == ""
        assert session.calls == []

    def test_the_end_is_used_and_the_live_page_comes(self, stage, qtbot) -> None:
        window, session = stage("calibrate")
        self.see(window, session, wizard("squeeze_glutes", "review"), told("squeeze_glutes"))
        window.tick()
        self.see(window, session, wizard("bridges", "done"))
        assert "100 %" in window.pages.calibrate.finish.accessibleDescription()
        qtbot.keyClick(window, ENTER)
        assert session.calls[0] == "calibrate apply"
        assert window.pages.current == "live"
        assert session.calls[-1] == "resume"

    def test_nothing_measured_cannot_be_used(self, stage, qtbot) -> None:
        window, session = stage("calibrate")
        self.see(window, session, wizard("rest", "go"), told("rest", "skipped"))
        self.see(window, session, wizard("bridges", "done"))
        qtbot.keyClick(window, ENTER)
        assert session.calls == []

    def test_going_to_another_page_pauses_what_is_under_way(self, stage) -> None:
        window, session = stage("calibrate")
        self.see(window, session, wizard("squeeze_glutes", "go"))
        window.show_page("setup")
        assert session.calls == ["calibrate pause"]

    def test_what_happens_while_another_page_is_shown_is_not_forgotten(self, stage) -> None:
        window, session = stage("setup", found=check())
        self.see(window, session, wizard("squeeze_glutes", "review"), told("squeeze_glutes"))
        window.show_page("calibrate")
        steps = window.pages.calibrate.wizard.steps.accessibleDescription()
        assert "Squeeze your glutes done" in steps

    @pytest.mark.parametrize("step", ["rest", "montage", "squeeze_glutes", "bridges"])
    def test_every_instant_is_drawn(self, stage, step) -> None:
        window, session = stage("calibrate")
        panel, before = window.pages.calibrate.wizard, None
        for state in ("waiting", "get_ready", "go", "rest", "review", "rejected"):
            why = ("The pelvis moved by 14 degrees: only press.",) if state == "rejected" else ()
            self.see(window, session, wizard(step, state, reasons=why))
            assert_drawn(window.pages.calibrate)
            drawn = pixels(panel)
            np.testing.assert_array_equal(drawn, pixels(panel))
            assert before is None or np.any(drawn != before), state
            before = drawn

    def test_the_instruction_is_as_large_as_three_metres_ask_for(self, stage) -> None:
        window, session = stage("calibrate", size=(1920, 1080))
        self.see(window, session, wizard("squeeze_glutes", "go"))
        assert window.pages.calibrate.wizard.reading_note() == "Letters carry 3.0 m"

    def test_sound_goes_with_the_steps_and_s_mutes_it(self, stage, qtbot) -> None:
        heard = Recorder(lambda: 0.0)
        window, session = stage("calibrate", open_sound=lambda: heard)
        self.see(window, session, wizard("rest", "get_ready"))
        self.see(window, session, wizard("rest", "go"))
        self.see(window, session, wizard("rest", "review"))
        assert [cue for _, cue in heard.played] == ["go", "accepted"]
        qtbot.keyClick(window, Qt.Key.Key_S)
        window.tick()
        assert window.pages.calibrate.sound.text() == "Sound off"  # the state, as on the live page

    def test_no_sound_device_is_one_sentence(self, stage) -> None:
        silent = NullSound("Sound is off: no loudspeaker.")
        window, session = stage("calibrate", open_sound=lambda: silent)
        self.see(window, session, wizard("rest", "get_ready"))
        self.see(window, session, wizard("rest", "go"))
        foot = window.pages.calibrate.wizard.steps.model.foot
        assert foot[0] == "Sound is off: no loudspeaker."
        assert window.pages.calibrate.sound.text() == "Sound off"


@pytest.mark.parametrize("page", ["setup", "calibrate", "wizard", "finish"])
def test_every_visible_widget_that_does_something_has_a_name(stage, page) -> None:
    found = check(gluteus_maximus_left=BAD, hamstring_right=WARN)
    window, session = stage("setup" if page == "setup" else "calibrate", found=found)
    if page in ("wizard", "finish"):
        view = wizard("squeeze_glutes", "go" if page == "wizard" else "done")
        session.status = replace(session.status, wizard=view)
        window.tick()
    for widget in window.findChildren(QWidget):
        if not widget.isVisibleTo(window):
            continue
        if isinstance(widget, QPushButton) or widget.accessibleName():
            face = QAccessible.queryAccessibleInterface(widget)
            assert face.text(QAccessible.Text.Name), widget
    pages = window.pages
    parts = {
        "setup": (pages.header, pages.setup.body, pages.setup.rows, pages.setup.buttons),
        "calibrate": (pages.calibrate.start.canvas, *pages.calibrate.start.cards),
        "wizard": (pages.calibrate.wizard.words, pages.calibrate.wizard.steps,
                   pages.calibrate.wizard.bar, pages.calibrate.wizard.ring),
        "finish": (pages.calibrate.finish,),
    }  # fmt: skip
    for part in parts[page]:
        assert part.accessibleName(), part
        assert part.accessibleDescription(), part


@pytest.mark.parametrize("page", ["setup", "calibrate"])
def test_no_button_lies_outside_the_window(stage, page) -> None:
    window, session = stage(page, found=check(gluteus_maximus_left=BAD), size=(960, 600))
    if page == "calibrate":
        session.status = replace(session.status, wizard=wizard("squeeze_glutes", "go"))
    for size in ((960, 600), (1920, 1080), (1280, 800), (1280, 720)):
        window.resize(*size)
        window.tick()
        QApplication.processEvents()
        assert (window.width(), window.height()) == size
        buttons = [b for b in window.findChildren(QPushButton) if b.isVisibleTo(window)]
        assert buttons
        for button in buttons:
            corner = button.mapTo(window, button.rect().bottomRight())
            assert corner.x() <= window.width(), button.text()
            assert corner.y() <= window.height(), button.text()
