"""When an onset may be trusted and when not: gates, masks and invariances of the refined path."""

import numpy as np
import pytest

from firingorder.signal.refine import NoOnset, OnsetParams, estimate_onset, refine
from tests.signal.planted import RATE_HZ, Muscle, conditioned, emg, generator, trial
from tests.signal.scoring import look

SEED = 7
CLEAR = Muscle(100, 20)


@pytest.fixture
def clear() -> tuple[np.ndarray, float]:
    return trial(SEED, "clear", 0, CLEAR)


def test_a_clear_onset_passes_all_gates(clear: tuple[np.ndarray, float]) -> None:
    x, onset = clear
    found = look(x, onset)
    assert found.gates == ()
    assert found.estimate is not None
    assert abs(found.estimate.onset_s - onset) < 0.025
    assert found.snr_db == pytest.approx(20.0, abs=1.5)
    assert found.rest_rms_uv is not None
    assert found.level_uv is not None
    assert found.burst_s is not None
    assert found.burst_s[0] == pytest.approx(onset, abs=0.1)
    assert found.burst_s[1] == pytest.approx(onset + 1.22, abs=0.15)


def test_noise_alone_is_no_onset() -> None:
    for k in range(25):
        x = conditioned(emg(generator(SEED, "rest", k), CLEAR, 99.0))
        found = look(x, 2.2)
        assert found.gates[0] == "no_onset", k
        assert found.estimate is None


def test_a_burst_outside_the_window_is_not_taken(clear: tuple[np.ndarray, float]) -> None:
    x, onset = clear
    found = refine(
        x[: round(1e3 * onset) - 100],
        np.ones(round(1e3 * onset) - 100, bool),
        RATE_HZ,
        0.0,
        (onset - 0.9, onset - 0.1),
        OnsetParams(),
    )
    assert found.gates == ("no_onset",)


def test_time_and_scale_do_not_matter(clear: tuple[np.ndarray, float]) -> None:
    """A later clock moves the onset exactly; another amplification leaves it where it was."""
    x, onset = clear
    valid = np.ones(len(x), bool)
    window = (onset - 0.6, onset + 0.4)
    here = refine(x, valid, RATE_HZ, 0.0, window, OnsetParams())
    later = refine(x, valid, RATE_HZ, 100.0, (window[0] + 100, window[1] + 100), OnsetParams())
    louder = refine(37.0 * x, valid, RATE_HZ, 0.0, window, OnsetParams())
    assert here.estimate is not None
    assert later.estimate is not None
    assert louder.estimate is not None
    assert later.estimate.onset_s - 100.0 == pytest.approx(here.estimate.onset_s, abs=1e-6)
    assert louder.estimate.onset_s == pytest.approx(here.estimate.onset_s, abs=1e-6)


def test_same_input_gives_the_same_bits(clear: tuple[np.ndarray, float]) -> None:
    x, onset = clear
    one, two = look(x, onset), look(x.copy(), onset)
    assert one.posterior is not None
    assert two.posterior is not None
    assert np.array_equal(one.posterior.p, two.posterior.p)


def test_weak_bursts_are_gated_by_their_snr() -> None:
    found = [look(*trial(SEED, "weak", k, Muscle(100, 6))) for k in range(5)]
    assert all("low_snr" in f.gates for f in found)
    assert all(f.estimate is None for f in found)


def test_a_burst_far_below_the_known_plateau_is_none(clear: tuple[np.ndarray, float]) -> None:
    """2 % of the power is 14 % of the amplitude."""
    x, onset = clear
    level = look(x, onset).level_uv
    assert level is not None
    assert look(x, onset, known_level_uv=level / 0.13).gates == ("no_onset",)
    assert look(x, onset, known_level_uv=level / 0.16).gates == ()


