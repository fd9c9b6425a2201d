"""What covers the floor view: a loose pad by name, or the state of the link, in large letters."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QPainter
from PySide6.QtWidgets import QWidget

from firingorder.gui.state_icons import draw_state_icon
from firingorder.gui.state_panel import state_colours
from firingorder.report.painter import draw_round, draw_text, fit_font

if TYPE_CHECKING:
    from PySide6.QtGui import QPaintEvent

    from firingorder.gui.view_models.floor import ContactView
    from firingorder.gui.view_models.link_state import StateView
    from firingorder.report.theme import Theme


class FloorMessage(QWidget):
    """A card over the darkened floor view."""

    def __init__(self, theme: Theme, parent: QWidget) -> None:
        super().__init__(parent)
        self._theme = theme
        self._contact: ContactView | None = None
        self._state: StateView | None = None
        self.setAccessibleName("Message on the floor view")
        self.hide()

    def show_message(self, contact: ContactView | None, state: StateView | None) -> None:
        """Show the loose pads, or a state, or nothing. The state is the more pressing one."""
        if state is not None:
            contact = None
        if (contact, state) == (self._contact, self._state):
            return
        self._contact, self._state = contact, state
        if contact is not None:
            self.setAccessibleDescription(f"{contact.title}. {contact.sentence}")
        elif state is not None:
            self.setAccessibleDescription(f"{state.brief or state.title}. {state.action}")
        self.setVisible(contact is not None or state is not None)
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint veil and card."""
        p = QPainter(self)
        rect, theme = QRectF(self.rect()), self._theme
        veil = QColor(theme.background)
        veil.setAlphaF(0.82)
        p.fillRect(rect, veil)
        unit = min(rect.width() / 1920, rect.height() / 1080)
        tall = 562 if self._contact else 420
        box = QRectF(0, 0, 1504 * unit, tall * unit)
        box.moveCenter(rect.center())
        draw_round(p, box, 46 * unit, theme.surface, theme.strong_line)
        if self._contact is not None:
            self._paint_words(
                p, box, unit, "contact", "warn", self._contact.title, self._contact.sentence
            )
            self._paint_pads(p, box, unit, self._contact)
        elif self._state is not None:
            state = self._state
            title = state.brief or state.title
            ends = state.action_id == "end"  # no button down here: the key is named
            said = "Hold Ctrl+E to end the session" if ends else state.action
            self._paint_words(p, box, unit, state.kind, state.tone, title, said)
        p.end()

    def _paint_words(
        self, p: QPainter, box: QRectF, unit: float, kind: str, tone: str, title: str, said: str
    ) -> None:
        theme = self._theme
        ink, _ = state_colours(theme, tone)
        middle = box.top() + (196 if self._contact else box.height() / unit / 2) * unit
        draw_state_icon(p, QPointF(box.left() + 190 * unit, middle), 220 * unit, kind, ink)
        left = box.left() + 330 * unit
        width = box.right() - left - 50 * unit
        head = QRectF(left, middle - 110 * unit, width, 130 * unit)
        draw_text(p, head, title, fit_font(title, round(116 * unit), 800, width), theme.text)
        below = QRectF(left, middle + 26 * unit, width, 80 * unit)
        draw_text(p, below, said, fit_font(said, round(60 * unit), 600, width), theme.text2)

    def _paint_pads(self, p: QPainter, box: QRectF, unit: float, view: ContactView) -> None:
        theme, count = self._theme, len(view.pads)
        columns = max(1, (count + 1) // 2) if count > 3 else count
        gap = 38 * unit
        width = min(302 * unit, (box.width() - 140 * unit - gap * (columns - 1)) / max(1, columns))
        for k, (name, loose) in enumerate(view.pads):
            row, column = divmod(k, columns)
            pad = QRectF(0, 0, width, 68 * unit)
            pad.moveTopLeft(
                QPointF(
                    box.left() + 110 * unit + column * (width + gap),
                    box.top() + (374 + 84 * row) * unit,
                )
            )
            draw_round(p, pad, 16 * unit, theme.close if loose else theme.surface2)
            ink = theme.surface if loose else theme.text2
            words = fit_font(name, round(40 * unit), 600, width - 44 * unit, display=False)
            flags = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
            draw_text(p, pad.adjusted(24 * unit, 0, -10 * unit, 0), name, words, ink, flags)
