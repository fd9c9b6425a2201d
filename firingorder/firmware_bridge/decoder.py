"""Bytes become frames. Any bytes are legal: what is no frame is counted and skipped.

Receive order of wire_protocol.md section 3 rule 3: split, COBS, length, CRC, magic, type, sequence.
A fault drops its own packet only.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from firingorder.firmware_bridge import cobs
from firingorder.firmware_bridge.frame import (
    DELIMITER,
    MAX_PACKET_BYTES,
    Frame,
    FrameFault,
    FrameType,
    parse_frame,
)
from firingorder.firmware_bridge.sequence import SequenceCounter

if TYPE_CHECKING:
    from firingorder.firmware_bridge.links.base import Framing

#: Kept in recordings: which decoder made samples of their bytes. Raised when the same bytes would
#: give other samples.
DECODER_VERSION = 1
#: Types from here on are commands of the host; whether one is known, its receiver decides.
FIRST_COMMAND_TYPE = 0x80
_KNOWN_TYPES = frozenset[int](FrameType)


@dataclass(slots=True)
class DecoderStats:
    """What came over one link since it was first opened. ``frames`` counts valid frames."""

    frames: int = 0
    bad_cobs: int = 0
    bad_length: int = 0
    bad_crc: int = 0
    bad_magic: int = 0
    foreign_major: int = 0
    oversize: int = 0
    unknown_type: int = 0
    duplicates: int = 0
    seq_gaps: int = 0

    @property
    def rejected(self) -> int:
        """Packets that were no frames."""
        return (
            self.bad_cobs
            + self.bad_length
            + self.bad_crc
            + self.bad_magic
            + self.foreign_major
            + self.oversize
        )


class FrameDecoder:
    """Decode one direction of one link.

    Parameters
    ----------
    framing
        ``cobs`` for byte streams; ``packet`` where each read is one frame (BLE).
    """

    def __init__(self, framing: Framing) -> None:
        self.stats = DecoderStats()
        self._framing: Framing = framing
        self._pending = b""
        self._discarding = False
        self._sequence = SequenceCounter(attributes=framing == "packet")

    def reset(self) -> None:
        """Forget half a packet and the sequence: the link was opened anew. Counters stay."""
        self._pending = b""
        self._discarding = False
        self._sequence.reset()

    def feed(self, data: bytes) -> list[Frame]:
        """Return the frames that ``data`` completes, in order.

        Unknown types and repeated frames are counted and left out, except that repeated DATA is
        returned: its sample index decides.
        """
        packets = self._split(data) if self._framing == "cobs" else [data] if data else []
        frames: list[Frame] = []
        for raw in packets:
            frame = self._parse(raw)
            if frame is not None and self._admit(frame):
                frames.append(frame)
        return frames

    def _split(self, data: bytes) -> list[bytes]:
        """Cut the stream at its delimiters and unstuff the packets."""
        pieces = data.split(DELIMITER)
        pieces[0] = self._pending + pieces[0]
        tail = pieces.pop()
        packets: list[bytes] = []
        for piece in pieces:
            if self._discarding:
                self._discarding = False
            elif len(piece) > MAX_PACKET_BYTES:
                self.stats.oversize += 1
            elif piece:  # two delimiters in a row are legal and mean nothing
                try:
                    packets.append(cobs.decode(piece))
                except ValueError:
                    self.stats.bad_cobs += 1
        if self._discarding:
            tail = b""
        elif len(tail) > MAX_PACKET_BYTES:
            self.stats.oversize += 1
            self._discarding = True
            tail = b""
        self._pending = tail
        return packets

    def _parse(self, raw: bytes) -> Frame | None:
        try:
            return parse_frame(raw)
        except FrameFault as fault:
            match fault.kind:
                case "bad_length":
                    self.stats.bad_length += 1
                case "bad_crc":
                    self.stats.bad_crc += 1
                case "bad_magic":
                    self.stats.bad_magic += 1
                case "foreign_major":
                    self.stats.foreign_major += 1
            return None

    def _admit(self, frame: Frame) -> bool:
        """Count a valid frame; tell whether it is handed on."""
        stats = self.stats
        stats.frames += 1
        known = frame.type in _KNOWN_TYPES or frame.type >= FIRST_COMMAND_TYPE
        if not known:
            stats.unknown_type += 1
        repeated = self._sequence.count(frame)
        stats.seq_gaps = self._sequence.missing
        if repeated and frame.type != FrameType.DATA:
            stats.duplicates += 1
            return False
        return known
