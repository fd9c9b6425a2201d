"""The page Exercises under real Qt: found, read, copied, changed, trained, refused."""

from datetime import UTC, datetime
from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from firingorder.report.theme import DARK, LIGHT
from firingorder.session.office import Office
from firingorder.training.programmes.templates import single
from tests.gui.pictures import staged
from tests.gui.synthetic import SyntheticSession


def focused() -> Any:
    """Return what has the keyboard."""
    return QApplication.focusWidget()


CONTROL = Qt.KeyboardModifier.ControlModifier
ENTER, ESCAPE = Qt.Key.Key_Return, Qt.Key.Key_Escape


@pytest.fixture
def office(tmp_path):
    """Return an office in a folder of its own, in the Therapist hat."""
    made = Office(folder=tmp_path / "kept", settings_file=tmp_path / "settings.json",
                  now=lambda: datetime(2026, 11, 21, 9, 0, tzinfo=UTC))  # fmt: skip
    made.hat = "therapist"
    return made


@pytest.fixture
def stage(qtbot, office):
    """Stage a window on the page; it has the keyboard."""

    def make(size=(1280, 800), session=None, theme="dark"):
        window = staged(session or SyntheticSession(plain=True), 0.2, size=size, step=0.1,
                        page="exercises", office=office, theme=theme)  # fmt: skip
        qtbot.addWidget(window)
        window.activateWindow()
        qtbot.waitUntil(window.isActiveWindow, timeout=20_000)
        window.show_page("exercises")
        return window, window.pages.around["exercises"]

    return make


def press(key, modifiers=Qt.KeyboardModifier.NoModifier) -> None:
    """Press a key where the keyboard is."""
    QTest.keyClick(focused(), key, modifiers)


def test_one_finds_reads_and_scrolls_by_keys(stage) -> None:
    _, page = stage()
    assert len(page.finder.rows.rows) == 31
    press(Qt.Key.Key_Slash)
    QTest.keyClicks(focused(), "clam")
    assert page.desk.key == "clam"
    press(ENTER)  # to the list; it trains nothing
    assert page.finder.rows.hasFocus()
    text = page.about.text
    for said in ("article 002, its opinion: 3 × 10.", "10.2519/jospt.2013.4116",
                 "tested on simulation only", "not measured without a motion sensor on the thigh",
                 "2 sessions of clam (0 of 2)"):  # fmt: skip
        assert said in text.toPlainText(), said
    press(Qt.Key.Key_Right)
    assert text.hasFocus()
    press(Qt.Key.Key_PageDown)
    assert text.verticalScrollBar().value() > 0
    press(Qt.Key.Key_Left)
    press(Qt.Key.Key_Slash)
    press(ESCAPE)
    assert len(page.finder.rows.rows) == 31


def test_copy_change_undo_and_delete(stage, office) -> None:
    window, page = stage()
    press(Qt.Key.Key_C)
    QTest.keyClicks(focused(), "Bridge for M")
    press(ENTER)
    key = page.desk.key
    assert key == "bridge_for_m"
    page.own.fields.focus_field("dose.0.reps")
    field = focused()
    field.selectAll()
    QTest.keyClicks(field, "8-12")
    press(ENTER)
    assert office.exercises(key).doses[0].reps == (8, 12)
    assert "the therapist's own, a proposal: 2 × 8 to 12" in page.about.text.toPlainText()
    field.selectAll()
    QTest.keyClicks(field, "some")
    press(ENTER)
    assert "cannot be read" in page.own.fields.rows["dose.0.reps"].error
    press(ESCAPE)
    press(Qt.Key.Key_Z, CONTROL)
    assert office.exercises(key).doses[0].reps == (10, 15)
    template = page.own.fields.rows["template"].input
    assert template.isReadOnly()
    assert "no longer be compared" in template.accessibleDescription()
    page.finder.rows.setFocus()
    QTest.keyPress(focused(), Qt.Key.Key_Delete, CONTROL)
    window.held_clock["s"] += 1.2
    window.tick()
    assert key not in office.exercises
    assert page.desk.key == "bridge"


