"""Where a file is to be read from or written to: the system's own question."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtWidgets import QFileDialog

if TYPE_CHECKING:
    from PySide6.QtWidgets import QWidget

_FILTER = "Programmes and exercises (*.yaml *.yml *.json);;All files (*)"


def ask_open(parent: QWidget) -> str:
    """Return the path of a file to read; empty: none was chosen."""
    path, _ = QFileDialog.getOpenFileName(parent, "Import", str(Path.home()), _FILTER)
    return path


def ask_save(parent: QWidget, name: str) -> str:
    """Return the path of a file to write; the system asks before one is replaced."""
    path, _ = QFileDialog.getSaveFileName(parent, "Export", str(Path.home() / name), _FILTER)
    if path and not Path(path).suffix:
        path = f"{path}.yaml"
    return path
