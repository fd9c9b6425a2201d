"""The noise is what it says in spectrum and power, and a function of the sample index alone."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.signal import welch

from firingorder.simulation.noise import (
    BlockCache,
    ShapedNoise,
    SlowNoise,
    WhiteNoise,
    block_samples,
    generator,
    read_blocks,
)
from firingorder.simulation.synth import muscle_power, noise_power

SEED = 20260101


def _shaped(rate_hz: float, power, n: int) -> np.ndarray:
    white = WhiteNoise(SEED, "test", block_samples(rate_hz))
    shaped = ShapedNoise(white, power, rate_hz)
    return np.concatenate([shaped.block(b) for b in range(n // white.size + 1)])[:n]


@pytest.mark.parametrize("rate_hz", [500.0, 1000.0, 1259.0, 2148.0, 4000.0])
@pytest.mark.parametrize("kind", ["muscle", "skin"])
def test_spectrum_follows_the_target(rate_hz: float, kind: str) -> None:
    power = muscle_power(55.0, 110.0) if kind == "muscle" else noise_power
    x = _shaped(rate_hz, power, int(120 * rate_hz))
    f, pxx = welch(x, rate_hz, nperseg=block_samples(rate_hz))
    inside = (f > 25.0) & (f < min(400.0, 0.45 * rate_hz))
    target = power(f[inside])
    ratio_db = 10.0 * np.log10((pxx[inside] / pxx[inside].sum()) / (target / target.sum()))
    # 120 s of Welch segments of about 1 s: standard error of a bin about 0.4 dB.
    print(f"seed {SEED}, worst bin {np.abs(ratio_db).max():.2f} dB")
    assert np.abs(ratio_db).mean() < 0.5
    assert np.abs(ratio_db).max() < 2.5
    assert x.std() == pytest.approx(1.0, abs=0.03)
    if rate_hz >= 1000.0:
        # The front end passes nothing there; the filter of half a second resolves 4 Hz.
        below = pxx[(f > 0.0) & (f < 3.0)].max()
        assert below < 0.03 * pxx.max()


def test_any_cutting_gives_the_same_bits() -> None:
    size = block_samples(1000.0)
    rng = np.random.default_rng(SEED)

    def make() -> BlockCache:
        noise = ShapedNoise(WhiteNoise(SEED, "cut", size), noise_power, 1000.0)
        return BlockCache(noise.block)

    whole = read_blocks(make(), size, 0, 5 * size)
    cut = make()
    at = 0
    while at < whole.size:
        n = min(int(rng.integers(0, 700)), whole.size - at)
        assert np.array_equal(read_blocks(cut, size, at, n), whole[at : at + n])
        at += n
    back = make()
    for at in (4000, 100, 2500):
        assert np.array_equal(read_blocks(back, size, at, 50), whole[at : at + 50])


def test_names_and_seeds_are_independent() -> None:
    size = 4096
    a = WhiteNoise(SEED, "a", size).block(0)
    others = [WhiteNoise(SEED, "b", size), WhiteNoise(SEED + 1, "a", size)]
    for other in others:
        assert abs(np.corrcoef(a, other.block(0))[0, 1]) < 0.06
    assert abs(np.corrcoef(a, WhiteNoise(SEED, "a", size).block(1))[0, 1]) < 0.06


def test_slow_noise_has_unit_power_in_its_band_at_every_rate() -> None:
    slow = SlowNoise(generator(SEED, "slow"), 0.3, 4.0)
    t_s = np.arange(600_000) / 1000.0
    x = slow.at(t_s)
    assert x.std() == pytest.approx(1.0, abs=0.05)
    f, pxx = welch(x, 1000.0, nperseg=20_000)
    assert pxx[(f > 0.25) & (f < 4.1)].sum() > 0.98 * pxx.sum()
    # The same process whatever the sampling rate; both are interpolated on one grid.
    at_2000 = slow.at(np.arange(4000) / 2000.0)[::2]
    assert np.allclose(at_2000, slow.at(np.arange(2000) / 1000.0), atol=1e-12)
