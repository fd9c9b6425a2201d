"""Reads the parameters of a C3D file, written so that no bytes whatever can crash it.

After the public description of the format (c3d.org, "The C3D File Format User Guide"). Of all
parameters only those about analog signals, rates and events are kept: SUBJECTS and EVENT:SUBJECTS
hold names.
"""

from __future__ import annotations

import struct
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from firingorder.errors import FileFormatError

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray

BLOCK_BYTES = 512
#: Groups that are looked at; all others are passed over unread.
_GROUPS = frozenset({"ANALOG", "POINT", "EVENT", "TRIAL"})
_NAMES = frozenset({"SUBJECTS", "DESCRIPTIONS"})
_INTEL, _DEC, _MIPS = 84, 85, 86
_TYPE_BYTES = {-1: 1, 1: 1, 2: 2, 4: 4}

Parameter = list[str] | list[float]


@dataclass(frozen=True, slots=True)
class C3dHeader:
    """Where the data of a file begin and how they are written."""

    order: str
    is_dec: bool
    points: int
    analog_per_frame: int
    samples_per_frame: int
    first_frame: int
    last_frame: int
    scale: float
    data_block: int
    frame_rate_hz: float
    parameters: dict[str, Parameter]

    def texts(self, name: str) -> list[str]:
        """Return the texts of a parameter, and of its continuations (LABELS2 ...)."""
        out: list[str] = []
        for more in ("", *map(str, range(2, 100))):
            found = self.parameters.get(name + more)
            if found is None:
                break
            out += [one for one in found if isinstance(one, str)]
        return out

    def numbers(self, name: str) -> list[float]:
        """Return the numbers of a parameter."""
        found = self.parameters.get(name, [])
        return [one for one in found if isinstance(one, float)]


def read_header(path: Path, raw: NDArray[np.uint8]) -> C3dHeader:
    """Return the header of a file whose bytes are ``raw``.

    Raises
    ------
    FileFormatError
        It is no C3D file, or its parameters lie outside of it.
    """
    if raw.size < 2 * BLOCK_BYTES or raw[1] != 0x50:
        raise FileFormatError(f"{path} is no C3D file, or was cut in its header.")
    start = (int(raw[0]) - 1) * BLOCK_BYTES
    if start < BLOCK_BYTES or start + 4 > raw.size:
        raise FileFormatError(f"{path}: its parameters are said to begin outside of the file.")
    processor = int(raw[start + 3])
    if processor not in (_INTEL, _DEC, _MIPS):
        raise FileFormatError(f"{path}: its processor type {processor} is none of C3D.")
    order = ">" if processor == _MIPS else "<"
    head = raw[:24].tobytes()
    _, points, analog, first, last, _ = struct.unpack_from(order + "HHHHHH", head)
    data_block, samples = struct.unpack_from(order + "HH", head, 16)
    scale, frame_rate_hz = (
        floats(raw[at : at + 4], order, is_dec=processor == _DEC)[0] for at in (12, 20)
    )
    if not np.isfinite(frame_rate_hz) or not 0 < frame_rate_hz < 1e6:
        raise FileFormatError(f"{path}: a frame rate of {frame_rate_hz:g} Hz is not possible.")
    section = raw[start + 4 : start + max(1, int(raw[start + 2])) * BLOCK_BYTES]
    return C3dHeader(
        order,
        processor == _DEC,
        points,
        analog,
        samples,
        first,
        last,
        float(scale),
        data_block,
        float(frame_rate_hz),
        _parameters(path, section, order, is_dec=processor == _DEC),
    )


def floats(raw: NDArray[np.uint8], order: str, *, is_dec: bool) -> NDArray[np.float64]:
    """Return 4-byte floats as float64: IEEE in either order, or those of a VAX."""
    if not is_dec:
        return raw.view(order + "f4").astype(np.float64)
    swapped = np.ascontiguousarray(raw.reshape(-1, 4)[:, [2, 3, 0, 1]]).view("<f4").ravel()
    return swapped.astype(np.float64) / 4.0


def _parameters(
    path: Path, section: NDArray[np.uint8], order: str, *, is_dec: bool
) -> dict[str, Parameter]:
    groups: dict[int, str] = {}
    waiting: list[tuple[int, str, Parameter]] = []
    at, size = 0, section.size
    while at + 2 <= size:
        length = abs(int(section[at : at + 1].view(np.int8)[0]))
        number = int(section[at + 1 : at + 2].view(np.int8)[0])
        end_of_name = at + 2 + length
        if length == 0 or end_of_name + 2 > size:
            break
        name = section[at + 2 : end_of_name].tobytes().decode("latin-1").strip().upper()
        step = int(section[end_of_name : end_of_name + 2].view(order + "u2")[0])
        body = section[end_of_name + 2 : end_of_name + step if step else size]
        if number < 0:
            groups[-number] = name
        elif number > 0 and name not in _NAMES:
            waiting.append((number, name, _value(path, name, body, order, is_dec=is_dec)))
        if step < 2:
            break
        at = end_of_name + step
    return {
        f"{groups[number]}:{name}": value
        for number, name, value in waiting
        if groups.get(number) in _GROUPS
    }


def _value(
    path: Path, name: str, body: NDArray[np.uint8], order: str, *, is_dec: bool
) -> Parameter:
    if body.size < 2:
        return []
    kind = int(body[:1].view(np.int8)[0])
    n_dims = int(body[1])
    sizes = [int(one) for one in body[2 : 2 + n_dims]]
    width = _TYPE_BYTES.get(kind)
    count = int(np.prod(sizes, dtype=np.int64)) if sizes else 1
    if width is None or len(sizes) != n_dims or 2 + n_dims + count * width > body.size:
        return []  # outside of its section: others read over it, we leave it out
    raw = body[2 + n_dims : 2 + n_dims + count * width]
    if kind == -1:
        length = sizes[0] if sizes else 1
        text = raw.tobytes().decode("latin-1")
        return (
            [text[k : k + length].strip(" \x00") for k in range(0, count, length)] if length else []
        )
    values: Any
    if kind == 4:
        values = floats(np.ascontiguousarray(raw), order, is_dec=is_dec)
    else:
        values = raw.view(np.int8 if kind == 1 else order + "i2")
    return [float(one) for one in values]
