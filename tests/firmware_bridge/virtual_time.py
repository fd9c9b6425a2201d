"""An event loop whose clock jumps: minutes of radio take seconds, and no machine is too slow.

While anything is ready the clock stands still; when nothing is, it moves to the next timer at
once. So a run depends on its seeds alone. ``time.sleep``, threads and real sockets have no place
in such a run: the loop cannot know that something outside is still to come.
"""

from __future__ import annotations

import asyncio
import selectors
from typing import TYPE_CHECKING, Any, TypeVar

if TYPE_CHECKING:
    from collections.abc import Coroutine

T = TypeVar("T")

#: Where the clock begins; not zero, so that nobody takes "zero" for "never".
START_S = 1000.0
#: A run that is this long by its own clock hangs in a retry that never ends.
LONGEST_S = 4 * 3600.0


class Stuck(Exception):  # noqa: N818 - it is the state of the test, not of the program
    """Every task waits for something that no timer will ever bring, or the run never ends."""


class _JumpingSelector(selectors.DefaultSelector):
    """Asks the system what is ready now; instead of waiting it moves the clock of the loop."""

    def __init__(self) -> None:
        super().__init__()
        self.now_s = START_S

    def select(self, timeout: float | None = None) -> list[tuple[selectors.SelectorKey, int]]:
        ready = super().select(0)
        if ready or timeout == 0:
            return ready
        if timeout is None:
            raise Stuck("Every task waits, and there is no timer: nothing would ever happen.")
        self.now_s += timeout
        if self.now_s > START_S + LONGEST_S:
            raise Stuck(f"The run is longer than {LONGEST_S:g} s of its own time.")
        return ready


class VirtualTimeLoop(asyncio.SelectorEventLoop):
    """A loop on its own clock, which begins at ``START_S``."""

    def __init__(self) -> None:
        self._jumping = _JumpingSelector()
        super().__init__(self._jumping)

    def time(self) -> float:
        return self._jumping.now_s


def run_virtual(coroutine: Coroutine[Any, Any, T]) -> T:
    """Run a coroutine to its end on a loop of virtual time and return its result.

    Tasks that are left are cancelled, as by :func:`asyncio.run`. A task or timer whose error
    nobody took fails the run.
    """
    unseen: list[BaseException] = []

    def note(loop: asyncio.AbstractEventLoop, context: dict[str, Any]) -> None:
        error = context.get("exception")
        if error is None:
            loop.default_exception_handler(context)
        else:
            unseen.append(error)

    results: list[T] = []

    async def keep() -> None:
        results.append(await coroutine)

    with asyncio.Runner(loop_factory=VirtualTimeLoop) as runner:
        runner.get_loop().set_exception_handler(note)
        # Kept beside: Python 3.11 writes out what the task returns, a whole recording, at its end.
        runner.run(keep())
    if unseen:
        raise unseen[0]
    return results[0]


def virtual_ns() -> int:
    """Return the clock of the running loop in nanoseconds: ``clock_ns`` for a link under test."""
    return round(asyncio.get_running_loop().time() * 1e9)
