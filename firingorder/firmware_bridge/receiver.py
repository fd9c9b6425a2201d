"""Everything that arrives over one link, as samples on the session's grid and as news.

Pure: the same reads, writes and losses with the same times give the same items. No bytes whatever
raise an error.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from firingorder.firmware_bridge.assembler import StreamAssembler
from firingorder.firmware_bridge.convert import used_streams
from firingorder.firmware_bridge.decoder import FIRST_COMMAND_TYPE, DecoderStats, FrameDecoder
from firingorder.firmware_bridge.epochs import EpochGate
from firingorder.firmware_bridge.frame import Flag, Frame, FrameType, encode_frame
from firingorder.firmware_bridge.items import (
    AckItem,
    DeviceEventItem,
    HelloItem,
    Item,
    LogItem,
    ReceiverStats,
    RestartItem,
    RestartReason,
    StatusItem,
    StreamStats,
    TimeItem,
    TrafficItem,
)
from firingorder.firmware_bridge.payloads import (
    Ack,
    DeviceEvent,
    EventKind,
    Hello,
    Status,
    StreamKindCode,
    TimeResponse,
)
from firingorder.firmware_bridge.sequence import RestartWatch
from firingorder.firmware_bridge.tally import BootCounter
from firingorder.firmware_bridge.timeline import Timeline
from firingorder.samples import ContactReport, StreamKind

if TYPE_CHECKING:
    from firingorder.firmware_bridge.clock import ClockParams
    from firingorder.firmware_bridge.links.base import Framing

__all__ = [
    "AckItem",
    "DeviceEventItem",
    "HelloItem",
    "Item",
    "LogItem",
    "Receiver",
    "ReceiverStats",
    "RestartItem",
    "StatusItem",
    "StreamKindCode",
    "StreamStats",
    "TimeItem",
    "TrafficItem",
]

#: IMU frames kept until the first EMG sample gives the origin of time: 12 s at 20 frames/s. What
#: is older than that lies before the session.
MAX_HELD_FRAMES = 256
#: As a plain number: arithmetic of flags costs more than the rest of a frame's bookkeeping.
_TEST_SIGNAL = int(Flag.TEST_SIGNAL)


class Receiver:
    """Decoder, assemblers and clock of one link.

    Parameters
    ----------
    framing
        How the link keeps frames apart.
    clock
        Constants of the clock model; the defaults are those of USB and TCP.
    """

    def __init__(self, framing: Framing, clock: ClockParams | None = None) -> None:
        self._decoder = FrameDecoder(framing)
        self._gate = EpochGate(framing)
        self._watch = RestartWatch()
        self._timeline = Timeline(clock)
        self._hello: Hello | None = None
        self._assemblers: dict[StreamKind, StreamAssembler] = {}
        self._by_stream: dict[int, StreamAssembler] = {}
        self._current: StreamAssembler | None = None
        self._held: list[Frame] = []
        self._items: list[Item] = []
        self._lead_off: tuple[bool, ...] | None = None
        self._dropped = BootCounter()
        self._missed = BootCounter()
        self._data_frames = 0
        self._stale_frames = 0
        self._payload_faults = 0
        self._descriptor_faults = 0
        self._foreign_commands = 0
        self._restarts = 0
        self._test_signal = False
        self._round_trip_ns: int | None = None

    def opened(self, t_ns: int) -> None:
        """Note that the link was opened at ``t_ns``."""
        self._close()

    def lost(self, t_ns: int) -> None:
        """Note that the link seems lost at ``t_ns``.

        What comes next decides: after :meth:`opened` a new segment begins; a link that was only
        silent goes on where it was, and its samples are counted by their index.
        """

    def suspended(self, t_ns: int, slept_ns: int) -> None:
        """Note that the host slept: its clock stood still for ``slept_ns``, the device went on.

        What it did not take meanwhile is an outage, of a length that the index tells.
        """
        self._drain()
        self._timeline.suspend(slept_ns)
        for assembler in self._assemblers.values():
            assembler.suspended(slept_ns * 1e-3)

    def sent(self, data: bytes, t_ns: int) -> None:
        """Note bytes that the host wrote: DATA are let through after a START only."""
        self._gate.sent(data)

    def feed(self, data: bytes, t_ns: int) -> list[Item]:
        """Return what a read means, in the order of its frames; a :class:`TrafficItem` ends it."""
        stats = self._decoder.stats
        rejected, foreign = stats.rejected, stats.foreign_major
        data_frames, faults = self._data_frames, self._descriptor_faults
        frames = self._decoder.feed(data)
        for frame in frames:
            self._frame(frame, t_ns)
        self._drain()
        items, self._items = self._items, []
        items.append(
            TrafficItem(
                received_bytes=len(data),
                frames=len(frames),
                data_frames=self._data_frames - data_frames,
                rejected=stats.rejected - rejected,
                foreign_major=stats.foreign_major - foreign,
                descriptor_faults=self._descriptor_faults - faults,
            )
        )
        return items

    def now_s(self, t_ns: float) -> float | None:
        """Return session device time at a host instant, by the clock model; None before data."""
        return self._timeline.now_s(t_ns)

    def host_ns(self, at_s: float) -> float | None:
        """Return the host instant of session device time; None before data."""
        return self._timeline.host_ns(at_s)

    @property
    def stats(self) -> ReceiverStats:
        """The accounting so far."""
        decoder: DecoderStats = self._decoder.stats
        clock = self._timeline.clock
        uncertainty_s = clock.uncertainty_s
        streams: dict[StreamKind, StreamStats] = {
            kind: each.stats() for kind, each in self._assemblers.items()
        }
        return ReceiverStats(
            frames=decoder.frames,
            rejected=decoder.rejected,
            bad_crc=decoder.bad_crc,
            bad_cobs=decoder.bad_cobs,
            bad_length=decoder.bad_length,
            oversize=decoder.oversize,
            foreign_major=decoder.foreign_major,
            unknown_type=decoder.unknown_type + self._foreign_commands,
            duplicates=decoder.duplicates + sum(each.duplicates for each in streams.values()),
            seq_gaps=decoder.seq_gaps,
            device_dropped_frames=self._dropped.total,
            samples_missed=self._missed.total,
            stale_frames=self._stale_frames,
            payload_faults=self._payload_faults,
            descriptor_faults=self._descriptor_faults,
            restarts=self._restarts,
            test_signal=self._test_signal,
            streams=streams,
            clock_locked=clock.locked,
            clock_slope_ppm=clock.slope * 1e6,
            clock_uncertainty_ms=None if uncertainty_s is None else uncertainty_s * 1e3,
            round_trip_ms=None if self._round_trip_ns is None else self._round_trip_ns * 1e-6,
        )

    def _close(self) -> None:
        self._decoder.reset()
        self._gate.close()
        self._close_segments()

    def _close_segments(self) -> None:
        self._drain()
        self._held.clear()
        for assembler in self._assemblers.values():
            assembler.close_segment()

    def _drain(self) -> None:
        """Hand out what the stream that was filled last has in order."""
        if self._current is not None:
            self._items += self._current.take()
            self._current = None

    def _frame(self, frame: Frame, t_ns: int) -> None:
        restart: RestartReason | None = self._watch.check(frame)
        foreign = self._gate.is_foreign(frame)
        if restart is None and foreign and self._hello is not None:
            restart = "epoch"
        if restart is not None:
            self._restarted(restart, frame)
        if frame.type == FrameType.DATA:
            self._data(frame, t_ns)
            return
        self._drain()
        self._timeline.witness(frame.t_us, t_ns)
        try:
            self._news(frame, t_ns)
        except ValueError:
            self._payload_faults += 1

    def _restarted(self, reason: RestartReason, frame: Frame) -> None:
        """Close the stream; an unexplained epoch alone leaves the clock as it is."""
        self._gate.close()
        self._gate.is_foreign(frame)
        self._close_segments()
        self._items.append(RestartItem(reason))
        if reason != "epoch":
            if not self._timeline.restarted:
                self._restarts += 1
                self._dropped.restart()
                self._missed.restart()
            self._timeline.restart()

    def _news(self, frame: Frame, t_ns: int) -> None:
        """Dispatch what is not DATA; a payload that cannot be read is a ``ValueError``."""
        match frame.type:
            case FrameType.HELLO:
                hello = Hello.parse(frame.payload)
                self._describe(hello)
                self._items.append(HelloItem(hello, encode_frame(frame)))
            case FrameType.STATUS:
                self._status(Status.parse(frame.payload), frame.t_us)
            case FrameType.EVENT:
                event = DeviceEvent.parse(frame.payload)
                at_s = self._timeline.event_s(event.t_us)
                self._items.append(DeviceEventItem(event, at_s))
                if event.kind == EventKind.LEAD_OFF:
                    self._contact(event.value & 0xFFFF | event.value >> 16, at_s)
            case FrameType.ACK:
                ack = Ack.parse(frame.payload)
                self._gate.acknowledged(ack)
                self._items.append(AckItem(ack))
            case FrameType.TIME_RSP:
                self._time(TimeResponse.parse(frame.payload), t_ns)
            case FrameType.LOG:
                self._items.append(LogItem(frame.payload.decode(errors="replace")))
            case _:
                # Only commands are left: an echo, or a host at the other end.
                assert frame.type >= FIRST_COMMAND_TYPE
                self._foreign_commands += 1

    def _describe(self, hello: Hello) -> None:
        self._hello = hello
        self._by_stream = {}
        for kind, stream in used_streams(hello).items():
            assembler = self._assemblers.get(kind)
            if assembler is None:
                assembler = self._assemblers[kind] = StreamAssembler(kind, stream)
            elif assembler.descriptor != stream:
                assembler.describe(stream)
            self._by_stream[stream.id] = assembler
        self._lead_off = None

    def _status(self, status: Status, t_us: int) -> None:
        fresh = self._data_frames == 0
        self._dropped.update(status.frames_dropped, fresh=fresh)
        self._missed.update(status.samples_missed, fresh=fresh)
        self._items.append(StatusItem(status))
        self._contact(status.leadoff_p | status.leadoff_n, self._timeline.event_s(t_us))

    def _contact(self, mask: int, at_s: float | None) -> None:
        """Report contact when it changed. Positive or negative electrode: the channel is off."""
        emg = self._assemblers.get("emg")
        if emg is None:
            return
        lead_off = tuple(bool(mask >> k & 1) for k in range(emg.descriptor.channels))
        if lead_off != self._lead_off:
            self._lead_off = lead_off
            self._items.append(ContactReport(at_s, lead_off))

    def _time(self, response: TimeResponse, t_ns: int) -> None:
        in_device_ns = (response.t3_us - response.t2_us) * 1000
        round_trip_ns = t_ns - response.t1_ns - in_device_ns
        if round_trip_ns >= 0 and (
            self._round_trip_ns is None or round_trip_ns < self._round_trip_ns
        ):
            self._round_trip_ns = round_trip_ns
        self._items.append(TimeItem(response))

    def _data(self, frame: Frame, t_ns: int) -> None:
        if self._gate.opens(frame.epoch):
            self._close_segments()
        elif not self._gate.accepts(frame.epoch):
            self._stale_frames += 1
            return
        assembler = self._by_stream.get(frame.stream)
        if assembler is None or not assembler.fits(frame):
            if assembler is not None or not self._announced(frame.stream):
                self._descriptor_faults += 1
            return
        self._data_frames += 1
        self._test_signal |= bool(frame.flags & _TEST_SIGNAL)
        self._follow_clock(assembler, frame, t_ns)
        if not self._timeline.started:
            if assembler.kind != "emg" and "emg" in self._assemblers:
                self._hold(frame)
                return
            self._timeline.start(frame.t_us - assembler.descriptor.group_delay_us)
        self._append(assembler, frame)
        held, self._held = self._held, []
        for earlier in held:
            self._append(self._by_stream[earlier.stream], earlier)

    def _announced(self, stream: int) -> bool:
        """Whether HELLO describes a stream, be it one that this host has no use for."""
        return self._hello is not None and any(each.id == stream for each in self._hello.streams)

    def _follow_clock(self, assembler: StreamAssembler, frame: Frame, t_ns: int) -> None:
        """Give the clock model the last sample of the frame, and join a clock that began anew."""
        descriptor = assembler.descriptor
        last_us = frame.t_us + round((frame.count - 1) * 1e9 / descriptor.rate_mhz)
        if self._timeline.restarted:
            self._timeline.witness(last_us, t_ns)
            passed_us = assembler.t_next_us
            if passed_us is not None:
                passed_us += descriptor.group_delay_us
            self._timeline.join(frame.t_us, passed_us)
            for each in self._assemblers.values():
                each.placed_by_host = True
        if assembler.kind == "emg" or "emg" not in self._assemblers:
            self._timeline.clock.add(last_us, t_ns)

    def _hold(self, frame: Frame) -> None:
        self._held.append(frame)
        if len(self._held) > MAX_HELD_FRAMES:
            del self._held[0]

    def _append(self, assembler: StreamAssembler, frame: Frame) -> None:
        if assembler is not self._current:
            self._drain()
            self._current = assembler
        delay_us = assembler.descriptor.group_delay_us
        assembler.add(frame, self._timeline.session_us(frame.t_us - delay_us))
