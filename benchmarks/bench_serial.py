"""Serial: what queue, decoder and clock cost in real time, and an hour of lost frames.

``python -m benchmarks serial``. The share of a core is measured on a pseudo-terminal, with the
simulated device in a process of its own: thread, queue, event loop, host machine, decoder and clock
are those of a session, without the analysis. The hour runs on a virtual clock.
"""

from __future__ import annotations

import asyncio
import resource
import subprocess
import sys
import time
from typing import Any

from firingorder.firmware_bridge.actions import HostState
from firingorder.firmware_bridge.clock import ClockParams
from firingorder.firmware_bridge.host import HostMachine
from firingorder.firmware_bridge.links.serial import SerialLink
from firingorder.firmware_bridge.links.serial_reader import Reader
from firingorder.firmware_bridge.receiver import Receiver
from firingorder.samples import EmgChunk
from firingorder.session.inputs import Input, Rx, Tx
from firingorder.session.runner import LinkRunner
from firingorder.simulation.device import VirtualDevice
from firingorder.simulation.faults import FaultPlan
from firingorder.simulation.line import FaultyLine
from firingorder.simulation.link import SimLink
from firingorder.simulation.scenarios import make_body
from tests.firmware_bridge.ble_rig import Desk

SEED = 11
CPU_SECONDS = 20.0
#: Percent: queue, decoder and clock at 30 kB/s.
CPU_BAR = 2.0
ERROR_RATE = 0.05
HOUR_S = 3600.0
SETTLED_S = 600.0
#: What one more buffer of the allocator takes; a queue of frames would grow by 100 MB in an hour.
GROWTH_BAR_MB = 2.0


def run() -> list[dict[str, Any]]:
    """Measure everything; the hour takes some minutes."""
    items, whole_share = in_real_time()
    share, rate = asyncio.run(core_share(items))
    return [
        _row("serial thread, queue, decoder and clock, share of a core", share, "%", CPU_BAR),
        _row("the same at a stream of", rate, "kB/s", None),
        _row("with waking up for every read, event loop and host machine", whole_share, "%", None),
        *asyncio.run(hour()),
    ]


def in_real_time() -> tuple[list[Input], float]:
    """Return what passed over a pseudo-terminal, and percent of a core that this took."""
    command = [sys.executable, "-m", "firingorder", "simulate", "--listen", "pty"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as device:
        try:
            assert device.stdout is not None
            address = device.stdout.readline().strip()
            return asyncio.run(_live(SerialLink(address.removeprefix("serial:"))))
        finally:
            device.terminate()


async def _live(link: SerialLink) -> tuple[list[Input], float]:
    desk = Desk("cobs", ClockParams())
    runner = LinkRunner(0, link, HostMachine(), desk)
    await runner.start()
    while runner.machine.state is not HostState.STREAMING:
        await runner.turn()
    begin_s, cpu_s = time.perf_counter(), time.process_time()
    while time.perf_counter() - begin_s < CPU_SECONDS:
        await runner.turn()
    cpu_s, span_s = time.process_time() - cpu_s, time.perf_counter() - begin_s
    samples = sum(len(one.emg_uv) for one in desk.chunks)
    await runner.stop()
    while not runner.done:
        await runner.turn()
    if samples < 0.95 * 1000 * CPU_SECONDS:
        raise RuntimeError(f"only {samples} samples came: the benchmark measures nothing")
    return desk.inputs, 100 * cpu_s / span_s


class _Played:
    """A port that hands out what was read once, at once."""

    def __init__(self, reads: list[Rx]) -> None:
        self._reads = iter(reads)

    def read(self) -> tuple[bytes, int]:
        read = next(self._reads, None)
        if read is None:
            raise OSError("all was played")
        return read.data, read.t_ns

    def write(self, data: bytes) -> None:
        raise AssertionError(data)

    def interrupt(self) -> None:
        pass

    def close(self) -> None:
        pass


async def core_share(items: list[Input]) -> tuple[float, float]:
    """Return percent of a core that thread, queue, decoder and clock take, and kB/s."""
    receiver = Receiver("cobs")
    receiver.opened(items[0].t_ns)
    reads = [item for item in items if isinstance(item, Rx)]
    samples = 0
    begin_s = time.process_time()
    reader = Reader(_Played(reads), "a port", asyncio.get_running_loop())
    reader.start()
    for item in items:
        if isinstance(item, Tx):
            receiver.sent(item.data, item.t_ns)
        elif isinstance(item, Rx):
            read = await reader.next(1.0)
            assert read is not None
            found = receiver.feed(read.data, read.t_ns)
            samples += sum(len(one.emg_uv) for one in found if isinstance(one, EmgChunk))
    cpu_s = time.process_time() - begin_s
    await asyncio.to_thread(reader.stop)
    span_s = (reads[-1].t_ns - reads[0].t_ns) / 1e9
    if samples < 0.95 * 1000 * CPU_SECONDS:
        raise RuntimeError(f"only {samples} samples decoded: the benchmark measures nothing")
    return 100 * cpu_s / span_s, sum(len(one.data) for one in reads) / span_s / 1e3


async def hour() -> list[dict[str, Any]]:
    """Stream for an hour of which one frame in twenty is lost; nothing may pile up."""
    body = make_body("rest", seed=SEED)
    device = VirtualDevice(body, seed=SEED, faults=FaultPlan(drop=ERROR_RATE))
    link, desk = SimLink(device, speed=0), Desk("cobs", ClockParams())
    runner = LinkRunner(0, link, HostMachine(), desk)
    await runner.start()
    settled_mb = 0.0
    while not runner.done:
        await runner.turn()
        if desk.newest_s >= HOUR_S and runner.machine.state is HostState.STREAMING:
            await runner.stop()
        if desk.newest_s < SETTLED_S:
            settled_mb = peak_mb()
        for kept in (desk.inputs, desk.chunks, desk.imu, desk.gaps, desk.statuses):
            kept.clear()
    assert isinstance(link.line, FaultyLine)
    lost, found = link.line.spoiler.dropped_frames, desk.receiver.stats
    if lost < HOUR_S:
        raise RuntimeError(f"no hour of losses: {lost} frames")
    what = "serial, an hour at 5 % lost frames"
    return [
        _row(f"{what}, growth of memory after 10 min", peak_mb() - settled_mb, "MB", GROWTH_BAR_MB),
        _row(f"{what}, lost frames not accounted for", abs(lost - found.seq_gaps), "", 2),
    ]


def peak_mb() -> float:
    """Return the most memory this process ever had."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def _row(name: str, value: float, unit: str, bar: float | None) -> dict[str, Any]:
    limit = None if bar is None else f"<= {bar:g}"
    return {"name": name, "value": round(value, 4), "unit": unit, "bar": limit}
