"""Keys of a window."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeySequence, QShortcut

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from PySide6.QtWidgets import QWidget

Shortcuts = dict[Qt.Key | str, QShortcut]
#: Keys of the free live page that the coach leaves as they are.
_STAY: tuple[Qt.Key | str, ...] = (Qt.Key.Key_F, Qt.Key.Key_S, "Shift+F")
_DIGITS: tuple[Qt.Key | str, ...] = tuple("0123456789")


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


def quieten(
    keys: Shortcuts, live_keys: Shortcuts, *, prepares: bool, leads: bool, asks: bool = False
) -> None:
    """Let a key do something only where it means something.

    ``prepares``: nothing is scored on the page that is shown; ``leads``: the coach has keys of its
    own; ``asks``: figures are answers.
    """
    for key, shortcut in live_keys.items():
        mine = not leads or key in _STAY or (key in _DIGITS and not asks)
        shortcut.setEnabled(not prepares and mine)
    for key, shortcut in keys.items():
        if key == Qt.Key.Key_T:  # the coach has a use of its own for it
            shortcut.setEnabled(not leads)
