"""`kill -9` of a real `firingorder record` at random moments costs at most a second."""

from __future__ import annotations

import contextlib
import os
import queue
import random
import subprocess
import sys
import threading
import time
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from firingorder.recording.reader import open_recording
from firingorder.session.files import FileOptions, analyse_path
from firingorder.simulation.device import VirtualDevice
from firingorder.simulation.scenarios import make_body
from firingorder.simulation.server import serve

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).resolve().parents[2]
KILLS = 20
AT_ONCE = 4
SEED = 20_26
MAX_LOSS_S = 1.0


@contextlib.contextmanager
def belt(seed: int) -> Iterator[str]:
    """A virtual belt on a free port, in true time."""
    ready: queue.Queue[str] = queue.Queue()
    stop = threading.Event()
    device = VirtualDevice(make_body("bridge", seed=seed), seed=seed)
    thread = threading.Thread(
        target=serve,
        args=(device, "tcp:0"),
        kwargs={"duration_s": None, "on_ready": ready.put, "stop": stop},
    )
    thread.start()
    try:
        yield ready.get(timeout=10)
    finally:
        stop.set()
        thread.join(10)


def record_and_kill(address: str, path: Path, events: Path, after_s: float) -> tuple[int, float]:
    """Return the instant of the kill (monotonic ns) and the seconds recorded by then."""
    process = subprocess.Popen(
        [
            *(sys.executable, "-m", "firingorder", "record", "--device", address),
            *("--out", str(path), "--events", str(events)),
        ],
        cwd=ROOT,
        stderr=subprocess.DEVNULL,
        env={**os.environ, "PYTHONDONTWRITEBYTECODE": "1"},
    )
    try:
        deadline = time.monotonic() + 60
        while not path.exists():  # the session has begun when its file is there
            assert process.poll() is None
            assert time.monotonic() < deadline
            with contextlib.suppress(subprocess.TimeoutExpired):
                process.wait(0.02)
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(after_s)
        killed_ns = time.perf_counter_ns()
    finally:
        process.kill()
        process.wait()
    return killed_ns, after_s


@pytest.mark.slow
@pytest.mark.skipif(sys.platform != "linux", reason="compares monotonic clocks of two processes")
def test_a_kill_costs_at_most_a_second(tmp_path: Path) -> None:
    rng = random.Random(SEED)
    print(f"seed {SEED}")
    waits = [rng.uniform(0.3, 4.0) for _ in range(KILLS)]
    losses: list[float] = []
    failures: list[str] = []
    jobs: queue.SimpleQueue[int] = queue.SimpleQueue()
    for k in range(KILLS):
        jobs.put(k)

    def work() -> None:
        with contextlib.suppress(queue.Empty):
            while True:
                k = jobs.get_nowait()
                path = tmp_path / f"{k}.mcap"
                try:
                    with belt(seed=k + 1) as address:
                        killed_ns, _ = record_and_kill(
                            address, path, tmp_path / f"{k}.jsonl", waits[k]
                        )
                    last_ns = max(entry.t_ns for entry in open_recording(path).entries())
                    losses.append((killed_ns - last_ns) / 1e9)
                    analyse_path(path, FileOptions())
                except Exception as error:  # noqa: BLE001 - told by the main thread
                    failures.append(f"kill {k} after {waits[k]:.2f} s: {error!r}")

    workers = [threading.Thread(target=work) for _ in range(AT_ONCE)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    print(f"lost s: {sorted(round(loss, 2) for loss in losses)}")
    assert not failures
    assert len(losses) == KILLS
    assert max(losses) <= MAX_LOSS_S
