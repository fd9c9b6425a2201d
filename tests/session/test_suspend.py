"""A computer that falls asleep in a session: its clock stands still, the device goes on."""

from __future__ import annotations

import asyncio
import sys
import time

import numpy as np
import pytest

from firingorder.findings import MarkerEvent
from firingorder.firmware_bridge.clock import ClockModel
from firingorder.samples import EmgChunk
from firingorder.session.inputs import LinkNote, from_entry, to_entry
from firingorder.session.suspend import LEAST_SLEEP_NS, SleepWatch, note_of_sleep, slept_clock
from firingorder.simulation.device import VirtualDevice
from firingorder.simulation.faults import parse_faults
from firingorder.simulation.link import SimLink
from firingorder.simulation.scenarios import make_body
from tests.firmware_bridge.adapter_wire import WIRES, arrivals, check_accounts, feed, heard, jitter
from tests.firmware_bridge.fault_rig import Run, Stage, Tampered, on_wire
from tests.session.sessions import FEW_FRAMES

#: The link moves nothing from a little before the sleep to a little after it, as a bus does. The
#: body begins about a tenth of a second after the virtual clock (1 s). The map is locked by then.
STALL = "stall={stall_s}@11.5"
FALLS_ASLEEP_S = 12.9
#: Least delay of the simulated line, its tail, and a quarter of a second to settle.
MAPPING_MS = 2.0


def asleep(sleep_s: float, *, seed: int = 5, seconds: float, faults: str = "") -> Run:
    plan = parse_faults(STALL.format(stall_s=sleep_s + 0.6) + faults)
    device = VirtualDevice(
        make_body("rest", seed=seed), seed=seed, faults=plan, settings=FEW_FRAMES
    )

    def tampered(link: SimLink) -> Tampered:
        return Tampered(link, sleeps=((FALLS_ASLEEP_S, sleep_s),))

    return on_wire(device, seconds, tampered=tampered)


def check_mapping(run: Run) -> float:
    """Compare the map of the clocks at the end with the truth; return its error, ms."""
    engine = run.acquisition.engine
    assert engine.newest_s is not None
    host_ns = engine.receiver.host_ns(engine.newest_s)
    true_us = run.device.host_of_body_us(engine.newest_s)
    assert host_ns is not None
    assert true_us is not None
    slept_ns = run.notes("suspended")[0].slept_ns
    return host_ns / 1e6 - (true_us * 1e3 - slept_ns) / 1e6


@pytest.mark.parametrize("sleep_s", [0.8, 6.0])
def test_behind_a_sleep_every_sample_has_its_place_and_its_time(sleep_s: float) -> None:
    run = asleep(sleep_s, seconds=sleep_s + 15.0)
    assert run.error is None
    run.verify()
    (note,) = run.notes("suspended")
    assert note.slept_ns == round(sleep_s * 1e9)
    assert any(isinstance(one, MarkerEvent) and one.text == note.reason for one in run.events)

    times_s = [one.t0_s - one.index0 / 1000.0 for one in run.items if isinstance(one, EmgChunk)]
    assert np.abs(times_s).max() < 1e-5
    dropped = run.device.outbox.frames_dropped
    print(f"mapping {check_mapping(run):+.2f} ms, dropped {dropped} frames, {run.gaps()}")
    assert abs(check_mapping(run)) < MAPPING_MS
    # The ring of the device holds more than two seconds: a short nap costs nothing.
    assert (dropped > 0) == (sleep_s > 3.0)
    gaps = run.gaps()
    assert bool(gaps) == bool(dropped)
    assert all(gap.kind == "outage" and not gap.uncertain for gap in gaps)
    assert run.stats.seq_gaps == dropped


def test_a_long_sleep_lets_the_device_stop_and_it_is_started_again() -> None:
    run = asleep(40.0, seconds=56.0)
    assert run.error is None
    run.verify()
    gaps = run.gaps()
    assert all(gap.kind == "outage" and not gap.uncertain for gap in gaps)
    assert sum(gap.samples for gap in gaps) > 35_000
    assert abs(check_mapping(run)) < MAPPING_MS


def test_a_device_that_reboots_meanwhile_is_placed_by_the_sleep() -> None:
    run = asleep(6.0, seconds=22.0, faults=",reboot@14")
    assert run.error is None
    run.verify(uncertain_samples=20)
    assert [gap.uncertain for gap in run.gaps() if gap.kind == "outage"] == [True]


