"""The sounds of the wizard, and the sentence that says why there are none."""

from __future__ import annotations

from typing import TYPE_CHECKING

from firingorder.sound.out import NOT_OPENED, NullSound

if TYPE_CHECKING:
    from collections.abc import Callable

    from firingorder.sound.cues import CueName
    from firingorder.sound.out import SoundOut

MUTED = "Sound is off."


class CuePlayer:
    """Plays cues unless muted. The output is opened when a page first needs it.

    Without a device everything else goes on as it is, and one sentence says so.
    """

    def __init__(self, open_out: Callable[[], SoundOut] | None = None) -> None:
        self._open_out = open_out or NullSound
        self._never = "" if open_out else NOT_OPENED
        self._out: SoundOut | None = None
        self._problem = ""
        self.muted = False

    @property
    def sentence(self) -> str:
        """Why nothing is heard, empty where sound plays."""
        if self._out is not None:
            self._problem = self._out.take_problem() or self._problem
        return self._never or self._problem or (MUTED if self.muted else "")

    def open(self) -> None:
        """Open the output, once."""
        if self._out is None:
            self._out = self._open_out()
            self._out.set_muted(self.muted)

    def toggle(self) -> None:
        """Mute, or play again; a device that was lost is looked for anew."""
        if self._problem and self._out is not None:
            self._out.close()
            self._out, self._problem = None, ""
            self.open()
            return
        self.muted = not self.muted
        if self._out is not None:
            self._out.set_muted(self.muted)

    def play(self, cue: CueName | None) -> None:
        """Play a cue; None is silence."""
        if cue is not None and self._out is not None:
            self._out.play(cue)

    def stop(self) -> None:
        """Silence what is playing."""
        if self._out is not None:
            self._out.stop()

    def close(self) -> None:
        """Give the device back."""
        if self._out is not None:
            self._out.close()
            self._out = None
