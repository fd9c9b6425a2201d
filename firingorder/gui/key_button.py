"""A button with its key on it. Space is left to the window, so that it never fires twice."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QKeyEvent, QPainter, QPen
from PySide6.QtWidgets import QPushButton

from firingorder.report.painter import CENTRE, draw_round, draw_text, fit_font, text_width
from firingorder.report.theme import AXIS_PX, BODY_PX, TITLE_PX, Theme, blend, font

if TYPE_CHECKING:
    from PySide6.QtGui import QColor, QPaintEvent

#: Height of a hit target (screens page, Type sizes).
HIT_PX = 48
_NO_KEY = Qt.KeyboardModifier.NoModifier


class KeyButton(QPushButton):
    """A flat button: words, then the key as a cap. Tab reaches it, Enter presses it.

    Space belongs to the window (pause): a focused button that also took it would fire twice, as
    real X events showed.
    """

    def __init__(
        self, text: str, key: str, theme: Theme, *, primary: bool = False, height: int = HIT_PX
    ) -> None:
        super().__init__(text)
        self._height, self._text_px = height, BODY_PX if height < 60 else TITLE_PX
        self._theme, self._key, self._primary = theme, key, primary
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setAccessibleName(text)
        self.setAccessibleDescription(f"Key {key}" if key else "")
        self._progress = 0.0
        self._lit = False

    def set_lit(self, *, lit: bool) -> None:
        """Mark what the button stands for as being on."""
        if lit != self._lit:
            self._lit = lit
            self.update()

    def set_label(self, text: str) -> None:
        """Change the words."""
        if text != self.text():
            self.setText(text)
            self.setAccessibleName(text)
            self.updateGeometry()

    def set_key(self, key: str) -> None:
        """Change the key that does the same; empty for none."""
        if key != self._key:
            self._key = key
            self.setAccessibleDescription(f"Key {key}" if key else "")
            self.updateGeometry()
            self.update()

    def set_hint(self, sentence: str) -> None:
        """Say more under the pointer and to screen readers; empty for nothing."""
        if sentence != self.toolTip():
            self.setToolTip(sentence)
            parts = (f"Key {self._key}." if sentence else f"Key {self._key}", sentence)
            self.setAccessibleDescription(" ".join(part for part in parts if part))

    def set_progress(self, share: float) -> None:
        """Show how much of a hold has passed, 0 to 1."""
        if share != self._progress:
            self._progress = share
            self.update()

    def sizeHint(self) -> QSize:
        """Return the size that words and key need."""
        width = text_width(self.text(), font(self._text_px, 600)) + 36
        if self._key:
            width += text_width(self._key, font(AXIS_PX, 600)) + 30
        return QSize(round(width), self._height)

    def minimumSizeHint(self) -> QSize:
        """Return the same size: words are never cut."""
        return self.sizeHint()

    def event(self, event: QEvent) -> bool:
        """Keep Enter for the button that has the focus; a page would take it as "go on"."""
        if event.type() == QEvent.Type.ShortcutOverride and isinstance(event, QKeyEvent):
            plain = event.modifiers() in (_NO_KEY, Qt.KeyboardModifier.KeypadModifier)
            if plain and event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
                event.accept()
                return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Press on Enter; leave every other key to the window."""
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.click()
        else:
            event.ignore()

    def keyReleaseEvent(self, event: QKeyEvent) -> None:
        """Leave releases to the window."""
        event.ignore()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint ground, words, key cap, focus ring."""
        theme, p = self._theme, QPainter(self)
        rect = QRectF(self.rect()).adjusted(1, 1, -1, -1)
        primary = self._primary and self.isEnabled()
        ground = theme.text if primary else theme.surface2
        ink = theme.surface if primary else theme.text if self.isEnabled() else theme.text3
        if self._lit and self.isEnabled():
            ground, ink = theme.ok_on, theme.ok
        if not self.isEnabled():
            ground = theme.surface
        elif self.underMouse() or self.isDown():
            ground = blend(theme.text2, ground, 0.18 if self.isDown() else 0.1)
        draw_round(p, rect, 10, ground, None if primary else theme.ok if self._lit else theme.line)
        if self._progress > 0.0:
            part = QRectF(rect.left(), rect.bottom() - 5, rect.width() * self._progress, 4)
            draw_round(p, part, 2, theme.accent)
        cap_ink = ink if primary or not self.isEnabled() else theme.text2
        cap_ground = blend(theme.text2, ground, 0.3 if primary else 0.18)
        stacked = bool(self._key) and self.width() < self.sizeHint().width() - 1
        self._paint_words(p, rect, ink, stacked=stacked)
        if self._key:
            cap_font = font(AXIS_PX, 600)
            width = text_width(self._key, cap_font) + 16
            cap = QRectF(rect.right() - 14 - width, rect.center().y() - 11, width, 22)
            if stacked:
                cap.moveCenter(QPointF(rect.center().x(), rect.bottom() - 17))
            draw_round(p, cap, 5, cap_ground)
            draw_text(p, cap, self._key, cap_font, cap_ink, CENTRE)
        if self.hasFocus():
            p.setPen(QPen(theme.accent, 2))
            p.setBrush(Qt.BrushStyle.NoBrush)
            p.drawRoundedRect(rect.adjusted(1, 1, -1, -1), 9, 9)
        p.end()

    def _paint_words(self, p: QPainter, rect: QRectF, ink: QColor, *, stacked: bool) -> None:
        """Paint the words; where there is no room beside the key, above it."""
        if stacked:
            line = QRectF(rect.left() + 6, rect.top() + 5, rect.width() - 12, rect.height() - 34)
            words = fit_font(self.text(), self._text_px, 600, line.width(), display=False)
            draw_text(p, line, self.text(), words, ink, CENTRE)
        else:
            words = font(self._text_px, 600)
            draw_text(p, rect.adjusted(17, 0, 0, 0), self.text(), words, ink)
