"""What a run was made with: versions, machine, seeds, amounts."""

from __future__ import annotations

import os
import platform
import subprocess
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

import firingorder
from benchmarks.accuracy import ours
from benchmarks.accuracy.peers import versions
from benchmarks.accuracy.trials import PRIOR_SEED, REPORT_SEED, SESSION_SEED, TUNE_SEED

if TYPE_CHECKING:
    from benchmarks.accuracy.results import Results

ROOT = Path(__file__).resolve().parents[2]


def about(out: Results, hits: int, seconds: float) -> dict[str, Any]:
    """Return everything that a reader needs to make or judge the figures again."""
    commit = subprocess.run(
        ["git", "rev-parse", "--short", "HEAD"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    return {
        "simulated": True,
        "firingorder": firingorder.__version__,
        "commit": commit.stdout.strip() or None,
        "settings_hash": ours.SETTINGS.hash(),
        "python": platform.python_version(),
        "packages": versions(),
        "machine": {
            "platform": platform.platform(),
            "processor": _processor(),
            "cpus": os.cpu_count(),
        },
        "plan": asdict(out.plan),
        "seeds": {
            "tune": TUNE_SEED,
            "earlier repetitions": PRIOR_SEED,
            "report": REPORT_SEED,
            "sessions": SESSION_SEED,
        },
        "rest_minutes": {name: one.minutes for name, one in out.rest.items()},
        "from_cache": hits,
        "wall_s": round(seconds, 1),
    }


def _processor() -> str:
    info = Path("/proc/cpuinfo")
    if info.exists():
        for line in info.read_text().splitlines():
            if line.startswith("model name"):
                return line.split(":", 1)[1].strip()
    return platform.processor() or platform.machine()
