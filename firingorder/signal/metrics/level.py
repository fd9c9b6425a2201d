"""Level of each channel in a window: RMS without the noise, and its error (metric B10).

The mean square of a window is distributed about the true power as chi-square over its degrees of
freedom. Gaussian noise of N samples with correlations rho_k has N / (1 + 2 sum rho_k^2) of them,
the 2BT of band-limited noise; a level that changes within the window has fewer, which the scatter
of 50 ms blocks tells (metrics.md section 2).
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from firingorder.signal.metrics.amount import Z95, Amount, refused

if TYPE_CHECKING:
    from firingorder.measures import MetricGate
    from firingorder.samples import FloatArray
    from firingorder.signal.metrics.record import MetricsParams, RepetitionData
    from firingorder.signal.reference import PersonalReference


#: Fewer neighbours than this say little about their scatter.
_LEAST_STEPS = 20


@dataclass(frozen=True, slots=True)
class WindowPower:
    """Mean square of a window, ``(n_channels,)`` uV^2, with its bounds, and the share valid."""

    mean: FloatArray
    low: FloatArray
    high: FloatArray
    dof: FloatArray
    valid: FloatArray
    duration_s: float


class Levels:
    """Levels of the channels of one repetition, in any window of it.

    Sums of squares are made once; a window then costs two look-ups and its blocks.
    """

    def __init__(self, data: RepetitionData, params: MetricsParams) -> None:
        self._data, self._params = data, params
        self._index = {name: k for k, name in enumerate(data.channels)}
        x = data.emg_uv
        missing = np.isnan(x)
        self._whole = not missing.any()
        n, channels = x.shape
        self._sums = np.zeros((n + 1, channels))
        clean = x if self._whole else np.where(missing, 0.0, x)
        np.cumsum(clean * clean, axis=0, out=self._sums[1:])
        self._counts = np.zeros((n + 1, channels))
        if not self._whole:
            np.cumsum(~missing, axis=0, out=self._counts[1:])
        self._block = max(1, round(params.block_s * data.rate_hz))
        self._block_dof = self._dof_of_blocks(clean)
        self._windows: dict[tuple[float, float], WindowPower] = {}
        self._levels: dict[tuple[str, float, float], Amount] = {}
        self._noise = self._noise_power()

    def power(self, first_s: float, last_s: float) -> WindowPower:
        """Return the mean square of a window, noise and all."""
        key = (first_s, last_s)
        if key not in self._windows:
            self._windows[key] = self._power(first_s, last_s)
        return self._windows[key]

    def uv(self, channel: str, window: tuple[float, float] | None) -> Amount:
        """Return the RMS of a channel without its noise, microvolts."""
        if window is None:
            return refused("no_phase")
        key = (channel, *window)
        if key not in self._levels:
            self._levels[key] = self._uv(channel, *window)
        return self._levels[key]

    def percent(self, channel: str, window: tuple[float, float] | None) -> Amount:
        """Return the level in percent of the person's reference."""
        gate = reference_gate(self._data.reference, channel, self._params)
        if gate is not None:
            return refused(gate)
        reference_uv = self._data.reference.reference_uv(channel)
        assert reference_uv is not None
        return self.uv(channel, window).scaled(100.0 / reference_uv)

    def rest(self, channel: str) -> tuple[float, float, float] | None:
        """Return power of the rest before the repetition with its bounds, uV^2; None: unknown."""
        window = self._rest_window()
        if window is None or channel not in self._index:
            return None
        power, k = self.power(*window), self._index[channel]
        if power.valid[k] < self._params.least_valid:
            return None
        return float(power.mean[k]), float(power.low[k]), float(power.high[k])

    def gate(self, channel: str) -> MetricGate | None:
        """Return why a channel may not be used at all."""
        if channel not in self._index:
            return "not_measured"
        return self._data.gates.get(channel)

    def _uv(self, channel: str, first_s: float, last_s: float) -> Amount:
        gate = self.gate(channel)
        if gate is not None:
            return refused(gate)
        p, k = self._params, self._index[channel]
        if last_s - first_s < p.least_window_s:
            return refused("too_short")
        power = self.power(first_s, last_s)
        if power.valid[k] < p.least_valid:
            return refused("gap")
        noise = self._noise[k]
        if noise is None:
            return refused("no_baseline")
        values = tuple(float(one[k]) for one in (power.mean, power.low, power.high))
        return level_of(values, noise, round(float(power.dof[k])), p)

    def _power(self, first_s: float, last_s: float) -> WindowPower:
        first, last = np.searchsorted(self._data.times_s, (first_s, last_s)).tolist()
        wanted = max(1.0, (last_s - first_s) * self._data.rate_hz)
        sums = self._sums
        present = self._present(first, last)
        mean = (sums[last] - sums[first]) / np.maximum(present, 1.0)
        dof = effective_dof(self._blocks(first, last), self._block_dof, present / self._block)
        low, high = power_bounds(mean, dof)
        return WindowPower(mean, low, high, dof, present / wanted, last_s - first_s)

    def _blocks(self, first: int, last: int) -> FloatArray:
        at_edges = self._sums[first : last + 1 : self._block]
        return np.maximum(at_edges[1:] - at_edges[:-1], 0.0)

    def _dof_of_blocks(self, clean: FloatArray) -> FloatArray:
        """Degrees of freedom of a block: of its bandwidth, or fewer if neighbours scatter more."""
        phases = self._data.phases
        alike = likeness(self._shape(clean), self._data.rate_hz, self._params)
        first, last = np.searchsorted(self._data.times_s, (phases.away_s, phases.end_s)).tolist()
        return np.minimum(self._block / alike, scatter_dof(self._blocks(first, last)))

    def _present(self, first: int, last: int) -> FloatArray:
        if self._whole:
            return np.full(self._sums.shape[1], float(last - first))
        return self._counts[last] - self._counts[first]

    def _shape(self, clean: FloatArray) -> FloatArray:
        """Return the signal that tells the likeness of neighbours: about the far window."""
        phases, rate_hz = self._data.phases, self._data.rate_hz
        first_s = phases.far_from_s if phases.far_from_s is not None else phases.away_s
        half = round(0.5 * self._params.shape_s * rate_hz)
        middle = int(np.searchsorted(self._data.times_s, first_s))
        begin = max(0, min(middle - half, len(clean) - 2 * half))
        return clean[begin : begin + 2 * half]

    def _rest_window(self) -> tuple[float, float] | None:
        window = self._data.rest_before_s
        if window is None:
            return None
        last_s = window[1] - self._params.rest_guard_s
        return (window[0], last_s) if last_s - window[0] >= self._params.least_rest_s else None

    def _noise_power(self) -> list[tuple[float, float, float] | None]:
        """Noise power with bounds: of the calibration, the rest before, or one before that."""
        found: list[tuple[float, float, float] | None] = []
        for name in self._data.channels:
            known = self._data.reference.channels.get(name)
            rest_uv = None if known is None else known.rest_uv
            if rest_uv is not None and math.isfinite(rest_uv) and rest_uv >= 0.0:
                found.append((rest_uv**2, rest_uv**2, rest_uv**2))
            else:
                found.append(self.rest(name) or self._data.rest_power.get(name))
        return found


