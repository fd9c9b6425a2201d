"""Whether something over the whole window has the keyboard, such as the question for the PIN."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent

if TYPE_CHECKING:
    from PySide6.QtWidgets import QWidget

_TYPED = (QEvent.Type.KeyPress, QEvent.Type.ShortcutOverride, QEvent.Type.InputMethod)


def asked_above(widget: QWidget) -> bool:
    """Tell whether a card of the window asks: then nothing below it has a use for a key."""
    return any(card.asks for card in getattr(widget.window(), "cards", ()))


def goes_above(widget: QWidget, event: QEvent) -> bool:
    """Leave what is typed to the card that asks; return whether it was left.

    A PIN must neither be typed into a field that happens to have the focus, nor be seen there.
    """
    if event.type() not in _TYPED or not asked_above(widget):
        return False
    event.ignore()
    return True
