"""Which recording is to be opened: the system's own question."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtWidgets import QFileDialog

if TYPE_CHECKING:
    from PySide6.QtWidgets import QWidget

_FILTER = "Recordings (*.mcap *.edf *.bdf *.csv *.txt *.mat *.c3d *.xdf);;All files (*)"


def ask_recording(parent: QWidget) -> str:
    """Return the path of a recording; empty: none was chosen."""
    path, _ = QFileDialog.getOpenFileName(parent, "Open a recording", str(Path.home()), _FILTER)
    return path


def ask_report(parent: QWidget, name: str) -> str:
    """Return where a report is to be written; the system asks before a file is replaced."""
    kinds = f"Report (*{Path(name).suffix})"
    path, _ = QFileDialog.getSaveFileName(parent, "Make a report", str(Path.home() / name), kinds)
    if path and not Path(path).suffix:
        path = f"{path}{Path(name).suffix}"
    return path


def ask_folder(parent: QWidget) -> str:
    """Return the folder an export is to be written to; empty: none was chosen."""
    return QFileDialog.getExistingDirectory(parent, "Export into", str(Path.home()))


def ask_settings(parent: QWidget) -> str:
    """Return the path of a settings file; empty: none was chosen."""
    kinds = "Settings (*.toml);;All files (*)"
    path, _ = QFileDialog.getOpenFileName(parent, "Settings", str(Path.home()), kinds)
    return path


def ask_labels(parent: QWidget, name: str) -> str:
    """Return where a labelled set is to be written."""
    kinds = "Marks (*.json)"
    path, _ = QFileDialog.getSaveFileName(parent, "Labelled set", str(Path.home() / name), kinds)
    return path


def ask_marks(parent: QWidget) -> str:
    """Return the path of another rater's marks; empty: none was chosen."""
    kinds = "Marks (*.json);;All files (*)"
    path, _ = QFileDialog.getOpenFileName(parent, "Marks of another rater", str(Path.home()), kinds)
    return path
