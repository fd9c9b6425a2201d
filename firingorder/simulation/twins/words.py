"""What a virtual device is about to say besides its samples."""

from __future__ import annotations

import math


class Words:
    """Answers with the instant at which they leave the device."""

    def __init__(self) -> None:
        self._waiting: list[tuple[int, bytes]] = []

    @property
    def next_us(self) -> float:
        """When the next answer leaves; infinite without one."""
        return min((at_us for at_us, _ in self._waiting), default=math.inf)

    def say(self, data: bytes, at_us: int) -> None:
        """Answer at an instant."""
        self._waiting.append((at_us, data))

    def take(self, now_us: int) -> bytes:
        """Return what leaves by now."""
        due = [one for one in self._waiting if one[0] <= now_us]
        self._waiting = [one for one in self._waiting if one[0] > now_us]
        return b"".join(data for _, data in sorted(due, key=lambda one: one[0]))

    def clear(self) -> None:
        """Say nothing of it."""
        self._waiting.clear()
