"""The simulated belt as a link in this process, in real time or as fast as the machine can."""

from __future__ import annotations

import asyncio
import time
from typing import TYPE_CHECKING

from firingorder.errors import LinkLostError
from firingorder.firmware_bridge.links.base import Framing, Read
from firingorder.simulation.device import VirtualDevice
from firingorder.simulation.line import FaultyLine
from firingorder.simulation.noise import generator

if TYPE_CHECKING:
    from firingorder.simulation.twins.line import TwinLine

#: Delay from the device to the arrival stamp on USB: at least 0.3 ms, with a one-sided tail of
#: median 0.3 ms (assumed; no link was measured).
LEAST_DELAY_NS = 300_000
TAIL_DELAY_NS = 430_000
#: Where a virtual host clock begins; not zero, so that nobody takes "zero" for "never".
VIRTUAL_START_NS = 1_000_000_000


class SimLink:
    """A virtual device behind the interface of a link.

    Parameters
    ----------
    device
        The device; its fault plan decides what goes wrong on the line. A device of another maker
        comes with its own line.
    speed
        How much faster than life, paced by the event loop. 0 is as fast as possible on a virtual
        host clock: the same bytes with the same arrival times, every time, under faults, too.
    description
        The address in words, for messages.
    """

    framing: Framing

    def __init__(
        self,
        device: VirtualDevice | TwinLine,
        *,
        speed: float = 1.0,
        description: str = "simulated belt",
    ) -> None:
        if speed < 0.0:
            raise ValueError(f"speed is {speed}, must not be negative")
        self.framing = "cobs"
        self.description = description
        self.device = device
        self.line = FaultyLine(device) if isinstance(device, VirtualDevice) else device
        self._speed = speed
        self._rng = generator(device.seed, "arrival")
        self._virtual_ns = VIRTUAL_START_NS
        self._real_start_ns = time.perf_counter_ns()
        self._open = False
        self._pending: list[Read] = []
        self._last_arrival_ns = 0

    def now_ns(self) -> int:
        """Return the host's monotonic clock, virtual where ``speed`` is not 1."""
        if self._speed == 0.0:
            return self._virtual_ns
        elapsed = time.perf_counter_ns() - self._real_start_ns
        return VIRTUAL_START_NS + round(elapsed * self._speed)

    async def sleep(self, duration_s: float) -> None:
        """Wait on the clock of this link."""
        await self._until(self.now_ns() + round(1e9 * duration_s))

    async def open(self) -> None:
        """Open the link.

        Raises
        ------
        LinkError
            The cable is unplugged.
        """
        await asyncio.sleep(0)
        self.line.connect(self.now_ns() // 1000)
        self._pending.clear()
        self._open = True

    async def read(self, timeout_s: float) -> Read | None:
        """Return the next read, or None when nothing came within ``timeout_s``.

        Raises
        ------
        LinkLostError
            The cable was unplugged and everything that arrived before has been handed out.
        """
        deadline_ns = self.now_ns() + round(1e9 * timeout_s)
        await asyncio.sleep(0)  # other tasks run even where time is virtual
        while True:
            if self._pending:
                return await self._hand_out(deadline_ns)
            if not self._open:
                raise LinkLostError(f"The {self.description} is not open.")
            if not self.line.up:
                self._receive()  # what came before; a write may have been first to find it gone
                if self._pending:
                    continue
                raise LinkLostError(f"The {self.description} was unplugged.")
            due_ns = max(1000 * self.line.next_event_us, self.now_ns())
            await self._until(min(due_ns, deadline_ns))
            self._receive()
            if not self._pending and due_ns > deadline_ns:
                return None

    async def write(self, data: bytes) -> None:
        """Send bytes.

        Raises
        ------
        LinkLostError
            The cable is unplugged.
        """
        if not self._open:
            raise LinkLostError(f"The {self.description} is not open.")
        await asyncio.sleep(0)
        self.line.write(data, self.now_ns() // 1000)

    async def close(self) -> None:
        """Close the link; the device goes on by itself."""
        await asyncio.sleep(0)
        if self._open:
            self._open = False
            self._pending.clear()
            self.line.disconnect(self.now_ns() // 1000)

    def _receive(self) -> None:
        """Take what has left the device by now and stamp it as arrived."""
        now_ns = self.now_ns()
        data = self.line.advance(now_ns // 1000)
        if not data:
            return
        if self._speed == 0.0:
            now_ns += LEAST_DELAY_NS + int(self._rng.exponential(TAIL_DELAY_NS))
        arrival_ns = max(now_ns, self._last_arrival_ns)
        self._last_arrival_ns = arrival_ns
        self._pending.append(Read(data, arrival_ns))

    async def _hand_out(self, deadline_ns: int) -> Read | None:
        arrival_ns = self._pending[0].t_ns
        if arrival_ns > max(deadline_ns, self.now_ns()):
            await self._until(deadline_ns)
            return None
        await self._until(arrival_ns)
        return self._pending.pop(0)

    async def _until(self, t_ns: int) -> None:
        if self._speed == 0.0:
            self._virtual_ns = max(self._virtual_ns, t_ns)
            await asyncio.sleep(0)
            return
        while (left_ns := t_ns - self.now_ns()) > 0:
            await asyncio.sleep(left_ns / 1e9 / self._speed)
