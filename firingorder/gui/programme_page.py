"""The page Programme."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtWidgets import QWidget

from firingorder.gui.page_around import PageAround

if TYPE_CHECKING:
    from firingorder.gui.commands import Commands
    from firingorder.report.theme import Theme


class ProgrammePage(PageAround):
    """Begun."""

    def __init__(self, theme: Theme, commands: Commands) -> None:
        super().__init__(theme, "Programme", QWidget())
        self._commands = commands
