"""The streams of the virtual device: which run, when the next frame is complete, what it holds."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

from firingorder.firmware_bridge.frame import MAX_PAYLOAD_BYTES, Flag
from firingorder.firmware_bridge.payloads import (
    STATE_FAULT,
    STATE_IDLE,
    STATE_INTERLOCK,
    STATE_STREAMING,
)
from firingorder.simulation.sampler import (
    EMG_STREAM,
    IMU_STREAM,
    Batch,
    EmgFrontEnd,
    ImuFrontEnd,
    Sampler,
    SelfTest,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

    from firingorder.firmware_bridge.payloads import SampleFormat, StreamDescriptor
    from firingorder.simulation.body import Body
    from firingorder.simulation.settings import DeviceSettings

#: Rounding a rate such as 2148.1481 Hz to mHz is off by less than this in an hour.
ROUNDED_SAMPLES = 0.25
#: An edge is remembered for longer than any frame takes to fill: 5 samples at 100 Hz are 50 ms.
KEEP_EDGES_US = 1_000_000.0


@dataclass(frozen=True, slots=True)
class Ready:
    """One DATA frame to be sent: its samples, when the first was ready, and its own flags."""

    stream: int
    batch: Batch
    first_us: float
    flags: int


class Streams:
    """EMG and inertial stream of one boot, on the grid that begins at the body's origin.

    All times are microseconds since the body's origin.
    """

    def __init__(self, body: Body, settings: DeviceSettings, seed: int) -> None:
        self.body = body
        self.emg = EmgFrontEnd(body, settings, seed)
        self.selftest = SelfTest.BODY
        self.samples_missed = 0
        self.ended = False
        self.sync_edges_us: list[float] = []
        self._imu = ImuFrontEnd(settings)
        self._settings = settings
        self._saturated = 0
        self.samplers: list[Sampler] = []
        self.configure(body, settings.emg_format)

    @property
    def running(self) -> bool:
        """Whether any stream runs."""
        return any(sampler.running for sampler in self.samplers)

    def configure(self, body: Body, fmt: SampleFormat) -> None:
        """Take rates from ``body`` and set the EMG format."""
        self.body = body
        self.emg.fmt = fmt
        settings = self._settings
        samples = self.emg.frame_samples()
        self.samplers = [
            Sampler(EMG_STREAM, body.emg_rate_hz, samples, settings.emg_group_delay_us)
        ]
        if body.imu_rate_hz is not None:
            delay_us = settings.imu_group_delay_us
            self.samplers.append(
                Sampler(IMU_STREAM, body.imu_rate_hz, settings.imu_batch, delay_us)
            )

    def limit_payload(self, payload_bytes: int) -> None:
        """Let no EMG frame carry more than ``payload_bytes``; the batch becomes shorter."""
        self.emg.payload_bytes = min(payload_bytes, MAX_PAYLOAD_BYTES)
        self.configure(self.body, self.emg.fmt)

    def descriptors(self) -> tuple[StreamDescriptor, ...]:
        """Return what HELLO says of the streams."""
        out = [self.emg.descriptor(self.samplers[EMG_STREAM])]
        if len(self.samplers) > 1:
            out.append(self._imu.descriptor(self.body, self.samplers[IMU_STREAM]))
        return tuple(out)

    def start(self, mask: int, now_us: float) -> None:
        """Start the streams of ``mask`` with index 0."""
        self.emg.begin()
        for sampler in self.samplers:
            if mask >> sampler.stream & 1:
                sampler.begin(now_us)

    def stop(self, now_us: float) -> Iterator[Ready]:
        """Stop all streams and return what their batches under way hold."""
        for sampler in self.samplers:
            if sampler.running:
                yield from self._take(sampler, sampler.ready_count(now_us))
            sampler.running = False

    def next_ready_us(self) -> tuple[float, Sampler] | None:
        """Return the stream whose frame is complete first, and when."""
        ready = [
            (sampler.batch_ready_us(self._end_k(sampler)), sampler)
            for sampler in self.samplers
            if sampler.running
        ]
        return min(ready, key=lambda pair: pair[0]) if ready else None

    def take_batch(self, sampler: Sampler) -> Iterator[Ready]:
        """Return the complete frame of a stream; the last one of a recorded body is short."""
        end_k = self._end_k(sampler)
        left = sampler.batch if end_k is None else end_k - sampler.next_k
        yield from self._take(sampler, min(sampler.batch, left))
        if end_k is not None and sampler.next_k >= end_k:
            sampler.running = False
            self.ended = not self.running

    def leads_off(self, now_us: float) -> int:
        """Return which negative electrodes are off, a bit per channel.

        A body knows pads, not which of the two electrodes of a pair: it is the negative one.
        """
        if self.selftest != SelfTest.BODY:
            return 0
        states = self.body.lead_off(now_us / 1e6)
        return sum(1 << k for k, off in enumerate(states) if off)

    def state(self, *, vbus: bool) -> int:
        """Return STATUS.state; with a supply present the electrodes may not be used."""
        if self.running:
            return STATE_STREAMING
        if self.ended:
            return STATE_FAULT
        if vbus and self.selftest == SelfTest.BODY:
            return STATE_INTERLOCK
        return STATE_IDLE

    def take_saturated(self) -> int:
        """Return which channels were saturated since the last call, a bit per channel."""
        saturated, self._saturated = self._saturated, 0
        return saturated

    def _end_k(self, sampler: Sampler) -> int | None:
        if self.body.duration_s is None:
            return None
        # A rate is rounded to mHz on the wire: that must not make a sample more of a long file.
        return math.ceil(self.body.duration_s * sampler.rate_mhz / 1000.0 - ROUNDED_SAMPLES)

    def _take(self, sampler: Sampler, n: int) -> Iterator[Ready]:
        """Return ``n`` samples of a stream, in several frames where samples are missing."""
        if n <= 0:
            return
        front = self.emg if sampler.stream == EMG_STREAM else self._imu
        sent = 0
        for batch in front.batches(self.body, sampler, n, self.selftest):
            first_us = sampler.stamp_us(sampler.first_k + batch.index)
            yield Ready(sampler.stream, batch, first_us, self._flags(sampler, batch, first_us))
            sent += batch.count
        self.samples_missed += n - sent
        sampler.next_k += n

    def _flags(self, sampler: Sampler, batch: Batch, first_us: float) -> int:
        flags = 0 if self.selftest == SelfTest.BODY else Flag.TEST_SIGNAL
        if any(batch.saturated):
            flags |= Flag.SATURATED
            self._saturated |= sum(1 << k for k, value in enumerate(batch.saturated) if value)
        if self.sync_edges_us:
            # An edge belongs to the samples taken when it came, not to those the filter delays.
            start_us = first_us - sampler.group_delay_us
            end_us = start_us + batch.count * sampler.period_us
            if any(start_us <= edge < end_us for edge in self.sync_edges_us):
                flags |= Flag.SYNC_EDGE
            kept_us = start_us - KEEP_EDGES_US  # the other stream's frame may still be filling
            self.sync_edges_us = [edge for edge in self.sync_edges_us if edge >= kept_us]
        return flags
