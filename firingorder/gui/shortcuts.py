"""Keys of a window."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeySequence, QShortcut

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from PySide6.QtWidgets import QWidget

Shortcuts = dict[Qt.Key | str, QShortcut]


def bind_keys(window: QWidget, actions: Mapping[Qt.Key | str, Callable[[], object]]) -> Shortcuts:
    """Bind keys to a window and return the shortcuts.

    Shortcuts of the window, since a button with the focus that had a shortcut of its own fired
    twice under real X events. A key that is held does its work once.
    """
    shortcuts: Shortcuts = {}
    for key, act in actions.items():
        shortcut = QShortcut(QKeySequence(key), window)
        shortcut.setAutoRepeat(False)
        shortcut.activated.connect(act)
        shortcuts[key] = shortcut
    return shortcuts


def quieten(keys: Shortcuts, live_keys: Shortcuts, *, prepares: bool, leads: bool) -> None:
    """Let a key do something only where it means something.

    ``prepares``: nothing is scored on the page that is shown; ``leads``: the coach has keys of its
    own.
    """
    for key, shortcut in live_keys.items():
        mine = not leads or key in (Qt.Key.Key_F, "Shift+F")
        shortcut.setEnabled(not prepares and mine)
    for key, shortcut in keys.items():
        shortcut.setEnabled(not leads or key not in (Qt.Key.Key_T, Qt.Key.Key_Escape))
