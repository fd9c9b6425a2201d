"""The coach in the window: keys, pedal, finger, screens, states. Time moves by hand."""

import json
from dataclasses import replace
from itertools import pairwise

import pytest
from PySide6.QtCore import QEvent, QLocale, QObject, Qt
from PySide6.QtGui import QAccessible
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLineEdit, QPushButton, QWidget

from firingorder.findings import TrainingFinding
from firingorder.gui.pedal import DEFAULT_KEYS
from firingorder.gui.view_models.led_end import ANSWER_FIRST, LedEnd
from firingorder.gui.view_models.link_state import present_state
from firingorder.session.office import Office
from firingorder.sound.out import NOT_OPENED
from tests.gui.coached import LINKS, STATES
from tests.gui.pictures import coached_window, set_status, show_state, staged
from tests.gui.synthetic import SyntheticSession

PEDAL = Qt.Key.Key_PageDown
CONTROL = Qt.KeyboardModifier.ControlModifier
NONE = Qt.KeyboardModifier.NoModifier


class Led:
    """A window with its session and a hand on keys, pedal and clock."""

    def __init__(self, window, session) -> None:
        self.window, self.session = window, session

    def show(self, name: str, **changes) -> None:
        show_state(self.window, self.session, name, **changes)
        QApplication.processEvents()
        self.session.calls.clear()

    def wait(self, seconds: float) -> None:
        self.window.held_clock["s"] += seconds
        self.window.tick()

    def key(self, key, modifier=Qt.KeyboardModifier.NoModifier) -> None:
        QTest.keyClick(self.window, key, modifier)
        self.window.tick()

    def hold(self, key, seconds: float) -> None:
        QTest.keyPress(self.window, key)
        self.wait(seconds)
        QTest.keyRelease(self.window, key)
        self.wait(0.2)

    def hold_end(self) -> None:
        QTest.keyPress(self.window, Qt.Key.Key_E, CONTROL)
        self.wait(1.1)
        QTest.keyRelease(self.window, Qt.Key.Key_E, CONTROL)
        self.wait(0.2)

    def pedal(self, seconds: float = 0.1) -> None:
        """Press as a real pedal does: the window system hands the key to the whole window."""
        handle = self.window.windowHandle()
        QTest.keyPress(handle, PEDAL)
        self.wait(seconds)
        QTest.keyRelease(handle, PEDAL)
        self.wait(0.2)

    @property
    def calls(self) -> list[str]:
        return self.session.calls


@pytest.fixture(scope="module")
def module_window():
    app = QApplication.instance() or QApplication([])
    window, session = coached_window(size=(1280, 800), hat="therapist", plain=True)
    app.processEvents()
    yield window, session
    window.close()


@pytest.fixture
def led(module_window, tmp_path) -> Led:
    window, session = module_window
    window.office = window.pages.around["programme"]._office = Office(
        settings_file=tmp_path / "s.json", folder=tmp_path
    )
    window.office.hat = "person"
    for part in (window.hats, window.person, window.pedal, window.second):
        part._office = window.office
    window.pedal.read_keys()
    session.status = replace(session.status, source="device", connection="streaming", paused=False,
                             alarm=None, lead_off=(False,) * 8, battery_percent=82.0)  # fmt: skip
    window.commands._paused, window.commands._note_until = False, 0.0
    window.commands.stopped, window.coaching._end = False, LedEnd()
    window.keys.let_go()
    window.activateWindow()  # shortcuts belong to the window that has the keyboard
    QApplication.processEvents()
    window.show_page("live")
    hand = Led(window, session)
    hand.show("work_ok")
    return hand


