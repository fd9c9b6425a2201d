"""Counters of the device that begin at zero with each boot, summed over a session."""

from __future__ import annotations


class BootCounter:
    """Sum of a counter over boots, without what it had counted before the session."""

    def __init__(self) -> None:
        self._closed = 0
        self._base: int | None = None
        self._newest: int | None = None

    @property
    def total(self) -> int:
        """What was counted since the session began."""
        if self._newest is None or self._base is None:
            return self._closed
        return self._closed + self._newest - self._base

    def update(self, value: int, *, fresh: bool) -> None:
        """Take a reading. ``fresh``: the session has no samples yet, so the past is not its own."""
        if self._base is None or fresh or value < self._base:
            self._base = value if fresh else 0
        self._newest = value

    def restart(self) -> None:
        """Note that the device booted and counts from zero."""
        self._closed = self.total
        self._base = 0
        self._newest = None
