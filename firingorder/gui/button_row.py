"""The buttons along the bottom of a page that prepares, with a sentence at their right."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QRectF, Qt
from PySide6.QtGui import QFontMetricsF, QPainter
from PySide6.QtWidgets import QHBoxLayout, QWidget

from firingorder.report.theme import BODY_PX, SMALL_PX, font

if TYPE_CHECKING:
    from collections.abc import Sequence

    from PySide6.QtGui import QColor, QFont, QPaintEvent, QResizeEvent

    from firingorder.gui.key_button import KeyButton
    from firingorder.report.theme import Theme

GAP_PX = 10
#: Room that a sentence needs beside the buttons; with less it stands above them.
SAID_PX, LINE_PX = 190, 26


class ButtonRow(QWidget):
    """Buttons at the left and at the right; between them what there is to say."""

    def __init__(
        self,
        theme: Theme,
        height: int,
        left: Sequence[KeyButton],
        right: Sequence[KeyButton] = (),
    ) -> None:
        super().__init__()
        self._theme, self._said = theme, ""
        self._ink = theme.text2
        self._left, self._right = tuple(left), tuple(right)
        self.setAccessibleName("Actions")
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent, True)
        self._height, self._above, self._more = height, False, 0
        self.setFixedHeight(height)
        row = self._row = QHBoxLayout(self)
        row.setContentsMargins(20, 0, 20, 0)
        row.setSpacing(GAP_PX)
        for button in left:
            row.addWidget(button)
        row.addStretch(1)
        for button in right:
            row.addWidget(button)

    def say(self, text: str, ink: QColor) -> None:
        """Show a sentence beside the buttons."""
        if (text, ink) != (self._said, self._ink):
            self._said, self._ink = text, ink
            self.setAccessibleDescription(text)
            self._fit()
            self.update()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Find room for the sentence."""
        self._fit()
        super().resizeEvent(event)

    def event(self, event: QEvent) -> bool:
        """Find room for the sentence anew once buttons have come, gone or taken other words."""
        done = super().event(event)
        if event.type() == QEvent.Type.LayoutRequest:  # the buttons stand where they stand now
            self._fit()
            self.update()
        return done

    def needed_px(self) -> int:
        """Return the width that the buttons need with words and keys side by side."""
        shown = [b for b in (*self._left, *self._right) if b.isVisibleTo(self)]
        return sum(b.sizeHint().width() + GAP_PX for b in shown) + 40

    def _fit(self) -> None:
        beside = self.width() - self.needed_px() - 44
        above = bool(self._said) and (
            beside + 44 < SAID_PX or self._words_px(beside) > self._height - 4
        )
        more = 0
        if above:
            more = max(LINE_PX, math.ceil(self._words_px(self.width() - 44)) + 6)
        if (above, more) != (self._above, self._more):
            self._above, self._more = above, more
            self._row.setContentsMargins(20, more, 20, 0)
            self.setFixedHeight(self._height + more)

    def _words_px(self, width: float) -> float:
        """Return how high the sentence stands in this width."""
        room = QRectF(0, 0, max(width, 1), 10_000)
        flags = int(Qt.TextFlag.TextWordWrap)
        return QFontMetricsF(self._font(width)).boundingRect(room, flags, self._said).height()

    def _font(self, width: float) -> QFont:
        words = font(BODY_PX, 600)
        fits = QFontMetricsF(words).horizontalAdvance(self._said) <= width
        return words if fits else font(SMALL_PX, 600)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the ground, the line above it, the sentence."""
        p = QPainter(self)
        p.fillRect(self.rect(), self._theme.surface)
        p.setPen(self._theme.line)
        p.drawLine(0, 0, self.width(), 0)
        if self._said:
            self._paint_words(p)
        p.end()

    def _paint_words(self, p: QPainter) -> None:
        shown = [b for b in self._left if b.isVisibleTo(self)]
        after = [b for b in self._right if b.isVisibleTo(self)]
        left = shown[-1].geometry().right() + 24 if shown else 24
        right = after[0].x() - 20 if after else self.width() - 24
        spot = QRectF(left, 0, max(0, right - left), self.height())
        side = Qt.AlignmentFlag.AlignRight
        if self._above:
            spot = QRectF(22, 4, self.width() - 44, self._more)
            side = Qt.AlignmentFlag.AlignLeft
        flags = int(side | Qt.AlignmentFlag.AlignVCenter | Qt.TextFlag.TextWordWrap)
        p.setFont(self._font(spot.width()))
        p.setPen(self._ink)
        p.drawText(spot, flags, self._said)
