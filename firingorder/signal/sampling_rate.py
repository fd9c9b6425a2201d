"""At what rate a sensor really samples, from the times that its blocks carry.

A gyroscope is integrated over the sampling interval: a sensor that says 100 Hz and samples at 95
makes every angle 5 % too small. The stamps decide.
"""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class RateParams:
    """When a rate is corrected for, and when it is not believed. Proposals."""

    span_s: float = 10.0
    """Stamps this far apart give the rate: 10 ms of jitter are 0.1 % of it."""
    corrected_share: float = 0.01
    """Deviations from here on are corrected: below, the sensor's own scale error is larger."""
    wrong_share: float = 0.08
    """Beyond this something else is wrong than a clock."""
    jump_s: float = 0.060
    """A stamp this far from where the rate puts it: time jumped although no sample is missing."""
    jump_share: float = 0.5
    """The same as a share of the time since the stamp before: less may be a wrong rate."""
    told_s: float = 10.0


class RateWatch:
    """Follows index and time of the blocks of one stream."""

    def __init__(self, params: RateParams, rate_hz: float) -> None:
        self._params = params
        self._nominal_hz = rate_hz
        self._stamps: deque[tuple[int, float]] = deque()
        self._jumped_s: float | None = None
        self._last_s = 0.0
        self.measured_hz: float | None = None
        self.scale = 1.0
        """What an angle integrated at the nominal rate is multiplied with."""
        self.wrong = False
        self.skipped = 0.0
        """Samples that are missing before the latest block by its time (negative: too many)."""

    @property
    def jumped(self) -> bool:
        """Whether time jumped lately."""
        return self._jumped_s is not None and self._last_s - self._jumped_s < self._params.told_s

    def observe(self, index0: int, t0_s: float) -> None:
        """Take note of the time of a block's first sample."""
        p = self._params
        self.skipped, self._last_s = 0.0, t0_s
        if self._stamps:
            index, time_s = self._stamps[-1]
            rate_hz = self.measured_hz or self._nominal_hz
            between_s = (index0 - index) / rate_hz
            late_s = t0_s - time_s - between_s
            if abs(late_s) > max(p.jump_s, p.jump_share * between_s) or index0 <= index:
                self._jumped_s = t0_s
                self.skipped = late_s * self._nominal_hz
                self._stamps.clear()
        self._stamps.append((index0, t0_s))
        first, since_s = self._stamps[0]
        if t0_s - since_s >= p.span_s:
            self._measure((index0 - first) / (t0_s - since_s))
            self._stamps.clear()
            self._stamps.append((index0, t0_s))

    def _measure(self, rate_hz: float) -> None:
        p = self._params
        self.measured_hz = rate_hz
        off = rate_hz / self._nominal_hz - 1.0
        self.wrong = abs(off) > p.wrong_share
        # Rounded, so that how the same samples were cut into blocks makes no difference.
        corrected = p.corrected_share <= abs(off) <= p.wrong_share
        self.scale = round(self._nominal_hz / rate_hz, 3) if corrected else 1.0
