"""Summary of a set: counts, median, and an interval that holds the spread of the repetitions."""

import numpy as np
import pytest

from firingorder.findings import RepetitionFinding
from firingorder.signal.sets import median_interval, set_verdict, summarise_set


def repetition(
    index: int,
    lead_ms: float | None,
    *,
    half_ms: float = 30.0,
    verdict: str = "unclear",
    scored: bool = True,
) -> RepetitionFinding:
    return RepetitionFinding(
        index=index,
        set_index=1,
        start_s=0.0,
        movement_onset_s=None,
        top_s=None,
        end_s=1.0,
        scored=scored,
        reasons=(),
        onsets={},
        pairs=(),
        verdict=verdict,  # pyright: ignore[reportArgumentType]
        reason=None,
        sides="both",
        lead_ms=lead_ms,
        low_ms=None if lead_ms is None else lead_ms - half_ms,
        high_ms=None if lead_ms is None else lead_ms + half_ms,
        pelvis=None,
        compensations=(),
        bursts=(),
        decided_at_s=1.0,
    )


def test_counts_only_scored_repetitions() -> None:
    found = summarise_set(
        2,
        [
            repetition(1, 100.0, verdict="glutes_first"),
            repetition(2, 110.0, verdict="glutes_first"),
            repetition(3, -90.0, verdict="back_first", scored=False),
            repetition(4, 2.0, verdict="together"),
            repetition(5, None),
        ],
    )
    assert (found.index, found.scored) == (2, 4)
    counts = (found.glutes_first, found.together, found.back_first, found.unclear)
    assert counts == (2, 1, 0, 1)
    assert found.lead_ms == 100.0


def test_repetitions_too_wide_to_claim_still_count_in_the_lead() -> None:
    found = summarise_set(
        1, [repetition(1, 10.0), repetition(2, 20.0), repetition(3, 90.0, verdict="glutes_first")]
    )
    assert found.lead_ms == 20.0


def test_a_set_without_leads_has_none() -> None:
    found = summarise_set(1, [repetition(1, None)])
    assert (found.lead_ms, found.low_ms, found.high_ms) == (None, None, None)


@pytest.mark.parametrize("n", [2, 3, 5, 6, 10, 20])
def test_interval_covers_the_true_median(n: int) -> None:
    """Within-person spread of 60 ms, own half widths of 30 ms; seed 11."""
    rng = np.random.default_rng(11)
    trials = 600
    inside = 0
    for _ in range(trials):
        low_high = median_interval(rng.normal(50.0, 60.0, n), np.full(n, 30.0))
        assert low_high is not None
        inside += low_high[0] <= 50.0 <= low_high[1]
    assert inside / trials >= 0.93


def test_averaging_own_intervals_alone_would_not_cover() -> None:
    """Negative control: what a repetition knows of itself says nothing of the next one."""
    rng = np.random.default_rng(11)
    own = 30.0 / np.sqrt(10)
    inside = np.mean([abs(np.median(rng.normal(50.0, 60.0, 10)) - 50.0) <= own for _ in range(600)])
    assert inside < 0.6


def test_agreement_by_chance_does_not_look_exact() -> None:
    found = median_interval(np.full(4, 40.0), np.full(4, 30.0))
    assert found == pytest.approx((25.0, 55.0))


def test_order_statistics_interval_of_ten() -> None:
    """n = 10: between (3, 8) at 89.1 % and (2, 9) at 97.9 %; interpolated by hand."""
    values = np.arange(1.0, 11.0)
    low, high = median_interval(values, np.zeros(10)) or (0.0, 0.0)
    outer, inner = 1 - 2 * 11 / 1024, 1 - 2 * 56 / 1024
    gap = (outer - 0.95) / (outer - inner)
    share = 8 * gap / (2 + 6 * gap)
    assert low == pytest.approx(2.0 + share)
    assert high == pytest.approx(9.0 - share)


@pytest.mark.parametrize(
    ("leads", "verdict"),
    [
        (np.full(12, 80.0), "a_first"),
        (np.full(12, -80.0), "b_first"),
        (np.full(12, 3.0), "together"),
        (np.full(9, 80.0), "unclear"),
        (np.linspace(-200, 200, 12), "unclear"),
    ],
)
def test_set_verdict(leads: np.ndarray, verdict: str) -> None:
    found = summarise_set(1, [repetition(k, float(v)) for k, v in enumerate(leads)])
    assert set_verdict(found, 30.0) == verdict
