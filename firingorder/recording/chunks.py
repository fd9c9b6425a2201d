"""Finds and checks the chunks of an MCAP file, trusting nothing that a checksum does not cover.

Layout after the MCAP specification 0 (mcap.dev/spec). A chunk is believed when its opcode, its
three lengths and its codec agree, its declared size is sane and its CRC matches; channel, schema
and time fields outside the CRC are not used.
"""

from __future__ import annotations

import io
import struct
import zlib
from dataclasses import dataclass
from typing import TYPE_CHECKING, BinaryIO

import zstandard
from mcap.exceptions import McapError
from mcap.records import ChunkIndex, Statistics
from mcap.stream_reader import StreamReader

from firingorder.recording.topics import TOPIC_OF_ID

if TYPE_CHECKING:
    from collections.abc import Iterator

MAGIC = b"\x89MCAP0\r\n"
#: Larger chunks are not believed: ours are below 2 MiB, and a flipped bit asks for any size.
MAX_CHUNK_BYTES = 64 << 20

_OPCODE_HEADER, _OPCODE_FOOTER, _OPCODE_MESSAGE, _OPCODE_CHUNK = 0x01, 0x02, 0x05, 0x06
_RECORD = struct.Struct("<BQ")
#: opcode, length, start, end, uncompressed size, CRC, codec's length, codec, length of the data
_CHUNK = struct.Struct("<BQQQQII4sQ")
_CODEC_MARK = struct.pack("<I4s", 4, b"zstd")
_MARK_OFFSET = _RECORD.size + 28
_MESSAGE = struct.Struct("<HIQQ")
_FOOTER = struct.Struct("<BQQQI")
_SCAN_BLOCK_BYTES = 1 << 16


@dataclass(frozen=True, slots=True)
class RawMessage:
    """One message of a chunk whose CRC was right."""

    topic: str
    sequence: int
    log_time_ns: int
    data: bytes


@dataclass(frozen=True, slots=True)
class IndexedChunk:
    """Where the index says a chunk lies, which topics it holds, and from when to when it goes."""

    offset: int
    topics: frozenset[str]
    start_time_ns: int
    end_time_ns: int


@dataclass(frozen=True, slots=True)
class Index:
    """The checked index of a finished file: chunks in file order, messages per topic."""

    chunks: tuple[IndexedChunk, ...]
    counts: dict[str, int]
    end_time_ns: int


@dataclass(frozen=True, slots=True)
class FoundChunk:
    """The content of a sound chunk, and whether something unreadable lies before it."""

    data: bytes
    offset: int
    after_damage: bool


def read_profile(file: BinaryIO) -> str | None:
    """Return the profile the header names, or None when magic or header are damaged or missing."""
    file.seek(0)
    raw = file.read(len(MAGIC) + _RECORD.size + 4)
    if len(raw) < len(MAGIC) + _RECORD.size + 4 or not raw.startswith(MAGIC):
        return None
    opcode, length = _RECORD.unpack_from(raw, len(MAGIC))
    (text_bytes,) = struct.unpack_from("<I", raw, len(MAGIC) + _RECORD.size)
    if opcode != _OPCODE_HEADER or text_bytes + 4 > length or text_bytes > 1000:
        return None
    try:
        return file.read(text_bytes).decode()
    except UnicodeDecodeError:
        return None


def read_index(file: BinaryIO, size_bytes: int) -> Index | None:
    """Return the index of a finished file, or None when it is missing or its CRC is wrong."""
    tail_bytes = _FOOTER.size + len(MAGIC)
    if size_bytes < len(MAGIC) + tail_bytes:
        return None
    file.seek(size_bytes - tail_bytes)
    tail = file.read(tail_bytes)
    if len(tail) < tail_bytes or not tail.endswith(MAGIC):
        return None
    opcode, length, start, _, crc = _FOOTER.unpack_from(tail)
    footer_at = size_bytes - tail_bytes
    if opcode != _OPCODE_FOOTER or length != _FOOTER.size - _RECORD.size:
        return None
    if not len(MAGIC) <= start < footer_at or footer_at - start > MAX_CHUNK_BYTES:
        return None
    file.seek(start)
    summary = file.read(footer_at - start) + tail
    if zlib.crc32(summary[: -len(MAGIC) - 4]) != crc:
        return None
    return _parse_index(summary)


