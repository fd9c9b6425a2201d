"""DATA payloads of several frames become arrays in SI units (wire_protocol.md sections 4 and 5)."""

from __future__ import annotations

import math
from functools import lru_cache
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from firingorder.firmware_bridge.payloads import (
    Hello,
    SampleFormat,
    StreamDescriptor,
    StreamKindCode,
    Unit,
)

if TYPE_CHECKING:
    from firingorder.samples import BoolArray, FloatArray, StreamKind

#: Header flag b2 and section 4: saturated means at least 98 % of full scale.
SATURATION_FRACTION = 0.98
_FULL_SCALE: dict[int, int] = {SampleFormat.I24: 2**23 - 1, SampleFormat.I16: 2**15 - 1}
#: Standard acceleration of gravity, exact by definition (3rd CGPM, 1901).
STANDARD_GRAVITY_M_S2 = 9.80665
_IMU_AXES = 6

RawArray = NDArray[np.int32] | NDArray[np.float64]


def usable(stream: StreamDescriptor) -> bool:
    """Return whether samples of a stream can be turned into physical values at all."""
    if stream.width_bytes == 0:
        return False
    if stream.kind == StreamKindCode.EMG:
        return stream.unit in (Unit.MICROVOLT, Unit.COUNTS)
    return (
        stream.kind == StreamKindCode.IMU6
        and stream.channels >= _IMU_AXES
        and stream.unit == Unit.G_DEG_S
    )


def raw_values(payload: bytes, stream: StreamDescriptor) -> RawArray:
    """Return the numbers in ``payload``, ``(n_samples, n_channels)``, before scaling."""
    shape = (-1, stream.channels)
    if stream.fmt == SampleFormat.I16:
        return np.frombuffer(payload, "<i2").reshape(shape).astype(np.int32)
    if stream.fmt == SampleFormat.F32:
        return np.frombuffer(payload, "<f4").reshape(shape).astype(np.float64)
    octets = np.frombuffer(payload, np.uint8).reshape(-1, 3)
    # The three bytes go to the top of a 32-bit word; shifting down again copies the sign.
    words = np.zeros((len(octets), 4), np.uint8)
    words[:, 1:] = octets
    return (words.view("<i4") >> np.int32(8)).reshape(shape)


def emg_arrays(
    payload: bytes, stream: StreamDescriptor, flagged: tuple[list[bool], list[int]]
) -> tuple[FloatArray, BoolArray]:
    """Return microvolts and saturation, each ``(n_samples, n_channels)``.

    Floating-point samples have no full scale to compare with; there the word of the headers is
    taken for all channels: ``flagged`` has it, and the samples, of each frame.
    """
    raw = raw_values(payload, stream)
    emg_uv = raw * _factors(stream.scale)
    full_scale = _FULL_SCALE.get(stream.fmt)
    if full_scale is None:
        rows = np.repeat(np.array(flagged[0], np.bool_), flagged[1])
        saturated = np.broadcast_to(rows[:, np.newaxis], raw.shape).copy()
    else:
        limit = math.ceil(SATURATION_FRACTION * full_scale)
        saturated = np.abs(raw) >= limit
    return emg_uv, saturated


@lru_cache(maxsize=16)
def _factors(scale: tuple[float, ...]) -> FloatArray:
    """Return the scale of a stream as an array: it is asked for with every read."""
    factors = np.asarray(scale, np.float64)
    factors.flags.writeable = False
    return factors


def imu_arrays(payload: bytes, stream: StreamDescriptor) -> tuple[FloatArray, FloatArray]:
    """Return acceleration in m/s² and rates in rad/s, each ``(n_samples, 3)``, sensor axes."""
    values = raw_values(payload, stream) * _factors(stream.scale)
    return values[:, 0:3] * STANDARD_GRAVITY_M_S2, np.radians(values[:, 3:6])


def used_streams(hello: Hello) -> dict[StreamKind, StreamDescriptor]:
    """Return the streams this host takes from a device: the first usable EMG and IMU.

    Quaternions, pressure and kinds to come are left out; so is what cannot be converted.
    """
    used: dict[StreamKind, StreamDescriptor] = {}
    for stream in hello.streams:
        kind: StreamKind = "emg" if stream.kind == StreamKindCode.EMG else "imu"
        if usable(stream):
            used.setdefault(kind, stream)
    return used
