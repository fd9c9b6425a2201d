"""The frame of a page that prepares: states above, the page or a card, buttons below."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtWidgets import QStackedLayout, QVBoxLayout, QWidget

from firingorder.gui.state_panel import StatePanel

if TYPE_CHECKING:
    from firingorder.gui.view_models.link_state import StateView
    from firingorder.report.theme import Theme

#: A page that prepares says itself what is wrong with a pad.
SAID_BY_THE_PAGE = ("contact", "saturated")


class PageFrame:
    """Lays ``body`` and ``buttons`` out on ``page`` and puts states where they belong."""

    def __init__(self, page: QWidget, theme: Theme, body: QWidget, buttons: QWidget) -> None:
        self.banner = StatePanel(theme, card=False, enter=False)  # Enter is the page's own
        self.card = StatePanel(theme, card=True)
        self._body = body
        self._middle = QStackedLayout()
        column = QVBoxLayout(page)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.banner)
        column.addLayout(self._middle, 1)  # first: what a stack without a place shows is a window
        self._middle.addWidget(body)
        self._middle.addWidget(self.card)
        column.addWidget(buttons)

    def show_state(self, state: StateView | None) -> bool:
        """Show the state; return whether the page itself can be seen."""
        if state is not None and state.kind in SAID_BY_THE_PAGE:
            state = state.beside
        covered = state is not None and state.card
        self.card.show_state(state if covered else None)
        self.banner.show_state(state.beside if state is not None and covered else state)
        self._middle.setCurrentWidget(self.card if covered else self._body)
        return not covered

    def entered(self) -> bool:
        """Do what Enter means on a card that covers the page; False where there is none."""
        covered = self._middle.currentWidget() is self.card
        return covered and self.card.entered()

    def show_beside(self, state: StateView | None) -> None:
        """Show the state in the banner only: the page can do without the belt."""
        if state is not None and (state.card or state.kind in SAID_BY_THE_PAGE):
            state = state.beside
        self.banner.show_state(state)
