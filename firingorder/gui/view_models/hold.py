"""A hold of a key or button: done only after a time, undone by letting go. Time comes in.

A key that is held repeats: the system sends releases and presses in pairs. Qt marks them, but not
when the two halves of a pair arrive apart, which happens on a busy machine. A release therefore
counts only when its other half does not follow within a moment.
"""

from __future__ import annotations

#: Going on after a pause and ending a session need a hold of this long, so that neither happens by
#: an elbow on the keyboard.
HOLD_S = 1.0
#: The other half of a pair may be late by a few frames of a busy window.
SAME_HOLD_S = 0.1


class Hold:
    """Counts one hold."""

    def __init__(self, needed_s: float = HOLD_S) -> None:
        if needed_s <= 0.0:
            raise ValueError(f"a hold lasts longer than {needed_s} s")
        self._needed_s = needed_s
        self._since_s: float | None = None
        self._released_s: float | None = None
        self._spent = False

    @property
    def active(self) -> bool:
        """Whether a hold is under way that has not yet done its work."""
        return self._since_s is not None and not self._spent

    def press(self, at_s: float, *, repeated: bool = False) -> None:
        """Begin, or go on where a hold is under way.

        ``repeated``: the press is the other half of the release before it, not a finger.
        """
        if self._released_s is not None and not repeated:
            self.reset()
        if not self.held(at_s):
            self._since_s = at_s
        self._released_s = None

    def spend(self, at_s: float) -> None:
        """Take note of a key that went down for something else: it must come up first."""
        self.press(at_s)
        self._spent = True

    def release(self, at_s: float) -> None:
        """Let go: nothing happened, unless the key comes back at once."""
        if self._since_s is not None and self._released_s is None:
            self._released_s = at_s

    def reset(self) -> None:
        """Forget the hold at once."""
        self._since_s = self._released_s = None
        self._spent = False

    def held(self, now_s: float) -> bool:
        """Return whether the key is down, also after its work is done."""
        if self._released_s is not None and now_s - self._released_s >= SAME_HOLD_S:
            self.reset()
        return self._since_s is not None

    def share(self, now_s: float) -> float:
        """Return how much of the hold has passed, 0 to 1."""
        if self._since_s is None or self._spent:
            return 0.0
        until_s = now_s if self._released_s is None else self._released_s
        return min(1.0, max(0.0, (until_s - self._since_s) / self._needed_s))

    def take(self, now_s: float) -> bool:
        """Return true once when the hold is complete; the next one begins with a new press."""
        if not self.held(now_s) or self.share(now_s) < 1.0:
            return False
        self._spent = True
        return True