@pytest.mark.parametrize(
    ("from_ms", "to_ms", "gated"),
    [(-80, -30, True), (40, 60, True), (130, 160, True), (-600, -400, False), (300, 350, False)],
)
def test_a_gap_gates_only_near_the_onset(
    clear: tuple[np.ndarray, float], from_ms: int, to_ms: int, gated: bool
) -> None:
    x, onset = clear
    valid = np.ones(len(x), bool)
    at = round(1e3 * onset)
    valid[at + from_ms : at + to_ms] = False
    broken = np.where(valid, x, np.nan)
    found = look(broken, onset, valid=valid)
    assert ("gap" in found.gates) == gated
    assert found.snr_db is not None
    assert np.isfinite(found.snr_db)


def test_a_gap_over_the_onset_widens_the_posterior() -> None:
    wider = []
    for k in range(8):
        x, onset = trial(SEED, "gap", k, CLEAR)
        valid = np.ones(len(x), bool)
        at = round(1e3 * onset)
        valid[at - 20 : at + 60] = False
        whole, broken = look(x, onset).posterior, look(x, onset, valid=valid).posterior
        assert whole is not None
        assert broken is not None
        a, b = whole.estimate, broken.estimate
        wider.append((b.high_s - b.low_s) / (a.high_s - a.low_s))
        assert b.low_s - 0.01 <= onset <= b.high_s + 0.01
    assert np.median(wider) > 1.3


def test_masked_values_do_not_matter(clear: tuple[np.ndarray, float]) -> None:
    x, onset = clear
    valid = np.ones(len(x), bool)
    valid[900:960] = False
    wild = x.copy()
    wild[900:960] = 1e9
    one, two = look(x, onset, valid=valid).posterior, look(wild, onset, valid=valid).posterior
    assert one is not None
    assert two is not None
    assert np.array_equal(one.p, two.p)


@pytest.mark.parametrize("reason", ["saturated", "poor_contact"])
def test_the_cause_of_a_mask_is_named(clear: tuple[np.ndarray, float], reason: str) -> None:
    x, onset = clear
    bad = np.zeros(len(x), bool)
    at = round(1e3 * onset)
    bad[at + 100 : at + 110] = True
    found = look(x, onset, valid=~bad, **{reason: bad})
    assert found.gates == (reason,)


def test_too_little_rest_is_gated(clear: tuple[np.ndarray, float]) -> None:
    x, onset = clear
    start = round(1e3 * (onset - 0.5))
    found = refine(
        x[start:],
        np.ones(len(x) - start, bool),
        RATE_HZ,
        onset - 0.5,
        (onset - 0.4, onset + 0.4),
        OnsetParams(),
    )
    assert "no_rest" in found.gates


def test_rest_that_rises_is_gated() -> None:
    x, onset = trial(SEED, "drift", 0, CLEAR)
    at = round(1e3 * (onset - 0.75))
    x[at : round(1e3 * (onset - 0.1))] *= 2.5
    assert "no_rest" in look(x, onset).gates


def test_an_earlier_burst_of_equal_size_in_the_window_is_ambiguous() -> None:
    rng = generator(SEED, "double", 0)
    raw = emg(rng, Muscle(30, 20, hold_s=0.15, fall_ms=50), 2.0) + emg(rng, Muscle(30, 20), 2.45)
    found = look(conditioned(raw), 2.4, window=(-0.6, 0.4))
    assert "several_bursts" in found.gates


def test_a_second_weaker_phase_neither_moves_nor_gates_the_onset() -> None:
    for k in range(6):
        rng = generator(SEED, "phases", k)
        onset = 2.0 + rng.uniform(0, 0.2)
        raw = emg(rng, Muscle(100, 26, hold_s=0.5), onset, 6.0)
        raw = raw + emg(rng, Muscle(200, 15, hold_s=1.5), onset + 0.6, 6.0)
        found = look(conditioned(raw), onset)
        assert found.gates == ()
        assert found.estimate is not None
        assert abs(found.estimate.onset_s - onset) < 0.035
        assert found.offset is not None
        assert found.offset.estimate.onset_s == pytest.approx(onset + 2.42, abs=0.12)


