"""The serial link over real pseudo-terminals: bytes, plugs pulled, names that change, floods."""

from __future__ import annotations

import asyncio
import contextlib
import os
import subprocess
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from firingorder.errors import LinkError, LinkLostError
from firingorder.firmware_bridge.links import serial_port, serial_reader
from firingorder.firmware_bridge.links.latency import UDEV_RULE
from firingorder.firmware_bridge.links.ports import PortInfo
from firingorder.firmware_bridge.links.serial import SerialLink
from firingorder.firmware_bridge.links.serial_port import (
    DescriptorPort,
    PyserialPort,
    open_port,
    shut_out_others,
)
from firingorder.firmware_bridge.links.serial_reader import Reader
from tests.firmware_bridge.talker import Talker
from tests.firmware_bridge.terminal import LIMIT_S, Terminal, read_bytes

if TYPE_CHECKING:
    from collections.abc import Generator, Sequence

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="needs a pseudo-terminal")

NOBODY = 65534
ROOT = Path(__file__).resolve().parents[2]
#: What another program, or another user, is told about a port.
OPEN_ELSEWHERE = (
    "import asyncio, concurrent.futures.thread, grp, os, pwd, sys\n"
    "from firingorder.errors import LinkError\n"
    "from firingorder.firmware_bridge.links.serial import SerialLink\n"
    "if len(sys.argv) > 2:\n"
    "    os.setgroups([])\n"
    "    os.setgid(int(sys.argv[2]))\n"
    "    os.setuid(int(sys.argv[2]))\n"
    "try:\n"
    "    asyncio.run(SerialLink(sys.argv[1]).open())\n"
    "    print('opened')\n"
    "except LinkError as error:\n"
    "    print(error)\n"
)


@pytest.fixture
def terminal() -> Generator[Terminal]:
    end = Terminal()
    yield end
    end.hang_up()


@pytest.fixture
def second() -> Generator[Terminal]:
    end = Terminal()
    yield end
    end.hang_up()


def belt(terminal: Terminal, number: str = "A1", location: str = "1-1") -> PortInfo:
    """Return what the system would say of a belt on this terminal."""
    return PortInfo(terminal.name, "Belt", "maker", 0x1209, 0x0001, number, location)


class Plugs:
    """What is plugged in, as a test sets it; ``at_look`` happens while it is listed."""

    def __init__(self, *ports: PortInfo) -> None:
        self.ports: Sequence[PortInfo] = ports
        self.looks = 0

    def list(self) -> Sequence[PortInfo]:
        self.looks += 1
        return self.ports


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


def test_reading_returns_none_when_nothing_comes(terminal: Terminal) -> None:
    async def run() -> None:
        link = SerialLink(terminal.name, framing="packet", baud=115200)
        assert link.framing == "packet"
        await link.open()
        assert await link.read(0.01) is None
        await link.close()

    asyncio.run(run())


def test_a_port_that_goes_away_is_a_lost_link_and_keeps_being_one(terminal: Terminal) -> None:
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


def test_a_plug_pulled_in_the_middle_of_a_write_is_a_lost_link(terminal: Terminal) -> None:
    async def run() -> None:
        link = SerialLink(terminal.name)
        await link.open()
        writing = asyncio.ensure_future(link.write(bytes(1 << 20)))  # more than any buffer holds
        got = await asyncio.to_thread(os.read, terminal.master, 100)
        assert got == bytes(len(got))
        terminal.hang_up()
        with pytest.raises(LinkLostError, match="takes no bytes"):
            await writing
        await link.close()

    asyncio.run(run())


