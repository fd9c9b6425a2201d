"""Holds the sizes that a MAT file (version 5) states against its length, before anything is made.

The library that reads such files trusts these sizes: one flipped bit can make it fill the memory,
or count for minutes. Compressed variables carry a checksum of their own and are left to it.
"""

from __future__ import annotations

import struct
from math import prod
from typing import TYPE_CHECKING

from firingorder.errors import FileFormatError

if TYPE_CHECKING:
    from pathlib import Path

_HEADER_BYTES = 128
_MATRIX, _DIMS_TYPE, _FLAGS_TYPE = 14, 5, 6
_CELL, _STRUCT, _OBJECT, _SPARSE = 1, 2, 3, 5
_TAG_BYTES = 8
_MOST_DEPTH = 32


def check_sizes(path: Path, raw: bytes) -> None:
    """Look through the variables of a file that is not of version 4 or 7.3.

    Raises
    ------
    FileFormatError
        An array states more values than the file has bytes.
    """
    if len(raw) < _HEADER_BYTES or raw[126:128] not in (b"IM", b"MI"):
        return  # of version 4, or none: the library says so
    order = "<" if raw[126:128] == b"IM" else ">"
    if not _sound(raw, _HEADER_BYTES, len(raw), order, 0):
        raise FileFormatError(f"{path} is damaged: an array in it states more values than it has.")


def _sound(raw: bytes, at: int, end: int, order: str, depth: int) -> bool:
    """Return whether all elements between two places fit."""
    if depth > _MOST_DEPTH:
        return False
    while at + _TAG_BYTES <= end:
        kind, size, body, following = _element(raw, at, order)
        if kind == _MATRIX and not _sound_matrix(raw, body, min(body + size, end), order, depth):
            return False
        if following <= at:
            return False
        at = following
    return True


def _element(raw: bytes, at: int, order: str) -> tuple[int, int, int, int]:
    """Return kind, size, place of the body, and the place of the next element."""
    kind, size = struct.unpack_from(order + "II", raw, at)
    if kind >> 16:  # a small element: its size stands in the upper half of its kind
        return kind & 0xFFFF, kind >> 16, at + 4, at + _TAG_BYTES
    padded = size if kind == 15 else -(-size // 8) * 8
    return kind, size, at + _TAG_BYTES, at + _TAG_BYTES + padded


def _sound_matrix(raw: bytes, at: int, end: int, order: str, depth: int) -> bool:
    if at + 3 * _TAG_BYTES > end:
        return True  # an empty field, or cut: nothing can be made of it
    kind, _, body, at = _element(raw, at, order)
    if kind != _FLAGS_TYPE or at + _TAG_BYTES > end:
        return True
    what = struct.unpack_from(order + "I", raw, body)[0] & 0xFF
    kind, size, body, at = _element(raw, at, order)
    if kind != _DIMS_TYPE or size % 4 or body + size > end:
        return True
    dims = struct.unpack_from(f"{order}{size // 4}i", raw, body)
    count = prod(dims)
    if min(dims, default=0) < 0:
        return False
    if at + _TAG_BYTES > end:
        return count == 0
    at = _element(raw, at, order)[3]  # past the name
    if what in (_STRUCT, _OBJECT, _CELL):
        fields = 1
        if what != _CELL:
            fields, at = _fields(raw, at, end, order)
        return count * fields * _TAG_BYTES <= max(0, end - at) and _sound(
            raw, at, end, order, depth + 1
        )
    return what == _SPARSE or count <= max(0, end - at)


def _fields(raw: bytes, at: int, end: int, order: str) -> tuple[int, int]:
    """Return how many fields a structure has, and where its values begin."""
    if at + 2 * _TAG_BYTES > end:
        return 1, end
    _, _, body, at = _element(raw, at, order)
    length = struct.unpack_from(order + "i", raw, body)[0]
    if at + _TAG_BYTES > end or length <= 0:
        return 1, end
    _, size, _, at = _element(raw, at, order)
    return max(1, size // length), at
