"""The page Exercises."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtWidgets import QWidget

from firingorder.gui.page_around import PageAround

if TYPE_CHECKING:
    from firingorder.gui.commands import Commands
    from firingorder.report.theme import Theme
    from firingorder.session.office import Office


class ExercisesPage(PageAround):
    """Begun."""

    def __init__(self, theme: Theme, commands: Commands, office: Office) -> None:
        super().__init__(theme, "Exercises", QWidget())
        self._commands, self._office = commands, office
