"""Values of a DATA frame, and the digital pattern they should be in self-test 3.

Source: wire_protocol.md section 6.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from firingorder.firmware_bridge.hello import SampleFormat, StreamKindCode

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from firingorder.firmware_bridge.frame import Frame
    from firingorder.firmware_bridge.hello import StreamDescriptor

#: Section 6, digital pattern.
_FACTOR = 2_654_435_761
_SPAN = 20_000
_MIDDLE = 10_000


def raw_samples(frame: Frame, stream: StreamDescriptor) -> NDArray[np.float64] | None:
    """Return the raw values, ``(count, channels)``; None when the length does not fit."""
    size = frame.count * stream.channels * stream.width_bytes
    if not size or len(frame.payload) != size:
        return None
    shape = (frame.count, stream.channels)
    match stream.fmt:
        case SampleFormat.I24:
            u = np.frombuffer(frame.payload, "u1").reshape(*shape, 3).astype(np.int32)
            value = u[..., 0] | u[..., 1] << 8 | u[..., 2] << 16
            out: NDArray[np.float64] = np.where(value >= 1 << 23, value - (1 << 24), value) * 1.0
            return out
        case SampleFormat.I16:
            return np.frombuffer(frame.payload, "<i2").reshape(shape).astype(np.float64)
        case _:
            return np.frombuffer(frame.payload, "<f4").reshape(shape).astype(np.float64)


def pattern(stream: StreamDescriptor, index: int, count: int) -> NDArray[np.float64] | None:
    """Return what samples ``index ..`` are in the digital pattern; None where none is defined."""
    k = np.arange(index, index + count, dtype=np.uint64)[:, None]
    c = np.arange(stream.channels)
    if stream.kind == StreamKindCode.EMG:
        mixed = k * np.uint64(_FACTOR) % np.uint64(1 << 32)
        value = ((mixed >> np.uint64(16)) % np.uint64(_SPAN)).astype(np.int64) - _MIDDLE + c
        return value.astype(np.float64)
    if stream.kind == StreamKindCode.IMU6:
        value = (k.astype(np.int64) + c) % 65536
        return np.where(value < 32768, value, value - 65536).astype(np.float64)
    return None
