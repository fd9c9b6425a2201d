"""How much of a long analysis is done, told in whole percents."""

from __future__ import annotations

from collections.abc import Callable

#: Takes the share that is done, 0 to 1.
Progress = Callable[[float], None]

#: What is told until the result itself is there.
LAST_SHARE = 0.99


class Share:
    """Counts what is done of ``total`` bytes or samples; tells ``progress``, if there is one."""

    def __init__(self, progress: Progress | None, total: int) -> None:
        self._progress, self._total = progress, max(total, 1)
        self._done, self._percent = 0, -1

    def add(self, count: int) -> None:
        """Count some more."""
        self._done += count
        share = min(self._done / self._total, LAST_SHARE)
        if self._progress is not None and int(100 * share) > self._percent:
            self._percent = int(100 * share)
            self._progress(share)
