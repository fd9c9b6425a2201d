"""Whiteners against an independent solver and against signals whose spectrum is known."""

import numpy as np
import pytest
from scipy import linalg
from scipy import signal as sps

from firingorder.signal.whitening import (
    ar_order,
    autocovariance,
    lagged,
    levinson,
    running_sum,
    usable_after,
)


def test_levinson_solves_the_normal_equations() -> None:
    rng = np.random.default_rng(1)
    x = sps.lfilter([1.0], [1.0, -0.6, 0.3], rng.standard_normal(4000))
    r = autocovariance(x, np.ones(len(x), bool), 10)
    filters, innovation = levinson(np.stack([r, 2.0 * r], axis=1))
    expected = linalg.solve_toeplitz(r[:-1], -r[1:])
    np.testing.assert_allclose(filters[1:, 0], expected, rtol=1e-9, atol=1e-12)
    np.testing.assert_allclose(filters[:, 0], filters[:, 1], atol=1e-12)
    assert innovation[1] == pytest.approx(2.0 * innovation[0])


def test_a_known_process_is_whitened_to_its_innovation() -> None:
    rng = np.random.default_rng(2)
    x = sps.lfilter([1.0], [1.0, -0.9, 0.5], 3.0 * rng.standard_normal(50_000))
    r = autocovariance(x, np.ones(len(x), bool), 10)
    filters, innovation = levinson(r[:, None])
    errors = lagged(x, 10) @ filters[:, 0]
    assert innovation[0] == pytest.approx(9.0, rel=0.03)
    after = autocovariance(errors, np.ones(len(x), bool), 3)
    np.testing.assert_allclose(after[1:] / after[0], 0.0, atol=0.02)


def test_masked_samples_do_not_enter_the_autocovariance() -> None:
    rng = np.random.default_rng(3)
    x = rng.standard_normal(6000)
    valid = np.ones(len(x), bool)
    valid[1000:1500] = False
    x[1000:1500] = 1e6
    assert autocovariance(x, valid, 2)[0] == pytest.approx(1.0, rel=0.05)
    assert np.all(autocovariance(x, np.zeros(len(x), bool), 2) == 0.0)


def test_a_sample_is_usable_only_with_its_whole_past() -> None:
    valid = np.ones(12, bool)
    valid[6] = False
    expected = [False, False, True, True, True, True, False, False, False, True, True, True]
    assert usable_after(valid, 2).tolist() == expected


def test_order_is_ten_milliseconds() -> None:
    assert (ar_order(1000.0), ar_order(500.0)) == (10, 5)


def test_running_sum_starts_at_zero() -> None:
    assert running_sum(np.array([1.0, 2.0, 4.0])).tolist() == [0.0, 1.0, 3.0, 7.0]
