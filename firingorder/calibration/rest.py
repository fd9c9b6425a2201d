"""Lying still: the noise of every channel, the heart, the gyroscope's bias and its unrest."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

from firingorder.calibration.reasons import Cause, Reason, refused_columns, refuses_step
from firingorder.calibration.take import FaultParams, channel_faults
from firingorder.signal.heartbeat import Heartbeat, HeartbeatParams
from firingorder.signal.whitening import autocovariance

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from firingorder.calibration.take import ImuTrace, Take
    from firingorder.samples import BoolArray, FloatArray
    from firingorder.signal.reference import Vector

    IntArray = NDArray[np.intp]

#: Lags of the autocovariance that tells tone from noise (signal/tone.py compares spectra).
LAGS = 20


@dataclass(frozen=True, slots=True)
class RestParams:
    """Limits of lying still; proposals unless a source is named.

    Attributes
    ----------
    keep_s
        The quietest so many seconds count, second by second: one twitch of half a second spoils
        two seconds at most.
    cell_s, restless_ratio
        Within the kept seconds, RMS of the loudest cell over that of the quietest quarter. Cells
        of noise differ by 11 % SD (100 Hz of bandwidth: 1 / (2 sqrt(B T))), so 50 of them by less
        than 1.6; a heart beat of 12 SD at most doubles its cell (tests/calibration/test_rest.py).
    noise_uv
        As signal/quality.py: skin contacts reach 1 to 5 uV.
    still_deg_s
        Deviation from the mean rate; exercise_bridge.md section 2.
    """

    keep_s: int = 8
    cell_s: float = 0.2
    restless_ratio: float = 3.0
    noise_uv: float = 15.0
    still_deg_s: float = 2.0
    faults: FaultParams = field(default_factory=FaultParams)
    heartbeat: HeartbeatParams = field(default_factory=lambda: HeartbeatParams(least_rest_s=6.0))
    """Less rest than the whole recording gets: of ten simulated seconds of 60 people, those
    without beats reach 0.17 at most, beats of 4 SD the limit in 98 %, of 2 SD in 13 %
    (tests/calibration/test_rest.py)."""


@dataclass(frozen=True, slots=True)
class RestResult:
    """What lying still has shown; every tuple has one entry a channel.

    Attributes
    ----------
    rest_uv, rest_sd_uv
        RMS, and its SD between the kept seconds; None where the channel could not be measured.
    ecg
        Beats of the heart are seen.
    autocovariance
        ``(n_channels, LAGS + 1)`` of the kept seconds.
    gyro_bias_rad_s, still_deg_s, vertical
        Mean rate in sensor axes, largest SD of it over the axes, and where up is in sensor axes;
        None without a sensor.
    reasons
        Why not, or reservations.
    """

    rest_uv: tuple[float | None, ...]
    rest_sd_uv: tuple[float | None, ...]
    ecg: tuple[bool, ...]
    autocovariance: FloatArray
    gyro_bias_rad_s: Vector | None
    still_deg_s: float | None
    vertical: Vector | None
    reasons: tuple[Reason, ...]


def measure_rest(take: Take, params: RestParams | None = None) -> RestResult:
    """Return what a take of lying still says, or why it says nothing."""
    p = params or RestParams()
    reasons = list(channel_faults(take, p.faults))
    n = take.n_channels
    nobody: tuple[float | None, ...] = (None,) * n
    nothing = RestResult(
        nobody, nobody, (False,) * n, np.zeros((n, LAGS + 1)), None, None, None, ()
    )
    if refuses_step(tuple(reasons)):
        return _with(nothing, reasons)
    seconds = _second_powers(take)
    moved = _moved_seconds(take, p)
    if len(seconds) < p.keep_s:
        return _with(nothing, [*reasons, Reason("gap", "step")])
    usable = [k for k in range(take.n_channels) if k not in refused_columns(tuple(reasons))]
    kept = _quietest(seconds, moved, usable, p.keep_s)
    if moved is not None and moved[kept].any():
        return _with(nothing, [*reasons, Reason("moved", "step")])
    rest: list[float | None] = [None] * take.n_channels
    spread: list[float | None] = [None] * take.n_channels
    unrest = _unrest(take, kept, p)
    for k in usable:
        loudness: FloatArray = seconds[kept, k]
        power: FloatArray = loudness[~np.isnan(loudness)]
        if len(power) < p.keep_s // 2:
            reasons.append(Reason("gap", "channel", k))
        elif unrest[k] > p.restless_ratio:
            reasons.append(Reason("restless", "channel", k))
        else:
            rest[k] = float(np.sqrt(np.mean(power)))
            spread[k] = float(np.std(np.sqrt(power), ddof=1))
    reasons += [
        Reason("noise", "note", k, uv)
        for k, uv in enumerate(rest)
        if uv is not None and take.calibrated and uv > p.noise_uv
    ]
    if not any(uv is not None for uv in rest):
        reasons.append(Reason(_common(reasons), "step"))
    bias, still, vertical = _sensor(take.imu, kept, take.start_s)
    if take.imu is not None and len(take.imu.t_s) == 0:
        reasons.append(Reason("sensor_silent", "note"))
    return RestResult(
        tuple(rest),
        tuple(spread),
        _beats(take, rest, p),
        _autocovariances(take, kept),
        bias,
        still,
        vertical,
        tuple(reasons),
    )


def _with(result: RestResult, reasons: list[Reason]) -> RestResult:
    return RestResult(
        result.rest_uv,
        result.rest_sd_uv,
        result.ecg,
        result.autocovariance,
        None,
        None,
        None,
        tuple(reasons),
    )


def _common(reasons: list[Reason]) -> Cause:
    """Return what stands for a step in which no channel could be measured."""
    restless = all(one.cause == "restless" for one in reasons if one.gravity == "channel")
    return "moved" if restless else "no_emg"


def _seconds(take: Take) -> int:
    return int(take.end_s - take.start_s + 1e-6)


def _second_powers(take: Take) -> FloatArray:
    """Return the mean power of each second, ``(n_seconds, n_channels)``; NaN: too little known."""
    power = take.power_uv2()
    out = np.full((_seconds(take), take.n_channels), np.nan)
    second = np.floor(take.t_s + 0.5 * take.block_s - take.start_s).astype(np.int64)
    for k in range(len(out)):
        inside = power[second == k]
        known = ~np.isnan(inside)
        enough = known.sum(axis=0) >= 0.5 / take.block_s
        total = np.where(known, inside, 0.0).sum(axis=0)
        out[k] = np.where(enough, total / np.maximum(known.sum(axis=0), 1), np.nan)
    return out


def _unrest(take: Take, kept: IntArray, p: RestParams) -> FloatArray:
    """Return RMS of the loudest cell over the lower quartile's, ``(n_channels,)``."""
    second = np.floor(take.t_s + 0.5 * take.block_s - take.start_s).astype(np.int64)
    power = take.power_uv2()[np.isin(second, kept)]
    size = max(1, round(p.cell_s / take.block_s))
    cells = power[: len(power) // size * size].reshape(-1, size, take.n_channels).mean(axis=1)
    out = np.zeros(take.n_channels)
    for k in range(take.n_channels):
        known = np.sqrt(cells[~np.isnan(cells[:, k]), k])
        if len(known) >= 4:
            quiet = float(np.quantile(known, 0.25))
            out[k] = float(np.max(known)) / max(quiet, float(np.finfo(np.float64).tiny))
    return out


def _moved_seconds(take: Take, p: RestParams) -> BoolArray | None:
    """Return in which seconds the sensor turned, None without one."""
    if take.imu is None or len(take.imu.t_s) == 0:
        return None
    gyr = np.degrees(take.imu.gyr_rad_s)
    away = np.linalg.norm(gyr - np.median(gyr, axis=0), axis=1) > p.still_deg_s
    second = np.floor(take.imu.t_s - take.start_s).astype(np.int64)
    return np.array([bool(away[second == k].any()) for k in range(_seconds(take))])


def _quietest(
    seconds: FloatArray, moved: BoolArray | None, usable: list[int], keep: int
) -> IntArray:
    """Return the seconds that count, in order: those without movement, then the least loud."""
    power = seconds[:, usable]
    middle = np.ones(power.shape[1])
    for k in range(power.shape[1]):
        known = power[~np.isnan(power[:, k]), k]
        middle[k] = max(float(np.median(known)), np.finfo(np.float64).tiny) if len(known) else 1.0
    loud = np.where(np.isnan(power), np.inf, power / middle).max(axis=1, initial=0.0)
    if moved is not None:
        loud = np.where(moved, np.inf, loud)
    return np.sort(np.argsort(loud, kind="stable")[:keep])


def _sensor(
    imu: ImuTrace | None, kept: IntArray, start_s: float
) -> tuple[Vector | None, float | None, Vector | None]:
    """Return bias, unrest and vertical over the kept seconds."""
    if imu is None or len(imu.t_s) == 0:
        return None, None, None
    inside = np.isin(np.floor(imu.t_s - start_s).astype(np.int64), kept)
    gyr, acc = imu.gyr_rad_s[inside], imu.acc_m_s2[inside]
    if len(gyr) < 2:
        return None, None, None
    bx, by, bz = gyr.mean(axis=0).tolist()
    up = acc.mean(axis=0)
    ux, uy, uz = (up / np.linalg.norm(up)).tolist()
    still = float(np.degrees(gyr.std(axis=0, ddof=1)).max())
    return (bx, by, bz), still, (ux, uy, uz)


def _beats(take: Take, rest: list[float | None], p: RestParams) -> tuple[bool, ...]:
    """Return in which measured channels the heart is seen."""
    hearts = Heartbeat(p.heartbeat, take.rate_hz, take.n_channels)
    known = [not bool(np.isnan(column).any()) for column in take.raw_uv.T]
    hearts.add(np.where(known, take.raw_uv, 0.0))
    seen: list[bool] = hearts.present().tolist()
    return tuple(s and k and uv is not None for s, k, uv in zip(seen, known, rest, strict=True))


def _autocovariances(take: Take, kept: IntArray) -> FloatArray:
    second = np.floor(take.t_s + 0.5 * take.block_s - take.start_s).astype(np.int64)
    inside = np.repeat(np.isin(second, kept), take.block_n)
    out = np.zeros((take.n_channels, LAGS + 1))
    for k in range(take.n_channels):
        out[k] = autocovariance(take.emg_uv[:, k], take.valid[:, k] & inside, LAGS)
    return out
