"""The page Practise."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtWidgets import QWidget

from firingorder.gui.page_around import PageAround

if TYPE_CHECKING:
    from collections.abc import Callable

    from firingorder.gui.commands import Commands
    from firingorder.report.theme import Theme
    from firingorder.sound.out import SoundOut


class PractisePage(PageAround):
    """Begun."""

    def __init__(
        self,
        theme: Theme,
        commands: Commands,
        clock: Callable[[], float],
        open_sound: Callable[[], SoundOut] | None = None,
    ) -> None:
        super().__init__(theme, "Practise", QWidget())
        self._commands = commands
