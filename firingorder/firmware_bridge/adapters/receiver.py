"""Samples of a device without frame v1: counters unrolled, gaps counted, a clock fitted.

Pure: the same reads, writes and openings with the same times give the same items. Sample time is
the unrolled counter over the nominal rate (or the device's own time), never the arrival; arrivals
only feed the clock model and choose between lengths of a gap that the counter cannot tell apart.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from firingorder.firmware_bridge.adapters.base import Answer, EmgBlock, ImuBlock, Rejected
from firingorder.firmware_bridge.clock import ClockModel, ClockParams
from firingorder.firmware_bridge.items import (
    AnswerItem,
    Item,
    ProfileItem,
    ReceiverStats,
    StreamStats,
    TrafficItem,
)
from firingorder.firmware_bridge.profile import UNAMBIGUOUS_S, CapabilityProfile
from firingorder.samples import EmgChunk, Gap, ImuChunk

if TYPE_CHECKING:
    from firingorder.firmware_bridge.adapters.base import DeviceDecoder
    from firingorder.samples import GapKind, StreamKind

#: The first second after a start is a burst of what the device had in its buffers.
SETTLING_S = 1.0

Block = EmgBlock | ImuBlock


class AdapterReceiver:
    """Decoder, grid and clock of one device of another maker.

    ``received + lost + outage == next index`` holds at all times. One device has one stream: EMG,
    or the motion sensor that is joined to another source.

    Parameters
    ----------
    decoder
        A fresh decoder.
    clock
        Constants of the clock model; the slope limit is the profile's.
    """

    def __init__(self, decoder: DeviceDecoder, clock: ClockParams | None = None) -> None:
        self._decoder = decoder
        self._params = clock or ClockParams()
        self._profile: CapabilityProfile | None = None
        self._clock = ClockModel(self._params)
        self._clock_is_old = False
        self._kind: StreamKind = "emg"
        self._rate_hz = 0.0
        self._next_index = 0
        self._expected: int | None = None
        self._settled_at = 0
        self._damaged = False
        self._lag_samples = 0.0
        self._jumped_samples: int | None = None
        self._origin_us: float | None = None
        self._t_next_us = 0.0
        self._samples = self._lost = self._outage = self._duplicates = 0
        self._blocks = self._rejected = self._unexplained = 0

    def opened(self, t_ns: int) -> None:
        """Note that the link was opened at ``t_ns``: counters begin anew."""
        self._decoder.reset()
        self._expected = None
        self._damaged = False

    def lost(self, t_ns: int) -> None:
        """Note that the link seems lost; what comes next decides."""

    def sent(self, data: bytes, t_ns: int) -> None:
        """Note bytes that the host wrote."""
        self._decoder.sent(data)

    def feed(self, data: bytes, t_ns: int) -> list[Item]:
        """Return what a read means, in its order; a :class:`TrafficItem` ends it."""
        items: list[Item] = []
        blocks, rejected = self._blocks, 0
        for piece in self._decoder.feed(data):
            match piece:
                case Answer(said):
                    items.append(AnswerItem(said))
                case Rejected(n_bytes):
                    self._damaged = True
                    rejected += 1
                    self._rejected += n_bytes > 0
                case EmgBlock() | ImuBlock():
                    self._introduce(items)
                    self._blocks += 1
                    items += self._block(piece, t_ns)
        self._introduce(items)
        blocks = self._blocks - blocks
        items.append(TrafficItem(len(data), blocks, blocks, rejected, 0, 0))
        return items

    def now_s(self, t_ns: float) -> float | None:
        """Return session device time at a host instant, by the clock model; None before data."""
        device_us = self._clock.device_us(t_ns)
        return None if device_us is None else 1e-6 * (device_us + self._delay_us)

    def host_ns(self, at_s: float) -> float | None:
        """Return the host instant of session device time; None before data."""
        return self._clock.host_ns(1e6 * at_s - self._delay_us)

    @property
    def stats(self) -> ReceiverStats:
        """The accounting so far; ``time_disagreements`` are losses that only arrivals told."""
        measured_hz = self._rate_hz / (1.0 + self._clock.slope)
        stream = StreamStats(
            kind=self._kind,
            rate_hz=self._rate_hz,
            rate_measured_hz=measured_hz,
            samples=self._samples,
            lost_samples=self._lost,
            outage_samples=self._outage,
            duplicates=self._duplicates,
            time_disagreements=self._unexplained,
        )
        uncertainty_s = self._clock.uncertainty_s
        return ReceiverStats(
            frames=self._blocks,
            rejected=self._rejected,
            duplicates=self._duplicates,
            streams={self._kind: stream} if self._profile else {},
            clock_locked=self._clock.locked,
            clock_slope_ppm=self._clock.slope * 1e6,
            clock_uncertainty_ms=None if uncertainty_s is None else uncertainty_s * 1e3,
        )

    @property
    def _delay_us(self) -> float:
        return 0.0 if self._profile is None else self._profile.group_delay_us or 0.0

    def _introduce(self, items: list[Item]) -> None:
        """Say what the device is as soon as the decoder knows, and again when that changed."""
        profile = self._decoder.profile
        if profile is None or profile == self._profile:
            return
        if self._profile is None:
            self._params = replace(self._params, slope_limit=profile.slope_limit)
            self._clock = ClockModel(self._params)
        self._profile = profile
        self._kind = "emg" if profile.emg_channels else "imu"
        self._rate_hz = profile.emg_rate_hz or profile.imu_rate_hz
        items.append(ProfileItem(profile))

    def _block(self, block: Block, t_ns: int) -> list[Item]:
        """Place a block on the session's grid."""
        if self._profile is None:
            return []  # samples before the device has said what it is: nothing can be made of them
        n = len(block.emg) if isinstance(block, EmgBlock) else len(block.acc_m_s2)
        out: list[Item] = []
        missing, outage, uncertain = self._missing(block, n, t_ns)
        if missing < 0:
            self._duplicates += n
            return []
        t_us = self._t_next_us + missing * self._period_us
        if block.device_us is not None:
            if self._origin_us is None or (outage and uncertain):
                self._origin_us = block.device_us - t_us
            t_us = block.device_us - self._origin_us
        if missing:
            out.append(self._gap(missing, t_us, outage=outage, uncertain=uncertain))
        if self._expected is None:
            self._settled_at = self._next_index + round(SETTLING_S * self._rate_hz)
            self._clock_is_old = self._clock.ready
        out.append(self._chunk(block, t_us))
        self._next_index += n
        self._t_next_us = t_us + n * self._period_us
        self._samples += n
        modulus = self._profile.counter_modulus
        self._expected = ((block.counter or 0) + n) % modulus if modulus else 0
        self._damaged = False
        self._follow_clock(t_ns)
        return out

    def _missing(self, block: Block, n: int, t_ns: int) -> tuple[int, bool, bool]:
        """Return the samples that are missing before a block; -1 for a copy of what was there.

        Also whether they belong to an outage, and whether their number is an estimate.
        """
        began = self._expected is None
        if began and not self._samples:
            return 0, False, False
        if block.device_us is not None and self._origin_us is not None:
            ahead_us = block.device_us - self._origin_us - self._t_next_us
            if ahead_us > -SETTLING_S * 1e6:
                missing = round(ahead_us / self._period_us)
                return (missing, began, False) if missing >= 0 else (-1, False, False)
            began = True  # its time fell: it has booted anew, and arrivals must tell
        ahead = self._ahead(n, t_ns)
        if began:
            return max(0, round(ahead or 0.0)), True, True
        if self._jumped_samples is not None:
            missing, self._jumped_samples = self._jumped_samples, None
            return max(0, missing), True, True
        return self._by_counter(block.counter, n, ahead)

    def _by_counter(
        self, counter: int | None, n: int, ahead: float | None
    ) -> tuple[int, bool, bool]:
        assert self._profile is not None
        assert self._expected is not None
        modulus = self._profile.counter_modulus
        if not modulus or counter is None:
            return 0, False, False
        step = (counter - self._expected) % modulus
        if step and modulus - step <= n and (ahead is None or ahead < modulus / 2):
            return -1, False, False
        if step == 0 and not self._damaged:
            return 0, False, False
        wraps = 0 if ahead is None else max(0, round((ahead - step) / modulus))
        unsure = (self._profile.ambiguity_s or 0.0) < 2 * UNAMBIGUOUS_S
        return step + wraps * modulus, False, unsure

    def _ahead(self, n: int, t_ns: int) -> float | None:
        """Return how many samples the arrival lies behind the grid, by the clock."""
        device_us = self._clock.device_us(t_ns)
        if device_us is None:
            return None
        return (device_us - self._t_next_us) / self._period_us - (n - 1)

    def _follow_clock(self, t_ns: int) -> None:
        if self._next_index < self._settled_at:
            return
        if self._clock_is_old:
            # The outage is known to a few ms only; the crystal is still the same.
            self._clock = ClockModel(self._params, slope=self._clock.slope)
            self._clock_is_old = False
        resets, lag = self._clock.resets, self._ahead(0, t_ns)
        # The clock knows the last sample of a read: it is what the read waited for.
        self._clock.add(round(self._t_next_us - self._period_us), t_ns)
        if self._clock.resets != resets and lag is not None:
            # Arrivals stayed away for seconds: samples went missing that no counter told of.
            self._unexplained += 1
            self._jumped_samples = round(lag)

    @property
    def _period_us(self) -> float:
        return 1e6 / self._rate_hz

    def _gap(self, missing: int, t_us: float, *, outage: bool, uncertain: bool) -> Gap:
        if outage:
            self._outage += missing
        else:
            self._lost += missing
        self._next_index += missing
        kind: GapKind = "outage" if outage else "loss"
        start_s, end_s = 1e-6 * self._t_next_us, 1e-6 * t_us
        return Gap(self._kind, kind, self._next_index, missing, start_s, end_s, uncertain)

    def _chunk(self, block: Block, t_us: float) -> EmgChunk | ImuChunk:
        index, t0_s = self._next_index, 1e-6 * t_us
        if isinstance(block, EmgBlock):
            return EmgChunk(index, t0_s, self._rate_hz, block.emg, block.saturated)
        return ImuChunk(index, t0_s, self._rate_hz, block.acc_m_s2, block.gyr_rad_s)
