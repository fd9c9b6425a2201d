"""The converters of the virtual device: samples of a body or a test signal, as DATA payloads."""

from __future__ import annotations

import math
from dataclasses import dataclass
from enum import IntEnum
from typing import TYPE_CHECKING

import numpy as np

from firingorder.firmware_bridge.frame import MAX_PAYLOAD_BYTES
from firingorder.firmware_bridge.payloads import (
    SampleFormat,
    StreamDescriptor,
    StreamFlag,
    StreamKindCode,
    Unit,
)
from firingorder.simulation.movement import STANDARD_GRAVITY_M_S2
from firingorder.simulation.noise import generator
from firingorder.simulation.settings import (
    ACC_G_PER_COUNT,
    GYR_DEG_S_PER_COUNT,
    I16_FULL_SCALE,
    I16_UV_PER_COUNT,
    I24_FULL_SCALE,
    REFERENCE_UV,
    DeviceSettings,
)

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from firingorder.samples import FloatArray
    from firingorder.simulation.body import Body

EMG_STREAM = 0
IMU_STREAM = 1
#: Flag b2: at least 98 % of full scale.
SATURATION_SHARE = 0.98
#: Shorted inputs: amplifier noise alone, well below the 3 uV that a host accepts.
SHORTED_UV_RMS = 0.7
#: Test signal of an ADS1298 at its 2.048 MHz clock: +-1 mV at fCLK / 2^21 (datasheet SBAS459).
SQUARE_UV = 1000.0
SQUARE_PERIOD_S = 2.0**21 / 2.048e6
#: The square wave reaches channel c this share of a period later, so that order can be seen.
SQUARE_CHANNEL_DELAY = 1.0 / 32.0
#: Corner of the DC block in front of the i16 format.
DC_BLOCK_HZ = 1.0
PATTERN_FACTOR = 2_654_435_761
BYTES_PER_VALUE = {SampleFormat.I24: 3, SampleFormat.I16: 2}


class SelfTest(IntEnum):
    """What the converters measure."""

    BODY = 0
    SHORTED = 1
    SQUARE = 2
    PATTERN = 3


@dataclass(frozen=True, slots=True)
class Batch:
    """Samples of one DATA frame: index since START of the first, how many, payload, flag."""

    index: int
    count: int
    payload: bytes
    saturated: tuple[bool, ...] = ()


def emg_pattern(k0: int, n: int, channels: int) -> NDArray[np.int64]:
    """Return the digital pattern of EMG samples ``k0 ..``, ``(n, channels)`` counts."""
    k = (np.arange(k0, k0 + n, dtype=np.uint64) * np.uint64(PATTERN_FACTOR)) % np.uint64(1 << 32)
    value = ((k >> np.uint64(16)) % np.uint64(20_000)).astype(np.int64) - 10_000
    return value[:, None] + np.arange(channels)


def imu_pattern(k0: int, n: int) -> NDArray[np.int64]:
    """Return the digital pattern of IMU samples ``k0 ..``, ``(n, 6)`` i16 counts."""
    raw = (np.arange(k0, k0 + n)[:, None] + np.arange(6)) % 65_536
    return np.where(raw < 32_768, raw, raw - 65_536)


class Sampler:
    """One stream: a grid of instants from the body's origin, delivered in batches from START on.

    ``rate_mhz`` is the rate on the device's clock in mHz. Body sample k has the instant
    ``k * 1e9 / rate_mhz`` microseconds after the body's origin and is ready a group delay later.
    """

    def __init__(self, stream: int, rate_hz: float, batch: int, group_delay_us: int) -> None:
        self.stream = stream
        self.rate_mhz = round(1000.0 * rate_hz)
        self.period_us = 1e9 / self.rate_mhz
        self.batch = batch
        self.group_delay_us = group_delay_us
        self.first_k = 0
        self.next_k = 0
        self.running = False

    def begin(self, since_origin_us: float) -> None:
        """Start counting at the first instant that is not before now; its index is 0."""
        # A microsecond of rounding must not skip a sample.
        self.first_k = max(0, math.ceil(since_origin_us / self.period_us - 1e-6))
        self.next_k = self.first_k
        self.running = True

    def stamp_us(self, k: int) -> float:
        """Return when body sample ``k`` is ready, microseconds after the body's origin."""
        return k * self.period_us + self.group_delay_us

    def batch_ready_us(self, end_k: int | None) -> float:
        """Return when the next frame is complete; at the end of the data it is a short one."""
        last_k = self.next_k + self.batch - 1
        if end_k is not None:
            last_k = min(last_k, end_k - 1)
        return self.stamp_us(max(last_k, self.next_k))

    def ready_count(self, since_origin_us: float) -> int:
        """Return how many samples of the batch under way are ready."""
        n = math.floor((since_origin_us - self.stamp_us(self.next_k)) / self.period_us + 1e-6) + 1
        return min(max(n, 0), self.batch)


