"""A TCP socket as a link: emulated devices, and serial servers."""

from __future__ import annotations

import asyncio
import contextlib
import socket
import time

from firingorder.errors import LinkError, LinkLostError
from firingorder.firmware_bridge.links.base import Framing, Read

#: A device in the same room answers within milliseconds; one that does not is not there.
CONNECT_LIMIT_S = 5.0
#: One read takes what has arrived, at most this: 2 s of the largest stream.
_READ_BYTES = 1 << 16
#: A device that takes no bytes for this long is gone.
_WRITE_LIMIT_S = 2.0
_CLOSE_LIMIT_S = 1.0


class _Arrivals(asyncio.StreamReader):
    """Hands out what had arrived before a connection broke; asyncio's own raises instead."""

    broke: Exception | None = None

    def set_exception(self, exc: Exception) -> None:
        """Note the end of the connection behind what has arrived."""
        self.broke = exc
        self.feed_eof()


class TcpLink:
    """A device that listens on a host and port."""

    framing: Framing

    def __init__(self, host: str, port: int) -> None:
        self.framing = "cobs"
        self.description = f"{host}:{port}"
        self._host = host
        self._port = port
        self._streams: tuple[_Arrivals, asyncio.StreamWriter] | None = None

    def now_ns(self) -> int:
        """Return the clock that stamps the reads."""
        return time.perf_counter_ns()

    async def sleep(self, duration_s: float) -> None:
        """Wait in real time."""
        await asyncio.sleep(duration_s)

    async def open(self) -> None:
        """Connect.

        Raises
        ------
        LinkError
            Nothing listens there, or it cannot be reached.
        """
        await self.close()
        try:
            async with asyncio.timeout(CONNECT_LIMIT_S):
                reader, writer = await _connect(self._host, self._port)
        except TimeoutError as error:
            raise LinkError(
                f"{self.description} does not answer. Check host, port and network."
            ) from error
        except ConnectionRefusedError as error:
            raise LinkError(
                f"Nothing listens on {self.description}. Start the device, or check the port."
            ) from error
        except OSError as error:
            raise LinkError(f"{self.description} cannot be reached: {error}.") from error
        raw: socket.socket = writer.get_extra_info("socket")
        # Commands are small and must not wait for each other (wire_protocol.md section 3).
        raw.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._streams = (reader, writer)

    async def read(self, timeout_s: float) -> Read | None:
        """Return the next read, or None when nothing came within ``timeout_s``.

        Raises
        ------
        LinkLostError
            The other side closed the connection, or it broke.
        """
        if self._streams is None:
            raise LinkLostError(f"{self.description} is not connected.")
        try:
            async with asyncio.timeout(timeout_s):
                data = await self._streams[0].read(_READ_BYTES)
        except TimeoutError:
            return None
        t_ns = time.perf_counter_ns()
        if not data and (broke := self._streams[0].broke) is not None:
            raise LinkLostError(f"The connection to {self.description} broke: {broke}") from broke
        if not data:
            raise LinkLostError(f"{self.description} closed the connection.")
        return Read(data, t_ns)

    async def write(self, data: bytes) -> None:
        """Send bytes.

        Raises
        ------
        LinkLostError
            The connection is gone, or the other side takes nothing.
        """
        if self._streams is None:
            raise LinkLostError(f"{self.description} is not connected.")
        writer = self._streams[1]
        try:
            writer.write(data)
            async with asyncio.timeout(_WRITE_LIMIT_S):
                await writer.drain()
        except TimeoutError as error:
            raise LinkLostError(f"{self.description} takes no bytes any more.") from error
        except OSError as error:
            raise LinkLostError(f"The connection to {self.description} broke: {error}") from error

    async def close(self) -> None:
        """Close the connection."""
        streams, self._streams = self._streams, None
        if streams is None:
            return
        writer = streams[1]
        writer.close()
        with contextlib.suppress(OSError, TimeoutError):
            async with asyncio.timeout(_CLOSE_LIMIT_S):
                await writer.wait_closed()


async def _connect(host: str, port: int) -> tuple[_Arrivals, asyncio.StreamWriter]:
    loop = asyncio.get_running_loop()
    reader = _Arrivals(loop=loop)
    protocol = asyncio.StreamReaderProtocol(reader, loop=loop)
    transport, _ = await loop.create_connection(lambda: protocol, host, port)
    return reader, asyncio.StreamWriter(transport, protocol, reader, loop)
