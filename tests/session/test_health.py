"""What the link panel shows, against a device whose faults are known."""

from __future__ import annotations

import asyncio
from dataclasses import replace

import pytest

from firingorder.firmware_bridge.actions import HostConfig
from firingorder.montage import Montage
from firingorder.session.acquisition import Acquisition
from firingorder.session.setup import SessionSetup
from firingorder.simulation.device import VirtualDevice
from firingorder.simulation.faults import parse_faults
from firingorder.simulation.link import SimLink
from firingorder.simulation.scenarios import make_body
from firingorder.simulation.settings import DeviceSettings
from firingorder.training.exercises import load_task
from tests.session.sessions import FEW_FRAMES

SEED = 5
#: A link does not care how many muscles there are.
TWO = ("gluteus_maximus_left", "erector_spinae_left")
MONTAGE = Montage(tuple((f"EMG{k + 1}", name) for k, name in enumerate(TWO)))


def _run(faults: str, duration_s: float, settings: DeviceSettings | None = None) -> Acquisition:
    print(f"seed {SEED}, faults {faults}")
    body = make_body("rest", seed=SEED, channels=TWO)
    device = VirtualDevice(
        body, seed=SEED, faults=parse_faults(faults), settings=settings or DeviceSettings()
    )
    acquisition = Acquisition(
        SimLink(device, speed=0),
        SessionSetup(task=load_task("bridge"), montage=MONTAGE),
        host=HostConfig(),
        duration_s=duration_s,
    )
    asyncio.run(acquisition.run())
    return acquisition


def test_drift_loss_and_reconnects_are_those_that_were_planted() -> None:
    done = _run("ppm=60,drop=0.02,unplug=2@14", 34.0, FEW_FRAMES)
    health = done.meter.look(done.engine, done.link.now_ns())
    # A positive ppm means the device's oscillator runs fast: its seconds pass early.
    assert health.drift_ppm == pytest.approx(-60.0, abs=10.0)
    assert health.loss_percent == pytest.approx(2.0, abs=0.5)
    assert health.lost_samples > 0
    assert health.reconnects == 1
    assert health.rate_measured_hz == pytest.approx(1000.0, rel=1e-3)
    assert health.claim == "full"
    assert health.why_not_full is None


def test_ages_are_those_of_the_line() -> None:
    done = _run("ppm=0", 14.0)
    health = done.meter.look(done.engine, done.link.now_ns())
    assert health.age_p50_ms is not None
    assert health.age_p95_ms is not None
    # The front end delays by 16.25 ms, the line adds an exponential tail of mean 0.43 ms beyond its
    # least delay, and frames of the motion sensor come up to 8 ms after the last EMG.
    front_end_ms = DeviceSettings().emg_group_delay_us / 1e3
    assert front_end_ms <= health.age_p50_ms < front_end_ms + 2.0
    assert health.age_p50_ms <= health.age_p95_ms < front_end_ms + 10.0
    assert health.clock_uncertainty_ms is not None
    assert health.clock_uncertainty_ms < 1.0


@pytest.mark.parametrize("delay_us", [16_250, 31_000])
def test_the_age_of_a_session_is_that_of_its_line_whatever_outages_it_had(delay_us: int) -> None:
    """Reads that bring no EMG, and the time without a link, are nobody's age."""
    settings = replace(FEW_FRAMES, emg_group_delay_us=delay_us)
    ages_ms = _run("ppm=0,unplug=2@5", 12.0, settings).engine.ages.percentiles_ms
    assert ages_ms is not None
    # An exponential tail of mean 0.43 ms: median 0.30 ms, 95th percentile 1.29 ms, and the clock
    # model may be off by as much as the least of the tail that it saw.
    p50_ms, p95_ms = (one - delay_us / 1e3 for one in ages_ms)
    print(f"beyond the front end: {p50_ms:.2f} and {p95_ms:.2f} ms")
    assert p50_ms == pytest.approx(0.30, abs=0.15)
    assert p95_ms == pytest.approx(1.29, abs=0.4)


def test_before_the_first_sample_nothing_is_claimed() -> None:
    acquisition = Acquisition(
        SimLink(VirtualDevice(make_body("rest", seed=SEED), seed=SEED), speed=0),
        SessionSetup(task=load_task("bridge")),
        host=HostConfig(),
    )
    health = acquisition.meter.look(acquisition.engine, 0)
    assert health.rate_measured_hz is None
    assert health.age_p50_ms is None
    assert health.claim == ""
