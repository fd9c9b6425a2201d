"""Several links for one device: by cable if one is plugged in, else by radio."""

from __future__ import annotations

import asyncio
import time
from typing import TYPE_CHECKING

from firingorder.errors import LinkError, LinkLostError

if TYPE_CHECKING:
    from collections.abc import Callable

    from firingorder.firmware_bridge.links.base import Framing, Link, Read


class AnyLink:
    """The first of several links that opens.

    Until it has proved to be what is looked for (:meth:`keep`) the next attempt goes on with the
    next link, so that a foreign USB device does not hide a belt in the air.

    ``framing`` is that of the link that was opened last, so it may change with an opening.

    Raises
    ------
    ValueError
        There is no link to choose from.
    """

    framing: Framing

    def __init__(
        self,
        *links: Link,
        description: str = "the belt",
        clock_ns: Callable[[], int] = time.perf_counter_ns,
    ) -> None:
        if not links:
            raise ValueError("no links to choose from")
        self.description = description
        self._links = links
        self._clock_ns = clock_ns
        self._chosen: Link | None = None
        self._next = 0
        self._open: Link | None = None
        self.framing = links[0].framing

    @property
    def notices(self) -> tuple[str, ...]:
        """What the open link has to say."""
        return tuple(getattr(self._open, "notices", ()))

    @property
    def about(self) -> str:
        """What is known of the open connection."""
        return str(getattr(self._open, "about", ""))

    def now_ns(self) -> int:
        """Return the clock that stamps the reads."""
        return self._clock_ns()

    async def sleep(self, duration_s: float) -> None:
        """Wait in real time."""
        await asyncio.sleep(duration_s)

    def keep(self) -> None:
        """Take the open link for the one that is meant: it was a belt indeed."""
        self._chosen = self._open or self._chosen

    async def open(self) -> None:
        """Open the link that was chosen, or try all in their order.

        Raises
        ------
        LinkError
            None opens; the message is that of each.
        """
        await self.close()
        reasons: list[str] = []
        for link in self._candidates():
            try:
                await link.open()
            except LinkError as error:
                reasons.append(str(error))
                continue
            self._open = link
            self._next = (self._links.index(link) + 1) % len(self._links)
            self.framing = link.framing
            self.description = link.description
            return
        raise LinkError(" ".join(dict.fromkeys(reasons)))

    async def read(self, timeout_s: float) -> Read | None:
        """Return the next read, or None when nothing came within ``timeout_s``.

        Raises
        ------
        LinkLostError
            The link is gone.
        """
        return await self._link().read(timeout_s)

    async def write(self, data: bytes) -> None:
        """Send bytes; :class:`LinkLostError` when the link is gone."""
        await self._link().write(data)

    async def read_info(self) -> None:
        """Read the description of the device where the link can."""
        read_info = getattr(self._link(), "read_info", None)
        if read_info is not None:
            await read_info()

    async def close(self) -> None:
        """Close what is open. Closing twice is legal."""
        link, self._open = self._open, None
        if link is not None:
            await link.close()

    def _candidates(self) -> tuple[Link, ...]:
        if self._chosen is not None:
            return (self._chosen,)
        return (*self._links[self._next :], *self._links[: self._next])

    def _link(self) -> Link:
        if self._open is None:
            raise LinkLostError(f"{self.description} is not open.")
        return self._open
