"""A limit is seen in the samples alone, and a clean signal has none."""

from __future__ import annotations

import numpy as np
import pytest

from firingorder.session.arrays import analyse
from firingorder.signal.saturation import clipped
from tests.signal.planted import Muscle, emg, generator

SEED = 20_261_207


def bursts(k: int, seconds: int = 20) -> np.ndarray:
    """A burst every five seconds, microvolts."""
    rng = generator(SEED, "bursts", k)
    parts = [emg(rng, Muscle(100, 20, noise_uv=3.0), 2.5, 5.0) for _ in range(seconds // 5)]
    return np.concatenate(parts)


@pytest.mark.parametrize("step_uv", [0.0, 0.05, 1.0, 6.0])
def test_what_is_clipped_is_told_sample_by_sample(step_uv: float) -> None:
    x = bursts(0)
    if step_uv:
        x = np.round(x / step_uv) * step_uv
    limit = 24.0
    found = clipped(np.clip(x, -limit, limit)[:, None])[:, 0]
    assert np.array_equal(found, np.abs(x) >= limit)
    assert np.mean(found) > 0.01


def test_one_sided_limits_and_offsets() -> None:
    x = bursts(1) + 500.0
    found = clipped(np.minimum(x, 520.0)[:, None])[:, 0]
    assert np.array_equal(found, x >= 520.0)


@pytest.mark.parametrize("step_uv", [0.0, 0.01, 0.5, 5.0, 20.0, 60.0])
def test_clean_signals_however_coarse_have_no_limit(step_uv: float) -> None:
    for k in range(5):
        x = bursts(k)
        if step_uv:
            x = np.round(x / step_uv) * step_uv
        assert not clipped(x[:, None]).any()


def test_dead_missing_and_held_samples_are_not_clipped() -> None:
    x = bursts(2)
    held = x.copy()
    held[4000:4050] = np.max(x)
    for one in (np.zeros(5000), np.full(5000, np.nan), np.zeros(0), np.zeros(1), held):
        assert not clipped(one[:, None]).any()


def test_gaps_do_not_hide_a_limit() -> None:
    x = np.clip(bursts(3), -20.0, 20.0)
    x[1000:1500] = np.nan
    assert np.array_equal(clipped(x[:, None])[:, 0], np.abs(x) >= 20.0)


def test_an_analysis_of_a_clipped_array_says_so() -> None:
    x = np.stack([bursts(4), bursts(5)], axis=1)
    names = ("gluteus_maximus_left", "erector_spinae_left")
    spoilt = x.copy()
    spoilt[:, 0] = np.clip(x[:, 0], -12.0, 12.0)
    found = analyse(spoilt, 1000.0, names)
    assert len(found.repetitions) >= 2
    assert all(rep.verdict == "unclear" for rep in found.repetitions)
    assert any(rep.reason == "saturated" for rep in found.repetitions)
    assert "saturated" not in {rep.reason for rep in analyse(x, 1000.0, names).repetitions}
