"""The page Programme under real Qt: keys, mouse, what is kept, what is refused, what is said."""

from dataclasses import replace
from typing import Any

import pytest
from PySide6.QtCore import QEvent, QLocale, QPoint, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from firingorder.gui.programme_editor import FieldEditor
from firingorder.gui.programme_inputs import ChoiceEdit, TextEdit
from firingorder.gui.view_models.pages import PageName
from firingorder.gui.view_models.programme_fields import programme_fields
from firingorder.report.theme import DARK
from firingorder.training.programmes.templates import templates
from tests.gui.coached import STATES
from tests.gui.hands import assert_named_and_idle, focused, give_keyboard, office_in, press, type_in
from tests.gui.pictures import set_status, staged
from tests.gui.synthetic import SyntheticSession

CONTROL, SHIFT, ALT = (
    Qt.KeyboardModifier.ControlModifier,
    Qt.KeyboardModifier.ShiftModifier,
    Qt.KeyboardModifier.AltModifier,
)
ENTER, ESCAPE, DOWN, UP = Qt.Key.Key_Return, Qt.Key.Key_Escape, Qt.Key.Key_Down, Qt.Key.Key_Up


@pytest.fixture
def office(tmp_path):
    """Return an office in a folder of its own, in the Therapist hat."""
    return office_in(tmp_path / "kept", tmp_path / "settings.json")


@pytest.fixture
def stage(qtbot, office):
    """Stage a window on the page; it has the keyboard."""

    def make(*, size=(1280, 800), session=None, own=True, page: PageName = "programme"):
        window = staged(session or SyntheticSession(plain=True), 0.2, size=size, step=0.1,
                        page=page, office=office)  # fmt: skip
        give_keyboard(qtbot, window)
        window.show_page(page)
        shown: Any = window.pages.around[page]
        if own and page == "programme":
            shown.desk.select("sessions")
            shown.desk.new("For M")
            shown.desk.select_item(1)
            shown.refresh()
        return window, shown

    return make


def names(page) -> list[str]:
    """Return the exercises of the open programme."""
    return [item.exercise for item in page.desk.present.items]


