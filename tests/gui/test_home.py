"""Home packages under real Qt, by keyboard alone: packed, opened, answered, taken in."""

import struct
from datetime import UTC, datetime
from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QImage, QImageReader

from firingorder.session.home.pictures import cleaned
from firingorder.session.office import Office
from firingorder.session.person_log import PersonLog
from firingorder.training.safety.entries import entry
from tests.gui import planted_library
from tests.gui.home_pictures import PERSON, PROGRAMME, draw_pads, plant_returns
from tests.gui.library_pictures import open_page, settle
from tests.gui.test_library_page import press, said, type_in

ENTER, ESCAPE, DOWN = Qt.Key.Key_Return, Qt.Key.Key_Escape, Qt.Key.Key_Down
CONTROL = Qt.KeyboardModifier.ControlModifier
PHRASE = "red horse staple"
NOW = datetime(2026, 11, 21, 9, 0, tzinfo=UTC)


@pytest.fixture
def stage(qtbot, tmp_path):
    """Stage a window of one computer on the page; it has the keyboard."""

    def make(name, person="", hat: Any = "therapist"):
        office = Office(person, folder=tmp_path / name, settings_file=tmp_path / f"{name}.json")
        office.hat = hat
        window, page = open_page(office, "library")
        qtbot.addWidget(window)
        window.activateWindow()
        qtbot.waitUntil(window.isActiveWindow, timeout=20_000)
        window.setFocus()
        window.tick()
        return window, page

    return make


def test_a_package_goes_home_and_back_by_keys(stage, tmp_path, qtbot) -> None:
    clinic = tmp_path / "clinic"
    clinic.mkdir()
    library = planted_library.plant(clinic, sessions=1)
    library.close()
    file, back = str(tmp_path / "p.age"), str(tmp_path / "back.age")
    pads = draw_pads(tmp_path / "pads")

    window, page = stage("clinic")
    page.office.programme_store.save(PROGRAMME)
    home = page.acts.home
    home.target_path, home.folder_path = (lambda *_: file), (lambda *_: str(pads))
    page.desk.shelf = PERSON
    page.read()
    settle(window, page)
    press(Qt.Key.Key_H)
    press(DOWN)
    press(ENTER)  # pack
    type_in("glutes first")
    press(ENTER)
    press(Qt.Key.Key_Tab)
    type_in("short")
    press(Qt.Key.Key_Enter, CONTROL)
    assert home.open  # too short, and said
    press(Qt.Key.Key_Tab)
    type_in(PHRASE)
    press(Qt.Key.Key_Tab)
    press(Qt.Key.Key_Right)  # pictures: yes
    press(Qt.Key.Key_Enter, CONTROL)
    settle(window, page)
    assert "Check number" in said(window, page)
    window.close()

    window, page = stage("home", hat="person")
    home = page.acts.home
    home.sealed_path, home.target_path = (lambda *_: file), (lambda *_: back)
    press(Qt.Key.Key_H)
    press(ENTER)  # open
    type_in(PHRASE)
    press(Qt.Key.Key_Enter, CONTROL)
    settle(window, page)
    assert "start it again: it begins with it" in said(window, page)
    assert page.office.chosen.name == "Glutes first"
    assert home.photos.open
    press(Qt.Key.Key_Right)
    assert home.photos.at == 1
    press(Qt.Key.Key_Right)
    assert home.photos.at == 1  # there are no more
    press(ESCAPE)
    assert not home.open
    log = PersonLog(PERSON, tmp_path / "home" / "people")
    yes = [entry("question_answered", {"key": f"red_flag.r1{part}", "answer": True},
                 now=datetime.now(UTC), session="s") for part in ("", ".sure")]  # fmt: skip
    log.add(yes)
    press(Qt.Key.Key_H)
    press(ENTER)  # the file for the therapist comes first now
    settle(window, page)
    assert "is for your therapist: 0 recordings" in said(window, page)
    window.close()

    window, page = stage("clinic")
    page.acts.home.sealed_path = lambda *_: back
    press(Qt.Key.Key_H)
    press(ENTER)
    settle(window, page)
    assert "red flag R1" in said(window, page)
    settle(window, page)
    assert page.list.boxes.rows[0].strong.startswith("red flag R1")
    press(ENTER)
    settle(window, page)
    assert page.desk.shelf == PERSON
    assert all(one.read for one in page.office.archive.library.inbox())
    page.acts.home.sealed_path = lambda *_: file  # a package is no return
    press(Qt.Key.Key_H)
    press(ENTER)
    settle(window, page)
    assert "cannot be opened" in said(window, page)


def test_red_flags_stand_before_rises_and_rises_before_the_newest(stage, tmp_path) -> None:
    clinic = tmp_path / "clinic"
    clinic.mkdir()
    planted_library.plant(clinic, sessions=1).close()
    plant_returns(clinic)
    window, page = stage("clinic")
    page.desk.shelf = "*inbox"
    page.read()
    settle(window, page)
    assert [row.title for row in page.list.boxes.rows] == ["P-0007", "P-0042", "P-0007", "P-0011"]
    assert page.desk.shelves()[0].note == "red flag in 1, pain rose in 2"
    asked: list[str] = []
    page.trends_asked.disconnect()
    page.trends_asked.connect(asked.append)
    press(DOWN)
    press(Qt.Key.Key_T)
    assert asked == ["P-0042"]
    page.office.hat = "person"
    window.tick()
    settle(window, page)
    assert all(row.kind != "inbox" for row in page.desk.shelves())


def test_a_photo_keeps_its_picture_and_its_turn_and_nothing_else(tmp_path) -> None:
    path = draw_pads(tmp_path / "pads", count=1) / "pad 0.jpg"
    plain = path.read_bytes()
    note = struct.pack(">HHIHH", 0x0112, 3, 1, 6, 0) + struct.pack(">HHII", 0x8825, 4, 1, 38)
    tiff = b"MM\0*" + struct.pack(">IH", 8, 2) + note + struct.pack(">I", 0) + b"GPS 52.1 Quellweg"
    exif = b"Exif\0\0" + tiff
    comment = b"\xff\xfe" + struct.pack(">H", 2 + 9) + b"A. Morgan"
    whole = plain[:2] + b"\xff\xe1" + struct.pack(">H", 2 + len(exif)) + exif + comment + plain[2:]
    told = cleaned(whole + b"a second picture", path)
    for word in (b"Quellweg", b"Morgan", b"second"):
        assert word in whole + b"a second picture"
        assert word not in told
    path.write_bytes(told)
    reader = QImageReader(str(path))
    reader.setAutoTransform(True)
    turned = reader.read()
    assert (turned.width(), turned.height()) == (480, 640)
    straight = QImageReader(str(path))
    straight.setAutoTransform(False)
    assert straight.read() == QImage.fromData(plain)
    assert len(told) < len(plain) + 60
