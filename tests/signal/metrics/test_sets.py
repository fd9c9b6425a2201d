"""Sets: takeover, spread, entropy, own change, retention, and what a set tells of its metrics."""

from __future__ import annotations

import math

import numpy as np
import pytest

from firingorder.findings import RepetitionFinding, SetFinding
from firingorder.measures import Metric
from firingorder.signal.metrics import set_metrics
from firingorder.signal.metrics.amount import Amount, median_of
from firingorder.signal.metrics.change import BaselineSet, change, own_baseline, retention
from firingorder.signal.metrics.retention import retention_metric
from firingorder.signal.metrics.spread import mad_of, order_entropy, sd_of
from firingorder.signal.metrics.takeover import takeover
from firingorder.signal.reference import OwnBaseline, PersonalReference
from tests.signal.metrics.people import find
from tests.signal.planted import generator

SEED = 561
SUMMARY = SetFinding(1, 10, 7, 1, 1, 1, 60.0, 30.0, 90.0, 9, "glutes_first", None, 10.0, 110.0)


def normal(name, k, n):
    return generator(SEED, name, k).standard_normal(n)


# ---- takeover


def test_takeover_needs_a_rising_ratio_and_glutes_that_do_not_rise() -> None:
    steady, rising = [0.50, 0.52, 0.48, 0.51, 0.50], [0.50, 0.52, 0.48, 0.70, 0.72]
    same, more = [40.0] * 5, [40.0, 40.0, 40.0, 50.0, 50.0]
    tripped = takeover(rising, same)
    assert tripped is not None
    assert tripped.tripped
    assert tripped.rise.value == pytest.approx(0.42)
    assert tripped.limit == pytest.approx(0.2)
    for ratios, glutes in ((steady, same), (rising, more)):
        found = takeover(ratios, glutes)
        assert found is not None
        assert not found.tripped
    scattered = takeover([0.3, 0.5, 0.7, 0.85, 0.85], same)  # 2 SD of the first are 80 %
    assert scattered is not None
    assert not scattered.tripped
    assert takeover(rising[:4], same[:4]) is None


def test_the_rise_of_a_takeover_is_covered_and_rarely_trips_by_chance() -> None:
    print(f"seed {SEED}")
    for rise in (0.0, 0.3):
        rows = []
        for k in range(400):
            x = 1.0 + 0.1 * normal("takeover", k, 8)
            x[-2:] *= 1.0 + rise
            rows.append(takeover(x.tolist(), [50.0] * 8))
        covered = np.mean([one.rise.low <= rise <= one.rise.high for one in rows])
        tripped = np.mean([one.tripped for one in rows])
        print(f"rise {rise}: covered {covered:.3f}, tripped {tripped:.3f}")
        assert 0.90 <= covered <= 0.99
        assert tripped < 0.05 if rise == 0.0 else tripped > 0.6


# ---- spread


@pytest.mark.parametrize("n", [6, 10, 30])
def test_sd_and_mad_are_covered(n: int) -> None:
    print(f"seed {SEED}")
    sds = [sd_of(normal("sd", k, n).tolist()) for k in range(400)]
    mads = [mad_of(normal("sd", k, n).tolist()) for k in range(400)]
    covered = np.mean([one.low <= 1.0 <= one.high for one in sds])
    of_mad = np.mean([one.low <= 0.6745 <= one.high for one in mads])
    print(f"n {n}: SD {covered:.3f}, MAD {of_mad:.3f}")
    assert 0.90 <= covered <= 0.99
    assert 0.90 <= of_mad <= 0.995
    assert np.mean([one.value for one in mads]) == pytest.approx(0.6745, rel=0.06)


@pytest.mark.parametrize(
    "shares",
    [(0.25,) * 4, (0.5, 0.5, 0.0, 0.0), (0.7, 0.2, 0.1, 0.0), (0.9, 0.1, 0.0, 0.0)],
)
def test_the_entropy_of_the_order_is_covered_and_hardly_biased(shares) -> None:
    print(f"seed {SEED}")
    truth = -sum(p * math.log2(p) for p in shares if p > 0.0)
    for n in (10, 30):
        rows = [
            order_entropy(generator(SEED, "h", k).multinomial(n, shares).tolist())
            for k in range(400)
        ]
        covered = np.mean([one.low <= truth <= one.high for one in rows])
        middle = np.mean([one.value for one in rows])
        print(f"{shares} n {n}: truth {truth:.2f}, mean {middle:.2f}, covered {covered:.3f}")
        assert covered >= 0.90
        assert middle == pytest.approx(truth, abs=0.15)


