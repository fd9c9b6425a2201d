"""Two baseline sets make a provisional smallest change; fewer or shorter ones a sentence."""

from __future__ import annotations

import math

import numpy as np
import pytest

from firingorder.calibration.own_variability import (
    OwnSet,
    own_set,
    own_variability,
    with_baselines,
)
from firingorder.findings import PelvisRange, RepetitionFinding
from firingorder.measures import Metric
from tests.calibration.test_profile import PROFILE


def repetition(
    lead_ms: float | None, *, scored: bool = True, share: float | None = 0.4, tilt: float = 21.0
) -> RepetitionFinding:
    metrics = (
        Metric("B11", "hamstring_share", "left", share, "1", gate=None if share else "low_snr"),
        Metric("B14", "tilt_peak_top", "", -tilt, "deg"),
        Metric("B14", "tilt_peak_lift", "", -99.0, "deg"),
        Metric("B10", "level_lift", "gluteus_maximus_left", 40.0, "%"),
    )
    return RepetitionFinding(
        index=1, set_index=1, start_s=1.0, movement_onset_s=1.0, top_s=2.0, end_s=4.0,
        scored=scored, reasons=(), onsets={}, pairs=(), verdict="unclear", reason="no_onset",
        sides="both", lead_ms=lead_ms, low_ms=None, high_ms=None,
        pelvis=PelvisRange(tilt, 1.0, 1.0), compensations=(), bursts=(), decided_at_s=5.0,
        metrics=metrics,
    )  # fmt: skip


def leads(seed: int, n: int, mean_ms: float, sd_ms: float) -> OwnSet:
    values = np.random.default_rng(seed).normal(mean_ms, sd_ms, n)
    return OwnSet({"lead_ms": tuple(float(v) for v in values)}, 1)


def test_values_are_those_of_scored_repetitions_with_a_value() -> None:
    found = own_set(
        [repetition(80.0), repetition(None), repetition(90.0, scored=False),
         repetition(70.0, share=None)], 2,
    )  # fmt: skip
    assert found.application == 2
    assert found.values == {
        "lead_ms": (80.0, 70.0),
        "range_deg": (21.0, 21.0, 21.0),
        "hamstring_share:left": (0.4, 0.4),
        "tilt_peak_deg": (-21.0, -21.0, -21.0),
    }


def test_the_smallest_change_of_two_sets_is_as_wide_as_their_errors() -> None:
    """SD 60 ms, 12 repetitions: SE of a median some 1.25 x 60 / sqrt(12) = 22, MDC 60 ms."""
    found: list[float] = []
    for seed in range(40):
        one = own_variability(
            [leads(2 * seed, 12, 80.0, 60.0), leads(2 * seed + 1, 12, 80.0, 60.0)]
        )
        assert one.accepted
        assert one.within_day["lead_ms"].provisional
        assert one.within_day["lead_ms"].sets == 2
        assert one.across_days == {}
        found.append(one.within_day["lead_ms"].mdc)
    middle = float(np.median(found))
    print(f"seeds 0 to 79: median MDC {middle:.0f} ms")
    assert middle == pytest.approx(1.96 * math.sqrt(2.0) * 1.25 * 60.0 / math.sqrt(12.0), rel=0.25)


def test_sets_that_lie_apart_make_their_distance_the_smallest_change() -> None:
    found = own_variability([leads(1, 12, 20.0, 5.0), leads(2, 12, 140.0, 5.0)])
    assert found.within_day["lead_ms"].mdc > 110.0


def test_sets_with_other_pads_count_across_days_only() -> None:
    first, second = leads(1, 12, 80.0, 40.0), leads(2, 12, 90.0, 40.0)
    found = own_variability([first, OwnSet(second.values, 2)])
    assert found.within_day == {}
    assert found.across_days["lead_ms"].sets == 2


@pytest.mark.parametrize(
    ("sets", "says"),
    [
        ([], "needs two baseline sets, no set was done"),
        ([leads(1, 12, 80.0, 60.0)], "needs two baseline sets, one set was done"),
        ([leads(1, 12, 80.0, 60.0), leads(2, 3, 80.0, 60.0)], "Baseline set 2 has 3 good"),
        (
            [OwnSet({"a": (1.0,) * 9}, 1), OwnSet({"b": (1.0,) * 9}, 1)],
            "the same exercise twice",
        ),
    ],
)
def test_too_little_is_said_in_a_sentence(sets: list[OwnSet], says: str) -> None:
    found = own_variability(sets)
    assert not found.accepted
    assert says in found.reasons[0]


def test_baselines_go_into_the_profile_beside_those_it_has() -> None:
    own = own_variability([leads(1, 12, 80.0, 60.0), leads(2, 12, 80.0, 60.0)])
    profile = with_baselines(PROFILE, own)
    assert profile.within_day["lead_ms"] == own.within_day["lead_ms"]
    assert profile.across_days == PROFILE.across_days
