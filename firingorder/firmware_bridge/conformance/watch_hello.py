"""HELLO, field by field (wire_protocol.md sections 5 and 10)."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from firingorder.firmware_bridge.conformance.known import Watcher
from firingorder.firmware_bridge.frame import MAX_FRAME_BYTES, MAX_PAYLOAD_BYTES, FrameType
from firingorder.firmware_bridge.hello import (
    MAX_CHANNELS,
    MAX_STREAMS,
    Caps,
    Hello,
    SampleFormat,
    StreamKindCode,
    Unit,
)
from firingorder.firmware_bridge.links.gatt import LEAST_MTU_BYTES

if TYPE_CHECKING:
    from collections.abc import Iterator

    from firingorder.firmware_bridge.conformance.known import Known
    from firingorder.firmware_bridge.conformance.wire import Packet
    from firingorder.firmware_bridge.frame import Frame
    from firingorder.firmware_bridge.hello import StreamDescriptor

_FIXED_BYTES = 32
_KNOWN_CAPS = sum(cap.value for cap in Caps)
_KNOWN_STREAM_FLAGS = 0x0F
_LAST_RESET_REASON = 7
#: Section 10.
EMG_RATE_MHZ = (500_000, 4_000_000)
_CHANNELS = {StreamKindCode.IMU6: 6, StreamKindCode.QUAT: 4}
_UNITS = {
    StreamKindCode.EMG: (Unit.COUNTS, Unit.MICROVOLT),
    StreamKindCode.IMU6: (Unit.COUNTS, Unit.G_DEG_S),
    StreamKindCode.QUAT: (Unit.COUNTS, Unit.QUATERNION),
    StreamKindCode.PRESSURE: tuple(Unit),
}
#: A mount in steps of 1/16384 has a norm within this of 1.
_NORM_ERROR = 0.01
#: Section 8: notification header and frame around the samples.
_BLE_OVERHEAD_BYTES = 27


class HelloWatch(Watcher):
    """Reads every HELLO and keeps the newest."""

    def __init__(self, known: Known) -> None:
        super().__init__(known)
        self._before: Hello | None = None

    def heard(self, packet: Packet, frame: Frame) -> None:
        """Judge a HELLO and remember it."""
        if frame.type != FrameType.HELLO:
            return
        try:
            hello = Hello.parse(frame.payload)
        except ValueError as error:
            self.ledger.bad("hello.layout", f"{error}", packet.wire)
            return
        for clause, faults in (
            ("hello.layout", list(_layout_faults(frame.payload, hello))),
            ("hello.identity", list(_identity_faults(hello))),
            ("hello.streams", [one for s in hello.streams for one in _stream_faults(s)]),
        ):
            words = "; ".join(faults)
            self.ledger.judge(clause, ok=not faults, words=words, data=packet.wire)
        if self.known.framing == "packet" and self.known.mtu >= LEAST_MTU_BYTES:
            self._ble_batches(packet, hello)
        self._compare(packet, hello)
        major, minor, patch = hello.firmware
        self.ledger.measure(
            "hello.identity",
            f"vendor {hello.vendor}, model {hello.model}, firmware {major}.{minor}.{patch},"
            f" serial {hello.serial.hex()}",
        )
        self.ledger.measure(
            "hello.streams",
            "; ".join(
                f"{one.id}: {one.channels} x {one.rate_hz:g} Hz, batch {one.batch}"
                for one in hello.streams
            ),
        )

    def _compare(self, packet: Packet, hello: Hello) -> None:
        before, self._before = self._before, hello
        self.known.first_hello = self.known.first_hello or hello
        self.known.hello, self.known.hello_wire = hello, packet.wire
        if before is None or before.boot_id != hello.boot_id:
            return
        same = (before.serial, before.vendor, before.model, before.firmware, before.caps) == (
            hello.serial,
            hello.vendor,
            hello.model,
            hello.firmware,
            hello.caps,
        )
        self.ledger.judge(
            "hello.same",
            ok=same,
            words="serial, vendor, model, firmware or caps changed within one boot",
            data=packet.wire,
        )

    def _ble_batches(self, packet: Packet, hello: Hello) -> None:
        for one in hello.streams:
            width = one.width_bytes * one.channels
            room = min(MAX_PAYLOAD_BYTES, self.known.mtu - _BLE_OVERHEAD_BYTES)
            if width and room >= width:
                self.ledger.judge(
                    "ble.notification",
                    ok=one.batch <= room // width,
                    words=f"stream {one.id} announces batch {one.batch}; {room // width} fit into"
                    f" an MTU of {self.known.mtu}",
                    data=packet.wire,
                )


def _layout_faults(payload: bytes, hello: Hello) -> Iterator[str]:
    if hello.proto_minor == 0 and payload[0] != _FIXED_BYTES:
        yield f"the fixed part says {payload[0]} bytes, version 1.0 has {_FIXED_BYTES}"
    rest = payload[payload[0] :]
    for one in hello.streams:
        known = one.kind in set(StreamKindCode)
        mount = 8 if one.kind in (StreamKindCode.IMU6, StreamKindCode.QUAT) else 0
        expected = 20 + 5 * one.channels + mount
        if known and hello.proto_minor == 0 and rest[0] != expected:
            yield f"the descriptor of stream {one.id} says {rest[0]} bytes, it has {expected}"
        rest = rest[rest[0] :]
    if rest and hello.proto_minor == 0:
        yield f"{len(rest)} bytes follow the last descriptor"


def _identity_faults(hello: Hello) -> Iterator[str]:
    if hello.proto_major != 1:
        yield f"protocol major {hello.proto_major} in a frame of major 1"
    if hello.min_host_minor > hello.proto_minor:
        yield f"min_host_minor {hello.min_host_minor} is above proto_minor {hello.proto_minor}"
    if hello.reset_reason > _LAST_RESET_REASON:
        yield f"reset reason {hello.reset_reason}, known are 0 to {_LAST_RESET_REASON}"
    if hello.max_frame_bytes != MAX_FRAME_BYTES:
        yield f"max_frame {hello.max_frame_bytes}, version 1 has {MAX_FRAME_BYTES}"
    if hello.proto_minor == 0 and hello.caps & ~_KNOWN_CAPS:
        yield f"caps {hello.caps:08X} has bits that version 1.0 does not know"
    if not 1 <= len(hello.streams) <= MAX_STREAMS:
        yield f"{len(hello.streams)} streams, not 1 to {MAX_STREAMS}"
    if not any(hello.serial):
        yield "the serial number is zero: hosts tell devices apart by it"


def _stream_faults(one: StreamDescriptor) -> Iterator[str]:
    name = f"stream {one.id}"
    if one.kind not in set(StreamKindCode):
        yield f"{name}: kind {one.kind} is not known"
        return
    kind = StreamKindCode(one.kind)
    if one.fmt not in set(SampleFormat):
        yield f"{name}: format {one.fmt} is not known"
    if not 1 <= one.channels <= MAX_CHANNELS or one.channels != _CHANNELS.get(kind, one.channels):
        yield f"{name}: {one.channels} channels for kind {one.kind}"
    row = one.width_bytes * one.channels
    if not one.batch or one.batch * row > MAX_PAYLOAD_BYTES:
        yield f"{name}: a batch of {one.batch} has {one.batch * row} bytes, 1 to 216 are possible"
    if one.flags & ~_KNOWN_STREAM_FLAGS:
        yield f"{name}: flags {one.flags:02X}, b4 to b7 are reserved"
    if one.unit not in _UNITS[kind]:
        yield f"{name}: unit {one.unit} for kind {one.kind}"
    if kind == StreamKindCode.EMG and not EMG_RATE_MHZ[0] <= one.rate_mhz <= EMG_RATE_MHZ[1]:
        yield f"{name}: {one.rate_hz:g} Hz, EMG has 500 to 4000"
    if one.skew_ns * one.channels * one.rate_mhz > 1e12:
        yield f"{name}: a skew of {one.skew_ns} ns over all channels is longer than a sample"
    if one.mount_wxyz is not None and abs(math.hypot(*one.mount_wxyz) - 1.0) > _NORM_ERROR:
        yield f"{name}: the mount quaternion has the length {math.hypot(*one.mount_wxyz):.3f}"
