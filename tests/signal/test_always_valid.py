"""Claims of sets stay right however often one looks; the naive interval is the control."""

import numpy as np
import pytest

from benchmarks.optional_stopping import CLAIMS, Tails, always_valid, naive, simulate, wrong
from firingorder.signal.always_valid import bounds, fortune, needed, scales
from firingorder.signal.set_params import SetParams
from firingorder.signal.sets import SetLeads, set_verdict

PARAMS = SetParams()
SETS = 800


@pytest.mark.parametrize("tails", ["normal", "heavy"])
@pytest.mark.parametrize("spread_ms", [15.0, 40.0, 80.0])
@pytest.mark.parametrize("true_ms", [0.0, 15.0, -15.0, 35.0])
def test_first_claims_are_rarely_wrong(true_ms: float, spread_ms: float, tails: Tails) -> None:
    """Looks after each of the repetitions 10 to 40, stop at the first claim. Seed 61."""
    sets = simulate(true_ms, spread_ms, SETS, np.random.default_rng(61), tails)
    found = always_valid(sets, PARAMS).rates(true_ms)
    print(f"{true_ms:+.0f} ms, spread {spread_ms:.0f}, {tails}: {found}, seed 61")
    assert found["wrong"] <= 0.05


def test_an_ordinary_interval_read_again_and_again_is_wrong_too_often() -> None:
    """Negative control of the same sets: more than twice the 5 % it promises. Seed 62."""
    sets = simulate(0.0, 50.0, SETS, np.random.default_rng(62))
    once, ours = naive(sets, PARAMS).rates(0.0), always_valid(sets, PARAMS).rates(0.0)
    print(f"naive {once}, always valid {ours}, seed 62")
    assert once["wrong"] > 0.10
    assert ours["wrong"] < 0.05


@pytest.mark.parametrize(
    ("true_ms", "spread_ms", "claim", "by"),
    [
        (60.0, 30.0, "glutes_first", 10),
        (-60.0, 40.0, "back_first", 12),
        (30.0, 30.0, "glutes_first", 20),
        (0.0, 15.0, "together", 16),
    ],
)
def test_claims_do_come(true_ms: float, spread_ms: float, claim: str, by: int) -> None:
    """Half of the sets say what is true by the repetition named. Seed 63."""
    sets = simulate(true_ms, spread_ms, SETS, np.random.default_rng(63))
    found = always_valid(sets, PARAMS)
    right = (found.at > 0) & (found.at <= by) & (found.claim == CLAIMS.index(claim))
    assert np.mean(right) >= 0.5
    assert np.mean(wrong(found.claim, true_ms) & (found.at > 0)) <= 0.01


def test_the_simulation_judges_as_the_product_does() -> None:
    """The vectorised rule of the benchmark against the verdict of sets, look by look. Seed 64."""
    rng = np.random.default_rng(64)
    claimed = 0
    for true_ms, spread_ms in ((0.0, 15.0), (25.0, 25.0), (-50.0, 50.0)):
        sets = simulate(true_ms, spread_ms, 12, rng)
        found = always_valid(sets, PARAMS)
        for row in range(12):
            first = (0, "unclear")
            for n in range(10, sets.leads_ms.shape[1] + 1):
                leads = SetLeads(sets.leads_ms[row, :n], sets.sds_ms[row, :n])
                verdict, _ = set_verdict(leads, 30.0, least=10, params=PARAMS)
                if verdict != "unclear":
                    first = (n, verdict)
                    break
            said = "unclear" if found.at[row] == 0 else CLAIMS[int(found.claim[row])]
            assert (int(found.at[row]), said) == first
            claimed += first[0] > 0
    assert claimed >= 20


def test_a_fair_bet_gains_nothing_on_average() -> None:
    """The mean over both signs of every lead is exactly one: all 2^8 sets of signs counted."""
    size = np.array([3.0, 80.0, 15.0, 7.0, 400.0, 0.5, 33.0, 21.0])
    scale = scales(np.full(8, 15.0), PARAMS)
    total = 0.0
    for code in range(256):
        signs = np.array([1.0 if code >> k & 1 else -1.0 for k in range(8)])
        total += fortune(12.0 + signs * size, scale, 12.0, 1, PARAMS)
    assert total / 256 == pytest.approx(1.0, abs=1e-12)


def test_bounds_are_where_the_evidence_reaches_its_limit() -> None:
    rng = np.random.default_rng(65)
    leads, own = rng.normal(40.0, 30.0, 12), rng.uniform(10.0, 30.0, 12)
    low, high = bounds(leads, own, PARAMS)
    assert low is not None
    assert high is not None
    scale = scales(own, PARAMS)
    assert fortune(leads, scale, low, 1, PARAMS) == pytest.approx(needed(PARAMS), rel=1e-3)
    assert fortune(leads, scale, high, -1, PARAMS) == pytest.approx(needed(PARAMS), rel=1e-3)
    assert low < np.median(leads) < high
    later = bounds(leads + 1000.0, own, PARAMS)
    assert later == pytest.approx((low + 1000.0, high + 1000.0), abs=1e-3)
    mirrored = bounds(-leads, own, PARAMS)
    assert mirrored == pytest.approx((-high, -low), abs=1e-3)


def test_five_repetitions_can_exclude_nothing() -> None:
    """Five signs alike have a chance of 1 in 32, more than the 1 in 40 that each side may err."""
    assert bounds(np.full(5, 500.0), np.ones(5), PARAMS) == (None, None)
    low, high = bounds(np.full(7, 500.0), np.ones(7), PARAMS)
    assert low is not None
    assert high is not None
    assert low > 0.0
    assert bounds(np.zeros(0), np.zeros(0), PARAMS) == (None, None)


def test_one_wild_repetition_costs_no_more_than_one_bet() -> None:
    leads, own = np.full(14, 60.0), np.full(14, 15.0)
    spoilt = leads.copy()
    spoilt[3] = -5000.0
    assert set_verdict(SetLeads(spoilt, own), 30.0, least=10, params=PARAMS)[0] == "glutes_first"
