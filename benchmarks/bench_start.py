"""How soon the command line answers, beside an empty Python of the same machine."""

from __future__ import annotations

import resource
import statistics
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
#: The median of five shrugs off one run that another program disturbed.
RUNS = 5
#: What a person still takes for "at once" at a prompt.
HELP_BAR_S = 0.3
#: What the installed ``firingorder`` script does.
SCRIPT = "import sys; from firingorder.cli import main; sys.exit(main())"


def run() -> list[dict[str, Any]]:
    """Measure ``firingorder --help`` against ``python -c pass``."""
    help_cpu_s, help_wall_s = start_time([sys.executable, "-c", SCRIPT, "--help"])
    bare_cpu_s, bare_wall_s = start_time([sys.executable, "-c", "pass"])
    return [
        row("firingorder --help, wall time", help_wall_s, "s", f"<= {HELP_BAR_S}"),
        row("firingorder --help, process CPU", help_cpu_s, "s", f"<= {HELP_BAR_S}"),
        row("bare python, wall time", bare_wall_s, "s", None),
        row("--help to bare python, process CPU", help_cpu_s / bare_cpu_s, "x", None),
    ]


def start_time(command: list[str]) -> tuple[float, float]:
    """Return the medians of process CPU and wall time of a command, seconds."""
    cpu: list[float] = []
    wall: list[float] = []
    for _ in range(RUNS):
        before, begin = children_cpu_s(), time.perf_counter()
        subprocess.run(command, cwd=ROOT, stdout=subprocess.DEVNULL, check=True)
        wall.append(time.perf_counter() - begin)
        cpu.append(children_cpu_s() - before)
    return statistics.median(cpu), statistics.median(wall)


def children_cpu_s() -> float:
    """Return the CPU time of all ended children (finer than ``os.times``, which counts ticks)."""
    usage = resource.getrusage(resource.RUSAGE_CHILDREN)
    return usage.ru_utime + usage.ru_stime


def row(name: str, value: float, unit: str, bar: str | None) -> dict[str, Any]:
    """Return one line of the table."""
    return {"name": name, "value": value, "unit": unit, "bar": bar}
