"""Learning a person's rise: what is learnt, from how much, and when it must be dropped."""

import numpy as np
import pytest

from firingorder.signal.posterior import Evidence
from firingorder.signal.prior import learn_prior, pool_prior

N_RISES = 12


def evidence(best: int, nats: float, events: float = -np.inf) -> Evidence:
    """Evidence that favours one rise, and first events by so much over the others."""
    out = np.zeros(N_RISES)
    out[best] = nats
    return Evidence(out, events)


def test_no_prior_below_eight_repetitions() -> None:
    assert learn_prior([evidence(3, 5.0)] * 7) is None
    assert learn_prior([evidence(3, 5.0)] * 8) is not None


def test_weights_are_a_distribution_that_favours_the_rise_seen() -> None:
    found = learn_prior([evidence(3, 6.0)] * 10)
    assert found is not None
    assert found.repetitions == 10
    assert np.sum(found.weights) == pytest.approx(1.0)
    assert np.argmax(found.weights) == 3
    # four pseudo-repetitions of the flat base keep every rise possible
    assert np.min(found.weights) >= 4.0 / 14.0 / N_RISES - 1e-12


def test_one_step_by_hand() -> None:
    """Evidence of exactly one rise: r = 1 at each step, so w = (N + alpha b) / (N + alpha)."""
    found = learn_prior([evidence(3, 200.0)] * 8)
    assert found is not None
    assert found.weights[3] == pytest.approx((8.0 + 4.0 / N_RISES) / 12.0)


def test_a_muscle_is_shrunk_to_the_set() -> None:
    pooled = pool_prior([evidence(3, 4.0)] * 8 + [evidence(8, 4.0)] * 8)
    own = learn_prior([evidence(3, 4.0)] * 8, pooled)
    alone = learn_prior([evidence(3, 4.0)] * 8)
    assert own is not None
    assert alone is not None
    assert own.weights[8] > alone.weights[8]
    assert own.weights[3] > own.weights[8]


def test_a_repetition_that_begins_in_two_steps_teaches_no_rise() -> None:
    """A slow rise explains a pre-activation nearly as well; it must not be learnt from it."""
    stepped = [evidence(10, 3.0, events=9.0)] * 10
    found = learn_prior(stepped, event_share=0.3)
    deaf = learn_prior(stepped)
    assert found is not None
    assert deaf is not None
    assert found.weights[10] < 0.12 < 0.5 < deaf.weights[10]
    assert found.event_share == pytest.approx((10.0 + 4.0 * 0.3) / 14.0, abs=0.01)


def test_one_step_each_time_does_not_make_first_events_rarer() -> None:
    found = learn_prior([evidence(3, 6.0, events=-9.0)] * 20, event_share=0.3)
    assert found is not None
    assert found.event_share == 0.3


def test_first_events_each_time_leave_the_rises_as_they_were() -> None:
    base = np.arange(1.0, N_RISES + 1.0) / np.sum(np.arange(1.0, N_RISES + 1.0))
    stepped = [evidence(2, 4.0, events=400.0)] * 20
    found = learn_prior(stepped, cold=base, event_share=0.3)
    assert found is not None
    np.testing.assert_allclose(found.weights, base)
    assert found.event_share < 0.9  # a single rise keeps a prior, however many taught otherwise
