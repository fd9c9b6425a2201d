"""The card with the state of the link, over a corner of the window; key L shows and hides it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QPainter
from PySide6.QtWidgets import QWidget

from firingorder.report.painter import RIGHT, draw_round, draw_text, fit_font
from firingorder.report.theme import BODY_PX, NUMBER_PX, SMALL_PX, Theme, font

if TYPE_CHECKING:
    from PySide6.QtGui import QMouseEvent, QPaintEvent

    from firingorder.gui.view_models.link_panel import LinkPanelView

WIDTH_PX = 620
ROW_PX = 36
HEAD_PX = 70
FOOT_PX = 48
MARGIN_PX = 24
#: Share of the width that labels get, and the values beside them.
LABEL_SHARE, VALUE_SHARE = 0.33, 0.33


class LinkPanel(QWidget):
    """Paints a :class:`LinkPanelView`. A click hides it, as the key does."""

    def __init__(self, theme: Theme, parent: QWidget) -> None:
        super().__init__(parent)
        self._theme, self._over = theme, parent
        self._view: LinkPanelView | None = None
        self.setAccessibleName("State of the link")
        self.hide()

    def show_view(self, view: LinkPanelView) -> None:
        """Show what is new; nothing is painted while it is hidden."""
        if not self.isVisible() or view == self._view:
            return
        self._view = view
        self.setAccessibleDescription(view.said)
        self.place()
        self.update()

    def toggle(self) -> None:
        """Show or hide the panel."""
        self._view = None
        self.setVisible(not self.isVisible())
        if self.isVisible():
            self.raise_()

    def place(self) -> None:
        """Keep to the lower left corner, over the strips, as large as the content is."""
        rows = 0 if self._view is None else len(self._view.rows)
        foot = FOOT_PX if self._view is not None and self._view.foot else 0
        height = HEAD_PX + rows * ROW_PX + foot + 16
        parent = self._over
        width = min(WIDTH_PX, parent.width() - 2 * MARGIN_PX)
        top = max(MARGIN_PX, parent.height() - height - 4 * MARGIN_PX)
        self.setGeometry(MARGIN_PX, top, width, height)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Hide it."""
        self.toggle()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the card and its rows."""
        view, theme = self._view, self._theme
        if view is None:
            return
        p = QPainter(self)
        p.setRenderHint(QPainter.RenderHint.Antialiasing, True)
        box = QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5)
        draw_round(p, box, 16, theme.surface, theme.strong_line)
        left, width = box.left() + 28, box.width() - 56
        head = QRectF(left, box.top() + 14, width, 44)
        draw_text(p, head, view.title, font(NUMBER_PX, 700), theme.text)
        draw_text(p, head, "L hides it", font(SMALL_PX, 500), theme.text3, RIGHT)
        inks = {"neutral": theme.text, "good": theme.text, "warn": theme.close}
        for k, row in enumerate(view.rows):
            top = box.top() + HEAD_PX + k * ROW_PX
            label = QRectF(left, top, LABEL_SHARE * width - 8, ROW_PX)
            value = QRectF(left + LABEL_SHARE * width, top, width - LABEL_SHARE * width, ROW_PX)
            draw_text(p, label, row.label, font(BODY_PX, 500), theme.text2)
            if row.note:
                note = QRectF(value)
                note.setLeft(left + (LABEL_SHARE + VALUE_SHARE) * width)
                value.setRight(note.left() - 10)
                small = fit_font(row.note, SMALL_PX, 500, note.width(), display=False)
                draw_text(p, note, row.note, small, theme.text3, RIGHT)
            words = fit_font(row.value, BODY_PX, 600, value.width(), display=False)
            draw_text(p, value, row.value, words, inks[row.tone])
        if view.foot:
            foot = QRectF(left, box.bottom() - FOOT_PX - 8, width, FOOT_PX)
            small = fit_font(view.foot, BODY_PX, 500, foot.width(), display=False)
            draw_text(p, foot, view.foot, small, theme.text2, Qt.AlignmentFlag.AlignVCenter)
        p.end()
