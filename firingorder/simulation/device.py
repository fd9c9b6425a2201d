"""The virtual device: frame v1 from the side of the belt, without any I/O.

Bytes and instants of the host go in, bytes come out. It does what ``wire_protocol.md`` says a
device does on a byte stream, and its HELLO says that it is simulated.

Three clocks, all in microseconds: the host's (arguments ``now_us``), the oscillator of the device
(since power-on, goes on over a reset), and device time (since the last reset, on the wire). The
body's time begins with the first START and goes on with the oscillator.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from firingorder.errors import UsageError
from firingorder.firmware_bridge.frame import Command
from firingorder.firmware_bridge.payloads import (
    STOP_AFE_FAULT,
    STOP_KEEP_ALIVE,
    STOP_VBUS,
    Ack,
    EventKind,
    SampleFormat,
    Status,
)
from firingorder.simulation.body import HIGHEST_RATE_HZ, LOWEST_RATE_HZ, MOST_CHANNELS
from firingorder.simulation.clock import ALREADY_ON_US, DeviceClock
from firingorder.simulation.faults import FaultPlan
from firingorder.simulation.inbox import Inbox
from firingorder.simulation.noise import generator
from firingorder.simulation.orders import Orders
from firingorder.simulation.outbox import Outbox
from firingorder.simulation.reports import Reports
from firingorder.simulation.sampler import EMG_STREAM, Sampler, SelfTest
from firingorder.simulation.settings import DeviceSettings, RadioState
from firingorder.simulation.streams import Streams
from firingorder.simulation.vitals import Vitals

if TYPE_CHECKING:
    from collections.abc import Callable

    from firingorder.firmware_bridge.links.base import Framing
    from firingorder.simulation.body import Body

#: wire_protocol.md section 6: no valid host frame for this long stops the streams.
KEEP_ALIVE_US = 10_000_000.0
STATUS_PERIOD_US = 1_000_000.0
#: The boot HELLO comes this long after a reset (assumed; what matters is that it is not at once).
BOOT_US = (13_000.0, 38_000.0)
RESET_POWER_ON, RESET_WATCHDOG, RESET_COMMAND = 1, 3, 4
#: On a radio a reset by command waits this long, so that its ACK leaves (a dozen events at 7.5 ms).
ACK_LEAVES_US = 100_000.0


class VirtualDevice:
    """A belt with firmware, worn by a body.

    Parameters
    ----------
    body
        What the electrodes and the inertial sensor are on.
    seed
        Boot ids, epochs and the like.
    faults
        Reboots and clock drift happen here; faults of the link are the line's
        (:class:`firingorder.simulation.line.FaultyLine`) or the air's.
    settings
        What kind of device it is.

    Notes
    -----
    When the data of a recorded body end, the device sends the last short frames and then EVENT 7
    with reason 4 (front end), reports state 3 and refuses START with status 7.
    """

    def __init__(
        self,
        body: Body,
        *,
        seed: int,
        faults: FaultPlan | None = None,
        settings: DeviceSettings | None = None,
    ) -> None:
        if not LOWEST_RATE_HZ <= body.emg_rate_hz <= HIGHEST_RATE_HZ:
            raise UsageError(f"A device cannot sample at {body.emg_rate_hz:g} Hz.")
        if not 1 <= len(body.channels) <= MOST_CHANNELS:
            raise UsageError(f"A device cannot have {len(body.channels)} channels.")
        self.faults = FaultPlan() if faults is None else faults
        self.settings = DeviceSettings() if settings is None else settings
        self.seed = seed
        self.name = "FiringOrder"
        self.framing: Framing = "cobs"
        self.radio: RadioState | None = None
        self.worn = body
        self._rng = generator(seed, "device")
        self.outbox = Outbox(self.settings.ring_bytes)
        self._inbox = Inbox()
        self._reports = Reports(self.outbox, self._rng.bytes(8))
        self._reports.vbus = self.settings.vbus
        self._clock = DeviceClock(self.faults.ppm)
        self._connected = False
        self._held = False
        self._now = ALREADY_ON_US
        self._zero = 0.0
        self._origin: float | None = None
        self._reboots_left = list(self.faults.reboots_s)
        self._restart_at: float | None = None
        self._booting_until: float | None = None
        self._reset_state(RESET_POWER_ON)

    # The host's side -----------------------------------------------------------------------

    def connect(self, now_us: int) -> None:
        """Open the link: bytes flow, led by one 0x00. The device itself cannot see it."""
        self.run_until(now_us)
        self._connected = True
        self.outbox.set_flowing(not self._held)
        self.outbox.delimit()

    def disconnect(self, now_us: int) -> None:
        """Take the link away; the device goes on and its ring fills."""
        self.run_until(now_us)
        self._connected = False
        self.outbox.set_flowing(False)

    def hold(self, now_us: int) -> None:
        """Let the link take no bytes (a slow reader, or a stall); the ring fills."""
        self.run_until(now_us)
        self._held = True
        self.outbox.set_flowing(False)

    def release(self, now_us: int) -> None:
        """Let the link take bytes again: what waited in the ring leaves."""
        self.run_until(now_us)
        self._held = False
        self.outbox.set_flowing(self._connected)

    def receive(self, data: bytes, now_us: int) -> None:
        """Take bytes of the host that arrived at ``now_us``; on a radio these are one frame."""
        self.run_until(now_us)
        if self._booting_until is not None:
            return  # no receiver runs during a reset
        for frame in self._inbox.feed(data):
            if frame.type >= Command.HELLO:
                self._heard_us = self._now
                self._status_wanted = True
                self._orders.obey(frame)
                if self._booting_until is not None:
                    return
            else:
                self._inbox.bad += 1  # no command: an echo of the line, or another's talk

    def advance(self, now_us: int) -> bytes:
        """Return the bytes that left the device up to ``now_us``."""
        self.run_until(now_us)
        return self.outbox.take()

    def use_packets(self) -> None:
        """Speak over a link that keeps frames apart; before anything else is done.

        See :class:`firingorder.simulation.radio_port.RadioPort`.
        """
        assert not self._clock.powered, "a device changes its link only while it is off"
        self.framing = "packet"
        self.outbox = Outbox(self.settings.ring_bytes, "packet")
        self._inbox = Inbox("packet")
        self._reports.outbox = self.outbox

    def read_hello(self) -> bytes:
        """Return HELLO as a radio offers it to be read: number 0, and none of the link is used."""
        return self._reports.read_hello(self.streams.descriptors(), self._device_us())

    def discard(self) -> None:
        """Stop the streams; what their batches under way hold is not sent."""
        for _ in self.streams.stop(self._since_origin()):
            pass

    @property
    def mtu(self) -> int | None:
        """MTU of the connection; None on a byte stream, and while nobody is connected."""
        return None if self.radio is None else self.radio.mtu

    @property
    def serial(self) -> bytes:
        """The eight bytes of the serial number."""
        return self._reports.serial

    @property
    def booting(self) -> bool:
        """Whether the device is in a reset: its radio is off."""
        return self._booting_until is not None

    @property
    def next_event_us(self) -> int:
        """Earliest instant of the host at which :meth:`advance` may have something new."""
        if not self._clock.powered:
            return 0
        if self.outbox.waiting:
            return self._clock.host_us(self._now)
        return self._clock.host_us(self._next_event()[0])

    def set_vbus(self, present: bool, now_us: int) -> None:
        """Plug in or remove a USB supply: with electrodes on, streaming stops at once."""
        self.run_until(now_us)
        self._reports.vbus = present
        if present and self.streams.running and self.streams.selftest == SelfTest.BODY:
            self.discard()  # section 6: stopped before the next frame
            self.event(EventKind.STOPPED, STOP_VBUS)

    def host_of_body_us(self, at_s: float) -> float | None:
        """Return the host instant of a body time, or None before the first START."""
        if self._origin is None:
            return None
        return self._clock.exact_host_us(self._origin + 1e6 * at_s)

    # For the orders ------------------------------------------------------------------------

    @property
    def vbus(self) -> bool:
        """Whether a USB supply is present."""
        return self._reports.vbus

    @property
    def epoch(self) -> int:
        """The epoch that frames carry now."""
        return self._reports.epoch

    def battery_mv(self) -> int:
        """Return the voltage of the cell, which declines with time since power-on."""
        return self.settings.cell_mv((self._now - ALREADY_ON_US) / 3.6e9)

    def start(self, mask: int) -> None:
        """Start the streams of ``mask``: indices from 0, epoch + 1."""
        if self._origin is None:
            self._origin = float(math.ceil(self._now))
        self._reports.epoch = (self._reports.epoch + 1) & 0xFF
        self.streams.start(mask, self._since_origin())

    def stop(self) -> None:
        """Stop all streams; what the batches under way hold is sent."""
        for ready in self.streams.stop(self._since_origin()):
            self._reports.data(ready, self._device_us(self._stamp(ready.first_us)))

    def configure(self, body: Body, fmt: SampleFormat) -> None:
        """Take other rates or another EMG format; HELLO says so."""
        self.streams.configure(body, fmt)
        self.hello()

    def hello(self) -> None:
        """Send HELLO as configured now."""
        self._reports.hello(self.streams.descriptors(), self._device_us())

    def event(self, kind: int, value: int) -> None:
        """Send an EVENT that happened now."""
        self._reports.event(kind, value, self._device_us())

    def ack(self, ack: Ack) -> None:
        """Send an ACK."""
        self._reports.ack(ack, self._device_us())

    def time(self, token: int, t1_ns: int) -> None:
        """Send TIME_RSP."""
        self._reports.time(token, t1_ns, self._device_us())

    def sync_pulse(self, pulse_us: int) -> None:
        """Give a pulse on the sync output and mark the samples it falls into."""
        if self.streams.running:
            self.streams.sync_edges_us.append(self._since_origin())
        self.event(EventKind.SYNC_OUT, pulse_us)

    def reboot_on_command(self) -> None:
        """Reset; on a radio a little later, so that the ACK leaves before."""
        if self.framing == "packet":
            self._restart_at = self._now + ACK_LEAVES_US
        else:
            self.reboot()

    def reboot(self, reason: int = RESET_COMMAND) -> None:
        """Reset; the boot HELLO follows after some milliseconds."""
        self._zero = self._now
        self._restart_at = None
        self.radio = None
        if self.framing == "packet":
            self.outbox.silence()
        self.outbox.reset()
        self._inbox.reset()
        self._reset_state(reason)
        self._booting_until = self._now + float(self._rng.uniform(*BOOT_US))

    # What a reset forgets ------------------------------------------------------------------

    def _reset_state(self, reason: int) -> None:
        self._reports.reset_reason = reason
        self._reports.boot_id = int(self._rng.integers(1, 1 << 32))
        # A constant first epoch would hide the reset from a host (wire_protocol.md section 2).
        self._reports.epoch = int(self._rng.integers(0, 256))
        self._reports.lead_off = False
        self.streams = Streams(self.worn, self.settings, self.seed)
        self.leadoff_sensing = True
        self._orders = Orders(self)
        self._status_wanted = False
        self._heard_us = self._now
        self._next_second = self._now + STATUS_PERIOD_US
        self._vitals = Vitals(self)

    # Time ----------------------------------------------------------------------------------

    def run_until(self, now_us: int) -> None:
        """Let everything happen that is due by an instant of the host."""
        if not self._clock.powered:
            self._clock.power_on(now_us)
            self._boot()
        target = self._clock.oscillator_us(now_us)
        while True:
            at, act = self._next_event()
            if at > target:
                break
            self._now = max(self._now, at)
            act()
        self._now = max(self._now, target)

    def _next_event(self) -> tuple[float, Callable[[], None]]:
        events: list[tuple[float, Callable[[], None]]] = []
        if self._reboots_left and self._origin is not None:
            events.append((self._origin + 1e6 * self._reboots_left[0], self._planned_reboot))
        if self._booting_until is not None:
            events.append((self._booting_until, self._boot))
            return min(events, key=lambda event: event[0])
        if self._restart_at is not None:
            events.append((self._restart_at, self.reboot))
        ready = self.streams.next_ready_us()
        if ready is not None:
            since_us, sampler = ready
            events.append((self._stamp(since_us), lambda: self._send_batch(sampler)))
        events.append((self._next_second, self._every_second))
        if self.streams.running and self.framing == "cobs":
            events.append((self._heard_us + KEEP_ALIVE_US, self._keep_alive_over))
        return min(events, key=lambda event: event[0])

    def _since_origin(self) -> float:
        return 0.0 if self._origin is None else self._now - self._origin

    def _stamp(self, since_origin_us: float) -> float:
        assert self._origin is not None
        return self._origin + since_origin_us

    def _device_us(self, oscillator_us: float | None = None) -> int:
        at = self._now if oscillator_us is None else oscillator_us
        return max(0, round(at - self._zero))

    # What happens by itself ----------------------------------------------------------------

    def _planned_reboot(self) -> None:
        self._reboots_left.pop(0)
        self.reboot(RESET_WATCHDOG)

    def _boot(self) -> None:
        self._booting_until = None
        self.outbox.delimit()
        self.hello()

    def _send_batch(self, sampler: Sampler) -> None:
        if sampler.stream == EMG_STREAM:
            self._look_at_leads()
        for ready in self.streams.take_batch(sampler):
            self._reports.data(ready, self._device_us(self._stamp(ready.first_us)))
        if self.streams.ended:
            self.event(EventKind.STOPPED, STOP_AFE_FAULT)

    def _keep_alive_over(self) -> None:
        self.stop()
        self.event(EventKind.STOPPED, STOP_KEEP_ALIVE)

    def _every_second(self) -> None:
        self._next_second += STATUS_PERIOD_US
        self._look_at_leads()
        self._vitals.look_at_battery()
        if self._status_wanted:
            self._reports.status(self._status(), self._device_us())

    def _look_at_leads(self) -> None:
        sensing = self.leadoff_sensing and self._origin is not None
        any_off = self._vitals.look_at_leads(self._since_origin() if sensing else None)
        if any_off is not None:
            self._reports.lead_off = any_off
            self.event(EventKind.LEAD_OFF, self._vitals.leads_off << 16)

    def _status(self) -> Status:
        return self._vitals.status(
            uptime_s=self._device_us() // 1_000_000,
            high_water_percent=self.outbox.high_water_percent(),
            frames_dropped=self.outbox.frames_dropped,
            rx_bad=self._inbox.bad,
        )
