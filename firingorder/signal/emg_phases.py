"""The phases of one effort in the power of its muscles: guessed live, and fitted afterwards.

The rule of a still limb: the plateau begins where the envelope rises by less than a tenth of its
peak in 200 ms, the way back where it falls below 70 % of the plateau. EMG is noise, so an envelope
of 200 ms scatters by a tenth itself. Live phases therefore lag and err; after the end a ramp is
fitted to the rise and the fall.

Errors on planted bursts (simulated; rises of 0.05 to 2 s, holds of 0.5 to 15 s; 168 efforts of two
muscles; ``pytest -s tests/signal/test_still_limb.py -k slow_and_fast`` prints them), as median and
what 95 % lie within, by plateau above rest:

====================  =============  =============  =============
phase                 15 dB          25 dB          45 dB
====================  =============  =============  =============
onset, fitted         -2, 47 ms      -2, 23 ms      -5, 14 ms
plateau, fitted       +41, 123 ms    +31, 95 ms     +37, 127 ms
way back, fitted      -5, 26 ms      -8, 23 ms      -18, 44 ms
end                   -50, 141 ms    -19, 85 ms     +27, 57 ms
onset, told live      +79, 510 ms    +33, 162 ms    +2, 24 ms
plateau, told live    +132, 652 ms   +128, 578 ms   +115, 541 ms
way back, told live   +15, 36 ms     +15, 31 ms     +16, 31 ms
====================  =============  =============  =============
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from firingorder.findings import Phase
    from firingorder.samples import BoolArray, FloatArray


@dataclass(frozen=True, slots=True)
class EmgPhaseParams:
    """Limits of the phases; proposals, except where the module's rule names them."""

    window_s: float = 0.200
    flat_share: float = 0.10
    """Plateau: the envelope changes by less than this share of its peak per window."""
    far_share: float = 0.8
    """A hesitation below this share of the peak so far is no plateau."""
    back_share: float = 0.70
    again_share: float = 0.85
    """The way back was none when the envelope comes above this share again."""
    confirm_s: float = 0.060
    """Live guesses must hold this long."""
    unusual_s: float = 0.500
    """A plateau below the share of the effort before, or the first one, must be flat this long."""
    beyond_s: float = 1.0
    """A rise or fall is fitted with this much of the plateau; more only blurs it."""
    before_s: float = 1.0
    """And with this much before its start by thresholds, which lies up to 0.7 s late: what was
    active long before is none of it."""
    rise_s: tuple[float, ...] = (0.02, 0.06, 0.12, 0.2, 0.35, 0.55, 0.85, 1.3, 2.0, 3.0, 5.0, 8.0)
    """Durations that are tried for the rise and for the fall; the longest is the slow ramp of
    squeezing on the hands."""
    starts: int = 48
    """Starts that are tried for each duration."""
    samples: int = 120
    """Most points of a fit; longer stretches are averaged."""


@dataclass(frozen=True, slots=True)
class EmgPhases:
    """Refined phases: onset of the first muscle, plateau, begin of the way back, seconds."""

    away_s: float
    far_from_s: float
    back_s: float


class LivePhases:
    """Tells the phases of the effort under way, causally, from the power of each block."""

    def __init__(self, params: EmgPhaseParams, block_s: float) -> None:
        self._p = params
        self._block_s = block_s
        self._width = max(1, round(params.window_s / block_s))
        self._least = max(1, round(params.confirm_s / block_s))
        self._rows: FloatArray | None = None
        self._least_unusual = max(1, round(params.unusual_s / block_s))
        self._phase: Phase = "rest"
        self._run = 0
        self._usual: FloatArray | None = None

    def watch(self, power: FloatArray) -> None:
        """Take a block in which no effort is under way."""
        if self._rows is None:
            self._rows = np.repeat(power[None], 2 * self._width, axis=0)
        self._rows[:-1] = self._rows[1:]
        self._rows[-1] = power

    def begin(self, rest_power: FloatArray) -> None:
        """Begin with an effort, of which nothing but its rest is known."""
        self._rest = rest_power
        self._phase = "lift"
        self._run = 0
        self._scale = np.zeros_like(rest_power)
        self._held = 0

    def step(
        self, power: FloatArray, joined: BoolArray, end_s: float
    ) -> tuple[Phase, float] | None:
        """Return the phase that begins, and when, as far as ``end_s`` shows."""
        p, width = self._p, self._width
        self.watch(power)
        assert self._rows is not None
        halves = self._rows.reshape(2, width, -1)
        mean: FloatArray = np.add.reduce(halves, axis=1) / width
        amplitude: FloatArray = np.sqrt(np.maximum(mean - self._rest, 0.0))
        before, now = amplitude[0], amplitude[1]
        if self._phase == "lift":
            self._scale = np.maximum(self._scale, now)
        usable = joined & (self._scale > 0.0)
        if not usable.any():
            return None
        scale = self._scale[usable]
        share, earlier = (
            float(np.add.reduce(one[usable] / scale)) / len(scale) for one in (now, before)
        )
        if self._phase == "lift":
            flat = share - earlier < p.flat_share and share >= p.far_share
            least = self._least if self._as_usual(now, usable) else self._least_unusual
            return self._turned("hold", flat, least, end_s - p.window_s)
        at_s = end_s - 0.5 * p.window_s
        if self._phase == "hold":
            if share >= p.far_share:
                self._held += 1
                self._scale = self._scale + (now - self._scale) / (self._held + 1)
            turned = self._turned("lower", share < p.back_share, self._least, at_s)
            if turned is not None:
                self._usual = self._scale
            return turned
        return self._turned("hold", share > p.again_share, self._least, at_s)

    def _as_usual(self, now: FloatArray, usable: BoolArray) -> bool:
        """Tell whether it is as strong as the effort before, so that the rise may well be over."""
        if self._usual is None:
            return False
        usual = self._usual[usable]
        return float(np.add.reduce(now[usable])) >= self._p.far_share * float(np.add.reduce(usual))

    def _turned(
        self, phase: Phase, holds: bool, least: int, at_s: float
    ) -> tuple[Phase, float] | None:
        self._run = self._run + 1 if holds else 0
        if self._run < least:
            return None
        self._phase, self._run, self._held = phase, 0, 0
        return phase, at_s - (least - 1) * self._block_s


