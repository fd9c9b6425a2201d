"""Calls of the Bluetooth stack that never take longer than allowed, and tidying up behind them.

A stack may hang in any call and may swallow a cancellation. So a call runs in a task of its own;
when its time is over it is cancelled and left, never waited for.
"""

from __future__ import annotations

import asyncio
import logging
import sys
from typing import TYPE_CHECKING, Any, TypeVar

from bleak.exc import BleakError

if TYPE_CHECKING:
    from collections.abc import Coroutine

_T = TypeVar("_T")
_LOG = logging.getLogger(__name__)

if sys.platform == "linux":
    from dbus_fast.errors import DBusFastError as _BusError
else:
    _BusError = BleakError

#: What bleak and the stacks below it let through when a device, an adapter, a daemon or the bus
#: goes away in the middle of a call: their own errors, those of sockets and pipes, and the slips of
#: code that finds its objects gone (bleak asserts its bus; dbus-fast tells a lost bus as EOFError).
BLE_ERRORS: tuple[type[Exception], ...] = (
    BleakError,
    _BusError,
    OSError,
    EOFError,
    TimeoutError,
    AssertionError,
    AttributeError,
    LookupError,
    TypeError,
    RuntimeError,
)


class Calls:
    """Calls made on behalf of one owner, and those that were left because they took too long."""

    def __init__(self) -> None:
        self._left: set[asyncio.Task[Any]] = set()

    async def run(
        self,
        call: Coroutine[Any, Any, _T],
        limit_s: float,
        *,
        unless: asyncio.Future[None] | None = None,
    ) -> _T:
        """Return the result of a call, or raise its error.

        Parameters
        ----------
        unless
            A future that, once done, makes waiting pointless: the connection ended.

        Raises
        ------
        TimeoutError
            It took longer than ``limit_s``, or ``unless`` came first. The call is cancelled, and
            left.
        """
        task = asyncio.ensure_future(call)
        waited: set[asyncio.Future[Any]] = {task} if unless is None else {task, unless}
        try:
            await asyncio.wait(waited, timeout=limit_s, return_when=asyncio.FIRST_COMPLETED)
        finally:
            if not task.done():
                self._leave(task)
            elif not task.cancelled():
                task.exception()  # looked at also where we are cancelled at this very instant
        if not task.done():
            raise TimeoutError
        if task.cancelled():
            # Not by us: a stack that loses its bus cancels what waits for an answer.
            raise BleakError("the Bluetooth stack cancelled the call")
        return task.result()

    def begin(self, call: Coroutine[Any, Any, None], limit_s: float, what: str) -> None:
        """Start a call that nobody waits for; what goes wrong is logged."""
        task = asyncio.ensure_future(self._quietly(call, limit_s, what))
        self._left.add(task)
        task.add_done_callback(self._left.discard)

    async def settled(self, limit_s: float) -> None:
        """Wait until nothing is left running, or for ``limit_s``."""
        if self._left:
            await asyncio.wait(self._left, timeout=limit_s)

    async def _quietly(self, call: Coroutine[Any, Any, None], limit_s: float, what: str) -> None:
        try:
            await self.run(call, limit_s)
        except TimeoutError:
            _LOG.warning("%s took more than %g s and is abandoned", what, limit_s)
        except BLE_ERRORS as error:
            _LOG.debug("%s: %r", what, error)

    def _leave(self, task: asyncio.Task[Any]) -> None:
        task.cancel()
        self._left.add(task)
        task.add_done_callback(self._forget)

    def _forget(self, task: asyncio.Task[Any]) -> None:
        self._left.discard(task)
        error = None if task.cancelled() else task.exception()
        if error is not None:
            _LOG.debug("a call that was left ended with %r", error)
