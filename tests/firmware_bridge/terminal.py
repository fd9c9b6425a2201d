"""Both ends of a pseudo-terminal: a serial port whose plug a test can pull."""

from __future__ import annotations

import asyncio
import os
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from firingorder.firmware_bridge.links.base import Link, Read

LIMIT_S = 20.0


class Terminal:
    """A pseudo-terminal in raw mode: ``master`` is the device, ``name`` the port it is on."""

    def __init__(self) -> None:
        import pty
        import tty

        self.master, self.slave = pty.openpty()
        tty.setraw(self.slave)
        self.name = os.ttyname(self.slave)
        self._ends: tuple[int, ...] = (self.slave, self.master)

    def hang_up(self) -> None:
        """Take both ends away, as pulling the plug does; a second time does nothing."""
        ends, self._ends = self._ends, ()
        for descriptor in ends:
            os.close(descriptor)


async def read_bytes(link: Link, count: int) -> list[Read]:
    """Read until ``count`` bytes are there."""
    reads: list[Read] = []
    async with asyncio.timeout(LIMIT_S):
        while sum(len(read.data) for read in reads) < count:
            read = await link.read(0.2)
            if read is not None:
                reads.append(read)
    return reads
