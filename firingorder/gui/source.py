"""What the window needs of a session: a feed to pull, and its commands."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Callable

    from firingorder.session.feed import FeedUpdate


class LiveSource(Protocol):
    """A running session. No method blocks for longer than a frame."""

    def poll(self) -> FeedUpdate:
        """Return everything new since the last call."""
        ...

    def pause(self) -> None:
        """Stop deciding repetitions; recording goes on."""
        ...

    def resume(self) -> None:
        """Decide repetitions again."""
        ...

    def mark(self, text: str) -> None:
        """Write a marker into the recording."""
        ...

    def next_set(self) -> None:
        """Begin the next set."""
        ...

    def align(self) -> None:
        """Look for taps in the last seconds, and move a pelvis sensor of its own by them."""
        ...

    def calibrate(self, name: str, text: str = "") -> None:
        """Steer the calibration: begin, apply, leave, swap, or a command of the wizard."""
        ...

    def train(self, name: str, text: str = "") -> None:
        """Steer the training: begin, or a command of the coach."""
        ...

    def mute(self, *, muted: bool) -> None:
        """Silence the session, or let it be heard."""
        ...

    def volume(self, volume: float) -> None:
        """Set the volume, 0 to 1."""
        ...

    def stop(self) -> object:
        """Ask for the end; the session says "closed" once its recording is whole."""
        ...


class Reopen(Protocol):
    """Prepares another session of the same person and exercise."""

    def __call__(self, address: str, /) -> Callable[[], LiveSource]:
        """Return what begins a session with a device; empty: with the one that was there before.

        Nothing is opened yet. What is returned is called once the session before has let go of its
        device, and may raise FiringOrderError, too.

        Raises
        ------
        FiringOrderError
            The address is none, or there can be no such session.
        """
        ...