def test_one_verdict_only_is_no_entropy_and_its_interval_is_honest() -> None:
    found = order_entropy((10, 0, 0, 0))
    assert (found.value, found.low) == (0.0, 0.0)
    assert 0.5 < found.high < 1.7
    assert order_entropy((2, 1, 0, 0)).gate == "too_few"


# ---- change


def sets(name, k, count, n=12, person=0.0, day=None):
    rng = generator(SEED, name, k)
    return [
        BaselineSet(
            tuple((50.0 + person * rng.standard_normal() + 20.0 * rng.standard_normal(n)).tolist()),
            day or str(index),
        )
        for index in range(count)
    ]


@pytest.mark.parametrize(("count", "provisional"), [(2, True), (4, False), (6, False)])
def test_a_set_without_a_change_stays_within_the_own_mdc(count: int, provisional: bool) -> None:
    """The same person again: a change is told in few of 300 sessions; a large one mostly."""
    print(f"seed {SEED}")
    told, seen = [], []
    for k in range(300):
        known = own_baseline(sets(f"mdc {count}", k, count + 1, day="monday")[:count], "within_day")
        assert known is not None
        assert (known.provisional, known.sets) == (provisional, count)
        now = sets(f"mdc {count}", k, count + 1, day="monday")[-1].values
        told.append(change(median_of(now), known).gate is None)
        seen.append(change(median_of([x + 80.0 for x in now]), known).gate is None)
    print(f"{count} sets: told without a change {np.mean(told):.3f}, with one {np.mean(seen):.3f}")
    assert np.mean(told) < 0.10
    assert np.mean(seen) > 0.8


def test_the_mdc_of_a_few_sets_is_the_formula() -> None:
    medians = [40.0, 44.0, 50.0, 46.0]
    firm = own_baseline([BaselineSet((m,) * 5, "a") for m in medians], "within_day")
    assert firm is not None
    expected = 3.1824 * math.sqrt(2.0) * float(np.std(medians, ddof=1))
    assert firm.mdc == pytest.approx(expected, rel=1e-4)
    two = own_baseline([BaselineSet((m,) * 5, "a") for m in medians[:2]], "within_day")
    assert two is not None
    assert (two.mdc, two.median, two.provisional) == (4.0, 42.0, True)


def test_days_are_kept_apart() -> None:
    both = [BaselineSet((1.0, 2.0, 3.0, 2.0, 2.5), "monday"), BaselineSet((9.0,) * 5, "tuesday")]
    assert own_baseline(both, "within_day") is None
    across = own_baseline(both, "across_days")
    assert across is not None
    assert across.mdc >= 7.0
    today = [*both, BaselineSet((9.5,) * 5, "tuesday")]
    within = own_baseline(today, "within_day")
    assert within is not None
    assert within.mdc == pytest.approx(0.5)
    assert own_baseline([], "within_day") is None
    assert (
        own_baseline([BaselineSet((1.0, 2.0), "a"), BaselineSet((1.0,), "a")], "within_day") is None
    )


def test_a_change_is_told_only_beyond_the_mdc() -> None:
    own = OwnBaseline(50.0, 20.0, 30.0, 20, 2)
    inside, outside = change(Amount(79.0, 70, 88), own), change(Amount(81.0, 70, 92), own)
    assert inside.gate == "within_mdc"
    assert (outside.value, outside.low, outside.high, outside.gate) == (31.0, 1.0, 61.0, None)
    assert change(Amount(81.0, 70, 92), None).gate == "no_baseline"
    useless = OwnBaseline(50.0, 20.0, float("nan"), 20, 2)
    assert change(Amount(81.0, 70, 92), useless).gate == "no_baseline"


def test_retention_is_in_units_of_the_mdc() -> None:
    own = OwnBaseline(50.0, 5.0, 10.0, 20, 2)
    before, after = [50.0, 51.0, 49.0, 50.0, 50.5], [70.0, 71.0, 69.0, 70.0, 72.0]
    found = retention(before, after, own)
    assert found.value == pytest.approx(2.0)
    assert found.low < 2.0 < found.high
    assert retention_metric("lead_ms", before, after, None).gate == "no_baseline"
    assert retention_metric("lead_ms", before[:2], after, own).gate == "too_few"