def _parse_index(summary: bytes) -> Index | None:
    chunks: list[IndexedChunk] = []
    counts: dict[str, int] = {}
    end_time_ns = 0
    try:
        for record in StreamReader(io.BytesIO(summary), skip_magic=True).records:
            if isinstance(record, ChunkIndex):
                known = (TOPIC_OF_ID.get(number) for number in record.message_index_offsets)
                topics = frozenset(topic for topic in known if topic is not None)
                start_ns, end_ns = record.message_start_time, record.message_end_time
                chunks.append(IndexedChunk(record.chunk_start_offset, topics, start_ns, end_ns))
            elif isinstance(record, Statistics):
                end_time_ns = record.message_end_time
                for number, count in record.channel_message_counts.items():
                    if number in TOPIC_OF_ID:
                        counts[TOPIC_OF_ID[number]] = count
    except (McapError, ValueError, struct.error):
        return None  # a summary of another writer that the stock reader cannot read
    chunks.sort(key=lambda chunk: chunk.offset)
    return Index(tuple(chunks), counts, end_time_ns)


def read_chunk(file: BinaryIO, offset: int, size_bytes: int) -> bytes | None:
    """Return the content of the chunk at ``offset``, or None when it is not sound."""
    file.seek(offset)
    header = file.read(_CHUNK.size)
    data_bytes = _believable(header, offset, size_bytes)
    if data_bytes is None:
        return None
    return _decompress(header, file.read(data_bytes))


def scan_chunks(file: BinaryIO, size_bytes: int) -> Iterator[FoundChunk]:
    """Yield every sound chunk of a file by its signature, in file order.

    After a chunk that fails, the search goes on one byte further, so that damage costs the chunk it
    lies in and nothing else.
    """
    searched = 0  # everything before is decided
    believed_to = len(MAGIC)
    while (offset := _next_signature(file, searched)) is not None:
        data = read_chunk(file, offset, size_bytes)
        if data is None:
            searched = offset + 1
            continue
        yield FoundChunk(data, offset, not _records_reach(file, believed_to, offset))
        file.seek(offset)
        searched = believed_to = offset + _RECORD.size + _RECORD.unpack(file.read(_RECORD.size))[1]


def _next_signature(file: BinaryIO, start: int) -> int | None:
    """Return the offset of the next thing that looks like the start of a chunk."""
    position = start + _MARK_OFFSET
    overlap = len(_CODEC_MARK) - 1
    file.seek(position)
    block = file.read(_SCAN_BLOCK_BYTES)
    while len(block) > overlap:
        found = block.find(_CODEC_MARK)
        if found >= 0:
            return position + found - _MARK_OFFSET
        keep = block[-overlap:]
        position += len(block) - overlap
        block = keep + file.read(_SCAN_BLOCK_BYTES)
    return None


def _records_reach(file: BinaryIO, start: int, end: int) -> bool:
    """Tell whether records follow one another exactly from ``start`` to ``end``."""
    while start < end:
        file.seek(start)
        head = file.read(_RECORD.size)
        if len(head) < _RECORD.size or head[0] == _OPCODE_CHUNK:
            return False  # a chunk that was passed over is damage
        start += _RECORD.size + _RECORD.unpack(head)[1]
    return start == end


def _believable(header: bytes, offset: int, size_bytes: int) -> int | None:
    """Return the length of a chunk's data when all that its header says agrees."""
    if len(header) < _CHUNK.size:
        return None
    opcode, length, _, _, declared, _, codec_bytes, codec, data_bytes = _CHUNK.unpack(header)
    sound = (
        opcode == _OPCODE_CHUNK
        and (codec_bytes, codec) == (4, b"zstd")
        and length == _CHUNK.size - _RECORD.size + data_bytes
        and offset + _CHUNK.size + data_bytes <= size_bytes
        and 0 < declared <= MAX_CHUNK_BYTES
        and data_bytes <= MAX_CHUNK_BYTES
    )
    return data_bytes if sound else None


def _decompress(header: bytes, packed: bytes) -> bytes | None:
    _, _, _, _, declared, crc, _, _, _ = _CHUNK.unpack(header)
    try:
        frame = zstandard.get_frame_parameters(packed)
        if frame.content_size != declared or frame.window_size > MAX_CHUNK_BYTES:
            return None  # checked before anything of that size is allocated
        data = zstandard.ZstdDecompressor().decompress(packed, max_output_size=declared)
    except zstandard.ZstdError:
        return None
    return data if zlib.crc32(data) == crc else None


def messages_of(chunk: bytes) -> Iterator[RawMessage]:
    """Yield the messages of a chunk's content; records and topics not known are passed over."""
    position = 0
    while position + _RECORD.size <= len(chunk):
        opcode, length = _RECORD.unpack_from(chunk, position)
        start = position + _RECORD.size
        position = start + length
        if opcode != _OPCODE_MESSAGE:
            continue
        if length < _MESSAGE.size or position > len(chunk):
            return  # the CRC was right: another program wrote this wrongly
        number, sequence, log_time_ns, _ = _MESSAGE.unpack_from(chunk, start)
        topic = TOPIC_OF_ID.get(number)
        if topic is not None:
            yield RawMessage(topic, sequence, log_time_ns, chunk[start + _MESSAGE.size : position])
