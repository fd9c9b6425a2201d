"""An empty upper band is found, and its onsets are not late."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import signal as sps

from firingorder.signal.cleaning import CleaningParams
from firingorder.signal.upper_band import UpperBandParams, empty_bands, filled
from tests.signal.contaminated import judged
from tests.signal.planted import RATE_HZ, Muscle, conditioned, emg, generator

SEED = 20_261_208
PARAMS = UpperBandParams()
OFF = CleaningParams(upper=UpperBandParams(fill=False))


def low_passed(x: np.ndarray, hz: float) -> np.ndarray:
    """What an anti-alias filter of steep linear phase leaves; its delay is taken back."""
    taps = sps.firwin(201, hz, fs=RATE_HZ)
    return np.convolve(x, taps, "same")


def is_empty(x: np.ndarray) -> bool:
    y = conditioned(x)[:, None]
    return bool(empty_bands(y, np.ones(y.shape, bool), RATE_HZ, PARAMS)[0])


@pytest.mark.parametrize("hz", [150.0, 250.0, 330.0])
def test_an_empty_band_is_found(hz: float) -> None:
    for k in range(3):
        x = emg(generator(SEED, "empty", k), Muscle(100, 20, tone=0.5), 4.0, 6.0)
        assert is_empty(low_passed(x, hz))


@pytest.mark.parametrize("tone", [0.05, 0.5, 0.95])
def test_a_full_band_is_none(tone: float) -> None:
    """Also where the rest is nearly all muscle of the lowest spectrum."""
    for k in range(3):
        low = Muscle(100, 20, tone=tone, low_hz=40, high_hz=80)
        assert not is_empty(emg(generator(SEED, "full", k), low, 4.0, 6.0))
    assert not is_empty(np.zeros(4000))


def test_onsets_of_a_narrow_source_are_not_off() -> None:
    late = {"filled": [], "left": []}
    for k in range(8):
        rng = generator(SEED, "late", k)
        onset = rng.uniform(8.0, 8.4)
        x = low_passed(emg(rng, Muscle(100, 12), onset, 9.2), 200.0)[:, None]
        for name, params in (("filled", CleaningParams()), ("left", OFF)):
            result, truth = judged(x, onset, params)
            assert result.posterior is not None
            late[name].append(1e3 * (result.posterior.quantile(0.5) - truth))
    print(f"seed {SEED}: { ({name: round(float(np.mean(one)), 1) for name, one in late.items()}) }")
    assert np.mean(np.abs(late["left"])) > np.mean(np.abs(late["filled"])) + 3.0
    assert abs(np.mean(late["filled"])) < 12.0


def test_the_noise_belongs_to_the_sample_at_any_place_gain_and_polarity() -> None:
    x = generator(SEED, "noise", 0).standard_normal((500, 2))
    rest = np.ones(2)
    whole = filled(x, rest, 40, PARAMS)
    # The noise of a sample is drawn from it and the 24 before.
    assert np.array_equal(filled(x[100:], rest, 7, PARAMS)[24:], whole[124:])
    assert np.array_equal(filled(-x, rest, 40, PARAMS), -whole)
    assert np.array_equal(filled(4.0 * x, 4.0 * rest, 40, PARAMS), 4.0 * whole)
    assert np.std(whole - x) == pytest.approx(PARAMS.noise_share, rel=0.15)
    left, right = (whole - x).T
    assert abs(float(np.corrcoef(left, right)[0, 1])) < 0.15
    dead = filled(np.zeros((500, 1)), rest[:1], 40, PARAMS)
    assert np.std(dead) == pytest.approx(PARAMS.noise_share, rel=0.15)