@pytest.mark.parametrize("stopped_by", ["nobody reads", "XOFF"])
def test_a_device_that_takes_nothing_is_a_lost_link_and_closing_does_not_wait(
    terminal: Terminal, monkeypatch: pytest.MonkeyPatch, stopped_by: str
) -> None:
    monkeypatch.setattr(serial_port, "WRITE_LIMIT_S", 0.05)

    async def run() -> None:
        import termios

        link = SerialLink(terminal.name)
        await link.open()
        if stopped_by == "XOFF":
            termios.tcflow(terminal.slave, termios.TCOOFF)
        with pytest.raises(LinkLostError, match="takes no bytes"):
            await link.write(b"x" if stopped_by == "XOFF" else bytes(1 << 20))
        async with asyncio.timeout(LIMIT_S):
            await link.close()

    asyncio.run(run())


def test_a_long_message_to_a_slow_device_arrives_whole(terminal: Terminal) -> None:
    sent = bytes(range(256)) * 400
    got = bytearray()

    def take() -> None:
        while len(got) < len(sent):
            got.extend(os.read(terminal.master, 777))

    async def run() -> None:
        link = SerialLink(terminal.name)
        await link.open()
        taking = asyncio.ensure_future(asyncio.to_thread(take))
        await link.write(sent)
        await taking
        await link.close()

    asyncio.run(run())
    assert bytes(got) == sent


def test_closing_ends_a_write_that_waits(terminal: Terminal) -> None:
    async def run() -> None:
        link = SerialLink(terminal.name)
        await link.open()
        writing = asyncio.ensure_future(link.write(bytes(1 << 20)))
        await asyncio.to_thread(os.read, terminal.master, 1)
        await link.close()
        with pytest.raises(LinkLostError):
            await writing

    asyncio.run(run())


@pytest.mark.parametrize("look", [1, 2])
def test_a_plug_pulled_while_opening_is_an_error_or_a_lost_link(
    terminal: Terminal, look: int
) -> None:
    """The first look is before the port is opened, the second after."""
    plugs = Plugs(belt(terminal))

    def pulled() -> Sequence[PortInfo]:
        ports = plugs.list()
        if plugs.looks == look:
            terminal.hang_up()
        return ports

    async def run() -> None:
        link = SerialLink("auto", list_ports=pulled)
        if look == 1:
            with pytest.raises(LinkError, match="is not there"):
                await link.open()
        else:
            await link.open()
            with pytest.raises(LinkLostError, match="is gone"):
                await link.read(LIMIT_S)
        await link.close()

    asyncio.run(run())


def test_a_plug_pulled_while_low_latency_is_asked_for_is_an_error(terminal: Terminal) -> None:
    port = open_port(terminal.name, 115200, "hold")
    terminal.hang_up()
    with pytest.raises(OSError, match="went away"):
        serial_port._ask_for_low_latency(port)
    port.close()


def test_bytes_from_before_opening_are_not_taken_for_news(terminal: Terminal) -> None:
    async def run() -> None:
        os.write(terminal.master, b"stale")
        link = SerialLink(terminal.name)
        await link.open()
        os.write(terminal.master, b"fresh")
        assert b"".join(read.data for read in await read_bytes(link, 5)) == b"fresh"
        await link.close()

    asyncio.run(run())


@pytest.mark.parametrize("lines", ["hold", "reset", "off"])
def test_closing_does_not_drop_the_lines_that_reset_a_board(
    terminal: Terminal, lines: serial_port.Lines
) -> None:
    """A pseudo-terminal has no DTR; that the system shall not drop it is a mode that it has."""

    async def run() -> None:
        import termios

        assert termios.tcgetattr(terminal.slave)[2] & termios.HUPCL
        link = SerialLink(terminal.name, lines=lines)
        await link.open()
        assert not termios.tcgetattr(terminal.slave)[2] & termios.HUPCL
        await link.close()

    import termios

    attributes = termios.tcgetattr(terminal.slave)
    attributes[2] |= termios.HUPCL
    termios.tcsetattr(terminal.slave, termios.TCSANOW, attributes)
    asyncio.run(run())


