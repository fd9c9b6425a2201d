"""DATA: layout, index, time, rate and flags of every stream (wire_protocol.md sections 4 to 7)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from firingorder.firmware_bridge.conformance.known import Watcher
from firingorder.firmware_bridge.conformance.samples import pattern, raw_samples
from firingorder.firmware_bridge.frame import AckStatus, Command, Flag, FrameType
from firingorder.firmware_bridge.hello import SampleFormat, StreamKindCode
from firingorder.firmware_bridge.payloads import Ack, EventKind, Status

if TYPE_CHECKING:
    from firingorder.firmware_bridge.conformance.known import Known
    from firingorder.firmware_bridge.conformance.wire import Packet
    from firingorder.firmware_bridge.frame import Frame
    from firingorder.firmware_bridge.hello import StreamDescriptor

#: Section 7, plausibility: index and time may differ by this.
_PERIODS = 1.5
_PPM = 200e-6
_HALF = 1 << 31
_MODULUS = 1 << 32
_SATURATED = {SampleFormat.I24: 0.98 * 8_388_607, SampleFormat.I16: 0.98 * 32_767}
PATTERN_TEST = 3
#: A stream is rated only over this many periods: then the tolerance of two stamps is below 1 %.
_LEAST_PERIODS = 300
#: Samples that a device may be behind when it answers STOP.
_BEHIND_SAMPLES = 3
#: The first DATA comes within this of START (section 11, STARTING).
FIRST_DATA_NS = 2_000_000_000


@dataclass(slots=True)
class _Run:
    """One stream from START to STOP. Indices are unwrapped, times are device microseconds."""

    first: tuple[int, int] | None = None
    last: tuple[int, int] | None = None
    expected: int = 0
    short: Packet | None = None
    gaps: int = 0


class DataWatch(Watcher):
    """Follows every stream of every run."""

    def __init__(self, known: Known) -> None:
        super().__init__(known)
        self._runs: dict[int, _Run] = {}
        self._gaps = 0
        self._gaps_at_start = 0
        self._seq: int | None = None
        self._start_token: int | None = None
        self._mask = 0
        self._epoch = 0
        self._started = False
        self._unexplained = 0
        self._missed: tuple[int, int] | None = None
        self._rates: dict[int, tuple[float, float]] = {}
        self._checked_samples = 0
        self._streamed = False

    def rebooted(self) -> None:
        """Forget all runs and counters."""
        self._end_run()
        self._close_missed()
        self._started = False

    def opened(self, t_ns: int) -> None:
        """Expect any number next."""
        self._end_run()
        self._seq = None
        self._started = False

    def heard(self, packet: Packet, frame: Frame) -> None:
        """Judge DATA, and what starts and stops it."""
        if packet.info:
            return
        self._gaps += self._seq is not None and frame.seq != (self._seq + 1) & 0xFFFF
        self._seq = frame.seq
        if frame.type == FrameType.DATA:
            self._data(packet, frame)
        elif frame.type == FrameType.ACK and len(frame.payload) >= 8:
            self._ack(packet, frame)
        elif frame.type == FrameType.EVENT and frame.payload[:1] == bytes((EventKind.STOPPED,)):
            self._end_run()
        elif frame.type == FrameType.STATUS and len(frame.payload) >= 32:
            missed = Status.parse(frame.payload).samples_missed
            first = missed if self._missed is None else self._missed[0]
            self._missed = (first, missed)

    def _ack(self, packet: Packet, frame: Frame) -> None:
        ack = Ack.parse(frame.payload)
        if ack.status != AckStatus.OK:
            return
        if ack.command == Command.START and ack.token != self._start_token:
            self._end_run()
            self._start_token, self._epoch = ack.token, ack.detail & 0xFF
            self._started, self._gaps_at_start = True, self._gaps
        elif ack.command == Command.STOP:
            if self._started and self._runs:
                self._stopped(packet, frame)
            self._end_run()

    def _stopped(self, packet: Packet, frame: Frame) -> None:
        """Nothing that was ready may have been kept back."""
        for sid, run in self._runs.items():
            stream = self.known.stream(sid)
            if stream is None or run.last is None or run.gaps != self._gaps:
                continue  # the frame that is missing may be the one
            period_us = 1e9 / stream.rate_mhz
            behind = (frame.t_us - run.last[1]) / period_us - (run.expected - 1 - run.last[0])
            self.ledger.judge(
                "stop.flush",
                ok=behind < max(_BEHIND_SAMPLES, stream.batch / 4),
                words=f"stream {sid} ends {behind:.1f} samples before the ACK of STOP; its batch"
                f" of {stream.batch} was not sent",
                data=packet.wire,
            )

    def _data(self, packet: Packet, frame: Frame) -> None:
        if self.known.streaming == 0 and self._started:
            self.ledger.bad("stop.flush", "DATA after the streams were stopped", packet.wire)
            return
        stream = self.known.stream(frame.stream)
        if self.known.hello is None:
            return
        self.ledger.judge(
            "data.stream",
            ok=stream is not None,
            words=f"stream {frame.stream} is not in HELLO",
            data=packet.wire,
        )
        if stream is None:
            return
        size = frame.count * stream.channels * stream.width_bytes
        fits = frame.count > 0 and len(frame.payload) == size
        self.ledger.judge(
            "data.length",
            ok=fits,
            words=f"{len(frame.payload)} bytes of payload; {frame.count} x {stream.channels} x"
            f" {stream.width_bytes} are {size}",
            data=packet.wire,
        )
        if not fits:
            return
        if self._started:
            self.ledger.judge(
                "start.epoch",
                ok=frame.epoch == self._epoch,
                words=f"epoch {frame.epoch:02X} in DATA, the ACK of START said {self._epoch:02X}",
                data=packet.wire,
            )
            self._follow(packet, frame, stream)
        self._values(packet, frame, stream)

    def _follow(self, packet: Packet, frame: Frame, stream: StreamDescriptor) -> None:
        """Index, time and batch against the frame before of this stream."""
        ledger, run = self.ledger, self._runs.setdefault(stream.id, _Run(gaps=self._gaps_at_start))
        ledger.judge(
            "data.batch",
            ok=frame.count <= stream.batch,
            words=f"{frame.count} samples, HELLO says batch {stream.batch}",
            data=packet.wire,
        )
        if run.last is None:
            self._first(packet, frame, run)
            return
        jump = (frame.index - run.expected) % _MODULUS
        ledger.judge(
            "data.index",
            ok=jump < _HALF,
            words=f"index {frame.index}, {run.expected} was due",
            data=packet.wire,
        )
        if jump >= _HALF:
            return
        if jump and run.gaps == self._gaps:
            self._unexplained += jump
        if run.short is not None:
            ledger.judge(
                "data.batch",
                ok=bool(jump),
                words=f"a frame of fewer samples than batch {stream.batch}, and no gap behind it",
                data=run.short.wire,
            )
        index = run.expected + jump
        self._time(packet, frame, stream, index)
        self._advance(packet, frame, stream, index)

    def _first(self, packet: Packet, frame: Frame, run: _Run) -> None:
        self.ledger.judge(
            "start.index",
            ok=frame.index == 0 or run.gaps != self._gaps,
            words=f"the first DATA of stream {frame.stream} after START has index {frame.index}",
            data=packet.wire,
        )
        run.first = (frame.index, frame.t_us)
        stream = self.known.stream(frame.stream)
        assert stream is not None
        self._advance(packet, frame, stream, frame.index)

    def _advance(self, packet: Packet, frame: Frame, stream: StreamDescriptor, index: int) -> None:
        self._streamed = True
        run = self._runs[stream.id]
        run.last = (index, frame.t_us)
        run.expected = index + frame.count
        run.short = packet if frame.count < stream.batch else None
        run.gaps = self._gaps

    def _time(self, packet: Packet, frame: Frame, stream: StreamDescriptor, index: int) -> None:
        run = self._runs[stream.id]
        assert run.last is not None
        period_us = 1e9 / stream.rate_mhz
        passed = index - run.last[0]
        error_us = frame.t_us - run.last[1] - passed * period_us
        self.ledger.judge(
            "data.time",
            ok=abs(error_us) <= _PERIODS * period_us + _PPM * passed * period_us,
            words=f"t_us is {error_us:+.0f} us from where {passed} samples later should be"
            f" (index {frame.index})",
            data=packet.wire,
        )

    def _values(self, packet: Packet, frame: Frame, stream: StreamDescriptor) -> None:
        """Judge the flags of the samples, and the digital pattern."""
        test = self.known.selftest
        if self._started:
            self.ledger.judge(
                "data.test_flag",
                ok=bool(frame.flags & Flag.TEST_SIGNAL) == bool(test),
                words=f"flags {frame.flags:02X} with SELFTEST {test}",
                data=packet.wire,
            )
        values = raw_samples(frame, stream)
        if values is None:
            return
        limit = _SATURATED.get(SampleFormat(stream.fmt)) if stream.fmt in _SATURATED else None
        if stream.kind == StreamKindCode.EMG and limit is not None:
            full = bool((np.abs(values) >= limit).sum())
            self.ledger.judge(
                "data.saturation",
                ok=bool(frame.flags & Flag.SATURATED) or not full,
                words=f"a value of {np.abs(values).max():.0f}, and flag b2 is 0",
                data=packet.wire,
            )
        if test == PATTERN_TEST and self._started:
            self._pattern(packet, frame, stream, values)

    def _pattern(
        self,
        packet: Packet,
        frame: Frame,
        stream: StreamDescriptor,
        values: np.ndarray[tuple[int, ...], np.dtype[np.float64]],
    ) -> None:
        run = self._runs.get(stream.id)
        expected = pattern(stream, frame.index, frame.count)
        if expected is None:
            return
        # A device whose index does not begin at 0 has failed by that; its pattern may be right.
        first = 0 if run is None or run.first is None else run.first[0]
        if first and not np.array_equal(values, expected):
            shifted = pattern(stream, max(0, frame.index - first), frame.count)
            expected = expected if shifted is None else shifted
        wrong = np.argwhere(values != expected)
        self._checked_samples += frame.count
        if wrong.size == 0:
            self.ledger.good("selftest.pattern")
            return
        row, channel = (int(value) for value in wrong[0])
        self.ledger.bad(
            "selftest.pattern",
            f"sample {frame.index + row}, channel {channel} of stream {stream.id} is"
            f" {values[row, channel]:.0f}, not {expected[row, channel]:.0f}"
            f" ({len(wrong)} values of this frame are wrong)",
            packet.wire,
        )

    def _end_run(self) -> None:
        """Take the rate of every stream that ran long enough."""
        for sid, run in self._runs.items():
            stream = self.known.stream(sid)
            if stream is None or run.first is None or run.last is None:
                continue
            periods = run.last[0] - run.first[0]
            if periods < _LEAST_PERIODS or run.last[1] <= run.first[1]:
                continue
            rate_hz = periods * 1e6 / (run.last[1] - run.first[1])
            error = rate_hz / stream.rate_hz - 1.0
            limit = _PPM + _PERIODS / periods
            self.ledger.judge(
                "data.rate",
                ok=abs(error) <= limit,
                words=f"stream {sid} has {rate_hz:.3f} Hz on its own clock, HELLO says"
                f" {stream.rate_hz:g} Hz: {1e6 * error:+.0f} ppm, allowed {1e6 * limit:.0f}",
            )
            best = self._rates.get(sid)
            if best is None or periods > best[1]:
                self._rates[sid] = (rate_hz, periods)
        self._runs.clear()

    def _close_missed(self) -> None:
        if self._missed is not None and self._streamed:
            told = self._missed[1] - self._missed[0]
            self.ledger.judge(
                "data.missed",
                ok=self._unexplained <= told,
                words=f"{self._unexplained} samples are missing in the indices between frames that"
                f" follow each other, and samples_missed rose by {told}",
            )
            self.ledger.measure("data.missed", f"{told} samples")
        self._missed, self._unexplained, self._streamed = None, 0, False

    def finish(self, t_ns: int) -> None:
        """Draw the account."""
        self._end_run()
        self._close_missed()
        if self._rates:
            measured = (f"{sid}: {rate:.3f} Hz" for sid, (rate, _) in sorted(self._rates.items()))
            self.ledger.measure("data.rate", ", ".join(measured) + " on the device clock")
        if self._checked_samples:
            self.ledger.measure("selftest.pattern", f"{self._checked_samples} samples")
