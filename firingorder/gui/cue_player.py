"""The sounds of the wizard, and the sentence that says where they go."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from firingorder.gui.view_models.cues import CueName

NO_SOUND = "No sound here: follow the ring and the words."


class CueOut(Protocol):
    """Where cues are played."""

    def play(self, cue: CueName) -> None:
        """Play one cue at once."""
        ...


class CuePlayer:
    """Plays cues unless muted. Without a device everything else goes on as it is."""

    def __init__(self, out: CueOut | None = None) -> None:
        self._out = out
        self.muted = False

    @property
    def sentence(self) -> str:
        """What to say about sound, empty where it plays."""
        if self._out is None:
            return NO_SOUND
        return "Sound is off" if self.muted else ""

    def toggle(self) -> None:
        """Mute, or play again."""
        self.muted = not self.muted

    def play(self, cue: CueName | None) -> None:
        """Play a cue; None is silence."""
        if cue is not None and self._out is not None and not self.muted:
            self._out.play(cue)
