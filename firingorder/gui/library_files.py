"""Where copies go and where files come from: the system's own questions."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from firingorder.gui import asked_files

if TYPE_CHECKING:
    from PySide6.QtWidgets import QWidget

_BACKUPS = "Backups of firingorder (*.zip);;All files (*)"
_SIGNALS = asked_files.kinds_of_recordings("Recordings of other programs")


def ask_folder(parent: QWidget, title: str) -> str:
    """Return a folder; empty: none was chosen."""
    return asked_files.ask_folder(parent, title)


def ask_file(parent: QWidget, title: str) -> str:
    """Return a file of another program to read; empty: none was chosen."""
    return asked_files.ask_open(parent, title, _SIGNALS)


def ask_backup(parent: QWidget, title: str) -> str:
    """Return a backup to read; empty: none was chosen."""
    return asked_files.ask_open(parent, title, _BACKUPS)


def ask_target(parent: QWidget, title: str, name: str) -> str:
    """Return a file to write, with the ending of ``name``; empty: none was chosen."""
    ending = Path(name).suffix
    return asked_files.ask_save(parent, title, name, f"*{ending};;All files (*)", ending)
