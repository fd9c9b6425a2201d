"""Levels of planted drives: covered by their intervals, refused where they mean nothing."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from firingorder.measures import PhaseTimes
from firingorder.signal.metrics import MetricsParams, repetition_metrics
from firingorder.signal.metrics.level import Levels, effective_dof, power_bounds, scatter_dof
from tests.signal.metrics.people import (
    CHANNELS,
    PHASES,
    emg,
    find,
    noise,
    reference,
    repetition,
    task,
)
from tests.signal.planted import generator

SEED = 511
GLUTE = CHANNELS[0]
RAMP = np.where(np.arange(6000) < 5000, 50.0 * np.clip((np.arange(6000) - 1400) / 1000, 0, 1), 0.0)
CASES = {
    "steady, 1 s": (40.0, (2.5, 3.5), 1.0),
    "steady, 0.25 s": (40.0, (2.5, 2.75), 1.0),
    "steady, 0.1 s": (40.0, (2.5, 2.6), 1.0),
    "rising through the window": (RAMP, (1.5, 2.5), 1.0),
    "twice the noise": (2.0, (2.5, 3.5), 1.0),
    "as loud as the noise": (1.0, (2.5, 3.5), None),
}


def truth(drive, window):
    if isinstance(drive, float):
        return drive
    first, last = (round(one * 1000) for one in window)
    return float(np.sqrt(np.mean(drive[first:last] ** 2)))


@pytest.mark.parametrize("name", CASES)
def test_the_planted_level_is_covered(name: str) -> None:
    """95 % intervals hold the truth 90 to 99 times of 100; ``None``: noise from the rest before."""
    print(f"seed {SEED}")
    drive, window, rest_uv = CASES[name]
    hits, ratios = [], []
    for k in range(240):
        x = emg(generator(SEED, name, k), (drive,))
        person = reference((100.0,), rest_uv, CHANNELS[:1])
        found = Levels(repetition(x, reference=person), MetricsParams()).uv(GLUTE, window)
        hits.append(found.low <= truth(drive, window) <= found.high)
        ratios.append(found.value / truth(drive, window))
    print(f"{name}: covered {np.mean(hits):.3f}, mean {np.mean(ratios):.3f} of the truth")
    assert 0.90 <= np.mean(hits) <= 0.99
    assert np.mean(ratios) == pytest.approx(1.0, abs=0.03)


def test_bounds_of_a_power_are_those_of_chi_square() -> None:
    """Tables: chi-square with 10 degrees has 3.247 and 20.483 as 2.5 and 97.5 % quantiles."""
    low, high = power_bounds(np.array([1.0]), np.array([10.0]))
    assert low[0] == pytest.approx(10 / 20.483, rel=0.01)
    assert high[0] == pytest.approx(10 / 3.247, rel=0.01)


def test_white_noise_has_as_many_degrees_as_samples() -> None:
    """Also where its blocks are few; blocks of uneven level have fewer, by Satterthwaite."""
    rng = generator(SEED, "white", 0)
    blocks = np.sum(rng.standard_normal((20, 50, 400)) ** 2, axis=1)
    found = effective_dof(blocks, np.full(400, 50.0), np.full(400, 20.0))
    assert np.mean(found) == pytest.approx(1000.0, rel=0.01)
    uneven = blocks * np.repeat([1.0, 4.0], 10)[:, None]
    found = effective_dof(uneven, np.full(400, 50.0), np.full(400, 20.0))
    assert np.mean(found) == pytest.approx(1000.0 * 25.0 / 34.0, rel=0.02)


def test_blocks_tell_their_degrees_by_their_scatter() -> None:
    rng = generator(SEED, "scatter", 0)
    for dof in (8, 16, 40):
        found = scatter_dof(rng.chisquare(dof, (70, 400)))
        assert np.median(found) == pytest.approx(dof, rel=0.1)
    assert np.isinf(scatter_dof(rng.chisquare(16, (10, 3)))).all()


def test_burstier_muscle_has_wider_intervals_that_still_cover() -> None:
    """Real EMG scatters more than Gaussian noise: here each 50 ms has a power of its own."""
    print(f"seed {SEED}")
    hits, plain = [], []
    for k in range(240):
        rng = generator(SEED, "bursty", k)
        even = np.where((np.arange(6000) >= 1400) & (np.arange(6000) < 5000), 40.0, 0.0)
        drive = even * np.sqrt(np.repeat(rng.gamma(6.0, 1.0 / 6.0, 120), 50))
        person = reference((100.0,), 1.0, CHANNELS[:1])
        for one, into in ((drive, hits), (even, plain)):
            x = emg(rng, (one,))
            found = Levels(repetition(x, reference=person), MetricsParams()).uv(GLUTE, (2.5, 3.5))
            into.append((found.low <= 40.0 <= found.high, found.high - found.low))
    covered, width = np.mean(hits, axis=0)
    print(f"covered {covered:.3f}, {width / np.mean(plain, axis=0)[1]:.2f} times as wide")
    assert 0.90 <= covered <= 0.99
    assert width > 1.2 * np.mean(plain, axis=0)[1]


def test_percent_is_of_the_reference() -> None:
    person = reference((80.0, 50.0), channels=CHANNELS[:2])
    rows = []
    for k in range(20):
        x = emg(generator(SEED, "percent", k), (40.0, 60.0))
        found = repetition_metrics(repetition(x, reference=person))
        rows.append([find(found, "level_top", name) for name in CHANNELS[:2]])
    left, right = (np.mean([one.value for one in side]) for side in zip(*rows, strict=True))
    assert left == pytest.approx(50.0, rel=0.03)
    assert right == pytest.approx(120.0, rel=0.03)  # above 100 % is told as it is
    assert rows[0][0].unit == "%"


@pytest.mark.parametrize(
    ("person", "gate"),
    [
        (reference((100.0,), channels=CHANNELS[:1], kind="none"), "not_normalised"),
        (reference((None,), channels=CHANNELS[:1]), "not_normalised"),
        (reference((0.0,), channels=CHANNELS[:1]), "bad_reference"),
        (reference((-5.0,), channels=CHANNELS[:1]), "bad_reference"),
        (reference((float("nan"),), channels=CHANNELS[:1]), "bad_reference"),
        (reference((1.5,), channels=CHANNELS[:1]), "bad_reference"),
    ],
    ids=["none", "never done", "zero", "negative", "nan", "within its noise"],
)
def test_a_reference_that_is_none_gives_no_percent(person, gate) -> None:
    x = emg(generator(SEED, "references", 0), (40.0,))
    found = repetition_metrics(repetition(x, reference=person))
    percent = find(found, "level_top", GLUTE)
    assert (percent.value, percent.low, percent.high, percent.gate) == (None, None, None, gate)
    assert find(found, "rms_top", GLUTE).value == pytest.approx(40.0, rel=0.1)


def test_silence_is_at_the_noise_floor_and_bounded() -> None:
    floor = 0
    for k in range(40):
        x = emg(generator(SEED, "silence", k), (0.0,))
        found = find(
            repetition_metrics(repetition(x, reference=reference((100.0,), channels=CHANNELS[:1]))),
            "level_top",
            GLUTE,
        )
        if found.gate == "at_noise_floor":
            floor += 1
            assert found.value is None
            assert found.high is not None
            assert 0.0 < found.high < 1.0
    assert floor >= 36


def test_a_dead_channel_is_not_a_quiet_muscle() -> None:
    rng = generator(SEED, "dead", 0)
    x = emg(rng, (40.0,))
    for dead in (np.zeros(6000), 0.1 * noise(rng, 6000)):
        found = repetition_metrics(repetition(np.concatenate([x[:1300], dead[1300:, None]])))
        assert find(found, "level_top", GLUTE).gate == "poor_contact"


def test_gaps_and_gates_refuse_their_channel_and_no_other() -> None:
    x = emg(generator(SEED, "gaps", 0), (40.0, 40.0, 40.0))
    x[2600:2700, 0] = np.nan
    found = repetition_metrics(repetition(x, gates={CHANNELS[1]: "saturated"}))
    assert [find(found, "level_top", name).gate for name in CHANNELS[:3]] == [
        "gap",
        "saturated",
        None,
    ]
    assert find(found, "level_lower", GLUTE).gate is None


def test_a_few_missing_samples_change_little() -> None:
    x = emg(generator(SEED, "few", 0), (40.0,))
    whole = find(repetition_metrics(repetition(x)), "level_top", GLUTE)
    holed = x.copy()
    holed[2600:2630] = np.nan
    found = find(repetition_metrics(repetition(holed)), "level_top", GLUTE)
    assert found.gate is None
    assert found.value == pytest.approx(whole.value, rel=0.02)


def test_a_phase_that_was_not_found_has_no_level() -> None:
    x = emg(generator(SEED, "phases", 0), (40.0,))
    found = repetition_metrics(repetition(x, phases=replace(PHASES, far_from_s=None)))
    assert find(found, "level_top", GLUTE).gate == "no_phase"
    assert find(found, "level_lower", GLUTE).gate is None
    short = replace(PHASES, far_to_s=2.55)
    assert find(repetition_metrics(repetition(x, phases=short)), "level_top", GLUTE).gate == (
        "too_short"
    )


def test_without_any_rest_there_is_no_noise_to_take_out() -> None:
    x = emg(generator(SEED, "rest", 0), (40.0,))
    phases = PhaseTimes(0.2, 5.0, 0.2, 2.5, 3.5, 3.6)
    person = reference((100.0,), None, CHANNELS[:1])
    data = repetition(x, phases=phases, onsets={}, reference=person)
    assert find(repetition_metrics(data), "level_top", GLUTE).gate == "no_baseline"


def test_gain_changes_microvolts_and_no_percent() -> None:
    """Electrode, amplifier and reference four times as sensitive."""
    x = emg(generator(SEED, "gain", 0), (40.0, 30.0, 20.0, 20.0, 10.0, 8.0))
    one = repetition_metrics(repetition(x, reference=reference((100.0,) * 6, 1.0)))
    more = repetition_metrics(repetition(4.0 * x, reference=reference((400.0,) * 6, 4.0)))
    assert len(one) == len(more)
    for a, b in zip(one, more, strict=True):
        if a.unit == "uV" and a.value is not None:
            assert b.value == pytest.approx(4.0 * a.value)
        else:
            assert (a.value, a.low, a.high) == pytest.approx((b.value, b.low, b.high))


def test_arrays_that_do_not_belong_together_are_refused() -> None:
    x = emg(generator(SEED, "shapes", 0), (40.0,))
    with pytest.raises(ValueError, match="one time per sample"):
        repetition(x, times_s=np.arange(10.0))
    with pytest.raises(ValueError, match="tilt, obliquity and rotation"):
        repetition(x, angles_deg=np.zeros((3, 2)))
    assert task().template == "PITCH_LIFT"
