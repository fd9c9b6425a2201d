"""Learning a person's rise: what is learnt, from how much, and when it must be dropped."""

import numpy as np
import pytest

from firingorder.signal.prior import learn_prior, pool_prior

N_RISES = 12


def evidence(best: int, nats: float) -> np.ndarray:
    """Log evidence that favours one rise."""
    out = np.zeros(N_RISES)
    out[best] = nats
    return out


def test_no_prior_below_eight_repetitions() -> None:
    assert learn_prior([evidence(3, 5.0)] * 7) is None
    assert learn_prior([evidence(3, 5.0)] * 8) is not None


def test_weights_are_a_distribution_that_favours_the_rise_seen() -> None:
    found = learn_prior([evidence(3, 6.0)] * 10)
    assert found is not None
    assert found.repetitions == 10
    assert np.sum(found.weights) == pytest.approx(1.0)
    assert np.argmax(found.weights) == 3
    # five pseudo-repetitions of the flat base keep every rise possible
    assert np.min(found.weights) >= 5.0 / 15.0 / N_RISES - 1e-12


def test_one_step_by_hand() -> None:
    """Evidence of exactly one rise: r = 1 at each step, so w = (N + alpha b) / (N + alpha)."""
    found = learn_prior([evidence(3, 200.0)] * 8)
    assert found is not None
    assert found.weights[3] == pytest.approx((8.0 + 5.0 / N_RISES) / 13.0)


def test_a_muscle_is_shrunk_to_the_set() -> None:
    pooled = pool_prior([evidence(3, 4.0)] * 8 + [evidence(8, 4.0)] * 8)
    own = learn_prior([evidence(3, 4.0)] * 8, pooled)
    alone = learn_prior([evidence(3, 4.0)] * 8)
    assert own is not None
    assert alone is not None
    assert own.weights[8] > alone.weights[8]
    assert own.weights[3] > own.weights[8]