# ---- the set


def repetition(index, lead, share, metrics=(), scored=True):
    own = (
        Metric("B11", "hamstring_share", "left", share, "1", share - 0.02, share + 0.02),
        Metric("B12", "glute_erector_ln", "left", math.log(share * 10), "1"),
        Metric("B12", "glute_erector_ratio", "left", share * 10, "1"),
        Metric("B14", "tilt_peak_top", "", -25.0 + index / 10, "deg"),
        Metric("B10", "level_top", "gluteus_maximus_left", None, "%", gate="low_snr"),
    )
    return RepetitionFinding(
        index, 1, 10.0 * index, None, None, 10.0 * index + 4, scored, (), {}, (), "unclear", None,
        "both", lead, None, None, None, (), (), 0.0, metrics=(*own, *metrics),
    )  # fmt: skip


def test_a_set_tells_medians_of_what_its_good_repetitions_have() -> None:
    reps = [repetition(k, 50.0 + k, 0.2 + 0.01 * k) for k in range(11)]
    reps.append(repetition(11, 900.0, 0.9, scored=False))
    found = set_metrics(reps, SUMMARY)
    share = find(found, "hamstring_share", "left")
    assert share.value == pytest.approx(0.25)
    assert share.n == 11
    assert share.low < 0.25 < share.high
    ratio = find(found, "glute_erector_ratio", "left")
    assert ratio.value == pytest.approx(2.5)
    assert find(found, "lead_sd").value == pytest.approx(np.std(50.0 + np.arange(11), ddof=1))
    assert find(found, "tilt_peak_top_mad").gate is None
    assert find(found, "order_entropy").unit == "bit"
    assert find(found, "set_lead", "glutes_first").value == 60.0
    assert not [one for one in found if one.name == "level_top"]  # no repetition had it


def test_a_set_of_few_is_refused() -> None:
    found = set_metrics([repetition(k, 50.0, 0.3) for k in range(4)], SUMMARY)
    assert find(found, "hamstring_share", "left").gate == "too_few"
    assert {one.gate for one in set_metrics([], SUMMARY) if one.name == "lead_sd"} == {"too_few"}


def test_a_set_tells_changes_against_the_own_baselines() -> None:
    baselines = {
        "lead_ms": OwnBaseline(20.0, 10.0, 15.0, 20, 4, provisional=False),
        "hamstring_share": OwnBaseline(0.24, 0.02, 0.05, 20, 2),
        "tilt_peak_deg": OwnBaseline(-15.0, 1.0, 3.0, 20, 2),
        "range_deg": OwnBaseline(25.0, 1.0, 3.0, 20, 2),
    }
    reps = [repetition(k, 50.0 + k, 0.2 + 0.01 * k) for k in range(11)]
    found = set_metrics(reps, SUMMARY, PersonalReference(baselines=baselines))
    lead = find(found, "change_lead_ms", "within_day")
    assert (lead.value, lead.low, lead.high) == pytest.approx((35.0, 20.0, 50.0))
    share = find(found, "change_hamstring_share", "within_day:left")
    assert (share.value, share.gate) == (None, "within_mdc")
    assert find(found, "change_tilt_peak_deg", "within_day:top").value == pytest.approx(-9.5)
    assert find(found, "change_range_deg", "within_day").gate == "too_few"


def test_neighbours_that_take_over_are_told_by_the_set() -> None:
    def one(k, ratio):
        extra = (
            Metric("B16", "neighbour_ratio", "left", ratio, "1"),
            Metric("B16", "glute_level", "left", 40.0, "%"),
        )
        return repetition(k, 50.0, 0.3, extra)

    reps = [one(k, ratio) for k, ratio in enumerate((0.5, 0.52, 0.48, 0.5, 0.7, 0.72))]
    found = set_metrics(reps, SUMMARY)
    assert find(found, "takeover", "left").value == 1.0
    assert find(found, "takeover_rise", "left").value == pytest.approx(42.0)
    assert find(set_metrics(reps[:4], SUMMARY), "takeover", "left").gate == "too_few"
