"""What one second of every channel shows: levels, mains, drift, whiteness, pops, motion, copies."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass
from typing import TYPE_CHECKING, cast

import numpy as np
from scipy import signal as sps

from firingorder.signal.artefacts import find_pops, motion_level
from firingorder.signal.beats import find_beats
from firingorder.signal.conditioning import ConditioningParams
from firingorder.signal.crosstalk import copied_share
from firingorder.signal.sections import SectionFilter

if TYPE_CHECKING:
    from firingorder.samples import BoolArray, FloatArray
    from firingorder.signal.quality import Look
    from firingorder.signal.signal_check_params import SignalCheckParams

#: Bands of the raw spectrum: what drifts, and the body of skin and amplifier noise.
DRIFT_HZ = (1.0, 4.0)
BODY_HZ = (100.0, 400.0)
#: Cheap questions that spare the costly ones are asked with limits this much lower.
_SPARE = 0.7


@dataclass(frozen=True, slots=True)
class LookMeasures:
    """One look of a second; arrays are ``(n_channels,)``.

    Attributes
    ----------
    missing
        Share of samples that were not there.
    railed
        Share of samples at the largest or smallest value of the look.
    drift_uv
        RMS of 1 to 4 Hz as the electrode sees it.
    low_density, body_density
        Mean power density of 1 to 4 Hz, and of 100 to 400 Hz.
    rest_uv
        RMS of the quietest pieces of the latest looks.
    active
        Power of the look over that of the rest.
    loudest_uv2
        Power of the loudest piece of a tenth of a second.
    middle_hz
        Middle frequency of the look (spectrum.py), 0 where nothing is there.
    pops
        Jumps of the pad.
    motion
        Share of the look in which the low band is louder than muscle explains.
    low_peak_uv
        Largest value of the low band.
    copied_from, copied
        Column of the louder channel that explains most of this one's waveform (-1: none was
        asked), and how much of its power.
    """

    missing: FloatArray
    railed: FloatArray
    drift_uv: FloatArray
    low_density: FloatArray
    body_density: FloatArray
    rest_uv: FloatArray
    active: FloatArray
    loudest_uv2: FloatArray
    middle_hz: FloatArray
    pops: BoolArray
    motion: FloatArray
    low_peak_uv: FloatArray
    copied_from: tuple[int, ...]
    copied: FloatArray


class LookMeter:
    """Measures looks that follow one another; ``reset`` after an outage.

    ``rate_hz`` is the analysis rate. ``ecg_uv`` is the peak of the mean heart beat in the band of
    4 to 25 Hz, 0 where no train of beats was found among the latest looks.
    """

    def __init__(
        self, params: SignalCheckParams, rate_hz: float, n_channels: int, *, calibrated: bool
    ) -> None:
        self._params = params
        self._least_rest_uv = params.flat_below_uv if calibrated else 0.0
        self._rate_hz = rate_hz
        self._n = n_channels
        c = ConditioningParams()
        top_hz = 0.45 * rate_hz
        high = sps.butter(
            c.highpass_order, min(c.highpass_hz, top_hz), "high", fs=rate_hz, output="sos"
        )
        low = sps.butter(
            c.low_order,
            (min(c.low_hz[0], 0.4 * top_hz), min(c.low_hz[1], 0.8 * top_hz)),
            "bandpass",
            fs=rate_hz,
            output="sos",
        )
        self._high = SectionFilter(cast("FloatArray", high), n_channels)
        self._low = SectionFilter(cast("FloatArray", low), n_channels)
        self.reset()

    def reset(self) -> None:
        """Forget everything."""
        p = self._params
        self._fresh = np.ones(self._n, dtype=np.bool_)
        self._pieces: deque[FloatArray] = deque(maxlen=p.rest_looks)
        self._lows: deque[FloatArray] = deque(maxlen=p.beat_looks)
        self._known: deque[BoolArray] = deque(maxlen=p.beat_looks)
        self._peaks: deque[BoolArray] = deque(maxlen=p.rest_looks)
        self._looks = 0
        self._beats_at = 0
        self.ecg_uv = np.zeros(self._n)

    def forget(self, k: int) -> None:
        """Forget the levels of one channel: its pad was put on anew."""
        for one in self._pieces:
            one[:, k] = np.nan
        for one in self._known:
            one[:, k] = False
        self.ecg_uv[k] = 0.0

    def measure(self, look: Look) -> LookMeasures:
        """Return what the next look shows."""
        self._looks += 1
        gone = np.isnan(look.raw_uv)
        raw = np.where(gone, 0.0, look.raw_uv)
        low_density, body_density, drift_uv = self._spectrum(raw)
        emg, low, known = self._filtered(raw, gone)
        power = np.where(look.whole, look.pieces_uv2[0], np.nan)
        self._pieces.append(power)
        rest_uv = self._rest_uv()
        active = np.zeros(self._n)
        floor_uv = np.maximum(rest_uv, self._least_rest_uv)
        np.divide(look.rms_uv**2, floor_uv**2, out=active, where=look.whole & (floor_uv > 0.0))
        pops, motion, peak = self._disturbed(emg, low, known, rest_uv)
        self._lows.append(low)
        self._known.append(known)
        maybe = self._may_beat(peak, rest_uv, active)
        if self._looks % self._params.beat_every == 0 and maybe:
            self._seek_beats()
        copied_from, copied = self._copies(emg, active, rest_uv, look)
        return LookMeasures(
            missing=np.mean(gone, axis=0),
            railed=_railed(look.raw_uv),
            drift_uv=drift_uv,
            low_density=low_density,
            body_density=body_density,
            rest_uv=rest_uv,
            active=active,
            loudest_uv2=np.max(power, axis=0),
            middle_hz=self._middle_hz(look),
            pops=pops,
            motion=motion,
            low_peak_uv=peak,
            copied_from=copied_from,
            copied=copied,
        )

    def _spectrum(self, raw: FloatArray) -> tuple[FloatArray, FloatArray, FloatArray]:
        n = len(raw)
        window = np.sin(np.pi * (np.arange(n) + 0.5) / n) ** 2
        centred = (raw - window @ raw / np.sum(window)) * window[:, None]
        spectrum = np.fft.rfft(centred, axis=0)
        step_hz = self._rate_hz / n
        f = np.arange(len(spectrum)) * step_hz
        density = (spectrum.real**2 + spectrum.imag**2) * (
            2.0 / (self._rate_hz * np.sum(window**2))
        )
        slow = (f > DRIFT_HZ[0] - 0.5 * step_hz) & (f < DRIFT_HZ[1] + 0.5 * step_hz)
        top_hz = min(BODY_HZ[1], 0.4 * self._rate_hz)
        body = (f >= min(BODY_HZ[0], 0.5 * top_hz)) & (f <= top_hz)
        # The median of exponential variables is ln 2 of their mean, and no line moves it.
        half = np.count_nonzero(body) // 2
        middle = np.partition(density[body], half, axis=0)[half] / np.log(2.0)
        total = np.add.reduce(density[slow], axis=0)
        return total / max(1, np.count_nonzero(slow)), middle, np.sqrt(total * step_hz)

    def _filtered(
        self, raw: FloatArray, gone: BoolArray
    ) -> tuple[FloatArray, FloatArray, BoolArray]:
        """Return both bands and where they are known; a channel with a gap begins anew after it."""
        broken = gone.any(axis=0)
        settled = np.ones(raw.shape, dtype=np.bool_)
        if self._fresh.any() or broken.any():
            settled[:, self._fresh | broken] = False
            for k in np.flatnonzero(self._fresh & ~broken).tolist():
                for one in (self._high, self._low):
                    one.run(k, raw[:1, k], fresh=True)
        emg, low = self._high.step(raw), self._low.step(raw)
        self._fresh = broken
        return np.where(settled, emg, 0.0), np.where(settled, low, 0.0), settled

    def _rest_uv(self) -> FloatArray:
        pieces = np.concatenate(self._pieces)
        count = np.count_nonzero(np.isfinite(pieces), axis=0)
        at = np.minimum((self._params.rest_quantile * count).astype(np.intp), len(pieces) - 1)
        ordered = np.sort(pieces, axis=0)  # NaN last
        rest = ordered[at, np.arange(self._n)]
        return np.sqrt(np.where(count > 0, rest, 0.0))

    def _middle_hz(self, look: Look) -> FloatArray:
        power, neighbours = np.sum(look.pieces_uv2, axis=1)
        ratio = np.divide(neighbours, power, out=np.ones_like(power), where=power > 0.0)
        return np.arccos(np.clip(ratio, -1.0, 1.0)) * (self._rate_hz / (2.0 * np.pi))

    def _disturbed(
        self, emg: FloatArray, low: FloatArray, known: BoolArray, rest_uv: FloatArray
    ) -> tuple[BoolArray, FloatArray, FloatArray]:
        p = self._params.artefacts
        peak = np.max(np.abs(low), axis=0)
        pops = np.zeros(self._n, dtype=np.bool_)
        motion = np.zeros(self._n)
        # Where no piece is loud and slow nothing can be either: most channels are spared.
        size = max(1, round(p.window_s * self._rate_hz))
        whole = len(low) // size * size
        shape = (-1, size, self._n)
        slow = np.add.reduce((low * low)[:whole].reshape(shape), axis=1) / size
        fast = np.add.reduce((emg * emg)[:whole].reshape(shape), axis=1) / size
        rest_uv = np.maximum(rest_uv, self._least_rest_uv)
        least = (_SPARE * p.from_level[0] * rest_uv) ** 2
        maybe = ((slow > least) & (slow > _SPARE * p.slow_share * fast)).any(axis=0)
        some = np.flatnonzero(maybe & (rest_uv > 0.0) & known[0])
        if len(some):
            part = (emg[:, some], low[:, some])
            pops[some] = find_pops(*part, self._rate_hz, p).any(axis=0)
            level = motion_level(*part, known[:, some], self._rate_hz, p)
            motion[some] = np.mean(level > p.from_level[0], axis=0)
        return pops, motion, peak

    def _may_beat(self, peak: FloatArray, rest_uv: FloatArray, active: FloatArray) -> bool:
        """Tell whether some channel has a peak in most seconds of rest, as a loud heart would."""
        p = self._params
        resting = active < p.active_ratio
        self._peaks.append(
            np.stack([resting & (peak > _SPARE * p.ecg_over_rest * rest_uv), resting])
        )
        peaks, rests = np.add.reduce(np.stack(self._peaks).astype(np.int64), axis=0)
        return bool(((peaks > 0) & (peaks >= _SPARE * rests)).any()) or bool(self.ecg_uv.any())

    def _seek_beats(self) -> None:
        low, known = np.concatenate(self._lows), np.concatenate(self._known)
        beats = find_beats(low, known, self._rate_hz, self._params.beats)
        before, after = (round(t * self._rate_hz) for t in self._params.beats.template_s)
        inside = beats[(beats + before >= 0) & (beats + after < len(low))]
        if len(inside) >= self._params.beats.least_beats:
            around = low[inside[:, None] + np.arange(before, after)]
            self.ecg_uv = np.max(np.abs(np.median(around, axis=0)), axis=0)
            self._beats_at = self._looks
        elif self._looks - self._beats_at > self._params.beats_hold_looks:
            self.ecg_uv = np.zeros(self._n)

    def _copies(
        self, emg: FloatArray, active: FloatArray, rest_uv: FloatArray, look: Look
    ) -> tuple[tuple[int, ...], FloatArray]:
        """Ask of each active channel whether the louder one most like it explains it."""
        p = self._params
        copied_from, copied = [-1] * self._n, np.zeros(self._n)
        loud = np.flatnonzero((active >= p.active_ratio) & (np.abs(emg).max(axis=0) > 0.0))
        if len(loud) < 2:
            return tuple(copied_from), copied
        clean = _without_mains(emg[:, loud], look.mains_uv[loud] > 0.0, self._rate_hz, p)
        like = _likeness(clean, round(p.crosstalk.lag_s * self._rate_hz))
        rms = np.sqrt(np.mean(clean**2, axis=0))
        like[rms[:, None] >= rms[None, :]] = 0.0  # only a louder one can be the source
        onset = 0.6 * len(emg)  # the filter is learnt before it, and all spans lie behind it
        for row, k in enumerate(loud.tolist()):
            best = int(np.argmax(like[row]))
            copied_from[k] = int(loud[best])
            if like[row, best] >= p.least_correlation:
                copied[k] = copied_share(
                    clean[:, row],
                    clean[:, best],
                    onset,
                    onset,
                    float(rest_uv[k]),
                    self._rate_hz,
                    p.crosstalk,
                )
        return tuple(copied_from), copied


def _railed(raw_uv: FloatArray) -> FloatArray:
    with np.errstate(invalid="ignore"):
        most, least = np.fmax.reduce(raw_uv, axis=0), np.fmin.reduce(raw_uv, axis=0)
        return np.mean((raw_uv == most) | (raw_uv == least), axis=0)


def _likeness(x: FloatArray, lag: int) -> FloatArray:
    """Return the largest correlation of each two columns over lags up to ``lag`` either way."""
    unit = x / np.sqrt(np.maximum(np.sum(x**2, axis=0), np.finfo(np.float64).tiny))
    best = np.zeros((x.shape[1], x.shape[1]))
    for shift in range(lag + 1):
        product = np.abs(unit[shift:].T @ unit[: len(unit) - shift])
        best = np.maximum(best, np.maximum(product, product.T))
    np.fill_diagonal(best, 0.0)
    return best


def _without_mains(
    x: FloatArray, heard: BoolArray, rate_hz: float, params: SignalCheckParams
) -> FloatArray:
    """Return the columns without the least-squares fit of mains harmonics, where mains is heard.

    Hum is coherent between channels and would look like a copy.
    """
    if not heard.any():
        return x
    t = np.arange(len(x)) / rate_hz
    lines = sorted(
        {
            k * mains_hz
            for mains_hz in params.quality.mains_hz
            for k in range(1, int(0.45 * rate_hz / mains_hz) + 1)
        }
    )
    turns = 2.0 * np.pi * np.array(lines)[:, None] * t
    basis = np.concatenate([np.cos(turns), np.sin(turns)])
    # Whole periods in a second: sines and cosines are orthogonal, each with half a unit of power.
    fitted = basis.T @ (basis @ x) * (2.0 / len(x))
    return np.where(heard, x - fitted, x)
