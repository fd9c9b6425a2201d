"""What is on the electrodes besides muscle: heart, mains, wander, motion, a pad that comes loose.

Amplitudes are in units of the channel's rest RMS, forms from method.md section 3. Every
contaminant has a generator of its own.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

from firingorder.simulation.noise import SlowNoise, generator

if TYPE_CHECKING:
    from firingorder.samples import FloatArray

#: Waves of a heart beat: centre after the R peak (s), standard deviation (s), height.
ECG_WAVES = (
    (-0.160, 0.020, 0.10),
    (-0.022, 0.007, -0.18),
    (0.000, 0.010, 1.00),
    (0.026, 0.009, -0.28),
    (0.240, 0.045, 0.22),
)
ECG_INTERVAL_JITTER = 0.03
ECG_HEIGHT_JITTER = 0.08
#: Beats are drawn once for the longest session that makes sense; eight hours cost 2 ms.
LONGEST_SESSION_S = 8 * 3600.0
#: Mains harmonics and their share of the fundamental.
HUM_HARMONICS = ((1, 1.0), (2, 0.15), (3, 0.4), (5, 0.2), (7, 0.1))
HUM_MODULATION = 0.1
HUM_MODULATION_HZ = 0.2
WANDER_BAND_HZ = (0.3, 4.0)
#: Motion wavelets: count, centre about the movement (s), frequency (Hz), duration (SD, s).
MOTION_COUNT = (2, 4)
MOTION_CENTRE_S = (-0.25, 0.45)
MOTION_FREQUENCY_HZ = (4.0, 18.0)
MOTION_WIDTH_S = (0.03, 0.10)
MOTION_STEP_RISE_S = 0.015
MOTION_STEP_DECAY_S = 0.150
#: A pad that lost the skin: little EMG comes through, mains and wander are picked up by the lead.
LOOSE_EMG_SHARE = 0.1
LOOSE_HUM_UV = 60.0
LOOSE_WANDER_UV = 250.0


@dataclass(frozen=True, slots=True)
class ContaminantLevels:
    """Amplitudes for one channel, in units of its rest RMS (``offset_uv`` in microvolts)."""

    ecg: float = 0.0
    hum: float = 0.0
    wander: float = 0.0
    motion: float = 0.0
    offset_uv: float = 0.0


@dataclass(frozen=True, slots=True)
class LoosePad:
    """An interval in which one pad does not touch the skin."""

    channel: str
    start_s: float
    end_s: float


@dataclass(frozen=True, slots=True)
class _Wavelet:
    centre_s: float
    frequency_hz: float
    width_s: float
    phase: float
    height: float
    step: float


@dataclass(slots=True)
class Contaminants:
    """All contaminants of all channels.

    Parameters
    ----------
    names, levels
        Channels and what each of them catches.
    seed
        Seed of all draws.
    mains_hz
        50 or 60.
    movements_s
        Instants of movement, about which motion artefacts come.
    loose
        Pads that lose the skin.
    """

    names: tuple[str, ...]
    levels: tuple[ContaminantLevels, ...]
    seed: int
    mains_hz: float = 50.0
    movements_s: tuple[float, ...] = ()
    loose: tuple[LoosePad, ...] = ()
    _beats_s: FloatArray = field(init=False)
    _beat_heights: FloatArray = field(init=False)
    _hum_hz: float = field(init=False)
    _hum_phases: FloatArray = field(init=False)
    _wander: list[SlowNoise] = field(init=False)
    _wavelets: list[tuple[_Wavelet, ...]] = field(init=False)

    def __post_init__(self) -> None:
        """Draw everything that is drawn once."""
        heart = generator(self.seed, "ecg")
        interval_s = 60.0 / heart.uniform(60.0, 110.0)
        n_beats = int(LONGEST_SESSION_S / interval_s)
        steps = interval_s * (1.0 + ECG_INTERVAL_JITTER * heart.standard_normal(n_beats))
        self._beats_s = np.cumsum(steps)
        self._beat_heights = 1.0 + ECG_HEIGHT_JITTER * heart.standard_normal(n_beats)
        mains = generator(self.seed, "hum")
        self._hum_hz = self.mains_hz + 0.05 * float(mains.standard_normal())
        self._hum_phases = mains.uniform(0.0, 2.0 * np.pi, len(HUM_HARMONICS) + 1)
        self._wander = [
            SlowNoise(generator(self.seed, name, "wander"), *WANDER_BAND_HZ) for name in self.names
        ]
        self._wavelets = [self._draw_motion(name) for name in self.names]

    def apply(
        self, column: int, t_s: FloatArray, body_uv: FloatArray, rest_uv: float
    ) -> FloatArray:
        """Return ``body_uv`` of one aligned block with everything that this channel catches."""
        level = self.levels[column]
        out = body_uv + level.offset_uv
        if level.ecg:
            out = out + level.ecg * rest_uv * self._ecg(t_s)
        if level.hum:
            out = out + level.hum * rest_uv * self._hum(t_s)
        if level.wander:
            out = out + level.wander * rest_uv * self._wander[column].at(t_s)
        if level.motion:
            out = out + level.motion * rest_uv * self._motion(column, t_s)
        for pad in self.loose:
            if pad.channel == self.names[column]:
                out = self._loosen(pad, column, t_s, out, level.offset_uv)
        return out

    def lead_off(self, t_s: float) -> tuple[bool, ...]:
        """Return which channels have a loose pad at ``t_s``."""
        off = {pad.channel for pad in self.loose if pad.start_s <= t_s < pad.end_s}
        return tuple(name in off for name in self.names)

    def _ecg(self, t_s: FloatArray) -> FloatArray:
        near = np.array([t_s[0] - 0.6, t_s[-1] + 0.4])
        first, last = (int(k) for k in np.searchsorted(self._beats_s, near))
        out = np.zeros(t_s.size)
        for beat in range(first, last):
            after = t_s - self._beats_s[beat]
            for centre, width, height in ECG_WAVES:
                wave = np.exp(-0.5 * ((after - centre) / width) ** 2)
                out += self._beat_heights[beat] * height * wave
        return out

    def _hum(self, t_s: FloatArray) -> FloatArray:
        """Return mains hum of unit RMS."""
        out = np.zeros(t_s.size)
        power = 0.0
        for (k, share), phase in zip(HUM_HARMONICS, self._hum_phases, strict=False):
            out += share * np.cos(2.0 * np.pi * k * self._hum_hz * t_s + phase)
            power += share**2 / 2.0
        slow = np.cos(2.0 * np.pi * HUM_MODULATION_HZ * t_s + self._hum_phases[-1])
        return out / np.sqrt(power) * (1.0 + HUM_MODULATION * slow)

    def _draw_motion(self, name: str) -> tuple[_Wavelet, ...]:
        rng = generator(self.seed, name, "motion")
        out: list[_Wavelet] = []
        for moment in self.movements_s:
            for _ in range(int(rng.integers(MOTION_COUNT[0], MOTION_COUNT[1] + 1))):
                out.append(
                    _Wavelet(
                        moment + rng.uniform(*MOTION_CENTRE_S),
                        rng.uniform(*MOTION_FREQUENCY_HZ),
                        rng.uniform(*MOTION_WIDTH_S),
                        rng.uniform(0.0, 2.0 * np.pi),
                        rng.uniform(0.3, 1.0),
                        rng.uniform(-0.5, 0.5),
                    )
                )
        return tuple(out)

    def _motion(self, column: int, t_s: FloatArray) -> FloatArray:
        out = np.zeros(t_s.size)
        for w in self._wavelets[column]:
            if not t_s[0] - 1.5 < w.centre_s < t_s[-1] + 0.6:
                continue
            after = t_s - w.centre_s
            bell = np.exp(-0.5 * (after / w.width_s) ** 2)
            out += w.height * bell * np.cos(2.0 * np.pi * w.frequency_hz * after + w.phase)
            late = np.maximum(after, 0.0)
            up = np.minimum(late / MOTION_STEP_RISE_S, 1.0)
            out += w.step * up * np.exp(-late / MOTION_STEP_DECAY_S)
        return out

    def _loosen(
        self, pad: LoosePad, column: int, t_s: FloatArray, emg_uv: FloatArray, offset_uv: float
    ) -> FloatArray:
        inside = (t_s >= pad.start_s) & (t_s < pad.end_s)
        if not inside.any():
            return emg_uv
        picked_up = LOOSE_HUM_UV * self._hum(t_s) + LOOSE_WANDER_UV * self._wander[column].at(t_s)
        through = offset_uv + LOOSE_EMG_SHARE * (emg_uv - offset_uv)
        return np.where(inside, through + picked_up, emg_uv)
