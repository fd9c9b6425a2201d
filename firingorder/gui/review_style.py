"""Small buttons of the review: a word with its key, one of several chosen."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QPainter, QPainterPath, QPen

from firingorder.gui.key_button import HIT_PX, KeyButton
from firingorder.report.painter import CENTRE, draw_round, draw_text, text_width
from firingorder.report.theme import AXIS_PX, SMALL_PX, blend, font

if TYPE_CHECKING:
    from PySide6.QtGui import QColor, QPaintEvent

    from firingorder.report.theme import Theme

SMALL_HEIGHT_PX = 36


class PresetButton(KeyButton):
    """One of several, of which one may be chosen; its key stands beside the word."""

    def __init__(self, text: str, key: str, theme: Theme, *, height: int = SMALL_HEIGHT_PX) -> None:
        super().__init__(text, key, theme, height=height)
        self.setCheckable(True)
        self.set_chosen(chosen=False)

    def set_chosen(self, *, chosen: bool) -> None:
        """Mark it as the one that is chosen, or not."""
        if chosen != self.isChecked() or not self.accessibleDescription().startswith("Key"):
            self.setChecked(chosen)
        word = "Chosen" if chosen else "Not chosen"
        self.setAccessibleDescription(f"Key {self._key}. {word}" if self._key else word)
        self.update()

    def nextCheckState(self) -> None:
        """Leave the mark to whoever is told of the choice."""

    def sizeHint(self) -> QSize:
        """Return room for word and key."""
        width = text_width(self.text(), font(SMALL_PX, 600)) + 28
        if self._key:
            width += text_width(self._key, font(AXIS_PX, 500)) + 16
        return QSize(round(width), self._height)

    def minimumSizeHint(self) -> QSize:
        """Return the same size."""
        return self.sizeHint()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the word, in a filled pill where it is chosen."""
        theme, p = self._theme, QPainter(self)
        rect = QRectF(self.rect()).adjusted(1, 1, -1, -1)
        chosen = self.isChecked()
        ground = theme.text if chosen else theme.surface2
        if not chosen and (self.underMouse() or self.isDown()):
            ground = blend(theme.text2, ground, 0.14)
        draw_round(p, rect, 8, ground, None if chosen else theme.line)
        ink = theme.surface if chosen else theme.text if self.isEnabled() else theme.text3
        words = font(SMALL_PX, 700 if chosen else 600)
        if self._key:
            draw_text(p, rect.adjusted(13, 0, 0, 0), self.text(), words, ink)
            cap = rect.adjusted(0, 0, -12, 0)
            faint = blend(theme.surface, theme.text, 0.62) if chosen else theme.text2
            right = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
            draw_text(p, cap, self._key, font(AXIS_PX, 500), faint, right)
        else:
            draw_text(p, rect, self.text(), words, ink, CENTRE)
        if self.hasFocus():
            _ring(p, rect, theme)
        p.end()


class RoundButton(KeyButton):
    """A round button with a sign: play, stop, the repetition before and after."""

    def __init__(
        self, name: str, sign: str, key: str, theme: Theme, *, primary: bool = False
    ) -> None:
        super().__init__(name, key, theme, primary=primary)
        self.sign = sign

    def set_sign(self, sign: str, name: str) -> None:
        """Change what it does."""
        if sign != self.sign:
            self.sign = sign
            self.set_label(name)
            self.update()

    def sizeHint(self) -> QSize:
        """Return the size of the disc."""
        side = HIT_PX + 8 if self._primary else HIT_PX
        return QSize(side, side)

    def minimumSizeHint(self) -> QSize:
        """Return the same size."""
        return self.sizeHint()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the disc and its sign."""
        theme, p = self._theme, QPainter(self)
        p.setRenderHint(QPainter.RenderHint.Antialiasing, True)
        side = min(self.width(), self.height()) - 2.0
        rect = QRectF(0, 0, side, side)
        rect.moveCenter(QRectF(self.rect()).center())
        primary = self._primary and self.isEnabled()
        ground = theme.text if primary else theme.surface2
        if self.isEnabled() and (self.underMouse() or self.isDown()):
            ground = blend(theme.text2, ground, 0.18)
        draw_round(p, rect, side / 2, ground, None if primary else theme.line)
        ink = theme.surface if primary else theme.text if self.isEnabled() else theme.text3
        draw_sign(p, rect.center(), side * 0.2, self.sign, ink)
        if self.hasFocus():
            p.setPen(QPen(theme.accent, 2))
            p.setBrush(Qt.BrushStyle.NoBrush)
            p.drawEllipse(rect.adjusted(1, 1, -1, -1))
        p.end()


def draw_sign(p: QPainter, centre: QPointF, half: float, sign: str, ink: QColor) -> None:
    """Draw play, stop, previous or next."""
    p.save()
    p.translate(centre)
    p.setPen(Qt.PenStyle.NoPen)
    p.setBrush(ink)
    if sign == "stop":
        p.drawRoundedRect(QRectF(-half, -half, 2 * half, 2 * half), 2, 2)
    else:
        if sign == "previous":
            p.scale(-1, 1)
        shift = half * 0.25 if sign == "play" else -half * 0.3
        arrow = QPainterPath(QPointF(-half * 0.85 + shift, -half))
        arrow.lineTo(half + shift, 0)
        arrow.lineTo(-half * 0.85 + shift, half)
        arrow.closeSubpath()
        p.drawPath(arrow)
        if sign != "play":
            p.drawRect(QRectF(half * 0.75, -half, half * 0.35, 2 * half))
    p.restore()


def _ring(p: QPainter, rect: QRectF, theme: Theme) -> None:
    p.setPen(QPen(theme.accent, 2))
    p.setBrush(Qt.BrushStyle.NoBrush)
    p.drawRoundedRect(rect.adjusted(1, 1, -1, -1), 8, 8)
