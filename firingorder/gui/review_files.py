"""Which recording is to be opened: the system's own question."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from firingorder.gui import asked_files

if TYPE_CHECKING:
    from PySide6.QtWidgets import QWidget

_FILTER = asked_files.kinds_of_recordings("Recordings", ".mcap")


def ask_recording(parent: QWidget) -> str:
    """Return the path of a recording; empty: none was chosen."""
    return asked_files.ask_open(parent, "Open a recording", _FILTER)


def ask_report(parent: QWidget, name: str) -> str:
    """Return where a report is to be written; the system asks before a file is replaced."""
    ending = Path(name).suffix
    return asked_files.ask_save(parent, "Make a report", name, f"Report (*{ending})", ending)


def ask_folder(parent: QWidget) -> str:
    """Return the folder an export is to be written to; empty: none was chosen."""
    return asked_files.ask_folder(parent, "Export into")


def ask_settings(parent: QWidget) -> str:
    """Return the path of a settings file; empty: none was chosen."""
    return asked_files.ask_open(parent, "Settings", "Settings (*.toml);;All files (*)")


def ask_labels(parent: QWidget, name: str) -> str:
    """Return where a labelled set is to be written."""
    return asked_files.ask_save(parent, "Labelled set", name, "Marks (*.json)")


def ask_marks(parent: QWidget) -> str:
    """Return the path of another rater's marks; empty: none was chosen."""
    return asked_files.ask_open(parent, "Marks of another rater", "Marks (*.json);;All files (*)")
