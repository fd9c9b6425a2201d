"""The line between a virtual twin and the host: pace, bursts, losses, stalls, the plug."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Protocol

from firingorder.errors import LinkError, LinkLostError, UsageError
from firingorder.simulation.faults import FaultPlan, parse_faults
from firingorder.simulation.noise import generator
from firingorder.simulation.spoiling import Spoiler

if TYPE_CHECKING:
    from firingorder.simulation.twins.words import Words

#: What driver and cable hold while nobody reads (64 KiB, the flip buffers of a Linux terminal);
#: the device has no flow control, so what comes on top is lost, in the middle of a packet.
MOST_WAITING_BYTES = 65536


class Twin(Protocol):
    """A device of another maker.

    Attributes
    ----------
    name
        Scheme of its address.
    rate_hz
        Samples a second by its own clock.
    burst_s
        How long its link gathers bytes before it hands them over.
    loses_power
        Whether it starts anew when the cable is pulled.
    streaming
        Whether it samples.
    """

    name: str
    rate_hz: float
    burst_s: float
    loses_power: bool
    streaming: bool

    @property
    def words(self) -> Words:
        """What it is about to answer."""
        ...

    def hear(self, data: bytes, now_us: int) -> None:
        """Take bytes of the host."""
        ...

    def packet(self, k: int) -> bytes:
        """Return the next packet, with sample ``k`` of the body."""
        ...

    def reboot(self) -> None:
        """Start anew."""
        ...


@dataclass(frozen=True, slots=True)
class TwinFaults:
    """What goes wrong: the faults of a belt's line, and those of a plain stream of bytes.

    Attributes
    ----------
    plan
        ``drop``, ``flip`` and ``duplicate`` are those of packets (a radio loses whole ones).
    byte_drop
        Share of the bytes that never arrive.
    burst_s
        Another time between bursts; None leaves the device's own.
    """

    plan: FaultPlan = field(default_factory=FaultPlan)
    byte_drop: float = 0.0
    burst_s: float | None = None


def parse_twin_faults(text: str) -> TwinFaults:
    """Read a fault plan with two words more: ``bytes=1e-4`` and ``burst=0.05``.

    Raises
    ------
    UsageError
        With the word that was not understood.
    """
    rest: list[str] = []
    found: dict[str, float] = {}
    for word in (one.strip() for one in text.split(",")):
        kind, _, value = word.partition("=")
        if kind in ("bytes", "burst"):
            try:
                found[kind] = float(value)
            except ValueError:
                raise UsageError(f"Fault {word!r} is not understood.") from None
            if not 0.0 <= found[kind] <= 1.0:
                raise UsageError(f"Fault {word!r}: a number in 0 to 1.")
        else:
            rest.append(word)
    return TwinFaults(parse_faults(",".join(rest)), found.get("bytes", 0.0), found.get("burst"))


class TwinLine:
    """Carries bytes between a twin and whoever plays the host, with the twin's own pace.

    The body starts with the first start of the device; faults count from there.

    Attributes
    ----------
    up
        Whether the cable is plugged, or the radio in reach.
    lost_bytes
        Bytes that nobody took in time.
    """

    def __init__(self, twin: Twin, *, seed: int = 1, faults: TwinFaults | None = None) -> None:
        self.twin = twin
        self.seed = seed
        self.up = True
        self.lost_bytes = 0
        self._faults = faults or TwinFaults()
        self._spoiler = Spoiler(self._faults.plan, seed)
        self._rng = generator(seed, "bytes")
        self._burst_us = 1e6 * (self._faults.burst_s or twin.burst_s)
        self._period_us = 1e6 / (twin.rate_hz * (1.0 + 1e-6 * self._faults.plan.ppm))
        self._body_us: int | None = None
        self._next_sample = 0
        self._was_streaming = False
        self._changes: list[tuple[float, str]] = []
        self._stalled = False
        self._to_device: list[bytes] = []
        self._gathering = bytearray()
        self._arrived = bytearray()
        self._burst_due_us: float = math.inf

    def connect(self, now_us: int) -> None:
        """Open the link.

        Raises
        ------
        LinkError
            The cable is unplugged.
        """
        self._pass_time(now_us)
        if not self.up:
            raise LinkError("The simulated device is unplugged. Plug it in again.")

    def disconnect(self, now_us: int) -> None:
        """Close the link; the device does not notice."""
        self._pass_time(now_us)
        self._forget()

    def write(self, data: bytes, now_us: int) -> None:
        """Carry bytes of the host to the device.

        Raises
        ------
        LinkLostError
            The cable is unplugged.
        """
        self._pass_time(now_us)
        if not self.up:
            raise LinkLostError("The simulated device was unplugged.")
        if self._stalled:
            self._to_device.append(data)
        else:
            self._hear(data, now_us)

    def advance(self, now_us: int) -> bytes:
        """Return the bytes that arrived at the host up to ``now_us``."""
        self._pass_time(now_us)
        if self._stalled:
            return b""
        data = bytes(self._arrived)
        self._arrived.clear()
        return data

    def block(self, now_us: int) -> None:
        """Take note that the host's buffer is full; without flow control the device goes on."""

    def unblock(self, now_us: int) -> None:
        """Take note that the host takes bytes again."""

    @property
    def next_event_us(self) -> int:
        """Earliest instant of the host at which something may arrive or change."""
        if self._arrived and not self._stalled:
            return 0
        change_us = self._changes[0][0] if self._changes else math.inf
        soonest = min(self._sample_due_us, self.twin.words.next_us, change_us, self._burst_due_us)
        return NEVER_US if math.isinf(soonest) else math.ceil(soonest)

    @property
    def _sample_due_us(self) -> float:
        if not self.twin.streaming or self._body_us is None:
            return math.inf
        return self._body_us + self._next_sample * self._period_us

    def _pass_time(self, now_us: int) -> None:
        """Let everything happen that is due, in its order."""
        while True:
            change_us = self._changes[0][0] if self._changes else math.inf
            due = (change_us, self._burst_due_us, self.twin.words.next_us, self._sample_due_us)
            first_us = min(due)
            if first_us > now_us:
                return
            if change_us == first_us:
                self._change(self._changes.pop(0)[1], math.ceil(first_us))
            elif self._burst_due_us == first_us:
                self._hand_over()
            elif self.twin.words.next_us == first_us:
                self._send(self.twin.words.take(math.ceil(first_us)), first_us)
                self._look_at_twin(math.ceil(first_us))
            else:
                packet = self.twin.packet(self._next_sample)
                self._next_sample += 1
                for copy in self._spoiler.spoil(packet):
                    self._send(self._without_some(copy), first_us)

    def _hear(self, data: bytes, now_us: int) -> None:
        self.twin.hear(data, now_us)
        self._look_at_twin(now_us)

    def _look_at_twin(self, now_us: int) -> None:
        """Notice a start: the first one begins the body, later ones find it further on."""
        if self.twin.streaming and not self._was_streaming:
            if self._body_us is None:
                self._body_us = now_us
                self._changes = self._timetable(now_us)
            else:
                self._next_sample = math.ceil((now_us - self._body_us) / self._period_us)
        self._was_streaming = self.twin.streaming

    def _timetable(self, begin_us: int) -> list[tuple[float, str]]:
        plan = self._faults.plan
        out = [(begin_us + 1e6 * at_s, "reboot") for at_s in plan.reboots_s]
        for outages, down, up in ((plan.stalls, "stall", "flow"), (plan.unplugs, "unplug", "plug")):
            for one in outages:
                out.append((begin_us + 1e6 * one.at_s, down))
                if math.isfinite(one.duration_s):
                    out.append((begin_us + 1e6 * (one.at_s + one.duration_s), up))
        return sorted(out)

    def _change(self, kind: str, now_us: int) -> None:
        match kind:
            case "stall":
                self._stalled = True
            case "flow":
                self._stalled = False
                for data in self._to_device:
                    self._hear(data, now_us)
                self._to_device.clear()
            case "unplug":
                self.up = False
                self._forget()
                if self.twin.loses_power:
                    self._reboot()
            case "plug":
                self.up = True
            case _:
                self._reboot()

    def _reboot(self) -> None:
        self.twin.reboot()
        self._was_streaming = False

    def _send(self, data: bytes, now_us: float) -> None:
        if self.up and data:
            self._gathering += data
            self._burst_due_us = min(self._burst_due_us, now_us + self._burst_us)

    def _hand_over(self) -> None:
        self._burst_due_us = math.inf
        room = MOST_WAITING_BYTES - len(self._arrived)
        self._arrived += self._gathering[:room]
        self.lost_bytes += max(0, len(self._gathering) - room)
        self._gathering.clear()

    def _forget(self) -> None:
        self._gathering.clear()
        self._arrived.clear()
        self._to_device.clear()
        self._burst_due_us = math.inf

    def _without_some(self, packet: bytes) -> bytes:
        """Lose single bytes."""
        if not self._faults.byte_drop:
            return packet
        kept = self._rng.random(len(packet)) >= self._faults.byte_drop
        return bytes(byte for byte, keep in zip(packet, kept, strict=True) if keep)


#: Later than any session: 10 years in microseconds.
NEVER_US = 10 * 366 * 86_400_000_000
