"""Frames of one stream become chunks and gaps of the session (wire_protocol.md section 7)."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from firingorder.firmware_bridge.convert import emg_arrays, imu_arrays
from firingorder.firmware_bridge.frame import Flag, Frame
from firingorder.firmware_bridge.items import StreamStats
from firingorder.samples import EmgChunk, Gap, GapKind, ImuChunk, StreamKind

if TYPE_CHECKING:
    from firingorder.firmware_bridge.payloads import StreamDescriptor

_INDEX_MODULUS = 1 << 32
#: As a plain number: arithmetic of flags costs more than the rest of a frame's bookkeeping.
_SATURATED = int(Flag.SATURATED)
#: Section 7, plausibility of index against time.
PLAUSIBLE_PERIODS = 1.5
PLAUSIBLE_RATE_ERROR = 200e-6
#: Within this long, sample times run at the nominal rate from one device time stamp; then the next
#: stamp is taken. At 50 ppm (section 9) the step is 50 µs. The places depend on the sample index
#: only, so that times do not depend on how the stream was cut into reads.
ANCHOR_PERIOD_S = 1.0
#: What the host slept through lies before this long behind the sleep: until then a device with the
#: largest ring (64 kB, section 10: 2.2 s) has sent what it had kept, whatever the link.
WAKING_S = 5.0
#: A rate from less than this would mostly show the jitter of two time stamps.
_MIN_RATE_SPAN_US = 1_000_000

Chunk = EmgChunk | ImuChunk


@dataclass(slots=True)
class _Run:
    """Frames that follow one another, not yet converted."""

    index0: int
    t0_us: float
    payloads: list[bytes] = field(default_factory=list[bytes])
    counts: list[int] = field(default_factory=list[int])
    saturated: list[bool] = field(default_factory=list[bool])


class StreamAssembler:
    """Put the frames of one stream in order, over losses, repetitions and outages.

    Times given to :meth:`add` are session microseconds of the frame's first sample, group delay
    removed. ``received + lost + outage == next_index`` holds at all times.

    Attributes
    ----------
    placed_by_host
        The next segment is placed by the clock of the host: the outage before it is an estimate.
    """

    def __init__(self, kind: StreamKind, descriptor: StreamDescriptor) -> None:
        self.kind: StreamKind = kind
        self.next_index = 0
        self.t_next_us: float | None = None
        self.samples = 0
        self.lost_samples = 0
        self.outage_samples = 0
        self.duplicates = 0
        self.time_disagreements = 0
        self.placed_by_host = False
        self._asleep_until_us = -math.inf
        self.describe(descriptor)

    def describe(self, descriptor: StreamDescriptor) -> None:
        """Take over a new descriptor; the session grid goes on at its rate."""
        self.descriptor = descriptor
        self._period_us = 1e9 / descriptor.rate_mhz
        self._anchor_samples = max(1, round(ANCHOR_PERIOD_S * 1e6 / self._period_us))
        self._sample_bytes = descriptor.channels * descriptor.width_bytes
        self._measured_hz = descriptor.rate_hz
        self._run: _Run | None = None
        self._out: list[Chunk | Gap] = []
        self.close_segment()

    def close_segment(self) -> None:
        """Expect nothing: what comes next begins a segment, and what lies between is an outage."""
        self._expected: int | None = None
        self._segment: tuple[int, float] = (0, 0.0)
        self._anchor: tuple[int, float] = (0, 0.0)

    def suspended(self, slept_us: float) -> None:
        """Note that nobody listened for so long, on a link that may have stayed open.

        What was under way before comes first. The hole behind it is as long as the index says, and
        is an outage, not a loss.
        """
        if self.t_next_us is not None:
            self._asleep_until_us = self.t_next_us + slept_us + WAKING_S * 1e6

    def fits(self, frame: Frame) -> bool:
        """Return whether the payload has the length that descriptor and count demand."""
        return 0 < frame.count and len(frame.payload) == frame.count * self._sample_bytes

    def add(self, frame: Frame, t_us: float) -> None:
        """Append a frame whose first sample lies at ``t_us``."""
        missing = 0
        kind: GapKind = "loss"
        broken = False
        if self._expected is None:
            kind = "outage"
            broken = True
            if self.t_next_us is not None:
                missing = max(0, round((t_us - self.t_next_us) / self._period_us))
        else:
            judged = self._judge(frame.index, t_us)
            if judged is None:
                self.duplicates += 1
                return
            missing, broken = judged
            if missing and self.t_next_us is not None and self.t_next_us < self._asleep_until_us:
                kind = "outage"
        self._append(frame, t_us, missing, kind, broken)

    def take(self) -> list[Chunk | Gap]:
        """Return what has been put in order since the last call."""
        self._flush()
        out, self._out = self._out, []
        return out

    def stats(self) -> StreamStats:
        """Return the accounting so far."""
        return StreamStats(
            kind=self.kind,
            rate_hz=self.descriptor.rate_hz,
            rate_measured_hz=self._measured_hz,
            samples=self.samples,
            lost_samples=self.lost_samples,
            outage_samples=self.outage_samples,
            duplicates=self.duplicates,
            time_disagreements=self.time_disagreements,
        )

    def _judge(self, index: int, t_us: float) -> tuple[int, bool] | None:
        """Return missing samples and whether index and time disagree; None for a repetition."""
        assert self._expected is not None
        assert self.t_next_us is not None
        ahead = (index - self._expected) % _INDEX_MODULUS
        if ahead >= _INDEX_MODULUS // 2:
            ahead -= _INDEX_MODULUS
        by_index_us = ahead * self._period_us
        by_time_us = t_us - self.t_next_us
        tolerance_us = PLAUSIBLE_PERIODS * self._period_us
        tolerance_us += PLAUSIBLE_RATE_ERROR * abs(by_index_us)
        if abs(by_time_us - by_index_us) <= tolerance_us:
            return (ahead, False) if ahead >= 0 else None
        if ahead < 0 and by_time_us < -PLAUSIBLE_PERIODS * self._period_us:
            return None  # old by both measures
        self.time_disagreements += 1
        return max(0, round(by_time_us / self._period_us)), True

    def _append(self, frame: Frame, t_us: float, missing: int, kind: GapKind, broken: bool) -> None:
        index = self.next_index + missing
        if missing:
            self._flush()
            self._mark_gap(kind, missing, t_us)
        begins = self._expected is None
        self.placed_by_host = False
        if broken or missing or index - self._anchor[0] >= self._anchor_samples:
            self._flush()
            self._anchor = (index, t_us)
        if begins:
            self._segment = (index, t_us)
        elif t_us - self._segment[1] >= _MIN_RATE_SPAN_US:
            self._measured_hz = (index - self._segment[0]) / (t_us - self._segment[1]) * 1e6
        if self._run is None:
            since_anchor = (index - self._anchor[0]) * self._period_us
            self._run = _Run(index, self._anchor[1] + since_anchor)
        self._run.payloads.append(frame.payload)
        self._run.counts.append(frame.count)
        self._run.saturated.append(bool(frame.flags & _SATURATED))
        self.samples += frame.count
        self.next_index = index + frame.count
        self._expected = (frame.index + frame.count) % _INDEX_MODULUS
        self.t_next_us = t_us + frame.count * self._period_us

    def _mark_gap(self, kind: GapKind, missing: int, t_us: float) -> None:
        assert self.t_next_us is not None
        if kind == "loss":
            self.lost_samples += missing
        else:
            self.outage_samples += missing
        start_s, uncertain = self.t_next_us * 1e-6, self.placed_by_host
        self._out.append(
            Gap(self.kind, kind, self.next_index, missing, start_s, t_us * 1e-6, uncertain)
        )

    def _flush(self) -> None:
        run, self._run = self._run, None
        if run is None:
            return
        payload = b"".join(run.payloads)
        t0_s = run.t0_us * 1e-6
        rate_hz = self.descriptor.rate_hz
        if self.kind == "emg":
            flags = (run.saturated, run.counts)
            emg_uv, saturated = emg_arrays(payload, self.descriptor, flags)
            self._out.append(EmgChunk(run.index0, t0_s, rate_hz, emg_uv, saturated))
        else:
            acc, gyr = imu_arrays(payload, self.descriptor)
            self._out.append(ImuChunk(run.index0, t0_s, rate_hz, acc, gyr))
