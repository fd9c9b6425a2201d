"""Surface EMG with planted onsets: the Gaussian model of method.md section 3.

Every figure won with it is simulated. ``x(t) = e(t) s(t) + w(t)``; the true onset is the start of
the ramp and never lies on the sample grid.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from zlib import crc32

import numpy as np
from scipy import signal as sps

RATE_HZ = 1000.0


@dataclass(frozen=True)
class Muscle:
    rise_ms: float = 100.0
    snr_db: float = 12.0
    tone: float = 0.3
    ramp: str = "lin"
    hold_s: float = 1.0
    fall_ms: float = 120.0
    noise_uv: float = 1.0
    low_hz: float = 55.0
    high_hz: float = 110.0


PAIRS = {
    "X1": (Muscle(50, 12), Muscle(150, 12)),
    "X2": (Muscle(100, 8), Muscle(100, 20)),
    "X3": (Muscle(300, 20), Muscle(100, 20)),
    "X4": (Muscle(100, 12, 0.9), Muscle(100, 12, 0.1)),
    "X5": (Muscle(30, 15), Muscle(120, 15)),
    "X6": (Muscle(200, 10), Muscle(60, 22)),
}
SINGLES = {
    "G1": Muscle(20, 20),
    "G3": Muscle(50, 12),
    "G4": Muscle(100, 20),
    "G5": Muscle(100, 12),
    "G6": Muscle(100, 6),
    "G7": Muscle(200, 12),
    "G8": Muscle(300, 20),
    "G9": Muscle(300, 30),
}


def generator(seed: int, name: str, trial: int) -> np.random.Generator:
    """A trial never depends on how many were drawn before it."""
    return np.random.default_rng(np.random.SeedSequence([seed, crc32(name.encode()), trial]))


def coloured(rng, n, power):
    """Gaussian noise of unit variance with a power spectrum given as a function of Hz."""
    size = 1 << int(np.ceil(np.log2(n + 2048)))
    f = np.fft.rfftfreq(size, 1.0 / RATE_HZ)
    p = power(np.maximum(f, 1e-3))
    spectrum = np.sqrt(p) * (rng.standard_normal(len(f)) + 1j * rng.standard_normal(len(f)))
    x = np.fft.irfft(spectrum, size)[1024 : 1024 + n]
    scale = np.sqrt(2.0 * np.sum(p)) / size  # expected, not sample, deviation
    return x / (scale * np.sqrt(2.0))


def emg_power(f, muscle):
    lo, hi = muscle.low_hz, muscle.high_hz
    shape = hi**4 * f**2 / ((f**2 + lo**2) * (f**2 + hi**2) ** 2)
    return shape / (1 + (20 / f) ** 8) / (1 + (f / 450) ** 16)


def noise_power(f):
    return (1 + 15 / f) / (1 + (8 / f) ** 8) / (1 + (f / 450) ** 16)


def tissue(rng, n, channels):
    """Muscle of unit variance, ``(n, channels)``: white noise would be refused as none."""
    return np.stack(
        [coloured(rng, n, lambda f: emg_power(f, Muscle())) for _ in range(channels)], 1
    )


def ramp(u, kind):
    u = np.clip(u, 0.0, 1.0)
    if kind == "lin":
        return u
    if kind == "cos":
        return 0.5 - 0.5 * np.cos(np.pi * u)
    if kind == "unit":  # half a cosine from where it has grown to 0.06
        begun = np.arccos(0.88) / np.pi
        return (0.44 - 0.5 * np.cos(np.pi * (begun + (1.0 - begun) * u))) / 0.94
    if kind == "sqrt":
        return np.sqrt(u)
    return (1 - np.exp(-3 * u)) / (1 - np.exp(-3.0))


def emg(rng, muscle, onset_s, duration_s=4.2):
    """Raw (unfiltered) EMG in units of rest SD times noise_uv; one burst. Returns (n,)."""
    n = round(duration_s * RATE_HZ)
    t = np.arange(n) / RATE_HZ
    rest, top = np.sqrt(muscle.tone), 10 ** (muscle.snr_db / 20)
    rise, fall = muscle.rise_ms / 1e3, muscle.fall_ms / 1e3
    up = ramp((t - onset_s) / rise, muscle.ramp)
    down = 1.0 - ramp((t - onset_s - rise - muscle.hold_s) / fall, "cos")
    amplitude = rest + (top - rest) * up * down
    tissue = coloured(rng, n, lambda f: emg_power(f, muscle))
    noise = coloured(rng, n, noise_power)
    return muscle.noise_uv * (amplitude * tissue + np.sqrt(1 - muscle.tone) * noise)


def conditioned(raw):
    """The project's causal high-pass: Butterworth, order 4, 30 Hz, first sample sets the state."""
    sos = sps.butter(4, 30.0, "highpass", fs=RATE_HZ, output="sos")
    zi = sps.sosfilt_zi(sos) * raw[0]
    return sps.sosfilt(sos, raw, zi=zi)[0]


def trial(seed, name, k, muscle):
    """One conditioned channel of 4.2 s and its true onset, drawn from U(1.9, 2.3) s."""
    rng = generator(seed, name, k)
    onset = rng.uniform(1.9, 2.3)
    return conditioned(emg(rng, muscle, onset)), onset


__all__ = [
    "PAIRS",
    "RATE_HZ",
    "SINGLES",
    "Muscle",
    "conditioned",
    "emg",
    "generator",
    "replace",
    "tissue",
    "trial",
]
