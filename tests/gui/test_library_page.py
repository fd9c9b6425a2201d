"""The page Library under real Qt: search, hats, import to report, adoption, backup, erasure."""

import os
import shutil
import threading
import time
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLineEdit

from firingorder.errors import LibraryError
from firingorder.gui.library_jobs import LibraryJobs
from tests.gui.hands import office_in, open_kept, press, type_in
from tests.gui.library_pictures import made_table, settle

ENTER, ESCAPE, DELETE = Qt.Key.Key_Return, Qt.Key.Key_Escape, Qt.Key.Key_Delete
CONTROL = Qt.KeyboardModifier.ControlModifier


@pytest.fixture
def stage(qtbot, planted, tmp_path):
    """Stage a window on the page; it has read a copy of the library, and has the keyboard."""

    def make(person="", hat: Any = "therapist", **options):
        home = tmp_path / "kept"
        shutil.copytree(planted, home)
        office = office_in(home, tmp_path / "settings.json", person, hat)
        return open_kept(qtbot, office, "library", **options)

    return make


def said(window, page) -> str:
    """Return the sentence beside the buttons."""
    window.tick()
    return page.buttons.accessibleDescription()


def choose(window, page, shelf: str) -> None:
    """Choose a shelf."""
    page._choose_shelf([row.key for row in page.desk.shelves()].index(shelf))
    settle(window, page)


def test_keys_choose_search_and_open_and_ask_for_trends(stage) -> None:
    window, page = stage()
    opened: list[str] = []
    asked: list[str] = []
    for signal, found in ((page.opened, opened), (page.trends_asked, asked)):
        signal.disconnect()
        signal.connect(found.append)
    assert page.desk.session.number == 10
    press(Qt.Key.Key_Down)
    press(ENTER)
    assert opened == [page.desk.session.recording.path]
    window.commands.session.calls.clear()
    press(Qt.Key.Key_T)
    assert asked == ["P-0007"]
    assert window.commands.session.calls == []  # T is not the window's here
    press(Qt.Key.Key_Slash)
    type_in("P-0042")
    settle(window, page)
    assert [row.who for row in page.list.rows.rows] == ["P-0042"]
    press(ENTER)  # leaves the search to the list
    press(ENTER)
    assert opened[-1].endswith("P-0042-001.mcap")
    press(ESCAPE)
    settle(window, page)
    assert len(page.list.rows.rows) == 14
    press(Qt.Key.Key_Left)
    assert page.people.rows.hasFocus()
    press(Qt.Key.Key_Down)
    settle(window, page)
    assert page.desk.person == "P-0007"
    press(Qt.Key.Key_Right)
    missing = next(k for k, one in enumerate(page.list.rows.rows) if "missing" in one.flags)
    page._choose(missing)
    count = len(opened)
    press(ENTER)
    assert "not where it was" in said(window, page)
    assert len(opened) == count


def test_what_is_said_of_people_and_sessions_is_written_and_audited(stage) -> None:
    window, page = stage()
    choose(window, page, "")
    assert page.desk.session.person == ""
    press(Qt.Key.Key_C)
    type_in("P-0099")
    press(ENTER)
    settle(window, page)
    choose(window, page, "P-0099")
    assert page.desk.session.recording.simulated
    press(Qt.Key.Key_F2)
    press(ENTER)  # the first: name and year
    type_in("B. Weber, 1979")
    press(ENTER)
    settle(window, page)
    row = page.desk.person_row
    assert (row.name, row.birth_year) == ("B. Weber", 1979)
    for words in ("nobody said", "stayed since", "put on again"):
        press(Qt.Key.Key_K)
        settle(window, page)
        assert words in said(window, page)
        assert any(words in line.value for line in page.side.rows.rows)
    press(Qt.Key.Key_N)
    type_in("Came with a new belt")
    press(ENTER)
    settle(window, page)
    assert any("new belt" in line.text for line in page.side.rows.rows)
    acts = [one.act for one in page.office.archive.library.audit(50, "P-0099")]
    assert acts.count("changed") >= 3
    assert "described" in acts


