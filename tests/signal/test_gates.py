"""Gates on posteriors and rests made by hand, at their limits."""

import numpy as np
import pytest

from firingorder.signal.bursts import BurstParams, RestStats, find_bouts, moving_mean, rest_stats
from firingorder.signal.gates import (
    Flags,
    GateParams,
    evidence_gates,
    has_several_events,
    rest_gates,
    sample_gates,
    shape_gates,
)
from firingorder.signal.posterior import OnsetPosterior

PARAMS = GateParams()


def bumps(*parts: tuple[float, float, float], n: int = 400) -> OnsetPosterior:
    """Mixture of Gaussians: centre ms, SD ms, weight; on 1 ms steps from 0 s."""
    times = np.arange(n, dtype=float)
    p = sum(w / s * np.exp(-0.5 * ((times - c) / s) ** 2) for c, s, w in parts)
    return OnsetPosterior(0.0, 0.001, p / np.sum(p), 50.0)


@pytest.mark.parametrize(
    ("posterior", "several"),
    [
        (bumps((200, 5, 1.0)), False),
        (bumps((200, 60, 1.0)), False),  # wide, but one event
        (bumps((150, 5, 0.8), (250, 5, 0.2)), True),
        (bumps((150, 5, 0.93), (250, 5, 0.07)), False),  # below 10 %
        (bumps((200, 5, 0.5), (224, 5, 0.5)), False),  # closer than the margin
        (bumps((100, 4, 0.4), (200, 4, 0.3), (300, 4, 0.3)), True),
        (bumps((150, 30, 0.5), (215, 30, 0.5)), False),  # no valley between
    ],
)
def test_several_events(posterior: OnsetPosterior, several: bool) -> None:
    assert has_several_events(posterior, PARAMS) is several


def test_edge_needs_more_than_a_fortieth_at_the_rim() -> None:
    window = (0.0, 0.399)
    assert shape_gates(bumps((12, 5, 1.0)), window, PARAMS) == ("edge",)
    assert shape_gates(bumps((390, 5, 1.0)), window, PARAMS) == ("edge",)
    assert shape_gates(bumps((40, 5, 1.0)), window, PARAMS) == ()


@pytest.mark.parametrize(
    ("log_bayes", "snr_db", "level", "known", "expected"),
    [
        (11.9, 20.0, 10.0, None, ("no_onset",)),
        (12.0, 10.0, 10.0, None, ()),
        (50.0, 6.9, 10.0, None, ("low_snr",)),
        (5.0, 5.0, 10.0, None, ("no_onset", "low_snr")),
        (50.0, 20.0, 1.40, 10.0, ("no_onset",)),
        (50.0, 20.0, 1.42, 10.0, ()),
    ],
)
def test_evidence_gates(
    log_bayes: float, snr_db: float, level: float, known: float | None, expected: tuple
) -> None:
    posterior = OnsetPosterior(0.0, 0.001, np.ones(1), log_bayes)
    assert evidence_gates(posterior, snr_db, level, known, PARAMS) == expected


@pytest.mark.parametrize(
    ("rest", "gated"),
    [
        (RestStats(np.ones(11), 0.49, 1.0, 1.0), True),
        (RestStats(np.ones(11), 0.51, 1.0, 1.0), False),
        (RestStats(np.ones(11), 1.4, 1.0, 2.9), True),
        (RestStats(np.ones(11), 1.4, 2.9, 1.0), True),
        (RestStats(np.ones(11), 1.4, 1.0, 2.7), False),
    ],
)
def test_rest_gate(rest: RestStats, gated: bool) -> None:
    assert bool(rest_gates(rest, 0.0, PARAMS)) is gated


def test_a_change_far_below_the_noise_floor_does_not_gate() -> None:
    assert rest_gates(RestStats(np.ones(11), 1.4, 0.01, 0.1), 1.0, PARAMS) == ()


def test_flags_count_from_300_ms_before_to_150_ms_after() -> None:
    for at, gated in ((699, False), (700, True), (1150, True), (1151, False)):
        missing = np.zeros(2000, bool)
        missing[at] = True
        assert bool(sample_gates(Flags(missing), 1000.0, 1000.0, PARAMS)) is gated, at


def test_causes_are_named_apart() -> None:
    mask = np.zeros(2000, bool)
    mask[1000] = True
    clear = np.zeros(2000, bool)
    found = sample_gates(Flags(clear, mask, mask), 1000.0, 1000.0, PARAMS)
    assert found == ("saturated", "poor_contact")


def test_a_twitch_in_the_rest_is_left_out_and_is_no_drift() -> None:
    rng = np.random.default_rng(8)
    x = rng.standard_normal(1400)
    x[900:1050] *= 10.0
    found = rest_stats(x, np.ones(1400, bool), 1000.0, BurstParams())
    assert found.autocov[0] == pytest.approx(1.0, rel=0.15)
    assert abs(found.drift_db()) < 1.5
    assert found.duration_s == pytest.approx(1.25, abs=0.06)


def test_bouts_join_short_gaps_and_drop_short_runs() -> None:
    energy = np.ones(3000)
    energy[500:800] = 50.0
    energy[870:1200] = 50.0  # a pause of 70 ms joins
    energy[1600:1620] = 80.0  # 20 ms is a spike
    energy[2000:2400] = 50.0
    found = find_bouts(energy, (0, 3000), 1000.0, BurstParams())
    assert [(b.start, b.stop) for b in found] == [
        (pytest.approx(500, abs=20), pytest.approx(1200, abs=20)),
        (pytest.approx(2000, abs=20), pytest.approx(2400, abs=20)),
    ]


def test_moving_mean_shortens_at_the_ends() -> None:
    found = moving_mean(np.arange(6.0), 3)
    assert found.tolist() == [0.5, 1.0, 2.0, 3.0, 4.0, 4.5]
