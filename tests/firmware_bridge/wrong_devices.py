"""Devices that are wrong in one way each, and a line that is driven without any clock or loop.

Each is the virtual device with one thing done otherwise, either within or on the bytes it sends.
"""

from __future__ import annotations

import struct
import zlib
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from cobs import cobs

from firingorder.firmware_bridge.conformance.check import (
    Action,
    DeviceCheck,
    Listen,
    ReadInfo,
    Reopen,
    Write,
)
from firingorder.firmware_bridge.frame import MAX_PAYLOAD_BYTES, AckStatus, FrameType
from firingorder.simulation.device import VirtualDevice
from firingorder.simulation.faults import FaultPlan
from firingorder.simulation.line import FaultyLine
from firingorder.simulation.orders import Orders
from firingorder.simulation.outbox import Outbox
from firingorder.simulation.scenarios import make_body
from firingorder.simulation.settings import DeviceSettings

if TYPE_CHECKING:
    from collections.abc import Callable

    from firingorder.firmware_bridge.conformance.ledger import ClauseResult
    from firingorder.firmware_bridge.frame import Frame
    from firingorder.firmware_bridge.payloads import Ack

SEED = 5
#: From leaving the device to arriving: as on a cable, and no jitter at all.
DELAY_NS = 300_000
START_NS = 5_000_000_000


def with_crc(body: bytes) -> bytes:
    return body + struct.pack("<I", zlib.crc32(body))


def patched(raw: bytes, offset: int, layout: str, value: int) -> bytes:
    """Return a frame with one field changed and a right CRC."""
    body = bytearray(raw[:-4])
    struct.pack_into(layout, body, offset, value)
    return with_crc(bytes(body))


class ChangedLine(FaultyLine):
    """Changes, drops or adds frames on their way to the host."""

    def __init__(self, device: VirtualDevice, change: Callable[[bytes], list[bytes]]) -> None:
        super().__init__(device)
        self._change = change

    def advance(self, now_us: int) -> bytes:
        out = bytearray()
        for packet in super().advance(now_us).split(b"\x00")[:-1]:
            changed = self._change(cobs.decode(packet)) if packet else [b""]
            for raw in changed:
                out += (cobs.encode(raw) if raw else b"") + b"\x00"
        return bytes(out)


@dataclass
class Tape:
    """Every call that a driver made, so that the same can be made once more."""

    calls: list[tuple[str, tuple[Any, ...]]] = field(default_factory=list[Any])

    def make(self, check: DeviceCheck, name: str, *args: Any) -> Any:
        self.calls.append((name, args))
        return getattr(check, name)(*args)

    def play(self, check: DeviceCheck) -> Any:
        result: Any = None
        for name, args in self.calls:
            result = getattr(check, name)(*args)
        return result


def drive(
    line: FaultyLine, *, duration_s: float = 1.0, slow: bool = False, tape: Tape | None = None
) -> tuple[DeviceCheck, tuple[ClauseResult, ...]]:
    """Run a whole check in as long as the machine needs."""
    tape = tape or Tape()
    check = DeviceCheck("cobs", duration_s=duration_s, slow=slow)
    t_ns = cut_short(line, check, lambda: False, tape)
    return check, tape.make(check, "finish", t_ns)


