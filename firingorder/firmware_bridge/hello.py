"""HELLO: what the device is and what its streams look like (wire_protocol.md section 5)."""

from __future__ import annotations

import math
import struct
from dataclasses import dataclass
from enum import IntEnum, IntFlag
from typing import Self

#: Section 10.
MAX_STREAMS = 8
MAX_CHANNELS = 16
#: Turns the i16 numbers of a mount quaternion into 1.0 (section 5).
_MOUNT_ONE = 16384.0

_FIXED = struct.Struct("<BBBBBBBBHH8sIBBHI")
_STREAM = struct.Struct("<BBBBBBBBIII")
_MOUNT = struct.Struct("<4h")

Quaternion = tuple[float, float, float, float]


class StreamKindCode(IntEnum):
    """Kinds of streams. A descriptor may carry another number: then the stream is skipped."""

    EMG = 1
    IMU6 = 2
    QUAT = 3
    PRESSURE = 4


class SampleFormat(IntEnum):
    """How one value stands in a DATA payload."""

    I24 = 0
    I16 = 1
    F32 = 2


class Unit(IntEnum):
    """Unit of raw value times scale."""

    COUNTS = 0
    MICROVOLT = 1
    G_DEG_S = 2
    QUATERNION = 3


class StreamFlag(IntFlag):
    """Flags of a stream descriptor."""

    CALIBRATED = 1 << 0
    HARDWARE_TIME = 1 << 1
    DECIMATED = 1 << 2
    HIGH_PASS = 1 << 3


class Caps(IntFlag):
    """Capabilities of the device."""

    SET_RATE = 1 << 0
    SET_GAIN = 1 << 1
    SHORTED_INPUT = 1 << 2
    SQUARE_WAVE = 1 << 3
    DIGITAL_PATTERN = 1 << 4
    LEAD_OFF = 1 << 5
    IMPEDANCE = 1 << 6
    MARK = 1 << 7
    SYNC_IN = 1 << 8
    SYNC_OUT = 1 << 9
    VBUS = 1 << 10
    I16_EMG = 1 << 11
    SET_NAME = 1 << 12
    BOOTLOADER = 1 << 13
    BATTERY_GAUGE = 1 << 14
    SIMULATED = 1 << 31


_WIDTH_BYTES: dict[int, int] = {SampleFormat.I24: 3, SampleFormat.I16: 2, SampleFormat.F32: 4}
_KNOWN_KINDS = frozenset[int](StreamKindCode)
_MOUNTED = (StreamKindCode.IMU6, StreamKindCode.QUAT)


@dataclass(frozen=True, slots=True)
class StreamDescriptor:
    """One stream. ``scale`` is unit per count, ``gain`` the analogue gain (0 = none).

    ``mount_wxyz`` turns sensor axes into the pelvis frame; None where it is unknown.
    """

    id: int
    kind: int
    fmt: int
    channels: int
    batch: int
    rate_mhz: int
    group_delay_us: int
    scale: tuple[float, ...]
    gain: tuple[int, ...]
    unit: int = Unit.MICROVOLT
    flags: int = 0
    skew_ns: int = 0
    mount_wxyz: Quaternion | None = None

    @property
    def rate_hz(self) -> float:
        """Nominal rate on the device's clock."""
        return self.rate_mhz / 1000.0

    @property
    def width_bytes(self) -> int:
        """Bytes of one value; 0 for a format that is not known."""
        return _WIDTH_BYTES.get(self.fmt, 0)

    @classmethod
    def parse(cls, data: bytes) -> Self:
        """Read the descriptor that ``data`` begins with; ``data[0]`` is its length."""
        if len(data) < _STREAM.size or not _STREAM.size <= data[0] <= len(data):
            raise ValueError(f"stream descriptor of {len(data)} bytes is cut short")
        size, sid, kind, fmt, channels, batch, flags, unit, rate, delay, skew = _STREAM.unpack_from(
            data
        )
        known = kind in _KNOWN_KINDS
        fixed = _STREAM.size + 5 * channels
        needed = fixed + (_MOUNT.size if kind in _MOUNTED else 0)
        if size < needed:
            if known:
                raise ValueError(f"stream {sid} has {size} bytes of descriptor, needs {needed}")
            channels = 0  # The layout behind the fixed part is only sure for known kinds.
            fixed = _STREAM.size
        scale = struct.unpack_from(f"<{channels}f", data, _STREAM.size)
        gain = tuple(data[_STREAM.size + 4 * channels : fixed])
        mount = _MOUNT.unpack_from(data, fixed) if kind in _MOUNTED else (0, 0, 0, 0)
        if known:
            _check_stream(sid, channels, rate, scale)
        return cls(
            id=sid,
            kind=kind,
            fmt=fmt,
            channels=channels,
            batch=batch,
            rate_mhz=rate,
            group_delay_us=delay,
            scale=scale,
            gain=gain,
            unit=unit,
            flags=flags,
            skew_ns=skew,
            mount_wxyz=_mount(mount),
        )

    def build(self) -> bytes:
        """Write the descriptor."""
        tail = b""
        if self.kind in _MOUNTED:
            mount = self.mount_wxyz or (0.0, 0.0, 0.0, 0.0)
            tail = _MOUNT.pack(*(round(value * _MOUNT_ONE) for value in mount))
        head = _STREAM.pack(
            _STREAM.size + 5 * self.channels + len(tail),
            self.id,
            self.kind,
            self.fmt,
            self.channels,
            self.batch,
            self.flags,
            self.unit,
            self.rate_mhz,
            self.group_delay_us,
            self.skew_ns,
        )
        return head + struct.pack(f"<{self.channels}f", *self.scale) + bytes(self.gain) + tail