def refined_phases(
    t0_s: FloatArray,
    power: FloatArray,
    rest_power: FloatArray,
    span_s: tuple[float, float],
    params: EmgPhaseParams,
) -> EmgPhases | None:
    """Return the phases of an effort that is over, None where there is too little of it.

    Parameters
    ----------
    t0_s, power
        ``(n,)`` start times and ``(n, n_channels)`` power of equal blocks, with rest on both sides;
        of the channels that took part.
    rest_power
        ``(n_channels,)`` power at rest before it.
    span_s
        Where the effort lies, by thresholds.

    Notes
    -----
    A ramp of amplitude on top of rest is fitted to the rise and, backwards, to the fall, by the
    likelihood of the powers (gamma-distributed, as powers of noise are).
    """
    if len(t0_s) < 5:
        return None
    block_s = float(t0_s[1] - t0_s[0])
    t = t0_s + 0.5 * block_s
    inside = (t >= span_s[0]) & (t <= span_s[1])
    if np.count_nonzero(inside) < 4:
        return None
    # One series of all muscles, each a share of its own plateau.
    scale = np.array([_plateau(column) for column in power[inside].T])
    if not np.all(scale > 0.0):
        return None
    mixed: FloatArray = np.mean(power / scale, axis=1)
    rest = float(np.clip(np.mean(rest_power / scale), 1e-6, 0.5))
    first_s, last_s = _high(t, mixed, inside)
    mid = 0.5 * (first_s + last_s)
    rise = (t >= span_s[0] - params.before_s) & (t <= min(mid, first_s + params.beyond_s))
    fall = t >= max(mid, last_s - params.beyond_s)
    if np.count_nonzero(rise) < 3 or np.count_nonzero(fall) < 3:
        return None
    up = _fit_ramp(t[rise], mixed[rise], rest, params)
    silent: FloatArray = mixed[t >= span_s[1]]
    after = rest if not len(silent) else min(max(float(np.mean(silent)), rest), 0.5)
    down = _fit_ramp(-t[fall][::-1], mixed[fall][::-1], after, params)
    far_s, down_s, rested_s = up[1], -down[1], -down[0]
    back_s = down_s + (1.0 - params.back_share) * (rested_s - down_s)
    shares = power[rise] / scale
    rests = np.clip(rest_power / scale, 1e-6, 0.5)
    firsts = [
        _fit_ramp(t[rise], one, float(r), params)[0]
        for one, r in zip(shares.T, rests.tolist(), strict=True)
    ]
    return EmgPhases(min(firsts), min(far_s, back_s), back_s)


def _plateau(power: FloatArray) -> float:
    """Return the mean of what lies above half of the upper range: hesitations do not count."""
    high = float(np.quantile(power, 0.8))
    return float(np.mean(power[power >= 0.5 * high]))


def _high(t: FloatArray, mixed: FloatArray, inside: BoolArray) -> tuple[float, float]:
    """Return when a smoothed series first and last lies at most a tenth below its plateau."""
    width = min(10, max(1, int(np.count_nonzero(inside)) // 4))
    smooth = np.convolve(mixed, np.ones(width) / width, mode="same")
    # Of power: a tenth less of amplitude.
    above = t[inside & (smooth >= 0.81)]
    if not len(above):
        return float(np.mean(t[inside])), float(np.mean(t[inside]))
    return float(above[0]), float(above[-1])


def _fit_ramp(
    t: FloatArray, x: FloatArray, rest: float, params: EmgPhaseParams
) -> tuple[float, float]:
    """Return where a rise from ``rest`` to 1 begins and ends, by the likelihood of the powers."""
    step = -(-len(t) // params.samples)
    if step > 1:
        keep = len(t) // step * step
        t = t[-keep:].reshape(-1, step).mean(axis=1)
        x = x[-keep:].reshape(-1, step).mean(axis=1)
    begin, last = float(t[0]), float(t[-1])
    durations = np.array([one for one in params.rise_s if one <= last - begin + 0.02])
    if not len(durations):
        return begin, last
    starts = np.linspace(begin, last, params.starts)
    a, length = _best(t, x, rest, starts, durations)
    for spread in (1.0, 0.25):
        fine = a + spread * (starts[1] - starts[0]) * np.linspace(-1.0, 1.0, 9)
        a, length = _best(t, x, rest, fine, length * 2.0 ** (spread * np.linspace(-0.8, 0.8, 9)))
    return a, min(a + length, last)


def _best(
    t: FloatArray, x: FloatArray, rest: float, starts: FloatArray, durations: FloatArray
) -> tuple[float, float]:
    """Return the most likely start and duration of a grid."""
    u = np.clip((t - starts[:, None, None]) / durations[:, None], 0.0, 1.0)
    model = rest + (1.0 - rest) * u * u
    cost = np.add.reduce(x / model + np.log(model), axis=2)
    k = int(np.argmin(cost))
    return float(starts[k // len(durations)]), float(durations[k % len(durations)])
