"""The line between device and host: loss, bit errors, copies, stalls, unplugging."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from firingorder.errors import LinkError, LinkLostError
from firingorder.firmware_bridge.frame import DELIMITER
from firingorder.simulation.noise import generator

if TYPE_CHECKING:
    from firingorder.simulation.device import VirtualDevice


@dataclass(frozen=True, slots=True)
class _Change:
    """Something that happens to the line at an instant of the host."""

    at_us: int
    kind: Literal["stall", "flow", "unplug", "plug"]


class FaultyLine:
    """Carries bytes between a virtual device and whoever plays the host.

    Frames from the device are lost, damaged and doubled by the rates of the device's fault plan;
    stalls and unplugging come at their times after the body has started. Bytes of the host are
    never damaged: what a device does with garbage is tested at the device.

    Attributes
    ----------
    up
        Whether the cable is plugged.
    dropped_frames, duplicated_frames, damaged_frames, flipped_bits
        What was done so far.
    """

    def __init__(self, device: VirtualDevice) -> None:
        self.device = device
        self.up = True
        self.dropped_frames = 0
        self.duplicated_frames = 0
        self.damaged_frames = 0
        self.flipped_bits = 0
        self._plan = device.faults
        self._rng = generator(device.seed, "line")
        self._changes: list[_Change] | None = None
        self._connected = False
        self._stalled = False
        self._blocked = False
        self._to_device: list[bytes] = []
        self._arrived = bytearray()

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
        self._connected = True
        self.device.connect(now_us)

    def disconnect(self, now_us: int) -> None:
        """Close the link."""
        self._pass_time(now_us)
        self._connected = False
        self.device.disconnect(now_us)

    def write(self, data: bytes, now_us: int) -> None:
        """Carry bytes of the host to the device; a stalled line delivers them afterwards.

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
            self.device.receive(data, now_us)

    def advance(self, now_us: int) -> bytes:
        """Return the bytes that arrived at the host up to ``now_us``."""
        self._pass_time(now_us)
        self._arrived += self._spoil(self.device.advance(now_us))
        data = bytes(self._arrived)
        self._arrived.clear()
        return data

    def block(self, now_us: int) -> None:
        """Take no more bytes from the device: the host's buffer is full."""
        self._blocked = True
        self.device.hold(now_us)

    def unblock(self, now_us: int) -> None:
        """Take bytes again."""
        self._blocked = False
        if not self._stalled:
            self.device.release(now_us)

    @property
    def next_event_us(self) -> int:
        """Earliest instant of the host at which something may arrive or change."""
        changes = self._schedule()
        device_us = 0 if self._arrived else self.device.next_event_us
        return min(device_us, changes[0].at_us) if changes else device_us

    def _schedule(self) -> list[_Change]:
        """Return the changes to come; their times are known once the body has started."""
        if self._changes is not None:
            return self._changes
        if self.device.host_of_body_us(0.0) is None:
            return []
        changes: list[_Change] = []
        for outage in self._plan.stalls:
            changes.append(_Change(self._host_us(outage.at_s), "stall"))
            changes.append(_Change(self._host_us(outage.at_s, outage.duration_s), "flow"))
        for outage in self._plan.unplugs:
            changes.append(_Change(self._host_us(outage.at_s), "unplug"))
            if math.isfinite(outage.duration_s):
                changes.append(_Change(self._host_us(outage.at_s, outage.duration_s), "plug"))
        self._changes = sorted(changes, key=lambda change: change.at_us)
        return self._changes

    def _host_us(self, at_s: float, later_s: float = 0.0) -> int:
        host_us = self.device.host_of_body_us(at_s)
        assert host_us is not None
        return math.ceil(host_us + 1e6 * later_s)

    def _pass_time(self, now_us: int) -> None:
        """Let every change that is due happen, in order."""
        while (changes := self._schedule()) and changes[0].at_us <= now_us:
            change = changes.pop(0)
            self._arrived += self._spoil(self.device.advance(change.at_us))
            self._apply(change)

    def _apply(self, change: _Change) -> None:
        at_us = change.at_us
        match change.kind:
            case "stall":
                self._stalled = True
                self.device.hold(at_us)
            case "flow":
                self._stalled = False
                if not self._blocked:
                    self.device.release(at_us)
                for data in self._to_device:
                    self.device.receive(data, at_us)
                self._to_device.clear()
            case "unplug":
                self.up = False
                self._connected = False
                self._to_device.clear()
                self.device.disconnect(at_us)
            case "plug":
                self.up = True

    def _spoil(self, data: bytes) -> bytes:
        """Lose, double and damage packets. The draws depend on the order of packets alone."""
        plan = self._plan
        if not data or not (plan.drop or plan.duplicate or plan.flip):
            return data
        out = bytearray()
        for packet in data.split(DELIMITER)[:-1]:
            whole = packet + DELIMITER
            if not packet:
                out += whole  # the single 0x00 of an opened port is no frame
                continue
            lost, doubled = self._rng.random(2)
            copies = 1
            if lost < plan.drop:
                self.dropped_frames += 1
                copies = 0
            elif doubled < plan.duplicate:
                self.duplicated_frames += 1
                copies = 2
            for _ in range(copies):
                out += self._flip(whole)
        return bytes(out)

    def _flip(self, packet: bytes) -> bytes:
        if not self._plan.flip:
            return packet
        bits = 8 * len(packet)
        count = int(self._rng.binomial(bits, self._plan.flip))
        if not count:
            return packet
        out = bytearray(packet)
        for bit in self._rng.choice(bits, count, replace=False):
            out[int(bit) // 8] ^= 1 << (int(bit) % 8)
        self.damaged_frames += 1
        self.flipped_bits += count
        return bytes(out)
