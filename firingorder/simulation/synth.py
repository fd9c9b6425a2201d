"""Surface EMG by the Gaussian model: shaped noise under a known amplitude, plus contaminants.

x(t) = e(t) s(t) + w(t) + contaminants (method.md section 3). ``s`` has the spectrum of the
muscle, ``w`` that of skin and amplifier. Rest power (tone + noise) is one, scaled to microvolts at
the end. Muscle and contaminants use generators of their own, so a clean recording and its
contaminated twin contain the same EMG.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from firingorder.simulation.bursts import Burst, envelope
from firingorder.simulation.noise import (
    BlockCache,
    ShapedNoise,
    SlowNoise,
    WhiteNoise,
    block_samples,
    generator,
    read_blocks,
)

if TYPE_CHECKING:
    from collections.abc import Callable

    from firingorder.samples import FloatArray
    from firingorder.simulation.contaminants import Contaminants

#: Analogue band of the front end (method.md section 3): 20 Hz for muscle, 8 Hz for noise,
#: 450 Hz for both.
MUSCLE_LOW_HZ = 20.0
NOISE_LOW_HZ = 8.0
BAND_HIGH_HZ = 450.0
#: Corner of the 1/f part of skin and amplifier noise.
PINK_CORNER_HZ = 15.0
#: Fluctuations of tone and plateau are slower than 1 Hz and limited (method.md section 3).
FLUCTUATION_BAND_HZ = (0.05, 1.0)
FLUCTUATION_LIMITS = (0.35, 1.9)
#: Crosstalk arrives later (conduction through tissue) and smoothed.
CROSSTALK_DELAY_S = 0.002
CROSSTALK_TAPS = (0.25, 0.5, 0.25)


@dataclass(frozen=True, slots=True)
class Muscle:
    """What is fixed for one channel of one person.

    Attributes
    ----------
    name
        Muscle name.
    rest_uv
        RMS at rest, microvolts: tone and noise together.
    tone
        Share of the rest power that is muscle activity.
    low_hz, high_hz
        Corners of the burst spectrum (Shwedyk 1977 form).
    tone_low_hz, tone_high_hz
        Corners of the tone's spectrum: small units only, so a little lower.
    tone_fluctuation, plateau_fluctuation
        Relative standard deviation of slow changes of the amplitudes.
    crosstalk
        ``(source channel, gain)`` pairs.
    """

    name: str
    rest_uv: float
    tone: float
    low_hz: float
    high_hz: float
    tone_low_hz: float
    tone_high_hz: float
    tone_fluctuation: float = 0.0
    plateau_fluctuation: float = 0.0
    crosstalk: tuple[tuple[str, float], ...] = ()


def muscle_power(low_hz: float, high_hz: float) -> Callable[[FloatArray], FloatArray]:
    """Return the power spectrum of a muscle with corners ``low_hz`` and ``high_hz``.

    f_h^4 f^2 / [(f^2 + f_l^2)(f^2 + f_h^2)^2], band limited by the front end.
    """

    def power(f: FloatArray) -> FloatArray:
        core = high_hz**4 * f**2 / ((f**2 + low_hz**2) * (f**2 + high_hz**2) ** 2)
        return core / (1.0 + (MUSCLE_LOW_HZ / f) ** 8) / (1.0 + (f / BAND_HIGH_HZ) ** 16)

    return power


def noise_power(f: FloatArray) -> FloatArray:
    """Return the power spectrum of skin and amplifier noise: white plus 1/f, band limited."""
    return (
        (1.0 + PINK_CORNER_HZ / f)
        / (1.0 + (NOISE_LOW_HZ / f) ** 8)
        / (1.0 + (f / BAND_HIGH_HZ) ** 16)
    )


class EmgSynth:
    """EMG of several channels as a pure function of the absolute sample index.

    Parameters
    ----------
    muscles
        The channels, in order.
    bursts
        All bursts of all channels.
    contaminants
        What is added, by channel.
    seed, rate_hz
        Seed of all draws; sampling rate.
    """

    def __init__(
        self,
        muscles: tuple[Muscle, ...],
        bursts: tuple[Burst, ...],
        contaminants: Contaminants,
        *,
        seed: int,
        rate_hz: float,
    ) -> None:
        self.rate_hz = rate_hz
        self.size = block_samples(rate_hz)
        self._muscles = muscles
        self._contaminants = contaminants
        self._by_name = {m.name: k for k, m in enumerate(muscles)}
        self._voices = [
            _Voice(m, tuple(b for b in bursts if b.channel == m.name), seed, rate_hz)
            for m in muscles
        ]
        self._activity = BlockCache(self._make_activity)
        self._blocks = BlockCache(self._make_block)

    def add(self, bursts: tuple[Burst, ...]) -> None:
        """Take further bursts, all of them behind the blocks that were made already."""
        for burst in bursts:
            column = self._by_name.get(burst.channel)
            if column is not None:
                self._voices[column].add(burst)

    def read(self, k0: int, n: int) -> FloatArray:
        """Return ``(n, channels)`` microvolts of samples ``k0 .. k0 + n - 1``."""
        return read_blocks(self._blocks, self.size, k0, n)

    def _times(self, block: int) -> FloatArray:
        return (block * self.size + np.arange(self.size)) / self.rate_hz

    def _make_activity(self, block: int) -> FloatArray:
        t_s = self._times(block)
        return np.stack([voice.activity(block, t_s) for voice in self._voices], axis=1)

    def _make_block(self, block: int) -> FloatArray:
        t_s = self._times(block)
        out = self._activity.get(block).copy()
        if any(m.crosstalk for m in self._muscles):
            self._add_crosstalk(block, out)
        for k, (muscle, voice) in enumerate(zip(self._muscles, self._voices, strict=True)):
            body_uv = muscle.rest_uv * (out[:, k] + voice.noise(block))
            out[:, k] = self._contaminants.apply(k, t_s, body_uv, muscle.rest_uv)
        return out

    def _add_crosstalk(self, block: int, out: FloatArray) -> None:
        delay = round(CROSSTALK_DELAY_S * self.rate_hz)
        past = np.concatenate([self._activity.get(block - 1), self._activity.get(block)])
        for k, muscle in enumerate(self._muscles):
            for source, gain in muscle.crosstalk:
                column = self._by_name.get(source)
                if column is None:
                    continue  # that muscle carries no electrode here
                scale = gain * self._muscles[column].rest_uv / muscle.rest_uv
                for tap, weight in enumerate(CROSSTALK_TAPS):
                    start = self.size - delay - tap
                    out[:, k] += scale * weight * past[start : start + self.size, column]


class _Voice:
    """The muscle of one channel, in units of its rest RMS."""

    def __init__(
        self, muscle: Muscle, bursts: tuple[Burst, ...], seed: int, rate_hz: float
    ) -> None:
        size = block_samples(rate_hz)
        name = muscle.name
        self._rate_hz = rate_hz
        self._units = WhiteNoise(seed, f"{name}/units", size)
        self._skin = WhiteNoise(seed, f"{name}/skin", size)
        self._tone_drift = SlowNoise(generator(seed, name, "tone"), *FLUCTUATION_BAND_HZ)
        self._plateau_drift = SlowNoise(generator(seed, name, "plateau"), *FLUCTUATION_BAND_HZ)
        self._muscle = muscle
        self._block_s = size / rate_hz
        self._bursts: dict[int, list[Burst]] = {}
        for burst in bursts:
            self.add(burst)

    # Filters are designed when the first sample is asked for: many bodies are made for their truth.
    @cached_property
    def _burst(self) -> ShapedNoise:
        power = muscle_power(self._muscle.low_hz, self._muscle.high_hz)
        return ShapedNoise(self._units, power, self._rate_hz)

    @cached_property
    def _tone(self) -> ShapedNoise:
        power = muscle_power(self._muscle.tone_low_hz, self._muscle.tone_high_hz)
        return ShapedNoise(self._units, power, self._rate_hz)

    @cached_property
    def _noise(self) -> ShapedNoise:
        return ShapedNoise(self._skin, noise_power, self._rate_hz)

    def add(self, burst: Burst) -> None:
        """Take a burst."""
        first = int(np.floor(burst.onset_s / self._block_s))
        last = int(np.floor(burst.offset_s / self._block_s))
        for block in range(first, last + 1):
            self._bursts.setdefault(block, []).append(burst)

    def noise(self, block: int) -> FloatArray:
        """Return skin and amplifier noise of one block."""
        return np.sqrt(1.0 - self._muscle.tone) * self._noise.block(block)

    def activity(self, block: int, t_s: FloatArray) -> FloatArray:
        """Return what the muscle itself produces in one block."""
        rest = np.sqrt(self._muscle.tone)
        drift = _fluctuation(self._tone_drift, self._muscle.tone_fluctuation, t_s)
        out = rest * drift * self._tone.block(block)
        gain = np.zeros(t_s.size)
        for burst in self._bursts.get(block, ()):
            if burst.onset_s < t_s[-1] and burst.offset_s > t_s[0]:
                plateau = max(0.0, 10.0 ** (burst.snr_db / 20.0) - rest)
                gain = np.maximum(gain, plateau * envelope(burst, t_s))
        if gain.any():
            drift = _fluctuation(self._plateau_drift, self._muscle.plateau_fluctuation, t_s)
            out = out + gain * drift * self._burst.block(block)
        return out


def _fluctuation(process: SlowNoise, share: float, t_s: FloatArray) -> FloatArray | float:
    if share == 0.0:
        return 1.0
    return np.clip(1.0 + share * process.at(t_s), *FLUCTUATION_LIMITS)
