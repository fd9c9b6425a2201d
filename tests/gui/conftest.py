"""Widgets are tested without a screen, and without what the user of this computer keeps."""

import os
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

pytest.register_assert_rewrite("tests.gui.hands")

_folder = tempfile.TemporaryDirectory(prefix="firingorder-gui-")
os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
os.environ.setdefault("QT_API", "pyside6")
for name in ("XDG_DATA_HOME", "XDG_CONFIG_HOME", "HOME", "APPDATA", "LOCALAPPDATA"):
    os.environ[name] = _folder.name


@pytest.fixture(autouse=True)
def _closed_windows_are_gone() -> Iterator[None]:
    """Delete what a test closed now, not at the next event loop: a hundred windows wait else."""
    yield
    if "PySide6.QtCore" in sys.modules:
        from PySide6.QtCore import QCoreApplication, QEvent

        QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete.value)


@pytest.fixture(scope="session")
def planted(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a filled library; a test takes a copy."""
    from tests.gui import planted_library

    folder = tmp_path_factory.mktemp("planted")
    library = planted_library.plant(folder)
    planted_library.plant_inbox(library)
    library.close()
    return folder