class TestStop:
    """STOP is the same everywhere."""

    @pytest.mark.parametrize("state", list(STATES))
    def test_by_p_and_space_pedal_and_button_in_every_state(self, led, state) -> None:
        led.show(state)
        halted = STATES[state].state == "stopped" or STATES[state].state == "paused"
        led.key(Qt.Key.Key_P)
        assert led.calls == ["train stop"]
        led.key(Qt.Key.Key_Space)
        assert led.calls.count("train stop") == (1 if halted else 2)
        led.calls.clear()
        led.pedal(1.0)
        assert led.calls == ["train stop"]
        assert led.window.desk.bottom_bar.stop.isVisible()
        QTest.mouseClick(led.window.desk.bottom_bar.stop, Qt.MouseButton.LeftButton)
        assert led.calls == ["train stop"] * 2

    @pytest.mark.parametrize("page", ["setup", "calibrate", "programme", "exercises", "practise"])
    def test_on_every_other_page_and_back_to_the_question(self, led, page) -> None:
        led.window.show_page(page)
        assert led.calls[0] == "train pause"  # nobody sees what is asked there
        led.calls.clear()
        led.pedal(1.0)
        assert "train stop" in led.calls
        assert led.window.pages.current == "live"
        led.window.show_page(page)
        led.calls.clear()
        assert led.window.pages.header.stop.isVisible()
        QTest.mouseClick(led.window.pages.header.stop, Qt.MouseButton.LeftButton)
        assert "train stop" in led.calls

    @pytest.mark.parametrize("changes", LINKS.values(), ids=list(LINKS))
    @pytest.mark.parametrize("floor", [False, True])
    def test_whatever_the_link_does(self, led, changes, floor) -> None:
        led.window.show_floor(floor)
        led.show("work_ok", **changes)
        led.key(Qt.Key.Key_P)
        wanted = "pause" if changes.get("source") == "replay" else "train stop"
        assert led.calls == [wanted]

    def test_from_under_the_help_and_every_card(self, led) -> None:
        led.key("?")
        assert led.window.overlay.kind == "help"
        bar = led.window.desk.bottom_bar
        assert not led.window.overlay.geometry().intersects(bar.geometry().translated(0, bar.y()))
        led.key(Qt.Key.Key_Space)
        assert (led.calls, led.window.helped) == (["train stop"], False)
        led.calls.clear()
        led.window.pedal_dialog.toggle()
        led.pedal(1.0)
        assert (led.calls, led.window.pedal_dialog.asks) == (["train stop"], False)

    def test_without_a_training_it_is_a_pause_that_stays(self, led) -> None:
        led.window.office.hat = "therapist"
        set_status(led.window, led.session, coach=None)
        led.window.show_page("setup")
        led.calls.clear()
        led.pedal(1.0)
        assert led.calls == ["train stop"]
        led.session.pause()  # as the session does by itself
        led.window.show_page("live")
        assert led.window.overlay.kind == "paused"
        led.hold(Qt.Key.Key_Space, 1.1)
        assert led.calls[-1] == "resume"


