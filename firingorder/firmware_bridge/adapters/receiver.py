"""Samples of a device without frame v1: decoded, placed on the session's grid, a clock fitted.

Pure: the same reads, writes and openings with the same times give the same items. Sample time is
the unrolled counter over the nominal rate (or the device's own time), never the arrival; see
:mod:`.grid`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from firingorder.firmware_bridge.adapters.base import Answer, EmgBlock, ImuBlock, Rejected, Torn
from firingorder.firmware_bridge.adapters.grid import Grid
from firingorder.firmware_bridge.clock import ClockParams
from firingorder.firmware_bridge.items import (
    AnswerItem,
    Item,
    ProfileItem,
    ReceiverStats,
    StreamStats,
    TrafficItem,
)

if TYPE_CHECKING:
    from firingorder.firmware_bridge.adapters.base import DeviceDecoder
    from firingorder.firmware_bridge.profile import CapabilityProfile


class AdapterReceiver:
    """Decoder, grid and clock of one device of another maker.

    One device has one stream: EMG, or the motion sensor that is joined to another source.

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
        self._grid: Grid | None = None
        self._blocks = self._rejected = 0
        self._stamped = False

    def opened(self, t_ns: int) -> None:
        """Note that the link was opened at ``t_ns``: counters begin anew."""
        self._decoder.reset()
        if self._grid is not None:
            self._grid.opened()

    def lost(self, t_ns: int) -> None:
        """Note that the link seems lost; what comes next decides."""

    def suspended(self, t_ns: int, slept_ns: int) -> None:
        """Note that the host slept: its clock stood still for ``slept_ns``, the device went on."""
        if self._grid is not None:
            self._grid.suspended(slept_ns)

    def sent(self, data: bytes, t_ns: int) -> None:
        """Note bytes that the host wrote."""
        self._decoder.sent(data)

    def feed(self, data: bytes, t_ns: int) -> list[Item]:
        """Return what a read means, in its order; a :class:`TrafficItem` ends it.

        Samples behind a gap whose length only arrivals tell come with a later read.
        """
        items: list[Item] = []
        blocks = rejected = 0
        if self._grid is not None and not self._stamped:
            self._grid.arrive(t_ns)
        for piece in self._decoder.feed(data):
            match piece:
                case Answer(said):
                    items.append(AnswerItem(said))
                case Rejected(n_bytes):
                    rejected += 1
                    self._rejected += n_bytes > 0
                    if self._grid is not None:
                        self._grid.damaged = True
                case Torn():
                    if self._grid is not None:
                        self._grid.torn = True
                case EmgBlock() | ImuBlock():
                    blocks += 1
                    grid = self._introduce(items)
                    if grid is not None:  # else it has not said what it is: no sample has a time
                        grid.add(piece, self._arrival_ns(grid, piece, t_ns))
                        items += grid.take()
        grid = self._introduce(items)
        if grid is not None:
            items += grid.take()
        self._blocks += blocks
        items.append(TrafficItem(len(data), blocks, blocks, rejected, 0, 0))
        return items

    def now_s(self, t_ns: float) -> float | None:
        """Return session device time at a host instant, by the clock model; None before data."""
        device_us = None if self._grid is None else self._grid.clock.device_us(t_ns)
        return None if device_us is None else 1e-6 * (device_us + self._delay_us)

    def host_ns(self, at_s: float) -> float | None:
        """Return the host instant of session device time; None before data."""
        return None if self._grid is None else self._grid.clock.host_ns(1e6 * at_s - self._delay_us)

    @property
    def stats(self) -> ReceiverStats:
        """The accounting so far; ``time_disagreements`` are losses that only arrivals told."""
        grid = self._grid
        if grid is None:
            return ReceiverStats(frames=self._blocks, rejected=self._rejected)
        uncertainty_s = grid.clock.uncertainty_s
        stream = StreamStats(
            kind=grid.kind,
            rate_hz=grid.rate_hz,
            rate_measured_hz=grid.rate_hz / (1.0 + grid.clock.slope),
            samples=grid.samples,
            lost_samples=grid.lost,
            outage_samples=grid.outage,
            duplicates=grid.duplicates,
            time_disagreements=grid.unexplained,
        )
        return ReceiverStats(
            frames=self._blocks,
            rejected=self._rejected,
            duplicates=grid.duplicates,
            streams={grid.kind: stream},
            clock_locked=grid.clock.locked,
            clock_slope_ppm=grid.clock.slope * 1e6,
            clock_uncertainty_ms=None if uncertainty_s is None else uncertainty_s * 1e3,
        )

    @property
    def _delay_us(self) -> float:
        return 0.0 if self._profile is None else self._profile.group_delay_us or 0.0

    def _arrival_ns(self, grid: Grid, block: EmgBlock | ImuBlock, t_ns: int) -> int:
        """Return the time that stands for a block's arrival: the sender's, where it gives one."""
        stamp_ns = block.stamp_ns if isinstance(block, EmgBlock) else None
        if stamp_ns is None:
            return t_ns
        self._stamped = True
        grid.arrive(stamp_ns)
        return stamp_ns

    def _introduce(self, items: list[Item]) -> Grid | None:
        """Say what the device is as soon as the decoder knows, and again when that changed."""
        profile = self._decoder.profile
        if profile is not None and profile != self._profile:
            self._profile = profile
            items.append(ProfileItem(profile))
            if self._grid is None:
                self._grid = Grid(profile, self._params)
        return self._grid
