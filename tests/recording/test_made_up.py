"""Values that no electrode gave: fills of lost packets and flipped bits are missing samples.

A packet filled with zeros over the start of one muscle used to make the other one first, by as much
as was filled and with an interval of a few milliseconds; a flipped bit in the middle of a burst
moved its start by up to 90 ms, and a large one hid every later repetition. Neither was told.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import edfio
import numpy as np
import pytest

import firingorder
from firingorder.recording.readers import read_file
from firingorder.recording.readers.made_up import held_runs, single_samples
from firingorder.session.files import analyse_path
from tests.signal.planted import Muscle, emg

if TYPE_CHECKING:
    from pathlib import Path

    from firingorder.session.results import Analysis

SEED = 4711
NAMES = ("gluteus_maximus_left", "erector_spinae_left")
STARTS_S = (5.1, 11.3, 17.2, 23.4)
N = 29_000


def _two() -> np.ndarray:
    """Two muscles that start together, four times: noise from 20 to 450 Hz that rises in 30 ms."""
    rng = np.random.default_rng(SEED)
    t = np.arange(N) / 1000.0
    loud = np.full(N, 2.0)
    for start in STARTS_S:
        loud += 40.0 * np.clip((t - start) / 0.03, 0, 1) * np.clip((start + 2.0 - t) / 0.1, 0, 1)
    f = np.fft.rfftfreq(N, 1e-3)
    columns = [np.fft.irfft(np.fft.rfft(rng.standard_normal(N)) * ((f > 20) & (f < 450)), N)
               for _ in NAMES]  # fmt: skip
    return loud[:, None] * np.stack(columns, axis=1)


GOOD = _two()


def _file(tmp_path: Path, emg_uv: np.ndarray) -> Path:
    path = tmp_path / "a.csv"
    rows = "\n".join(f"{k / 1000:.3f},{a:.6g},{b:.6g}" for k, (a, b) in enumerate(emg_uv))
    path.write_text(f"time_s,{NAMES[0]} [uV],{NAMES[1]} [uV]\n{rows}\n")
    return path


def _filled(ms: int, kind: str, before_ms: int = 20) -> np.ndarray:
    out = GOOD.copy()
    for start in STARTS_S:
        k = round(1000 * start) - before_ms
        out[k : k + ms, 1] = 0.0 if kind == "zero" else out[k - 1, 1]
    return out


def _flipped(height_uv: float, after_ms: int) -> np.ndarray:
    out = GOOD.copy()
    for start in STARTS_S:
        out[round(1000 * start) + after_ms, 1] += height_uv
    return out


def _verdicts(found: Analysis) -> list[tuple[str, str | None]]:
    return [(one.verdict, one.reason) for one in found.repetitions]


def _said(found: Analysis, words: str) -> bool:
    return any(words in one for one in found.warnings)


def test_the_recording_without_them_is_together_and_nothing_is_said(tmp_path: Path) -> None:
    found = analyse_path(_file(tmp_path, GOOD))
    assert _verdicts(found) == [("together", None)] * 4
    assert not found.warnings


@pytest.mark.parametrize("kind", ["zero", "last value"])
@pytest.mark.parametrize("ms", [60, 150, 800])
def test_a_start_hidden_by_a_fill_is_no_late_start(tmp_path: Path, kind: str, ms: int) -> None:
    found = analyse_path(_file(tmp_path, _filled(ms, kind)))
    assert all(verdict == "unclear" for verdict, _ in _verdicts(found))
    assert _verdicts(found).count(("unclear", "gap")) >= 3
    assert _said(found, "One value is held, as lost packets are filled, in erector_spinae_left (")


@pytest.mark.parametrize("height_uv", [2e3, 5e3, -5e3, 3e4, 1e6])
@pytest.mark.parametrize("after_ms", [200, 1000])
def test_a_flipped_bit_moves_no_start(tmp_path: Path, height_uv: float, after_ms: int) -> None:
    found = analyse_path(_file(tmp_path, _flipped(height_uv, after_ms)))
    assert _verdicts(found) == [("together", None)] * 4
    for repetition, start in zip(found.repetitions, STARTS_S, strict=True):
        onset = repetition.onsets["erector_spinae_left"]
        assert onset is not None
        assert onset.low_s <= start <= onset.high_s
    assert _said(found, "Single samples far beyond all others")
    assert _said(found, "erector_spinae_left (4): taken as missing.")


def test_arrays_are_treated_alike_and_left_as_they_are(tmp_path: Path) -> None:
    emg_uv = np.asarray(np.round(_flipped(5e3, 1000), 4), dtype=np.float64)
    kept = emg_uv.copy()
    found = firingorder.analyse(emg_uv, 1000.0, NAMES)
    np.testing.assert_array_equal(emg_uv, kept)
    assert _verdicts(found) == [("together", None)] * 4
    assert _said(found, "erector_spinae_left (4): taken as missing.")


def test_only_the_made_up_samples_go(tmp_path: Path) -> None:
    emg_uv = _filled(60, "zero")
    emg_uv[8000, 0] = 1e4
    (stream,) = read_file(_file(tmp_path, emg_uv)).streams
    missing = np.isnan(stream.samples)
    assert np.flatnonzero(missing[:, 0]).tolist() == [8000]
    assert np.flatnonzero(missing[:, 1]).tolist() == np.flatnonzero(emg_uv[:, 1] == 0.0).tolist()


@pytest.mark.parametrize("rate_hz", [500.0, 1000.0, 4000.0])
def test_fills_of_25_ms_are_found_at_any_rate(rate_hz: float) -> None:
    n = round(10 * rate_hz)
    x = np.random.default_rng(SEED).normal(0, 2, n)
    for start, ms in ((1000, 15), (3000, 30), (7000, 60)):
        k = round(start * rate_hz / 1000)
        x[k : k + round(ms * rate_hz / 1000)] = 0.0
    found = [
        (round(1000 * a / rate_hz), round(1000 * b / rate_hz)) for a, b in held_runs(x, rate_hz)
    ]
    assert found == [(3000, 3030), (7000, 7060)]


@pytest.mark.parametrize("rate_hz", [500.0, 1000.0, 2000.0, 4000.0])
@pytest.mark.parametrize("bursts", [0, 1, 6])
def test_muscle_is_never_taken_for_made_up(rate_hz: float, bursts: int) -> None:
    """Rest, one short burst in a long rest, many: at any rate, and however coarse the converter."""
    rng = np.random.default_rng(SEED)
    n = round(40 * rate_hz)
    t = np.arange(n) / rate_hz
    for snr_db in (20.0, 46.0):
        loud = np.ones(n)
        for k in range(bursts):
            loud[(t > 5 + 6 * k) & (t < 5.3 + 6 * k)] = 10 ** (snr_db / 20)
        x = 2.0 * loud * rng.standard_normal(n)
        assert single_samples(x, rate_hz).size == 0
        for step in (0.1, 1.0, 2.0, 20.0):
            rested = held_runs(step * np.round(x / step), rate_hz)
            # The rest of a coarse converter stands still between bursts, which is no fill.
            assert sum(b - a for a, b in rested) < 0.01 * n


def test_a_sample_that_its_neighbours_belong_to_is_no_flipped_bit() -> None:
    """Potentials of real bursts in a quiet recording: alternating samples, and a peak."""
    x = np.random.default_rng(SEED).normal(0, 2, 10_000)
    x[3000:3009] += [-136, 123, -63, -102, 172, -121, -9, -33, -151]
    x[7000:7009] += [-19, -38, -28, -1137, -1506, -1144, -754, -519, -351]
    assert single_samples(x, 1000.0).size == 0
    x[5000] += 172
    assert single_samples(x, 1000.0).tolist() == [5000]


@pytest.mark.parametrize("name", ["a", "b", "c"])
def test_simulated_muscles_lose_nothing(name: str) -> None:
    muscle = Muscle()
    x = emg(np.random.default_rng(SEED + ord(name)), muscle, 2.0)
    assert single_samples(np.ravel(x), 1000.0).size == 0
    assert held_runs(np.ravel(x), 1000.0) == []


def test_channels_without_a_unit_are_looked_at_and_sensors_are_not(tmp_path: Path) -> None:
    path = tmp_path / "a.edf"
    spoilt = _flipped(5e3, 1000)[:, 1] / 10.0
    edfio.Edf(
        [edfio.EdfSignal(spoilt, 1000, label=name, physical_dimension="")
         for name in ("ES L", "ACC_X")]
    ).write(path)  # fmt: skip
    (stream,) = read_file(path).streams
    assert np.isnan(stream.samples).sum(axis=0).tolist() == [4, 0]


def test_what_stands_still_rightly_stays(tmp_path: Path) -> None:
    """A trigger, a sensor that rests and a converter at its limit are no fills."""
    limit = np.clip(GOOD[:, 0], -30.0, 30.0)
    limit[9000:9040] = 30.0
    assert held_runs(limit, 1000.0) == []
    trigger = np.zeros(N)
    trigger[4000:6000] = 5.0
    path = tmp_path / "b.csv"
    rows = "\n".join(f"{k / 1000:.3f},{a:.6g},{b:g},{c:g}"
                     for k, (a, b, c) in enumerate(zip(GOOD[:, 0], trigger, np.abs(trigger - 1),
                                                       strict=True)))  # fmt: skip
    path.write_text(f"time_s,GMAX L [uV],TRIG,ACC_X [g]\n{rows}\n")
    data = read_file(path)
    assert not np.isnan(data.streams[0].samples).any()
    assert data.warnings == ()