class TestKeys:
    def test_rows_move_double_go_and_come_back_by_keys(self, stage) -> None:
        _, page = stage()
        before = names(page)
        press(DOWN)
        assert page.desk.index == 2
        press(UP, ALT)
        assert names(page)[1:3] == [before[2], before[1]]
        press(DOWN, ALT)
        assert names(page) == before
        press(Qt.Key.Key_D)
        assert names(page)[2:4] == [before[2]] * 2
        press(Qt.Key.Key_Delete)
        press(Qt.Key.Key_Z, CONTROL)
        press(Qt.Key.Key_Z, CONTROL)
        assert names(page) == before
        press(Qt.Key.Key_Z, CONTROL | SHIFT)
        assert len(names(page)) == 7

    def test_fields_are_typed_stepped_and_turned_by_keys(self, stage) -> None:
        _, page = stage()
        press(Qt.Key.Key_Right)  # from the rows to the fields
        assert isinstance(focused(), ChoiceEdit)
        press(Qt.Key.Key_Tab)
        press(Qt.Key.Key_Right)
        assert page.desk.present.items[1].mode == "sequence"
        page.editor.fields.focus_field("reps")
        focused().selectAll()
        type_in("3 x 12")
        press(ENTER)
        assert page.desk.present.items[1].reps == (12, 12, 12)
        press(UP)
        assert page.desk.present.items[1].reps == (13, 13, 13)
        press(Qt.Key.Key_Z, CONTROL)  # nothing is being typed: the page undoes
        assert page.desk.present.items[1].reps == (12, 12, 12)
        press(Qt.Key.Key_Tab)
        type_in("2,5")  # a comma is what a German keyboard has
        press(Qt.Key.Key_Tab)  # leaving the field takes it
        assert page.desk.present.items[1].hold_s == 2.5
        press(ESCAPE)
        assert page.items.rows.hasFocus()

    def test_zero_repetitions_are_refused_beside_the_field_and_change_nothing(self, stage) -> None:
        _, page = stage()
        page.editor.fields.focus_field("reps")
        field = focused()
        field.selectAll()
        type_in("0")
        press(ENTER)
        assert page.desk.present.items[1].reps == (10, 10)
        row = page.editor.fields.rows["reps"]
        assert row.error.startswith("Repetitions are 0, below 1;")
        assert row.error in field.accessibleDescription()
        assert field.text() == "0"  # what was typed can be mended
        press(ESCAPE)
        assert (field.text(), row.error) == ("2 x 10", "")

    def test_the_field_with_the_keyboard_is_in_sight(self, stage) -> None:
        _, page = stage()
        for field, text in (("measure", "lead_ms"), ("follows", "follows the person")):
            page.desk.change(field, text)
        page.refresh()
        fields = page.editor.fields
        fields.focus_field("set_by")  # among rows that have no size yet
        for _ in range(5):
            QApplication.processEvents()
        row = fields.rows["set_by"]
        top = row.mapTo(fields.viewport(), QPoint(0, 0)).y()
        assert 0 <= top <= fields.viewport().height() - row.input.height()
        assert row.input.hasFocus()

    def test_a_letter_that_is_typed_is_no_command(self, stage) -> None:
        window, page = stage()
        before = names(page)
        page.editor.fields.focus_field("note")
        type_in("Add 2 more, ? M ndx ")
        press(ENTER)
        type_in("slowly")
        page.items.rows.setFocus()
        assert page.desk.present.items[1].note == "Add 2 more, ? M ndx \nslowly".strip()
        assert names(page) == before
        assert window.overlay.kind == ""

    def test_an_exercise_is_found_and_added(self, stage) -> None:
        _, page = stage()
        press(Qt.Key.Key_A)
        assert page.card.open
        type_in("side plank")
        assert [row.key for row in page.card.list.rows] == ["side_plank"]
        press(ENTER)
        assert not page.card.open
        assert names(page)[2] == "side_plank"
        assert page.desk.index == 2
        press(Qt.Key.Key_A)
        type_in("zzz")
        press(ENTER)
        assert page.card.open  # nothing was found, and nothing was added
        press(ESCAPE)
        assert not page.card.open

    def test_save_rename_use_and_reload(self, stage, office) -> None:
        window, page = stage()
        press(Qt.Key.Key_F2)
        type_in("For L")
        press(ENTER)
        press(Qt.Key.Key_S, CONTROL)
        assert page.desk.store.load("for_m").name == "For L"
        assert not page.desk.unsaved("for_m")
        used = []
        page.used.connect(lambda: used.append(office.chosen))
        press(ENTER)
        assert used == [page.desk.present]
        assert window.pages.current == "live"
        window.show_page("programme")
        said = page.list.rows.item(0).data(Qt.ItemDataRole.AccessibleTextRole)
        assert said.endswith("in use")
        page.desk.change("rest_s", "77")
        page.refresh()
        said = page.list.rows.item(0).data(Qt.ItemDataRole.AccessibleTextRole)
        assert said.endswith("in use as it was, not saved")

    def test_deleting_needs_a_hold_of_a_second(self, stage) -> None:
        window, page = stage()
        press(Qt.Key.Key_S, CONTROL)
        path = page.desk.store.path_of("for_m")
        for seconds in (0.4, 1.2):
            target = focused()
            QTest.keyPress(target, Qt.Key.Key_Delete, CONTROL)
            window.held_clock["s"] += seconds
            window.tick()
            assert path.exists() is (seconds < 1.0)
            QTest.keyRelease(focused(), Qt.Key.Key_Delete, CONTROL)
            window.held_clock["s"] += 0.3
            window.tick()
        assert "for_m" not in [one.key for one in page.desk.entries]


