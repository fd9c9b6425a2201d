"""How long a report takes, from kept findings to the file: pressed in the window, and from cold.

Twelve repetitions are an ordinary session; 120 are more than any person does in one. The cold run
starts Python and Qt and loads the fonts, as ``firingorder report`` does after its analysis.
"""

from __future__ import annotations

import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from firingorder.report.content.build import build_report
from firingorder.report.content.records import ReportOptions
from firingorder.session import reporting
from tests.report.told import LEADS, material, repetitions

ROOT = Path(__file__).resolve().parents[1]
RUNS = 5
#: From the press of the button to the file, s.
BAR_S = 1.0
OPTIONS = ReportOptions(patient=True, note="Next: single-leg, 2 × 8.")


def run() -> list[dict[str, Any]]:
    """Measure PDF and HTML with annex and plain page, process CPU and wall time."""
    rows: list[dict[str, Any]] = []
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        cold_s = statistics.median(_cold(folder / "cold.pdf") for _ in range(3))
        rows.append(row("PDF of 12 repetitions from cold, process CPU", cold_s, None))
        for count in (12, 120):
            for suffix in ("pdf", "html"):
                target = folder / f"{count}.{suffix}"
                cpu_s, wall_s = _timed(count, target)
                title = f"{suffix.upper()} of {count} repetitions"
                rows += [
                    row(f"{title}, wall time", wall_s, f"<= {BAR_S}" if count == 12 else None),
                    row(f"{title}, process CPU", cpu_s, f"<= {BAR_S}"),
                    row(f"{title}, size", target.stat().st_size / 1e3, None, "kB"),
                ]
    return rows


def made(count: int, target: Path) -> Path:
    """Make a report of so many repetitions."""
    leads = (LEADS * (count // len(LEADS) + 1))[:count]
    content = build_report(material(repetitions(leads)), OPTIONS)
    return reporting.make(content, target)


def _timed(count: int, target: Path) -> tuple[float, float]:
    """Return medians of CPU and wall time of content and file; findings are there before."""
    leads = (LEADS * (count // len(LEADS) + 1))[:count]
    ready = material(repetitions(leads))
    cpu: list[float] = []
    wall: list[float] = []
    for _ in range(RUNS):
        before, begin = time.process_time(), time.perf_counter()
        reporting.make(build_report(ready, OPTIONS), target)
        wall.append(time.perf_counter() - begin)
        cpu.append(time.process_time() - before)
    return statistics.median(cpu), statistics.median(wall)


def _cold(target: Path) -> float:
    """Return the CPU time of a fresh Python that makes one report: imports, Qt and fonts too."""
    code = (
        "import time, sys\nfrom pathlib import Path\nbefore = time.process_time()\n"
        "from benchmarks.bench_report import made\n"
        f"made(12, Path({str(target)!r}))\nprint(time.process_time() - before)\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True
    )
    return float(done.stdout)


def row(name: str, value: float, bar: str | None, unit: str = "s") -> dict[str, Any]:
    """Return one line of the table."""
    return {"name": name, "value": value, "unit": unit, "bar": bar}
