"""Frame v1: 20 bytes of header, 0..216 of payload, CRC-32 (wire_protocol.md section 4)."""

from __future__ import annotations

import struct
import zlib
from dataclasses import dataclass
from enum import IntEnum, IntFlag
from typing import Literal

from firingorder.firmware_bridge import cobs

#: Section 4: high nibble 0xE, low nibble the protocol major.
MAGIC_NIBBLE = 0xE
PROTOCOL_MAJOR = 1
PROTOCOL_MINOR = 0
#: Section 10.
MIN_FRAME_BYTES = 24
MAX_FRAME_BYTES = 240
MAX_PAYLOAD_BYTES = MAX_FRAME_BYTES - MIN_FRAME_BYTES
#: Section 6: commands are at most 64 bytes as frames.
MAX_COMMAND_FRAME_BYTES = 64
#: Section 3 rule 2: what an encoded packet may have, without its delimiter.
MAX_PACKET_BYTES = MAX_FRAME_BYTES + 1
DELIMITER = b"\x00"

_HEADER = struct.Struct("<BBHBBBBIQ")
_CRC = struct.Struct("<I")
_MAGIC = MAGIC_NIBBLE << 4 | PROTOCOL_MAJOR

FaultKind = Literal["bad_length", "bad_crc", "bad_magic", "foreign_major"]


class FrameType(IntEnum):
    """Frames of the device; commands of the host are :class:`Command`."""

    HELLO = 0x01
    DATA = 0x02
    STATUS = 0x03
    EVENT = 0x04
    ACK = 0x05
    TIME_RSP = 0x06
    LOG = 0x07


class Command(IntEnum):
    """Frames of the host (section 6)."""

    HELLO = 0x81
    START = 0x82
    STOP = 0x83
    SET_RATE = 0x84
    SET_GAIN = 0x85
    TIME_REQ = 0x86
    SELFTEST = 0x87
    LEADOFF = 0x88
    MARK = 0x89
    SYNC_OUT = 0x8A
    SET_NAME = 0x8B
    REBOOT = 0x8F


class AckStatus(IntEnum):
    """How a command ended (section 5, ACK)."""

    OK = 0
    UNKNOWN_COMMAND = 1
    BAD_LENGTH = 2
    BAD_PARAMETER = 3
    BAD_STATE = 4
    VBUS_INTERLOCK = 5
    VERSION = 6
    AFE_FAULT = 7
    LINK_TOO_SMALL = 8
    BATTERY = 9
    BUSY = 10


class Flag(IntFlag):
    """Flags of the header (section 4)."""

    DROPPED = 1 << 0
    LEAD_OFF = 1 << 1
    SATURATED = 1 << 2
    TEST_SIGNAL = 1 << 3
    VBUS = 1 << 4
    SYNC_EDGE = 1 << 5
    DECIMATED = 1 << 6


class FrameFault(ValueError):  # noqa: N818 - bad bytes are an event of the line, not an error
    """Bytes that are no frame v1. ``kind`` names the first test that failed, in receive order."""

    def __init__(self, kind: FaultKind, text: str) -> None:
        super().__init__(text)
        self.kind: FaultKind = kind


@dataclass(frozen=True, slots=True)
class Frame:
    """One frame. Fields are those of the header; ``t_us`` is device time in microseconds."""

    type: int
    seq: int = 0
    epoch: int = 0
    flags: int = 0
    stream: int = 0
    count: int = 0
    index: int = 0
    t_us: int = 0
    payload: bytes = b""


def encode_frame(frame: Frame) -> bytes:
    """Return the bytes of ``frame`` with its CRC, as on a link that keeps packets apart."""
    if len(frame.payload) > MAX_PAYLOAD_BYTES:
        raise ValueError(f"payload of {len(frame.payload)} bytes, at most {MAX_PAYLOAD_BYTES}")
    body = (
        _HEADER.pack(
            _MAGIC,
            frame.type,
            frame.seq,
            frame.epoch,
            frame.flags,
            frame.stream,
            frame.count,
            frame.index,
            frame.t_us,
        )
        + frame.payload
    )
    return body + _CRC.pack(zlib.crc32(body))


def parse_frame(raw: bytes) -> Frame:
    """Return the frame in ``raw``: length, then CRC, then magic, as section 3 rule 3 orders.

    Raises
    ------
    FrameFault
        ``raw`` is not a frame of this major. Unknown types are frames.
    """
    size = len(raw)
    if not MIN_FRAME_BYTES <= size <= MAX_FRAME_BYTES:
        raise FrameFault("bad_length", f"a frame has 24..240 bytes, this one {size}")
    body = raw[:-4]
    if zlib.crc32(body) != int.from_bytes(raw[-4:], "little"):
        raise FrameFault("bad_crc", "the CRC does not fit")
    magic, kind, seq, epoch, flags, stream, count, index, t_us = _HEADER.unpack_from(raw)
    if magic != _MAGIC:
        if magic >> 4 != MAGIC_NIBBLE:
            raise FrameFault("bad_magic", f"the first byte is 0x{magic:02X}, not 0xE1")
        raise FrameFault("foreign_major", f"protocol major {magic & 0xF}, not {PROTOCOL_MAJOR}")
    return Frame(kind, seq, epoch, flags, stream, count, index, t_us, body[_HEADER.size :])


def packet(frame_bytes: bytes) -> bytes:
    """Return an encoded frame as it goes over a byte stream: COBS and the delimiter."""
    return cobs.encode(frame_bytes) + DELIMITER