class TestEnd:
    """Ended during a question about pain, the answer was lost and its card could not be closed."""

    @pytest.mark.parametrize(("state", "then"), [("stopped", "stopped_over"), ("pain", "rest")])
    def test_the_answer_comes_first_and_is_kept(self, led, state, then) -> None:
        led.show(state)
        led.wait(20.0)  # what was told of the link is over
        led.hold_end()
        assert led.calls == []
        assert led.window.coaching.shown.notice.words == ANSWER_FIRST["session"]
        led.key(Qt.Key.Key_7)
        led.key(Qt.Key.Key_Return)
        assert led.calls == ["train answer 7"]
        led.show(then)
        assert led.session.calls == []  # show() forgets what was called
        assert led.window.commands.stopped
        assert led.session.status.connection == "closed"

    @pytest.mark.parametrize(("state", "then"), [("stopped", "stopped_over"), ("pain", "rest")])
    def test_a_training_ends_after_the_answer_too(self, led, state, then) -> None:
        led.show(state)
        led.wait(20.0)
        led.hold(Qt.Key.Key_Escape, 1.2)
        assert led.calls == []
        assert led.window.coaching.shown.notice.words == ANSWER_FIRST["training"]
        led.key(Qt.Key.Key_7)
        led.key(Qt.Key.Key_Return)
        assert led.calls == ["train answer 7"]
        led.session.calls.clear()
        set_status(led.window, led.session, coach=STATES[then])
        led.wait(0.1)
        assert led.calls == ["train end"]

    def test_who_holds_twice_ends_a_training_without_an_answer(self, led) -> None:
        led.show("stopped")
        led.hold(Qt.Key.Key_Escape, 1.2)
        led.hold(Qt.Key.Key_Escape, 1.2)
        assert led.calls == ["train end"]

    def test_a_session_is_asked_for_anew_where_a_training_waits(self, led) -> None:
        led.show("stopped")
        led.hold(Qt.Key.Key_Escape, 1.2)
        led.hold_end()
        assert not led.window.commands.stopped

    def test_both_questions_of_a_stop_are_asked(self, led) -> None:
        led.show("stopped")
        led.hold_end()
        led.show("stopped_why")
        assert not led.window.commands.stopped
        led.show("stopped_over")
        assert led.window.commands.stopped

    def test_who_asks_twice_gets_it_and_no_card_stays(self, led) -> None:
        led.show("stopped")
        led.hold_end()
        led.hold_end()
        assert led.calls == ["stop"]
        led.wait(0.1)
        assert (led.window.coaching.shown, led.window.coaching.asks) == (None, False)
        assert not led.window.coaching.card.isVisible()
        led.window.show_page("setup")
        assert not led.window.pages.header.stop.isVisible()
        state = present_state(led.window.model)
        assert state is not None
        assert "No answer at STOP: it counts as pain." in state.sentence

    def test_what_follows_from_the_answers_stays_readable(self, led) -> None:
        follows = "That is enough for today. Rest now."
        over = replace(STATES["stopped_over"], message=follows)
        set_status(led.window, led.session, coach=over, connection="closed")
        state = present_state(led.window.model)
        assert state is not None
        assert state.sentence.startswith(follows)
        assert led.window.desk.strip.isHidden()
        led.window.show_floor(floor=True)
        assert led.window.floor.phase.accessibleDescription() == "Session ended"

    @pytest.mark.parametrize("page", ["setup", "review"])
    def test_the_question_is_shown_from_every_page(self, led, page) -> None:
        led.show("stopped")
        led.window.show_page(page)
        led.hold_end()
        assert led.window.pages.current == "live"
        assert led.window.coaching.card.isVisible()
        assert not led.window.commands.stopped

    @pytest.mark.parametrize("connection", ["closed", "refused"])
    @pytest.mark.parametrize("state", [name for name in STATES if name != "summary"])
    def test_no_card_outlives_the_session(self, led, state, connection) -> None:
        led.show(state, connection=connection)
        assert led.window.coaching.shown is None
        for key in (Qt.Key.Key_7, Qt.Key.Key_Return, Qt.Key.Key_Escape):
            led.key(key)
        assert led.calls == []

    def test_the_summary_stays_until_it_is_closed(self, led) -> None:
        led.show("summary", connection="closed")
        assert led.window.coaching.card.isVisible()
        led.key(Qt.Key.Key_Return)
        assert led.calls == []
        assert not led.window.coaching.card.isVisible()


