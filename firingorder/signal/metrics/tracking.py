"""Following a line with a muscle (B18), and holding a level (B19).

Both look at RMS in blocks that do not overlap, of the squared signal with the noise taken out.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from firingorder.signal.metrics.amount import Z95, Amount, chi2_quantiles, metric, refused, wilson

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
    path_s: float = 0.25
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
    have anyway: (mean square difference - mean variance of a block)^0.5. The lag is the shift of
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
    chance = level**2 / (2.0 * block_dof)
    squares = (level - wanted) ** 2
    independent = max(3.0, n / _inflation(level - wanted))
    error = _root_error(float(np.mean(squares)), float(np.mean(chance)), independent)
    lag = _lag(times_s, level, (target_times_s, target), p)
    if lag.gate is None and display_latency_s is None:
        lag = refused("no_latency")
    elif display_latency_s is not None:
        lag = lag.shifted(-display_latency_s)
    return Tracking(error.scaled(100.0 / peak), lag, _path(times_s, level, wanted, block_dof, p))


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


def _root_error(mean_square: float, chance: float, independent: float) -> Amount:
    low_q, high_q = chi2_quantiles(independent)
    below, above = mean_square * independent / high_q, mean_square * independent / low_q
    value, low, high = (math.sqrt(max(0.0, x - chance)) for x in (mean_square, below, above))
    return Amount(value, low, high, max(1, round(independent)))


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


def _path(
    times_s: FloatArray,
    level: FloatArray,
    wanted: FloatArray,
    block_dof: float,
    params: TrackingParams,
) -> Amount:
    """Return the path of the level over that of the line, in blocks of 0.25 s; 1 is as smooth."""
    join = max(1, round(params.path_s / float(np.median(np.diff(times_s)))))
    count = len(level) // join
    if count < 4:
        return refused("too_short")
    coarse = np.sqrt(np.mean(level[: count * join].reshape(count, join) ** 2, axis=1))
    line = np.mean(wanted[: count * join].reshape(count, join), axis=1)
    asked = float(np.sum(np.abs(np.diff(line))))
    if asked <= params.least_slope * float(np.max(wanted)):
        return refused("no_target")
    steps = np.abs(np.diff(coarse))
    variance = coarse**2 / (2.0 * block_dof * join)
    half = Z95 * 2.0 * math.sqrt(float(np.sum(variance)))
    path = float(np.sum(steps))
    return Amount(path / asked, max(0.0, path - half) / asked, (path + half) / asked, count)


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
