"""The order called while one muscle is still silent: how often, how rightly, and when not."""

from dataclasses import replace

import numpy as np
import pytest

from firingorder.signal.edge import EdgeModel, EdgeParams, edge_posterior
from firingorder.signal.ladder import LadderParams, signal_covariance
from firingorder.signal.live_order import LiveOrderParams, early_lead, silent_evidence
from firingorder.signal.posterior import OnsetPosterior
from firingorder.signal.whitening import autocovariance
from tests.signal.planted import RATE_HZ, Muscle, conditioned, emg, generator

SEED = 67
ORDER = 10
ONSET_S = 2.0
TRIALS = 24
P = LiveOrderParams()
MEDIUM = Muscle(150, 14)


def muscle_with_model(muscle, onset_s, name, k):
    """One conditioned channel and what earlier repetitions would tell of it."""
    x = conditioned(emg(generator(SEED, name, k), muscle, onset_s))
    valid = np.ones(len(x), bool)
    rest = autocovariance(x[400:1500], valid[400:1500], ORDER)
    up = round((onset_s + muscle.rise_ms / 1e3 + 0.1) * RATE_HZ)
    burst = autocovariance(x[up : up + 800], valid[up : up + 800], ORDER)
    return x, EdgeModel(rest, signal_covariance(rest, burst, LadderParams()), 0.0)


def started(x, model):
    """Posterior of the muscle that was seen to start, from 150 ms of its burst."""
    now = round((ONSET_S + 0.15) * RATE_HZ)
    grid = (round((ONSET_S - 0.3) * RATE_HZ), now - 100)
    mask = np.ones(len(x), bool)
    return edge_posterior(x, mask, model, grid, now, t0_s=0.0, rate_hz=RATE_HZ, params=EdgeParams())


def evidence(x, model, now):
    start = now - 600
    return silent_evidence(
        x[:now], np.ones(now, bool), model, start, t0_s=0.0, rate_hz=RATE_HZ, params=P
    )


def early(lead_s, wait_s, slow=MEDIUM, name="pair"):
    """Leads told ``wait_s`` after the first muscle began, the other silent or not."""
    out = []
    for k in range(TRIALS):
        a, model_a = muscle_with_model(Muscle(60, 14), ONSET_S, name + "a", k)
        b, model_b = muscle_with_model(slow, ONSET_S + lead_s, name + "b", k)
        now = round((ONSET_S + wait_s) * RATE_HZ)
        found = evidence(b, model_b, now)
        assert found is not None
        out.append(early_lead(started(a, model_a), found, P))
    return out


def test_a_muscle_that_stays_silent_is_second() -> None:
    told = early(0.200, 0.180)
    called = [one for one in told if one.a_first]
    print(f"seed {SEED}: {len(called)} of {TRIALS} called 20 ms before the second began")
    assert len(called) >= 0.75 * TRIALS
    # The truth is a lead of 200 ms; its lower bound must lie below it, and above zero.
    assert all(0.0 < one.low_ms < 200.0 for one in called)
    assert np.median([one.low_ms for one in called]) > 30.0


@pytest.mark.parametrize("lead_s", [-0.060, 0.0])
def test_a_muscle_that_began_before_is_not_called_second(lead_s: float) -> None:
    """It rises slowly: after 60 ms it is hardly louder than its rest."""
    told = early(lead_s, 0.060, Muscle(200, 14), f"first {lead_s}")
    wrong = sum(one.a_first for one in told)
    print(f"seed {SEED}: {wrong} of {TRIALS} wrong at {1e3 * lead_s:.0f} ms")
    assert wrong <= 1


def test_silence_speaks_louder_the_longer_it_lasts() -> None:
    waits = (0.02, 0.05, 0.10, 0.20)
    shares = [
        float(np.median([one.p_b_first for one in early(0.3, wait, name="wait")])) for wait in waits
    ]
    print(f"seed {SEED}: P(the silent was first) after {waits} s: {np.round(shares, 3)}")
    assert shares == sorted(shares, reverse=True)
    assert shares[0] > 0.025
    assert shares[-1] < 0.025


def test_the_likelihood_of_a_start_just_now_is_that_of_rest() -> None:
    x, model = muscle_with_model(Muscle(100, 15), 3.0, "rest", 0)
    found = evidence(x, model, 2_000)
    assert found is not None
    assert found.now_s == pytest.approx(1.999)
    assert found.t0_s + found.step_s * (len(found.likelihood) - 1) == pytest.approx(found.now_s)
    assert found.likelihood[-1] == pytest.approx(1.0, abs=0.05)
    assert np.max(found.likelihood[:300]) < 0.05


def test_a_weak_muscle_and_a_gap_say_nothing() -> None:
    x, model = muscle_with_model(Muscle(100, 6), 3.0, "weak", 0)
    assert evidence(x, model, 2_000) is None
    x, model = muscle_with_model(Muscle(100, 15), 3.0, "gap", 0)
    valid = np.ones(2_000, bool)
    valid[1_900:1_905] = False
    kwargs = {"t0_s": 0.0, "rate_hz": RATE_HZ, "params": P}
    assert silent_evidence(x[:2_000], valid, model, 1_400, **kwargs) is None


def test_the_lower_bound_follows_from_the_two_posteriors() -> None:
    """A sharp onset at 1.9 s; the other cannot have begun before 1.95 s: at least 50 ms."""
    x, model = muscle_with_model(Muscle(100, 15), 3.0, "bound", 0)
    found = evidence(x, model, 2_000)
    assert found is not None
    times = found.t0_s + found.step_s * np.arange(len(found.likelihood))
    sharp = replace(found, likelihood=np.where(times >= 1.95, 1.0, 0.0))
    one = early_lead(OnsetPosterior(1.9, 1e-3, np.ones(1)), sharp, P)
    assert one.a_first
    assert one.p_b_first == 0.0
    # 50 starts until now and 200 later ones: 2.5 % of 250 is the sixth of the 50.
    assert one.low_ms == pytest.approx(56.0, abs=2.0)
    late = early_lead(OnsetPosterior(1.96, 1e-3, np.ones(1)), sharp, P)
    assert not late.a_first
    assert late.p_b_first > 0.025
