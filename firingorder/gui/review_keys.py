"""Keys as the review names them: letters as they are typed, whatever the layout of the keyboard."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeySequence

if TYPE_CHECKING:
    from PySide6.QtGui import QKeyEvent

#: What a key that is held does again and again.
REPEATS = frozenset(
    (",", ".", "<", ">", ";", ":", "+", "-", "=", "Left", "Right", "Up", "Down", "Shift+Left",
     "Shift+Right")
)  # fmt: skip
_SHIFT, _CONTROL = Qt.KeyboardModifier.ShiftModifier, Qt.KeyboardModifier.ControlModifier
_ALT = Qt.KeyboardModifier.AltModifier


def key_name(event: QKeyEvent) -> str:
    """Return the name of a key: ``A``, ``,``, ``Left``, ``Ctrl+Z``, ``Shift+Space``."""
    modifiers, text = event.modifiers(), event.text()
    if text.isprintable() and text.strip() and not modifiers & (_CONTROL | _ALT):
        return text.upper()
    keypad = Qt.KeyboardModifier.KeypadModifier
    combined = (modifiers & ~keypad).value | event.key()
    return QKeySequence(combined).toString(QKeySequence.SequenceFormat.PortableText)
