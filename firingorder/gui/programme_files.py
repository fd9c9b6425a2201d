"""Where a file is to be read from or written to: the system's own question."""

from __future__ import annotations

from typing import TYPE_CHECKING

from firingorder.gui import asked_files

if TYPE_CHECKING:
    from PySide6.QtWidgets import QWidget

_FILTER = "Programmes and exercises (*.yaml *.yml *.json);;All files (*)"


def ask_open(parent: QWidget) -> str:
    """Return the path of a file to read; empty: none was chosen."""
    return asked_files.ask_open(parent, "Import", _FILTER)


def ask_save(parent: QWidget, name: str) -> str:
    """Return the path of a file to write; the system asks before one is replaced."""
    return asked_files.ask_save(parent, "Export", name, _FILTER, ".yaml")
