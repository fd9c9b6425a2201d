"""The last seconds of conditioned EMG, and the device time of every sample."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from firingorder.samples import BoolArray, FloatArray
    from firingorder.signal.conditioning import ConditionedBlock

#: Corrections of the time axis that are kept. One comes with each reconnect, or each 0.15 ms
#: of drift (4 s at 40 ppm); a repetition looks back less than a minute.
_MAX_ANCHORS = 128
#: A clock that drifts is followed to 0.2 ms; the stamps of a device jitter by microseconds.
_MOST_OFF_S = 0.15e-3


class TimeAxis:
    """Device time of the samples of one stream.

    Between corrections time is index over nominal rate; a chunk whose own time differs by more
    than 0.15 ms corrects it, so that any cutting of the same samples gives the same times.
    """

    def __init__(self, rate_hz: float) -> None:
        self._rate_hz = rate_hz
        self._anchors: list[tuple[int, float]] = []

    def observe(self, index0: int, t0_s: float) -> None:
        """Take note of the time a chunk gives its first sample."""
        if not self._anchors or abs(self.time_s(index0) - t0_s) > _MOST_OFF_S:
            self._anchors.append((index0, t0_s))
            del self._anchors[:-_MAX_ANCHORS]

    def time_s(self, position: float) -> float:
        """Return the time of a (real) sample position."""
        index0, t0_s = self._anchors[0]
        for anchor in reversed(self._anchors):
            if anchor[0] <= position:
                index0, t0_s = anchor
                break
        return t0_s + (position - index0) / self._rate_hz

    def position(self, t_s: float) -> float:
        """Return the (real) sample position of a time."""
        index0, anchor_s = self._anchors[0]
        for anchor in reversed(self._anchors):
            if anchor[1] <= t_s:
                index0, anchor_s = anchor
                break
        return index0 + (t_s - anchor_s) * self._rate_hz


class AnalysisClock:
    """Device time of the analysis grid: index m lies at input position m times ``step``."""

    def __init__(self, axis: TimeAxis, step: float) -> None:
        self._axis = axis
        self._step = step

    def time_s(self, index: float) -> float:
        """Return the time of a (real) position on the analysis grid."""
        return self._axis.time_s(index * self._step)

    def index(self, t_s: float) -> int:
        """Return the analysis sample nearest to a time."""
        return round(self._axis.position(t_s) / self._step)


@dataclass(frozen=True, slots=True)
class Excerpt:
    """A piece of the history; every array is ``(n_samples, n_channels)``, a copy.

    ``emg_uv`` is the band of the onsets, ``low_uv`` the band below it (conditioning.py).
    """

    index0: int
    emg_uv: FloatArray
    valid: BoolArray
    missing: BoolArray
    saturated: BoolArray
    lead_off: BoolArray
    low_uv: FloatArray


class History:
    """Ring of conditioned EMG on the analysis grid; the oldest samples fall out."""

    def __init__(self, capacity_samples: int, n_channels: int) -> None:
        self.capacity = capacity_samples
        shape = (capacity_samples, n_channels)
        self._emg_uv = np.zeros(shape)
        self._low_uv = np.zeros(shape)
        self._flags = np.zeros((4, *shape), dtype=np.bool_)
        self.reset(0)

    def reset(self, index: int) -> None:
        """Forget all samples; the next block begins at ``index``."""
        self.start = index
        self.stop = index

    def append(self, block: ConditionedBlock, lead_off: BoolArray) -> None:
        """Add the next block; ``lead_off`` is ``(n_channels,)``."""
        n = len(block.emg_uv)
        begin = block.index0 % self.capacity
        rows: slice | NDArray[np.intp] = slice(begin, begin + n)
        if begin + n > self.capacity:
            rows = np.arange(block.index0, block.index0 + n) % self.capacity
        self._emg_uv[rows] = block.emg_uv
        self._low_uv[rows] = block.low_uv
        self._flags[0, rows] = block.valid
        self._flags[1, rows] = block.missing
        self._flags[2, rows] = block.saturated
        self._flags[3, rows] = lead_off
        if self.stop == self.start:
            self.start = block.index0
        self.stop = block.index0 + n
        self.start = max(self.start, self.stop - self.capacity)

    def span(self, first: int, stop: int) -> tuple[int, int]:
        """Return what is still there of the samples ``first .. stop - 1``: first, and past last."""
        first = min(max(first, self.start), self.stop)
        return first, min(max(stop, first), self.stop)

    def excerpt(self, first: int, stop: int) -> Excerpt:
        """Return the samples ``first .. stop - 1`` as far as they are still there."""
        first, stop = self.span(first, stop)
        begin = first % self.capacity
        wraps = begin + stop - first > self.capacity
        rows: slice | NDArray[np.intp] = slice(begin, begin + stop - first)
        if wraps:
            rows = np.arange(first, stop) % self.capacity
        emg_uv, low_uv, flags = self._emg_uv[rows], self._low_uv[rows], self._flags[:, rows]
        if not wraps:  # indexing by rows has copied
            emg_uv, low_uv, flags = emg_uv.copy(), low_uv.copy(), flags.copy()
        valid, missing, saturated, lead_off = flags
        return Excerpt(first, emg_uv, valid, missing, saturated, lead_off, low_uv)
