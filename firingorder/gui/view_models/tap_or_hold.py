"""One switch that means two things: pressed briefly, and held. Time comes in.

Somebody on the floor may have a single pedal. A held key repeats, on some systems as releases and
presses in pairs (view_models/hold.py), so a brief press is certain only a moment after it.
"""

from __future__ import annotations

from typing import Literal

from firingorder.gui.view_models.hold import HOLD_S, SAME_HOLD_S

Done = Literal["tap", "hold", ""]


class TapOrHold:
    """Tells brief presses from holds."""

    def __init__(self, needed_s: float = HOLD_S) -> None:
        self._needed_s = needed_s
        self._since_s: float | None = None
        self._released_s: float | None = None
        self._spent = False
        self._done: list[Done] = []

    @property
    def active(self) -> bool:
        """Whether it is down and has not yet done its work."""
        return self._since_s is not None and not self._spent

    @property
    def down(self) -> bool:
        """Whether it is down, also after its work is done."""
        return self._since_s is not None

    def press(self, at_s: float, *, repeated: bool = False) -> None:
        """Begin; ``repeated``: the press is the other half of the release before it."""
        if self._released_s is not None and not repeated:
            self._end()
        self._released_s = None
        if self._since_s is None:
            self._since_s = at_s

    def release(self, at_s: float) -> None:
        """Let go, unless the key comes back at once."""
        if self._since_s is not None and self._released_s is None:
            self._released_s = at_s

    def reset(self) -> None:
        """Forget it: nothing happened."""
        self._since_s = self._released_s = None
        self._spent = False
        self._done.clear()

    def share(self, now_s: float) -> float:
        """Return how much of the hold has passed, 0 to 1; nothing of a press that is brief yet."""
        if not self.active or self._since_s is None:
            return 0.0
        until_s = now_s if self._released_s is None else self._released_s
        passed_s = until_s - self._since_s - SAME_HOLD_S
        return min(1.0, max(0.0, passed_s / (self._needed_s - SAME_HOLD_S)))

    def take(self, now_s: float) -> Done:
        """Return what has just been done, each once; empty for nothing."""
        if self._released_s is not None and now_s - self._released_s >= SAME_HOLD_S:
            self._end()
        elif self.active and self.share(now_s) >= 1.0:
            self._spent = True
            return "hold"
        return self._done.pop(0) if self._done else ""

    def _end(self) -> None:
        """Take it that the key came up: brief, or held all its time, or done already."""
        if self._since_s is not None and self._released_s is not None and not self._spent:
            held = self._released_s - self._since_s >= self._needed_s
            self._done.append("hold" if held else "tap")
        self._since_s = self._released_s = None
        self._spent = False
