"""By how much the filters make activity late, against activity whose envelope is planted."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest

from firingorder.signal.energy_delay import EnergyDelayParams, energy_delays
from firingorder.signal.whitening import autocovariance, lagged, levinson
from firingorder.simulation.noise import generator, shaping_filter
from firingorder.simulation.synth import muscle_power
from tests.signal.planted import conditioned

if TYPE_CHECKING:
    from firingorder.samples import FloatArray

SEED, RATE_HZ = 61, 1000.0
#: The envelope's power swings this often a second: slow against every filter.
SWING_HZ = 4.0
N = 400_000


def swinging(low_hz: float, high_hz: float) -> FloatArray:
    """A muscle whose power is 1 + 0.9 cos(2 pi 4 Hz t) of its mean."""
    taps = shaping_filter(muscle_power(low_hz, high_hz), RATE_HZ, 500)
    white = generator(SEED, "swing", str(low_hz)).standard_normal(N)
    power = 1.0 + 0.9 * np.cos(2.0 * np.pi * SWING_HZ * np.arange(N) / RATE_HZ)
    return np.sqrt(power) * np.convolve(white, taps, mode="same")


def late_ms(power: FloatArray) -> float:
    """How late the swing of a power is."""
    t = np.arange(len(power)) / RATE_HZ
    phase = float(np.angle(np.sum(power * np.exp(-2j * np.pi * SWING_HZ * t))))
    return -1e3 * phase / (2.0 * np.pi * SWING_HZ)


@pytest.mark.parametrize(("low_hz", "high_hz"), [(45.0, 90.0), (70.0, 140.0)])
def test_the_delay_is_that_of_a_planted_envelope(low_hz: float, high_hz: float) -> None:
    """Whitened as rest and as burst: late by what is foretold, which differs between them."""
    print(f"seed {SEED}")
    raw = swinging(low_hz, high_hz)
    x = conditioned(raw)
    every = np.ones(N, np.bool_)
    r_muscle = autocovariance(x, every, 10)
    noise = conditioned(generator(SEED, "noise").standard_normal(N))
    r_rest = autocovariance(noise, every, 10) * (0.05 * r_muscle[0])
    models, _ = levinson(np.stack([r_rest, r_rest + 30.0 * r_muscle], axis=1))
    found = energy_delays(models, r_rest, r_rest + r_muscle, RATE_HZ, EnergyDelayParams())
    begins_ms = late_ms(raw**2)
    for level in range(2):
        errors = lagged(x, 10) @ models[:, level]
        seen_ms = late_ms(errors**2) - begins_ms
        print(f"level {level}: seen {seen_ms:.2f} ms late, foretold {found[level]:.2f} ms")
        assert found[level] == pytest.approx(seen_ms, abs=0.4)
    assert found[0] - found[1] > 1.0  # a weak muscle would be told later than a strong one


def test_backwards_the_high_pass_makes_early_and_the_whitener_late() -> None:
    still = np.zeros((11, 1))
    still[0] = 1.0
    rest = np.r_[1.0, np.zeros(10)]
    forth = energy_delays(still, rest, None, RATE_HZ, EnergyDelayParams())
    back = energy_delays(still, rest, None, RATE_HZ, EnergyDelayParams(backwards=True))
    assert forth[0] == pytest.approx(-back[0])
    assert 2.0 < forth[0] < 5.0
    shifted = np.roll(still, 3, axis=0)
    later = energy_delays(shifted, rest, None, RATE_HZ, EnergyDelayParams(backwards=True))
    assert later[0] - back[0] == pytest.approx(3.0)


def test_a_burst_no_louder_than_the_rest_counts_as_a_muscle_of_the_textbook() -> None:
    still = np.zeros((11, 1))
    still[0] = 1.0
    rest = np.r_[1.0, np.zeros(10)]
    unknown = energy_delays(still, rest, None, RATE_HZ, EnergyDelayParams())
    for burst in (0.5 * rest, np.zeros(11)):
        assert energy_delays(still, rest, burst, RATE_HZ, EnergyDelayParams()) == unknown
