"""Bluetooth LE: return after an outage, added latency, cost, and an hour of packet errors.

``python -m benchmarks ble``. The link of the product, bleak's public client and scanner, a GATT
server, and a simulated air on a loop of virtual time: latencies and times are those of the model
of the air, not of a radio. Only the share of a core is measured on this machine.
"""

from __future__ import annotations

import asyncio
import time
from dataclasses import dataclass
from typing import Any

import numpy as np

from firingorder.firmware_bridge.actions import HostState
from firingorder.firmware_bridge.clock import BLE_CLOCK
from firingorder.firmware_bridge.frame import FrameType, parse_frame
from firingorder.firmware_bridge.links.ble_inbox import Inbox
from firingorder.firmware_bridge.receiver import Receiver
from firingorder.samples import EmgChunk
from firingorder.session.inputs import Rx, Tx
from firingorder.simulation.radio import AirSettings
from tests.firmware_bridge.ble_rig import Rig, now_s
from tests.firmware_bridge.virtual_time import run_virtual

SEED = 11
#: Outages of different lengths, so that the belt is back at another point of each scan.
OUTAGES_S = tuple(4.0 + 0.37 * k for k in range(20))
BACK_BAR_S = 3.0
INTERVALS_MS = (7.5, 15.0, 30.0)
#: Beyond one interval.
LATENCY_BAR_MS = 10.0
LATENCY_SECONDS = 60.0
ERROR_RATE = 0.05
CPU_SECONDS = 60.0
CPU_BAR_PERCENT = 2.0
HOUR_S = 3600.0
LOOK_S = 1.0


def run() -> list[dict[str, Any]]:
    """Measure everything; the hour takes some minutes."""
    back_s = run_virtual(reconnects())
    rows = [
        _row("BLE, streaming after the belt is back, worst of 20", max(back_s), "s", BACK_BAR_S)
    ]
    for interval_ms in INTERVALS_MS:
        for error_rate in (0.0, ERROR_RATE):
            delays_ms = run_virtual(latencies_ms(interval_ms, error_rate))
            what = f"BLE {interval_ms:g} ms, {100 * error_rate:g} % errors, added latency"
            bar = interval_ms + LATENCY_BAR_MS if error_rate == 0.0 else None
            rows.append(_row(f"{what} p50", float(np.percentile(delays_ms, 50)), "ms", None))
            rows.append(_row(f"{what} p95", float(np.percentile(delays_ms, 95)), "ms", bar))
    share, rate = core_share(run_virtual(reads_of(CPU_SECONDS)))
    rows.append(_row("BLE queue, decoder and clock, share of a core", share, "%", CPU_BAR_PERCENT))
    rows.append(_row("the same at a stream of", rate, "kB/s", None))
    return rows + hour_rows(run_virtual(hour()))


async def reconnects() -> list[float]:
    """Return how long the host takes to stream after each outage, seconds."""
    took_s: list[float] = []
    async with Rig(seed=SEED, air=AirSettings(error_rate=ERROR_RATE)) as rig:
        rig.run()
        await rig.until(HostState.STREAMING)
        for away_s in OUTAGES_S:
            await asyncio.sleep(2.0)
            rig.radio.air.cut()
            await asyncio.sleep(away_s)
            rig.radio.air.restore()
            back_s = now_s()
            took_s.append(await rig.until(HostState.STREAMING) - back_s)
        await rig.stop()
    return took_s


async def latencies_ms(interval_ms: float, error_rate: float) -> list[float]:
    """Return for each EMG frame how long after its last sample was ready it arrived.

    A sample is ready when its filters have let it through: their delay is the same on any link.
    """
    air = AirSettings(interval_ms=interval_ms, error_rate=error_rate)
    async with Rig(seed=SEED, air=air) as rig:
        rig.run()
        await rig.until(HostState.STREAMING)
        await asyncio.sleep(LATENCY_SECONDS)
        await rig.stop()
        device = rig.device
        delays_ms: list[float] = []
        for item in rig.desk.inputs:
            if not isinstance(item, Rx):
                continue
            frame = parse_frame(item.data)
            if frame.type == FrameType.DATA and frame.stream == 0:
                last_s = (frame.index + frame.count - 1) / 1000.0
                host_us = device.host_of_body_us(last_s)
                assert host_us is not None
                ready_us = host_us + device.settings.emg_group_delay_us
                delays_ms.append(item.t_ns / 1e6 - ready_us / 1e3)
        return delays_ms


