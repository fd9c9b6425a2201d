"""The ladder and the posterior against their definitions, term by term."""

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from scipy import stats

from firingorder.signal.ladder import (
    LadderParams,
    activity_covariance,
    build_ladder,
    level_shares,
    log_likelihoods,
    signal_covariance,
)
from firingorder.signal.posterior import (
    Feet,
    GridParams,
    OnsetPosterior,
    RiseMarginal,
    Sharpness,
    marginal_over_rises,
    onset_posterior,
)
from firingorder.signal.rises import Ramp, RiseParams, crossing_delays, rises
from firingorder.signal.staircase import staircase_log_likelihood
from firingorder.signal.whitening import running_sum
from firingorder.simulation.bursts import rise

LADDER = LadderParams()


def _autocov(decay: float, power: float) -> np.ndarray:
    return power * decay ** np.arange(11.0)


@pytest.mark.parametrize(("snr_db", "levels"), [(6.0, 26), (30.0, 51)])
def test_ladder_has_the_stated_number_of_levels(snr_db: float, levels: int) -> None:
    rho = level_shares(10 ** (snr_db / 10), LADDER)
    assert abs(len(rho) - levels) <= 1
    assert rho[0] == 0.0
    assert rho[-1] <= LADDER.top < rho[-1] * LADDER.ratio
    np.testing.assert_allclose(rho[2:] / rho[1:-1], LADDER.ratio)


def test_signal_covariance_is_the_difference_in_power_and_positive_definite() -> None:
    r_rest, r_burst = _autocov(0.9, 1.0), _autocov(-0.5, 10.0)
    r_signal = signal_covariance(r_rest, r_burst, LADDER)
    assert r_signal[0] == pytest.approx(9.0)
    lags = np.abs(np.subtract.outer(np.arange(11), np.arange(11)))
    assert np.min(np.linalg.eigvalsh(r_signal[lags])) > 0.0
    weaker = signal_covariance(r_burst, r_rest, LADDER)
    assert weaker[0] == pytest.approx(0.1 * r_burst[0])


def test_levels_up_to_the_plateau_are_mixtures_of_rest_and_burst() -> None:
    """Also where the rest has more at some frequencies: a plain difference goes on to nothing."""
    r_rest, r_burst = _autocov(0.9, 1.0), _autocov(-0.5, 2.0)
    activity = activity_covariance(r_rest, r_burst, LADDER)
    np.testing.assert_allclose(r_rest + activity, r_burst)
    lags = np.abs(np.subtract.outer(np.arange(11), np.arange(11)))
    assert np.min(np.linalg.eigvalsh((r_rest + 3.0 * activity)[lags])) < 0.0
    sharp = replace(LADDER, lag_window=0.0)
    ladder = build_ladder(r_rest, activity, np.array([0.0, 0.3, 1.0, 3.0]), sharp, difference=True)
    assert np.all(ladder.innovation > 0.0)
    steady = build_ladder(r_burst, r_burst, np.array([0.0, 1.0]), LADDER)
    np.testing.assert_allclose(ladder.filters[:, 2:], steady.filters)
    np.testing.assert_allclose(ladder.innovation[2:], steady.innovation)


def test_whiteners_are_smooth_and_what_they_leave_is_measured() -> None:
    """A line in the spectrum is not followed, and the power that is left says so."""
    line = 0.9 * np.cos(0.3 * np.arange(11))
    line[0] = 1.0
    rho = np.array([0.0, 1.0])
    sharp = build_ladder(line, line, rho, replace(LADDER, lag_window=0.0), difference=True)
    smooth = build_ladder(line, line, rho, LADDER, difference=True)
    lags = np.abs(np.subtract.outer(np.arange(11), np.arange(11)))
    for k, power in enumerate((1.0, 2.0)):
        left = smooth.filters[:, k] @ (power * line)[lags] @ smooth.filters[:, k]
        assert smooth.innovation[k] == pytest.approx(left)
    assert np.all(smooth.innovation > sharp.innovation)


def test_an_activity_of_its_own_grows_alone() -> None:
    """So does that of the live detector, which knows no burst yet: its levels go far above 1."""
    r_rest, activity = _autocov(0.9, 1.0), _autocov(0.0, 1.0)
    loud = build_ladder(r_rest, activity, np.array([0.0, 1000.0]), LADDER)
    assert loud.innovation[1] == pytest.approx(1000.0, rel=0.01)  # white, as the activity


