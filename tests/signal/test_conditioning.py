"""One analysis rate and one filter: exact delay, honest masks, and no trace of the cutting."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
from scipy import signal as sps

from firingorder.signal.conditioning import (
    ConditionedBlock,
    Conditioner,
    ConditioningParams,
    RawBlock,
    Resampler,
    analysis_rate_hz,
    block_samples,
)
from firingorder.signal.envelope import Envelope

PARAMS = ConditioningParams()


def no_flags(x: np.ndarray) -> np.ndarray:
    return np.zeros(x.shape, dtype=np.bool_)


def resampled(x: np.ndarray, rate_hz: float) -> np.ndarray:
    resampler = Resampler(PARAMS, rate_hz, x.shape[1])
    blocks = resampler.step(0, x, no_flags(x)) + resampler.flush()
    return np.concatenate([block.emg_uv for block in blocks])


def conditioned(x: np.ndarray, saturated: np.ndarray | None = None) -> list[ConditionedBlock]:
    resampler = Resampler(PARAMS, 1000.0, x.shape[1])
    conditioner = Conditioner(PARAMS, 1000.0, x.shape[1])
    flags = no_flags(x) if saturated is None else saturated
    return [conditioner.step(block) for block in resampler.step(0, x, flags) + resampler.flush()]


def whole(blocks: list[ConditionedBlock], name: str) -> np.ndarray:
    return np.concatenate([getattr(block, name) for block in blocks])


@pytest.mark.parametrize("rate_hz", [1000.0, 1024.0, 1259.0, 2000.0, 2148.0, 4000.0])
@pytest.mark.parametrize("frequency_hz", [40.0, 150.0, 380.0])
def test_the_analysis_grid_shows_the_same_instant_at_any_rate(
    rate_hz: float, frequency_hz: float
) -> None:
    """A sine keeps its phase: a delay of 0.01 ms would show as 0.02 rad at 380 Hz."""
    t = np.arange(int(rate_hz)) / rate_hz
    y = resampled(np.sin(2 * np.pi * frequency_hz * t)[:, None], rate_hz)[50:950, 0]
    grid = np.arange(50, 950) / 1000.0
    expected = np.sin(2 * np.pi * frequency_hz * grid)
    gain = float(np.sum(y * expected) / np.sum(expected**2))
    quadrature = np.cos(2 * np.pi * frequency_hz * grid)
    phase = float(np.arctan2(np.sum(y * quadrature), np.sum(y * expected)))
    assert abs(phase) < 0.01
    assert 0.9 < gain < 1.02


def test_2000_hz_takes_the_designed_filter_and_subtracts_twenty_samples() -> None:
    rng = np.random.default_rng(1)
    x = rng.standard_normal((4000, 1))
    taps = sps.firwin(41, 450.0, window=("kaiser", 5.0), fs=2000.0)
    reference = sps.lfilter(taps, [1.0], x[:, 0])[20:][::2]  # 20 samples later, every second one
    y = resampled(x, 2000.0)[:, 0]
    assert np.allclose(y[10:1980], reference[10:1980], atol=1e-12)


def test_aliases_are_gone() -> None:
    t = np.arange(4000) / 2000.0
    y = resampled(np.sin(2 * np.pi * 700.0 * t)[:, None], 2000.0)[50:1900]
    assert float(np.sqrt(np.mean(y**2))) < 0.01


def test_slow_streams_stay_native() -> None:
    assert analysis_rate_hz(512.0, PARAMS) == 512.0
    assert block_samples(512.0, PARAMS) == 10
    x = np.arange(30.0)[:, None]
    assert np.array_equal(resampled(x, 512.0), x)


@pytest.mark.parametrize("rate_hz", [500.0, 1000.0, 1259.0, 2000.0])
@pytest.mark.parametrize("seed", [1, 2, 3])
def test_any_cutting_gives_the_same_bits(rate_hz: float, seed: int) -> None:
    rng = np.random.default_rng(seed)
    x = rng.standard_normal((3000, 2))
    x[:, 1] += 20.0 * np.sin(2 * np.pi * 50.0 * np.arange(3000) / rate_hz)  # hum is removed
    keep = np.ones(3000, dtype=np.bool_)
    for _ in range(4):
        start = int(rng.integers(0, 2900))
        keep[start : start + int(rng.integers(1, 120))] = False
    keep[:3] = True

    def pieces(cuts: list[int]) -> list[tuple[np.ndarray, ...]]:
        resampler = Resampler(PARAMS, rate_hz, 2)
        rate = analysis_rate_hz(rate_hz, PARAMS)
        conditioner, envelope = Conditioner(PARAMS, rate, 2), Envelope(PARAMS, rate, 2)
        out: list[RawBlock] = []
        for a, b in itertools.pairwise(cuts):
            run_start = a
            for k in range(a, b + 1):
                if k < b and keep[k]:
                    continue
                out += resampler.step(run_start, x[run_start:k], no_flags(x[run_start:k]))
                run_start = k + 1
        out += resampler.flush()
        done = [conditioner.step(block) for block in out]
        return [(b.emg_uv, b.valid, b.missing, b.low_uv, envelope.step(b)) for b in done]

    one = pieces([0, 3000])
    for cuts in (
        list(range(0, 3001, 1)),
        [0, *sorted(rng.integers(0, 3000, size=40).tolist()), 3000],
    ):
        other = pieces(cuts)
        assert len(one) == len(other)
        for a, b in zip(one, other, strict=True):
            assert all(np.array_equal(x, y, equal_nan=True) for x, y in zip(a, b, strict=True))


def test_the_high_pass_is_one_pass_of_scipy() -> None:
    rng = np.random.default_rng(5)
    x = rng.standard_normal((1000, 3)) + 4000.0  # a converter's offset must not ring
    sos = sps.butter(4, 30.0, "high", fs=1000.0, output="sos")
    zi = sps.sosfilt_zi(sos)[:, :, None] * x[0]
    expected, _ = sps.sosfilt(sos, x, axis=0, zi=zi)
    blocks = conditioned(x)
    assert np.array_equal(whole(blocks, "emg_uv"), expected)
    assert np.max(np.abs(expected)) < 6.0


def test_the_low_band_is_one_pass_of_scipy_and_restarts_after_a_gap() -> None:
    rng = np.random.default_rng(8)
    x = rng.standard_normal((1000, 2)) + 4000.0
    x[500:510, 1] = np.nan
    sos = sps.butter(2, (4.0, 25.0), "bandpass", fs=1000.0, output="sos")
    expected = sps.sosfilt(sos, x[:, 0], zi=sps.sosfilt_zi(sos) * x[0, 0])[0]
    again = sps.sosfilt(sos, x[510:, 1], zi=sps.sosfilt_zi(sos) * x[510, 1])[0]
    low = whole(conditioned(x), "low_uv")
    assert np.allclose(low[:, 0], expected, rtol=0.0, atol=1e-12)
    assert np.allclose(low[510:, 1], again, rtol=0.0, atol=1e-12)
    assert not low[500:510, 1].any()


def test_settling_after_start_and_after_a_gap_is_masked_channel_by_channel() -> None:
    x = np.random.default_rng(6).standard_normal((600, 2))
    x[300:305, 0] = np.nan
    blocks = conditioned(x)
    valid, missing = whole(blocks, "valid"), whole(blocks, "missing")
    assert not valid[:100].any()
    assert valid[100:300].all()
    assert missing[300:305, 0].all()
    assert not valid[305:405, 0].any()
    assert valid[405:, 0].all()
    assert valid[100:, 1].all()
    assert np.isfinite(whole(blocks, "emg_uv")).all()


def test_saturated_samples_are_no_evidence() -> None:
    x = np.random.default_rng(7).standard_normal((400, 2))
    flags = no_flags(x)
    flags[250:260, 1] = True
    blocks = conditioned(x, flags)
    valid = whole(blocks, "valid")
    assert not valid[250:260, 1].any()
    assert valid[260:, 1].all()
    assert valid[100:, 0].all()


def test_the_envelope_is_the_rms_of_fifty_milliseconds_and_shows_gaps() -> None:
    t = np.arange(1000) / 1000.0
    x = 10.0 * np.sin(2 * np.pi * 100.0 * t)[:, None]
    x[500:520] = np.nan
    envelope = Envelope(PARAMS, 1000.0, 1)
    y = np.concatenate([envelope.step(block) for block in conditioned(x)])[:, 0]
    assert np.allclose(y[200:500], 10.0 / np.sqrt(2.0), rtol=0.02)
    assert np.isnan(y[500:520]).all()
    assert np.isfinite(y[520:]).all()


def test_a_chunk_that_goes_back_is_a_fault_of_the_caller() -> None:
    resampler = Resampler(PARAMS, 1000.0, 1)
    x = np.zeros((40, 1))
    resampler.step(0, x, no_flags(x))
    with pytest.raises(ValueError, match="overlaps 10"):
        resampler.step(30, x, no_flags(x))
