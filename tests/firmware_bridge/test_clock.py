"""The clock model against planted offset and drift under one-sided delays."""

from __future__ import annotations

import random

import numpy as np
import pytest

from firingorder.firmware_bridge.clock import ClockModel, ClockParams

SEED = 4242
FRAME_US = 8000
DELAY_MIN_S = 0.0003
OFFSET_NS = 77_000_000_000


def arrivals(
    *, seconds: float, ppm: float, seed: int, tail_s: float = 0.004, stalls: bool = True
) -> list[tuple[int, int]]:
    """Device times (us) and arrivals (ns): minimum delay, exponential tail, stalls of up to 2 s."""
    rng = random.Random(seed)
    pairs: list[tuple[int, int]] = []
    newest = 0
    stalled_until = 0
    for i in range(int(seconds * 1e6 / FRAME_US)):
        t_us = 1_000_000 + i * FRAME_US
        true_ns = OFFSET_NS + round(t_us * 1000 * (1 + ppm * 1e-6))
        arrival = true_ns + round((DELAY_MIN_S + rng.expovariate(1 / tail_s)) * 1e9)
        if stalls and rng.random() < 0.0004:
            stalled_until = arrival + round(rng.uniform(0.05, 2.0) * 1e9)
        newest = max(newest, arrival, stalled_until)
        pairs.append((t_us, newest))
    return pairs


def errors_ms(
    model: ClockModel, pairs: list[tuple[int, int]], ppm: float, after_s: float
) -> list[float]:
    """Error of the published host time of each frame, causal."""
    out: list[float] = []
    for t_us, t_ns in pairs:
        model.add(t_us, t_ns)
        true_ns = OFFSET_NS + t_us * 1000 * (1 + ppm * 1e-6)
        host_ns = model.host_ns(t_us)
        assert host_ns is not None
        if (t_us - pairs[0][0]) * 1e-6 > after_s:
            out.append((host_ns - true_ns) * 1e-6)
    return out


@pytest.mark.parametrize("ppm", [-35.0, 0.0, 40.0])
@pytest.mark.parametrize("seed", [SEED, SEED + 1])
def test_planted_offset_and_drift_are_found_within_a_tenth_of_a_millisecond(
    ppm: float, seed: int
) -> None:
    model = ClockModel()
    pairs = arrivals(seconds=300, ppm=ppm, seed=seed)
    errors = np.array(errors_ms(model, pairs, ppm, 45.0))
    bias_ms = float(np.median(errors))
    # What remains is the minimum delay of the link, which no one-way method can see.
    assert bias_ms == pytest.approx(DELAY_MIN_S * 1e3, abs=0.1)
    assert float(np.percentile(np.abs(errors - bias_ms), 95)) < 0.15
    assert model.slope * 1e6 == pytest.approx(ppm, abs=5.0)
    assert model.locked


def test_negative_control_the_mean_of_arrivals_is_worse() -> None:
    """The same arrivals through a least-squares line: off by the mean delay, not the minimum."""
    pairs = arrivals(seconds=300, ppm=40.0, seed=SEED)
    x = np.array([t for t, _ in pairs], float)
    y = np.array([t for _, t in pairs], float)
    true = OFFSET_NS + x * 1000 * (1 + 40e-6)
    slope, offset = np.polyfit(x - x[0], y - true, 1)
    mean_error_ms = abs(offset + slope * (x[-1] - x[0]) / 2) * 1e-6
    model = ClockModel()
    hull_error_ms = abs(float(np.median(errors_ms(model, pairs, 40.0, 45.0))))
    assert mean_error_ms > 10 * hull_error_ms


def test_the_mapping_is_inverted_exactly() -> None:
    model = ClockModel()
    for t_us, t_ns in arrivals(seconds=60, ppm=40.0, seed=SEED):
        model.add(t_us, t_ns)
    for t_us in (0, 30_000_000, 60_999_000, 61_500_000, 90_000_000):
        host = model.host_ns(t_us)
        assert host is not None
        back = model.device_us(host)
        assert back == pytest.approx(t_us, abs=1e-3)


