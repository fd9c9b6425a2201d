"""A copied burst is called a copy, and an own one never is."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import signal as sps

from firingorder.signal.crosstalk import CrosstalkParams, copied_share
from firingorder.signal.judging import with_crosstalk
from tests.signal.planted import RATE_HZ, Muscle, conditioned, emg, generator
from tests.signal.scoring import look

SEED = 20_261_206
PARAMS = CrosstalkParams()


def muscle(rng: np.random.Generator, snr_db: float) -> Muscle:
    rise_ms = float(rng.choice([50.0, 100.0, 200.0]))
    low, high = rng.uniform(40, 80), rng.uniform(80, 150)
    return Muscle(rise_ms, snr_db, low_hz=low, high_hz=high)


def tissue(x: np.ndarray, gain: float) -> np.ndarray:
    """Smoothed and 2 ms later (method.md section 3)."""
    return gain * np.concatenate([np.zeros(2), np.convolve(x, [0.25, 0.5, 0.25])[1:-1][:-2]])


def share(
    weak: np.ndarray, strong: np.ndarray, onset_s: float, other_s: float, *, ready: bool = False
) -> float:
    return copied_share(
        weak if ready else conditioned(weak),
        strong if ready else conditioned(strong),
        onset=1e3 * onset_s,
        other_onset=1e3 * other_s,
        rest_uv=1.0,
        rate_hz=RATE_HZ,
        params=PARAMS,
    )


@pytest.mark.parametrize("gain", [0.1, 0.3, -0.3, 0.5, 0.8])
def test_a_copy_above_its_own_noise_is_called_one(gain: float) -> None:
    """At any level and polarity, also where a poor SNR alone would not refuse it."""
    shares = []
    for k in range(60):
        rng = generator(SEED, "copy", k)
        onset = rng.uniform(1.9, 2.3)
        strong = emg(rng, muscle(rng, 10.0 - 20.0 * np.log10(abs(gain)) + 2.0), onset)
        weak = tissue(strong, gain) + emg(rng, Muscle(), 60.0)
        shares.append(share(weak, strong, onset + rng.uniform(-0.02, 0.04), onset))
    print(f"seed {SEED} gain {gain}: least share {min(shares):.2f}")
    assert np.mean(np.array(shares) >= PARAMS.least_share) >= 0.99


@pytest.mark.parametrize("snr_db", [12.0, 20.0, 30.0])
def test_own_muscles_that_start_together_are_no_copies(snr_db: float) -> None:
    """Also with a common drive: the same slow course of loudness, own carriers."""
    low = sps.butter(2, 8.0, fs=RATE_HZ, output="sos")
    flagged = 0
    for k in range(100):
        rng = generator(SEED, f"own {snr_db}", k)
        onset = rng.uniform(1.9, 2.3)
        one, other = emg(rng, muscle(rng, snr_db), onset), emg(rng, muscle(rng, 15.0), onset)
        slow = sps.sosfilt(low, rng.standard_normal(len(one) + 2000))[2000:]
        drive = np.maximum(1.0 + 0.4 * slow / np.std(slow), 0.2)
        flagged += share(other, one, onset + 0.01, onset) >= PARAMS.least_share
        flagged += share(other * drive, one * drive, onset + 0.01, onset) >= PARAMS.least_share
    print(f"seed {SEED} {snr_db} dB: {flagged} of 200")
    assert flagged <= 1


def test_an_own_burst_with_some_crosstalk_is_no_copy() -> None:
    """15 % both ways, as between neighbours."""
    flagged = 0
    for k in range(100):
        rng = generator(SEED, "part", k)
        onset = rng.uniform(1.9, 2.3)
        lag = rng.choice([-0.05, -0.02, 0.0, 0.02, 0.05])
        one, other = emg(rng, muscle(rng, 15.0), onset), emg(rng, muscle(rng, 15.0), onset + lag)
        weak, strong = other + tissue(one, 0.15), one + tissue(other, 0.15)
        flagged += share(weak, strong, onset + lag, onset) >= PARAMS.least_share
    assert flagged <= 3


def test_a_late_muscle_is_never_given_its_neighbours_onset() -> None:
    """The early one at 20 dB lifts the late one's rest by a copy, 120 ms before its own burst."""
    false, right, early = 0, 0, 0
    for k in range(120):
        rng = generator(SEED, "late", k)
        onset = rng.uniform(1.9, 2.2)
        one, other = emg(rng, muscle(rng, 20.0), onset), emg(rng, muscle(rng, 15.0), onset + 0.12)
        weak, strong = conditioned(other + tissue(one, 0.2)), conditioned(one)
        seen = {"weak": look(weak, onset + 0.12), "strong": look(strong, onset)}
        if seen["weak"].estimate is None or seen["strong"].estimate is None:
            continue
        is_early = seen["weak"].estimate.onset_s < onset + 0.06
        judged = with_crosstalk(seen, {"weak": weak, "strong": strong}, 0.0, RATE_HZ, PARAMS)
        told = judged["weak"].estimate is not None
        assert judged["strong"].estimate is not None
        early += is_early
        false += is_early and told
        right += told and not is_early
    print(f"seed {SEED}: {early} early before, {false} after, {right} right")
    assert early >= 30  # the danger is real
    assert false <= 0.15 * early  # 1 % of 186 early ones in 300 trials (simulated)
    assert right >= 5  # 9 % of 300 (simulated): where the copy is strong, nothing can be said


