"""How often a muscle begins in two steps, learnt from what earlier repetitions said of it."""

import numpy as np
import pytest

from firingorder.signal.event_habit import held_shares, learn_event_shares

BASE = np.array([0.15, 0.1])
POWER, PSEUDO = 2.5, 5.0
BEFORE, SINGLE = np.array([5.0, -5.0]), np.array([-5.0, -5.0])


def test_shares_are_those_of_bayes_to_a_power() -> None:
    held = held_shares(np.log([2.0, 3.0]), BASE, 1.0)
    assert held == pytest.approx(np.array([0.75, 0.30, 0.30]) / 1.35)
    sharper = held_shares(np.log([2.0, 3.0]), BASE, 2.0)
    assert sharper[0] / sharper[1] == pytest.approx(2.5**2)


def test_without_a_repetition_nothing_is_learnt() -> None:
    np.testing.assert_allclose(learn_event_shares([], BASE, POWER, PSEUDO), BASE)


def test_a_habit_is_learnt_of_its_own_kind_alone() -> None:
    shares = learn_event_shares([BEFORE] * 20, BASE, POWER, PSEUDO)
    assert shares == pytest.approx((PSEUDO * BASE + [20.0, 0.0]) / 25.0, abs=1e-3)


def test_a_muscle_that_never_does_is_known_for_it() -> None:
    shares = learn_event_shares([SINGLE] * 20, BASE, POWER, PSEUDO)
    assert shares == pytest.approx(PSEUDO * BASE / 25.0, abs=1e-3)


def test_an_unclear_repetition_goes_with_the_others() -> None:
    unclear = np.array([1.0, -5.0])
    of_habit = learn_event_shares([BEFORE] * 10, BASE, POWER, PSEUDO)
    of_none = learn_event_shares([SINGLE] * 10, BASE, POWER, PSEUDO)
    assert held_shares(unclear, of_habit, POWER)[1] > 0.95
    assert held_shares(unclear, of_none, POWER)[0] > 0.95


def test_kinds_that_are_left_out_stay_out() -> None:
    shares = learn_event_shares([BEFORE] * 20, np.array([0.0, 0.1]), POWER, PSEUDO)
    assert shares[0] == 0.0
    assert held_shares(np.zeros(0), BASE, POWER).tolist() == [1.0, 0.0, 0.0]
    assert held_shares(np.array([-np.inf, 0.0]), BASE, POWER)[1] == 0.0
