"""What is said to other makers' devices, when, and when one gives up."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from itertools import pairwise
from typing import TYPE_CHECKING

import pytest

from firingorder.errors import FiringOrderError, LinkError, LinkLostError
from firingorder.firmware_bridge.actions import (
    Action,
    CloseLink,
    GaveUp,
    HostConfig,
    HostState,
    OpenLink,
    Send,
)
from firingorder.firmware_bridge.adapters import ADAPTERS, make_host
from firingorder.firmware_bridge.adapters.host import AdapterHost
from firingorder.firmware_bridge.items import AnswerItem, Item, TrafficItem
from firingorder.firmware_bridge.links.serial import SerialLink
from firingorder.session.addresses import parse_address
from firingorder.session.runner import LinkRunner
from firingorder.session.sources import open_source, source_spec

if TYPE_CHECKING:
    from collections.abc import Callable

    from firingorder.session.inputs import Input

DATA = TrafficItem(33, 1, 1, 0, 0, 0)


@dataclass
class Desk:
    """Carries out what a host asks for, on a clock of its own; ``device`` answers what is sent."""

    host: AdapterHost
    device: Callable[[bytes], bytes | None]
    openable: Callable[[int], bool] = lambda _way: True
    now_ns: int = 0
    sent: list[tuple[float, bytes]] = field(default_factory=list[tuple[float, bytes]])
    ways: list[int] = field(default_factory=list[int])
    error: FiringOrderError | None = None
    _open_at: tuple[int, int] | None = None

    def perform(self, actions: list[Action]) -> None:
        for action in actions:
            match action:
                case Send(data):
                    self.sent.append((self.now_ns / 1e9, data))
                    answer = self.device(data)
                    if answer is not None:
                        self.hear(AnswerItem(answer))
                case OpenLink(at_ns, way):
                    self._open_at = (at_ns, way)
                case GaveUp(error):
                    self.error = error
                case CloseLink():
                    pass
                case _:
                    pass

    def hear(self, item: Item) -> None:
        self.perform(self.host.items([item], self.now_ns))

    def run(self, until_s: float) -> None:
        """Let time pass; every deadline is met exactly."""
        while self.host.state is not HostState.CLOSED:
            due = [self.host.next_deadline_ns, None if self._open_at is None else self._open_at[0]]
            next_ns = min((each for each in due if each is not None), default=None)
            if next_ns is None or next_ns > until_s * 1e9:
                break
            self.now_ns = max(self.now_ns, next_ns)
            if self._open_at is not None and self._open_at[0] <= self.now_ns:
                way, self._open_at = self._open_at[1], None
                self.ways.append(way)
                if self.openable(way):
                    self.perform(self.host.opened(self.now_ns))
                else:
                    self.perform(self.host.open_failed(self.now_ns, LinkError("No such port.")))
            self.perform(self.host.tick(self.now_ns))
        self.now_ns = max(self.now_ns, round(until_s * 1e9))


def _desk(name: str, device: Callable[[bytes], bytes | None], **options: str) -> Desk:
    adapter = ADAPTERS[name]
    config = HostConfig(name="/dev/port", absent_s=10.0)
    desk = Desk(AdapterHost(adapter.make_conversation(options), config, label="it"), device)
    desk.perform(desk.host.start(0))
    return desk


def _bitalino(data: bytes) -> bytes | None:
    return b"BITalino_v5.2" if data == b"\x07" else None


def _cyton(data: bytes) -> bytes | None:
    if data == b"v":
        return b"OpenBCI V3 8-16 channel\nFirmware: v3.1.2\n"
    return b"Success: Channel set for 1" if data.startswith(b"x") else None


def _chords(data: bytes) -> bytes | None:
    return b"UNO-R4" if data == b"WHORU\n" else None


def test_a_bitalino_is_told_one_byte_each_tenth_of_a_second() -> None:
    desk = _desk("bitalino", _bitalino)
    desk.run(2.0)
    assert [data for _, data in desk.sent] == [b"\xff", b"\x07", b"\x00", b"\xc3", b"\x3d"]
    times = [at_s for at_s, _ in desk.sent]
    assert all(b - a >= 0.0999 for a, b in pairwise(times))
    desk.hear(DATA)
    assert desk.host.state is HostState.STREAMING


def test_a_cyton_is_reset_set_up_channel_by_channel_and_started() -> None:
    desk = _desk("cyton", _cyton, gain="12")
    desk.run(1.5)
    settings = [f"x{k}050100X".encode() for k in range(1, 9)]
    assert [data for _, data in desk.sent] == [b"s", b"v", b"c", *settings, b"b"]


def test_nothing_is_written_while_a_chords_board_streams() -> None:
    """Any byte would stop it; and two commands within a second would be read as one."""
    desk = _desk("chords", _chords)
    desk.run(2.0)
    assert [data for _, data in desk.sent] == [b"STOP\n", b"WHORU\n", b"START\n"]
    times = [at_s for at_s, _ in desk.sent]
    assert times[1] - times[0] > 1.0
    for _ in range(600):
        desk.run(desk.now_ns / 1e9 + 0.1)
        desk.hear(DATA)
    assert desk.host.state is HostState.STREAMING
    assert len(desk.sent) == 3
    desk.perform(desk.host.stop(desk.now_ns))
    desk.run(desk.now_ns / 1e9 + 3.0)
    assert desk.sent[-1][1] == b"STOP\n"
    assert desk.host.state is HostState.CLOSED


def test_a_board_that_does_not_understand_is_tried_at_its_other_rate() -> None:
    desk = _desk("chords", lambda _data: None)
    desk.run(100.0)
    assert desk.ways == [0, 1]
    assert isinstance(desk.error, LinkError)
    desk = _desk("chords", lambda data: _chords(data) if desk.ways[-1:] == [1] else None)
    desk.run(60.0)
    assert desk.ways[:2] == [0, 1]
    assert desk.sent[-1][1] == b"START\n"
    assert _desk("chords", _chords, baud="115200").host is not None
    alone = _desk("chords", lambda _data: None, baud="115200")
    alone.run(100.0)
    assert alone.ways == [0, 0]


@pytest.mark.parametrize("name", ["bitalino", "chords", "cyton"])
@pytest.mark.parametrize("chatty", [False, True])
def test_a_wrong_device_is_given_up_however_much_it_says(name: str, chatty: bool) -> None:
    desk = _desk(name, lambda _data: b"ERROR" if chatty else None)
    for tenth in range(600):
        desk.run(tenth / 10)
        if chatty:
            desk.hear(AnswerItem(b"hello"))
    assert isinstance(desk.error, LinkError)
    assert str(desk.error).startswith("/dev/port cannot be used as it. ")
    assert desk.now_ns <= 60e9


def test_a_board_unknown_to_this_version_is_named() -> None:
    desk = _desk("chords", lambda data: b"UNO-R9" if data == b"WHORU\n" else None)
    desk.run(60.0)
    assert "calls itself 'UNO-R9'" in str(desk.error)


def test_a_dongle_without_its_board_is_told_from_silence() -> None:
    failed = b"Failure: Communications timeout - Device failed to poll Host"
    desk = _desk("cyton", lambda data: failed if data == b"v" else None)
    desk.run(60.0)
    assert "no board behind it" in str(desk.error)


def test_a_port_that_is_not_there_is_given_up_after_its_patience() -> None:
    desk = _desk("bitalino", _bitalino)
    desk.openable = lambda _way: False
    desk.run(60.0)
    assert str(desk.error) == "/dev/port was not there for 10 s. No such port."
    assert desk.host.state is HostState.CLOSED


def test_a_device_that_answers_but_never_streams_is_given_up() -> None:
    desk = _desk("bitalino", _bitalino)
    desk.run(60.0)
    assert "sent no samples" in str(desk.error)


def test_one_that_falls_silent_is_told_everything_again_and_at_last_given_up() -> None:
    desk = _desk("bitalino", _bitalino)
    desk.run(2.0)
    desk.hear(DATA)
    said = len(desk.sent)
    desk.run(12.0)
    assert desk.sent[said][1] == b"\xff"
    desk.run(200.0)
    assert isinstance(desk.error, LinkLostError)
    assert "did not come back within 60 s" in str(desk.error)


def test_one_that_returns_is_recovered() -> None:
    desk = _desk("cyton", _cyton)
    desk.run(1.5)
    desk.hear(DATA)
    desk.perform(desk.host.link_lost(desk.now_ns))
    assert desk.host.state is HostState.BACKOFF
    desk.run(3.5)
    assert desk.sent[-1][1] == b"b"
    desk.hear(DATA)
    assert desk.host.state is HostState.STREAMING


@pytest.mark.parametrize(("way", "baud"), [(0, 230400), (1, 115200), (2, 230400)])
def test_a_serial_port_is_opened_at_the_rate_that_is_tried(way: int, baud: int) -> None:
    address = parse_address("chords:/dev/nowhere")
    (link,) = open_source(address).links
    assert isinstance(link, SerialLink)
    runner = LinkRunner(0, link, make_host(source_spec(address, link), HostConfig()), _NoDesk())
    asyncio.run(runner.perform([OpenLink(0, way)]))
    assert link.baud == baud


class _NoDesk:
    """Nothing is told before a port is open."""

    stopping = False

    def take(self, item: Input) -> tuple[Item, ...]:
        raise AssertionError(item)

    def turned(self) -> None:
        pass

    def notice(self, text: str) -> None:
        raise AssertionError(text)
