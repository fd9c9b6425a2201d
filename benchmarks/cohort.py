"""How well the analysis of many recordings uses two cores: one worker against two, whole runs.

``python -m benchmarks.cohort`` records two simulated sessions, copies them, and runs
``firingorder analyse`` with one worker and with two, in turn. Efficiency is the wall time of
one worker over twice that of two. Two cores that share caches, memory and clock do not give twice
the work of one whatever runs on them: the same files halved between two runs of one worker each
tell what the machine gives at most. On a machine that others use, wall
times say little; then the processor seconds tell what the second worker costs besides.
"""

from __future__ import annotations

import argparse
import os
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from firingorder.threads import ONE_THREAD

#: Recordings and their length, so that the start of a worker is small against its share.
RECORDINGS = 8
SECONDS = 180.0
#: Sessions that are recorded; the others are copies, which nothing recognises.
DIFFERENT = 2
BAR = ">= 0.85"
SEED = 1
COMMAND = (sys.executable, "-m", "firingorder")


def run(recordings: int = RECORDINGS, seconds: float = SECONDS) -> list[dict[str, Any]]:
    """Measure one worker against two on the same recordings; return the lines of the table."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        for k in range(min(recordings, DIFFERENT)):
            _record(folder / f"{k}.mcap", SEED + k, seconds)
        for k in range(DIFFERENT, recordings):
            shutil.copy(folder / f"{k % DIFFERENT}.mcap", folder / f"{k}.mcap")
        one_wall_s, one_cpu_s = _analyse(folder, 1)
        two_wall_s, two_cpu_s = _analyse(folder, 2)
        apart_wall_s = _apart(folder)
        start_wall_s, start_cpu_s = _analyse(folder, 2, out="2")
    load = os.getloadavg()[0] if hasattr(os, "getloadavg") else float("nan")
    about = f"{recordings} recordings of {seconds:g} s, 8 channels + IMU"
    return [
        _row(f"{about}: wall, 1 worker", one_wall_s, "s"),
        _row("wall, 2 workers", two_wall_s, "s"),
        _row("efficiency of 2 workers by wall", one_wall_s / (2.0 * two_wall_s), "1", BAR),
        _row(
            "the same of two runs apart: what the machine gives",
            one_wall_s / (2.0 * apart_wall_s),
            "1",
        ),
        _row("2 workers over two runs apart", apart_wall_s / two_wall_s, "1"),
        _row("processor, 1 worker", one_cpu_s, "s"),
        _row("processor, 2 workers", two_cpu_s, "s"),
        _row("processor, 1 worker over 2 workers", one_cpu_s / two_cpu_s, "1"),
        _row("all kept from before: wall", start_wall_s, "s"),
        _row("all kept from before: processor", start_cpu_s, "s"),
        _row("load of the machine, 1 min", load, "1"),
    ]


def _record(path: Path, seed: int, seconds: float) -> None:
    device = f"sim:bridge_mixed?seed={seed}&speed=0"
    _firingorder("record", "--device", device, "--duration", f"{seconds:g}", "--out", str(path))


def _apart(folder: Path) -> float:
    """Return the wall seconds of two runs at once, one worker and half of the files each."""
    files = [str(path) for path in sorted(folder.glob("*.mcap"))]
    begin = time.perf_counter()
    running = [
        subprocess.Popen(
            [*COMMAND, "analyse", *files[k::2], "--out", str(folder / f"results_apart_{k}")],
            env=_environment(),
            stderr=subprocess.DEVNULL,
        )
        for k in range(2)
    ]
    if any(one.wait() != 0 for one in running):
        raise SystemExit("a run of the analysis failed")
    return time.perf_counter() - begin


def _analyse(folder: Path, workers: int, out: str | None = None) -> tuple[float, float]:
    """Return wall and processor seconds of a whole run, start and end of all processes included."""
    results = folder / f"results_{out or workers}"
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    begin = time.perf_counter()
    files = [str(path) for path in sorted(folder.glob("*.mcap"))]
    _firingorder("analyse", *files, "--workers", str(workers), "--out", str(results))
    wall_s = time.perf_counter() - begin
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    cpu_s = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return wall_s, cpu_s


def _environment() -> dict[str, str]:
    return {**os.environ, **ONE_THREAD}


def _firingorder(*args: str) -> None:
    subprocess.run([*COMMAND, *args], check=True, env=_environment(), stderr=subprocess.DEVNULL)


def _row(name: str, value: float, unit: str, bar: str | None = None) -> dict[str, Any]:
    return {"name": name, "value": round(value, 3), "unit": unit, "bar": bar}


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0] if __doc__ else "")
    parser.add_argument("--recordings", type=int, default=RECORDINGS)
    parser.add_argument("--seconds", type=float, default=SECONDS)
    args = parser.parse_args()
    for row in run(args.recordings, args.seconds):
        print(f"{row['name']:<60} {row['value']:>10.3f} {row['unit']} {row['bar'] or ''}")


if __name__ == "__main__":
    main()