def level_of(
    power: tuple[float, ...],
    noise: tuple[float, float, float],
    n: int,
    params: MetricsParams,
) -> Amount:
    """Return the RMS without noise from the powers (value, low, high), uV^2.

    The difference of two powers by their own bounds, then the root. What is not above the noise
    has the gate ``at_noise_floor`` and its upper bound; what is far below it, or flat, has lost
    its contact.
    """
    mean, low, high = power
    if mean <= params.flat_uv**2 or high < params.dead_share * noise[0]:
        return refused("poor_contact")
    excess = mean - noise[0]
    least = excess - math.hypot(mean - low, noise[2] - noise[0])
    # Quieter than the noise by chance is no proof of silence: the bound never falls below it.
    most = max(0.0, excess) + math.hypot(high - mean, noise[0] - noise[1])
    value, bottom, top = (math.sqrt(max(0.0, x)) for x in (excess, least, most))
    return Amount(value, bottom, top, n, None if least > 0.0 else "at_noise_floor")


def reference_gate(
    reference: PersonalReference, channel: str, params: MetricsParams, *, between: bool = False
) -> MetricGate | None:
    """Return why a channel has no percent, None where it has one.

    With ``between`` muscles are compared: the peak or mean of the task itself, which makes every
    muscle alike, is no reference for that.
    """
    kind = reference.normalisation
    if kind == "none" or (between and kind == "task_peak_or_mean"):
        return "not_normalised"
    known = reference.channels.get(channel)
    if known is None or known.reference_uv is None:
        return "not_normalised"
    value = known.reference_uv
    if not (math.isfinite(value) and value > params.flat_uv):
        return "bad_reference"
    if known.rest_uv is not None and not value >= params.reference_over_rest * known.rest_uv:
        return "bad_reference"
    return None


