"""Accuracy and honesty of refined onsets on planted muscles.

All figures are simulated (Gaussian model). Seeds are fixed and printed; nothing was tuned on them.
Bars are design goals, or what an earlier version of the chain reached, less sampling slack.
"""

import os

import numpy as np
import pytest

from firingorder.signal.prior import learn_prior, pool_prior
from tests.signal.planted import PAIRS, SINGLES, Muscle, generator, trial
from tests.signal.scoring import (
    Seen,
    coverage,
    errors,
    lead_intervals,
    look,
    order_percent,
    run,
    threshold_onset_s,
    verdict_shares,
    with_rise,
)

SEED = 20_261_121
#: Twice as many bursts of any shape in the long run (`make test-long`).
SHAPES = 240 if os.environ.get("LONG_TESTS") else 120


@pytest.fixture(scope="module")
def pairs() -> dict[str, tuple[list[Seen], list[Seen]]]:
    print(f"seed {SEED}, 40 repetitions per muscle")
    return {
        name: (run(a, name + "a", SEED, 40), run(b, name + "b", SEED, 40))
        for name, (a, b) in PAIRS.items()
    }


@pytest.mark.parametrize(
    ("name", "mae_ms"),
    # an earlier version had 9.0, 6.4, 11.2 and 12.1 ms; 80 trials leave +-15 %
    [("G3", 10.5), ("G4", 8.0), ("G5", 15.0), ("G8", 14.0)],
)
def test_planted_onsets_are_found(name: str, mae_ms: float) -> None:
    seen = run(SINGLES[name], name, SEED, 80)
    found = errors(seen)
    print(f"seed {SEED} {name}: MAE {np.mean(np.abs(found)):.1f} bias {np.mean(found):.1f} ms")
    assert np.mean(np.abs(found)) < mae_ms
    assert np.mean([s.covered for s in seen]) >= 0.90
    assert np.mean([bool(s.result.gates) for s in seen]) <= 0.03  # an early twitch of the noise


def test_order_of_mismatched_pairs(pairs: dict[str, tuple[list[Seen], list[Seen]]]) -> None:
    """Goals 88 / 95 / 99.3 % cold at 20 / 30 / 50 ms; three points of sampling slack."""
    for lag, least in ((20.0, 84.5), (30.0, 92.0), (50.0, 98.0)):
        shares = {name: order_percent(a, b, lag) for name, (a, b) in pairs.items()}
        print(f"lag {lag}: {shares}")
        assert np.mean(list(shares.values())) >= least
        assert min(shares.values()) >= least - 12.0  # X6 is the hardest in every column


def test_lead_intervals_cover_and_are_narrow_enough(
    pairs: dict[str, tuple[list[Seen], list[Seen]]],
) -> None:
    found = {name: lead_intervals(a, b) for name, (a, b) in pairs.items()}
    shares = [coverage(rows) for rows in found.values()]
    widths = [np.median(rows[:, 1] - rows[:, 0]) for rows in found.values()]
    print(f"coverage {np.mean(shares):.3f}, min {min(shares):.3f}, width {np.mean(widths):.0f} ms")
    assert np.mean(shares) >= 0.93
    assert min(shares) >= 0.88
    assert np.mean(widths) <= 92.0


def test_verdicts_are_hardly_ever_wrong(pairs: dict[str, tuple[list[Seen], list[Seen]]]) -> None:
    rows = np.concatenate([lead_intervals(a, b, 150) for a, b in pairs.values()])
    at_60, at_0 = verdict_shares(rows, 60.0), verdict_shares(rows, 0.0)
    print(f"60 ms {at_60}, lag 0 {at_0}")
    assert at_60["right"] >= 0.72
    assert at_60["wrong"] <= 0.005
    assert at_0["right"] + at_0["wrong"] <= 0.06


def test_a_sharper_posterior_would_not_cover() -> None:
    """Negative control: the same posteriors raised to a higher power claim too much."""
    a, b = PAIRS["X2"]
    sharp = with_rise(gamma_cold=12.0, gamma_smooth_cold=12.0, foot=0.01)
    rows = lead_intervals(run(a, "X2a", SEED, 40, sharp), run(b, "X2b", SEED, 40, sharp))
    print(f"coverage {coverage(rows):.3f}")
    assert coverage(rows) < 0.88


def test_a_single_rise_would_be_biased() -> None:
    """Negative control: without marginalising the rise, the rise decides the order."""
    a, b = PAIRS["X6"]
    one = with_rise(rise_s=(0.040,), rise_weight=(1.0,), ramps=("linear",), ramp_weight=(1.0,))
    difference = np.mean(errors(run(b, "X6b", SEED, 30, one))) - np.mean(
        errors(run(a, "X6a", SEED, 30, one))
    )
    print(f"bias difference {difference:.1f} ms")
    assert abs(difference) > 25.0


@pytest.mark.parametrize("muscle", [Muscle(200, 10), Muscle(150, 12), Muscle(100, 8)])
def test_a_muscle_of_known_rise_is_told_neither_late_nor_early(muscle: Muscle) -> None:
    """What every level expects is a mixture of rest and burst: smoothed, it is passed late."""
    known = with_rise(
        rise_s=(muscle.rise_ms / 1e3,),
        rise_weight=(1.0,),
        ramps=("linear",),
        ramp_weight=(1.0,),
        hidden_share=0.0,
    )
    found = errors(run(muscle, f"known {muscle.rise_ms}", SEED, 60, known))
    error = np.std(found) / np.sqrt(len(found))
    print(f"seed {SEED}: bias {np.mean(found):+.1f} ms, standard error {error:.1f} ms")
    assert abs(np.mean(found)) < 4.5  # 5 to 7 ms late with a smoothed difference (simulated)


