"""States of channels: each fault is told once with one advice, and good when it is over."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest

from firingorder.signal.conditioning import (
    Conditioner,
    ConditioningParams,
    Resampler,
    analysis_rate_hz,
    block_samples,
)
from firingorder.signal.heartbeat import Heartbeat, HeartbeatParams
from firingorder.signal.quality import Look, Looker, Quality, QualityParams, advice, site
from firingorder.signal.refine import OnsetResult
from firingorder.signal.summary import ChannelSummary, SummaryParams
from firingorder.simulation.scenarios import make_body

if TYPE_CHECKING:
    from firingorder.findings import ChannelFinding, QualityFinding

CHANNELS = ("gluteus_maximus_left", "erector_spinae_left")


def watch(
    x: np.ndarray, saturated: np.ndarray | None = None, rate_hz: float = 1000.0
) -> list[QualityFinding]:
    params = ConditioningParams()
    resampler = Resampler(params, rate_hz, 2)
    rate = analysis_rate_hz(rate_hz, params)
    conditioner = Conditioner(params, rate, 2)
    looker = Looker(QualityParams(), rate, block_samples(rate_hz, params))
    quality = Quality(QualityParams(), CHANNELS)
    flags = np.zeros(x.shape, dtype=np.bool_) if saturated is None else saturated
    findings: list[QualityFinding] = []
    for raw in resampler.step(0, x, flags):
        block = conditioner.step(raw)
        look = looker.step(block)
        if look is not None:
            findings += quality.look(look, (block.index0 + len(block.emg_uv)) / rate)
    return findings


def noise(seconds: float, rate_hz: float = 1000.0, seed: int = 1) -> np.ndarray:
    return 3.0 * np.random.default_rng(seed).standard_normal((round(seconds * rate_hz), 2))


def told(findings: list[QualityFinding]) -> list[tuple[str, str]]:
    return [(one.channel, one.state) for one in findings]


def test_clean_rest_and_clean_bursts_are_good() -> None:
    x = noise(30.0)
    t = np.arange(len(x)) / 1000.0
    x[(t % 6.0) > 3.0] *= 60.0
    assert watch(x) == []


@pytest.mark.parametrize("mains_hz", [50.0, 50.4, 60.0])
@pytest.mark.parametrize("rate_hz", [1000.0, 512.0, 2000.0])
def test_mains_is_told_and_its_end_too(mains_hz: float, rate_hz: float) -> None:
    x = noise(20.0, rate_hz)
    t = np.arange(len(x)) / rate_hz
    x[:, 1] += np.where((t > 5.0) & (t < 14.0), 30.0, 0.0) * np.sin(2 * np.pi * mains_hz * t)
    findings = watch(x, rate_hz=rate_hz)
    assert told(findings) == [(CHANNELS[1], "mains"), (CHANNELS[1], "good")]
    assert 6.0 <= findings[0].at_s <= 9.0
    assert "left lower back" in findings[0].advice


def test_saturation_is_told_at_the_next_look() -> None:
    x = noise(12.0)
    flags = np.zeros(x.shape, dtype=np.bool_)
    flags[5000:5100, 0] = True
    findings = watch(x, flags)
    assert told(findings) == [(CHANNELS[0], "saturated"), (CHANNELS[0], "good")]
    assert findings[0].at_s == pytest.approx(6.0)
    assert "gain" in findings[0].advice


def test_a_noisy_skin_contact_is_told() -> None:
    x = noise(20.0)
    x[:, 0] *= 10.0
    assert told(watch(x)) == [(CHANNELS[0], "noise")]


def test_a_dead_channel_has_no_contact() -> None:
    x = noise(6.0)
    x[:, 1] = 12.0
    assert told(watch(x)) == [(CHANNELS[1], "poor_contact")]


def test_missing_samples_say_nothing() -> None:
    x = noise(12.0)
    x[3000:9000] = np.nan
    assert watch(x) == []


def test_lead_off_is_told_at_once_and_once() -> None:
    quality = Quality(QualityParams(), CHANNELS)
    on, off = np.array([False, False]), np.array([False, True])
    assert quality.contact(on, 1.0) == []
    (first,) = quality.contact(off, 2.5)
    assert (first.channel, first.state, first.at_s) == (CHANNELS[1], "poor_contact", 2.5)
    assert quality.contact(off, 3.5) == []
    assert told(quality.contact(on, 4.5)) == [(CHANNELS[1], "good")]


def test_every_state_has_one_plain_advice() -> None:
    for state in ("good", "poor_contact", "saturated", "mains", "noise"):
        text = advice("gluteus_medius_right", state)
        assert "right side of the hip" in text
        assert text.endswith(".")
        assert "_" not in text
    assert site("EMG3") == "EMG3"


@pytest.mark.parametrize(("scenario", "beats"), [("bridge_ecg", True), ("bridge", False)])
def test_strong_heart_beats_are_seen_between_the_bursts(scenario: str, *, beats: bool) -> None:
    body = make_body(scenario, seed=21, channels=("erector_spinae_left",), imu_rate_hz=None)
    heartbeat = Heartbeat(HeartbeatParams(), 1000.0, 1)
    for start in range(0, 50_000, 10_000):
        heartbeat.add(body.emg_uv(start, 10_000))
    assert heartbeat.present().tolist() == [beats]


def summary(x: np.ndarray, rate_hz: float = 1000.0) -> ChannelFinding:
    """What is said of the first of two channels."""
    params = ConditioningParams()
    rate = analysis_rate_hz(rate_hz, params)
    conditioner = Conditioner(params, rate, 2)
    looker = Looker(QualityParams(), rate, block_samples(rate_hz, params))
    collected = ChannelSummary(SummaryParams(), CHANNELS, rate)
    for raw in Resampler(params, rate_hz, 2).step(0, x, np.zeros(x.shape, np.bool_)):
        look = looker.step(conditioner.step(raw))
        if look is not None:
            collected.look(look, np.zeros(2, np.bool_))
    return collected.findings()[0]


def quiet_look() -> Look:
    none, ones = np.zeros(2, np.bool_), np.ones(2)
    return Look(
        ~none, ones, 0.0 * ones, none, np.zeros((1000, 2)), 0.0 * ones, np.zeros((2, 10, 2)), none
    )


def test_hum_is_told_as_the_electrode_sees_it_and_what_was_removed_beside_it() -> None:
    x = noise(20.0)
    x[:, 0] += 20.0 * np.sin(2 * np.pi * 50.0 * np.arange(len(x)) / 1000.0)
    found = summary(x)
    assert found.mains_uv == pytest.approx(20.0 / np.sqrt(2.0), rel=0.1)
    assert found.mains_removed_uv == pytest.approx(20.0 / np.sqrt(2.0), rel=0.1)
    assert found.noise_uv == pytest.approx(3.0, rel=0.1)  # the rest that onsets are sought in
    assert found.usable
    assert summary(noise(20.0)).mains_removed_uv == 0.0


def test_a_slow_stream_serves_and_says_that_its_band_is_narrow() -> None:
    found = summary(noise(12.0, 512.0), 512.0)
    assert found.usable
    assert found.reasons == ("bandwidth",)
    assert summary(noise(12.0)).reasons == ()


def test_a_dead_channel_is_flat_and_does_not_serve() -> None:
    x = noise(12.0)
    x[:, 0] = 7.0
    found = summary(x)
    assert not found.usable
    assert "flat" in found.reasons


@pytest.mark.parametrize("samples", [1, 500])
def test_a_channel_of_which_nothing_is_known_does_not_serve(samples: int) -> None:
    found = summary(noise(1.0)[:samples])
    assert not found.usable
    assert found.reasons == ("gap",)


def test_a_channel_that_copies_another_one_does_not_serve() -> None:
    collected = ChannelSummary(SummaryParams(), CHANNELS, 1000.0)
    for _ in range(4):
        collected.look(quiet_look(), np.zeros(2, np.bool_))
    own = OnsetResult(None, None, 20.0, 1.0, 10.0, (), None)
    copy = OnsetResult(None, None, 20.0, 1.0, 10.0, ("crosstalk",), None)
    for k in range(4):
        collected.repetition({CHANNELS[0]: own, CHANNELS[1]: copy if k < 3 else own})
    first, second = collected.findings()
    assert "crosstalk" not in first.reasons
    assert "crosstalk" in second.reasons
    assert not second.usable