class TestKeys:
    """What keys mean while the coach leads."""

    def test_going_on_is_space_held_never_enter_and_never_the_pedal(self, led) -> None:
        led.show("stopped_over")
        led.key(Qt.Key.Key_Return)
        led.pedal()
        led.hold(Qt.Key.Key_Space, 0.8)
        assert led.calls == []
        led.hold(Qt.Key.Key_Space, 1.1)
        assert led.calls == ["train resume"]
        led.show("paused")
        led.hold(Qt.Key.Key_Space, 1.1)
        assert led.calls == ["train go_on"]

    def test_the_press_that_stops_does_not_go_on(self, led) -> None:
        QTest.keyPress(led.window, Qt.Key.Key_Space)
        assert led.calls == ["train stop"]
        show_state(led.window, led.session, "stopped_over")
        led.wait(3.0)
        QTest.keyRelease(led.window, Qt.Key.Key_Space)
        led.wait(0.5)
        assert led.calls == ["train stop"]

    @pytest.mark.parametrize(("key", "command"), [
        (Qt.Key.Key_Return, "next"), (Qt.Key.Key_Enter, "next"), (Qt.Key.Key_Backspace, "back"),
        (Qt.Key.Key_T, "tell"), (Qt.Key.Key_K, "skip"), (Qt.Key.Key_W, "pause"),
        (Qt.Key.Key_Minus, "smaller"),
    ])  # fmt: skip
    def test_letters(self, led, key, command) -> None:
        led.key(key)
        assert led.calls == [f"train {command}"]

    def test_an_estimate_is_given_by_arrows(self, led) -> None:
        led.show("work_estimate")
        for key in (Qt.Key.Key_Left, Qt.Key.Key_Down, Qt.Key.Key_Right):
            led.key(key)
        assert led.calls == [f"train estimate {w}" for w in ("glutes", "together", "back")]

    def test_escape_is_the_desk_and_held_the_end(self, led) -> None:
        led.window.show_floor(floor=True)
        led.hold(Qt.Key.Key_Escape, 0.2)
        assert (led.window.on_floor, led.calls) == (False, [])
        led.hold(Qt.Key.Key_Escape, 1.2)
        assert led.calls == ["train end"]
        led.show("summary")
        led.key(Qt.Key.Key_Return)
        led.hold(Qt.Key.Key_Escape, 1.2)
        assert led.calls == ["train leave"] * 2

    def test_sound_volume_and_the_last_start(self, led) -> None:
        led.key(Qt.Key.Key_S)
        assert led.window.desk.bottom_bar.sound.text() == "Sound off"
        led.key(Qt.Key.Key_S)
        assert led.calls == ["mute", "unmute"]
        led.session.volumes.clear()
        led.key(Qt.Key.Key_Down, CONTROL)
        assert led.session.volumes == [0.7]
        assert led.window.office.preferences.volume == 0.7
        led.calls.clear()
        led.key(Qt.Key.Key_H)
        assert led.calls == ["hear_slowly"]
        led.show("work_withheld")
        led.key(Qt.Key.Key_H)
        assert led.calls == []  # one could hear what is not told

    def test_figures_letters_and_arrows_answer(self, led) -> None:
        led.show("question")
        led.key(Qt.Key.Key_1)
        led.key(Qt.Key.Key_0)
        led.key(Qt.Key.Key_Return)
        assert led.calls == ["train answer 10"]
        led.show("red_flag")
        led.key(Qt.Key.Key_N)
        led.key(Qt.Key.Key_Return)
        assert led.calls == ["train answer no"]
        led.show("stopped_why")
        led.key(Qt.Key.Key_Down)
        led.wait(4.1)
        assert led.calls == ["train answer pain"]
        led.show("pain")
        led.key(Qt.Key.Key_K)
        assert led.calls == ["train skip"]
        assert not led.window.on_floor  # figures set no distance here
        assert led.window.floor.distance_m == 3.0

    def test_a_finger_answers(self, led) -> None:
        led.show("pain")
        card = led.window.coaching.card
        card.repaint()
        spot = card._spots[7].center().toPoint()
        QTest.mouseClick(card, Qt.MouseButton.LeftButton, pos=spot)
        led.wait(4.1)
        assert led.calls == ["train answer 7"]

    def test_a_typed_reason_is_no_command(self, led) -> None:
        led.show("blocked")
        led.key(Qt.Key.Key_O)
        QTest.keyClicks(led.window, "no pain, Dr K says: go on? P SM1")
        led.window.tick()
        assert led.calls == []
        led.key(Qt.Key.Key_Return)
        assert led.calls == ["train override no pain, Dr K says: go on? P SM1"]
        assert led.window.pages.current == "live"

    def test_a_typed_reason_can_be_taken_back(self, led) -> None:
        led.show("blocked")
        led.key(Qt.Key.Key_O)
        QTest.keyClicks(led.window, "well")
        led.key(Qt.Key.Key_Backspace)
        led.key(Qt.Key.Key_Escape)
        led.key(Qt.Key.Key_O)
        led.key(Qt.Key.Key_Return)
        assert led.calls == ["train override" + " wel"]