class EmgFrontEnd:
    """Turns microvolts of the body into counts, in the format and with the gains that are set."""

    def __init__(self, body: Body, settings: DeviceSettings, seed: int) -> None:
        self.channels = len(body.channels)
        self.fmt = settings.emg_format
        self.gains = [settings.gain] * self.channels
        self.payload_bytes = MAX_PAYLOAD_BYTES
        self._settings = settings
        self._seed = seed
        self._dc_uv: FloatArray | None = None

    def scale_uv(self) -> tuple[float, ...]:
        """Return microvolts per count of each channel."""
        if self.fmt == SampleFormat.I16:
            return (I16_UV_PER_COUNT,) * self.channels
        return tuple(REFERENCE_UV / gain / I24_FULL_SCALE for gain in self.gains)

    def frame_samples(self) -> int:
        """Return how many samples a full frame holds."""
        most = self.payload_bytes // (BYTES_PER_VALUE[self.fmt] * self.channels)
        return max(1, min(self._settings.emg_batch, most))

    def descriptor(self, sampler: Sampler) -> StreamDescriptor:
        """Return the descriptor of the stream."""
        flags = StreamFlag.CALIBRATED | StreamFlag.HARDWARE_TIME | StreamFlag.DECIMATED
        if self.fmt == SampleFormat.I16:
            flags |= StreamFlag.HIGH_PASS
        return StreamDescriptor(
            id=EMG_STREAM,
            kind=StreamKindCode.EMG,
            fmt=self.fmt,
            channels=self.channels,
            batch=self.frame_samples(),
            rate_mhz=sampler.rate_mhz,
            group_delay_us=sampler.group_delay_us,
            scale=self.scale_uv(),
            gain=tuple(self.gains),
            unit=Unit.MICROVOLT,
            flags=flags,
        )

    def begin(self) -> None:
        """Forget the DC block's state; its first sample sets it again."""
        self._dc_uv = None

    def batches(self, body: Body, sampler: Sampler, n: int, mode: SelfTest) -> list[Batch]:
        """Return the next ``n`` samples as frames; a missing sample ends a frame early."""
        k0 = sampler.next_k
        index = k0 - sampler.first_k
        if mode == SelfTest.PATTERN:
            counts = emg_pattern(index, n, self.channels)
            return [Batch(index, n, self._pack(counts), (False,) * self.channels)]
        if mode == SelfTest.BODY:
            uv = body.emg_uv(k0, n)
        else:
            uv = self._test_signal(mode, k0, n, sampler.rate_mhz / 1000.0)
        # A row without any value is a conversion that never came; a single open channel rails.
        missing: NDArray[np.bool_] = np.isnan(uv).sum(axis=1) == self.channels
        return [
            self._batch(index + first, uv[first:end], sampler.rate_mhz / 1000.0)
            for first, end in _runs(missing)
        ]

    def _batch(self, index: int, uv: FloatArray, rate_hz: float) -> Batch:
        limit_uv = REFERENCE_UV / np.array(self.gains)
        held = np.where(np.isnan(uv), limit_uv, uv)
        saturated = np.abs(held) >= SATURATION_SHARE * limit_uv
        if self.fmt == SampleFormat.I16:
            held = self._block_dc(held, rate_hz)
            range_uv = I16_FULL_SCALE * I16_UV_PER_COUNT
            saturated |= np.abs(held) >= SATURATION_SHARE * range_uv
        counts = np.rint(held / np.array(self.scale_uv()))
        flags = tuple(count > 0 for count in saturated.sum(axis=0).tolist())
        return Batch(index, uv.shape[0], self._pack(counts), flags)

    def _block_dc(self, uv: FloatArray, rate_hz: float) -> FloatArray:
        mean = uv[0].copy() if self._dc_uv is None else self._dc_uv
        share = 1.0 - math.exp(-2.0 * math.pi * DC_BLOCK_HZ / rate_hz)
        out = np.empty_like(uv)
        for row in range(uv.shape[0]):
            out[row] = uv[row] - mean
            mean = mean + share * out[row]
        self._dc_uv = mean
        return out

    def _test_signal(self, mode: SelfTest, k0: int, n: int, rate_hz: float) -> FloatArray:
        k = np.arange(k0, k0 + n)
        rng = generator(self._seed, "front end", k0)
        noise = SHORTED_UV_RMS * rng.standard_normal((n, self.channels))
        if mode == SelfTest.SHORTED:
            return noise
        turns = k[:, None] / rate_hz / SQUARE_PERIOD_S
        turns = turns - SQUARE_CHANNEL_DELAY * np.arange(self.channels)
        return noise + np.where(turns % 1.0 < 0.5, SQUARE_UV, -SQUARE_UV)

    def _pack(self, counts: NDArray[np.float64] | NDArray[np.int64]) -> bytes:
        if self.fmt == SampleFormat.I16:
            clipped = np.clip(counts, -I16_FULL_SCALE, I16_FULL_SCALE)
            return clipped.astype("<i2").tobytes()
        words = np.ascontiguousarray(
            np.clip(counts, -I24_FULL_SCALE - 1, I24_FULL_SCALE), dtype="<i4"
        )
        return words.view(np.uint8).reshape(-1, 4)[:, :3].tobytes()


