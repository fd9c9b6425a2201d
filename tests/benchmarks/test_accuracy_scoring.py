"""Planted answers get exactly the figures they must: bias, SD, order, coverage, verdicts."""

import numpy as np
import pytest

from benchmarks.accuracy.answers import OnsetAnswer, answer, from_errors, scored
from benchmarks.accuracy.bootstrap import bootstrap_values, draw, poisson_rate, pooled
from benchmarks.accuracy.scenarios import BY_NAME, LAGS_MS
from benchmarks.accuracy.scoring import (
    error_figures,
    everything,
    interval_figures,
    order_figures,
    probability_figures,
    probability_rows,
    verdict_figures,
)
from firingorder.signal.posterior import OnsetPosterior

SEED = 4101
X1, A4 = BY_NAME["X1"], BY_NAME["A4_xtalk"]


def lags(n: int) -> list[float]:
    return [float(LAGS_MS[k % len(LAGS_MS)]) for k in range(n)]


def gaussian(centre_s: float, sd_s: float) -> OnsetPosterior:
    grid = centre_s + np.arange(-400, 401) / 1000.0
    p = np.exp(-0.5 * ((grid - centre_s) / sd_s) ** 2)
    return OnsetPosterior(float(grid[0]), 0.001, p / np.sum(p))


def planted(n: int, sd_ms: float, *, told_sd_ms: float | None = None, bias_ms: float = 0.0):
    """Posteriors whose centres really scatter by ``sd_ms`` and say ``told_sd_ms``."""
    rng = np.random.default_rng(SEED)
    rows = []
    for _ in range(n):
        pair = []
        for bias in (0.0, bias_ms):
            truth_s = rng.uniform(1.0, 2.0)
            centre_s = truth_s + (bias + sd_ms * rng.standard_normal()) / 1e3
            pair.append(answer(gaussian(centre_s, (told_sd_ms or sd_ms) / 1e3), truth_s))
        rows.append(tuple(pair))
    return scored(X1, "planted", rows, lags(n))


def test_bias_sd_and_misses_are_what_was_planted() -> None:
    errors = np.array([[10.0, 30.0], [12.0, 28.0], [8.0, 32.0], [10.0, np.nan]])
    found = error_figures(one := from_errors(X1, "m", errors, lags(4)), everything(one))
    assert found["bias"] == pytest.approx(np.nanmean(errors))
    assert found["mae"] == pytest.approx(np.nanmean(errors))
    assert found["sd"] == pytest.approx(np.nanstd(errors))
    assert found["missed"] == pytest.approx(100.0 / 8.0)
    assert found["bias_difference"] == pytest.approx(20.0)


def test_a_bias_between_channels_turns_the_order_of_shorter_leads() -> None:
    """b is 40 ms late: b first by 30 ms looks like a first, a first never looks otherwise."""
    errors = np.column_stack([np.zeros(20), np.full(20, 40.0)])
    one = from_errors(X1, "m", errors, lags(20))
    found = order_figures(one, everything(one))
    assert found["order30"] == pytest.approx(50.0)
    assert found["order50"] == pytest.approx(100.0)
    swapped = from_errors(X1, "m", errors[:, ::-1], lags(20))
    assert order_figures(swapped, everything(swapped)) == found


def test_a_miss_is_a_wrong_order_and_a_tie_is_half_right() -> None:
    missed = from_errors(X1, "m", np.full((6, 2), np.nan), lags(6))
    assert order_figures(missed, everything(missed))["order120"] == 0.0
    tie = from_errors(X1, "m", np.column_stack([np.zeros(6), np.full(6, 20.0)]), lags(6))
    assert order_figures(tie, everything(tie))["order20"] == pytest.approx(75.0)


def test_dependent_channels_are_scored_at_the_lags_they_played() -> None:
    errors = np.zeros((30, 2))
    errors[[i for i in range(30) if lags(30)[i] == 20.0], 1] = -25.0
    one = from_errors(A4, "m", errors, lags(30))
    found = order_figures(one, everything(one))
    assert found["order20"] == pytest.approx(50.0)
    assert found["order30"] == found["order10"] == pytest.approx(100.0)


def test_honest_posteriors_cover_and_overconfident_ones_do_not() -> None:
    honest, proud = planted(400, 15.0), planted(400, 15.0, told_sd_ms=5.0)
    good = interval_figures(honest, everything(honest))
    bad = interval_figures(proud, everything(proud))
    print(f"seed {SEED}: {good} against {bad}")
    assert good["lead95"] == pytest.approx(95.0, abs=2.5)
    assert good["onset90"] == pytest.approx(90.0, abs=3.0)
    assert good["lead95_width"] == pytest.approx(2 * 1.96 * np.sqrt(2) * 15.0, rel=0.02)
    assert bad["lead95"] < 60.0
    calibrated = probability_figures(probability_rows(honest, everything(honest)))
    lying = probability_figures(probability_rows(proud, everything(proud)))
    assert calibrated["ece"] < 0.03 < 0.06 < lying["ece"]
    assert calibrated["brier"] < lying["brier"]


def test_a_missed_burst_is_not_covered_and_a_refused_one_stands_apart() -> None:
    sure = gaussian(1.0, 0.010)
    rows = [
        (answer(sure, 1.0), answer(sure, 1.0)),
        (answer(sure, 1.0, ("no_onset",)), answer(sure, 1.0)),
        (answer(sure, 1.0, ("low_snr",)), answer(sure, 1.0)),
        (answer(None, 1.0, ("no_onset",)), answer(sure, 1.0)),
    ]
    one = scored(A4, "m", rows, lags(4))
    told = interval_figures(one, everything(one))
    assert told["onset95"] == pytest.approx(100.0 * 5 / 7)
    assert told["lead95"] == pytest.approx(100.0 / 3)
    assert interval_figures(one, everything(one), "all")["onset95"] == pytest.approx(100.0 * 6 / 8)
    spoken = verdict_figures(one, everything(one), "answered")
    assert spoken["right120"] == pytest.approx(25.0)
    assert verdict_figures(one, everything(one), "all")["right120"] == pytest.approx(75.0)


def test_verdicts_follow_the_interval_of_the_lead() -> None:
    narrow = planted(60, 4.0)
    found = verdict_figures(narrow, everything(narrow), "all")
    assert found["together0"] > 85.0
    assert found["right60"] == pytest.approx(100.0)
    biased = planted(60, 4.0, bias_ms=-80.0)
    wrong = verdict_figures(biased, everything(biased), "all")
    assert wrong["wrong30"] == pytest.approx(50.0)


def test_bootstrap_intervals_hold_the_figure_and_shrink() -> None:
    few = draw(planted(20, 15.0), error_figures, 100).figures()["mae"]
    many = draw(planted(320, 15.0), error_figures, 100).figures()["mae"]
    assert few.low < few.value < few.high
    assert many.high - many.low < 0.5 * (few.high - few.low)
    both = pooled([draw(planted(20, 15.0), error_figures, 50)] * 2)
    assert both["mae"].value == pytest.approx(few.value)
    assert bootstrap_values([1.0] * 9, lambda x: float(np.mean(x)), 20).high == 1.0


def test_no_alarm_in_ten_minutes_does_not_mean_none() -> None:
    rate = poisson_rate(0, 10.0)
    assert rate.value == 0.0
    assert rate.high == pytest.approx(0.369, abs=0.001)


def test_an_answer_without_a_posterior_has_no_interval() -> None:
    nothing = OnsetAnswer(1.0, float("nan"))
    assert nothing.missed
    assert not nothing.refused
