"""Planted muscles with a heart, swinging cables and jumping pads, through the conditioning."""

from __future__ import annotations

import numpy as np

from firingorder.signal.cleaning import CleanExcerpt, CleaningParams, clean, with_pops
from firingorder.signal.conditioning import Conditioner, ConditioningParams, RawBlock
from firingorder.signal.history import Excerpt, History
from firingorder.signal.refine import OnsetParams, OnsetResult, refine
from tests.signal.planted import RATE_HZ

#: Waves of a beat: centre after R (s), SD (s), height (method.md section 3).
WAVES = (
    (-0.160, 0.020, 0.10),
    (-0.022, 0.007, -0.18),
    (0.000, 0.010, 1.00),
    (0.026, 0.009, -0.28),
    (0.240, 0.045, 0.22),
)
CONDITIONING = ConditioningParams()
BEFORE_S = 4.0
AFTER_S = 0.55


def heart(rng: np.random.Generator, n: int, bpm: float | None = None) -> tuple[np.ndarray, ...]:
    """Beats of unit height, 3 % of jitter in time and 8 % in height; and their R times."""
    t = np.arange(n) / RATE_HZ
    interval = 60.0 / (bpm or rng.uniform(55.0, 115.0))
    count = int(n / RATE_HZ / interval) + 3
    steps = interval * (1.0 + 0.03 * rng.standard_normal(count))
    beats = np.cumsum(steps) - interval * rng.uniform()
    x = np.zeros(n)
    for beat in beats:
        height = 1.0 + 0.08 * rng.standard_normal()
        for centre, width, part in WAVES:
            x += height * part * np.exp(-0.5 * ((t - beat - centre) / width) ** 2)
    return x, beats


def motion(rng: np.random.Generator, n: int, at_s: float) -> np.ndarray:
    """Wavelets of 4 to 18 Hz and steps about a movement, and wander of half their height."""
    t = np.arange(n) / RATE_HZ
    x = np.zeros(n)
    for _ in range(int(rng.integers(2, 5))):
        after = t - at_s - rng.uniform(-0.25, 0.45)
        bell = np.exp(-0.5 * (after / rng.uniform(0.03, 0.10)) ** 2)
        turns = rng.uniform(4.0, 18.0) * after + rng.uniform()
        late = np.maximum(after, 0.0)
        x += rng.uniform(0.3, 1.0) * bell * np.cos(2.0 * np.pi * turns)
        x += rng.uniform(-0.5, 0.5) * np.minimum(late / 0.015, 1.0) * np.exp(-late / 0.150)
    slow = sum(np.cos(2 * np.pi * (f * t + rng.uniform())) for f in (0.4, 0.9, 1.7, 2.8, 3.6))
    return x + 0.5 * slow / np.sqrt(2.5)


def pop(n: int, at_s: float, rise_s: float = 0.002) -> np.ndarray:
    """A step of unit height that decays in 150 ms."""
    late = np.maximum(np.arange(n) / RATE_HZ - at_s, 0.0)
    return np.minimum(late / rise_s, 1.0) * np.exp(-late / 0.150)


def history(raw: np.ndarray) -> History:
    """What the chain keeps of ``(n_samples, n_channels)``."""
    conditioner = Conditioner(CONDITIONING, RATE_HZ, raw.shape[1])
    kept = History(30_000, raw.shape[1])
    none = np.zeros((20, raw.shape[1]), np.bool_)
    for k in range(0, len(raw) // 20 * 20, 20):
        block = conditioner.step(RawBlock(k, raw[k : k + 20], none))
        kept.append(block, np.zeros(raw.shape[1], np.bool_))
    return kept


def cleaned(kept: History, onset_s: float, params: CleaningParams) -> tuple[Excerpt, CleanExcerpt]:
    """The samples of an early verdict about an onset, as the desk cleans them."""
    first, stop = round((onset_s - BEFORE_S) * RATE_HZ), round((onset_s + AFTER_S) * RATE_HZ)
    excerpt = kept.excerpt(first, stop)
    wide = kept.excerpt(first - round(params.beats.look_back_s * RATE_HZ), stop)
    window = (len(excerpt.emg_uv) - 1200, len(excerpt.emg_uv) - 150)
    skip = excerpt.index0 - wide.index0
    return excerpt, clean(wide, skip, window, RATE_HZ, params, CONDITIONING)


def judged(
    raw: np.ndarray, onset_s: float, params: CleaningParams, channel: int = 0
) -> tuple[OnsetResult, float]:
    """The onset found in a channel, and the true one on the same clock."""
    excerpt, clean_one = cleaned(history(raw), onset_s, params)
    truth = onset_s - excerpt.index0 / RATE_HZ
    result = refine(
        clean_one.emg_uv[:, channel],
        excerpt.valid[:, channel],
        RATE_HZ,
        0.0,
        (truth - 0.65, truth + 0.4),
        OnsetParams(),
        ignored=clean_one.ignored[:, channel],
        find_offset=False,
    )
    pops = clean_one.pops[:, channel]
    return with_pops(result, pops, 0.0, RATE_HZ, cleaning=params), truth
