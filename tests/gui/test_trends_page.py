"""The page Trends under real Qt: keys, what is compared, notes, hats, a library that is away."""

import shutil
from dataclasses import replace
from typing import Any

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest

from firingorder.gui.trends_chart import TrendChart
from tests.gui.hands import assert_named_and_idle, office_in, open_kept, press, type_in
from tests.gui.library_pictures import settle

ENTER, ESCAPE = Qt.Key.Key_Return, Qt.Key.Key_Escape


@pytest.fixture
def stage(qtbot, planted, tmp_path):
    """Stage a window on a page; it has read a copy of the library."""

    def make(page="trends", person="P-0007", hat: Any = "therapist", folder=None, **options):
        home = folder or tmp_path / "kept"
        if folder is None:
            shutil.copytree(planted, home)
        office = office_in(home, tmp_path / "settings.json", person, hat)
        return open_kept(qtbot, office, page, **options)

    return make


def said(page) -> str:
    """Return the sentence beside the buttons."""
    return page.buttons.accessibleDescription()


def test_keys_walk_compare_space_choose_note_and_open(stage) -> None:
    window, page = stage()
    for one in (_walk, _to_time, _note, _choose, _open):  # each begins where the page begins
        one(window, page)
        page.show_person("P-0007")
        settle(window, page)
        page.desk.choose_task(("bridge", "both"))
        page._do("")


def _walk(window, page) -> None:
    assert page.chart.view.chosen == 8
    press(Qt.Key.Key_Home)
    assert page.chart.view.chosen == 0
    press(Qt.Key.Key_B)
    assert "Session 1 is “before”" in said(page)
    press(Qt.Key.Key_End)
    view, card = page.chart.view, page.side.rows.rows
    assert (view.before, view.chosen) == (0, 8)
    assert card[0].text == "Session 9 against session 1"
    assert any("It is called a change" in line.text for line in card)
    press(Qt.Key.Key_Left)
    assert card[0].text != page.side.rows.rows[0].text
    press(ESCAPE)
    window.tick()
    assert page.chart.view.before == -1
    assert page.side.rows.rows[0].text == "Session 8"


def _to_time(window, page) -> None:
    session = window.commands.session
    session.calls.clear()
    press(Qt.Key.Key_T)
    assert page.chart.view.spacing == "time"
    assert session.calls == []  # the belt's own taps are looked for elsewhere
    press(Qt.Key.Key_T)
    assert page.chart.view.spacing == "number"


def _choose(window, page) -> None:
    press(Qt.Key.Key_V)
    type_in("hamstring right")
    press(ENTER)
    assert page.chart.view.lanes[1].title == "Hamstring share, right"
    press(Qt.Key.Key_E)
    type_in("clam")
    press(ENTER)
    assert [one.number for one in page.chart.view.places] == ["3", "6"]
    press(Qt.Key.Key_Slash)
    type_in("P-0011")
    press(ENTER)
    settle(window, page)
    assert page.choosers.person.text() == "P-0011"
    assert page.chart.view.pain_asked is False
    assert "provisional" in said(page)


def _open(window, page) -> None:
    opened: list[str] = []
    page.opened.disconnect()
    page.opened.connect(opened.append)
    press(ENTER)
    page.settle()
    assert [path.rpartition("/")[2] for path in opened] == ["P-0007-009.mcap"]
    page._choose(2)
    press(ENTER)
    page.settle()
    window.tick()
    assert len(opened) == 1
    assert "not where it was" in said(page)


def _note(window, page) -> None:
    press(Qt.Key.Key_N)
    type_in("Pads replaced before set 2")
    press(ENTER)
    settle(window, page)
    assert page.chart.view.places[8].notes == 1
    assert any("Pads replaced" in line.text for line in page.side.rows.rows)


def test_a_click_chooses_the_nearest_session_and_two_open_it(stage) -> None:
    _, page = stage()
    opened: list[str] = []
    page.opened.disconnect()
    page.opened.connect(opened.append)
    xs = page.chart._layout(page.chart.view).xs
    spot = QPoint(round(xs[4]) + 3, 100)
    QTest.mouseClick(page.chart, Qt.MouseButton.LeftButton, pos=spot)
    assert page.chart.view.chosen == 4
    QTest.mouseDClick(page.chart, Qt.MouseButton.LeftButton, pos=spot)
    page.settle()
    assert opened[0].endswith("P-0007-005.mcap")


class TestStates:
    def test_the_person_hat_shows_its_own_sessions_without_a_name(self, stage) -> None:
        window, page = stage(person="P-0011", hat="person")
        page.show_person("P-0007")
        settle(window, page)
        assert page.choosers.person.text() == "P-0011"
        press(Qt.Key.Key_N)
        window.tick()
        assert not page.card.open
        assert "Therapist hat" in said(page)
        window.office.hat = "therapist"
        page.show_person("P-0007")
        settle(window, page)
        assert page.choosers.person.text() == "P-0007  ·  A. Morgan"

    def test_nobody_who_was_named_sees_nobody(self, stage) -> None:
        _, page = stage(person="", hat="person")
        assert "--person CODE" in page.empty.model
        assert page.desk.data is None

    def test_who_has_just_trained_is_not_called_nobody(self, stage, tmp_path) -> None:
        """It said "Nobody is in the library yet" to the person whose session had just ended."""
        window, page = stage(person="", folder=tmp_path / "empty")
        session = window.commands.session
        session.status = replace(session.status, person="qx-1", connection="closed")
        window.tick()
        assert page.empty.model.startswith("The session of qx-1 comes into the library")
        session.status = replace(session.status, recording=None)
        window.tick()
        assert "Nobody is in the library yet" in page.empty.model

    def test_an_empty_library_and_a_broken_one_say_what_to_do(self, stage, tmp_path) -> None:
        _, page = stage(person="", folder=tmp_path / "empty")
        assert "Nobody is in the library yet" in page.empty.model
        broken = tmp_path / "broken"
        broken.mkdir()
        (broken / "library.sqlite").write_bytes(b"no database at all" * 300)
        window, page = stage(person="", folder=broken)
        assert "is no library of firingorder" in page.empty.model
        assert "U tries again" in page.empty.model
        assert not page.review.isEnabled()
        (broken / "library.sqlite").unlink()
        press(Qt.Key.Key_U)
        settle(window, page)
        assert "Nobody is in the library yet" in page.empty.model  # the file is away


@pytest.mark.parametrize(("page", "size"), [("trends", (960, 600)), ("library", (1920, 1080))])
def test_everything_has_a_name_and_a_place_and_nothing_is_painted_idle(stage, page, size) -> None:
    window, shown = stage(page, size=size)
    assert_named_and_idle(window, shown, size, TrendChart, parts=12)
