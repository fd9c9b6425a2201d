"""Less and more beside a number, for the mouse; keys step in the field itself."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QLineF, QRectF, Qt, Signal
from PySide6.QtGui import QPainter, QPen
from PySide6.QtWidgets import QWidget

from firingorder.gui.key_button import HIT_PX
from firingorder.report.painter import draw_round

if TYPE_CHECKING:
    from PySide6.QtGui import QMouseEvent, QPaintEvent

    from firingorder.report.theme import Theme

_HALF_PX, _SIGN_PX = 38, 6.0


class Stepper(QWidget):
    """Its left half is one step less, its right half one more."""

    stepped = Signal(int)

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self.setFixedSize(2 * _HALF_PX, HIT_PX - 6)
        self.setCursor(Qt.CursorShape.PointingHandCursor)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Step once."""
        if self.isEnabled() and event.button() == Qt.MouseButton.LeftButton:
            self.stepped.emit(-1 if event.position().x() < self.width() / 2 else 1)

    def changeEvent(self, event: QEvent) -> None:
        """Follow the lock of the field."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.EnabledChange:
            self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint both signs."""
        theme, p = self._theme, QPainter(self)
        rect = QRectF(self.rect())
        p.fillRect(rect, theme.surface)
        p.setRenderHint(QPainter.RenderHint.Antialiasing, True)
        draw_round(p, rect, 8, theme.surface2, theme.line)
        p.setPen(QPen(theme.line, 1))
        p.drawLine(QLineF(_HALF_PX, 9, _HALF_PX, rect.height() - 9))
        ink = theme.text if self.isEnabled() else theme.text3
        p.setPen(QPen(ink, 1.8, c=Qt.PenCapStyle.RoundCap))
        y = rect.center().y()
        for x in (_HALF_PX / 2, 1.5 * _HALF_PX):
            p.drawLine(QLineF(x - _SIGN_PX, y, x + _SIGN_PX, y))
        p.drawLine(QLineF(1.5 * _HALF_PX, y - _SIGN_PX, 1.5 * _HALF_PX, y + _SIGN_PX))
        p.end()
