"""ACK and TIME_RSP: one for each command, and with its token.

Source: wire_protocol.md sections 5 and 6.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from firingorder.firmware_bridge.conformance.known import Watcher
from firingorder.firmware_bridge.frame import AckStatus, Command, FrameType
from firingorder.firmware_bridge.payloads import Ack, DeviceEvent, EventKind, TimeResponse

if TYPE_CHECKING:
    from firingorder.firmware_bridge.conformance.known import Known, Written
    from firingorder.firmware_bridge.conformance.wire import Packet
    from firingorder.firmware_bridge.frame import Frame

ACK_BYTES = 8
TIME_BYTES = 28
#: Section 6: a host waits this long, then it asks again.
ANSWER_NS = 1_000_000_000


@dataclass(slots=True)
class _Asked:
    written: Written
    writes: int = 1
    answers: int = 0
    unanswerable: bool = False
    t1_ns: set[int] = field(default_factory=set[int])


class AnswerWatch(Watcher):
    """Keeps account of every token."""

    def __init__(self, known: Known) -> None:
        super().__init__(known)
        self._asked: dict[tuple[int, int], _Asked] = {}
        self._slowest_ns = 0
        self._last_times: tuple[int, int] | None = None

    def wrote(self, written: Written) -> None:
        """Expect one more answer."""
        if not written.valid:
            return
        asked = self._asked.setdefault((written.token, written.code), _Asked(written, writes=0))
        asked.writes += 1
        asked.written = written
        if written.code == Command.START:
            self.known.may_raise_epoch = True
        if written.code == Command.TIME_REQ:
            asked.t1_ns.add(int.from_bytes(written.payload[4:12], "little"))

    def excuse(self, token: int, code: int) -> None:
        """Expect no answer after all: the device was in a reset, or the link was closed."""
        if (asked := self._asked.get((token, code))) is not None:
            asked.unanswerable = True

    def rebooted(self) -> None:
        """Expect times that begin anew."""
        self._last_times = None

    def heard(self, packet: Packet, frame: Frame) -> None:
        """Judge an answer."""
        if frame.type == FrameType.ACK:
            self._ack(packet, frame)
        elif frame.type == FrameType.TIME_RSP:
            self._time(packet, frame)
        elif frame.type == FrameType.EVENT and len(frame.payload) >= 16:
            if DeviceEvent.parse(frame.payload).kind == EventKind.STOPPED:
                self.known.streaming = 0

    def _ack(self, packet: Packet, frame: Frame) -> None:
        if not self._has_size(packet, frame, "ack.layout", "ACK", ACK_BYTES):
            return
        ack = Ack.parse(frame.payload)
        asked = self._answered(packet, ack.token, ack.command)
        self.ledger.judge(
            "ack.layout",
            ok=asked is not None and ack.status <= AckStatus.BUSY,
            words=f"ACK of token {ack.token:04X}, command {ack.command:02X}, status {ack.status}:"
            " no such command was sent, or no such status is known",
            data=packet.wire,
        )
        if ack.command == Command.START:
            self.known.may_raise_epoch = False
        if asked is None or ack.status != AckStatus.OK:
            return
        if ack.command == Command.START:
            self.known.streaming = int.from_bytes(asked.written.payload[4:8], "little")
        elif ack.command in (Command.STOP, Command.REBOOT):
            self.known.streaming = 0
        elif ack.command == Command.SELFTEST:
            self.known.selftest = asked.written.payload[2]

    def _time(self, packet: Packet, frame: Frame) -> None:
        if not self._has_size(packet, frame, "time.echo", "TIME_RSP", TIME_BYTES):
            return
        answer = TimeResponse.parse(frame.payload)
        asked = self._answered(packet, answer.token, Command.TIME_REQ)
        self.ledger.judge(
            "time.echo",
            ok=asked is not None and answer.t1_ns in asked.t1_ns,
            words=f"token {answer.token:04X} with t1 {answer.t1_ns}: no such request was sent",
            data=packet.wire,
        )
        falls = self._last_times is not None and (
            answer.t2_us < self._last_times[0] or answer.t3_us < self._last_times[1]
        )
        self._last_times = (answer.t2_us, answer.t3_us)
        self.ledger.judge(
            "time.order",
            ok=answer.t2_us <= answer.t3_us <= frame.t_us and not falls,
            words=f"t2 {answer.t2_us}, t3 {answer.t3_us}, frame built at {frame.t_us}",
            data=packet.wire,
        )
        reserved = frame.payload[2:4]
        self.ledger.judge(
            "frame.reserved",
            ok=reserved == b"\x00\x00",
            words=f"the reserved field of TIME_RSP is {reserved.hex()}",
            data=packet.wire,
        )

    def _has_size(
        self, packet: Packet, frame: Frame, clause: str, name: str, size_bytes: int
    ) -> bool:
        size = len(frame.payload)
        minor = 0 if self.known.hello is None else self.known.hello.proto_minor
        if size == size_bytes or (size > size_bytes and minor > 0):
            return True
        words = f"{name} has {size} bytes of payload, not {size_bytes}"
        self.ledger.bad(clause, words, packet.wire)
        return False

    def _answered(self, packet: Packet, token: int, code: int) -> _Asked | None:
        asked = self._asked.get((token, code))
        if asked is None:
            return None
        asked.answers += 1
        self.known.answered = True
        waited_ns = packet.t_ns - asked.written.t_ns
        self._slowest_ns = max(self._slowest_ns, waited_ns)
        self.ledger.judge(
            "command.one_answer",
            ok=asked.answers <= asked.writes and waited_ns <= ANSWER_NS,
            words=f"answer {asked.answers} to command {code:02X}, token {token:04X}, which was"
            f" sent {asked.writes} times; {waited_ns * 1e-6:.0f} ms after it",
            data=packet.wire,
        )
        return asked

    def finish(self, t_ns: int) -> None:
        """Name what was not answered."""
        missing = [
            one for one in self._asked.values() if one.answers < one.writes and not one.unanswerable
        ]
        # As many answers as frames were lost may be among those.
        for one in missing[self.known.rejected + self.known.lost :]:
            code = one.written.code
            words = f"command {code:02X} was sent {one.writes} times and answered {one.answers}"
            self.ledger.bad("command.one_answer", words, one.written.wire)
        if self._slowest_ns:
            slowest = f"slowest answer after {self._slowest_ns * 1e-6:.1f} ms"
            self.ledger.measure("command.one_answer", slowest)
