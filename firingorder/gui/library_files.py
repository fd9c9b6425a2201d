"""Where copies go and where files come from: the system's own questions."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtWidgets import QFileDialog

if TYPE_CHECKING:
    from PySide6.QtWidgets import QWidget

_BACKUPS = "Backups of firingorder (*.zip);;All files (*)"
_SIGNALS = (
    "Recordings of other programs (*.edf *.bdf *.xdf *.c3d *.csv *.txt *.tsv *.mat *.h5 *.hdf5 "
    "*.anc *.npy *.npz *.asc);;All files (*)"
)


def ask_folder(parent: QWidget, title: str) -> str:
    """Return a folder; empty: none was chosen."""
    return _after(parent, QFileDialog.getExistingDirectory(parent, title, str(Path.home())))


def ask_file(parent: QWidget, title: str) -> str:
    """Return a file of another program to read; empty: none was chosen."""
    path, _ = QFileDialog.getOpenFileName(parent, title, str(Path.home()), _SIGNALS)
    return _after(parent, path)


def ask_backup(parent: QWidget, title: str) -> str:
    """Return a backup to read; empty: none was chosen."""
    path, _ = QFileDialog.getOpenFileName(parent, title, str(Path.home()), _BACKUPS)
    return _after(parent, path)


def ask_target(parent: QWidget, title: str, name: str) -> str:
    """Return a file to write, with the ending of ``name``; empty: none was chosen."""
    ending = Path(name).suffix
    path, _ = QFileDialog.getSaveFileName(
        parent, title, str(Path.home() / name), f"*{ending};;All files (*)"
    )
    return _after(parent, path if not path or Path(path).suffix else f"{path}{ending}")


def _after(parent: QWidget, path: str) -> str:
    """Return the path, once the window has the keyboard again: not every system gives it back."""
    parent.window().activateWindow()
    return path