def test_a_flood_is_bounded_and_loses_nothing(
    terminal: Terminal, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(serial_reader, "MAX_WAITING_READS", 20)
    sent = b"".join(i.to_bytes(4, "big") for i in range(100_000))

    def flood() -> None:
        left = memoryview(sent)
        while left:
            left = left[os.write(terminal.master, left) :]

    async def run() -> None:
        link = SerialLink(terminal.name)
        await link.open()
        assert link._reader is not None
        waiting = link._reader._arrivals
        flooding = threading.Thread(target=flood)
        flooding.start()
        got, most = bytearray(), 0
        while len(got) < len(sent):
            most = max(most, waiting.qsize())
            read = await link.read(LIMIT_S)
            assert read is not None
            got += read.data
        flooding.join()
        assert bytes(got) == sent
        assert most <= 20
        print(f"at most {most} reads waited")
        await link.close()

    asyncio.run(run())


def test_nobody_reads_and_the_device_is_held_back(
    terminal: Terminal, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With nobody reading, what waits stays within its bound, and the device's writes stall."""
    monkeypatch.setattr(serial_reader, "MAX_WAITING_READS", 5)
    os.set_blocking(terminal.master, False)

    async def run() -> None:
        link = SerialLink(terminal.name)
        await link.open()
        reader = link._reader
        assert reader is not None
        sent = 0
        async with asyncio.timeout(LIMIT_S):
            while reader._arrivals.qsize() < 5:
                with contextlib.suppress(BlockingIOError):
                    sent += os.write(terminal.master, bytes(5000))
                await asyncio.sleep(0)
        with contextlib.suppress(BlockingIOError):
            while sent < 1 << 20:  # only the buffers of the system take more
                sent += os.write(terminal.master, bytes(5000))
        assert sent < 1 << 20
        assert reader._arrivals.qsize() == 5
        got = await read_bytes(link, sent)
        assert sum(len(read.data) for read in got) == sent
        await link.close()

    asyncio.run(run())


class BrokenPort:
    """A port whose driver does what no driver should."""

    def read(self) -> tuple[bytes, int]:
        raise RuntimeError("surprise")

    def write(self, data: bytes) -> None:
        raise NotImplementedError

    def interrupt(self) -> None: ...

    def close(self) -> None: ...


def test_a_reader_never_dies_in_silence(caplog: pytest.LogCaptureFixture) -> None:
    async def run() -> None:
        reader = Reader(BrokenPort(), "a port", asyncio.get_running_loop())
        reader.start()
        with pytest.raises(LinkLostError, match="surprise"):
            await reader.next(LIMIT_S)
        reader.stop()

    asyncio.run(run())
    assert "failed" in caplog.text


@pytest.mark.parametrize("kind", [DescriptorPort, PyserialPort])
def test_both_ways_of_using_a_port_read_write_and_notice_the_loss(
    terminal: Terminal, kind: type[DescriptorPort | PyserialPort]
) -> None:
    """Windows takes pyserial's calls; they run here too."""

    async def run() -> None:
        opened = kind(open_port(terminal.name, 115200, "hold"))
        reader = Reader(opened, terminal.name, asyncio.get_running_loop())
        reader.start()
        os.write(terminal.master, bytes(range(200)))
        got = b""
        while len(got) < 200:
            read = await reader.next(LIMIT_S)
            assert read is not None
            got += read.data
        assert got == bytes(range(200))
        opened.write(b"answer")
        assert os.read(terminal.master, 100) == b"answer"
        terminal.hang_up()
        with pytest.raises(LinkLostError):
            await reader.next(LIMIT_S)
        with pytest.raises(OSError, match=r".+"):
            opened.write(b"x")
        reader.stop()

    asyncio.run(run())


def test_a_port_closed_under_pyserial_is_a_loss_and_no_type_error(terminal: Terminal) -> None:
    """pyserial's issues 328 and 713: its descriptor is None while the port still counts as open."""
    port = open_port(terminal.name, 115200, "hold")
    under = PyserialPort(port)
    descriptor, port.fd = port.fd, None
    for call in (under.read, lambda: under.write(b"x")):
        with pytest.raises(OSError, match="closed in between"):
            call()
    port.fd = descriptor
    under.close()


def test_a_port_can_be_opened_again_and_no_descriptor_is_left(terminal: Terminal) -> None:
    async def run() -> None:
        link = SerialLink(terminal.name)
        for _ in range(3):
            await link.open()
            os.write(terminal.master, b"abc")
            assert (await read_bytes(link, 3))[0].data == b"abc"
            await link.open()  # without closing
            await link.close()
            with pytest.raises(LinkError):
                await SerialLink(terminal.name + "9").open()

    async def count() -> int:
        await run()
        return len(list(Path("/proc/self/fd").iterdir())) if sys.platform == "linux" else 0

    async def twice() -> None:
        assert await count() == await count()

    asyncio.run(twice())


def test_a_port_belongs_to_one_link_at_a_time(terminal: Terminal) -> None:
    async def run() -> None:
        first, other = SerialLink(terminal.name), SerialLink(terminal.name)
        await first.open()
        with pytest.raises(LinkError, match=r"in use by (this|another) program"):
            await other.open()
        os.write(terminal.master, b"still ours")
        assert b"".join(read.data for read in await read_bytes(first, 10)) == b"still ours"
        await first.close()

    asyncio.run(run())


def elsewhere(name: str, *, user: int | None = None) -> str:
    """Open a port in another process, as another user if asked, and return what it said."""
    run = subprocess.run(
        [sys.executable, "-c", OPEN_ELSEWHERE, name, *([] if user is None else [str(user)])],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
        timeout=30,
    )
    return run.stdout + run.stderr


def test_a_second_program_is_told_who_has_the_port(terminal: Terminal) -> None:
    async def run() -> None:
        link = SerialLink(terminal.name)
        await link.open()
        said = await asyncio.to_thread(elsewhere, terminal.name)
        assert "in use by" in said
        if sys.platform == "linux":
            assert f"(process {os.getpid()})" in said
        await link.close()
        assert "opened" in await asyncio.to_thread(elsewhere, terminal.name)

    asyncio.run(run())


@pytest.mark.skipif(
    not hasattr(os, "geteuid") or os.geteuid() != 0,
    reason="only the administrator can become another user",
)
def test_other_users_are_shut_out_and_told_the_group(terminal: Terminal) -> None:
    import fcntl
    import grp
    import termios

    group = next(g for g in grp.getgrall() if g.gr_gid not in (0, NOBODY))
    os.chown(terminal.name, 0, group.gr_gid)
    Path(terminal.name).chmod(0o660)
    said = elsewhere(terminal.name, user=NOBODY)
    assert f"usermod -aG {group.gr_name}" in said

    Path(terminal.name).chmod(0o666)
    assert "opened" in elsewhere(terminal.name, user=NOBODY)
    shut_out_others(terminal.slave)
    assert "in use by another program" in elsewhere(terminal.name, user=NOBODY)
    fcntl.ioctl(terminal.slave, termios.TIOCNXCL)


def test_a_port_that_is_not_there_says_what_to_do(tmp_path: Path) -> None:
    async def run() -> None:
        with pytest.raises(LinkError, match="firingorder devices"):
            await SerialLink(str(tmp_path / "ttyNothing")).open()

    asyncio.run(run())


def test_a_file_that_is_no_port_says_so(tmp_path: Path) -> None:
    place = tmp_path / "notes.txt"
    place.write_text("dear diary")

    async def run() -> None:
        with pytest.raises(LinkError, match=r"notes\.txt cannot be opened"):
            await SerialLink(str(place)).open()

    asyncio.run(run())
    assert place.read_text() == "dear diary"


def test_a_belt_that_comes_back_under_another_name_goes_on(
    terminal: Terminal, second: Terminal
) -> None:
    plugs = Plugs(PortInfo("/dev/ttyS0"), belt(terminal))

    async def run() -> None:
        link = SerialLink("auto", list_ports=plugs.list)
        assert link.description == "the belt on USB"
        await link.open()
        assert link.description == terminal.name
        terminal.hang_up()
        with pytest.raises(LinkLostError):
            await link.read(LIMIT_S)
        plugs.ports = [PortInfo("/dev/ttyS0")]
        with pytest.raises(LinkError, match=r"serial number A1.*not plugged in"):
            await link.open()
        plugs.ports = [PortInfo("/dev/ttyS0"), belt(second, location="3-2")]
        await link.open()
        assert link.description == second.name
        os.write(second.master, b"back again")
        assert b"".join(read.data for read in await read_bytes(link, 10)) == b"back again"
        await link.close()

    asyncio.run(run())


@pytest.mark.parametrize("asked", ["name", "auto", "1209:0001", "sn=A1"])
def test_another_belt_under_the_same_name_is_not_taken(terminal: Terminal, asked: str) -> None:
    plugs = Plugs(belt(terminal))

    async def run() -> None:
        link = SerialLink(terminal.name if asked == "name" else asked, list_ports=plugs.list)
        await link.open()
        await link.close()
        plugs.ports = [belt(terminal, "B2")]
        with pytest.raises(LinkError, match=r"another device now.*B2.*not.*A1"):
            await link.open()
        elsewhere_link = SerialLink(terminal.name)
        await elsewhere_link.open()  # it was left alone
        await elsewhere_link.close()
        plugs.ports = [belt(terminal)]
        await link.open()
        await link.close()

    asyncio.run(run())


def test_a_name_that_changes_hands_while_opening_is_noticed(terminal: Terminal) -> None:
    plugs = Plugs(belt(terminal))

    def changing() -> Sequence[PortInfo]:
        ports = plugs.list()
        return [belt(terminal, "B2")] if plugs.looks == 4 else ports

    async def run() -> None:
        link = SerialLink(terminal.name, list_ports=changing)
        await link.open()
        await link.close()
        with pytest.raises(LinkError, match="went away while it was opened"):
            await link.open()
        await link.open()  # and the port was given back
        await link.close()

    asyncio.run(run())


def test_opening_that_is_given_up_leaves_no_port_open(terminal: Terminal) -> None:
    reached, go_on = threading.Event(), threading.Event()
    plugs = Plugs(belt(terminal))

    def slow() -> Sequence[PortInfo]:
        ports = plugs.list()
        if plugs.looks == 2:  # the port is open by now
            reached.set()
            go_on.wait(LIMIT_S)
        return ports

    async def run() -> None:
        # One worker: what comes next runs after what was given up has ended.
        asyncio.get_running_loop().set_default_executor(ThreadPoolExecutor(max_workers=1))
        link = SerialLink(terminal.name, list_ports=slow)
        opening = asyncio.ensure_future(link.open())
        while not reached.is_set():
            await asyncio.sleep(0)
        opening.cancel()
        with pytest.raises(asyncio.CancelledError):
            await opening
        await link.close()
        go_on.set()
        other = SerialLink(terminal.name)
        await other.open()
        await other.close()

    asyncio.run(run())


def test_late_ports_are_noticed_with_the_line_that_cures_them(
    terminal: Terminal, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    place = tmp_path / "class" / "tty" / Path(terminal.name).name / "device"
    place.mkdir(parents=True)
    (place / "latency_timer").write_text("16\n")

    async def run() -> None:
        link = SerialLink(terminal.name, sysfs=tmp_path)
        await link.open()
        assert len(link.notices) == 1
        assert UDEV_RULE in link.notices[0]
        await link.close()
        (place / "latency_timer").write_text("1\n")
        await link.open()
        assert link.notices == ()
        await link.close()

    if sys.platform == "linux":
        asyncio.run(run())
        assert "16 ms" in caplog.text