def test_the_floor_view_comes_with_every_led_set_if_asked_for(qtbot) -> None:
    session = SyntheticSession(plain=True)
    session.status = replace(session.status, coach=STATES["ready"])
    window = staged(session, 0.2, floor=True, size=(1280, 800))
    qtbot.addWidget(window)
    seen = []
    for name in ("question", "ready", "get_ready", "work_ok", "pain"):
        set_status(window, session, coach=STATES[name])
        seen.append(window.on_floor)
    assert seen == [False, False, True, True, True]
    window.escape()
    set_status(window, session, coach=STATES["work_back"])
    assert not window.on_floor  # Esc led back to the desk; the set is the same
    set_status(window, session, coach=replace(STATES["get_ready"], index=2))
    assert window.on_floor


class TestPedal:
    """A foot switch or clicker."""

    def test_a_short_press_is_next_on_every_page(self, led) -> None:
        led.show("ready")
        led.pedal()
        assert led.calls == ["train next"]
        set_status(led.window, led.session, coach=None, source="simulated")
        led.calls.clear()
        led.pedal()
        assert led.calls[0].startswith("train begin ")
        led.window.show_page("calibrate")
        led.calls.clear()
        led.pedal()
        assert led.calls[0].startswith("calibrate begin ")

    def test_in_a_question_it_chooses_and_the_choice_is_given_by_itself(self, led) -> None:
        led.show("red_flag")
        led.pedal()
        led.pedal()
        led.wait(3.7)
        assert led.calls == []
        led.wait(0.5)
        assert led.calls == ["train answer no"]
        led.show("notice")
        led.pedal()
        assert led.calls == ["train answer ok"]

    def test_it_stops_while_a_field_is_typed_in(self, led) -> None:
        field = QLineEdit(led.window)
        field.show()
        field.setFocus()
        led.pedal(1.0)
        field.deleteLater()
        led.window.setFocus()
        assert led.calls == ["train stop"]

    def test_a_key_is_learned_kept_and_forgotten(self, led, tmp_path) -> None:
        led.key(Qt.Key.Key_K, CONTROL)
        led.key(Qt.Key.Key_Space)  # has a meaning already
        assert "another key" in led.window.pedal_dialog.card.accessibleDescription()
        led.key(Qt.Key.Key_PageUp)
        led.key(Qt.Key.Key_Escape)
        assert led.calls == []
        assert set(led.window.pedal.names) == {*DEFAULT_KEYS, "PgUp"}
        assert json.loads((tmp_path / "s.json").read_text())["keys"]["PgUp"] == "pedal"
        led.hold(Qt.Key.Key_PageUp, 0.1)
        assert led.calls == ["train next"]
        led.key(Qt.Key.Key_K, CONTROL)
        led.key(Qt.Key.Key_Backspace)
        led.key(Qt.Key.Key_Escape)
        assert led.window.pedal.names == DEFAULT_KEYS

    def test_a_repeating_pedal_stops_once(self, led) -> None:
        handle = led.window.windowHandle()
        QTest.keyPress(handle, PEDAL)
        for _ in range(20):
            QTest.keyPress(handle, PEDAL)
            led.wait(0.1)
        QTest.keyRelease(handle, PEDAL)
        led.wait(0.2)
        assert led.calls == ["train stop"]