def test_a_burst_no_louder_than_rest_has_a_floor() -> None:
    r_rest = _autocov(0.9, 1.0)
    weak = activity_covariance(r_rest, _autocov(-0.5, 1.05), LADDER)
    assert weak[0] == pytest.approx(LADDER.min_signal * r_rest[0])


def test_log_likelihoods_are_gaussian_and_silent_where_masked() -> None:
    rng = np.random.default_rng(4)
    ladder = build_ladder(_autocov(0.0, 1.0), _autocov(0.0, 4.0), np.array([0.0, 1.0]), LADDER)
    x = rng.standard_normal(60)
    valid = np.ones(60, bool)
    valid[30] = False
    rates = log_likelihoods(x, valid, ladder)
    expected = stats.norm.logpdf(x[45], scale=np.sqrt(ladder.innovation)) + 0.5 * np.log(2 * np.pi)
    np.testing.assert_allclose(rates[45], expected, rtol=1e-6)
    assert np.all(rates[:10] == 0.0)
    assert np.all(rates[30:41] == 0.0)
    assert np.all(rates[41] != 0.0)


RAMPS: tuple[Ramp, ...] = ("linear", "cosine", "root", "exponential")


def test_crossings_are_where_the_rise_has_that_power() -> None:
    params = RiseParams(ramps=RAMPS, ramp_weight=(1.0,) * 4)
    hypotheses, snr, tone = rises(params), 100.0, np.sqrt(0.4)
    rho = level_shares(snr, LADDER)
    delays = crossing_delays(hypotheses, rho, snr, 0.4, 1000.0)
    between = np.sqrt(rho[:-1] * rho[1:])
    between[0] = 0.5 * rho[1]
    for h in range(0, len(hypotheses.rise_s), 7):
        scale = hypotheses.scale[h]
        reached = between <= scale**2
        u = delays[h][reached] / (1000.0 * hypotheses.rise_s[h])
        grown = rise(u, RAMPS[hypotheses.ramp[h]])  # the simulator's own ramps
        top = scale * np.sqrt(1.0 + snr)
        power = ((tone + (top - tone) * grown) ** 2 - tone**2) / (top**2 - tone**2)
        np.testing.assert_allclose(scale**2 * power, between[reached], rtol=1e-9)
        assert np.all(np.isinf(delays[h][~reached]))


def test_slow_rises_are_supposed_to_be_smooth_and_quick_ones_straight() -> None:
    params = RiseParams()
    hypotheses = rises(params)

    def smooth_share(rise_s: float) -> float:
        here = np.isclose(hypotheses.rise_s, rise_s)
        return float(
            np.sum(hypotheses.weight[here & hypotheses.smooth]) / np.sum(hypotheses.weight[here])
        )

    quick = [smooth_share(t) for t in params.rise_s if t <= params.slow_from_s]
    straight, cosine = params.ramp_weight
    assert quick == pytest.approx([cosine / (straight + cosine)] * len(quick))
    slow = cosine * params.slow_smooth
    assert smooth_share(1.0) == pytest.approx(slow / (straight + slow))
    assert quick[0] < smooth_share(0.550) < smooth_share(0.750) < smooth_share(1.0)
    assert np.sum(hypotheses.weight) == pytest.approx(1.0)


@pytest.mark.parametrize(
    "wrong",
    [{"rise_s": (0.1,)}, {"plateau_scale": (1.0,)}, {"ramps": ("linear",)}],
)
def test_weights_that_do_not_fit_their_grid_are_refused(wrong: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match="differ in length"):
        RiseParams(**wrong)


def test_staircase_sums_the_levels_the_rise_is_at() -> None:
    rng = np.random.default_rng(5)
    rates = rng.standard_normal((80, 4))
    delays = np.array([[0.0, 3.0, 9.0], [2.0, 11.0, np.inf]])
    for first, stop, step in ((0, 60, 1), (3, 60, 4), (17, 18, 1)):
        found = staircase_log_likelihood(running_sum(rates), delays, first, stop, step)
        for h, row in enumerate(delays):
            for k, start in enumerate(range(first, stop, step)):
                level = np.sum(np.arange(80)[:, None] >= start + row[None, :], axis=1)
                expected = np.sum(rates[np.arange(80), level])
                assert found[h, k] == pytest.approx(expected)


