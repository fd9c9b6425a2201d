"""A window with a blue frame around a recording, so that nobody takes it for a live person."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtGui import QPainter
from PySide6.QtWidgets import QVBoxLayout, QWidget

if TYPE_CHECKING:
    from PySide6.QtGui import QPaintEvent

    from firingorder.report.theme import Theme

FRAME_PX = 5


class FramedWindow(QWidget):
    """Lays its parts in ``column``."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent, True)
        self.column = QVBoxLayout(self)
        self.column.setContentsMargins(0, 0, 0, 0)
        self.column.setSpacing(0)

    def show_frame(self, *, framed: bool) -> None:
        """Draw the frame, or none."""
        margin = FRAME_PX if framed else 0
        if self.column.contentsMargins().left() != margin:
            self.column.setContentsMargins(margin, margin, margin, margin)
            self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the frame; everything else is covered."""
        p = QPainter(self)
        p.fillRect(event.rect(), self._theme.accent)
        p.end()
