"""The model of a channel at rest: what it explains, what that costs, and what it learns."""

import numpy as np
import pytest

from firingorder.signal.nuisance import Nuisance, NuisanceParams, artefact_shape, emg_shape
from firingorder.signal.whitening import autocovariance, lagged
from tests.signal.planted import Muscle, coloured, conditioned, emg_power, generator, noise_power

SEED = 61
ORDER, STEP = 10, 10
RATE_HZ = 1000.0


def model(params=None, channels=1):
    params = params or NuisanceParams()
    shape = artefact_shape(params, 30.0, rate_hz=RATE_HZ, order=ORDER)
    return Nuisance(params, channels, STEP / RATE_HZ, shape)


def evidence(nuisance, x, r_rest, learn_every=10):
    """ln likelihood of the model over that of the steady rest, per step of 10 ms."""
    tone = emg_shape(55.0, 110.0, 30.0, rate_hz=RATE_HZ, order=ORDER)
    filters, innovation = nuisance.models(r_rest, tone)
    steady = list(NuisanceParams().tone_db).index(0.0)
    errors = np.ascontiguousarray(lagged(x, ORDER)) @ filters
    rates = -0.5 * (np.log(innovation) + errors**2 / innovation)
    out = []
    yes = np.ones(1, bool)
    for k in range(len(x) // STEP):
        total = np.cumsum(rates[k * STEP : (k + 1) * STEP], axis=0)
        told = np.empty((1, STEP))
        top = total.max(axis=1)
        nuisance.step(np.exp(total - top[:, None])[None], told, None)
        out.append(np.log(told[0, -1]) + top[-1] - total[-1, steady])
        if k % learn_every == learn_every - 1:
            nuisance.learn(learn_every * STEP / RATE_HZ, yes, yes)
    return np.array(out)


def rest(name, n, tone=0.6, level=None):
    rng = generator(SEED, name, 0)
    amplitude = np.sqrt(tone) * (np.ones(n) if level is None else level)
    raw = amplitude * coloured(rng, n, lambda f: emg_power(f, Muscle()))
    return conditioned(raw + np.sqrt(1 - tone) * coloured(rng, n, noise_power))


def of_rest(x):
    return autocovariance(x, np.ones(len(x), bool), ORDER)


def test_a_steady_rest_costs_next_to_nothing() -> None:
    x = rest("steady", 40_000)
    gain = evidence(model(), x, of_rest(x))
    print(f"seed {SEED}: {np.sum(gain):.1f} nats in 40 s")
    assert abs(np.sum(gain)) < 12.0
    assert np.sum(gain[2000:]) > -5.0


def test_drifting_tone_is_learnt_and_explained() -> None:
    """Tone that swings by a third at half a hertz: tens of nats every ten seconds."""
    n = 40_000
    level = 1.0 + 0.45 * np.sin(2 * np.pi * 0.5 * np.arange(n) / RATE_HZ)
    x = rest("lively", n, 0.8, level)
    gain = evidence(model(), x, of_rest(rest("lively", n, 0.8)))
    fixed = evidence(model(NuisanceParams(lively_prior=0.0)), x, of_rest(x))
    print(f"seed {SEED}: {np.sum(gain):.0f} nats, without the lively classes {np.sum(fixed):.0f}")
    assert np.sum(gain[1000:2000]) > 30.0
    assert np.sum(fixed) < 0.5 * np.sum(gain)


def test_brief_swings_of_low_frequency_are_artefacts_and_bursts_are_not() -> None:
    n = 20_000
    t = np.arange(n) / RATE_HZ
    quiet = rest("artefact", n, 0.3)
    beats = np.zeros(n)
    for at in np.arange(5.0, 19.0, 0.8):
        beats += 12 * np.exp(-0.5 * ((t - at) / 0.010) ** 2)
    r = of_rest(quiet)
    nuisance = model()
    gain = evidence(nuisance, quiet + conditioned(beats), r)
    first = np.sum(gain[495:515])
    last = np.sum(gain[1855:1875])
    burst = quiet * np.where((t > 10.0) & (t < 10.06), 5.0, 1.0)
    of_burst = evidence(model(), burst, r)[998:1010]
    own = 60 * 0.5 * (25.0 - 1.0 - np.log(25.0))  # what the burst's own level would gain
    print(
        f"seed {SEED}: beats {first:.0f}, later {last:.0f}, "
        f"burst {np.sum(of_burst):.0f} of {own:.0f} nats"
    )
    assert first > 8.0
    assert last > first
    assert np.sum(of_burst) < 0.9 * own


def test_how_often_artefacts_come_is_learnt() -> None:
    n = 12_000
    t = np.arange(n) / RATE_HZ
    quiet = rest("often", n, 0.3)
    beats = np.zeros(n)
    for at in np.arange(2.0, 11.95, 0.57):
        beats += 12 * np.exp(-0.5 * ((t - at) / 0.010) ** 2)
    x, r = quiet + conditioned(beats), of_rest(quiet)
    cold, seen = model(), model()
    evidence(seen, x, r)
    # One beat, predicted by a model that has seen none and by one that has seen 17.
    at = 2_000 + 10 * 570
    one = x[at - 150 : at + 150]
    fresh, known = np.sum(evidence(cold, one, r)), np.sum(evidence(seen, one, r))
    print(f"seed {SEED}: a beat after none {fresh:.1f}, after 17 {known:.1f} nats")
    assert known > fresh + 1.5


def test_a_channel_without_samples_keeps_its_state() -> None:
    nuisance, other = model(channels=2), model(channels=2)
    rng = np.random.default_rng(SEED)
    told = np.empty((2, STEP))
    for _ in range(5):
        likelihood = rng.uniform(0.1, 1.0, (2, STEP, nuisance.n_states))
        nuisance.step(likelihood, told, None)
        other.step(likelihood, told, None)
    ones = np.ones((2, STEP, nuisance.n_states))
    nuisance.step(ones, told, np.array([False, True]))
    later = rng.uniform(0.1, 1.0, (2, STEP, nuisance.n_states))
    a, b = np.empty((2, STEP)), np.empty((2, STEP))
    nuisance.step(later, a, None)
    other.step(later, b, None)
    assert np.array_equal(a[0], b[0])
    assert not np.array_equal(a[1], b[1])


@pytest.mark.parametrize("seen", [None, np.array([True])])
def test_probabilities_stay_probabilities(seen) -> None:
    nuisance = model()
    told = np.empty((1, STEP))
    ones = np.ones((1, STEP, nuisance.n_states))
    yes = np.ones(1, bool)
    for k in range(300):
        nuisance.step(ones, told, seen)
        assert np.allclose(told, 1.0)
        if k % 10 == 0:
            nuisance.learn(0.1, yes, yes)
    nuisance.doubt(0, 0.3)
    nuisance.step(ones, told, seen)
    assert np.allclose(told, 1.0)
