"""Bursts are where they were planted and as strong as they were asked to be."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from scipy.signal import butter, sosfilt, welch

from firingorder.simulation.bursts import SHAPES, Burst, Shape, envelope, rise
from firingorder.simulation.contaminants import ContaminantLevels, Contaminants
from firingorder.simulation.synth import EmgSynth, Muscle

SEED = 4711
RATE_HZ = 1000.0
MUSCLE = Muscle("gluteus_maximus_left", 2.0, 0.3, 55.0, 110.0, 50.0, 100.0)
BURST = Burst("gluteus_maximus_left", 3.0003, 0.1, "linear", 6.0, 0.2, 20.0)


def _synth(
    muscles: tuple[Muscle, ...],
    bursts: tuple[Burst, ...],
    levels: ContaminantLevels | None = None,
    rate_hz: float = RATE_HZ,
    seed: int = SEED,
) -> EmgSynth:
    names = tuple(m.name for m in muscles)
    per_channel = (ContaminantLevels() if levels is None else levels,) * len(muscles)
    contaminants = Contaminants(names, per_channel, seed, movements_s=(3.1,))
    return EmgSynth(muscles, bursts, contaminants, seed=seed, rate_hz=rate_hz)


@pytest.mark.parametrize("shape", SHAPES)
def test_rise_goes_from_nothing_to_all_and_never_falls(shape: Shape) -> None:
    r = rise(np.linspace(-0.5, 1.5, 2001), shape)
    assert r[0] == 0.0
    assert r[-1] == pytest.approx(1.0)
    assert np.all(np.diff(r) >= 0.0)


def test_envelope_begins_at_the_onset_between_samples() -> None:
    # The ramp is evaluated at the real-valued onset: its value one sample later tells where it is.
    t_s = np.arange(2990, 3110) / RATE_HZ
    e = envelope(BURST, t_s)
    assert np.all(e[t_s <= BURST.onset_s] == 0.0)
    at = np.flatnonzero(e)[0]
    assert t_s[at] - e[at] * BURST.rise_s == pytest.approx(3.0003, abs=1e-9)


def test_drive_is_before_the_first_unit_as_the_motor_unit_model_says() -> None:
    for rise_s, delay_ms in ((0.05, 5.0), (0.15, 11.0), (0.3, 21.0)):
        b = replace(BURST, rise_s=rise_s)
        assert 1000.0 * (b.onset_s - b.drive_s) == pytest.approx(delay_ms, abs=0.5)


@pytest.mark.parametrize("rate_hz", [500.0, 1000.0, 1259.0, 2000.0])
@pytest.mark.parametrize("snr_db", [6.0, 20.0, 30.0])
def test_rest_and_plateau_have_the_levels_asked_for(rate_hz: float, snr_db: float) -> None:
    long_burst = replace(BURST, onset_s=60.0003, offset_s=120.0, snr_db=snr_db)
    x = _synth((MUSCLE,), (long_burst,), rate_hz=rate_hz).read(0, int(118 * rate_hz))[:, 0]
    rest = x[: int(60 * rate_hz)].std()
    plateau = x[int(60.5 * rate_hz) : int(118 * rate_hz)].std()
    got_db = 20.0 * np.log10(plateau / rest)
    print(f"seed {SEED}: rest {rest:.3f} uV, {got_db:.2f} dB for {snr_db}")
    assert rest == pytest.approx(MUSCLE.rest_uv, rel=0.03)
    # Skin noise is added to the amplitude: below 10 dB that is up to 0.7 dB more.
    assert got_db == pytest.approx(snr_db, abs=0.8 if snr_db < 10.0 else 0.3)


def test_spectrum_of_the_burst_is_that_of_its_muscle() -> None:
    slow = replace(MUSCLE, low_hz=40.0, high_hz=80.0)
    fast = replace(MUSCLE, low_hz=80.0, high_hz=150.0)
    burst = replace(BURST, onset_s=1.0003, offset_s=60.0, snr_db=30.0)
    mean_hz = []
    for muscle in (slow, fast):
        x = _synth((muscle,), (burst,)).read(2000, 55_000)[:, 0]
        f, pxx = welch(x, RATE_HZ, nperseg=1024)
        mean_hz.append((f * pxx).sum() / pxx.sum())
    print(f"mean frequencies {mean_hz}")
    assert 60.0 < mean_hz[0] < 100.0
    assert 110.0 < mean_hz[1] < 150.0


def test_nothing_rises_before_the_onset() -> None:
    """Mean power over many seeds: rest level up to the onset, clearly above 30 ms later."""
    power = np.zeros(200)
    trials = 150
    for seed in range(trials):
        x = _synth((MUSCLE,), (BURST,), seed=seed).read(2900, 200)[:, 0]
        power += (x / MUSCLE.rest_uv) ** 2 / trials
    before = power[:100]
    after = power[130:160]
    print(f"{trials} seeds: before {before.mean():.3f}, after {after.mean():.2f} rest powers")
    assert before.mean() == pytest.approx(1.0, abs=0.05)
    assert before[-10:].mean() == pytest.approx(1.0, abs=0.15)
    assert after.mean() > 5.0


def test_any_cutting_gives_the_same_bits() -> None:
    other = replace(MUSCLE, name="gluteus_medius_left", crosstalk=((MUSCLE.name, 0.15),))
    levels = ContaminantLevels(ecg=3.0, hum=1.0, wander=2.0, motion=4.0, offset_uv=500.0)
    drifting = replace(MUSCLE, tone_fluctuation=0.3, plateau_fluctuation=0.2)
    whole = _synth((drifting, other), (BURST,), levels).read(0, 7000)
    cut = _synth((drifting, other), (BURST,), levels)
    rng = np.random.default_rng(SEED)
    at = 0
    while at < 7000:
        n = min(int(rng.integers(1, 900)), 7000 - at)
        assert np.array_equal(cut.read(at, n), whole[at : at + n])
        at += n
    again = _synth((drifting, other), (BURST,), levels)
    assert np.array_equal(again.read(6000, 10), whole[6000:6010])


def test_crosstalk_is_late_and_small() -> None:
    other = replace(MUSCLE, name="gluteus_medius_left", crosstalk=((MUSCLE.name, 0.15),))
    clean = replace(MUSCLE, name="gluteus_medius_left")
    source = _synth((MUSCLE, clean), (BURST,)).read(0, 6000)
    with_it = _synth((MUSCLE, other), (BURST,)).read(0, 6000)
    added = with_it[:, 1] - source[:, 1]
    assert np.array_equal(with_it[:, 0], source[:, 0])
    lag = np.argmax(
        [np.corrcoef(source[3200:5500, 0], added[3200 + k : 5500 + k])[0, 1] for k in range(8)]
    )
    assert lag == 3  # 2 ms of conduction and the middle of the 3-tap low-pass
    assert 0.05 < added[3200:5500].std() / source[3200:5500, 0].std() < 0.16


def test_contaminated_twin_has_the_same_muscle() -> None:
    clean = _synth((MUSCLE,), (BURST,)).read(0, 6000)[:, 0]
    ecg = _synth((MUSCLE,), (BURST,), ContaminantLevels(ecg=6.0)).read(0, 6000)[:, 0]
    both = _synth((MUSCLE,), (BURST,), ContaminantLevels(ecg=6.0, hum=2.0)).read(0, 6000)[:, 0]
    hum = _synth((MUSCLE,), (BURST,), ContaminantLevels(hum=2.0)).read(0, 6000)[:, 0]
    assert np.allclose(ecg - clean, both - hum, atol=1e-9)
    assert (ecg - clean).max() == pytest.approx(6.0 * MUSCLE.rest_uv, rel=0.35)
    assert (hum - clean).std() == pytest.approx(2.0 * MUSCLE.rest_uv, rel=0.1)
    f, pxx = welch(hum - clean, RATE_HZ, nperseg=4000)
    assert f[np.argmax(pxx)] == pytest.approx(50.0, abs=0.5)


def test_wander_and_motion_stay_below_the_muscle_band() -> None:
    clean = _synth((MUSCLE,), ()).read(0, 8000)[:, 0]
    moved = _synth((MUSCLE,), (), ContaminantLevels(wander=4.0, motion=8.0)).read(0, 8000)[:, 0]
    added = moved - clean
    sos = butter(4, 40.0, "high", fs=RATE_HZ, output="sos")
    assert added.std() > 3.0 * MUSCLE.rest_uv
    high = sosfilt(sos, added - added[0])
    assert high[1000:].std() < 0.25 * added.std()
    near = np.abs(added[2700:3700]).max()
    assert near > 5.0 * MUSCLE.rest_uv


def test_heart_beats_at_a_human_rate() -> None:
    clean = _synth((MUSCLE,), ()).read(0, 60_000)[:, 0]
    with_it = _synth((MUSCLE,), (), ContaminantLevels(ecg=5.0)).read(0, 60_000)[:, 0]
    ecg = (with_it - clean) / (5.0 * MUSCLE.rest_uv)
    beats = np.flatnonzero((ecg[1:-1] > 0.6) & (ecg[1:-1] > ecg[:-2]) & (ecg[1:-1] >= ecg[2:]))
    assert 58 <= beats.size <= 112
    intervals = np.diff(beats)
    assert intervals.std() / intervals.mean() < 0.06
