"""The in-process link keeps the contract of a link, on a virtual clock and on a real one."""

from __future__ import annotations

import asyncio
import itertools
from typing import TYPE_CHECKING

import pytest

from firingorder.errors import LinkError, LinkLostError
from firingorder.firmware_bridge import cobs
from firingorder.firmware_bridge.commands import StartCommand, TimeRequest, encode_command
from firingorder.firmware_bridge.frame import Frame, FrameType, packet, parse_frame
from firingorder.simulation.device import VirtualDevice
from firingorder.simulation.faults import parse_faults
from firingorder.simulation.link import SimLink
from firingorder.simulation.scenarios import make_body

if TYPE_CHECKING:
    from firingorder.firmware_bridge.links.base import Link, Read


def _link(faults: str = "", speed: float = 0.0, seed: int = 1) -> SimLink:
    body = make_body("bridge", seed=seed, repetitions=1)
    return SimLink(VirtualDevice(body, seed=seed, faults=parse_faults(faults)), speed=speed)


def _frames(reads: list[Read]) -> list[Frame]:
    data = b"".join(read.data for read in reads)
    out = []
    for part in data.split(b"\x00"):
        if part:
            try:
                out.append(parse_frame(cobs.decode(part)))
            except ValueError:
                continue
    return out


async def _stream(link: SimLink, seconds: float) -> list[Read]:
    """Open, start and read for some seconds of the link's own clock."""
    await link.open()
    await link.write(packet(encode_command(StartCommand(1, 3), 0)))
    end_ns = link.now_ns() + round(1e9 * seconds)
    reads: list[Read] = []
    asked_ns = link.now_ns()
    while link.now_ns() < end_ns:
        read = await link.read(0.1)
        if read is not None:
            reads.append(read)
        if link.now_ns() - asked_ns > 1e9:
            asked_ns = link.now_ns()
            await link.write(packet(encode_command(TimeRequest(2, asked_ns), 1)))
    return reads


def test_it_is_a_link() -> None:
    link: Link = _link()
    assert link.framing == "cobs"
    assert link.description


def test_virtual_time_runs_as_fast_as_the_machine_and_arrivals_are_plausible() -> None:
    reads = asyncio.run(_stream(_link(), 20.0))
    frames = _frames(reads)
    emg = [f for f in frames if f.type == FrameType.DATA and f.stream == 0]
    assert sum(f.count for f in emg) == pytest.approx(20_000, abs=30)
    delays = []
    for read in reads:
        for frame in _frames([read]):
            if frame.type == FrameType.DATA and frame.stream == 0:
                last_us = frame.t_us + (frame.count - 1) * 1000
                delays.append(read.t_ns / 1000 - last_us)
    spread = sorted(d - min(delays) for d in delays)
    assert all(a.t_ns <= b.t_ns for a, b in itertools.pairwise(reads))
    assert spread[len(spread) // 2] < 1_000  # microseconds
    assert spread[-1] > 500


@pytest.mark.parametrize("faults", ["", "drop=0.02,flip=1e-5,stall=1@3,reboot@6,ppm=40"])
def test_two_runs_give_the_same_bytes_at_the_same_times(faults: str) -> None:
    first = asyncio.run(_stream(_link(faults), 10.0))
    second = asyncio.run(_stream(_link(faults), 10.0))
    other = asyncio.run(_stream(_link(faults, seed=2), 10.0))
    assert first == second
    assert first != other


def test_read_returns_none_at_the_timeout_and_time_has_passed() -> None:
    async def run() -> None:
        link = _link()
        await link.open()
        assert await link.read(0.5) is not None  # the boot HELLO
        before_ns = link.now_ns()
        assert await link.read(0.25) is None
        assert link.now_ns() - before_ns == 250_000_000
        await link.sleep(1.0)
        assert link.now_ns() - before_ns == 1_250_000_000

    asyncio.run(run())


def test_unplugging_is_a_lost_link_after_the_last_bytes_and_opens_again_later() -> None:
    async def run() -> None:
        link = _link("unplug=3@2")
        reads: list[Read] = []
        with pytest.raises(LinkLostError):
            reads += await _stream(link, 10.0)
        lost_ns = link.now_ns()
        await link.close()
        await link.close()
        with pytest.raises(LinkError):
            await link.open()
        tries = 0
        while True:
            await link.sleep(0.5)
            tries += 1
            try:
                await link.open()
            except LinkError:
                continue
            break
        assert tries == 6
        assert link.now_ns() - lost_ns == pytest.approx(3e9, abs=5e8)
        assert await link.read(0.1) is not None

    asyncio.run(run())


def test_closed_link_refuses_to_read_and_write() -> None:
    async def run() -> None:
        link = _link()
        with pytest.raises(LinkLostError):
            await link.read(0.1)
        with pytest.raises(LinkLostError):
            await link.write(b"\x00")

    asyncio.run(run())


def test_speed_paces_the_clock_of_the_link() -> None:
    """At 50 times life the stream is whole; how much of it comes is up to a busy machine."""

    async def run() -> list[Read]:
        return await _stream(_link(speed=50.0), 3.0)

    frames = _frames(asyncio.run(run()))
    emg = [f for f in frames if f.type == FrameType.DATA and f.stream == 0]
    indices = [f.index for f in emg]
    assert indices == list(range(0, 8 * len(emg), 8))
    assert emg
