"""After the system's question about a file the page has the keyboard again."""

from collections.abc import Callable, Iterator

import pytest
from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QApplication, QDialog, QFileDialog, QLineEdit, QVBoxLayout, QWidget

from firingorder.gui import home_acts, library_files, programme_files, review_files
from firingorder.recording.readers import SUFFIXES

ASKS: dict[str, Callable[[QWidget], str]] = {
    "recording": review_files.ask_recording,
    "report": lambda page: review_files.ask_report(page, "report.pdf"),
    "folder": review_files.ask_folder,
    "home": lambda page: home_acts.ask_sealed(page, "Open"),
    "programme": programme_files.ask_open,
    "programme to write": lambda page: programme_files.ask_save(page, "mine"),
    "backup": lambda page: library_files.ask_target(page, "Backup", "b.zip"),
}


@pytest.fixture
def page(qtbot) -> Iterator[QWidget]:
    """A page in a window, with two things that take the keyboard."""
    window = QWidget()
    inside = QWidget(window)
    column = QVBoxLayout(inside)
    for name in ("first", "second"):
        edit = QLineEdit()
        edit.setObjectName(name)
        column.addWidget(edit)
    QVBoxLayout(window).addWidget(inside)
    qtbot.addWidget(window)
    window.show()
    window.activateWindow()
    qtbot.waitUntil(window.isActiveWindow, timeout=20_000)
    yield inside
    window.close()


@pytest.mark.parametrize("name", ASKS)
def test_what_had_the_keyboard_has_it_again(qtbot, page: QWidget, name: str) -> None:
    edit = page.findChild(QLineEdit, "second")
    assert isinstance(edit, QLineEdit)
    edit.setFocus()
    seen: list[str] = []

    def close() -> None:
        dialog = QApplication.activeModalWidget()
        if isinstance(dialog, QDialog):
            seen.append(dialog.windowTitle())
            other = page.findChild(QLineEdit, "first")
            assert isinstance(other, QLineEdit)
            other.setFocus()  # as a system does that gives the keyboard to whom it likes
            dialog.reject()

    QTimer.singleShot(0, close)
    assert ASKS[name](page) == ""
    assert len(seen) == 1
    qtbot.waitUntil(page.window().isActiveWindow, timeout=20_000)
    assert QApplication.focusWidget() is edit


@pytest.mark.parametrize(
    ("ask", "more"),
    [
        (review_files.ask_recording, {"*.mcap"}),
        (lambda parent: library_files.ask_file(parent, "Import"), set()),
    ],
    ids=["review", "library"],
)
def test_every_kind_that_is_read_is_offered(ask, more, page, monkeypatch) -> None:
    """Review left out HDF5, .tsv and .npz; the library offered kinds that nothing reads."""
    asked: list[str] = []

    def system(_parent: QWidget, _title: str, _folder: str, kinds: str) -> tuple[str, str]:
        asked.append(kinds)
        return "", ""

    monkeypatch.setattr(QFileDialog, "getOpenFileName", system)
    assert ask(page) == ""
    offered = asked[0].partition(";;")[0].partition("(")[2].removesuffix(")").split()
    assert len(offered) == len(set(offered))
    assert set(offered) == {f"*{one}" for one in SUFFIXES} | more
