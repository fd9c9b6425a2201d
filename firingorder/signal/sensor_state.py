"""Whether the pelvis sensor can be believed: its rate, its limits, gravity, rattle, which way up.

Works on the raw blocks in the axes of the sensor, before any filter. Nothing here judges a
movement; it says what would make an angle silently wrong.
"""

from __future__ import annotations

import math
from collections import deque
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np
from scipy.signal import butter, sosfilt

from firingorder.signal.sampling_rate import RateParams, RateWatch

if TYPE_CHECKING:
    from collections.abc import Callable

    from firingorder.samples import BoolArray, FloatArray

Vector = tuple[float, float, float]

STANDARD_GRAVITY_M_S2 = 9.80665
#: Which way up is, in the pelvis frame, by the first word of a position (exercise_bridge.md
#: section 1: x forward, y left, z up along the spine). Other positions are not judged.
UP: dict[str, Vector] = {
    "supine": (1.0, 0.0, 0.0),
    "prone": (-1.0, 0.0, 0.0),
    "hands": (-1.0, 0.0, 0.0),
    "quadruped": (-1.0, 0.0, 0.0),
    "standing": (0.0, 0.0, 1.0),
}


@dataclass(frozen=True, slots=True)
class SensorWatchParams:
    """Limits of the sensor's own faults. Proposals, unless a source is given."""

    acc_range_m_s2: float = 0.0
    gyr_range_rad_s: float = 0.0
    """Where the sensor ends, if somebody declared it. 0: not declared, a limit shows by values
    that repeat."""
    range_share: float = 0.98
    """Of the range, as for the converter of the EMG (method.md section 6)."""
    held: int = 3
    """Equal samples in a row on one axis at a high value: a moving 16-bit sensor does not repeat
    itself there."""
    acc_high_m_s2: float = 1.9 * STANDARD_GRAVITY_M_S2
    gyr_high_rad_s: float = math.radians(120.0)
    """Below the smallest ranges that are sold (2 g, 125 deg/s) nothing should be at its limit."""
    long_held_s: float = 0.12
    long_acc_m_s2: float = 1.03 * STANDARD_GRAVITY_M_S2
    long_gyr_rad_s: float = math.radians(10.0)
    """What does not change in the last bit for this long while it turns is at an end as well,
    whatever the range: the summit of a smooth movement does not last so long. Above gravity at
    rest with its offset, and above sway."""
    stuck_s: float = 0.1
    lost_s: float = 0.25
    stuck_deg_s: float = 3.0
    stuck_acc_m_s2: float = 0.5
    """All six axes at the same values for ``stuck_s``: an old sample is given out again. It matters
    where the sensor turned meanwhile: it holds a rate, or takes up again with a jump above these;
    after ``lost_s``, as after a gap of samples, nobody knows how far (orientation.py)."""
    saturated_s: float = 2.0
    """How long a saturation stays told."""
    window_s: float = 1.0
    still_deg_s: float = 1.0
    still_acc_m_s2: float = 0.15
    """SD within a window in which the sensor lies still."""
    gravity_share: float = 0.06
    """Most that the length of the specific force at rest may differ from one g: 20 mg of offset on
    each axis are 3.5 %, scale errors come on top."""
    moving_deg_s: float = 10.0
    high_hz: float = 12.0
    rattle_deg_s: float = 15.0
    rattle_share: float = 0.4
    """Rate above ``high_hz`` in a moving window of a loose sensor, absolute and as a share of the
    whole. Walking with a sensor on the lower back stays below 15 deg/s and 0.31 but for one second
    in five minutes (``python -m benchmarks.movement.angles``)."""
    rattle_windows: int = 3
    remembered_windows: int = 10
    restless_s: float = 30.0
    """Without one still window for this long, the person does not lie still."""
    rate: RateParams = field(default_factory=RateParams)


@dataclass(frozen=True, slots=True)
class SensorState:
    """What is known of the pelvis sensor right now. ``None``: not known yet.

    Attributes
    ----------
    rate_hz, rate_wrong, time_jumped
        Measured from the stamps of the blocks; further off the nominal rate than is corrected for;
        its time lately jumped although no sample was missing.
    saturated
        A value lay at the end of its range within the last seconds.
    stuck
        All axes repeated themselves within the last seconds.
    gravity_m_s2, gravity_wrong
        Length of the specific force at the latest rest; too far from one g.
    rattle_deg_s, loose
        Rate above 12 Hz in the latest moving second; it rattles.
    up
        Which way up was at the latest rest, in the pelvis frame.
    bias_deg_s, bias_wrong
        Length of the mean rate at the latest rest; larger than a sensor's own offset can be.
    still, restless
        The latest second was still; there was no still second for a long time.
    """

    rate_hz: float | None = None
    rate_wrong: bool = False
    time_jumped: bool = False
    saturated: bool = False
    stuck: bool = False
    gravity_m_s2: float | None = None
    gravity_wrong: bool = False
    rattle_deg_s: float | None = None
    loose: bool = False
    up: Vector | None = None
    bias_deg_s: float | None = None
    bias_wrong: bool = False
    still: bool = False
    restless: bool = False

    def off_position_deg(self, position: str) -> float | None:
        """Return how far up is from where it is in a position; None where nothing is expected.

        Near 180 degrees the sensor is upside down or the person lies the other way round, from 60
        degrees on it is turned. A sensor with head and foot exchanged looks right to gravity while
        lying: only a movement tells (``calibration.mounting``).
        """
        expected = UP.get(position.partition("_")[0])
        if self.up is None or expected is None:
            return None
        cosine = sum(a * b for a, b in zip(self.up, expected, strict=True))
        return math.degrees(math.acos(max(-1.0, min(1.0, cosine))))