class TestMouse:
    def test_a_row_is_dragged_to_another_place(self, stage) -> None:
        _, page = stage()
        rows, before = page.items.rows, names(page)
        view = rows.viewport()
        start = rows.visualItemRect(rows.item(1)).center()
        end = rows.visualItemRect(rows.item(3)).center() + QPoint(0, 12)
        QTest.mousePress(view, Qt.MouseButton.LeftButton, pos=start)
        for k in range(1, 6):
            QTest.mouseMove(view, start + (end - start) * k / 5)
            QApplication.processEvents()
        assert rows.dragging
        QTest.mouseRelease(view, Qt.MouseButton.LeftButton, pos=end)
        assert names(page)[:3] == [before[1], before[2], before[0]]
        assert page.desk.index == 2
        QTest.mousePress(view, Qt.MouseButton.LeftButton, pos=start)
        QTest.mouseMove(view, end)
        press(ESCAPE)
        QTest.mouseRelease(view, Qt.MouseButton.LeftButton, pos=end)
        assert names(page)[:3] == [before[1], before[2], before[0]]  # Esc let it be

    def test_buttons_choices_and_the_strip_take_clicks(self, stage) -> None:
        _, page = stage()
        QTest.mouseClick(page.items.double, Qt.MouseButton.LeftButton)
        assert len(names(page)) == 7
        QTest.mouseClick(page.undo, Qt.MouseButton.LeftButton)
        assert len(names(page)) == 6
        side = page.editor.fields.rows["side"].input
        QTest.mouseClick(side, Qt.MouseButton.LeftButton, pos=QPoint(side.width() - 8, 10))
        assert page.desk.index == 2  # the doubled one was chosen, and undo leaves the choice
        assert page.desk.present.items[2].side == "alternate"  # it was left, then right
        rest = page.editor.fields.rows["rest_s"]
        for x in (4, 60, 60):
            QTest.mouseClick(rest.stepper, Qt.MouseButton.LeftButton, pos=QPoint(x, 10))
        assert page.desk.present.items[2].rest_s == 65.0
        plan = page.items.plan
        QTest.mouseClick(plan, Qt.MouseButton.LeftButton, pos=QPoint(2, 40))
        assert page.desk.index == 0


class TestStates:
    def test_missing_pads_are_told_and_stop_it_with_a_way_to_the_row(self, stage) -> None:
        session = SyntheticSession(channels=("erector_spinae_left",), has_imu=False, plain=True)
        window, page = stage(session=session)
        window.tick()
        assert any(one.severity == "stop" for one in page.problems)
        assert "none of its muscles has a pad" in page.items.problems.rows[0][1]
        press(ENTER)
        window.tick()
        assert window.pages.current == "programme"
        assert page.buttons.accessibleDescription().startswith(
            "It cannot be begun so: Exercise 1, "
        )
        press(Qt.Key.Key_W)
        assert page.desk.index == page.problems[0].item

    def test_stop_is_not_taken_for_a_command_of_the_page(self, stage) -> None:
        session = SyntheticSession(plain=True)
        session.status = replace(session.status, coach=STATES["ready"], task="bridge")
        window, _ = stage(session=session)
        window.tick()
        session.calls.clear()
        press(Qt.Key.Key_P)
        assert session.calls[:1] == ["train stop"]

    def test_a_template_and_the_person_hat_say_why_nothing_changes(self, stage, office) -> None:
        window, page = stage()
        office.hat = "person"
        window.tick()
        assert page.editor.fields.rows["rest_s"].input.isReadOnly()  # made in the other hat
        page.desk.new("Mine")
        page.desk.select_item(1)
        page.refresh()
        row = page.editor.fields.rows["mode"]
        row.input.setFocus()
        press(Qt.Key.Key_Right)
        assert page.desk.present.items[1].mode == "activate"
        assert "chosen by the therapist" in row.error
        assert "Locked" in row.input.accessibleDescription()
        assert page.editor.fields.rows["rest_s"].input.isReadOnly() is False
        page.desk.select("sessions")
        page.refresh()
        assert page.editor.fields.rows["rest_s"].input.isReadOnly()
        page.items.rows.setFocus()
        press(Qt.Key.Key_A)
        assert not page.card.open
        window.tick()
        assert "comes with firingorder" in page.buttons.accessibleDescription()

    def test_a_broken_file_is_listed_and_a_newer_version_is_told(self, stage, office) -> None:
        _, page = stage(own=False)
        folder = office.programme_store.folder
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "newer.yaml").write_text("schema: firingorder.programme/9\nid: newer\n")
        page.desk.reload()
        page.desk.select(page.desk.entries[0].key)
        page.refresh()
        assert "newer version" in page.items.problems.rows[0][1]
        press(ENTER)
        assert office.chosen is None

    def test_files_are_asked_for_and_come_and_go(self, stage, office, tmp_path) -> None:
        _, page = stage()
        path = str(tmp_path / "out.yaml")
        page.asks.save_path = lambda _parent, _name: path
        page.asks.open_path = lambda _parent: path
        press(Qt.Key.Key_X)
        press(Qt.Key.Key_I)
        assert page.desk.key == "for_m_2"
        page.desk.select("for_m")
        page.desk.change("measure", "lead_ms")
        page.desk.change("set_by", "therapist")
        page.desk.export(tmp_path / "out.yaml")
        office.hat = "person"
        page.refresh()
        press(Qt.Key.Key_I)
        assert "waits until one takes it over" in page.buttons.accessibleDescription()
        press(Qt.Key.Key_N)
        assert "stay behind" in page.card.remark.text()
        press(ESCAPE)
        page.desk.select("for_m_2")
        page.asks.open_path = lambda _parent: ""
        press(Qt.Key.Key_I)  # nobody chose a file
        assert page.desk.key == "for_m_2"

    def test_what_is_not_saved_is_kept_when_the_window_goes(self, stage, office) -> None:
        window, page = stage()
        press(Qt.Key.Key_D)
        window.close()
        again = type(page.desk)(office)
        again.select("for_m")
        assert again.unsaved("for_m")
        assert len(again.present.items) == 7

    def test_another_language_of_the_system_takes_nothing_away(self, stage) -> None:
        before = QLocale()
        QLocale.setDefault(QLocale("de_DE"))
        try:
            _, page = stage()
            for text in ("2,5", "2.5"):
                page.editor.fields.focus_field("hold_s")
                focused().selectAll()
                type_in(text)
                press(ENTER)
                assert page.desk.present.items[1].hold_s == 2.5
        finally:
            QLocale.setDefault(before)


