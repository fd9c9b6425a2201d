"""A virtual device that sends what it is given: for devices of other makers."""

from __future__ import annotations

import asyncio
from collections import deque
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

    from firingorder.simulation.radio.table import GattTable, Notifier
    from firingorder.simulation.settings import RadioState

#: Notifications that wait for room: what a small device holds (assumed).
WAITING = 32


class PlainTwin:
    """A table of services, a queue of notifications, and beats of a clock.

    What the device does is in the callbacks of its table and in the functions that are called
    regularly. When the queue is full the newest notification is dropped and counted; a disconnect
    empties it.

    Parameters
    ----------
    table
        What the device offers; ``on_write`` and ``on_subscribe`` are its behaviour.
    waiting
        Notifications that wait for room.

    Attributes
    ----------
    dropped
        Notifications that found no room.
    state
        The connection; None while nobody is connected.
    """

    def __init__(self, table: GattTable, *, waiting: int = WAITING) -> None:
        self.table = table
        self.dropped = 0
        self.state: RadioState | None = None
        self._waiting = waiting
        self._queue: deque[tuple[str, bytes]] = deque()
        self._notifier: Notifier | None = None
        self._beats: set[asyncio.Task[None]] = set()

    def notify(self, uuid: str, data: bytes) -> None:
        """Send a notification as soon as there is room for it."""
        if self.state is None:
            return
        if len(self._queue) >= self._waiting:
            self.dropped += 1
            return
        self._queue.append((uuid, data))
        self.room_made()

    def every(self, period_s: float, call: Callable[[], None]) -> Callable[[], None]:
        """Call a function regularly from now on, without drift; return how to end that.

        Beats end with the connection, too.
        """
        task = asyncio.get_running_loop().create_task(_beat(period_s, call))
        self._beats.add(task)
        task.add_done_callback(self._beats.discard)

        def end() -> None:
            task.cancel()

        return end

    def attach(self, notifier: Notifier) -> None:
        """Take the way out."""
        self._notifier = notifier

    def connected(self, state: RadioState) -> None:
        """Take a central, or new values of its connection."""
        self.state = state

    def disconnected(self) -> None:
        """Forget what waits, and rest."""
        self.state = None
        self._queue.clear()
        for task in list(self._beats):
            task.cancel()

    def room_made(self) -> None:
        """Send what waits, as far as there is room."""
        while self._queue and self._notifier is not None and self._notifier.room:
            self._notifier.notify(*self._queue.popleft())

    def close(self) -> None:
        """Be switched off."""
        self.disconnected()
        self._notifier = None


async def _beat(period_s: float, call: Callable[[], None]) -> None:
    loop = asyncio.get_running_loop()
    due_s = loop.time()
    while True:
        due_s += period_s
        await asyncio.sleep(due_s - loop.time())
        call()
