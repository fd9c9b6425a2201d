"""A link that cannot carry the stream: what is evidence, what is done, and that a stall is none."""

from __future__ import annotations

import asyncio
import math
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
import pytest

from firingorder.findings import MarkerEvent
from firingorder.firmware_bridge.actions import HostState, Tell
from firingorder.firmware_bridge.commands import CommandPayload, SetRateCommand, StartCommand
from firingorder.firmware_bridge.frame import AckStatus, FrameType, parse_frame
from firingorder.firmware_bridge.hello import Caps
from firingorder.firmware_bridge.items import HelloItem, StatusItem
from firingorder.firmware_bridge.payloads import SampleFormat, Status
from firingorder.firmware_bridge.relief import LATE_S, LOSING_S, Relief
from firingorder.samples import EmgChunk
from firingorder.session.inputs import Tx
from firingorder.simulation.radio import AirSettings
from firingorder.simulation.sampler import DC_BLOCK_HZ
from firingorder.simulation.scenarios import make_body
from firingorder.simulation.settings import I16_UV_PER_COUNT
from tests.firmware_bridge import talker
from tests.firmware_bridge.ble_rig import Rig, make_belt
from tests.firmware_bridge.fault_rig import Run, on_air
from tests.firmware_bridge.test_host import Bench, FakeDevice
from tests.firmware_bridge.virtual_time import run_virtual

if TYPE_CHECKING:
    from firingorder.samples import FloatArray
    from firingorder.simulation.body import Body

#: Three packets every 26.25 ms are 114 a second. As i24 nine samples fit a frame: 111 frames and
#: 20 of the motion sensor. As i16 thirteen fit: 77 and 20.
NARROW = AirSettings(interval_ms=26.25, pdus_per_event=3)
#: Not even that: 76 a second.
TOO_NARROW = AirSettings(interval_ms=26.25, pdus_per_event=2)
LARGEST_BATCH = 13
CAN = int(Caps.SET_RATE | Caps.I16_EMG)
#: The smallest ring (wire_protocol.md section 10), and that of the emulated devices.
SMALL_RING, LARGE_RING = 14_500, 65_536


def behind_dc_block(body: Body, k0: int, n: int, begin: int) -> FloatArray:
    """Return what the device sends as i16: microvolts behind a high-pass of 1 Hz."""
    share = 1.0 - math.exp(-2.0 * math.pi * DC_BLOCK_HZ / body.emg_rate_hz)
    uv = body.emg_uv(begin, k0 + n - begin)
    mean, out = uv[0].copy(), np.empty_like(uv)
    for row, value in enumerate(uv):
        out[row] = value - mean
        mean = mean + share * out[row]
    return out[k0 - begin :]


def verify_both_formats(run: Run, body: Body) -> int:
    """Verify every sample of a run that changed its format at its first outage; return where."""
    (change,) = [gap for gap in run.gaps() if gap.kind == "outage"]
    first = change.index0 + change.samples
    whole = behind_dc_block(body, first, run.stats.streams["emg"].samples, first)

    def truth(k0: int, n: int, begin: int) -> FloatArray:
        if begin == 0:
            return body.emg_uv(k0, n)
        found = whole[k0 - begin : k0 - begin + n]
        # The steps of the two formats differ; within half a step is equal.
        return np.rint(found / I16_UV_PER_COUNT) * I16_UV_PER_COUNT

    assert not change.uncertain
    run.verify(emg=truth)
    return change.index0


def run_narrow(ring_bytes: int, air: AirSettings, seconds: float) -> tuple[Run, Body]:
    seed = 23
    body = make_body("bridge", seed=seed, repetitions=2)

    async def run() -> Run:
        belt = make_belt(seed, body=body, ring_bytes=ring_bytes, emg_batch=LARGEST_BATCH)
        async with Rig(seed=seed, air=air, twins=[belt]) as rig:
            return await on_air(rig, seconds)

    return run_virtual(run()), body


