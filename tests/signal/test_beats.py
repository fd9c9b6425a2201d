"""Heart beats are found where they are, and nowhere else."""

from __future__ import annotations

import numpy as np
import pytest

from firingorder.signal.beats import BeatParams, find_beats
from tests.signal.contaminated import heart, history, motion
from tests.signal.planted import RATE_HZ, Muscle, emg, generator

SEED = 20_261_204
PARAMS = BeatParams()


def found(raw: np.ndarray) -> np.ndarray:
    kept = history(raw).excerpt(0, len(raw))
    return find_beats(kept.low_uv, kept.valid, RATE_HZ, PARAMS)


def muscles(k: int, channels: int, seconds: float = 13.0) -> np.ndarray:
    """Bursts of every channel about 10 s, equal in rest."""
    rng = generator(SEED, "muscles", k)
    one = [emg(rng, Muscle(100, 12 + 4 * c), 10.0 + 0.05 * c, seconds) for c in range(channels)]
    return np.stack(one, axis=1)


@pytest.mark.parametrize("bpm", [47.0, 72.0, 108.0, 130.0])
@pytest.mark.parametrize(("channels", "level"), [(1, 3.0), (1, 12.0), (4, 6.0)])
def test_every_beat_is_found_also_during_a_burst(bpm: float, channels: int, level: float) -> None:
    for k in range(3):
        raw = muscles(k, channels)
        x, beats = heart(generator(SEED, "heart", k), len(raw), bpm)
        raw += level * x[:, None] * np.where(np.arange(channels) % 2, -0.3, 1.0)
        at = found(raw) / RATE_HZ
        inner = beats[(beats > 0.3) & (beats < len(raw) / RATE_HZ - 0.3)]
        late = [np.min(np.abs(at - beat - 0.03)) for beat in inner]  # the low band comes later
        print(f"seed {SEED} {bpm}/min: {len(at)} found, worst {1e3 * max(late):.0f} ms")
        assert max(late) < 0.040
        assert len(at) <= len(inner) + 2


def test_what_is_no_heart_is_not_taken_for_one() -> None:
    """Motion, a knock every second, bursts every second, and tone that swells every second."""
    n = 14_000
    t = np.arange(n) / RATE_HZ
    for k in range(6):
        rng = generator(SEED, "no heart", k)
        rest = emg(rng, Muscle(100, 12, 0.9), 60.0, n / RATE_HZ)
        swings = sum(8.0 * motion(rng, n, at) for at in np.arange(1.0, 13.0, 1.1))
        bursts = rest * (1.0 + 6.0 * ((t % 1.0) < 0.4))
        tone = rest * (1.0 + 0.6 * np.sin(2 * np.pi * t))
        for name, raw in (("motion", rest + swings), ("bursts", bursts), ("tone", tone)):
            assert len(found(raw[:, None])) == 0, (name, k)
        assert len(found(muscles(k, 8))) == 0


def test_irregular_knocks_of_one_shape_are_no_heart() -> None:
    """The cable hits the table at any time: one waveform, no train."""
    for k in range(6):
        rng = generator(SEED, "knocks", k)
        raw = muscles(k, 2)
        t = np.arange(len(raw)) / RATE_HZ
        for at in np.sort(rng.uniform(0.5, 12.5, 11)):
            raw += 10.0 * np.exp(-0.5 * ((t - at) / 0.012) ** 2)[:, None]
        assert len(found(raw)) == 0


def test_dead_short_and_missing_channels_have_no_beats() -> None:
    assert len(found(np.zeros((3000, 2)))) == 0
    assert len(found(np.full((3000, 1), np.nan))) == 0
    assert len(find_beats(np.zeros((5, 1)), np.ones((5, 1), bool), RATE_HZ, PARAMS)) == 0


def test_a_channel_that_dies_hides_no_beats_of_the_others() -> None:
    """Beside the decay of its filter its own last seconds were loud beyond all numbers."""
    raw = muscles(0, 2)
    x, beats = heart(generator(SEED, "heart", 0), len(raw), 72.0)
    raw += 12.0 * x[:, None]
    raw[4000:, 1] = 0.0
    at = found(raw) / RATE_HZ
    inner = beats[(beats > 4.5) & (beats < len(raw) / RATE_HZ - 0.3)]
    assert max(np.min(np.abs(at - beat - 0.03)) for beat in inner) < 0.040
