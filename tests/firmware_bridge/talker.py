"""A device reduced to its voice: builds the bytes that a device of the specification would send.

Written from the specification alone, beside the virtual device, so that the two check each other.
"""

from __future__ import annotations

import struct
import zlib
from dataclasses import dataclass, field, replace

import numpy as np
from cobs import cobs

from firingorder.firmware_bridge.frame import FrameType
from firingorder.firmware_bridge.payloads import (
    Ack,
    DeviceEvent,
    Hello,
    SampleFormat,
    Status,
    StreamDescriptor,
    StreamKindCode,
    Unit,
)

SCALE_UV = float(np.float32(0.04768372))
T0_US = 5_000_000

EMG = StreamDescriptor(
    id=0,
    kind=StreamKindCode.EMG,
    fmt=SampleFormat.I24,
    channels=8,
    batch=8,
    rate_mhz=1_000_000,
    group_delay_us=16_250,
    scale=(SCALE_UV,) * 8,
    gain=(6,) * 8,
)
IMU = StreamDescriptor(
    id=1,
    kind=StreamKindCode.IMU6,
    fmt=SampleFormat.I16,
    channels=6,
    batch=5,
    rate_mhz=100_000,
    group_delay_us=8_000,
    scale=(8 / 32768,) * 3 + (1000 / 32768,) * 3,
    gain=(0,) * 6,
    unit=Unit.G_DEG_S,
    mount_wxyz=(0.5, 0.5, -0.5, -0.5),
)


def hello(
    *streams: StreamDescriptor, boot_id: int = 0x1234, proto_minor: int = 0, min_host_minor: int = 0
) -> Hello:
    return Hello(
        firmware=(0, 1, 0),
        model=5,
        vendor=1,
        serial=b"12345678",
        boot_id=boot_id,
        streams=streams or (EMG, IMU),
        proto_minor=proto_minor,
        min_host_minor=min_host_minor,
    )


def _usual_hello() -> Hello:
    return hello()


def raw_frame(
    kind: int,
    payload: bytes,
    *,
    seq: int = 0,
    epoch: int = 0,
    flags: int = 0,
    stream: int = 0,
    count: int = 0,
    index: int = 0,
    t_us: int = 0,
    magic: int = 0xE1,
) -> bytes:
    """Build a frame byte by byte, without the product's codec."""
    head = struct.pack(
        "<BBHBBBBIQ", magic, kind, seq, epoch, flags, stream, count, index % 2**32, t_us
    )
    body = head + payload
    return body + struct.pack("<I", zlib.crc32(body))


def as_packet(raw: bytes) -> bytes:
    return cobs.encode(raw) + b"\x00"


def emg_raw(k: int, channels: int = 8) -> list[int]:
    """Digital pattern of wire_protocol.md section 6."""
    base = ((k * 2654435761 % 2**32) >> 16) % 20000 - 10000
    return [base + c for c in range(channels)]


def imu_raw(k: int) -> list[int]:
    return [((k + c) % 65536 + 32768) % 65536 - 32768 for c in range(6)]


@dataclass
class Talker:
    """Keeps sequence, epoch and clock of a device; every method returns packets."""

    hello: Hello = field(default_factory=_usual_hello)
    epoch: int = 7
    seq: int = 0
    t0_us: int = T0_US

    def frame(self, kind: int, payload: bytes, **fields: int) -> bytes:
        raw = raw_frame(kind, payload, seq=self.seq, epoch=self.epoch, **fields)
        self.seq = (self.seq + 1) % 65536
        return as_packet(raw)

    def say_hello(self, t_us: int = 1000) -> bytes:
        return self.frame(FrameType.HELLO, self.hello.build(), t_us=t_us)

    def ack(self, token: int, command: int, status: int = 0, detail: int = 0) -> bytes:
        payload = Ack(token, command, status, detail).build()
        return self.frame(FrameType.ACK, payload, t_us=self.t0_us)

    def status(self, t_us: int | None = None, **fields: int) -> bytes:
        payload = Status(uptime_s=1, **fields).build()
        return self.frame(FrameType.STATUS, payload, t_us=self.t0_us if t_us is None else t_us)

    def event(self, kind: int, value: int, t_us: int) -> bytes:
        return self.frame(FrameType.EVENT, DeviceEvent(kind, value, t_us).build(), t_us=t_us)

    def emg(self, k: int, n: int = 8, *, index: int | None = None, **fields: int) -> bytes:
        """EMG samples k..k+n-1 of the pattern, time stamped on the nominal grid."""
        payload = b"".join(
            v.to_bytes(3, "little", signed=True) for j in range(n) for v in emg_raw(k + j)
        )
        fields.setdefault("t_us", self.t0_us + k * 1000)
        return self.frame(
            FrameType.DATA, payload, count=n, index=k if index is None else index, **fields
        )

    def imu(self, k: int, n: int = 5, **fields: int) -> bytes:
        payload = b"".join(struct.pack("<6h", *imu_raw(k + j)) for j in range(n))
        fields.setdefault("t_us", self.t0_us + k * 10_000)
        return self.frame(FrameType.DATA, payload, stream=1, count=n, index=k, **fields)

    def reboot(self, boot_id: int, epoch: int) -> None:
        self.hello = replace(self.hello, boot_id=boot_id)
        self.epoch = epoch
        self.seq = 0
