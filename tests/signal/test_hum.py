"""Hum goes, onsets stay where they are, and nothing else is touched."""

from __future__ import annotations

import functools
from dataclasses import replace

import numpy as np
import pytest

from firingorder.signal.conditioning import Conditioner, ConditioningParams, RawBlock
from firingorder.signal.hum import Hum, HumParams
from tests.signal.planted import RATE_HZ, Muscle, emg, generator
from tests.signal.scoring import Seen, coverage, errors, lead_intervals, look

SEED = 20_261_203
A2 = Muscle(100, 12)
LINES = ((1, 1.0), (2, 0.15), (3, 0.4), (5, 0.2), (7, 0.1))


def hum(rng: np.random.Generator, n: int, mains_hz: float, rate_hz: float = RATE_HZ) -> np.ndarray:
    """Unit RMS; up to 0.1 Hz off, 4 mHz/s of drift, 10 % of modulation at 0.2 Hz."""
    t = np.arange(n) / rate_hz
    turns = (mains_hz + rng.uniform(-0.1, 0.1)) * t + 0.002 * rng.choice([-1.0, 1.0]) * t**2
    lines = [(k, a) for k, a in LINES if k * mains_hz < 0.45 * rate_hz]  # no aliases
    x = sum(a * np.cos(2 * np.pi * (k * turns + rng.uniform())) for k, a in lines)
    slow = 1.0 + 0.1 * np.cos(2 * np.pi * (0.2 * t + rng.uniform()))
    return x / np.sqrt(sum(a**2 / 2 for _, a in lines)) * slow


def cleaned(x: np.ndarray, params: HumParams | None = None, rate_hz: float = RATE_HZ) -> np.ndarray:
    x = x if x.ndim == 2 else x[:, None]
    block = round(0.02 * rate_hz)
    remover = Hum(params or HumParams(), rate_hz, block, x.shape[1])
    none = np.zeros((block, x.shape[1]), np.bool_)
    return np.concatenate(
        [remover.step(k, x[k : k + block], none) for k in range(0, len(x) - block + 1, block)]
    )


@functools.cache
def seen(mains_hz: float, level: float, params: HumParams, trials: int = 6) -> list[Seen]:
    """Onsets of A2 under hum after the whole conditioning; the last 4.2 s are judged."""
    out = []
    for k in range(trials):
        rng = generator(SEED, "hum", k)
        onset = rng.uniform(7.9, 8.3)
        x = emg(rng, A2, onset, 10.2)
        x += level * hum(generator(SEED, "hum lines", k), len(x), mains_hz)
        conditioner = Conditioner(ConditioningParams(hum=params), RATE_HZ, 1)
        none = np.zeros((20, 1), np.bool_)
        blocks = [
            conditioner.step(RawBlock(i, x[i : i + 20, None], none)) for i in range(0, 10_200, 20)
        ]
        y = np.concatenate([one.emg_uv for one in blocks])[6000:, 0]
        out.append(Seen(look(y, onset - 6.0, find_offset=False), onset - 6.0))
    return out


@pytest.mark.parametrize(("mains_hz", "level"), [(50.0, 2.0), (60.0, 6.0)])
def test_onsets_under_hum_are_as_good_as_without(mains_hz: float, level: float) -> None:
    clean, under = seen(50.0, 0.0, HumParams()), seen(mains_hz, level, HumParams())
    moved = errors(under) - errors(clean)
    mae = [float(np.mean(np.abs(errors(one)))) for one in (clean, under)]
    cover = coverage(lead_intervals(under, under, 300))
    print(f"seed {SEED}: MAE {mae}, moved {np.round(moved, 1)}, lead cover {cover:.3f}")
    assert mae[1] < mae[0] + 1.5
    assert abs(np.mean(moved)) < 2.0
    assert cover >= 0.92
    assert not any(one.result.gates for one in under)


def test_without_removal_the_same_hum_spoils_them() -> None:
    """Negative control."""
    under = seen(50.0, 6.0, HumParams(remove=False), 4)
    assert all(one.result.gates for one in under)