def test_a_copy_goes_out_and_in_and_no_two_have_one_name(stage, office, tmp_path) -> None:
    window, page = stage()
    path = tmp_path / "sent.txt"
    page.open_path, page.save_path = lambda _parent: str(path), lambda _parent, _name: str(path)
    press(Qt.Key.Key_X)  # the bridge itself is everywhere
    assert "comes with firingorder" in page.buttons.accessibleDescription()
    assert not path.exists()
    press(Qt.Key.Key_C)
    QTest.keyClicks(focused(), "glute BRIDGE ")
    press(ENTER)
    assert "already" in page.card.error.text()
    focused().selectAll()
    focused().insert("Brücke für M")  # QTest knows no such key
    press(ENTER)
    page.own.fields.focus_field("name")
    focused().selectAll()
    QTest.keyClicks(focused(), "Clam")
    press(ENTER)
    assert "already" in page.own.fields.rows["name"].error
    press(ESCAPE)
    page.finder.rows.setFocus()
    press(Qt.Key.Key_X)
    QTest.mouseClick(page.finder.bring, Qt.MouseButton.LeftButton)
    assert list(office.exercises.own) == ["brucke_fur_m"]  # the same one stays one
    page.desk.change("setup", "Lie on your back.")
    press(Qt.Key.Key_I)
    assert [one.task.name for one in office.exercises.own.values()] == [
        "Brücke für M",
        "Brücke für M (2)",
    ]
    assert office.exercises("brucke_fur_m_2").text().setup != "Lie on your back."
    path.write_bytes(b"\x89PNG\r\n\x1a\n")
    press(Qt.Key.Key_I)
    assert "no text, so no exercise" in page.buttons.accessibleDescription()
    office.hat = "person"
    window.tick()
    press(Qt.Key.Key_I)
    assert "changed by the therapist" in page.buttons.accessibleDescription()


def test_the_person_hat_is_told_why(stage, office) -> None:
    window, page = stage()
    office.hat = "person"
    window.tick()
    press(Qt.Key.Key_C)
    assert not page.card.open
    window.tick()
    assert "changed by the therapist" in page.buttons.accessibleDescription()
    assert "changed by the therapist" in page.copy.accessibleDescription()


def test_train_now_and_add_go_where_they_say(stage, office) -> None:
    window, _ = stage()
    press(ENTER)
    assert office.chosen == single(office.exercises("bridge"))
    assert window.pages.current == "live"
    window.show_page("exercises")
    programme = window.pages.around["programme"]
    programme.desk.new("Mine")
    count = len(programme.desk.present.items)
    press(Qt.Key.Key_A)
    assert window.pages.current == "programme"
    assert len(programme.desk.present.items) == count + 1
    assert programme.desk.present.items[programme.desk.index].exercise == "bridge"


def test_an_exercise_that_needs_a_sensor_is_not_begun_without(stage, office) -> None:
    window, page = stage(session=SyntheticSession(has_imu=False, plain=True))
    page.desk.select("gait")
    page.refresh()
    press(ENTER)
    window.tick()
    assert office.chosen is None
    assert "motion sensor" in page.buttons.accessibleDescription()


@pytest.mark.parametrize(("theme", "size"), [("dark", (1024, 640)), ("light", (3840, 2160))])
def test_every_exercise_is_drawn_in_the_colours_of_the_theme(stage, theme, size) -> None:
    _, page = stage(theme=theme, size=size)
    ink = (DARK if theme == "dark" else LIGHT).text
    for row in page.finder.rows.rows:
        page.desk.select(row.key)
        page.refresh()
        image = page.about.figure.grab().toImage()
        found = sum(
            image.pixelColor(x, y) == ink
            for x in range(0, min(image.width(), 900), 2)
            for y in range(0, image.height(), 2)
        )
        assert found > 20, row.key
        assert page.about.text.document().size().width() <= page.about.text.viewport().width() + 1
