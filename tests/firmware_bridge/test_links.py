"""The link over a real socket; what all links do when they are closed."""

from __future__ import annotations

import asyncio
import socket
import struct
import time

import pytest

from firingorder.errors import LinkError, LinkLostError
from firingorder.firmware_bridge.links.serial import SerialLink
from firingorder.firmware_bridge.links.tcp import TcpLink
from tests.firmware_bridge.talker import Talker
from tests.firmware_bridge.terminal import LIMIT_S, read_bytes


def test_reading_and_writing_a_closed_link_is_a_lost_link() -> None:
    async def run() -> None:
        for link in (SerialLink("/dev/null-like"), TcpLink("localhost", 1)):
            with pytest.raises(LinkLostError):
                await link.read(0.01)
            with pytest.raises(LinkLostError):
                await link.write(b"x")
            await link.close()

    asyncio.run(run())


def test_tcp_carries_every_byte_both_ways_without_delay() -> None:
    talker = Talker()
    sent = b"".join(talker.emg(8 * i) for i in range(500))

    async def run() -> None:
        got = asyncio.get_running_loop().create_future()

        async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            got.set_result(await reader.readexactly(6))
            writer.write(sent)
            await writer.drain()
            writer.close()

        server = await asyncio.start_server(serve, "127.0.0.1", 0)
        port = server.sockets[0].getsockname()[1]
        link = TcpLink("127.0.0.1", port)
        await link.open()
        assert link._streams is not None
        raw = link._streams[1].get_extra_info("socket")
        assert raw.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY) != 0
        before_ns = time.perf_counter_ns()
        await link.write(b"\x00start")
        assert await got == b"\x00start"
        reads = await read_bytes(link, len(sent))
        assert b"".join(read.data for read in reads) == sent
        assert all(before_ns <= read.t_ns <= time.perf_counter_ns() for read in reads)
        with pytest.raises(LinkLostError, match="closed the connection"):
            await link.read(LIMIT_S)
        await link.close()
        server.close()
        await server.wait_closed()

    asyncio.run(run())


def test_tcp_hands_out_what_came_before_the_connection_broke() -> None:
    sent = bytes(range(1, 200))

    async def run() -> None:
        async def serve(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            writer.write(sent)
            await writer.drain()
            raw = writer.get_extra_info("socket")
            raw.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            writer.close()  # with a reset: no word of goodbye

        server = await asyncio.start_server(serve, "127.0.0.1", 0)
        link = TcpLink("127.0.0.1", server.sockets[0].getsockname()[1])
        await link.open()
        assert link._streams is not None
        async with asyncio.timeout(LIMIT_S):
            while link._streams[0].broke is None:  # the session is busy with something else
                await asyncio.sleep(0)
        reads = await read_bytes(link, len(sent))
        assert b"".join(read.data for read in reads) == sent
        with pytest.raises(LinkLostError, match="broke"):
            await link.read(LIMIT_S)
        await link.close()
        server.close()
        await server.wait_closed()

    asyncio.run(run())


def test_tcp_read_returns_none_when_nothing_comes() -> None:
    async def run() -> None:
        done = asyncio.Event()

        async def serve(_reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            await done.wait()
            writer.close()

        server = await asyncio.start_server(serve, "127.0.0.1", 0)
        link = TcpLink("127.0.0.1", server.sockets[0].getsockname()[1])
        await link.open()
        assert await link.read(0.01) is None
        await link.close()
        done.set()
        server.close()
        await server.wait_closed()

    asyncio.run(run())


def test_a_tcp_port_on_which_nothing_listens_says_so() -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]

        async def run() -> None:
            with pytest.raises(LinkError, match="Nothing listens"):
                await TcpLink("127.0.0.1", port).open()

        asyncio.run(run())


def test_an_unknown_host_is_a_link_error() -> None:
    async def run() -> None:
        with pytest.raises(LinkError):
            await TcpLink("host.invalid", 7000).open()

    asyncio.run(run())
