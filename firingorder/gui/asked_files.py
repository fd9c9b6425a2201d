"""The system's questions about files, after which the page has the keyboard again."""

from __future__ import annotations

from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtWidgets import QApplication, QFileDialog
from shiboken6 import isValid

from firingorder.recording.readers import SUFFIXES

if TYPE_CHECKING:
    from collections.abc import Generator

    from PySide6.QtWidgets import QWidget


def kinds_of_recordings(title: str, *more: str) -> str:
    """Return the kinds of a question for files with signals: all that are read, and ``more``."""
    return f"{title} ({' '.join(f'*{one}' for one in (*more, *sorted(SUFFIXES)))});;All files (*)"


@contextmanager
def keyboard_back(parent: QWidget) -> Generator[None]:
    """Give the window the keyboard back, and what had it in the window: not every system does."""
    had = QApplication.focusWidget()
    yield
    window = parent.window()
    window.activateWindow()
    if had is not None and isValid(had) and had.window() is window and had.isVisible():
        had.setFocus()
    else:
        parent.setFocus()


def ask_open(parent: QWidget, title: str, kinds: str) -> str:
    """Return the path of a file to read; empty: none was chosen."""
    with keyboard_back(parent):
        return QFileDialog.getOpenFileName(parent, title, str(Path.home()), kinds)[0]


def ask_save(parent: QWidget, title: str, name: str, kinds: str, ending: str = "") -> str:
    """Return the path of a file to write, with an ending; empty: none was chosen.

    The system asks before a file is replaced. ``ending`` is for a name that was typed without one.
    """
    with keyboard_back(parent):
        path, _ = QFileDialog.getSaveFileName(parent, title, str(Path.home() / name), kinds)
    return f"{path}{ending}" if path and not Path(path).suffix else path


def ask_folder(parent: QWidget, title: str) -> str:
    """Return a folder; empty: none was chosen."""
    with keyboard_back(parent):
        return QFileDialog.getExistingDirectory(parent, title, str(Path.home()))