@pytest.mark.parametrize("rate_hz", [512.0, 1000.0])
@pytest.mark.parametrize("level", [2.0, 6.0, 30.0])
def test_what_is_left_is_a_small_part_of_the_hum(level: float, rate_hz: float) -> None:
    n = round(12 * rate_hz)
    rng = generator(SEED, "rest", 0)
    x = rng.standard_normal((n, 3))
    lines = np.stack([hum(rng, n, f, rate_hz) for f in (50.0, 60.0, 50.4)], axis=1)
    y = cleaned(x + level * lines, rate_hz=rate_hz)
    late = (y - x[: len(y)])[round(5 * rate_hz) :]
    rms = np.sqrt(np.mean(late**2, axis=0))
    print(f"hum {level}: {np.round(rms, 2)} left")
    assert np.all(rms < 0.15 + 0.06 * level)


def test_a_clean_channel_passes_bit_by_bit() -> None:
    """Muscle, motion, beats and wander have no line; a neighbour's hum does not matter."""
    rng = generator(SEED, "clean", 0)
    t = np.arange(20_000) / RATE_HZ
    burst = (1.0 + 20.0 * ((t % 5.0) > 3.0)) * rng.standard_normal(len(t))
    slow = 100.0 * np.sin(2 * np.pi * 1.3 * t) + rng.standard_normal(len(t))
    beats = 8.0 * np.exp(-0.5 * (((t % 0.83) - 0.4) / 0.01) ** 2) + rng.standard_normal(len(t))
    x = np.stack([burst, slow, beats, burst + 5.0 * hum(rng, len(t), 50.0)], axis=1)
    y = cleaned(x)
    assert np.array_equal(y[:, :3], x[:, :3])
    assert not np.array_equal(y[:, 3], x[:, 3])


def test_a_burst_made_of_harmonics_is_not_eaten_and_leaves_nothing_behind() -> None:
    """A muscle that beats at exactly 50 Hz for 1.5 s looks like hum, but starts like a burst."""
    rng = generator(SEED, "piper", 0)
    t = np.arange(16_000) / RATE_HZ
    comb = sum(np.cos(2 * np.pi * 50.0 * k * t + k) for k in (1, 2, 3, 4))
    burst = 6.0 * comb * ((t > 9.0) & (t < 10.5))
    for level in (0.0, 3.0):
        x = rng.standard_normal(len(t)) + level * hum(rng, len(t), 50.0)
        with_burst, without = cleaned(x + burst)[:, 0], cleaned(x)[:, 0]
        distortion = with_burst - without - burst
        print(f"hum {level}: distortion {np.sqrt(np.mean(distortion[9000:10500] ** 2)):.2f} RMS")
        assert np.sqrt(np.mean(distortion[9000:9150] ** 2)) < 0.1  # the onset itself
        assert np.sqrt(np.mean(distortion[9000:10500] ** 2)) < 0.1 * np.sqrt(72.0)
        assert np.sqrt(np.mean(distortion[10500:11500] ** 2)) < 0.05 + 0.15 * level
        assert np.all(distortion[:9000] == 0.0)


def test_what_comes_later_changes_nothing_before() -> None:
    rng = generator(SEED, "causal", 0)
    x = rng.standard_normal(12_000) + 4.0 * hum(rng, 12_000, 50.0)
    other = x.copy()
    other[8010:] += 100.0 * rng.standard_normal(3990)
    one, two = cleaned(x), cleaned(other)
    assert np.array_equal(one[:8010], two[:8010])


def test_gaps_and_clipping_are_not_learnt() -> None:
    rng = generator(SEED, "gap", 0)
    clean = rng.standard_normal((14_000, 1))
    x = clean + 5.0 * hum(rng, 14_000, 50.0)[:, None]
    x[6000:6700] = np.nan
    y = cleaned(x)
    assert np.array_equal(np.isnan(x), np.isnan(y))
    left = (y - clean)[6700:]
    assert np.sqrt(np.mean(left**2)) < 0.6


def test_hum_that_ends_is_not_subtracted_for_long() -> None:
    rng = generator(SEED, "end", 0)
    clean = rng.standard_normal(14_000)
    x = clean + np.where(np.arange(14_000) < 7000, 5.0, 0.0) * hum(rng, 14_000, 50.0)
    left = cleaned(x)[:, 0] - clean
    assert np.sqrt(np.mean(left[8500:9500] ** 2)) < 0.5
    assert np.sqrt(np.mean(left[13_000:] ** 2)) < 0.1


def test_the_setting_turns_it_off() -> None:
    x = hum(generator(SEED, "off", 0), 6000, 50.0)[:, None]
    assert np.array_equal(cleaned(x, replace(HumParams(), remove=False)), x)
