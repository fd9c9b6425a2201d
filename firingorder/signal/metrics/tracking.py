"""Following a line with a muscle (B18), and holding a level (B19).

Both look at RMS in blocks that do not overlap, of the squared signal with the noise taken out.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from scipy import special

from firingorder.signal.metrics.amount import Z95, Amount, metric, refused, wilson

if TYPE_CHECKING:
    from firingorder.measures import Metric, MetricGate
    from firingorder.samples import FloatArray


@dataclass(frozen=True, slots=True)
class TrackingParams:
    """Blocks and search of B18 and B19; proposals."""

    most_lag_s: float = 1.0
    lag_step_s: float = 0.005
    least_s: float = 3.0
    least_slope: float = 0.05
    """SD of the target over its peak below which it has no shape to lag behind."""
    join_s: float = 0.25
    """Blocks that are compared with the line: at 50 ms the chance of EMG itself is the error."""
    band_s: float = 0.25
    """Blocks of the hold: the chance of 50 ms alone would leave any band."""


@dataclass(frozen=True, slots=True)
class Tracking:
    """Error in percent of the target's peak, lag, and path of the level over the target's."""

    error: Amount
    lag_s: Amount
    path_ratio: Amount


def block_levels(
    squares_uv2: FloatArray, noise_uv: float, rate_hz: float, block_s: float
) -> FloatArray:
    """Return the RMS without noise of blocks side by side, microvolts, ``(n_blocks,)``."""
    size = max(1, round(block_s * rate_hz))
    count = len(squares_uv2) // size
    power = np.mean(squares_uv2[: count * size].reshape(count, size), axis=1)
    return np.sqrt(np.maximum(power - noise_uv**2, 0.0))


def track(
    times_s: FloatArray,
    level: FloatArray,
    target_times_s: FloatArray,
    target: FloatArray,
    block_dof: float,
    *,
    display_latency_s: float | None,
    params: TrackingParams | None = None,
) -> Tracking:
    """Compare a level with the line a person was asked to follow (B18).

    The error is what is left beyond the chance that blocks of ``block_dof`` degrees of freedom
    have anyway: (mean square difference - mean variance)^0.5, blocks joined to 0.25 s. The path
    ratio is the way the level went over the way it would have gone, chance and all, along the line
    itself: 1 is as smooth as EMG can be. The lag is the shift of
    the target that fits best (least squares, the largest cross-correlation of equal energies),
    less the latency of the display; its error by linearisation.

    Parameters
    ----------
    times_s, level
        ``(n,)`` middles of blocks that do not overlap, and their level, percent of the reference.
    target_times_s, target
        ``(m,)`` the line, same unit; straight between its points.
    display_latency_s
        Measured; None: not measured, and the lag is refused.
    """
    p = params or TrackingParams()
    n = len(times_s)
    peak = float(np.max(target)) if len(target) else 0.0
    if peak <= 0.0:
        return _all_refused("no_target")
    if n < 8 or float(times_s[-1] - times_s[0]) < p.least_s:
        return _all_refused("too_short")
    if not np.isfinite(level).all():
        return _all_refused("gap")
    wanted = np.interp(times_s, target_times_s, target)
    join = max(1, round(p.join_s / float(np.median(np.diff(times_s)))))
    if n // join < 4:
        return _all_refused("too_short")
    coarse = _Coarse.of(level, wanted, block_dof, join)
    lag = _lag(times_s, level, (target_times_s, target), p)
    if lag.gate is None and display_latency_s is None:
        lag = refused("no_latency")
    elif display_latency_s is not None:
        lag = lag.shifted(-display_latency_s)
    return Tracking(_error(coarse).scaled(100.0 / peak), lag, _path(coarse, peak, p))


def tracking_metrics(channel: str, found: Tracking) -> tuple[Metric, ...]:
    """Return B18 of one channel."""
    return (
        metric("B18", "tracking_error", channel, "%", found.error),
        metric("B18", "tracking_lag", channel, "ms", found.lag_s.scaled(1e3)),
        metric("B18", "tracking_path", channel, "1", found.path_ratio),
    )


def hold_in_band(level: FloatArray, band: tuple[float, float] | None) -> Amount:
    """Return the share of a hold within the therapist's band, 0 to 1 (B19).

    ``level`` ``(n,)`` holds blocks of 0.25 s in percent of the reference; each counts as a trial
    (Wilson).
    """
    if band is None:
        return refused("no_target")
    if len(level) < 4:
        return refused("too_short")
    if not np.isfinite(level).all():
        return refused("gap")
    inside = int(np.count_nonzero((level >= band[0]) & (level <= band[1])))
    return wilson(inside, len(level))


def hold_metric(channel: str, level: FloatArray, band: tuple[float, float] | None) -> Metric:
    """Return B19 of one channel, percent of the hold."""
    return metric("B19", "hold_in_band", channel, "%", hold_in_band(level, band).scaled(100.0))


@dataclass(frozen=True, slots=True)
class _Coarse:
    """Joined blocks: level, line, and the variance that EMG of that level has by chance."""

    level: FloatArray
    line: FloatArray
    variance: FloatArray

    @staticmethod
    def of(level: FloatArray, line: FloatArray, block_dof: float, join: int) -> _Coarse:
        count = len(level) // join
        parts = [one[: count * join].reshape(count, join) for one in (level, line)]
        # A root of chi-square over its degrees has about 1 / (2 degrees) of variance.
        variance = np.mean(parts[0] ** 2, axis=1) / (2.0 * block_dof * join)
        # and lies below its true value by 1 / (4 degrees).
        level = np.mean(parts[0], axis=1) * (1.0 + 0.25 / block_dof)
        return _Coarse(level, np.mean(parts[1], axis=1), variance)


def _error(coarse: _Coarse) -> Amount:
    """Return the root of the mean square difference without its chance, and its interval."""
    squares = (coarse.level - coarse.line) ** 2
    n = len(squares)
    square = float(np.mean(squares - coarse.variance))
    excess = np.maximum(squares - coarse.variance, 0.0)
    spread = np.sum(4.0 * excess * coarse.variance + 2.0 * coarse.variance**2)
    half = Z95 * math.sqrt(float(spread)) / n
    value, low, high = (math.sqrt(max(0.0, x)) for x in (square, square - half, square + half))
    return Amount(value, low, high, n)


def _lag(
    times_s: FloatArray,
    level: FloatArray,
    line: tuple[FloatArray, FloatArray],
    params: TrackingParams,
) -> Amount:
    """Return the best shift of the line, seconds, with gain and offset free."""
    steps = round(params.most_lag_s / params.lag_step_s)
    lags = np.arange(-steps, steps + 1) * params.lag_step_s
    shifted = np.interp(times_s[None, :] - lags[:, None], *line)
    shifted -= shifted.mean(axis=1, keepdims=True)
    centred = level - level.mean()
    energy = np.sum(shifted**2, axis=1)
    if math.sqrt(float(energy[steps]) / len(times_s)) < params.least_slope * float(line[1].max()):
        return refused("no_target")
    energy = np.maximum(energy, 1e-12 * float(energy.max()))
    gains = shifted @ centred / energy
    explained = np.where(gains > 0.0, gains**2 * energy, 0.0)
    best = int(np.argmax(explained))
    if explained[best] <= 0.0 or best in (0, len(lags) - 1):
        return refused("not_measured")
    around = explained[best - 1 : best + 2]
    curve = float(around[0] - 2.0 * around[1] + around[2])
    inner = 0.5 * float(around[0] - around[2]) / curve if curve < 0.0 else 0.0
    lag = float(lags[best]) + inner * params.lag_step_s
    rest = centred - gains[best] * shifted[best]
    slope = gains[best] * np.gradient(shifted[best], times_s)
    # What offset and gain can do is not the lag's: project both out of the slope.
    slope -= slope.mean()
    slope -= shifted[best] * float(slope @ shifted[best]) / float(energy[best])
    known = float(slope @ slope)
    if known <= 0.0:
        return refused("no_target")
    variance = float(np.sum(rest**2 * slope**2)) / known**2 * _inflation(rest)
    half = Z95 * math.sqrt(variance * len(rest) / max(1, len(rest) - 3))
    return Amount(lag, lag - half, lag + half, len(times_s))


def _path(coarse: _Coarse, peak: float, params: TrackingParams) -> Amount:
    """Return the way of the level over the way along the line with the same chance."""
    asked = np.abs(np.diff(coarse.line))
    if float(np.sum(asked)) <= params.least_slope * peak:
        return refused("no_target")
    # Mean of the absolute value of a normal variable about each step (folded normal).
    sd = np.sqrt(np.maximum(coarse.variance[1:] + coarse.variance[:-1], 1e-12))
    ratio = asked / sd
    expected = asked * special.erf(ratio / math.sqrt(2.0))
    expected += sd * math.sqrt(2.0 / math.pi) * np.exp(-0.5 * ratio**2)
    way = float(np.sum(expected))
    path = float(np.sum(np.abs(np.diff(coarse.level))))
    # A block moves the path by twice its own error at a turn, else not: half of blocks of chance.
    half = Z95 * math.sqrt(2.0 * float(np.sum(coarse.variance)))
    return Amount(path / way, max(0.0, path - half) / way, (path + half) / way, len(coarse.level))


def _inflation(rest: FloatArray) -> float:
    """Return how much the variance of a sum grows because neighbours are alike, at least 1."""
    centred = rest - rest.mean()
    power = float(centred @ centred)
    if power <= 0.0:
        return 1.0
    alike = 0.0
    for lag in range(1, max(2, len(rest) // 4)):  # the initial run of positive correlations
        correlation = float(centred[lag:] @ centred[:-lag]) / power
        if correlation <= 0.0:
            break
        alike += correlation
    return 1.0 + 2.0 * alike


def _all_refused(gate: MetricGate) -> Tracking:
    return Tracking(refused(gate), refused(gate), refused(gate))