class ImuFrontEnd:
    """Turns specific force and rate of the body into i16 counts."""

    def __init__(self, settings: DeviceSettings) -> None:
        self.batch = settings.imu_batch

    def descriptor(self, body: Body, sampler: Sampler) -> StreamDescriptor:
        """Return the descriptor of the stream."""
        return StreamDescriptor(
            id=IMU_STREAM,
            kind=StreamKindCode.IMU6,
            fmt=SampleFormat.I16,
            channels=6,
            batch=self.batch,
            rate_mhz=sampler.rate_mhz,
            group_delay_us=sampler.group_delay_us,
            scale=(ACC_G_PER_COUNT,) * 3 + (GYR_DEG_S_PER_COUNT,) * 3,
            gain=(0,) * 6,
            unit=Unit.G_DEG_S,
            flags=StreamFlag.CALIBRATED | StreamFlag.HARDWARE_TIME,
            mount_wxyz=body.nominal_mount_wxyz,
        )

    def batches(self, body: Body, sampler: Sampler, n: int, mode: SelfTest) -> list[Batch]:
        """Return the next ``n`` samples as frames; a missing sample ends a frame early."""
        k0 = sampler.next_k
        index = k0 - sampler.first_k
        if mode == SelfTest.PATTERN:
            return [Batch(index, n, imu_pattern(index, n).astype("<i2").tobytes())]
        acc, gyr = body.imu(k0, n)
        counts = np.concatenate(
            [acc / STANDARD_GRAVITY_M_S2 / ACC_G_PER_COUNT, np.rad2deg(gyr) / GYR_DEG_S_PER_COUNT],
            axis=1,
        )
        missing: NDArray[np.bool_] = np.isnan(counts).sum(axis=1) > 0
        limited = np.clip(np.rint(counts), -I16_FULL_SCALE, I16_FULL_SCALE)
        return [
            Batch(index + first, end - first, limited[first:end].astype("<i2").tobytes())
            for first, end in _runs(missing)
        ]


def _runs(missing: NDArray[np.bool_]) -> list[tuple[int, int]]:
    """Return the intervals without missing samples."""
    if not missing.any():
        return [(0, missing.size)] if missing.size else []
    edges = np.flatnonzero(np.diff(np.concatenate(([True], missing, [True])).astype(np.int8)))
    return [(int(a), int(b)) for a, b in edges.reshape(-1, 2)]