def cut_short(
    line: FaultyLine, check: DeviceCheck, enough: Callable[[], bool], tape: Tape | None = None
) -> int:
    """Run a check until it is over or enough; return when that was."""
    tape = tape or Tape()
    t_ns = START_NS
    line.connect(t_ns // 1000)
    tape.make(check, "opened", t_ns)
    while not enough():
        action: Action | None = tape.make(check, "act", t_ns)
        match action:
            case None:
                break
            case Write(data):
                line.write(data, t_ns // 1000)
                tape.make(check, "wrote", t_ns)
            case Listen(until_ns):
                due_ns = max(1000 * line.next_event_us, t_ns)
                t_ns = min(due_ns, until_ns)
                if data := line.advance(t_ns // 1000):
                    t_ns += DELAY_NS
                    tape.make(check, "read", data, t_ns)
            case Reopen() | ReadInfo():
                raise AssertionError("on a byte stream nothing is opened again")
    return t_ns


def failed(results: tuple[ClauseResult, ...]) -> set[str]:
    return {one.clause.id for one in results if one.verdict == "failed"}


def device(kind: type[VirtualDevice] = VirtualDevice, **settings: Any) -> VirtualDevice:
    faults = settings.pop("faults", None) or FaultPlan()
    # Half the usual rate: half the frames, and none of the clauses looks at another thing.
    body = make_body("rest", seed=SEED, emg_rate_hz=settings.pop("rate_hz", 500.0))
    return kind(body, seed=SEED, faults=faults, settings=DeviceSettings(**settings))


# Wrong within -------------------------------------------------------------------------------


class ConstantEpoch(VirtualDevice):
    def start(self, mask: int) -> None:
        before = self.epoch
        super().start(mask)
        self._reports.epoch = before


class SameEpochAtBoot(VirtualDevice):
    def _reset_state(self, reason: int) -> None:
        super()._reset_state(reason)
        self._reports.epoch = 7


class SameBootId(VirtualDevice):
    def _reset_state(self, reason: int) -> None:
        super()._reset_state(reason)
        self._reports.boot_id = 0xCAFE


class AnswersTwice(VirtualDevice):
    def ack(self, ack: Ack) -> None:
        super().ack(ack)
        super().ack(ack)


class Forgetful(Orders):
    def _repeat(self, token: int) -> bool:
        return False


class ExecutesTwice(VirtualDevice):
    def _reset_state(self, reason: int) -> None:
        super()._reset_state(reason)
        self._orders = Forgetful(self)


class NoStatus(VirtualDevice):
    def _every_second(self) -> None:
        self._status_wanted = False
        super()._every_second()


class KeepsPartialBatch(VirtualDevice):
    def stop(self) -> None:
        self.discard()


class NeverTired(VirtualDevice):
    def _keep_alive_over(self) -> None:
        self._heard_us = self._now


class IgnoresMask(VirtualDevice):
    def start(self, mask: int) -> None:
        super().start(0xFF)


class IgnoresVbus(VirtualDevice):
    @property
    def vbus(self) -> bool:
        return False


class CountsNoGarbage(VirtualDevice):
    def receive(self, data: bytes, now_us: int) -> None:
        super().receive(data, now_us)
        self._inbox.bad = 0


class CountsEmptyPackets(VirtualDevice):
    def receive(self, data: bytes, now_us: int) -> None:
        super().receive(data, now_us)
        if data.startswith(b"\x00\x00"):
            self._inbox.bad += 3


class Deaf(VirtualDevice):
    def receive(self, data: bytes, now_us: int) -> None:
        self.run_until(now_us)


class FastConverter(VirtualDevice):
    """Announces 1000 Hz and converts at 1020 Hz."""

    def _reset_state(self, reason: int) -> None:
        super()._reset_state(reason)
        self.streams.samplers[0].period_us /= 1.02

    def configure(self, body: Any, fmt: Any) -> None:
        super().configure(body, fmt)
        self.streams.samplers[0].period_us /= 1.02


class Obedient(Orders):
    """Says OK to what it does not know."""

    def _refuse(self, ack: Ack) -> None:
        status = 0 if ack.status == AckStatus.UNKNOWN_COMMAND else ack.status
        super()._refuse(replace(ack, status=status))


class KnowsAll(VirtualDevice):
    def _reset_state(self, reason: int) -> None:
        super()._reset_state(reason)
        self._orders = Obedient(self)


class LongOutbox(Outbox):
    """Sends frames of any length."""

    def put(self, frame: Frame) -> None:
        if len(frame.payload) <= MAX_PAYLOAD_BYTES:
            super().put(frame)
            return
        head = struct.pack(
            "<BBHBBBBIQ",
            0xE1,
            frame.type,
            self._seq,
            frame.epoch,
            frame.flags,
            frame.stream,
            frame.count,
            frame.index,
            frame.t_us,
        )
        self._seq = (self._seq + 1) & 0xFFFF
        self._append(cobs.encode(with_crc(head + frame.payload)) + b"\x00")


class LongBatches(VirtualDevice):
    def __init__(self, *args: Any, **settings: Any) -> None:
        super().__init__(*args, **settings)
        self.outbox = self._reports.outbox = LongOutbox(self.settings.ring_bytes)

    def _reset_state(self, reason: int) -> None:
        super()._reset_state(reason)
        self.streams.emg.payload_bytes = 400
        self.streams.configure(self.streams.body, self.streams.emg.fmt)


# Wrong on the line --------------------------------------------------------------------------


def kind_of(raw: bytes) -> int:
    return raw[1]


def big_endian_crc(raw: bytes) -> list[bytes]:
    return [raw[:-4] + raw[:-5:-1]]


def reserved_flag(raw: bytes) -> list[bytes]:
    return [patched(raw, 5, "B", raw[5] | 0x80)]


def index_from_1000(raw: bytes) -> list[bytes]:
    if kind_of(raw) != FrameType.DATA:
        return [raw]
    (index,) = struct.unpack_from("<I", raw, 8)
    return [patched(raw, 8, "<I", index + 1000)]


def wrong_t1(raw: bytes) -> list[bytes]:
    return [patched(raw, 24, "B", raw[24] ^ 1)] if kind_of(raw) == FrameType.TIME_RSP else [raw]


def idle_while_streaming(raw: bytes) -> list[bytes]:
    return [patched(raw, 20 + 17, "B", 0)] if kind_of(raw) == FrameType.STATUS else [raw]


def unannounced_stream(raw: bytes) -> list[bytes]:
    is_imu = kind_of(raw) == FrameType.DATA and raw[6] == 1
    return [patched(raw, 6, "B", 3)] if is_imu else [raw]


def dirty_header(raw: bytes) -> list[bytes]:
    return [patched(raw, 7, "B", 1)] if kind_of(raw) == FrameType.EVENT else [raw]


def long_mount(raw: bytes) -> list[bytes]:
    """Say of the IMU what no quaternion may be: a mount of length two."""
    if kind_of(raw) != FrameType.HELLO:
        return [raw]
    return [patched(raw, len(raw) - 4 - 8, "<h", 32767)]


class SeqSkipsAcks:
    """Gives an ACK the number of the frame before it."""

    def __init__(self) -> None:
        self._acks = 0

    def __call__(self, raw: bytes) -> list[bytes]:
        self._acks += kind_of(raw) == FrameType.ACK
        (seq,) = struct.unpack_from("<H", raw, 2)
        return [patched(raw, 2, "<H", (seq - self._acks) & 0xFFFF)]


class SpoilsOneSample:
    """Changes the lowest bit of one EMG value."""

    def __init__(self) -> None:
        self._seen = 0

    def __call__(self, raw: bytes) -> list[bytes]:
        self._seen += kind_of(raw) == FrameType.DATA and raw[6] == 0
        if self._seen != 20:
            return [raw]
        self._seen += 1
        return [patched(raw, 20 + 3 * 11, "B", raw[20 + 3 * 11] ^ 1)]


class LosesFrames:
    """Drops every 40th DATA frame; ``told`` puts them into frames_dropped."""

    def __init__(self, *, told: bool) -> None:
        self._told = told
        self._seen = 0
        self._lost = 0

    def __call__(self, raw: bytes) -> list[bytes]:
        if kind_of(raw) == FrameType.DATA:
            self._seen += 1
            if self._seen % 40 == 0:
                self._lost += 1
                return []
        if kind_of(raw) == FrameType.STATUS and self._told:
            return [patched(raw, 20 + 24, "<I", self._lost)]
        if kind_of(raw) == FrameType.HELLO and raw[20 + 24] == 4:
            self._lost = 0  # a boot clears the counter
        return [raw]


class Talkative:
    """Follows every DATA frame by a LOG with its number, and renumbers."""

    def __init__(self, size_bytes: int, every: int) -> None:
        self._size_bytes = size_bytes
        self._every = every
        self._seen = 0
        self._added = 0

    def __call__(self, raw: bytes) -> list[bytes]:
        (seq,) = struct.unpack_from("<H", raw, 2)
        out = [patched(raw, 2, "<H", (seq + self._added) & 0xFFFF)]
        if kind_of(raw) == FrameType.STATUS:
            for _ in range(self._every):
                self._added += 1
                head = struct.pack("<BBHBBBBI", 0xE1, FrameType.LOG, 0, raw[4], 0, 0, 0, 0)
                log = with_crc(head + raw[12:20] + b"x" * self._size_bytes)
                out.append(patched(log, 2, "<H", (seq + self._added) & 0xFFFF))
        return out


def swaps_two_channels(raw: bytes) -> list[bytes]:
    """Channels 0 and 1 of i24 samples the other way round."""
    if kind_of(raw) != FrameType.DATA or raw[6] != 0 or (len(raw) - 24) != 24 * raw[7]:
        return [raw]
    body = bytearray(raw[:-4])
    for k in range(raw[7]):
        at = 20 + 24 * k
        body[at : at + 6] = body[at + 3 : at + 6] + body[at : at + 3]
    return [with_crc(bytes(body))]


class WanderingEpoch:
    """Raises the epoch of everything after the third second of STATUS."""

    def __init__(self) -> None:
        self._seen = 0

    def __call__(self, raw: bytes) -> list[bytes]:
        self._seen += kind_of(raw) == FrameType.STATUS
        return [patched(raw, 4, "B", (raw[4] + (self._seen >= 3)) & 0xFF)]
