"""The page Review. A recording, repetition by repetition: check the sequence, correct an onset."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtWidgets import QWidget

from firingorder.gui.page_around import PageAround

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from firingorder.gui.commands import Commands
    from firingorder.report.theme import Theme
    from firingorder.session.office import Office
    from firingorder.sound.out import SoundOut


class ReviewPage(PageAround):
    """A recording, repetition by repetition: check the sequence, correct an onset."""

    def __init__(
        self,
        theme: Theme,
        commands: Commands,
        clock: Callable[[], float],
        office: Office,
        open_sound: Callable[[], SoundOut] | None = None,
    ) -> None:
        super().__init__(theme, "Review", QWidget())
        self._commands, self._office = commands, office

    def open_path(self, path: Path) -> None:
        """Open a recording."""
        self._path = path
