"""What a source leaves unknown of time widens every lead by what theory says, and moves none."""

from __future__ import annotations

import os
from dataclasses import replace
from functools import cache

import numpy as np
import pytest
from scipy import signal as sps

from firingorder.findings import OnsetFinding, RepetitionFinding, VerdictFinding
from firingorder.samples import EmgLayout
from firingorder.session.arrays import analyse_samples
from firingorder.signal.conditioning import ConditioningParams
from firingorder.signal.order import OrderParams, lead
from firingorder.signal.pipeline import Pipeline
from firingorder.signal.posterior import OnsetPosterior
from firingorder.signal.settings import Settings
from firingorder.signal.timing_error import (
    TimingError,
    TimingParams,
    timing_error,
    timing_warnings,
)
from firingorder.simulation.scenarios import ScenarioBody, make_body
from firingorder.training.exercises import load_task
from tests.signal.streams import emg_chunk

PAIR = ("gluteus_maximus_left", "erector_spinae_left")
FOUR = (*PAIR, "gluteus_maximus_right", "erector_spinae_right")
SEED = 20_261_121
SECONDS = 62.0
#: Four repetitions, where a session is compared with itself.
SHORT_S = 30.0
#: Large units too in the long run (`make test-long`): small ones look like a dead channel.
SCALES = (1e-3, 1e3) if os.environ.get("LONG_TESTS") else (1e-3,)
SHARP = OnsetPosterior(1.0, 1e-3, np.ones(1))


def variance(one: OnsetPosterior) -> float:
    times = one.t0_s + one.step_s * np.arange(len(one.p))
    middle = float(np.sum(one.p * times))
    return float(np.sum(one.p * (times - middle) ** 2))


@pytest.mark.parametrize("half_ms", [0.5, 2.0, 5.5])
@pytest.mark.parametrize("step_ms", [1.0, 2.0])
def test_the_spread_is_that_of_a_uniform_and_a_gaussian(half_ms: float, step_ms: float) -> None:
    one = replace(SHARP, step_s=1e-3 * step_ms, p=np.array([0.2, 0.5, 0.3]))
    wide = TimingError(1e-3 * half_ms, 4e-3).widened(one)
    added = 1e6 * (variance(wide) - variance(one))
    # What is put back into cells is spread over them: up to a quarter of a step squared.
    assert -1e-3 * added < added - (half_ms**2 / 3.0 + 16.0) < 0.26 * step_ms**2
    assert np.sum(wide.p) == pytest.approx(1.0)
    assert wide.quantile(0.5) == pytest.approx(one.quantile(0.5), abs=0.5e-3 * step_ms)
    assert TimingError().widened(one) is one


def test_a_lead_has_the_difference_of_two_uniforms() -> None:
    """Triangular on -2 h to 2 h; its 2.5 % quantile lies at -(2 - sqrt(0.2)) h."""
    half_ms = 5.0
    wide = TimingError(1e-3 * half_ms).widened(SHARP)
    found = lead(wide, replace(wide, t0_s=wide.t0_s + 0.050))
    assert found.median_ms == pytest.approx(50.0, abs=0.01)
    expected = (2.0 - np.sqrt(0.2)) * half_ms
    assert found.high_ms - 50.0 == pytest.approx(expected, abs=0.5)
    assert 50.0 - found.low_ms == pytest.approx(expected, abs=0.5)


def test_only_slow_sources_and_unknown_skews_add_anything() -> None:
    params = TimingParams()
    assert timing_error(EmgLayout(1000.0, PAIR), params).none
    assert timing_error(EmgLayout(2000.0, PAIR, 1e-4), params).none
    assert timing_error(EmgLayout(999.0, PAIR), params) == TimingError(0.0, params.slow_sd_s)
    skewed = EmgLayout(1000.0, PAIR, timing_error_s=5e-4)
    assert timing_error(skewed, params) == TimingError(5e-4, 0.0)


def test_people_read_why() -> None:
    def told(rate_hz: float, timing_error_s: float = 0.0, *, calibrated: bool = True) -> str:
        layout = EmgLayout(rate_hz, PAIR, timing_error_s=timing_error_s, calibrated=calibrated)
        return " ".join(timing_warnings(layout, TimingParams(), ConditioningParams()))

    assert told(1000.0) == ""
    assert told(500.0).startswith("Reduced bandwidth: the EMG comes 500 times a second.")
    assert "less sure by 9 ms" in told(500.0)
    assert "not told below 500" in told(250.0)
    assert "good to 2 ms at best" in told(1000.0, 1e-3)
    assert "arbitrary units" in told(1000.0, calibrated=False)


def planted(scenario: str, channels: tuple[str, ...], seconds: float) -> ScenarioBody:
    print(f"seed {SEED}, {seconds:g} s of {scenario}")
    return make_body(scenario, seed=SEED, channels=channels)


@cache
def pair(scenario: str) -> np.ndarray:
    return planted(scenario, PAIR, SHORT_S).emg_uv(0, round(SHORT_S * 1000.0))


@cache
def plain_findings(scenario: str) -> list[RepetitionFinding]:
    return found_by(EmgLayout(1000.0, PAIR), pair(scenario), Settings())


