"""Header, numbers and loss of all frames (wire_protocol.md sections 1, 4, 7 and 9)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from firingorder.firmware_bridge.conformance.known import Watcher
from firingorder.firmware_bridge.frame import Flag, FrameType
from firingorder.firmware_bridge.payloads import Status

if TYPE_CHECKING:
    from firingorder.firmware_bridge.conformance.known import Known
    from firingorder.firmware_bridge.conformance.wire import Packet
    from firingorder.firmware_bridge.frame import Frame

_KNOWN_TYPES = frozenset[int](FrameType)
_RESERVED_FLAG = 0x80
#: A number this little behind the expected one repeats; beyond it something was lost.
_REPEAT_WINDOW = 1024
_SEQ_MODULUS = 1 << 16
#: DATA and other frames of one clock: samples may have waited in a ring of two seconds
#: (section 9), and none may come before it was taken.
_OLDEST_DATA_US = 2_500_000


class HeaderWatch(Watcher):
    """Fields of the header that stand alone."""

    def __init__(self, known: Known) -> None:
        super().__init__(known)
        self._newest_us: int | None = None

    def rebooted(self) -> None:
        """Expect a clock that began anew."""
        self._newest_us = None

    def heard(self, packet: Packet, frame: Frame) -> None:
        """Judge the header of a frame."""
        ledger, raw = self.ledger, packet.wire
        for clause in ("stream.cobs", "frame.size", "frame.crc", "frame.magic"):
            if clause == "stream.cobs" and self.known.framing != "cobs":
                continue
            if all(fault.clause != clause for fault in packet.faults):
                ledger.good(clause)
        known = self.known
        if known.epoch is not None and not (packet.info or known.may_raise_epoch):
            ledger.judge(
                "start.epoch",
                ok=frame.epoch == known.epoch,
                words=f"epoch {frame.epoch:02X} after {known.epoch:02X}, without START or reset",
                data=raw,
            )
        minor = 0 if self.known.hello is None else self.known.hello.proto_minor
        ledger.judge(
            "frame.type",
            ok=frame.type in _KNOWN_TYPES or minor > 0,
            words=f"frame type {frame.type:02X}",
            data=raw,
        )
        ledger.judge(
            "frame.flags",
            ok=not frame.flags & _RESERVED_FLAG,
            words=f"flags are {frame.flags:02X}: bit 7 stands",
            data=raw,
        )
        if frame.type == FrameType.DATA:
            self._data_clock(packet, frame)
            return
        self._others(packet, frame)

    def _others(self, packet: Packet, frame: Frame) -> None:
        ledger, raw = self.ledger, packet.wire
        ledger.judge(
            "frame.reserved",
            ok=not (frame.stream or frame.count or frame.index),
            words=f"stream {frame.stream}, count {frame.count}, index {frame.index} in a frame of"
            f" type {frame.type:02X}; all three are 0 outside DATA",
            data=raw,
        )
        if packet.info:
            return
        if self._newest_us is not None:
            ledger.judge(
                "frame.time",
                ok=frame.t_us >= self._newest_us,
                words=f"t_us {frame.t_us} after {self._newest_us}",
                data=raw,
            )
        self._newest_us = max(frame.t_us, self._newest_us or 0)

    def _data_clock(self, packet: Packet, frame: Frame) -> None:
        stream = self.known.stream(frame.stream)
        if self._newest_us is None or stream is None or not frame.count:
            return
        last_us = frame.t_us + (frame.count - 1) * 1e9 / stream.rate_mhz
        age_us = self._newest_us - last_us
        # The newest other frame is up to a second old; a sample is never older than the ring.
        self.ledger.judge(
            "frame.clock",
            ok=-_OLDEST_DATA_US <= age_us <= _OLDEST_DATA_US,
            words=f"t_us {frame.t_us} of samples beside {self._newest_us} of the frame before",
            data=packet.wire,
        )


class SequenceWatch(Watcher):
    """Sequence numbers, and what was lost by whose account."""

    def __init__(self, known: Known) -> None:
        super().__init__(known)
        self.gaps = 0
        self._expected: int | None = None
        self._excused = 0
        self._rejected = 0
        self._first_report: tuple[int, int] | None = None
        self._told: list[tuple[int, int]] = []
        self._marked = 0
        self._last_wire = b""

    @property
    def unexplained(self) -> int:
        """Frames that are missing and are not packets that came damaged."""
        return self.gaps - self._excused

    def opened(self, t_ns: int) -> None:
        """Expect any number."""
        self._expected = None
        self._close()

    def rebooted(self) -> None:
        """Expect any number."""
        self._expected = None
        self._close()

    def rejected(self, packet: Packet) -> None:
        """Excuse one missing frame: it came, but damaged."""
        self._rejected += 1

    def heard(self, packet: Packet, frame: Frame) -> None:
        """Compare the number with the one before."""
        if packet.info:
            return
        if self._expected is None:
            self._expected = frame.seq
        ahead = (frame.seq - self._expected) % _SEQ_MODULUS
        repeats = ahead >= _SEQ_MODULUS - _REPEAT_WINDOW
        self.ledger.judge(
            "frame.seq",
            ok=not repeats,
            words=f"number {frame.seq} again or going back, {self._expected} was due (frame type"
            f" {frame.type:02X})",
            data=packet.wire,
        )
        if not repeats:
            self.gaps += ahead
            self.known.lost += ahead
            if ahead:
                self.known.streaming = None  # the answer that changed it may be missing
            if ahead:
                self._last_wire = packet.wire
            self._excused += min(ahead, self._rejected)
            if frame.flags & Flag.DROPPED:
                self._marked += 1
        self._rejected = 0
        self._expected = (frame.seq + 1) % _SEQ_MODULUS
        if frame.type == FrameType.STATUS:
            self._status(frame)

    def _status(self, frame: Frame) -> None:
        try:
            dropped = Status.parse(frame.payload).frames_dropped
        except ValueError:
            return
        if self._first_report is None:
            self._first_report = (self.unexplained, dropped)
            self._marked = 0
        self._told.append((self.unexplained, dropped))
        del self._told[:-1]

    def _close(self) -> None:
        """Compare both accounts over one boot and connection."""
        if self._first_report is None or not self._told:
            return
        (before, told_before), (after, told_after) = self._first_report, self._told[-1]
        self._first_report = None
        self._told.clear()
        lost, told = after - before, told_after - told_before
        self.ledger.judge(
            "loss.frames",
            ok=lost == told,
            words=f"{lost} frames are missing in the numbers, and frames_dropped rose by {told}",
            data=self._last_wire,
        )
        self.ledger.measure("loss.frames", f"{self.unexplained} frames lost")
        if told:
            self.ledger.judge(
                "loss.flag",
                ok=self._marked > 0,
                words=f"frames_dropped rose by {told}, and no frame had flag b0",
            )
        else:
            self.ledger.skip("loss.flag", "the device dropped no frame")

    def finish(self, t_ns: int) -> None:
        """Compare both accounts."""
        self._close()
