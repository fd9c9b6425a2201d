"""Where sound goes to: loudspeakers, nowhere, or a record of what was asked for."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Protocol

from firingorder.sound.recorder import RECORD_RATE_HZ, Recorder
from firingorder.sound.speaker import LOST, NO_DEVICE, NO_LIBRARY, NO_PACKAGE, Speaker

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from firingorder.sound.cues import CueName, Samples
    from firingorder.sound.mixer import Part

__all__ = [
    "LOST",
    "NOT_OPENED",
    "NO_DEVICE",
    "NO_LIBRARY",
    "NO_PACKAGE",
    "RECORD_RATE_HZ",
    "NullSound",
    "Recorder",
    "SoundOut",
    "Speaker",
    "open_sound",
]

#: Whoever began the run wanted no loudspeaker; none is opened later, by no page and no key.
NOT_OPENED = (
    "Sound is off for this run, as --no-sound asked: to hear anything, begin again without it."
)


class SoundOut(Protocol):
    """One output. Every command returns at once and never raises for what the output does."""

    @property
    def working(self) -> bool:
        """Whether anything can be heard."""
        ...

    @property
    def rate_hz(self) -> float:
        """Samples a second of what is heard."""
        ...

    @property
    def speaking(self) -> bool:
        """Whether something is being said or waits for it."""
        ...

    @property
    def cue_latency_s(self) -> tuple[float, float] | None:
        """How long after a command it is heard, and the half-width of 95 %; None: not known."""
        ...

    def play(self, name: CueName) -> None:
        """Play a cue as soon as possible."""
        ...

    def play_samples(self, samples: Samples, rate_hz: float | None = None) -> None:
        """Play ``(n_samples,)`` as soon as possible; at the output's own rate if none is given."""
        ...

    def say(
        self, said: Sequence[str], *, urgent: bool = False, within_s: float | None = None
    ) -> None:
        """Say clips, texts and numbers after what is being said; ``urgent``: instead of it.

        ``within_s``: it is dropped if it could only begin later.
        """
        ...

    def level(self, value: float | None) -> None:
        """Let the glutes' voice follow 0 to 1 alone; None ends it."""
        ...

    def levels(
        self, glute: float | None, back: float | None, *, quiet_is_reward: bool = False
    ) -> None:
        """Let both voices follow 0 to 1; None ends one. ``quiet_is_reward``: 0 is silence."""
        ...

    def set_volume(self, volume: float) -> None:
        """Set the volume, 0 to 1."""
        ...

    def set_muted(self, muted: bool) -> None:
        """Silence the output, or let it be heard again."""
        ...

    def set_off(self, *parts: Part) -> None:
        """Silence these parts ("glute", "back", "speech", "cues") and no others."""
        ...

    def stop(self) -> None:
        """Silence everything that is playing or waiting within a tenth of a second."""
        ...

    def take_problem(self) -> str | None:
        """Return a sentence about why nothing is heard, once."""
        ...

    def take_unspoken(self) -> tuple[str, ...]:
        """Return texts that have no clip and were not said, each once."""
        ...

    def reopen(self) -> bool:
        """Look for a device anew, with all settings as they were; return whether it plays."""
        ...

    def close(self) -> None:
        """Give the device back; nothing is played any more."""
        ...


class NullSound:
    """Plays nothing; ``problem`` says why, where somebody expected sound."""

    working = False
    rate_hz = RECORD_RATE_HZ
    speaking = False
    cue_latency_s: tuple[float, float] | None = None

    def __init__(self, problem: str | None = None) -> None:
        self._problem = problem

    def play(self, name: CueName) -> None:
        """Do nothing."""

    def play_samples(self, samples: Samples, rate_hz: float | None = None) -> None:
        """Do nothing."""

    def say(
        self, said: Sequence[str], *, urgent: bool = False, within_s: float | None = None
    ) -> None:
        """Do nothing."""

    def level(self, value: float | None) -> None:
        """Do nothing."""

    def levels(
        self, glute: float | None, back: float | None, *, quiet_is_reward: bool = False
    ) -> None:
        """Do nothing."""

    def set_volume(self, volume: float) -> None:
        """Do nothing."""

    def set_muted(self, muted: bool) -> None:
        """Do nothing."""

    def set_off(self, *parts: Part) -> None:
        """Do nothing."""

    def stop(self) -> None:
        """Do nothing."""

    def take_problem(self) -> str | None:
        """Return why nothing is heard, once."""
        problem, self._problem = self._problem, None
        return problem

    def take_unspoken(self) -> tuple[str, ...]:
        """Return nothing: nobody listens."""
        return ()

    def reopen(self) -> bool:
        """Return False: there is nothing to look for."""
        return False

    def close(self) -> None:
        """Do nothing."""


def open_sound(load: Callable[[], Any] | None = None) -> SoundOut:
    """Return the loudspeaker. Without one it plays nothing, says why, and looks again if asked.

    ``load`` returns the library that plays.
    """
    return Speaker(load)
