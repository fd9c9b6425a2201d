"""A desk with a virtual belt on it: commands go in, frames come out, time is a number."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from firingorder.firmware_bridge import cobs
from firingorder.firmware_bridge.commands import (
    CommandPayload,
    HelloCommand,
    StartCommand,
    TimeRequest,
    encode_command,
)
from firingorder.firmware_bridge.frame import Frame, FrameType, encode_frame, packet, parse_frame
from firingorder.firmware_bridge.payloads import Ack, Hello
from firingorder.simulation.device import VirtualDevice
from firingorder.simulation.line import FaultyLine
from firingorder.simulation.scenarios import make_body

if TYPE_CHECKING:
    from collections.abc import Callable

    from firingorder.simulation.body import Body
    from firingorder.simulation.faults import FaultPlan
    from firingorder.simulation.settings import DeviceSettings


class Desk:
    """A host with a pencil: sends one command, writes down every frame."""

    def __init__(
        self,
        body: Body | None = None,
        *,
        faults: FaultPlan | None = None,
        settings: DeviceSettings | None = None,
        seed: int = 1,
    ) -> None:
        worn = make_body("rest", seed=seed) if body is None else body
        self.device = VirtualDevice(worn, seed=seed, faults=faults, settings=settings)
        self.line = FaultyLine(self.device)
        self.now_us = 0
        self.frames: list[Frame] = []
        self.raw = bytearray()
        self.bad = 0
        self._token = 0
        self._seq = 0
        self.line.connect(0)
        self.run(0)

    def run(self, us: int) -> list[Frame]:
        """Let time pass and return the frames that arrived."""
        self.now_us += us
        return self._take(self.line.advance(self.now_us))

    def seconds(self, seconds: float, step_us: int = 250_000) -> list[Frame]:
        """Let time pass and keep the device alive."""
        first = len(self.frames)
        end_us = self.now_us + round(1e6 * seconds)
        while self.now_us < end_us:
            self.run(min(step_us, end_us - self.now_us))
            if self.line.up:
                self.send(TimeRequest(self.token(), self.now_us * 1000))
        return self.frames[first:]

    def token(self) -> int:
        """Return a new token."""
        self._token += 1
        return self._token

    def send(self, command: CommandPayload) -> list[Frame]:
        """Send a command and return what comes at once."""
        return self.send_raw(packet(encode_command(command, self._seq)))

    def send_frame(self, kind: int, payload: bytes) -> list[Frame]:
        """Send any frame."""
        return self.send_raw(packet(encode_frame(Frame(kind, seq=self._seq, payload=payload))))

    def send_raw(self, data: bytes) -> list[Frame]:
        """Send any bytes."""
        self._seq = (self._seq + 1) & 0xFFFF
        self.line.write(data, self.now_us)
        return self.run(0)

    def ack(self, command: CommandPayload) -> Ack:
        """Send a command and return its one ACK."""
        return self.only_ack(self.send(command))

    def only_ack(self, frames: list[Frame]) -> Ack:
        """Return the one ACK among frames."""
        acks = [Ack.parse(f.payload) for f in frames if f.type == FrameType.ACK]
        assert len(acks) == 1, acks
        return acks[0]

    def start(self, mask: int = 3) -> Ack:
        """Start streams."""
        return self.ack(StartCommand(self.token(), mask))

    def hello(self) -> Hello:
        """Ask for HELLO."""
        frames = self.send(HelloCommand(self.token()))
        return Hello.parse(next(f.payload for f in frames if f.type == FrameType.HELLO))

    def data(self, stream: int = 0) -> list[Frame]:
        """Return all DATA frames of a stream."""
        return [f for f in self.frames if f.type == FrameType.DATA and f.stream == stream]

    def of(self, kind: FrameType) -> list[Frame]:
        """Return all frames of a type."""
        return [f for f in self.frames if f.type == kind]

    def _take(self, data: bytes) -> list[Frame]:
        self.raw += data
        first = len(self.frames)
        for part in data.split(b"\x00"):
            if part:
                try:
                    self.frames.append(parse_frame(cobs.decode(part)))
                except ValueError:
                    self.bad += 1
        return self.frames[first:]


@pytest.fixture
def desk() -> Callable[..., Desk]:
    """Return a maker of desks."""
    return Desk
