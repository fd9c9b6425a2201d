"""The page Trends. One person over sessions: share and lead with their spread."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from firingorder.gui.page_around import PageAround

if TYPE_CHECKING:
    from firingorder.gui.commands import Commands
    from firingorder.report.theme import Theme
    from firingorder.session.office import Office


class TrendsPage(PageAround):
    """One person over sessions: share and lead with their spread."""

    opened = Signal(str)

    def __init__(self, theme: Theme, commands: Commands, office: Office) -> None:
        super().__init__(theme, "Trends", QWidget())
        self._commands, self._office = commands, office

    def show_person(self, person: str) -> None:
        """Show the sessions of a person."""
        self._person = person