def test_a_narrow_link_is_given_less_and_loses_nothing_from_then_on() -> None:
    run, body = run_narrow(SMALL_RING, NARROW, 11.0)
    assert run.error is None
    changed = verify_both_formats(run, body)
    print(f"changed at sample {changed}, {run.stats}")

    losses = [gap for gap in run.gaps() if gap.kind == "loss"]
    assert losses
    assert all(gap.index0 < changed for gap in losses)
    assert run.stats.seq_gaps == run.device.outbox.frames_dropped > 0

    hellos = [one.hello for one in run.items if isinstance(one, HelloItem)]
    assert [hellos[0].streams[0].fmt, hellos[-1].streams[0].fmt] == [
        SampleFormat.I24,
        SampleFormat.I16,
    ]
    (note,) = run.notes("narrow")
    assert run.told == [note.reason]
    assert "16 instead of 24 bits" in note.reason
    assert [one.text for one in run.events if isinstance(one, MarkerEvent)] == [note.reason]
    assert "device" in run.tape.topics  # the new description is in the recording
    flags = [one.saturated.any() for one in run.items if isinstance(one, EmgChunk)]
    assert not any(flags)


def test_what_was_reduced_stays_reduced_over_a_lost_link_and_a_reboot() -> None:
    seed = 29
    body = make_body("rest", seed=seed, repetitions=2)

    async def run() -> Run:
        belt = make_belt(seed, body=body, ring_bytes=SMALL_RING, emg_batch=LARGEST_BATCH)
        async with Rig(seed=seed, air=NARROW, twins=[belt]) as rig:
            session = asyncio.ensure_future(on_air(rig, 20.0))
            await asyncio.sleep(12.0)
            rig.radio.air.cut()
            await asyncio.sleep(3.0)
            rig.radio.air.restore()
            await asyncio.sleep(3.0)
            rig.device.reboot()
            belt.run()
            return await session

    found = run_virtual(run())
    assert found.error is None
    assert len(found.notes("narrow")) == 1
    asked = [parse_frame(one.data).type - 0x80 for one in found.tape.inputs if isinstance(one, Tx)]
    print([code for code in asked if code in (2, 4)])
    # START as it is; then SET_RATE before every START: on changing, on coming back, on rebooting.
    assert [code for code in asked if code in (2, 4)] == [2, *(4, 2) * 3]
    assert found.device.streams.emg.fmt == SampleFormat.I16


def test_a_link_too_narrow_for_the_smaller_format_is_told_once_and_the_session_goes_on() -> None:
    run, _ = run_narrow(SMALL_RING, TOO_NARROW, 18.0)
    assert run.error is None
    assert [one.reason for one in run.notes("narrow")] == run.told
    first, second = run.told
    assert "16 instead of 24" in first
    assert "500 samples a second" in second
    assert "cable" in second
    assert run.stats.seq_gaps == run.device.outbox.frames_dropped


@pytest.mark.parametrize(("ring_bytes", "stall_s"), [(SMALL_RING, 1.0), (LARGE_RING, 3.0)])
def test_control_a_stall_and_packet_errors_never_reduce(ring_bytes: int, stall_s: float) -> None:
    seed = 31
    air = AirSettings(interval_ms=15.0, error_rate=0.05)

    async def run() -> Run:
        belt = make_belt(seed, ring_bytes=ring_bytes)
        async with Rig(seed=seed, air=air, twins=[belt]) as rig:
            session = asyncio.ensure_future(on_air(rig, stall_s + 7.5))
            await asyncio.sleep(3.0)
            rig.radio.air.stall()
            await asyncio.sleep(stall_s)
            rig.radio.air.flow()
            return await session

    found = run_virtual(run())
    found.verify()
    print(f"ring {ring_bytes}: {found.device.outbox.frames_dropped} frames dropped")
    assert found.device.outbox.frames_dropped > 0  # the stall overflows the ring
    assert not found.notes("narrow")
    assert not found.told
    assert found.device.streams.emg.fmt == SampleFormat.I24
    said = [one.status for one in found.items if isinstance(one, StatusItem)]
    assert any(one.tx_high_water_percent > 80 for one in said)


