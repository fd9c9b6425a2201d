"""The shared vocabulary of streams: what lies between decoder, pipeline, recorder and screen.

Times are seconds of device time since the first EMG sample of the recording, with the group delay
of the front end removed. Arrays are ``(n_samples, n_channels)``, float64.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

FloatArray = NDArray[np.float64]
BoolArray = NDArray[np.bool_]

StreamKind = Literal["emg", "imu"]
GapKind = Literal["loss", "outage"]


@dataclass(frozen=True, slots=True)
class EmgChunk:
    """EMG samples that follow one another without a gap.

    Attributes
    ----------
    index0
        Session index of the first sample: position on the stream's grid since the first sample of
        the recording. Lost samples and outages advance it, so ``index0`` jumps exactly by them.
    t0_s
        Instant of the first sample, device time.
    rate_hz
        Nominal rate of the stream on the device's clock.
    emg_uv
        ``(n_samples, n_channels)`` microvolts; NaN marks a sample that the source left out.
    saturated
        ``(n_samples, n_channels)``, true where the converter was at its limit.
    """

    index0: int
    t0_s: float
    rate_hz: float
    emg_uv: FloatArray
    saturated: BoolArray


@dataclass(frozen=True, slots=True)
class ImuChunk:
    """IMU samples in sensor axes that follow one another without a gap.

    ``acc_m_s2`` and ``gyr_rad_s`` are ``(n_samples, 3)``; index0 and t0_s as in :class:`EmgChunk`
    (the origin of time is the first EMG sample, the index is the IMU stream's own).
    """

    index0: int
    t0_s: float
    rate_hz: float
    acc_m_s2: FloatArray
    gyr_rad_s: FloatArray


@dataclass(frozen=True, slots=True)
class Gap:
    """Samples that are missing: lost inside a segment, or not there because the link was away.

    ``uncertain``: their number is an estimate from arrival times.
    """

    stream: StreamKind
    kind: GapKind
    index0: int
    samples: int
    start_s: float
    end_s: float
    uncertain: bool = False


@dataclass(frozen=True, slots=True)
class ContactReport:
    """Which electrodes touch the skin, as the device sees it, in the order of its channels."""

    at_s: float | None
    lead_off: tuple[bool, ...]


@dataclass(frozen=True, slots=True)
class EmgLayout:
    """What the pipeline must know of an EMG stream before its first sample.

    ``skew_s`` is the known delay of each channel after its neighbour, ``timing_error_s`` the
    half-width of what is unknown between channels. Without ``calibrated`` the samples are in
    arbitrary units and no microvolts may be told or compared with.
    """

    rate_hz: float
    channels: tuple[str, ...]
    skew_s: float = 0.0
    timing_error_s: float = 0.0
    calibrated: bool = True


@dataclass(frozen=True, slots=True)
class ImuLayout:
    """What the pipeline must know of an IMU stream before its first sample.

    ``mount_wxyz`` turns sensor axes into the pelvis frame (x forward, y left, z up).
    """

    rate_hz: float
    mount_wxyz: tuple[float, float, float, float] = (1.0, 0.0, 0.0, 0.0)


@dataclass(frozen=True, slots=True)
class DisplayBlock:
    """Conditioned EMG for the strips: the signal the onsets are found in, and its envelope.

    ``emg_uv`` and ``envelope_uv`` are ``(n_samples, n_channels)`` on the analysis grid (``index0``
    counts analysis samples), NaN in gaps. The envelope is drawn, never used for timing.
    """

    index0: int
    t0_s: float
    rate_hz: float
    emg_uv: FloatArray
    envelope_uv: FloatArray
    saturated: BoolArray


@dataclass(frozen=True, slots=True)
class PelvisBlock:
    """Pelvis angles relative to the start pose of the repetition, degrees, ``(n_samples,)``.

    ``lift_deg`` is the progress of the movement in the lift direction of the task, positive up.
    """

    t0_s: float
    rate_hz: float
    lift_deg: FloatArray
    tilt_deg: FloatArray
    obliquity_deg: FloatArray
    rotation_deg: FloatArray
