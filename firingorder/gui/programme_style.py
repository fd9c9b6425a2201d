"""How lists, fields and panels look: from the theme alone, never from the system."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QFontMetricsF, QPainter
from PySide6.QtWidgets import QVBoxLayout, QWidget

from firingorder.report.painter import RIGHT, draw_round, draw_text, text_width
from firingorder.report.theme import BODY_PX, FAMILY, SMALL_PX, TITLE_PX, blend, font

if TYPE_CHECKING:
    from PySide6.QtGui import QPaintEvent

    from firingorder.report.theme import Theme

TITLE_BAR_PX, PAD_PX, RADIUS_PX, GAP_PX = 46, 14, 10, 14
_BAR_PX = 12


def sheet(theme: Theme) -> str:
    """Return the style of fields, scroll bars and texts: the palette, in Qt's own words."""
    hold = blend(theme.text2, theme.surface, 0.45).name()
    return f"""
    QLineEdit, QPlainTextEdit {{ background: {theme.surface2.name()}; color: {theme.text.name()};
        border: 1px solid {theme.line.name()}; border-radius: 8px; padding: 0 10px;
        font-family: {FAMILY}; font-size: {BODY_PX}px; font-weight: 500;
        selection-background-color: {theme.accent.name()};
        selection-color: {theme.background.name()}; }}
    QPlainTextEdit {{ padding: 6px 6px; }}
    QLineEdit:focus, QPlainTextEdit:focus {{ border: 2px solid {theme.accent.name()}; }}
    QLineEdit[locked="true"], QPlainTextEdit[locked="true"] {{ color: {theme.text2.name()};
        background: {theme.surface.name()}; }}
    QLineEdit[wrong="true"], QPlainTextEdit[wrong="true"] {{
        border: 2px solid {theme.back.name()}; }}
    QListWidget, QTextBrowser, QScrollArea {{ background: transparent; border: none; outline: 0; }}
    QTextBrowser {{ color: {theme.text.name()}; font-family: {FAMILY};
        font-size: {BODY_PX}px; selection-background-color: {theme.accent.name()};
        selection-color: {theme.background.name()}; }}
    QScrollBar:vertical {{ background: transparent; width: {_BAR_PX}px; margin: 2px; }}
    QScrollBar::handle:vertical {{ background: {hold}; min-height: 36px; border-radius: 4px; }}
    QScrollBar::add-line, QScrollBar::sub-line {{ height: 0; width: 0; }}
    QScrollBar::add-page, QScrollBar::sub-page {{ background: transparent; }}
    QScrollBar:horizontal {{ height: 0; }}
    """


class Panel(QWidget):
    """A rounded ground with a title, something at the right of it, and what lies inside."""

    def __init__(self, theme: Theme, name: str) -> None:
        super().__init__()
        self._theme, self._title, self._note = theme, name, ""
        self.setAccessibleName(name)
        self.inside = QVBoxLayout(self)
        self.inside.setContentsMargins(PAD_PX, TITLE_BAR_PX, PAD_PX, PAD_PX)
        self.inside.setSpacing(8)

    def title(self, title: str, note: str = "") -> None:
        """Change the title and what stands at its right."""
        if (title, note) != (self._title, self._note):
            self._title, self._note = title, note
            self.setAccessibleDescription(f"{title}. {note}" if note else title)
            self.update()

    @property
    def shown(self) -> tuple[str, str]:
        """Title and note."""
        return self._title, self._note

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint ground, title, note, and a ring where something inside has the keyboard."""
        theme, p = self._theme, QPainter(self)
        rect = QRectF(self.rect())
        p.fillRect(rect, theme.background)
        draw_round(p, rect, RADIUS_PX, theme.surface, theme.line)
        bar = QRectF(PAD_PX + 4, 2, rect.width() - 2 * PAD_PX - 8, TITLE_BAR_PX - 4)
        small, large = font(SMALL_PX, 500), font(TITLE_PX, 600)
        taken = min(text_width(self._note, small) + 12, bar.width() * 0.62) if self._note else 0.0
        shown = QFontMetricsF(large).elidedText(
            self._title, Qt.TextElideMode.ElideRight, bar.width() - taken
        )
        draw_text(p, bar, shown, large, theme.text)
        if self._note:
            spot = QRectF(bar.right() - taken + 10, bar.top(), taken - 10, bar.height())
            draw_text(p, spot, self._note, small, theme.text2, RIGHT)
        p.end()
