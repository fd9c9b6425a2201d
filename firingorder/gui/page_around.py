"""A page around the session: it needs no belt, and nothing is scored while it is shown."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QPainter
from PySide6.QtWidgets import QWidget

from firingorder.gui.bottom_bar import HEIGHT_PX as BAR_PX
from firingorder.gui.button_row import ButtonRow
from firingorder.gui.key_button import KeyButton
from firingorder.gui.page_frame import PageFrame

if TYPE_CHECKING:
    from collections.abc import Sequence

    from PySide6.QtGui import QPaintEvent

    from firingorder.gui.view_models.link_state import StateView
    from firingorder.report.theme import Theme
    from firingorder.session.feed import FeedUpdate


class PageAround(QWidget):
    """Frame, buttons and help of such a page; ``body`` is what it is about."""

    help_clicked = Signal()

    def __init__(
        self, theme: Theme, name: str, body: QWidget, buttons: Sequence[KeyButton] = ()
    ) -> None:
        super().__init__()
        self._theme = theme
        self.setAccessibleName(name)
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent, True)
        self.help = KeyButton("Help", "?", theme)
        self.help.clicked.connect(self.help_clicked)
        self.buttons = ButtonRow(theme, BAR_PX, tuple(buttons), (self.help,))
        self.frame = PageFrame(self, theme, body, self.buttons)

    def show_frame(self, update: FeedUpdate, state: StateView | None, now: float) -> None:
        """Show the present state; a link that is away is only told in a banner."""
        self.frame.show_beside(state)

    def put_aside(self) -> None:
        """Drop what only a visible page needs."""

    def close_card(self) -> bool:
        """Close what lies over the page; return whether there was something."""
        return False

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the ground between the panels."""
        p = QPainter(self)
        p.fillRect(event.rect(), self._theme.background)
        p.end()
