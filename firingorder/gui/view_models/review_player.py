"""Playing a window of the recording: where it is at a time, at which speed, once or in a loop."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from firingorder.gui.view_models.review_window import TimeWindow

SPEEDS = (0.25, 0.5, 1.0, 2.0, 4.0)


def speed_words(speed: float) -> str:
    """Return a speed as the buttons name it."""
    return {0.25: "¼×", 0.5: "½×"}.get(speed, f"{speed:g}×")


@dataclass(frozen=True, slots=True)
class Player:
    """Frozen: each step returns the next one. ``began_s`` is host time, None while it stands."""

    speed: float = 1.0
    loop: bool = False
    window: TimeWindow | None = None
    from_s: float = 0.0
    began_s: float | None = None

    @property
    def playing(self) -> bool:
        """Whether it runs."""
        return self.began_s is not None

    def play(self, window: TimeWindow, from_s: float, now_s: float) -> Player:
        """Begin at an instant of the window; at its end it begins anew."""
        start = from_s if window.first_s <= from_s < window.last_s - 1e-3 else window.first_s
        return replace(self, window=window, from_s=start, began_s=now_s)

    def stop(self) -> Player:
        """Stand still."""
        return replace(self, began_s=None)

    def at(self, now_s: float) -> float:
        """Return where it is, recording time."""
        if self.began_s is None or self.window is None:
            return self.from_s
        at = self.from_s + (now_s - self.began_s) * self.speed
        if at < self.window.last_s:
            return at
        if not self.loop:
            return self.window.last_s
        return self.window.first_s + (at - self.window.first_s) % self.window.length_s

    def ended(self, now_s: float) -> bool:
        """Whether it has come to the end and does not begin anew."""
        if self.began_s is None or self.window is None or self.loop:
            return False
        return self.at(now_s) >= self.window.last_s

    def laps(self, now_s: float) -> int:
        """Return how often it has begun anew."""
        if self.began_s is None or self.window is None or not self.loop:
            return 0
        at = self.from_s + (now_s - self.began_s) * self.speed
        return max(0, int((at - self.window.first_s) // self.window.length_s))

    def faster(self, by: int) -> Player:
        """Take the next speed, or the one before."""
        at = SPEEDS.index(self.speed) + by
        return replace(self, speed=SPEEDS[at % len(SPEEDS)], began_s=None)

    def at_speed(self, speed: float) -> Player:
        """Take a speed; it stands still then, since sound cannot change it."""
        return replace(self, speed=speed, began_s=None)
