"""Links over a real pseudo-terminal and a real socket; ports chosen from given lists."""

from __future__ import annotations

import asyncio
import errno
import os
import socket
import sys
import time
from typing import TYPE_CHECKING

import pytest

from firingorder.errors import LinkError, LinkLostError
from firingorder.firmware_bridge.links import ports as ports_module
from firingorder.firmware_bridge.links.ports import PortInfo, choose_port, find_again, list_ports
from firingorder.firmware_bridge.links.serial import SerialLink, _why_not
from firingorder.firmware_bridge.links.tcp import TcpLink
from tests.firmware_bridge.talker import Talker

if TYPE_CHECKING:
    from pathlib import Path

    from firingorder.firmware_bridge.links.base import Link, Read

LIMIT_S = 5.0
POSIX_ONLY = pytest.mark.skipif(sys.platform == "win32", reason="needs a pseudo-terminal")


async def read_bytes(link: Link, count: int) -> list[Read]:
    """Read until ``count`` bytes are there."""
    reads: list[Read] = []
    async with asyncio.timeout(LIMIT_S):
        while sum(len(read.data) for read in reads) < count:
            read = await link.read(0.2)
            if read is not None:
                reads.append(read)
    return reads


class Terminal:
    """Both ends of a pseudo-terminal in raw mode."""

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


@pytest.fixture
def terminal() -> object:
    end = Terminal()
    yield end
    end.hang_up()


@POSIX_ONLY
def test_serial_carries_every_byte_both_ways(terminal: Terminal) -> None:
    talker = Talker()
    sent = b"".join(talker.emg(8 * i) for i in range(40))

    async def run() -> None:
        link = SerialLink(terminal.name)
        await link.open()
        before_ns = link.now_ns()
        for start in range(0, len(sent), 1000):
            os.write(terminal.master, sent[start : start + 1000])
            reads = await read_bytes(link, len(sent[start : start + 1000]))
            assert b"".join(read.data for read in reads) == sent[start : start + 1000]
            assert all(before_ns <= read.t_ns <= link.now_ns() for read in reads)
        await link.write(b"\x00hello\xff")
        assert os.read(terminal.master, 100) == b"\x00hello\xff"
        await link.close()
        await link.close()

    asyncio.run(run())


@POSIX_ONLY
def test_serial_read_returns_none_when_nothing_comes(terminal: Terminal) -> None:
    async def run() -> None:
        link = SerialLink(terminal.name)
        await link.open()
        assert await link.read(0.01) is None
        await link.close()

    asyncio.run(run())


@POSIX_ONLY
def test_a_serial_port_that_goes_away_is_a_lost_link_and_keeps_being_one(
    terminal: Terminal,
) -> None:
    async def run() -> None:
        link = SerialLink(terminal.name)
        await link.open()
        os.write(terminal.master, b"last words")
        (read,) = await read_bytes(link, 10)
        assert read.data == b"last words"
        terminal.hang_up()
        for _ in range(2):
            with pytest.raises(LinkLostError, match="is gone"):
                await link.read(LIMIT_S)
        with pytest.raises(LinkLostError):
            await link.write(b"anyone there?")
        await link.close()

    asyncio.run(run())


@POSIX_ONLY
def test_a_serial_port_can_be_opened_again_after_closing(terminal: Terminal) -> None:
    async def run() -> None:
        link = SerialLink(terminal.name)
        for _ in range(2):
            await link.open()
            os.write(terminal.master, b"abc")
            assert (await read_bytes(link, 3))[0].data == b"abc"
            await link.close()

    asyncio.run(run())


@POSIX_ONLY
def test_a_serial_port_belongs_to_one_program_at_a_time(terminal: Terminal) -> None:
    async def run() -> None:
        first, second = SerialLink(terminal.name), SerialLink(terminal.name)
        await first.open()
        with pytest.raises(LinkError, match="in use by another program"):
            await second.open()
        await first.close()

    asyncio.run(run())


def test_a_serial_port_that_is_not_there_says_what_to_do(tmp_path: Path) -> None:
    async def run() -> None:
        with pytest.raises(LinkError, match="firingorder devices"):
            await SerialLink(str(tmp_path / "ttyNothing")).open()

    asyncio.run(run())


def test_a_forbidden_port_names_the_group_to_join(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "platform", "linux")
    text = _why_not("/dev/ttyACM0", PermissionError(errno.EACCES, "Permission denied"))
    assert "/dev/ttyACM0" in text
    assert "dialout" in text


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


USB_A = PortInfo("/dev/ttyACM0", "Belt", "maker", 0x1209, 0x0001, "A1")
USB_B = PortInfo("/dev/ttyUSB0", "Adapter", "maker", 0x0403, 0x6001, "B2")
BOARD = PortInfo("/dev/ttyS0", "mainboard")


def test_the_only_usb_port_is_chosen() -> None:
    assert choose_port([BOARD, USB_A]) == "/dev/ttyACM0"


def test_no_usb_port_says_what_to_do() -> None:
    with pytest.raises(LinkError, match="Plug the belt in"):
        choose_port([BOARD])


def test_several_usb_ports_are_listed_and_none_is_guessed() -> None:
    with pytest.raises(LinkError, match=r"ttyACM0.*ttyUSB0"):
        choose_port([USB_A, USB_B])


def test_the_same_hardware_is_found_under_another_name() -> None:
    moved = PortInfo("/dev/ttyACM1", "Belt", "maker", 0x1209, 0x0001, "A1")
    assert find_again("/dev/ttyACM0", USB_A, [USB_B, moved]) == "/dev/ttyACM1"
    assert find_again("/dev/ttyACM0", USB_A, [USB_B]) == "/dev/ttyACM0"
    assert find_again("/dev/ttyACM0", USB_A, [USB_A, moved]) == "/dev/ttyACM0"
    assert find_again("/dev/pts/3", None, [moved]) == "/dev/pts/3"
    twin = PortInfo("/dev/ttyACM2", "Belt", "maker", 0x1209, 0x0001, "A1")
    assert find_again("/dev/ttyACM0", USB_A, [moved, twin]) == "/dev/ttyACM0"


def test_ports_of_this_computer_can_be_listed() -> None:
    found = list_ports()
    assert list(found) == sorted(found, key=lambda port: port.device)
    assert ports_module.identity("no such port") is None
