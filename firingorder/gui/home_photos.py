"""A card over the page with the pictures of pads; arrows turn them over, Esc leaves."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QRectF, Qt, Signal
from PySide6.QtGui import QColor, QImage, QImageReader, QKeyEvent, QPainter
from PySide6.QtWidgets import QWidget

from firingorder.gui.keys_above import asked_above
from firingorder.report.painter import draw_round, draw_text
from firingorder.report.theme import BODY_PX, SMALL_PX, TITLE_PX, font

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from PySide6.QtGui import QMouseEvent, QPaintEvent

    from firingorder.report.theme import Theme

_MARGIN_PX, _HEAD_PX, _FOOT_PX = 24, 64, 40
_LEFT, _RIGHT = (Qt.Key.Key_Left, Qt.Key.Key_Up), (Qt.Key.Key_Right, Qt.Key.Key_Down)
UNREADABLE = "This picture cannot be shown."
TITLE = "Where the pads go"


class PhotoCard(QWidget):
    """Lies over its parent while it shows pictures."""

    closed = Signal()

    def __init__(self, theme: Theme, over: QWidget) -> None:
        super().__init__(over)
        self._theme, self._over = theme, over
        self._paths: tuple[Path, ...] = ()
        self._image = QImage()
        self.at = 0
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAccessibleName(TITLE)
        self.hide()

    @property
    def open(self) -> bool:
        """Whether it shows something."""
        return not self.isHidden()

    def show_photos(self, paths: Sequence[Path]) -> None:
        """Show pictures, the first one first."""
        self._paths = tuple(paths)
        self._turn(0)
        self.place()
        self.show()
        self.raise_()
        self.setFocus()

    def close_card(self) -> bool:
        """Close it; return whether it was open."""
        was = self.open
        self.hide()
        self._image = QImage()
        if was:
            self.closed.emit()
        return was

    def place(self) -> None:
        """Lie over the whole parent."""
        self.setGeometry(self._over.rect())

    def event(self, event: QEvent) -> bool:
        """Keep the keys that mean something here."""
        if event.type() == QEvent.Type.ShortcutOverride and isinstance(event, QKeyEvent):
            if event.key() in (Qt.Key.Key_Escape, *_LEFT, *_RIGHT):
                event.accept()
                return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Turn over, or leave."""
        if asked_above(self):
            event.ignore()
        elif event.key() == Qt.Key.Key_Escape:
            self.close_card()
        elif event.key() in _LEFT:
            self._turn(self.at - 1)
        elif event.key() in _RIGHT:
            self._turn(self.at + 1)
        else:
            event.ignore()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Go on to the next one."""
        self._turn(self.at + 1)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the veil, the picture as large as it goes, and which one it is."""
        p = QPainter(self)
        p.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        veil = QColor(self._theme.background)
        veil.setAlphaF(0.92)
        p.fillRect(self.rect(), veil)
        box = QRectF(self.rect()).adjusted(_MARGIN_PX, _MARGIN_PX, -_MARGIN_PX, -_MARGIN_PX)
        draw_round(p, box, 12, self._theme.surface, self._theme.strong_line)
        head = QRectF(box.left() + 20, box.top(), box.width() - 40, _HEAD_PX)
        draw_text(p, head, TITLE, font(TITLE_PX, 600), self._theme.text)
        foot = QRectF(head.left(), box.bottom() - _FOOT_PX, head.width(), _FOOT_PX)
        words = f"{self.at + 1} of {len(self._paths)}     ←  →  turn over     Esc  leave"
        draw_text(p, foot, words, font(SMALL_PX, 500), self._theme.text2)
        room = QRectF(head.left(), head.bottom(), head.width(), foot.top() - head.bottom())
        if self._image.isNull():
            draw_text(p, room, UNREADABLE, font(BODY_PX, 500), self._theme.text2)
        else:
            p.drawImage(_fitted(room, self._image), self._image)
        p.end()

    def _turn(self, to: int) -> None:
        self.at = min(max(to, 0), len(self._paths) - 1)
        reader = QImageReader(str(self._paths[self.at]))
        reader.setAutoTransform(True)
        self._image = reader.read()
        self.setAccessibleDescription(f"Picture {self.at + 1} of {len(self._paths)}")
        self.update()


def _fitted(room: QRectF, image: QImage) -> QRectF:
    """Return the largest place in a room that keeps the proportions of a picture."""
    scale = min(room.width() / image.width(), room.height() / image.height())
    width, height = image.width() * scale, image.height() * scale
    return QRectF(room.center().x() - width / 2, room.center().y() - height / 2, width, height)
