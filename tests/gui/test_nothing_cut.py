"""What is to be read is not cut: lines of help, headers, notes."""

from dataclasses import replace
from typing import Any, get_args

import pytest
from PySide6.QtWidgets import QApplication

from firingorder.gui.key_button import KeyButton
from firingorder.gui.view_models.desk import top_bar
from firingorder.gui.view_models.pages import PageName
from tests.gui.coached import STATES
from tests.gui.hands import cut_texts
from tests.gui.pictures import staged
from tests.gui.synthetic import SyntheticSession


@pytest.fixture(scope="module")
def window() -> Any:
    _app = QApplication.instance() or QApplication([])
    made = staged(SyntheticSession(plain=True), 0.4, size=(1280, 800))
    yield made
    made.close()


@pytest.mark.parametrize("size", [(1280, 800), (960, 600)])
@pytest.mark.parametrize("page", [*get_args(PageName), "led"])
def test_help(window, monkeypatch, page, size) -> None:
    """The page Library and a whole keycap were cut at every size."""
    window.resize(*size)
    window.overlay.place()
    cut = cut_texts(monkeypatch)
    here = "live" if page == "led" else page
    window.overlay.show_kind("help", note="Used.", page=here, led=page == "led")
    window.overlay.grab()
    window.overlay.show_kind("")
    assert cut == []


@pytest.mark.parametrize("hat", ["person", "therapist"])
@pytest.mark.parametrize("person", ["", "qx-1"])
@pytest.mark.parametrize("led", [True, False])
def test_what_an_exercise_was_tested_on(window, monkeypatch, hat, person, led) -> None:
    """The header said "tested on simulation o…" beside the button STOP."""
    window.resize(1280, 800)
    header = window.pages.header
    window.model.hat = hat
    window.model.status = replace(
        window.model.status, tested_on="simulation", person=person, source="simulated",
        coach=STATES["work_ok"] if led else None, calibration="Used.",
    )  # fmt: skip
    header.show_stop(led=led)
    header.show_model(top_bar(window.model))
    cut = cut_texts(monkeypatch)
    header.grab()
    assert cut == []


def test_lines_of_a_programme(window, monkeypatch) -> None:
    """The line of the whole programme lost its rule for pain."""
    window.resize(1280, 800)
    window.show_page("programme")
    QApplication.processEvents()
    window.tick()
    rows = window.pages.around["programme"].items.rows
    cut = cut_texts(monkeypatch)
    rows.viewport().grab()
    assert cut == []


def test_keys_of_the_buttons_stand_beside_their_words(window) -> None:
    """The key of "Begin training" stood on a second line, on the frame."""
    window.resize(1280, 800)
    window.show_page("live")
    bar = window.desk.bottom_bar
    bar.set_useful(measuring=True, running=True, led=False, played=False)
    QApplication.processEvents()
    shown = [one for one in bar.findChildren(KeyButton) if one.isVisible()]
    assert bar.begin in shown
    assert not [one.text() for one in shown if one.width() < one.sizeHint().width()]