def found_by(layout: EmgLayout, emg_uv: np.ndarray, settings: Settings) -> list[RepetitionFinding]:
    pipeline = Pipeline(settings, load_task("bridge"), layout, None)
    flags = np.zeros(emg_uv.shape, dtype=np.bool_)
    findings = pipeline.step(emg_chunk(0, layout.rate_hz, emg_uv, flags)) + pipeline.finish()
    # Live onsets and live verdicts are of the same source, and none of them may break.
    assert any(isinstance(one, OnsetFinding | VerdictFinding) for one in findings)
    return [one for one in findings if isinstance(one, RepetitionFinding)]


def thinned(x: np.ndarray) -> np.ndarray:
    """At 500 Hz as a converter with a sinc3 filter gives it, its delay of 0.75 ms let be."""
    taps = np.convolve(np.convolve([0.5, 0.5], [0.5, 0.5]), [0.5, 0.5])
    return np.asarray(sps.lfilter(taps, [1.0], x, axis=0))[1::2]


def test_at_500_hz_planted_onsets_are_covered_by_wider_intervals() -> None:
    """Some 30 onsets; ``python -m benchmarks.slow_sources`` has the figures."""
    body = planted("bridge_mixed", FOUR, SECONDS)
    repetitions = body.truth(duration_s=SECONDS)["repetitions"]
    slow_uv, task = thinned(body.emg_uv(0, round(SECONDS * 1000.0))), load_task("bridge")
    told = analyse_samples(slow_uv, 500.0, FOUR, task=task, settings=Settings())
    plain = replace(Settings(), order=OrderParams(timing=TimingParams(slow_sd_s=0.0)))
    narrow = analyse_samples(slow_uv, 500.0, FOUR, task=task, settings=plain)
    assert any(one.startswith("Reduced bandwidth") for one in told.warnings)
    assert all(one.reason != "rate_too_low" for one in told.repetitions)
    inside: list[bool] = []
    for wide, one in zip(told.repetitions, narrow.repetitions, strict=True):
        for name in FOUR:
            a, b = wide.onsets[name], one.onsets[name]
            if a is None or b is None:
                continue
            onsets_s = [rep["channels"][name]["onset_s"] for rep in repetitions]
            true_s = onsets_s[int(np.argmin(np.abs(np.array(onsets_s) - a.onset_s)))]
            if abs(true_s - a.onset_s) < 0.5:  # the last repetition has no end in the truth
                inside.append(a.low_s <= true_s <= a.high_s)
            assert a.high_s - a.low_s > b.high_s - b.low_s
    print(f"{np.mean(inside):.3f} of {len(inside)} onsets covered")
    assert len(inside) >= 20
    assert np.mean(inside) >= 0.88


def test_an_unknown_skew_widens_the_leads_of_a_session() -> None:
    known = plain_findings("bridge")
    layout = EmgLayout(1000.0, PAIR, timing_error_s=0.010)
    unknown = found_by(layout, pair("bridge"), Settings())
    # 95 % of a normal lead with 2 h^2 / 3 more variance.
    compared = 0
    for a, b in zip(known, unknown, strict=True):
        if a.low_ms is None or a.high_ms is None or b.low_ms is None or b.high_ms is None:
            continue
        before, after = a.high_ms - a.low_ms, b.high_ms - b.low_ms
        expected = 3.92 * np.sqrt((before / 3.92) ** 2 + 2.0 * 10.0**2 / 3.0)
        assert after == pytest.approx(expected, rel=0.06)
        assert a.lead_ms == pytest.approx(b.lead_ms, abs=4.0)
        compared += 1
    assert compared >= 4


@pytest.mark.parametrize("scale", SCALES)
def test_arbitrary_units_change_no_verdict_and_tell_no_microvolts(scale: float) -> None:
    """Some of what is compared is clear, some is not for want of strength."""
    emg_uv, plain = pair("bridge_mixed"), plain_findings("bridge_mixed")
    assert {None, "low_snr"} <= {one.reason for one in plain}
    layout = EmgLayout(1000.0, PAIR, calibrated=False)
    pipeline = Pipeline(Settings(), load_task("bridge"), layout, None)
    findings = pipeline.step(emg_chunk(0, 1000.0, scale * emg_uv)) + pipeline.finish()
    reps = [one for one in findings if isinstance(one, RepetitionFinding)]
    assert [(one.verdict, one.reason) for one in reps] == [(o.verdict, o.reason) for o in plain]
    for one, other in zip(reps, plain, strict=True):
        assert one.lead_ms == pytest.approx(other.lead_ms, abs=1e-6)
    for channel in pipeline.channels():
        assert channel.usable
        assert channel.noise_uv is None
        assert channel.mains_uv is None
        assert channel.mains_removed_uv is None
        assert channel.snr_db is not None


def test_as_microvolts_the_same_numbers_would_be_a_dead_channel() -> None:
    """Negative control; and a channel without any change is dead in any unit."""
    small = 1e-3 * pair("bridge_mixed")[:10_000]
    small[:, 1] = 0.25
    for calibrated, dead in ((True, [True, True]), (False, [False, True])):
        pipeline = Pipeline(
            Settings(), load_task("bridge"), EmgLayout(1000.0, PAIR, calibrated=calibrated), None
        )
        pipeline.step(emg_chunk(0, 1000.0, small))
        assert ["flat" in one.reasons for one in pipeline.channels()] == dead
