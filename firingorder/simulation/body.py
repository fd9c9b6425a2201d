"""The body a virtual device is put on: samples by index, from a scenario or from a recording."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

import numpy as np

from firingorder.errors import UsageError

if TYPE_CHECKING:
    from firingorder.samples import FloatArray

#: A device of protocol 1.0 samples between these rates and has at most this many channels
#: (wire_protocol.md section 10).
LOWEST_RATE_HZ = 500.0
HIGHEST_RATE_HZ = 4000.0
MOST_CHANNELS = 16

Quaternion = tuple[float, float, float, float]


class Body(Protocol):
    """Signals of a body as pure functions of the sample index; any cutting gives the same values.

    Attributes
    ----------
    channels
        Muscle names, or labels where the muscles are not known.
    emg_rate_hz, imu_rate_hz
        Sampling rates; ``imu_rate_hz`` is None without an inertial sensor.
    duration_s
        How long there is data; None is for ever.
    nominal_mount_wxyz
        Nominal rotation from sensor axes into the pelvis frame; None is unknown.
    """

    @property
    def channels(self) -> tuple[str, ...]:
        """Names of the channels."""
        ...

    @property
    def emg_rate_hz(self) -> float:
        """EMG sampling rate."""
        ...

    @property
    def imu_rate_hz(self) -> float | None:
        """Inertial sampling rate, or None."""
        ...

    @property
    def duration_s(self) -> float | None:
        """Seconds of data, or None for ever."""
        ...

    @property
    def nominal_mount_wxyz(self) -> Quaternion | None:
        """Nominal sensor mounting, or None."""
        ...

    def emg_uv(self, k0: int, n: int) -> FloatArray:
        """Return ``(n, channels)`` microvolts; NaN where the source has no value."""
        ...

    def imu(self, k0: int, n: int) -> tuple[FloatArray, FloatArray]:
        """Return ``(n, 3)`` specific force (m/s^2) and rate (rad/s) in sensor axes."""
        ...

    def lead_off(self, t_s: float) -> tuple[bool, ...]:
        """Return which channels have no contact with the skin at body time ``t_s``."""
        ...

    def at_rates(self, emg_rate_hz: float, imu_rate_hz: float | None) -> Body | None:
        """Return the same body sampled at other rates, or None where that is impossible."""
        ...


@dataclass(frozen=True, slots=True)
class RecordedImu:
    """Inertial samples of a recording: ``(n, 3)`` m/s^2 and rad/s in sensor axes."""

    acc_m_s2: FloatArray
    gyr_rad_s: FloatArray
    rate_hz: float
    mount_wxyz: Quaternion | None = None


class RecordedBody:
    """A recorded body: plays given samples once, at the rate they were taken with.

    Parameters
    ----------
    emg_uv
        ``(n, channels)`` microvolts; NaN marks missing samples.
    rate_hz
        500 to 4000 Hz, what the protocol carries.
    labels
        One per channel.
    imu
        Inertial samples that begin at the same instant, or None.

    Raises
    ------
    UsageError
        When a device could not carry these samples.
    """

    def __init__(
        self,
        emg_uv: FloatArray,
        rate_hz: float,
        labels: tuple[str, ...],
        imu: RecordedImu | None = None,
    ) -> None:
        if emg_uv.ndim != 2 or emg_uv.shape[1] != len(labels):
            raise ValueError(f"emg_uv has shape {emg_uv.shape} for {len(labels)} labels")
        if not LOWEST_RATE_HZ <= rate_hz <= HIGHEST_RATE_HZ:
            raise UsageError(
                f"The recorded body has {rate_hz:g} Hz; a device carries "
                f"{LOWEST_RATE_HZ:g} to {HIGHEST_RATE_HZ:g} Hz. Resample the file first."
            )
        if not 1 <= len(labels) <= MOST_CHANNELS:
            raise UsageError(
                f"The recorded body has {len(labels)} channels; a device carries 1 to "
                f"{MOST_CHANNELS}. Leave some out with a montage."
            )
        self.channels = labels
        self.emg_rate_hz = rate_hz
        self.imu_rate_hz = None if imu is None else imu.rate_hz
        self.duration_s: float | None = emg_uv.shape[0] / rate_hz
        self.nominal_mount_wxyz = None if imu is None else imu.mount_wxyz
        self._emg_uv = np.array(emg_uv, dtype=np.float64)
        self._imu = imu

    def emg_uv(self, k0: int, n: int) -> FloatArray:
        """Return ``(n, channels)`` microvolts; NaN where the recording has none."""
        return _cut(self._emg_uv, k0, n)

    def imu(self, k0: int, n: int) -> tuple[FloatArray, FloatArray]:
        """Return ``(n, 3)`` m/s^2 and rad/s; NaN where the recording has none."""
        if self._imu is None:
            raise ValueError("this body wears no inertial sensor")
        return _cut(self._imu.acc_m_s2, k0, n), _cut(self._imu.gyr_rad_s, k0, n)

    def lead_off(self, t_s: float) -> tuple[bool, ...]:
        """Return no lead as off: a recording does not say."""
        del t_s
        return (False,) * len(self.channels)

    def at_rates(self, emg_rate_hz: float, imu_rate_hz: float | None) -> RecordedBody | None:
        """Return itself at its own rates and None at others: a recording is never resampled."""
        same = (emg_rate_hz, imu_rate_hz) == (self.emg_rate_hz, self.imu_rate_hz)
        return self if same else None


def _cut(samples: FloatArray, k0: int, n: int) -> FloatArray:
    out = np.full((max(n, 0), samples.shape[1]), np.nan)
    first, last = max(k0, 0), min(k0 + n, samples.shape[0])
    if last > first:
        out[first - k0 : last - k0] = samples[first:last]
    return out
