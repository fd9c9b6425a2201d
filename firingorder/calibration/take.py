"""What was measured while a person did one thing: a piece of conditioned EMG and of the sensor."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from firingorder.calibration.reasons import Reason
from firingorder.signal.saturation import clipped

if TYPE_CHECKING:
    from firingorder.samples import BoolArray, FloatArray


@dataclass(frozen=True, slots=True)
class ImuTrace:
    """Samples of the pelvis sensor.

    ``t_s`` is ``(n,)``; ``acc_m_s2`` and ``gyr_rad_s`` ``(n, 3)`` in sensor axes; ``quat_wxyz``
    ``(n, 4)`` and ``rate_deg_s`` ``(n, 3)`` as the orientation filter gave them (pelvis frame of
    the mounting in use).
    """

    t_s: FloatArray
    acc_m_s2: FloatArray
    gyr_rad_s: FloatArray
    quat_wxyz: FloatArray
    rate_deg_s: FloatArray

    def between(self, start_s: float, end_s: float) -> ImuTrace:
        """Return the samples from ``start_s`` to before ``end_s``."""
        inside = (self.t_s >= start_s) & (self.t_s < end_s)
        return ImuTrace(
            self.t_s[inside],
            self.acc_m_s2[inside],
            self.gyr_rad_s[inside],
            self.quat_wxyz[inside],
            self.rate_deg_s[inside],
        )


@dataclass(frozen=True, slots=True)
class Take:
    """One stretch of all channels on the analysis grid.

    Attributes
    ----------
    start_s, end_s
        What was asked for; samples may be missing.
    rate_hz, block_n
        Analysis rate, and samples of one block.
    t_s
        ``(n_blocks,)`` instant of the first sample of each block.
    emg_uv, raw_uv, valid, saturated
        ``(n, n_channels)``, conditioned, as the electrodes see it, and the masks of
        conditioning.py.
    mains_uv
        ``(n_looks, n_channels)`` RMS of the strongest mains line of each whole second.
    lead_off
        ``(n_channels,)`` the device saw the electrode off at any time.
    calibrated
        The samples are microvolts.
    imu
        None where no sensor is worn; empty where it sent nothing.
    """

    start_s: float
    end_s: float
    rate_hz: float
    block_n: int
    t_s: FloatArray
    emg_uv: FloatArray
    raw_uv: FloatArray
    valid: BoolArray
    saturated: BoolArray
    mains_uv: FloatArray
    lead_off: BoolArray
    calibrated: bool
    imu: ImuTrace | None

    @property
    def n_channels(self) -> int:
        """How many channels there are."""
        return int(self.lead_off.size)

    @property
    def block_s(self) -> float:
        """Seconds of one block."""
        return self.block_n / self.rate_hz

    @property
    def wanted(self) -> int:
        """Samples there would be without a loss."""
        return round((self.end_s - self.start_s) * self.rate_hz)

    def power_uv2(self) -> FloatArray:
        """Return mean squares of the blocks, ``(n_blocks, n_channels)``; NaN: not wholly known."""
        shape = (len(self.t_s), self.block_n, self.n_channels)
        squares = np.where(self.valid, self.emg_uv, 0.0) ** 2
        whole = self.valid.reshape(shape).all(axis=1)
        power: FloatArray = np.where(whole, squares.reshape(shape).mean(axis=1), np.nan)
        return power


@dataclass(frozen=True, slots=True)
class FaultParams:
    """When a channel cannot be believed, whatever was asked of the person.

    Proposals, equal to the limits of the signal quality (signal/quality.py) where those exist.
    """

    least_known: float = 0.8
    """Share of the samples that must be there: two of ten seconds may be lost."""
    saturated_share: float = 0.002
    mains_uv: float = 5.0
    flat_uv: float = 0.02


def channel_faults(take: Take, params: FaultParams) -> tuple[Reason, ...]:
    """Return what is wrong with single channels; losses of all channels refuse the step."""
    p = params
    if len(take.emg_uv) == 0:
        return (Reason("no_emg", "step"),)
    known = (take.valid | take.saturated).sum(axis=0) / max(take.wanted, 1)
    if (known < p.least_known).all():
        return (Reason("gap", "step"),)
    reasons: list[Reason] = []
    for k in range(take.n_channels):
        raw = take.raw_uv[:, k]
        raw = raw[~np.isnan(raw)]
        constant = len(raw) == 0 or float(np.ptp(raw)) == 0.0
        valid = take.valid[:, k]
        level_uv = float(np.sqrt(np.mean(take.emg_uv[valid, k] ** 2))) if valid.any() else 0.0
        mains_uv = float(np.median(take.mains_uv[:, k])) if len(take.mains_uv) else 0.0
        if take.lead_off[k]:
            reasons.append(Reason("loose_pad", "channel", k))
        elif _saturated(take, k).mean() >= p.saturated_share:
            reasons.append(Reason("saturated", "channel", k))
        elif known[k] < p.least_known:
            reasons.append(Reason("gap", "channel", k))
        elif constant or (take.calibrated and level_uv < p.flat_uv):
            reasons.append(Reason("dead", "channel", k))
        elif take.calibrated and mains_uv > p.mains_uv:
            reasons.append(Reason("hum", "note", k, mains_uv))
    return tuple(reasons)


def _saturated(take: Take, k: int) -> BoolArray:
    """Return which samples lie at a limit, that of the device or one that nobody declared.

    An input that clips below its full scale would make a reference too small, and every percent
    of it too large.
    """
    one: BoolArray = take.saturated[:, k] | clipped(take.raw_uv[:, [k]])[:, 0]
    return one


def loudest_uv2(power_uv2: FloatArray, blocks: int) -> FloatArray:
    """Return the highest mean power over so many blocks in a row, ``(n_channels,)``.

    ``power_uv2`` is ``(n_blocks, n_channels)``; NaN where no stretch is wholly known.
    """
    if len(power_uv2) < blocks:
        return np.full((power_uv2.shape[1],), np.nan)
    windows = np.lib.stride_tricks.sliding_window_view(power_uv2, blocks, axis=0)
    means = windows.mean(axis=2)
    known: FloatArray = np.where(np.isnan(means), -np.inf, means)
    highest: FloatArray = np.max(known, axis=0)
    highest[np.isinf(highest)] = np.nan
    return highest


def turn_deg(trace: ImuTrace) -> FloatArray:
    """Return by how much the vertical has turned in the sensor since the first sample, ``(n,)``.

    The angle is that of the pelvis against gravity, whatever the mounting.
    """
    q = trace.quat_wxyz
    w, x, y, z = q[:, 0], q[:, 1], q[:, 2], q[:, 3]
    vertical = np.stack([2 * (x * z - w * y), 2 * (y * z + w * x), 1 - 2 * (x * x + y * y)], axis=1)
    if len(vertical) == 0:
        return np.zeros(0)
    first = vertical[: max(1, len(vertical) // 20)].mean(axis=0)
    cosine: FloatArray = vertical @ first / np.linalg.norm(first)
    return np.degrees(np.arccos(np.clip(cosine, -1.0, 1.0)))
