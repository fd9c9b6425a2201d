"""Own variability over sessions: planted changes are told, unchanged people mostly are not."""

import math

import numpy as np
import pytest

from firingorder.signal.metrics.amount import Amount, median_of
from firingorder.signal.metrics.sessions import (
    Occasion,
    applications,
    band_across,
    band_within,
    change_from,
    change_from_own,
    same_application,
)

SEED = 20261122


def occasion(value, day="1", stayed=None, half=10.0, n=10):
    """Return a session of a day."""
    return Occasion(Amount(value, value - half, value + half, n), day, stayed)


def person(rng, sessions, shift=0.0, after=4, sd=60.0, between=15.0):
    """Return sessions of ten repetitions each; from ``after`` on the person leads by more."""
    made = []
    for k in range(sessions):
        middle = 50.0 + rng.normal(0.0, between) + (shift if k >= after else 0.0)
        made.append(Occasion(median_of(rng.normal(middle, sd, 10).tolist()), f"day {k}"))
    return made


def test_four_sessions_have_the_band_of_the_formula_and_only_the_first_four() -> None:
    made = [occasion(x, str(k)) for k, x in enumerate((40.0, 60.0, 50.0, 46.0, 400.0))]
    band = band_across(made)
    assert band is not None
    # t(0.975; 3) = 3.18245 (table of Student's t), SD of 40, 60, 50, 46 = 8.4063
    assert band.mdc == pytest.approx(3.18245 * math.sqrt(2.0) * 8.40635, rel=1e-4)
    assert (band.middle, band.sets, band.provisional) == (48.0, 4, False)
    assert change_from_own(made[4].amount, band).state == "beyond"
    assert change_from_own(made[1].amount, band).state == "within"


def test_two_sessions_are_provisional_and_one_or_short_ones_say_nothing() -> None:
    two = [occasion(40.0, "1"), occasion(70.0, "2")]
    band = band_across(two)
    assert band is not None
    assert band.provisional
    assert band.mdc == 30.0  # they differ by more than their errors: 1.96 * 10 / 1.96 * sqrt 2
    near = band_across([occasion(40.0, "1"), occasion(41.0, "2")])
    assert near is not None
    assert near.mdc == pytest.approx(10.0 * math.sqrt(2.0), rel=1e-6)
    assert band_across(two[:1]) is None
    assert band_across([occasion(40.0, "1"), occasion(70.0, "2", n=4)]) is None
    unknown = [occasion(40.0, "1", half=math.nan), occasion(70.0, "2", half=math.nan)]
    assert band_across(unknown) is None  # without errors two sessions say nothing
    assert change_from_own(two[0].amount, None).state == "not_known"


def test_days_and_pads_part_what_is_within_from_what_is_across() -> None:
    made = [occasion(10, "1"), occasion(20, "1", stayed=True), occasion(90, "1", stayed=False),
            occasion(30, "2"), occasion(80, "2", stayed=None), occasion(50, "3")]  # fmt: skip
    assert applications(made) == (1, 1, 2, 3, 3, 4)
    within, across = band_within(made), band_across(made)
    assert within is not None
    assert across is not None
    assert (within.middle, within.sets, within.scope) == (15.0, 2, "within_day")
    assert (across.middle, across.sets) == (52.5, 4)  # 15, 90, 55, 50
    assert same_application(made, 1, 0)
    assert not same_application(made, 1, 2)
    assert not same_application(made, 3, 4)  # nobody said


def test_an_interval_that_holds_zero_is_no_change_however_small_the_band() -> None:
    shares = [Occasion(Amount(1.0, 0.72, 1.0, 10), str(k)) for k in range(4)]
    band = band_across(shares)
    assert band is not None
    assert band.mdc == 0.0
    nine, half = Amount(0.9, 0.6, 0.98, 10), Amount(0.5, 0.24, 0.76, 10)
    assert change_from(shares[0].amount, nine, band).state == "within"
    assert change_from(shares[0].amount, half, band).state == "beyond"


@pytest.mark.parametrize("between_ms", [5.0, 15.0, 40.0])
def test_unchanged_people_are_rarely_told_a_change_and_changed_ones_are(between_ms) -> None:
    rng = np.random.default_rng(SEED)
    told, trials = {"formula": 0, "own": 0, "two": 0, "provisional": 0, "planted": 0}, 600
    for _ in range(trials):
        made = person(rng, 6, between=between_ms)
        band, early = band_across(made), band_across(made[:2])
        assert band is not None
        last, before = made[5].amount, made[4].amount
        told["formula"] += abs(last.value - before.value) > band.mdc
        told["own"] += change_from_own(last, band).state == "beyond"
        told["two"] += change_from(before, last, band).state == "beyond"
        told["provisional"] += change_from_own(last, early).state == "beyond"
        far = person(rng, 6, shift=200.0, after=5, between=between_ms)
        told["planted"] += change_from_own(far[5].amount, band_across(far)).state == "beyond"
    shares = {name: round(100 * count / trials, 1) for name, count in told.items()}
    print(f"seed {SEED}, sessions vary by {between_ms:g} ms, told a change, %: {shares}")
    assert 2.8 < shares["formula"] < 7.8  # its own level is 5 %
    assert shares["own"] < 5.0
    assert shares["two"] < 6.0
    assert shares["provisional"] < (3.0 if between_ms < 20.0 else 15.0)
    assert shares["planted"] > (85.0 if between_ms < 20.0 else 40.0)