def test_a_threshold_is_biased_between_unequal_muscles(
    pairs: dict[str, tuple[list[Seen], list[Seen]]],
) -> None:
    """Negative control: X6 through an envelope threshold, against ours on the same signals."""
    means = []
    for which, muscle in zip("ab", PAIRS["X6"], strict=True):
        late = []
        for k in range(40):
            x, onset = trial(SEED, "X6" + which, k, muscle)
            late.append(1e3 * (threshold_onset_s(x, round(1e3 * (onset - 0.4))) - onset))
        means.append(np.mean(late))
    ours = np.mean(errors(pairs["X6"][1])) - np.mean(errors(pairs["X6"][0]))
    print(f"bias difference: threshold {means[1] - means[0]:.0f} ms, ours {ours:.1f} ms")
    assert abs(means[1] - means[0]) > 35.0
    assert abs(ours) < 15.0


def test_high_snr_onsets_are_not_late_by_the_noise_that_is_added() -> None:
    for muscle in (Muscle(50, 45), Muscle(100, 50), Muscle(300, 55)):
        seen = run(muscle, "high", SEED, 12)
        found = errors(seen)
        print(f"{muscle.rise_ms} ms, {muscle.snr_db} dB: {np.round(found, 1)}")
        assert np.max(np.abs(found)) < 25.0
        assert np.mean([s.covered for s in seen]) >= 0.75


def test_a_twitch_far_below_the_plateau_is_not_the_onset() -> None:
    """3 % of the plateau 300 ms before the burst stands 20 dB above the rest, and falls back."""
    for k in range(6):
        x, onset = trial(SEED, "twitch", k, Muscle(80, 50))
        rng = generator(SEED, "twitch noise", k)
        begin = round(1e3 * (onset - 0.3))
        x[begin : begin + 120] += 0.02 * 10 ** (50 / 20) * rng.standard_normal(120)
        found = look(x, onset)
        assert found.estimate is not None, found.gates
        assert abs(found.estimate.onset_s - onset) < 0.025


def test_offsets_are_found() -> None:
    for muscle in (Muscle(100, 20), Muscle(100, 12, fall_ms=50, hold_s=0.5)):
        late, inside = [], []
        for k in range(15):
            x, onset = trial(SEED, "offset", k, muscle)
            truth = onset + muscle.rise_ms / 1e3 + muscle.hold_s + muscle.fall_ms / 1e3
            found = look(x, onset).offset
            assert found is not None
            late.append(1e3 * (found.estimate.onset_s - truth))
            inside.append(found.estimate.low_s <= truth <= found.estimate.high_s)
        print(f"offset of {muscle}: MAE {np.mean(np.abs(late)):.1f} bias {np.mean(late):.1f} ms")
        assert np.mean(np.abs(late)) < 22.0
        assert np.mean(inside) >= 0.8


def test_a_learnt_prior_sharpens_the_order() -> None:
    """Ten earlier repetitions on X6, other seeds: the slow muscle's rise is known by then."""
    a, b = PAIRS["X6"]
    earlier = [
        [s.posterior.log_evidence for s in run(m, f"X6{w} earlier", SEED, 10)]
        for m, w in ((a, "a"), (b, "b"))
    ]
    pooled = pool_prior(earlier[0] + earlier[1])
    assert pooled is not None
    priors = [learn_prior(e, pooled) for e in earlier]
    warm_a = run(a, "X6a", SEED, 30, prior=priors[0])
    warm_b = run(b, "X6b", SEED, 30, prior=priors[1])
    cold = order_percent(run(a, "X6a", SEED, 30), run(b, "X6b", SEED, 30), 30.0)
    warm = order_percent(warm_a, warm_b, 30.0)
    print(f"order at 30 ms: cold {cold:.1f} %, warm {warm:.1f} %")
    assert warm > cold + 0.5
    assert coverage(lead_intervals(warm_a, warm_b)) >= 0.92


@pytest.mark.slow
@pytest.mark.parametrize(
    ("ramps", "least"), [(("lin", "unit"), 0.90), (("lin", "cos", "sqrt", "exp"), 0.82)]
)
def test_coverage_holds_over_ramp_shapes(ramps: tuple[str, ...], least: float) -> None:
    """Ramps of 30 to 300 ms, 10 to 25 dB, tone 5 to 90 %.

    First those that real bursts have (decision 0037), then all that were ever planted: the start of
    a whole half cosine is seen by nobody, and roots and exponentials explain 7 % of real bursts.
    """
    rng = np.random.default_rng(SEED)
    seen = []
    for k in range(SHAPES):
        muscle = Muscle(
            rise_ms=float(np.exp(rng.uniform(np.log(30), np.log(300)))),
            snr_db=rng.uniform(10, 25),
            tone=rng.uniform(0.05, 0.9),
            ramp=str(rng.choice(ramps)),
            hold_s=rng.uniform(0.5, 2.0),
            fall_ms=rng.uniform(50, 400),
            low_hz=rng.uniform(40, 80),
            high_hz=rng.uniform(80, 150),
        )
        x, onset = trial(SEED, "shapes", k, muscle)
        found = look(x, onset, find_offset=False)
        if found.posterior is not None:
            seen.append(Seen(found, onset))
    rows = lead_intervals(seen, seen, 1500)
    print(f"seed {SEED}: {ramps}: n {len(seen)}, coverage of the lead {coverage(rows):.3f}")
    assert len(seen) >= 0.98 * SHAPES
    assert coverage(rows) >= least
