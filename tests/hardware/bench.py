"""Runs a firmware, and talks to it as a host would, byte by byte.

Every wait is for an event and has a limit that only a broken device reaches; nothing sleeps.
"""

from __future__ import annotations

import contextlib
import json
import os
import select
import socket
import subprocess
import time
from collections import deque
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

from firingorder.firmware_bridge import cobs
from firingorder.firmware_bridge.commands import (
    CommandPayload,
    HelloCommand,
    SelfTestCommand,
    StopCommand,
    encode_command,
)
from firingorder.firmware_bridge.frame import (
    AckStatus,
    Frame,
    FrameFault,
    FrameType,
    packet,
    parse_frame,
)
from firingorder.firmware_bridge.payloads import Ack, DeviceEvent, Hello, Status
from tests.hardware.toolchain import arm_firmware, posix_firmware
from tests.programs import Program

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

#: `make firmware-test` runs longer: what is waited for is device time.
LONG = os.environ.get("FIRMWARE_LONG") == "1"
DURATION_S = 20.0 if LONG else 1.5
ROOT = Path(__file__).resolve().parents[2]
#: wire_protocol.md section 6 asks tests to wait 5 s for an answer; a loaded machine gets more.
ANSWER_LIMIT_S = 30.0
#: wire_protocol.md section 11: HELLO every second; here more often than five times.
_HELLO_PERIOD_S = 1.0
_HELLO_TRIES = 30
_ENDING_LIMIT_S = 10.0
_RECORD_LIMIT_S = 300.0


