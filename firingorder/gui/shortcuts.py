"""Keys of a window."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtGui import QKeySequence, QShortcut

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from PySide6.QtCore import Qt
    from PySide6.QtWidgets import QWidget


def bind_keys(
    window: QWidget, actions: Mapping[Qt.Key | str, Callable[[], object]]
) -> dict[Qt.Key | str, QShortcut]:
    """Bind keys to a window and return the shortcuts.

    Shortcuts of the window, since a button with the focus that had a shortcut of its own fired
    twice under real X events. A key that is held does its work once.
    """
    shortcuts: dict[Qt.Key | str, QShortcut] = {}
    for key, act in actions.items():
        shortcut = QShortcut(QKeySequence(key), window)
        shortcut.setAutoRepeat(False)
        shortcut.activated.connect(act)
        shortcuts[key] = shortcut
    return shortcuts