@pytest.mark.parametrize(("gain", "late"), [(1.0, 0), (-1.0, 0), (1.0, 3)])
def test_one_electrode_on_two_inputs_is_named_on_both(gain: float, late: int) -> None:
    """As loud as each other, so none is the weaker one: either may be the copy."""
    named = 0
    for k in range(30):
        rng = generator(SEED, "both", k)
        onset = rng.uniform(1.9, 2.3)
        x = conditioned(emg(rng, muscle(rng, 18.0), onset))
        signals = {"one": x, "other": gain * np.roll(x, late)}
        results = {name: look(y, onset) for name, y in signals.items()}
        found = with_crosstalk(results, signals, 0.0, RATE_HZ, PARAMS)
        named += any("crosstalk" in one.gates for one in found.values())
        if not late:
            assert all("crosstalk" in one.gates for one in found.values())
    print(f"seed {SEED}, gain {gain:g}, {late} ms: {named} of 30")
    assert named == 30


def neighbours(k: int, gain: float) -> tuple[dict[str, np.ndarray], dict[str, float]]:
    """Return four muscles of 20 dB that hear each other, and when they start; seconds."""
    rng = generator(SEED, "four", k)
    first = rng.uniform(1.9, 2.2)
    starts = {"late": first + 0.08, "a": first, "b": first + 0.02, "c": first + 0.035}
    own = {name: emg(rng, muscle(rng, 20.0), onset) for name, onset in starts.items()}
    heard = {
        name: x + sum(tissue(other, gain) for o, other in own.items() if o != name)
        for name, x in own.items()
    }
    return {name: conditioned(x) for name, x in heard.items()}, starts


def told_late(k: int, gain: float) -> tuple[bool, bool, bool]:
    """Return whether the late muscle's interval ends before its start, alone and as judged.

    And whether all four onsets are told.
    """
    signals, starts = neighbours(k, gain)
    seen = {name: look(x, starts[name]) for name, x in signals.items()}
    judged = with_crosstalk(seen, signals, 0.0, RATE_HZ, PARAMS)
    late = [one["late"].estimate for one in (seen, judged)]
    wrong = [one is not None and one.high_s < starts["late"] for one in late]
    new = [n for n, one in judged.items() if one.estimate is None and seen[n].estimate is not None]
    return wrong[0], wrong[1], not new


def test_three_neighbours_together_do_not_give_their_onset_to_a_late_muscle() -> None:
    """15 % of each of three muscles that start 45 to 80 ms earlier and are as strong.

    Each explained a third at most, and those with the smaller plateau were never asked: of a
    reviewer's recordings of this kind a third of the leads held the truth.
    """
    found = np.array([told_late(k, 0.15) for k in range(60)])
    before, after = found[:, 0].sum(), found[:, 1].sum()
    print(f"seed {SEED}: {before} intervals before the truth without the gate, {after} with it")
    assert before >= 15  # the danger is real
    assert after <= 0.3 * before  # 0.8 of them when each neighbour was asked alone


def test_four_own_muscles_are_told() -> None:
    found = np.array([told_late(k, 0.0) for k in range(60)])
    print(f"seed {SEED}: refused {60 - found[:, 2].sum()} of 60 without crosstalk")
    assert found[:, 2].mean() >= 0.95


def test_chance_explains_as_much_of_an_own_burst_as_it_claims() -> None:
    """The rest before the burst is as white and even as the burst, or the null is none.

    A whitener of the burst alone passed p < 0.001 in 21 of them.
    """
    passed = 0
    for k in range(150):
        signals, starts = neighbours(k, 0.0)
        one = share(signals["late"], signals["a"], starts["late"], starts["a"], ready=True)
        passed += one > 0.0
    print(f"seed {SEED}: {passed} of 150 own bursts pass p < {PARAMS.p_value:g}")
    assert passed <= 6


def test_missing_samples_and_silence_are_no_copy() -> None:
    x = emg(generator(SEED, "missing", 0), Muscle(100, 20), 2.0)
    nothing = np.full(len(x), np.nan)
    assert share(x * 0.0, x, 2.0, 2.0) == 0.0
    for weak, strong in ((x, nothing), (nothing, x), (x[:50], x[:50])):
        found = copied_share(
            weak,
            strong,
            onset=20.0,
            other_onset=20.0,
            rest_uv=1.0,
            rate_hz=RATE_HZ,
            params=PARAMS,
        )
        assert found == 0.0
