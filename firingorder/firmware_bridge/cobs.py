"""Consistent overhead byte stuffing: packets without a zero byte, so that 0x00 can end them.

Cheshire and Baker, "Consistent Overhead Byte Stuffing", IEEE/ACM Transactions on Networking 7(2),
1999. A frame has at most 240 bytes, so its overhead is exactly one byte; longer data work too.
"""

from __future__ import annotations

#: Largest run without a zero that one code byte describes (Cheshire and Baker, section III).
_MAX_RUN = 254


def encode(data: bytes) -> bytes:
    """Return the stuffed bytes of ``data``, without a delimiter. They contain no zero."""
    if len(data) < _MAX_RUN:  # no run is full: each code byte stands where a zero was
        out = bytearray(b"\x00" + data + b"\x00")
        position, end = 0, len(data) + 1
        while position < end:
            following = out.index(0, position + 1)
            out[position] = following - position
            position = following
        return bytes(out[:-1])
    out = bytearray()
    runs = data.split(b"\x00")
    for number, run in enumerate(runs, start=1):
        start = 0
        # A full run carries no zero of its own, so what is left follows in a block of its own;
        # at the very end there may be nothing left, and then no block follows.
        while len(run) - start >= _MAX_RUN:
            out.append(_MAX_RUN + 1)
            out += run[start : start + _MAX_RUN]
            start += _MAX_RUN
        if start < len(run) or start == 0 or number < len(runs):
            out.append(len(run) - start + 1)
            out += run[start:]
    return bytes(out)


def decode(data: bytes) -> bytes:
    """Return the bytes that were stuffed into ``data`` (without its delimiter).

    Raises
    ------
    ValueError
        ``data`` is empty, contains a zero, or a run leaves its end.
    """
    size = len(data)
    if size == 0:
        raise ValueError("an empty packet has no COBS code")
    if 0 in data:
        raise ValueError("a zero byte inside a COBS packet")
    # Without full runs every code byte but the first stands exactly where a zero was.
    out = bytearray(data)
    position = 0
    while position < size:
        code = data[position]
        if code > _MAX_RUN:
            return _decode_long(data)
        out[position] = 0
        position += code
    if position != size:
        raise ValueError(f"a COBS run ends at {position}, behind the packet of {size} bytes")
    return bytes(out[1:])


def _decode_long(data: bytes) -> bytes:
    """Decode data with a full run, behind which no zero was."""
    out = bytearray()
    size = len(data)
    position = 0
    while position < size:
        code = data[position]
        end = position + code
        if end > size:
            raise ValueError(f"a COBS run ends at {end}, behind the packet of {size} bytes")
        out += data[position + 1 : end]
        position = end
        if code <= _MAX_RUN and position < size:
            out.append(0)
    return bytes(out)