class PosixFirmware:
    """The firmware as a process; ``address`` is the device address that it printed."""

    def __init__(self, *options: str) -> None:
        self._process = subprocess.Popen(
            [posix_firmware(), *options],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        self.address = self._line()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        with contextlib.suppress(BrokenPipeError):
            self._process.stdin.close()
        self._process.terminate()
        self._process.wait(_ENDING_LIMIT_S)
        self._process.stdout.close()

    @property
    def pid(self) -> int:
        """The process, for signals."""
        return self._process.pid

    def tell(self, line: str) -> None:
        """Have something happen to the board; returns when it has."""
        self.ask_without_waiting(line)
        assert self._line() == "done"

    def ask_without_waiting(self, line: str) -> None:
        """Write a line that the process reads when it can."""
        assert self._process.stdin is not None
        self._process.stdin.write(line + "\n")
        self._process.stdin.flush()

    def _line(self) -> str:
        assert self._process.stdout is not None
        line = self._process.stdout.readline().strip()
        assert line, f"the firmware ended with {self._process.poll()}"
        return line


_CONNECT = ("-monitor", "stdio", "-serial", "chardev:uart", "-chardev")
#: The machine that QEMU emulates for each build.
MACHINES = {"mps2": "mps2-an386", "f405": "netduinoplus2"}


class QemuFirmware:
    """The firmware on an emulated Cortex-M4; its UART is a TCP port on this computer."""

    def __init__(self, board: str) -> None:
        image = arm_firmware(board)
        with socket.socket() as listener:
            # Opened here and handed over, so no other program can take the port in between.
            listener.bind(("127.0.0.1", 0))
            listener.listen()
            self.address = f"tcp://127.0.0.1:{listener.getsockname()[1]}"
            uart = f"socket,id=uart,fd={listener.fileno()},server=on,wait=off,nodelay=on"
            command = ["qemu-system-arm", "-M", MACHINES[board], "-display", "none"]
            self._process = subprocess.Popen(
                [*command, "-kernel", image, *_CONNECT, uart],
                pass_fds=[listener.fileno()],
                stdin=subprocess.PIPE,
                stdout=subprocess.DEVNULL,
                text=True,
            )

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        with contextlib.suppress(BrokenPipeError):
            self._monitor("quit")
        try:
            self._process.wait(_ENDING_LIMIT_S)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        assert self._process.stdin is not None
        with contextlib.suppress(BrokenPipeError):
            self._process.stdin.close()

    def reset(self) -> None:
        """Press the machine's reset button."""
        self._monitor("system_reset")

    def _monitor(self, line: str) -> None:
        assert self._process.stdin is not None
        self._process.stdin.write(line + "\n")
        self._process.stdin.flush()


@dataclass
class Arrived:
    """What a peer has received: frames in their order, and packets that were none."""

    frames: list[Frame]
    bad: int = 0


class Peer:
    """A host of few words on ``serial:PATH`` or ``tcp://HOST:PORT``."""

    def __init__(self, address: str) -> None:
        if address.startswith("serial:"):
            self._fd = os.open(address.removeprefix("serial:"), os.O_RDWR | os.O_NOCTTY)
            self._socket = None
        else:
            host, _, port = address.removeprefix("tcp://").partition(":")
            self._socket = socket.create_connection((host, int(port)), timeout=ANSWER_LIMIT_S)
            self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            self._fd = self._socket.fileno()
        os.set_blocking(self._fd, False)
        self.arrived = Arrived([])
        self._buffer = b""
        self._waiting: deque[bytes] = deque()
        self._seq = 0
        self._token = 0
        self.write(b"\0")

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        if self._socket is not None:
            self._socket.close()
        else:
            os.close(self._fd)

    def write(self, data: bytes) -> None:
        """Send bytes as they are."""
        while data:
            select.select([], [self._fd], [], ANSWER_LIMIT_S)
            data = data[os.write(self._fd, data) :]

    def send(self, command: CommandPayload) -> None:
        """Send a command."""
        self._seq += 1
        self.write(packet(encode_command(command, self._seq)))

    def frames(self, limit_s: float | None = None) -> Iterator[Frame]:
        """Yield frames as they come, for ``limit_s``; without a limit a long wait is a failure."""
        end_s = time.monotonic() + (ANSWER_LIMIT_S if limit_s is None else limit_s)
        while True:
            while self._waiting:
                raw = self._waiting.popleft()
                try:
                    frame = parse_frame(cobs.decode(raw))
                except (FrameFault, ValueError):
                    self.arrived.bad += 1
                    continue
                self.arrived.frames.append(frame)
                yield frame
            left_s = end_s - time.monotonic()
            if left_s <= 0:
                assert limit_s is not None, "the device did not say what was waited for"
                return
            if select.select([self._fd], [], [], left_s)[0]:
                data = os.read(self._fd, 65536)
                assert data, "the device closed the link"
                *packets, self._buffer = (self._buffer + data).split(b"\0")
                self._waiting += filter(None, packets)

    def next(self, kind: int) -> Frame:
        """Return the next frame of a type."""
        return next(frame for frame in self.frames() if frame.type == kind)

    def ask(self, make: Callable[[int], CommandPayload]) -> Ack:
        """Send the command that ``make`` makes of a fresh token; return its ACK."""
        self._token += 1
        self.send(make(self._token))
        while True:
            ack = Ack.parse(self.next(FrameType.ACK).payload)
            if ack.token == self._token:
                return ack

    def hello(self) -> Hello:
        """Ask who it is, again and again: what comes before a UART is enabled is lost."""
        self._token += 1
        for _ in range(_HELLO_TRIES):
            self.send(HelloCommand(self._token))
            hello: Hello | None = None
            for frame in self.frames(_HELLO_PERIOD_S):
                if frame.type == FrameType.HELLO:
                    hello = Hello.parse(frame.payload)
                elif frame.type == FrameType.ACK and hello is not None:
                    return hello
        raise AssertionError("the device does not answer HELLO")

    def status(self) -> Status:
        """Return the next STATUS."""
        return Status.parse(self.next(FrameType.STATUS).payload)

    def event(self, kind: int) -> DeviceEvent:
        """Return the next EVENT of a kind."""
        while True:
            event = DeviceEvent.parse(self.next(FrameType.EVENT).payload)
            if event.kind == kind:
                return event


class Recorder:
    """``firingorder record`` as a process; its event lines tell how far it is."""

    def __init__(self, address: str, out: Path, duration_s: float) -> None:
        self.lines: list[dict[str, Any]] = []
        self._program = Program(
            *("record", "--device", address, "--out", str(out)),
            *("--duration", str(duration_s), "--events", "-"),
        )

    def until_streaming(self) -> None:
        """Return when the first samples have arrived."""
        while text := self._program.stdout.readline():
            self.lines.append(json.loads(text))
            if self.lines[-1].get("state") == "streaming":
                return
        raise AssertionError(f"it never streamed: {self.finish()}")

    def finish(self) -> tuple[int, str]:
        """Return exit status and stderr when it has ended."""
        out, err = self._program.communicate(timeout=_RECORD_LIMIT_S)
        self.lines += [json.loads(text) for text in out.splitlines()]
        return self._program.wait(), err

    @property
    def summary(self) -> dict[str, Any]:
        """The last line."""
        assert self.lines[-1]["event"] == "summary"
        return self.lines[-1]

    def of(self, kind: str) -> list[dict[str, Any]]:
        """Return the lines of a kind."""
        return [line for line in self.lines if line["event"] == kind]


def record(address: str, out: Path, duration_s: float) -> Recorder:
    """Record to the end, which must be a good one."""
    recorder = Recorder(address, out, duration_s)
    status, err = recorder.finish()
    assert status == 0, err
    return recorder


def select_test(address: str, mode: int) -> None:
    """Have a device stop and select a self-test, on a connection of its own."""
    with Peer(address) as peer:
        peer.hello()
        assert peer.ask(StopCommand).status == AckStatus.OK
        assert peer.ask(lambda token: SelfTestCommand(token, mode)).status == AckStatus.OK