@pytest.mark.parametrize("hold_s", [0.2, 0.5, 3.0, 5.5])
def test_bursts_of_any_length(hold_s: float) -> None:
    muscle = Muscle(80, 18, hold_s=hold_s, fall_ms=100)
    for k in range(4):
        rng = generator(SEED, "length", k)
        onset = rng.uniform(2.0, 2.3)
        x = conditioned(emg(rng, muscle, onset, 3.5 + hold_s + 1.0))
        found = look(x, onset)
        assert found.estimate is not None, found.gates
        assert abs(found.estimate.onset_s - onset) < 0.040


def test_an_onset_at_the_edge_of_the_window_is_gated(clear: tuple[np.ndarray, float]) -> None:
    x, onset = clear
    found = look(x, onset, window=(0.004, 0.4))
    assert "edge" in found.gates


def test_five_hundred_hertz_is_timed_too() -> None:
    late = []
    for k in range(12):
        x, onset = trial(SEED, "half rate", k, CLEAR)
        half = np.convolve(x, [0.25, 0.5, 0.25], "same")[::2]
        window = (onset - 0.6, onset + 0.4)
        found = refine(half, np.ones(len(half), bool), 500.0, 0.0, window, OnsetParams())
        assert found.estimate is not None
        late.append(1e3 * (found.estimate.onset_s - onset))
    assert np.mean(np.abs(late)) < 14.0


def test_the_posterior_alone_or_the_reason(clear: tuple[np.ndarray, float]) -> None:
    x, onset = clear
    valid = np.ones(len(x), bool)
    window = (onset - 0.6, onset + 0.4)
    found = estimate_onset(x, valid, RATE_HZ, 0.0, window, OnsetParams())
    assert not isinstance(found, NoOnset)
    rest = estimate_onset(x[:1500], valid[:1500], RATE_HZ, 0.0, (0.9, 1.4), OnsetParams())
    assert rest == NoOnset("no_onset")


def test_an_empty_or_dead_channel_has_no_onset() -> None:
    flat = np.zeros(3000)
    found = refine(flat, np.ones(3000, bool), RATE_HZ, 0.0, (2.0, 2.8), OnsetParams())
    assert found.gates == ("poor_contact",)
    missing = refine(flat, np.zeros(3000, bool), RATE_HZ, 0.0, (2.0, 2.8), OnsetParams())
    assert missing.gates == ("gap", "no_rest")
    nothing = refine(np.zeros(0), np.zeros(0, bool), RATE_HZ, 0.0, (2.0, 2.8), OnsetParams())
    assert nothing.posterior is None


def test_an_earlier_burst_of_the_window_is_told_beside_the_one_it_names() -> None:
    """A twitch of half its amplitude, 200 ms long, 450 ms before the burst."""
    seed = 31
    print(f"seed {seed}")
    x, onset = trial(seed, "others", 0, Muscle(60, 25))
    rng = generator(seed, "others noise", 0)
    begin = round(1e3 * (onset - 0.45))
    x[begin : begin + 200] += 9.0 * rng.standard_normal(200)
    found = look(x, onset)
    alone = look(trial(seed, "others", 0, Muscle(60, 25))[0], onset)
    assert alone.others == ()
    assert len(found.others) == 1
    early, snr_db = found.others[0]
    assert abs(early.quantile(0.5) - (onset - 0.45)) < 0.03
    assert snr_db > 5.0
    assert "several_bursts" in found.gates


def test_rest_that_has_grown_is_where_the_rise_begins() -> None:
    """Tone rises by 4 dB over half a second, 0.3 s before the burst: it is no onset."""
    seed, late = 32, []
    for k in range(12):
        x, onset = trial(seed, "grown", k, Muscle(80, 15, 0.9))
        t = np.arange(len(x)) / 1e3
        x = x * (1.0 + 0.55 * np.clip((t - onset + 0.8) / 0.5, 0.0, 1.0))
        found = look(x, onset, find_offset=False)
        assert found.posterior is not None
        late.append(1e3 * (found.posterior.quantile(0.5) - onset))
    print(f"seed {seed}: {np.round(late)}")
    assert np.median(np.abs(late)) < 25.0
    assert np.mean(np.array(late) < -80.0) <= 0.1
