"""Ctrl-C and a polite kill while a window is made and shown: they close it, whenever they come."""

from __future__ import annotations

import signal
from typing import TYPE_CHECKING, Self

if TYPE_CHECKING:
    from collections.abc import Callable
    from types import FrameType, TracebackType


class Interrupts:
    """Takes both signals from here on, also before there is a window to be closed.

    An exception raised while Qt calls back is swallowed by Qt: so nothing is raised at all.
    """

    def __init__(self) -> None:
        self.came = False
        self._close: Callable[[], object] | None = None
        self._before: dict[int, object] = {}

    def __enter__(self) -> Self:
        """Take the signals."""
        for number in (signal.SIGINT, signal.SIGTERM):
            self._before[number] = signal.signal(number, self._take)
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Give them back."""
        for number, before in self._before.items():
            signal.signal(number, before)  # type: ignore[arg-type]

    def closes(self, close: Callable[[], object]) -> bool:
        """Close by this from now on; return whether that was asked for before."""
        self._close = close
        return self.came

    def _take(self, number: int, frame: FrameType | None) -> None:
        del number, frame
        self.came = True
        if self._close is not None:
            self._close()
