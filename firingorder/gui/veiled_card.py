"""A box in the middle of a veil over its parent: what the cards that ask something share."""

from __future__ import annotations

from abc import abstractmethod
from typing import TYPE_CHECKING

from PySide6.QtCore import QRect, QRectF, Signal
from PySide6.QtGui import QColor, QPainter
from PySide6.QtWidgets import QHBoxLayout, QLabel, QWidget

from firingorder.gui.key_button import KeyButton
from firingorder.report.painter import draw_round
from firingorder.report.theme import SMALL_PX, TITLE_PX, font

if TYPE_CHECKING:
    from PySide6.QtGui import QMouseEvent, QPaintEvent, QResizeEvent

    from firingorder.report.theme import Theme

#: What lies below stays to be seen, and cannot be read by mistake: a proposal, looked at.
_VEIL = 0.82


class VeiledCard(QWidget):
    """Lies over its parent while it asks. Esc leaves, and so does a press on the veil.

    ``remark`` is a line in small letters that the card uses as it wants, ``error`` says why
    something cannot be.
    """

    closed = Signal()

    def __init__(self, theme: Theme, over: QWidget, name: str, ok: str, key: str) -> None:
        super().__init__(over)
        self._theme, self._over = theme, over
        self.setAccessibleName(name)
        self.title, self.remark, self.error = QLabel(), QLabel(), QLabel()
        for label, px, ink in (
            (self.title, TITLE_PX, theme.text),
            (self.remark, SMALL_PX, theme.text2),
            (self.error, SMALL_PX, theme.back),
        ):
            label.setFont(font(px, 600 if px == TITLE_PX else 500))
            label.setStyleSheet(f"color: {ink.name()};")
            label.setWordWrap(True)
        self.ok = KeyButton(ok, key, theme, primary=True)
        self.leave = KeyButton("Leave", "Esc", theme)
        self.leave.clicked.connect(self.close_card)
        self.buttons = QHBoxLayout()
        self.buttons.addWidget(self.ok)
        self.buttons.addWidget(self.leave)
        self._box = QWidget(self)
        self.hide()

    @property
    def open(self) -> bool:
        """Whether it asks."""
        return not self.isHidden()

    @abstractmethod
    def box_rect(self) -> QRect:
        """Return where the box lies within the veil."""

    def rise(self) -> None:
        """Appear over everything in the parent."""
        self.show()
        self.raise_()
        self.place()

    def close_card(self) -> bool:
        """Close it; return whether it was open."""
        was = self.open
        self.hide()
        if was:
            self.closed.emit()
        return was

    def tell(self, text: str) -> None:
        """Say why something cannot be; empty for nothing."""
        self.error.setText(text)
        self.error.setVisible(bool(text))

    def place(self) -> None:
        """Lie over the whole parent."""
        self.setGeometry(self._over.rect())
        self._box.setGeometry(self.box_rect())

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Keep the box in the middle."""
        super().resizeEvent(event)
        self.place()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Leave when the veil is pressed."""
        if not self._box.geometry().contains(event.position().toPoint()):
            self.close_card()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the veil and the ground of the box."""
        p = QPainter(self)
        veil = QColor(self._theme.background)
        veil.setAlphaF(_VEIL)
        p.fillRect(self.rect(), veil)
        box = QRectF(self._box.geometry())
        draw_round(p, box, 12, self._theme.surface, self._theme.strong_line)
        p.end()

    def centred(self, width_px: int, height_px: int) -> QRect:
        """Return a box of this size in the middle."""
        left, top = (self.width() - width_px) // 2, (self.height() - height_px) // 2
        return QRect(left, top, width_px, height_px)
