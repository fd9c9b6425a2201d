"""Opening what may take long and cannot be interrupted, without keeping anybody waiting."""

from __future__ import annotations

import asyncio
import threading
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable

T = TypeVar("T")


async def open_slowly(work: Callable[[], T], discard: Callable[[T], None]) -> T:
    """Return what ``work`` opens, in a thread that nobody waits for at the end of the program.

    After a cancellation the work goes on; what it opens too late is given to ``discard``, in a
    thread of its own. Errors of the work are raised.
    """
    loop = asyncio.get_running_loop()
    opened: asyncio.Future[T] = loop.create_future()

    def throw_away(result: T) -> None:
        threading.Thread(target=discard, args=(result,), daemon=True).start()

    def hand_over(result: T) -> None:
        if opened.done():
            throw_away(result)
        else:
            opened.set_result(result)

    def fail(error: Exception) -> None:
        if not opened.done():
            opened.set_exception(error)

    def run() -> None:
        try:
            result = work()
        except Exception as error:  # noqa: BLE001 - whatever it is, somebody waits for the answer
            _call(loop, fail, error)
            return
        if not _call(loop, hand_over, result):
            discard(result)

    threading.Thread(target=run, name="opening", daemon=True).start()
    return await opened


def _call(loop: asyncio.AbstractEventLoop, function: Callable[[T], None], argument: T) -> bool:
    """Call a function in the loop; False if the loop has ended."""
    try:
        loop.call_soon_threadsafe(function, argument)
    except RuntimeError:
        return False
    return True
