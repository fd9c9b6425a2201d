"""Where the chain's likelihood has its peak, asked without noise: on the true start.

If the levels and passages describe the signal, the expected log-likelihood under the exact
covariance is largest where the rise begins (Gibbs' inequality). Nothing here is random.
"""

import numpy as np
import pytest
from scipy import signal as sps
from scipy.linalg import toeplitz

from firingorder.signal.edge import EdgeParams, edge_model
from firingorder.signal.energy_delay import energy_delays
from firingorder.signal.ladder import build_ladder, level_shares, signal_covariance
from firingorder.signal.rises import RiseParams, crossing_delays, rises
from firingorder.signal.staircase import staircase_log_likelihood
from firingorder.signal.tone import tone_share
from firingorder.signal.whitening import running_sum
from tests.signal.planted import RATE_HZ, Muscle, emg_power, noise_power, ramp

N, BEGIN, ONSET, ORDER, STARTS = 1200, 400, 600, 10, 400
MUSCLES = [Muscle(200, 10), Muscle(150, 12), Muscle(100, 8), Muscle(300, 20), Muscle(60, 22)]


def autocovariance(power) -> np.ndarray:
    """Exact, unit variance, of Gaussian noise with that power spectrum."""
    f = np.arange(8193) * RATE_HZ / 16384
    r = np.fft.irfft(power(np.maximum(f, 1e-3)))[:N]
    return r / r[0]


def covariance(muscle: Muscle) -> np.ndarray:
    """Of a straight rise at ``ONSET`` behind the high-pass, ``(N, N)``."""
    rest, top = np.sqrt(muscle.tone), 10 ** (muscle.snr_db / 20)
    up = ramp((np.arange(N) - ONSET) / (1e-3 * muscle.rise_ms * RATE_HZ), "lin")
    e = rest + (top - rest) * up
    tissue = toeplitz(autocovariance(lambda f: emg_power(f, muscle))) * np.outer(e, e)
    raw = tissue + (1.0 - muscle.tone) * toeplitz(autocovariance(noise_power))
    sos = sps.butter(4, 30.0, "highpass", fs=RATE_HZ, output="sos")
    once = sps.sosfilt(sos, raw, axis=0)
    return sps.sosfilt(sos, once, axis=1)


def peak_ms(muscle: Muscle, *, smoothed: bool = False) -> float:
    """Start of the largest expected log-likelihood about the true one, rise and levels known."""
    c = covariance(muscle)
    lags = np.arange(ORDER + 1)
    r_rest, r_burst = c[550, 550 - lags], c[N - 1, N - 1 - lags]
    p = EdgeParams()
    model = edge_model(r_rest, r_burst, p)
    activity = signal_covariance(r_rest, r_burst, p.ladder) if smoothed else model.r_signal
    rho = level_shares(model.snr, p.ladder)
    ladder = build_ladder(r_rest, activity, rho, p.ladder, difference=True)
    rates = np.empty((N - BEGIN, len(ladder.rho)))
    for k in range(len(rates)):
        t = BEGIN + k
        part = c[t - ORDER : t + 1, t - ORDER : t + 1][::-1, ::-1]
        power = np.sum(ladder.filters * (part @ ladder.filters), axis=0)
        rates[k] = -0.5 * (np.log(ladder.innovation) + power / ladder.innovation)
    known = RiseParams(
        rise_s=(1e-3 * muscle.rise_ms,), rise_weight=(1.0,), plateau_scale=(1.0,),
        plateau_weight=(1.0,), ramps=("linear",), ramp_weight=(1.0,),
    )  # fmt: skip
    tone = tone_share(r_rest, r_burst - r_rest, RATE_HZ, p.tone)
    late = energy_delays(ladder.filters, r_rest, r_burst, RATE_HZ, p.delay)
    delays = crossing_delays(rises(known), ladder.rho, model.snr, tone, RATE_HZ)
    delays = delays + 0.5 * (late[:-1] + late[1:])
    expected = staircase_log_likelihood(running_sum(rates), delays, 0, STARTS)[0]
    best = int(np.argmax(expected))
    bend, slope, _ = np.polyfit([-1.0, 0.0, 1.0], expected[best - 1 : best + 2], 2)
    return float(1e3 * (BEGIN + best - 0.5 * slope / bend - ONSET) / RATE_HZ)


@pytest.mark.parametrize("muscle", MUSCLES)
def test_the_expected_likelihood_has_its_peak_on_the_true_start(muscle: Muscle) -> None:
    found = peak_ms(muscle)
    print(f"{muscle.rise_ms} ms, {muscle.snr_db} dB: {found:+.2f} ms")
    assert abs(found) < 2.0


@pytest.mark.parametrize("muscle", MUSCLES[:4])
def test_a_smoothed_difference_puts_it_late(muscle: Muscle) -> None:
    """Negative control: what a level expects is more than a rise through it brings."""
    found = peak_ms(muscle, smoothed=True)
    print(f"{muscle.rise_ms} ms, {muscle.snr_db} dB: {found:+.2f} ms")
    assert found > 3.5
