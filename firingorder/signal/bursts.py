"""Where a burst of activity roughly lies, and the rest and burst statistics around it.

Only places the windows of the posterior: its error does not enter the onset (method.md
section 2, steps 3 and 4).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from firingorder.signal.whitening import (
    ar_order,
    autocovariance,
    levinson,
    running_sum,
    usable_after,
)

if TYPE_CHECKING:
    from firingorder.samples import BoolArray, FloatArray


@dataclass(frozen=True, slots=True)
class BurstParams:
    """Numbers of method.md section 2, steps 3 and 4, unless another source is given."""

    smooth_s: float = 0.040
    min_ratio: float = 1.7
    """Energy over innovation variance: about 3 SD of a 40 ms mean of white noise."""
    peak_share: float = 0.15
    """Share of the 95 % quantile of the energy that the threshold follows."""
    end_share: float = 0.02
    """The same for the end of a burst: a weaker second phase belongs to it (the 2 % rule)."""
    peak_quantile: float = 0.95
    min_run_s: float = 0.035
    join_s: float = 0.120
    min_bout_s: float = 0.080
    """Shorter runs are no burst. At 0.12 s an early burst of 0.15 s and 0.7 of the plateau went
    unseen 0.4 s before the main one, and the order was claimed of the later (simulated)."""
    quiet_s: float = 0.200
    """Rest that ends a burst (method.md section 1, "Offset")."""
    seed_s: float = 0.5
    """The quietest stretch of this length whitens the coarse search (least rest of the gates)."""
    rest_s: float = 1.4
    rest_guard_s: float = 0.150
    rest_after_s: float = 0.250
    """Distance from an earlier burst's end: falls of up to 400 ms are past -20 dB."""
    block_s: float = 0.025
    block_limit: float = 4.0
    """Blocks above this multiple of the median block are left out of the rest (step 4)."""
    plateau_smooth_s: float = 0.020
    plateau_share: float = 0.8
    plateau_upper: float = 0.6
    plateau_end_guard_s: float = 0.080
    plateau_min_s: float = 0.150
    plateau_max_s: float = 1.2
    """Part of a long burst that tells the level after its onset: rise of 0.4 s, as much again."""


@dataclass(frozen=True, slots=True)
class Bout:
    """A run of activity: samples ``start .. stop - 1`` and its excess energy."""

    start: int
    stop: int
    energy: float


@dataclass(frozen=True, slots=True)
class RestStats:
    """Autocovariance of rest, seconds of it used, and the power of its two halves."""

    autocov: FloatArray
    duration_s: float
    first_power: float
    second_power: float

    def drift_db(self, floor_power: float = 0.0) -> float:
        """Return the change of level, dB; changes far below ``floor_power`` do not count."""
        first, second = self.first_power + floor_power, self.second_power + floor_power
        return 10.0 * float(np.log10(second / first)) if first > 0.0 and second > 0.0 else 0.0


def relative_energy(
    x: FloatArray, valid: BoolArray, until: int, rate_hz: float, params: BurstParams
) -> FloatArray | None:
    """Return whitened energy in units of the quietest stretch before ``until``, ``(n_samples,)``.

    Invalid samples count 1 (rest). None when there is no stretch to whiten with.
    """
    order = ar_order(rate_hz)
    seed = _quietest(x, valid, until, round(params.seed_s * rate_hz))
    if seed is None:
        return None
    autocov = autocovariance(x[seed], valid[seed], order)
    if autocov[0] <= 0.0:
        return None
    filters, innovation = levinson(autocov[:, None] * _loading(order)[:, None])
    errors = np.convolve(np.where(valid, x, 0.0), filters[:, 0])[: len(x)]
    return np.where(usable_after(valid, order), errors**2 / innovation[0], 1.0)


def is_silent(
    x: FloatArray, valid: BoolArray, until: int, rate_hz: float, params: BurstParams
) -> bool:
    """Tell whether the quietest stretch before ``until`` holds nothing at all, as no amplifier."""
    seed = _quietest(x, valid, until, round(params.seed_s * rate_hz))
    return seed is not None and bool(autocovariance(x[seed], valid[seed], 0)[0] <= 0.0)


