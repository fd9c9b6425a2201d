"""The page Library. People and sessions of this computer."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from firingorder.gui.page_around import PageAround

if TYPE_CHECKING:
    from firingorder.gui.commands import Commands
    from firingorder.report.theme import Theme
    from firingorder.session.office import Office


class LibraryPage(PageAround):
    """People and sessions of this computer."""

    opened = Signal(str)
    trends_asked = Signal(str)

    def __init__(self, theme: Theme, commands: Commands, office: Office) -> None:
        super().__init__(theme, "Library", QWidget())
        self._commands, self._office = commands, office
