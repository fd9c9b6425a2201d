"""Widgets are tested without a screen, and without what the user of this computer keeps."""

import os
import sys
import tempfile

import pytest

_folder = tempfile.TemporaryDirectory(prefix="firingorder-gui-")
os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
os.environ.setdefault("QT_API", "pyside6")
for name in ("XDG_DATA_HOME", "XDG_CONFIG_HOME", "HOME", "APPDATA", "LOCALAPPDATA"):
    os.environ[name] = _folder.name


@pytest.fixture(autouse=True)
def _no_dialog_left_open() -> None:
    """Close a dialog or menu of an earlier test: it would keep every other window inactive."""
    if "PySide6.QtWidgets" in sys.modules:
        from PySide6.QtWidgets import QApplication

        for left in (QApplication.activePopupWidget, QApplication.activeModalWidget):
            widget = left()
            if widget is not None:
                print(f"left open by an earlier test: {widget!r}")
                widget.close()
