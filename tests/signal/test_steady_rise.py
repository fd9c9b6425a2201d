"""Suppositions of a muscle that rises much the same each time, against planted evidence."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest

from firingorder.signal.prior import PriorParams, learn_priors
from firingorder.signal.rises import RiseParams, rises
from firingorder.signal.steady_rise import SteadyParams, steady_weights

if TYPE_CHECKING:
    from firingorder.samples import FloatArray

RISE, STEADY = RiseParams(), SteadyParams()
GRID = rises(RISE)
TIMES = np.array(RISE.rise_s)


def saying(rise_s: float, nats: float = 1.0, width: float = 0.5) -> FloatArray:
    """What a repetition says that rose in ``rise_s``: a little, and blurred."""
    return -nats * (np.log(GRID.rise_s / rise_s) / width) ** 2


def by_time(weights: FloatArray) -> FloatArray:
    """Weights of the rise times, ``(n_times,)``."""
    return np.array([np.sum(weights[np.isclose(GRID.rise_s, one)]) for one in TIMES])


def spread(weights: FloatArray) -> float:
    """SD of the log rise time."""
    w, log = by_time(weights), np.log(TIMES)
    mean = np.sum(w * log)
    return float(np.sqrt(np.sum(w * (log - mean) ** 2)))


def test_many_repetitions_that_say_little_each_say_much_together() -> None:
    told = [[saying(0.120)] * n for n in (1, 8, 20)]
    spreads = [spread(steady_weights([one], RISE, STEADY)[0]) for one in told]
    assert spreads[0] > 1.5 * spreads[1] > 1.5 * spreads[2] * 0.9
    assert spreads[2] < 0.5 * spread(GRID.weight)
    assert TIMES[np.argmax(by_time(steady_weights([told[2]], RISE, STEADY)[0]))] == 0.120


def test_a_muscle_that_changes_keeps_its_spread() -> None:
    """Sharp words for two rises in turn: both stay possible, and what lies between them."""
    changing = [saying(t, nats=20.0) for t in (0.060, 0.165) * 10]
    found = steady_weights([changing], RISE, STEADY)[0]
    assert spread(found) > 0.3
    assert np.sum(by_time(found)[(TIMES >= 0.060) & (TIMES <= 0.165)]) > 0.7


def test_what_says_nothing_teaches_nothing() -> None:
    nothing = [np.zeros(len(GRID.weight))] * 20
    found = by_time(steady_weights([nothing], RISE, STEADY)[0])
    cold = by_time(GRID.weight)
    assert np.max(np.abs(found - cold)) < 0.1


def test_the_order_of_muscles_and_repetitions_does_not_matter() -> None:
    a = [saying(0.060), saying(0.085), saying(0.040)]
    b = [saying(0.220)] * 3
    forth, back = steady_weights([a, b], RISE, STEADY), steady_weights([b, a[::-1]], RISE, STEADY)
    np.testing.assert_allclose(forth[0], back[1], rtol=1e-9)
    np.testing.assert_allclose(forth[1], back[0], rtol=1e-9)
    for one in forth:
        assert np.sum(one) == pytest.approx(1.0)
        assert np.min(one) > 0.0


def test_a_muscle_without_repetitions_leans_on_the_others() -> None:
    alone = steady_weights([[]], RISE, STEADY)[0]
    beside = steady_weights([[], [saying(0.040, nats=3.0)] * 12], RISE, STEADY)[0]
    fast = GRID.rise_s <= 0.060
    assert np.sum(beside[fast]) > np.sum(alone[fast]) + 0.1


def test_the_prior_of_a_person_is_half_of_each() -> None:
    told = [[saying(0.120)] * 20, [saying(0.060)] * 7]
    half = learn_priors(told, PriorParams(), RISE)
    free = learn_priors(told, PriorParams(steady_share=0.0), RISE)
    assert half[1] is None  # seven teach nothing of a muscle itself
    assert half[0] is not None
    assert free[0] is not None
    steady = steady_weights(told, RISE, STEADY)[0]
    np.testing.assert_allclose(half[0].weights, 0.5 * steady + 0.5 * free[0].weights)
    assert spread(steady) < spread(half[0].weights) < spread(free[0].weights)
