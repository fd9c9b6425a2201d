"""The check itself: watchers that see everything, and steps that make things happen.

A pure state machine. Its driver asks :meth:`DeviceCheck.act` what to do, does it, and tells what
happened; the same calls with the same times give the same verdicts.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from firingorder.firmware_bridge.conformance.bench import Ask, Bench, Heard, SilentError
from firingorder.firmware_bridge.conformance.clocks import Age, ClockWatch
from firingorder.firmware_bridge.conformance.known import Known, Watcher, Written
from firingorder.firmware_bridge.conformance.ledger import ClauseResult, Ledger
from firingorder.firmware_bridge.conformance.plan import PLAN, Step
from firingorder.firmware_bridge.conformance.steps_setup import put_back
from firingorder.firmware_bridge.conformance.watch_answers import AnswerWatch
from firingorder.firmware_bridge.conformance.watch_data import DataWatch
from firingorder.firmware_bridge.conformance.watch_frames import HeaderWatch, SequenceWatch
from firingorder.firmware_bridge.conformance.watch_hello import HelloWatch
from firingorder.firmware_bridge.conformance.watch_reports import EventWatch, StatusWatch
from firingorder.firmware_bridge.conformance.wire import Packet, Splitter
from firingorder.firmware_bridge.frame import FrameType

if TYPE_CHECKING:
    from collections.abc import Sequence

    from firingorder.firmware_bridge.conformance.bench import Steps
    from firingorder.firmware_bridge.hello import Hello
    from firingorder.firmware_bridge.links.base import Framing

_BOOT_ID = slice(20, 24)


@dataclass(frozen=True, slots=True)
class Write:
    """Give these bytes to the link; then call :meth:`DeviceCheck.wrote`."""

    data: bytes


@dataclass(frozen=True, slots=True)
class Listen:
    """Wait for the next read, until this instant at most."""

    until_ns: int


@dataclass(frozen=True, slots=True)
class Reopen:
    """Close the link and open it again; then call :meth:`DeviceCheck.opened`."""


@dataclass(frozen=True, slots=True)
class ReadInfo:
    """Have INFO read, which comes as a read; then call :meth:`DeviceCheck.asked_info`."""


Action = Write | Listen | Reopen | ReadInfo


class DeviceCheck:
    """Check one device.

    Parameters
    ----------
    framing
        How the link keeps frames apart.
    mtu
        ATT_MTU of the link; 0 on a byte stream.
    name
        The name under which the device was found on the radio.
    duration_s
        How long the stream is measured.
    slow
        Whether to wait for the keep-alive.
    only
        Clauses, groups (what stands before the dot) or sections to which the steps are limited.
    """

    def __init__(
        self,
        framing: Framing,
        *,
        mtu: int = 0,
        name: str = "",
        duration_s: float,
        slow: bool = False,
        only: Sequence[str] = (),
    ) -> None:
        self.known = Known(Ledger(), framing, mtu, name)
        self.bench = Bench(self.known, duration_s=duration_s, slow=slow)
        self.step = ""
        self.silent: str | None = None
        self._plan = [step for step in PLAN if step.wanted(only)]
        self._splitter = Splitter(framing)
        self._clock = ClockWatch(self.known)
        self._answers = AnswerWatch(self.known)
        self._watchers: tuple[Watcher, ...] = (
            HelloWatch(self.known),
            HeaderWatch(self.known),
            SequenceWatch(self.known),
            DataWatch(self.known),
            self._answers,
            StatusWatch(self.known),
            EventWatch(self.known),
            self._clock,
        )
        self._left = list(self._plan)
        self._running: Steps | None = None
        self._ask: Ask | None = None
        self._writes: list[Written] = []
        self._until_ns = 0
        self._heard: Heard = []
        self._rest: Heard = []
        self._matched = False
        self._wants_info = False
        self._missing_before = 0
        self._finished = False

    # The driver's side ---------------------------------------------------------------------

    def opened(self, t_ns: int) -> None:
        """Note that the link is open, for the first time or again."""
        self._splitter.reset()
        self.bench.begin(t_ns)
        self.known.streaming = None
        self.known.reads_info = self.known.framing == "packet"
        for watcher in self._watchers:
            watcher.opened(t_ns)
        if self._ask is not None and self._ask.reopen:
            self._resume(t_ns)

    def wrote(self, t_ns: int) -> None:
        """Note that the bytes of the last :class:`Write` were given to the link."""
        written = replace(self._writes.pop(0), t_ns=t_ns)
        for watcher in self._watchers:
            watcher.wrote(written)
        if self._ask is not None and not self._writes:
            self._until_ns = t_ns + round(1e9 * self._ask.limit_s)

    def asked_info(self) -> None:
        """Note that INFO was asked for."""
        self._wants_info = False
        self.known.reads_info = True

    def read(self, data: bytes, t_ns: int) -> None:
        """Take a read of the link."""
        for packet in self._splitter.feed(data, t_ns):
            self._take(packet)

    def act(self, t_ns: int) -> Action | None:
        """Return what is to be done now; None when the check is over."""
        self.bench.now_ns = t_ns
        while True:
            if self._ask is None:
                if not self._next_step(t_ns):
                    return None
                continue
            if self._ask.reopen:
                return Reopen()
            if self._wants_info:
                return ReadInfo()
            if self._writes:
                return Write(self._writes[0].wire)
            if t_ns < self._until_ns:
                return Listen(self._until_ns)
            self._resume(t_ns)

    def lost(self, t_ns: int) -> bool:
        """Note that the link is gone; return whether it is worth opening again."""
        return self.known.expects_reboot

    def farewell(self, t_ns: int) -> tuple[bytes, ...]:
        """Return what leaves the device quiet and set as it was, whatever it was doing."""
        self.bench.now_ns = t_ns
        return tuple(one.wire for one in put_back(self.bench))

    def finish(self, t_ns: int) -> tuple[ClauseResult, ...]:
        """Draw the conclusions."""
        if not self._finished:
            self._finished = True
            for watcher in self._watchers:
                watcher.finish(t_ns)
        return self.known.ledger.results()

    # For the report ------------------------------------------------------------------------

    @property
    def hello(self) -> Hello | None:
        """What the device said of itself."""
        return self.known.hello

    @property
    def age(self) -> Age | None:
        """Age of the data on arrival, after :meth:`finish`."""
        return self._clock.age

    @property
    def group_delay_ms(self) -> float | None:
        """Delay of the EMG filters as the device declares it."""
        emg = self.known.emg
        return None if emg is None else emg.group_delay_us / 1000.0

    @property
    def total_s(self) -> float:
        """About how long the whole check takes."""
        return sum(step.expect_s(self.bench) for step in self._plan)

    @property
    def done_s(self) -> float:
        """About how much of it is done."""
        return self.total_s - sum(step.expect_s(self.bench) for step in self._left)

    # Inside --------------------------------------------------------------------------------

    def _take(self, packet: Packet) -> None:
        known, frame = self.known, packet.frame
        if packet.first and frame is None:
            return  # the tail of something that began before the link was open
        for fault in packet.faults:
            known.ledger.bad(fault.clause, fault.words, packet.wire)
        if frame is None:
            known.rejected += 1
            for watcher in self._watchers:
                watcher.rejected(packet)
        else:
            packet = self._marked(packet)
            if frame.type == FrameType.HELLO:
                self._look_for_reboot(packet)
            for watcher in self._watchers:
                watcher.heard(packet, frame)
            known.epoch = frame.epoch
            if frame.type != FrameType.DATA:
                known.newest_us = frame.t_us
        self._hand_on(packet)

    def _hand_on(self, packet: Packet) -> None:
        """Give a packet to the step that listens; what follows its last one is for the next."""
        ask = self._ask
        if self._matched:
            self._rest.append(packet)
            return
        self._heard.append(packet)
        if ask is not None and ask.until is not None and not self._writes and ask.until(packet):
            self._matched = True
            self._until_ns = 0

    def _marked(self, packet: Packet) -> Packet:
        """Tell HELLO that was read from INFO from one that was notified: its number is 0."""
        frame = packet.frame
        info = (
            self.known.framing == "packet"
            and frame is not None
            and frame.type == FrameType.HELLO
            and frame.seq == 0
            and self.known.reads_info
        )
        if not info:
            return packet
        self.known.reads_info = False
        return replace(packet, info=True)

    def _look_for_reboot(self, packet: Packet) -> None:
        known, frame = self.known, packet.frame
        assert frame is not None
        boot_id = frame.payload[_BOOT_ID]
        before = known.boot_id
        if len(boot_id) < 4:
            return
        known.boot_id = boot_id
        fell = known.expects_reboot and frame.t_us < known.newest_us
        if before is None or (before == boot_id and not fell):
            return
        if not known.expects_reboot:
            known.ledger.bad("boot.stable", "a new boot_id that nobody asked for", packet.wire)
        known.streaming, known.selftest = 0, 0
        known.epoch = known.first_hello = None
        self.bench.sent.clear()
        for watcher in self._watchers:
            watcher.rebooted()

    def _next_step(self, t_ns: int) -> bool:
        if self._running is not None or not self._left or self.silent is not None:
            self._running = None
            if not self._left or self.silent is not None:
                self.step = ""
                return False
        step: Step = self._left.pop(0)
        self.step = step.name
        self._missing_before = self.known.lost + self.known.rejected
        self._running = step.run(self.bench)
        self._drive(None, t_ns)
        return True

    def _resume(self, t_ns: int) -> None:
        heard, self._heard = self._heard, []
        self.bench.now_ns = t_ns
        self._drive(heard, t_ns)

    def _drive(self, heard: Heard | None, t_ns: int) -> None:
        """Let the step go on to its next wish."""
        assert self._running is not None
        known = self.known
        known.ledger.doubtful = known.lost + known.rejected > self._missing_before
        try:
            ask = next(self._running) if heard is None else self._running.send(heard)
        except StopIteration:
            self._ask = None
            return
        except SilentError as error:
            self._ask = None
            self.silent = str(error)
            return
        finally:
            known.ledger.doubtful = False
        self._ask = ask
        self._writes = list(ask.write)
        self._wants_info = ask.read_info
        self._until_ns = t_ns + round(1e9 * ask.limit_s)
        self._matched = False
        rest, self._rest = self._rest, []
        if not (ask.write or ask.reopen or ask.read_info):
            for packet in rest:
                self._hand_on(packet)
