"""A hold of a key or button: done only after a time, undone by letting go. Time comes in."""

from __future__ import annotations

#: Going on after a pause and ending a session need a hold of this long, so that neither happens by
#: an elbow on the keyboard.
HOLD_S = 1.0


class Hold:
    """Counts one hold."""

    def __init__(self, needed_s: float = HOLD_S) -> None:
        if needed_s <= 0.0:
            raise ValueError(f"a hold lasts longer than {needed_s} s")
        self._needed_s = needed_s
        self._since_s: float | None = None

    @property
    def active(self) -> bool:
        """Whether something is held down now."""
        return self._since_s is not None

    def press(self, at_s: float) -> None:
        """Begin, unless already begun."""
        if self._since_s is None:
            self._since_s = at_s

    def release(self) -> None:
        """Let go: nothing happened."""
        self._since_s = None

    def share(self, now_s: float) -> float:
        """Return how much of the hold has passed, 0 to 1."""
        if self._since_s is None:
            return 0.0
        return min(1.0, max(0.0, (now_s - self._since_s) / self._needed_s))

    def take(self, now_s: float) -> bool:
        """Return true once when the hold is complete, and begin anew."""
        if self.share(now_s) < 1.0:
            return False
        self.release()
        return True
