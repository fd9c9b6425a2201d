"""Device time to host time by the causal lower envelope (wire_protocol.md section 14).

Transport only ever delays, with a heavy tail, so the earliest arrivals carry the clock and means
do not. The model is a pure function of the (device time, arrival) pairs in their order.
"""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

_Point = tuple[float, float]


@dataclass(frozen=True, slots=True)
class ClockParams:
    """Constants of section 14; the step that gives each is named.

    Attributes
    ----------
    bucket_s
        Step 1: one pair is kept per bucket of device time.
    window_s, update_s
        Step 2: the hull is built over this long, this often. 30 s for USB and TCP, 60 s for BLE.
    slope_limit, min_span_s
        Step 4: 150 ppm for a crystal; below the span there is no slope.
    acquire_s, slew_s_per_s
        Step 5: steps are allowed this long; then the mapping moves by at most this much.
    jump_s, jump_hold_s
        Step 6: a jump of more than this for longer than that restarts the model.
    jump_silence_s
        A jump must be seen all the time: behind a silence like this one (a stalled link that then
        delivers its backlog) the waiting begins anew.
    """

    bucket_s: float = 0.25
    window_s: float = 30.0
    update_s: float = 1.0
    slope_limit: float = 150e-6
    min_span_s: float = 10.0
    acquire_s: float = 10.0
    slew_s_per_s: float = 0.5e-3
    jump_s: float = 0.020
    jump_hold_s: float = 2.0
    jump_silence_s: float = 0.5


#: Section 14, step 2: notifications come in bursts, so the envelope needs longer.
BLE_CLOCK = ClockParams(window_s=60.0)


@dataclass(frozen=True, slots=True)
class _Line:
    """host = x + offset + slope (x - x0), plus a slew over the first second behind x0."""

    x0: float
    offset: float
    slope: float
    slew: float
    slew_s: float

    def host(self, x: float) -> float:
        since = x - self.x0
        slewing = min(max(since, 0.0), self.slew_s)
        return x + self.offset + self.slope * since + self.slew * slewing

    def device(self, y: float) -> float:
        """Invert :meth:`host`, piece by piece."""
        rise = y - self.x0 - self.offset
        if rise <= 0.0:
            return self.x0 + rise / (1.0 + self.slope)
        since = rise / (1.0 + self.slope + self.slew)
        if since > self.slew_s:
            since = (rise - self.slew * self.slew_s) / (1.0 + self.slope)
        return self.x0 + since


