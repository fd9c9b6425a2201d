"""Arrays of a library as bytes, so that a recording keeps what was delivered and can replay it.

A source that hands over arrays (Lab Streaming Layer, BrainFlow) gives two kinds of reads, all
numbers little-endian:

* a description, once after each opening: ``J``, then a JSON object in UTF-8;
* an array: ``A``, the type of its values (``f d b h i q`` of :mod:`struct`), a byte that is 1 if
  time stamps follow and else 0, a zero byte, rows and columns (u32 each), the host's monotonic
  clock when it was handed over (i64 nanoseconds), the sender's clock at that instant (f64 seconds,
  0 if it has none); then one f64 time stamp for each row if there are any; then the values, row
  by row.
"""

from __future__ import annotations

import json
import struct
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, cast

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    from firingorder.samples import FloatArray

DESCRIPTION, ARRAY = b"J", b"A"
_HEAD = struct.Struct("<ccBxIIqd")
_VALUE_TYPES: dict[bytes, np.dtype[Any]] = {
    b"f": np.dtype("<f4"),
    b"d": np.dtype("<f8"),
    b"b": np.dtype("i1"),
    b"h": np.dtype("<i2"),
    b"i": np.dtype("<i4"),
    b"q": np.dtype("<i8"),
}


@dataclass(frozen=True, slots=True)
class ArrayRecord:
    """An array as it was handed over.

    Attributes
    ----------
    values
        ``(rows, columns)`` in the type of the source.
    stamps_s
        Time of each row on the sender's clock; None without.
    taken_ns, clock_s
        The same instant on the host's clock and on the sender's.
    """

    values: NDArray[Any]
    taken_ns: int
    stamps_s: FloatArray | None = None
    clock_s: float = 0.0


def describe(fields: Mapping[str, Any]) -> bytes:
    """Return the bytes of a description."""
    return DESCRIPTION + json.dumps(fields, sort_keys=True, ensure_ascii=False).encode()


def pack_array(record: ArrayRecord) -> bytes:
    """Return the bytes of an array.

    Raises
    ------
    ValueError
        Its values are of a type that is not kept, or it has not two dimensions.
    """
    values = record.values
    kind = values.dtype.newbyteorder("<")
    code = next((code for code, dtype in _VALUE_TYPES.items() if dtype == kind), None)
    if code is None or values.ndim != 2:
        raise ValueError(f"an array of {values.dtype} with {values.ndim} dimensions")
    rows, columns = values.shape
    stamps = b"" if record.stamps_s is None else record.stamps_s.astype("<f8").tobytes()
    head = _HEAD.pack(
        ARRAY, code, record.stamps_s is not None, rows, columns, record.taken_ns, record.clock_s
    )
    return head + stamps + np.ascontiguousarray(values, dtype=kind).tobytes()


def unpack(data: bytes) -> ArrayRecord | dict[str, Any] | None:
    """Return the array or the description that bytes stand for; None if they are neither."""
    if data[:1] == DESCRIPTION:
        return _description(data[1:])
    if data[:1] != ARRAY or len(data) < _HEAD.size:
        return None
    _, code, stamped, rows, columns, taken_ns, clock_s = cast(
        "tuple[bytes, bytes, int, int, int, int, float]", _HEAD.unpack_from(data)
    )
    kind = _VALUE_TYPES.get(code)
    if kind is None or stamped > 1 or not np.isfinite(clock_s):
        return None
    values_at = _HEAD.size + 8 * rows * stamped
    if len(data) != values_at + rows * columns * kind.itemsize:
        return None
    values = np.frombuffer(data, kind, rows * columns, values_at).reshape(rows, columns)
    stamps = np.frombuffer(data, "<f8", rows, _HEAD.size) if stamped else None
    return ArrayRecord(values, taken_ns, stamps, clock_s)


def _description(body: bytes) -> dict[str, Any] | None:
    try:
        fields: object = json.loads(body)
    except (ValueError, RecursionError):
        return None
    return cast("dict[str, Any]", fields) if isinstance(fields, dict) else None