def _marginal(rates: np.ndarray, weights: np.ndarray, params: GridParams, coarse: int):
    delays = np.array([[0.0, 4.0, 9.0], [2.0, 30.0, np.inf]])
    return marginal_over_rises(running_sum(rates), 60, delays, weights, 0.5, coarse, params)


def test_marginal_is_the_weighed_mean_and_a_coarse_search_changes_nothing() -> None:
    rng = np.random.default_rng(6)
    rates = rng.standard_normal((90, 4)) - np.where(np.arange(90)[:, None] < 40, [0, 1, 2, 3], 0)
    weights = np.array([0.7, 0.3])
    whole = _marginal(rates, weights, GridParams(0.001, 1e9, 1e9), 1)
    delays = np.array([[0.0, 4.0, 9.0], [2.0, 30.0, np.inf]])
    sums = staircase_log_likelihood(running_sum(rates), delays, 0, 60)
    tempered = 0.5 * (sums - np.sum(rates[:, 0]))
    np.testing.assert_allclose(np.exp(whole.log_m), weights @ np.exp(tempered))
    np.testing.assert_allclose(whole.log_evidence, np.log(np.mean(np.exp(tempered), axis=1)))
    searched = _marginal(rates, weights, GridParams(), 4)
    low, stop = searched.fine
    assert low <= np.argmax(whole.log_m) < stop
    np.testing.assert_allclose(searched.log_m[low:stop], whole.log_m[low:stop], atol=0.02)


#: Two rises whose feet are known.
KNOWN = Feet(np.zeros(2), np.zeros(2), 0.0)
NO_EVENTS = np.zeros(0)


def _one_rise(
    log_likelihood: np.ndarray, blur_s: float, gamma: float, hidden_s: float = 0.0
) -> OnsetPosterior:
    count = len(log_likelihood)
    marginal = RiseMarginal(
        log_likelihood,
        np.arange(count),
        log_likelihood,
        (0, count),
        log_likelihood[None],
        np.zeros(1, dtype=np.int64),
        np.zeros(1),
    )
    return onset_posterior(
        marginal,
        np.zeros(count),
        [],
        NO_EVENTS,
        t0_s=0.0,
        step_s=0.001,
        sharpness=Sharpness(
            Feet(np.array([blur_s]), np.array([hidden_s]), 0.2),
            np.zeros(1, dtype=np.int64),
            np.array([gamma]),
            1.0,
            1.0,
        ),
    )


def _two_ramps(odds: float) -> OnsetPosterior:
    """A straight rise from 60 ms with three quarters of the odds, a half cosine from 30 ms."""
    count = 100
    table = np.full((2, count), -1e3)
    table[0, 60], table[1, 30] = np.log(0.75), np.log(0.25)
    log_m = np.logaddexp(table[0], table[1])
    marginal = RiseMarginal(
        log_m, np.arange(count), log_m, (0, count), table, np.arange(2), np.zeros(2)
    )
    sharpness = Sharpness(KNOWN, np.arange(2), np.full(2, 3.0), odds, 1.0)
    return onset_posterior(
        marginal, np.zeros(count), [], NO_EVENTS, t0_s=0.0, step_s=0.001, sharpness=sharpness
    )


@pytest.mark.parametrize("odds", [1.0, 2.0])
def test_each_ramp_keeps_its_odds_when_it_is_sharpened(odds: float) -> None:
    share = 0.25**odds / (0.25**odds + 0.75**odds)
    assert _two_ramps(odds).p[30] == pytest.approx(share)
    # Together the second ramp is left with a twenty-eighth, and the interval with one start.
    assert _two_ramps(0.0).p[30] == pytest.approx(1.0 / 28.0)