def test_a_foreign_file_is_imported_read_reported_and_exported_by_keys(stage, tmp_path) -> None:
    window, page = stage()
    choose(window, page, "P-0011")
    table = tmp_path / "from lab.csv"
    table.write_text(made_table(seconds=4.0))
    page.acts.file_path = lambda *_: str(table)
    press(Qt.Key.Key_I)
    settle(window, page)
    card = page.acts.bring
    assert [row.muscle_words for row in card.rows.rows][2:4] == ["Hamstring, left", "no muscle"]
    for _ in range(3):
        press(Qt.Key.Key_Down)
    press(Qt.Key.Key_Left)
    assert card.rows.rows[3].muscle_words == "TFL, right"
    press(Qt.Key.Key_Right, CONTROL)  # nothing of the card's
    press(DELETE)
    assert card.rows.rows[3].muscle == ""
    assert len(card.plot.model.traces) == 6
    press(Qt.Key.Key_Enter, CONTROL)
    settle(window, page)
    settle(window, page)
    assert not card.open
    assert "1 recording adopted. Not analysed yet: a session is being" in said(window, page)
    row = page.desk.data.sessions[0]
    assert (row.person, row.recording.imported, row.analysed) == ("P-0011", True, False)
    _analysed_from_trends(window, page, row)
    page.desk.session_id = row.id
    page.refresh()
    target, folder = tmp_path / "report.html", tmp_path / "out"
    folder.mkdir()
    page.acts.target_path = lambda *_: str(target)
    page.acts.folder_path = lambda *_: str(folder)
    press(Qt.Key.Key_R)
    press(Qt.Key.Key_Right)  # HTML
    press(Qt.Key.Key_Return, CONTROL)
    settle(window, page)
    assert said(window, page) == f"The report is {target}."
    assert "P-0011" in target.read_text()
    press(Qt.Key.Key_X)
    for _ in range(2):
        press(Qt.Key.Key_Right)  # CSV
    assert page.acts.form.fields.rows["to"].input.text() == "CSV tables"
    press(Qt.Key.Key_Return, CONTROL)
    settle(window, page)
    assert said(window, page).startswith("Exported as sub-")
    made = [one for one in folder.rglob("*") if one.is_file()]
    assert made
    assert not any("P-0011" in f"{one.name}" for one in made)
    assert len(page.desk.data.exports) == 2  # the report, and the export
    _refused(window, page, tmp_path)


def _analysed_from_trends(window, page, row) -> None:
    """One key gives what has no result its own, and nothing else of the library waits for it."""
    page.trends_asked.emit("P-0011")
    trends = window.pages.around["trends"]
    for _ in range(2):
        window.tick()
        trends.settle()
    window.tick()
    words = trends.buttons.accessibleDescription()
    assert "1 session of P-0011 not analysed yet: A analyses it." in words
    assert trends.analyse.isVisible()
    press(Qt.Key.Key_A)
    assert "a session is being recorded" in trends.buttons.accessibleDescription()
    trends._status = replace(trends._status, connection="ended")
    trends._analyse()
    assert trends.buttons.accessibleDescription().startswith("Analysing 1 session")
    trends.settle()
    trends._say()
    assert trends.buttons.accessibleDescription() == "1 session analysed."
    assert not trends.analyse.isVisible()
    assert page.office.archive.library.session(row.id).analysed
    press(Qt.Key.Key_6, CONTROL)
    settle(window, page)
    assert page.desk.person == "P-0011"


def _refused(window, page, tmp_path) -> None:
    """A file that cannot be read is refused on the card, which goes on."""
    page.acts.close()
    bad = tmp_path / "letter.csv"
    bad.write_text("Dear colleague,\nplease find attached\n")
    page.acts.file_path = lambda *_: str(bad)
    press(Qt.Key.Key_I)
    settle(window, page)
    assert "letter.csv" in page.acts.bring.error.text()
    assert not page.acts.bring.ok.isEnabled()
    press(ESCAPE)
    assert not page.acts.open


def test_a_person_is_erased_by_a_hold_and_comes_back_from_the_backup(stage, tmp_path) -> None:
    window, page = stage()
    backup = tmp_path / "all.zip"
    page.acts.target_path = lambda *_: str(backup)
    press(Qt.Key.Key_B)
    settle(window, page)
    assert backup.is_file()
    assert "The backup is" in said(window, page)
    page.office.archive.library.add_export("P-0042", "/stick/sub-03", "bids", "Ortiz")
    choose(window, page, "P-0042")
    file = Path(page.desk.session.recording.path)
    for seconds in (1.2, 2.2):
        QTest.keyPress(page.list.listed, DELETE)
        assert "P-0042 is erased, with 1 session" in said(window, page)
        window.held_clock["s"] += seconds
        window.tick()
        QTest.keyRelease(page.list.listed, DELETE)
        window.held_clock["s"] += 0.3
        window.tick()
        settle(window, page)
        assert file.exists() is (seconds < 2.0)
    told = said(window, page)
    assert told.startswith("P-0042 is erased: 1 session")
    assert "/stick/sub-03" in told
    assert "P-0042" not in [row.key for row in page.desk.shelves()]
    page.acts.backup_path = lambda *_: str(backup)
    press(Qt.Key.Key_B, Qt.KeyboardModifier.ShiftModifier)
    press(ENTER)  # the first answer is to leave everything
    assert page.office.archive.library.person("P-0042") is None
    press(Qt.Key.Key_B, Qt.KeyboardModifier.ShiftModifier)
    press(Qt.Key.Key_Down)
    press(ENTER)
    settle(window, page)
    assert "Restored from all.zip: 3 people" in said(window, page)
    assert "P-0042" in [row.key for row in page.desk.shelves()]


