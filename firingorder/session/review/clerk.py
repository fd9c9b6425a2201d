"""Writing that nobody waits for: in the order it was asked for, beside the window."""

from __future__ import annotations

import logging
import threading
from collections import deque
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

log = logging.getLogger(__name__)


class Clerk:
    """Does one thing after the other in a thread that lives while there is something to do.

    The thread is waited for when the program ends: what was handed over is not lost by closing a
    window.
    """

    def __init__(self, name: str = "clerk") -> None:
        self._name = name
        self._todo: deque[tuple[str, Callable[[], None]]] = deque()
        self._changed = threading.Condition()
        self._working = False

    @property
    def busy(self) -> bool:
        """Whether something is being done or waits."""
        with self._changed:
            return self._working

    def hand(self, work: Callable[[], None], kind: str = "") -> None:
        """Take something to do; of one ``kind`` only the newest that waits is done."""
        with self._changed:
            if kind:
                self._todo = deque(one for one in self._todo if one[0] != kind)
            self._todo.append((kind, work))
            if self._working:
                return
            self._working = True
        threading.Thread(target=self._run, name=self._name, daemon=False).start()

    def wait(self, timeout_s: float | None = None) -> bool:
        """Wait until everything is done; return whether it is."""
        with self._changed:
            return self._changed.wait_for(lambda: not self._working, timeout_s)

    def _run(self) -> None:
        while True:
            with self._changed:
                if not self._todo:
                    self._working = False
                    self._changed.notify_all()
                    return
                _, work = self._todo.popleft()
            try:
                work()
            except Exception:  # the next thing is done all the same
                log.exception("%s", self._name)
