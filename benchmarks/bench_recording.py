"""What recording costs, and how fast recordings open: ``python -m benchmarks.bench_recording``."""

from __future__ import annotations

import hashlib
import tempfile
import threading
import time
from pathlib import Path
from typing import TYPE_CHECKING, TypedDict

from firingorder.recording.keeper import Keeper, Message
from firingorder.recording.reader import open_recording
from firingorder.recording.recorder import Recorder
from firingorder.recording.recovery import recover
from firingorder.recording.topics import ClockAnchor

if TYPE_CHECKING:
    from collections.abc import Callable

#: The session model: 536-byte frames, 100 a second, which 8 EMG channels at 2 kHz make.
READ_BYTES = 536
READS_PER_S = 100
READ_NS = 1_000_000_000 // READS_PER_S
ANCHOR = ClockAnchor(utc_ns=1_790_000_000_000_000_000, mono_ns=5_000_000_000)
#: The read that comes half a second after the first one of a chunk closes it.
FLUSHED_READS = READS_PER_S // 2 + 1
HOUR_S = 3600
TRUE_SPEED_S = 5


class Result(TypedDict):
    """One measured value and the bar it must not exceed."""

    name: str
    value: float
    unit: str
    bar: float


def run() -> list[Result]:
    """Measure on a temporary folder of the default disk."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        return [*_write_an_hour(folder / "hour.mcap"), *_read(folder), *_true_speed(folder)]


def _reads(count: int) -> list[bytes]:
    """Return reads that do not compress: no real chunk is larger."""
    stream = hashlib.shake_128(b"reads").digest(count * READ_BYTES)
    return [stream[k * READ_BYTES : (k + 1) * READ_BYTES] for k in range(count)]


def _write_an_hour(path: Path) -> list[Result]:
    pool = _reads(500)
    keeper = Keeper(path, anchor=ANCHOR, preamble={})
    keeper.open()
    flushes_s: list[float] = []
    cpu_s = time.process_time()
    for k in range(HOUR_S * READS_PER_S):
        t_ns = ANCHOR.mono_ns + k * READ_NS
        before_s = time.perf_counter()
        keeper.accept([Message("link/0/rx", pool[k % len(pool)], t_ns, k)], t_ns)
        if k % FLUSHED_READS == FLUSHED_READS - 1:
            flushes_s.append(time.perf_counter() - before_s)
        if k % (100 * READS_PER_S) == 0:  # synced rarely: the disk is not what is measured here
            keeper.keep_up(t_ns)
    keeper.finish(ANCHOR.mono_ns + HOUR_S * 1_000_000_000)
    cpu_s = time.process_time() - cpu_s
    flushes_s.sort()
    return [
        {"name": "writer, share of a core", "value": 100 * cpu_s / HOUR_S, "unit": "%", "bar": 1.0},
        {
            "name": "flush of half a second, p99",
            "value": 1e3 * flushes_s[int(0.99 * len(flushes_s))],
            "unit": "ms",
            "bar": 5.0,
        },
    ]


def _read(folder: Path) -> list[Result]:
    path, cut = folder / "hour.mcap", folder / "cut.mcap"
    cut.write_bytes(path.read_bytes()[:-1000])
    middle_ns = ANCHOR.mono_ns + HOUR_S // 2 * 1_000_000_000
    recording = open_recording(path)
    measured: list[tuple[str, Callable[[], object], str, float]] = [
        ("open one hour", lambda: open_recording(path), "ms", 1000.0),
        (
            "seek and read 5 s",
            lambda: sum(1 for _ in recording.between(middle_ns, middle_ns + 5_000_000_000)),
            "ms",
            50.0,
        ),
        ("read one hour", lambda: sum(1 for _ in recording.entries()), "ms", 10_000.0),
        ("open one unfinished hour by scanning", lambda: open_recording(cut).lost, "ms", 5000.0),
        (
            "recover one hour into a new file",
            lambda: recover(cut, folder / "recovered.mcap"),
            "ms",
            60_000.0,
        ),
    ]
    results: list[Result] = []
    for name, work, unit, bar in measured:
        start_s = time.perf_counter()
        work()
        value = 1e3 * (time.perf_counter() - start_s)
        results.append({"name": name, "value": value, "unit": unit, "bar": bar})
    return results


def _true_speed(folder: Path) -> list[Result]:
    """Run the thread at true speed with real syncs: how much waits, and how long a put takes."""
    pool = _reads(100)
    recorder = Recorder(folder / "true.mcap", anchor=ANCHOR, preamble={})
    recorder.start()
    cadence = threading.Event()
    start_s = time.perf_counter()
    slowest_s, longest_bytes = 0.0, 0
    for k in range(TRUE_SPEED_S * READS_PER_S):
        cadence.wait(max(0.0, start_s + k / READS_PER_S - time.perf_counter()))
        before_s = time.perf_counter()
        recorder.put("link/0/rx", pool[k % len(pool)], ANCHOR.mono_ns + k * READ_NS)
        slowest_s = max(slowest_s, time.perf_counter() - before_s)
        longest_bytes = max(longest_bytes, recorder.backlog_bytes)
    recorder.stop(10.0)
    waiting_s = longest_bytes / (READ_BYTES * READS_PER_S)
    return [
        {"name": "longest queue at true speed", "value": waiting_s, "unit": "s", "bar": 2.0},
        {"name": "slowest put", "value": 1e3 * slowest_s, "unit": "ms", "bar": 10.0},
    ]


if __name__ == "__main__":
    for result in run():
        print(
            f"{result['name']:40} {result['value']:10.3f} {result['unit']:3}"
            f"  (bar {result['bar']:g})"
        )
