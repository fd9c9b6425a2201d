"""Payloads of the device: status, events, acknowledgements, time (wire_protocol.md section 5).

``parse`` takes a longer payload and skips the unknown tail (growth rule of section 1); a shorter
one is a ``ValueError``. HELLO has a module of its own and is found here too.
"""

from __future__ import annotations

import struct
from dataclasses import dataclass
from typing import ClassVar, Self

from firingorder.firmware_bridge.hello import (
    Caps,
    Hello,
    SampleFormat,
    StreamDescriptor,
    StreamFlag,
    StreamKindCode,
    Unit,
)

__all__ = [
    "Ack",
    "Caps",
    "DeviceEvent",
    "EventKind",
    "Hello",
    "SampleFormat",
    "Status",
    "StreamDescriptor",
    "StreamFlag",
    "StreamKindCode",
    "TimeResponse",
    "Unit",
]


class EventKind:
    """Kinds of EVENT. Plain numbers: unknown kinds are passed on, not refused."""

    SYNC_IN = 1
    SYNC_OUT = 2
    BUTTON = 3
    LOW_BATTERY = 4
    LEAD_OFF = 5
    MARK = 6
    STOPPED = 7


#: Values of EVENT kind 7: why the device stopped by itself.
STOP_KEEP_ALIVE = 1
STOP_VBUS = 2
STOP_BATTERY = 3
STOP_AFE_FAULT = 4

#: STATUS.state.
STATE_IDLE = 0
STATE_STREAMING = 1
STATE_INTERLOCK = 2
STATE_FAULT = 3
STATE_IMPEDANCE = 4

TEMPERATURE_UNKNOWN = 0x7FFF
RSSI_UNKNOWN = 127


@dataclass(frozen=True, slots=True)
class Status:
    """STATUS: the health of the device, once a second."""

    uptime_s: int
    vbat_mv: int = 0
    temperature_centi_deg: int = TEMPERATURE_UNKNOWN
    leadoff_p: int = 0
    leadoff_n: int = 0
    saturated: int = 0
    tx_high_water_percent: int = 0
    rssi_dbm: int = RSSI_UNKNOWN
    phy: int = 0
    state: int = STATE_IDLE
    connection_interval: int = 0
    samples_missed: int = 0
    frames_dropped: int = 0
    rx_bad: int = 0

    _layout: ClassVar = struct.Struct("<IHhHHHBbBBHIII")

    @classmethod
    def parse(cls, payload: bytes) -> Self:
        """Read a STATUS payload."""
        return cls(*cls._layout.unpack(_head(payload, cls._layout.size, "STATUS")))

    def build(self) -> bytes:
        """Write the 32 bytes of the payload."""
        return self._layout.pack(
            self.uptime_s,
            self.vbat_mv,
            self.temperature_centi_deg,
            self.leadoff_p,
            self.leadoff_n,
            self.saturated,
            self.tx_high_water_percent,
            self.rssi_dbm,
            self.phy,
            self.state,
            self.connection_interval,
            self.samples_missed,
            self.frames_dropped,
            self.rx_bad,
        )


@dataclass(frozen=True, slots=True)
class DeviceEvent:
    """EVENT: something happened at the captured device time ``t_us``."""

    kind: int
    value: int
    t_us: int
    flags: int = 0

    _layout: ClassVar = struct.Struct("<BBHIQ")

    @property
    def rising(self) -> bool:
        """Whether a sync edge went up."""
        return bool(self.flags & 1)

    @classmethod
    def parse(cls, payload: bytes) -> Self:
        """Read an EVENT payload."""
        kind, flags, _, value, t_us = cls._layout.unpack(_head(payload, cls._layout.size, "EVENT"))
        return cls(kind, value, t_us, flags)

    def build(self) -> bytes:
        """Write the 16 bytes of the payload."""
        return self._layout.pack(self.kind, self.flags, 0, self.value, self.t_us)


@dataclass(frozen=True, slots=True)
class Ack:
    """ACK: how the command with this token ended."""

    token: int
    command: int
    status: int
    detail: int = 0

    _layout: ClassVar = struct.Struct("<HBBI")

    @classmethod
    def parse(cls, payload: bytes) -> Self:
        """Read an ACK payload."""
        return cls(*cls._layout.unpack(_head(payload, cls._layout.size, "ACK")))

    def build(self) -> bytes:
        """Write the 8 bytes of the payload."""
        return self._layout.pack(self.token, self.command, self.status, self.detail)


@dataclass(frozen=True, slots=True)
class TimeResponse:
    """TIME_RSP: echo of the host's time, device time of request received and response queued."""

    token: int
    t1_ns: int
    t2_us: int
    t3_us: int

    _layout: ClassVar = struct.Struct("<HHQQQ")

    @classmethod
    def parse(cls, payload: bytes) -> Self:
        """Read a TIME_RSP payload."""
        token, _, t1_ns, t2_us, t3_us = cls._layout.unpack(
            _head(payload, cls._layout.size, "TIME_RSP")
        )
        return cls(token, t1_ns, t2_us, t3_us)

    def build(self) -> bytes:
        """Write the 28 bytes of the payload."""
        return self._layout.pack(self.token, 0, self.t1_ns, self.t2_us, self.t3_us)


def _head(payload: bytes, size: int, name: str) -> bytes:
    if len(payload) < size:
        raise ValueError(f"{name} has {len(payload)} bytes of payload, needs {size}")
    return payload[:size]
