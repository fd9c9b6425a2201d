"""A hold that knows the time, so that a signal of a button can be connected to it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from firingorder.gui.view_models.hold import Hold

if TYPE_CHECKING:
    from collections.abc import Callable


class ClockedHold:
    """A :class:`Hold` by the clock of its window."""

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock, self._hold = clock, Hold()

    @property
    def active(self) -> bool:
        """Whether it is under way and has not yet done its work."""
        return self._hold.active

    def spend(self) -> None:
        """Take note of a key that went down for something else."""
        self._hold.spend(self._clock())

    def release(self) -> None:
        """Let go."""
        self._hold.release(self._clock())

    def held(self) -> bool:
        """Return whether the key is down, also after its work is done."""
        return self._hold.held(self._clock())

    def share(self) -> float:
        """Return how much of it has passed, 0 to 1."""
        return self._hold.share(self._clock())

    def take(self) -> bool:
        """Return true once when it is complete."""
        return self._hold.take(self._clock())

    def press(self, *, repeated: bool = False) -> None:
        """Begin, or go on where one is under way."""
        self._hold.press(self._clock(), repeated=repeated)

    def reset(self) -> None:
        """Forget it at once."""
        self._hold.reset()