class TestHats:
    """Person and therapist."""

    def test_a_person_alone_with_a_real_belt_begins_first(self, led) -> None:
        set_status(led.window, led.session, coach=None)
        led.window.tick()
        card = led.window.coaching.card
        assert led.session.calls[-1] == "pause"
        assert card.isVisible()
        assert "charger" in card.accessibleDescription()
        assert led.window.overlay.kind == ""
        led.window._checked = False
        led.window.tick()
        assert "First the pads" in card.accessibleDescription()
        led.key(Qt.Key.Key_Return)
        assert led.window.pages.current == "setup"
        led.window.show_page("live")  # as the calibration does when it is over
        assert "Begin:" in card.accessibleDescription()
        led.calls.clear()
        led.key(Qt.Key.Key_Return)
        assert led.calls[0] == "resume"
        assert json.loads(led.calls[1].removeprefix("train begin "))
        set_status(led.window, led.session, coach=STATES["ready"])
        assert not led.session.status.paused

    @pytest.mark.parametrize(("hat", "source"), [("therapist", "device"), ("person", "simulated"),
                                                 ("person", "replay")])  # fmt: skip
    def test_nobody_else_is_held_up(self, led, hat, source) -> None:
        led.window.office.hat = hat
        led.session.status = replace(led.session.status, paused=False)
        led.window.commands.held = False
        set_status(led.window, led.session, coach=None, source=source)
        assert not led.window.coaching.card.isVisible()
        assert not led.session.status.paused

    def test_the_pin_is_typed_and_no_letter_is_a_command(self, led) -> None:
        led.window.office.hat = "therapist"
        led.window.office.set_pin("17 PK")
        led.key(Qt.Key.Key_H, CONTROL)
        assert led.window.office.hat == "person"
        led.key(Qt.Key.Key_H, CONTROL)
        led.calls.clear()
        QTest.keyClicks(led.window, "17 PK")
        led.key(Qt.Key.Key_Return)
        assert led.window.office.hat == "therapist"
        assert led.calls == ["train hat therapist"]

    def test_the_desk_of_a_therapist_stays_free_in_a_rest(self, led) -> None:
        for hat, covered in (("person", True), ("therapist", False)):
            led.window.office.hat = hat
            led.show("rest")
            assert led.window.coaching.card.isVisible() is covered
        led.show("pain")
        assert led.window.coaching.card.isVisible()


@pytest.mark.parametrize("size", [(960, 600), (1024, 640), (1920, 1080), (3840, 2160)])
def test_every_card_fits_into_every_window(led, size) -> None:
    led.window.resize(*size)
    QApplication.processEvents()
    assert (led.window.width(), led.window.height()) == size
    for floor in (False, True):
        led.window.show_floor(floor)
        for name in ("red_flag", "ready", "stopped_why", "summary", "work_ok", "ramp"):
            led.show(name)
            card, bar = led.window.coaching.card, led.window.desk.bottom_bar
            assert card.isVisible() is not name.startswith(("work", "ramp"))
            assert led.window.rect().contains(card.geometry()) or not card.isVisible()
            if not floor:
                assert bar.stop.isVisible()
                stop = bar.stop.mapTo(led.window, bar.stop.rect().center())
                assert led.window.childAt(stop) is bar.stop
                shown = [b for b in bar.findChildren(QPushButton) if b.isVisible()]
                shown.sort(key=lambda b: b.x())
                assert all(a.geometry().right() < b.x() for a, b in pairwise(shown))
                assert max(b.geometry().right() for b in shown) < led.window.width()
    led.window.resize(1280, 800)


def test_everything_that_is_seen_has_a_name_and_what_changes_is_told(led) -> None:
    said: dict[str, set[str]] = {}
    for floor in (False, True):
        led.window.show_floor(floor)
        for name in STATES:
            led.show(name)
            for widget in led.window.findChildren(QWidget):
                face = QAccessible.queryAccessibleInterface(widget)
                own = type(widget).__module__.startswith("firingorder")
                if not widget.isVisible() or not (own or isinstance(widget, QPushButton)):
                    continue
                assert face.text(QAccessible.Text.Name), (name, widget)
                words = widget.accessibleDescription()
                said.setdefault(widget.accessibleName(), set()).add(words)
    assert len(said["Coach"]) >= 14  # every card its own words
    assert len(said["Outcome"]) >= 8
    assert len(said["Training"]) >= 8
    for name in ("Coach", "Outcome", "Training"):
        assert "" not in said[name], name


class Painted(QObject):
    """Counts what is painted."""

    def __init__(self) -> None:
        super().__init__()
        self.names: list[str] = []

    def eventFilter(self, watched, event) -> bool:  # noqa: N802
        if event.type() == QEvent.Type.Paint and isinstance(watched, QWidget):
            self.names.append(watched.accessibleName() or type(watched).__name__)
        return False


