"""What the emulated boards measure, computed again: hardware/firmware/hal/common/synth.c in numpy.

Whole numbers throughout, so host and device must agree in every sample.
"""

from __future__ import annotations

from typing import Literal

import numpy as np
from numpy.typing import NDArray

Ints = NDArray[np.int64]
Signal = Literal["bursts", "sine", "pattern"]

CHANNELS = 8
IMU_CHANNELS = 6
_U32 = np.uint64(0xFFFFFFFF)


def emg(signal: Signal, k: Ints) -> Ints:
    """Return counts of EMG samples ``k``, ``(n, 8)``."""
    channel = np.arange(CHANNELS)[None, :]
    if signal == "pattern":
        high = ((k * 2654435761) % 2**32) >> 16
        return (high % 20_000 - 10_000)[:, None] + channel
    column = k[:, None]
    rest = _toward_zero(_noise(column, channel) * 100, 65536)
    carrier = _tone(column) if signal == "sine" else _noise(column, channel + 64)
    burst = _toward_zero(carrier * 6291 * _envelope(column, channel), 65536 * 256)
    return rest + burst


def imu(signal: Signal, k: Ints) -> Ints:
    """Return i16 counts of inertial samples ``k``, ``(n, 6)``."""
    channel = np.arange(IMU_CHANNELS)[None, :]
    if signal == "pattern":
        raw = (k[:, None] + channel) % 65_536
        return np.where(raw < 32_768, raw, raw - 65_536)
    out = _toward_zero(_noise(k[:, None], channel + 192) * 8, 65536)
    at = k % 800
    up = np.where(at < 400, at, 800 - at)
    out[:, 0] += _toward_zero(4096 * up, 800)
    out[:, 2] += 4096 - _toward_zero(4096 * up * up, 1_280_000)
    out[:, 4] += np.where(at < 400, 246, -246)
    return out


def _toward_zero(a: Ints, b: int) -> Ints:
    """Divide as C does."""
    return np.sign(a) * (np.abs(a) // b)


def _noise(k: Ints, channel: Ints) -> Ints:
    h = (k.astype(np.uint64) * np.uint64(2654435761)) & _U32
    h = (h + channel.astype(np.uint64) * np.uint64(2246822519) + np.uint64(1)) & _U32
    h ^= h >> np.uint64(15)
    h = (h * np.uint64(2246822519)) & _U32
    h ^= h >> np.uint64(13)
    h = (h * np.uint64(3266489917)) & _U32
    h ^= h >> np.uint64(16)
    return (h & np.uint64(0xFFFF)).astype(np.int64) + (h >> np.uint64(16)).astype(np.int64) - 65535


def _tone(k: Ints) -> Ints:
    phase = (k * 5243) % 65536 - 32768
    value = _toward_zero(4 * phase * (32768 - np.abs(phase)), 16384)
    return np.clip(value, -65535, 65535)


def _envelope(k: Ints, channel: Ints) -> Ints:
    at = k % 4096 - (1024 + 40 * channel)
    rising = at * 256 // 64
    falling = (2 * 64 + 1500 - at) * 256 // 64
    shape = np.where(at < 64, rising, np.where(at < 64 + 1500, 256, falling))
    return np.where((at < 0) | (at >= 2 * 64 + 1500), 0, shape)