class ClockModel:
    """Map device time to host time for one link and one boot of the device.

    ``uncertainty_s`` is the 95th percentile of the bucket minima above the line; the constant
    minimum delay of the link is in no way visible from one side and is not part of it. ``slope``
    is that of an earlier connection to the same crystal.
    """

    def __init__(self, params: ClockParams | None = None, *, slope: float | None = None) -> None:
        self.params = params or ClockParams()
        self.uncertainty_s: float | None = None
        self.resets = 0
        self._origin: tuple[int, int] | None = None
        self._buckets: deque[_Point] = deque()
        self._slope = slope
        self._line: _Line | None = None
        self._acquire_until = 0.0
        self._next_update = 0.0
        self._jump: tuple[float, bool] | None = None
        self._last_arrival = 0.0
        self._before: tuple[ClockModel, int] | None = None

    def behind_sleep(self, slept_ns: int) -> ClockModel:
        """Return the model that goes on after a sleep of the host.

        Its clock stood still for ``slept_ns``, which is not known exactly where the system takes it
        from a clock of whole seconds: so the mapping is found anew, with the slope that it had.
        Until a pair has come the old mapping counts, later by the sleep.
        """
        after = ClockModel(self.params, slope=self.slope if self.ready else self._slope)
        after._before = (self, slept_ns)
        return after

    @property
    def ready(self) -> bool:
        """Whether there is a mapping at all."""
        return self._line is not None

    @property
    def locked(self) -> bool:
        """Whether the first seconds, in which the mapping may step, are over."""
        return bool(self._buckets) and self._buckets[-1][0] >= self._acquire_until

    @property
    def slope(self) -> float:
        """Rate of the device's clock against the host's, as a fraction (40e-6 = 40 ppm)."""
        return self._line.slope if self._line else 0.0

    def add(self, t_device_us: int, t_arrival_ns: int) -> None:
        """Take in one pair: time of the last sample of a frame, and when the frame arrived."""
        if self._origin is None:
            self._origin = (t_device_us, t_arrival_ns)
            self._before = None
        x = (t_device_us - self._origin[0]) * 1e-6
        y = (t_arrival_ns - self._origin[1]) * 1e-9
        if self._jumped(x, y):
            self._restart()
        self._last_arrival = y
        if not self._buckets:
            self._acquire_until = x + self.params.acquire_s
            self._next_update = x + self.params.update_s
        self._keep(x, y - x)
        if x < self._acquire_until or self._line is None:
            self._acquire(x, y - x)
        if x >= self._next_update:
            self._next_update = x + self.params.update_s
            self._fit(x)

    def host_ns(self, t_device_us: float) -> float | None:
        """Return the host time of a device time; None before the first pair."""
        if self._line is None or self._origin is None:
            if self._before is None:
                return None
            before_ns = self._before[0].host_ns(t_device_us)
            return None if before_ns is None else before_ns - self._before[1]
        return self._origin[1] + self._line.host((t_device_us - self._origin[0]) * 1e-6) * 1e9

    def device_us(self, t_host_ns: float) -> float | None:
        """Return the device time of a host time; None before the first pair."""
        if self._line is None or self._origin is None:
            if self._before is None:
                return None
            return self._before[0].device_us(t_host_ns + self._before[1])
        return self._origin[0] + self._line.device((t_host_ns - self._origin[1]) * 1e-9) * 1e6

    def _keep(self, x: float, off: float) -> None:
        """Step 1: the smallest offset of each bucket of device time."""
        buckets = self._buckets
        if buckets:
            newest = buckets[-1][0] // self.params.bucket_s
            mine = x // self.params.bucket_s
            if mine < newest:
                return
            if mine == newest:
                if off < buckets[-1][1]:
                    buckets[-1] = (x, off)
                return
        buckets.append((x, off))
        while buckets[0][0] < x - self.params.window_s:
            buckets.popleft()

    def _acquire(self, x: float, off: float) -> None:
        """Step 5: while acquiring, the running minimum; it may step."""
        slope = self._slope or 0.0
        line = self._line
        if line is None or off < line.host(x) - x:
            self._line = _Line(x, off, slope, 0.0, 0.0)

    def _fit(self, x: float) -> None:
        """Fit the envelope and move the published line towards it (steps 2 to 5, 7)."""
        points = list(self._buckets)
        xs = np.array([point[0] for point in points])
        offs = np.array([point[1] for point in points])
        slope = self._slope_of(points, float(xs.mean()))
        # On a hull edge this is the edge; with another slope it is the line that touches from
        # below, so no arrival precedes its own sample.
        offset = float((offs - slope * (xs - x)).min())
        residual = offs - (offset + slope * (xs - x))
        self.uncertainty_s = float(np.percentile(residual, 95))
        if x < self._acquire_until:
            return
        first = self._line is None or self._line.x0 < self._acquire_until
        if first or self._line is None:
            self._line = _Line(x, offset, slope, 0.0, 0.0)
            return
        published = self._line.host(x) - x
        limit = self.params.slew_s_per_s
        slew = (offset - published) / self.params.update_s
        slew = min(max(slew, -limit), limit)
        self._line = _Line(x, published, slope, slew, self.params.update_s)

    def _slope_of(self, points: list[_Point], middle: float) -> float:
        """Return the slope of the hull edge over the mean abscissa, if credible (steps 3, 4)."""
        if points[-1][0] - points[0][0] < self.params.min_span_s:
            return self._slope or 0.0  # after a reconnect the crystal is still the same
        for (x0, y0), (x1, y1) in pairwise(_lower_hull(points)):
            if x0 <= middle <= x1:
                slope = (y1 - y0) / (x1 - x0)
                if abs(slope) <= self.params.slope_limit:
                    self._slope = slope
                    return slope
        return 0.0

    def _jumped(self, x: float, y: float) -> bool:
        """Step 6: whether arrivals have been away from the line for long enough."""
        if self._line is None:
            return False
        error = y - self._line.host(x)
        if abs(error) <= self.params.jump_s:
            self._jump = None
            return False
        silent = y - self._last_arrival > self.params.jump_silence_s
        if self._jump is None or silent or self._jump[1] != (error > 0.0):
            self._jump = (y, error > 0.0)
            return False
        return y - self._jump[0] > self.params.jump_hold_s

    def _restart(self) -> None:
        self.resets += 1
        self._buckets.clear()
        self._line = None
        self._jump = None
        self.uncertainty_s = None


def _lower_hull(points: list[_Point]) -> list[_Point]:
    """Lower convex hull of points sorted by abscissa (Andrew's monotone chain, 1979)."""
    hull: list[_Point] = []
    for point in points:
        while len(hull) >= 2 and _turns_down(hull[-2], hull[-1], point):
            hull.pop()
        hull.append(point)
    return hull


def _turns_down(a: _Point, b: _Point, c: _Point) -> bool:
    """Whether b lies on or above the line from a to c."""
    return (b[0] - a[0]) * (c[1] - a[1]) <= (b[1] - a[1]) * (c[0] - a[0])