@pytest.mark.parametrize("name", ["work_ok", "squeeze_in", "rest", "stopped_why"])
def test_where_nothing_changes_nothing_is_painted(led, name) -> None:
    led.window.show_floor(floor=True)
    led.show(name)
    led.wait(0.03)
    QApplication.processEvents()
    painted = Painted()
    app = QApplication.instance()
    assert app is not None
    app.installEventFilter(painted)
    for _ in range(5):
        led.wait(0.03)
        QApplication.processEvents()
    still = list(painted.names)
    show_state(led.window, led.session, "work_back")
    QApplication.processEvents()
    app.removeEventFilter(painted)
    assert still == []
    assert "Outcome" in painted.names  # it does count


def test_a_missing_loudspeaker_is_told_on_floor_and_desk(led) -> None:
    said = "No sound: no device was found."
    for floor in (False, True):
        led.window.show_floor(floor)
        led.show("work_ok", sound=said)
        where = led.window.floor if floor else led.window.desk.bottom_bar
        assert where.accessibleDescription() == said
    assert led.window.desk.bottom_bar.sound.text() == "Sound off"  # beside the sentence it said on
    led.key(Qt.Key.Key_S)
    assert led.calls == ["unmute"]  # that looks for one again
    led.show("ready", sound=said)
    assert led.window.coaching.shown.notice.words == said
    led.show("work_ok", sound="")


def test_a_run_without_sound_says_so_and_offers_no_way_to_turn_it_on(led) -> None:
    """With --no-sound the button said "Sound on", and its key "Sound off"."""
    led.show("work_ok", soundless=True)
    bar = led.window.desk.bottom_bar
    assert (bar.sound.text(), bar.sound.accessibleName()) == ("Sound off", "Sound off")
    assert bar.sound.toolTip() == NOT_OPENED
    assert bar.sound.accessibleDescription() == f"Key S. {NOT_OPENED}"
    assert bar.accessibleDescription() == ""  # who asked for silence is not told all the time
    for key, modifier in ((Qt.Key.Key_S, NONE), (Qt.Key.Key_H, NONE), (Qt.Key.Key_Down, CONTROL)):
        led.key(key, modifier)
        assert bar.accessibleDescription().endswith(NOT_OPENED)
        led.wait(9.0)
    assert led.calls == []
    led.show("work_ok", soundless=False)
    assert (bar.sound.text(), bar.sound.toolTip()) == ("Sound on", "")
    assert bar.sound.accessibleDescription() == "Key S"


def test_other_languages_of_the_system_change_no_number_and_no_key(led) -> None:
    before = QLocale()
    QLocale.setDefault(QLocale(QLocale.Language.German))
    try:
        led.show("rest")
        assert "42 ms (95 % 20 to 63" in led.window.coaching.card.accessibleDescription()
        led.window.pedal.learn(int(Qt.Key.Key_PageUp))
        assert "PgUp" in led.window.pedal.names
        led.show("question")
        led.key(Qt.Key.Key_3)
        led.key(Qt.Key.Key_Return)
        assert led.calls == ["train answer 3"]
    finally:
        QLocale.setDefault(before)


def test_the_log_of_the_person_keeps_what_a_training_tells(tmp_path, qtbot) -> None:
    office = Office("P-0007", folder=tmp_path, settings_file=tmp_path / "s.json")
    session = SyntheticSession(plain=True)
    session.status = replace(session.status, task="bridge")
    window = staged(session, 0.4, office=office, hat="person", size=(1280, 800))
    qtbot.addWidget(window)
    session.extra.append(TrainingFinding("pain", {"when": "set", "pain": 2, "exercise": ""}, 0.1))
    window.tick()
    assert not (tmp_path / "people").exists()  # nobody has begun anything
    window._begin_training()
    begun = {"programme": "bridge", "name": "Bridge", "hat": "person", "sets": 1, "seed": 1,
             "questions": True}  # fmt: skip
    session.extra.append(TrainingFinding("session_started", begun, 0.2))
    session.extra.append(TrainingFinding("pain", {"when": "set", "pain": 2, "exercise": ""}, 0.3))
    window.tick()
    (log,) = (tmp_path / "people").iterdir()
    kinds = [json.loads(line)["kind"] for line in log.read_text().split("\n") if line]
    assert kinds[-2:] == ["session_started", "pain"]
