"""The bound on what can be told, against estimates that know everything but the start."""

import numpy as np
import pytest

from benchmarks.accuracy.bounds import bound, covariance_of
from benchmarks.accuracy.scenarios import BY_NAME, MuscleSpec

STARTS_MS = np.arange(-40.0, 40.5, 2.0)


def test_the_best_start_of_many_draws_comes_near_the_bound_and_not_below() -> None:
    """Largest likelihood, 300 draws: right on average, and not far above the bound."""
    seed = 31
    print(f"seed {seed}")
    muscle = MuscleSpec(rise_ms=100.0, snr_db=15.0)
    true = np.linalg.cholesky(covariance_of(muscle))
    x = true @ np.random.default_rng(seed).normal(size=(len(true), 300))
    logs: list[np.ndarray] = []
    for start_ms in STARTS_MS:
        factor = np.linalg.cholesky(covariance_of(muscle, start_s=1e-3 * start_ms))
        z = np.linalg.solve(factor, x)
        logs.append(-np.sum(np.log(np.diag(factor))) - 0.5 * np.sum(z**2, axis=0))
    best = np.argmax(logs, axis=0)
    assert np.all((best > 0) & (best < len(STARTS_MS) - 1))
    mae_ms = float(np.mean(np.abs(STARTS_MS[best])))
    least_ms = bound(muscle).rise_known_ms
    print(f"MAE {mae_ms:.2f} ms, bound {least_ms:.2f} ms")
    assert 0.95 * least_ms < mae_ms < 1.4 * least_ms


def test_what_is_not_known_costs() -> None:
    quick, slow = bound(MuscleSpec(40.0, 20.0)), bound(MuscleSpec(200.0, 10.0))
    assert quick.rise_known_ms < quick.rise_unknown_ms < slow.rise_unknown_ms
    assert slow.rise_known_ms < slow.rise_unknown_ms


def test_the_main_burst_does_not_tell_when_a_first_event_began() -> None:
    preactive = BY_NAME["A5_preact"].a
    alone = MuscleSpec(50.0, 20.0 * np.log10(0.2 * 10.0 ** (15.0 / 20.0) + 0.8 * 0.3**0.5))
    assert bound(preactive).rise_known_ms == pytest.approx(bound(alone).rise_known_ms, rel=0.1)