def reports(
    relief: Relief, high: list[int], dropped: list[int], *, period_s: float = 1.0
) -> list[bool]:
    """Give reports a second apart, with samples arriving all the time between them."""
    out: list[bool] = []
    total = 0
    for k, (high_percent, frames) in enumerate(zip(high, dropped, strict=True)):
        total += frames
        begin_ns = round(k * period_s * 1e9)
        for step in range(100):
            relief.arrived(begin_ns + round(step * period_s * 1e7))
        status = Status(uptime_s=100 + k, tx_high_water_percent=high_percent, frames_dropped=total)
        out.append(relief.is_due(status, begin_ns + round(period_s * 1e9)))
    return out


def test_losing_for_seconds_on_end_is_evidence_and_less_is_not() -> None:
    assert reports(Relief(), [100] * 6, [9] * 6) == [False] * LOSING_S + [True]
    assert not any(reports(Relief(), [100] * 9, [9, 9, 9, 9, 0, 9, 9, 9, 9]))


def test_a_ring_that_stays_full_is_evidence_after_longer() -> None:
    full = reports(Relief(), [85] * (LATE_S + 1), [0] * (LATE_S + 1))
    assert full == [False] * LATE_S + [True]
    assert not any(reports(Relief(), [80] * 40, [0] * 40))


def test_control_a_backlog_that_comes_in_a_rush_is_no_evidence() -> None:
    assert not any(reports(Relief(), [100] * 30, [9] * 30, period_s=0.4))


def test_control_reports_around_silences_are_no_evidence() -> None:
    relief = Relief()
    for k in range(30):
        relief.arrived(k * 1_000_000_000)  # samples come once a second only
        status = Status(uptime_s=k, tx_high_water_percent=100, frames_dropped=9 * k)
        assert not relief.is_due(status, k * 1_000_000_000)


def test_a_device_that_reboots_begins_anew() -> None:
    relief = Relief()
    assert not any(reports(relief, [100] * 4, [9] * 4))
    assert not any(reports(relief, [100] * 4, [9] * 4))


@dataclass
class Overrun(FakeDevice):
    """A device that drops frames all the time, and says so every second."""

    seconds: int = 0

    def speak(self, t_us: int) -> bytes:
        out = super().speak(t_us)
        if t_us // 1_000_000 > self.seconds:
            self.seconds = t_us // 1_000_000
            state = {"tx_high_water_percent": 100, "frames_dropped": 9 * self.seconds}
            status = Status(uptime_s=self.seconds, state=int(self.streaming), **state)
            out += self.talker.frame(FrameType.STATUS, status.build(), t_us=t_us)
        return out


def test_a_device_that_refuses_what_it_announces_goes_on_as_it_was() -> None:
    def refuse(belt: FakeDevice, command: CommandPayload) -> bytes | None:
        if not isinstance(command, SetRateCommand):
            return None
        return belt.talker.ack(command.token, command.code, AckStatus.BAD_PARAMETER, 3)

    belt = Overrun(talker.Talker(replace(talker.hello(), caps=CAN)), answer=refuse)
    bench = Bench(belt).run(30.0)
    assert bench.error is None
    assert bench.machine.state is HostState.STREAMING
    assert len(belt.commands(SetRateCommand)) == 1
    (told,) = [action.text for _, action in bench.log if isinstance(action, Tell)]
    assert "500 samples a second" in told


def test_a_device_that_can_do_nothing_is_left_alone_and_that_is_told_once() -> None:
    belt = Overrun()
    bench = Bench(belt).run(30.0)
    assert belt.commands(SetRateCommand) == []
    assert len(belt.commands(StartCommand)) == 1
    (told,) = [action.text for _, action in bench.log if isinstance(action, Tell)]
    assert "500 samples a second" in told


def test_only_what_the_device_can_do_is_asked() -> None:
    plain = talker.hello()
    assert Relief().next_step(plain) is None  # no capability, no step


def test_a_step_that_is_refused_is_not_asked_again() -> None:
    relief = Relief()
    hello = replace(talker.hello(), caps=CAN)
    step = relief.next_step(hello)
    assert step is not None
    assert (step.stream, step.fmt, step.rate_mhz) == (0, SampleFormat.I16, 0)
    relief.refused(step)
    assert relief.commands == []
    assert relief.next_step(hello) is None
