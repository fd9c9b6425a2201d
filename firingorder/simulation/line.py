"""The line between device and host: loss, bit errors, copies, stalls, unplugging."""

from __future__ import annotations

from typing import TYPE_CHECKING

from firingorder.errors import LinkError, LinkLostError
from firingorder.firmware_bridge.frame import DELIMITER
from firingorder.simulation.spoiling import Spoiler
from firingorder.simulation.timetable import Change, timetable

if TYPE_CHECKING:
    from firingorder.simulation.device import VirtualDevice


class FaultyLine:
    """Carries bytes between a virtual device and whoever plays the host.

    Frames from the device are lost, damaged and doubled by the rates of the device's fault plan;
    stalls and unplugging come at their times after the body has started. Bytes of the host are
    never damaged: what a device does with garbage is tested at the device.

    Attributes
    ----------
    up
        Whether the cable is plugged.
    spoiler
        What was done to single frames so far.
    """

    def __init__(self, device: VirtualDevice) -> None:
        self.device = device
        self.up = True
        self.spoiler = Spoiler(device.faults, device.seed)
        self._changes: list[Change] | None = None
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

    def _schedule(self) -> list[Change]:
        """Return the changes to come; their times are known once the body has started."""
        if self._changes is None:
            self._changes = timetable(self.device)
        return self._changes or []

    def _pass_time(self, now_us: int) -> None:
        """Let every change that is due happen, in order."""
        while (changes := self._schedule()) and changes[0].at_us <= now_us:
            change = changes.pop(0)
            self._arrived += self._spoil(self.device.advance(change.at_us))
            self._apply(change)

    def _apply(self, change: Change) -> None:
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
        """Lose, double and damage packets."""
        if not data or self.spoiler.idle:
            return data
        out = bytearray()
        for packet in data.split(DELIMITER)[:-1]:
            whole = packet + DELIMITER
            # The single 0x00 of an opened port is no frame.
            out += b"".join(self.spoiler.spoil(whole)) if packet else whole
        return bytes(out)
