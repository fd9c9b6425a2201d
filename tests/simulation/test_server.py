"""The served device answers on a real socket and on a real pseudo-terminal."""

from __future__ import annotations

import os
import select
import socket
import sys
import threading
from contextlib import contextmanager
from pathlib import Path
from queue import Queue
from typing import TYPE_CHECKING

import pytest

from firingorder.errors import LinkError, UsageError
from firingorder.firmware_bridge import cobs
from firingorder.firmware_bridge.commands import (
    CommandPayload,
    HelloCommand,
    StartCommand,
    encode_command,
)
from firingorder.firmware_bridge.frame import Frame, FrameType, packet, parse_frame
from firingorder.firmware_bridge.payloads import STOP_AFE_FAULT, DeviceEvent, EventKind
from firingorder.simulation.device import VirtualDevice
from firingorder.simulation.faults import parse_faults
from firingorder.simulation.scenarios import make_body
from firingorder.simulation.server import make_port, serve

if TYPE_CHECKING:
    from collections.abc import Iterator

#: A loaded machine may stall for seconds; a test that waits this long has failed.
PATIENCE_S = 20.0


class _Host:
    """Reads frames from a descriptor until the one looked for has come."""

    def __init__(self, descriptor: int) -> None:
        self._descriptor = descriptor
        self._buffer = b""
        self.frames: list[Frame] = []
        self.ended = False

    def send(self, command: CommandPayload) -> None:
        os.write(self._descriptor, packet(encode_command(command, 0)))

    def until(self, kind: FrameType, count: int = 1) -> list[Frame]:
        while len(found := [f for f in self.frames if f.type == kind]) < count:
            assert self._more(), f"{kind.name} did not come"
        return found

    def until_end(self) -> None:
        while not self.ended:
            assert self._more() or self.ended

    def _more(self) -> bool:
        ready, _, _ = select.select([self._descriptor], [], [], PATIENCE_S)
        if not ready:
            return False
        try:
            data = os.read(self._descriptor, 65_536)
        except OSError:
            data = b""
        if not data:
            self.ended = True
            return False
        *packets, self._buffer = (self._buffer + data).split(b"\x00")
        for part in packets:
            if part:
                try:
                    self.frames.append(parse_frame(cobs.decode(part)))
                except ValueError:
                    continue  # the stream was joined in the middle of a packet
        return True


@contextmanager
def _served(listen: str, faults: str = "") -> Iterator[str]:
    body = make_body("bridge", seed=1, repetitions=1)
    device = VirtualDevice(body, seed=1, faults=parse_faults(faults))
    ready: Queue[str] = Queue()
    stop = threading.Event()
    arguments = {"duration_s": None, "on_ready": ready.put, "stop": stop}
    thread = threading.Thread(target=serve, args=(device, listen), kwargs=arguments)
    thread.start()
    try:
        yield ready.get(timeout=PATIENCE_S)
    finally:
        stop.set()
        thread.join(PATIENCE_S)
        assert not thread.is_alive()


def _connect(address: str) -> socket.socket:
    host, _, port = address.removeprefix("tcp://").partition(":")
    return socket.create_connection((host, int(port)), PATIENCE_S)


def test_tcp_streams_and_listens_again_after_a_host_has_left() -> None:
    with _served("tcp:0") as address:
        assert address.startswith("tcp://127.0.0.1:")
        for _ in range(2):
            with _connect(address) as client:
                host = _Host(client.fileno())
                host.send(HelloCommand(11))
                host.until(FrameType.HELLO)
                host.until(FrameType.ACK)
        with _connect(address) as client:
            host = _Host(client.fileno())
            host.send(StartCommand(12, 3))
            emg = [f for f in host.until(FrameType.DATA, 30) if f.stream == 0]
            assert [f.index for f in emg] == [8 * k for k in range(len(emg))]


