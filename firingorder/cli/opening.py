"""What must be there before a window is opened: a screen, and a Qt that starts."""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING

from firingorder.cli import qt_check
from firingorder.errors import FiringOrderError

if TYPE_CHECKING:
    from collections.abc import Sequence


def require_display() -> None:
    """Refuse to open a window where there is no screen: Qt would abort without a word.

    Raises
    ------
    FiringOrderError
        With the command that works without a screen.
    """
    if not sys.platform.startswith("linux") or os.environ.get("QT_QPA_PLATFORM"):
        return
    if not os.environ.get("DISPLAY") and not os.environ.get("WAYLAND_DISPLAY"):
        raise FiringOrderError(
            "There is no screen here (neither DISPLAY nor WAYLAND_DISPLAY is set). Use "
            "`firingorder record --device URL --out FILE.mcap`, or set QT_QPA_PLATFORM=offscreen."
        )


def start_window() -> None:
    """Start Qt, before a session begins that would be cut off: without a screen Qt aborts.

    Raises
    ------
    FiringOrderError
        Qt is missing, cannot be loaded, or does not go with this Python.
    """
    try:
        from firingorder.gui.app import start_qt
    except ModuleNotFoundError as error:
        package = (error.name or "").partition(".")[0]
        if package not in ("PySide6", "shiboken6", "pyqtgraph"):
            raise
        raise FiringOrderError(
            f"The window needs {package}, which is missing: python -m pip install "
            "PySide6-Essentials pyqtgraph. `firingorder record` and `firingorder analyse` do "
            "without."
        ) from error
    except ImportError as error:
        if (error.name or "").startswith("firingorder"):  # a fault of ours
            raise
        raise FiringOrderError(f"Qt cannot be loaded: {error}. {qt_check.advice()}") from error
    start_qt(_explained)


def _explained(said: Sequence[str]) -> str:
    return f"firingorder: {' '.join(qt_check.why_no_window(said))}"
