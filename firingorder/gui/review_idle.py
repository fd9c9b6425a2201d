"""A session of nothing, for a window in which only recordings are looked at. Knows no Qt."""

from __future__ import annotations

from firingorder.session.feed import FeedUpdate, LiveStatus

#: Said on the pages that need a belt.
NO_BELT = "This window was opened to review. `firingorder live` looks for the belt."


class IdleSource:
    """A live source that looks for no belt, records nothing, and never ends by itself."""

    def __init__(self, person: str | None = None) -> None:
        self._status = LiveStatus(connection="idle", message=NO_BELT, person=person, muted=True)

    def start(self) -> None:
        """Do nothing: there is nothing to begin."""

    def poll(self) -> FeedUpdate:
        """Return that there is nothing new."""
        return FeedUpdate(status=self._status)

    def stop(self, timeout_s: float = 0.0) -> bool:
        """Return that it has ended."""
        del timeout_s
        return True

    def pause(self) -> None:
        """Do nothing, as all commands below."""

    def resume(self) -> None:
        """Do nothing."""

    def mark(self, text: str) -> None:
        """Do nothing: there is no recording to be marked."""
        del text

    def next_set(self) -> None:
        """Do nothing."""

    def align(self) -> None:
        """Do nothing."""

    def calibrate(self, name: str, text: str = "") -> None:
        """Do nothing."""
        del name, text

    def train(self, name: str, text: str = "") -> None:
        """Do nothing."""
        del name, text

    def mute(self, *, muted: bool) -> None:
        """Do nothing."""
        del muted

    def volume(self, volume: float) -> None:
        """Do nothing."""
        del volume