def test_tcp_unplug_closes_the_host_and_comes_back_on_the_same_port() -> None:
    with _served("tcp:0", "unplug=0.3@0.2") as address:
        with _connect(address) as client:
            host = _Host(client.fileno())
            host.send(StartCommand(1, 3))
            host.until_end()
            assert host.frames
        tries = 0
        while True:
            tries += 1
            assert tries < 100_000
            try:
                client = _connect(address)
            except OSError:
                continue
            break
        with client:
            host = _Host(client.fileno())
            host.send(HelloCommand(2))
            host.until(FrameType.HELLO)


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no pseudo-terminals")
def test_pty_is_raw_without_echo_and_streams() -> None:
    import termios

    with _served("pty") as address:
        path = Path(address.removeprefix("serial:"))
        descriptor = os.open(path, os.O_RDWR | os.O_NOCTTY)
        try:
            local_modes = termios.tcgetattr(descriptor)[3]
            assert not local_modes & (termios.ECHO | termios.ICANON)
            host = _Host(descriptor)
            host.send(HelloCommand(1))
            host.until(FrameType.ACK)
            host.send(StartCommand(2, 3))
            emg = [f for f in host.until(FrameType.DATA, 30) if f.stream == 0]
            assert [f.index for f in emg] == [8 * k for k in range(len(emg))]
        finally:
            os.close(descriptor)
        assert path.exists()
        descriptor = os.open(path, os.O_RDWR | os.O_NOCTTY)  # the same path for the next host
        try:
            host = _Host(descriptor)
            host.send(HelloCommand(3))
            host.until(FrameType.ACK)
        finally:
            os.close(descriptor)
    assert not path.parent.exists()


def test_duration_ends_the_service() -> None:
    ready: list[str] = []
    device = VirtualDevice(make_body("rest", seed=1), seed=1)
    serve(device, "tcp:0", duration_s=0.05, on_ready=ready.append)
    assert len(ready) == 1


@pytest.mark.parametrize(
    "listen",
    [
        "tcp:0",
        pytest.param(
            "pty",
            marks=pytest.mark.skipif(sys.platform == "win32", reason="no pseudo-terminals"),
        ),
    ],
)
def test_a_belt_that_streams_says_that_it_is_at_its_end_before_it_goes(listen: str) -> None:
    hosts: Queue[int] = Queue()

    def start(address: str) -> None:
        """Start it before its time begins to run."""
        if listen == "pty":
            opened = os.open(address.removeprefix("serial:"), os.O_RDWR | os.O_NOCTTY)
        else:
            opened = _connect(address).detach()
        _Host(opened).send(StartCommand(1, 3))
        hosts.put(opened)

    device = VirtualDevice(make_body("rest", seed=1), seed=1)
    arguments = {"duration_s": 0.3, "on_ready": start}
    thread = threading.Thread(target=serve, args=(device, listen), kwargs=arguments)
    thread.start()
    descriptor = hosts.get(timeout=PATIENCE_S)
    try:
        host = _Host(descriptor)
        (frame,) = host.until(FrameType.EVENT)
        event = DeviceEvent.parse(frame.payload)
        assert (event.kind, event.value) == (EventKind.STOPPED, STOP_AFE_FAULT)
        assert host.until(FrameType.DATA)
    finally:
        os.close(descriptor)
        thread.join(PATIENCE_S)
        assert not thread.is_alive()


def test_port_in_use_says_which_and_what_to_do() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        number = taken.getsockname()[1]
        device = VirtualDevice(make_body("rest", seed=1), seed=1)
        with pytest.raises(LinkError, match=str(number)):
            serve(device, f"tcp:{number}", duration_s=0.1, on_ready=lambda _: None)


@pytest.mark.parametrize("listen", ["", "tcp", "tcp:", "tcp:x", "tcp:70000", "udp:5", "ptyx"])
def test_unknown_ways_to_listen_are_refused(listen: str) -> None:
    with pytest.raises(UsageError, match="pty"):
        make_port(listen)