def moving_mean(values: FloatArray, width: int) -> FloatArray:
    """Return the centred moving mean over ``width`` samples, shorter at the ends."""
    n, half = len(values), width // 2
    sums = running_sum(values)
    if n <= width:
        index = np.arange(n)
        low = np.maximum(index - half, 0)
        high = np.minimum(index - half + width, n)
        return (sums[high] - sums[low]) / (high - low)
    out = np.empty(n)
    inner = n - width + 1
    out[half : half + inner] = (sums[width:] - sums[:inner]) / width
    out[:half] = sums[width - half : width] / np.arange(width - half, width)
    left = np.arange(inner + half, n) - half
    out[inner + half :] = (sums[n] - sums[left]) / (n - left)
    return out


def find_bouts(
    energy: FloatArray, window: tuple[int, int], rate_hz: float, params: BurstParams
) -> tuple[Bout, ...]:
    """Return the bouts of a relative energy; ``window`` (samples) sets the scale of its peak."""
    smooth = moving_mean(energy, round(params.smooth_s * rate_hz))
    limit = _threshold(smooth, window, params.peak_share, params)
    runs = [(a, b) for a, b in _runs(smooth > limit) if b - a >= round(params.min_run_s * rate_hz)]
    joined: list[tuple[int, int]] = []
    for a, b in runs:
        if joined and a - joined[-1][1] < params.join_s * rate_hz:
            joined[-1] = (joined[-1][0], b)
        else:
            joined.append((a, b))
    return tuple(
        Bout(a, b, float(np.sum(smooth[a:b] - 1.0)))
        for a, b in joined
        if b - a > params.min_bout_s * rate_hz
    )


def main_bout(bouts: tuple[Bout, ...], energy: FloatArray, window: tuple[int, int]) -> Bout | None:
    """Return the bout with most energy among those that begin before the window ends."""
    low, high = window
    inside = [b for b in bouts if b.stop > low and b.start < high]
    if not inside:
        return None
    return max(inside, key=lambda b: float(np.sum(energy[max(b.start, low) : b.stop] - 1.0)))


def quiet_end(
    energy: FloatArray, bout: Bout, window: tuple[int, int], rate_hz: float, params: BurstParams
) -> int | None:
    """Return the end of the burst: the last activity before 200 ms of rest, None if not yet."""
    smooth = moving_mean(energy, round(params.smooth_s * rate_hz))
    limit = _threshold(smooth, window, params.end_share, params)
    stop = bout.stop
    for a, b in _runs(smooth[bout.start :] > limit):
        if bout.start + a - stop > params.quiet_s * rate_hz:
            break
        if b - a >= round(params.min_run_s * rate_hz):
            stop = max(stop, bout.start + b)
    return stop if len(energy) - stop >= params.quiet_s * rate_hz else None


def rest_before(
    x: FloatArray,
    valid: BoolArray,
    bouts: tuple[Bout, ...],
    start: int,
    rate_hz: float,
    params: BurstParams,
) -> RestStats:
    """Return the statistics of the rest that ends 150 ms before a burst starting at ``start``."""
    stop = max(0, start - round(params.rest_guard_s * rate_hz))
    begin = max(0, stop - round(params.rest_s * rate_hz))
    for bout in bouts:
        if bout.start < start:
            begin = max(begin, min(stop, bout.stop + round(params.rest_after_s * rate_hz)))
    return rest_stats(x[begin:stop], valid[begin:stop], rate_hz, params)


def rest_stats(x: FloatArray, valid: BoolArray, rate_hz: float, params: BurstParams) -> RestStats:
    """Return autocovariance, duration and drift of a stretch of rest, loud blocks left out."""
    width = round(params.block_s * rate_hz)
    keep = valid.copy()
    blocks = len(x) // width
    halves = (0.0, 0.0)
    if blocks > 0:
        shaped = np.where(valid, x, 0.0)[: blocks * width].reshape(blocks, width)
        counts = np.sum(valid[: blocks * width].reshape(blocks, width), axis=1)
        levels = np.sum(shaped**2, axis=1) / np.maximum(counts, 1)
        used = counts > 0
        kept = levels <= params.block_limit * quantile(levels[used], 0.5)
        keep[: blocks * width] &= np.repeat(kept, width)
        quiet = used & (levels <= params.block_limit * quantile(levels[used], 0.25))
        halves = _half_levels(levels, used, quiet)
    duration = float(np.count_nonzero(keep)) / rate_hz
    return RestStats(autocovariance(x, keep, ar_order(rate_hz)), duration, *halves)