def test_the_fields_are_as_wide_with_a_scroll_bar_as_without(qtbot) -> None:
    editor = FieldEditor(DARK, "Fields")
    qtbot.addWidget(editor)
    editor.show_fields(programme_fields(templates()[2], lambda _: ""), "x")
    editor.resize(363, 300)
    editor.show()
    widths, bars = set(), set()
    for height in (300, 1200, *range(380, 640, 8)):  # with a bar, without, and about where it goes
        editor.resize(363, height)
        for _ in range(6):
            QApplication.processEvents()
        inside: Any = editor.widget()
        widths.add(inside.width())
        assert inside.width() <= editor.viewport().width()
        bars.add(editor.verticalScrollBar().isVisible())
    assert bars == {True, False}
    assert len(widths) == 1  # else the bar and the height of the fields chase each other


@pytest.mark.parametrize("size", [(1024, 640), (1280, 800)])
def test_a_long_sentence_below_finds_room(stage, size) -> None:
    _, page = stage(size=size)
    usual = page.buttons.height()
    page.buttons.say("The disk is full, so nothing was written. " * 8, page._theme.text)
    QApplication.processEvents()
    grown = page.buttons.height() - usual
    assert grown >= page.buttons._words_px(size[0] - 44) > 20
    assert page.use.geometry().top() >= grown
    page.buttons.say("Saved.", page._theme.text)
    assert page.buttons.height() <= usual + 26


@pytest.mark.parametrize("page", ["programme", "exercises"])
@pytest.mark.parametrize("size", [(1024, 640), (3840, 2160)])
def test_everything_has_a_name_and_a_place_and_nothing_is_painted_idle(stage, page, size) -> None:
    window, shown = stage(size=size, page=page)
    assert_named_and_idle(window, shown, size, TextEdit, ChoiceEdit, parts=15)


def test_the_pin_is_typed_into_no_field_of_the_page(stage, office) -> None:
    window, page = stage()
    office.set_pin("2468")
    office.hat = "person"
    fields = page.editor.fields
    for go in (page.items.rows.setFocus, lambda: fields.focus_field("reps"),
               lambda: fields.focus_field("note"), lambda: fields.focus_field("mode"),
               page.asks.rename):  # fmt: skip
        office.hat = "therapist"
        page.refresh()
        go()
        where = focused()
        before = where.text() if hasattr(where, "text") else ""
        office.hat = "person"
        press(Qt.Key.Key_H, CONTROL)
        for key in (Qt.Key.Key_2, Qt.Key.Key_4, Qt.Key.Key_6, Qt.Key.Key_8, ENTER):
            press(key)
        assert office.hat == "therapist"
        assert (where.text() if hasattr(where, "text") else "") == before
    assert page.card.open  # Enter was the PIN's
    page.card.close_card()
    assert window.pages.current == "programme"
    assert page.desk.present.name == "For M"
    set_status(window, window.commands.session)
    event = QKeyEvent(QEvent.Type.KeyPress, Qt.Key.Key_F24, Qt.KeyboardModifier.NoModifier)
    QApplication.sendEvent(page.items.rows, event)
    assert not event.isAccepted()
