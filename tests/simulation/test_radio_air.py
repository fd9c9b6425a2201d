"""The paced air: bursts, latency, retransmission, back-pressure; the air itself loses nothing."""

from __future__ import annotations

import asyncio
from collections import Counter
from itertools import pairwise

import numpy as np
import pytest

from firingorder.firmware_bridge.frame import Flag, FrameType
from firingorder.simulation.radio import AirSettings
from firingorder.simulation.sampler import emg_pattern
from firingorder.simulation.settings import DeviceSettings
from tests.firmware_bridge.virtual_time import run_virtual
from tests.simulation.radio_rig import RadioRig

#: wire_protocol.md section 6: a ring of at least 14.5 kB, half a second of the stream.
SMALL_RING = DeviceSettings(ring_bytes=14_500)
ROUNDING_S = 2e-6
EMG_PERIOD_S = 1e-3
GROUP_DELAY_S = 16.25e-3


def latencies_s(rig: RadioRig) -> np.ndarray:
    """Return arrival minus the instant at which the last sample of each EMG frame was ready."""
    start_us = rig.device.host_of_body_us(0.0)
    assert start_us is not None
    out: list[float] = []
    data = [(at, frame) for (at, _), frame in zip(rig.arrived, rig.frames(), strict=True)]
    for at_s, frame in data:
        if frame.type == FrameType.DATA and frame.stream == 0:
            last = frame.index + frame.count - 1
            out.append(at_s - start_us / 1e6 - last * EMG_PERIOD_S - GROUP_DELAY_S)
    return np.array(out)


@pytest.mark.parametrize("interval_ms", [7.5, 15.0, 30.0])
def test_frames_come_in_bursts_within_one_interval(interval_ms: float) -> None:
    """Uniform phase of an 8 ms frame against the events: mean delay half an interval."""

    async def run() -> None:
        async with RadioRig(settings=AirSettings(interval_ms=interval_ms)) as rig:
            await rig.connect()
            await rig.start()
            await asyncio.sleep(12.0)
            interval_s = interval_ms / 1e3
            times = np.array([at for at, _ in rig.arrived])
            phase = (times - times[0] + ROUNDING_S) % interval_s
            assert phase.max() < 2 * ROUNDING_S, "arrivals lie on the grid of events"
            counts = Counter(np.round((times - times[0]) / interval_s).astype(int).tolist())
            assert max(counts.values()) <= rig.settings.pdus_per_event
            late = latencies_s(rig)
            print(f"interval {interval_ms} ms: delay mean {1e3 * late.mean():.2f} ms, ", end="")
            print(f"p95 {1e3 * np.percentile(late, 95):.2f}, max {1e3 * late.max():.2f}")
            assert -ROUNDING_S <= late.min()
            assert late.max() <= interval_s + ROUNDING_S
            assert late.mean() == pytest.approx(interval_s / 2, rel=0.1)
            assert rig.missing_frames() == 0

    run_virtual(run())


@pytest.mark.parametrize("seed", [1, 2])
def test_packet_errors_delay_and_lose_nothing(seed: int) -> None:
    """Each error costs whole intervals; order, number and content of the frames stay."""

    async def run() -> tuple[float, int]:
        async with RadioRig(
            seed=seed, settings=AirSettings(interval_ms=15.0, error_rate=0.1)
        ) as rig:
            await rig.connect()
            await rig.start(pattern=True)
            await asyncio.sleep(10.0)
            assert rig.missing_frames() == 0
            emg = [frame for frame in rig.frames(FrameType.DATA) if frame.stream == 0]
            expected = 0
            for frame in emg:
                assert frame.index == expected
                words = np.frombuffer(frame.payload, np.uint8).reshape(frame.count, 8, 3)
                low = words[..., 0].astype(int) | words[..., 1].astype(int) << 8
                counts = low | words[..., 2].astype(np.int8).astype(int) << 16
                assert np.array_equal(counts, emg_pattern(expected, frame.count, 8))
                expected += frame.count
            assert expected == pytest.approx(10_000, abs=100)
            return float(latencies_s(rig).max()), rig.radio.air.retransmissions

    worst_s, again = run_virtual(run())
    print(f"seed {seed}: {again} retransmissions, worst delay {1e3 * worst_s:.1f} ms")
    assert again > 50
    assert worst_s > 0.030, "an error costs at least one more interval"
    assert run_virtual(run()) == (worst_s, again), "the same seed gives the same air"


def test_another_seed_is_another_air() -> None:
    async def run(seed: int) -> list[float]:
        settings = AirSettings(error_rate=0.1)
        async with RadioRig(seed=seed, settings=settings) as rig:
            await rig.connect()
            await rig.start()
            await asyncio.sleep(2.0)
            return [at - rig.arrived[0][0] for at, _ in rig.arrived]

    first, again, other = (run_virtual(run(seed)) for seed in (5, 5, 6))
    assert first == again
    assert first != other


def test_a_radio_that_is_too_slow_makes_the_device_drop_and_count() -> None:
    """3 PDUs per 30 ms are 100 frames/s, the stream has 145: the ring fills, whole frames go."""

    async def run() -> None:
        settings = AirSettings(interval_ms=30.0, pdus_per_event=3)
        async with RadioRig(settings=settings, device_settings=SMALL_RING) as rig:
            await rig.connect()
            await rig.start()
            await asyncio.sleep(8.0)
            status = await rig.stop_and_drain()
            missing = rig.missing_frames()
            print(f"dropped by the device {status.frames_dropped}, missing here {missing}")
            assert status.frames_dropped == missing > 200
            counts = Counter(at for at, _ in rig.arrived)
            assert max(counts.values()) <= 3
            frames = rig.frames()
            for before, after in pairwise(frames):
                hole = ((after.seq - before.seq) & 0xFFFF) > 1
                assert bool(after.flags & Flag.DROPPED) == hole

    run_virtual(run())


@pytest.mark.parametrize("stall_s", [0.3, 4.0])
def test_a_stall_is_no_disconnect_and_its_drops_are_counted(stall_s: float) -> None:
    async def run() -> None:
        async with RadioRig(device_settings=SMALL_RING) as rig:
            client = await rig.connect()
            await rig.start()
            await asyncio.sleep(2.0)
            rig.radio.air.stall()
            before = len(rig.arrived)
            await asyncio.sleep(stall_s)
            assert len(rig.arrived) == before
            assert client.is_connected
            rig.radio.air.flow()
            await asyncio.sleep(2.0)
            status = await rig.stop_and_drain()
            missing = rig.missing_frames()
            print(f"stall {stall_s} s: dropped {status.frames_dropped}, missing {missing}")
            assert status.frames_dropped == missing
            # 14.5 kB hold 0.5 s of the stream; the controller holds 8 frames more.
            assert (missing == 0) == (stall_s < 0.5)
            assert rig.lost_at_s == []

    run_virtual(run())


def test_without_data_length_extension_a_frame_takes_many_pdus() -> None:
    """27 bytes per PDU: a frame of 216 is 9 PDUs with its 7 bytes of headers (223 / 27)."""

    async def run() -> None:
        settings = AirSettings(interval_ms=7.5, pdu_bytes=27, pdus_per_event=9, buffers=18)
        async with RadioRig(settings=settings) as rig:
            await rig.connect()
            await rig.start()
            await asyncio.sleep(1.0)
            counts = Counter(at for at, data in rig.arrived if len(data) == 216)
            assert max(counts.values()) == 1
            assert rig.missing_frames() == 0

    run_virtual(run())
