"""What is to be read is not cut: lines of help, headers, notes."""

from dataclasses import replace
from typing import Any, get_args

import pytest
from PySide6.QtWidgets import QApplication

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
