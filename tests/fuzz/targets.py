"""What is fuzzed: every reader of bytes from outside, and what must hold for any bytes.

A target is a function of bytes that must return. Nothing is caught but the errors that the reader
promises; memory is bounded by the fuzzer's own limit.
"""

from __future__ import annotations

import struct
import zlib
from contextlib import suppress
from typing import TYPE_CHECKING

from firingorder.firmware_bridge.adapters import ADAPTERS
from firingorder.firmware_bridge.adapters.receiver import AdapterReceiver
from firingorder.firmware_bridge.cobs import encode as cobs_encode
from firingorder.firmware_bridge.commands import CommandFault, parse_command
from firingorder.firmware_bridge.decoder import FrameDecoder
from firingorder.firmware_bridge.items import AnswerItem
from firingorder.firmware_bridge.payloads import Ack, DeviceEvent, Hello, Status, TimeResponse
from firingorder.firmware_bridge.receiver import Receiver
from tests.firmware_bridge.golden_frames import RAW

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from firingorder.firmware_bridge.links.base import Framing

#: wire_protocol.md section 4: magic, type, and what follows up to the payload.
_HEADER_BYTES = 20
#: Host time between two reads, and the most that one input may ask for.
_STEP_NS = 8_000_000
_MOST_READS = 400


def _cuts(data: bytes) -> Iterator[bytes]:
    """Cut bytes into reads as their own first bytes say; the cuts are part of what is fuzzed."""
    at, reads = 0, 0
    while at < len(data) and reads < _MOST_READS:
        size = 1 + data[at]
        yield data[at + 1 : at + 1 + size]
        at += 1 + size
        reads += 1


def decoder(framing: Framing) -> Callable[[bytes], None]:
    """Split, check and account for frames."""

    def run(data: bytes) -> None:
        one = FrameDecoder(framing)
        for read in _cuts(data):
            one.feed(read)
        assert one.stats.frames >= 0

    return run


def receiver(framing: Framing) -> Callable[[bytes], None]:
    """Everything behind a link, from bytes as they come."""

    def run(data: bytes) -> None:
        one, t_ns = Receiver(framing), 0
        one.opened(t_ns)
        for read in _cuts(data):
            t_ns += _STEP_NS
            one.feed(read, t_ns)
        _sums(one)

    return run


def frames(data: bytes) -> None:
    """Frames whose CRC is right and whose content is anything: what random bytes never reach."""
    one, t_ns = Receiver("cobs"), 0
    one.opened(t_ns)
    one.feed(_packet(RAW["B1"]), t_ns)
    for read in _cuts(data):
        if len(read) < _HEADER_BYTES:
            continue
        t_ns += _STEP_NS
        frame = bytes((0xE1, read[1] & 0x07)) + read[2 : _HEADER_BYTES + 216]
        one.feed(_packet(frame + struct.pack("<I", zlib.crc32(frame))), t_ns)
    _sums(one)


def payloads(data: bytes) -> None:
    """Payloads of every type, and commands as a device reads them."""
    for parse in (Hello.parse, Status.parse, DeviceEvent.parse, Ack.parse, TimeResponse.parse):
        with suppress(ValueError):
            parse(data)
    with suppress(CommandFault):
        parse_command(data[0] if data else 0, data[1:])


def adapter(name: str) -> Callable[[bytes], None]:
    """Another maker's device: a conversation whose answers are fuzzed, then any bytes."""

    def run(data: bytes) -> None:
        made = ADAPTERS[name]
        one, t_ns = AdapterReceiver(made.make_decoder({})), 0
        one.opened(t_ns)
        reads = _cuts(data[1:])
        answers: list[bytes] = []
        if data[:1] > b"\x7f":  # half of the inputs meet a device that is spoken to
            talk = made.make_conversation({})
            for step in (*talk.opening, *talk.start):
                send = step.send if isinstance(step.send, bytes) else step.send(tuple(answers))
                one.sent(send, t_ns)
                t_ns += _STEP_NS
                items = one.feed(next(reads, b""), t_ns)
                said = [item.data for item in items if isinstance(item, AnswerItem)]
                answers += said
                if step.expect is not None and not any(step.expect(each) for each in said):
                    break  # a host goes on only when it was answered
        for read in reads:
            t_ns += _STEP_NS
            one.feed(read, t_ns)
        _sums(one)

    return run


def _packet(frame: bytes) -> bytes:
    return cobs_encode(frame) + b"\x00"


def _sums(one: Receiver | AdapterReceiver) -> None:
    for stream in one.stats.streams.values():
        assert stream.samples >= 0
        assert stream.lost_samples >= 0
        assert stream.outage_samples >= 0


def all_targets() -> dict[str, Callable[[bytes], None]]:
    """Return every target by name."""
    made: dict[str, Callable[[bytes], None]] = {
        "decoder-cobs": decoder("cobs"),
        "decoder-packet": decoder("packet"),
        "receiver-cobs": receiver("cobs"),
        "receiver-packet": receiver("packet"),
        "frames": frames,
        "payloads": payloads,
    }
    return made | {f"adapter-{name}": adapter(name) for name in sorted(ADAPTERS)}