def test_once_locked_the_mapping_never_steps() -> None:
    """wire_protocol.md section 14, step 5: 0.5 ms per second, so time stays monotone."""
    model = ClockModel()
    last: tuple[int, float] | None = None
    for t_us, t_ns in arrivals(seconds=120, ppm=40.0, seed=SEED + 5, tail_s=0.02):
        model.add(t_us, t_ns)
        host = model.host_ns(t_us)
        assert host is not None
        if model.locked and last is not None:
            moved_s = (host - last[1]) * 1e-9 - (t_us - last[0]) * 1e-6
            assert abs(moved_s) <= (0.5e-3 + 150e-6) * (t_us - last[0]) * 1e-6 + 1e-12
        last = (t_us, host) if model.locked else None


def test_the_model_is_a_pure_function_of_its_pairs() -> None:
    pairs = arrivals(seconds=40, ppm=10.0, seed=SEED)
    one, other = ClockModel(), ClockModel()
    for pair in pairs:
        one.add(*pair)
    for pair in pairs:
        other.add(*pair)
    assert one.host_ns(50_000_000) == other.host_ns(50_000_000)


def test_a_suspended_host_resets_the_mapping() -> None:
    """Step 6: device time ran on by 30 s while the host's monotonic clock stood still."""
    model = ClockModel()
    pairs = arrivals(seconds=90, ppm=0.0, seed=SEED, stalls=False)
    for t_us, t_ns in pairs:
        if t_us < 31_000_000:
            model.add(t_us, t_ns)
        elif t_us > 61_000_000:
            model.add(t_us, t_ns - 30_000_000_000)
    assert model.resets == 1
    host = model.host_ns(90_000_000)
    assert host is not None
    true_ns = OFFSET_NS + 90_000_000_000 - 30_000_000_000
    assert (host - true_ns) * 1e-6 == pytest.approx(DELAY_MIN_S * 1e3, abs=0.3)


def test_a_stall_with_a_backlog_does_not_reset_the_mapping() -> None:
    """A link that is away for 3 s and then delivers everything is late, not another clock."""
    model = ClockModel()
    rng = random.Random(SEED)
    for i in range(8000):
        t_us = 1_000_000 + i * FRAME_US
        t_ns = OFFSET_NS + t_us * 1000 + 300_000 + int(rng.expovariate(1 / 2e6))
        if 30_000_000 < t_us < 33_000_000:
            # One frame limps through at the beginning, the rest comes when the stall is over.
            late_ns = 30_000_000 if t_us < 30_010_000 else 0
            t_ns = t_ns + late_ns if late_ns else OFFSET_NS + 33_000_000_000 + i
        model.add(t_us, t_ns)
    assert model.resets == 0


def test_the_slope_survives_an_outage_longer_than_the_window() -> None:
    model = ClockModel()
    pairs = arrivals(seconds=200, ppm=40.0, seed=SEED, stalls=False)
    for t_us, t_ns in pairs:
        if t_us < 60_000_000 or t_us > 150_000_000:
            model.add(t_us, t_ns)
        if 150_000_000 < t_us < 150_100_000:
            assert model.slope * 1e6 == pytest.approx(40.0, abs=5.0)
    assert model.resets == 0


def test_a_slope_that_no_crystal_has_is_not_believed() -> None:
    model = ClockModel(ClockParams(slope_limit=150e-6))
    for t_us, t_ns in arrivals(seconds=60, ppm=900.0, seed=SEED, stalls=False):
        model.add(t_us, t_ns)
    assert model.slope == 0.0


def test_uncertainty_grows_with_the_jitter() -> None:
    found: list[float] = []
    for tail_s in (0.0005, 0.02):
        model = ClockModel()
        for pair in arrivals(seconds=60, ppm=10.0, seed=SEED, tail_s=tail_s, stalls=False):
            model.add(*pair)
        assert model.uncertainty_s is not None
        found.append(model.uncertainty_s)
    assert found[0] < 0.0003 < found[1] < 0.02
