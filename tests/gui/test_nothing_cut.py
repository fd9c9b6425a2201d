"""What is to be read is not cut: lines of help, headers, notes."""

from typing import Any, get_args

import pytest
from PySide6.QtWidgets import QApplication

from firingorder.gui.view_models.pages import PageName
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