def plateau(energy: FloatArray, bout: Bout, rate_hz: float, params: BurstParams) -> tuple[int, int]:
    """Return where the plateau that follows a burst's onset begins and ends, samples."""
    stop = min(bout.stop, bout.start + round(params.plateau_max_s * rate_hz))
    ends_here = stop == bout.stop
    smooth = moving_mean(energy, round(params.plateau_smooth_s * rate_hz))[bout.start : stop]
    upper = np.sort(smooth)[int(len(smooth) * (1.0 - params.plateau_upper)) :]
    reached = int(np.argmax(smooth >= params.plateau_share * quantile(upper, 0.5)))
    guard = round(params.plateau_end_guard_s * rate_hz) if ends_here else 0
    return bout.start + reached, stop - guard


def burst_autocovariance(
    x: FloatArray,
    valid: BoolArray,
    energy: FloatArray,
    bout: Bout,
    rate_hz: float,
    params: BurstParams,
) -> FloatArray:
    """Return the autocovariance of the plateau that follows a burst's onset."""
    begin, end = plateau(energy, bout, rate_hz, params)
    if end - begin < params.plateau_min_s * rate_hz:
        stop = min(bout.stop, bout.start + round(params.plateau_max_s * rate_hz))
        begin, end = bout.start, stop
    return autocovariance(x[begin:end], valid[begin:end], ar_order(rate_hz))


def _threshold(
    smooth: FloatArray, window: tuple[int, int], share: float, params: BurstParams
) -> float:
    low, high = max(window[0], 0), max(window[1], 1)
    top = quantile(smooth[low:high], params.peak_quantile)
    return max(params.min_ratio, 1.0 + share * (top - 1.0))


def _quietest(x: FloatArray, valid: BoolArray, until: int, width: int) -> slice | None:
    """Return the stretch of least mean energy that is at least 80 % valid."""
    energy = running_sum(np.where(valid[:until], x[:until], 0.0) ** 2)
    count = running_sum(valid[:until].astype(np.float64))
    if len(energy) <= width:
        return None
    counts = count[width:] - count[:-width]
    level = np.where(
        counts >= 0.8 * width,
        (energy[width:] - energy[:-width]) / np.maximum(counts, 1.0),
        np.inf,
    )
    best = int(np.argmin(level))
    return slice(best, best + width) if np.isfinite(level[best]) else None


def _loading(order: int) -> FloatArray:
    factors = np.ones(order + 1)
    factors[0] = 1.001  # method.md section 2, step 5: keeps Levinson stable
    return factors


def _runs(on: BoolArray) -> list[tuple[int, int]]:
    """Return start and stop of every run of true values."""
    edges = np.diff(on.astype(np.int8), prepend=0, append=0)
    starts, stops = np.nonzero(edges == 1)[0], np.nonzero(edges == -1)[0]
    return [(int(a), int(b)) for a, b in zip(starts, stops, strict=True)]


def _half_levels(levels: FloatArray, used: BoolArray, quiet: BoolArray) -> tuple[float, float]:
    """Median block power of the first and the second half.

    A twitch within the rest is not a change of its level, so each half counts its quiet blocks;
    where they are the lesser part, the level itself has changed and all blocks count.
    """
    half = len(levels) // 2
    medians: list[float] = []
    for part in (slice(0, half), slice(half, None)):
        most = 2 * np.count_nonzero(quiet[part]) >= np.count_nonzero(used[part])
        chosen = quiet[part] if most else used[part]
        medians.append(quantile(levels[part][chosen], 0.5))
    return medians[0], medians[1]


def quantile(values: FloatArray, q: float) -> float:
    """Return a quantile between neighbouring values, 0 without any: numpy's, with less ado."""
    if len(values) == 0:
        return 0.0
    at = q * (len(values) - 1)
    k = min(int(at), max(len(values) - 2, 0))
    above = min(k + 1, len(values) - 1)
    ordered = np.partition(values, (k, above))
    low, high = float(ordered[k]), float(ordered[above])
    share = at - k
    return high - (high - low) * (1.0 - share) if share >= 0.5 else low + (high - low) * share
