"""The share of tone in the rest, read from spectra."""

import numpy as np
import pytest
from scipy import signal as sps

from firingorder.signal.tone import ToneParams, tone_share
from firingorder.signal.whitening import autocovariance
from tests.signal.planted import Muscle, conditioned, emg, generator

SEED = 41


@pytest.mark.parametrize("tone", [0.1, 0.3, 0.6, 0.9])
@pytest.mark.parametrize(("low_hz", "high_hz"), [(45.0, 90.0), (55.0, 110.0), (70.0, 140.0)])
def test_the_planted_share_is_read(tone: float, low_hz: float, high_hz: float) -> None:
    print(f"seed {SEED}")
    muscle = Muscle(100, 18, tone, low_hz=low_hz, high_hz=high_hz)
    found = []
    for k in range(8):
        x = conditioned(emg(generator(SEED, "tone", k), muscle, 2.0))
        every = np.ones(len(x), bool)
        rest = autocovariance(x[400:1800], every[400:1800], 10)
        burst = autocovariance(x[2150:3000], every[2150:3000], 10)
        found.append(tone_share(rest, burst - rest, 1000.0, ToneParams()))
    assert abs(np.mean(found) - tone) < 0.05
    assert np.std(found) < 0.12


def test_a_burst_without_power_tells_nothing() -> None:
    white = np.zeros(11)
    white[0] = 1.0
    assert tone_share(white, np.zeros(11), 1000.0, ToneParams()) == 0.5
    assert tone_share(np.zeros(11), white, 1000.0, ToneParams()) == 0.5


def test_a_narrow_front_end_makes_no_tone() -> None:
    """Rest and burst behind a low-pass of 300 Hz: the share is read within 0.2 all the same."""
    sos = sps.butter(4, 300.0, "low", fs=1000.0, output="sos")
    for tone in (0.1, 0.5):
        found = []
        for k in range(6):
            x = emg(generator(SEED, "narrow", k), Muscle(100, 18, tone), 2.0)
            x = sps.sosfilt(sos, conditioned(x))
            every = np.ones(len(x), bool)
            rest = autocovariance(x[400:1800], every[400:1800], 10)
            burst = autocovariance(x[2150:3000], every[2150:3000], 10)
            found.append(tone_share(rest, burst - rest, 1000.0, ToneParams()))
        assert abs(np.mean(found) - tone) < 0.2
