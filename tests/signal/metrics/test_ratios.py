"""Shares, ratios and symmetry of planted levels, and when they are refused."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest

from firingorder.findings import PairFinding
from firingorder.signal.metrics import repetition_metrics
from firingorder.signal.metrics.amount import Amount
from firingorder.signal.metrics.ratios import symmetry_index
from firingorder.signal.metrics.takeover import takeover_ratio
from tests.signal.metrics.people import CHANNELS, covers, emg, find, reference, repetition, task
from tests.signal.planted import generator

SEED = 521
LEVELS = (40.0, 20.0, 10.0, 15.0, 8.0, 12.0)
TRUTHS = {
    ("hamstring_share", "left"): 10.0 / 50.0,
    ("hamstring_share", "right"): 15.0 / 35.0,
    ("glute_erector_ln", "left"): math.log(40.0 / 10.0),
    ("glute_erector_ratio", "right"): 20.0 / 10.0,
    ("symmetry_index", "gluteus_maximus"): 100.0 * (20.0 - 40.0) / 30.0,
    ("symmetry_index", "erector_spinae"): 100.0 * (12.0 - 8.0) / 10.0,
    ("neighbour_ratio", "left"): 18.0 / 40.0,
}


def test_planted_ratios_are_covered() -> None:
    """Per side, of references of 100 each; 95 % intervals hold 90 to 99 times of 100."""
    print(f"seed {SEED}")
    rows = [
        repetition_metrics(repetition(emg(generator(SEED, "ratios", k), LEVELS)))
        for k in range(200)
    ]
    for (name, subject), truth in TRUTHS.items():
        found = [find(one, name, subject) for one in rows]
        covered = np.mean([covers(one, truth) for one in found])
        middle = np.mean([one.value for one in found])
        print(f"{name} {subject}: truth {truth:.3f}, mean {middle:.3f}, covered {covered:.3f}")
        assert 0.90 <= covered <= 0.995
        assert middle == pytest.approx(truth, abs=0.02 * abs(truth) + 0.01)


def test_muscles_are_compared_in_percent_not_in_microvolts() -> None:
    """A thin layer of fat over one muscle: its reference grows with it, the share stays."""
    x = emg(generator(SEED, "skin", 0), LEVELS)
    before = repetition_metrics(repetition(x))
    gains = np.array([1.0, 3.0, 2.0, 0.5, 1.5, 1.0])
    person = reference(tuple(100.0 * gains), 0.0)
    bare = repetition_metrics(repetition(x, reference=reference(rest_uv=0.0)))
    after = repetition_metrics(repetition(x * gains, reference=person))
    for one in bare:
        if one.code in ("B11", "B12", "B13"):
            same = find(after, one.name, one.subject)
            assert (one.value, one.low) == pytest.approx((same.value, same.low))
    assert find(before, "hamstring_share", "left").value is not None


def test_swapping_the_sides_mirrors_the_index() -> None:
    x = emg(generator(SEED, "swap", 0), LEVELS)
    one = repetition_metrics(repetition(x))
    swapped = repetition_metrics(repetition(x[:, [1, 0, 3, 2, 5, 4]]))
    for muscle in ("gluteus_maximus", "hamstring", "erector_spinae"):
        a, b = find(one, "symmetry_index", muscle), find(swapped, "symmetry_index", muscle)
        assert (a.value, a.low, a.high) == pytest.approx((-b.value, -b.high, -b.low))
    a, b = find(one, "hamstring_share", "left"), find(swapped, "hamstring_share", "right")
    assert a.value == pytest.approx(b.value)


def test_the_index_is_the_published_formula() -> None:
    right, left = Amount(30.0, 29.0, 31.0), Amount(50.0, 49.0, 51.0)
    assert symmetry_index(right, left).value == pytest.approx(100.0 * (30 - 50) / (0.5 * 80))


@pytest.mark.parametrize(
    ("references", "kind", "gate"),
    [
        ((100.0,) * 6, "none", "not_normalised"),
        ((100.0,) * 6, "task_peak_or_mean", "not_normalised"),
        ((0.0,) * 6, "standard_isometric_mvc", "bad_reference"),
        ((100.0, 100.0, 1.2, 100.0, 100.0, 100.0), "submaximal_reference", "bad_reference"),
    ],
    ids=["none", "own peak", "MVC of zero", "one dead reference"],
)
def test_without_references_no_muscle_is_compared_with_another(references, kind, gate) -> None:
    x = emg(generator(SEED, "references", 0), LEVELS)
    found = repetition_metrics(repetition(x, reference=reference(references, kind=kind)))
    one = find(found, "hamstring_share", "left")
    assert (one.value, one.low, one.high, one.gate) == (None, None, None, gate)
    if len(set(references)) == 1:
        for name, subject in TRUTHS:
            assert find(found, name, subject).gate == gate
    else:  # the other side still stands
        assert find(found, "hamstring_share", "right").gate is None
        assert find(found, "symmetry_index", "hamstring").gate == "bad_reference"


def test_one_dead_side_is_no_asymmetry() -> None:
    x = emg(generator(SEED, "dead", 0), LEVELS)
    x[1300:, 1] = 0.0
    found = repetition_metrics(repetition(x))
    assert find(found, "symmetry_index", "gluteus_maximus").gate == "poor_contact"
    assert find(found, "hamstring_share", "right").gate == "poor_contact"
    assert find(found, "hamstring_share", "left").gate is None


def test_a_muscle_within_the_noise_gives_no_ratio_but_counts_as_little_beside_another() -> None:
    refused = 0
    for k in range(20):
        x = emg(generator(SEED, "low", k), (40.0, 40.0, 0.0, 10.0, 8.0, 8.0))
        found = repetition_metrics(repetition(x))
        refused += find(found, "hamstring_share", "left").gate == "at_noise_floor"
        assert find(found, "neighbour_ratio", "left").value == pytest.approx(0.2, rel=0.2)
    assert refused >= 17
    silent_glute = takeover_ratio(
        Amount(8, 7, 9), Amount(5, 4, 6), Amount(0, 0, 1, gate="at_noise_floor")
    )
    assert silent_glute.gate == "at_noise_floor"


def test_a_missing_muscle_is_not_measured() -> None:
    x = emg(generator(SEED, "missing", 0), LEVELS[:2])
    found = repetition_metrics(repetition(x))
    assert find(found, "hamstring_share", "left").gate == "not_measured"
    assert find(found, "glute_erector_ln", "left").gate == "not_measured"
    assert find(found, "symmetry_index", "gluteus_maximus").gate is None


def test_a_one_sided_task_tells_its_side_and_how_alone_it_worked() -> None:
    x = emg(generator(SEED, "one side", 0), LEVELS)
    found = repetition_metrics(repetition(x, task=task(side="left")))
    assert {one.subject for one in found if one.code in ("B11", "B12", "B16")} == {"left"}
    assert not [one for one in found if one.code == "B13"]
    assert find(found, "isolation", "left").value == pytest.approx(40.0 / 60.0, abs=0.03)


def test_leads_between_sides_stand_beside_the_index() -> None:
    x = emg(generator(SEED, "leads", 0), LEVELS)
    names = CHANNELS[0], CHANNELS[1]
    pair = PairFinding(*names, 25.0, -10.0, 60.0, 0.92, "unclear", "interval_too_wide")
    noisy = replace(pair, lead_ms=None, low_ms=None, high_ms=None, reason="low_snr")
    found = repetition_metrics(repetition(x, pairs=(pair,)))
    assert find(found, "lead_left_right", "gluteus_maximus").value == 25.0
    found = repetition_metrics(repetition(x, pairs=(noisy,)))
    assert find(found, "lead_left_right", "gluteus_maximus").gate == "low_snr"
    assert find(found, "lead", f"{names[0]}>{names[1]}").gate == "low_snr"
