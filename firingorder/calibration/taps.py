"""The tap test: how much a pelvis sensor's clock is off the EMG's, from blows that both feel.

Three taps of the heel (or on the belt) shake the sensor and make every electrode swing. On the EMG
the instant is known to a millisecond or two. The sensor is slow: between two of its samples lie 17
or 20 ms, so each tap only says in which of these steps the instant lies. Taps fall on the steps by
chance, and where the steps of all of them overlap is the answer; what is left of the overlap is
its uncertainty, and no tap less than all may contradict it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from firingorder.samples import BoolArray, FloatArray


@dataclass(frozen=True, slots=True)
class TapParams:
    """What a tap is, and when the test is believed.

    Attributes
    ----------
    least_taps
        Three (wire_protocol.md section 14).
    quiet_s
        Before a tap both signals are quiet for so long. Muscle bursts and movements come before
        and after a tap that counts, never with it.
    shake_m_s2
        Peak of a tap, averaged over a step: ten times ``touch_m_s2`` would miss half of the heels
        that drop on the floor, and a bridge, which is as strong, is no blow from one step to the
        next (simulation).
    touch_m_s2
        From here on a sample has felt the blow; breathing and heart stay below.
    shy_s
        A blow so short before the end of a step may not lift its sample to ``touch_m_s2``
        (3 ms for a shaking of 6 m/s² at 18 Hz that is averaged over 17 ms).
    swing
        Peak of a tap on the EMG, in units of the noise at rest; ``still`` is the most before it.
    swing_error_s
        By how much its beginning may be found too late and too early on the EMG: 90 taps of 30
        simulated people lay between, at 1000 and at 250 Hz (tests/calibration/test_taps.py).
    baseline_s
        The EMG is held against its mean over this long, that ends a little before.
    most_offset_s
        Clocks followed by their envelopes are this close at most: 25 ms of least delay and the
        filters of a sensor of tens of milliseconds.
    most_uncertain_s
        A worse answer is none: effects of interest start at 10 ms (wire_protocol.md section 15).
    """

    least_taps: int = 3
    quiet_s: float = 0.3
    shake_m_s2: float = 1.0
    touch_m_s2: float = 0.2
    shy_s: float = 0.003
    swing: float = 12.0
    still: float = 5.0
    swing_error_s: tuple[float, float] = (0.0023, 0.0010)
    baseline_s: tuple[float, float] = (0.060, 0.010)
    most_offset_s: float = 0.150
    most_uncertain_s: float = 0.010


@dataclass(frozen=True, slots=True)
class TapResult:
    """The offset that is to be added to the sensor's times, or why there is none.

    ``uncertainty_s`` is the half-width within which it lies. ``reason`` is None for an answer.
    """

    offset_s: float | None
    uncertainty_s: float | None
    taps: int
    reason: str | None

    @property
    def sentence(self) -> str:
        """What a person reads."""
        if self.offset_s is None or self.uncertainty_s is None:
            return (
                f"Not synchronised: {self.reason} Lie still, let one heel drop on the floor three "
                "times or more, a second apart, and try again."
            )
        return (
            f"Synchronised by taps: the pelvis sensor's samples are moved by "
            f"{1e3 * self.offset_s:+.1f} ms (± {1e3 * self.uncertainty_s:.1f} ms, "
            f"{self.taps} taps)."
        )


def tap_offset(
    emg_t_s: FloatArray,
    emg: FloatArray,
    imu_t_s: FloatArray,
    acc_m_s2: FloatArray,
    params: TapParams | None = None,
    *,
    skew_s: float = 0.0,
) -> TapResult:
    """Estimate the offset of the sensor's times against the EMG's.

    Parameters
    ----------
    emg_t_s, emg
        ``(n,)`` seconds, and ``(n, channels)`` before any high-pass, in any unit; NaN is missing.
    imu_t_s, acc_m_s2
        ``(m,)`` seconds on the same axis but for the offset, and ``(m, 3)``.
    skew_s
        Delay of each EMG channel after its neighbour: what all show together lies in the middle.

    Returns
    -------
    TapResult
        Add its ``offset_s`` to ``imu_t_s``.
    """
    p = params or TapParams()
    steps = _steps(imu_t_s, acc_m_s2, p)
    if len(steps) < p.least_taps:
        return _refused(len(steps), f"the pelvis sensor felt {_times(len(steps))}.")
    swings = _swings(emg_t_s, emg, p) + 0.5 * (emg.shape[1] - 1) * skew_s
    late_s, early_s = p.swing_error_s
    bounds: list[tuple[float, float]] = []
    for before_s, after_s in steps:
        near = swings[np.abs(swings - after_s) <= p.most_offset_s]
        if len(near) == 1:
            swing_s = float(near[0])
            bounds.append((swing_s - late_s - after_s, swing_s + early_s - before_s))
    if len(bounds) < p.least_taps:
        return _refused(
            len(bounds),
            f"the pelvis sensor felt {_times(len(steps))}, the electrodes felt "
            f"{len(bounds)} of them.",
        )
    low_s = max(low for low, _ in bounds)
    high_s = min(high for _, high in bounds)
    if low_s > high_s:
        return _refused(
            len(bounds), f"the taps contradict each other by {1e3 * (low_s - high_s):.0f} ms."
        )
    uncertainty_s = 0.5 * (high_s - low_s)
    if uncertainty_s > p.most_uncertain_s:
        return _refused(
            len(bounds),
            f"{len(bounds)} taps leave ± {1e3 * uncertainty_s:.0f} ms, and more than "
            f"{1e3 * p.most_uncertain_s:.0f} is too much; each further tap makes it less.",
        )
    return TapResult(0.5 * (low_s + high_s), uncertainty_s, len(bounds), None)


def _refused(taps: int, reason: str) -> TapResult:
    return TapResult(None, None, taps, reason)


def _times(count: int) -> str:
    return {0: "no tap", 1: "one tap"}.get(count, f"{count} taps")


def _steps(t_s: FloatArray, acc_m_s2: FloatArray, p: TapParams) -> list[tuple[float, float]]:
    """Return for each tap the step of the sensor in which its instant lies: from, to."""
    found: list[tuple[float, float]] = []
    if len(t_s) < 2:
        return found
    quiet = 0
    until_s = -np.inf
    for k in range(1, len(t_s)):
        while t_s[quiet] < t_s[k] - p.quiet_s:
            quiet += 1
        if t_s[k] < until_s or t_s[k] - t_s[0] < p.quiet_s or k - quiet < 2:
            continue
        middle = np.median(acc_m_s2[quiet:k], axis=0)
        if np.linalg.norm(acc_m_s2[k] - middle) < p.touch_m_s2:
            continue
        until_s = t_s[k] + p.quiet_s
        peak = np.linalg.norm(acc_m_s2[k:][t_s[k:] < t_s[k] + 0.1] - middle, axis=1).max()
        before = np.linalg.norm(acc_m_s2[quiet:k] - middle, axis=1).max()
        if peak >= p.shake_m_s2 and before < p.touch_m_s2:
            found.append((float(t_s[k - 1]) - p.shy_s, float(t_s[k])))
    return found


def _swings(t_s: FloatArray, emg: FloatArray, p: TapParams) -> FloatArray:
    """Return the instants at which all electrodes together begin to swing."""
    if len(t_s) < 2:
        return np.empty(0)
    rate_hz = 1.0 / float(np.median(np.diff(t_s)))
    height = _height(emg, rate_hz, p)
    quiet = round(p.quiet_s * rate_hz)
    gap = round(p.baseline_s[1] * rate_hz)
    crossings = np.flatnonzero((height[1:] >= p.still) & ~(height[:-1] >= p.still)) + 1
    found: list[float] = []
    for k in crossings.tolist():
        if k < quiet:
            continue
        before: BoolArray = height[k - quiet : k - gap] < p.still
        peak = height[k : k + round(0.06 * rate_hz)]
        if before.all() and np.max(peak, initial=0.0) >= p.swing:
            found.append(_beginning_s(t_s, height, k))
    return np.array(found)


def _height(emg: FloatArray, rate_hz: float, p: TapParams) -> FloatArray:
    """Return ``(n,)`` deviation from the mean just before, in units of what it is at rest."""
    far, near = (max(1, round(s * rate_hz)) for s in p.baseline_s)
    if len(emg) <= far:
        return np.zeros(len(emg))
    missing = np.isnan(emg)
    total = np.cumsum(np.where(missing, 0.0, emg), axis=0)
    total = np.concatenate([np.zeros((1, emg.shape[1])), total])
    rows = np.arange(far, len(emg))
    mean = (total[rows - near + 1] - total[rows - far]) / (far - near + 1)
    away = np.zeros_like(emg)
    away[far:] = emg[far:] - mean
    noise = 1.4826 * np.nanmedian(np.abs(away[far:]), axis=0)  # normal: MAD to SD
    scaled = away / np.where(noise > 0.0, noise, np.inf)
    height: FloatArray = np.sqrt(np.mean(scaled**2, axis=1))
    return height  # NaN where a sample is missing: nothing is quiet or high there


def _beginning_s(t_s: FloatArray, height: FloatArray, k: int) -> float:
    """Return where the rise through sample ``k`` began: its straight line back to the noise."""
    last = min(k + 1, len(height) - 1)
    slope = (height[last] - height[k - 1]) / (last - k + 1)
    back = 0.0 if not slope > 0.0 else min(3.0, max(0.0, (height[k] - 1.0) / slope))
    return float(t_s[k] - back * (t_s[k] - t_s[k - 1]))
