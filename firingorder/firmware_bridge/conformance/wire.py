"""What came over the line, packet by packet, judged by the bytes alone.

Source: wire_protocol.md sections 3 and 4.
"""

from __future__ import annotations

import struct
import zlib
from dataclasses import dataclass
from typing import TYPE_CHECKING

from firingorder.firmware_bridge import cobs
from firingorder.firmware_bridge.frame import (
    DELIMITER,
    MAX_FRAME_BYTES,
    MIN_FRAME_BYTES,
    PROTOCOL_MAJOR,
    Frame,
)

if TYPE_CHECKING:
    from firingorder.firmware_bridge.links.base import Framing

_HEADER = struct.Struct("<BBHBBBBIQ")
_MAGIC = 0xE0 | PROTOCOL_MAJOR
#: A packet that never ends is given up here; what is beyond the limit of the specification is still
#: looked at, so that a frame that is too long fails as just that.
_LONGEST_PACKET_BYTES = 2048


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong with a packet as such: the clause it breaks, and how."""

    clause: str
    words: str


@dataclass(frozen=True, slots=True)
class Packet:
    """One packet of the device.

    Attributes
    ----------
    t_ns
        When its last byte arrived.
    wire
        The bytes as they came, without delimiter.
    frame
        What it says; None where that cannot be known.
    faults
        What is wrong with it.
    led
        Whether an empty packet came before it.
    first
        Whether it is the first since the link was opened: it may have been cut.
    info
        Whether it was read from INFO and not notified.
    """

    t_ns: int
    wire: bytes
    frame: Frame | None
    faults: tuple[Fault, ...] = ()
    led: bool = False
    first: bool = False
    info: bool = False


class Splitter:
    """Cuts what a device sends into packets and reads them without mercy."""

    def __init__(self, framing: Framing) -> None:
        self._framing: Framing = framing
        self._tail = b""
        self._led = False
        self._first = True

    def reset(self) -> None:
        """Begin anew: the link was opened."""
        self._tail = b""
        self._led = False
        self._first = True

    def feed(self, data: bytes, t_ns: int) -> list[Packet]:
        """Return the packets that ``data`` completes."""
        if self._framing == "packet":
            return [self._read(data, data, t_ns)] if data else []
        packets: list[Packet] = []
        *pieces, tail = (self._tail + data).split(DELIMITER)
        self._tail = tail[:_LONGEST_PACKET_BYTES]
        for piece in pieces:
            if piece:
                packets.append(self._unstuff(piece, t_ns))
            else:
                self._led = True
        return packets

    def _unstuff(self, piece: bytes, t_ns: int) -> Packet:
        try:
            raw = cobs.decode(piece)
        except ValueError as error:
            return self._packet(t_ns, piece, None, (Fault("stream.cobs", f"{error}"),))
        return self._read(piece, raw, t_ns)

    def _read(self, wire: bytes, raw: bytes, t_ns: int) -> Packet:
        faults: tuple[Fault, ...] = ()
        size = len(raw)
        if not MIN_FRAME_BYTES <= size <= MAX_FRAME_BYTES:
            faults = (*faults, Fault("frame.size", f"a frame of {size} bytes, not 24 to 240"))
            if size < MIN_FRAME_BYTES:
                return self._packet(t_ns, wire, None, faults)
        crc, sent = zlib.crc32(raw[:-4]), raw[-4:]
        if sent != crc.to_bytes(4, "little"):
            faults = (*faults, Fault("frame.crc", _crc_words(crc, sent)))
            if sent != crc.to_bytes(4, "big"):
                return self._packet(t_ns, wire, None, faults)
        magic, kind, seq, epoch, flags, stream, count, index, t_us = _HEADER.unpack_from(raw)
        if magic != _MAGIC:
            faults = (*faults, Fault("frame.magic", f"the first byte is {magic:02X}, not E1"))
        payload = raw[_HEADER.size : -4]
        frame = Frame(kind, seq, epoch, flags, stream, count, index, t_us, payload)
        return self._packet(t_ns, wire, frame, faults)

    def _packet(
        self, t_ns: int, wire: bytes, frame: Frame | None, faults: tuple[Fault, ...]
    ) -> Packet:
        packet = Packet(t_ns, wire, frame, faults, self._led, self._first)
        self._led = self._first = False
        return packet


def _crc_words(crc: int, sent: bytes) -> str:
    if sent == crc.to_bytes(4, "big"):
        return f"the CRC {crc:08X} stands with its highest byte first, not its lowest"
    if sent == (crc ^ 0xFFFF_FFFF).to_bytes(4, "little"):
        return f"the CRC misses its final complement: {sent.hex()} in place of {crc:08X}"
    return f"the last four bytes are {sent.hex()}, the CRC {crc:08X} is {_little(crc)}"


def _little(value: int) -> str:
    return value.to_bytes(4, "little").hex()