def test_nobody_is_erased_while_their_session_is_being_recorded(stage) -> None:
    window, page = stage()
    choose(window, page, "P-0042")
    asked: list[str] = []
    page.erasing.connect(asked.append)
    session = window.commands.session
    for person in ("P-0042", "P-0007"):
        session.status = replace(
            session.status, person=person, recording="/now.mcap", connection="streaming"
        )
        window.tick()
        QTest.keyPress(page.list.listed, DELETE)
        assert ("end it first" in said(window, page)) is (person == "P-0042")
        window.held_clock["s"] += 2.2 if person == "P-0042" else 0.5
        window.tick()
        QTest.keyRelease(page.list.listed, DELETE)
        settle(window, page)
    assert asked == []
    assert page.office.archive.library.person("P-0042") is not None


def test_recordings_that_nobody_knows_are_shown_and_adopted(stage, tmp_path) -> None:
    window, page = stage()
    lost = page.office.archive.folder / "recordings" / "lost.mcap"
    lost.write_bytes(b"not a recording")
    old = time.time() - 60.0  # a file that is being written is nobody's yet
    os.utime(lost, (old, old))
    press(Qt.Key.Key_U)
    settle(window, page)
    assert page.desk.shelves()[1].title == "Found recordings"
    choose(window, page, "*unknown")
    press(Qt.Key.Key_A)
    settle(window, page)
    assert "0 recordings adopted. 1 could not be read" in said(window, page)
    assert lost.exists()


def test_the_person_hat_does_nothing_to_others_and_shows_none_of_them(stage) -> None:
    window, page = stage(person="P-0011", hat="person")
    shown = f"{page.people.rows.rows}{page.list.rows.rows}{page.side.rows.rows}"
    assert "P-0007" not in shown
    assert "Morgan" not in shown
    for key in (Qt.Key.Key_A, Qt.Key.Key_B, Qt.Key.Key_F2, Qt.Key.Key_C, Qt.Key.Key_K,
                Qt.Key.Key_N):  # fmt: skip
        page.tell("")
        press(key)
        assert not page.acts.open
        assert "Therapist hat" in said(window, page)
    QTest.keyPress(page.list.listed, DELETE)
    window.held_clock["s"] += 3.0
    window.tick()
    settle(window, page)
    assert page.office.archive.library.person("P-0011") is not None
    QTest.keyRelease(page.list.listed, DELETE)
    page.list.search.setFocus()
    type_in("Morgan")
    settle(window, page)
    assert page.list.rows.rows == () or not page.list.rows.isVisible()
    assert isinstance(page.list.search, QLineEdit)


class TestJobs:
    def test_a_newer_question_replaces_an_older_one_and_faults_are_sentences(self) -> None:
        jobs, told = LibraryJobs(), []
        begun, go_on = threading.Event(), threading.Event()

        def slow(tell):
            tell(0.5)
            begun.set()
            assert go_on.wait(20)
            return "old"

        jobs.ask("read", slow, told.append, told.append, "Reading")
        assert begun.wait(20)
        assert jobs.words == "Reading 50 %"
        jobs.ask("read", lambda _: "middle", told.append, told.append)
        jobs.ask("read", lambda _: "new", told.append, told.append)
        jobs.ask(
            "locked", lambda _: _raise(LibraryError("It is locked.")), told.append, told.append
        )
        jobs.ask("bug", lambda _: _raise(KeyError("x")), told.append, told.append)
        go_on.set()
        jobs.settle()
        assert told[:2] == ["new", "It is locked."]
        assert "KeyError" in told[2]
        assert "try again" in told[2]
        assert not jobs.working


def _raise(error: Exception) -> None:
    raise error