@dataclass(frozen=True, slots=True)
class Hello:
    """HELLO: identity, versions, capabilities and streams of a device."""

    firmware: tuple[int, int, int]
    model: int
    vendor: int
    serial: bytes
    boot_id: int
    streams: tuple[StreamDescriptor, ...]
    proto_major: int = 1
    proto_minor: int = 0
    min_host_minor: int = 0
    hw_rev: int = 0
    reset_reason: int = 0
    max_frame_bytes: int = 240
    caps: int = 0

    @property
    def simulated(self) -> bool:
        """Whether the device has no electrodes, so that recordings must say so."""
        return bool(self.caps & Caps.SIMULATED)

    def stream_of_kind(self, kind: int) -> StreamDescriptor | None:
        """Return the first stream of a kind."""
        return next((stream for stream in self.streams if stream.kind == kind), None)

    @classmethod
    def parse(cls, payload: bytes) -> Self:
        """Read a HELLO payload; unknown tails and unknown kinds of streams are kept or skipped."""
        if len(payload) < _FIXED.size or not _FIXED.size <= payload[0] <= len(payload):
            raise ValueError(f"HELLO of {len(payload)} bytes is cut short")
        (size, major, minor, min_host, fw0, fw1, fw2, hw_rev, model, vendor) = _FIXED.unpack_from(
            payload
        )[:10]
        serial, boot_id, reason, n_streams, max_frame, caps = _FIXED.unpack_from(payload)[10:]
        return cls(
            firmware=(fw0, fw1, fw2),
            model=model,
            vendor=vendor,
            serial=serial,
            boot_id=boot_id,
            streams=_streams(payload[size:], n_streams),
            proto_major=major,
            proto_minor=minor,
            min_host_minor=min_host,
            hw_rev=hw_rev,
            reset_reason=reason,
            max_frame_bytes=max_frame,
            caps=caps,
        )

    def build(self) -> bytes:
        """Write the payload."""
        head = _FIXED.pack(
            _FIXED.size,
            self.proto_major,
            self.proto_minor,
            self.min_host_minor,
            *self.firmware,
            self.hw_rev,
            self.model,
            self.vendor,
            self.serial,
            self.boot_id,
            self.reset_reason,
            len(self.streams),
            self.max_frame_bytes,
            self.caps,
        )
        return head + b"".join(stream.build() for stream in self.streams)


def _streams(data: bytes, count: int) -> tuple[StreamDescriptor, ...]:
    if count > MAX_STREAMS:
        raise ValueError(f"HELLO announces {count} streams, at most {MAX_STREAMS}")
    streams: list[StreamDescriptor] = []
    for _ in range(count):
        stream = StreamDescriptor.parse(data)
        if any(other.id == stream.id for other in streams):
            raise ValueError(f"HELLO describes stream {stream.id} twice")
        streams.append(stream)
        data = data[data[0] :]
    return tuple(streams)


def _check_stream(sid: int, channels: int, rate_mhz: int, scale: tuple[float, ...]) -> None:
    if not 1 <= channels <= MAX_CHANNELS:
        raise ValueError(f"stream {sid} has {channels} channels, not 1..{MAX_CHANNELS}")
    if rate_mhz == 0:
        raise ValueError(f"stream {sid} has a rate of zero")
    if not all(math.isfinite(value) and value != 0.0 for value in scale):
        raise ValueError(f"stream {sid} has a scale that is no number: {scale}")


def _mount(raw: tuple[int, ...]) -> Quaternion | None:
    if not any(raw):
        return None
    w, x, y, z = (value / _MOUNT_ONE for value in raw)
    return (w, x, y, z)
