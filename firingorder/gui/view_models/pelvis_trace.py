"""The lift of the pelvis over the last seconds, sampled at the columns of the strips."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from firingorder.samples import FloatArray, PelvisBlock

#: Samples further apart than this are not joined by a line: a gap is a gap.
LONGEST_STEP_S = 0.25
#: The fastest pelvis IMU anybody wears, for the size of the memory.
MAX_SAMPLES = 16000
#: Full scales of the lift, degrees.
SCALES_DEG = (20.0, 40.0, 60.0, 90.0, 180.0)


class PelvisTrace:
    """Lift angles of the last ``kept_s`` seconds."""

    def __init__(self, kept_s: float) -> None:
        self._kept_s = kept_s
        self._t = np.zeros(0)
        self._lift = np.zeros(0)

    def append(self, block: PelvisBlock) -> None:
        """Take the block in; what is too old is forgotten."""
        n = block.lift_deg.size
        if n == 0:
            return
        times: FloatArray = block.t0_s + np.arange(n, dtype=np.float64) / block.rate_hz
        self._t = np.concatenate((self._t, times))[-MAX_SAMPLES:]
        self._lift = np.concatenate((self._lift, block.lift_deg))[-MAX_SAMPLES:]
        first = int(np.count_nonzero(self._t < float(times[-1]) - self._kept_s))
        self._t, self._lift = self._t[first:], self._lift[first:]

    @property
    def newest_deg(self) -> float | None:
        """The newest angle; None while the pose is not known."""
        known = self._lift.size > 0 and bool(np.isfinite(self._lift[-1]))
        return float(self._lift[-1]) if known else None

    def sampled(self, times_s: FloatArray) -> FloatArray:
        """Return the lift at the times, degrees; NaN in gaps and outside the record."""
        if self._t.size < 2:
            return np.full(times_s.shape, np.nan)
        after = np.clip(np.searchsorted(self._t, times_s), 1, self._t.size - 1)
        lift = np.interp(times_s, self._t, self._lift, left=np.nan, right=np.nan)
        lift[self._t[after] - self._t[after - 1] > LONGEST_STEP_S] = np.nan
        return lift

    def scale_deg(self) -> float:
        """Return the full scale that holds the whole trace."""
        top = float(np.fmax.reduce(self._lift, initial=0.0)) * 1.05
        return next((scale for scale in SCALES_DEG if scale >= top), SCALES_DEG[-1])
