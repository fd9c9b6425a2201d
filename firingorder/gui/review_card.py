"""The card of the repetition that is reviewed: outcome, ladder, what was changed, three buttons."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QFontMetricsF, QPainter
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from firingorder.gui.key_button import KeyButton
from firingorder.gui.verdict_card import RADIUS_PX, draw_verdict_card
from firingorder.report.painter import draw_round, draw_text
from firingorder.report.theme import SMALL_PX, font

if TYPE_CHECKING:
    from PySide6.QtGui import QColor, QPaintEvent

    from firingorder.gui.view_models.desk import VerdictCardView
    from firingorder.report.theme import Theme

BUTTON_PX, LINE_PX = 44, 20
_MOST_LINES = 3


class RepCard(QWidget):
    """Shows a repetition as it stands, also while a line is being dragged."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self._view: VerdictCardView | None = None
        self._lines: tuple[str, ...] = ()
        self.setAccessibleName("Outcome of the repetition")
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent, True)
        self.reset = KeyButton("Reset to auto", "R", theme, height=BUTTON_PX)
        self.exclude = KeyButton("Exclude rep", "X", theme, height=BUTTON_PX)
        self.note = KeyButton("Add note", "T", theme, height=BUTTON_PX)
        row = QHBoxLayout()
        row.setSpacing(8)
        for button in (self.reset, self.exclude, self.note):
            button.setMinimumWidth(64)
            row.addWidget(button, 1)
        column = QVBoxLayout(self)
        column.setContentsMargins(16, 0, 16, 14)
        column.addStretch(1)
        column.addLayout(row)

    @property
    def lines(self) -> tuple[str, ...]:
        """What is said about the repetition."""
        return self._lines

    def show_view(self, view: VerdictCardView | None, lines: tuple[str, ...]) -> None:
        """Show an outcome, and who changed what."""
        if (view, lines) == (self._view, self._lines):
            return
        self._view, self._lines = view, lines
        said = "" if view is None else view.spoken
        self.setAccessibleDescription(" ".join((said, *lines)).strip())
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the card as on the live page, then the lines above the buttons."""
        theme, p = self._theme, QPainter(self)
        rect = QRectF(self.rect())
        p.fillRect(rect, theme.background)
        shown = self._wrapped(rect.width() - 44)
        below = BUTTON_PX + 26 + (LINE_PX * len(shown) + 12 if shown else 0)
        if self._view is None:
            draw_round(p, rect, RADIUS_PX, theme.surface, theme.line)
            p.end()
            return
        p.save()
        draw_round(p, rect, RADIUS_PX, theme.surface, theme.line)
        inner = QRectF(rect.left(), rect.top(), rect.width(), rect.height() - below)
        draw_verdict_card(p, inner, self._view, theme)
        p.restore()
        self._join(p, rect, inner)
        y = inner.bottom() + 6
        for text, ink in shown:
            line = QRectF(20, y, rect.width() - 40, LINE_PX)
            draw_text(p, line, text, font(SMALL_PX, 500), ink)
            y += LINE_PX
        p.end()

    def _join(self, p: QPainter, rect: QRectF, inner: QRectF) -> None:
        """Take away the lower edge of the card inside: it goes on below."""
        theme = self._theme
        p.fillRect(
            QRectF(rect.left() + 1, inner.bottom() - RADIUS_PX, rect.width() - 2, RADIUS_PX + 2),
            theme.surface,
        )
        p.setPen(theme.line)
        for x in (rect.left(), rect.right() - 1):
            p.drawLine(int(x), int(inner.bottom() - RADIUS_PX), int(x), int(inner.bottom() + 2))
        p.drawLine(17, int(inner.bottom()), int(rect.right()) - 17, int(inner.bottom()))

    def _wrapped(self, width: float) -> list[tuple[str, QColor]]:
        theme, metrics = self._theme, QFontMetricsF(font(SMALL_PX, 500))
        shown: list[tuple[str, QColor]] = []
        for k, line in enumerate(self._lines):
            ink = theme.accent if k == 0 else theme.text2
            words, part = line.split(), ""
            for word in words:
                longer = f"{part} {word}".strip()
                if part and metrics.horizontalAdvance(longer) > width:
                    shown.append((part, ink))
                    part = word
                else:
                    part = longer
            shown.append((part, ink))
        if len(shown) > _MOST_LINES:
            shown = shown[:_MOST_LINES]
            text, ink = shown[-1]
            shown[-1] = (metrics.elidedText(f"{text} …", Qt.TextElideMode.ElideRight, width), ink)
        return shown
