"""Recordings of a few planted bursts at any rate, from instants that need not lie on one grid."""

from __future__ import annotations

import numpy as np

from tests.signal.planted import Muscle, emg_power, noise_power, ramp

CHANNELS = ["gluteus_maximus_left", "erector_spinae_left"]
MUSCLES = (Muscle(60, 20), Muscle(120, 16))
PERIOD_S = 7.0
FIRST_S = 6.0
HOLD_S = 2.0
#: Rates of the devices; the noise is made at one rate that none of them divides.
FINE_HZ = 16_000.0


def onsets_s(repetitions: int, lead_s: float = 0.080, muscles: int = 2) -> np.ndarray:
    """True onsets ``(n_muscles, n_repetitions)``, off every sample grid."""
    starts = FIRST_S + 0.0003 + np.arange(repetitions) * (PERIOD_S + 0.137)
    return starts + lead_s * np.arange(muscles)[:, None]


def body(
    seed: int,
    rate_hz: float = 1000.0,
    repetitions: int = 3,
    *,
    lead_s: float = 0.080,
    muscles: tuple[Muscle, ...] = MUSCLES,
    skew_s: float = 0.0,
    noise_uv: float = 3.0,
) -> np.ndarray:
    """Raw EMG ``(n_samples, n_muscles)`` in microvolts; channel k is sampled ``k * skew_s`` later.

    The same seed is the same muscle at every rate and skew.
    """
    print(f"seed {seed}")
    duration_s = FIRST_S + repetitions * (PERIOD_S + 0.137) + 1.0
    t = np.arange(round(duration_s * rate_hz)) / rate_hz
    out = np.zeros((len(t), len(muscles)))
    truth = onsets_s(repetitions, lead_s, len(muscles))
    for k, muscle in enumerate(muscles):
        rng = np.random.default_rng([seed, k])
        at = t + k * skew_s
        rest, top = np.sqrt(muscle.tone), 10 ** (muscle.snr_db / 20)
        level = np.full(len(t), rest)
        for onset in truth[k]:
            up = ramp((at - onset) / (muscle.rise_ms / 1e3), muscle.ramp)
            end = onset + muscle.rise_ms / 1e3 + HOLD_S
            down = 1.0 - ramp((at - end) / (muscle.fall_ms / 1e3), "cos")
            level = np.maximum(level, rest + (top - rest) * up * down)
        tissue = _sampled(rng, duration_s, at, lambda f, m=muscle: emg_power(f, m))
        noise = _sampled(rng, duration_s, at, noise_power)
        out[:, k] = noise_uv * (level * tissue + np.sqrt(1.0 - muscle.tone) * noise)
    return out


def _sampled(rng, duration_s, at, power):
    """Band-limited noise of unit variance at instants ``at``: cubic between points at 16 kHz."""
    n = 1 << int(np.ceil(np.log2((duration_s + 1.0) * 2000.0)))
    f = np.fft.rfftfreq(n, 1.0 / 2000.0)
    p = power(np.maximum(f, 1e-3))
    spectrum = np.sqrt(p) * (rng.standard_normal(len(f)) + 1j * rng.standard_normal(len(f)))
    fine = np.fft.irfft(spectrum, 8 * n) * 8.0 * n / np.sqrt(4.0 * np.sum(p))
    place = (at + 0.25) * FINE_HZ
    k = place.astype(np.int64)
    u = place - k
    a, b, c, d = (fine[k + j] for j in (-1, 0, 1, 2))
    # Catmull-Rom: exact to 1e-4 for 450 Hz at 16 kHz.
    return b + 0.5 * u * (c - a + u * (2 * a - 5 * b + 4 * c - d + u * (3 * (b - c) + d - a)))