async def reads_of(seconds: float) -> list[Rx | Tx]:
    """Return what passes over a link in some seconds of streaming."""
    async with Rig(seed=SEED) as rig:
        rig.run()
        await rig.until(HostState.STREAMING)
        await asyncio.sleep(seconds)
        await rig.stop()
        return [item for item in rig.desk.inputs if isinstance(item, Rx | Tx)]


def core_share(items: list[Rx | Tx]) -> tuple[float, float]:
    """Return percent of a core that queue, decoder and clock take, and kB/s of the stream."""
    receiver = Receiver("packet", BLE_CLOCK)
    receiver.opened(items[0].t_ns)
    clock = iter([item.t_ns for item in items if isinstance(item, Rx)])
    samples = 0

    async def replay() -> int:
        nonlocal samples
        inbox = Inbox(lambda: next(clock))
        notified = inbox.callback(b"")
        for item in items:
            if isinstance(item, Tx):
                receiver.sent(item.data, item.t_ns)
                continue
            notified(None, bytearray(item.data))
            read = await inbox.next(1.0)
            assert read is not None
            found = receiver.feed(read.data, read.t_ns)
            samples += sum(len(one.emg_uv) for one in found if isinstance(one, EmgChunk))
        return samples

    begin_s = time.process_time()
    asyncio.run(replay())
    cpu_s = time.process_time() - begin_s
    span_s = (items[-1].t_ns - items[0].t_ns) / 1e9
    if samples < 0.95 * 1000 * CPU_SECONDS:
        raise RuntimeError(f"only {samples} samples decoded: the benchmark measures nothing")
    received = sum(len(item.data) for item in items if isinstance(item, Rx))
    return 100 * cpu_s / span_s, received / span_s / 1e3


@dataclass(frozen=True, slots=True)
class Hour:
    """What waited at each look, and what came of it all."""

    in_host: list[int]
    in_belt_percent: list[int]
    lost_samples: int
    samples: int
    dropped_reads: int
    retransmissions: int


async def hour() -> Hour:
    """Stream for an hour while one packet in twenty must be sent again."""
    air = AirSettings(error_rate=ERROR_RATE)
    in_host: list[int] = []
    async with Rig(seed=SEED, air=air) as rig:
        rig.run()
        await rig.until(HostState.STREAMING)
        end_s = now_s() + HOUR_S
        while now_s() < end_s:
            await asyncio.sleep(LOOK_S)
            rig.desk.inputs.clear()
            rig.desk.chunks.clear()
            in_host.append(rig.link.waiting_reads)
        await rig.stop()
        stats = rig.desk.receiver.stats
        emg = stats.streams["emg"]
        return Hour(
            in_host,
            [status.tx_high_water_percent for status in rig.desk.statuses],
            emg.lost_samples,
            emg.samples,
            rig.link.dropped_reads,
            rig.radio.air.retransmissions,
        )


def hour_rows(found: Hour) -> list[dict[str, Any]]:
    """Compare the last ten minutes with the first."""
    if found.samples < 0.99 * 1000 * HOUR_S or found.retransmissions < HOUR_S:
        raise RuntimeError(f"no hour of errors: {found.samples} samples")
    what = "BLE, an hour at 5 % errors"
    belt = found.in_belt_percent
    first, last = (float(np.mean(part)) for part in (belt[:600], belt[-600:]))
    return [
        _row(f"{what}, reads waiting in the host, most", max(found.in_host), "reads", 64),
        _row(f"{what}, ring of the belt, mean of first 10 min", first, "%", None),
        _row(f"{what}, ring of the belt, last 10 min minus first", last - first, "%", 1),
        _row(f"{what}, lost samples", found.lost_samples + found.dropped_reads, "", 0),
    ]


def _row(name: str, value: float, unit: str, bar: float | None) -> dict[str, Any]:
    limit = None if bar is None else f"<= {bar:g}"
    return {"name": name, "value": round(value, 4), "unit": unit, "bar": limit}