def test_each_ramp_is_sharpened_by_its_own_power() -> None:
    """Of two ramps with two starts each, 3 to 1: what is left beside the better one."""
    count = 100
    table = np.full((2, count), -1e3)
    table[0, [60, 70]] = np.log([0.375, 0.125])
    table[1, [20, 30]] = np.log([0.375, 0.125])
    log_m = np.logaddexp(table[0], table[1])
    marginal = RiseMarginal(
        log_m, np.arange(count), log_m, (0, count), table, np.arange(2), np.zeros(2)
    )
    sharpness = Sharpness(KNOWN, np.arange(2), np.array([4.0, 1.0]), 1.0, 1.0)
    p = onset_posterior(
        marginal, np.zeros(count), [], NO_EVENTS, t0_s=0.0, step_s=0.001, sharpness=sharpness
    ).p
    assert p[70] / p[60] == pytest.approx(3.0**-4)
    assert p[30] / p[20] == pytest.approx(1.0 / 3.0)
    assert p[20] + p[30] == pytest.approx(0.5)


def test_what_a_first_event_explains_is_told_without_its_prior() -> None:
    count, log = 50, np.full(50, -3.0)
    log[20] = 4.0
    event = np.full(count, -np.inf)
    event[10] = 2.0 + np.log(0.2)
    marginal = RiseMarginal(
        log, np.arange(count), log, (0, count), log[None], np.zeros(1, np.int64), np.zeros(1)
    )
    flat = Sharpness(Feet(np.zeros(1), np.zeros(1), 0.0), np.zeros(1, np.int64), np.ones(1), 0, 2.5)
    found = onset_posterior(
        marginal, np.zeros(count), [event], np.array([0.2]), t0_s=0.0, step_s=0.001, sharpness=flat
    )
    single = np.logaddexp.reduce(log) - np.log(count)
    assert found.log_events == pytest.approx([2.0 - single])
    odds = np.exp(2.5 * (2.0 + np.log(0.2) - single - np.log(0.8)))
    assert found.first_event == pytest.approx(odds / (1.0 + odds))


def test_posterior_is_sharpened_and_weighs_bursts_against_rest() -> None:
    likelihood = np.array([1.0, 3.0, 5.0])
    posterior = _one_rise(np.log(likelihood), 0.0, 2.0)
    np.testing.assert_allclose(posterior.p, likelihood**2 / np.sum(likelihood**2))
    np.testing.assert_allclose(posterior.log_bayes, np.log(3.0))


def test_blur_widens_by_the_foot_of_the_rise_and_keeps_the_place() -> None:
    log_likelihood = np.full(201, -1e3)
    log_likelihood[100] = 0.0
    found = _one_rise(log_likelihood, 0.008, 1.0).estimate
    assert found.onset_s == pytest.approx(0.100, abs=1e-6)
    assert found.high_s - found.low_s == pytest.approx(2 * 1.96 * 0.008, rel=0.01)


def test_quantiles_of_a_flat_posterior_are_even() -> None:
    flat = OnsetPosterior(2.0, 0.001, np.full(100, 0.01))
    assert flat.quantile(0.5) == pytest.approx(2.0495)
    assert flat.quantile(0.025) == pytest.approx(2.0 - 0.0005 + 0.0025)
    assert flat.shifted(0.5).quantile(0.5) == pytest.approx(2.5495)


@pytest.mark.parametrize("blur_s", [0.0, 0.005])
def test_a_hidden_foot_reaches_back_and_never_forward(blur_s: float) -> None:
    """A fifth of the probability lies anywhere in the 40 ms before; the rest stays in its place."""
    log_likelihood = np.full(301, -1e3)
    log_likelihood[200] = 0.0
    plain = _one_rise(log_likelihood, blur_s, 1.0).p
    p = _one_rise(log_likelihood, blur_s, 1.0, 0.040).p
    assert np.sum(p) == pytest.approx(1.0)
    ms = np.arange(301) - 200.0
    assert float(p @ ms) == pytest.approx(0.2 * -20.5, abs=0.01)
    if blur_s == 0.0:
        np.testing.assert_allclose(p[160:200], 0.2 / 40)
        assert p[200] == pytest.approx(0.8)
    assert np.all(p[201:] <= plain[201:])
    # What would begin before the first start that is asked about is left out.
    cut = _one_rise(log_likelihood[180:], blur_s, 1.0, 0.040).p
    np.testing.assert_allclose(cut * np.sum(p[180:]), p[180:], atol=1e-12)
