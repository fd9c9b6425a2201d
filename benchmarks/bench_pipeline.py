"""What the signal chain costs: processor time per 20 ms block, longest block, growth of memory.

The body is simulated. Times are process CPU, so that a busy machine changes them little.
"""

from __future__ import annotations

import os
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from firingorder.samples import EmgChunk, EmgLayout, ImuChunk, ImuLayout
from firingorder.signal.pipeline import Pipeline
from firingorder.signal.settings import Settings
from firingorder.simulation.scenarios import make_body
from firingorder.training.exercises import load_task

if TYPE_CHECKING:
    from firingorder.samples import FloatArray

SEED = 1
BLOCK_S = 0.020
RATE_HZ = 1000.0
BLOCK_N = round(BLOCK_S * RATE_HZ)
#: Share of real time that is left to everything else on one core: 95 % (method.md section 5).
BLOCK_BAR_MS = 1.0
#: A block that judges a repetition may take as long as five blocks: nobody sees 100 ms of delay.
LONGEST_BAR_MS = 100.0
#: Growth is taken over the hour after this minute, when the rings are full.
WARM_MINUTES = 4
LAST_MINUTES = 64
#: Findings of an hour of repetitions are kept for the sets; nothing else may grow.
GROWTH_BAR_MB = 8.0
TWO = ("gluteus_maximus_left", "erector_spinae_left")


def run() -> list[dict[str, Any]]:
    """Measure eight channels with IMU at rest and in a set, and memory over an hour."""
    rest = block_times_ms("rest", 30.0)
    bridge = block_times_ms("bridge", 40.0)
    growth_mb, minute_cpu_s = many_minutes()
    return [
        row("8 channels + IMU at rest, CPU per 20 ms", float(np.mean(rest)), "ms", BLOCK_BAR_MS),
        row("the same in a set, judging included", float(np.mean(bridge)), "ms", None),
        row("longest block of the set", float(np.max(bridge)), "ms", LONGEST_BAR_MS),
        row("memory growth over a simulated hour, 2 channels", growth_mb, "MB", GROWTH_BAR_MB),
        row("a minute of 2 channels at full speed, CPU", minute_cpu_s, "s", None),
    ]


def block_times_ms(scenario: str, seconds: float) -> FloatArray:
    """Return the process CPU of every 20 ms of a session of eight channels with IMU."""
    body = make_body(scenario, seed=SEED)
    imu_rate = body.imu_rate_hz or 0.0
    mount = body.nominal_mount_wxyz or (1.0, 0.0, 0.0, 0.0)
    pipeline = Pipeline(
        Settings(),
        load_task("bridge"),
        EmgLayout(RATE_HZ, body.channels),
        ImuLayout(imu_rate, mount),
    )
    blocks = round(seconds / BLOCK_S)
    emg = body.emg_uv(0, blocks * BLOCK_N)
    imu_n = round(BLOCK_S * imu_rate)
    acc, gyr = body.imu(0, blocks * imu_n)
    flags = np.zeros((BLOCK_N, len(body.channels)), dtype=np.bool_)
    times = np.zeros(blocks)
    for k in range(blocks):
        part = slice(k * BLOCK_N, (k + 1) * BLOCK_N)
        both = slice(k * imu_n, (k + 1) * imu_n)
        begin = time.process_time()
        pipeline.step(EmgChunk(k * BLOCK_N, k * BLOCK_S, RATE_HZ, emg[part], flags))
        pipeline.step(ImuChunk(k * imu_n, k * BLOCK_S, imu_rate, acc[both], gyr[both]))
        pipeline.take_display()
        times[k] = 1e3 * (time.process_time() - begin)
    return times


def many_minutes() -> tuple[float, float]:
    """Run repetitions of two channels; return growth of memory (MB) and CPU per minute."""
    body = make_body("bridge", seed=SEED, channels=TWO, imu_rate_hz=None)
    pipeline = Pipeline(Settings(), load_task("bridge"), EmgLayout(RATE_HZ, TWO), None)
    minute = body.emg_uv(0, round(60 * RATE_HZ))
    flags = np.zeros(minute.shape, dtype=np.bool_)
    begin = time.process_time()
    warm_mb = 0.0
    for k in range(LAST_MINUTES):
        if k == WARM_MINUTES:
            warm_mb = resident_mb()
        pipeline.step(EmgChunk(k * len(minute), 60.0 * k, RATE_HZ, minute, flags))
        pipeline.take_display()
    cpu_s = (time.process_time() - begin) / LAST_MINUTES
    return resident_mb() - warm_mb, cpu_s


def resident_mb() -> float:
    """Return the memory of this process that is in use now."""
    pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / 1e6


def row(name: str, value: float, unit: str, bar: float | None) -> dict[str, Any]:
    """Return one line of the table."""
    return {"name": name, "value": round(value, 3), "unit": unit, "bar": bar}