def likeness(x: FloatArray, rate_hz: float, params: MetricsParams) -> FloatArray:
    """Return 1 + 2 sum of squared correlations of neighbours, ``(n_channels,)``.

    ``x`` is ``(n, n_channels)``; shorter than 40 ms it is taken to have 150 Hz of bandwidth. A
    correlation estimated from few samples has a square of its own, about 1 / (independent
    samples), which is taken off.
    """
    n, lags = len(x), round(params.lag_s * rate_hz)
    if n <= 2 * lags:
        return np.ones(x.shape[1]) * max(1.0, rate_hz / 300.0)
    found = np.ones(x.shape[1])
    for k, one in enumerate(np.ascontiguousarray(x.T)):
        power = float(one @ one)
        if power > 0.0:
            # Divided before it is squared: the high-pass of a channel that went dead decays to
            # powers of 1e-300, whose square is 0.
            products = [float(one[lag:] @ one[:-lag]) for lag in range(1, lags + 1)]
            found[k] += 2.0 * sum((product / power) ** 2 for product in products)
    found *= 1.0 - 2.0 * lags / n
    found[found < 1.0] = 1.0
    return found


def scatter_dof(blocks: FloatArray) -> FloatArray:
    """Return the degrees of freedom of a block as its neighbours tell, ``(n_channels,)``.

    Real muscle is burstier than Gaussian noise of its bandwidth. ``blocks`` is ``(m, n_channels)``;
    the logarithms of two neighbours with d degrees each differ with a variance of about
    4 / d + 4 / d^2 (trigamma function). Steps beyond a factor of ten are onsets, not chance.
    Infinite where too few blocks tell.
    """
    if len(blocks) <= _LEAST_STEPS:
        return np.ones(blocks.shape[1]) * np.inf
    logs = np.log(np.maximum(blocks, 1e-12))
    steps = np.abs(logs[1:] - logs[:-1])
    inside = steps < math.log(10.0)
    count = np.sum(inside, axis=0)
    variance = np.sum(np.where(inside, steps, 0.0) ** 2, axis=0) / np.maximum(count, 1)
    known = (count >= _LEAST_STEPS) & (variance > 0.0)
    safe = np.where(known, variance, 1.0)
    return np.where(known, 2.0 * (1.0 + np.sqrt(1.0 + safe)) / safe, np.inf)


def effective_dof(blocks: FloatArray, block_dof: FloatArray, n_blocks: FloatArray) -> FloatArray:
    """Return the degrees of freedom of the mean square over blocks, ``(n_channels,)``.

    ``blocks`` ``(m, n_channels)`` are powers of blocks with ``block_dof`` degrees each. A sum of
    m scaled chi-squares has (sum P)^2 / (sum P^2 / dof) of them (Satterthwaite 1946, Biometrics
    2:110); a squared block power is (1 + 2 / dof) times too large on average, which is taken off.
    """
    if len(blocks) < 2:
        return np.maximum(1.0, n_blocks * block_dof)
    squares = np.sum(blocks**2, axis=0)
    sums = np.sum(blocks, axis=0)
    safe = np.where(squares > 0.0, squares, 1.0)
    evenness = sums**2 / safe * (1.0 + 2.0 / block_dof) / len(blocks)
    evenness = np.clip(np.where(squares > 0.0, evenness, 1.0), 0.0, 1.0)
    return np.maximum(1.0, evenness * n_blocks * block_dof)


def power_bounds(mean: FloatArray, dof: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Return the 95 % bounds of a power from its estimate by chi-square.

    Quantiles by Wilson and Hilferty (1931, Proc. Natl. Acad. Sci. 17:684): within 1 % of the
    exact ones from five degrees of freedom on.
    """
    centre, spread = 1.0 - 2.0 / (9.0 * dof), Z95 * np.sqrt(2.0 / (9.0 * dof))
    above = (centre + spread) ** 3
    below = np.maximum(centre - spread, 1e-3) ** 3
    return mean / above, mean / below