def test_control_without_the_note_the_clocks_are_seconds_apart() -> None:
    device = VirtualDevice(
        make_body("rest", seed=5),
        seed=5,
        faults=parse_faults(STALL.format(stall_s=6.6)),
        settings=FEW_FRAMES,
    )
    stage = Stage(device)
    link = Tampered(SimLink(device, speed=0), sleeps=((FALLS_ASLEEP_S, 6.0),))
    acquisition = stage.acquisition(link, 19.5, slept_ns=None)
    asyncio.run(acquisition.run())
    engine = acquisition.engine
    assert engine.newest_s is not None
    host_ns, true_us = (
        engine.receiver.host_ns(engine.newest_s),
        device.host_of_body_us(engine.newest_s),
    )
    assert host_ns is not None
    assert true_us is not None
    assert abs(host_ns / 1e6 - (true_us / 1e3 - 6000.0)) > 100.0


@pytest.mark.parametrize("name", WIRES)
@pytest.mark.parametrize("error_s", [0.0, 0.3])
def test_counters_and_the_sleep_tell_how_much_another_makers_device_lost(
    name: str, error_s: float
) -> None:
    """A system that counts sleep in whole seconds is wrong by some of it; the counter is not."""
    wire, sleep_s = WIRES[name], 37.3
    rate = round(wire.rate_hz)
    receiver, at, asleep_n = wire.receiver(), 20 * rate + 3, round(sleep_s * rate)
    items = feed(receiver, arrivals(wire, range(at), delay_s=jitter(4, 0.002)))
    slept_ns = round(1e9 * sleep_s)
    later = arrivals(wire, range(at + asleep_n, at + asleep_n + 8 * rate), delay_s=jitter(5, 0.002))
    receiver.suspended(later[0].t_ns - slept_ns, slept_ns + round(1e9 * error_s))
    items += feed(receiver, [type(one)(one.data, one.t_ns - slept_ns) for one in later])
    found = heard(wire, items)
    (gap,) = found.gaps
    print(f"{name}: {gap.samples - asleep_n} samples off")
    assert gap.kind == "outage"
    assert gap.uncertain
    tells_s = wire.modulus / wire.rate_hz
    if error_s < tells_s / 2:
        assert gap.samples == asleep_n
    else:
        assert abs(gap.samples - asleep_n) <= (error_s + tells_s) * rate
    check_accounts(receiver, items)
    at_s = receiver.now_s(later[-1].t_ns - slept_ns)
    assert at_s is not None
    assert abs(at_s - found.index[-1] / wire.rate_hz) < 0.02


def test_the_note_is_recorded_and_read_back() -> None:
    note = note_of_sleep(1, 5, 2_500_000_000)
    assert from_entry(*to_entry(note, 3)) == note
    assert from_entry(*to_entry(LinkNote(0, "lost", 5), 3)) == LinkNote(0, "lost", 5)


def test_only_growth_beyond_the_least_is_a_sleep() -> None:
    told = iter([7, 7 + LEAST_SLEEP_NS, 8 + LEAST_SLEEP_NS, 8 + LEAST_SLEEP_NS, 0])
    watch = SleepWatch(lambda: next(told))
    assert [watch.new_ns() for _ in range(4)] == [0, 1 + LEAST_SLEEP_NS, 0, 0]
    assert SleepWatch(None).new_ns() == 0


def test_the_clock_of_this_system_can_be_read_and_does_not_go_back() -> None:
    clock = slept_clock()
    if sys.platform not in ("linux", "darwin"):
        assert clock is None
        return
    assert clock is not None
    first_ns = clock()
    time.monotonic_ns()
    assert first_ns >= -LEAST_SLEEP_NS
    assert abs(clock() - first_ns) < LEAST_SLEEP_NS


def test_until_a_sample_comes_the_mapping_is_the_old_one_and_the_sleep() -> None:
    before = ClockModel()
    for k in range(20_000):
        before.add(k * 1000, k * 1_000_040 + 300_000)
    after = before.behind_sleep(5_000_000_000)
    host_ns = before.host_ns(30_000_000)
    assert host_ns is not None
    assert after.host_ns(30_000_000) == host_ns - 5_000_000_000
    device_us = after.device_us(host_ns - 5_000_000_000)
    assert device_us == pytest.approx(30_000_000)
    after.add(30_000_000, 25_001_500_000)  # the sleep was not known to the millisecond
    assert after.host_ns(30_000_000) == pytest.approx(25_001_500_000, abs=1)
    assert after.slope == pytest.approx(before.slope) != 0.0
