"""Intervals of sums, ratios and medians: against what is known exactly, and against simulation."""

from __future__ import annotations

import math
from itertools import product

import numpy as np
import pytest

from firingorder.signal.metrics.amount import (
    Amount,
    log_ratio,
    median_of,
    median_se,
    metric,
    refused,
    share_of,
    t95,
    total,
    wilson,
)
from tests.signal.planted import generator

SEED = 501


def test_the_interval_of_a_median_is_the_bootstraps() -> None:
    """Of five values all 3125 resamples can be counted."""
    values = [3.0, 1.0, 4.0, 1.5, 9.0]
    medians = np.sort([np.median(one) for one in product(values, repeat=5)])
    n = len(medians)
    found = median_of(values)
    assert found.value == 3.0
    assert found.low == medians[math.ceil(0.025 * n) - 1]
    assert found.high == medians[math.ceil(0.975 * n) - 1]
    assert median_se(values) == pytest.approx(float(np.std(medians)), rel=1e-9)


@pytest.mark.parametrize("n", [5, 6, 10, 15, 30])
def test_the_median_is_covered(n: int) -> None:
    print(f"seed {SEED}")
    found = [
        median_of(generator(SEED, "median", k).standard_normal(n).tolist()) for k in range(600)
    ]
    covered = np.mean([one.low <= 0.0 <= one.high for one in found])
    print(f"n {n}: {covered:.3f}")
    assert 0.90 <= covered <= 0.99


def test_too_few_values_have_no_median() -> None:
    assert median_of([1.0, 2.0, 3.0, 4.0]).gate == "too_few"
    assert median_of([1.0, 2.0, 3.0, 4.0, math.nan]).gate == "not_measured"


def test_a_sum_of_normal_amounts_has_the_normal_interval() -> None:
    found = total((Amount(1.0, 0.7, 1.3), Amount(2.0, 1.6, 2.4)))
    assert (found.value, found.low, found.high) == pytest.approx((3.0, 2.5, 3.5))


def test_what_is_not_above_zero_has_no_logarithm() -> None:
    assert log_ratio(Amount(1.0, 0.0, 2.0), Amount(1.0, 0.9, 1.1)).gate == "at_noise_floor"
    share = share_of(log_ratio(Amount(3.0, 2.9, 3.1), Amount(1.0, 0.9, 1.1)))
    assert share.value == pytest.approx(0.75)
    assert share.low < 0.75 < share.high


def test_a_refused_amount_is_never_a_number() -> None:
    one = metric("B10", "level_top", "x", "%", refused("gap"))
    assert (one.value, one.low, one.high, one.gate) == (None, None, None, "gap")
    one = metric("B10", "level_top", "x", "%", Amount(math.nan, 0.0, 1.0))
    assert (one.value, one.gate) == (None, "not_measured")
    one = metric("B10", "level_top", "x", "%", Amount(1.0, 0.0, 2.0, gate="at_noise_floor"))
    assert (one.value, one.low, one.high) == (None, None, 2.0)


def test_known_quantiles() -> None:
    assert t95(3) == pytest.approx(3.182, abs=1e-3)
    share = wilson(8, 10)  # Wilson's interval of 8 of 10, by hand
    assert (share.low, share.high) == pytest.approx((0.4902, 0.9433), abs=1e-4)
    assert wilson(0, 0).gate == "too_few"
