"""The numbers behind what a set says."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class SetParams:
    """Limits and grids of set summaries, claims and forecasts."""

    level: float = 0.95
    """Of every interval (method.md section 1)."""
    min_lead_ms: float = 20.0
    """Least median lead that is called an order (exercise_bridge.md section 3): smaller ones may
    be what the onsets of two unequal muscles are biased by."""
    usual_spread_ms: float = 30.0
    """Weighs repetitions in a bet. With 15, 30 and 45 ms sets need the same number of repetitions
    within two (simulated, spreads of 15 to 80 ms); no value makes a claim wrong."""
    bets: tuple[float, ...] = (0.1, 0.15, 0.2, 0.3, 0.45, 0.65, 1.0, 1.4, 2.0, 3.0)
    """Stakes from leads of a tenth of the scatter to such that hardly scatter at all."""
    most: float = 1.5
    """A lead further than this many scales away bets as if it were this far. Between 1 and 3
    the median number of repetitions moves by two; from 2 on, leads that scatter lopsidedly make
    more than 5 % of the claims wrong, up to 1.5 they do not (simulated, tuning seeds 0 to 9)."""
    trusted: float = 3.0
    ignored: float = 6.0
    """A repetition counts fully up to ``trusted`` robust SDs from the middle, and not at all from
    ``ignored`` on: of normal leads 0.3 % lose any weight (simulated coverage in the tests)."""
    robust_from: int = 6
    """Repetitions from which a middle and a scatter without the odd ones can be told."""
    forecast_from: int = 3
    """Repetitions from which there is a spread to speak of."""
    forecast_until: int = 40
    """Good repetitions that one day can have: two sets of 15 and the repeats of the unclear ones.
    What needs more is unlikely today."""
    forecast_paths: int = 96
    """Courses that are thought ahead: the 10 % quantile then rests on ten of them."""
    forecast_spread_ms: float = 50.0
    forecast_spread_weight: float = 3.0
    """Scatter of the leads before any is seen, worth this many repetitions: people vary by tens
    of ms within a session. With 40 ms, forecasts from 3 repetitions promise a little too much,
    with 60 ms too little (``benchmarks/optional_stopping.py``, tuning seed 5)."""
