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
