"""What a source leaves unknown of time, beside what its samples leave unknown of an onset.

Two causes. A device that samples its channels one after the other, and does not say when, is off
by up to some amount in each of them, independently as far as anybody knows: uniform, so that a
lead has the difference of two of them. A device below 1000 samples a second cuts the upper half of
the EMG band off, and an onset is found less well in what is left, by more than its likelihood says.
Both widen every onset and every lead; neither moves one.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import lru_cache
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from firingorder.samples import EmgLayout, FloatArray
    from firingorder.signal.conditioning import ConditioningParams
    from firingorder.signal.posterior import OnsetPosterior


@dataclass(frozen=True, slots=True)
class TimingParams:
    """What a slow source adds to the error of an onset."""

    full_rate_hz: float = 1000.0
    """From here on the band of the EMG is whole."""
    slow_sd_s: float = 0.0045
    """SD added below it: at 500 Hz through a sinc3 filter onsets of ten simulated kinds of muscle
    lie 1.6 ms later and their SD is 11.1 ms instead of 10.3 (``python -m
    benchmarks.slow_sources``), which is this in squares."""


@dataclass(frozen=True, slots=True)
class TimingError:
    """Unknown error of one channel's onset: uniform within ``half_width_s``, and a Gaussian."""

    half_width_s: float = 0.0
    sd_s: float = 0.0

    @property
    def none(self) -> bool:
        """Whether nothing is added."""
        return self.half_width_s <= 0.0 and self.sd_s <= 0.0

    def widened(self, posterior: OnsetPosterior) -> OnsetPosterior:
        """Return a posterior of an onset with this error added to it."""
        if self.none:
            return posterior
        spread = _kernel(self, posterior.step_s)
        p = np.convolve(posterior.p, spread)
        reach_s = (len(spread) // 2) * posterior.step_s
        return replace(posterior, t0_s=posterior.t0_s - reach_s, p=p / np.sum(p))


def timing_error(layout: EmgLayout, params: TimingParams) -> TimingError:
    """Return what a stream adds to every onset."""
    slow = layout.rate_hz < params.full_rate_hz
    return TimingError(layout.timing_error_s, params.slow_sd_s if slow else 0.0)


def timing_warnings(
    layout: EmgLayout, params: TimingParams, conditioning: ConditioningParams
) -> tuple[str, ...]:
    """Return what to tell people of a source that limits what may be claimed, in plain words."""
    told: list[str] = []
    lowest_rate_hz = conditioning.lowest_rate_hz
    if layout.rate_hz < lowest_rate_hz:
        told.append(
            f"The EMG comes {layout.rate_hz:g} times a second. The order of onsets is not told "
            f"below {lowest_rate_hz:g}, because the band of the EMG itself is lost."
        )
    elif layout.rate_hz < params.full_rate_hz:
        more_ms = _SIGMA_95 * 1e3 * params.slow_sd_s
        told.append(
            f"Reduced bandwidth: the EMG comes {layout.rate_hz:g} times a second. Onsets are less "
            f"sure by {more_ms:.0f} ms than from {params.full_rate_hz:g}; intervals are wider by "
            "that."
        )
    if layout.timing_error_s > 0.0:
        told.append(
            "Channels are not sampled together, and the device does not say when: leads are good "
            f"to {2e3 * layout.timing_error_s:.2g} ms at best. Intervals are wider by that."
        )
    if not layout.calibrated:
        told.append(
            "The EMG is in arbitrary units: no microvolts are told, and no channel is judged by "
            "its noise or mains."
        )
    return tuple(told)


_SIGMA_95 = 1.96
#: Gaussians are cut off where a ten-thousandth is left.
_REACH_SIGMA = 4.0


@lru_cache(maxsize=16)
def _kernel(error: TimingError, step_s: float) -> FloatArray:
    """Return what the probability of one cell becomes on a grid, ``(2 k + 1,)``, sum 1."""
    kernel: FloatArray = np.ones(1)
    if error.half_width_s > 0.0:
        kernel = _uniform(error.half_width_s / step_s)
    if error.sd_s > 0.0:
        sd = error.sd_s / step_s
        reach = int(np.ceil(_REACH_SIGMA * sd))
        gauss = np.exp(-0.5 * (np.arange(-reach, reach + 1) / sd) ** 2)
        kernel = np.asarray(np.convolve(kernel, gauss / np.sum(gauss)), dtype=np.float64)
    kernel.setflags(write=False)
    return kernel


def _uniform(half: float) -> FloatArray:
    """Return a cell smeared by plus or minus ``half`` steps, put back into cells."""
    reach = int(np.ceil(half + 0.5))
    edges = np.arange(-reach, reach + 2, dtype=np.float64) - 0.5
    # Twice the integral of a cell's own step: the share of the smeared cell below each edge.
    below = (_ramp(edges + half) - _ramp(edges - half)) / (2.0 * half)
    return np.diff(below)


def _ramp(x: FloatArray) -> FloatArray:
    """Return the integral of the cumulative probability of an even cell of width one."""
    inside = 0.5 * np.clip(x + 0.5, 0.0, 1.0) ** 2
    return inside + np.maximum(x - 0.5, 0.0)