def at_limit(values: FloatArray, high: float, limit: float, held: int) -> BoolArray:
    """Return which samples of ``(n, n_axes)`` lie at the end of the range on any axis, ``(n,)``.

    With a declared ``limit`` by value, else (0) where an axis repeats a value above ``high``
    exactly, from the ``held``-th sample of it on: so it makes no difference how samples are cut
    into blocks.
    """
    mask = np.zeros(len(values), dtype=np.bool_)
    size = np.abs(values)
    if limit > 0.0:
        mask[(size >= limit).any(axis=1)] = True
        return mask
    if len(values) < held or float(np.maximum.reduce(size, axis=None)) < high:
        return mask
    same = (values[1:] == values[:-1]) & (size[1:] >= high)
    for axis in range(values.shape[1]):
        edges = np.flatnonzero(np.diff(np.concatenate(([False], same[:, axis], [False]))))
        for a, b in zip(edges[::2].tolist(), edges[1::2].tolist(), strict=True):
            mask[a + held - 1 : b + 1] = True
    return mask


class SensorWatch:
    """Follows the raw blocks of one sensor; ``state`` is what they say."""

    def __init__(
        self, params: SensorWatchParams, rate_hz: float, to_pelvis: Callable[[FloatArray], Vector]
    ) -> None:
        self._params = params
        self._to_pelvis = to_pelvis
        self._rate_hz = rate_hz
        self.rate = RateWatch(params.rate, rate_hz)
        corner = min(params.high_hz, 0.4 * rate_hz)
        self._sos = butter(2, corner, "high", fs=rate_hz, output="sos")
        self._window_n = max(2, round(params.window_s * rate_hz))
        self._rattles: deque[bool] = deque(maxlen=params.remembered_windows)
        self._saturated_until = self._stuck_until = -1
        self._long_n = max(params.held + 1, round(params.long_held_s * rate_hz))
        self._stuck_n = max(3, round(params.stuck_s * rate_hz))
        self.stuck: list[int] = []
        self.lost: list[int] = []
        self._index = 0
        self._since_rest = 0
        self._rest: tuple[float, Vector, float] | None = None
        self._still = False
        self._rattle: float | None = None
        self.forget()

    def forget(self) -> None:
        """Start the running window and the filter anew, as after an outage."""
        self._blocks: list[FloatArray] = []
        self._waiting = 0
        self._zi: FloatArray | None = None
        self._tail = np.zeros((0, 6))
        self._same = 0

    def step(
        self, index0: int, t0_s: float | None, acc_m_s2: FloatArray, gyr_rad_s: FloatArray
    ) -> tuple[list[int], list[int]]:
        """Take one block ``(n, 3)`` each in sensor axes, finite values only.

        Returns
        -------
        tuple
            Which samples of acceleration and of rate lie at the end of the range, as rows of the
            block. ``stuck`` has the rows that are old samples or follow them, ``lost`` those that
            follow too many of them.
        """
        if index0 != self._index:
            self.forget()
        if t0_s is not None:
            self.rate.observe(index0, t0_s)
        both = np.concatenate((acc_m_s2, gyr_rad_s), axis=1)
        self._index = index0 + len(both)
        self._repeated(both)
        acc_off, gyr_off = self._limits(both)
        if acc_off or gyr_off:
            self._saturated_until = self._index + round(self._params.saturated_s * self._rate_hz)
        if self.stuck:
            self._stuck_until = self._index + round(self._params.saturated_s * self._rate_hz)
        self._blocks.append(both)
        self._waiting += len(both)
        if self._waiting >= self._window_n:
            whole = np.concatenate(self._blocks)
            while len(whole) >= self._window_n:
                self._close(whole[: self._window_n])
                whole = whole[self._window_n :]
            self._blocks, self._waiting = [whole], len(whole)
        return acc_off, gyr_off

    def _repeated(self, both: FloatArray) -> None:
        """Find the rows of a block that are old samples, or the first after a run of them."""
        p = self._params
        self.stuck, self.lost = [], []
        before = self._tail[-1:] if len(self._tail) else np.full((1, 6), np.inf)
        earlier = np.concatenate((before, both[:-1]))
        same = (both == earlier).all(axis=1)
        if not self._same and not same.any():
            return
        for row, equal in enumerate(same.tolist()):
            if equal:
                self._same += 1
                held = float(np.linalg.norm(both[row, 3:])) > math.radians(p.stuck_deg_s)
                if held and self._same >= self._stuck_n - 1:
                    self.stuck.append(row)
                continue
            if self._same >= self._stuck_n - 1:
                self._released(row, both[row], earlier[row])
            self._same = 0

    def _released(self, row: int, now: FloatArray, held: FloatArray) -> None:
        """Judge the end of a run of equal samples, ``(6,)`` each."""
        p = self._params
        jump = np.abs(now - held)
        rate = float(np.linalg.norm(held[3:])) > math.radians(p.stuck_deg_s)
        if (
            rate
            or jump[:3].max() > p.stuck_acc_m_s2
            or jump[3:].max() > math.radians(p.stuck_deg_s)
        ):
            self.stuck.append(row)
            if self._same > p.lost_s * self._rate_hz:
                self.lost.append(row)

    def _limits(self, both: FloatArray) -> tuple[list[int], list[int]]:
        """Return the rows of a block at the end of the range, for acceleration and rate."""
        p = self._params
        long = np.concatenate((self._tail, both)) if len(self._tail) else both
        skip = len(long) - len(both)
        self._tail = long[-(self._long_n - 1) :]
        found: list[list[int]] = []
        for axes, high, end, long_high in (
            (slice(0, 3), p.acc_high_m_s2, p.acc_range_m_s2, p.long_acc_m_s2),
            (slice(3, 6), p.gyr_high_rad_s, p.gyr_range_rad_s, p.long_gyr_rad_s),
        ):
            mask = at_limit(long[:, axes], high, p.range_share * end, p.held)
            mask |= at_limit(long[:, axes], long_high, 0.0, self._long_n)
            new = mask[skip:]
            new[self.stuck] = False  # all axes at once are no end of the range
            found.append(np.flatnonzero(new).tolist())
        return found[0], found[1]

    def _close(self, both: FloatArray) -> None:
        """Judge a full window of ``(n, 6)`` acceleration and rate."""
        p = self._params
        mean, spread = np.mean(both, axis=0), np.std(both, axis=0)
        gyr = both[:, 3:]
        gyr_sd = math.degrees(float(spread[3:].max()))
        total = math.degrees(math.sqrt(float(np.vdot(gyr, gyr)) / len(both)))
        if self._zi is None:
            self._zi = np.zeros((len(self._sos), 2, 3))
            self._first: FloatArray = gyr[0]
        high, self._zi = sosfilt(self._sos, gyr - self._first, axis=0, zi=self._zi)
        self._still = gyr_sd < p.still_deg_s and float(spread[:3].max()) < p.still_acc_m_s2
        self._since_rest += len(both)
        if self._still:
            self._since_rest = 0
            size = float(np.linalg.norm(mean[:3]))
            bias = math.degrees(float(np.linalg.norm(mean[3:])))
            self._rest = size, self._to_pelvis(mean[:3] / max(size, 1e-9)), bias
        elif total > p.moving_deg_s:
            self._rattle = math.degrees(math.sqrt(float(np.vdot(high, high)) / len(both)))
            self._rattles.append(self._rattle > max(p.rattle_deg_s, p.rattle_share * total))

    @property
    def gravity_wrong(self) -> bool:
        """Whether the force at the latest rest is too far from one g."""
        if self._rest is None:
            return False
        return abs(self._rest[0] / STANDARD_GRAVITY_M_S2 - 1.0) > self._params.gravity_share

    def state(self, bias_limit_deg_s: float) -> SensorState:
        """Return what is known now."""
        p = self._params
        gravity, up, bias = self._rest or (None, None, None)
        return SensorState(
            rate_hz=self.rate.measured_hz,
            rate_wrong=self.rate.wrong,
            time_jumped=self.rate.jumped,
            saturated=self._index < self._saturated_until,
            stuck=self._index < self._stuck_until,
            gravity_m_s2=gravity,
            gravity_wrong=self.gravity_wrong,
            rattle_deg_s=self._rattle,
            loose=sum(self._rattles) >= p.rattle_windows,
            up=up,
            bias_deg_s=bias,
            bias_wrong=bias is not None and bias > math.sqrt(3.0) * bias_limit_deg_s,
            still=self._still,
            restless=self._since_rest > p.restless_s * self._rate_hz,
        )
